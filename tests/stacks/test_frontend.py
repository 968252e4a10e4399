"""Facts of the frontend stack."""

from __future__ import annotations

import json
import re
from itertools import product
from typing import Any

import pytest

from csr_templates import frontend as frontend_stack
from csr_templates import render
from csr_templates.cloudformation.rendering import load
from csr_templates.cloudformation.resolving import failed_assertions, resolve
from csr_templates.linting.runner import lint

Template = dict[str, Any]

DOMAIN = {
    "CustomDomainName": "www.example.com",
    "CertificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/01234567-89ab-cdef-0123-456789abcdef",
    "HostedZoneId": "Z0123456789ABCDEFGHIJ",
}
NO_EDGE = {"CloudFrontEnabled": "false"}
NO_WAF = {"WAFEnabled": "false"}
NORMAL = {"Ref": "FrontendAlarmTopic"}
CRITICAL = {"Ref": "FrontendCriticalAlarmTopic"}
DISTRIBUTION_ARN = {"Fn::Sub": "arn:aws:cloudfront::123456789012:distribution/${Distribution}"}

# What exists whatever is switched on, in the stack's order.
ALWAYS = [
    "FrontendKey",
    "EdgeLogBucket",
    "EdgeLogBucketPolicy",
    "SiteBucket",
    "WAFLogGroup",
    "SiteBucketPolicy",
    "FrontendAlarmTopic",
    "FrontendCriticalAlarmTopic",
    "FrontendAlarmTopicsPolicy",
]
OF_THE_WEB_ACL = ["WebACL", "WebACLLogging", "WAFBlockedRequestsAlarm"]
OF_THE_DOMAIN = ["DomainRecordIPv4", "DomainRecordIPv6"]


def with_values(template: Template, region: str = "us-east-1", **parameters: str) -> Template:
    """Return the resources that exist in us-east-1 with these parameter values."""
    found: Template = resolve(template, parameters, region=region)["Resources"]
    return found


@pytest.fixture(scope="module")
def resources(frontend: Template) -> Template:
    """Logical ID -> resource, with production's values, in account 123456789012."""
    return with_values(frontend)


def properties(resources: Template, logical_id: str) -> Template:
    """Return the properties of a resource."""
    found: Template = resources[logical_id]["Properties"]
    return found


def of_type(resources: Template, resource_type: str) -> Template:
    """Return logical ID -> properties of all resources of one type."""
    return {
        logical_id: resource["Properties"]
        for logical_id, resource in resources.items()
        if resource["Type"] == resource_type
    }


def distribution(resources: Template) -> Template:
    """Return the configuration of the distribution."""
    found: Template = properties(resources, "Distribution")["DistributionConfig"]
    return found


def behavior(resources: Template, path: str) -> Template:
    """Return the behavior for a path pattern, or the default one for ``*``."""
    config = distribution(resources)
    found: Template = {
        "*": config["DefaultCacheBehavior"],
        **{one["PathPattern"]: one for one in config["CacheBehaviors"]},
    }[path]
    return found


def statements(resources: Template, logical_id: str) -> Template:
    """Return Sid -> statement of a bucket's or topic's policy."""
    document = properties(resources, logical_id)["PolicyDocument"]
    return {statement["Sid"]: statement for statement in document["Statement"]}


def att(logical_id: str, attribute: str) -> dict[str, list[str]]:
    """Return a reference to an attribute of a resource."""
    return {"Fn::GetAtt": [logical_id, attribute]}


# ---- Parameters, rules, conditions ----


def test_parameters(frontend: Template) -> None:
    """The parameters are these, and their defaults are production's."""
    assert {name: parameter["Default"] for name, parameter in frontend["Parameters"].items()} == {
        "ProjectName": "csr-lambda-api",
        "Environment": "prod",
        "CloudFrontEnabled": "true",
        "WAFEnabled": "true",
        "SiteRouting": "directory",
        "ContentSecurityPolicy": (
            "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
            "img-src 'self' data:; font-src 'self' data:; connect-src 'self'; object-src 'none'; "
            "base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
        ),
        "CustomDomainName": "",
        "CertificateArn": "",
        "HostedZoneId": "",
        "ApiRegion": "ap-northeast-1",
    }


@pytest.mark.parametrize(
    ("parameter", "value", "fits"),
    [
        ("CustomDomainName", "", True),
        ("CustomDomainName", "example.com", True),
        ("CustomDomainName", "a-b.example.co.jp", True),
        ("CustomDomainName", "https://example.com", False),
        ("CustomDomainName", "Example.com", False),
        ("CustomDomainName", "localhost", False),
        ("CustomDomainName", "-a.example.com", False),
        ("CertificateArn", "", True),
        ("CertificateArn", DOMAIN["CertificateArn"], True),
        ("CertificateArn", DOMAIN["CertificateArn"].replace("us-east-1", "ap-northeast-1"), False),
        ("HostedZoneId", "", True),
        ("HostedZoneId", DOMAIN["HostedZoneId"], True),
        ("HostedZoneId", "/hostedzone/Z0123456789ABCDEFGHIJ", False),
        ("ApiRegion", "ap-northeast-1", True),
        ("ApiRegion", "us-gov-west-1", True),
        ("ApiRegion", "ap-northeast-1a", False),
        ("ApiRegion", "", False),
        ("ContentSecurityPolicy", "default-src 'none'", True),
        ("ContentSecurityPolicy", "", False),
        ("ContentSecurityPolicy", "default-src 'self'\n", False),
    ],
)
def test_parameter_patterns(frontend: Template, parameter: str, value: str, fits: bool) -> None:
    """What AWS would refuse in the middle of a deploy is refused before it."""
    pattern = frontend["Parameters"][parameter]["AllowedPattern"]

    assert (re.fullmatch(pattern, value) is not None) is fits


@pytest.mark.parametrize(
    ("region", "parameters", "refused"),
    [
        ("us-east-1", {}, False),
        ("us-east-1", NO_EDGE, False),
        ("ap-northeast-1", {}, True),
        ("ap-northeast-1", NO_WAF, True),
        ("ap-northeast-1", NO_EDGE, False),
    ],
)
def test_cloudfront_needs_us_east_1(
    frontend: Template, region: str, parameters: dict[str, str], refused: bool
) -> None:
    """Elsewhere there is no web ACL for CloudFront and no metric of it: the deploy stops before it begins."""
    assert failed_assertions(frontend, parameters, region=region) == (
        [
            "With CloudFrontEnabled the stack must be in us-east-1: CloudFront has its web ACLs, metrics and "
            "access logs only there."
        ]
        if refused
        else []
    )


@pytest.mark.parametrize("given", list(product([False, True], repeat=3)), ids=str)
def test_domain_is_all_or_none(frontend: Template, given: tuple[bool, ...]) -> None:
    """A domain needs a certificate and a zone, and neither is of use without it."""
    parameters = {name: value for (name, value), one in zip(DOMAIN.items(), given, strict=True) if one}

    assert failed_assertions(frontend, parameters, region="us-east-1") == (
        []
        if len(set(given)) == 1
        else ["CustomDomainName, CertificateArn and HostedZoneId must be all empty or all set."]
    )


def test_everything_is_switched_on(frontend: Template, resources: Template) -> None:
    """Production has every resource but the records of a custom domain."""
    assert [one for one in frontend["Resources"] if one not in resources] == OF_THE_DOMAIN


@pytest.mark.parametrize("waf", ["true", "false"])
def test_without_cloudfront(frontend: Template, waf: str) -> None:
    """Without CloudFront nothing of the edge is left, in any region; what holds data and topics stay."""
    values = {**NO_EDGE, **DOMAIN, "WAFEnabled": waf}
    resolved = resolve(frontend, values, region="ap-northeast-1")

    assert list(resolved["Resources"]) == ALWAYS
    assert list(resolved["Outputs"]) == [
        "FrontendS3BucketName",
        "FrontendAlarmTopicArn",
        "FrontendCriticalAlarmTopicArn",
    ]
    assert statements(resolved["Resources"], "SiteBucketPolicy")["CloudFrontReads"]["Condition"] == {
        "StringEquals": {"aws:SourceArn": "none"}
    }


def test_without_waf(frontend: Template, resources: Template) -> None:
    """Without WAF the web ACL goes, with its logging, alarm, output and widget, and nothing else changes."""
    resolved = resolve(frontend, NO_WAF, region="us-east-1")
    found = resolved["Resources"]

    assert [one for one in resources if one not in found] == OF_THE_WEB_ACL
    assert "WebACLId" not in distribution(found)
    assert {**distribution(found), "WebACLId": att("WebACL", "Arn")} == distribution(resources)
    assert "WebACLArn" not in resolved["Outputs"]
    assert [one for one in widgets(resources) if one not in widgets(found)] == ["WAF"]
    assert "WAF" not in json.dumps(properties(found, "FrontendDashboard"))


@pytest.mark.parametrize("site", [{}, {**DOMAIN, "SiteRouting": "spa"}], ids=["plain", "own domain"])
@pytest.mark.parametrize(
    ("region", "cloudfront", "waf"),
    [
        *product(["us-east-1"], ["true", "false"], ["true", "false"]),
        *product(["ap-northeast-1"], ["false"], ["true", "false"]),
    ],
)
def test_no_findings(region: str, cloudfront: str, waf: str, site: dict[str, str]) -> None:
    """No combination of the switches has a finding where it may be deployed."""
    t = frontend_stack.build()
    values = {"CloudFrontEnabled": cloudfront, "WAFEnabled": waf, **site}

    assert lint(render(t.to_dict(), sections=t.sections), region, parameters=values) == []


# ---- Key and buckets ----


def test_key_serves_waf_logs_and_alarms(resources: Template) -> None:
    """The keys of the network are in another region: this one is for the WAF log group and the topics."""
    _, logs, alarms = properties(resources, "FrontendKey")["KeyPolicy"]["Statement"]

    assert logs["Principal"] == {"Service": "logs.us-east-1.amazonaws.com"}
    assert logs["Condition"]["ArnLike"]["kms:EncryptionContext:aws:logs:arn"] == [
        "arn:aws:logs:us-east-1:123456789012:log-group:aws-waf-logs-csr-lambda-api-prod"
    ]
    assert alarms["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert alarms["Condition"]["ArnLike"] == {
        "aws:SourceArn": "arn:aws:cloudwatch:us-east-1:123456789012:alarm:csr-lambda-api-prod-*"
    }


@pytest.mark.parametrize(
    ("logical_id", "name"),
    [("SiteBucket", "frontend"), ("EdgeLogBucket", "edge-logs")],
)
def test_buckets_are_private(resources: Template, logical_id: str, name: str) -> None:
    """Both buckets are closed, encrypted with AES-256 and versioned, and there is no website endpoint."""
    bucket = properties(resources, logical_id)
    (encryption,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]

    assert bucket["BucketName"] == f"csr-lambda-api-prod-{name}-123456789012"
    assert list(bucket["PublicAccessBlockConfiguration"].values()) == [True] * 4
    assert bucket["OwnershipControls"] == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    assert encryption == {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    assert "WebsiteConfiguration" not in bucket
    assert statements(resources, f"{logical_id}Policy")["DenyWithoutTLS"]["Condition"] == {
        "Bool": {"aws:SecureTransport": "false"}
    }


def test_site_lifecycle_never_archives_what_is_served(resources: Template) -> None:
    """Old versions expire and unfinished uploads are dropped; nothing moves to where it cannot be read."""
    rules = properties(resources, "SiteBucket")["LifecycleConfiguration"]["Rules"]

    assert {rule["Id"]: rule for rule in rules} == {
        "AbortUnfinishedUploads": {
            "Id": "AbortUnfinishedUploads",
            "Status": "Enabled",
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
        },
        "ExpireOldVersions": {
            "Id": "ExpireOldVersions",
            "Status": "Enabled",
            "NoncurrentVersionExpiration": {"NoncurrentDays": 90},
            "ExpiredObjectDeleteMarker": True,
        },
    }


def test_log_lifecycle(resources: Template) -> None:
    """Logs become cheaper after 30 days, archived after 90, and are gone after a year."""
    rules = properties(resources, "EdgeLogBucket")["LifecycleConfiguration"]["Rules"]
    (rule,) = (rule for rule in rules if rule["Id"] == "ArchiveAndExpire")

    assert rule["Transitions"] == [
        {"StorageClass": "STANDARD_IA", "TransitionInDays": 30},
        {"StorageClass": "GLACIER", "TransitionInDays": 90},
    ]
    assert rule["ExpirationInDays"] == 365
    assert rule["NoncurrentVersionExpiration"] == {"NoncurrentDays": 30}


def test_log_bucket_takes_logs_of_this_environment(resources: Template) -> None:
    """CloudFront's deliveries and the site bucket may write, each below its own prefix, and nobody else."""
    found = statements(resources, "EdgeLogBucketPolicy")

    assert list(found) == ["CloudFrontAccessLogs", "SiteBucketAccessLogs", "DenyWithoutTLS"]
    assert found["CloudFrontAccessLogs"] == {
        "Sid": "CloudFrontAccessLogs",
        "Effect": "Allow",
        "Principal": {"Service": "delivery.logs.amazonaws.com"},
        "Action": ["s3:PutObject"],
        "Resource": [{"Fn::Sub": "${EdgeLogBucket.Arn}/AWSLogs/123456789012/*"}],
        "Condition": {
            "StringEquals": {
                "aws:SourceAccount": "123456789012",
                "s3:x-amz-acl": "bucket-owner-full-control",
            },
            "ArnLike": {
                "aws:SourceArn": "arn:aws:logs:us-east-1:123456789012:delivery-source:csr-lambda-api-prod-*"
            },
        },
    }
    assert found["SiteBucketAccessLogs"] == {
        "Sid": "SiteBucketAccessLogs",
        "Effect": "Allow",
        "Principal": {"Service": "logging.s3.amazonaws.com"},
        "Action": ["s3:PutObject"],
        "Resource": [{"Fn::Sub": "${EdgeLogBucket.Arn}/site-bucket/*"}],
        "Condition": {
            "StringEquals": {"aws:SourceAccount": "123456789012"},
            "ArnLike": {"aws:SourceArn": "arn:aws:s3:::csr-lambda-api-prod-frontend-*"},
        },
    }
    assert properties(resources, "SiteBucket")["LoggingConfiguration"] == {
        "DestinationBucketName": {"Ref": "EdgeLogBucket"},
        "LogFilePrefix": "site-bucket/",
    }


# ---- CloudFront Functions and policies ----


@pytest.mark.parametrize(
    ("logical_id", "name", "file"),
    [
        ("PageRoutingFunction", "page-routing", "page_routing.js"),
        ("BrowserCachingFunction", "browser-caching", "browser_caching.js"),
        ("ApiCacheKeyFunction", "api-cache-key", "api_cache_key.js"),
    ],
)
def test_functions(resources: Template, logical_id: str, name: str, file: str) -> None:
    """Each function is published at once, has a name of this environment, and holds the code of its file."""
    function = properties(resources, logical_id)

    assert function["Name"] == f"csr-lambda-api-prod-{name}"
    assert function["AutoPublish"] is True
    assert function["FunctionConfig"]["Runtime"] == "cloudfront-js-2.0"
    assert function["FunctionCode"].endswith(frontend_stack.function_code(file))


@pytest.mark.parametrize("routing", ["directory", "spa"])
def test_page_routing_knows_the_mode(frontend: Template, routing: str) -> None:
    """The one thing that a parameter changes in a function is its first line."""
    function = properties(with_values(frontend, SiteRouting=routing), "PageRoutingFunction")

    assert function["FunctionCode"] == (
        f"var SITE_ROUTING = '{routing}';\n" + frontend_stack.function_code("page_routing.js")
    )


@pytest.mark.parametrize(
    ("logical_id", "name", "ttls"),
    [
        ("StaticCachePolicy", "static", (31536000, 31536000, 31536000)),
        ("PageCachePolicy", "pages", (1, 60, 3600)),
    ],
)
def test_cache_policies(resources: Template, logical_id: str, name: str, ttls: tuple[int, int, int]) -> None:
    """Assets stay for a year and pages for a minute, compressed, whatever query, cookies or headers come."""
    policy = properties(resources, logical_id)["CachePolicyConfig"]

    assert policy["Name"] == f"csr-lambda-api-prod-{name}"
    assert (policy["MinTTL"], policy["DefaultTTL"], policy["MaxTTL"]) == ttls
    assert policy["ParametersInCacheKeyAndForwardedToOrigin"] == {
        "CookiesConfig": {"CookieBehavior": "none"},
        "HeadersConfig": {"HeaderBehavior": "none"},
        "QueryStringsConfig": {"QueryStringBehavior": "none"},
        "EnableAcceptEncodingGzip": True,
        "EnableAcceptEncodingBrotli": True,
    }


@pytest.mark.parametrize(
    ("logical_id", "name", "csp"),
    [
        ("SiteHeadersPolicy", "site", "default-src https:"),
        (
            "ApiHeadersPolicy",
            "api",
            "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        ),
    ],
)
def test_security_headers(frontend: Template, logical_id: str, name: str, csp: str) -> None:
    """All six headers replace what the origin sent; the API's policy lets a page do nothing."""
    resources = with_values(frontend, ContentSecurityPolicy="default-src https:")
    policy = properties(resources, logical_id)["ResponseHeadersPolicyConfig"]

    assert policy == {
        "Name": f"csr-lambda-api-prod-{name}",
        "SecurityHeadersConfig": {
            "StrictTransportSecurity": {
                "AccessControlMaxAgeSec": 31536000,
                "IncludeSubdomains": True,
                "Override": True,
            },
            "ContentTypeOptions": {"Override": True},
            "FrameOptions": {"FrameOption": "DENY", "Override": True},
            "ReferrerPolicy": {"ReferrerPolicy": "strict-origin-when-cross-origin", "Override": True},
            "ContentSecurityPolicy": {"ContentSecurityPolicy": csp, "Override": True},
        },
        "CustomHeadersConfig": {
            "Items": [
                {
                    "Header": "Permissions-Policy",
                    "Value": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
                    "Override": True,
                }
            ]
        },
    }


# ---- WAF ----


def test_web_acl(resources: Template) -> None:
    """The web ACL is for CloudFront, allows what no rule blocks, and is called the same everywhere."""
    web_acl = properties(resources, "WebACL")

    assert web_acl["Scope"] == "CLOUDFRONT"
    assert web_acl["DefaultAction"] == {"Allow": {}}
    assert web_acl["Name"] == "csr-lambda-api-prod-cloudfront-waf"
    assert web_acl["VisibilityConfig"] == {
        "CloudWatchMetricsEnabled": True,
        "MetricName": "csr-lambda-api-prod-cloudfront-waf",
        "SampledRequestsEnabled": True,
    }


def test_web_acl_rules(resources: Template) -> None:
    """Two rules of ours block; four groups of AWS do what AWS made them do, but for one rule that counts."""
    rules = properties(resources, "WebACL")["Rules"]
    override = {"Name": "SizeRestrictions_BODY", "ActionToUse": {"Count": {}}}
    own = {rule["Name"]: rule["Statement"] for rule in rules if rule.get("Action") == {"Block": {}}}
    managed = {
        rule["Name"]: rule["Statement"]["ManagedRuleGroupStatement"]
        for rule in rules
        if rule.get("OverrideAction") == {"None": {}}
    }

    assert [rule["Priority"] for rule in rules] == [10, 20, 30, 40, 50, 60]
    assert [*own, *managed] == [rule["Name"] for rule in rules]
    assert [rule["VisibilityConfig"]["MetricName"] for rule in rules] == [rule["Name"] for rule in rules]
    assert own == {
        "blocked-countries": {"GeoMatchStatement": {"CountryCodes": ["CN", "RU", "KP"]}},
        "rate-limit": {
            "RateBasedStatement": {"Limit": 5000, "EvaluationWindowSec": 300, "AggregateKeyType": "IP"}
        },
    }
    assert managed == {
        "ip-reputation": {"VendorName": "AWS", "Name": "AWSManagedRulesAmazonIpReputationList"},
        "common-rules": {
            "VendorName": "AWS",
            "Name": "AWSManagedRulesCommonRuleSet",
            "RuleActionOverrides": [override],
        },
        "known-bad-inputs": {"VendorName": "AWS", "Name": "AWSManagedRulesKnownBadInputsRuleSet"},
        "linux-rules": {"VendorName": "AWS", "Name": "AWSManagedRulesLinuxRuleSet"},
    }


def test_waf_logs(resources: Template) -> None:
    """WAF logs to the one kind of name that it accepts, by the ARN that it accepts, encrypted."""
    group = properties(resources, "WAFLogGroup")
    logging = properties(resources, "WebACLLogging")

    assert group["LogGroupName"] == "aws-waf-logs-csr-lambda-api-prod"
    assert group["KmsKeyId"] == att("FrontendKey", "Arn")
    assert logging["ResourceArn"] == att("WebACL", "Arn")
    assert logging["LogDestinationConfigs"] == [
        {"Fn::Sub": "arn:aws:logs:us-east-1:123456789012:log-group:${WAFLogGroup}"}
    ]


def test_waf_hides_secrets(resources: Template) -> None:
    """Tokens, cookies and keys are neither in the log nor in sampled requests."""
    secrets = ["authorization", "cookie", "x-api-key"]

    assert properties(resources, "WebACL")["DataProtectionConfig"] == {
        "DataProtections": [
            {"Field": {"FieldType": "SINGLE_HEADER", "FieldKeys": secrets}, "Action": "SUBSTITUTION"}
        ]
    }
    assert properties(resources, "WebACLLogging")["RedactedFields"] == [
        {"SingleHeader": {"Name": name}} for name in secrets
    ]


# ---- Distribution ----


def test_distribution(resources: Template) -> None:
    """The distribution is found by its comment, speaks HTTP/3 and IPv6 everywhere, and is behind the ACL."""
    config = distribution(resources)

    assert config["Comment"] == "csr-lambda-api prod CloudFront Distribution"
    assert config["Enabled"] is True
    assert config["HttpVersion"] == "http2and3"
    assert config["IPV6Enabled"] is True
    assert config["PriceClass"] == "PriceClass_All"
    assert config["WebACLId"] == att("WebACL", "Arn")
    assert [origin["Id"] for origin in config["Origins"]] == ["site", "api"]


def test_errors_are_neither_kept_nor_mapped(resources: Template) -> None:
    """No error of one user is given to another, and no error of the API becomes a page."""
    assert distribution(resources)["CustomErrorResponses"] == [
        {"ErrorCode": code, "ErrorCachingMinTTL": 0} for code in (404, 405, 414, 500, 501, 502, 503, 504)
    ]


def test_site_origin(resources: Template) -> None:
    """CloudFront reads the bucket by its REST endpoint, signed; nobody else does."""
    site, _ = distribution(resources)["Origins"]
    control = properties(resources, "SiteOriginAccessControl")["OriginAccessControlConfig"]

    assert site == {
        "Id": "site",
        "DomainName": att("SiteBucket", "RegionalDomainName"),
        "OriginAccessControlId": att("SiteOriginAccessControl", "Id"),
        "S3OriginConfig": {"OriginAccessIdentity": ""},
    }
    assert control == {
        "Name": "csr-lambda-api-prod-site",
        "OriginAccessControlOriginType": "s3",
        "SigningBehavior": "always",
        "SigningProtocol": "sigv4",
    }
    found = statements(resources, "SiteBucketPolicy")
    assert list(found) == ["CloudFrontReads", "DenyWithoutTLS"]
    assert found["CloudFrontReads"] == {
        "Sid": "CloudFrontReads",
        "Effect": "Allow",
        "Principal": {"Service": "cloudfront.amazonaws.com"},
        "Action": ["s3:GetObject", "s3:ListBucket"],
        "Resource": [att("SiteBucket", "Arn"), {"Fn::Sub": "${SiteBucket.Arn}/*"}],
        "Condition": {"StringEquals": {"aws:SourceArn": DISTRIBUTION_ARN}},
    }


def test_api_origin(frontend: Template) -> None:
    """The API's address comes from its stack in its own region, its key from the secret's replica in ours."""
    _, api = distribution(with_values(frontend, ApiRegion="eu-west-1", Environment="staging"))["Origins"]

    assert api == {
        "Id": "api",
        "DomainName": {
            "Fn::Sub": [
                "${Value1}.execute-api.eu-west-1.amazonaws.com",
                {
                    "Value1": {
                        "Fn::GetStackOutput": {
                            "StackName": "csr-lambda-api-staging-api",
                            "OutputName": "ApiGatewayId",
                            "Region": "eu-west-1",
                        }
                    }
                },
            ]
        },
        "OriginPath": "/v1",
        "CustomOriginConfig": {
            "OriginProtocolPolicy": "https-only",
            "HTTPSPort": 443,
            "OriginSSLProtocols": ["TLSv1.2"],
            "OriginReadTimeout": 30,
        },
        "OriginCustomHeaders": [
            {
                "HeaderName": "x-api-key",
                "HeaderValue": (
                    "{{resolve:secretsmanager:csr-lambda-api-staging-origin-api-key:SecretString:apiKey}}"
                ),
            }
        ],
    }


def test_api_origin_fits_the_api_stack(resources: Template, api: Template) -> None:
    """Stage, secret and timeouts are the ones of the api stack: Lambda gives up first, CloudFront last."""
    its = resolve(api, {"LambdaCodeS3ObjectVersion": "1"})
    _, origin = distribution(resources)["Origins"]
    (stage,) = of_type(its["Resources"], "AWS::ApiGateway::Stage").values()
    (secret,) = of_type(its["Resources"], "AWS::SecretsManager::Secret").values()
    (function,) = of_type(its["Resources"], "AWS::Lambda::Function").values()
    gateway = {
        method["Integration"]["TimeoutInMillis"]
        for method in of_type(its["Resources"], "AWS::ApiGateway::Method").values()
    }

    assert origin["OriginPath"] == f"/{stage['StageName']}"
    assert origin["OriginCustomHeaders"][0]["HeaderValue"] == (
        f"{{{{resolve:secretsmanager:{secret['Name']}:SecretString:"
        f"{secret['GenerateSecretString']['GenerateStringKey']}}}}}"
    )
    assert [replica["Region"] for replica in secret["ReplicaRegions"]] == ["us-east-1"]
    assert "ApiGatewayId" in its["Outputs"]
    assert (
        function["Timeout"] * 1000 < max(gateway) < origin["CustomOriginConfig"]["OriginReadTimeout"] * 1000
    )
    assert len(gateway) == 1


@pytest.mark.parametrize(
    ("path", "cache", "functions"),
    [
        (
            "*",
            "PageCachePolicy",
            {"viewer-request": "PageRoutingFunction", "viewer-response": "BrowserCachingFunction"},
        ),
        ("/_next/static/*", "StaticCachePolicy", {"viewer-response": "BrowserCachingFunction"}),
        ("/static/*", "StaticCachePolicy", {"viewer-response": "BrowserCachingFunction"}),
    ],
)
def test_site_behaviors(resources: Template, path: str, cache: str, functions: dict[str, str]) -> None:
    """The site is read-only, over HTTPS and compressed; pages are routed, and assets kept for a year."""
    found = dict(behavior(resources, path))
    found.pop("PathPattern", None)

    assert found == {
        "TargetOriginId": "site",
        "ViewerProtocolPolicy": "redirect-to-https",
        "Compress": True,
        "CachePolicyId": {"Ref": cache},
        "ResponseHeadersPolicyId": {"Ref": "SiteHeadersPolicy"},
        "FunctionAssociations": [
            {"EventType": event, "FunctionARN": att(function, "FunctionARN")}
            for event, function in functions.items()
        ],
    }


def test_api_behavior(resources: Template) -> None:
    """Every method reaches the API, uncached, with all that the viewer sent but the host."""
    assert behavior(resources, "/api/*") == {
        "PathPattern": "/api/*",
        "TargetOriginId": "api",
        "ViewerProtocolPolicy": "https-only",
        "AllowedMethods": ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"],
        "CachePolicyId": "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",  # CachingDisabled
        "OriginRequestPolicyId": "b689b0a8-53d0-40ab-baf2-68738e2966ac",  # AllViewerExceptHostHeader
        "ResponseHeadersPolicyId": {"Ref": "ApiHeadersPolicy"},
        "FunctionAssociations": [
            {"EventType": "viewer-request", "FunctionARN": att("ApiCacheKeyFunction", "FunctionARN")}
        ],
    }


def test_additional_metrics_are_on(resources: Template) -> None:
    """Origin latency and cache hit rate exist only where they are paid for."""
    assert properties(resources, "DistributionMetrics") == {
        "DistributionId": {"Ref": "Distribution"},
        "MonitoringSubscription": {
            "RealtimeMetricsSubscriptionConfig": {"RealtimeMetricsSubscriptionStatus": "Enabled"}
        },
    }


# ---- Access logs ----


def test_access_logs(resources: Template) -> None:
    """CloudFront's log goes to the edge log bucket, once the bucket's policy lets it."""
    assert properties(resources, "AccessLogSource")["ResourceArn"] == DISTRIBUTION_ARN
    assert properties(resources, "AccessLogSource")["LogType"] == "ACCESS_LOGS"
    assert properties(resources, "AccessLogDestination")["DestinationResourceArn"] == {
        "Fn::Sub": "${EdgeLogBucket.Arn}/AWSLogs/123456789012/CloudFront"
    }
    assert properties(resources, "AccessLogDelivery")["DeliverySourceName"] == {"Ref": "AccessLogSource"}
    assert properties(resources, "AccessLogDelivery")["DeliveryDestinationArn"] == att(
        "AccessLogDestination", "Arn"
    )
    assert resources["AccessLogDelivery"]["DependsOn"] == "EdgeLogBucketPolicy"
    assert "Logging" not in distribution(resources)  # the older kind needs a bucket with ACLs


def test_access_logs_come_from_a_source_that_the_bucket_admits(resources: Template) -> None:
    """The bucket's policy knows the source by the beginning of its name."""
    name = properties(resources, "AccessLogSource")["Name"]
    admitted = statements(resources, "EdgeLogBucketPolicy")["CloudFrontAccessLogs"]["Condition"]["ArnLike"]

    assert name == "csr-lambda-api-prod-cloudfront-access-logs"
    assert f"arn:aws:logs:us-east-1:123456789012:delivery-source:{name}".startswith(
        admitted["aws:SourceArn"].removesuffix("*")
    )


def test_access_logs_hold_no_cookies(resources: Template) -> None:
    """A session is not to be found in a log."""
    fields = properties(resources, "AccessLogDelivery")["RecordFields"]

    assert {"date", "time", "c-ip", "cs-method", "cs-uri-stem", "sc-status", "x-edge-request-id"} <= set(
        fields
    )
    assert "cs(Cookie)" not in fields
    assert len(fields) == len(set(fields))


# ---- Domain ----


def test_own_domain(frontend: Template) -> None:
    """With a domain there are its certificate, TLS 1.2 or newer, and its addresses for IPv4 and IPv6."""
    resolved = resolve(frontend, DOMAIN, region="us-east-1")
    config = distribution(resolved["Resources"])
    records = of_type(resolved["Resources"], "AWS::Route53::RecordSet")

    assert config["Aliases"] == ["www.example.com"]
    assert config["ViewerCertificate"] == {
        "AcmCertificateArn": DOMAIN["CertificateArn"],
        "SslSupportMethod": "sni-only",
        "MinimumProtocolVersion": "TLSv1.2_2021",
    }
    assert [record["Type"] for record in records.values()] == ["A", "AAAA"]
    for record in records.values():
        assert record["Name"] == "www.example.com"
        assert record["HostedZoneId"] == DOMAIN["HostedZoneId"]
        assert record["AliasTarget"] == {
            "DNSName": att("Distribution", "DomainName"),
            "HostedZoneId": "Z2FDTNDATAQYW2",
        }
    assert resolved["Outputs"]["CloudFrontDistributionURL"]["Value"] == "https://www.example.com"


def test_domain_of_cloudfront(frontend: Template, resources: Template) -> None:
    """Without a domain CloudFront's own name and certificate serve."""
    outputs = resolve(frontend, region="us-east-1")["Outputs"]

    assert "Aliases" not in distribution(resources)
    assert distribution(resources)["ViewerCertificate"] == {"CloudFrontDefaultCertificate": True}
    assert outputs["CloudFrontDistributionURL"]["Value"] == {"Fn::Sub": "https://${Distribution.DomainName}"}


# ---- Topics and alarms ----


def test_topics(resources: Template) -> None:
    """Both topics have this region's key."""
    topics = of_type(resources, "AWS::SNS::Topic")

    assert [topic["KmsMasterKeyId"] for topic in topics.values()] == [att("FrontendKey", "Arn")] * 2


@pytest.mark.parametrize(
    ("logical_id", "name", "metric", "statistic", "periods", "threshold", "topic"),
    [
        (
            "CloudFront4xxAlarm",
            "cloudfront-4xx-rate-high",
            ("AWS/CloudFront", "4xxErrorRate"),
            ("Statistic", "Average"),
            (2, None),
            2,  # percent
            NORMAL,
        ),
        (
            "CloudFront5xxAlarm",
            "cloudfront-5xx-rate-high",
            ("AWS/CloudFront", "5xxErrorRate"),
            ("Statistic", "Average"),
            (1, None),
            1,  # percent
            CRITICAL,
        ),
        (
            "CloudFrontOriginLatencyAlarm",
            "cloudfront-origin-latency-high",
            ("AWS/CloudFront", "OriginLatency"),
            ("ExtendedStatistic", "p90"),
            (3, 2),
            3000,  # milliseconds
            NORMAL,
        ),
        (
            "WAFBlockedRequestsAlarm",
            "waf-blocked-requests-high",
            ("AWS/WAFV2", "BlockedRequests"),
            ("Statistic", "Sum"),
            (1, None),
            100,  # requests
            NORMAL,
        ),
    ],
)
def test_alarms(
    resources: Template,
    logical_id: str,
    name: str,
    metric: tuple[str, str],
    statistic: tuple[str, str],
    periods: tuple[int, int | None],
    threshold: int,
    topic: dict[str, str],
) -> None:
    """Each alarm watches what operators were promised, and tells its topic of its beginning and end."""
    alarm = properties(resources, logical_id)
    dimensions = {
        "AWS/CloudFront": {"DistributionId": {"Ref": "Distribution"}, "Region": "Global"},
        "AWS/WAFV2": {"WebACL": "csr-lambda-api-prod-cloudfront-waf", "Rule": "ALL"},
    }

    assert alarm["AlarmName"] == f"csr-lambda-api-prod-{name}"
    assert (alarm["Namespace"], alarm["MetricName"]) == metric
    assert {one["Name"]: one["Value"] for one in alarm["Dimensions"]} == dimensions[metric[0]]
    assert {key: alarm[key] for key in ("Statistic", "ExtendedStatistic") if key in alarm} == dict(
        [statistic]
    )
    assert (alarm["EvaluationPeriods"], alarm.get("DatapointsToAlarm")) == periods
    assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("GreaterThanThreshold", threshold)
    assert alarm["Period"] == 300
    assert alarm["TreatMissingData"] == "notBreaching"
    assert alarm["AlarmActions"] == alarm["OKActions"] == [topic]


def test_there_are_no_other_alarms(resources: Template) -> None:
    """The table above is complete."""
    assert list(of_type(resources, "AWS::CloudWatch::Alarm")) == [
        "CloudFront4xxAlarm",
        "CloudFront5xxAlarm",
        "CloudFrontOriginLatencyAlarm",
        "WAFBlockedRequestsAlarm",
    ]


# ---- Outputs ----


def test_outputs(frontend: Template) -> None:
    """Operators find bucket, distribution, address, web ACL and topics; no other stack reads from here."""
    outputs = resolve(frontend, region="us-east-1")["Outputs"]

    assert {key: output["Value"] for key, output in outputs.items()} == {
        "FrontendS3BucketName": {"Ref": "SiteBucket"},
        "CloudFrontDistributionId": {"Ref": "Distribution"},
        "CloudFrontDistributionDomainName": att("Distribution", "DomainName"),
        "CloudFrontDistributionURL": {"Fn::Sub": "https://${Distribution.DomainName}"},
        "WebACLArn": att("WebACL", "Arn"),
        "FrontendAlarmTopicArn": NORMAL,
        "FrontendCriticalAlarmTopicArn": CRITICAL,
    }
    assert not [key for key, output in outputs.items() if "Export" in output]


# ---- Dashboard ----


def widgets(resources: Template) -> dict[str, Template]:
    """Return title -> properties of the widgets of the dashboard."""
    body = json.loads(properties(resources, "FrontendDashboard")["DashboardBody"]["Fn::Sub"])
    return {widget["properties"]["title"]: widget["properties"] for widget in body["widgets"]}


def drawn(widget: Template) -> list[tuple[str, str]]:
    """Return label and statistic of the metrics of a widget."""
    return [(metric[-1]["label"], metric[-1]["stat"]) for metric in widget["metrics"]]


def lines(widget: Template) -> list[float]:
    """Return the values of the horizontal lines of a widget."""
    return [line["value"] for line in widget.get("annotations", {}).get("horizontal", [])]


def test_dashboard(resources: Template) -> None:
    """The dashboard is found by its name and shows, first, what is wrong, and then where it comes from."""
    found = widgets(resources)

    assert properties(resources, "FrontendDashboard")["DashboardName"] == "csr-lambda-api-prod-frontend"
    assert list(found) == [
        "Alarms",
        "Requests",
        "Bytes",
        "Cache hit rate",
        "Errors",
        "Origin latency",
        "WAF",
    ]
    assert {widget["region"] for widget in found.values() if "region" in widget} == {"us-east-1"}


@pytest.mark.parametrize("parameters", [{}, NO_WAF], ids=["WAF", "no WAF"])
def test_dashboard_shows_every_alarm(frontend: Template, parameters: dict[str, str]) -> None:
    """The first widget has the state of every alarm that there is."""
    resources = with_values(frontend, **parameters)

    assert widgets(resources)["Alarms"]["alarms"] == [
        f"${{{logical_id}.Arn}}" for logical_id in of_type(resources, "AWS::CloudWatch::Alarm")
    ]


@pytest.mark.parametrize(
    ("title", "metrics", "thresholds"),
    [
        ("Requests", [("Requests", "Sum")], []),
        ("Bytes", [("To viewers", "Sum"), ("From viewers", "Sum")], []),
        ("Cache hit rate", [("Hits", "Average")], []),
        ("Errors", [("4xx", "Average"), ("5xx", "Average")], [2, 1]),
        ("Origin latency", [("p50", "p50"), ("p90", "p90")], [3000]),
        (
            "WAF",
            [
                ("Allowed", "Sum"),
                ("Blocked: blocked-countries", "Sum"),
                ("Blocked: rate-limit", "Sum"),
                ("Blocked: ip-reputation", "Sum"),
                ("Blocked: common-rules", "Sum"),
                ("Blocked: known-bad-inputs", "Sum"),
                ("Blocked: linux-rules", "Sum"),
            ],
            [100],
        ),
    ],
)
def test_graphs(
    resources: Template, title: str, metrics: list[tuple[str, str]], thresholds: list[float]
) -> None:
    """Each graph has its metrics, and a line where an alarm fires."""
    widget = widgets(resources)[title]

    assert drawn(widget) == metrics
    assert lines(widget) == thresholds


def test_waf_graph_names_metrics_that_exist(resources: Template) -> None:
    """The dimensions are those of a web ACL for CloudFront, and each rule has a line."""
    total, first, *others = widgets(resources)["WAF"]["metrics"]
    rules = [rule["VisibilityConfig"]["MetricName"] for rule in properties(resources, "WebACL")["Rules"]]
    web_acl = "csr-lambda-api-prod-cloudfront-waf"

    assert total[:-1] == ["AWS/WAFV2", "AllowedRequests", "WebACL", web_acl, "Rule", "ALL"]
    assert first[:-1] == ["AWS/WAFV2", "BlockedRequests", "WebACL", web_acl, "Rule", rules[0]]
    assert [metric[:-1] for metric in others] == [["...", rule] for rule in rules[1:]]


def test_dashboard_follows_a_changed_alarm() -> None:
    """After a change, derive makes the dashboard anew: once, with the new line."""
    t = frontend_stack.build()
    before = list(t.resources)
    t.resources["CloudFront5xxAlarm"].Threshold = 3
    frontend_stack.derive(t)
    resources = with_values(t.to_dict())

    assert lines(widgets(resources)["Errors"]) == [2, 3]
    assert list(t.resources) == before


def test_stale_dashboard_is_reported() -> None:
    """A change without derive is reported, naming the call, also from the template as it was rendered."""
    t = frontend_stack.build()
    assert frontend_stack.stale(load(render(t.to_dict()))) == []
    t.resources["CloudFront5xxAlarm"].Threshold = 3

    assert frontend_stack.stale(load(render(t.to_dict()))) == [
        "Resources.FrontendDashboard: The dashboard does not show what the template holds: something was "
        "changed after it was made. Call frontend.derive(t) after the last change."
    ]
