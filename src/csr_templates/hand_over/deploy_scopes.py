"""What the deploy policies know of AWS beyond its schemas: ARNs, and what the schemas get wrong.

A type that is new to the templates needs a line in ``SCOPES``, unless one of its service covers it.
"""

from __future__ import annotations

import re
from typing import Final

SCOPES: Final = (
    ("arn:aws:apigateway:{region}::/account", "AWS::ApiGateway::Account"),
    ("arn:aws:apigateway:{region}::/apikeys*", "AWS::ApiGateway::ApiKey"),
    ("arn:aws:apigateway:{region}::/restapis*", "AWS::ApiGateway::RestApi"),
    ("arn:aws:apigateway:{region}::/tags/*", "AWS::ApiGateway::"),
    ("arn:aws:apigateway:{region}::/usageplans*", "AWS::ApiGateway::UsagePlan"),
    ("arn:aws:cloudfront::*:cache-policy/*", "AWS::CloudFront::CachePolicy"),
    ("arn:aws:cloudfront::*:distribution/*", "AWS::CloudFront::Distribution"),
    ("arn:aws:cloudfront::*:function/{name}-*", "AWS::CloudFront::Function"),
    ("arn:aws:cloudfront::*:origin-access-control/*", "AWS::CloudFront::OriginAccessControl"),
    ("arn:aws:cloudfront::*:response-headers-policy/*", "AWS::CloudFront::ResponseHeadersPolicy"),
    ("arn:aws:cloudwatch:{region}:*:alarm:{name}-*", "AWS::CloudWatch::Alarm"),
    ("arn:aws:cloudwatch::*:dashboard/{name}-*", "AWS::CloudWatch::Dashboard"),
    ("arn:aws:ec2:{region}:*:*/*", ""),
    ("arn:aws:iam::*:role/{name}-*", "AWS::IAM::Role"),
    ("arn:aws:kms:{region}:*:key/*", ""),
    ("arn:aws:lambda:{region}:*:function:{name}-*", "AWS::Lambda::Function"),
    ("arn:aws:logs:{region}:*:delivery:*", "AWS::Logs::Delivery"),
    ("arn:aws:logs:{region}:*:delivery-destination:{name}-*", "AWS::Logs::DeliveryDestination"),
    ("arn:aws:logs:{region}:*:delivery-source:{name}-*", "AWS::Logs::DeliverySource"),
    ("arn:aws:logs:{region}:*:log-group:{log_group}", "AWS::Logs::LogGroup"),
    ("arn:aws:rds:{region}:*:*:{name}-*", "AWS::RDS::"),
    ("arn:aws:rds:{region}:*:og:default*", "AWS::RDS::DBInstance"),  # the option group of whoever names none
    ("arn:aws:route53:::change/*", "AWS::Route53::RecordSet"),
    ("arn:aws:route53:::hostedzone/*", "AWS::Route53::RecordSet"),
    ("arn:aws:s3:::{name}-*", ""),
    ("arn:aws:secretsmanager:{region}:*:secret:{name}-*", ""),
    ("arn:aws:sns:{region}:*:{name}-*", "AWS::SNS::Topic"),
    ("arn:aws:sqs:{region}:*:{name}-*", "AWS::SQS::Queue"),
    ("arn:aws:wafv2:{region}:*:global/managedruleset/*", "AWS::WAFv2::WebACL"),
    ("arn:aws:wafv2:{region}:*:global/webacl/{name}-*", "AWS::WAFv2::WebACL"),
)
"""Patterns of ARNs, each with the types (the beginning of their names) that it is for.

``""`` is for what a stack without such a type touches too. ``{name}`` is ``<project>-<environment>``:
whatever CloudFormation names itself starts with the stack's name, so with that. Where a pattern names nothing
of ours, the IDs are random. ``{log_group}`` stands for patterns of the names of the template's log groups,
which start with the service that writes to them.
"""

GLOBAL: Final = frozenset({"cloudfront", "iam", "route53"})
"""Services without regions: a condition on the region of a request to them would say nothing."""

TOUCHES_AWS: Final = frozenset({"ec2", "wafv2"})
"""Services whose requests may touch what is AWS's own: the pool of addresses, the managed rule groups."""

LOOK_UPS: Final = re.compile("rds:Describe.*|cloudwatch:DescribeAlarms")
"""Actions that a handler may look things up with by listing, which IAM judges as access to all of them."""

FORGOTTEN: Final = (
    # Lambda's network interfaces outlive the function for a while. CloudFormation waits for them to go before
    # it deletes the subnets and security groups that they are in, if it may look for them.
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-lambda-function-vpcconfig.html
    ("AWS::EC2::SecurityGroup", "", ("ec2:DescribeNetworkInterfaces",)),
    ("AWS::EC2::Subnet", "", ("ec2:DescribeNetworkInterfaces",)),
    # The service whose logs are delivered has a permission of its own; the schema names those of others.
    # https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging.html
    ("AWS::Logs::DeliverySource", "", ("cloudfront:AllowVendedLogDeliveryForResource",)),
    # These two use a key with the rights of whoever calls them.
    # https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
    # https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Overview.Encryption.Keys.html
    ("AWS::SecretsManager::Secret", "KmsKeyId", ("kms:Decrypt", "kms:GenerateDataKey")),
    ("AWS::RDS::DBCluster", "KmsKeyId", ("kms:CreateGrant", "kms:DescribeKey")),
    # Its private DNS name is a hosted zone of AWS's, which EC2 associates with the VPC for whoever calls it.
    # https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
    ("AWS::EC2::VPCEndpoint", "PrivateDnsEnabled", ("route53:AssociateVPCWithHostedZone",)),
)
"""What the schemas forget: type, the property that calls for it (``""`` for none in particular), actions."""

PARAMETERS: Final = {
    "AWS::EC2::AvailabilityZone::Name": "ec2:DescribeAvailabilityZones",
}
"""Type of a parameter -> the action with which CloudFormation, as whoever deploys, looks the value up.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-supplied-parameter-types.html"""

ROLLED_BACK: Final = (
    # Each deploy publishes one. If a failed deploy leaves it, the next attempt with the same code ends with
    # "A version for this Lambda function exists".
    ("AWS::Lambda::Version", "lambda:DeleteFunction", "arn:aws:lambda:{region}:*:function:{name}-*:*"),
)
"""What every update makes, so that a failed one has to delete it: type, action, ARN of that alone."""

LOG_WRITES: Final = ("s3:PutObject", "s3:PutObjectAcl")
"""What whoever has a bucket's access logged must be allowed in the bucket with the logs.
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-s3-bucket-loggingconfig.html"""

TEMPLATE: Final = ("s3:GetObject", "s3:PutObject")
"""What ``aws cloudformation deploy --s3-bucket`` and CloudFormation do with the object of a template."""

OF_AWS: Final = frozenset({"route53:AssociateVPCWithHostedZone"})
"""Actions on what is AWS's own and has an ID that nobody knows beforehand."""

ONLY_FOR: Final = {
    "iam:AttachRolePolicy": "ManagedPolicyArns",
    "iam:DeleteRolePermissionsBoundary": "PermissionsBoundary",
    "iam:DetachRolePolicy": "ManagedPolicyArns",
    "iam:PutRolePermissionsBoundary": "PermissionsBoundary",
}
"""Actions that nothing but this property of the claiming type calls for."""

OBJECTS: Final = frozenset({"s3:DeleteObject", "s3:PutObjectAcl"})
"""Claimed for buckets, and left out: a stack makes buckets, what lies in them is not its own. ``LOG_WRITES``
are the exception."""

KEY_USE: Final = frozenset({"kms:CreateGrant", "kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"})
"""Actions that are allowed only as part of what a service of ``KEY_USERS`` does for whoever deploys."""

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

STACK: Final = (
    "CancelUpdateStack",
    "ContinueUpdateRollback",
    "CreateChangeSet",
    "CreateStack",
    "DeleteChangeSet",
    "DescribeChangeSet",
    "DescribeChangeSetHooks",
    "DescribeEvents",
    "DescribeStackEvents",
    "DescribeStackResource",
    "DescribeStackResourceDrifts",
    "DescribeStackResources",
    "DescribeStacks",
    "DetectStackDrift",
    "DetectStackResourceDrift",
    "ExecuteChangeSet",
    "GetStackPolicy",
    "GetTemplate",
    "GetTemplateSummary",
    "ListChangeSets",
    "ListStackResources",
    "RollbackStack",
    "SetStackPolicy",
    "TagResource",
    "UntagResource",
    "UpdateStack",
    "UpdateTerminationProtection",
)
"""What CloudFormation is asked to do with a stack, short of deleting it.

Whoever may set a stack policy or switch on termination protection may undo both: IAM sees no difference.
"""

ANY_STACK: Final = frozenset({"cloudformation:DescribeStackDriftDetectionStatus"})
"""What CloudFormation is asked by an ID that no ARN holds, so that IAM accepts only ``*``."""
