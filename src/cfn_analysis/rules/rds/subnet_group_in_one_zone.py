from typing import Any

from cfn_analysis.rules.support.references import target
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator, properties_of
from cfn_analysis.rules.support.scenarios import scenarios
from cfn_analysis.rules.support.values import show


class SubnetGroupInOneZone(Rule):
    """Subnet group whose subnets are all in one Availability Zone.

    RDS refuses a subnet group that does not cover two zones: 'DB Subnet Group doesn't meet availability zone
    coverage requirement'. Subnets of the template with the same AvailabilityZone are in one.
    """

    id = "E9688"
    source_url = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_VPC.WorkingWithRDSInstanceinaVPC.html#USER_VPC.Subnets"
    fault_class = "networks"
    looks_at = properties_of("AWS::RDS::DBSubnetGroup")

    def faults(self, validator: Validator, properties: Any) -> Faults:
        for subnets, case in scenarios(validator, properties.get("SubnetIds")):
            zones = []
            for value in subnets if isinstance(subnets, list) else []:
                subnet, subnet_properties = target(case, value, "AWS::EC2::Subnet")
                zone = subnet_properties.get("AvailabilityZone") if subnet else None
                zones.append(show(zone) if zone != {"Ref": "AWS::NoValue"} else "null")
            if len(set(zones)) == 1 and zones[0] != "null":
                yield Fault(
                    ("SubnetIds",),
                    f"SubnetIds are all in the zone {zones[0]}{{when}}: RDS needs subnets in two zones. "
                    "Choose subnets of different zones.",
                    case,
                )
