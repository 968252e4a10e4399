"""Resources and names that must not change between releases; written manually, checked by every build.

A build compares each stack of the listing with its entry here. A pinned resource or name that is missing or
changed stops the build with a sentence, so that resources with data are not renamed by accident. A new
resource needs a pin if it contains data, or if it has a name that AWS does not require. A new alarm,
dashboard or output does not need a pin until something depends on it.

Names are written as in the template, exports without their common prefix.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple


class Pin(NamedTuple):
    """A resource with data, or one that must be retained for another reason.

    Attributes:
        Type: its type, which CloudFormation cannot change.
        Name: its name; empty for a generated name.
        DeletionPolicy: its policy for removal from the template and deletion of the stack.
        UpdateReplacePolicy: its policy for replacement.
    """

    Type: str
    Name: str = ""
    DeletionPolicy: str = "RetainExceptOnCreate"  # so that a failed first create cleans up after itself
    UpdateReplacePolicy: str = "Retain"


class Pins(NamedTuple):
    """The pins of one stack.

    Attributes:
        holds_data: logical ID -> pinned resource.
        names: logical ID -> name, of other resources that are used by name. A resource with a name cannot be
            replaced, so only these have names.
        outputs: key -> export, or None; outputs for operators, pipelines, restores and other stacks.
    """

    holds_data: Mapping[str, Pin] = MappingProxyType({})
    names: Mapping[str, str] = MappingProxyType({})
    outputs: Mapping[str, str | None] = MappingProxyType({})


PINS: Final[Mapping[str, Pins]] = {
    "network": Pins(
        holds_data={
            "LogsKey": Pin("AWS::KMS::Key"),
            "AlarmsKey": Pin("AWS::KMS::Key"),
            "FlowLogsLogGroup": Pin("AWS::Logs::LogGroup", "/aws/vpc/flowlogs/${ProjectName}-${Environment}"),
            "LambdaDeploymentsBucket": Pin(
                "AWS::S3::Bucket", "${ProjectName}-${Environment}-lambda-deployments-${AWS::AccountId}"
            ),
            "PackageLogBucket": Pin(
                "AWS::S3::Bucket", "${ProjectName}-${Environment}-package-logs-${AWS::AccountId}"
            ),
        },
        names={
            "SecretsManagerEndpointSecurityGroup": (
                "${ProjectName}-${Environment}-secrets-manager-endpoint-sg"
            ),
        },
        outputs={
            "VPCId": "vpc-id",
            "PublicSubnet1Id": None,
            "PublicSubnet2Id": None,
            "PrivateSubnet1Id": "private-subnet-1-id",
            "PrivateSubnet2Id": "private-subnet-2-id",
            "PrivateSubnet1AvailabilityZone": "private-subnet-1-availability-zone",
            "PrivateSubnet2AvailabilityZone": "private-subnet-2-availability-zone",
            "NatGateway1Address": None,
            "NatGateway2Address": None,
            "LambdaDeploymentsBucketName": "lambda-deployments-bucket-name",
            "LogsKeyArn": "logs-key-arn",
            "AlarmsKeyArn": "alarms-key-arn",
            "NetworkAlarmTopicArn": None,
            "NetworkCriticalAlarmTopicArn": None,
        },
    ),
    "database": Pins(
        holds_data={
            "DatabaseKey": Pin("AWS::KMS::Key"),
            "DatabaseSecret": Pin(
                "AWS::SecretsManager::Secret", "${ProjectName}-${Environment}-db-credentials"
            ),
            "DatabaseErrorLogGroup": Pin(
                "AWS::Logs::LogGroup", "/aws/rds/cluster/${ProjectName}-${Environment}-aurora-cluster/error"
            ),
            "DatabaseSlowQueryLogGroup": Pin(
                "AWS::Logs::LogGroup",
                "/aws/rds/cluster/${ProjectName}-${Environment}-aurora-cluster/slowquery",
            ),
            "DatabaseAuditLogGroup": Pin(
                "AWS::Logs::LogGroup", "/aws/rds/cluster/${ProjectName}-${Environment}-aurora-cluster/audit"
            ),
            "DatabaseCluster": Pin(
                "AWS::RDS::DBCluster",
                "${ProjectName}-${Environment}-aurora-cluster",
                DeletionPolicy="Snapshot",
                UpdateReplacePolicy="Snapshot",
            ),
        },
        names={
            "LambdaSecurityGroup": "${ProjectName}-${Environment}-lambda-sg",
            "DatabaseSecurityGroup": "${ProjectName}-${Environment}-database-sg",
            "DatabaseCPUAlarm": "${ProjectName}-${Environment}-database-cpu-high",
            "DatabaseConnectionsAlarm": "${ProjectName}-${Environment}-database-connections-high",
            "DatabaseReadLatencyAlarm": "${ProjectName}-${Environment}-database-read-latency-high",
            "DatabaseWriteLatencyAlarm": "${ProjectName}-${Environment}-database-write-latency-high",
            "DatabaseSurplusCreditsAlarm": "${ProjectName}-${Environment}-database-surplus-credits-charged",
            "DatabaseDashboard": "${ProjectName}-${Environment}-database",
        },
        outputs={
            "DatabaseClusterEndpoint": "database-cluster-endpoint",
            "DatabaseClusterReadEndpoint": "database-cluster-read-endpoint",
            "DatabasePort": "database-port",
            "DatabaseName": "database-name",
            "DatabaseSecretArn": "database-secret-arn",
            "DatabaseKeyArn": "database-key-arn",
            "LambdaSecurityGroupId": "lambda-security-group-id",
            "DatabaseSecurityGroupId": None,
            "DatabaseSubnetGroupName": None,
            "DatabaseClusterParameterGroupName": None,
            "DatabaseParameterGroupName": None,
            "DatabaseClusterResourceId": None,
            "DatabaseAlarmTopicArn": None,
            "DatabaseCriticalAlarmTopicArn": None,
        },
    ),
    "api": Pins(
        holds_data={
            "FunctionKey": Pin("AWS::KMS::Key"),
            "DeadLetterQueue": Pin("AWS::SQS::Queue"),
            "FunctionLogGroup": Pin("AWS::Logs::LogGroup", "/aws/lambda/${ProjectName}-${Environment}-api"),
            "ApiFunctionVersion": Pin("AWS::Lambda::Version"),
            "AccessLogGroup": Pin(
                "AWS::Logs::LogGroup", "/aws/apigateway/${ProjectName}-${Environment}-api-access"
            ),
            "ExecutionLogGroup": Pin("AWS::Logs::LogGroup", "API-Gateway-Execution-Logs_${RestApi}/v1"),
            "ApiGatewayLoggingRole": Pin("AWS::IAM::Role", DeletionPolicy="Retain"),
            "ApiGatewayAccount": Pin("AWS::ApiGateway::Account", DeletionPolicy="Retain"),
            "OriginApiKeySecretA": Pin(
                "AWS::SecretsManager::Secret", "${ProjectName}-${Environment}-origin-api-key-a"
            ),
            "OriginApiKeySecretB": Pin(
                "AWS::SecretsManager::Secret", "${ProjectName}-${Environment}-origin-api-key-b"
            ),
        },
        names={
            "ApiFunction": "${ProjectName}-${Environment}-api",
            "ApiFunctionAlias": "${Environment}",
            "ApiStage": "v1",
            "LambdaErrorsAlarm": "${ProjectName}-${Environment}-lambda-errors",
            "LambdaDurationAlarm": "${ProjectName}-${Environment}-lambda-duration",
            "LambdaThrottlesAlarm": "${ProjectName}-${Environment}-lambda-throttles",
            "Api4xxAlarm": "${ProjectName}-${Environment}-api-4xx",
            "Api5xxAlarm": "${ProjectName}-${Environment}-api-5xx",
            "ApiLatencyAlarm": "${ProjectName}-${Environment}-api-latency",
            "DeadLettersAlarm": "${ProjectName}-${Environment}-dead-letters",
            "ApiMostlyFailingAlarm": "${ProjectName}-${Environment}-api-mostly-failing",
            "ApiDashboard": "${ProjectName}-${Environment}-api",
        },
        outputs={
            "ApiGatewayId": None,
            "ApiGatewayUrl": None,
            "LambdaFunctionName": None,
            "LambdaFunctionArn": None,
            "LambdaAliasArn": None,
            "FunctionKeyArn": None,
            "ApiUsagePlanId": None,
            "ApiAlarmTopicArn": None,
            "ApiCriticalAlarmTopicArn": None,
        },
    ),
    "frontend": Pins(
        holds_data={
            "FrontendKey": Pin("AWS::KMS::Key"),
            "EdgeLogBucket": Pin(
                "AWS::S3::Bucket", "${ProjectName}-${Environment}-edge-logs-${AWS::AccountId}"
            ),
            "SiteBucket": Pin("AWS::S3::Bucket", "${ProjectName}-${Environment}-frontend-${AWS::AccountId}"),
            "WAFLogGroup": Pin("AWS::Logs::LogGroup", "aws-waf-logs-${ProjectName}-${Environment}"),
        },
        names={
            "PageRoutingFunction": "${ProjectName}-${Environment}-page-routing",
            "BrowserCachingFunction": "${ProjectName}-${Environment}-browser-caching",
            "ApiCacheKeyFunction": "${ProjectName}-${Environment}-api-cache-key",
            "WebACL": "${ProjectName}-${Environment}-cloudfront-waf",
            "AccessLogSource": "${ProjectName}-${Environment}-cloudfront-access-logs",
            "AccessLogDestination": "${ProjectName}-${Environment}-edge-logs-json",
            "CloudFront4xxAlarm": "${ProjectName}-${Environment}-cloudfront-4xx-rate-high",
            "CloudFront5xxAlarm": "${ProjectName}-${Environment}-cloudfront-5xx-rate-high",
            "CloudFrontOriginLatencyAlarm": "${ProjectName}-${Environment}-cloudfront-origin-latency-high",
            "WAFBlockedRequestsAlarm": "${ProjectName}-${Environment}-waf-blocked-requests-high",
            "SiteUnreachableAlarm": "${ProjectName}-${Environment}-site-unreachable",
            "FrontendDashboard": "${ProjectName}-${Environment}-frontend",
        },
        outputs={
            "FrontendKeyArn": None,
            "FrontendS3BucketName": None,
            "CloudFrontDistributionId": None,
            "CloudFrontDistributionDomainName": None,
            "CloudFrontDistributionURL": None,
            "WebACLArn": None,
            "FrontendAlarmTopicArn": None,
            "FrontendCriticalAlarmTopicArn": None,
        },
    ),
}
