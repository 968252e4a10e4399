from collections.abc import Iterator
from typing import Any

from cfn_analysis.model.references import value_at
from cfn_analysis.rules.support.distributions import Configuration, configurations
from cfn_analysis.rules.support.references import target_case
from cfn_analysis.rules.support.rule import Rule, RuleFinding, Validator, properties_of
from cfn_analysis.rules.support.scenarios import scenarios
from cfn_analysis.rules.support.values import Path, show, values

# Policies of AWS that forward Host.
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html
FORWARDING_HOST = {
    "216adef6-5c7f-47e4-b989-5492eafa07d3": "AllViewer",
    "33f36d7e-f396-46d9-90e0-52428a34d9dc": "AllViewerAndCloudFrontHeaders-2022-06",
    "bf0718e1-ba1e-49d1-88b1-f726733018ae": "HostHeaderOnly",
}

# Property of a behavior: type of the policy, and the path of its headers.
POLICIES = {
    "OriginRequestPolicyId": (
        "AWS::CloudFront::OriginRequestPolicy",
        ("OriginRequestPolicyConfig", "HeadersConfig"),
    ),
    "CachePolicyId": (
        "AWS::CloudFront::CachePolicy",
        ("CachePolicyConfig", "ParametersInCacheKeyAndForwardedToOrigin", "HeadersConfig"),
    ),
}


class HostForwardedToApi(Rule):
    """CloudFront forwards Host to an API.

    API Gateway and Lambda identify the API by the Host header. If CloudFront forwards the viewer's Host, it
    is the name of the distribution, and every request gets 403. Forward all headers except Host:
    OriginRequestPolicyId b689b0a8-53d0-40ab-baf2-68738e2966ac (AllViewerExceptHostHeader).
    """

    id = "E9581"
    source_url = "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html"
    finding_class = "networks"
    looks_at = properties_of("AWS::CloudFront::Distribution")

    def findings(self, validator: Validator, properties: Any) -> Iterator[RuleFinding]:
        parts = ("Origins", "DefaultCacheBehavior", "CacheBehaviors")
        for config in configurations(validator, properties, *parts):
            apis = config.api_origins()
            for place, behavior in config.behaviors():
                origin = str(behavior.get("TargetOriginId"))
                if origin not in apis:
                    continue
                for steps, how, case in _forwards(config, behavior):
                    yield RuleFinding(
                        config.path(*place, *steps),
                        f"{'.'.join(str(step) for step in steps)} {how}{{when}}, so the origin {origin} gets "
                        "the viewer's Host and answers 403. Forward all headers but Host: "
                        "OriginRequestPolicyId b689b0a8-53d0-40ab-baf2-68738e2966ac "
                        "(AllViewerExceptHostHeader).",
                        case,
                    )


def _forwards(config: Configuration, behavior: Any) -> Iterator[tuple[Path, str, Validator]]:
    """Yield property, value and case of everything that forwards Host."""
    headers = value_at(behavior, ("ForwardedValues", "Headers"))
    if _holds_host(headers, "host", "*"):
        yield ("ForwardedValues", "Headers"), f"is {show(headers)}", config.case
    for name, (kind, steps) in POLICIES.items():
        written = behavior.get(name)
        for policy, case in values(config.case, written):
            if isinstance(policy, str) and policy in FORWARDING_HOST:
                yield (name,), f"is {show(written)} ({FORWARDING_HOST[policy]})", case
        _, properties, exists = target_case(config.case, written, kind)
        if exists is None:
            continue
        for policy_properties, case in scenarios(exists, properties):
            if _policy_forwards(value_at(policy_properties, steps)):
                yield (name,), f"is {show(written)}, which forwards Host", case


def _policy_forwards(headers: Any) -> bool:
    if not isinstance(headers, dict):
        return False
    behavior = headers.get("HeaderBehavior")
    listed = _holds_host(headers.get("Headers"), "host")
    return (
        behavior in ("allViewer", "allViewerAndWhitelistCloudFront")
        or (behavior == "whitelist" and listed)
        or (behavior == "allExcept" and "Headers" in headers and not listed and _known(headers["Headers"]))
    )


def _holds_host(headers: Any, *names: str) -> bool:
    return isinstance(headers, list) and any(str(header).lower() in names for header in headers)


def _known(headers: Any) -> bool:
    return isinstance(headers, list) and all(isinstance(header, str) for header in headers)
