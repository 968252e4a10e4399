"""The drill's account, with in moto what the pages look up, restore and delete by hand."""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from botocore.exceptions import ClientError

from tests.docs.pages import CHOSEN_SNAPSHOT

from ..drill.account import Account, Declared, Key, Stack, Thing

TOKYO: Final = "ap-northeast-1"
FINAL_SNAPSHOT: Final = "csr-lambda-api-prod-database-snapshot-databasecluster-1a2b3c4d5e6f"
PACKAGES: Final = "lambda-deployments"  # in the name of the bucket
PASSWORD: Final = "only-in-the-mock"


class MotoAccount(Account):
    """An account that has in moto, too, what the pages ask for.

    Attributes:
        client: service, region -> botocore's client.
    """

    def __init__(self, client: Callable[[str, str], Any]) -> None:
        super().__init__()
        self.client = client

    def identify(self, stack: Stack, logical_id: str, declared: Declared) -> dict[str, str]:
        """Create the resource in moto, and return the identifier that it has there."""
        identifier = super().identify(stack, logical_id, declared)
        make = _MAKERS.get(declared.kind)
        if make is not None:
            (name,) = identifier
            client = self.client(declared.kind.split("::")[1].lower(), stack.region)
            identifier[name] = make(client, identifier[name], declared.properties) or identifier[name]
        return identifier

    def found(self, key: Key) -> Thing | None:
        """Return the resource with a key, be it one that was created by hand."""
        region, kind, (identifier, *_) = key
        ask = {
            "AWS::RDS::DBCluster": ("describe_db_clusters", "DBClusterIdentifier"),
            "AWS::RDS::DBInstance": ("describe_db_instances", "DBInstanceIdentifier"),
        }.get(kind)
        if thing := super().found(key):
            return thing
        if ask is None:
            return None
        try:
            getattr(self.client("rds", region), ask[0])(**{ask[1]: identifier})
        except ClientError:
            return None
        return Thing(kind, region, {ask[1]: identifier}, {})

    def gone(self, thing: Thing) -> None:
        """Delete the resource in moto; a cluster leaves a snapshot by hand, and the one of its deletion."""
        rds = self.client("rds", TOKYO)
        if thing.kind == "AWS::RDS::DBInstance":
            rds.delete_db_instance(DBInstanceIdentifier=thing.ref)
        elif thing.kind == "AWS::RDS::DBCluster":
            for name in (CHOSEN_SNAPSHOT, FINAL_SNAPSHOT):
                rds.create_db_cluster_snapshot(
                    DBClusterIdentifier=thing.ref, DBClusterSnapshotIdentifier=name
                )
            rds.delete_db_cluster(DBClusterIdentifier=thing.ref, SkipFinalSnapshot=True)
            delete_automatic_snapshots(rds)
        elif thing.kind == "AWS::EC2::SecurityGroup":
            self.client("ec2", thing.region).delete_security_group(GroupId=thing.ref)
        elif thing.kind == "AWS::SNS::Topic":
            self.client("sns", thing.region).delete_topic(TopicArn=thing.ref)
        elif thing.kind == "AWS::SecretsManager::SecretTargetAttachment":
            _connect(self.client("secretsmanager", thing.region), thing.ref, {})


def delete_automatic_snapshots(rds: Any) -> None:
    """Delete the resources that are deleted with their cluster, but not in moto."""
    for snapshot in rds.describe_db_cluster_snapshots()["DBClusterSnapshots"]:
        name = snapshot["DBClusterSnapshotIdentifier"]
        if name.startswith("rds:"):
            rds.delete_db_cluster_snapshot(DBClusterSnapshotIdentifier=name)


def _key(client: Any, name: str, properties: Mapping[str, Any]) -> str:
    del name
    tags = [{"TagKey": tag["Key"], "TagValue": tag["Value"]} for tag in properties["Tags"]]
    return str(client.create_key(Tags=tags)["KeyMetadata"]["KeyId"])


def _secret(client: Any, name: str, properties: Mapping[str, Any]) -> str:
    del name
    generator = properties["GenerateSecretString"]
    value = json.loads(generator["SecretStringTemplate"]) | {generator["GenerateStringKey"]: PASSWORD}
    copies = {"AddReplicaRegions": properties["ReplicaRegions"]} if "ReplicaRegions" in properties else {}
    # The drill's name for the ARN of a key begins with the ID that moto knows.
    key = {"KmsKeyId": properties["KmsKeyId"].removesuffix(".Arn")} if "KmsKeyId" in properties else {}
    created = client.create_secret(Name=properties["Name"], SecretString=json.dumps(value), **copies, **key)
    return str(created["ARN"])


def _attachment(client: Any, name: str, properties: Mapping[str, Any]) -> str:
    """Write the connection to the secret, and return the secret's ARN, which is the identifier.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-secretsmanager-secrettargetattachment.html
    """
    del name
    cluster = properties["TargetId"]
    host = f"{cluster}.cluster-account.{TOKYO}.rds.amazonaws.com"
    connection = {"dbClusterIdentifier": cluster, "engine": "mysql", "host": host, "port": 3306}
    _connect(client, properties["SecretId"], connection)
    return str(properties["SecretId"])


def _connect(client: Any, secret: str, connection: Mapping[str, Any]) -> None:
    """Write a new version of a secret, with its credentials and a connection."""
    value = json.loads(client.get_secret_value(SecretId=secret)["SecretString"])
    credentials = {name: value[name] for name in ("username", "password")}
    client.put_secret_value(SecretId=secret, SecretString=json.dumps({**credentials, **connection}))


def _queue(client: Any, name: str, properties: Mapping[str, Any]) -> str:
    tags = {tag["Key"]: tag["Value"] for tag in properties["Tags"]}
    return str(client.create_queue(QueueName=name, tags=tags)["QueueUrl"])


def _vpc(client: Any, name: str, properties: Mapping[str, Any]) -> str:
    del name
    vpc = str(client.create_vpc(CidrBlock=properties["CidrBlock"])["Vpc"]["VpcId"])
    group = default_group(client, vpc)["GroupId"]
    to_itself = {"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": group}]}
    client.authorize_security_group_ingress(GroupId=group, IpPermissions=[to_itself])  # as AWS does
    return vpc


def default_group(client: Any, vpc: str) -> Any:
    """Return the default security group of a VPC."""
    filters = [{"Name": "group-name", "Values": ["default"]}, {"Name": "vpc-id", "Values": [vpc]}]
    return client.describe_security_groups(Filters=filters)["SecurityGroups"][0]


def _subnet(client: Any, name: str, properties: Mapping[str, Any]) -> str:
    del name
    settings = {key: properties[key] for key in ("VpcId", "CidrBlock", "AvailabilityZone")}
    return str(client.create_subnet(**settings)["Subnet"]["SubnetId"])


def _security_group(client: Any, name: str, properties: Mapping[str, Any]) -> str:
    del name
    group = client.create_security_group(
        GroupName=properties["GroupName"], Description="A group", VpcId=properties["VpcId"]
    )
    return str(group["GroupId"])


def _subnet_group(client: Any, name: str, properties: Mapping[str, Any]) -> None:
    client.create_db_subnet_group(
        DBSubnetGroupName=name, DBSubnetGroupDescription="Subnets", SubnetIds=properties["SubnetIds"]
    )


def _cluster_parameters(client: Any, name: str, properties: Mapping[str, Any]) -> None:
    client.create_db_cluster_parameter_group(
        DBClusterParameterGroupName=name, DBParameterGroupFamily=properties["Family"], Description="Cluster"
    )


def _parameters(client: Any, name: str, properties: Mapping[str, Any]) -> None:
    client.create_db_parameter_group(
        DBParameterGroupName=name, DBParameterGroupFamily=properties["Family"], Description="Instance"
    )


def _bucket(client: Any, name: str, properties: Mapping[str, Any]) -> None:
    del properties
    region = client.meta.region_name
    elsewhere = {"CreateBucketConfiguration": {"LocationConstraint": region}}
    client.create_bucket(Bucket=name, **({} if region == "us-east-1" else elsewhere))
    client.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    if PACKAGES in name:
        for content in (b"older", b"newer"):
            client.put_object(Bucket=name, Key="lambda-deployment-package.zip", Body=content)


def _topic(client: Any, name: str, properties: Mapping[str, Any]) -> str:
    del properties
    return str(client.create_topic(Name=name)["TopicArn"])


def _role(client: Any, name: str, properties: Mapping[str, Any]) -> None:
    del properties
    client.create_role(RoleName=name, AssumeRolePolicyDocument="{}")


def _cluster(client: Any, name: str, properties: Mapping[str, Any]) -> None:
    client.create_db_cluster(
        DBClusterIdentifier=name,
        Engine=properties["Engine"],
        EngineVersion=properties["EngineVersion"],
        MasterUsername="csradmin",
        MasterUserPassword=PASSWORD,
    )


def _instance(client: Any, name: str, properties: Mapping[str, Any]) -> None:
    client.create_db_instance(
        DBInstanceIdentifier=name,
        **{key: properties[key] for key in ("DBClusterIdentifier", "DBInstanceClass", "Engine", "Tags")},
    )


# Type -> what creates one, and returns its identifier if the service makes it up. The client is that of the
# service in the name of the type.
_MAKERS: Final[Mapping[str, Callable[[Any, str, Mapping[str, Any]], str | None]]] = {
    "AWS::EC2::SecurityGroup": _security_group,
    "AWS::EC2::Subnet": _subnet,
    "AWS::EC2::VPC": _vpc,
    "AWS::IAM::Role": _role,
    "AWS::KMS::Key": _key,
    "AWS::RDS::DBCluster": _cluster,
    "AWS::RDS::DBClusterParameterGroup": _cluster_parameters,
    "AWS::RDS::DBInstance": _instance,
    "AWS::RDS::DBParameterGroup": _parameters,
    "AWS::RDS::DBSubnetGroup": _subnet_group,
    "AWS::S3::Bucket": _bucket,
    "AWS::SNS::Topic": _topic,
    "AWS::SQS::Queue": _queue,
    "AWS::SecretsManager::Secret": _secret,
    "AWS::SecretsManager::SecretTargetAttachment": _attachment,
}
