"""What the deploy policies know of AWS beyond its schemas: ARNs, tags, and what the schemas get wrong.

A type that is new to the templates needs a line in ``SCOPES``, unless another of its service covers what it
claims.
"""

import re
from typing import Final, NamedTuple


class Scope(NamedTuple):
    """Where the resources of a type are.

    Attributes:
        type: the resource type; ``""`` for what every stack may touch.
        arn: ``{region}`` is the stack's, ``{Name}`` the property that names the resource. Where the template
            leaves that property out, CloudFormation names it: stack, logical ID and a random part.
        tags: how a resource with a random ID is told from others: ``environment``, by the tags Project and
            Environment; ``name``, by the tag Name too, because several stacks have such resources; ``""``
            where the ARN has a name, or where AWS knows no tags.
    """

    type: str
    arn: str
    tags: str = ""


SCOPES: Final = (
    Scope("AWS::ApiGateway::Account", "arn:aws:apigateway:{region}::/account"),
    Scope("AWS::ApiGateway::ApiKey", "arn:aws:apigateway:{region}::/apikeys/*", "environment"),
    # What belongs to an API or a usage plan inherits its tags.
    # https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-tagging-supported-resources.html
    Scope("AWS::ApiGateway::RestApi", "arn:aws:apigateway:{region}::/restapis/*", "environment"),
    Scope("AWS::ApiGateway::UsagePlan", "arn:aws:apigateway:{region}::/usageplans/*", "environment"),
    Scope("AWS::CloudFront::CachePolicy", "arn:aws:cloudfront::*:cache-policy/*"),
    Scope("AWS::CloudFront::Distribution", "arn:aws:cloudfront::*:distribution/*", "environment"),
    Scope("AWS::CloudFront::Function", "arn:aws:cloudfront::*:function/{Name}"),
    Scope("AWS::CloudFront::OriginAccessControl", "arn:aws:cloudfront::*:origin-access-control/*"),
    Scope("AWS::CloudFront::ResponseHeadersPolicy", "arn:aws:cloudfront::*:response-headers-policy/*"),
    Scope("AWS::CloudWatch::Alarm", "arn:aws:cloudwatch:{region}:*:alarm:{AlarmName}"),
    Scope("AWS::CloudWatch::Dashboard", "arn:aws:cloudwatch::*:dashboard/{DashboardName}"),
    Scope("AWS::EC2::EIP", "arn:aws:ec2:{region}:*:elastic-ip/*", "environment"),
    Scope("AWS::EC2::FlowLog", "arn:aws:ec2:{region}:*:vpc-flow-log/*", "environment"),
    Scope("AWS::EC2::InternetGateway", "arn:aws:ec2:{region}:*:internet-gateway/*", "environment"),
    Scope("AWS::EC2::NatGateway", "arn:aws:ec2:{region}:*:natgateway/*", "environment"),
    Scope("AWS::EC2::NetworkAcl", "arn:aws:ec2:{region}:*:network-acl/*", "environment"),
    Scope("AWS::EC2::RouteTable", "arn:aws:ec2:{region}:*:route-table/*", "environment"),
    Scope("AWS::EC2::SecurityGroup", "arn:aws:ec2:{region}:*:security-group/*", "name"),
    Scope("AWS::EC2::Subnet", "arn:aws:ec2:{region}:*:subnet/*", "environment"),
    Scope("AWS::EC2::VPC", "arn:aws:ec2:{region}:*:vpc/*", "environment"),
    Scope("AWS::EC2::VPCEndpoint", "arn:aws:ec2:{region}:*:vpc-endpoint/*", "environment"),
    Scope("AWS::IAM::Role", "arn:aws:iam::*:role/{RoleName}"),
    Scope("AWS::KMS::Key", "arn:aws:kms:{region}:*:key/*", "name"),
    Scope("AWS::Lambda::Function", "arn:aws:lambda:{region}:*:function:{FunctionName}"),
    Scope("AWS::Lambda::Function", "arn:aws:lambda:{region}:*:function:{FunctionName}:*"),
    Scope("AWS::Logs::Delivery", "arn:aws:logs:{region}:*:delivery:*", "environment"),
    Scope("AWS::Logs::DeliveryDestination", "arn:aws:logs:{region}:*:delivery-destination:{Name}"),
    Scope("AWS::Logs::DeliverySource", "arn:aws:logs:{region}:*:delivery-source:{Name}"),
    Scope("AWS::Logs::LogGroup", "arn:aws:logs:{region}:*:log-group:{LogGroupName}"),
    Scope("AWS::Logs::LogGroup", "arn:aws:logs:{region}:*:log-group:{LogGroupName}:*"),
    Scope("AWS::RDS::DBCluster", "arn:aws:rds:{region}:*:cluster:{DBClusterIdentifier}"),
    # The last snapshot, which CloudFormation names.
    Scope("AWS::RDS::DBCluster", "arn:aws:rds:{region}:*:cluster-snapshot:{stack}-*"),
    Scope(
        "AWS::RDS::DBClusterParameterGroup", "arn:aws:rds:{region}:*:cluster-pg:{DBClusterParameterGroupName}"
    ),
    Scope("AWS::RDS::DBInstance", "arn:aws:rds:{region}:*:db:{DBInstanceIdentifier}"),
    Scope("AWS::RDS::DBInstance", "arn:aws:rds:{region}:*:og:default*"),  # where the template names none
    Scope("AWS::RDS::DBParameterGroup", "arn:aws:rds:{region}:*:pg:{DBParameterGroupName}"),
    Scope("AWS::RDS::DBSubnetGroup", "arn:aws:rds:{region}:*:subgrp:{DBSubnetGroupName}"),
    Scope("AWS::RDS::EventSubscription", "arn:aws:rds:{region}:*:es:{SubscriptionName}"),
    # Route 53 knows no condition on the tags of a health check, and tags it after its creation.
    # https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonroute53.html
    Scope("AWS::Route53::HealthCheck", "arn:aws:route53:::healthcheck/*"),
    Scope("AWS::Route53::RecordSet", "arn:aws:route53:::change/*"),
    Scope("AWS::Route53::RecordSet", "arn:aws:route53:::hostedzone/${{aws:PrincipalTag/HostedZoneId}}"),
    Scope("AWS::S3::Bucket", "arn:aws:s3:::{BucketName}"),
    # Six characters follow the name. A secret that is being created may have only its name.
    # https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_iam-policies.html
    Scope("AWS::SecretsManager::Secret", "arn:aws:secretsmanager:{region}:*:secret:{Name}"),
    Scope("AWS::SecretsManager::Secret", "arn:aws:secretsmanager:{region}:*:secret:{Name}-??????"),
    Scope("AWS::SNS::Topic", "arn:aws:sns:{region}:*:{TopicName}"),
    Scope("AWS::SQS::Queue", "arn:aws:sqs:{region}:*:{QueueName}"),
    Scope("AWS::WAFv2::WebACL", "arn:aws:wafv2:{region}:*:global/webacl/{Name}/*"),
)

CREATES: Final = (
    ("apigateway:POST", "AWS::ApiGateway::ApiKey", "arn:aws:apigateway:{region}::/apikeys"),
    ("apigateway:POST", "AWS::ApiGateway::RestApi", "arn:aws:apigateway:{region}::/restapis"),
    ("apigateway:POST", "AWS::ApiGateway::UsagePlan", "arn:aws:apigateway:{region}::/usageplans"),
    ("ec2:AllocateAddress", "AWS::EC2::EIP", "arn:aws:ec2:{region}:*:elastic-ip/*"),
    ("ec2:CreateFlowLogs", "AWS::EC2::FlowLog", "arn:aws:ec2:{region}:*:vpc-flow-log/*"),
    ("ec2:CreateInternetGateway", "AWS::EC2::InternetGateway", "arn:aws:ec2:{region}:*:internet-gateway/*"),
    ("ec2:CreateNatGateway", "AWS::EC2::NatGateway", "arn:aws:ec2:{region}:*:natgateway/*"),
    ("ec2:CreateNetworkAcl", "AWS::EC2::NetworkAcl", "arn:aws:ec2:{region}:*:network-acl/*"),
    ("ec2:CreateRouteTable", "AWS::EC2::RouteTable", "arn:aws:ec2:{region}:*:route-table/*"),
    ("ec2:CreateSecurityGroup", "AWS::EC2::SecurityGroup", "arn:aws:ec2:{region}:*:security-group/*"),
    ("ec2:CreateSubnet", "AWS::EC2::Subnet", "arn:aws:ec2:{region}:*:subnet/*"),
    ("ec2:CreateVpc", "AWS::EC2::VPC", "arn:aws:ec2:{region}:*:vpc/*"),
    ("ec2:CreateVpcEndpoint", "AWS::EC2::VPCEndpoint", "arn:aws:ec2:{region}:*:vpc-endpoint/*"),
    ("kms:CreateKey", "AWS::KMS::Key", "*"),
    ("logs:CreateDelivery", "AWS::Logs::Delivery", "arn:aws:logs:{region}:*:delivery:*"),
    # Only those whose name has an ID that nobody knows beforehand.
    ("logs:CreateLogGroup", "AWS::Logs::LogGroup", "arn:aws:logs:{region}:*:log-group:{LogGroupName}"),
)
"""What creates a resource with a random ID: action, type, and the ARN that IAM judges before there is an ID.

The request has to carry our tags: the resource has none yet. The schemas say of these types that their
handlers pass the tags with the creation (``tagOnCreate``).
"""

TAGS_ON_CREATION: Final = (
    # "permission in an IAM policy that isn't restricted to particular KMS keys"
    # https://docs.aws.amazon.com/kms/latest/developerguide/tag-permissions.html
    ("kms:TagResource", "AWS::KMS::Key", "*"),
    ("apigateway:PUT", "AWS::ApiGateway::RestApi", "arn:aws:apigateway:{region}::/tags/*"),
    ("cloudfront:TagResource", "AWS::CloudFront::Distribution", "arn:aws:cloudfront::*:distribution/*"),
    ("logs:TagResource", "AWS::Logs::Delivery", "arn:aws:logs:{region}:*:delivery:*"),
    ("logs:TagResource", "AWS::Logs::LogGroup", "arn:aws:logs:{region}:*:log-group:{LogGroupName}"),
)
"""What gives a resource with a random ID its tags when it is created: action, type and ARN.

Unlike EC2, these services do not tell IAM whether a resource is being created or has no tags, so the request
has to carry our tags, and what carries other values is refused, like a key with an alias. What has no tags
could be tagged: but a handler tags only what its stack created or imported, and the pipeline's role may not
import.
"""

CREATION_TAGS_OF_EC2: Final = "ec2:CreateTags"
"""EC2 tells IAM which action creates what is tagged.
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/supported-iam-actions-tagging.html"""

BESIDE: Final = {
    "ec2:AllocateAddress": "arn:aws:ec2:{region}:*:ipv4pool-ec2/*",  # AWS's addresses
    # A rule without tags. The group that it belongs to is judged, too.
    "ec2:AuthorizeSecurityGroupEgress": "arn:aws:ec2:{region}:*:security-group-rule/*",
    "ec2:AuthorizeSecurityGroupIngress": "arn:aws:ec2:{region}:*:security-group-rule/*",
    # The VPC's default network ACL comes back. The subnet is judged, too.
    "ec2:ReplaceNetworkAclAssociation": "arn:aws:ec2:{region}:*:network-acl/*",
    # AWS's managed rule groups. The web ACL is judged, too.
    "wafv2:CreateWebACL": "arn:aws:wafv2:{region}:*:global/managedruleset/*",
    "wafv2:UpdateWebACL": "arn:aws:wafv2:{region}:*:global/managedruleset/*",
}
"""What an action concerns without tags of ours, beside something that has them."""

ARNS: Final = {
    # https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html
    "logs:DeleteDeliverySource": ("arn:${Partition}:logs:${Region}:${Account}:delivery-source:*",),
}
"""Formats of ARNs that cfn-lint's copy of AWS's list of actions misses."""

INSIDE: Final = {
    "ec2:CreateSecurityGroup": "arn:aws:ec2:{region}:*:vpc/*",
    "ec2:DescribeVpcAttribute": "arn:aws:ec2:{region}:*:vpc/*",
}
"""What concerns something of the environment, which may be another stack's: action, ARN."""

FROM_CREATION: Final = frozenset(
    {
        "kms:DescribeKey",
        "kms:EnableKeyRotation",
        "kms:GetKeyPolicy",
        "kms:GetKeyRotationStatus",
        "kms:ListResourceTags",
    }
)
"""What a handler asks KMS for right after creating a key. KMS may notice the tags five minutes later, so
these and ``KEY_USE`` are refused only where a key carries other values.
https://docs.aws.amazon.com/kms/latest/developerguide/tag-authorization.html"""

REMOVES: Final = {
    "apigateway:DELETE": (
        "arn:aws:apigateway:{region}::/apikeys/*",  # OriginKeys decides which keys exist
        "arn:aws:apigateway:{region}::/restapis/*/deployments/*",
        "arn:aws:apigateway:{region}::/restapis/*/gatewayresponses/*",
        "arn:aws:apigateway:{region}::/restapis/*/requestvalidators/*",
        "arn:aws:apigateway:{region}::/restapis/*/resources/*",
        "arn:aws:apigateway:{region}::/usageplans/*/keys/*",
    ),
}
"""What updates remove, although the same action removes the whole: the ARNs of the parts.

An API key is a part of what limits the API: an update may take it from its plan, which has the same effect.
"""

GLOBAL: Final = frozenset({"cloudfront", "iam", "route53"})
"""Services without regions: a condition on the region of a request to them would say nothing."""

LOOK_UPS: Final = re.compile("rds:Describe.*|cloudwatch:DescribeAlarms")
"""Actions that a handler may look things up with by listing, which IAM judges as access to all of them."""

LOOKED_UP: Final = frozenset({"ec2"})
"""Services that a handler looks things up in although its stack has no resource there: a function's VPC."""

FORGOTTEN: Final = (
    # Lambda's network interfaces outlive the function for a while. CloudFormation waits for them to go before
    # it deletes the subnets and security groups that they are in, if it may look for them.
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-lambda-function-vpcconfig.html
    ("AWS::EC2::SecurityGroup", "", ("ec2:DescribeNetworkInterfaces",)),
    ("AWS::EC2::Subnet", "", ("ec2:DescribeNetworkInterfaces",)),
    # The service whose logs are delivered has a permission of its own; the schema names those of others.
    # https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging.html
    ("AWS::Logs::DeliverySource", "", ("cloudfront:AllowVendedLogDeliveryForResource",)),
    # These two use a key with the rights of the caller.
    # https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
    # https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Overview.Encryption.Keys.html
    ("AWS::SecretsManager::Secret", "KmsKeyId", ("kms:Decrypt", "kms:GenerateDataKey")),
    ("AWS::RDS::DBCluster", "KmsKeyId", ("kms:CreateGrant", "kms:DescribeKey")),
    # Its private DNS name is a hosted zone of AWS's, which EC2 associates with the VPC for the caller.
    # https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
    ("AWS::EC2::VPCEndpoint", "PrivateDnsEnabled", ("route53:AssociateVPCWithHostedZone",)),
)
"""What the schemas forget: type, the property that calls for it (``""`` for none in particular), actions."""

PARAMETERS: Final = {
    "AWS::EC2::AvailabilityZone::Name": "ec2:DescribeAvailabilityZones",
}
"""Type of a parameter -> the action with which CloudFormation looks the value up.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-supplied-parameter-types.html"""

ROLLED_BACK: Final = (
    # Each deploy publishes one. If a failed deploy leaves it, the next attempt with the same code ends with
    # "A version for this Lambda function exists".
    (
        "AWS::Lambda::Version",
        "lambda:DeleteFunction",
        "AWS::Lambda::Function",
        "arn:aws:lambda:{region}:*:function:{FunctionName}:*",
    ),
)
"""What every update makes, so that a failed one has to delete it: type, action, whose ARN, and the ARN."""

PACKAGES: Final = (
    ("AWS::Lambda::Function", ("s3:GetObject", "s3:GetObjectVersion"), "lambda-deployments-{account}/*"),
)
"""Objects of another stack's bucket that creating a resource reads: type, actions, name after the prefix."""

LOG_WRITES: Final = ("s3:PutObject", "s3:PutObjectAcl")
"""What the caller must be allowed in the bucket that the access to another bucket is logged to.
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-s3-bucket-loggingconfig.html"""

OF_AWS: Final = frozenset({"route53:AssociateVPCWithHostedZone"})
"""Actions on what is AWS's own and has an ID that nobody knows beforehand."""

OPTIONAL: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "AWS::ApiGateway::RestApi": {
        "BodyS3Location": ("s3:GetObject",),
        "Policy": ("apigateway:UpdateRestApiPolicy",),
    },
    "AWS::CloudFront::Distribution": {
        "ConnectionMode": ("cloudfront:CreateConnectionGroup", "cloudfront:GetConnectionGroup"),
        "Staging": ("cloudfront:UpdateDistributionWithStagingConfig",),
    },
    "AWS::EC2::EIP": {
        "InstanceId": ("ec2:AssociateAddress",),
        "TransferAddress": ("ec2:AcceptAddressTransfer",),
    },
    "AWS::EC2::FlowLog": {"LogDestination": ("s3:GetBucketPolicy", "s3:PutBucketPolicy")},
    "AWS::EC2::NatGateway": {
        "SecondaryAllocationIds": (
            "ec2:AssociateNatGatewayAddress",
            "ec2:DisassociateNatGatewayAddress",
        ),
        "SecondaryPrivateIpAddresses": (
            "ec2:AssignPrivateNatGatewayAddress",
            "ec2:UnassignPrivateNatGatewayAddress",
        ),
    },
    "AWS::EC2::Subnet": {
        "Ipv6CidrBlock": ("ec2:AssociateSubnetCidrBlock", "ec2:DisassociateSubnetCidrBlock"),
    },
    "AWS::EC2::VPC": {
        "EncryptionControl": ("ec2:CreateVpcEncryptionControl",),
        "InstanceTenancy": ("ec2:ModifyVpcTenancy",),
    },
    "AWS::EC2::VPCGatewayAttachment": {
        "VpnGatewayId": ("ec2:AttachVpnGateway", "ec2:DetachVpnGateway"),
    },
    "AWS::IAM::Role": {
        "Description": ("iam:UpdateRoleDescription",),
        "ManagedPolicyArns": ("iam:DetachRolePolicy",),
        "PermissionsBoundary": ("iam:DeleteRolePermissionsBoundary", "iam:PutRolePermissionsBoundary"),
    },
    "AWS::KMS::Key": {"Enabled": ("kms:DisableKey", "kms:EnableKey")},
    "AWS::Lambda::Function": {
        "CodeSigningConfigArn": (
            "lambda:DeleteFunctionCodeSigningConfig",
            "lambda:PutFunctionCodeSigningConfig",
        ),
        "FunctionScalingConfig": ("lambda:PutFunctionScalingConfig",),
        "RecursiveLoop": ("lambda:PutFunctionRecursionConfig",),
        "ReservedConcurrentExecutions": (
            "lambda:DeleteFunctionConcurrency",
            "lambda:PutFunctionConcurrency",
        ),
        "RuntimeManagementConfig": ("lambda:PutRuntimeManagementConfig",),
    },
    "AWS::Lambda::Version": {
        "FunctionScalingConfig": ("lambda:PutFunctionScalingConfig",),
        "ProvisionedConcurrencyConfig": ("lambda:PutProvisionedConcurrencyConfig",),
        "RuntimePolicy": ("lambda:PutRuntimeManagementConfig",),
    },
    "AWS::Logs::DeliveryDestination": {
        "DeliveryDestinationPolicy": (
            "logs:DeleteDeliveryDestinationPolicy",
            "logs:PutDeliveryDestinationPolicy",
        ),
    },
    "AWS::Logs::LogGroup": {
        "BearerTokenAuthenticationEnabled": ("logs:PutBearerTokenAuthentication",),
        "DataProtectionPolicy": ("logs:DeleteDataProtectionPolicy", "logs:PutDataProtectionPolicy"),
        "DeletionProtectionEnabled": ("logs:PutLogGroupDeletionProtection",),
        "FieldIndexPolicies": ("logs:DeleteIndexPolicy", "logs:PutIndexPolicy"),
        "LogGroupClass": ("logs:CreateLogDelivery",),
        "ResourcePolicyDocument": ("logs:DeleteResourcePolicy", "logs:PutResourcePolicy"),
    },
    "AWS::RDS::DBCluster": {
        "AssociatedRoles": ("rds:AddRoleToDBCluster", "rds:RemoveRoleFromDBCluster"),
        "EnableHttpEndpoint": ("rds:DisableHttpEndpoint", "rds:EnableHttpEndpoint"),
        "GlobalClusterIdentifier": ("rds:RemoveFromGlobalCluster",),
        "ManageMasterUserPassword": ("secretsmanager:CreateSecret", "secretsmanager:TagResource"),
        "SnapshotIdentifier": ("rds:RestoreDBClusterFromSnapshot",),
        "SourceDBClusterIdentifier": ("rds:RestoreDBClusterToPointInTime",),
    },
    "AWS::RDS::DBInstance": {
        "AssociatedRoles": ("rds:AddRoleToDBInstance", "rds:RemoveRoleFromDBInstance"),
        "AutomaticBackupReplicationRegion": (
            "rds:StartDBInstanceAutomatedBackupsReplication",
            "rds:StopDBInstanceAutomatedBackupsReplication",
        ),
        "DBSnapshotIdentifier": ("rds:CreateDBSnapshot", "rds:RestoreDBInstanceFromDBSnapshot"),
        "ManageMasterUserPassword": ("secretsmanager:CreateSecret", "secretsmanager:TagResource"),
        "RestoreTime": ("rds:RestoreDBInstanceToPointInTime",),
        "SourceDBInstanceIdentifier": ("rds:CreateDBInstanceReadReplica", "rds:PromoteReadReplica"),
    },
    "AWS::S3::Bucket": {
        "AbacStatus": ("s3:PutBucketAbac",),
        "AccelerateConfiguration": ("s3:PutAccelerateConfiguration",),
        "AccessControl": ("s3:PutBucketAcl",),
        "AnalyticsConfigurations": ("s3:PutAnalyticsConfiguration",),
        "BucketEncryption": ("s3:PutEncryptionConfiguration",),
        "CorsConfiguration": ("s3:PutBucketCORS",),
        "IntelligentTieringConfigurations": ("s3:PutIntelligentTieringConfiguration",),
        "InventoryConfigurations": ("s3:PutInventoryConfiguration",),
        "LifecycleConfiguration": ("s3:PutLifecycleConfiguration",),
        "LoggingConfiguration": ("s3:PutBucketLogging",),
        "MetadataConfiguration": (
            "s3:CreateBucketMetadataTableConfiguration",
            "s3:DeleteBucketMetadataTableConfiguration",
            "s3:UpdateBucketMetadataAnnotationTableConfiguration",
            "s3:UpdateBucketMetadataInventoryTableConfiguration",
            "s3:UpdateBucketMetadataJournalTableConfiguration",
        ),
        "MetricsConfigurations": ("s3:PutMetricsConfiguration",),
        "NotificationConfiguration": ("s3:PutBucketNotification",),
        "ObjectLockConfiguration": ("s3:PutBucketObjectLockConfiguration",),
        "OwnershipControls": ("s3:PutBucketOwnershipControls",),
        "PublicAccessBlockConfiguration": ("s3:PutBucketPublicAccessBlock",),
        "ReplicationConfiguration": ("s3:PutReplicationConfiguration",),
        "VersioningConfiguration": ("s3:PutBucketVersioning",),
        "WebsiteConfiguration": ("s3:DeleteBucketWebsite", "s3:PutBucketWebsite"),
    },
    "AWS::SNS::Topic": {
        "DataProtectionPolicy": ("sns:PutDataProtectionPolicy",),
        "Subscription": ("sns:Subscribe", "sns:Unsubscribe"),
    },
    "AWS::SecretsManager::Secret": {
        "ReplicaRegions": (
            "secretsmanager:RemoveRegionsFromReplication",
            "secretsmanager:ReplicateSecretToRegions",
        ),
    },
    "AWS::WAFv2::LoggingConfiguration": {"S3Destination": ("s3:GetBucketPolicy", "s3:PutBucketPolicy")},
}
"""Type -> property -> what only that property calls for. A claim counts only if a template sets it."""

OBJECTS: Final = frozenset({"s3:DeleteObject", "s3:GetObject", "s3:GetObjectVersion", "s3:PutObjectAcl"})
"""Claimed, and left out: a stack makes buckets, what lies in them is not its own. ``LOG_WRITES`` and
``PACKAGES`` are the exceptions."""

KEY_USE: Final = frozenset({"kms:CreateGrant", "kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"})
"""Actions that are allowed only as part of what a service of ``KEY_USERS`` does for the caller."""

KEY_USERS: Final = {
    "AWS::Lambda::Function": "lambda",
    "AWS::RDS::DBCluster": "rds",
    "AWS::RDS::DBInstance": "rds",
    "AWS::SecretsManager::Secret": "secretsmanager",
}

SERVICE_LINKED: Final = (
    ("AWS::ApiGateway::RestApi", "ops.apigateway.amazonaws.com"),
    ("AWS::EC2::FlowLog", "delivery.logs.amazonaws.com"),
    ("AWS::RDS::", "rds.amazonaws.com"),
    ("AWS::WAFv2::LoggingConfiguration", "wafv2.amazonaws.com"),
)
"""Services that make a role for themselves with an account's first resource of these types.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_aws-services-that-work-with-iam.html"""
