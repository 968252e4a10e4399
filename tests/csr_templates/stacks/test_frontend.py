"""Facts of the frontend stack."""

from __future__ import annotations

import posixpath
import re
from itertools import product
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cfn_analysis.model.references import uses
from cfn_analysis.model.resolving import failed_assertions, resolve
from csr_templates import frontend as frontend_stack

Template = dict[str, Any]

DOMAIN = {
    "CustomDomainName": "www.example.com",
    "CertificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/01234567-89ab-cdef-0123-456789abcdef",
    "HostedZoneId": "Z0123456789ABCDEFGHIJ",
}
NO_EDGE = {"Environment": "dev", "CloudFrontEnabled": "false"}
NO_WAF = {"WAFEnabled": "false"}
DISTRIBUTION_ARN = {"Fn::Sub": "arn:aws:cloudfront::123456789012:distribution/${Distribution}"}

EDGE = ("AWS::CloudFront::", "AWS::WAFv2::", "AWS::Route53::", "AWS::Logs::Delivery", "AWS::CloudWatch::")
"""Types of resources that are useful only with CloudFront."""


def conditions_of(template: Template, logical_ids: set[str]) -> set[str | None]:
    """Return the conditions that resources depend on."""
    return {template["Resources"][logical_id].get("Condition") for logical_id in logical_ids}


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
    """Other regions are rejected, because the web ACLs and metrics of CloudFront do not exist there."""
    assert failed_assertions(frontend, parameters, region=region) == (
        [
            "If CloudFrontEnabled is true, the stack must be in us-east-1, because the web ACLs, metrics and "
            "access logs of CloudFront exist only there."
        ]
        if refused
        else []
    )


@pytest.mark.parametrize(
    ("environment", "enabled", "refused"),
    [("prod", "true", False), ("prod", "false", True), ("staging", "false", False), ("dev", "false", False)],
)
def test_production_keeps_its_distribution(
    frontend: Template, environment: str, enabled: str, refused: bool
) -> None:
    """In production, a wrong parameter cannot delete the distribution."""
    parameters = {"Environment": environment, "CloudFrontEnabled": enabled}

    assert failed_assertions(frontend, parameters, region="us-east-1") == (
        [
            "CloudFrontEnabled must be true in prod: false deletes the distribution, and with it the site's "
            "address."
        ]
        if refused
        else []
    )


@pytest.mark.parametrize("given", list(product([False, True], repeat=3)), ids=str)
def test_domain_is_all_or_none(frontend: Template, given: tuple[bool, ...]) -> None:
    """A domain requires a certificate and a zone, which are not used without a domain."""
    parameters = {name: value for (name, value), one in zip(DOMAIN.items(), given, strict=True) if one}

    assert failed_assertions(frontend, parameters, region="us-east-1") == (
        []
        if len(set(given)) == 1
        else ["CustomDomainName, CertificateArn and HostedZoneId must be all empty or all set."]
    )


def test_everything_is_switched_on(frontend: Template, resources: Template) -> None:
    """Production with a custom domain and a probe of the API has every resource."""
    assert set(with_values(frontend, **DOMAIN, ApiProbePath="/api/health")) == set(frontend["Resources"])
    assert not {"DomainRecordIPv4", "DomainRecordIPv6"} & set(resources)


@pytest.mark.parametrize("waf", ["true", "false"])
def test_without_cloudfront(frontend: Template, waf: str) -> None:
    """Without CloudFront, its resources are not created, in any region. Stored data and topics are kept."""
    values = {**NO_EDGE, **DOMAIN, "WAFEnabled": waf}
    resolved = resolve(frontend, values, region="ap-northeast-1")
    types = {resource["Type"] for resource in resolved["Resources"].values()}

    assert [one for one in types if one.startswith(EDGE)] == []
    retained = {
        name for name, one in frontend["Resources"].items() if one.get("UpdateReplacePolicy") == "Retain"
    }
    assert "SiteBucket" in retained <= set(resolved["Resources"])
    assert set(of_type(resolved["Resources"], "AWS::SNS::Topic")) == {
        "FrontendAlarmTopic",
        "FrontendCriticalAlarmTopic",
    }
    gone = {key for key in frontend["Outputs"] if key not in resolved["Outputs"]}
    assert {"CloudFrontDistributionId", "CloudFrontDistributionURL", "WebACLArn"} <= gone
    assert {"FrontendKeyArn", "FrontendS3BucketName", "FrontendAlarmTopicArn"}.isdisjoint(gone)
    assert statements(resolved["Resources"], "SiteBucketPolicy")["CloudFrontReads"]["Condition"] == {
        "StringEquals": {"aws:SourceArn": "none"}
    }


def test_without_waf(frontend: Template, resources: Template) -> None:
    """Without WAF, only the web ACL, its logging, alarm and output do not exist."""
    resolved = resolve(frontend, NO_WAF, region="us-east-1")
    found = resolved["Resources"]

    gone = set(resources) - set(found)
    assert {"WebACL", "WebACLLogging", "WAFBlockedRequestsAlarm"} <= gone
    assert conditions_of(frontend, gone) == conditions_of(frontend, {"WebACL"})
    assert {**distribution(found), "WebACLId": att("WebACL", "Arn")} == distribution(resources)
    assert "WebACLArn" not in resolved["Outputs"]


# ---- Key and buckets ----


def test_key_serves_waf_logs_and_alarms(resources: Template) -> None:
    """The WAF log group and the topics use this key. The keys of the network are in another region."""
    _, logs, alarms = properties(resources, "FrontendKey")["KeyPolicy"]["Statement"]

    assert logs["Principal"] == {"Service": "logs.us-east-1.amazonaws.com"}
    assert logs["Condition"]["ArnLike"]["kms:EncryptionContext:aws:logs:arn"] == [
        "arn:aws:logs:us-east-1:123456789012:log-group:aws-waf-logs-csr-lambda-api-prod"
    ]
    assert alarms["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert alarms["Condition"]["ArnLike"] == {
        "aws:SourceArn": "arn:aws:cloudwatch:us-east-1:123456789012:alarm:csr-lambda-api-prod-*"
    }


def test_site_lifecycle_never_archives_what_is_served(resources: Template) -> None:
    """Old versions expire and unfinished uploads are deleted.

    No object moves to a storage class that needs a restore.
    """
    rules = properties(resources, "SiteBucket")["LifecycleConfiguration"]["Rules"]

    assert {rule["Id"]: set(rule) - {"Id", "Status"} for rule in rules} == {
        "AbortUnfinishedUploads": {"AbortIncompleteMultipartUpload"},
        "ExpireOldVersions": {"NoncurrentVersionExpiration", "ExpiredObjectDeleteMarker"},
    }


def test_log_bucket_takes_logs_of_this_environment(resources: Template) -> None:
    """Only CloudFront's deliveries and the site bucket can write, each with its own prefix."""
    delivery, site, _ = properties(resources, "EdgeLogBucketPolicy")["PolicyDocument"]["Statement"]
    source = "arn:aws:logs:us-east-1:123456789012:delivery-source:csr-lambda-api-prod-"

    assert delivery["Principal"] == {"Service": "delivery.logs.amazonaws.com"}
    assert delivery["Resource"] == [{"Fn::Sub": "${EdgeLogBucket.Arn}/AWSLogs/123456789012/*"}]
    assert delivery["Condition"] == {
        "StringEquals": {
            "aws:SourceAccount": "123456789012",
            "s3:x-amz-acl": "bucket-owner-full-control",
        },
        "ArnLike": {"aws:SourceArn": f"{source}*"},
    }
    assert properties(resources, "AccessLogSource")["Name"].startswith("csr-lambda-api-prod-")
    assert site["Principal"] == {"Service": "logging.s3.amazonaws.com"}
    assert site["Resource"] == [{"Fn::Sub": "${EdgeLogBucket.Arn}/site-bucket/*"}]
    assert site["Condition"] == {
        "StringEquals": {"aws:SourceAccount": "123456789012"},
        "ArnLike": {"aws:SourceArn": "arn:aws:s3:::csr-lambda-api-prod-frontend-*"},
    }
    assert delivery["Action"] == site["Action"] == ["s3:PutObject"]
    assert properties(resources, "SiteBucket")["LoggingConfiguration"] == {
        "DestinationBucketName": {"Ref": "EdgeLogBucket"},
        "LogFilePrefix": "site-bucket/",
    }


# ---- CloudFront Functions and policies ----


@pytest.mark.parametrize(
    ("logical_id", "file"),
    [
        ("PageRoutingFunction", "page_routing.js"),
        ("BrowserCachingFunction", "browser_caching.js"),
        ("ApiCacheKeyFunction", "api_cache_key.js"),
    ],
)
def test_functions(resources: Template, logical_id: str, file: str) -> None:
    """Each function is published automatically and contains the code of its file."""
    function = properties(resources, logical_id)

    assert function["AutoPublish"] is True
    assert function["FunctionCode"].endswith(frontend_stack.function_code(file))


@pytest.mark.parametrize("routing", ["directory", "spa"])
def test_page_routing_starts_with_the_mode(frontend: Template, routing: str) -> None:
    """The parameter changes only the first line of the function."""
    function = properties(with_values(frontend, SiteRouting=routing), "PageRoutingFunction")

    assert function["FunctionCode"] == (
        f"var SITE_ROUTING = '{routing}';\n" + frontend_stack.function_code("page_routing.js")
    )


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
    """All six headers override those of the origin.

    The policy of the API does not allow a page to load anything.
    """
    resources = with_values(frontend, ContentSecurityPolicy="default-src https:")
    policy = properties(resources, logical_id)["ResponseHeadersPolicyConfig"]
    headers = policy["SecurityHeadersConfig"]
    (permissions,) = policy["CustomHeadersConfig"]["Items"]

    assert policy["Name"] == f"csr-lambda-api-prod-{name}"
    assert headers["ContentSecurityPolicy"]["ContentSecurityPolicy"] == csp
    assert set(headers) == {
        "StrictTransportSecurity",
        "ContentTypeOptions",
        "FrameOptions",
        "ReferrerPolicy",
        "ContentSecurityPolicy",
    }
    assert permissions["Header"] == "Permissions-Policy"
    assert all(header["Override"] is True for header in [*headers.values(), permissions])


def test_cache_policies(resources: Template) -> None:
    """The cache key contains only the path and the encoding, so nothing else is forwarded to the bucket."""
    for policy in of_type(resources, "AWS::CloudFront::CachePolicy").values():
        config = policy["CachePolicyConfig"]

        assert config["Name"].startswith("csr-lambda-api-prod-")
        assert config["ParametersInCacheKeyAndForwardedToOrigin"] == {
            "CookiesConfig": {"CookieBehavior": "none"},
            "HeadersConfig": {"HeaderBehavior": "none"},
            "QueryStringsConfig": {"QueryStringBehavior": "none"},
            "EnableAcceptEncodingGzip": True,
            "EnableAcceptEncodingBrotli": True,
        }


# ---- WAF ----


def test_web_acl_rules(resources: Template) -> None:
    """Our rules block, except for one that counts. Managed groups keep their actions, except for one rule."""
    rules = properties(resources, "WebACL")["Rules"]
    counting = [rule["Name"] for rule in rules if "Count" in rule.get("Action", {})]
    own = [rule for rule in rules if "Action" in rule]
    statements = {rule["Name"]: rule["Statement"] for rule in rules}
    managed = [
        rule["Statement"]["ManagedRuleGroupStatement"]
        for rule in rules
        if rule.get("OverrideAction") == {"None": {}}
    ]

    assert len(own) + len(managed) == len(rules)
    assert counting == ["large-bodies"]
    assert list(statements["blocked-countries"]) == ["GeoMatchStatement"]
    rate = statements["rate-limit"]["RateBasedStatement"]
    assert rate["AggregateKeyType"] == "IP"
    assert "ScopeDownStatement" not in rate
    assert all(one["Name"].startswith("AWSManagedRules") for one in managed)
    assert [one["RuleActionOverrides"] for one in managed if "RuleActionOverrides" in one] == [
        [{"Name": "SizeRestrictions_BODY", "ActionToUse": {"Count": {}}}]
    ]


def test_one_address_cannot_use_up_the_quota(resources: Template, api: Template) -> None:
    """The daily requests of one IP address are limited to less than the quota of the usage plan."""
    rules = {rule["Name"]: rule["Statement"] for rule in properties(resources, "WebACL")["Rules"]}
    rate = rules["api-rate-limit"]["RateBasedStatement"]
    quota = api["Resources"]["UsagePlan"]["Properties"]["Quota"]

    assert quota["Period"] == "DAY"
    assert rate["AggregateKeyType"] == "IP"
    assert rate["Limit"] * 86_400 / rate["EvaluationWindowSec"] < quota["Limit"]


def routed(path: str) -> str:
    """Return the path that CloudFront compares with path patterns, normalized according to RFC 3986.

    Only unreserved characters are decoded, so %2f is part of a segment.
    """
    kept: list[str] = []
    segments = re.sub(
        "%[0-9a-fA-F]{2}",
        lambda code: one if re.fullmatch(r"[\w.~-]", one := unquote(code[0]), re.ASCII) else code[0],
        path,
    ).split("/")[1:]
    for index, segment in enumerate(segments):
        if segment == "..":
            kept = kept[:-1]
        elif segment != ".":
            kept.append(segment)
        if segment in (".", "..") and index == len(segments) - 1:
            kept.append("")
    return "/" + "/".join(kept)


def is_counted(statement: Template, path: str) -> bool:
    """Return whether WAF matches a path of a request."""
    seen = path
    for transformation in sorted(statement["TextTransformations"], key=lambda one: one["Priority"]):
        if transformation["Type"] == "URL_DECODE":
            seen = unquote(seen)
        elif transformation["Type"] == "NORMALIZE_PATH":
            seen = posixpath.normpath(seen)
    anywhere = statement["PositionalConstraint"] == "CONTAINS"
    return statement["SearchString"] in seen if anywhere else seen.startswith(statement["SearchString"])


def api_rate_scope(resources: Template) -> Template:
    """Return the scope-down statement of the rate limit of the API."""
    rules = {rule["Name"]: rule["Statement"] for rule in properties(resources, "WebACL")["Rules"]}
    scope = rules["api-rate-limit"]["RateBasedStatement"]["ScopeDownStatement"]["ByteMatchStatement"]
    assert scope["FieldToMatch"] == {"UriPath": {}}
    return dict(scope)


@pytest.mark.parametrize(
    ("path", "to_the_api"),
    [
        ("/api/x", True),
        ("/%61pi/x", True),
        ("/%61%70%69/x", True),
        ("/x/../api/y", True),
        ("/x/%2e%2E/api/y", True),
        ("/./api/x", True),
        ("/%2e/api/x", True),
        ("/api/..%2fx", True),
        ("/api/%2e%2e%2fx", True),
        ("/x/../api/..%2fy", True),
        ("/api/x/..", True),
        ("/api/.", True),
        ("/api/x/../../api/", True),
        ("/api/..", False),
        ("/api/../x", False),
        ("/api%2fx", False),
        ("/%2561pi/x", False),
        ("//api/x", False),
        ("/API/x", False),
        ("/", False),
    ],
)
def test_api_rate_limit_holds_for_the_paths_of_the_api(
    resources: Template, path: str, to_the_api: bool
) -> None:
    """All requests that CloudFront routes to the API are counted, in any notation of the path."""
    assert (
        routed(path).startswith(behavior(resources, "/api/*")["PathPattern"].removesuffix("*")) is to_the_api
    )
    assert is_counted(api_rate_scope(resources), path) or not to_the_api


@given(
    path=st.lists(
        st.sampled_from(["/", "api", "%61pi", "..", "%2e%2E", ".", "%2e", "%2f", "%5c", "%", "x"]), max_size=9
    ).map(lambda parts: "/" + "".join(parts))
)
def test_no_path_of_the_api_bypasses_its_rate_limit(resources: Template, path: str) -> None:
    """No mixture of encodings and dots reaches the API without being counted."""
    assert is_counted(api_rate_scope(resources), path) or not routed(path).startswith("/api/")


def test_other_paths_do_not_count_as_the_api(resources: Template) -> None:
    """Requests to the site are not counted, because the site has separate limits."""
    assert not any(
        is_counted(api_rate_scope(resources), path) for path in ("/", "/api", "/apis/x", "/static/api.js")
    )


def test_large_bodies_are_counted(resources: Template) -> None:
    """WAF inspects the largest possible part of a body. Larger bodies are counted after all other rules."""
    web_acl = properties(resources, "WebACL")
    last = max(web_acl["Rules"], key=lambda rule: rule["Priority"])
    statement = last["Statement"]["SizeConstraintStatement"]
    (limit,) = web_acl["AssociationConfig"]["RequestBody"]["CLOUDFRONT"].values()

    assert last["Name"] == "large-bodies"
    assert limit == "KB_64"
    assert statement["Size"] == int(limit.removeprefix("KB_")) * 1024
    assert statement["ComparisonOperator"] == "GT"
    assert statement["FieldToMatch"] == {"Body": {"OversizeHandling": "MATCH"}}


def test_rules_have_separate_priorities_and_metrics(resources: Template) -> None:
    """Priorities increase in the order of the list, and the metric of each rule has its name."""
    rules = properties(resources, "WebACL")["Rules"]
    priorities = [rule["Priority"] for rule in rules]

    assert priorities == sorted(set(priorities))
    assert rules[0]["Name"] == "blocked-addresses"  # before all rules that could let an address in
    assert [rule["VisibilityConfig"]["MetricName"] for rule in rules] == [rule["Name"] for rule in rules]
    assert all(rule["VisibilityConfig"]["CloudWatchMetricsEnabled"] for rule in rules)


def test_waf_logs(resources: Template) -> None:
    """WAF logs to an encrypted log group.

    The ARN has the format that WAF requires, and the metric has the name of the web ACL.
    """
    logging = properties(resources, "WebACLLogging")
    web_acl = properties(resources, "WebACL")

    assert properties(resources, "WAFLogGroup")["KmsKeyId"] == att("FrontendKey", "Arn")
    assert logging["ResourceArn"] == att("WebACL", "Arn")
    assert logging["LogDestinationConfigs"] == [
        {"Fn::Sub": "arn:aws:logs:us-east-1:123456789012:log-group:${WAFLogGroup}"}
    ]
    assert web_acl["VisibilityConfig"]["MetricName"] == web_acl["Name"]


def test_waf_logs_what_it_blocked_or_counted(resources: Template) -> None:
    """The log contains only requests that WAF blocked or counted."""
    assert properties(resources, "WebACLLogging")["LoggingFilter"] == {
        "DefaultBehavior": "DROP",
        "Filters": [
            {
                "Behavior": "KEEP",
                "Requirement": "MEETS_ANY",
                "Conditions": [
                    {"ActionCondition": {"Action": action}}
                    for action in ("BLOCK", "COUNT", "EXCLUDED_AS_COUNT")
                ],
            }
        ],
    }


def test_waf_hides_secrets(resources: Template) -> None:
    """Tokens, cookies, keys and query strings, also those in a referer, are not in the log and in samples."""
    headers, query = properties(resources, "WebACL")["DataProtectionConfig"]["DataProtections"]
    hidden = headers["Field"]["FieldKeys"]

    assert headers == {
        "Field": {"FieldType": "SINGLE_HEADER", "FieldKeys": hidden},
        "Action": "SUBSTITUTION",
    }
    assert {"authorization", "cookie", "referer", "x-api-key", "x-auth-token", "x-csrf-token"} <= set(hidden)
    assert query == {"Field": {"FieldType": "QUERY_STRING"}, "Action": "SUBSTITUTION"}
    assert properties(resources, "WebACLLogging")["RedactedFields"] == [
        {"SingleHeader": {"Name": name}} for name in hidden
    ]


# ---- Distribution ----


def test_errors_are_neither_kept_nor_mapped(resources: Template) -> None:
    """Errors are not cached, so other users do not receive them.

    Errors of the API are not replaced by pages.
    """
    config = distribution(resources)

    assert config["Comment"] == "csr-lambda-api prod CloudFront Distribution"  # used to find the distribution
    # https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/HTTPStatusCodes.html
    assert {one["ErrorCode"] for one in config["CustomErrorResponses"]} >= {
        404,
        405,
        414,
        500,
        501,
        502,
        503,
        504,
    }
    assert all(set(one) == {"ErrorCode", "ErrorCachingMinTTL"} for one in config["CustomErrorResponses"])
    assert {one["ErrorCachingMinTTL"] for one in config["CustomErrorResponses"]} == {0}


def test_site_origin(resources: Template) -> None:
    """Only CloudFront can read the bucket, with signed requests to its REST endpoint."""
    site, _ = distribution(resources)["Origins"]
    control = properties(resources, "SiteOriginAccessControl")["OriginAccessControlConfig"]
    reads, _ = properties(resources, "SiteBucketPolicy")["PolicyDocument"]["Statement"]

    assert site["DomainName"] == att("SiteBucket", "RegionalDomainName")
    assert site["OriginAccessControlId"] == att("SiteOriginAccessControl", "Id")
    assert (control["Name"], control["SigningBehavior"]) == ("csr-lambda-api-prod-site", "always")
    assert reads == {
        "Sid": "CloudFrontReads",
        "Effect": "Allow",
        "Principal": {"Service": "cloudfront.amazonaws.com"},
        "Action": ["s3:GetObject", "s3:ListBucket"],
        "Resource": [att("SiteBucket", "Arn"), {"Fn::Sub": "${SiteBucket.Arn}/*"}],
        "Condition": {"StringEquals": {"aws:SourceArn": DISTRIBUTION_ARN}},
    }


def test_api_origin(frontend: Template) -> None:
    """The API's address comes from its stack in its region.

    The key comes from the secret's replica in our region.
    """
    values = {"ApiRegion": "eu-west-1", "Environment": "staging", "OriginKey": "b"}
    _, api = distribution(with_values(frontend, **values))["Origins"]
    (header,) = api["OriginCustomHeaders"]
    text, bound = api["DomainName"]["Fn::Sub"]

    assert text == "${Value1}.execute-api.eu-west-1.amazonaws.com"
    assert bound["Value1"]["Fn::GetStackOutput"] == {
        "StackName": "csr-lambda-api-staging-api",
        "OutputName": "ApiGatewayId",
        "Region": "eu-west-1",
    }
    assert api["CustomOriginConfig"]["OriginProtocolPolicy"] == "https-only"
    assert header == {
        "HeaderName": "x-api-key",
        "HeaderValue": (
            "{{resolve:secretsmanager:csr-lambda-api-staging-origin-api-key-b:SecretString:apiKey}}"
        ),
    }


@pytest.mark.parametrize("key", ["a", "b"])
def test_sent_key_is_declared(frontend: Template, key: str) -> None:
    """The Metadata section declares the secret that CloudFront reads for each value of OriginKey."""
    _, api = distribution(with_values(frontend, OriginKey=key))["Origins"]
    (header,) = api["OriginCustomHeaders"]
    declared = frontend["Metadata"]["ApiKeys"]["Sends"]
    (secret,) = declared["Secrets"][key]

    assert declared["Parameter"] == "OriginKey"
    assert list(declared["Secrets"]) == frontend["Parameters"]["OriginKey"]["AllowedValues"]
    assert f":csr-lambda-api-prod-{secret}:" in header["HeaderValue"]


def test_api_origin_fits_the_api_stack(resources: Template, api: Template) -> None:
    """Stage, secret and timeouts match the api stack.

    Lambda has the shortest timeout, and CloudFront the longest.

    With the defaults, CloudFront sends the key that the API accepts.
    """
    its = resolve(api, {"LambdaCodeS3ObjectVersion": "1"})
    _, origin = distribution(resources)["Origins"]
    (stage,) = of_type(its["Resources"], "AWS::ApiGateway::Stage").values()
    (key,) = of_type(its["Resources"], "AWS::ApiGateway::ApiKey").values()
    secret = properties(its["Resources"], uses(key["Value"])[0].name)
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
    """The site allows only reads, over HTTPS and compressed.

    Pages are routed, and assets are cached for a year.
    """
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
    """The API receives all methods, uncached, with everything that the viewer sent except the host."""
    assert behavior(resources, "/api/*") == {
        "PathPattern": "/api/*",
        "TargetOriginId": "api",
        "ViewerProtocolPolicy": "https-only",
        "AllowedMethods": ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"],
        "CachePolicyId": "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",  # CachingDisabled
        "OriginRequestPolicyId": "b689b0a8-53d0-40ab-baf2-68738e2966ac",  # AllViewerExceptHostHeader
        "ResponseHeadersPolicyId": {"Ref": "ApiHeadersPolicy"},
        "FunctionAssociations": [
            {"EventType": "viewer-request", "FunctionARN": att("ApiCacheKeyFunction", "FunctionARN")},
            {"EventType": "viewer-response", "FunctionARN": att("ApiCookiesFunction", "FunctionARN")},
        ],
    }


# ---- Access logs ----


def test_access_logs(resources: Template) -> None:
    """CloudFront writes its log to the edge log bucket, after the policy of the bucket allows it."""
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
    # The format is create-only, so a different format needs a different name.
    destination = properties(resources, "AccessLogDestination")
    assert destination["Name"].endswith(f"-{destination['OutputFormat']}")
    assert "Logging" not in distribution(resources)  # the legacy logs need a bucket with ACLs


def test_access_logs_hold_no_cookies(resources: Template) -> None:
    """Logs do not contain cookies, which can contain sessions."""
    fields = properties(resources, "AccessLogDelivery")["RecordFields"]

    assert set(fields) >= {
        *("date", "time", "c-ip", "c-country", "cs-method", "x-host-header", "cs-uri-stem", "sc-status"),
        *("x-edge-request-id", "ssl-protocol"),
    }
    assert "cs(Cookie)" not in fields
    assert len(fields) == len(set(fields))


# ---- Domain ----


def test_own_domain(frontend: Template) -> None:
    """With a domain, there are the certificate, TLS 1.2 or later, and the records for IPv4 and IPv6."""
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
    """Without a domain, the distribution has the name and the certificate of CloudFront."""
    outputs = resolve(frontend, region="us-east-1")["Outputs"]

    assert "Aliases" not in distribution(resources)
    assert distribution(resources)["ViewerCertificate"] == {"CloudFrontDefaultCertificate": True}
    assert outputs["CloudFrontDistributionURL"]["Value"] == {"Fn::Sub": "https://${Distribution.DomainName}"}


# ---- Alarms ----


@pytest.mark.parametrize(
    ("logical_id", "metric", "topic"),
    [
        ("CloudFront4xxAlarm", ("AWS/CloudFront", "4xxErrorRate"), "FrontendAlarmTopic"),
        ("CloudFront5xxAlarm", ("AWS/CloudFront", "5xxErrorRate"), "FrontendCriticalAlarmTopic"),
        ("CloudFrontOriginLatencyAlarm", ("AWS/CloudFront", "OriginLatency"), "FrontendAlarmTopic"),
        ("WAFBlockedRequestsAlarm", ("AWS/WAFV2", "BlockedRequests"), "FrontendAlarmTopic"),
        ("SiteUnreachableAlarm", ("AWS/Route53", "HealthCheckStatus"), "FrontendCriticalAlarmTopic"),
    ],
)
def test_alarms(resources: Template, logical_id: str, metric: tuple[str, str], topic: str) -> None:
    """Each alarm monitors its metric, and notifies its topic when it starts and when it ends."""
    alarm = properties(resources, logical_id)
    dimensions = {
        "AWS/CloudFront": {"DistributionId": {"Ref": "Distribution"}, "Region": "Global"},
        "AWS/WAFV2": {"WebACL": properties(resources, "WebACL")["Name"], "Rule": "ALL"},
        "AWS/Route53": {"HealthCheckId": {"Ref": "SiteProbe"}},
    }

    assert (alarm["Namespace"], alarm["MetricName"]) == metric
    assert {one["Name"]: one["Value"] for one in alarm["Dimensions"]} == dimensions[metric[0]]
    assert (alarm["TreatMissingData"] == "breaching") is (metric[0] == "AWS/Route53")
    assert alarm["AlarmActions"] == alarm["OKActions"] == [{"Ref": topic}]


def test_first_upload_has_time(resources: Template) -> None:
    """A new site has no page before its first upload, but the health check starts immediately."""
    warm_up = properties(resources, "SiteUnreachableAlarm")["WarmUpConfiguration"]

    assert warm_up["OnlyStartEvaluatingAfterWarmUpPeriodEnds"] is True


def test_certificate_alarm(frontend: Template, resources: Template) -> None:
    """The alarms monitor only custom certificates, in us-east-1. AWS renews the certificate of CloudFront.

    ACM stops sending the metric when the certificate expires. The last warning is critical.
    """
    with_domain = with_values(frontend, **DOMAIN)
    first, last = (
        properties(with_domain, name) for name in ("CertificateExpiringAlarm", "CertificateExpiringSoonAlarm")
    )

    for alarm in (first, last):
        assert (alarm["Namespace"], alarm["MetricName"]) == ("AWS/CertificateManager", "DaysToExpiry")
        assert alarm["Dimensions"] == [{"Name": "CertificateArn", "Value": DOMAIN["CertificateArn"]}]
        assert alarm["Statistic"] == "Minimum"
    assert first["Threshold"] > last["Threshold"]
    assert (first["TreatMissingData"], last["TreatMissingData"]) == ("breaching", "ignore")
    assert first["AlarmActions"] == [{"Ref": "FrontendAlarmTopic"}]
    assert last["AlarmActions"] == [{"Ref": "FrontendCriticalAlarmTopic"}]
    assert not {"CertificateExpiringAlarm", "CertificateExpiringSoonAlarm"} & set(resources)


def test_deploy_alarm(resources: Template) -> None:
    """The rollback trigger compares failed requests with all requests. It has no action."""
    alarm = properties(resources, "FrontendDeployFailingAlarm")
    expression, *metrics = alarm["Metrics"]

    assert {
        query["Id"]: (query["MetricStat"]["Metric"]["MetricName"], query["MetricStat"]["Stat"])
        for query in metrics
    } == {"requests": ("Requests", "Sum"), "rate": ("5xxErrorRate", "Average")}
    for query in metrics:
        assert query["MetricStat"]["Metric"]["Namespace"] == "AWS/CloudFront"
        assert query["MetricStat"]["Metric"]["Dimensions"] == [
            {"Name": "DistributionId", "Value": {"Ref": "Distribution"}},
            {"Name": "Region", "Value": "Global"},
        ]
    assert set(re.findall("[a-z]+", expression["Expression"])) == {"requests", "rate"}
    assert not {"AlarmActions", "OKActions"} & set(alarm)


# ---- Probe and saved queries ----


@pytest.mark.parametrize(
    ("values", "host"),
    [({}, {"Fn::GetAtt": ["Distribution", "DomainName"]}), (DOMAIN, {"Ref": "DomainRecordIPv4"})],
)
@pytest.mark.parametrize(("probe", "parameter"), [("SiteProbe", "ProbePath"), ("ApiProbe", "ApiProbePath")])
def test_probe(frontend: Template, values: dict[str, str], host: Any, probe: str, parameter: str) -> None:
    """A probe sends requests as users do: with the site's domain, TLS and SNI, from three regions.

    With a domain, it waits for the record, so that it does not request a name that does not exist yet.
    """
    resources = with_values(frontend, **values, **{parameter: "/api/health.html"})
    config = properties(resources, probe)["HealthCheckConfig"]

    assert (config["Type"], config["Port"], config["EnableSNI"]) == ("HTTPS", 443, True)
    assert config["FullyQualifiedDomainName"] == host
    assert config["ResourcePath"] == "/api/health.html"
    assert len(set(config["Regions"])) == 3


@pytest.mark.parametrize("values", [{}, {"ApiProbePath": ""}, NO_EDGE | {"ApiProbePath": "/api/health"}])
def test_no_probe_of_the_api(frontend: Template, values: dict[str, str]) -> None:
    """By default and without CloudFront, the probe of the API and its alarm do not exist."""
    assert not {"ApiProbe", "ApiUnreachableAlarm"} & set(with_values(frontend, **values))


def test_alarm_of_the_api_probe(frontend: Template) -> None:
    """The alarm watches the health check of the API as that of the site, and is critical."""
    resources = with_values(frontend, ApiProbePath="/api/health")
    site, api = (properties(resources, name) for name in ("SiteUnreachableAlarm", "ApiUnreachableAlarm"))

    assert api["Dimensions"] == [{"Name": "HealthCheckId", "Value": {"Ref": "ApiProbe"}}]
    for name in ("Namespace", "MetricName", "Statistic", "Threshold", "TreatMissingData", "AlarmActions"):
        assert api[name] == site[name]


@pytest.mark.parametrize(
    ("value", "allowed"),
    [
        ("", True),
        ("/api/health", True),
        ("/api/" + "a" * 250, True),
        ("/api/" + "a" * 251, False),
        ("/api/", False),
        ("/", False),
        ("/apis/health", False),
        ("/api/two words", False),
    ],
)
def test_api_probe_path(frontend: Template, value: str, allowed: bool) -> None:
    """The pattern accepts paths of the API only, because another path would not test it."""
    pattern = frontend["Parameters"]["ApiProbePath"]["AllowedPattern"]

    assert bool(re.fullmatch(pattern, value)) is allowed


@pytest.mark.parametrize("values", [{"ProbePath": ""}, NO_EDGE])
def test_no_probe(frontend: Template, values: dict[str, str]) -> None:
    """Before the first upload and without CloudFront, the probe and its alarm do not exist."""
    found = with_values(frontend, **values)

    assert not {"SiteProbe", "SiteUnreachableAlarm"} & set(found)


@pytest.mark.parametrize(
    ("value", "allowed"),
    [
        ("", True),
        ("/", True),
        ("/api/health?probe=1", True),
        ("/" + "a" * 254, True),
        ("/" + "a" * 255, False),
        ("health", False),
        ("https://www.example.com/", False),
        ("/two words", False),
    ],
)
def test_probe_path(frontend: Template, value: str, allowed: bool) -> None:
    """The pattern rejects values that Route 53 rejects, before anything is created."""
    assert bool(re.fullmatch(frontend["Parameters"]["ProbePath"]["AllowedPattern"], value)) is allowed


def test_waf_queries(frontend: Template, resources: Template) -> None:
    """Saved queries use the WAF log in its region, and include every managed rule group."""
    queries = {
        query["Name"].removeprefix("csr-lambda-api-prod/"): query
        for query in of_type(resources, "AWS::Logs::QueryDefinition").values()
    }
    groups = [
        rule
        for rule in properties(resources, "WebACL")["Rules"]
        if "ManagedRuleGroupStatement" in rule["Statement"]
    ]

    assert set(queries) == {"waf-blocked-by-rule", "waf-blocked-addresses", "waf-counted"}
    for query in queries.values():
        assert query["LogGroupNames"] == [{"Ref": "WAFLogGroup"}]
    indices = set(
        re.findall(r"ruleGroupList[.](\d)[.]terminatingRule", queries["waf-blocked-by-rule"]["QueryString"])
    )
    assert indices == {str(index) for index in range(len(groups))}
    assert not of_type(with_values(frontend, **NO_WAF), "AWS::Logs::QueryDefinition")
