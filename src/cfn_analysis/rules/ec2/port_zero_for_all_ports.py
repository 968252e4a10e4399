from typing import Any

from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator, properties_of
from cfn_analysis.rules.support.scenarios import number, only_value, property_scenarios

NAMES = ("IpProtocol", "FromPort", "ToPort")
PROTOCOLS = {"tcp": "TCP", "6": "TCP", "udp": "UDP", "17": "UDP"}


class PortZeroForAllPorts(Rule):
    """Rule of a security group that opens port 0 alone.

    FromPort and ToPort are the ends of a range. With 0 for both, a rule for TCP or UDP opens only port 0, on
    which nothing listens; all ports are 0 to 65535. Only with IpProtocol -1 are the ports ignored.
    """

    id = "E9638"
    source_url = "https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html"
    fault_class = "networks"
    looks_at = (
        *properties_of("AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress"),
        "Resources/AWS::EC2::SecurityGroup/Properties/SecurityGroupIngress/*",
        "Resources/AWS::EC2::SecurityGroup/Properties/SecurityGroupEgress/*",
    )

    def faults(self, validator: Validator, rule: Any) -> Faults:
        for found, case in property_scenarios(validator, rule, *NAMES):
            protocol, first, last = (only_value(case, found.get(name)) for name in NAMES)
            named = PROTOCOLS.get(str(protocol).lower())
            if named and number(first) == 0 and number(last) == 0:
                yield Fault(
                    ("ToPort",),
                    f"FromPort and ToPort are 0{{when}}, which opens only port 0 of {named}. Write the port, "
                    "or 0 to 65535 for all.",
                    case,
                )
