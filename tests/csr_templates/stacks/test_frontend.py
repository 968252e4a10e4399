"""Facts of the frontend stack."""

import posixpath
import re
from itertools import compress, product
from operator import itemgetter
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cfn_analysis.model.references import in_words, uses
from cfn_analysis.model.resolving import failed_assertions, resolve
from csr_templates import frontend as frontend_stack
from tests.alarm_subjects import alarm_on, alarms_on
from tests.csr_templates.stacks.resources import Template, of_type, properties

DOMAIN = {
    "CustomDomainName": "www.example.com",
    "CertificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/01234567-89ab-cdef-0123-456789abcdef",
    "HostedZoneId": "Z0123456789ABCDEFGHIJ",
}
NO_EDGE = {"Environment": "dev", "CloudFrontEnabled": "false"}
NO_WAF = {"WAFEnabled": "false"}

EDGE = ("AWS::CloudFront::", "AWS::WAFv2::", "AWS::Route53::", "AWS::Logs::Delivery", "AWS::CloudWatch::")
"""Types of resources that are useful only with CloudFront."""


def conditions_of(template: Template, logical_ids: set[str]) -> set[str | None]:
    """Return the conditions that resources depend on."""
    return {template["Resources"][logical_id].get("Condition") for logical_id in logical_ids}


def with_values(template: Template, region: str = "us-east-1", **parameters: str) -> Template:
    """Return the resources that exist in us-east-1 with these parameter values."""
    resources: Template = resolve(template, parameters, region=region)["Resources"]
    return resources


@pytest.fixture(scope="module")
def resources(frontend: Template) -> Template:
    """Logical ID -> resource, with production's values, in account 123456789012."""
    return with_values(frontend)


def distribution(resources: Template) -> Template:
    """Return the configuration of the distribution."""
    config: Template = properties(resources, "Distribution")["DistributionConfig"]
    return config


def behavior(resources: Template, path: str) -> Template:
    """Return the behavior for a path pattern, or the default one for ``*``."""
    config = distribution(resources)
    behaviors: dict[str, Template] = {"*": config["DefaultCacheBehavior"]}
    for cache_behavior in config["CacheBehaviors"]:
        behaviors[cache_behavior["PathPattern"]] = cache_behavior
    return behaviors[path]


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
        ("us-east-1", NO_EDGE | NO_WAF, False),
        ("ap-northeast-1", {}, True),
        ("ap-northeast-1", NO_WAF, True),
        ("ap-northeast-1", NO_EDGE | NO_WAF, False),
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
    [("prod", "true", False), ("prod", "false", True), ("dev", "false", False)],
)
def test_production_keeps_its_distribution(
    frontend: Template, environment: str, enabled: str, refused: bool
) -> None:
    """In production, a wrong parameter cannot delete the distribution."""
    parameters = {"Environment": environment, "CloudFrontEnabled": enabled, "WAFEnabled": enabled}

    assert failed_assertions(frontend, parameters, region="us-east-1") == (
        [
            "CloudFrontEnabled must be true in production: false deletes the distribution, and with it the "
            "site's address."
        ]
        if refused
        else []
    )


@pytest.mark.parametrize(
    ("parameters", "refused"),
    [
        (NO_WAF, []),
        ({}, ["WAFEnabled must be false: there is no distribution that the web ACL protects."]),
        (
            NO_WAF | DOMAIN,
            ["CustomDomainName must be empty: there is no distribution that it leads to."],
        ),
        (
            NO_WAF | {"ApiProbePath": "/api/health"},
            ["ApiProbePath must be empty: there is no address to probe."],
        ),
    ],
)
def test_nothing_is_asked_for_without_a_distribution(
    frontend: Template, parameters: dict[str, str], refused: list[str]
) -> None:
    """What needs CloudFront would not exist, although its parameter asks for it."""
    environment = {"Environment": "dev", **NO_EDGE, **parameters}

    assert failed_assertions(frontend, environment, region="us-east-1") == [
        f"If CloudFrontEnabled is false, {sentence}" for sentence in refused
    ]
    assert failed_assertions(frontend, {**environment, "CloudFrontEnabled": "true"}, region="us-east-1") == []


@pytest.mark.parametrize("are_set", list(product([False, True], repeat=3)), ids=str)
def test_domain_is_all_or_none(frontend: Template, are_set: tuple[bool, ...]) -> None:
    """A domain requires a certificate and a zone, which are not used without a domain."""
    parameters = dict(compress(DOMAIN.items(), are_set))
    refused = ["CustomDomainName, CertificateArn and HostedZoneId must be all empty or all set."]
    if len(set(are_set)) == 1:
        refused = []

    assert failed_assertions(frontend, parameters, region="us-east-1") == refused


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

    assert [name for name in types if name.startswith(EDGE)] == []
    retained = {
        logical_id
        for logical_id, resource in frontend["Resources"].items()
        if resource.get("UpdateReplacePolicy") == "Retain"
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
    remaining = resolved["Resources"]

    gone = set(resources) - set(remaining)
    assert {"WebACL", "WebACLLogging", *alarms_on(resources, "BlockedRequests")} <= gone
    assert conditions_of(frontend, gone) == conditions_of(frontend, {"WebACL"})
    assert {**distribution(remaining), "WebACLId": att("WebACL", "Arn")} == distribution(resources)
    assert "WebACLArn" not in resolved["Outputs"]


# ---- CloudFront Functions and policies ----


@pytest.mark.parametrize("routing", ["directory", "spa"])
def test_page_routing_starts_with_the_mode(frontend: Template, routing: str) -> None:
    """The parameter changes only the first line of the function."""
    function = properties(with_values(frontend, SiteRouting=routing), "PageRoutingFunction")

    assert function["FunctionCode"] == (
        f"var SITE_ROUTING = '{routing}';\n" + frontend_stack.function_code("page_routing.js")
    )


# ---- WAF ----


def test_one_address_cannot_use_up_the_quota(resources: Template, api: Template) -> None:
    """The daily requests of one IP address are limited to less than the quota of the usage plan."""
    rules = {rule["Name"]: rule["Statement"] for rule in properties(resources, "WebACL")["Rules"]}
    rate = rules["api-rate-limit"]["RateBasedStatement"]
    quota = api["Resources"]["UsagePlan"]["Properties"]["Quota"]

    assert quota["Period"] == "DAY"
    assert rate["AggregateKeyType"] == "IP"
    assert rate["Limit"] * 86_400 / rate["EvaluationWindowSec"] < quota["Limit"]


def decoded_if_unreserved(code: re.Match[str]) -> str:
    """Return the character of a percent encoding, or the encoding if the character is reserved."""
    character = unquote(code[0])
    if re.fullmatch(r"[\w.~-]", character, re.ASCII):
        return character
    return code[0]


def routed(path: str) -> str:
    """Return the path that CloudFront compares with path patterns, normalized according to RFC 3986.

    Only unreserved characters are decoded, so %2f is part of a segment.
    """
    kept: list[str] = []
    segments = re.sub("%[0-9a-fA-F]{2}", decoded_if_unreserved, path).split("/")[1:]
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
    for transformation in sorted(statement["TextTransformations"], key=itemgetter("Priority")):
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


# ---- Distribution ----


def origin(resources: Template, name: str) -> Template:
    """Return an origin of the distribution by its Id."""
    origins: dict[str, Template] = {each["Id"]: each for each in distribution(resources)["Origins"]}
    return origins[name]


@pytest.mark.parametrize("key", ["a", "b"])
def test_sent_key_is_declared(frontend: Template, key: str) -> None:
    """The Metadata section declares the secret that CloudFront reads for each value of OriginKey."""
    api = origin(with_values(frontend, OriginKey=key), "api")
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
    called = origin(resources, "api")
    (stage,) = of_type(its["Resources"], "AWS::ApiGateway::Stage").values()
    (key,) = of_type(its["Resources"], "AWS::ApiGateway::ApiKey").values()
    secret = properties(its["Resources"], uses(key["Value"])[0].name)
    gateway = {
        method["Integration"]["TimeoutInMillis"]
        for method in of_type(its["Resources"], "AWS::ApiGateway::Method").values()
    }

    assert called["OriginPath"] == f"/{stage['StageName']}"
    assert called["OriginCustomHeaders"][0]["HeaderValue"] == (
        f"{{{{resolve:secretsmanager:{secret['Name']}:SecretString:"
        f"{secret['GenerateSecretString']['GenerateStringKey']}}}}}"
    )
    assert [replica["Region"] for replica in secret["ReplicaRegions"]] == ["us-east-1"]
    assert "ApiGatewayId" in its["Outputs"]
    timeout = properties(its["Resources"], "ApiFunction")["Timeout"] * 1000
    assert timeout < max(gateway) < called["CustomOriginConfig"]["OriginReadTimeout"] * 1000
    assert len(gateway) == 1


def test_api_responses_are_not_cached(resources: Template) -> None:
    """Otherwise, users could receive the responses of others."""
    caching_disabled = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"

    assert behavior(resources, "/api/*")["CachePolicyId"] == caching_disabled


# ---- Access logs ----


def test_access_logs_hold_no_cookies(resources: Template) -> None:
    """Logs do not contain cookies, which can contain sessions."""
    fields = properties(resources, "AccessLogDelivery")["RecordFields"]

    assert set(fields) >= {
        *("date", "time", "c-ip", "c-country", "cs-method", "x-host-header", "cs-uri-stem", "sc-status"),
        *("x-edge-request-id", "ssl-protocol"),
    }
    assert "cs(Cookie)" not in fields
    assert len(fields) == len(set(fields))


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
    existing = with_values(frontend, **values)

    assert "ApiProbe" not in existing
    assert "${ApiProbe}" not in watched_by_probe_alarms(existing)


def test_alarm_of_the_api_probe(frontend: Template) -> None:
    """The alarm watches the health check of the API as that of the site, and is critical."""
    resources = with_values(frontend, ApiProbePath="/api/health")
    site, api = (alarm_on(resources, "HealthCheckStatus", uses=name) for name in ("SiteProbe", "ApiProbe"))

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
    existing = with_values(frontend, **values)

    assert "SiteProbe" not in existing
    assert "${SiteProbe}" not in watched_by_probe_alarms(existing)


def watched_by_probe_alarms(resources: Template) -> set[str]:
    """Return the health checks that alarms watch, as in a Sub."""
    watched = set()
    for alarm in alarms_on(resources, "HealthCheckStatus").values():
        watched |= {in_words(dimension["Value"]) for dimension in alarm["Dimensions"]}
    return watched


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


def test_waf_logs_only_what_it_blocks_or_counts(frontend: Template) -> None:
    """A log of all requests would cost more than the web ACL, and contain what users do."""
    assert frontend["Resources"]["WebACLLogging"]["Properties"]["LoggingFilter"]["DefaultBehavior"] == "DROP"


def test_access_logs_wait_for_the_policy_of_their_bucket(frontend: Template) -> None:
    """CloudWatch Logs checks the bucket policy when the delivery is created."""
    assert frontend["Resources"]["AccessLogDelivery"]["DependsOn"] == "EdgeLogBucketPolicy"
