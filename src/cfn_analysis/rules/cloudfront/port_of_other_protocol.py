from typing import Any

from cfn_analysis.rules.support.distributions import configurations
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator, properties_of
from cfn_analysis.rules.support.scenarios import number, only_value

WRONG = {"HTTPPort": (443, "HTTPS", 80), "HTTPSPort": (80, "HTTP", 443)}
UNUSED = {"HTTPPort": "https-only", "HTTPSPort": "http-only"}


class PortOfOtherProtocol(Rule):
    """Origin whose port is that of the other protocol.

    HTTPPort and HTTPSPort are the ports of CloudFront for each protocol, by default 80 and 443. A server with
    HTTP on port 80 does not support a TLS handshake there: every request results in 502.
    """

    id = "W9597"
    source_url = "https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CustomOriginConfig.html"
    fault_class = "networks"
    looks_at = properties_of("AWS::CloudFront::Distribution")

    def faults(self, validator: Validator, properties: Any) -> Faults:
        for config in configurations(validator, properties, "Origins"):
            for index, _, custom in config.custom_origins():
                for name, (port, other, right) in WRONG.items():
                    policy = only_value(config.case, custom.get("OriginProtocolPolicy"))
                    if number(only_value(config.case, custom.get(name))) == port and policy != UNUSED[name]:
                        yield Fault(
                            config.path("Origins", index, "CustomOriginConfig", name),
                            f"{name} is {port}{{when}}, the port of {other}: the origin does not answer "
                            f"there. Set it to {right}.",
                            config.case,
                        )
