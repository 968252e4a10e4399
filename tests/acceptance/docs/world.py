"""A terminal in which the commands of the pages run: bash, with an ``aws`` that talks to a mock of AWS.

Bash itself takes the blocks apart, so what is checked is what an operator's shell would run: variables are
filled, outputs of one command reach the next. The ``aws`` on its path hands its words over to this process,
which reads them as the AWS CLI would (``aws_cli``) and calls a moto server on this machine through botocore.
"""

import gzip
import json
import logging
import os
import re
import shutil
import socketserver
import subprocess
import tempfile
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.request import Request, urlopen

import jmespath
from botocore.exceptions import BotoCoreError, ClientError, WaiterError

from csr_templates import STACKS
from tests.docs.aws_cli import SESSION, Command, CommandError, parse
from tests.docs.pages import CHOICES, CHOSEN_SNAPSHOT, ROOT, TOOLS, Block, filled
from tests.docs.serving import serving
from tests.system import REGIONS

from .model import BOOTSTRAP, QUIET, Model
from .moto_account import default_group, delete_automatic_snapshots

TOKYO: Final = "ap-northeast-1"
VIRGINIA: Final = "us-east-1"
TEMPLATES: Final = {stack.name: stack.template for stack in STACKS}
API_ID: Final = "a1b2c3d4e5"
EMPTY_ZIP: Final = b"PK\x05\x06" + bytes(18)
SECONDS: Final = 180  # a chapter needs about one, and a deploy of all stacks five

# What moto has, so that it can be run.
RUN: Final = frozenset(
    {
        "cloudfront",
        "cloudwatch",
        "ec2",
        "iam",
        "kms",
        "lambda",
        "logs",
        "rds",
        "resourcegroupstaggingapi",
        "s3",
        "s3api",
        "secretsmanager",
        "sns",
    }
    | {"sqs", "sts", "wafv2"}
)
# What is only read and not run, and why.
NOT_RUN: Final = {
    "apigateway": "moto needs a dozen further packages for it",
    "cloudtrail lookup-events": "moto does not have it",
    "cloudwatch delete-alarm-mute-rule": "moto does not have it",
    "cloudwatch put-alarm-mute-rule": "moto does not have it",
    "lambda get-account-settings": "moto does not have it",
    "lambda put-provisioned-concurrency-config": "moto does not have it",
    "lambda delete-provisioned-concurrency-config": "moto does not have it",
    "rds describe-db-cluster-automated-backups": "moto does not have it",
    "rds delete-db-cluster-automated-backup": "moto does not have it",
    "rds describe-db-engine-versions": "moto does not have it",
    "s3 ls": "the command is the AWS CLI's own, not an operation",
    "wafv2 describe-managed-rule-group": "moto does not have it",
    "wafv2 get-rate-based-statement-managed-keys": "moto does not have it",
    "cloudformation": "moto lacks Fn::GetStackOutput and dynamic references; stacks are answered here",
    "logs tail": "the command is the AWS CLI's own, not an operation",
    "cloudfront wait invalidation-completed": "moto never completes one",
}

WITHOUT_KEY: Final = "inaccessible-encryption-credentials-recoverable"
# The responses to use instead, if a block continues with them.
ANSWERS: Final[Mapping[str, Any]] = {
    "DescribeDBClusterAutomatedBackups": {
        "DBClusterAutomatedBackups": [{"DbClusterResourceId": "cluster-1"}]
    },
    "DescribeManagedRuleGroup": {"Rules": [{"Name": "NoUserAgent_HEADER"}, {"Name": CHOICES["INNER"]}]},
    "GetAccount": {"cloudwatchRoleArn": "arn:aws:iam::123456789012:role/logs"},
    "GetAccountSettings": {"AccountLimit": {"UnreservedConcurrentExecutions": 500}},
    "GetRestApi": {"apiStatus": "AVAILABLE"},
    "GetUsagePlanKeys": {"items": [{"id": "key"}, {"id": "another"}]},
}

SHIM: Final = """\
#!/bin/bash
words=()
for word; do
  if [ "$word" = file:///dev/stdin ]; then cat > stdin; word=file://stdin; fi
  words+=("$word")
done
exec 3<>/dev/tcp/127.0.0.1/{port}
printf '%s\\0' $# "${{words[@]}}" "$PWD" "$BLOCK" >&3
for part in out err status; do IFS= read -r -d '' $part <&3; done
printf %s "$out"
printf %s "$err" >&2
exit "$status"
"""
# What the blocks call besides aws and jq: here it does nothing.
IDLE: Final = ("csr-templates", "curl", "git", "make", "mysql", "sleep", "sudo")
VERSION: Final = "aws-cli/2.31.0 Python/3.13.7 Linux/6.1 exe/x86_64"
CHANGE_SET: Final = CHOICES["CHANGE_SET"]
CREATED_AT: Final = "2026-11-25T01:30:00+00:00"  # of each change set
EARLIER_SNAPSHOT: Final = "earlier"  # of a cluster that had the same name before
# What `deploy --no-execute-changeset` prints: awscli/customizations/cloudformation/deploy.py
DEPLOYED: Final = f"""
Waiting for changeset to be created..
Changeset created successfully. Run the following command to review changes:
aws cloudformation describe-change-set --change-set-name {CHANGE_SET}
"""
# What a line of the access log of CloudFront has for the commands.
REQUEST: Final = {"c-ip": "203.0.113.7", "c-country": "JP"}
# Command -> the first status of its stack in which it works.
REQUIRED: Final[Mapping[str, str]] = {
    name: status
    for name, body in re.findall(
        r"^([a-z_]+)\(\) \( #(.*?)^\)", TOOLS.read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    for status in re.findall(r"tools_require (\w+)", body)[:1]
}
EXECUTED: Final = """
Waiting for changeset to be created..
Waiting for stack create/update to complete
Successfully created/updated stack - {}
"""
# The next second for each caller, so that names with a time in them differ however fast the commands are.
CLOCK: Final = """\
#!/bin/bash
read -r seconds < '{count}'
echo $((seconds + 1)) > '{count}'
exec {date} -d "$seconds seconds" "$@"
"""
UNCHANGED: Final = """
Waiting for changeset to be created..

No changes to deploy. Stack csr-lambda-api-prod-network is up to date
"""


@dataclass
class World:
    """A mock of AWS with the resources of the stacks that the commands use.

    Attributes:
        endpoint: address of the moto server.
        resources: stack -> logical ID -> resource, resolved with production's values.
        output_keys: stack -> keys of its outputs.
        outputs: stack -> key of an output -> value.
        enabled: API key -> whether it is enabled, as ``update-api-key`` was given it.
        ids: logical ID -> physical ID of what ``describe-stack-resource`` is asked for.
        seen: every command that was given, in order.
        run: those of them that moto has run.
        printed: what each ``aws`` printed, by the block that called it, in order.
        clients: service and region -> botocore's client, since making one takes a while.
        model: answers for CloudFormation where a stack was deleted; otherwise all stacks are there.
        disabled_key: ID of a key that waits for its deletion.
        ip_sets: logical ID of a set of addresses -> its ARN.
        texts: line -> text of the blocks of this session.
        block: line of the block that called last.
        is_changing: whether a stack was changed and not waited for, so that its next status is in progress.
    """

    endpoint: str
    resources: Mapping[str, Mapping[str, Any]]
    output_keys: Mapping[str, Sequence[str]]
    outputs: dict[str, dict[str, str]] = field(default_factory=dict)
    enabled: dict[str, str] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    seen: list[Command] = field(default_factory=list)
    run: list[Command] = field(default_factory=list)
    printed: dict[str, list[str]] = field(default_factory=dict)
    clients: dict[tuple[str, str], Any] = field(default_factory=dict)
    model: Model | None = None
    disabled_key: str = ""
    ip_sets: dict[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    block: str = ""
    is_changing: bool = False
    _later: dict[str, Callable[[], None]] = field(
        default_factory=dict
    )  # made for the first command of a service

    def client(self, service: str, region: str) -> Any:
        """Return botocore's client for moto."""
        name = "s3" if service == "s3api" else service
        if (name, region) not in self.clients:
            self.clients[name, region] = SESSION.create_client(
                name,
                region_name=region,
                endpoint_url=self.endpoint,
                aws_access_key_id="test",
                aws_secret_access_key="test",
            )
        return self.clients[name, region]

    def properties(self, stack: str, logical_id: str) -> Any:
        """Return the properties of a resource."""
        return self.resources[stack][logical_id]["Properties"]

    def answer(self, words: Sequence[str], folder: Path) -> tuple[str, str, int]:
        """Return what ``aws`` prints, to both streams, and its exit status."""
        if list(words) == ["--version"]:
            return f"{VERSION}\n", "", 0
        try:
            command = parse(words, folder)
            self.seen.append(command)
            if command.title == "cloudformation deploy":
                return self._deploy(command, folder), "", 0
            return printed(command, self._result(command, folder)), "", 0
        except (CommandError, OSError, ClientError, BotoCoreError, WaiterError) as error:
            return "", f"aws {' '.join(words)}\n{type(error).__name__}: {error}\n", 255

    def _deploy(self, command: Command, folder: Path) -> str:
        """Return what ``deploy`` prints."""
        (file,) = command.options["--parameter-overrides"]
        command.parameters["ParameterOverrides"] = json.loads(
            (folder / file.removeprefix("file://")).read_text("utf-8")
        )
        change_set = CHANGE_SET.replace(TOKYO, command.region)
        if self.model is not None:
            change_set = self.model.deploy(command, folder)
        if "--no-execute-changeset" not in command.options:
            return EXECUTED.format(*command.options["--stack-name"])
        return DEPLOYED.replace(CHANGE_SET, change_set)

    def _result(self, command: Command, folder: Path) -> Any:
        if command.service == "cloudformation":
            if command.operation in ("DeleteStack", "ContinueUpdateRollback", "ExecuteChangeSet"):
                self.is_changing = True
            elif command.is_waiter and command.name.startswith("stack-"):
                self.is_changing = False  # the change is over
            elif self.is_changing and command.query == "Stacks[0].StackStatus":
                self.is_changing = False
                return {"Stacks": [{"StackStatus": "UPDATE_IN_PROGRESS"}]}
            return self.model.answer(command) if self.model is not None else self._stack(command)
        if command.title in ("s3 cp", "s3 sync"):
            self.run.append(command)
            self._upload(command, folder)
            return {}
        if command.operation == "UpdateApiKey":
            self.enabled[command.parameters["apiKey"]] = command.parameters["patchOperations"][0]["value"]
        if command.operation == "GetApiKey":
            return {"enabled": self.enabled.get(command.parameters["apiKey"], "true") == "true"}
        if command.operation in ANSWERS:
            return ANSWERS[command.operation]
        if command.service in NOT_RUN or command.title in NOT_RUN:
            return {}
        assert command.service in RUN, f"{command.service} is neither run nor listed with a reason"
        self._later.pop(command.service, lambda: None)()
        client = self.client(command.service, command.region)
        self.run.append(command)
        if command.is_waiter:
            client.get_waiter(command.operation).wait(
                **command.parameters, WaiterConfig={"Delay": 0, "MaxAttempts": 3}
            )
            return {}
        parameters = dict(command.parameters)
        if command.operation == "ScheduleKeyDeletion":  # moto takes no ARN here
            parameters["KeyId"] = parameters["KeyId"].rpartition("/")[2]
        if parameters.get("KeyId") == CHOICES["ARN"]:  # moto chooses the IDs of keys
            parameters["KeyId"] = self.disabled_key
        if "SourceDbClusterResourceId" in parameters:  # moto keeps no backups, but the snapshot of a deletion
            return client.restore_db_cluster_from_snapshot(
                DBClusterIdentifier=parameters["DBClusterIdentifier"],
                SnapshotIdentifier=CHOSEN_SNAPSHOT,
                Engine="aurora-mysql",
            )
        needs_start = (
            command.operation == "DescribeDBClusters"
            and "start_database" in self.texts.get(self.block, "").split()
        )
        if needs_start:
            client.stop_db_cluster(DBClusterIdentifier=parameters["Filters"][0]["Values"][0])
        result = client._make_api_call(command.operation, parameters)
        result.pop("ResponseMetadata", None)
        if command.operation == "GetObject":
            (folder / command.arguments[0]).write_bytes(result.pop("Body").read())
        if command.operation == "DeleteDBCluster":
            delete_automatic_snapshots(client)
        if renamed := parameters.get("NewDBClusterIdentifier"):
            _rename_cluster_of_instances(parameters["DBClusterIdentifier"], renamed)
            self._create_missing_log_groups(renamed)
        for cluster in result.get("DBClusters", []):  # moto makes up a part that an account has in common
            for key in ("Endpoint", "ReaderEndpoint"):
                cluster[key] = endpoint(cluster[key])
            cluster["Status"] = WITHOUT_KEY if needs_start else cluster["Status"]
        for snapshot in result.get("DBClusterSnapshots", []):  # moto leaves it out
            clusters = client.describe_db_clusters()["DBClusters"]
            ids = {one["DBClusterIdentifier"]: one["DbClusterResourceId"] for one in clusters}
            snapshot["DbClusterResourceId"] = ids.get(snapshot["DBClusterIdentifier"], "cluster-DELETED")
            if snapshot["DBClusterSnapshotIdentifier"] == EARLIER_SNAPSHOT:
                snapshot["DbClusterResourceId"] = "cluster-EARLIER"
        if command.operation == "GetWebACL":  # moto forgets two properties
            web_acl = self.properties("frontend", "WebACL")
            for name in ("DataProtectionConfig", "AssociationConfig"):
                result["WebACL"][name] = web_acl[name]
        return result

    def _create_missing_log_groups(self, cluster: str) -> None:
        """Create the log groups for the exports of a cluster, as RDS does."""
        self._later.pop("logs", lambda: None)()
        client = self.client("logs", TOKYO)
        prefix = f"/aws/rds/cluster/{cluster}/"
        found = client.describe_log_groups(logGroupNamePrefix=prefix)["logGroups"]
        for name in set(log_groups_of_cluster(cluster)) - {group["logGroupName"] for group in found}:
            client.create_log_group(logGroupName=name)

    def _upload(self, command: Command, folder: Path) -> None:
        """Do what ``aws s3 cp --recursive`` and ``aws s3 sync`` do with a folder.

        ``sync`` skips a file of equal size that is not newer than the object:
        ``SizeAndLastModifiedSync`` and ``compare_time`` in awscli/customizations/s3/syncstrategy/base.py.
        """
        source, target = command.arguments
        if source.startswith("s3://"):  # an hour of the access log
            file = folder / target / "log.gz"
            file.write_bytes(gzip.compress(json.dumps(REQUEST).encode() + b"\n"))
            return
        bucket, _, prefix = target.removeprefix("s3://").partition("/")
        assert not prefix
        client = self.client("s3api", command.region)
        objects = {one["Key"]: one for one in client.list_objects_v2(Bucket=bucket).get("Contents", [])}
        files = {
            path.relative_to(folder / source).as_posix(): path
            for path in (folder / source).rglob("*")
            if path.is_file()
        }

        def is_chosen(key: str) -> bool:
            chosen = True
            for option, patterns in command.options.items():
                if option in ("--exclude", "--include") and any(fnmatchcase(key, one) for one in patterns):
                    chosen = option == "--include"
            return chosen

        for key, path in files.items():
            there = objects.get(key)
            is_kept = command.name == "sync" and there is not None
            if is_kept and there is not None:
                is_newer = path.stat().st_mtime > there["LastModified"].timestamp()
                is_kept = path.stat().st_size == there["Size"] and not is_newer
            if is_chosen(key) and not is_kept and "--dryrun" not in command.options:
                client.put_object(Bucket=bucket, Key=key, Body=path.read_bytes())
        if "--delete" in command.options and "--dryrun" not in command.options:
            for key in objects.keys() - files.keys():
                if is_chosen(key):
                    client.delete_object(Bucket=bucket, Key=key)

    def _name(self, properties: Mapping[str, Any]) -> str:
        """Return the name of a resource, whatever the property is called."""
        keys = ("DBClusterIdentifier", "Name", "LogGroupName", "BucketName")
        return str(next(properties[key] for key in keys if key in properties))

    def _status(self, command: Command) -> str:
        """Return the status of a stack in which the block has something to do."""
        required = [REQUIRED[word] for word in self.texts.get(self.block, "").split() if word in REQUIRED]
        if required and "Stacks[0].StackStatus" in command.query:
            return required[0]
        return "ROLLBACK_COMPLETE" if "ROLLBACK_COMPLETE" in command.query else "CREATE_COMPLETE"

    def _physical_id(self, resource: Mapping[str, Any]) -> str:
        """Return the physical ID of a resource, as far as the commands use it."""
        if resource["Type"] == "AWS::Lambda::Version":
            return self._newest_version()
        return str(resource["Properties"].get("AlarmName", "another name"))

    def _newest_version(self) -> str:
        """Return the ARN of the newest version of the function."""
        name = self.properties("api", "ApiFunction")["FunctionName"]
        versions = self.client("lambda", TOKYO).list_versions_by_function(FunctionName=name)["Versions"]
        published = [str(one["FunctionArn"]) for one in versions if one["Version"] != "$LATEST"]
        return max(published, key=lambda arn: int(arn.rpartition(":")[2]))

    def _stack(self, command: Command) -> Any:
        stack = command.parameters.get("StackName", "").removeprefix("csr-lambda-api-prod-")
        if stack.startswith("deploy-"):
            return {"Stacks": [BOOTSTRAP]}
        if command.operation == "DescribeStacks":
            outputs = [{"OutputKey": key, "OutputValue": value} for key, value in self.outputs[stack].items()]
            return {
                "Stacks": [
                    {
                        "StackName": command.parameters["StackName"],
                        "StackId": f"arn:aws:cloudformation:{command.region}:123456789012:stack/{stack}/1",
                        "StackStatus": self._status(command),
                        "CreationTime": CREATED_AT,
                        "EnableTerminationProtection": True,
                        "Parameters": parameters(stack),
                        "Outputs": outputs,
                    }
                ]
            }
        if command.operation == "ListStacks":
            name = f"csr-lambda-api-prod-{CHOICES['STACK']}"
            return {
                "StackSummaries": [{"StackName": name, "StackId": name, "StackStatus": "DELETE_COMPLETE"}]
            }
        if command.operation == "GetTemplate":
            return {"TemplateBody": (ROOT / "out" / TEMPLATES[stack]).read_text(encoding="ascii")}
        if command.operation == "ListStackResources":
            return {
                "StackResourceSummaries": [
                    {
                        "ResourceType": resource["Type"],
                        "PhysicalResourceId": self._physical_id(resource),
                    }
                    for resource in self.resources[stack].values()
                ]
            }
        if command.operation == "DescribeStackResources":
            names = ("DatabaseCluster", "DatabaseSecret", "DatabaseErrorLogGroup", "EdgeLogBucket")
            return {
                "StackResources": [
                    {
                        "LogicalResourceId": name,
                        "PhysicalResourceId": self._name(self.properties(stack, name)),
                        "ResourceStatus": "DELETE_FAILED",
                        "StackId": f"csr-lambda-api-prod-{stack}",
                    }
                    for name in names
                    if name in self.resources[stack]
                ]
            }
        if command.operation == "CreateChangeSet":
            return {"Id": CHANGE_SET.replace(TOKYO, command.region)}
        if command.operation == "DescribeStackResource":
            return {
                "StackResourceDetail": {
                    "PhysicalResourceId": self.ids[command.parameters["LogicalResourceId"]],
                    "ResourceStatus": "UPDATE_FAILED",
                }
            }
        if command.operation == "DescribeChangeSet":
            changed = command.parameters["ChangeSetName"].rpartition("/")[2]
            stack = changed if changed in REGIONS else "network"
            return {
                "StackName": f"csr-lambda-api-prod-{stack}",
                "ChangeSetId": CHANGE_SET,
                "CreationTime": CREATED_AT,
                "Parameters": parameters(stack),
                "Changes": [],
            }
        return {
            **QUIET,
        }.get(command.operation, {})

    def seed(self) -> None:
        """Forget everything, and make what the stacks hold as far as the commands touch it."""
        urlopen(Request(f"{self.endpoint}/moto-api/reset", method="POST")).close()
        self.seen.clear()
        self.run.clear()
        self.printed.clear()
        self.model = None
        self._later = {"cloudwatch": self._seed_alarms, "logs": self._seed_log_groups}
        for region in (TOKYO, VIRGINIA):  # of the bootstrap stacks
            self._seed_bucket(f"csr-lambda-api-prod-artifacts-123456789012-{region}", region)
        for stack in REGIONS:
            self.seed_stack(stack)

    def seed_stack(self, stack: str) -> None:
        """Create the resources of one stack, after the stacks before it."""
        self.outputs[stack] = {key: f"output-{key}" for key in self.output_keys[stack]}
        self._seed_keys_and_topics(stack, REGIONS[stack])
        seeds = {
            "network": self._seed_network,
            "database": self._seed_database,
            "api": self._seed_api,
            "frontend": self._seed_frontend,
        }
        seeds[stack]()

    def _seed_bucket(self, name: str, region: str = TOKYO) -> None:
        s3 = self.client("s3api", region)
        where = {} if region == VIRGINIA else {"CreateBucketConfiguration": {"LocationConstraint": region}}
        s3.create_bucket(Bucket=name, **where)
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})

    def seed_without(self, *stacks: str) -> None:
        """Forget everything, deploy all stacks to the model, and delete some and what reads from them."""
        urlopen(Request(f"{self.endpoint}/moto-api/reset", method="POST")).close()
        self.seen.clear()
        self.run.clear()
        self.printed.clear()
        self.model = Model(self.client, *stacks)
        self._seed_bucket(f"csr-lambda-api-prod-artifacts-123456789012-{TOKYO}")

    def _seed_keys_and_topics(self, stack: str, region: str) -> None:
        keys = self.client("kms", region)
        topics = self.client("sns", region)
        for key in self.outputs[stack]:
            if key.endswith("KeyArn"):
                tags = self.properties(stack, key.removesuffix("Arn"))["Tags"]
                given = [{"TagKey": tag["Key"], "TagValue": tag["Value"]} for tag in tags]
                arn = keys.create_key(Tags=given)["KeyMetadata"]["Arn"]
                keys.enable_key_rotation(KeyId=arn)
                self.outputs[stack][key] = arn
            elif key.endswith("TopicArn"):
                arn = topics.create_topic(Name=key)["TopicArn"]
                topics.subscribe(TopicArn=arn, Protocol="email", Endpoint="seed@example.com")
                self.outputs[stack][key] = arn

    def _seed_log_groups(self) -> None:
        for region, properties in self._of_type("AWS::Logs::LogGroup"):
            name = log_group(properties["LogGroupName"], API_ID)
            self.client("logs", region).create_log_group(logGroupName=name)

    def _seed_alarms(self) -> None:
        for region, properties in self._of_type("AWS::CloudWatch::Alarm"):
            given = ("AlarmName", "ComparisonOperator", "EvaluationPeriods", "Threshold")
            self.client("cloudwatch", region).put_metric_alarm(
                **{name: properties[name] for name in given},
                Namespace=properties.get("Namespace", "of an expression"),
                MetricName=properties.get("MetricName", "of an expression"),
                Period=properties.get("Period", 300),
                Statistic="Sum",
            )

    def _of_type(self, name: str) -> Iterator[tuple[str, Any]]:
        """Yield region and properties of each resource of a type."""
        for stack, region in REGIONS.items():
            for resource in self.resources[stack].values():
                if resource["Type"] == name:
                    yield region, resource["Properties"]

    def _seed_network(self) -> None:
        ec2 = self.client("ec2", TOKYO)
        vpc = ec2.create_vpc(
            CidrBlock=self.properties("network", "VPC")["CidrBlock"],
            TagSpecifications=[{"ResourceType": "vpc", "Tags": self.properties("network", "VPC")["Tags"]}],
        )["Vpc"]["VpcId"]
        bucket = self.properties("network", "LambdaDeploymentsBucket")["BucketName"]
        self._seed_bucket(bucket)
        outputs = self.outputs["network"]
        outputs.update(VPCId=vpc, LambdaDeploymentsBucketName=bucket)
        group = default_group(ec2, vpc)
        to_itself = {"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": group["GroupId"]}]}
        ec2.authorize_security_group_ingress(
            GroupId=group["GroupId"], IpPermissions=[to_itself]
        )  # as AWS does
        for number in ("1", "2"):
            subnet = self.properties("network", f"PrivateSubnet{number}")
            zone = subnet["AvailabilityZone"]
            outputs[f"PrivateSubnet{number}AvailabilityZone"] = zone
            outputs[f"PrivateSubnet{number}Id"] = ec2.create_subnet(
                VpcId=vpc, CidrBlock=subnet["CidrBlock"], AvailabilityZone=zone
            )["Subnet"]["SubnetId"]
            gateway = ec2.create_nat_gateway(
                SubnetId=outputs[f"PrivateSubnet{number}Id"], ConnectivityType="private"
            )["NatGateway"]["NatGatewayId"]
            table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
            ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=gateway)
            self.ids |= {f"NatGateway{number}": gateway, f"PrivateRouteTable{number}": table}

    def _seed_database(self) -> None:
        rds = self.client("rds", TOKYO)
        network, outputs = self.outputs["network"], self.outputs["database"]
        for key in ("LambdaSecurityGroup", "DatabaseSecurityGroup"):
            outputs[f"{key}Id"] = self.client("ec2", TOKYO).create_security_group(
                GroupName=self.properties("database", key)["GroupName"],
                Description="A group",
                VpcId=network["VPCId"],
            )["GroupId"]
        rds.create_db_subnet_group(
            DBSubnetGroupName="subnets",
            DBSubnetGroupDescription="Subnets",
            SubnetIds=[network["PrivateSubnet1Id"], network["PrivateSubnet2Id"]],
        )
        family = self.properties("database", "DatabaseParameterGroup")["Family"]
        rds.create_db_cluster_parameter_group(
            DBClusterParameterGroupName="cluster-parameters",
            DBParameterGroupFamily=family,
            Description="Cluster",
        )
        rds.create_db_parameter_group(
            DBParameterGroupName="parameters", DBParameterGroupFamily=family, Description="Instance"
        )
        outputs.update(
            DatabaseSubnetGroupName="subnets",
            DatabaseClusterParameterGroupName="cluster-parameters",
            DatabaseParameterGroupName="parameters",
        )
        self.client("iam", TOKYO).create_role(RoleName="monitoring", AssumeRolePolicyDocument="{}")
        cluster = self.properties("database", "DatabaseCluster")
        made = rds.create_db_cluster(
            **{name: cluster[name] for name in ("DBClusterIdentifier", "Engine", "EngineVersion")},
            MasterUsername="csradmin",
            MasterUserPassword="only-in-the-mock",
            DeletionProtection=True,
            StorageEncrypted=True,
            KmsKeyId=outputs["DatabaseKeyArn"],
        )["DBCluster"]
        outputs.update(
            DatabaseClusterEndpoint=endpoint(made["Endpoint"]),
            DatabaseClusterReadEndpoint=endpoint(made["ReaderEndpoint"]),
        )
        rds.create_db_cluster_snapshot(
            DBClusterIdentifier=cluster["DBClusterIdentifier"], DBClusterSnapshotIdentifier=CHOSEN_SNAPSHOT
        )
        rds.create_db_cluster_snapshot(
            DBClusterIdentifier=cluster["DBClusterIdentifier"], DBClusterSnapshotIdentifier=EARLIER_SNAPSHOT
        )
        self.ids |= {
            "MonitoringRole": "monitoring",
            "DatabaseSubnetGroup": "subnets",
            "DatabaseSecurityGroup": outputs["DatabaseSecurityGroupId"],
            "DatabaseClusterParameterGroup": "cluster-parameters",
            "DatabaseParameterGroup": "parameters",
        }
        for logical_id in ("DatabaseInstance1", "DatabaseInstance2"):
            instance = self.properties("database", logical_id)
            self.ids[logical_id] = f"csr-lambda-api-prod-database-{logical_id.lower()}-x"
            rds.create_db_instance(
                DBInstanceIdentifier=self.ids[logical_id],
                DBClusterIdentifier=cluster["DBClusterIdentifier"],
                DBInstanceClass=instance["DBInstanceClass"],
                Engine=instance["Engine"],
            )
        self._secret("database", "DatabaseSecret", {"username": "csradmin", "password": "only-in-the-mock"})

    def _seed_api(self) -> None:
        queue = self.client("sqs", TOKYO).create_queue(QueueName="dead-letters")["QueueUrl"]
        self.ids["DeadLetterQueue"] = queue
        self.ids["ApiFunctionAlias"] = "alias"
        self.ids["ApiFunction"] = self.properties("api", "ApiFunction")["FunctionName"]
        self.ids["ExecutionLogGroup"] = log_group(
            self.properties("api", "ExecutionLogGroup")["LogGroupName"], API_ID
        )
        self.outputs["api"]["ApiGatewayId"] = API_ID
        functions = self.client("lambda", TOKYO)
        function = self.properties("api", "ApiFunction")
        functions.create_function(
            **{name: function[name] for name in ("FunctionName", "Handler", "Runtime")},
            Role=self.client("iam", TOKYO).get_role(RoleName="monitoring")["Role"]["Arn"],
            Code={"ZipFile": EMPTY_ZIP},
            Publish=True,
        )
        alias = self.properties("api", "ApiFunctionAlias")["Name"]
        functions.create_alias(FunctionName=function["FunctionName"], Name=alias, FunctionVersion="1")
        for number in range(11):  # more versions than the page keeps
            code = (
                EMPTY_ZIP[:-2] + b"\1\0" + bytes([number])
            )  # a comment: the same code is not published again
            functions.update_function_code(FunctionName=function["FunctionName"], ZipFile=code, Publish=True)
        for key in "AB":
            self._secret("api", f"OriginApiKeySecret{key}", {"apiKey": f"only-in-the-mock-{key}"})

    def _seed_frontend(self) -> None:
        s3 = self.client("s3api", VIRGINIA)
        bucket = self.properties("frontend", "SiteBucket")["BucketName"]
        s3.create_bucket(Bucket=bucket)
        logs = self.properties("frontend", "EdgeLogBucket")["BucketName"]
        s3.create_bucket(Bucket=logs)
        s3.put_bucket_versioning(Bucket=logs, VersioningConfiguration={"Status": "Enabled"})
        for line in (b"one", b"another"):  # two versions, so that deleting the object alone would leave them
            s3.put_object(Bucket=logs, Key="log", Body=line)
        keys = self.client("kms", VIRGINIA)
        self.disabled_key = self.outputs["frontend"]["FrontendKeyArn"].rpartition("/")[2]
        keys.schedule_key_deletion(KeyId=self.disabled_key, PendingWindowInDays=30)
        for logical_id in ("BlockedIPv4Set", "BlockedIPv6Set"):
            addresses = self.properties("frontend", logical_id)
            settings = ("Name", "Scope", "Description", "IPAddressVersion", "Addresses")
            created = self.client("wafv2", VIRGINIA).create_ip_set(
                **{name: addresses[name] for name in settings}
            )
            self.ip_sets[logical_id] = created["Summary"]["ARN"]
        acl = self.properties("frontend", "WebACL")
        names = (
            "Name",
            "Scope",
            "DefaultAction",
            "Description",
            "Rules",
            "VisibilityConfig",
            "DataProtectionConfig",
            "AssociationConfig",
        )
        given = {name: acl[name] for name in names} | {"Rules": self._rules(acl)}
        arn = self.client("wafv2", VIRGINIA).create_web_acl(**given)["Summary"]["ARN"]
        distribution = self.client("cloudfront", VIRGINIA).create_distribution(
            DistributionConfig={
                "CallerReference": "seed",
                "Comment": self.properties("frontend", "Distribution")["DistributionConfig"]["Comment"],
                "Enabled": True,
                "Origins": {
                    "Quantity": 2,
                    "Items": [
                        {
                            "Id": "site",
                            "DomainName": f"{bucket}.s3.amazonaws.com",
                            "S3OriginConfig": {"OriginAccessIdentity": ""},
                        },
                        {
                            "Id": "api",
                            "DomainName": f"{API_ID}.execute-api.{TOKYO}.amazonaws.com",
                            "S3OriginConfig": {"OriginAccessIdentity": ""},
                        },
                    ],
                },
                "DefaultCacheBehavior": {
                    "TargetOriginId": "site",
                    "ViewerProtocolPolicy": "redirect-to-https",
                },
            }
        )["Distribution"]["Id"]
        self.outputs["frontend"].update(
            FrontendS3BucketName=bucket, WebACLArn=arn, CloudFrontDistributionId=distribution
        )

    def _rules(self, acl: Mapping[str, Any]) -> Any:
        """Return the rules of a web ACL as the API takes them: with the ARNs of its sets of addresses."""

        def api(node: Any) -> Any:
            match node:
                case {"Arn": {"Fn::GetAtt": [str(logical_id), "Arn"]}}:
                    return {"ARN": self.ip_sets[logical_id]}
                case dict():
                    return {key: api(value) for key, value in node.items()}
                case list():
                    return [api(item) for item in node]
            return node

        return api(acl["Rules"])

    def restore_web_acl(self) -> None:
        """Give the web ACL its rules again."""
        client, acl = self.client("wafv2", VIRGINIA), self.properties("frontend", "WebACL")
        (listed,) = client.list_web_acls(Scope=acl["Scope"])["WebACLs"]
        client.update_web_acl(
            **{name: acl[name] for name in ("Scope", "DefaultAction", "VisibilityConfig")},
            Rules=self._rules(acl),
            **{name: listed[name] for name in ("Name", "Id", "LockToken")},
        )

    def _secret(self, stack: str, logical_id: str, value: Mapping[str, str]) -> None:
        secret = self.properties(stack, logical_id)
        copies = {"AddReplicaRegions": secret["ReplicaRegions"]} if "ReplicaRegions" in secret else {}
        client, text = self.client("secretsmanager", TOKYO), json.dumps(value)
        client.create_secret(
            Name=secret["Name"], SecretString=text, ClientRequestToken=CHOICES["BEFORE"], **copies
        )
        client.put_secret_value(SecretId=secret["Name"], SecretString=text, ClientRequestToken=CHOICES["NOW"])


def parameters(stack: str) -> list[dict[str, str]]:
    """Return the parameters of production's stack, as CloudFormation describes them.

    The origin key is not being changed, independent of the files, so that the blocks have something to do.
    """
    file = ROOT / "out" / "parameters" / "prod" / f"{stack}.json"
    values = json.loads(file.read_text(encoding="utf-8"))["Parameters"]
    values |= {key: "a" for key in ("OriginKeys", "OriginKey") if key in values}
    return [{"ParameterKey": key, "ParameterValue": value} for key, value in values.items()]


def prepare(folder: Path) -> None:
    """Copy the files that the blocks read to a folder."""
    (folder / "out").symlink_to(ROOT / "out")
    (folder / "site").mkdir()
    (folder / "site" / "index.html").write_text("new")
    (folder / "site" / "app.js").write_text("new")
    (folder / "lambda-deployment-package.zip").write_bytes(b"zip")
    (folder / "secrets-network.txt").touch()
    role = {"ParameterKey": "PipelinePrincipalArn", "ParameterValue": "arn:aws:iam::123456789012:role/ci"}
    (folder / "bootstrap.json").write_text(json.dumps([role]))


def _rename_cluster_of_instances(old: str, new: str) -> None:
    """Let instances follow their renamed cluster, which moto forgets."""
    from moto.backends import get_backend  # slow to import

    for instance in get_backend("rds")["123456789012"][TOKYO].databases.values():
        if instance.db_cluster_identifier == old:
            instance.db_cluster_identifier = new


def endpoint(name: str) -> str:
    """Return an endpoint as all clusters of one account and region have it, but for their identifier."""
    return re.sub(r"\.cluster-(ro-)?\w+\.", r".cluster-\1account.", name)


def log_groups_of_cluster(cluster: str) -> list[str]:
    """Return the names of the log groups for the exports of a cluster."""
    return [f"/aws/rds/cluster/{cluster}/{log}" for log in ("audit", "error", "slowquery")]


def log_group(name: Any, api_id: str) -> str:
    """Return the name of a log group, with the ID of the API if it contains one."""
    return str(name["Fn::Sub"]).replace("${RestApi}", api_id) if isinstance(name, dict) else str(name)


def _as_json(value: Any) -> str:
    return b64encode(value).decode() if isinstance(value, bytes) else str(value.isoformat())


def printed(command: Command, result: Any) -> str:
    """Return what the AWS CLI prints for a result."""
    result = json.loads(json.dumps(result, default=_as_json))
    if command.query:
        result = jmespath.search(command.query, result)
    if command.output == "text":
        return "".join(f"{line}\n" for line in _text(result))
    return "" if result == {} else json.dumps(result, indent=4) + "\n"


def _text(result: Any) -> Iterator[str]:
    if isinstance(result, list):
        if not any(isinstance(item, (list, dict)) for item in result):
            yield "\t".join(map(str, result))
        else:
            for item in result:
                yield from _text(item)
    else:
        yield str(result)


class Session(NamedTuple):
    """Blocks, typed into one terminal: what they printed, their commands, and what there is afterwards."""

    status: int
    out: str
    err: str
    seen: list[Command]
    run: list[Command]
    clusters: dict[str, Any]
    instances: list[str]
    ids: dict[str, str]
    printed: dict[str, list[str]]
    model: Model | None
    unfinished: list[str]


class _Handler(socketserver.StreamRequestHandler):
    """Answers one call of the ``aws`` on the path."""

    def handle(self) -> None:
        words = [self._read() for _ in range(int(self._read()))]
        folder, block = self._read(), self._read()
        assert isinstance(self.server, Terminal)
        self.server.world.block = block
        try:
            out, err, status = self.server.world.answer(words, Path(folder))
        except Exception as error:  # the shell must get any error, otherwise it never ends
            out, err, status = "", f"aws {' '.join(words)}\n{error!r}\n", 254
        self.server.world.printed.setdefault(block, []).append(out)
        self.wfile.write(f"{out}\0{err}\0{status}\0".encode())

    def _read(self) -> str:
        """Return what comes before the next null byte."""
        found = bytearray()
        while (byte := self.rfile.read(1)) != b"\0":
            assert byte, "the caller has gone"
            found += byte
        return found.decode()


class Terminal(socketserver.ThreadingTCPServer):
    """Runs shell blocks against a world, one session of bash after the other."""

    daemon_threads = True

    def __init__(self, world: World, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.world = world
        self.folder = folder
        programs = folder / "bin"
        programs.mkdir()
        port = self.server_address[1]
        scripts = dict.fromkeys(IDLE, "#!/bin/sh\n")
        scripts["aws"] = SHIM.format(port=port)
        count = folder / "seconds"
        count.write_text("0\n")
        scripts["date"] = CLOCK.format(count=count, date=shutil.which("date"))
        for name, script in scripts.items():
            (programs / name).write_text(script)
            (programs / name).chmod(0o755)
        self.path = f"{programs}{os.pathsep}{os.environ['PATH']}"

    def session(self, preamble: str, blocks: Sequence[Block], deleted: str = "", **chosen: str) -> Session:
        """Run blocks in order, in a separate folder with the files that they read.

        Args:
            preamble: what is typed first.
            blocks: the blocks.
            deleted: a stack that was deleted before.
            chosen: the choices that differ from ``CHOICES``.
        """
        if deleted:
            self.world.seed_without(deleted)
        else:
            self.world.seed()
        return self.continued(preamble, blocks, **chosen)

    def continued(self, preamble: str, blocks: Sequence[Block], **chosen: str) -> Session:
        """Type blocks into a world as the session before left it."""
        self.world.texts = {str(block.line): block.text for block in blocks}
        code = "".join(f"export BLOCK={block.line}\n{filled(block.text, **chosen)}" for block in blocks)
        process = self._run(f"{preamble}\n{code}")
        world, rds = self.world, self.world.client("rds", TOKYO)
        clusters = rds.describe_db_clusters()["DBClusters"]
        return Session(
            process.returncode,
            process.stdout,
            process.stderr,
            list(world.seen),
            list(world.run),
            {cluster["DBClusterIdentifier"]: cluster for cluster in clusters},
            sorted(one["DBInstanceIdentifier"] for one in rds.describe_db_instances()["DBInstances"]),
            dict(world.ids),
            dict(world.printed),
            world.model,
            world.model.unfinished() if world.model is not None else [],
        )

    def _run(self, code: str) -> subprocess.CompletedProcess[str]:
        folder = Path(tempfile.mkdtemp(dir=self.folder))
        prepare(folder)
        return subprocess.run(
            ["bash", "-euo", "pipefail", "-c", code],
            cwd=folder,
            env={"PATH": self.path, "HOME": str(folder), "LC_ALL": "C", "EDITOR": "true"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )


@contextmanager
def opened(
    stacks: Mapping[str, Mapping[str, Any]], folder: Path, kind: type[World] = World
) -> Iterator[Terminal]:
    """Start the moto server and the terminal with these resolved templates, and stop both afterwards."""
    from moto.server import ThreadedMotoServer  # slow to import with its dependencies

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    world = kind(
        f"http://{host}:{port}",
        {stack: resolved["Resources"] for stack, resolved in stacks.items()},
        {stack: list(resolved["Outputs"]) for stack, resolved in stacks.items()},
    )
    try:
        with serving(Terminal(world, folder)) as terminal:
            yield terminal
    finally:
        for client in world.clients.values():
            client.close()
        server.stop()
