"""What Ref and Fn::GetAtt return for a type of resource: an ARN, or something else."""

from cfn_analysis.rules.support.words import rows, words

# Type without AWS::, what Ref returns, and the attribute with the ARN if there is one.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
TABLE = """
ApiGateway::RestApi ID
Backup::BackupVault name BackupVaultArn
CloudFront::Distribution ID
CodeBuild::Project name Arn
CodeCommit::Repository ID Arn
Cognito::UserPool ID Arn
DynamoDB::GlobalTable name Arn
DynamoDB::Table name Arn
EC2::Instance ID
EC2::SecurityGroup ID
EC2::Subnet ID
EC2::VPC ID
ECR::Repository name Arn
ECS::Cluster name Arn
EFS::FileSystem ID Arn
Events::EventBus name Arn
IAM::Group name Arn
IAM::Role name Arn
IAM::User name Arn
KMS::Alias name
KMS::Key ID Arn
KMS::ReplicaKey ID Arn
Kinesis::Stream name Arn
KinesisFirehose::DeliveryStream name Arn
Lambda::Function name Arn
Logs::LogGroup name Arn
OpenSearchService::Domain name Arn
RDS::DBCluster identifier DBClusterArn
RDS::DBInstance identifier DBInstanceArn
S3::Bucket name Arn
SQS::Queue URL Arn
SSM::Parameter name Arn
WAFv2::WebACL text Arn
"""
NO_ARN = {
    f"AWS::{kind}": (returned, "".join(attribute))
    for kind, returned, *attribute in map(str.split, rows(TABLE))
}
# Types whose Ref is the ARN.
ARN = tuple(
    f"AWS::{kind}"
    for kind in words("""
        Batch::JobDefinition Batch::JobQueue CertificateManager::Certificate ECS::Service ECS::TaskDefinition
        ElasticLoadBalancingV2::Listener ElasticLoadBalancingV2::LoadBalancer
        ElasticLoadBalancingV2::TargetGroup IAM::ManagedPolicy Lambda::Alias Lambda::LayerVersion
        Lambda::Version SNS::Topic SecretsManager::Secret StepFunctions::StateMachine
    """)
)


def is_arn(kind: str, attribute: str) -> bool | None:
    """Return whether an attribute of a type, or its Ref, is an ARN; None if it is not known."""
    if kind not in NO_ARN and kind not in ARN:
        return None
    return "arn" in attribute.lower() if attribute else kind in ARN


def arn_of(kind: str, logical_id: str) -> str:
    """Return how to write the ARN of a resource."""
    _, attribute = NO_ARN.get(kind, ("", ""))
    return (
        f"Fn::GetAtt {logical_id}.{attribute}"
        if attribute
        else f"Ref {logical_id}"
        if kind in ARN
        else "its ARN"
    )
