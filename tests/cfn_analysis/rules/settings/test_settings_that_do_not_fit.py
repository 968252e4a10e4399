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
  Pool: {Type: AWS::Cognito::UserPool}
  Subnet: {Type: AWS::EC2::Subnet}
  Task: {Type: AWS::ECS::TaskDefinition}
  Vpc: {Type: AWS::EC2::VPC}
  RegionalAcl: {Type: AWS::WAFv2::WebACL, Properties: {Scope: REGIONAL}}
  Site: {Type: AWS::CloudFront::Distribution}
  Standard: {Type: AWS::SQS::Queue}
  Targets: {Type: AWS::ElasticLoadBalancingV2::TargetGroup}
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
    "function with both": """
  One: {Type: AWS::Lambda::Function, Properties: {VpcConfig: {SecurityGroupIds: [a], SubnetIds: [b]}}}
""",
    "wrapper in an image": """
  One: {Type: AWS::Lambda::Function, Properties: {PackageType: Image,
      Environment: {Variables: {AWS_LAMBDA_EXEC_WRAPPER: /opt/a}}}}
""",
    "less than the reserved": """
  F: {Type: AWS::Lambda::Function, Properties: {ReservedConcurrentExecutions: 5}}
  One: {Type: AWS::Lambda::Alias, Properties: {FunctionName: !Ref F,
      ProvisionedConcurrencyConfig: {ProvisionedConcurrentExecutions: 4}}}
""",
    "function called with POST": """
  One: {Type: AWS::ApiGateway::Method,
      Properties: {Integration: {Uri: 'arn:aws:apigateway:eu-west-1:lambda:path/a',
      IntegrationHttpMethod: POST}}}
""",
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
    "function without groups": (
        """
  One: {Type: AWS::Lambda::Function, Properties: {VpcConfig: {SubnetIds: [a]}}}
""",
        "Resources/One/Properties/VpcConfig/SubnetIds",
        "SubnetIds is set and SecurityGroupIds is missing: Lambda requires both. Specify one of each.",
    ),
    "function without subnets": (
        """
  One: {Type: AWS::Lambda::Function, Properties: {VpcConfig: {SecurityGroupIds: [a]}}}
""",
        "Resources/One/Properties/VpcConfig/SecurityGroupIds",
        "SecurityGroupIds is set and SubnetIds is missing: Lambda requires both. Specify one of each.",
    ),
    "wrapper without its layer": (
        """
  One: {Type: AWS::Lambda::Function,
      Properties: {Environment: {Variables: {AWS_LAMBDA_EXEC_WRAPPER: /opt/a}}}}
""",
        "Resources/One/Properties/Environment/Variables/AWS_LAMBDA_EXEC_WRAPPER",
        "Environment.Variables.AWS_LAMBDA_EXEC_WRAPPER is /opt/a and Layers is missing: the wrapper is in "
        "a layer that the function does not have, and every call fails. Add it to Layers.",
    ),
    "more than the reserved": (
        """
  F: {Type: AWS::Lambda::Function, Properties: {ReservedConcurrentExecutions: 5}}
  One: {Type: AWS::Lambda::Alias, Properties: {FunctionName: !Ref F,
      ProvisionedConcurrencyConfig: {ProvisionedConcurrentExecutions: 6}}}
""",
        "Resources/One/Properties/ProvisionedConcurrencyConfig/ProvisionedConcurrentExecutions",
        "ProvisionedConcurrencyConfig.ProvisionedConcurrentExecutions is 6 and FunctionName is F, whose "
        "ReservedConcurrentExecutions is 5: Lambda refuses more than the reserved. Reserve more, or "
        "provision less.",
    ),
    "function called with GET": (
        """
  One: {Type: AWS::ApiGateway::Method,
      Properties: {Integration: {Uri: 'arn:aws:apigateway:eu-west-1:lambda:path/a',
      IntegrationHttpMethod: GET}}}
""",
        "Resources/One/Properties/Integration/Uri",
        "Uri is arn:aws:apigateway:eu-west-1:lambda:path/a and IntegrationHttpMethod is GET: Lambda "
        "accepts only POST. Write POST for every HttpMethod.",
    ),
    "function called with nothing": (
        """
  One: {Type: AWS::ApiGateway::Method,
      Properties: {Integration: {Uri: 'arn:aws:apigateway:eu-west-1:lambda:path/a'}}}
""",
        "Resources/One/Properties/Integration/Uri",
        "Uri is arn:aws:apigateway:eu-west-1:lambda:path/a and IntegrationHttpMethod is missing: Lambda "
        "accepts only POST. Write POST for every HttpMethod.",
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
        "ResourceType: Subnet, ResourceId: !Ref Vpc",
        "/ResourceType",
        "ResourceType is Subnet and ResourceId is Vpc: EC2 refuses the flow log. Set it to VPC.",
    ),
    "flow log of a subnet": one(
        "EC2::FlowLog",
        "ResourceType: VPC, ResourceId: !Ref Subnet",
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
        "LaunchType: FARGATE, LoadBalancers: [{TargetGroupArn: !Ref Targets, ContainerPort: 80}]",
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
