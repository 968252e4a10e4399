"""What AWS documents of updates in place: which property interrupts what, and which interrupts nothing.

The resource schemas do not say it. The pages of CloudFormation's template reference do, under *Update
requires*, and where they only say *Some interruptions*, the guide or the resource handler of the service says
more. What is in neither table is not known: no page says it, or the page was not read.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Note(NamedTuple):
    """What an update in place of one property does beside changing it.

    Attributes:
        does: what the resource does then, as a predicate: ``restarts``.
        interrupts: whether clients of the resource notice. If not, the note is about something else.
        source: page or source text that says so.
    """

    does: str
    interrupts: bool
    source: str


_REFERENCE: Final = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/"
_INSTANCE: Final = f"{_REFERENCE}aws-resource-rds-dbinstance.html"
_CLUSTER: Final = f"{_REFERENCE}aws-resource-rds-dbcluster.html"
_AURORA: Final = "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.Modifying.html"
_CACHE: Final = "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-caching.html"
_HANDLERS: Final = (
    "https://github.com/aws-cloudformation/aws-cloudformation-resource-providers-rds/blob/"
    "5a410e843efb90076c1c4d322707bc989e5a058b/"
)
_INSTANCE_HANDLER: Final = f"{_HANDLERS}aws-rds-dbinstance/src/main/java/software/amazon/rds/dbinstance/"
_CLUSTER_HANDLER: Final = f"{_HANDLERS}aws-rds-dbcluster/src/main/java/software/amazon/rds/dbcluster/"

_SOME: Final = "may be interrupted"  # the page says no more than "Some interruptions"
_NO_CACHE: Final = "has an empty cache afterwards, or none, so that more requests reach the backend"

NOTES: Final = {
    "AWS::ApiGateway::Stage": {
        "CacheClusterEnabled": Note(_NO_CACHE, False, _CACHE),
        "CacheClusterSize": Note(_NO_CACHE, False, _CACHE),
    },
    "AWS::EC2::SecurityGroup": {
        "SecurityGroupEgress": Note(
            "cannot be connected to for a short time",
            True,
            f"{_REFERENCE}aws-resource-ec2-securitygroup.html",
        ),
        "SecurityGroupIngress": Note(
            "cannot be connected to for a short time",
            True,
            f"{_REFERENCE}aws-resource-ec2-securitygroup.html",
        ),
    },
    "AWS::EC2::Subnet": {
        "Ipv6CidrBlock": Note(_SOME, True, f"{_REFERENCE}aws-resource-ec2-subnet.html"),
    },
    "AWS::EC2::VPC": {
        "InstanceTenancy": Note(_SOME, True, f"{_REFERENCE}aws-resource-ec2-vpc.html"),
    },
    "AWS::RDS::DBCluster": {
        "DBClusterParameterGroupName": Note(
            "takes static parameters of the other group only when its instances restart", False, _AURORA
        ),
        "Engine": Note(_SOME, True, _CLUSTER),
        # ModifyDBCluster is sent with applyImmediately, always.
        "EngineVersion": Note(
            "is not available while all its instances are upgraded, which starts with the deploy and does "
            "not wait for the maintenance window",
            True,
            f"{_CLUSTER_HANDLER}Translator.java#L316",
        ),
        "GlobalClusterIdentifier": Note(_SOME, True, _CLUSTER),
        "MasterUsername": Note(_SOME, True, _CLUSTER),
        "Port": Note("restarts all its instances at once", True, _AURORA),
        "PreferredMaintenanceWindow": Note(
            "applies pending actions at once, if the new window is open now", True, _AURORA
        ),
    },
    "AWS::RDS::DBClusterParameterGroup": {
        "Parameters": Note(
            "changes static parameters only when the instances of the cluster restart", False, _AURORA
        ),
    },
    "AWS::RDS::DBInstance": {
        "AutoMinorVersionUpgrade": Note(_SOME, True, _INSTANCE),
        "AvailabilityZone": Note(_SOME, True, _INSTANCE),
        "BackupRetentionPeriod": Note(_SOME, True, _INSTANCE),
        # "Specifying or updating this property triggers a reboot", though the page also says no interruption.
        "CACertificateIdentifier": Note("may restart", True, _INSTANCE),
        "DBInstanceClass": Note("is not available while its class changes", True, _AURORA),
        "DBParameterGroupName": Note("may restart", True, _INSTANCE),
        "Engine": Note(_SOME, True, _INSTANCE),
        "EngineVersion": Note("is not available during the upgrade", True, _INSTANCE),
        "MultiAZ": Note(_SOME, True, _INSTANCE),
        "PreferredMaintenanceWindow": Note(
            "applies pending actions at once, if the new window is open now", True, _AURORA
        ),
        "StorageType": Note(_SOME, True, _INSTANCE),
    },
    "AWS::RDS::DBParameterGroup": {
        # The handler of an instance restarts it while its group is pending-reboot, whatever was changed.
        "Parameters": Note(
            "changes static parameters only when an instance restarts, and the next update of an instance "
            "restarts it",
            False,
            f"{_INSTANCE_HANDLER}UpdateHandler.java#L263",
        ),
    },
    "AWS::SecretsManager::Secret": {
        "GenerateSecretString": Note(
            "gets a new value, which what has the old one does not know",
            False,
            f"{_REFERENCE}aws-resource-secretsmanager-secret.html",
        ),
    },
}
"""Type -> property -> what its update does beside changing it."""

REMOVED: Final = {
    "AWS::RDS::DBInstance": Note(
        "makes its cluster fail over, if it is the writer",
        True,
        "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_DeleteCluster.html",
    ),
}
"""Type -> what its removal does beside removing it."""

REPLACED_UNLESS: Final = {
    "AWS::EC2::VPC": {
        "InstanceTenancy": Note(
            "it changes from dedicated to default", False, f"{_REFERENCE}aws-resource-ec2-vpc.html"
        )
    },
    "AWS::RDS::DBInstance": {
        "PerformanceInsightsKMSKeyId": Note(
            "it had no value before", False, f"{_INSTANCE_HANDLER}util/ImmutabilityHelper.java#L71"
        ),
        "AvailabilityZone": Note(
            "it is removed from an instance with MultiAZ",
            False,
            f"{_INSTANCE_HANDLER}util/ImmutabilityHelper.java#L76",
        ),
    },
}
"""Type -> property whose change replaces in some cases -> the case in which it does not."""

# DeleteAutomatedBackups of a cluster is younger than the copy of the page: the handler reads it only when it
# deletes the cluster (Translator.java, L428).
_UNINTERRUPTED: Final = """\
AWS::ApiGateway::Account: CloudWatchRoleArn
AWS::ApiGateway::ApiKey: CustomerId Description Enabled StageKeys Tags
AWS::ApiGateway::Deployment: Description StageDescription StageName
AWS::ApiGateway::GatewayResponse: ResponseParameters ResponseTemplates StatusCode
AWS::ApiGateway::Method: ApiKeyRequired AuthorizationScopes AuthorizationType AuthorizerId Integration
  MethodResponses OperationName RequestModels RequestParameters RequestValidatorId
AWS::ApiGateway::RequestValidator: ValidateRequestBody ValidateRequestParameters
AWS::ApiGateway::RestApi: ApiKeySourceType BinaryMediaTypes Body BodyS3Location CloneFrom Description
  DisableExecuteApiEndpoint EndpointConfiguration FailOnWarnings MinimumCompressionSize Mode Name Parameters
  Policy Tags
AWS::ApiGateway::Stage: AccessLogSetting CanarySetting ClientCertificateId DeploymentId Description
  DocumentationVersion MethodSettings Tags TracingEnabled Variables
AWS::ApiGateway::UsagePlan: ApiStages Description Quota Tags Throttle UsagePlanName
AWS::CloudFront::CachePolicy: CachePolicyConfig
AWS::CloudFront::Distribution: DistributionConfig Tags
AWS::CloudFront::Function: AutoPublish FunctionCode FunctionConfig FunctionMetadata
AWS::CloudFront::MonitoringSubscription: MonitoringSubscription
AWS::CloudFront::OriginAccessControl: OriginAccessControlConfig
AWS::CloudFront::ResponseHeadersPolicy: ResponseHeadersPolicyConfig
AWS::CloudWatch::Alarm: ActionsEnabled AlarmActions AlarmDescription ComparisonOperator DatapointsToAlarm
  Dimensions EvaluateLowSampleCountPercentile EvaluationPeriods ExtendedStatistic InsufficientDataActions
  MetricName Metrics Namespace OKActions Period Statistic Threshold ThresholdMetricId TreatMissingData Unit
AWS::CloudWatch::Dashboard: DashboardBody
AWS::EC2::EIP: InstanceId PublicIpv4Pool Tags
AWS::EC2::FlowLog: Tags
AWS::EC2::InternetGateway: Tags
AWS::EC2::NatGateway: MaxDrainDurationSeconds SecondaryAllocationIds SecondaryPrivateIpAddressCount
  SecondaryPrivateIpAddresses Tags
AWS::EC2::NetworkAcl: Tags
AWS::EC2::NetworkAclEntry: CidrBlock Icmp Ipv6CidrBlock PortRange Protocol RuleAction
AWS::EC2::Route: CarrierGatewayId EgressOnlyInternetGatewayId GatewayId InstanceId LocalGatewayId
  NatGatewayId NetworkInterfaceId TransitGatewayId VpcEndpointId VpcPeeringConnectionId
AWS::EC2::RouteTable: Tags
AWS::EC2::SecurityGroup: Tags
AWS::EC2::SecurityGroupEgress: Description
AWS::EC2::SecurityGroupIngress: Description
AWS::EC2::Subnet: AssignIpv6AddressOnCreation EnableDns64 MapPublicIpOnLaunch PrivateDnsNameOptionsOnLaunch
  Tags
AWS::EC2::VPC: EnableDnsHostnames EnableDnsSupport Tags
AWS::EC2::VPCEndpoint: PolicyDocument PrivateDnsEnabled RouteTableIds SecurityGroupIds SubnetIds
AWS::EC2::VPCGatewayAttachment: InternetGatewayId VpnGatewayId
AWS::IAM::Role: AssumeRolePolicyDocument Description ManagedPolicyArns MaxSessionDuration
  PermissionsBoundary Policies Tags
AWS::KMS::Key: BypassPolicyLockoutSafetyCheck Description EnableKeyRotation Enabled KeyPolicy Origin
  PendingWindowInDays Tags
AWS::Lambda::Alias: Description FunctionVersion ProvisionedConcurrencyConfig RoutingConfig
AWS::Lambda::Function: Architectures Code CodeSigningConfigArn DeadLetterConfig Description Environment
  EphemeralStorage FileSystemConfigs Handler ImageConfig KmsKeyArn Layers MemorySize
  ReservedConcurrentExecutions Role Runtime RuntimeManagementConfig SnapStart Tags Timeout TracingConfig
  VpcConfig
AWS::Logs::LogGroup: DataProtectionPolicy KmsKeyId RetentionInDays Tags
AWS::Logs::MetricFilter: FilterPattern MetricTransformations
AWS::Logs::QueryDefinition: LogGroupNames Name QueryString
AWS::RDS::DBCluster: AllocatedStorage AssociatedRoles AutoMinorVersionUpgrade BacktrackWindow
  BackupRetentionPeriod CopyTagsToSnapshot DBInstanceParameterGroupName
  DeleteAutomatedBackups DeletionProtection Domain DomainIAMRoleName EnableCloudwatchLogsExports
  EnableHttpEndpoint EnableIAMDatabaseAuthentication ManageMasterUserPassword MasterUserPassword
  MasterUserSecret MonitoringInterval MonitoringRoleArn NetworkType PerformanceInsightsEnabled
  PerformanceInsightsKmsKeyId PerformanceInsightsRetentionPeriod PreferredBackupWindow
  ReplicationSourceIdentifier ScalingConfiguration ServerlessV2ScalingConfiguration StorageType Tags
  VpcSecurityGroupIds
AWS::RDS::DBClusterParameterGroup: Tags
AWS::RDS::DBInstance: AllocatedStorage AllowMajorVersionUpgrade AssociatedRoles CertificateRotationRestart
  CopyTagsToSnapshot DBSecurityGroups DeleteAutomatedBackups DeletionProtection Domain DomainAuthSecretArn
  DomainDnsIps DomainFqdn DomainIAMRoleName DomainOu EnableCloudwatchLogsExports
  EnableIAMDatabaseAuthentication EnablePerformanceInsights LicenseModel ManageMasterUserPassword
  MasterUserPassword MasterUserSecret MaxAllocatedStorage MonitoringInterval MonitoringRoleArn NetworkType
  OptionGroupName PerformanceInsightsRetentionPeriod PreferredBackupWindow ProcessorFeatures PromotionTier
  PubliclyAccessible ReplicaMode StorageThroughput Tags UseDefaultProcessorFeatures VPCSecurityGroups
AWS::RDS::DBParameterGroup: Tags
AWS::RDS::DBSubnetGroup: DBSubnetGroupDescription SubnetIds Tags
AWS::RDS::EventSubscription: Enabled EventCategories SourceIds SourceType Tags
AWS::Route53::HealthCheck: HealthCheckConfig HealthCheckTags
AWS::Route53::RecordSet: AliasTarget CidrRoutingConfig Comment Failover GeoLocation HealthCheckId
  MultiValueAnswer Region ResourceRecords TTL Weight
AWS::S3::Bucket: AccelerateConfiguration AccessControl AnalyticsConfigurations BucketEncryption
  CorsConfiguration IntelligentTieringConfigurations InventoryConfigurations LifecycleConfiguration
  LoggingConfiguration MetricsConfigurations NotificationConfiguration ObjectLockConfiguration
  OwnershipControls PublicAccessBlockConfiguration ReplicationConfiguration Tags VersioningConfiguration
  WebsiteConfiguration
AWS::S3::BucketPolicy: PolicyDocument
AWS::SNS::Subscription: DeliveryPolicy FilterPolicy FilterPolicyScope RawMessageDelivery RedrivePolicy
  SubscriptionRoleArn
AWS::SNS::Topic: ContentBasedDeduplication DataProtectionPolicy DisplayName KmsMasterKeyId SignatureVersion
  Subscription Tags TracingConfig
AWS::SNS::TopicPolicy: PolicyDocument Topics
AWS::SQS::Queue: ContentBasedDeduplication DeduplicationScope DelaySeconds FifoThroughputLimit
  KmsDataKeyReusePeriodSeconds KmsMasterKeyId MaximumMessageSize MessageRetentionPeriod
  ReceiveMessageWaitTimeSeconds RedriveAllowPolicy RedrivePolicy SqsManagedSseEnabled Tags VisibilityTimeout
AWS::SQS::QueuePolicy: PolicyDocument Queues
AWS::SecretsManager::Secret: Description KmsKeyId ReplicaRegions SecretString Tags
AWS::SecretsManager::SecretTargetAttachment: TargetId TargetType
AWS::WAFv2::LoggingConfiguration: LogDestinationConfigs LoggingFilter RedactedFields
AWS::WAFv2::WebACL: AssociationConfig CaptchaConfig ChallengeConfig CustomResponseBodies DefaultAction
  Description Rules Tags TokenDomains VisibilityConfig
"""

UNINTERRUPTED: Final = {
    name: frozenset(properties.split())
    for name, properties in (
        line.split(": ") for line in _UNINTERRUPTED.replace("\n  ", " ").strip().split("\n")
    )
}
"""Type -> the properties of which CloudFormation's reference says *Update requires: No interruption*.

Read from the reference's source of September 2023, the last one that is public. Younger properties are not
among them.
https://github.com/awsdocs/aws-cloudformation-user-guide/tree/19dc52cd/doc_source
"""
