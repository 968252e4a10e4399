"""The frontend stack: the site behind CloudFront and WAF, in front of the API.

It must be in us-east-1, the only region of web ACLs for CloudFront and of the metrics of CloudFront and WAF.
With ``CloudFrontEnabled`` false it can be in any region.
"""

from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import awacs.s3
from awacs import aws
from troposphere import (
    And,
    Condition,
    Equals,
    If,
    Join,
    Not,
    NoValue,
    Or,
    Output,
    Parameter,
    Ref,
    Sub,
    cloudfront,
    cloudwatch,
    kms,
    logs,
    route53,
    s3,
    wafv2,
)

from cfn_analysis.model import api_keys
from csr_templates.stacks import contract
from csr_templates.stacks.dashboards.frontend import overview
from csr_templates.stacks.parts import alarms, buckets, dashboards, keys, log_groups, names, topics
from csr_templates.stacks.parts.parameters import (
    environment,
    is_production,
    log_retention,
    project_name,
    runbook_url,
    switch,
)
from csr_templates.stacks.parts.template import StackTemplate


def build() -> StackTemplate:
    """Return the frontend stack; the calls below are its table of contents."""
    t = StackTemplate(
        "Static site and API behind CloudFront and WAF, with alarms and dashboard", derive=derive
    )
    parameters = add_parameters(t)
    declare_origin_keys(t)
    add_rules(t, parameters)
    conditions = add_conditions(t, parameters)
    key = add_key(t)
    edge_logs = add_edge_log_bucket(t)
    site_bucket = add_site_bucket(t, edge_logs.bucket)
    functions = add_functions(t, conditions)
    policies = add_policies(t, parameters, conditions)
    web_acl = add_web_acl(t, conditions)
    waf_logs = add_waf_logs(t, parameters, conditions, web_acl, key)
    add_queries(t, conditions, waf_logs)
    distribution = add_distribution(t, parameters, conditions, site_bucket, functions, policies, web_acl)
    add_site_bucket_policy(t, conditions, site_bucket, distribution)
    add_access_logs(t, conditions, distribution, edge_logs)
    record = add_domain_records(t, parameters, conditions, distribution)
    probes = add_probes(t, parameters, conditions, distribution, record)
    alarm_topics = add_alarm_topics(t, key)
    add_alarms(t, parameters, conditions, distribution, web_acl, probes, alarm_topics)
    add_outputs(t, parameters, conditions, key, site_bucket, distribution, web_acl, alarm_topics)
    add_dashboard(t)
    return t


class Parameters(NamedTuple):
    """The parameters of the environment."""

    environment: Parameter
    cloudfront_enabled: Parameter
    waf_enabled: Parameter
    site_routing: Parameter
    content_security_policy: Parameter
    custom_domain_name: Parameter
    certificate_arn: Parameter
    hosted_zone_id: Parameter
    probe_path: Parameter
    api_probe_path: Parameter
    api_region: Parameter
    origin_key: Parameter
    log_retention: Parameter


SENT_KEYS = {"a": ("a",), "b": ("b",)}  # value of OriginKey -> keys


def add_parameters(t: StackTemplate) -> Parameters:
    """Add the parameters, each with its label and group in the console."""
    t.add_parameter(project_name(), label="Project", group="Environment")
    environment_name = t.add_parameter(environment(), label="Environment", group="Environment")
    t.add_parameter(runbook_url(), label="On-call page", group="Environment")
    return Parameters(
        environment=environment_name,
        cloudfront_enabled=t.add_parameter(
            switch(
                "CloudFrontEnabled",
                Default="true",
                Description=(
                    "Create the CloudFront distribution, in us-east-1. If false, only the buckets, the "
                    "key and the topics are created."
                ),
            ),
            label="CloudFront",
            group="Edge",
        ),
        waf_enabled=t.add_parameter(
            switch(
                "WAFEnabled",
                Default="true",
                Description="Associate an AWS WAF web ACL with the distribution.",
            ),
            label="WAF",
            group="Edge",
        ),
        site_routing=t.add_parameter(
            Parameter(
                "SiteRouting",
                Type="String",
                Default="directory",
                AllowedValues=["directory", "spa"],
                Description=(
                    "directory: the page /x is the file /x/index.html. spa: every page is the file "
                    "/index.html."
                ),
                ConstraintDescription="must be directory or spa",
            ),
            label="Page routing",
            group="Site",
        ),
        content_security_policy=t.add_parameter(
            Parameter(
                "ContentSecurityPolicy",
                Type="String",
                # 'unsafe-inline' is needed for a static export: its pages contain inline scripts, and no
                # server adds a new nonce to each response.
                Default=(
                    "default-src 'self'; script-src 'self' 'unsafe-inline'; "
                    "style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; "
                    "connect-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; "
                    "frame-ancestors 'none'"
                ),
                AllowedPattern="[ -~]+",
                MaxLength=1783,  # characters, the maximum of CloudFront
                Description=(
                    "Value of the header Content-Security-Policy of the site. It depends on how the site is "
                    "built."
                ),
                ConstraintDescription="must be 1 to 1783 printable ASCII characters",
            ),
            label="Content security policy",
            group="Site",
        ),
        custom_domain_name=t.add_parameter(
            Parameter(
                "CustomDomainName",
                Type="String",
                Default="",
                AllowedPattern="(([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?[.])+[a-z]{2,63})?",
                MaxLength=253,
                Description=(
                    "Domain name of the site, or empty. If you set it, browsers also require HTTPS for "
                    "its subdomains."
                ),
                ConstraintDescription="must be empty, or a lowercase domain name such as www.example.com",
            ),
            label="Domain",
            group="Domain (all or none)",
        ),
        certificate_arn=t.add_parameter(
            Parameter(
                "CertificateArn",
                Type="String",
                Default="",
                AllowedPattern="(arn:aws[a-z-]*:acm:us-east-1:[0-9]{12}:certificate/[0-9a-f-]{36})?",
                Description="ARN of the ACM certificate for CustomDomainName, in us-east-1, or empty.",
                ConstraintDescription="must be empty, or the ARN of a certificate in us-east-1",
            ),
            label="Certificate",
            group="Domain (all or none)",
        ),
        hosted_zone_id=t.add_parameter(
            Parameter(
                "HostedZoneId",
                Type="String",
                Default="",
                AllowedPattern="(Z[A-Z0-9]{1,31})?",
                Description="ID of the Route 53 hosted zone for CustomDomainName, or empty.",
                ConstraintDescription="must be empty, or a hosted zone ID such as Z0123456789ABCDEFGHIJ",
            ),
            label="Hosted zone",
            group="Domain (all or none)",
        ),
        probe_path=t.add_parameter(
            Parameter(
                "ProbePath",
                Type="String",
                Default="/",
                AllowedPattern="(/[!-~]{0,254})?",
                MaxLength=255,
                Description=(
                    "Path that the Route 53 health check requests several times a minute. Empty for no "
                    "health check."
                ),
                ConstraintDescription="must be empty, or a slash and up to 254 printable ASCII characters",
            ),
            label="Path of the health check of the site",
            group="Site",
        ),
        api_probe_path=t.add_parameter(
            Parameter(
                "ApiProbePath",
                Type="String",
                Default="",
                AllowedPattern="(/api/[!-~]{1,250})?",
                MaxLength=255,
                Description=(
                    "Path of the API that a second Route 53 health check requests, for example /api/health. "
                    "Its response must be 2XX or 3XX within 2 seconds, and never cached. Empty for no health "
                    "check."
                ),
                ConstraintDescription=(
                    "must be empty, or /api/ and 1 to 250 printable ASCII characters without spaces"
                ),
            ),
            label="Path of the health check of the API",
            group="Site",
        ),
        api_region=t.add_parameter(
            Parameter(
                "ApiRegion",
                Type="String",
                Default="ap-northeast-1",
                AllowedPattern="[a-z]{2}(-[a-z]+)+-[0-9]",
                Description="Region of the api stack, from which the ID of the API is read.",
                ConstraintDescription="must be a region such as ap-northeast-1",
            ),
            label="Region of the API",
            group="Edge",
        ),
        origin_key=t.add_parameter(
            Parameter(
                "OriginKey",
                Type="String",
                Default="a",
                AllowedValues=list(SENT_KEYS),
                Description=(
                    "API key that CloudFront sends. OriginKeys of the deployed api stack must include it."
                ),
                ConstraintDescription="must be a or b",
            ),
            label="Origin key",
            group="Edge",
        ),
        log_retention=t.add_parameter(log_retention(), label="Log retention (days)", group="Logs"),
    )


def declare_origin_keys(t: StackTemplate) -> None:
    """Declare the key that CloudFront sends, for the checks that compare the stacks."""
    t.metadata[api_keys.SECTION] = contract.origin_key_metadata("Sends", "OriginKey", SENT_KEYS)


def add_rules(t: StackTemplate, parameters: Parameters) -> None:
    """Add the rules on combinations of parameters."""
    t.add_rule(
        "CloudFrontNeedsUsEast1",
        {
            "RuleCondition": Equals(parameters.cloudfront_enabled.Ref(), "true"),
            "Assertions": [
                {
                    "Assert": Equals(Ref("AWS::Region"), "us-east-1"),
                    "AssertDescription": (
                        "If CloudFrontEnabled is true, the stack must be in us-east-1, because the web ACLs, "
                        "metrics and access logs of CloudFront exist only there."
                    ),
                }
            ],
        },
    )
    t.add_rule(
        "ProductionNeedsCloudFront",
        {
            "RuleCondition": is_production(parameters.environment),  # derive() sets it for another parameter
            "Assertions": [
                {
                    "Assert": Equals(parameters.cloudfront_enabled.Ref(), "true"),
                    "AssertDescription": (
                        "CloudFrontEnabled must be true in production: false deletes the distribution, and "
                        "with it the site's address."
                    ),
                }
            ],
        },
    )
    t.add_rule(
        "WithoutCloudFront",  # these would not exist, although their parameters ask for them
        {
            "RuleCondition": Equals(parameters.cloudfront_enabled.Ref(), "false"),
            "Assertions": [
                {
                    "Assert": Equals(parameters.waf_enabled.Ref(), "false"),
                    "AssertDescription": (
                        "If CloudFrontEnabled is false, WAFEnabled must be false: there is no distribution "
                        "that the web ACL protects."
                    ),
                },
                {
                    "Assert": Equals(parameters.custom_domain_name.Ref(), ""),
                    "AssertDescription": (
                        "If CloudFrontEnabled is false, CustomDomainName must be empty: there is no "
                        "distribution that it leads to."
                    ),
                },
                {
                    "Assert": Equals(parameters.api_probe_path.Ref(), ""),
                    "AssertDescription": (
                        "If CloudFrontEnabled is false, ApiProbePath must be empty: there is no address to "
                        "probe."
                    ),
                },
            ],
        },
    )
    domain = [
        parameters.custom_domain_name.Ref(),
        parameters.certificate_arn.Ref(),
        parameters.hosted_zone_id.Ref(),
    ]
    t.add_rule(
        "DomainAllOrNone",
        {
            "Assertions": [
                {
                    "Assert": Or(
                        And(*[Equals(value, "") for value in domain]),
                        And(*[Not(Equals(value, "")) for value in domain]),
                    ),
                    "AssertDescription": (
                        "CustomDomainName, CertificateArn and HostedZoneId must be all empty or all set."
                    ),
                }
            ]
        },
    )


class Conditions(NamedTuple):
    """The conditions on the parameters; WAF, the custom domain and the probes imply CloudFront."""

    cloudfront: str
    waf: str
    custom_domain: str
    probe: str
    api_probe: str
    sends_origin_key_b: str


def add_conditions(t: StackTemplate, parameters: Parameters) -> Conditions:
    """Add the conditions."""
    cloudfront = t.add_condition("CloudFront", Equals(parameters.cloudfront_enabled.Ref(), "true"))
    waf = t.add_condition("WAF", And(Condition(cloudfront), Equals(parameters.waf_enabled.Ref(), "true")))
    custom_domain = t.add_condition(
        "CustomDomain",
        # By the certificate, whose format linters check; the rule above requires it with the domain.
        And(Condition(cloudfront), Not(Equals(parameters.certificate_arn.Ref(), ""))),
    )
    probe = t.add_condition("Probe", And(Condition(cloudfront), Not(Equals(parameters.probe_path.Ref(), ""))))
    api_probe = t.add_condition(
        "HasApiProbe", And(Condition(cloudfront), Not(Equals(parameters.api_probe_path.Ref(), "")))
    )
    sends_origin_key_b = t.add_condition("SendsOriginKeyB", Equals(parameters.origin_key.Ref(), "b"))
    return Conditions(cloudfront, waf, custom_domain, probe, api_probe, sends_origin_key_b)


def add_key(t: StackTemplate) -> kms.Key:
    """Add the key of this stack's log group and alarm topics; the network's keys are in another region."""
    t.section("Key")
    return t.add_resource(
        keys.key(
            "FrontendKey",
            "frontend-key",
            "Encrypts the WAF logs and the frontend's alarm topics",
            keys.for_log_groups(f"aws-waf-logs-{names.PREFIX}"),
            keys.for_alarms(),
        )
    )


class EdgeLogBucket(NamedTuple):
    """The bucket of the access logs, and its policy, which log deliveries must depend on."""

    bucket: s3.Bucket
    policy: s3.BucketPolicy


def add_edge_log_bucket(t: StackTemplate) -> EdgeLogBucket:
    """Add the bucket of the access logs of CloudFront and of the site bucket, kept for a year."""
    t.section("Edge log bucket")
    bucket = t.add_resource(
        buckets.private_bucket(
            "EdgeLogBucket",
            names.name("edge-logs-${AWS::AccountId}"),
            s3.LifecycleRule(
                Id="ArchiveAndExpire",
                Status="Enabled",
                Transitions=[
                    s3.LifecycleRuleTransition(StorageClass="STANDARD_IA", TransitionInDays=30),
                    s3.LifecycleRuleTransition(StorageClass="GLACIER", TransitionInDays=90),
                ],
                ExpirationInDays=365,
                NoncurrentVersionExpiration=s3.NoncurrentVersionExpiration(NoncurrentDays=30),
            ),
        )
    )
    policy = t.add_resource(
        buckets.bucket_policy(
            "EdgeLogBucketPolicy",
            bucket.Ref(),
            # Complete: otherwise the service adds a statement, which the next update of the policy removes.
            # https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-V2-S3.html
            aws.Statement(
                Sid="CloudFrontAccessLogs",
                Effect=aws.Allow,
                Principal=aws.Principal("Service", "delivery.logs.amazonaws.com"),
                Action=[awacs.s3.PutObject],
                Resource=[Sub("${Bucket}/AWSLogs/${AWS::AccountId}/*", Bucket=bucket.GetAtt("Arn"))],
                Condition=aws.Condition(
                    [
                        aws.StringEquals(
                            {
                                "aws:SourceAccount": Ref("AWS::AccountId"),
                                "s3:x-amz-acl": "bucket-owner-full-control",
                            }
                        ),
                        aws.ArnLike(
                            "aws:SourceArn",
                            Sub(
                                "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}"
                                f":delivery-source:{names.PREFIX}-*"
                            ),
                        ),
                    ]
                ),
            ),
            buckets.access_log_delivery(
                "SiteBucketAccessLogs", bucket, "site-bucket/", f"{names.PREFIX}-frontend-*"
            ),
        )
    )
    return EdgeLogBucket(bucket, policy)


def add_site_bucket(t: StackTemplate, log_bucket: s3.Bucket) -> s3.Bucket:
    """Add the bucket of the site's files.

    Current objects are never archived: an object in Glacier cannot be read, and the page would be an error.
    Overwritten and deleted versions can be restored for 90 days.
    """
    t.section("Site bucket")
    return t.add_resource(
        buckets.private_bucket(
            "SiteBucket",
            names.name("frontend-${AWS::AccountId}"),
            s3.LifecycleRule(
                Id="ExpireOldVersions",
                Status="Enabled",
                NoncurrentVersionExpiration=s3.NoncurrentVersionExpiration(NoncurrentDays=90),
                ExpiredObjectDeleteMarker=True,  # delete markers without versions
            ),
            LoggingConfiguration=s3.LoggingConfiguration(
                DestinationBucketName=log_bucket.Ref(), LogFilePrefix="site-bucket/"
            ),
        )
    )


class Functions(NamedTuple):
    """The CloudFront Functions."""

    page_routing: cloudfront.Function
    browser_caching: cloudfront.Function
    api_cache_key: cloudfront.Function
    api_cookies: cloudfront.Function


def add_functions(t: StackTemplate, conditions: Conditions) -> Functions:
    """Add the functions that CloudFront runs at the edge. Their code is in functions/."""
    t.section("CloudFront Functions")
    function = partial(edge_function, Condition=conditions.cloudfront)
    return Functions(
        page_routing=t.add_resource(
            function(
                "PageRoutingFunction",
                "page-routing",
                Comment="Maps the URL of a page to its file",
                FunctionCode=Join(
                    "\n", [Sub("var SITE_ROUTING = '${SiteRouting}';"), function_code("page_routing.js")]
                ),
            )
        ),
        browser_caching=t.add_resource(
            function(
                "BrowserCachingFunction",
                "browser-caching",
                Comment="Sets which responses browsers can cache",
                FunctionCode=function_code("browser_caching.js"),
            )
        ),
        api_cache_key=t.add_resource(
            function(
                "ApiCacheKeyFunction",
                "api-cache-key",
                Comment="Determines which API requests can share a cached response",
                FunctionCode=function_code("api_sharing.js") + function_code("api_cache_key.js"),
            )
        ),
        api_cookies=t.add_resource(
            function(
                "ApiCookiesFunction",
                "api-cookies",
                Comment="Removes cookies from API responses that requests can share",
                FunctionCode=function_code("api_sharing.js") + function_code("api_cookies.js"),
            )
        ),
    )


def edge_function(
    title: str, what: str, Comment: str, FunctionCode: names.Value, Condition: str
) -> cloudfront.Function:
    """Return a CloudFront Function. Its name is unique in the account and contains the environment."""
    return cloudfront.Function(
        title,
        Condition=Condition,
        Name=names.name(what),
        FunctionConfig=cloudfront.FunctionConfig(Comment=Comment, Runtime="cloudfront-js-2.0"),
        AutoPublish=True,  # a behavior can use only a published function
        FunctionCode=FunctionCode,
        Tags=names.tags(),
    )


def function_code(name: str) -> str:
    """Return the code of a CloudFront Function of this package.

    Its first line is the name of the file, which contains the comments that are removed here.
    """
    code = (Path(__file__).parent / "functions" / name).read_text(encoding="ascii")
    return f"// With comments: stacks/functions/{name}\n{without_comment_lines(code, name)}"


def without_comment_lines(code: str, name: str) -> str:
    """Return the JavaScript of the file ``name`` without the lines that are only a ``//`` comment.

    Raises:
        ValueError: such a line may be part of a text or of another comment, so that removing it could change
            the code.
    """
    for number, line in enumerate(code.split("\n"), 1):
        for mark in ("`", "/*", "*/"):
            if mark in line and not line.lstrip().startswith("//"):
                raise ValueError(
                    f"{name}, line {number}: found {mark}; write // comments, and texts in quotes."
                )
        if line.endswith("\\"):
            raise ValueError(
                f"{name}, line {number}: found a backslash at the end; end the text on that line."
            )
    return "".join(line for line in code.splitlines(keepends=True) if not line.lstrip().startswith("//"))


class EdgePolicies(NamedTuple):
    """The cache policies and response headers policies of CloudFront."""

    static_cache: cloudfront.CachePolicy
    page_cache: cloudfront.CachePolicy
    site_headers: cloudfront.ResponseHeadersPolicy
    api_headers: cloudfront.ResponseHeadersPolicy


def add_policies(t: StackTemplate, parameters: Parameters, conditions: Conditions) -> EdgePolicies:
    """Add the cache policies of the site, and the response headers policies of site and API."""
    t.section("Cache and response headers policies")
    cache = partial(cache_policy, Condition=conditions.cloudfront)
    headers = partial(security_headers, Condition=conditions.cloudfront)
    return EdgePolicies(
        static_cache=t.add_resource(
            cache(
                "StaticCachePolicy",
                "static",
                MinTTL=31536000,  # seconds, one year: a changed file gets a new name
                DefaultTTL=31536000,
                MaxTTL=31536000,
            )
        ),
        page_cache=t.add_resource(
            cache(
                "PageCachePolicy",
                "pages",
                MinTTL=1,  # second; CloudFront does not compress objects with a TTL of 0
                DefaultTTL=86400,  # seconds, one day: an upload ends with an invalidation
                MaxTTL=86400,  # for a page with its own Cache-Control
            )
        ),
        site_headers=t.add_resource(
            headers(
                "SiteHeadersPolicy", "site", ContentSecurityPolicy=parameters.content_security_policy.Ref()
            )
        ),
        api_headers=t.add_resource(
            headers(
                "ApiHeadersPolicy",
                "api",
                # Responses of the API are data: if shown as a page, they must not load or run anything.
                ContentSecurityPolicy=(
                    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
                ),
            )
        ),
    )


def cache_policy(
    title: str, what: str, MinTTL: int, DefaultTTL: int, MaxTTL: int, Condition: str
) -> cloudfront.CachePolicy:
    """Return a policy whose cache key is only path and encoding. Times are in seconds.

    Query strings are not part of the key, and are not sent to the origin. S3 would interpret some as
    commands, such as listing the bucket.
    """
    return cloudfront.CachePolicy(
        title,
        Condition=Condition,
        CachePolicyConfig=cloudfront.CachePolicyConfig(
            Name=names.name(what),
            MinTTL=MinTTL,
            DefaultTTL=DefaultTTL,
            MaxTTL=MaxTTL,
            ParametersInCacheKeyAndForwardedToOrigin=cloudfront.ParametersInCacheKeyAndForwardedToOrigin(
                CookiesConfig=cloudfront.CacheCookiesConfig(CookieBehavior="none"),
                HeadersConfig=cloudfront.CacheHeadersConfig(HeaderBehavior="none"),
                QueryStringsConfig=cloudfront.CacheQueryStringsConfig(QueryStringBehavior="none"),
                EnableAcceptEncodingGzip=True,
                EnableAcceptEncodingBrotli=True,
            ),
        ),
    )


def security_headers(
    title: str, what: str, ContentSecurityPolicy: names.Value, Condition: str
) -> cloudfront.ResponseHeadersPolicy:
    """Return a policy that sets the security headers in every response, overriding those of the origin."""
    return cloudfront.ResponseHeadersPolicy(
        title,
        Condition=Condition,
        ResponseHeadersPolicyConfig=cloudfront.ResponseHeadersPolicyConfig(
            Name=names.name(what),
            SecurityHeadersConfig=cloudfront.SecurityHeadersConfig(
                StrictTransportSecurity=cloudfront.StrictTransportSecurity(
                    AccessControlMaxAgeSec=31536000,  # one year
                    IncludeSubdomains=True,
                    Override=True,
                ),
                ContentTypeOptions=cloudfront.ContentTypeOptions(Override=True),  # nosniff
                FrameOptions=cloudfront.FrameOptions(FrameOption="DENY", Override=True),
                ReferrerPolicy=cloudfront.ReferrerPolicy(
                    ReferrerPolicy="strict-origin-when-cross-origin", Override=True
                ),
                ContentSecurityPolicy=cloudfront.ContentSecurityPolicy(
                    ContentSecurityPolicy=ContentSecurityPolicy, Override=True
                ),
            ),
            CustomHeadersConfig=cloudfront.CustomHeadersConfig(
                Items=[
                    cloudfront.CustomHeader(
                        Header="Permissions-Policy",
                        Value="camera=(), geolocation=(), microphone=(), payment=(), usb=()",
                        Override=True,
                    )
                ]
            ),
        ),
    )


# Hidden from logs and samples. A referer from the site contains the full URL with its query string; the other
# headers often contain tokens.
SECRET_HEADERS = [
    "authorization",
    "cookie",
    "proxy-authorization",
    "referer",
    "x-access-token",
    "x-amz-security-token",
    "x-api-key",
    "x-auth-token",
    "x-csrf-token",
    "x-id-token",
    "x-refresh-token",
    "x-session-id",
    "x-session-token",
    "x-xsrf-token",
]


def add_web_acl(t: StackTemplate, conditions: Conditions) -> wafv2.WebACL:
    """Add the web ACL.

    Its rules take about 1,153 of the 1,500 capacity units that a web ACL has before it costs more: common
    rules 700, known bad inputs 200, Linux 200, IP reputation 25, rate limit 2, rate limit of the API 22 (a
    string anywhere 10, a text transformation 10), blocked addresses 2, countries 1, large bodies 1.
    https://docs.aws.amazon.com/waf/latest/developerguide/aws-waf-capacity-units.html
    """
    t.section("Web ACL")
    blocked = [
        t.add_resource(blocked_addresses("BlockedIPv4Set", "blocked-ipv4", "IPV4", conditions.waf)),
        t.add_resource(blocked_addresses("BlockedIPv6Set", "blocked-ipv6", "IPV6", conditions.waf)),
    ]
    return t.add_resource(
        wafv2.WebACL(
            "WebACL",
            Condition=conditions.waf,
            Name=names.name("cloudfront-waf"),
            Description="Filters the requests to the site and the API",
            Scope="CLOUDFRONT",
            DefaultAction=wafv2.DefaultAction(Allow=wafv2.AllowAction()),
            Rules=[
                blocking_rule(
                    "blocked-addresses",
                    5,
                    wafv2.Statement(
                        OrStatement=wafv2.OrStatement(
                            Statements=[
                                wafv2.Statement(
                                    IPSetReferenceStatement=wafv2.IPSetReferenceStatement(
                                        Arn=addresses.GetAtt("Arn")
                                    )
                                )
                                for addresses in blocked
                            ]
                        )
                    ),
                ),
                blocking_rule(
                    "blocked-countries",
                    10,
                    wafv2.Statement(
                        GeoMatchStatement=wafv2.GeoMatchStatement(CountryCodes=["CN", "RU", "KP"])
                    ),
                ),
                blocking_rule(
                    "rate-limit",
                    20,
                    wafv2.Statement(
                        RateBasedStatement=wafv2.RateBasedStatement(
                            Limit=5000,  # requests
                            EvaluationWindowSec=300,
                            AggregateKeyType="IP",
                        )
                    ),
                ),
                blocking_rule(
                    "api-rate-limit",
                    30,
                    wafv2.Statement(
                        RateBasedStatement=wafv2.RateBasedStatement(
                            Limit=2000,  # requests: 576,000 a day, below the usage plan's quota
                            EvaluationWindowSec=300,
                            AggregateKeyType="IP",
                            ScopeDownStatement=wafv2.Statement(ByteMatchStatement=leads_to("/api/")),
                        )
                    ),
                ),
                managed_rules("ip-reputation", 40, "AWSManagedRulesAmazonIpReputationList"),
                managed_rules(
                    "common-rules",
                    50,
                    "AWSManagedRulesCommonRuleSet",
                    # It would block bodies over 8 KB, which an API must accept; the limit of API Gateway
                    # applies.
                    wafv2.RuleActionOverride(
                        Name="SizeRestrictions_BODY", ActionToUse=wafv2.RuleAction(Count=wafv2.CountAction())
                    ),
                ),
                managed_rules("known-bad-inputs", 60, "AWSManagedRulesKnownBadInputsRuleSet"),
                managed_rules("linux-rules", 70, "AWSManagedRulesLinuxRuleSet"),
                # Last, so that it counts requests that the other rules allow.
                wafv2.WebACLRule(
                    Name="large-bodies",
                    Priority=80,
                    Statement=wafv2.Statement(
                        SizeConstraintStatement=wafv2.SizeConstraintStatement(
                            # WAF does not get more than it inspects, so only the oversize handling matches.
                            FieldToMatch=wafv2.FieldToMatch(Body=wafv2.Body(OversizeHandling="MATCH")),
                            ComparisonOperator="GT",
                            Size=65536,  # bytes, what the association below lets WAF inspect
                            TextTransformations=[wafv2.TextTransformation(Priority=0, Type="NONE")],
                        )
                    ),
                    Action=wafv2.RuleAction(Count=wafv2.CountAction()),
                    VisibilityConfig=visibility("large-bodies"),
                ),
            ],
            # By default, CloudFront forwards 16 KB of a body to WAF: so much padding would bypass all rules
            # on bodies.
            AssociationConfig=wafv2.AssociationConfig(
                RequestBody={
                    "CLOUDFRONT": wafv2.RequestBodyAssociatedResourceTypeConfig(
                        DefaultSizeInspectionLimit="KB_64"  # the maximum
                    )
                }
            ),
            DataProtectionConfig=wafv2.DataProtectionConfig(
                DataProtections=[
                    wafv2.DataProtect(
                        Field=wafv2.FieldToProtect(FieldType="SINGLE_HEADER", FieldKeys=[*SECRET_HEADERS]),
                        Action="SUBSTITUTION",
                    ),
                    # The whole component, so without keys.
                    wafv2.DataProtect(
                        Field=wafv2.FieldToProtect(FieldType="QUERY_STRING"), Action="SUBSTITUTION"
                    ),
                ]
            ),
            # The same as the name of the web ACL, because tools use either of them.
            VisibilityConfig=visibility(names.name("cloudfront-waf")),
            Tags=names.tags(),
        )
    )


def blocked_addresses(title: str, what: str, IPAddressVersion: str, Condition: str) -> wafv2.IPSet:
    """Return an empty set, to which operators add addresses in an incident.

    An update of the set by CloudFormation would remove their addresses, so the stack policy denies it.
    """
    return wafv2.IPSet(
        title,
        Condition=Condition,
        Name=names.name(what),
        Description="Addresses that operators block",
        Scope="CLOUDFRONT",
        IPAddressVersion=IPAddressVersion,
        Addresses=[],
        Tags=names.tags(),
    )


def blocking_rule(Name: str, Priority: int, statement: wafv2.Statement) -> wafv2.WebACLRule:
    """Return a rule that blocks the requests that ``statement`` matches."""
    return wafv2.WebACLRule(
        Name=Name,
        Priority=Priority,
        Statement=statement,
        Action=wafv2.RuleAction(Block=wafv2.BlockAction()),
        VisibilityConfig=visibility(Name),
    )


def leads_to(SearchString: str) -> wafv2.ByteMatchStatement:
    """Return a statement that matches every path that CloudFront may route below this path, and some others.

    WAF inspects the path as received. CloudFront normalizes it before it selects the behavior, so that
    ``/%61pi/x`` and ``/x/../api/y`` go to the API too. It does not decode ``%2f``, so ``/api/..%2fx`` goes to
    the API, but NORMALIZE_PATH would result in ``/x``. So the statement searches anywhere in the decoded
    path, without normalization: the start of the path for CloudFront was received between two slashes.
    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesCacheBehavior.html
    """
    return wafv2.ByteMatchStatement(
        FieldToMatch=wafv2.FieldToMatch(UriPath={}),
        PositionalConstraint="CONTAINS",
        SearchString=SearchString,
        TextTransformations=[wafv2.TextTransformation(Priority=0, Type="URL_DECODE")],
    )


def managed_rules(
    Name: str, Priority: int, group: str, *overrides: wafv2.RuleActionOverride
) -> wafv2.WebACLRule:
    """Return a managed rule group as one rule; ``overrides`` are rules with another action."""
    statement = wafv2.ManagedRuleGroupStatement(VendorName="AWS", Name=group)
    if overrides:
        statement.RuleActionOverrides = list(overrides)
    none: Any = {"None": {}}  # each rule of the group has the action of AWS; Python does not allow None=
    return wafv2.WebACLRule(
        Name=Name,
        Priority=Priority,
        Statement=wafv2.Statement(ManagedRuleGroupStatement=statement),
        OverrideAction=wafv2.OverrideAction(**none),
        VisibilityConfig=visibility(Name),
    )


def visibility(MetricName: names.Value) -> wafv2.VisibilityConfig:
    """Return the setting that enables a metric and samples; alarms and dashboards use the metric name."""
    return wafv2.VisibilityConfig(
        CloudWatchMetricsEnabled=True, MetricName=MetricName, SampledRequestsEnabled=True
    )


def add_waf_logs(
    t: StackTemplate,
    parameters: Parameters,
    conditions: Conditions,
    web_acl: wafv2.WebACL,
    key: kms.Key,
) -> logs.LogGroup:
    """Add the log of the web ACL, with blocked and counted requests. The access log contains all requests.

    The log group exists also without a web ACL. WAF writes only to log groups whose names start with
    ``aws-waf-logs-``, and adds its permission itself.
    https://docs.aws.amazon.com/waf/latest/developerguide/logging-cw-logs.html
    """
    t.section("WAF logs")
    group = t.add_resource(
        log_groups.log_group(
            "WAFLogGroup",
            LogGroupName=Sub(f"aws-waf-logs-{names.PREFIX}"),
            KmsKeyId=key.GetAtt("Arn"),
            RetentionInDays=parameters.log_retention.Ref(),
        )
    )
    t.add_resource(
        wafv2.LoggingConfiguration(
            "WebACLLogging",
            Condition=conditions.waf,
            ResourceArn=web_acl.GetAtt("Arn"),
            LogDestinationConfigs=[
                # Not the group's own Arn, which ends in ":*".
                Sub(
                    "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:${LogGroup}",
                    LogGroup=group.Ref(),
                )
            ],
            LoggingFilter=wafv2.LoggingFilter(
                DefaultBehavior="DROP",
                Filters=[
                    wafv2.Filter(
                        Behavior="KEEP",
                        Requirement="MEETS_ANY",
                        Conditions=[
                            wafv2.Condition(ActionCondition=wafv2.ActionCondition(Action=action))
                            # The last is for a rule of a group that is overridden to count.
                            for action in ("BLOCK", "COUNT", "EXCLUDED_AS_COUNT")
                        ],
                    )
                ],
            ),
            # Additional protection: the data protection of the web ACL hides these from logs and samples for
            # all rules; redaction only for rules that inspect a single header.
            RedactedFields=[
                wafv2.LoggingConfigurationFieldToMatch(SingleHeader=wafv2.SingleHeader(Name=name))
                for name in SECRET_HEADERS
            ],
        )
    )
    return group


def add_queries(t: StackTemplate, conditions: Conditions, waf_logs: logs.LogGroup) -> None:
    """Add the saved queries of CloudWatch Logs Insights in this region, in a folder of this environment.

    ``terminatingRuleId`` is the rule of the web ACL. The rule of a managed group is in the list of groups,
    whose items Logs Insights numbers.
    https://docs.aws.amazon.com/waf/latest/developerguide/logging-fields.html
    """
    t.section("Saved queries")
    query = partial(logs.QueryDefinition, Condition=conditions.waf, LogGroupNames=[waf_logs.Ref()])
    groups = range(4)  # the managed groups of the web ACL
    blocking = ", ".join(f"ruleGroupList.{group}.terminatingRule.ruleId" for group in groups)
    counting = ", ".join(
        [
            "nonTerminatingMatchingRules.0.ruleId",
            *(f"ruleGroupList.{group}.nonTerminatingMatchingRules.0.ruleId" for group in groups),
            *(f"ruleGroupList.{group}.excludedRules.0.ruleId" for group in groups),
        ]
    )
    t.add_resource(
        query(
            "WAFBlockedByRuleQuery",
            Name=Sub(f"{names.PREFIX}/waf-blocked-by-rule"),
            QueryString=(
                'filter action = "BLOCK"\n'
                f"| fields coalesce({blocking}) as rule_of_group\n"
                "| stats count(*) as requests, count_distinct(httpRequest.clientIp) as addresses,\n"
                "    latest(httpRequest.uri) as newest_path\n"
                "    by terminatingRuleId, rule_of_group\n"
                "| sort requests desc\n"
                "| limit 100"
            ),
        )
    )
    t.add_resource(
        query(
            "WAFBlockedAddressesQuery",
            Name=Sub(f"{names.PREFIX}/waf-blocked-addresses"),
            QueryString=(
                'filter action = "BLOCK"\n'
                "| stats count(*) as requests, latest(terminatingRuleId) as newest_rule,\n"
                "    latest(httpRequest.uri) as newest_path\n"
                "    by httpRequest.clientIp, httpRequest.country\n"
                "| sort requests desc\n"
                "| limit 100"
            ),
        )
    )
    t.add_resource(
        query(
            "WAFCountedQuery",
            Name=Sub(f"{names.PREFIX}/waf-counted"),
            QueryString=(
                f"fields coalesce({counting}) as counting_rule\n"
                "| filter ispresent(counting_rule)\n"
                "| stats count(*) as requests, count_distinct(httpRequest.clientIp) as addresses,\n"
                "    latest(httpRequest.uri) as newest_path\n"
                "    by counting_rule, action\n"
                "| sort requests desc\n"
                "| limit 100"
            ),
        )
    )


def origin_key(which: str) -> Sub:
    """Return the reference to the API key ``a`` or ``b``: to the replica of its secret, in this region.

    CloudFormation reads it again with every change of the distribution.
    """
    return Sub(
        f"{{{{resolve:secretsmanager:{names.PREFIX}-{contract.ORIGIN_API_KEY_SECRET}-{which}"
        f":SecretString:{contract.ORIGIN_API_KEY_FIELD}}}}}"
    )


def add_distribution(
    t: StackTemplate,
    parameters: Parameters,
    conditions: Conditions,
    site_bucket: s3.Bucket,
    functions: Functions,
    policies: EdgePolicies,
    web_acl: wafv2.WebACL,
) -> cloudfront.Distribution:
    """Add the distribution with its two origins: the site's bucket and the REST API."""
    t.section("Distribution")
    access_control = t.add_resource(
        cloudfront.OriginAccessControl(
            "SiteOriginAccessControl",
            Condition=conditions.cloudfront,
            OriginAccessControlConfig=cloudfront.OriginAccessControlConfig(
                Name=names.name("site"),
                OriginAccessControlOriginType="s3",
                SigningBehavior="always",
                SigningProtocol="sigv4",
            ),
        )
    )

    static = partial(
        cloudfront.CacheBehavior,
        TargetOriginId="site",
        ViewerProtocolPolicy="redirect-to-https",
        Compress=True,
        CachePolicyId=policies.static_cache.Ref(),
        ResponseHeadersPolicyId=policies.site_headers.Ref(),
        FunctionAssociations=[
            cloudfront.FunctionAssociation(
                EventType="viewer-response", FunctionARN=functions.browser_caching.GetAtt("FunctionARN")
            )
        ],
    )
    distribution = t.add_resource(
        cloudfront.Distribution(
            "Distribution",
            Condition=conditions.cloudfront,
            DistributionConfig=cloudfront.DistributionConfig(
                Comment=Sub("${ProjectName} ${Environment} CloudFront Distribution"),
                Enabled=True,
                HttpVersion="http2and3",
                IPV6Enabled=True,
                PriceClass="PriceClass_All",
                DefaultRootObject="index.html",
                Aliases=If(conditions.custom_domain, [parameters.custom_domain_name.Ref()], NoValue),
                ViewerCertificate=If(
                    conditions.custom_domain,
                    cloudfront.ViewerCertificate(
                        AcmCertificateArn=parameters.certificate_arn.Ref(),
                        SslSupportMethod="sni-only",
                        MinimumProtocolVersion="TLSv1.2_2021",
                    ),
                    # The default certificate of CloudFront; its minimum TLSv1 cannot be changed.
                    cloudfront.ViewerCertificate(CloudFrontDefaultCertificate=True),
                ),
                WebACLId=If(conditions.waf, web_acl.GetAtt("Arn"), NoValue),
                Origins=[
                    cloudfront.Origin(
                        Id="site",
                        DomainName=site_bucket.GetAtt("RegionalDomainName"),
                        OriginAccessControlId=access_control.GetAtt("Id"),
                        # Required, and empty with an origin access control.
                        S3OriginConfig=cloudfront.S3OriginConfig(OriginAccessIdentity=""),
                    ),
                    cloudfront.Origin(
                        Id="api",
                        DomainName=Sub(
                            "${ApiGatewayId}.execute-api.${ApiRegion}.amazonaws.com",
                            ApiGatewayId=contract.stack_output(
                                contract.API, contract.API_GATEWAY_ID, Region=parameters.api_region.Ref()
                            ),
                        ),
                        OriginPath=f"/{contract.API_STAGE}",
                        CustomOriginConfig=cloudfront.CustomOriginConfig(
                            OriginProtocolPolicy="https-only",
                            HTTPSPort=443,
                            OriginSSLProtocols=["TLSv1.2"],
                            OriginReadTimeout=30,  # seconds; the timeout of Lambda is 28, of API Gateway 29
                        ),
                        OriginCustomHeaders=[
                            cloudfront.OriginCustomHeader(
                                HeaderName="x-api-key",  # overrides a header of the viewer
                                HeaderValue=If(
                                    conditions.sends_origin_key_b, origin_key("b"), origin_key("a")
                                ),
                            )
                        ],
                    ),
                ],
                DefaultCacheBehavior=cloudfront.DefaultCacheBehavior(
                    TargetOriginId="site",
                    ViewerProtocolPolicy="redirect-to-https",
                    Compress=True,
                    CachePolicyId=policies.page_cache.Ref(),
                    ResponseHeadersPolicyId=policies.site_headers.Ref(),
                    FunctionAssociations=[
                        cloudfront.FunctionAssociation(
                            EventType="viewer-request",
                            FunctionARN=functions.page_routing.GetAtt("FunctionARN"),
                        ),
                        cloudfront.FunctionAssociation(
                            EventType="viewer-response",
                            FunctionARN=functions.browser_caching.GetAtt("FunctionARN"),
                        ),
                    ],
                ),
                CacheBehaviors=[
                    cloudfront.CacheBehavior(
                        PathPattern="/api/*",
                        TargetOriginId="api",
                        ViewerProtocolPolicy="https-only",  # a redirect is too late for secrets
                        AllowedMethods=["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"],
                        # AWS managed policies: CachingDisabled, with which CloudFront does not compress
                        # either, and AllViewerExceptHostHeader, because API Gateway refuses another host
                        # name.
                        # https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
                        CachePolicyId="4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
                        OriginRequestPolicyId="b689b0a8-53d0-40ab-baf2-68738e2966ac",
                        ResponseHeadersPolicyId=policies.api_headers.Ref(),
                        FunctionAssociations=[
                            cloudfront.FunctionAssociation(
                                EventType="viewer-request",
                                FunctionARN=functions.api_cache_key.GetAtt("FunctionARN"),
                            ),
                            cloudfront.FunctionAssociation(
                                EventType="viewer-response",
                                FunctionARN=functions.api_cookies.GetAtt("FunctionARN"),
                            ),
                        ],
                    ),
                    static(PathPattern="/_next/static/*"),
                    static(PathPattern="/static/*"),
                ],
                # Without this, CloudFront caches these errors for 10 seconds, even if caching is disabled,
                # and returns the error of one user to others with the same path. None is mapped to a page:
                # that would replace errors of the API and responses of WAF with HTML.
                # https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/custom-error-pages-expiration.html
                CustomErrorResponses=[
                    cloudfront.CustomErrorResponse(ErrorCode=code, ErrorCachingMinTTL=0)
                    for code in (404, 405, 414, 500, 501, 502, 503, 504)
                ],
            ),
            Tags=names.tags("distribution"),
        )
    )
    t.add_resource(
        cloudfront.MonitoringSubscription(
            "DistributionMetrics",
            Condition=conditions.cloudfront,
            DistributionId=distribution.Ref(),
            MonitoringSubscription=cloudfront.MonitoringSubscriptionProperty(
                # Cache hit rate, origin latency and error rates by status need it.
                RealtimeMetricsSubscriptionConfig=cloudfront.RealtimeMetricsSubscriptionConfig(
                    RealtimeMetricsSubscriptionStatus="Enabled"
                )
            ),
        )
    )
    return distribution


def add_site_bucket_policy(
    t: StackTemplate, conditions: Conditions, site_bucket: s3.Bucket, distribution: cloudfront.Distribution
) -> None:
    """Add the bucket policy that allows only the distribution to read the site.

    With the permission to list, a missing page returns 404; without it, S3 returns 403, in order not to
    reveal which objects exist. Viewers cannot list the bucket, because query strings are not forwarded.
    """
    t.section("Site bucket policy")
    t.add_resource(
        buckets.bucket_policy(
            "SiteBucketPolicy",
            site_bucket.Ref(),
            aws.Statement(
                Sid="CloudFrontReads",
                Effect=aws.Allow,
                Principal=aws.Principal("Service", "cloudfront.amazonaws.com"),
                Action=[awacs.s3.GetObject, awacs.s3.ListBucket],
                Resource=[site_bucket.GetAtt("Arn"), Sub("${Bucket}/*", Bucket=site_bucket.GetAtt("Arn"))],
                Condition=aws.Condition(
                    # Without a distribution, it allows no caller.
                    aws.StringEquals(
                        "aws:SourceArn", If(conditions.cloudfront, distribution_arn(distribution), "none")
                    )
                ),
            ),
        )
    )


def distribution_arn(distribution: cloudfront.Distribution) -> Sub:
    """Return the ARN of a distribution, which is not an attribute in CloudFormation."""
    return Sub(
        "arn:${AWS::Partition}:cloudfront::${AWS::AccountId}:distribution/${DistributionId}",
        DistributionId=distribution.Ref(),
    )


def add_access_logs(
    t: StackTemplate, conditions: Conditions, distribution: cloudfront.Distribution, edge_logs: EdgeLogBucket
) -> None:
    """Add the delivery of CloudFront's access logs to the edge log bucket."""
    t.section("CloudFront access logs")
    source = t.add_resource(
        logs.DeliverySource(
            "AccessLogSource",
            Condition=conditions.cloudfront,
            Name=names.name("cloudfront-access-logs"),
            LogType="ACCESS_LOGS",
            ResourceArn=distribution_arn(distribution),
            Tags=names.tags(),
        )
    )
    destination = t.add_resource(
        logs.DeliveryDestination(
            "AccessLogDestination",
            Condition=conditions.cloudfront,
            # The format is create-only: a new format needs a new name, otherwise the replacement
            # would fail because of the name.
            Name=names.name("edge-logs-json"),
            # The prefix that the service adds before S3SuffixPath, but loses when the delivery is updated:
            # the logs would go to a path that the bucket policy does not allow.
            # https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/2274
            DestinationResourceArn=Sub(
                "${Bucket}/AWSLogs/${AWS::AccountId}/CloudFront", Bucket=edge_logs.bucket.GetAtt("Arn")
            ),
            OutputFormat="json",
            Tags=names.tags(),
        )
    )
    t.add_resource(
        logs.Delivery(
            "AccessLogDelivery",
            Condition=conditions.cloudfront,
            DependsOn=edge_logs.policy,  # otherwise the service writes its own policy
            DeliverySourceName=source.Ref(),
            DeliveryDestinationArn=destination.GetAtt("Arn"),
            S3SuffixPath="{DistributionId}/{yyyy}/{MM}/{dd}/{HH}",
            # Not cs(Cookie): a reader of the log could use a session. The last five are fields of the
            # real-time log that this log supports too.
            # https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging.html
            RecordFields=[
                "date",
                "time",
                "x-edge-location",
                "sc-bytes",
                "c-ip",
                "cs-method",
                "cs(Host)",
                "cs-uri-stem",
                "sc-status",
                "cs(Referer)",
                "cs(User-Agent)",
                "cs-uri-query",
                "x-edge-result-type",
                "x-edge-request-id",
                "cs-bytes",
                "time-taken",
                "x-forwarded-for",
                "time-to-first-byte",
                "x-edge-detailed-result-type",
                "x-edge-response-result-type",
                "x-host-header",
                "c-port",
                "cs-protocol",
                "cs-protocol-version",
                "ssl-protocol",
                "ssl-cipher",
                "sc-content-type",
                "sc-content-len",
                "c-country",
                "asn",
                "cache-behavior-path-pattern",
                "origin-fbl",
                "origin-lbl",
            ],
            Tags=names.tags("cloudfront-access-logs"),
        )
    )


def add_domain_records(
    t: StackTemplate, parameters: Parameters, conditions: Conditions, distribution: cloudfront.Distribution
) -> route53.RecordSetType:
    """Add the records of the custom domain, for IPv4 and IPv6; return the one for IPv4."""
    t.section("Domain records")
    target = route53.AliasTarget(  # type: ignore[attr-defined, no-untyped-call]  # has no types
        DNSName=distribution.GetAtt("DomainName"),
        HostedZoneId="Z2FDTNDATAQYW2",  # of every distribution
    )
    record = t.add_resource(
        route53.RecordSetType(
            "DomainRecordIPv4",
            Condition=conditions.custom_domain,
            HostedZoneId=parameters.hosted_zone_id.Ref(),
            Name=parameters.custom_domain_name.Ref(),
            Type="A",
            AliasTarget=target,
        )
    )
    t.add_resource(
        route53.RecordSetType(
            "DomainRecordIPv6",
            Condition=conditions.custom_domain,
            HostedZoneId=parameters.hosted_zone_id.Ref(),
            Name=parameters.custom_domain_name.Ref(),
            Type="AAAA",
            AliasTarget=target,
        )
    )
    return record


class Probes(NamedTuple):
    """The health checks of the site and of the API."""

    site: route53.HealthCheck
    api: route53.HealthCheck


def add_probes(
    t: StackTemplate,
    parameters: Parameters,
    conditions: Conditions,
    distribution: cloudfront.Distribution,
    record: route53.RecordSetType,
) -> Probes:
    """Add the health checks that request a page and the API from the internet, as users do.

    They do not check the expiration of the certificate, which has separate alarms.
    https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html
    """
    t.section("Probes")
    # The name of the record, so that a probe asks for a new domain only when it resolves.
    host = If(conditions.custom_domain, record.Ref(), distribution.GetAtt("DomainName"))
    return Probes(
        site=t.add_resource(
            route53.HealthCheck(
                "SiteProbe",
                Condition=conditions.probe,
                HealthCheckConfig=health_check(host, parameters.probe_path.Ref()),
                HealthCheckTags=names.tags("site-probe"),
            )
        ),
        api=t.add_resource(
            route53.HealthCheck(
                "ApiProbe",
                Condition=conditions.api_probe,
                HealthCheckConfig=health_check(host, parameters.api_probe_path.Ref()),
                HealthCheckTags=names.tags("api-probe"),
            )
        ),
    )


def health_check(FullyQualifiedDomainName: If, ResourcePath: Ref) -> route53.HealthCheckConfig:
    """Return the settings of a health check that requests a path of the distribution."""
    return route53.HealthCheckConfig(
        Type="HTTPS",
        FullyQualifiedDomainName=FullyQualifiedDomainName,
        Port=443,
        EnableSNI=True,  # CloudFront serves many names on one address (SNI)
        ResourcePath=ResourcePath,
        RequestInterval=30,  # seconds, of each checker
        FailureThreshold=3,  # requests
        Regions=["ap-northeast-1", "ap-southeast-1", "us-west-2"],  # at least three
    )


def add_alarm_topics(t: StackTemplate, key: kms.Key) -> topics.AlarmTopics:
    """Add the alarm topics; subscribe to them in the region of this stack."""
    t.section("Alarm topics")
    alarm_topics = topics.alarm_topics(
        "FrontendAlarmTopic",
        "FrontendCriticalAlarmTopic",
        "FrontendAlarmTopicsPolicy",
        "frontend",
        KmsMasterKeyId=key.GetAtt("Arn"),
    )
    for resource in alarm_topics:
        t.add_resource(resource)
    return alarm_topics


def add_alarms(
    t: StackTemplate,
    parameters: Parameters,
    conditions: Conditions,
    distribution: cloudfront.Distribution,
    web_acl: wafv2.WebACL,
    probes: Probes,
    alarm_topics: topics.AlarmTopics,
) -> None:
    """Add the alarms of CloudFront, WAF and Route 53, which have their metrics only in us-east-1.

    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/programming-cloudwatch-metrics.html
    https://docs.aws.amazon.com/waf/latest/developerguide/waf-metrics.html
    """
    t.section("Alarms")
    description = partial(alarms.description, Dashboard="frontend")
    # Both are required: there is no metric with only the ID.
    distribution_dimensions: dict[str, names.Value] = {
        "DistributionId": distribution.Ref(),
        "Region": "Global",
    }
    distribution_alarm = partial(
        alarms.alarm,
        Namespace="AWS/CloudFront",
        dimensions=distribution_dimensions,
        Condition=conditions.cloudfront,
    )
    t.add_resource(
        distribution_alarm(
            "CloudFront4xxAlarm",
            "cloudfront-4xx-rate-high",
            MetricName="4xxErrorRate",
            Statistic="Average",
            EvaluationPeriods=2,
            Threshold=2,  # requests that WAF blocks count
            unit="percent",
            AlarmDescription=description(
                Users=(
                    "Some pages are missing, or some actions are rejected. Often, only scanners are affected."
                ),
                First=(
                    "Who answers, with which status (who-answers)? If it is WAF, which rule blocks "
                    "(show-blocked-requests)?"
                ),
                Then="The last upload of the site: does it have a broken link, or are files missing?",
                Related="Fires together with waf-blocked-requests-high or api-4xx.",
            ),
            notify=alarm_topics.normal.Ref(),
        )
    )
    t.add_resource(
        distribution_alarm(
            "CloudFront5xxAlarm",
            "cloudfront-5xx-rate-high",
            MetricName="5xxErrorRate",
            Statistic="Average",
            EvaluationPeriods=1,
            Threshold=1,
            unit="percent",
            AlarmDescription=description(
                Users="Some pages or actions fail.",
                First=(
                    "The errors on the api dashboard. If there are any, what was deployed last (show-state)?"
                ),
                Then=(
                    "If there are none, the errors of the CloudFront functions on this dashboard, or the "
                    "last deploy."
                ),
                Related="Can be caused by api-5xx.",
            ),
            notify=alarm_topics.critical.Ref(),
        )
    )
    t.add_resource(
        alarms.rollback_trigger(
            "FrontendDeployFailingAlarm",
            "frontend-deploy-failing",
            AlarmDescription=(
                "Made for deploys: rolls back an update of the frontend stack after which requests fail for "
                "5 minutes. It notifies no one; cloudfront-5xx-rate-high notifies the critical topic."
            ),
            # A single failure on a quiet night is a high percentage, and must not roll back: 5 minutes with
            # failures have at least 5. It is not documented whether CloudFront's average of several minutes
            # is weighted by their requests. If not, over 5 minutes, one failure in a quiet minute would look
            # like many. CloudFront sends one rate a minute.
            Namespace="AWS/CloudFront",
            MetricName="5xxErrorRate",
            dimensions=distribution_dimensions,
            Statistic="Average",
            Period=60,  # seconds
            EvaluationPeriods=5,
            Threshold=5,
            unit="percent",
            Condition=conditions.cloudfront,
        )
    )
    t.add_resource(
        distribution_alarm(
            "CloudFrontOriginLatencyAlarm",
            "cloudfront-origin-latency-high",
            MetricName="OriginLatency",
            ExtendedStatistic="p90",  # the metric has percentiles only
            EvaluationPeriods=3,
            DatapointsToAlarm=2,
            Threshold=3000,
            unit="milliseconds",
            AlarmDescription=description(
                Users="The site responds slowly.",
                First="The duration of the function, on the api dashboard.",
                Then="The latency on the database dashboard.",
                Related="Can be caused by api-latency.",
            ),
            notify=alarm_topics.normal.Ref(),
        )
    )
    t.add_resource(
        alarms.alarm(
            "WAFBlockedRequestsAlarm",
            "waf-blocked-requests-high",
            Namespace="AWS/WAFV2",
            MetricName="BlockedRequests",
            # A web ACL for CloudFront has no dimension Region.
            dimensions={"WebACL": web_acl.VisibilityConfig.MetricName, "Rule": "ALL"},
            Statistic="Sum",
            EvaluationPeriods=1,
            Threshold=100,
            unit="requests",
            AlarmDescription=description(
                Users="Most users notice nothing. If a rule is wrong, WAF blocks legitimate requests.",
                First="Which rule blocks which requests (show-blocked-requests)?",
                Then=(
                    "In Logs Insights, run the saved query waf-blocked-addresses: are there a few unknown "
                    "addresses, or many users?"
                ),
                Related="Fires together with cloudfront-4xx-rate-high.",
            ),
            notify=alarm_topics.normal.Ref(),
            Condition=conditions.waf,
        )
    )
    probe_alarm = partial(
        alarms.alarm,
        Namespace="AWS/Route53",
        MetricName="HealthCheckStatus",  # 1 is healthy
        Statistic="Minimum",  # recommended by Route 53
        Period=60,  # seconds
        EvaluationPeriods=3,
        ComparisonOperator="LessThanThreshold",
        Threshold=1,
        unit="",  # a status
        TreatMissingData="breaching",
        notify=alarm_topics.critical.Ref(),
    )
    t.add_resource(
        probe_alarm(
            "SiteUnreachableAlarm",
            "site-unreachable",
            dimensions={"HealthCheckId": probes.site.Ref()},
            # The full time, although the health check starts immediately: a new site has no page until the
            # upload.
            WarmUpConfiguration=cloudwatch.WarmUpConfiguration(
                WarmUpPeriodDurationInMinutes=60, OnlyStartEvaluatingAfterWarmUpPeriodEnds=True
            ),
            AlarmDescription=description(
                Users="The site does not open.",
                First=(
                    "Who answers, with which status (who-answers)? Also open the site on a phone with Wi-Fi "
                    "turned off."
                ),
                Then="In the Route 53 console, the reason that the health checkers report for site-probe.",
                Related=(
                    "If cloudfront-5xx-rate-high does not fire, the cause is probably DNS, the certificate "
                    "or CloudFront itself."
                ),
            ),
            Condition=conditions.probe,
        )
    )
    t.add_resource(
        probe_alarm(
            "ApiUnreachableAlarm",
            "api-unreachable",
            dimensions={"HealthCheckId": probes.api.Ref()},
            WarmUpConfiguration=alarms.warm_up(60),
            AlarmDescription=description(
                Users="The pages of the site open, but nothing on them works.",
                First="Who answers at the path of the probe, with which status (who-answers)?",
                Then=(
                    "Status 403: the saved query waf-blocked-by-rule, then the key that CloudFront sends. "
                    "429: the daily quota. 5XX: the errors on the api dashboard."
                ),
                Related="Fires together with site-unreachable if CloudFront or DNS is the cause.",
            ),
            Condition=conditions.api_probe,
        )
    )
    certificate_alarm = partial(
        alarms.alarm,
        # https://docs.aws.amazon.com/acm/latest/userguide/cloudwatch-metrics.html
        Namespace="AWS/CertificateManager",
        MetricName="DaysToExpiry",  # sent twice a day, until the certificate has expired
        dimensions={"CertificateArn": parameters.certificate_arn.Ref()},
        Statistic="Minimum",
        Period=86400,  # seconds
        EvaluationPeriods=1,
        ComparisonOperator="LessThanThreshold",
        unit="days",
        Condition=conditions.custom_domain,
    )
    t.add_resource(
        certificate_alarm(
            "CertificateExpiringAlarm",
            "certificate-expiring",
            Threshold=30,
            TreatMissingData="breaching",
            WarmUpConfiguration=alarms.warm_up(1440),
            AlarmDescription=description(
                Users=(
                    "Nothing yet. When the certificate expires, browsers show a warning instead of the site."
                ),
                First="The status of the certificate and of its renewal (aws acm describe-certificate).",
                Then="The DNS record that validates the certificate: does it still exist?",
            ),
            notify=alarm_topics.normal.Ref(),
        )
    )
    t.add_resource(
        certificate_alarm(
            "CertificateExpiringSoonAlarm",
            "certificate-expiring-soon",
            Threshold=7,
            TreatMissingData="ignore",  # an expired certificate sends nothing, and the alarm stays
            AlarmDescription=description(
                Users="Nothing yet. In a few days, browsers show a warning instead of the site.",
                First="The status of the certificate and of its renewal (aws acm describe-certificate).",
                Then="The DNS record that validates the certificate: does it still exist?",
                Related="Fires after certificate-expiring.",
            ),
            notify=alarm_topics.critical.Ref(),
        )
    )


def add_outputs(
    t: StackTemplate,
    parameters: Parameters,
    conditions: Conditions,
    key: kms.Key,
    site_bucket: s3.Bucket,
    distribution: cloudfront.Distribution,
    web_acl: wafv2.WebACL,
    alarm_topics: topics.AlarmTopics,
) -> None:
    """Add the outputs for operators. No other stack reads from this one."""
    t.add_output(
        [
            Output(
                "FrontendKeyArn",
                Description="ARN of the KMS key of the WAF logs and the alarm topics",
                Value=key.GetAtt("Arn"),
            ),
            Output(
                "FrontendS3BucketName",
                Description="Name of the bucket for the files of the site",
                Value=site_bucket.Ref(),
            ),
            Output(
                "CloudFrontDistributionId",
                Condition=conditions.cloudfront,
                Description="ID of the distribution, for invalidations",
                Value=distribution.Ref(),
            ),
            Output(
                "CloudFrontDistributionDomainName",
                Condition=conditions.cloudfront,
                Description="CloudFront domain name of the distribution",
                Value=distribution.GetAtt("DomainName"),
            ),
            Output(
                "CloudFrontDistributionURL",
                Condition=conditions.cloudfront,
                Description="URL of the site",
                Value=Sub(
                    "https://${Domain}",
                    Domain=If(
                        conditions.custom_domain,
                        parameters.custom_domain_name.Ref(),
                        distribution.GetAtt("DomainName"),
                    ),
                ),
            ),
            Output(
                "WebACLArn",
                Condition=conditions.waf,
                Description="ARN of the web ACL",
                Value=web_acl.GetAtt("Arn"),
            ),
            Output(
                "FrontendAlarmTopicArn",
                Description="ARN of the topic for alarms",
                Value=alarm_topics.normal.Ref(),
            ),
            Output(
                "FrontendCriticalAlarmTopicArn",
                Description="ARN of the topic for critical alarms",
                Value=alarm_topics.critical.Ref(),
            ),
        ]
    )


def add_dashboard(t: StackTemplate) -> None:
    """Add the dashboard, without rows: they show the other resources."""
    t.section("Dashboard")
    t.add_resource(
        dashboards.dashboard("FrontendDashboard", "frontend", [], Condition="CloudFront")
    )  # derive() adds the rows


def derive(t: StackTemplate) -> None:
    """Update what is derived from the rest of the template: production and the dashboard.

    ``t.to_dict`` calls this.

    Raises:
        DashboardError: the dashboard shows a removed resource.
    """
    if "ProductionNeedsCloudFront" in t.rules:
        t.rules["ProductionNeedsCloudFront"]["RuleCondition"] = is_production(t.parameters["Environment"])
    if "FrontendDashboard" in t.resources:
        t.resources["FrontendDashboard"].DashboardBody = dashboards.content(overview(t.for_reading()))
