"""Settings that open a resource: public access, encryption, TLS, authorization."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from cfn_analysis.model.intrinsics import as_strings, is_unknown
from cfn_analysis.model.references import as_list, value_at
from cfn_analysis.reviewing.access.boxes import box, without
from cfn_analysis.reviewing.values import (
    Setting,
    in_order,
    judged,
    must_not_be,
    must_not_be_removed,
    must_not_increase,
    problems,
    text,
    values_of,
    words,
)
from cfn_analysis.updates.resource_changes import ADD, REMOVE, ResourceChange

_PUBLIC: Final = "it can be accessed from the internet"
_BLOCK: Final = "public access is no longer blocked"
_PLAIN: Final = "stored data is no longer encrypted"
_KEY: Final = "it is no longer encrypted with a key of the account, whose key policy restricts access"
_HTTP: Final = "requests without TLS are accepted"
_TLS: Final = "older versions of TLS are accepted"
_OTHERS: Final = "other accounts may read or write objects"
_ACLS: Final = (
    "Private=BucketOwnerRead=BucketOwnerFullControl=AwsExecRead LogDeliveryWrite AuthenticatedRead "
    "PublicRead PublicReadWrite"
)
_OPEN: Final = "requests that were rejected are accepted"
_MORE: Final = "clients may send more requests"

# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/secure-connections-supported-viewer-protocols-ciphers.html
_VIEWER_TLS: Final = (
    "TLSv1.3_2025 TLSv1.2_2025 TLSv1.2_2021 TLSv1.2_2019 TLSv1.2_2018 TLSv1.1_2016 TLSv1_2016 TLSv1 SSLv3"
)


def _tls_of_api(before: Any, after: Any) -> str:
    """Judge a security policy of API Gateway by the oldest version of TLS that it accepts.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-security-policies.html
    """
    oldest = [_oldest_tls(text(value) or "TLS_1_0") for value in (before, after)]
    if None not in oldest and str(oldest[1]) >= str(oldest[0]):
        return ""
    how = _TLS if None not in oldest else f"possibly, {_TLS}"
    return f"is {words(after)} instead of {words(before)}: {how}"


def _oldest_tls(policy: str) -> str | None:
    found = re.match(r"TLS_1_(\d)$|SecurityPolicy_TLS13_1_(\d)_", policy)
    return next(number for number in found.groups() if number) if found else None


def _origin_tls(before: Any, after: Any) -> str:
    return f"is {after}: {_TLS}" if before is None and after in ("SSLv3", "TLSv1", "TLSv1.1") else ""


def _signers(before: Any, after: Any) -> str:
    return (
        "is removed: requests without a signature, or signed by others, are accepted" if after is None else ""
    )


def _authorizer(before: Any, after: Any) -> str:
    if before is None or before == after:
        return ""
    return f"is {words(after)} instead of {words(before)}: it may accept more"


def _other_acl(before: Any, after: Any) -> str:
    if before in (None, ""):
        return ""
    if after in (None, ""):
        return "is removed: requests are no longer inspected"
    return f"is {words(after)} instead of {words(before)}: it may block less"


def _must_not_go(effect: str) -> Callable[[Any, Any], str]:
    """Return a judge for an item of a list that must not be removed, or replaced with another one."""

    def judge(before: Any, after: Any) -> str:
        if before is None:
            return ""
        how = f"is no longer {words(before)}" if before != {} else "is removed"
        return f"{how}: {effect}"

    return judge


def _associated(before: Any, after: Any) -> str:
    """Judge what a public address is associated with; covers AWS::EC2::EIPAssociation too."""
    return f"is {words(after)}: it gets a public address" if after not in (None, before) else ""


def _other_addresses(before: Any, after: Any) -> str:
    changed = words(before if after is None else after)
    return f"is changed ({changed}): whether that allows more depends on the rule that uses the set"


def _endpoint(before: Any, after: Any) -> str:
    was, will = text(before), text(after)
    return f"is {words(after)} instead of PRIVATE: {_PUBLIC}" if was == "PRIVATE" and will else ""


_ADDRESS: Final = "public IP addresses are assigned"
_ANONYMOUS: Final = "callers do not need credentials"
_UNAUTHENTICATED: Final = "anyone gets AWS credentials without signing in"
_ORIGIN_HTTP: Final = "CloudFront connects to the origin without TLS"
_NO_KEY: Final = "an API key is no longer required"
_DEFAULT_ENDPOINT: Final = "the API is also available at its default endpoint"
_SAME_RESPONSE: Final = "requests with other values may get the same cached response"
_TRACED: Final = "whole requests and responses are logged, with their sensitive data"
_UNSIGNED: Final = "requests do not need a signature"
_NO_TOKEN: Final = "credentials are available without a token"
_ENDPOINT_BLOCKS: Final = ("ResourcesVpcConfig", "PublicAccessCidrs")
_DISTRIBUTION: Final = "AWS::CloudFront::Distribution"
_BALANCER: Final = "AWS::ElasticLoadBalancingV2::LoadBalancer"
# Public addresses and endpoints, and callers without an identity; also of a new resource.
_PUBLIC_SETTINGS: Final = (
    Setting(
        "",
        "AssociatePublicIpAddress AutoAssignPublicIps CreatePublicIP MapPublicIpOnLaunch",
        must_not_be("true", _ADDRESS, "false"),
    ),
    Setting("", "AssignPublicIp", must_not_be("ENABLED", _ADDRESS, "DISABLED")),
    Setting("", "PublicConnectivity", must_not_be("true", _PUBLIC, "false")),
    Setting("AWS::EC2::EIP", "InstanceId NetworkInterfaceId", _associated),
    Setting(
        "AWS::MSK::Cluster", "PublicAccess.Type", must_not_be("SERVICE_PROVIDED_EIPS", _PUBLIC, "DISABLED")
    ),
    Setting("", "AllowUnauthenticatedIdentities", must_not_be("true", _UNAUTHENTICATED, "false")),
    Setting("", "AnonymousAuthEnabled Unauthenticated.Enabled", must_not_be("true", _ANONYMOUS, "false")),
    Setting("", "OnUnauthenticatedRequest", in_order("authenticate=deny allow", _ANONYMOUS, "authenticate")),
)
# The first match applies. Documentation: the page of the type in the template reference.
SETTINGS: Final = (
    Setting(
        "",
        "BlockPublicAcls BlockPublicPolicy IgnorePublicAcls RestrictPublicBuckets",
        must_not_be("false", _BLOCK, "false"),
    ),
    Setting("AWS::S3::Bucket", "AccessControl", in_order(_ACLS, _OTHERS, "Private")),
    Setting("AWS::S3::Bucket", "SSEAlgorithm", in_order("aws:kms:dsse aws:kms AES256", _KEY, "AES256")),
    Setting("", "PubliclyAccessible", must_not_be("true", _PUBLIC)),
    Setting("", "EndpointPublicAccess IsPubliclyAccessible", must_not_be("true", _PUBLIC, "true")),
    *_PUBLIC_SETTINGS,
    Setting(
        "",
        "StorageEncrypted Encrypted CacheDataEncrypted AtRestEncryptionEnabled SSEEnabled "
        "EncryptionAtRestOptions.Enabled",
        must_not_be("false", _PLAIN, "false"),
        of_items=False,
    ),
    Setting("AWS::SQS::Queue", "SqsManagedSseEnabled", must_not_be("false", _PLAIN, "true")),
    Setting(
        "",
        "TransitEncryptionEnabled EnforceHTTPS NodeToNodeEncryptionOptions.Enabled",
        must_not_be("false", _HTTP, "false"),
        of_items=False,
    ),
    Setting(
        "ParameterGroup",
        "Parameters.require_secure_transport Parameters.rds.force_ssl",
        must_not_be("OFF", _HTTP, "OFF", "0"),
    ),
    Setting(
        _DISTRIBUTION,
        "ViewerProtocolPolicy",
        in_order("https-only=redirect-to-https allow-all", _HTTP, "https-only"),
    ),
    Setting(_DISTRIBUTION, "MinimumProtocolVersion", in_order(_VIEWER_TLS, _TLS, "TLSv1")),
    Setting(
        _DISTRIBUTION,
        "OriginProtocolPolicy",
        in_order("https-only match-viewer http-only", _ORIGIN_HTTP, "https-only"),
    ),
    Setting(_DISTRIBUTION, "OriginSSLProtocols[]", _origin_tls),
    Setting(_DISTRIBUTION, "WebACLId", _other_acl),
    Setting("AWS::WAFv2::WebACLAssociation", "WebACLArn", _other_acl),
    Setting(_DISTRIBUTION, "TrustedKeyGroups TrustedKeyGroups[] TrustedSigners TrustedSigners[]", _signers),
    Setting(
        "AWS::ApiGateway",
        "AuthorizationType",
        in_order("AWS_IAM=COGNITO_USER_POOLS=CUSTOM=JWT NONE", "anyone can call it", "NONE"),
    ),
    Setting("AWS::ApiGateway", "AuthorizerId AuthorizationScopes[]", _authorizer),
    Setting("AWS::ApiGateway", "ApiKeyRequired", must_not_be("false", _NO_KEY, "false")),
    Setting("AWS::ApiGateway", "EndpointConfiguration.Types[]", _endpoint),
    Setting("AWS::ApiGateway", "DisableExecuteApiEndpoint", must_not_be("false", _DEFAULT_ENDPOINT, "false")),
    Setting("AWS::ApiGateway", "SecurityPolicy", _tls_of_api),
    Setting("AWS::ApiGateway::Method", "Integration.CacheKeyParameters[]", _must_not_go(_SAME_RESPONSE)),
    Setting("AWS::ApiGateway", "DataTraceEnabled", must_not_be("true", _TRACED, "false")),
    Setting(
        "AWS::ApiGateway::UsagePlan",
        "Quota.Limit BurstLimit RateLimit",
        must_not_increase(_MORE),
        of_items=False,
    ),
    Setting("AWS::ApiGateway::UsagePlan", "Quota.Period", in_order("MONTH WEEK DAY", _MORE, unknown=False)),
    Setting("AWS::ApiGateway", "EndpointAccessMode", in_order("STRICT BASIC", _OPEN, "BASIC")),
    Setting("AWS::Lambda::Url", "AuthType", in_order("AWS_IAM NONE", _UNSIGNED, "NONE")),
    Setting(_BALANCER, "Scheme", in_order("internal internet-facing", _PUBLIC, "internet-facing")),
    Setting(
        "AWS::ElasticLoadBalancingV2::Listener",
        "Protocol",
        in_order("HTTPS=TLS HTTP=TCP=UDP=TCP_UDP", _HTTP, unknown=False),
    ),
    Setting("", "HttpTokens", in_order("required optional", _NO_TOKEN, "optional")),
    Setting(
        "AWS::WAFv2::WebACL",
        "DefaultSizeInspectionLimit",
        in_order("KB_64 KB_48 KB_32 KB_16", "less of a request is inspected", "KB_16"),
    ),
    Setting(
        "AWS::WAFv2::LoggingConfiguration",
        "SingleHeader.Name Method QueryString UriPath",
        _must_not_go("the logs show the field"),
    ),
    Setting("AWS::WAFv2::IPSet", "Addresses[]", _other_addresses),
    Setting(
        "",
        "KMSKeyArn KMSKeyId KMSMasterKeyID KmsKeyArn KmsKeyId KmsMasterKeyId KmsMasterKeyID",
        must_not_be_removed(_KEY),
        of_items=False,
    ),
)
# For new resources, which were not accessible before.
_FIRST: Final = (
    Setting(
        "",
        "PubliclyAccessible EndpointPublicAccess IsPubliclyAccessible",
        must_not_be("true", _PUBLIC, "false"),
    ),
    Setting("AWS::Lambda::Url", "AuthType", must_not_be("NONE", _UNSIGNED, "AWS_IAM")),
    Setting(_BALANCER, "Scheme", must_not_be("internet-facing", _PUBLIC, "internal")),
    Setting("AWS::S3::Bucket", "AccessControl", in_order(_ACLS, _OTHERS, "Private")),
    *_PUBLIC_SETTINGS,
)


def opening_settings(change: ResourceChange) -> Iterator[str]:
    """Yield the openings by the settings of a changed resource."""
    before, after = change.before, change.after
    if change.action == ADD and after is not None:
        for value in values_of(after):
            yield from judged(change.type, value, _FIRST)
        if change.type in ("AWS::ApiGateway::Method", "AWS::ApiGatewayV2::Route") and _asks_nothing(
            after.properties
        ):
            yield "is new, and anyone can call it: it requires neither authorization nor an API key"
    elif change.action != REMOVE and before is not None and after is not None:
        if change.type != "AWS::SQS::Queue" or "KmsMasterKeyId" not in after.properties:
            yield from problems(change, SETTINGS)  # otherwise encrypted with another key
        yield from _countries(before.properties, after.properties)
        if change.type == "AWS::EKS::Cluster":
            yield from _reachable(before.properties, after.properties)


def _reachable(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    """Yield addresses that can newly reach the public endpoint of a cluster; by default, all can.

    https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html
    """
    was, will = (
        [box(block, -1, None, None) for block in as_list(value_at(side, _ENDPOINT_BLOCKS) or "0.0.0.0/0")]
        for side in (before, after)
    )
    if without(will, was):
        yield f"{'.'.join(_ENDPOINT_BLOCKS)} allows more addresses to reach the public endpoint"


def _asks_nothing(method: Mapping[str, Any]) -> bool:
    key = text(method.get("ApiKeyRequired", False)).lower() == "true"
    return (
        method.get("AuthorizationType", "NONE") == "NONE"
        and not key
        and method.get("HttpMethod") != "OPTIONS"
    )


def _countries(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    """Yield countries that a distribution newly serves.

    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/georestrictions.html
    """
    was, will = (_restriction(side) for side in (before, after))
    if was == will or was[0] == "none":
        return
    match was[0], will[0]:
        case "whitelist", "whitelist":
            more = [country for country in will[1] if country not in was[1]]
        case "blacklist", "blacklist":
            more = [country for country in was[1] if country not in will[1]]
        case "blacklist", "whitelist":
            more = [country for country in will[1] if country in was[1]]
        case _:
            more = ["all but a list" if will[0] == "blacklist" else "all"]
    if more:
        yield f"serves more countries: {', '.join(more)}"


def _restriction(distribution: Mapping[str, Any]) -> tuple[str, tuple[str, ...]]:
    config = distribution.get("DistributionConfig")
    found: Any = config if isinstance(config, Mapping) else {}
    for key in ("Restrictions", "GeoRestriction"):
        found = found.get(key) if isinstance(found, Mapping) and not is_unknown(found) else None
    if not isinstance(found, Mapping) or is_unknown(found):
        return "none", ()
    locations = found.get("Locations", [])
    listed = locations if isinstance(locations, list) else [locations]
    countries = sorted(str(as_strings(country)) for country in listed)
    return str(found.get("RestrictionType", "none")), tuple(countries)
