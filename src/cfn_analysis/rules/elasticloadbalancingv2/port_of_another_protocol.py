from typing import Any

from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator, properties_of
from cfn_analysis.rules.support.scenarios import number, only_value, property_scenarios

WRONG = {"HTTP": (443, "HTTPS", 80), "HTTPS": (80, "HTTP", 443)}


class PortOfAnotherProtocol(Rule):
    """Listener or target group on the port of the other protocol.

    A browser that opens http:// connects to port 80 with HTTP, and one that opens https:// connects to port
    443 with TLS. A listener for the other protocol answers neither, and the targets of a target group with
    HTTPS on port 80 are unhealthy.
    """

    id = "W9762"
    source_url = (
        "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-listeners.html"
    )
    fault_class = "networks"
    looks_at = properties_of(
        "AWS::ElasticLoadBalancingV2::Listener", "AWS::ElasticLoadBalancingV2::TargetGroup"
    )

    def faults(self, validator: Validator, properties: Any) -> Faults:
        for found, case in property_scenarios(validator, properties, "Port", "Protocol"):
            protocol = only_value(case, found.get("Protocol"))
            wrong, other, right = WRONG.get(str(protocol), (None, "", 0))
            if wrong and number(only_value(case, found.get("Port"))) == wrong:
                yield Fault(
                    ("Port",),
                    f"Port is {wrong}{{when}} and Protocol {protocol}: clients use {other} on this port. "
                    f"Set it to {right}, or the protocol to {other}.",
                    case,
                )
