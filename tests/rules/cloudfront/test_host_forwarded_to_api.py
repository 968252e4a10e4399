"""E9023 on what CloudFront forwards to an API."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from csr_templates.rules import HostForwardedToApi

if TYPE_CHECKING:
    from tests.rules.conftest import Judge

HEAD = """
Parameters:
  Forwarding: {Type: String, Default: 216adef6-5c7f-47e4-b989-5492eafa07d3}
  Part: {Type: String, Default: 216adef6}
  ApiId: {Type: String}
Conditions:
  Strict: !Equals [!Ref AWS::AccountId, "111111111111"]
Resources:
"""

ALL_BUT_HOST = "b689b0a8-53d0-40ab-baf2-68738e2966ac"
ALL = "216adef6-5c7f-47e4-b989-5492eafa07d3"

ORIGINS = (
    "Origins: [{Id: site, DomainName: site.example.com}, "
    "{Id: api, DomainName: !Sub '${ApiId}.execute-api.${AWS::Region}.amazonaws.com'}]"
)


def distribution(
    forwarding: str, *, origin: str = "api", origins: str = ORIGINS, policy: str = "{}", cache: str = "{}"
) -> str:
    """Return a template with one distribution, whose second behavior forwards like this."""
    return (
        f"{HEAD}  Policy: {{Type: AWS::CloudFront::OriginRequestPolicy, Properties: {policy}}}\n"
        f"  Cache: {{Type: AWS::CloudFront::CachePolicy, Properties: {cache}}}\n"
        "  Site: {Type: AWS::CloudFront::Distribution, Properties: {DistributionConfig: {"
        f"{origins}, DefaultCacheBehavior: {{TargetOriginId: site}}, "
        f"CacheBehaviors: [{{PathPattern: /api/*, TargetOriginId: {origin}, {forwarding}}}]}}}}}}\n"
    )


def request_policy(headers: str) -> str:
    """Return the properties of an origin request policy."""
    return f"{{OriginRequestPolicyConfig: {{HeadersConfig: {headers}}}}}"


def cache_policy(headers: str) -> str:
    """Return the properties of a cache policy."""
    return (
        f"{{CachePolicyConfig: {{ParametersInCacheKeyAndForwardedToOrigin: {{HeadersConfig: {headers}}}}}}}"
    )


BY_POLICY = "OriginRequestPolicyId: !Ref Policy"
BY_CACHE = "CachePolicyId: !Ref Cache"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(distribution(f"OriginRequestPolicyId: {ALL_BUT_HOST}"), id="all but Host"),
        pytest.param(distribution(f"OriginRequestPolicyId: {ALL}", origin="site"), id="other origin"),
        pytest.param(distribution("ForwardedValues: {Headers: [Authorization]}"), id="other header"),
        pytest.param(distribution("ForwardedValues: {QueryString: true}"), id="no header"),
        pytest.param(distribution("OriginRequestPolicyId: !ImportValue policy"), id="only AWS knows"),
        pytest.param(
            distribution(BY_POLICY, policy=request_policy("{HeaderBehavior: allExcept, Headers: [Host]}")),
            id="policy of all but Host",
        ),
        pytest.param(
            distribution(BY_POLICY, policy=request_policy("{HeaderBehavior: whitelist, Headers: [Accept]}")),
            id="policy of other headers",
        ),
        pytest.param(
            distribution(BY_CACHE, cache=cache_policy("{HeaderBehavior: none}")), id="cache policy without"
        ),
        pytest.param(
            distribution(
                f"OriginRequestPolicyId: {ALL}",
                origins="Origins: [{Id: api, DomainName: d-abc.execute-api.us-east-1.amazonaws.com}]",
            ),
            id="address of a custom domain",
        ),
        pytest.param(
            distribution(f"OriginRequestPolicyId: !If [Strict, {ALL_BUT_HOST}, !Ref AWS::NoValue]"),
            id="both branches",
        ),
        pytest.param(
            distribution(f"OriginRequestPolicyId: {ALL}", origin="!If [Strict, site, site]"),
            id="other origin in both branches",
        ),
    ],
)
def test_accepts(judge: Judge, text: str) -> None:
    """A behavior passes that keeps Host back, or goes elsewhere."""
    assert judge(HostForwardedToApi, text) == []


@pytest.mark.parametrize(
    ("text", "steps", "how"),
    [
        pytest.param(
            distribution(f"OriginRequestPolicyId: {ALL}"),
            "OriginRequestPolicyId",
            f'is "{ALL}" (AllViewer)',
            id="all viewer headers",
        ),
        pytest.param(
            distribution("OriginRequestPolicyId: !Ref Forwarding"),
            "OriginRequestPolicyId",
            'is {"Ref": "Forwarding"} (AllViewer)',
            id="parameter default",
        ),
        pytest.param(
            distribution("OriginRequestPolicyId: !Sub '${Part}-5c7f-47e4-b989-5492eafa07d3'"),
            "OriginRequestPolicyId",
            'is {"Fn::Sub": "${Part}-5c7f-47e4-b989-5492eafa07d3"} (AllViewer)',
            id="Sub",
        ),
        pytest.param(
            distribution("OriginRequestPolicyId: 33f36d7e-f396-46d9-90e0-52428a34d9dc"),
            "OriginRequestPolicyId",
            'is "33f36d7e-f396-46d9-90e0-52428a34d9dc" (AllViewerAndCloudFrontHeaders-2022-06)',
            id="with CloudFront's headers",
        ),
        pytest.param(
            distribution(f"OriginRequestPolicyId: !If [Strict, {ALL_BUT_HOST}, {ALL}]"),
            "OriginRequestPolicyId",
            f'is "{ALL}" (AllViewer) when Strict is false',
            id="one branch",
        ),
        pytest.param(
            distribution("ForwardedValues: {Headers: ['*']}"),
            "ForwardedValues/Headers",
            'is ["*"]',
            id="all by old form",
        ),
        pytest.param(
            distribution("ForwardedValues: {Headers: [Accept, host]}"),
            "ForwardedValues/Headers",
            'is ["Accept", "host"]',
            id="Host by old form",
        ),
        pytest.param(
            distribution(BY_POLICY, policy=request_policy("{HeaderBehavior: allViewer}")),
            "OriginRequestPolicyId",
            'is {"Ref": "Policy"}, which forwards Host',
            id="policy of all",
        ),
        pytest.param(
            distribution(BY_POLICY, policy=request_policy("{HeaderBehavior: whitelist, Headers: [Host]}")),
            "OriginRequestPolicyId",
            'is {"Ref": "Policy"}, which forwards Host',
            id="policy of Host",
        ),
        pytest.param(
            distribution(BY_POLICY, policy=request_policy("{HeaderBehavior: allExcept, Headers: [Cookie]}")),
            "OriginRequestPolicyId",
            'is {"Ref": "Policy"}, which forwards Host',
            id="policy of all but another",
        ),
        pytest.param(
            distribution(BY_POLICY, policy=request_policy("{HeaderBehavior: !If [Strict, none, allViewer]}")),
            "OriginRequestPolicyId",
            'is {"Ref": "Policy"}, which forwards Host when Strict is false',
            id="policy in one branch",
        ),
        pytest.param(
            distribution(BY_CACHE, cache=cache_policy("{HeaderBehavior: whitelist, Headers: [Host]}")),
            "CachePolicyId",
            'is {"Ref": "Cache"}, which forwards Host',
            id="cache policy of Host",
        ),
    ],
)
def test_refuses(judge: Judge, text: str, steps: str, how: str) -> None:
    """A behavior that sends the viewer's Host to an API is found."""
    assert judge(HostForwardedToApi, text) == [
        (
            f"Resources/Site/Properties/DistributionConfig/CacheBehaviors/0/{steps}",
            f"{steps.replace('/', '.')} {how}, so the origin api gets the viewer's Host and answers 403. "
            f"Forward all headers but Host: OriginRequestPolicyId {ALL_BUT_HOST} "
            "(AllViewerExceptHostHeader).",
        )
    ]


def test_finds_the_default_behavior(judge: Judge) -> None:
    """The default behavior counts like the others."""
    text = distribution("Compress: true").replace(
        "TargetOriginId: site}", f"TargetOriginId: api, OriginRequestPolicyId: {ALL}}}"
    )

    assert [path for path, _ in judge(HostForwardedToApi, text)] == [
        "Resources/Site/Properties/DistributionConfig/DefaultCacheBehavior/OriginRequestPolicyId"
    ]
