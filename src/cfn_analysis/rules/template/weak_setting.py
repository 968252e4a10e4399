from typing import Any

from cfn_analysis.rules.support.references import own_type
from cfn_analysis.rules.support.rule import Faults, Rule, Validator, properties_of
from cfn_analysis.rules.support.settings import misfits, read
from cfn_analysis.rules.support.values import values

TABLE = r"""
https://docs.aws.amazon.com/kms/latest/developerguide/enabling-keys.html
KMS::Key Enabled=false : nothing can be encrypted or read with the key. REMEDY
ApiGateway::ApiKey Enabled=false : callers with this key are refused. REMEDY
CloudTrail::Trail IsLogging=false : nothing is recorded. REMEDY
GuardDuty::Detector Enable=false : nothing is watched. REMEDY
Route53::HealthCheck/HealthCheckConfig Disabled=true : the check always counts as healthy. REMEDY
S3::Bucket/LifecycleConfiguration/Rules/* Status=Disabled : the rule does nothing. REMEDY
S3::Bucket/ReplicationConfiguration/Rules/* Status=Disabled : nothing is replicated. REMEDY
CONFIG Enabled=false : the distribution refuses every request. REMEDY
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html
ApiGateway::Stage/MethodSettings/*,ApiGatewayV2::Stage/DefaultRouteSettings ThrottlingRateLimit=0 THROTTLED
ApiGateway::Stage/MethodSettings/*,ApiGatewayV2::Stage/DefaultRouteSettings ThrottlingBurstLimit=0 THROTTLED
ApiGateway::UsagePlan/Throttle RateLimit=0 THROTTLED
ApiGateway::UsagePlan/Throttle BurstLimit=0 THROTTLED
https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-disable-default-endpoint.html
ApiGateway::RestApi DisableExecuteApiEndpoint=true \
    & *ApiGateway::DomainName- & *ApiGateway::BasePathMapping- \
    & *ApiGateway::BasePathMappingV2- & *ApiGateway::DomainNameV2- \
    : the API has no address in this template. Add a domain name, or remove it.
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-key-source.html
CONFIG/Origins/*/OriginCustomHeaders/* HeaderName=x-apikey|x_api_key|xapi-key|xapikey|api-key|x-api_key \
    : API Gateway reads the key from x-api-key.
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-https-viewers-to-cloudfront.html
CONFIG/DefaultCacheBehavior,CONFIG/CacheBehaviors/* ViewerProtocolPolicy=allow-all \
    : viewers may use plain HTTP. Use redirect-to-https.
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-https-cloudfront-to-custom-origin.html
CONFIG/Origins/* CustomOriginConfig/OriginProtocolPolicy=http-only|match-viewer \
    & DomainName!~s3-website|WebsiteURL : requests are sent to the origin in plain text. Use https-only.
https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CustomOriginConfig.html
CONFIG/Origins/*/CustomOriginConfig HTTPPort=443 & OriginProtocolPolicy!=https-only \
    : this is the port of HTTPS, and the origin does not answer there. Set it to 80.
CONFIG/Origins/*/CustomOriginConfig HTTPSPort=80 & OriginProtocolPolicy!=http-only \
    : this is the port of HTTP, and the origin does not answer there. Set it to 443.
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/secure-connections-supported-viewer-protocols-ciphers.html
CONFIG/ViewerCertificate MinimumProtocolVersion=SSLv3|TLSv1|TLSv1_2016|TLSv1.1_2016 \
    & CloudFrontDefaultCertificate-- \
    : clients with broken encryption are accepted. Set MinimumProtocolVersion to TLSv1.2_2021.
CONFIG/Origins/*/CustomOriginConfig OriginSSLProtocols~^((SSLv3|TLSv1|TLSv1\.1)(\sand\s)?)+$ \
    : most servers refuse that, and viewers get 502. Set it to TLSv1.2.
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-listeners.html
BALANCED Port=443 & Protocol=HTTP : clients use HTTPS on this port. Set it to 80, or the protocol to HTTPS.
BALANCED Port=80 & Protocol=HTTPS : clients use HTTP on this port. Set it to 443, or the protocol to HTTP.
https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
RDS::DBInstance,RDS::DBCluster MonitoringRoleArn+ & MonitoringInterval(0)=0 \
    : Enhanced Monitoring collects nothing. Set MonitoringInterval to 60, for example.
https://docs.aws.amazon.com/securityhub/latest/userguide/rds-controls.html#rds-2
RDS::DBInstance,RDS::DBCluster PubliclyAccessible=true \
    : the database has a public address, and only its security groups protect it. Set it to false.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html
S3::Bucket/LifecycleConfiguration/Rules/* NoncurrentVersionExpiration+ NO_VERSIONS
S3::Bucket/LifecycleConfiguration/Rules/* NoncurrentVersionExpirationInDays+ NO_VERSIONS
S3::Bucket/LifecycleConfiguration/Rules/* NoncurrentVersionTransitions+ NO_VERSIONS
https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-prefixes.html
S3::Bucket/LifecycleConfiguration/Rules/*,S3::Bucket/ReplicationConfiguration/Rules/* \
    Prefix~^/ : keys do not begin with a slash. Remove it.
S3::Bucket/ReplicationConfiguration/Rules/*/Filter Prefix~^/ : keys do not begin with a slash. Remove it.
S3::Bucket/LoggingConfiguration LogFilePrefix~^/ : keys do not begin with a slash. Remove it.
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
Lambda::Function DeadLetterConfig/TargetArn@SQS::Queue/MessageRetentionPeriod<86400 TOO_SHORT
SQS::Queue RedrivePolicy/deadLetterTargetArn@SQS::Queue/MessageRetentionPeriod<86400 TOO_SHORT
Lambda::Function DeadLetterConfig/TargetArn@SQS::Queue/MaximumMessageSize<262144 TOO_SMALL
SQS::Queue RedrivePolicy/deadLetterTargetArn@SQS::Queue/MaximumMessageSize<MaximumMessageSize(1048576) \
    TOO_SMALL
https://docs.aws.amazon.com/waf/latest/developerguide/web-acl-rule-group-override-options.html
WAFv2::WebACL/Rules/* OverrideAction/Count+ \
    : the group blocks nothing. Write None, and exclude single rules with RuleActionOverrides.
"""
# What several rows share.
SHARED = {
    "BALANCED": "ElasticLoadBalancingV2::Listener,ElasticLoadBalancingV2::TargetGroup",
    "CONFIG": "CloudFront::Distribution/DistributionConfig",
    "THROTTLED": ": every request gets 429. Increase it, or remove it.",
    "NO_VERSIONS": "& /VersioningConfiguration- & /ObjectLockEnabled-- "
    ": the bucket keeps no versions, and it does nothing. Set VersioningConfiguration: {Status: Enabled}.",
    "REMEDY": "Enable it, or remove it.",
    "TOO_SHORT": ": a message is gone before anyone looks. Retain messages for 86400 seconds or more.",
    "TOO_SMALL": ": larger messages are lost. Accept any size.",
}
ROWS = read(TABLE, SHARED)


class WeakSetting(Rule):
    """Setting that disables or weakens what it is about.

    The resource is created, but protects or does less than it seems: data encrypted with a disabled KMS key
    cannot be used, a rule group with OverrideAction Count blocks nothing, a viewer may use plain HTTP. Set
    what the message names, or remove the resource. If the setting is intended, ignore this rule with the
    reason. A value of a condition, or of a parameter that allows another one, is not reported.
    """

    id = "W9516"
    source_url = "https://docs.aws.amazon.com/kms/latest/developerguide/enabling-keys.html"
    fault_class = "protections"
    looks_at = properties_of(*ROWS)

    def faults(self, validator: Validator, properties: Any) -> Faults:
        for misfit in misfits(validator, properties, ROWS[own_type(validator)], values):
            if misfit.case.context.conditions.status == validator.context.conditions.status:
                yield misfit.fault()
