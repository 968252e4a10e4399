"""The frontend stack: the site behind CloudFront and WAF, in front of the API.

It lives in us-east-1: WAF makes web ACLs for CloudFront nowhere else, and CloudFront and WAF keep their
metrics there. With ``CloudFrontEnabled`` false it may live anywhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from awacs import s3 as s3_actions
from awacs.aws import Allow, ArnLike, Condition, Principal, Statement, StringEquals
from troposphere import And, Equals, If, Join, Not, NoValue, Or, Output, Parameter, Ref, Sub
from troposphere import Condition as ConditionRef
from troposphere.cloudfront import (
    CacheBehavior,
    CachePolicy,
    CustomErrorResponse,
    CustomOriginConfig,
    DefaultCacheBehavior,
    Distribution,
    DistributionConfig,
    Function,
    FunctionAssociation,
    MonitoringSubscription,
    MonitoringSubscriptionProperty,
    Origin,
    OriginAccessControl,
    OriginAccessControlConfig,
    OriginCustomHeader,
    RealtimeMetricsSubscriptionConfig,
    ResponseHeadersPolicy,
    S3OriginConfig,
    ViewerCertificate,
)
from troposphere.kms import Key
from troposphere.logs import Delivery, DeliveryDestination, DeliverySource
from troposphere.route53 import RecordSetType
from troposphere.s3 import (
    Bucket,
    LifecycleRule,
    LifecycleRuleTransition,
    LoggingConfiguration,
    NoncurrentVersionExpiration,
)
from troposphere.sns import Topic
from troposphere.validators.route53 import AliasTarget
from troposphere.wafv2 import (
    AllowAction,
    CountAction,
    DataProtect,
    DataProtectionConfig,
    DefaultAction,
    FieldToProtect,
    GeoMatchStatement,
    LoggingConfigurationFieldToMatch,
    RateBasedStatement,
    RuleAction,
    RuleActionOverride,
    SingleHeader,
    WebACL,
)
from troposphere.wafv2 import LoggingConfiguration as WebACLLoggingConfiguration
from troposphere.wafv2 import Statement as WebACLStatement

from csr_templates.stacks import contract
from csr_templates.stacks.parts import keys
from csr_templates.stacks.parts.alarms import alarm
from csr_templates.stacks.parts.buckets import bucket_policy, private_bucket
from csr_templates.stacks.parts.dashboards import (
    Metric,
    alarm_states,
    dashboard,
    dashboard_body,
    graph,
    held,
    metric,
    stale_dashboard,
    threshold,
    watched,
    when,
)
from csr_templates.stacks.parts.edge import cache_policy, edge_function, security_headers
from csr_templates.stacks.parts.logs import log_group
from csr_templates.stacks.parts.names import PREFIX, named
from csr_templates.stacks.parts.parameters import environment, interface, project_name, switch
from csr_templates.stacks.parts.tags import tags
from csr_templates.stacks.parts.template import StackTemplate
from csr_templates.stacks.parts.topics import topic, topic_policy
from csr_templates.stacks.parts.web_acls import blocking_rule, managed_rules, visibility

# Conditions. What needs one of these names it with condition=.
CLOUDFRONT = "CloudFront"
WAF = "WAF"  # implies CloudFront
CUSTOM_DOMAIN = "CustomDomain"  # implies CloudFront

# Policies that AWS manages, by their IDs.
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
ALL_VIEWER_EXCEPT_HOST_HEADER = "b689b0a8-53d0-40ab-baf2-68738e2966ac"

CLOUDFRONT_HOSTED_ZONE_ID = "Z2FDTNDATAQYW2"  # of every distribution

# Not cs(Cookie): whoever reads a session from the log could go on with it.
ACCESS_LOG_FIELDS = [
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
]


class Parameters(NamedTuple):
    """What an environment decides."""

    cloudfront_enabled: Parameter
    waf_enabled: Parameter
    site_routing: Parameter
    content_security_policy: Parameter
    custom_domain_name: Parameter
    certificate_arn: Parameter
    hosted_zone_id: Parameter
    api_region: Parameter


class Functions(NamedTuple):
    """The CloudFront Functions."""

    page_routing: Function
    browser_caching: Function
    api_cache_key: Function


class Policies(NamedTuple):
    """How CloudFront caches, and what it adds to responses."""

    static_cache: CachePolicy
    page_cache: CachePolicy
    site_headers: ResponseHeadersPolicy
    api_headers: ResponseHeadersPolicy


class Topics(NamedTuple):
    """Whom the alarms tell."""

    normal: Topic
    critical: Topic


def build() -> StackTemplate:
    """Return the frontend stack; the calls below are its table of contents."""
    t = StackTemplate("Static site and API behind CloudFront and WAF, with alarms and dashboard")
    parameters = add_parameters(t)
    add_conditions(t, parameters)
    key = add_key(t)
    log_bucket = add_edge_log_bucket(t)
    site_bucket = add_site_bucket(t, log_bucket)
    functions = add_functions(t, parameters)
    policies = add_policies(t, parameters)
    web_acl = add_web_acl(t)
    add_waf_logs(t, web_acl, key)
    distribution = add_distribution(t, parameters, site_bucket, functions, policies, web_acl)
    add_site_bucket_policy(t, site_bucket, distribution)
    add_access_logs(t, distribution, log_bucket)
    add_domain_records(t, parameters, distribution)
    topics = add_topics(t, key)
    add_alarms(t, distribution, web_acl, topics)
    add_outputs(t, parameters, site_bucket, distribution, web_acl, topics)
    derive(t)
    return t


def add_parameters(t: StackTemplate) -> Parameters:
    """Add the parameters, their groups in the console, and the rules on how they go together."""
    project = t.add_parameter(project_name())
    env = t.add_parameter(environment())
    parameters = Parameters(
        cloudfront_enabled=t.add_parameter(
            switch(
                "CloudFrontEnabled",
                Default="true",
                Description="Serve site and API by CloudFront, from us-east-1. Else: buckets, key, topics.",
            )
        ),
        waf_enabled=t.add_parameter(
            switch("WAFEnabled", Default="true", Description="Put a web ACL in front of CloudFront.")
        ),
        site_routing=t.add_parameter(
            Parameter(
                "SiteRouting",
                Type="String",
                Default="directory",
                AllowedValues=["directory", "spa"],
                Description="directory: page /x is the file /x/index.html. spa: every page is /index.html.",
                ConstraintDescription="must be directory or spa",
            )
        ),
        content_security_policy=t.add_parameter(
            Parameter(
                "ContentSecurityPolicy",
                Type="String",
                # 'unsafe-inline' is the price of a static export: its pages carry inline scripts, and nobody
                # is there to put a fresh nonce into each response.
                Default=(
                    "default-src 'self'; script-src 'self' 'unsafe-inline'; "
                    "style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; "
                    "connect-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; "
                    "frame-ancestors 'none'"
                ),
                AllowedPattern="[ -~]+",
                MaxLength=1783,  # characters, the longest value that CloudFront adds
                Description="Header Content-Security-Policy of the site. Depends on how the site is built.",
                ConstraintDescription="must be 1 to 1783 printable ASCII characters",
            )
        ),
        custom_domain_name=t.add_parameter(
            Parameter(
                "CustomDomainName",
                Type="String",
                Default="",
                AllowedPattern="(([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?[.])+[a-z]{2,63})?",
                MaxLength=253,
                Description="Domain of the site, or empty. Browsers then expect HTTPS of its subdomains too.",
                ConstraintDescription="must be empty, or a domain name in lower case such as www.example.com",
            )
        ),
        certificate_arn=t.add_parameter(
            Parameter(
                "CertificateArn",
                Type="String",
                Default="",
                AllowedPattern="(arn:aws[a-z-]*:acm:us-east-1:[0-9]{12}:certificate/[0-9a-f-]{36})?",
                Description="Certificate for CustomDomainName, in us-east-1, or empty.",
                ConstraintDescription="must be empty, or the ARN of a certificate in us-east-1",
            )
        ),
        hosted_zone_id=t.add_parameter(
            Parameter(
                "HostedZoneId",
                Type="String",
                Default="",
                AllowedPattern="(Z[A-Z0-9]{1,31})?",
                Description="Route 53 zone for CustomDomainName, or empty.",
                ConstraintDescription="must be empty, or a hosted zone ID such as Z0123456789ABCDEFGHIJ",
            )
        ),
        api_region=t.add_parameter(
            Parameter(
                "ApiRegion",
                Type="String",
                Default="ap-northeast-1",
                AllowedPattern="[a-z]{2}(-[a-z]+)+-[0-9]",
                Description="Region of the api stack, which the API's address is read from.",
                ConstraintDescription="must be a region such as ap-northeast-1",
            )
        ),
    )
    t.set_metadata(
        interface(
            {
                "Environment": [(project, "Project"), (env, "Environment")],
                "Edge": [
                    (parameters.cloudfront_enabled, "CloudFront"),
                    (parameters.waf_enabled, "WAF"),
                    (parameters.api_region, "Region of the API"),
                ],
                "Site": [
                    (parameters.site_routing, "Routing of pages"),
                    (parameters.content_security_policy, "Content security policy"),
                ],
                "Domain (all or none)": [
                    (parameters.custom_domain_name, "Domain"),
                    (parameters.certificate_arn, "Certificate"),
                    (parameters.hosted_zone_id, "Hosted zone"),
                ],
            }
        )
    )
    t.add_rule(
        "CloudFrontNeedsUsEast1",
        {
            "RuleCondition": Equals(parameters.cloudfront_enabled.Ref(), "true"),
            "Assertions": [
                {
                    "Assert": Equals(Ref("AWS::Region"), "us-east-1"),
                    "AssertDescription": (
                        "With CloudFrontEnabled the stack must be in us-east-1: CloudFront has its web ACLs, "
                        "metrics and access logs only there."
                    ),
                }
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
    return parameters


def add_conditions(t: StackTemplate, parameters: Parameters) -> None:
    """Add the conditions."""
    t.add_condition(CLOUDFRONT, Equals(parameters.cloudfront_enabled.Ref(), "true"))
    t.add_condition(WAF, And(ConditionRef(CLOUDFRONT), Equals(parameters.waf_enabled.Ref(), "true")))
    t.add_condition(
        CUSTOM_DOMAIN,
        # By the certificate, which linters check for its form; the rule above makes it one with the domain.
        And(ConditionRef(CLOUDFRONT), Not(Equals(parameters.certificate_arn.Ref(), ""))),
    )


def add_key(t: StackTemplate) -> Key:
    """Add the key of this stack's log group and alarm topics; the network's keys are in another region."""
    t.section("Key")
    return t.add_resource(
        keys.key(
            "FrontendKey",
            "frontend-key",
            "Encrypts the WAF logs and the frontend's alarm topics",
            keys.for_log_groups([f"aws-waf-logs-{PREFIX}"]),
            keys.for_alarms(),
        )
    )


def add_edge_log_bucket(t: StackTemplate) -> Bucket:
    """Add the bucket of the access logs of CloudFront and of the site bucket, kept for a year."""
    t.section("Edge log bucket")
    bucket = t.add_resource(
        private_bucket(
            "EdgeLogBucket",
            "edge-logs",
            named("edge-logs-${AWS::AccountId}"),
            LifecycleRule(
                Id="ArchiveAndExpire",
                Status="Enabled",
                Transitions=[
                    LifecycleRuleTransition(StorageClass="STANDARD_IA", TransitionInDays=30),
                    LifecycleRuleTransition(StorageClass="GLACIER", TransitionInDays=90),
                ],
                ExpirationInDays=365,
                NoncurrentVersionExpiration=NoncurrentVersionExpiration(NoncurrentDays=30),
            ),
        )
    )
    t.add_resource(
        bucket_policy(
            "EdgeLogBucketPolicy",
            bucket.Ref(),
            # Complete, or the service adds a statement of its own, which the next update of the policy drops.
            # https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-V2-S3.html
            Statement(
                Sid="CloudFrontAccessLogs",
                Effect=Allow,
                Principal=Principal("Service", "delivery.logs.amazonaws.com"),
                Action=[s3_actions.PutObject],
                Resource=[Sub("${Bucket}/AWSLogs/${AWS::AccountId}/*", Bucket=bucket.GetAtt("Arn"))],
                Condition=Condition(
                    [
                        StringEquals(
                            {
                                "aws:SourceAccount": Ref("AWS::AccountId"),
                                "s3:x-amz-acl": "bucket-owner-full-control",
                            }
                        ),
                        ArnLike(
                            "aws:SourceArn",
                            Sub(
                                "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}"
                                f":delivery-source:{PREFIX}-*"
                            ),
                        ),
                    ]
                ),
            ),
            Statement(
                Sid="SiteBucketAccessLogs",
                Effect=Allow,
                Principal=Principal("Service", "logging.s3.amazonaws.com"),
                Action=[s3_actions.PutObject],
                Resource=[Sub("${Bucket}/site-bucket/*", Bucket=bucket.GetAtt("Arn"))],
                Condition=Condition(
                    [
                        StringEquals("aws:SourceAccount", Ref("AWS::AccountId")),
                        # By name: the site bucket names this bucket, and may not be named back.
                        ArnLike("aws:SourceArn", Sub(f"arn:${{AWS::Partition}}:s3:::{PREFIX}-frontend-*")),
                    ]
                ),
            ),
        )
    )
    return bucket


def add_site_bucket(t: StackTemplate, log_bucket: Bucket) -> Bucket:
    """Add the bucket of the site's files.

    What is served is never archived: an object in Glacier cannot be read, and the page would be an error.
    Versions that were overwritten or deleted can be brought back for 90 days.
    """
    t.section("Site bucket")
    return t.add_resource(
        private_bucket(
            "SiteBucket",
            "frontend",
            named("frontend-${AWS::AccountId}"),
            LifecycleRule(
                Id="ExpireOldVersions",
                Status="Enabled",
                NoncurrentVersionExpiration=NoncurrentVersionExpiration(NoncurrentDays=90),
                ExpiredObjectDeleteMarker=True,  # what is left of a deleted file once its versions are gone
            ),
            LoggingConfiguration=LoggingConfiguration(
                DestinationBucketName=log_bucket.Ref(), LogFilePrefix="site-bucket/"
            ),
        )
    )


def add_functions(t: StackTemplate, parameters: Parameters) -> Functions:
    """Add the functions that CloudFront runs at the edge. Their code, with its reasons, is in functions/."""
    t.section("CloudFront Functions")
    page_routing = t.add_resource(
        edge_function(
            "PageRoutingFunction",
            "page-routing",
            Comment="Leads from the address of a page to its file",
            FunctionCode=Join(
                "\n", [Sub("var SITE_ROUTING = '${SiteRouting}';"), function_code("page_routing.js")]
            ),
            condition=CLOUDFRONT,
        )
    )
    browser_caching = t.add_resource(
        edge_function(
            "BrowserCachingFunction",
            "browser-caching",
            Comment="Tells browsers what they may keep",
            FunctionCode=function_code("browser_caching.js"),
            condition=CLOUDFRONT,
        )
    )
    api_cache_key = t.add_resource(
        edge_function(
            "ApiCacheKeyFunction",
            "api-cache-key",
            Comment="Says which API requests may share a cached answer",
            FunctionCode=function_code("api_cache_key.js"),
            condition=CLOUDFRONT,
        )
    )
    return Functions(page_routing, browser_caching, api_cache_key)


def function_code(name: str) -> str:
    """Return the code of one of the CloudFront Functions that come with this package.

    Without its lines of comments: they are for the reader of the file, and a template has little room.
    """
    code = (Path(__file__).parent / "functions" / name).read_text(encoding="ascii")
    lines = code.splitlines(keepends=True)
    return "".join(line for line in lines if not line.lstrip().startswith("//"))


def add_policies(t: StackTemplate, parameters: Parameters) -> Policies:
    """Add the cache policies of the site, and the headers that site and API are sent with."""
    t.section("Cache and response headers policies")
    static_cache = t.add_resource(
        cache_policy(
            "StaticCachePolicy",
            "static",
            MinTTL=31536000,  # seconds, one year: a file whose content changes gets another name
            DefaultTTL=31536000,
            MaxTTL=31536000,
            condition=CLOUDFRONT,
        )
    )
    page_cache = t.add_resource(
        cache_policy(
            "PageCachePolicy",
            "pages",
            MinTTL=1,  # second; CloudFront compresses nothing that it may not keep at all
            DefaultTTL=60,  # then it asks S3 whether the page has changed
            MaxTTL=3600,  # for a page that is uploaded with a time of its own
            condition=CLOUDFRONT,
        )
    )
    site_headers = t.add_resource(
        security_headers(
            "SiteHeadersPolicy",
            "site",
            parameters.content_security_policy.Ref(),
            condition=CLOUDFRONT,
        )
    )
    api_headers = t.add_resource(
        security_headers(
            "ApiHeadersPolicy",
            "api",
            # An answer of the API is data: shown as a page it may load and run nothing.
            "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
            condition=CLOUDFRONT,
        )
    )
    return Policies(static_cache, page_cache, site_headers, api_headers)


def add_web_acl(t: StackTemplate) -> WebACL:
    """Add the web ACL.

    Its rules take about 1,130 of the 1,500 capacity units that a web ACL has: common rules 700, known bad
    inputs 200, Linux 200, IP reputation 25, rate limit 2, countries 1.
    """
    t.section("Web ACL")
    return t.add_resource(
        WebACL(
            "WebACL",
            Condition=WAF,
            Name=named("cloudfront-waf"),
            Description="In front of the site and the API",
            Scope="CLOUDFRONT",
            DefaultAction=DefaultAction(Allow=AllowAction()),
            Rules=[
                blocking_rule(
                    "blocked-countries",
                    10,
                    WebACLStatement(GeoMatchStatement=GeoMatchStatement(CountryCodes=["CN", "RU", "KP"])),
                ),
                blocking_rule(
                    "rate-limit",
                    20,
                    WebACLStatement(
                        RateBasedStatement=RateBasedStatement(
                            Limit=5000,  # requests
                            EvaluationWindowSec=300,
                            AggregateKeyType="IP",
                        )
                    ),
                ),
                managed_rules("ip-reputation", 30, "AWSManagedRulesAmazonIpReputationList"),
                managed_rules(
                    "common-rules",
                    40,
                    "AWSManagedRulesCommonRuleSet",
                    # It would block bodies over 8 KB, which an API may be sent; API Gateway's limit holds.
                    RuleActionOverride(
                        Name="SizeRestrictions_BODY", ActionToUse=RuleAction(Count=CountAction())
                    ),
                ),
                managed_rules("known-bad-inputs", 50, "AWSManagedRulesKnownBadInputsRuleSet"),
                managed_rules("linux-rules", 60, "AWSManagedRulesLinuxRuleSet"),
            ],
            DataProtectionConfig=DataProtectionConfig(
                DataProtections=[
                    DataProtect(
                        Field=FieldToProtect(
                            FieldType="SINGLE_HEADER", FieldKeys=["authorization", "cookie", "x-api-key"]
                        ),
                        Action="SUBSTITUTION",
                    )
                ]
            ),
            # The web ACL's name: what reads the metrics knows the ACL by one or by the other.
            VisibilityConfig=visibility(named("cloudfront-waf")),
            Tags=tags("cloudfront-waf"),
        )
    )


def add_waf_logs(t: StackTemplate, web_acl: WebACL, key: Key) -> None:
    """Add the log of the web ACL.

    Its group is there even without a web ACL. WAF writes only to groups whose name starts with
    ``aws-waf-logs-``, and gives itself the right to.
    https://docs.aws.amazon.com/waf/latest/developerguide/logging-cw-logs.html
    """
    t.section("WAF logs")
    group = t.add_resource(
        log_group(
            "WAFLogGroup",
            "waf-logs",
            LogGroupName=Sub(f"aws-waf-logs-{PREFIX}"),
            KmsKeyId=key.GetAtt("Arn"),
        )
    )
    t.add_resource(
        WebACLLoggingConfiguration(
            "WebACLLogging",
            Condition=WAF,
            ResourceArn=web_acl.GetAtt("Arn"),
            LogDestinationConfigs=[
                # Not the group's own Arn, which ends in ":*".
                Sub(
                    "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:${LogGroup}",
                    LogGroup=group.Ref(),
                )
            ],
            # A second lock: the web ACL's data protection hides these from logs and samples, whatever a rule
            # looks at; redaction, only where a rule looks at the one header.
            RedactedFields=[
                LoggingConfigurationFieldToMatch(SingleHeader=SingleHeader(Name="authorization")),
                LoggingConfigurationFieldToMatch(SingleHeader=SingleHeader(Name="cookie")),
                LoggingConfigurationFieldToMatch(SingleHeader=SingleHeader(Name="x-api-key")),
            ],
        )
    )


def add_distribution(
    t: StackTemplate,
    parameters: Parameters,
    site_bucket: Bucket,
    functions: Functions,
    policies: Policies,
    web_acl: WebACL,
) -> Distribution:
    """Add the distribution with its two origins: the site's bucket and the REST API."""
    t.section("Distribution")
    access_control = t.add_resource(
        OriginAccessControl(
            "SiteOriginAccessControl",
            Condition=CLOUDFRONT,
            OriginAccessControlConfig=OriginAccessControlConfig(
                Name=named("site"),
                OriginAccessControlOriginType="s3",
                SigningBehavior="always",
                SigningProtocol="sigv4",
            ),
        )
    )

    static = partial(
        CacheBehavior,
        TargetOriginId="site",
        ViewerProtocolPolicy="redirect-to-https",
        Compress=True,
        CachePolicyId=policies.static_cache.Ref(),
        ResponseHeadersPolicyId=policies.site_headers.Ref(),
        FunctionAssociations=[
            FunctionAssociation(
                EventType="viewer-response", FunctionARN=functions.browser_caching.GetAtt("FunctionARN")
            )
        ],
    )
    distribution = t.add_resource(
        Distribution(
            "Distribution",
            Condition=CLOUDFRONT,
            DistributionConfig=DistributionConfig(
                Comment=Sub("${ProjectName} ${Environment} CloudFront Distribution"),
                Enabled=True,
                HttpVersion="http2and3",
                IPV6Enabled=True,
                PriceClass="PriceClass_All",
                DefaultRootObject="index.html",
                Aliases=If(CUSTOM_DOMAIN, [parameters.custom_domain_name.Ref()], NoValue),
                ViewerCertificate=If(
                    CUSTOM_DOMAIN,
                    ViewerCertificate(
                        AcmCertificateArn=parameters.certificate_arn.Ref(),
                        SslSupportMethod="sni-only",
                        MinimumProtocolVersion="TLSv1.2_2021",
                    ),
                    # CloudFront's own certificate: from TLSv1 on, and nothing can be done about it.
                    ViewerCertificate(CloudFrontDefaultCertificate=True),
                ),
                WebACLId=If(WAF, web_acl.GetAtt("Arn"), NoValue),
                Origins=[
                    Origin(
                        Id="site",
                        DomainName=site_bucket.GetAtt("RegionalDomainName"),
                        OriginAccessControlId=access_control.GetAtt("Id"),
                        # Required, and empty beside an origin access control.
                        S3OriginConfig=S3OriginConfig(OriginAccessIdentity=""),
                    ),
                    Origin(
                        Id="api",
                        DomainName=Sub(
                            "${ApiGatewayId}.execute-api.${ApiRegion}.amazonaws.com",
                            ApiGatewayId=contract.stack_output(
                                contract.API, contract.API_GATEWAY_ID, Region=parameters.api_region.Ref()
                            ),
                        ),
                        OriginPath=f"/{contract.API_STAGE}",
                        CustomOriginConfig=CustomOriginConfig(
                            OriginProtocolPolicy="https-only",
                            HTTPSPort=443,
                            OriginSSLProtocols=["TLSv1.2"],
                            OriginReadTimeout=30,  # seconds; Lambda gives up after 28, API Gateway after 29
                        ),
                        OriginCustomHeaders=[
                            OriginCustomHeader(
                                HeaderName="x-api-key",  # replaces one that the viewer sends
                                # The secret's replica in this region.
                                HeaderValue=Sub(
                                    "{{resolve:secretsmanager:"
                                    f"{PREFIX}-{contract.ORIGIN_API_KEY_SECRET}"
                                    f":SecretString:{contract.ORIGIN_API_KEY_FIELD}}}}}"
                                ),
                            )
                        ],
                    ),
                ],
                DefaultCacheBehavior=DefaultCacheBehavior(
                    TargetOriginId="site",
                    ViewerProtocolPolicy="redirect-to-https",
                    Compress=True,
                    CachePolicyId=policies.page_cache.Ref(),
                    ResponseHeadersPolicyId=policies.site_headers.Ref(),
                    FunctionAssociations=[
                        FunctionAssociation(
                            EventType="viewer-request",
                            FunctionARN=functions.page_routing.GetAtt("FunctionARN"),
                        ),
                        FunctionAssociation(
                            EventType="viewer-response",
                            FunctionARN=functions.browser_caching.GetAtt("FunctionARN"),
                        ),
                    ],
                ),
                CacheBehaviors=[
                    CacheBehavior(
                        PathPattern="/api/*",
                        TargetOriginId="api",
                        ViewerProtocolPolicy="https-only",  # a redirect comes when secrets were sent in clear
                        AllowedMethods=["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"],
                        CachePolicyId=CACHING_DISABLED,  # so CloudFront does not compress either
                        OriginRequestPolicyId=ALL_VIEWER_EXCEPT_HOST_HEADER,  # API Gateway refuses our host
                        ResponseHeadersPolicyId=policies.api_headers.Ref(),
                        FunctionAssociations=[
                            FunctionAssociation(
                                EventType="viewer-request",
                                FunctionARN=functions.api_cache_key.GetAtt("FunctionARN"),
                            )
                        ],
                    ),
                    static(PathPattern="/_next/static/*"),
                    static(PathPattern="/static/*"),
                ],
                # Without this CloudFront keeps these errors for 10 seconds, even where caching is disabled,
                # and gives one user's error to the next who asks for the same path. None is mapped to a
                # page: that would turn the API's errors and WAF's refusals into HTML.
                # https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/custom-error-pages-expiration.html
                CustomErrorResponses=[
                    CustomErrorResponse(ErrorCode=code, ErrorCachingMinTTL=0)
                    for code in (404, 405, 414, 500, 501, 502, 503, 504)
                ],
            ),
            Tags=tags("distribution"),
        )
    )
    t.add_resource(
        MonitoringSubscription(
            "DistributionMetrics",
            Condition=CLOUDFRONT,
            DistributionId=distribution.Ref(),
            MonitoringSubscription=MonitoringSubscriptionProperty(
                # Cache hit rate, origin latency and error rates by status exist only with it.
                RealtimeMetricsSubscriptionConfig=RealtimeMetricsSubscriptionConfig(
                    RealtimeMetricsSubscriptionStatus="Enabled"
                )
            ),
        )
    )
    return distribution


def add_site_bucket_policy(t: StackTemplate, site_bucket: Bucket, distribution: Distribution) -> None:
    """Add what lets the distribution, and nobody else, read the site.

    The right to list is what makes a missing page a 404: without it S3 answers 403, so as not to tell what
    there is. Nobody lists by it, since no query string gets through.
    """
    t.section("Site bucket policy")
    t.add_resource(
        bucket_policy(
            "SiteBucketPolicy",
            site_bucket.Ref(),
            Statement(
                Sid="CloudFrontReads",
                Effect=Allow,
                Principal=Principal("Service", "cloudfront.amazonaws.com"),
                Action=[s3_actions.GetObject, s3_actions.ListBucket],
                Resource=[
                    site_bucket.GetAtt("Arn"),
                    Sub("${Bucket}/*", Bucket=site_bucket.GetAtt("Arn")),
                ],
                Condition=Condition(
                    # Without a distribution it is for nobody.
                    StringEquals("aws:SourceArn", If(CLOUDFRONT, distribution_arn(distribution), "none"))
                ),
            ),
        )
    )


def distribution_arn(distribution: Distribution) -> Sub:
    """Return the ARN of a distribution, which CloudFormation has no attribute for."""
    return Sub(
        "arn:${AWS::Partition}:cloudfront::${AWS::AccountId}:distribution/${DistributionId}",
        DistributionId=distribution.Ref(),
    )


def add_access_logs(t: StackTemplate, distribution: Distribution, log_bucket: Bucket) -> None:
    """Add the delivery of CloudFront's access logs to the edge log bucket."""
    t.section("CloudFront access logs")
    source = t.add_resource(
        DeliverySource(
            "AccessLogSource",
            Condition=CLOUDFRONT,
            Name=named("cloudfront-access-logs"),
            LogType="ACCESS_LOGS",
            ResourceArn=distribution_arn(distribution),
            Tags=tags("cloudfront-access-logs-source"),
        )
    )
    destination = t.add_resource(
        DeliveryDestination(
            "AccessLogDestination",
            Condition=CLOUDFRONT,
            Name=named("edge-logs"),
            # The prefix that the service puts before S3SuffixPath and loses when the delivery is updated: the
            # logs would go where the bucket's policy refuses them.
            # https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/2274
            DestinationResourceArn=Sub(
                "${Bucket}/AWSLogs/${AWS::AccountId}/CloudFront", Bucket=log_bucket.GetAtt("Arn")
            ),
            OutputFormat="json",
            Tags=tags("cloudfront-access-logs-destination"),
        )
    )
    t.add_resource(
        Delivery(
            "AccessLogDelivery",
            Condition=CLOUDFRONT,
            DependsOn="EdgeLogBucketPolicy",  # or the service writes a policy of its own
            DeliverySourceName=source.Ref(),
            DeliveryDestinationArn=destination.GetAtt("Arn"),
            S3SuffixPath="{DistributionId}/{yyyy}/{MM}/{dd}/{HH}",
            RecordFields=ACCESS_LOG_FIELDS,
            Tags=tags("cloudfront-access-logs"),
        )
    )


def add_domain_records(t: StackTemplate, parameters: Parameters, distribution: Distribution) -> None:
    """Add the addresses of the custom domain, for IPv4 and IPv6."""
    t.section("Domain records")
    target = AliasTarget(  # type: ignore[no-untyped-call]  # a class of troposphere's without types
        DNSName=distribution.GetAtt("DomainName"), HostedZoneId=CLOUDFRONT_HOSTED_ZONE_ID
    )
    t.add_resource(
        RecordSetType(
            "DomainRecordIPv4",
            Condition=CUSTOM_DOMAIN,
            HostedZoneId=parameters.hosted_zone_id.Ref(),
            Name=parameters.custom_domain_name.Ref(),
            Type="A",
            AliasTarget=target,
        )
    )
    t.add_resource(
        RecordSetType(
            "DomainRecordIPv6",
            Condition=CUSTOM_DOMAIN,
            HostedZoneId=parameters.hosted_zone_id.Ref(),
            Name=parameters.custom_domain_name.Ref(),
            Type="AAAA",
            AliasTarget=target,
        )
    )


def add_topics(t: StackTemplate, key: Key) -> Topics:
    """Add the topics that alarms are sent to; subscribe to them in this stack's region."""
    t.section("Alarm topics")
    normal = t.add_resource(topic("FrontendAlarmTopic", "frontend-alarms", KmsMasterKeyId=key.GetAtt("Arn")))
    critical = t.add_resource(
        topic("FrontendCriticalAlarmTopic", "frontend-critical-alarms", KmsMasterKeyId=key.GetAtt("Arn"))
    )
    t.add_resource(topic_policy("FrontendAlarmTopicsPolicy", normal.Ref(), critical.Ref()))
    return Topics(normal, critical)


def add_alarms(t: StackTemplate, distribution: Distribution, web_acl: WebACL, topics: Topics) -> None:
    """Add the alarms of CloudFront and WAF, which have their metrics in us-east-1 alone."""
    t.section("Alarms")
    distribution_alarm = partial(
        alarm,
        Namespace="AWS/CloudFront",
        # Both, always: with the ID alone there is no such metric.
        dimensions={"DistributionId": distribution.Ref(), "Region": "Global"},
        condition=CLOUDFRONT,
    )
    t.add_resource(
        distribution_alarm(
            "CloudFront4xxAlarm",
            "cloudfront-4xx-rate-high",
            MetricName="4xxErrorRate",
            Statistic="Average",
            EvaluationPeriods=2,
            Threshold=2,  # percent; requests that WAF blocks count
            AlarmDescription=(
                "Many requests are refused or find nothing. First see on the dashboard whether WAF refuses "
                "them; else look for a broken link or a half upload."
            ),
            notify=topics.normal.Ref(),
        )
    )
    t.add_resource(
        distribution_alarm(
            "CloudFront5xxAlarm",
            "cloudfront-5xx-rate-high",
            MetricName="5xxErrorRate",
            Statistic="Average",
            EvaluationPeriods=1,
            Threshold=1,  # percent
            AlarmDescription=(
                "Users see errors. First look at the api dashboard, then at the distribution's last change."
            ),
            notify=topics.critical.Ref(),
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
            Threshold=3000,  # milliseconds
            AlarmDescription=(
                "CloudFront waits for API or bucket. First look at Lambda's duration on the api dashboard."
            ),
            notify=topics.normal.Ref(),
        )
    )
    t.add_resource(
        alarm(
            "WAFBlockedRequestsAlarm",
            "waf-blocked-requests-high",
            Namespace="AWS/WAFV2",
            MetricName="BlockedRequests",
            # A web ACL for CloudFront has no dimension Region.
            dimensions={"WebACL": web_acl.VisibilityConfig.MetricName, "Rule": "ALL"},
            Statistic="Sum",
            EvaluationPeriods=1,
            Threshold=100,  # requests
            AlarmDescription=(
                "WAF blocks many requests. First see in its log which rule, and whether it hits honest users."
            ),
            notify=topics.normal.Ref(),
            condition=WAF,
        )
    )


def add_outputs(
    t: StackTemplate,
    parameters: Parameters,
    site_bucket: Bucket,
    distribution: Distribution,
    web_acl: WebACL,
    topics: Topics,
) -> None:
    """Add what operators look up. No other stack reads from this one."""
    t.add_output(
        Output(
            "FrontendS3BucketName",
            Description="Bucket that the site is uploaded to",
            Value=site_bucket.Ref(),
        )
    )
    t.add_output(
        Output(
            "CloudFrontDistributionId",
            Condition=CLOUDFRONT,
            Description="Distribution, for invalidations",
            Value=distribution.Ref(),
        )
    )
    t.add_output(
        Output(
            "CloudFrontDistributionDomainName",
            Condition=CLOUDFRONT,
            Description="CloudFront's own name of the distribution",
            Value=distribution.GetAtt("DomainName"),
        )
    )
    t.add_output(
        Output(
            "CloudFrontDistributionURL",
            Condition=CLOUDFRONT,
            Description="Address of the site",
            Value=Sub(
                "https://${Domain}",
                Domain=If(
                    CUSTOM_DOMAIN, parameters.custom_domain_name.Ref(), distribution.GetAtt("DomainName")
                ),
            ),
        )
    )
    t.add_output(
        Output(
            "WebACLArn",
            Condition=WAF,
            Description="Web ACL in front of CloudFront",
            Value=web_acl.GetAtt("Arn"),
        )
    )
    t.add_output(
        Output("FrontendAlarmTopicArn", Description="ARN of the topic for alarms", Value=topics.normal.Ref())
    )
    t.add_output(
        Output(
            "FrontendCriticalAlarmTopicArn",
            Description="ARN of the topic for critical alarms",
            Value=topics.critical.Ref(),
        )
    )


def derive(t: StackTemplate) -> None:
    """Make what follows from the rest of the template: the dashboard. Call it again after a change.

    Raises:
        DashboardError: something that the dashboard shows is no longer there.
    """
    t.section("Dashboard")
    t.resources.pop("FrontendDashboard", None)
    t.add_resource(dashboard("FrontendDashboard", "frontend", overview(t.to_dict()), condition=CLOUDFRONT))


def stale(template: Mapping[str, Any]) -> list[str]:
    """Return a sentence for each derived value that no longer follows from the rest of a template."""
    return stale_dashboard(template, "FrontendDashboard", overview, "frontend.derive(t)")


def overview(template: Mapping[str, Any]) -> dict[str, Any]:
    """Return the body of the dashboard: is something wrong, and is it the origin, the cache or WAF?"""
    edge = partial(
        metric,
        "AWS/CloudFront",
        Period=300,
        dimensions={"DistributionId": {"Ref": "Distribution"}, "Region": "Global"},
    )
    return dashboard_body(
        [alarm_states(template, "Alarms", condition=CLOUDFRONT)],
        [
            graph("Requests", "per 5 min", [edge("Requests", "Requests", "Sum")]),
            graph(
                "Bytes",
                "per 5 min",
                [
                    edge("BytesDownloaded", "To viewers", "Sum"),
                    edge("BytesUploaded", "From viewers", "Sum"),
                ],
            ),
            graph("Cache hit rate", "percent", [edge("CacheHitRate", "Hits", "Average")]),
        ],
        [
            graph(
                "Errors",
                "percent",
                [
                    watched(template, "CloudFront4xxAlarm", "4xx"),
                    watched(template, "CloudFront5xxAlarm", "5xx"),
                ],
                [threshold(template, "CloudFront4xxAlarm"), threshold(template, "CloudFront5xxAlarm")],
            ),
            graph(
                "Origin latency",
                "ms",
                [
                    edge("OriginLatency", "p50", "p50"),
                    watched(template, "CloudFrontOriginLatencyAlarm", "p90"),
                ],
                [threshold(template, "CloudFrontOriginLatencyAlarm")],
            ),
            when(
                WAF,
                graph(
                    "WAF",
                    "requests per 5 min",
                    waf_metrics(template),
                    [threshold(template, "WAFBlockedRequestsAlarm")],
                ),
            ),
        ],
    )


def waf_metrics(template: Mapping[str, Any]) -> list[Metric]:
    """Return what WAF allowed, and what each of its rules blocked."""
    web_acl = held(template, "WebACL")["Properties"]
    total = {"WebACL": web_acl["VisibilityConfig"]["MetricName"], "Rule": "ALL"}
    rules = [rule["VisibilityConfig"]["MetricName"] for rule in web_acl["Rules"]]
    return [
        metric("AWS/WAFV2", "AllowedRequests", "Allowed", "Sum", 300, total),
        watched(template, "WAFBlockedRequestsAlarm", f"Blocked: {rules[0]}", Rule=rules[0]),
        # "..." stands for all that is like in the metric before.
        *[["...", rule, {"label": f"Blocked: {rule}", "stat": "Sum", "period": 300}] for rule in rules[1:]],
    ]
