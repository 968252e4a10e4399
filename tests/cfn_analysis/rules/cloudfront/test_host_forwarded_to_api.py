"""What CloudFront forwards to an API."""

from ..harness import frame

HEAD = """
Parameters:
  Forwarding: {Type: String, Default: 216adef6-5c7f-47e4-b989-5492eafa07d3}
  Part: {Type: String, Default: 216adef6}
  ApiId: {Type: String}
Resources:
"""

ALL_BUT_HOST = "b689b0a8-53d0-40ab-baf2-68738e2966ac"
ALL = "216adef6-5c7f-47e4-b989-5492eafa07d3"

ORIGINS = (
    "Origins: [{Id: site, DomainName: site.example.com}, "
    "{Id: api, DomainName: !Sub '${ApiId}.execute-api.${AWS::Region}.amazonaws.com'}]"
)

distribution = frame(
    f"{HEAD}  Policy: {{Type: AWS::CloudFront::OriginRequestPolicy, Properties: <policy={{}}>}}\n"
    "  Cache: {Type: AWS::CloudFront::CachePolicy, Properties: <cache={}>}\n"
    "  Site: {Type: AWS::CloudFront::Distribution, Properties: {DistributionConfig: {"
    f"<origins={ORIGINS}>, DefaultCacheBehavior: {{TargetOriginId: site}}, "
    "CacheBehaviors: [{PathPattern: /api/*, TargetOriginId: <origin=api>, <forwarding>}]}}}\n"
)

request_policy = frame("{OriginRequestPolicyConfig: {HeadersConfig: <headers>}}")

cache_policy = frame(
    "{CachePolicyConfig: {ParametersInCacheKeyAndForwardedToOrigin: {HeadersConfig: <headers>}}}"
)

BY_POLICY = "OriginRequestPolicyId: !Ref Policy"
BY_CACHE = "CachePolicyId: !Ref Cache"


def case(text: str, steps: str, how: str) -> tuple[str, ...]:
    """A behavior that sends the viewer's Host to an API is found."""
    return (
        text,
        f"Resources/Site/Properties/DistributionConfig/CacheBehaviors/0/{steps}",
        f"{steps.replace('/', '.')} {how}, so the origin api gets the viewer's Host and answers 403. Forward "
        f"all headers but Host: OriginRequestPolicyId {ALL_BUT_HOST} (AllViewerExceptHostHeader).",
    )


GOOD = {
    "all but Host": distribution(f"OriginRequestPolicyId: {ALL_BUT_HOST}"),
    "other origin": distribution(f"OriginRequestPolicyId: {ALL}", origin="site"),
    "other header": distribution("ForwardedValues: {Headers: [Authorization]}"),
    "no header": distribution("ForwardedValues: {QueryString: true}"),
    "only AWS knows": distribution("OriginRequestPolicyId: !ImportValue policy"),
    "policy of all but Host": distribution(
        BY_POLICY, policy=request_policy("{HeaderBehavior: allExcept, Headers: [Host]}")
    ),
    "policy of other headers": distribution(
        BY_POLICY, policy=request_policy("{HeaderBehavior: whitelist, Headers: [Accept]}")
    ),
    "cache policy without": distribution(BY_CACHE, cache=cache_policy("{HeaderBehavior: none}")),
    "address of a custom domain": distribution(
        f"OriginRequestPolicyId: {ALL}",
        origins="Origins: [{Id: api, DomainName: d-abc.execute-api.us-east-1.amazonaws.com}]",
    ),
    "both branches": distribution(f"OriginRequestPolicyId: !If [Strict, {ALL_BUT_HOST}, !Ref AWS::NoValue]"),
    "other origin in both branches": distribution(
        f"OriginRequestPolicyId: {ALL}", origin="!If [Strict, site, site]"
    ),
}

BAD = {
    "all viewer headers": case(
        distribution(f"OriginRequestPolicyId: {ALL}"), "OriginRequestPolicyId", f'is "{ALL}" (AllViewer)'
    ),
    "parameter default": case(
        distribution("OriginRequestPolicyId: !Ref Forwarding"),
        "OriginRequestPolicyId",
        'is {"Ref": "Forwarding"} (AllViewer)',
    ),
    "Sub": case(
        distribution("OriginRequestPolicyId: !Sub '${Part}-5c7f-47e4-b989-5492eafa07d3'"),
        "OriginRequestPolicyId",
        'is {"Fn::Sub": "${Part}-5c7f-47e4-b989-5492eafa07d3"} (AllViewer)',
    ),
    "with CloudFront's headers": case(
        distribution("OriginRequestPolicyId: 33f36d7e-f396-46d9-90e0-52428a34d9dc"),
        "OriginRequestPolicyId",
        'is "33f36d7e-f396-46d9-90e0-52428a34d9dc" (AllViewerAndCloudFrontHeaders-2022-06)',
    ),
    "one branch": case(
        distribution(f"OriginRequestPolicyId: !If [Strict, {ALL_BUT_HOST}, {ALL}]"),
        "OriginRequestPolicyId",
        f'is "{ALL}" (AllViewer) when Strict is false',
    ),
    "all by old form": case(
        distribution("ForwardedValues: {Headers: ['*']}"), "ForwardedValues/Headers", 'is ["*"]'
    ),
    "Host by old form": case(
        distribution("ForwardedValues: {Headers: [Accept, host]}"),
        "ForwardedValues/Headers",
        'is ["Accept", "host"]',
    ),
    "policy of all": case(
        distribution(BY_POLICY, policy=request_policy("{HeaderBehavior: allViewer}")),
        "OriginRequestPolicyId",
        'is {"Ref": "Policy"}, which forwards Host',
    ),
    "policy of Host": case(
        distribution(BY_POLICY, policy=request_policy("{HeaderBehavior: whitelist, Headers: [Host]}")),
        "OriginRequestPolicyId",
        'is {"Ref": "Policy"}, which forwards Host',
    ),
    "policy of all but another": case(
        distribution(BY_POLICY, policy=request_policy("{HeaderBehavior: allExcept, Headers: [Cookie]}")),
        "OriginRequestPolicyId",
        'is {"Ref": "Policy"}, which forwards Host',
    ),
    "policy in one branch": case(
        distribution(BY_POLICY, policy=request_policy("{HeaderBehavior: !If [Strict, none, allViewer]}")),
        "OriginRequestPolicyId",
        'is {"Ref": "Policy"}, which forwards Host when Strict is false',
    ),
    "cache policy of Host": case(
        distribution(BY_CACHE, cache=cache_policy("{HeaderBehavior: whitelist, Headers: [Host]}")),
        "CachePolicyId",
        'is {"Ref": "Cache"}, which forwards Host',
    ),
    "default behavior": (
        distribution("Compress: true").replace(
            "TargetOriginId: site}", f"TargetOriginId: api, OriginRequestPolicyId: {ALL}}}"
        ),
        "Resources/Site/Properties/DistributionConfig/DefaultCacheBehavior/OriginRequestPolicyId",
        case("", "OriginRequestPolicyId", f'is "{ALL}" (AllViewer)')[2],
    ),
}
