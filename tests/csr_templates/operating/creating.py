"""What further commands find in the account of production: keys, topics, alarms, the network, an import."""

import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final
from unittest import mock

from tests.system import PROJECT

from .stacks import ACCOUNT, PREFIX
from .world import PASSWORD, World

HOUR: Final = timedelta(hours=1)
SINCE: Final = (datetime.now(UTC) - 2 * HOUR).isoformat()
UNTIL: Final = (datetime.now(UTC) - timedelta(minutes=30)).isoformat()
ALARMS: Final = {"ap-northeast-1": ("api-5xx", "aurora-cpu"), "us-east-1": ("site-unreachable",)}
"""Region -> short names."""
KEYS: Final = {"ap-northeast-1": "function", "us-east-1": "frontend"}
"""Region -> what its key is for."""
TOPICS: Final = {"network": "Network", "database": "Database", "api": "Api", "frontend": "Frontend"}
"""Stack -> beginning of the outputs of its topics."""
LINK: Final = (
    "https://sns.us-east-1.amazonaws.com/confirmation.html?TopicArn=arn:aws:sns:us-east-1:"
    f"{ACCOUNT}:FrontendAlarmTopicArn&Token=2336412f37&Endpoint=a@example.com"
)
"""Of the e-mail for a topic."""


def create_key(world: World, region: str, use: str, environment: str = "prod") -> str:
    """Create a KMS key with the tags of an environment, and return its ID."""
    return _create_key_with_name(world, region, f"{world.environment.prefix}-{use}-key", environment)


def _create_key_with_name(world: World, region: str, name: str, environment: str) -> str:
    tags = {"Project": world.environment.project, "Environment": environment, "Name": name}
    answer = world.client("kms", region).create_key(
        Tags=[{"TagKey": key, "TagValue": value} for key, value in tags.items()]
    )
    world.key = answer["KeyMetadata"]["Arn"]
    return str(answer["KeyMetadata"]["KeyId"])


def create_keys(world: World) -> None:
    """Create a key in each region, and a log group, a secret and a snapshot that one of them encrypts."""
    for region, use in KEYS.items():
        create_key(world, region, use)
    key = create_key(world, "ap-northeast-1", "database")
    world.client("kms").enable_key_rotation(KeyId=key)
    world.client("logs").create_log_group(logGroupName=f"/aws/lambda/{PREFIX}-api", kmsKeyId=world.key)
    world.create_database()
    world.client("rds").create_db_cluster_snapshot(
        DBClusterSnapshotIdentifier="before-deploy", DBClusterIdentifier=world.name("DatabaseCluster")
    )


def schedule_deletion(world: World) -> None:
    """Create a key whose deletion is pending."""
    key = create_key(world, "us-east-1", "frontend")
    world.client("kms", "us-east-1").schedule_key_deletion(KeyId=key)


def create_topics(world: World) -> None:
    """Create two topics for each stack."""
    for name, beginning in TOPICS.items():
        for level in ("", "Critical"):
            output = f"{beginning}{level}AlarmTopicArn"
            region = world.environment.stack(name).region
            topic = world.client("sns", region).create_topic(Name=output)["TopicArn"]
            world.stacks.stacks[name].outputs[output] = topic


def create_alarms(world: World) -> None:
    """Create alarms in both regions."""
    for region, names in ALARMS.items():
        for name in names:
            world.client("cloudwatch", region).put_metric_alarm(
                AlarmName=f"{world.environment.prefix}-{name}",
                Namespace="AWS/RDS",
                MetricName="CPUUtilization",
                Statistic="Maximum",
                Period=60,
                EvaluationPeriods=1,
                Threshold=1,
                ComparisonOperator="GreaterThanThreshold",
            )


def create_network(world: World) -> None:
    """Create two zones, each with a subnet, a NAT gateway and the route to it."""
    ec2 = world.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    physical_ids = world.stacks.stacks["network"].physical_ids
    for number, zone in enumerate(("a", "c"), start=1):
        subnet = ec2.create_subnet(
            VpcId=vpc, CidrBlock=f"10.0.{number}.0/24", AvailabilityZone=f"ap-northeast-1{zone}"
        )["Subnet"]["SubnetId"]
        gateway = ec2.create_nat_gateway(SubnetId=subnet)["NatGateway"]["NatGatewayId"]
        table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
        ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=gateway)
        physical_ids[f"NatGateway{number}"] = gateway
        physical_ids[f"PrivateRouteTable{number}"] = table
        for resource, kind in ((subnet, "subnet"), (gateway, "nat"), (table, "table")):
            tags = {"Project": f"{PROJECT}", "Environment": "prod", "Name": f"private-{kind}-{number}"}
            ec2.create_tags(
                Resources=[resource], Tags=[{"Key": key, "Value": value} for key, value in tags.items()]
            )


def change_key(world: World) -> None:
    """Let CloudFront send the key b, and the API accept only that."""
    world.stacks.stacks["api"].parameters["OriginKeys"] = "b"
    world.stacks.stacks["frontend"].parameters["OriginKey"] = "b"
    world.create_origin_keys()


def create_origin_key_without_replica(world: World) -> None:
    """Create the secret of the key a, which only one region has."""
    world.client("secretsmanager").create_secret(
        Name=world.name("OriginApiKeySecretA"), SecretString=json.dumps({"apiKey": PASSWORD})
    )


def recover_secrets(world: World) -> None:
    """Create the secrets of api, then its stack, and then a version with the same key and a new field."""
    earlier = datetime.now(UTC) - HOUR
    with mock.patch("time.time", return_value=(earlier - HOUR).timestamp()):
        world.create_origin_keys()
    world.stacks.stacks["api"].created = earlier
    put_key(world, PASSWORD)


def put_key(world: World, key: str) -> None:
    """Write a new version of the secret of the key a."""
    world.client("secretsmanager").put_secret_value(
        SecretId=world.name("OriginApiKeySecretA"),
        SecretString=json.dumps({"apiKey": key, "written": time.time()}),
    )


def delete_api(world: World) -> None:
    """Delete the stack api, whose keys, queues and secrets stay."""
    world.create_origin_keys()
    delete_stack(world, "api")


def delete_stack(world: World, name: str) -> None:
    """Delete a stack; what its import finds by a tag stays: each key and each queue."""
    del world.stacks.stacks[name]
    stack = world.environment.stack(name)
    for resource in stack.imports[name].resources:
        for identifier in resource["ResourceIdentifier"].values():
            if not isinstance(identifier, Mapping) or "Tag" not in identifier:
                continue
            tag = identifier["Tag"]
            if resource["ResourceType"] == "AWS::KMS::Key":
                _create_key_with_name(world, stack.region, tag, world.environment.name)
            else:
                world.client("sqs", stack.region).create_queue(QueueName=tag, tags={"Name": tag})


def plan_import(world: World, status: str = "CREATE_COMPLETE") -> None:
    """Create the change set of an import of api, and nothing else of the stack."""
    stack = world.stacks.stacks["api"]
    stack.status = "REVIEW_IN_PROGRESS"
    request = {"ChangeSetName": "import", "ChangeSetType": "IMPORT"}
    world.stacks.create_change_set("api", request, status)


def read_password(world: World) -> None:
    """Let CloudTrail have events: of the secret of the database, and of another one."""
    for secret, error in (
        (world.name("DatabaseSecret"), ""),
        ("other", ""),
        (world.name("DatabaseSecret"), "x"),
    ):
        record = {"requestParameters": {"secretId": secret}, "sourceIPAddress": "203.0.113.7"}
        if error:
            record["errorCode"] = "AccessDenied"
        world.recorder.events.append(
            {
                "EventName": "GetSecretValue",
                "EventTime": datetime.now(UTC) - HOUR,
                "Username": "kudo",
                "CloudTrailEvent": json.dumps(record),
            }
        )
