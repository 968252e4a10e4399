from typing import Any

from cfnlint.helpers import is_function

from cfn_analysis.rules.support.documents import each
from cfn_analysis.rules.support.networks import ingress_rules
from cfn_analysis.rules.support.references import single_reference
from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator
from cfn_analysis.rules.support.scenarios import default_values, number
from cfn_analysis.rules.support.values import existing, logical_ids_in, of_type
from cfn_analysis.rules.support.words import rows


class ClosedPort(Rule):
    """Port that none of the security groups of its resource allows.

    A database listens on a port. If all of its security groups are in the template, and none has an ingress
    rule for that port, no client connects.
    """

    id = "E9553"
    source_url = "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html"
    finding_class = "networks"

    def findings(self, validator: Validator, resources: Any) -> Findings:
        for line in rows(__file__):
            kind, groups_path, port_name, *defaults = line.split()
            path = groups_path.split("/")
            for logical_id, _, properties in of_type(resources, f"AWS::{kind}"):
                groups = [single_reference(group)[0] for group in _values_at(properties, path)]
                rules = ingress_rules(resources, groups)
                if not rules and logical_ids_in(validator.cfn.template.get("Outputs", {})) & set(groups):
                    continue  # another template may add the rules
                for port in _ports(validator, properties, port_name, defaults):
                    if rules is not None and not any(_admits(validator, rule, port) for rule in rules):
                        yield RuleFinding(
                            existing(resources, (logical_id, "Properties", *path)),
                            f"{' and '.join(groups)} does not allow port {port:g}, on which {logical_id} "
                            f"listens: "
                            "no client connects. Add an ingress rule for the port.",
                        )


def _ports(validator: Validator, properties: Any, name: str, defaults: list[str]) -> list[float]:
    """Return the port on which a resource listens, if it is known."""
    written = _values_at(properties, [name])
    engines = dict(default.partition("=")[::2] for default in defaults)
    return _only_port(validator, written or [engines.get(str(properties.get("Engine")))])


def _only_port(validator: Validator, written: list[Any]) -> list[float]:
    """Return the ports if there is one, and all of its possible values are known."""
    ports: list[float | None] = []
    for value in written:
        ports += [number(port) for port, _ in default_values(validator, value)]
    if len(set(ports)) != 1:
        return []
    return [port for port in ports if port is not None]


def _values_at(properties: Any, path: list[str]) -> list[Any]:
    """Return the values at a path, of the items of every list and the branches of every Fn::If."""
    values: list[Any] = [properties]
    for name in path:
        parts = [part.get(name) for part in values if isinstance(part, dict)]
        values = []
        for part in parts:
            values += [value for value, _ in each(part)]
    return values


def _admits(validator: Validator, rule: Any, port: float) -> bool:
    if not isinstance(rule, dict) or is_function(rule)[0] or str(rule.get("IpProtocol")) == "-1":
        return True
    first_ports = _ends(validator, rule.get("FromPort"))
    last_ports = _ends(validator, rule.get("ToPort"))
    if not first_ports or not last_ports:
        return True
    is_tcp = str(rule.get("IpProtocol")).lower() in ("tcp", "6")
    return is_tcp and min(first_ports) <= port <= max(last_ports)


def _ends(validator: Validator, value: Any) -> list[float]:
    """Return the possible values of an end of a range; none if one is not known."""
    ports = [number(port) for port, _ in default_values(validator, value)]
    if None in ports:
        return []
    return [port for port in ports if port is not None]
