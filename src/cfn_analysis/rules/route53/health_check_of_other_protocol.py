import re
from typing import Any

from cfnlint.helpers import is_function

from cfn_analysis.rules.support.references import find_resource
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator
from cfn_analysis.rules.support.scenarios import number
from cfn_analysis.rules.support.values import is_false, logical_ids_in, values

PORTS = {"HTTP": (443, 80), "HTTP_STR_MATCH": (443, 80), "HTTPS": (80, 443), "HTTPS_STR_MATCH": (80, 443)}

# They answer a TLS handshake only if it names the host.
BY_NAME = ("AWS::ApiGateway::DomainName", "AWS::ApiGatewayV2::DomainName", "AWS::CloudFront::Distribution")


class HealthCheckOfOtherProtocol(Rule):
    """Health check with a protocol or name that the endpoint does not support.

    A check of Type HTTPS on port 80, or of HTTP on 443, never succeeds, and its alarm or its failover fires
    immediately. Without EnableSNI, an endpoint with several certificates, as CloudFront and custom domains of
    API Gateway have, ends the handshake: the status is 'SSL alert handshake_failure'. The name is that of a
    host, without https:// and without a path, which is ResourcePath.
    """

    id = "E9777"
    source_url = "https://docs.aws.amazon.com/Route53/latest/APIReference/API_HealthCheckConfig.html"
    fault_class = "networks"
    looks_at = ("Resources/AWS::Route53::HealthCheck/Properties/HealthCheckConfig",)

    def faults(self, validator: Validator, config: Any) -> Faults:
        kind = config.get("Type")
        wrong, right = PORTS.get(kind if isinstance(kind, str) else "", (None, None))
        for port, case in values(validator, config.get("Port")):
            if wrong and number(port) == wrong:
                yield Fault(
                    ("Port",),
                    f"Port is {wrong}{{when}} and Type {kind}: no check succeeds. Set it to {right}.",
                    case,
                )
        name = config.get("FullyQualifiedDomainName")
        for found, case in values(validator, name):
            text = found if isinstance(found, str) else str(is_function(found)[1])
            if re.search(r"^https?://|://\$|/$|^[\['\"]+https?://", text):
                yield Fault(
                    ("FullyQualifiedDomainName",),
                    "FullyQualifiedDomainName has a scheme or a path{when}, and must be only a host "
                    "name. Remove it.",
                    case,
                )
        sni = config.get("EnableSNI")
        if sni is None or wrong != 80 or not all(is_false(found) for found, _ in values(validator, sni)):
            return
        known = [one for one in sorted(logical_ids_in(name)) if find_resource(validator, one, *BY_NAME)[0]]
        if known:
            yield Fault(
                ("EnableSNI",),
                f"EnableSNI is false, and {known[0]} answers a TLS handshake only with SNI. Set it to true.",
            )
