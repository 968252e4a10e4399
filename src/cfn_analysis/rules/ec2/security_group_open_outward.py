from typing import Any

from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator, properties_of
from cfn_analysis.rules.support.scenarios import scenarios
from cfn_analysis.rules.support.values import existing, show

NAME = "SecurityGroupEgress"


class SecurityGroupOpenOutward(Rule):
    """Security group without inline egress rules.

    EC2 adds a rule that allows all outbound traffic to a group without SecurityGroupEgress, also if
    AWS::EC2::SecurityGroupEgress resources refer to the group: they add to that rule. Write the rules inline.
    For a group without outbound connections, use IpProtocol -1 to CidrIp 127.0.0.1/32; to allow all traffic,
    IpProtocol -1 to CidrIp 0.0.0.0/0. This is a convention, because the default is often intended: it makes
    visible what the template does not show.
    """

    id = "W9621"
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-securitygroup.html"
    fault_class = "networks"
    looks_at = properties_of("AWS::EC2::SecurityGroup")
    first_only = True

    def faults(self, validator: Validator, properties: Any) -> Faults:
        for rules, case in scenarios(validator, properties.get(NAME)):
            if rules in (None, []):
                found = f"is {show(properties[NAME])}" if NAME in properties else "is missing"
                yield Fault(
                    existing(properties, (NAME,)),
                    f"{NAME} {found}{{when}}: EC2 adds a rule that allows all outbound "
                    "traffic. Write the rules the group needs; for none: IpProtocol -1 to CidrIp "
                    "127.0.0.1/32; for all: IpProtocol -1 to CidrIp 0.0.0.0/0.",
                    case,
                )
