from typing import Any

from cfnlint.helpers import is_function

from cfn_analysis.rules.support.rule import Finding, Findings, Rule, Validator, properties_of
from cfn_analysis.rules.support.scenarios import only_value, property_scenarios
from cfn_analysis.rules.support.values import is_true, show, values

OLDEST = "TLS_1_0"
REGIONAL, EDGE = "SecurityPolicy_TLS13_1_2_2021_06", "SecurityPolicy_TLS12_PFS_2025_EDGE"
ASKED = ("SecurityPolicy", "EndpointConfiguration", "DisableExecuteApiEndpoint", "Parameters")


class RestApiWithTls10(Rule):
    """REST API whose endpoint accepts TLS 1.0.

    A regional or edge-optimized REST API has the security policy TLS_1_0 unless another one is set, also
    behind a CloudFront distribution or with a custom domain that requires more: its execute-api endpoint can
    still be called directly. Set SecurityPolicy to one that starts with SecurityPolicy_TLS13_1_2, or for an
    edge-optimized API, which is the default, SecurityPolicy_TLS12_PFS_2025_EDGE, with EndpointAccessMode
    (BASIC, or STRICT once every caller sends the API's own host name). A private API has TLS_1_2; an API with
    DisableExecuteApiEndpoint has no such endpoint.
    """

    id = "W9536"
    source_url = (
        "https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-security-policies-list.html"
    )
    finding_class = "protections"
    looks_at = properties_of("AWS::ApiGateway::RestApi")

    def findings(self, validator: Validator, properties: Any) -> Findings:
        if {"Body", "BodyS3Location"} & properties.keys():
            return  # an OpenAPI document can set all of it
        for found, case in property_scenarios(validator, properties, *ASKED):
            policy = found.get("SecurityPolicy")
            old = policy is None or any(value == OLDEST for value, _ in values(case, policy))
            closed = any(is_true(value) for value, _ in values(case, found.get(ASKED[2])))
            if old and not closed and not _may_be_private(case, found):
                given = "SecurityPolicy" in properties
                types = [only_value(case, kind) for kind in _types(found) or ()]
                better = REGIONAL if types == ["REGIONAL"] else EDGE
                yield Finding(
                    ("SecurityPolicy",) if given else (),
                    f"SecurityPolicy is {'missing' if policy is None else show(policy)}{{when}}: the API's "
                    f"endpoint accepts TLS 1.0. Set SecurityPolicy: {better} with EndpointAccessMode: BASIC.",
                    case,
                )


def _may_be_private(case: Validator, found: Any) -> bool:
    """Return whether the API is private, or may be private."""
    types = _types(found)
    if is_function(found.get("EndpointConfiguration"))[0] or types is None or "Parameters" in found:
        return True
    return any(only_value(case, kind) in (None, "PRIVATE") for kind in types)


def _types(found: Any) -> list[Any] | None:
    endpoint = found.get("EndpointConfiguration", {})
    types = endpoint.get("Types", []) if isinstance(endpoint, dict) else None
    return types if isinstance(types, list) else None
