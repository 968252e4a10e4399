"""Settings that do not fit together."""

from cfn_analysis.rules.settings.settings_that_do_not_fit import ROWS

from ..harness import frame, row

TEMPLATE = """
Parameters:
  Most: {Type: Number, Default: 2}
  Seconds: {Type: Number, AllowedValues: [0, 60]}
  Spec: {Type: String}
Conditions: {Named: !Equals [!Ref AWS::Region, eu-west-1]}
Resources:
  Asymmetric: {Type: AWS::KMS::Key, Properties: {KeySpec: RSA_2048}}
  Control:
    Type: AWS::CloudFront::OriginAccessControl
    Properties: {OriginAccessControlConfig: {SigningBehavior: never}}
  Fifo: {Type: AWS::SQS::Queue, Properties: {FifoQueue: true}}
  FifoTopic: {Type: AWS::SNS::Topic, Properties: {FifoTopic: true}}
  GlobalAcl: {Type: AWS::WAFv2::WebACL, Properties: {Scope: CLOUDFRONT}}
  Infrequent: {Type: AWS::Logs::LogGroup, Properties: {LogGroupClass: INFREQUENT_ACCESS}}
  Control2:
    Type: AWS::CloudFront::OriginAccessControl
    Properties: {OriginAccessControlConfig: {OriginAccessControlOriginType: lambda}}
  Group: {Type: AWS::RDS::DBParameterGroup}
  GroupOfCluster: {Type: AWS::RDS::DBClusterParameterGroup}
  Json: {Type: AWS::Logs::DeliveryDestination, Properties: {OutputFormat: json}}
  Integration: {Type: AWS::ApiGatewayV2::Integration}
  Name1: {Type: AWS::ApiGateway::DomainName}
  Name2: {Type: AWS::ApiGatewayV2::DomainName}
  Few: {Type: AWS::Lambda::Function, Properties: {ReservedConcurrentExecutions: 5}}
  Snapshots: {Type: AWS::Lambda::Function, Properties: {SnapStart: {ApplyOn: PublishedVersions}}}
  Bus: {Type: AWS::Events::EventBus}
  Table: {Type: AWS::DynamoDB::Table}
  Streaming: {Type: AWS::DynamoDB::Table, Properties: {StreamSpecification: {StreamViewType: KEYS_ONLY}}}
  NoNames: {Type: AWS::EC2::VPC}
  NoSupport: {Type: AWS::EC2::VPC, Properties: {EnableDnsSupport: false, EnableDnsHostnames: true}}
  Pool: {Type: AWS::Cognito::UserPool}
  Subnet: {Type: AWS::EC2::Subnet}
  Task: {Type: AWS::ECS::TaskDefinition}
  Vpc: {Type: AWS::EC2::VPC}
  RegionalAcl: {Type: AWS::WAFv2::WebACL, Properties: {Scope: REGIONAL}}
  Site: {Type: AWS::CloudFront::Distribution}
  Standard: {Type: AWS::SQS::Queue}
  Targets: {Type: AWS::ElasticLoadBalancingV2::TargetGroup, Properties: {VpcId: a}}
  One: {Type: "AWS::<kind>", Properties: {<properties>}}
"""
text = frame(TEMPLATE)
one = row(TEMPLATE, "Resources/One/Properties<path>", "<message>")

AUTHORIZERS = {
    "ApiGateway::Method": "Set AuthorizationType to CUSTOM or COGNITO_USER_POOLS.",
    "ApiGatewayV2::Route": "Set AuthorizationType to JWT or CUSTOM.",
}
SCALED = {
    "ecs:service:DesiredCount": "service/CLUSTER/SERVICE",
    "dynamodb:table:ReadCapacityUnits": "table/NAME",
    "dynamodb:index:ReadCapacityUnits": "table/NAME/index/NAME",
    "rds:cluster:ReadReplicaCount": "cluster:NAME",
    "lambda:function:ProvisionedConcurrency": "function:NAME:ALIAS",
}
SCALABLE = "ApplicationAutoScaling::ScalableTarget"

GOOD = {
    "other name in a secret": """
  One:
    Type: AWS::SecretsManager::Secret
    Properties: {GenerateSecretString: {SecretStringTemplate: '{"username": "app"}'}}
""",
    "stream of a table": text("Lambda::EventSourceMapping", "EventSourceArn: !GetAtt Streaming.StreamArn"),
    "regional NAT gateway": text("EC2::NatGateway", "AvailabilityMode: regional, VpcId: a"),
    "flow log to a bucket": text("EC2::FlowLog", "LogDestinationType: s3, LogDestination: a"),
    "task with its role": text(
        "ECS::TaskDefinition", "ExecutionRoleArn: a, ContainerDefinitions: [{Name: a, Secrets: [{Name: a}]}]"
    ),
    "function as target": text("ElasticLoadBalancingV2::TargetGroup", "TargetType: lambda"),
    "alias by condition": text(
        "CloudFront::Distribution",
        "DistributionConfig: {Aliases: !If [Named, [a.example.com], !Ref AWS::NoValue], "
        "ViewerCertificate: !If [Named, {AcmCertificateArn: a}, !Ref AWS::NoValue]}",
    ),
    "alarm on an expression": text(
        "CloudWatch::Alarm",
        "Metrics: [{Id: a}], ComparisonOperator: c, EvaluationPeriods: 1, ThresholdMetricId: a",
    ),
    "alarm on a query": text("CloudWatch::Alarm", "EvaluationCriteria: {PromQLCriteria: {Query: up}}"),
    "alarm of 2 of 2 points": text(
        "CloudWatch::Alarm",
        "Metrics: [{Id: a}], ComparisonOperator: c, EvaluationPeriods: !Ref Most, Threshold: 1, "
        "DatapointsToAlarm: 2",
    ),
    "interface of S3": text(
        "EC2::VPCEndpoint",
        "ServiceName: !Sub 'com.amazonaws.${AWS::Region}.s3', VpcEndpointType: Interface, SubnetIds: [a], "
        "PrivateDnsEnabled: true, VpcId: !ImportValue vpc",
    ),
    "gateway of directory buckets": text(
        "EC2::VPCEndpoint", "ServiceName: !Sub 'com.amazonaws.${AWS::Region}.s3express', RouteTableIds: [a]"
    ),
    "gateway of a parameter": text("EC2::VPCEndpoint", "ServiceName: !Sub 'com.amazonaws.a.${Spec}'"),
    "cache of GET": text(
        "ApiGateway::Stage",
        "CacheClusterEnabled: true, MethodSettings: [{CachingEnabled: true, HttpMethod: GET}]",
    ),
    "integration of HTTP": text(
        "ApiGateway::Method", "Integration: {IntegrationHttpMethod: GET, Uri: 'https://example.com'}"
    ),
    "provisioned less than reserved": text(
        "Lambda::Alias",
        "FunctionName: !Ref Few, ProvisionedConcurrencyConfig: {ProvisionedConcurrentExecutions: 5}",
    ),
    "no VPC": text("Lambda::Function", "VpcConfig: {SubnetIds: [], SecurityGroupIds: []}"),
    "wrapper of the image": text(
        "Lambda::Function",
        "PackageType: Image, Environment: {Variables: {AWS_LAMBDA_EXEC_WRAPPER: /opt/otel}}",
    ),
    "logs of the engine": text(
        "RDS::DBCluster", "Engine: aurora-mysql, EnableCloudwatchLogsExports: [error, slowquery, !Ref Spec]"
    ),
    "key of insights that are off, which CloudFormation does not send": text(
        "RDS::DBInstance", "PerformanceInsightsKMSKeyId: a, EnablePerformanceInsights: false"
    ),
    "authorizer": text("ApiGateway::Method", "AuthorizerId: a, AuthorizationType: CUSTOM"),
    "target of a route": text("ApiGatewayV2::Route", "Target: !Sub 'integrations/${Integration}'"),
    "resource of a dimension": text(
        SCALABLE,
        "ServiceNamespace: ecs, ScalableDimension: ecs:service:DesiredCount, ResourceId: !Sub "
        "'service/${Spec}/${AWS::StackName}'",
    ),
    "resource that is not known": text(
        SCALABLE, "ScalableDimension: ecs:service:DesiredCount, ResourceId: !Sub '${Spec}'"
    ),
    "standard workflow that waits": text(
        "StepFunctions::StateMachine", "DefinitionString: 'arn:aws:states:::ecs:runTask.sync'"
    ),
    "settings that fit": text(
        "RDS::DBInstance",
        "MonitoringInterval: 60, MonitoringRoleArn: a, DatabaseInsightsMode: advanced, "
        "EnablePerformanceInsights: true, PerformanceInsightsRetentionPeriod: 465",
    ),
    "nothing to monitor": text("RDS::DBInstance", "MonitoringInterval: 0"),
    "a stage whose deployment is beside it": text("ApiGatewayV2::Stage", "ApiId: a, StageName: v1")
    + "  Deployment: {Type: AWS::ApiGatewayV2::Deployment, Properties: {ApiId: a, StageName: v1}}\n",
    "nodes of shards": text(
        "ElastiCache::ReplicationGroup", "AutomaticFailoverEnabled: true, NumNodeGroups: 2"
    ),
    "default of a parameter": text(
        "RDS::DBCluster", "ScalingConfiguration: {MinCapacity: 2, MaxCapacity: !Ref Most}"
    ),
    "choice of a parameter": text("RDS::DBInstance", "MonitoringInterval: !Ref Seconds"),
    "fields in order": text(
        "CloudFront::CachePolicy", "CachePolicyConfig: {MinTTL: 0, DefaultTTL: 60, MaxTTL: 600}"
    ),
    "another branch": text(
        "RDS::DBInstance",
        "MonitoringInterval: !If [Named, 60, 0], MonitoringRoleArn: !If [Named, a, !Ref AWS::NoValue]",
    ),
    "standard letters": text("SQS::Queue", "RedrivePolicy: {deadLetterTargetArn: !GetAtt Standard.Arn}"),
    "FIFO letters": text(
        "SQS::Queue", "FifoQueue: true, RedrivePolicy: {deadLetterTargetArn: !GetAtt Fifo.Arn}"
    ),
    "small batches": text("Lambda::EventSourceMapping", "EventSourceArn: !GetAtt Standard.Arn"),
    "batches of a stream": text("Lambda::EventSourceMapping", "EventSourceArn: a, BatchSize: 100"),
    "unknown key": text("KMS::Key", "EnableKeyRotation: true, KeySpec: !Ref Spec"),
    "versions": text(
        "S3::Bucket", "ReplicationConfiguration: {Role: a}, VersioningConfiguration: {Status: Enabled}"
    ),
    "all ports of all protocols": text(
        "EC2::SecurityGroup", "SecurityGroupEgress: [{IpProtocol: '-1', FromPort: 0, ToPort: 0}]"
    ),
}

BAD = {
    "name that RDS keeps": (
        """
  One: {Type: AWS::RDS::DBCluster, Properties: {MasterUsername: rdsadmin}}
""",
        "Resources/One/Properties/MasterUsername",
        "MasterUsername is rdsadmin: RDS keeps this name for itself. Use another one.",
    ),
    "name that RDS keeps, in a secret": (
        """
  One:
    Type: AWS::SecretsManager::Secret
    Properties: {GenerateSecretString: {SecretStringTemplate: '{"username": "rdsadmin"}'}}
""",
        "Resources/One/Properties/GenerateSecretString/SecretStringTemplate",
        'GenerateSecretString.SecretStringTemplate is {"username": "rdsadmin"}: RDS keeps this name for '
        "itself. Use another one.",
    ),
    "flow log without a role": one(
        "EC2::FlowLog",
        "LogGroupName: a",
        "",
        "DeliverLogsPermissionArn is missing and LogDestinationType is cloud-watch-logs by default: "
        "EC2 refuses the flow log without a role. Set DeliverLogsPermissionArn.",
    ),
    "flow log with a group and a bucket": one(
        "EC2::FlowLog",
        "LogGroupName: a, LogDestinationType: s3",
        "/LogGroupName",
        "LogGroupName is set and LogDestinationType is s3: EC2 refuses a log group for this "
        "destination. Set LogDestination instead.",
    ),
    "public NAT gateway without an address": one(
        "EC2::NatGateway",
        "SubnetId: a",
        "",
        "AllocationId is missing and ConnectivityType is public by default: EC2 refuses a public NAT "
        "gateway without an address. Set AllocationId.",
    ),
    "private NAT gateway with an address": one(
        "EC2::NatGateway",
        "ConnectivityType: private, AllocationId: a",
        "/AllocationId",
        "AllocationId is set and ConnectivityType is private: EC2 refuses the address of a private NAT"
        " gateway. Remove it.",
    ),
    "volume without its IOPS": one(
        "EC2::Volume",
        "VolumeType: io2",
        "/VolumeType",
        "VolumeType is io2 and Iops is missing: EC2 refuses the volume. Set Iops.",
    ),
    "disk with a key and no encryption": one(
        "EC2::Instance",
        "BlockDeviceMappings: [{DeviceName: a, Ebs: {KmsKeyId: a}}]",
        "/BlockDeviceMappings/0/Ebs/KmsKeyId",
        "KmsKeyId is set and Encrypted is false by default: EC2 refuses the key. Set Encrypted to true.",
    ),
    "Fargate without a network": one(
        "ECS::Service",
        "LaunchType: FARGATE",
        "/LaunchType",
        "LaunchType is FARGATE and NetworkConfiguration is missing: ECS refuses tasks on Fargate "
        "without it. Set AwsvpcConfiguration with the subnets.",
    ),
    "secrets without the role": one(
        "ECS::TaskDefinition",
        "ContainerDefinitions: [{Name: a, Secrets: [{Name: a, ValueFrom: b}]}]",
        "/ContainerDefinitions/0/Secrets",
        "Secrets is set and ExecutionRoleArn is missing: ECS refuses secrets without the role that "
        "reads them. Set ExecutionRoleArn.",
    ),
    "log of Fargate without the role": one(
        "ECS::TaskDefinition",
        "RequiresCompatibilities: [FARGATE], ContainerDefinitions: [{Name: a, LogConfiguration: "
        "{LogDriver: awslogs}}]",
        "/ContainerDefinitions/0/LogConfiguration/LogDriver",
        "LogConfiguration.LogDriver is awslogs and ExecutionRoleArn is missing and "
        "RequiresCompatibilities is FARGATE: Fargate needs the role that writes the log. Set "
        "ExecutionRoleArn.",
    ),
    "nodes of one Redis": one(
        "ElastiCache::CacheCluster",
        "Engine: redis, NumCacheNodes: 2",
        "/NumCacheNodes",
        "NumCacheNodes is 2 and Engine is redis: ElastiCache refuses it. Set it to 1, or use a "
        "replication group.",
    ),
    "targets without a VPC": one(
        "ElasticLoadBalancingV2::TargetGroup",
        "TargetType: ip",
        "/TargetType",
        "VpcId is missing and TargetType is ip: Elastic Load Balancing refuses it. Set VpcId.",
    ),
    "schedule of another bus": one(
        "Events::Rule",
        "ScheduleExpression: rate(1 hour), EventBusName: !Ref Bus",
        "/ScheduleExpression",
        "ScheduleExpression is set and EventBusName is Bus: EventBridge runs schedules only on the "
        "default event bus. Remove EventBusName.",
    ),
    "key that cannot encrypt": one(
        "KMS::Key",
        "KeySpec: HMAC_256",
        "/KeySpec",
        "KeySpec is HMAC_256 and KeyUsage is ENCRYPT_DECRYPT by default: KMS refuses it, since such a "
        "key cannot encrypt. Set KeyUsage.",
    ),
    "table without a stream": one(
        "Lambda::EventSourceMapping",
        "EventSourceArn: !GetAtt Table.StreamArn",
        "/EventSourceArn",
        "EventSourceArn is Table, whose StreamSpecification is missing: the table has no stream, and "
        "the stack fails. Add it.",
    ),
    "zone of two zones": one(
        "RDS::DBInstance",
        "MultiAZ: true, AvailabilityZone: a",
        "/AvailabilityZone",
        "AvailabilityZone is set and MultiAZ is true: RDS refuses the zone. Remove it.",
    ),
    "storage without its IOPS": one(
        "RDS::DBInstance",
        "StorageType: io1",
        "/StorageType",
        "StorageType is io1 and Iops is missing: RDS refuses the storage. Set Iops.",
    ),
    "key of S3's own encryption": one(
        "S3::Bucket",
        "BucketEncryption: {ServerSideEncryptionConfiguration: [{ServerSideEncryptionByDefault: "
        "{SSEAlgorithm: AES256, KMSMasterKeyID: a}}]}",
        "/BucketEncryption/ServerSideEncryptionConfiguration/0/ServerSideEncryptionByDefault/KMSMasterKeyID",
        "KMSMasterKeyID is set and SSEAlgorithm is AES256: S3 refuses the key. Set SSEAlgorithm to aws:kms.",
    ),
    "flexible for no time": one(
        "Scheduler::Schedule",
        "FlexibleTimeWindow: {Mode: FLEXIBLE}",
        "/FlexibleTimeWindow/Mode",
        "Mode is FLEXIBLE and MaximumWindowInMinutes is missing: EventBridge Scheduler refuses it. Set"
        " MaximumWindowInMinutes.",
    ),
    "two secrets": one(
        "SecretsManager::Secret",
        "SecretString: a, GenerateSecretString: {PasswordLength: 20}",
        "/SecretString",
        "SecretString is set and GenerateSecretString is set: only one of the two is allowed. Remove one.",
    ),
    "log of a state machine to nowhere": one(
        "StepFunctions::StateMachine",
        "LoggingConfiguration: {Level: ALL}",
        "/LoggingConfiguration/Level",
        "Level is ALL and Destinations is missing: Step Functions refuses it. Set Destinations.",
    ),
    "origin request policy alone": one(
        "CloudFront::Distribution",
        "DistributionConfig: {DefaultCacheBehavior: {OriginRequestPolicyId: a}}",
        "/DistributionConfig/DefaultCacheBehavior/OriginRequestPolicyId",
        "OriginRequestPolicyId is set and CachePolicyId is missing: CloudFront refuses an origin "
        "request policy without a cache policy. Set CachePolicyId.",
    ),
    "alias without a certificate": one(
        "CloudFront::Distribution",
        "DistributionConfig: {Aliases: [a.example.com]}",
        "/DistributionConfig/Aliases",
        "Aliases is a.example.com and ViewerCertificate is missing: CloudFront refuses names without a "
        "certificate for them. Add it.",
    ),
    "alias with the default certificate": one(
        "CloudFront::Distribution",
        "DistributionConfig: {Aliases: [a.example.com], ViewerCertificate: "
        "{CloudFrontDefaultCertificate: true}}",
        "/DistributionConfig/Aliases",
        "Aliases is a.example.com and ViewerCertificate.CloudFrontDefaultCertificate is true: CloudFront "
        "refuses names without a certificate for them. Set AcmCertificateArn.",
    ),
    "target tracking of nothing": one(
        "ApplicationAutoScaling::ScalingPolicy",
        "PolicyType: TargetTrackingScaling",
        "/PolicyType",
        "PolicyType is TargetTrackingScaling and TargetTrackingScalingPolicyConfiguration is missing: "
        "the service refuses the policy. Add it.",
    ),
    "steps of nothing": one(
        "ApplicationAutoScaling::ScalingPolicy",
        "PolicyType: StepScaling",
        "/PolicyType",
        "PolicyType is StepScaling and StepScalingPolicyConfiguration is missing: the service refuses "
        "the policy. Add it.",
    ),
    "alarm without comparison": one(
        "CloudWatch::Alarm",
        "MetricName: a, Namespace: b, Statistic: Sum, Period: 60, EvaluationPeriods: 2, Threshold: 1",
        "",
        "ComparisonOperator is missing: CloudWatch refuses the alarm. Write it, for example "
        "ComparisonOperator: GreaterThanThreshold.",
    ),
    "alarm without periods": one(
        "CloudWatch::Alarm",
        "MetricName: a, Namespace: b, Statistic: Sum, Period: 60, ComparisonOperator: c, Threshold: 1",
        "",
        "EvaluationPeriods is missing: CloudWatch refuses the alarm. Write it, for example "
        "EvaluationPeriods: 2.",
    ),
    "alarm without threshold": one(
        "CloudWatch::Alarm",
        "MetricName: a, Namespace: b, Statistic: Sum, Period: 60, ComparisonOperator: c, "
        "EvaluationPeriods: 2",
        "",
        "Threshold is missing and ThresholdMetricId is missing: CloudWatch refuses the alarm. Write "
        "it, for example Threshold: 80.",
    ),
    "alarm without statistic": one(
        "CloudWatch::Alarm",
        "MetricName: a, Namespace: b, Period: 60, ComparisonOperator: c, EvaluationPeriods: 2, Threshold: 1",
        "/MetricName",
        "MetricName is set and Statistic is missing and ExtendedStatistic is missing: CloudWatch "
        "refuses the alarm. Write it, for example Statistic: Average.",
    ),
    "alarm without period": one(
        "CloudWatch::Alarm",
        "MetricName: a, Namespace: b, Statistic: Sum, ComparisonOperator: c, EvaluationPeriods: 2, "
        "Threshold: 1",
        "/MetricName",
        "MetricName is set and Period is missing: CloudWatch refuses the alarm. Write it, for example "
        "Period: 300.",
    ),
    "alarm without namespace": one(
        "CloudWatch::Alarm",
        "MetricName: a, Statistic: Sum, Period: 60, ComparisonOperator: c, EvaluationPeriods: 2, "
        "Threshold: 1",
        "/MetricName",
        "MetricName is set and Namespace is missing: CloudWatch refuses the alarm. Write it, for "
        "example Namespace: AWS/Lambda.",
    ),
    "alarm of more points than periods": one(
        "CloudWatch::Alarm",
        "MetricName: a, Namespace: b, Statistic: Sum, Period: 60, ComparisonOperator: c, "
        "EvaluationPeriods: 2, Threshold: 1, DatapointsToAlarm: 3",
        "/DatapointsToAlarm",
        "DatapointsToAlarm is 3 and EvaluationPeriods is 2: CloudWatch refuses the alarm. Lower "
        "DatapointsToAlarm.",
    ),
    "gateway of another service": one(
        "EC2::VPCEndpoint",
        "ServiceName: !Sub 'com.amazonaws.${AWS::Region}.sqs'",
        "/ServiceName",
        "VpcEndpointType is Gateway by default and ServiceName is com.amazonaws.ap-northeast-1.sqs: "
        "only S3 and DynamoDB have gateways, and EC2 refuses it. Set VpcEndpointType to Interface.",
    ),
    "subnets of a gateway": one(
        "EC2::VPCEndpoint",
        "ServiceName: !Sub 'com.amazonaws.${AWS::Region}.s3', RouteTableIds: [a], SubnetIds: [a]",
        "/SubnetIds",
        "SubnetIds is set and ServiceName is com.amazonaws.ap-northeast-1.s3 and VpcEndpointType is "
        "Gateway by default: EC2 refuses subnets of a gateway. Set RouteTableIds instead.",
    ),
    "groups of a gateway": one(
        "EC2::VPCEndpoint",
        "ServiceName: !Sub 'com.amazonaws.${AWS::Region}.s3', RouteTableIds: [a], SecurityGroupIds: [a]",
        "/SecurityGroupIds",
        "SecurityGroupIds is set and ServiceName is com.amazonaws.ap-northeast-1.s3 and "
        "VpcEndpointType is Gateway by default: EC2 refuses groups of a gateway. Remove them.",
    ),
    "names of a gateway": one(
        "EC2::VPCEndpoint",
        "ServiceName: !Sub 'com.amazonaws.${AWS::Region}.s3', RouteTableIds: [a], PrivateDnsEnabled: true",
        "/PrivateDnsEnabled",
        "PrivateDnsEnabled is true and ServiceName is com.amazonaws.ap-northeast-1.s3 and "
        "VpcEndpointType is Gateway by default: EC2 refuses private DNS of a gateway. Remove it.",
    ),
    "gateway without a table": one(
        "EC2::VPCEndpoint",
        "ServiceName: !Sub 'com.amazonaws.${AWS::Region}.dynamodb', VpcEndpointType: Gateway",
        "/ServiceName",
        "RouteTableIds is missing and ServiceName is com.amazonaws.ap-northeast-1.dynamodb and "
        "VpcEndpointType is Gateway: no subnet uses the gateway. List the route tables.",
    ),
    "private DNS without DNS": one(
        "EC2::VPCEndpoint",
        "VpcEndpointType: Interface, PrivateDnsEnabled: true, VpcId: !Ref NoSupport",
        "/PrivateDnsEnabled",
        "PrivateDnsEnabled is true and VpcId is NoSupport, whose EnableDnsSupport is false: EC2 "
        "refuses private DNS. Set it to true.",
    ),
    "private DNS without host names": one(
        "EC2::VPCEndpoint",
        "VpcEndpointType: Interface, PrivateDnsEnabled: true, VpcId: !Ref NoNames",
        "/PrivateDnsEnabled",
        "PrivateDnsEnabled is true and VpcId is NoNames, whose EnableDnsHostnames is false by default:"
        " EC2 refuses private DNS. Set it to true.",
    ),
    "zone without DNS": one(
        "Route53::HostedZone",
        "VPCs: [{VPCId: !Ref NoSupport}]",
        "/VPCs/0/VPCId",
        "VPCId is NoSupport, whose EnableDnsSupport is false: the names of the zone do not resolve. "
        "Set it to true.",
    ),
    "zone without host names": one(
        "Route53::HostedZone",
        "VPCs: [{VPCId: !Ref NoNames}]",
        "/VPCs/0/VPCId",
        "VPCId is NoNames, whose EnableDnsHostnames is false by default: the names of the zone do not "
        "resolve. Set it to true.",
    ),
    "integration by GET": one(
        "ApiGateway::Method",
        "Integration: {IntegrationHttpMethod: GET, Uri: !Sub "
        "'arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${One.Arn}/invocations'}",
        "/Integration/IntegrationHttpMethod",
        "IntegrationHttpMethod is GET and Uri is "
        "arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${One.Arn}/invocations: "
        "Lambda accepts only POST. Write POST for every HttpMethod.",
    ),
    "integration without a method": one(
        "ApiGateway::Method",
        "Integration: {Uri: !Sub "
        "'arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${One.Arn}/invocations'}",
        "/Integration/Uri",
        "IntegrationHttpMethod is missing and Uri is "
        "arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${One.Arn}/invocations: "
        "Lambda accepts only POST. Write POST for every HttpMethod.",
    ),
    "cache for no time": one(
        "ApiGateway::Stage",
        "CacheClusterEnabled: true, MethodSettings: [{CachingEnabled: true, CacheTtlInSeconds: 0}]",
        "/MethodSettings/0/CachingEnabled",
        "CachingEnabled is true and CacheTtlInSeconds is 0: nothing is cached. Set a lifetime from 1 "
        "to 3600 seconds.",
    ),
    "caching without a cache": one(
        "ApiGateway::Stage",
        "MethodSettings: [{CachingEnabled: true}]",
        "/MethodSettings/0/CachingEnabled",
        "CachingEnabled is true and CacheClusterEnabled is false by default: nothing is cached. Set "
        "CacheClusterEnabled and CacheClusterSize of the stage, under the same condition.",
    ),
    "caching without a cache in a case": one(
        "ApiGateway::Stage",
        "CacheClusterEnabled: !If [Named, true, !Ref AWS::NoValue], MethodSettings: [{CachingEnabled: true}]",
        "/MethodSettings/0/CachingEnabled",
        "CachingEnabled is true and CacheClusterEnabled is false by default when Named is false: "
        "nothing is cached. Set CacheClusterEnabled and CacheClusterSize of the stage, under the same "
        "condition.",
    ),
    "cache of POST": one(
        "ApiGateway::Stage",
        "CacheClusterEnabled: true, MethodSettings: [{CachingEnabled: true, HttpMethod: POST}]",
        "/MethodSettings/0/CachingEnabled",
        "CachingEnabled is true and HttpMethod is POST and CacheClusterEnabled is true: a request that"
        " changes something can be answered from the cache and not be carried out. Cache only GET.",
    ),
    "letters that expire first": one(
        "SQS::Queue",
        "MessageRetentionPeriod: 1209600, RedrivePolicy: {deadLetterTargetArn: !GetAtt Standard.Arn}",
        "/RedrivePolicy/deadLetterTargetArn",
        "RedrivePolicy.deadLetterTargetArn is Standard, whose MessageRetentionPeriod is 345600 by "
        "default and MessageRetentionPeriod is 1209600 and FifoQueue is false by default: a message "
        "may be gone when it gets there. Raise its MessageRetentionPeriod.",
    ),
    "VPC without groups": one(
        "Lambda::Function",
        "VpcConfig: {SubnetIds: [a], SecurityGroupIds: []}",
        "/VpcConfig/SubnetIds",
        "SubnetIds is set and SecurityGroupIds is missing: Lambda requires both. Specify one of each.",
    ),
    "VPC without subnets": one(
        "Lambda::Function",
        "VpcConfig: {SecurityGroupIds: [a]}",
        "/VpcConfig/SecurityGroupIds",
        "SecurityGroupIds is set and SubnetIds is missing: Lambda requires both. Specify one of each.",
    ),
    "wrapper without a layer": one(
        "Lambda::Function",
        "Environment: {Variables: {AWS_LAMBDA_EXEC_WRAPPER: /opt/otel}}",
        "/Environment/Variables/AWS_LAMBDA_EXEC_WRAPPER",
        "Environment.Variables.AWS_LAMBDA_EXEC_WRAPPER is /opt/otel and Layers is missing: the wrapper"
        " comes with a layer, and every call fails. Add it to Layers.",
    ),
    "more provisioned than reserved": one(
        "Lambda::Alias",
        "FunctionName: !Ref Few, ProvisionedConcurrencyConfig: {ProvisionedConcurrentExecutions: 10}",
        "/ProvisionedConcurrencyConfig/ProvisionedConcurrentExecutions",
        "ProvisionedConcurrencyConfig.ProvisionedConcurrentExecutions is 10 and FunctionName is Few, "
        "whose ReservedConcurrentExecutions is 5: Lambda refuses to keep more environments ready than "
        "the function can use. Reserve more, or provision less.",
    ),
    "provisioned for no version": one(
        "Lambda::Alias",
        "FunctionVersion: $LATEST, ProvisionedConcurrencyConfig: {ProvisionedConcurrentExecutions: 1}",
        "/ProvisionedConcurrencyConfig",
        "ProvisionedConcurrencyConfig is set and FunctionVersion is $LATEST: Lambda refuses it. "
        "Publish a version.",
    ),
    "provisioned beside snapshots": one(
        "Lambda::Version",
        "FunctionName: !Ref Snapshots, ProvisionedConcurrencyConfig: {ProvisionedConcurrentExecutions: 1}",
        "/ProvisionedConcurrencyConfig",
        "ProvisionedConcurrencyConfig is set and FunctionName is Snapshots, whose SnapStart.ApplyOn is"
        " PublishedVersions: Lambda refuses both. Remove one.",
    ),
    "log of PostgreSQL": one(
        "RDS::DBCluster",
        "Engine: aurora-mysql, EnableCloudwatchLogsExports: [error, postgresql]",
        "/EnableCloudwatchLogsExports",
        "EnableCloudwatchLogsExports is error and postgresql and Engine is aurora-mysql: RDS refuses "
        "it. It has audit, error, general, iam-db-auth-error, instance and slowquery.",
    ),
    "log of MySQL": one(
        "RDS::DBCluster",
        "Engine: aurora-postgresql, EnableCloudwatchLogsExports: [slowquery]",
        "/EnableCloudwatchLogsExports",
        "EnableCloudwatchLogsExports is slowquery and Engine is aurora-postgresql: RDS refuses it. It "
        "has iam-db-auth-error, instance and postgresql.",
    ),
    "log of Aurora": one(
        "RDS::DBCluster",
        "Engine: mysql, EnableCloudwatchLogsExports: [audit]",
        "/EnableCloudwatchLogsExports",
        "EnableCloudwatchLogsExports is audit and Engine is mysql: RDS refuses it. It has error, "
        "general, iam-db-auth-error and slowquery.",
    ),
    "log of another engine": one(
        "RDS::DBInstance",
        "Engine: mariadb, EnableCloudwatchLogsExports: [postgresql]",
        "/EnableCloudwatchLogsExports",
        "EnableCloudwatchLogsExports is postgresql and Engine is mariadb: RDS refuses it. It has "
        "audit, error, general, iam-db-auth-error and slowquery.",
    ),
    "log of another engine's instance": one(
        "RDS::DBInstance",
        "Engine: postgres, EnableCloudwatchLogsExports: [error]",
        "/EnableCloudwatchLogsExports",
        "EnableCloudwatchLogsExports is error and Engine is postgres: RDS refuses it. It has "
        "iam-db-auth-error, postgresql and upgrade.",
    ),
    "catch-all in a text": (
        """
  One:
    Type: AWS::StepFunctions::StateMachine
    Properties: {DefinitionString: '{"ErrorEquals": ["States.Timeout", "States.ALL"]}'}
""",
        "Resources/One/Properties/DefinitionString",
        'DefinitionString is {"ErrorEquals": ["States.Timeout", "States.ALL"]}: States.ALL must be the '
        "only error of its list, and the definition is refused.",
    ),
    "catch-all": (
        """
  One:
    Type: AWS::StepFunctions::StateMachine
    Properties: {Definition: {ErrorEquals: [States.Timeout, States.ALL]}}
""",
        "Resources/One/Properties/Definition",
        'Definition is {"ErrorEquals": ["States.Timeout", "States.ALL"]}: States.ALL must be the only '
        "error of its list, and the definition is refused.",
    ),
    **{
        f"authorizer that is not called, {kind}": one(
            kind,
            "AuthorizerId: a",
            "/AuthorizerId",
            f"AuthorizerId is set and AuthorizationType is NONE by default: the authorizer is not called. "
            f"{remedy}",
        )
        for kind, remedy in AUTHORIZERS.items()
    },
    **{
        f"no authorizer, {kind}": one(
            kind,
            "AuthorizationType: CUSTOM",
            "/AuthorizationType",
            f"AuthorizationType is CUSTOM and AuthorizerId is missing: API Gateway refuses the "
            f"{kind.rpartition(':')[2].lower()}. Set AuthorizerId.",
        )
        for kind in AUTHORIZERS
    },
    "target without its prefix": one(
        "ApiGatewayV2::Route",
        "Target: !Ref Integration",
        "/Target",
        "Target is Integration: a route needs integrations/ before the ID. Add it.",
    ),
    **{
        f"dimension of another service, {service}": one(
            SCALABLE,
            f"ServiceNamespace: {service}, ScalableDimension: sagemaker:variant:DesiredInstanceCount",
            "/ServiceNamespace",
            f"ServiceNamespace is {service} and ScalableDimension is "
            f"sagemaker:variant:DesiredInstanceCount: the "
            "dimension is one of another service. Change one of them.",
        )
        for service in ("ecs", "dynamodb", "lambda", "rds")
    },
    **{
        f"resource of {dimension}": one(
            SCALABLE,
            f"ScalableDimension: '{dimension}', ResourceId: other",
            "/ScalableDimension",
            f"ScalableDimension is {dimension}: ResourceId must be {form}.",
        )
        for dimension, form in SCALED.items()
    },
    "keys of an authorizer": one(
        "ApiGateway::RestApi",
        "ApiKeySourceType: AUTHORIZER",
        "/ApiKeySourceType",
        "ApiKeySourceType is AUTHORIZER: no authorizer gives a key, and every request that needs one is "
        "refused. Set it "
        "to HEADER.",
    ),
    "issuer": one(
        "ApiGatewayV2::Authorizer",
        "JwtConfiguration: {Issuer: !GetAtt Pool.ProviderName}",
        "/JwtConfiguration/Issuer",
        "Issuer is ${Pool.ProviderName}: an issuer begins with https://. Write ProviderURL.",
    ),
    "private integration": one(
        "ApiGatewayV2::Integration",
        "ConnectionType: VPC_LINK, IntegrationUri: http://a",
        "/ConnectionType",
        "ConnectionType is VPC_LINK and IntegrationUri is http://a: a private integration needs the ARN of "
        "a listener or of a service.",
    ),
    "two functions of an event": one(
        "CloudFront::Distribution",
        "DistributionConfig: {DefaultCacheBehavior: {FunctionAssociations: [{EventType: viewer-request, "
        "FunctionARN: a}, {EventType: viewer-request, FunctionARN: b}]}}",
        "/DistributionConfig/DefaultCacheBehavior/FunctionAssociations",
        'FunctionAssociations is {"EventType": "viewer-request", "FunctionARN": "a"} and '
        '{"EventType": "viewer-request", "FunctionARN": "b"}: CloudFront allows one function for an event. '
        "Join the functions.",
    ),
    "root object": one(
        "CloudFront::Distribution",
        "DistributionConfig: {DefaultRootObject: /index.html}",
        "/DistributionConfig/DefaultRootObject",
        "DefaultRootObject is /index.html: CloudFront does not find it. Remove the slash.",
    ),
    "methods": one(
        "CloudFront::Distribution",
        "DistributionConfig: {DefaultCacheBehavior: {AllowedMethods: [GET, HEAD, OPTIONS, PUT]}}",
        "/DistributionConfig/DefaultCacheBehavior/AllowedMethods",
        "AllowedMethods is GET and HEAD and OPTIONS and PUT: CloudFront allows GET and HEAD, also with "
        "OPTIONS, or all seven methods.",
    ),
    "access control of functions": one(
        "CloudFront::Distribution",
        "DistributionConfig: {Origins: [{S3OriginConfig: {}, OriginAccessControlId: !Ref Control2}]}",
        "/DistributionConfig/Origins/0/S3OriginConfig",
        "S3OriginConfig is set and OriginAccessControlId is Control2, whose "
        "OriginAccessControlConfig.OriginAccessControlOriginType is lambda: the origin is a bucket, and "
        "its requests are not signed. Set it to s3.",
    ),
    "source of a pipeline": one(
        "CodeBuild::Project",
        "Source: {Type: CODEPIPELINE}, Artifacts: {Type: NO_ARTIFACTS}",
        "/Source/Type",
        "Source.Type is CODEPIPELINE and Artifacts.Type is NO_ARTIFACTS: CodeBuild refuses it. Set both to "
        "CODEPIPELINE.",
    ),
    "artifacts of a pipeline": one(
        "CodeBuild::Project",
        "Source: {Type: S3}, Artifacts: {Type: CODEPIPELINE}",
        "/Artifacts/Type",
        "Artifacts.Type is CODEPIPELINE and Source.Type is S3: CodeBuild refuses it. Set both to "
        "CODEPIPELINE.",
    ),
    "flow log of a VPC": one(
        "EC2::FlowLog",
        "DeliverLogsPermissionArn: a, ResourceType: Subnet, ResourceId: !Ref Vpc",
        "/ResourceType",
        "ResourceType is Subnet and ResourceId is Vpc: EC2 refuses the flow log. Set it to VPC.",
    ),
    "flow log of a subnet": one(
        "EC2::FlowLog",
        "DeliverLogsPermissionArn: a, ResourceType: VPC, ResourceId: !Ref Subnet",
        "/ResourceType",
        "ResourceType is VPC and ResourceId is Subnet: EC2 refuses the flow log. Set it to Subnet.",
    ),
    "files without TLS": one(
        "ECS::TaskDefinition",
        "Volumes: [{EFSVolumeConfiguration: {AuthorizationConfig: {IAM: ENABLED}}}]",
        "/Volumes/0/EFSVolumeConfiguration/AuthorizationConfig/IAM",
        "AuthorizationConfig.IAM is ENABLED and TransitEncryption is DISABLED by default: ECS refuses the "
        "task definition. Set TransitEncryption to ENABLED.",
    ),
    "shell without a role": one(
        "ECS::Service",
        "EnableExecuteCommand: true, TaskDefinition: !Ref Task",
        "/EnableExecuteCommand",
        "EnableExecuteCommand is true and TaskDefinition is Task, whose TaskRoleArn is missing by default: "
        "ECS Exec needs a task role with the ssmmessages permissions. Add TaskRoleArn.",
    ),
    "redirect to itself": one(
        "ElasticLoadBalancingV2::Listener",
        "Protocol: HTTP, Port: 80, DefaultActions: [{RedirectConfig: {Protocol: HTTP, Port: '80'}}]",
        "/DefaultActions/0/RedirectConfig/Protocol",
        "RedirectConfig.Protocol is HTTP and Protocol is HTTP and RedirectConfig.Port is 80 and Port is "
        "80: this redirects to itself. Redirect to HTTPS and 443.",
    ),
    "small buffer": one(
        "KinesisFirehose::DeliveryStream",
        "ExtendedS3DestinationConfiguration: {DynamicPartitioningConfiguration: {Enabled: true}}",
        "/ExtendedS3DestinationConfiguration/DynamicPartitioningConfiguration/Enabled",
        "DynamicPartitioningConfiguration.Enabled is true and BufferingHints.SizeInMBs is 5 by default: "
        "Firehose needs a buffer of at least 64 MB for dynamic partitioning.",
    ),
    "delimiter of JSON": one(
        "Logs::Delivery",
        "FieldDelimiter: ',', DeliveryDestinationArn: !GetAtt Json.Arn",
        "/FieldDelimiter",
        "FieldDelimiter is set and DeliveryDestinationArn is Json, whose OutputFormat is json: only plain, "
        "w3c and raw have a delimiter, and the delivery is refused. Remove FieldDelimiter.",
    ),
    "zones without nodes": one(
        "OpenSearchService::Domain",
        "ClusterConfig: {InstanceCount: 2, ZoneAwarenessConfig: {AvailabilityZoneCount: 3}}",
        "/ClusterConfig/ZoneAwarenessConfig/AvailabilityZoneCount",
        "ZoneAwarenessConfig.AvailabilityZoneCount is 3 and InstanceCount is 2: each zone needs a data "
        "node, and the domain is refused. Increase InstanceCount.",
    ),
    "group of instances": one(
        "RDS::DBCluster",
        "DBClusterParameterGroupName: !Ref Group",
        "/DBClusterParameterGroupName",
        "DBClusterParameterGroupName is Group: it needs an AWS::RDS::DBClusterParameterGroup.",
    ),
    "group of clusters": one(
        "RDS::DBInstance",
        "DBParameterGroupName: !Ref GroupOfCluster",
        "/DBParameterGroupName",
        "DBParameterGroupName is GroupOfCluster: it needs an AWS::RDS::DBParameterGroup.",
    ),
    "collation": one(
        "RDS::DBClusterParameterGroup",
        "Parameters: {character_set_server: utf8mb4, collation_server: latin1_swedish_ci}",
        "/Parameters/character_set_server",
        "character_set_server is utf8mb4 and collation_server is latin1_swedish_ci: the collation is one "
        "of another character set. Change one of them.",
    ),
    "raw messages": one(
        "SNS::Subscription",
        "RawMessageDelivery: true, Protocol: lambda",
        "/RawMessageDelivery",
        "RawMessageDelivery is true and Protocol is lambda: SNS refuses raw messages for this protocol. "
        "Remove RawMessageDelivery.",
    ),
    "forwarded address": one(
        "WAFv2::WebACL",
        "Rules: [{Statement: {RateBasedStatement: {AggregateKeyType: FORWARDED_IP}}}]",
        "/Rules/0/Statement/RateBasedStatement/AggregateKeyType",
        "AggregateKeyType is FORWARDED_IP and ForwardedIPConfig is missing: WAF refuses the rule. Add the "
        "header.",
    ),
    "limit of bodies": one(
        "WAFv2::WebACL",
        "Scope: CLOUDFRONT, AssociationConfig: {RequestBody: {API_GATEWAY: {}}}",
        "/Scope",
        "Scope is CLOUDFRONT and AssociationConfig.RequestBody is set: the limit of bodies applies to "
        "other resources. Write it for CLOUDFRONT.",
    ),
    "Express workflow of an object": one(
        "StepFunctions::StateMachine",
        "StateMachineType: EXPRESS, Definition: {States: {A: {Resource: "
        "'arn:aws:states:::ecs:runTask.sync'}}}",
        "/StateMachineType",
        'StateMachineType is EXPRESS and Definition is {"States": {"A": {"Resource": '
        '"arn:aws:states:::ecs:runTask.'
        'sync"}}}: an Express workflow cannot wait, and it is refused. Set StateMachineType to STANDARD.',
    ),
    "flows of a client": one(
        "Cognito::UserPoolClient",
        "AllowedOAuthFlows: [code]",
        "/AllowedOAuthFlows",
        "AllowedOAuthFlows is set and AllowedOAuthFlowsUserPoolClient is false by default: the client has "
        "no flows. "
        "Set AllowedOAuthFlowsUserPoolClient to true.",
    ),
    "Express workflow that waits": one(
        "StepFunctions::StateMachine",
        "StateMachineType: EXPRESS, DefinitionString: 'arn:aws:states:::ecs:runTask.sync'",
        "/StateMachineType",
        "StateMachineType is EXPRESS and DefinitionString is arn:aws:states:::ecs:runTask.sync: an Express "
        "workflow "
        "cannot wait, and it is refused. Set StateMachineType to STANDARD.",
    ),
    "files without a VPC": one(
        "Lambda::Function",
        "FileSystemConfigs: [{Arn: a, LocalMountPath: /mnt/a}]",
        "/FileSystemConfigs",
        "FileSystemConfigs is set and VpcConfig is missing: a file system is in a VPC, and Lambda refuses "
        "it. Add "
        "VpcConfig.",
    ),
    "stage that deploys nothing": one(
        "ApiGatewayV2::Stage",
        "ApiId: a, StageName: v1",
        "",
        "AutoDeploy is false by default and DeploymentId is missing: the stage serves no route. Set "
        "AutoDeploy to true, or add a deployment.",
    ),
    "scalable target": one(
        "ApplicationAutoScaling::ScalableTarget",
        "MinCapacity: 4, MaxCapacity: 2",
        "/MinCapacity",
        "MinCapacity is 4 and MaxCapacity is 2: the service refuses them. Swap them.",
    ),
    "group upside down": one(
        "AutoScaling::AutoScalingGroup",
        "MinSize: '4', MaxSize: '2'",
        "/MinSize",
        "MinSize is 4 and MaxSize is 2: EC2 Auto Scaling refuses them. Swap them.",
    ),
    "group above": one(
        "AutoScaling::AutoScalingGroup",
        "MinSize: '1', MaxSize: '2', DesiredCapacity: '3'",
        "/DesiredCapacity",
        "DesiredCapacity is 3 and MaxSize is 2: EC2 Auto Scaling refuses them. Raise MaxSize.",
    ),
    "group below": one(
        "AutoScaling::AutoScalingGroup",
        "MinSize: '2', MaxSize: '3', DesiredCapacity: '1'",
        "/DesiredCapacity",
        "DesiredCapacity is 1 and MinSize is 2: EC2 Auto Scaling refuses them. Lower MinSize.",
    ),
    "serverless cluster": one(
        "RDS::DBCluster",
        "ServerlessV2ScalingConfiguration: {MinCapacity: 4, MaxCapacity: !Ref Most}",
        "/ServerlessV2ScalingConfiguration/MinCapacity",
        "MinCapacity is 4 and MaxCapacity is 2: RDS refuses them. Swap them.",
    ),
    "lifetimes": one(
        "CloudFront::CachePolicy",
        "CachePolicyConfig: {MinTTL: 60, DefaultTTL: 30, MaxTTL: 600}",
        "/CachePolicyConfig/MinTTL",
        "MinTTL is 60 and DefaultTTL is 30: CloudFront refuses it. Put MinTTL, DefaultTTL and MaxTTL "
        "in order.",
    ),
    "lifetime above the longest": one(
        "CloudFront::Distribution",
        "DistributionConfig: {CacheBehaviors: [{PathPattern: /a, DefaultTTL: 600, MaxTTL: 60}]}",
        "/DistributionConfig/CacheBehaviors/0/DefaultTTL",
        "DefaultTTL is 600 and MaxTTL is 60: CloudFront refuses it. Put MinTTL, DefaultTTL and MaxTTL "
        "in order.",
    ),
    "lifetimes without a default": one(
        "CloudFront::Distribution",
        "DistributionConfig: {DefaultCacheBehavior: {MinTTL: 600, MaxTTL: 60}}",
        "/DistributionConfig/DefaultCacheBehavior/MinTTL",
        "MinTTL is 600 and MaxTTL is 60: CloudFront refuses it. Put MinTTL and MaxTTL in order.",
    ),
    "gzip in the key of no cache": one(
        "CloudFront::CachePolicy",
        "CachePolicyConfig: {MaxTTL: 0, ParametersInCacheKeyAndForwardedToOrigin: "
        "{EnableAcceptEncodingGzip: true}}",
        "/CachePolicyConfig/MaxTTL",
        "MaxTTL is 0 and ParametersInCacheKeyAndForwardedToOrigin.EnableAcceptEncodingGzip is true: "
        "CloudFront refuses it if nothing is cached. Set it to false, or increase MaxTTL.",
    ),
    "Brotli in the key of no cache": one(
        "CloudFront::CachePolicy",
        "CachePolicyConfig: {MaxTTL: 0, ParametersInCacheKeyAndForwardedToOrigin: "
        "{EnableAcceptEncodingBrotli: true}}",
        "/CachePolicyConfig/MaxTTL",
        "MaxTTL is 0 and ParametersInCacheKeyAndForwardedToOrigin.EnableAcceptEncodingBrotli is true: "
        "CloudFront refuses it if nothing is cached. Set it to false, or increase MaxTTL.",
    ),
    "function on an event of Lambda@Edge": one(
        "CloudFront::Distribution",
        "DistributionConfig: {DefaultCacheBehavior: {FunctionAssociations: [{EventType: "
        "origin-request, FunctionARN: a}]}}",
        "/DistributionConfig/DefaultCacheBehavior/FunctionAssociations/0/EventType",
        "EventType is origin-request: CloudFront Functions run only on viewer-request and "
        "viewer-response. Use one of these, or a function of Lambda@Edge in "
        "LambdaFunctionAssociations.",
    ),
    "minimum of TLS with the default certificate": one(
        "CloudFront::Distribution",
        "DistributionConfig: {ViewerCertificate: !If [Named, {AcmCertificateArn: a}, "
        "{CloudFrontDefaultCertificate: true, MinimumProtocolVersion: TLSv1.2_2021}]}",
        "/DistributionConfig/ViewerCertificate/Fn::If/2/CloudFrontDefaultCertificate",
        "CloudFrontDefaultCertificate is true and MinimumProtocolVersion is TLSv1.2_2021 when Named is"
        " false: CloudFront sets TLSv1 with its own certificate. Use your own certificate and alias, "
        "or remove MinimumProtocolVersion.",
    ),
    "access control that signs nothing": one(
        "CloudFront::Distribution",
        "DistributionConfig: {Origins: [{Id: a, OriginAccessControlId: !Ref Control}]}",
        "/DistributionConfig/Origins/0/OriginAccessControlId",
        "OriginAccessControlId is Control, whose OriginAccessControlConfig.SigningBehavior is never: "
        "CloudFront does not sign its requests. Set it to always.",
    ),
    "website by HTTPS": one(
        "CloudFront::Distribution",
        "DistributionConfig: {Origins: [{Id: a, DomainName: b.s3-website-eu-west-1.amazonaws.com, "
        "CustomOriginConfig: {OriginProtocolPolicy: https-only}}]}",
        "/DistributionConfig/Origins/0/CustomOriginConfig/OriginProtocolPolicy",
        "CustomOriginConfig.OriginProtocolPolicy is https-only and DomainName is "
        "b.s3-website-eu-west-1.amazonaws.com: a website endpoint of S3 supports only HTTP, and every "
        "request fails. Use http-only.",
    ),
    "web ACL of a region": one(
        "CloudFront::Distribution",
        "DistributionConfig: {WebACLId: !GetAtt RegionalAcl.Arn}",
        "/DistributionConfig/WebACLId",
        "WebACLId is RegionalAcl, whose Scope is REGIONAL: CloudFront refuses it. A distribution needs"
        " CLOUDFRONT.",
    ),
    "HSTS for no time": one(
        "CloudFront::ResponseHeadersPolicy",
        "ResponseHeadersPolicyConfig: {SecurityHeadersConfig: {StrictTransportSecurity: "
        "{AccessControlMaxAgeSec: '0'}}}",
        "/ResponseHeadersPolicyConfig/SecurityHeadersConfig/StrictTransportSecurity/AccessControlMaxAgeSec",
        "AccessControlMaxAgeSec is 0: browsers delete the rule that the site is only on HTTPS. Use "
        "31536000, a year.",
    ),
    "trail without global services": one(
        "CloudTrail::Trail",
        "IsMultiRegionTrail: true, IncludeGlobalServiceEvents: false",
        "/IsMultiRegionTrail",
        "IsMultiRegionTrail is true and IncludeGlobalServiceEvents is false: CloudTrail refuses it. "
        "Set IncludeGlobalServiceEvents to true.",
    ),
    "trail without its role": one(
        "CloudTrail::Trail",
        "CloudWatchLogsLogGroupArn: a",
        "/CloudWatchLogsLogGroupArn",
        "CloudWatchLogsLogGroupArn is set and CloudWatchLogsRoleArn is missing: CloudTrail refuses it."
        " Add the role.",
    ),
    "table with a key and no encryption": one(
        "DynamoDB::Table",
        "SSESpecification: {SSEEnabled: false, KMSMasterKeyId: a}",
        "/SSESpecification/KMSMasterKeyId",
        "KMSMasterKeyId is set and SSEEnabled is false: DynamoDB refuses the key. Set SSEEnabled to true.",
    ),
    "port 0": one(
        "EC2::SecurityGroup",
        "SecurityGroupEgress: [{IpProtocol: tcp, FromPort: 0, ToPort: 0, CidrIp: 10.0.0.0/8}]",
        "/SecurityGroupEgress/0/ToPort",
        "ToPort is 0 and FromPort is 0 and IpProtocol is tcp: this opens only port 0. Write the port, "
        "or 0 to 65535 for all.",
    ),
    "instances of Fargate": one(
        "ECS::Service",
        "LaunchType: FARGATE, NetworkConfiguration: {}, LoadBalancers: [{TargetGroupArn: !Ref Targets}]",
        "/LoadBalancers/0/TargetGroupArn",
        "TargetGroupArn is Targets, whose TargetType is instance by default and LaunchType is FARGATE:"
        " tasks on Fargate have addresses and no instances, and ECS refuses the service. Set "
        "TargetType to ip.",
    ),
    "file system with a key and no encryption": one(
        "EFS::FileSystem",
        "KmsKeyId: a",
        "/KmsKeyId",
        "KmsKeyId is set and Encrypted is false by default: EFS refuses the key. Set Encrypted to true.",
    ),
    "file system without its throughput": one(
        "EFS::FileSystem",
        "ThroughputMode: provisioned",
        "/ThroughputMode",
        "ThroughputMode is provisioned and ProvisionedThroughputInMibps is missing: EFS refuses it. "
        "Set ProvisionedThroughputInMibps.",
    ),
    "file system with a throughput": one(
        "EFS::FileSystem",
        "ProvisionedThroughputInMibps: 10",
        "/ProvisionedThroughputInMibps",
        "ProvisionedThroughputInMibps is set and ThroughputMode is bursting by default: EFS refuses "
        "it. Set ThroughputMode to provisioned.",
    ),
    "token without TLS": one(
        "ElastiCache::ReplicationGroup",
        "AuthToken: a",
        "/AuthToken",
        "AuthToken is set and TransitEncryptionEnabled is false by default: ElastiCache refuses the "
        "token. Set TransitEncryptionEnabled to true.",
    ),
    "failover of one node": one(
        "ElastiCache::ReplicationGroup",
        "AutomaticFailoverEnabled: true, NumCacheClusters: 1",
        "/AutomaticFailoverEnabled",
        "AutomaticFailoverEnabled is true and NumCacheClusters is 1: ElastiCache refuses the failover "
        "without a replica. Set NumCacheClusters to 2 or more.",
    ),
    "Multi-AZ of one node": one(
        "ElastiCache::ReplicationGroup",
        "MultiAZEnabled: true",
        "/MultiAZEnabled",
        "MultiAZEnabled is true and NumCacheClusters is 1 by default: ElastiCache refuses Multi-AZ "
        "without a replica. Set NumCacheClusters to 2 or more.",
    ),
    "Multi-AZ without failover": one(
        "ElastiCache::ReplicationGroup",
        "MultiAZEnabled: true, AutomaticFailoverEnabled: false, NumCacheClusters: 2",
        "/MultiAZEnabled",
        "MultiAZEnabled is true and AutomaticFailoverEnabled is false: ElastiCache refuses Multi-AZ "
        "without the failover. Set AutomaticFailoverEnabled to true.",
    ),
    "FIFO target without deduplication": one(
        "Events::Rule",
        "Targets: [{Id: a, Arn: !GetAtt Fifo.Arn}]",
        "/Targets/0/Arn",
        "Arn is Fifo, whose FifoQueue is true and ContentBasedDeduplication is false by default: "
        "EventBridge sends no deduplication ID, and every event is lost. Set ContentBasedDeduplication"
        " to true.",
    ),
    "rotation of an asymmetric key": one(
        "KMS::Key",
        "EnableKeyRotation: true, KeySpec: RSA_2048",
        "/EnableKeyRotation",
        "EnableKeyRotation is true and KeySpec is RSA_2048: KMS does not rotate such a key, and refuses it.",
    ),
    "rotation of imported material": one(
        "KMS::Key",
        "EnableKeyRotation: true, Origin: EXTERNAL",
        "/EnableKeyRotation",
        "EnableKeyRotation is true and Origin is EXTERNAL: KMS does not rotate such a key, and refuses it.",
    ),
    "queue with an asymmetric key": one(
        "SQS::Queue",
        "KmsMasterKeyId: !Ref Asymmetric",
        "/KmsMasterKeyId",
        "KmsMasterKeyId is Asymmetric, whose KeySpec is RSA_2048: it gives no data keys, and every "
        "message is refused. Use a symmetric key.",
    ),
    "secret with an asymmetric key": one(
        "SecretsManager::Secret",
        "KmsKeyId: !Ref Asymmetric",
        "/KmsKeyId",
        "KmsKeyId is Asymmetric, whose KeySpec is RSA_2048: the service needs a symmetric key, and "
        "refuses it.",
    ),
    "dead letters of a function": one(
        "Lambda::Function",
        "DeadLetterConfig: {TargetArn: !GetAtt Fifo.Arn}",
        "/DeadLetterConfig/TargetArn",
        "DeadLetterConfig.TargetArn is Fifo, whose FifoQueue is true: the sender needs a standard "
        "queue. Remove FifoQueue from it, or use another.",
    ),
    "dead letters of a rule": one(
        "Events::Rule",
        "Targets: [{Id: a, Arn: b, DeadLetterConfig: {Arn: !GetAtt Fifo.Arn}}]",
        "/Targets/0/DeadLetterConfig/Arn",
        "DeadLetterConfig.Arn is Fifo, whose FifoQueue is true: the sender needs a standard queue. "
        "Remove FifoQueue from it, or use another.",
    ),
    "notification to a FIFO queue": one(
        "S3::Bucket",
        "NotificationConfiguration: {QueueConfigurations: [{Event: a, Queue: !GetAtt Fifo.Arn}]}",
        "/NotificationConfiguration/QueueConfigurations/0/Queue",
        "Queue is Fifo, whose FifoQueue is true: the sender needs a standard queue. Remove FifoQueue "
        "from it, or use another.",
    ),
    "notification to a FIFO topic": one(
        "S3::Bucket",
        "NotificationConfiguration: {TopicConfigurations: [{Event: a, Topic: !Ref FifoTopic}]}",
        "/NotificationConfiguration/TopicConfigurations/0/Topic",
        "Topic is FifoTopic, whose FifoTopic is true: S3 refuses it. Use a standard topic.",
    ),
    "FIFO letters of a standard queue": one(
        "SQS::Queue",
        "RedrivePolicy: {deadLetterTargetArn: !GetAtt Fifo.Arn}",
        "/RedrivePolicy/deadLetterTargetArn",
        "RedrivePolicy.deadLetterTargetArn is Fifo, whose FifoQueue is true and FifoQueue is false by "
        "default: the sender needs a standard queue. Remove FifoQueue from it, or use another.",
    ),
    "standard letters of a FIFO queue": one(
        "SQS::Queue",
        "FifoQueue: true, RedrivePolicy: {deadLetterTargetArn: !GetAtt Standard.Arn}",
        "/RedrivePolicy/deadLetterTargetArn",
        "RedrivePolicy.deadLetterTargetArn is Standard, whose FifoQueue is false by default and "
        "FifoQueue is true: a FIFO queue needs a FIFO queue. Set FifoQueue of it to true, or use "
        "another.",
    ),
    "batches without a window": one(
        "Lambda::EventSourceMapping",
        "EventSourceArn: !GetAtt Standard.Arn, BatchSize: 100",
        "/EventSourceArn",
        "EventSourceArn is Standard and BatchSize is 100 and MaximumBatchingWindowInSeconds is 0 by "
        "default: Lambda refuses it. Set MaximumBatchingWindowInSeconds to 1 or more.",
    ),
    "filter of infrequent access": one(
        "Logs::MetricFilter",
        "LogGroupName: !Ref Infrequent",
        "/LogGroupName",
        "LogGroupName is Infrequent, whose LogGroupClass is INFREQUENT_ACCESS: CloudWatch Logs refuses"
        " the filter. Use the class STANDARD.",
    ),
    "default with dimensions": one(
        "Logs::MetricFilter",
        "MetricTransformations: [{DefaultValue: 0, Dimensions: [{Key: a, Value: $.a}]}]",
        "/MetricTransformations/0/DefaultValue",
        "DefaultValue is set and Dimensions is set: a metric with dimensions has no default value. "
        "Remove one of them.",
    ),
    "namespace of a service": one(
        "Logs::MetricFilter",
        "MetricTransformations: [{MetricNamespace: AWS/Lambda}]",
        "/MetricTransformations/0/MetricNamespace",
        "MetricNamespace is AWS/Lambda: only services write into AWS/. Choose another.",
    ),
    "insights of a week": one(
        "RDS::DBCluster",
        "DatabaseInsightsMode: advanced",
        "/DatabaseInsightsMode",
        "DatabaseInsightsMode is advanced and PerformanceInsightsRetentionPeriod is 7 by default: RDS "
        "refuses that. Set it to 465, and enable Performance Insights.",
    ),
    "password that is managed": one(
        "RDS::DBInstance",
        "ManageMasterUserPassword: true, MasterUserPassword: a",
        "/ManageMasterUserPassword",
        "ManageMasterUserPassword is true and MasterUserPassword is set: RDS refuses a password that "
        "Secrets Manager manages. Remove one of them.",
    ),
    "monitoring without a role": one(
        "RDS::DBInstance",
        "MonitoringInterval: 60",
        "/MonitoringInterval",
        "MonitoringInterval is 60 and MonitoringRoleArn is missing: RDS refuses Enhanced Monitoring "
        "without a role. Set MonitoringRoleArn.",
    ),
    "period of insights that are off": one(
        "RDS::DBInstance",
        "PerformanceInsightsRetentionPeriod: 7, EnablePerformanceInsights: false",
        "/PerformanceInsightsRetentionPeriod",
        "PerformanceInsightsRetentionPeriod is set and EnablePerformanceInsights is false: RDS refuses"
        " settings of Performance Insights while it is off. Enable it, or remove them.",
    ),
    "HTTP on 443": one(
        "Route53::HealthCheck",
        "HealthCheckConfig: {Type: HTTP, Port: 443}",
        "/HealthCheckConfig/Port",
        "Port is 443 and Type is HTTP: no check succeeds. Set Port to 80.",
    ),
    "HTTPS on 80": one(
        "Route53::HealthCheck",
        "HealthCheckConfig: {Type: HTTPS, Port: 80}",
        "/HealthCheckConfig/Port",
        "Port is 80 and Type is HTTPS: no check succeeds. Set Port to 443.",
    ),
    "name with a scheme": one(
        "Route53::HealthCheck",
        "HealthCheckConfig: {Type: HTTPS, FullyQualifiedDomainName: !Sub 'https://${Site.DomainName}'}",
        "/HealthCheckConfig/FullyQualifiedDomainName",
        "FullyQualifiedDomainName is https://${Site.DomainName}: it must be only a host name. Remove "
        "the rest.",
    ),
    "match of nothing": one(
        "Route53::HealthCheck",
        "HealthCheckConfig: {Type: HTTPS_STR_MATCH}",
        "/HealthCheckConfig/Type",
        "SearchString is missing and Type is HTTPS_STR_MATCH: Route 53 refuses it. Set SearchString.",
    ),
    "check of a REST API without SNI": one(
        "Route53::HealthCheck",
        "HealthCheckConfig: {Type: HTTPS, EnableSNI: false, FullyQualifiedDomainName: !Ref Name1}",
        "/HealthCheckConfig/EnableSNI",
        "EnableSNI is false and FullyQualifiedDomainName is Name1 and Type is HTTPS: the endpoint "
        "answers a TLS handshake only with SNI. Set EnableSNI to true.",
    ),
    "check of an HTTP API without SNI": one(
        "Route53::HealthCheck",
        "HealthCheckConfig: {Type: HTTPS, EnableSNI: false, FullyQualifiedDomainName: !Ref Name2}",
        "/HealthCheckConfig/EnableSNI",
        "EnableSNI is false and FullyQualifiedDomainName is Name2 and Type is HTTPS: the endpoint "
        "answers a TLS handshake only with SNI. Set EnableSNI to true.",
    ),
    "check of a distribution without SNI": one(
        "Route53::HealthCheck",
        "HealthCheckConfig: {Type: HTTPS, EnableSNI: false, FullyQualifiedDomainName: !GetAtt "
        "Site.DomainName}",
        "/HealthCheckConfig/EnableSNI",
        "EnableSNI is false and FullyQualifiedDomainName is Site and Type is HTTPS: the endpoint "
        "answers a TLS handshake only with SNI. Set EnableSNI to true.",
    ),
    "replication without versions": one(
        "S3::Bucket",
        "ReplicationConfiguration: {Role: a}",
        "/ReplicationConfiguration",
        "ReplicationConfiguration is set and VersioningConfiguration.Status is Off by default: S3 "
        "refuses it. Set VersioningConfiguration: {Status: Enabled}.",
    ),
    "deduplication of a standard topic": one(
        "SNS::Topic",
        "ContentBasedDeduplication: true",
        "/ContentBasedDeduplication",
        "ContentBasedDeduplication is true and FifoTopic is false by default: SNS refuses it. Set "
        "FifoTopic to true, or remove it.",
    ),
    "association of CloudFront's web ACL": one(
        "WAFv2::WebACLAssociation",
        "WebACLArn: !GetAtt GlobalAcl.Arn",
        "/WebACLArn",
        "WebACLArn is GlobalAcl, whose Scope is CLOUDFRONT: WAF refuses the association. Set WebACLId "
        "of the distribution instead.",
    ),
    "association of a distribution": one(
        "WAFv2::WebACLAssociation",
        "ResourceArn: !Sub 'arn:aws:cloudfront::1:distribution/${Site}'",
        "/ResourceArn",
        "ResourceArn is arn:aws:cloudfront::1:distribution/${Site}: WAF refuses the association. Set "
        "WebACLId of the distribution instead.",
    ),
}


def test_each_row_finds_something() -> None:
    """Each row of the table has a template in which it is the finding."""
    messages = " ".join(cells[-1] for cells in BAD.values())

    assert [row.effect for listed in ROWS.values() for row in listed if row.effect not in messages] == []
