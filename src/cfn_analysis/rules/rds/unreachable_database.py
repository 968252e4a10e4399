from typing import Any

from cfnlint.helpers import is_function

from cfn_analysis.rules.support.documents import each
from cfn_analysis.rules.support.networks import ingress_rules
from cfn_analysis.rules.support.references import single_reference
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator
from cfn_analysis.rules.support.scenarios import default_values, number
from cfn_analysis.rules.support.values import of_type

GROUPS = {"AWS::RDS::DBCluster": "VpcSecurityGroupIds", "AWS::RDS::DBInstance": "VPCSecurityGroups"}
PORTS = {"aurora-mysql": 3306, "mariadb": 3306, "mysql": 3306, "postgres": 5432}


class UnreachableDatabase(Rule):
    """Database on a port that none of its security groups allows.

    A database listens on Port, by default 3306 for MySQL and MariaDB and 5432 for PostgreSQL. If all of its
    security groups are in the template, and none has an ingress rule for that port, no client connects.
    """

    id = "E9695"
    source_url = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.RDSSecurityGroups.html"
    fault_class = "networks"

    def faults(self, validator: Validator, resources: Any) -> Faults:
        for logical_id, resource, properties in of_type(resources, *GROUPS):
            name = GROUPS[resource["Type"]]
            groups = [single_reference(item)[0] for item, _ in each(properties.get(name))]
            rules = ingress_rules(resources, groups)
            ports = _ports(validator, properties, resource["Type"] == "AWS::RDS::DBCluster")
            if not ports or rules is None:
                continue
            if not any(_admits(validator, rule, port) for rule in rules for port in ports):
                yield Fault(
                    (logical_id, "Properties", name),
                    f"{' and '.join(groups)} does not allow port {ports[0]:g}, on which the database "
                    "listens: no client connects. Add an ingress rule for the port.",
                )


def _ports(validator: Validator, properties: Any, cluster: bool) -> list[float]:
    """Return the ports on which a database may listen; empty if they are not known."""
    if "Port" not in properties:
        engine = properties.get("Engine")
        port = PORTS.get(engine) if isinstance(engine, str) else None
        if cluster and engine != "aurora-mysql":
            return []  # by CloudFormation's page 3306, by that of RDS 5432
        return [port] if port else []
    found = [number(port) for port, _ in default_values(validator, properties["Port"])]
    return [] if None in found else [port for port in found if port is not None]


def _admits(validator: Validator, rule: Any, port: float) -> bool:
    if not isinstance(rule, dict) or is_function(rule)[0] or str(rule.get("IpProtocol")) == "-1":
        return True
    ends = [
        [number(value) for value, _ in default_values(validator, rule.get(name))]
        for name in ("FromPort", "ToPort")
    ]
    if any(None in end or not end for end in ends):
        return True
    first, last = min(filter(None, ends[0]), default=0), max(filter(None, ends[1]), default=0)
    return str(rule.get("IpProtocol")) in ("tcp", "6") and first <= port <= last
