from typing import Any

from cfn_analysis.rules.support.references import own_type
from cfn_analysis.rules.support.rule import Faults, Rule, Validator, properties_of
from cfn_analysis.rules.support.settings import misfits, read

TABLE = r"""
https://docs.aws.amazon.com/apigateway/latest/api/API_Integration.html
ApiGateway::Method/Integration IntegrationHttpMethod!=POST & Uri~:lambda:path/ \
    : Lambda accepts only POST. Write POST for every HttpMethod.
ApiGateway::Method/Integration IntegrationHttpMethod- & Uri~:lambda:path/ \
    : Lambda accepts only POST. Write POST for every HttpMethod.
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-caching.html
ApiGateway::Stage/MethodSettings/* CachingEnabled=true & CacheTtlInSeconds=0 \
    : nothing is cached. Set a lifetime from 1 to 3600 seconds.
ApiGateway::Stage/MethodSettings/* CachingEnabled=true & /CacheClusterEnabled(false)=false \
    : nothing is cached. Set CacheClusterEnabled and CacheClusterSize of the stage, under the same condition.
ApiGateway::Stage/MethodSettings/* CachingEnabled=true & HttpMethod=ANY|DELETE|PATCH|POST|PUT \
    & /CacheClusterEnabled=true : a request that changes something can be answered from the cache and not be \
carried out. Cache only GET.
https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-stages.html
ApiGatewayV2::Stage AutoDeploy(false)=false & DeploymentId- & *ApiGatewayV2::Deployment- \
    : the stage serves no route. Set AutoDeploy to true, or add a deployment.
https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-use-lambda-authorizer.html
ApiGateway::Method AuthorizerId+ & AuthorizationType(NONE)=NONE|AWS_IAM : the authorizer is not called. Set \
AuthorizationType to CUSTOM or COGNITO_USER_POOLS.
ApiGateway::Method AuthorizationType=CUSTOM|COGNITO_USER_POOLS & AuthorizerId- \
    : API Gateway refuses the method. Set AuthorizerId.
ApiGatewayV2::Route AuthorizerId+ & AuthorizationType(NONE)=NONE|AWS_IAM \
    : the authorizer is not called. Set AuthorizationType to JWT or CUSTOM.
ApiGatewayV2::Route AuthorizationType=CUSTOM|JWT & AuthorizerId- \
    : API Gateway refuses the route. Set AuthorizerId.
ApiGatewayV2::Route Target@ApiGatewayV2::Integration : a route needs integrations/ before the ID. Add it.
https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html
ApplicationAutoScaling::ScalableTarget ServiceNamespace=ecs & ScalableDimension~^(?!ecs:)\w+: DIMENSION
ApplicationAutoScaling::ScalableTarget ServiceNamespace=dynamodb & ScalableDimension~^(?!dynamodb:)\w+: \
    DIMENSION
ApplicationAutoScaling::ScalableTarget ServiceNamespace=lambda & ScalableDimension~^(?!lambda:)\w+: DIMENSION
ApplicationAutoScaling::ScalableTarget ServiceNamespace=rds & ScalableDimension~^(?!rds:)\w+: DIMENSION
ApplicationAutoScaling::ScalableTarget ScalableDimension~^ecs: & ResourceId!~^(\W|service/[^/]+/) \
    : ResourceId must be service/CLUSTER/SERVICE.
ApplicationAutoScaling::ScalableTarget ScalableDimension~^dynamodb:table: & ResourceId!~^(\W|table/[^/]+$) \
    : ResourceId must be table/NAME.
ApplicationAutoScaling::ScalableTarget ScalableDimension~^dynamodb:index: \
    & ResourceId!~^(\W|table/.*/index/) \
    : ResourceId must be table/NAME/index/NAME.
ApplicationAutoScaling::ScalableTarget ScalableDimension~^rds: & ResourceId!~^(\W|cluster:) \
    : ResourceId must be cluster:NAME.
ApplicationAutoScaling::ScalableTarget ScalableDimension~^lambda: & ResourceId!~^(\W|function:.+:) \
    : ResourceId must be function:NAME:ALIAS.
ApplicationAutoScaling::ScalableTarget MinCapacity>MaxCapacity : the service refuses them. Swap them.
https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PutScalingPolicy.html
ApplicationAutoScaling::ScalingPolicy PolicyType=TargetTrackingScaling \
    & TargetTrackingScalingPolicyConfiguration- : the service refuses the policy. Add it.
ApplicationAutoScaling::ScalingPolicy PolicyType=StepScaling & StepScalingPolicyConfiguration- \
    : the service refuses the policy. Add it.
https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_CreateAutoScalingGroup.html
AutoScaling::AutoScalingGroup MinSize>MaxSize : EC2 Auto Scaling refuses them. Swap them.
AutoScaling::AutoScalingGroup DesiredCapacity>MaxSize : EC2 Auto Scaling refuses them. Raise MaxSize.
AutoScaling::AutoScalingGroup DesiredCapacity<MinSize : EC2 Auto Scaling refuses them. Lower MinSize.
https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ServerlessV2ScalingConfiguration.html
RDS::DBCluster/ServerlessV2ScalingConfiguration,RDS::DBCluster/ScalingConfiguration MinCapacity>MaxCapacity \
    : RDS refuses them. Swap them.
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/Expiration.html
CACHED MinTTL>DefaultTTL : CloudFront refuses it. Put MinTTL, DefaultTTL and MaxTTL in order.
CACHED DefaultTTL>MaxTTL : CloudFront refuses it. Put MinTTL, DefaultTTL and MaxTTL in order.
CACHED MinTTL>MaxTTL & DefaultTTL-- : CloudFront refuses it. Put MinTTL and MaxTTL in order.
CloudFront::CachePolicy/CachePolicyConfig MaxTTL=0 \
    & ParametersInCacheKeyAndForwardedToOrigin/EnableAcceptEncodingGzip=true \
    : CloudFront refuses it if nothing is cached. Set it to false, or increase MaxTTL.
CloudFront::CachePolicy/CachePolicyConfig MaxTTL=0 \
    & ParametersInCacheKeyAndForwardedToOrigin/EnableAcceptEncodingBrotli=true \
    : CloudFront refuses it if nothing is cached. Set it to false, or increase MaxTTL.
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-functions-choosing.html
CONFIG/DefaultCacheBehavior/FunctionAssociations/*,CONFIG/CacheBehaviors/*/FunctionAssociations/* \
    EventType=origin-request|origin-response : CloudFront Functions run only on viewer-request and \
viewer-response. Use one of these, or a function of Lambda@Edge in LambdaFunctionAssociations.
https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_ViewerCertificate.html
CONFIG/ViewerCertificate CloudFrontDefaultCertificate=true & MinimumProtocolVersion!=TLSv1 \
    : CloudFront sets TLSv1 with its own certificate. Use your own certificate and alias, or remove \
MinimumProtocolVersion.
https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CacheBehavior.html
BEHAVIOR OriginRequestPolicyId+ & CachePolicyId- \
    : CloudFront refuses an origin request policy without a cache policy. Set CachePolicyId.
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html
CONFIG Aliases~\w & ViewerCertificate- : CloudFront refuses names without a certificate for them. Add it.
CONFIG Aliases~\w & ViewerCertificate/CloudFrontDefaultCertificate=true \
    : CloudFront refuses names without a certificate for them. Set AcmCertificateArn.
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
CONFIG/Origins/* \
    OriginAccessControlId@CloudFront::OriginAccessControl/OriginAccessControlConfig/SigningBehavior=never \
    : CloudFront does not sign its requests. Set it to always.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/WebsiteEndpoints.html
CONFIG/Origins/* CustomOriginConfig/OriginProtocolPolicy=https-only & DomainName~s3-website|WebsiteURL \
    : a website endpoint of S3 supports only HTTP, and every request fails. Use http-only.
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-cloudfront-distribution-distributionconfig.html
CONFIG WebACLId@WAFv2::WebACL/Scope=REGIONAL : CloudFront refuses it. A distribution needs CLOUDFRONT.
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-cloudfront-responseheaderspolicy-stricttransportsecurity.html
CloudFront::ResponseHeadersPolicy/ResponseHeadersPolicyConfig/SecurityHeadersConfig/StrictTransportSecurity \
    AccessControlMaxAgeSec=0 : browsers delete the rule that the site is only on HTTPS. Use 31536000, a year.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
ALARM ComparisonOperator- REFUSED_ALARM ComparisonOperator: GreaterThanThreshold.
ALARM EvaluationPeriods- REFUSED_ALARM EvaluationPeriods: 2.
ALARM Threshold- & ThresholdMetricId- REFUSED_ALARM Threshold: 80.
ALARM MetricName+ & Statistic- & ExtendedStatistic- REFUSED_ALARM Statistic: Average.
ALARM MetricName+ & Period- REFUSED_ALARM Period: 300.
ALARM MetricName+ & Namespace- REFUSED_ALARM Namespace: AWS/Lambda.
ALARM DatapointsToAlarm>EvaluationPeriods : CloudWatch refuses the alarm. Lower DatapointsToAlarm.
https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_CreateTrail.html
CloudTrail::Trail IsMultiRegionTrail=true & IncludeGlobalServiceEvents=false \
    : CloudTrail refuses it. Set IncludeGlobalServiceEvents to true.
CloudTrail::Trail CloudWatchLogsLogGroupArn+ & CloudWatchLogsRoleArn- : CloudTrail refuses it. Add the role.
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_SSESpecification.html
DynamoDB::Table/SSESpecification KMSMasterKeyId+ & SSEEnabled=false \
    : DynamoDB refuses the key. Set SSEEnabled to true.
https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html
EC2::VPCEndpoint VpcEndpointType(Gateway)=Gateway \
    & ServiceName~^com\.amazonaws\.[^.]+\.(?!(s3|s3express|dynamodb)$)[a-z] \
    : only S3 and DynamoDB have gateways, and EC2 refuses it. Set VpcEndpointType to Interface.
EC2::VPCEndpoint SubnetIds+ GATEWAY : EC2 refuses subnets of a gateway. Set RouteTableIds instead.
EC2::VPCEndpoint SecurityGroupIds+ GATEWAY : EC2 refuses groups of a gateway. Remove them.
EC2::VPCEndpoint PrivateDnsEnabled=true GATEWAY : EC2 refuses private DNS of a gateway. Remove it.
EC2::VPCEndpoint RouteTableIds- GATEWAY : no subnet uses the gateway. List the route tables.
https://docs.aws.amazon.com/vpc/latest/privatelink/interface-endpoints.html#enable-private-dns
EC2::VPCEndpoint PrivateDnsEnabled=true & VpcId@NO_SUPPORT : EC2 refuses private DNS. Set it to true.
EC2::VPCEndpoint PrivateDnsEnabled=true & VpcId@NO_NAMES : EC2 refuses private DNS. Set it to true.
Route53::HostedZone/VPCs/* VPCId@NO_SUPPORT : the names of the zone do not resolve. Set it to true.
Route53::HostedZone/VPCs/* VPCId@NO_NAMES : the names of the zone do not resolve. Set it to true.
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateFlowLogs.html
EC2::FlowLog DeliverLogsPermissionArn- & LogDestinationType(cloud-watch-logs)=cloud-watch-logs \
    : EC2 refuses the flow log without a role. Set DeliverLogsPermissionArn.
EC2::FlowLog LogGroupName+ & LogDestinationType=s3|kinesis-data-firehose \
    : EC2 refuses a log group for this destination. Set LogDestination instead.
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNatGateway.html
EC2::NatGateway AllocationId- & ConnectivityType(public)=public & AvailabilityMode-- \
    : EC2 refuses a public NAT gateway without an address. Set AllocationId.
EC2::NatGateway AllocationId+ & ConnectivityType=private \
    : EC2 refuses the address of a private NAT gateway. Remove it.
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVolume.html
DISK VolumeType=io1|io2 & Iops- : EC2 refuses the volume. Set Iops.
DISK KmsKeyId+ & Encrypted(false)=false & SnapshotId-- : EC2 refuses the key. Set Encrypted to true.
https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
GROUP_RULE \
    ToPort=0 & FromPort=0 & IpProtocol=tcp|6|udp|17 \
    : this opens only port 0. Write the port, or 0 to 65535 for all.
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/alb.html
ECS::Service/LoadBalancers/* \
    TargetGroupArn@ElasticLoadBalancingV2::TargetGroup/TargetType(instance)=instance & /LaunchType=FARGATE \
    : tasks on Fargate have addresses and no instances, and ECS refuses the service. Set TargetType to ip.
ECS::Service LaunchType=FARGATE & NetworkConfiguration- & DeploymentController-- \
    : ECS refuses tasks on Fargate without it. Set AwsvpcConfiguration with the subnets.
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html
ECS::TaskDefinition/ContainerDefinitions/* Secrets+ & /ExecutionRoleArn- \
    : ECS refuses secrets without the role that reads them. Set ExecutionRoleArn.
ECS::TaskDefinition/ContainerDefinitions/* LogConfiguration/LogDriver=awslogs & /ExecutionRoleArn- \
    & /RequiresCompatibilities~FARGATE : Fargate needs the role that writes the log. Set ExecutionRoleArn.
https://docs.aws.amazon.com/efs/latest/ug/API_CreateFileSystem.html
EFS::FileSystem KmsKeyId+ & Encrypted(false)=false : EFS refuses the key. Set Encrypted to true.
EFS::FileSystem ThroughputMode=provisioned & ProvisionedThroughputInMibps- \
    : EFS refuses it. Set ProvisionedThroughputInMibps.
EFS::FileSystem ProvisionedThroughputInMibps+ & ThroughputMode(bursting)!=provisioned \
    : EFS refuses it. Set ThroughputMode to provisioned.
https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateCacheCluster.html
ElastiCache::CacheCluster NumCacheNodes>1 & Engine=redis|valkey \
    : ElastiCache refuses it. Set it to 1, or use a replication group.
https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateReplicationGroup.html
ElastiCache::ReplicationGroup AuthToken+ & TransitEncryptionEnabled(false)=false \
    : ElastiCache refuses the token. Set TransitEncryptionEnabled to true.
ElastiCache::ReplicationGroup AutomaticFailoverEnabled=true & ONE_NODE \
    : ElastiCache refuses the failover without a replica. Set NumCacheClusters to 2 or more.
ElastiCache::ReplicationGroup MultiAZEnabled=true & ONE_NODE \
    : ElastiCache refuses Multi-AZ without a replica. Set NumCacheClusters to 2 or more.
ElastiCache::ReplicationGroup MultiAZEnabled=true & AutomaticFailoverEnabled=false \
    : ElastiCache refuses Multi-AZ without the failover. Set AutomaticFailoverEnabled to true.
https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html
ElasticLoadBalancingV2::TargetGroup VpcId- & TargetType(instance)=instance|ip|alb \
    : Elastic Load Balancing refuses it. Set VpcId.
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-rule-schedule.html
Events::Rule ScheduleExpression+ & EventBusName@Events::EventBus \
    : EventBridge runs schedules only on the default event bus. Remove EventBusName.
https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_Target.html
Events::Rule/Targets/* Arn@SQS::Queue/FifoQueue=true & Arn@SQS::Queue/ContentBasedDeduplication(false)=false \
    : EventBridge sends no deduplication ID, and every event is lost. Set ContentBasedDeduplication to true.
https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html
KMS::Key KeySpec~^(ECC|HMAC) & KeyUsage(ENCRYPT_DECRYPT)=ENCRYPT_DECRYPT \
    : KMS refuses it, since such a key cannot encrypt. Set KeyUsage.
https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html
KMS::Key EnableKeyRotation=true & KeySpec!=SYMMETRIC_DEFAULT : KMS does not rotate such a key, and refuses it.
KMS::Key EnableKeyRotation=true & Origin!=AWS_KMS : KMS does not rotate such a key, and refuses it.
https://docs.aws.amazon.com/sns/latest/dg/sns-server-side-encryption.html
SNS::Topic,SQS::Queue KmsMasterKeyId@KMS::Key/KeySpec!=SYMMETRIC_DEFAULT \
    : it gives no data keys, and every message is refused. Use a symmetric key.
https://docs.aws.amazon.com/efs/latest/ug/encryption-at-rest.html
EFS::FileSystem,Logs::LogGroup,SecretsManager::Secret KmsKeyId@KMS::Key/KeySpec!=SYMMETRIC_DEFAULT \
    : the service needs a symmetric key, and refuses it.
https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
Lambda::Function DeadLetterConfig/TargetArn@SQS::Queue/FifoQueue=true NEEDS_STANDARD
Events::Rule/Targets/* DeadLetterConfig/Arn@SQS::Queue/FifoQueue=true NEEDS_STANDARD
S3::Bucket/NotificationConfiguration/QueueConfigurations/* Queue@SQS::Queue/FifoQueue=true NEEDS_STANDARD
S3::Bucket/NotificationConfiguration/TopicConfigurations/* Topic@SNS::Topic/FifoTopic=true \
    : S3 refuses it. Use a standard topic.
SQS::Queue RedrivePolicy/deadLetterTargetArn@SQS::Queue/FifoQueue=true & FifoQueue(false)=false NEEDS_STANDARD
SQS::Queue RedrivePolicy/deadLetterTargetArn@SQS::Queue/FifoQueue(false)=false & FifoQueue=true \
    : a FIFO queue needs a FIFO queue. Set FifoQueue of it to true, or use another.
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-key-source.html
ApiGateway::RestApi ApiKeySourceType=AUTHORIZER & *ApiGateway::Authorizer- & Body-- & BodyS3Location-- \
    : no authorizer gives a key, and every request that needs one is refused. Set it to HEADER.
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html
ApiGatewayV2::Authorizer/JwtConfiguration Issuer~ProviderName\}$ \
    : an issuer begins with https://. Write ProviderURL.
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-private.html
ApiGatewayV2::Integration ConnectionType=VPC_LINK & IntegrationUri~^https?:|DNSName \
    : a private integration needs the ARN of a listener or of a service.
https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_DistributionConfig.html
BEHAVIOR FunctionAssociations~"EventType":\s"([\w-]+)".*"EventType":\s"\1" \
    : CloudFront allows one function for an event. Join the functions.
CONFIG DefaultRootObject~^/ : CloudFront does not find it. Remove the slash.
BEHAVIOR AllowedMethods!~^\w+\sand\s\w+(\sand\sOPTIONS)?$|^OPTIONS\sand\s\w+\sand\s\w+$|^(\w+\sand\s){6}\w+$ \
    & AllowedMethods~\sand\s : CloudFront allows GET and HEAD, also with OPTIONS, or all seven methods.
CONFIG/Origins/* S3OriginConfig+ & OriginAccessControlId@CONTROL/OriginAccessControlOriginType!=s3 \
    : the origin is a bucket, and its requests are not signed. Set it to s3.
https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ProjectArtifacts.html
CodeBuild::Project Source/Type=CODEPIPELINE & Artifacts/Type!=CODEPIPELINE \
    : CodeBuild refuses it. Set both to CODEPIPELINE.
CodeBuild::Project Artifacts/Type=CODEPIPELINE & Source/Type!=CODEPIPELINE \
    : CodeBuild refuses it. Set both to CODEPIPELINE.
https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs.html
EC2::FlowLog ResourceType!=VPC & ResourceId@EC2::VPC : EC2 refuses the flow log. Set it to VPC.
EC2::FlowLog ResourceType!=Subnet & ResourceId@EC2::Subnet : EC2 refuses the flow log. Set it to Subnet.
https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_EFSAuthorizationConfig.html
ECS::TaskDefinition/Volumes/*/EFSVolumeConfiguration AuthorizationConfig/IAM=ENABLED \
    & TransitEncryption(DISABLED)=DISABLED \
    : ECS refuses the task definition. Set TransitEncryption to ENABLED.
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html
ECS::Service EnableExecuteCommand=true & TaskDefinition@ECS::TaskDefinition/TaskRoleArn(missing)=missing \
    : ECS Exec needs a task role with the ssmmessages permissions. Add TaskRoleArn.
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-action-types.html
ElasticLoadBalancingV2::Listener/DefaultActions/* RedirectConfig/Protocol=HTTP & /Protocol=HTTP \
    & RedirectConfig/Port=80 & /Port=80 & RedirectConfig/Host-- & RedirectConfig/Path-- \
    & RedirectConfig/Query-- \
    : this redirects to itself. Redirect to HTTPS and 443.
https://docs.aws.amazon.com/firehose/latest/APIReference/API_BufferingHints.html
KinesisFirehose::DeliveryStream/ExtendedS3DestinationConfiguration \
    DynamicPartitioningConfiguration/Enabled=true \
    & BufferingHints/SizeInMBs(5)<64 : Firehose needs a buffer of at least 64 MB for dynamic partitioning.
https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_Delivery.html
Logs::Delivery FieldDelimiter+ & DeliveryDestinationArn@Logs::DeliveryDestination/OutputFormat=json|parquet \
    : only plain, w3c and raw have a delimiter, and the delivery is refused. Remove FieldDelimiter.
https://docs.aws.amazon.com/opensearch-service/latest/developerguide/managedomains-multiaz.html
OpenSearchService::Domain/ClusterConfig ZoneAwarenessConfig/AvailabilityZoneCount>InstanceCount \
    : each zone needs a data node, and the domain is refused. Increase InstanceCount.
https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_WorkingWithParamGroups.html
RDS::DBCluster DBClusterParameterGroupName@RDS::DBParameterGroup \
    : it needs an AWS::RDS::DBClusterParameterGroup.
RDS::DBInstance DBParameterGroupName@RDS::DBClusterParameterGroup : it needs an AWS::RDS::DBParameterGroup.
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.MasterAccounts.html
RDS::DBInstance,RDS::DBCluster MasterUsername=rdsadmin : RDS keeps this name for itself. Use another one.
SecretsManager::Secret GenerateSecretString/SecretStringTemplate~"username":\s?"rdsadmin" \
    : RDS keeps this name for itself. Use another one.
https://dev.mysql.com/doc/refman/8.0/en/charset-mysql.html
RDS::DBClusterParameterGroup/Parameters,RDS::DBParameterGroup/Parameters character_set_server=utf8mb4 \
    & collation_server~^(?!utf8mb4_)\w : the collation is one of another character set. Change one of them.
https://docs.aws.amazon.com/sns/latest/dg/sns-large-payload-raw-message-delivery.html
SNS::Subscription RawMessageDelivery=true & Protocol=lambda|email|email-json|sms|application \
    : SNS refuses raw messages for this protocol. Remove RawMessageDelivery.
https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-forwarded-ip-address.html
WAFv2::WebACL/Rules/*/Statement/RateBasedStatement,WAFv2::RuleGroup/Rules/*/Statement/RateBasedStatement \
    AggregateKeyType=FORWARDED_IP & ForwardedIPConfig- : WAF refuses the rule. Add the header.
https://docs.aws.amazon.com/waf/latest/APIReference/API_AssociationConfig.html
WAFv2::WebACL Scope=CLOUDFRONT & AssociationConfig/RequestBody+ & AssociationConfig/RequestBody/CLOUDFRONT-- \
    : the limit of bodies applies to other resources. Write it for CLOUDFRONT.
https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-app-idp-settings.html
Cognito::UserPoolClient AllowedOAuthFlows+ & AllowedOAuthFlowsUserPoolClient(false)=false \
    : the client has no flows. Set AllowedOAuthFlowsUserPoolClient to true.
https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
StepFunctions::StateMachine DefinitionString~"ErrorEquals"\s*:\s*\[(?=[^\]]*,)[^\]]*States\.ALL \
    : States.ALL must be the only error of its list, and the definition is refused.
StepFunctions::StateMachine Definition~"ErrorEquals":\s\[(?=[^\]]*,)[^\]]*States\.ALL \
    : States.ALL must be the only error of its list, and the definition is refused.
https://docs.aws.amazon.com/step-functions/latest/dg/choosing-workflow-type.html
StepFunctions::StateMachine StateMachineType=EXPRESS & Definition~states:::[\w:-]+\.(sync|waitForTaskToken) \
    : an Express workflow cannot wait, and it is refused. Set StateMachineType to STANDARD.
StepFunctions::StateMachine StateMachineType=EXPRESS \
    & DefinitionString~states:::[\w:-]+\.(sync|waitForTaskToken) \
    : an Express workflow cannot wait, and it is refused. Set StateMachineType to STANDARD.
https://docs.aws.amazon.com/lambda/latest/dg/configuration-filesystem.html
Lambda::Function FileSystemConfigs+ & VpcConfig- \
    : a file system is in a VPC, and Lambda refuses it. Add VpcConfig.
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
SQS::Queue RedrivePolicy/deadLetterTargetArn@SQS::Queue/RETENTION<RETENTION \
    & FifoQueue(false)=false : a message may be gone when it gets there. Raise its MessageRetentionPeriod.
https://docs.aws.amazon.com/lambda/latest/api/API_VpcConfig.html
Lambda::Function/VpcConfig SubnetIds+ & SecurityGroupIds- : Lambda requires both. Specify one of each.
Lambda::Function/VpcConfig SecurityGroupIds+ & SubnetIds- : Lambda requires both. Specify one of each.
https://docs.aws.amazon.com/lambda/latest/dg/runtimes-modify.html
Lambda::Function Environment/Variables/AWS_LAMBDA_EXEC_WRAPPER~^/opt/ & Layers- & PackageType-- \
    : the wrapper comes with a layer, and every call fails. Add it to Layers.
https://docs.aws.amazon.com/lambda/latest/dg/provisioned-concurrency.html
PROVISIONED ProvisionedConcurrencyConfig/ProvisionedConcurrentExecutions>RESERVED \
    : Lambda refuses to keep more environments ready than the function can use. Reserve more, or provision \
less.
PROVISIONED ProvisionedConcurrencyConfig+ & FunctionVersion=$LATEST \
    : Lambda refuses it. Publish a version.
https://docs.aws.amazon.com/lambda/latest/dg/snapstart.html
PROVISIONED ProvisionedConcurrencyConfig+ \
    & FunctionName@Lambda::Function/SnapStart/ApplyOn=PublishedVersions : Lambda refuses both. Remove one.
https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html
Lambda::EventSourceMapping EventSourceArn@SQS::Queue & BatchSize>10 & MaximumBatchingWindowInSeconds(0)<1 \
    : Lambda refuses it. Set MaximumBatchingWindowInSeconds to 1 or more.
https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
Lambda::EventSourceMapping EventSourceArn@DynamoDB::Table/StreamSpecification- \
    : the table has no stream, and the stack fails. Add it.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CloudWatch_Logs_Log_Classes.html
Logs::MetricFilter,Logs::SubscriptionFilter LogGroupName@Logs::LogGroup/LogGroupClass=INFREQUENT_ACCESS \
    : CloudWatch Logs refuses the filter. Use the class STANDARD.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/MonitoringLogData.html
Logs::MetricFilter/MetricTransformations/* DefaultValue+ & Dimensions+ \
    : a metric with dimensions has no default value. Remove one of them.
Logs::MetricFilter/MetricTransformations/* MetricNamespace~^AWS/ \
    : only services write into AWS/. Choose another.
https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
RDS::DBInstance AvailabilityZone+ & MultiAZ=true : RDS refuses the zone. Remove it.
RDS::DBInstance StorageType=io1|io2 & Iops- : RDS refuses the storage. Set Iops.
RDS::DBInstance,RDS::DBCluster DatabaseInsightsMode=advanced & PerformanceInsightsRetentionPeriod(7)<465 \
    : RDS refuses that. Set it to 465, and enable Performance Insights.
RDS::DBInstance,RDS::DBCluster ManageMasterUserPassword=true & MasterUserPassword+ \
    : RDS refuses a password that Secrets Manager manages. Remove one of them.
RDS::DBInstance,RDS::DBCluster MonitoringInterval>0 & MonitoringRoleArn- \
    : RDS refuses Enhanced Monitoring without a role. Set MonitoringRoleArn.
https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBCluster.html
RDS::DBCluster EXPORTS(audit|error|general|iam-db-auth-error|instance|slowquery)ENDED & Engine=aurora-mysql \
    : RDS refuses it. It has audit, error, general, iam-db-auth-error, instance and slowquery.
RDS::DBCluster EXPORTS(iam-db-auth-error|instance|postgresql)ENDED & Engine=aurora-postgresql \
    : RDS refuses it. It has iam-db-auth-error, instance and postgresql.
RDS::DBCluster EXPORTS(error|general|iam-db-auth-error|slowquery)ENDED & Engine=mysql \
    : RDS refuses it. It has error, general, iam-db-auth-error and slowquery.
RDS::DBInstance EXPORTS(audit|error|general|iam-db-auth-error|slowquery)ENDED & Engine=mariadb|mysql \
    : RDS refuses it. It has audit, error, general, iam-db-auth-error and slowquery.
RDS::DBInstance,RDS::DBCluster EXPORTS(iam-db-auth-error|postgresql|upgrade)ENDED & Engine=postgres \
    : RDS refuses it. It has iam-db-auth-error, postgresql and upgrade.
https://github.com/cloudposse/terraform-aws-rds-cluster/issues/158
RDS::DBInstance PerformanceInsightsRetentionPeriod+ & EnablePerformanceInsights(false)=false INSIGHTS
https://docs.aws.amazon.com/Route53/latest/APIReference/API_HealthCheckConfig.html
CHECK Port=443 & Type=HTTP|HTTP_STR_MATCH : no check succeeds. Set Port to 80.
CHECK Port=80 & OVER_TLS : no check succeeds. Set Port to 443.
CHECK FullyQualifiedDomainName~^\W*https?://|://\$|/$ : it must be only a host name. Remove the rest.
CHECK SearchString- & Type=HTTP_STR_MATCH|HTTPS_STR_MATCH : Route 53 refuses it. Set SearchString.
CHECK EnableSNI=false & FullyQualifiedDomainName@ApiGateway::DomainName & OVER_TLS NEEDS_SNI
CHECK EnableSNI=false & FullyQualifiedDomainName@ApiGatewayV2::DomainName & OVER_TLS NEEDS_SNI
CHECK EnableSNI=false & FullyQualifiedDomainName@CloudFront::Distribution & OVER_TLS NEEDS_SNI
https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-requirements.html
S3::Bucket ReplicationConfiguration+ & VersioningConfiguration/Status(Off)!=Enabled \
    & ObjectLockEnabled-- : S3 refuses it. Set VersioningConfiguration: {Status: Enabled}.
https://docs.aws.amazon.com/AmazonS3/latest/API/API_ServerSideEncryptionByDefault.html
S3::Bucket/BucketEncryption/ServerSideEncryptionConfiguration/*/ServerSideEncryptionByDefault \
    KMSMasterKeyID+ & SSEAlgorithm=AES256 : S3 refuses the key. Set SSEAlgorithm to aws:kms.
https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-flexible-time-windows.html
Scheduler::Schedule/FlexibleTimeWindow Mode=FLEXIBLE & MaximumWindowInMinutes- \
    : EventBridge Scheduler refuses it. Set MaximumWindowInMinutes.
https://docs.aws.amazon.com/secretsmanager/latest/userguide/cfn-example_secret.html
SecretsManager::Secret SecretString+ & GenerateSecretString+ \
    : only one of the two is allowed. Remove one.
https://docs.aws.amazon.com/step-functions/latest/apireference/API_LoggingConfiguration.html
StepFunctions::StateMachine/LoggingConfiguration Level=ALL|ERROR|FATAL & Destinations- \
    : Step Functions refuses it. Set Destinations.
https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html
SNS::Topic ContentBasedDeduplication=true & FifoTopic(false)=false \
    : SNS refuses it. Set FifoTopic to true, or remove it.
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-wafv2-webaclassociation.html
WAFv2::WebACLAssociation WebACLArn@WAFv2::WebACL/Scope=CLOUDFRONT \
    : WAF refuses the association. Set WebACLId of the distribution instead.
WAFv2::WebACLAssociation ResourceArn~distribution/ \
    : WAF refuses the association. Set WebACLId of the distribution instead.
"""
# What several rows share.
SHARED = {
    "ALARM": "CloudWatch::Alarm EvaluationCriteria-- &",
    "CACHED": "CloudFront::CachePolicy/CachePolicyConfig,CONFIG/DefaultCacheBehavior,CONFIG/CacheBehaviors/*",
    "DIMENSION": ": the dimension is one of another service. Change one of them.",
    "BEHAVIOR": "CONFIG/DefaultCacheBehavior,CONFIG/CacheBehaviors/*",
    "CHECK": "Route53::HealthCheck/HealthCheckConfig",
    "CONTROL": "CloudFront::OriginAccessControl/OriginAccessControlConfig",
    "CONFIG": "CloudFront::Distribution/DistributionConfig",
    "GROUP_RULE": "EC2::SecurityGroupIngress,EC2::SecurityGroup/SecurityGroupIngress/*,"
    "EC2::SecurityGroupEgress,EC2::SecurityGroup/SecurityGroupEgress/*",
    "OVER_TLS": "Type=HTTPS|HTTPS_STR_MATCH",
    "DISK": "EC2::Volume,EC2::Instance/BlockDeviceMappings/*/Ebs,"
    "EC2::LaunchTemplate/LaunchTemplateData/BlockDeviceMappings/*/Ebs",
    "ENDED": r"(\sand\s|$))",
    "EXPORTS": r"EnableCloudwatchLogsExports~(^|\sand\s)(?!\$|",
    "GATEWAY": r"& ServiceName~\.(s3|s3express|dynamodb)$ & VpcEndpointType(Gateway)=Gateway",
    "INSIGHTS": ": RDS refuses settings of Performance Insights while it is off. Enable it, or remove them.",
    "NO_NAMES": "EC2::VPC/EnableDnsHostnames(false)=false",
    "NO_SUPPORT": "EC2::VPC/EnableDnsSupport=false",
    "NEEDS_SNI": ": the endpoint answers a TLS handshake only with SNI. Set EnableSNI to true.",
    "NEEDS_STANDARD": ": the sender needs a standard queue. Remove FifoQueue from it, or use another.",
    "ONE_NODE": "NumCacheClusters(1)<2 & NumNodeGroups-- & ReplicasPerNodeGroup-- "
    "& NodeGroupConfiguration-- & GlobalReplicationGroupId-- & PrimaryClusterId--",
    "REFUSED_ALARM": ": CloudWatch refuses the alarm. Write it, for example",
    "PROVISIONED": "Lambda::Alias,Lambda::Version",
    "RESERVED": "FunctionName@Lambda::Function/ReservedConcurrentExecutions",
    "RETENTION": "MessageRetentionPeriod(345600)",
}
ROWS = read(TABLE, SHARED)


class SettingsThatDoNotFit(Rule):
    """Settings that the service refuses together, or without effect because of another.

    The schemas check each property alone. Many settings need another one, in the same resource or in the one
    that they refer to: an interval of Enhanced Monitoring needs a role, a failover needs a second node, a
    dead-letter queue of a function must not be FIFO. The message names the settings, and what to set. Of a
    parameter, the default is compared.
    """

    id = "E9735"
    source_url = "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html"
    fault_class = "values"
    looks_at = properties_of(*ROWS)

    def faults(self, validator: Validator, properties: Any) -> Faults:
        for misfit in misfits(validator, properties, ROWS[own_type(validator)]):
            yield misfit.fault()
