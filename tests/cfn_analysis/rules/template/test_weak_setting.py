"""Settings that disable or weaken what they are about."""

from cfn_analysis.rules.template.weak_setting import ROWS

from ..harness import frame, row

TEMPLATE = """
Parameters:
  Open: {Type: String, Default: "false", AllowedValues: ["true", "false"]}
Conditions:
  Keeps: !Equals [!Ref AWS::Region, eu-west-1]
Resources:
  Minute: {Type: AWS::SQS::Queue, Properties: {MessageRetentionPeriod: 60}}
  Small: {Type: AWS::SQS::Queue, Properties: {MaximumMessageSize: 1024}}
  One: {Type: "AWS::<kind>", Properties: {<properties>}}
"""
text = frame(TEMPLATE)
one = row(TEMPLATE, "Resources/One/Properties<path>", "<message>")

GOOD = {
    "limits above 0": """
  One: {Type: AWS::ApiGateway::UsagePlan, Properties: {Throttle: {BurstLimit: 1, RateLimit: 1}}}
""",
    "noncurrent versions": text(
        "S3::Bucket",
        "VersioningConfiguration: {Status: Suspended}, "
        "LifecycleConfiguration: {Rules: [{NoncurrentVersionExpirationInDays: 1, Prefix: logs/}]}",
    ),
    "letters of the same size": text(
        "SQS::Queue", "MaximumMessageSize: 1024, RedrivePolicy: {deadLetterTargetArn: !GetAtt Small.Arn}"
    ),
    "on": text("KMS::Key", "Enabled: true"),
    "by parameter": text("ApiGateway::ApiKey", "Enabled: !Ref Open"),
    "lifecycle": text(
        "S3::Bucket", "LifecycleConfiguration: {Rules: [{Status: Enabled, ExpirationInDays: 1}]}"
    ),
    "by condition": text(
        "S3::Bucket", "LifecycleConfiguration: {Rules: [{Status: !If [Keeps, Enabled, Disabled]}]}"
    ),
    "website, which has only HTTP": text(
        "CloudFront::Distribution",
        "DistributionConfig: {Origins: [{DomainName: !Select [2, !Split [/, !GetAtt Site.WebsiteURL]], "
        "CustomOriginConfig: {OriginProtocolPolicy: http-only}}]}",
    ),
    "own port of HTTP": text("ElasticLoadBalancingV2::Listener", "Port: 8080, Protocol: HTTP"),
    "monitored": text("RDS::DBCluster", "MonitoringRoleArn: a, MonitoringInterval: 60"),
    "counted by condition": text(
        "WAFv2::WebACL", "Rules: [{OverrideAction: !If [Keeps, {Count: {}}, {None: {}}]}]"
    ),
}

BAD = {
    "rate of a stage": (
        """
  One: {Type: AWS::ApiGateway::Stage, Properties: {MethodSettings: [{ThrottlingRateLimit: 0}]}}
""",
        "Resources/One/Properties/MethodSettings/0/ThrottlingRateLimit",
        "ThrottlingRateLimit is 0: every request gets 429. Increase it, or remove it.",
    ),
    "burst of a stage": (
        """
  One: {Type: AWS::ApiGatewayV2::Stage, Properties: {DefaultRouteSettings: {ThrottlingBurstLimit: 0}}}
""",
        "Resources/One/Properties/DefaultRouteSettings/ThrottlingBurstLimit",
        "ThrottlingBurstLimit is 0: every request gets 429. Increase it, or remove it.",
    ),
    "rate of a plan": (
        """
  One: {Type: AWS::ApiGateway::UsagePlan, Properties: {Throttle: {RateLimit: 0}}}
""",
        "Resources/One/Properties/Throttle/RateLimit",
        "RateLimit is 0: every request gets 429. Increase it, or remove it.",
    ),
    "burst of a plan": (
        """
  One: {Type: AWS::ApiGateway::UsagePlan, Properties: {Throttle: {BurstLimit: 0}}}
""",
        "Resources/One/Properties/Throttle/BurstLimit",
        "BurstLimit is 0: every request gets 429. Increase it, or remove it.",
    ),
    "noncurrent versions": one(
        "S3::Bucket",
        "LifecycleConfiguration: {Rules: [{NoncurrentVersionExpiration: {NoncurrentDays: 1}}]}",
        "/LifecycleConfiguration/Rules/0/NoncurrentVersionExpiration",
        "NoncurrentVersionExpiration is set and VersioningConfiguration is missing: the bucket keeps "
        "no versions, and it does nothing. Set VersioningConfiguration: {Status: Enabled}.",
    ),
    "days of noncurrent versions": one(
        "S3::Bucket",
        "LifecycleConfiguration: {Rules: [{NoncurrentVersionExpirationInDays: 1}]}",
        "/LifecycleConfiguration/Rules/0/NoncurrentVersionExpirationInDays",
        "NoncurrentVersionExpirationInDays is set and VersioningConfiguration is missing: the bucket "
        "keeps no versions, and it does nothing. Set VersioningConfiguration: {Status: Enabled}.",
    ),
    "transition of noncurrent versions": one(
        "S3::Bucket",
        "LifecycleConfiguration: {Rules: [{NoncurrentVersionTransitions: [{TransitionInDays: 1}]}]}",
        "/LifecycleConfiguration/Rules/0/NoncurrentVersionTransitions",
        "NoncurrentVersionTransitions is set and VersioningConfiguration is missing: the bucket keeps "
        "no versions, and it does nothing. Set VersioningConfiguration: {Status: Enabled}.",
    ),
    "prefix of a lifecycle": one(
        "S3::Bucket",
        "LifecycleConfiguration: {Rules: [{Prefix: /logs/}]}",
        "/LifecycleConfiguration/Rules/0/Prefix",
        "Prefix is /logs/: keys do not begin with a slash. Remove it.",
    ),
    "prefix of a replication": one(
        "S3::Bucket",
        "ReplicationConfiguration: {Rules: [{Filter: {Prefix: /logs/}}]}",
        "/ReplicationConfiguration/Rules/0/Filter/Prefix",
        "Prefix is /logs/: keys do not begin with a slash. Remove it.",
    ),
    "prefix of logs": one(
        "S3::Bucket",
        "LoggingConfiguration: {LogFilePrefix: /logs/}",
        "/LoggingConfiguration/LogFilePrefix",
        "LogFilePrefix is /logs/: keys do not begin with a slash. Remove it.",
    ),
    "letters of a function for a minute": one(
        "Lambda::Function",
        "DeadLetterConfig: {TargetArn: !GetAtt Minute.Arn}",
        "/DeadLetterConfig/TargetArn",
        "DeadLetterConfig.TargetArn is Minute, whose MessageRetentionPeriod is 60: a message is gone "
        "before anyone looks. Retain messages for 86400 seconds or more.",
    ),
    "letters of a queue for a minute": one(
        "SQS::Queue",
        "MessageRetentionPeriod: 60, RedrivePolicy: {deadLetterTargetArn: !GetAtt Minute.Arn}",
        "/RedrivePolicy/deadLetterTargetArn",
        "RedrivePolicy.deadLetterTargetArn is Minute, whose MessageRetentionPeriod is 60: a message is"
        " gone before anyone looks. Retain messages for 86400 seconds or more.",
    ),
    "small letters of a function": one(
        "Lambda::Function",
        "DeadLetterConfig: {TargetArn: !GetAtt Small.Arn}",
        "/DeadLetterConfig/TargetArn",
        "DeadLetterConfig.TargetArn is Small, whose MaximumMessageSize is 1024: larger messages are "
        "lost. Accept any size.",
    ),
    "small letters of a queue": one(
        "SQS::Queue",
        "MaximumMessageSize: 2048, RedrivePolicy: {deadLetterTargetArn: !GetAtt Small.Arn}",
        "/RedrivePolicy/deadLetterTargetArn",
        "RedrivePolicy.deadLetterTargetArn is Small, whose MaximumMessageSize is 1024 and "
        "MaximumMessageSize is 2048: larger messages are lost. Accept any size.",
    ),
    "address that is off": (
        """
  One: {Type: AWS::ApiGateway::RestApi, Properties: {DisableExecuteApiEndpoint: true}}
""",
        "Resources/One/Properties/DisableExecuteApiEndpoint",
        "DisableExecuteApiEndpoint is true: the API has no address in this template. Add a domain name, or "
        "remove it.",
    ),
    "header of the key": (
        """
  One:
    Type: AWS::CloudFront::Distribution
    Properties: {DistributionConfig: {Origins: [{OriginCustomHeaders: [{HeaderName: x-apikey}]}]}}
""",
        "Resources/One/Properties/DistributionConfig/Origins/0/OriginCustomHeaders/0/HeaderName",
        "HeaderName is x-apikey: API Gateway reads the key from x-api-key.",
    ),
    "key": one(
        "KMS::Key",
        "Enabled: false",
        "/Enabled",
        "Enabled is false: nothing can be encrypted or read with the key. Enable it, or remove it.",
    ),
    "API key": one(
        "ApiGateway::ApiKey",
        "Enabled: 'False'",
        "/Enabled",
        "Enabled is False: callers with this key are refused. Enable it, or remove it.",
    ),
    "trail": one(
        "CloudTrail::Trail",
        "IsLogging: false",
        "/IsLogging",
        "IsLogging is false: nothing is recorded. Enable it, or remove it.",
    ),
    "detector": one(
        "GuardDuty::Detector",
        "Enable: false",
        "/Enable",
        "Enable is false: nothing is watched. Enable it, or remove it.",
    ),
    "health check": one(
        "Route53::HealthCheck",
        "HealthCheckConfig: {Type: HTTPS, Disabled: true}",
        "/HealthCheckConfig/Disabled",
        "Disabled is true: the check always counts as healthy. Enable it, or remove it.",
    ),
    "lifecycle": one(
        "S3::Bucket",
        "LifecycleConfiguration: {Rules: [{Status: Enabled}, {Status: Disabled}]}",
        "/LifecycleConfiguration/Rules/1/Status",
        "Status is Disabled: the rule does nothing. Enable it, or remove it.",
    ),
    "replication": one(
        "S3::Bucket",
        "ReplicationConfiguration: {Rules: [{Status: Disabled}]}",
        "/ReplicationConfiguration/Rules/0/Status",
        "Status is Disabled: nothing is replicated. Enable it, or remove it.",
    ),
    "distribution": one(
        "CloudFront::Distribution",
        "DistributionConfig: {Enabled: false}",
        "/DistributionConfig/Enabled",
        "Enabled is false: the distribution refuses every request. Enable it, or remove it.",
    ),
    "HTTP from viewers": one(
        "CloudFront::Distribution",
        "DistributionConfig: {DefaultCacheBehavior: {ViewerProtocolPolicy: allow-all}}",
        "/DistributionConfig/DefaultCacheBehavior/ViewerProtocolPolicy",
        "ViewerProtocolPolicy is allow-all: viewers may use plain HTTP. Use redirect-to-https.",
    ),
    "HTTP from viewers of a path": one(
        "CloudFront::Distribution",
        "DistributionConfig: {CacheBehaviors: [{PathPattern: /a, ViewerProtocolPolicy: allow-all}]}",
        "/DistributionConfig/CacheBehaviors/0/ViewerProtocolPolicy",
        "ViewerProtocolPolicy is allow-all: viewers may use plain HTTP. Use redirect-to-https.",
    ),
    "HTTP to an origin": one(
        "CloudFront::Distribution",
        "DistributionConfig: {Origins: [{DomainName: example.com, CustomOriginConfig: "
        "{OriginProtocolPolicy: match-viewer}}]}",
        "/DistributionConfig/Origins/0/CustomOriginConfig/OriginProtocolPolicy",
        "CustomOriginConfig.OriginProtocolPolicy is match-viewer: requests are sent to the origin in "
        "plain text. Use https-only.",
    ),
    "HTTP of an origin on 443": one(
        "CloudFront::Distribution",
        "DistributionConfig: {Origins: [{DomainName: WebsiteURL, CustomOriginConfig: {HTTPPort: 443, "
        "OriginProtocolPolicy: match-viewer}}]}",
        "/DistributionConfig/Origins/0/CustomOriginConfig/HTTPPort",
        "HTTPPort is 443 and OriginProtocolPolicy is match-viewer: this is the port of HTTPS, and the "
        "origin does not answer there. Set it to 80.",
    ),
    "HTTPS of an origin on 80": one(
        "CloudFront::Distribution",
        "DistributionConfig: {Origins: [{CustomOriginConfig: {HTTPSPort: 80, OriginProtocolPolicy: "
        "https-only}}]}",
        "/DistributionConfig/Origins/0/CustomOriginConfig/HTTPSPort",
        "HTTPSPort is 80 and OriginProtocolPolicy is https-only: this is the port of HTTP, and the "
        "origin does not answer there. Set it to 443.",
    ),
    "old TLS of viewers": one(
        "CloudFront::Distribution",
        "DistributionConfig: {ViewerCertificate: {AcmCertificateArn: a, MinimumProtocolVersion: TLSv1}}",
        "/DistributionConfig/ViewerCertificate/MinimumProtocolVersion",
        "MinimumProtocolVersion is TLSv1: clients with broken encryption are accepted. Set "
        "MinimumProtocolVersion to TLSv1.2_2021.",
    ),
    "old TLS of an origin": one(
        "CloudFront::Distribution",
        "DistributionConfig: {Origins: [{CustomOriginConfig: {OriginSSLProtocols: [TLSv1, TLSv1.1]}}]}",
        "/DistributionConfig/Origins/0/CustomOriginConfig/OriginSSLProtocols",
        "OriginSSLProtocols is TLSv1 and TLSv1.1: most servers refuse that, and viewers get 502. Set "
        "it to TLSv1.2.",
    ),
    "HTTP on 443": one(
        "ElasticLoadBalancingV2::Listener",
        "Port: 443, Protocol: HTTP",
        "/Port",
        "Port is 443 and Protocol is HTTP: clients use HTTPS on this port. Set it to 80, or the "
        "protocol to HTTPS.",
    ),
    "HTTPS on 80": one(
        "ElasticLoadBalancingV2::TargetGroup",
        "Port: 80, Protocol: HTTPS",
        "/Port",
        "Port is 80 and Protocol is HTTPS: clients use HTTP on this port. Set it to 443, or the "
        "protocol to HTTP.",
    ),
    "monitoring that is off": one(
        "RDS::DBCluster",
        "MonitoringRoleArn: a",
        "/MonitoringRoleArn",
        "MonitoringRoleArn is set and MonitoringInterval is 0 by default: Enhanced Monitoring collects"
        " nothing. Set MonitoringInterval to 60, for example.",
    ),
    "public database": one(
        "RDS::DBInstance",
        "PubliclyAccessible: true",
        "/PubliclyAccessible",
        "PubliclyAccessible is true: the database has a public address, and only its security groups "
        "protect it. Set it to false.",
    ),
    "rule group that counts": one(
        "WAFv2::WebACL",
        "Rules: [{Name: a, OverrideAction: {Count: {}}}]",
        "/Rules/0/OverrideAction/Count",
        "OverrideAction.Count is set: the group blocks nothing. Write None, and exclude single rules "
        "with RuleActionOverrides.",
    ),
}


def test_each_row_finds_something() -> None:
    """Each row of the table has a template in which it is the finding."""
    messages = " ".join(cells[-1] for cells in BAD.values())

    assert [row.effect for listed in ROWS.values() for row in listed if row.effect not in messages] == []
