from typing import Any

from cfnlint.helpers import is_function

from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator, properties_of
from cfn_analysis.rules.support.scenarios import only_value, property_scenarios
from cfn_analysis.rules.support.values import existing, is_true, possible_values, show

OLDEST = "TLS_1_0"
REGIONAL, EDGE = "SecurityPolicy_TLS13_1_2_2021_06", "SecurityPolicy_TLS12_PFS_2025_EDGE"
PARTS = ("SecurityPolicy", "EndpointConfiguration", "DisableExecuteApiEndpoint", "Parameters")


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
        for parts, case in property_scenarios(validator, properties, *PARTS):
            policy = parts.get("SecurityPolicy")
            is_old = policy is None or OLDEST in possible_values(case, policy)
            disabled = possible_values(case, parts.get("DisableExecuteApiEndpoint"))
            if not is_old or any(is_true(value) for value in disabled) or _may_be_private(case, parts):
                continue
            types = [only_value(case, kind) for kind in _endpoint_types(parts) or ()]
            better = REGIONAL if types == ["REGIONAL"] else EDGE
            yield RuleFinding(
                existing(properties, ("SecurityPolicy",)),
                f"SecurityPolicy is {'missing' if policy is None else show(policy)}{{when}}: the API's "
                f"endpoint accepts TLS 1.0. Set SecurityPolicy: {better} with EndpointAccessMode: BASIC.",
                case,
            )


def _may_be_private(case: Validator, parts: Any) -> bool:
    """Return whether the API is private, or may be private."""
    types = _endpoint_types(parts)
    if is_function(parts.get("EndpointConfiguration"))[0] or types is None or "Parameters" in parts:
        return True
    return any(only_value(case, kind) in (None, "PRIVATE") for kind in types)


def _endpoint_types(parts: Any) -> list[Any] | None:
    """Return the types of the endpoint; None if they are not known."""
    endpoint = parts.get("EndpointConfiguration", {})
    if not isinstance(endpoint, dict):
        return None
    types = endpoint.get("Types", [])
    if not isinstance(types, list):
        return None
    return types
