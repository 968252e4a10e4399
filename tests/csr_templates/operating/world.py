"""What production has deployed, created in moto."""

import hashlib
import io
import json
import time
import zipfile
from pathlib import Path
from typing import Any, Final

from csr_templates.operating.environment import OperatedEnvironment
from csr_templates.operating.logs import GROUPS, Log
from csr_templates.operating.releases import OBJECT_VERSION, PACKAGE

from . import sessions
from .recorded import Recorder
from .stacks import ACCOUNT, ChangeSet, CloudFormation
from .web_server import WebServer

PASSWORD: Final = "only-in-the-mock"
RELEASES: Final = 3
"""The Lambda versions; the stack and the alias have the last one."""


class World:
    """The account of production.

    Attributes:
        environment: what the output folder says.
        stacks: the deployed stacks.
        recorder: sees the calls of the commands.
        folder: an empty folder.
        web: answers for the site and the API, after ``start_web``.
        key: ARN of the KMS key that was created last.
    """

    def __init__(
        self, environment: OperatedEnvironment, stacks: CloudFormation, moto: Any, folder: Path
    ) -> None:
        self._moto = moto
        self.folder = folder
        self.key = ""
        self.environment = environment
        self.stacks = stacks
        self.recorder = Recorder(stacks)
        self.function = f"{environment.prefix}-api"
        self.web: WebServer | None = None

    def reset(self) -> None:
        """Forget everything that was created."""
        self._moto.reset()
        self.stacks.reset()
        self.recorder.events.clear()
        self.recorder.between.reset()

    def close(self) -> None:
        """End what runs."""
        if self.web:
            self.web.stop()

    def client(self, service: str, region: str = "") -> Any:
        """Return a client whose calls are not recorded; by default in the region of the first stack."""
        return sessions.client(service, region or self.environment.regions[0])

    def name(self, logical_id: str) -> str:
        """Return the name of a resource that holds data."""
        return self.environment.resource_name(logical_id, ACCOUNT)

    def plan(self, name: str, status: str = "CREATE_COMPLETE", **parameters: str) -> ChangeSet:
        """Create the change set ``release-1`` of a stack, with the values of the output folder."""
        stack = self.environment.stack(name)
        arn = f"arn:aws:cloudformation:{stack.region}:{ACCOUNT}:changeSet/release-1/{name}"
        change_set = ChangeSet(name, {"ChangeSetName": "release-1"}, status=status)
        change_set.parameters = {OBJECT_VERSION: "new", **stack.parameters, **parameters}
        self.stacks.change_sets[arn] = change_set
        return change_set

    # ---- What a test creates, as far as its commands need it ----

    def create_function(self, releases: int = RELEASES) -> None:
        """Create the function with its releases and its alias."""
        lambdas = self.client("lambda")
        role = self._role()
        lambdas.create_function(
            FunctionName=self.function,
            Runtime="python3.13",
            Handler="lambda_handler.handler",
            Role=role,
            Code={"ZipFile": _package("0")},
        )
        for number in range(1, releases + 1):
            lambdas.update_function_code(FunctionName=self.function, ZipFile=_package(str(number)))
            lambdas.publish_version(FunctionName=self.function, Description=f"package {number}")
        lambdas.create_alias(
            FunctionName=self.function, Name=self.environment.name, FunctionVersion=str(releases)
        )
        version = (
            f"arn:aws:lambda:{self.environment.regions[0]}:{ACCOUNT}:function:{self.function}:{releases}"
        )
        self.stacks.stacks["api"].physical_ids |= {
            "ApiFunction": self.function,
            "ApiFunctionVersion": version,
        }

    def leave_version(self) -> None:
        """Let a rolled-back deploy have left the last Lambda version; the stack has the one before."""
        ids = self.stacks.stacks["api"].physical_ids
        function, _, _ = ids["ApiFunctionVersion"].rpartition(":")
        ids["ApiFunctionVersion"] = f"{function}:{RELEASES - 1}"
        self.client("lambda").update_alias(
            FunctionName=self.function, Name=self.environment.name, FunctionVersion=str(RELEASES - 1)
        )

    def create_packages(self) -> None:
        """Create the bucket of the packages with one, which is deployed, and another one as a file."""
        self._create_bucket(self.name("LambdaDeploymentsBucket"), self.environment.regions[0])
        package = self.put_package(_package("1"))
        self.stacks.stacks["api"].parameters |= {"LambdaCodeS3Key": PACKAGE, OBJECT_VERSION: package}
        (self.folder / "package.zip").write_bytes(_package("2"))

    def put_package(self, content: bytes) -> str:
        """Upload a package, and return its object version."""
        answer = self.client("s3").put_object(
            Bucket=self.name("LambdaDeploymentsBucket"),
            Key=PACKAGE,
            Body=content,
            Metadata={"sha256": hashlib.sha256(content).hexdigest()},
        )
        return str(answer["VersionId"])

    def packages(self) -> dict[str, str]:
        """Return the object versions of the package, each with its SHA-256 in the metadata."""
        s3 = self.client("s3")
        bucket = self.name("LambdaDeploymentsBucket")
        versions = s3.list_object_versions(Bucket=bucket)["Versions"]
        return {
            version["VersionId"]: s3.head_object(Bucket=bucket, Key=PACKAGE, VersionId=version["VersionId"])[
                "Metadata"
            ].get("sha256", "")
            for version in versions
        }

    def create_artifacts(self) -> None:
        """Create the buckets for the templates."""
        for region in self.environment.regions:
            self._create_bucket(f"{self.environment.prefix}-artifacts-{ACCOUNT}-{region}", region)

    def log_group(self, log: Log) -> str:
        """Return the name of the log group of a log."""
        if log == "execution":
            return "API-Gateway-Execution-Logs_api/v1"
        return self.name(GROUPS[log])

    def write_log(self, log: Log, message: str) -> None:
        """Write an event of ten seconds ago to a log."""
        event = {"timestamp": int(time.time() - 10) * 1000, "message": message}
        self.client("logs", self.environment.stack_of(GROUPS[log]).region).put_log_events(
            logGroupName=self.log_group(log), logStreamName="stream", logEvents=[event]
        )

    def create_logs(self) -> None:
        """Create the log groups, each with an event."""
        self.stacks.stacks["api"].physical_ids["ExecutionLogGroup"] = self.log_group("execution")
        for log, logical_id in GROUPS.items():
            logs = self.client("logs", self.environment.stack_of(logical_id).region)
            group = self.log_group(log)
            logs.create_log_group(logGroupName=group)
            logs.create_log_stream(logGroupName=group, logStreamName="stream")
            self.write_log(log, f"a message of {log}")

    def create_vpc(self) -> None:
        """Create the VPC, whose default security group has rules."""
        vpc = self.client("ec2").create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        self.stacks.stacks["network"].outputs["VPCId"] = vpc
        group = self.default_group()["GroupId"]
        members = {"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": group}]}  # which moto leaves out
        self.client("ec2").authorize_security_group_ingress(GroupId=group, IpPermissions=[members])

    def default_group(self) -> Any:
        """Return the default security group of the VPC."""
        vpc = self.stacks.stacks["network"].outputs["VPCId"]
        filters = [{"Name": "vpc-id", "Values": [vpc]}, {"Name": "group-name", "Values": ["default"]}]
        (group,) = self.client("ec2").describe_security_groups(Filters=filters)["SecurityGroups"]
        return group

    def create_distribution(self) -> None:
        """Create the distribution."""
        region = self.environment.stack_of("Distribution").region
        behavior = {"TargetOriginId": "site", "ViewerProtocolPolicy": "https-only"}
        origin = {
            "Id": "site",
            "DomainName": "site.s3.amazonaws.com",
            "S3OriginConfig": {"OriginAccessIdentity": ""},
        }
        answer = self.client("cloudfront", region).create_distribution(
            DistributionConfig={
                "CallerReference": "1",
                "Comment": "",
                "Enabled": True,
                "DefaultCacheBehavior": behavior,
                "Origins": {"Quantity": 1, "Items": [origin]},
            }
        )
        self.stacks.stacks["frontend"].outputs["CloudFrontDistributionId"] = answer["Distribution"]["Id"]

    def disable_distribution(self) -> None:
        """Disable the distribution, as someone can in the console."""
        client = self.client("cloudfront", self.environment.stack_of("Distribution").region)
        distribution = self.stacks.stacks["frontend"].outputs["CloudFrontDistributionId"]
        answer = client.get_distribution_config(Id=distribution)
        config = {**answer["DistributionConfig"], "Enabled": False}
        client.update_distribution(Id=distribution, IfMatch=answer["ETag"], DistributionConfig=config)

    def create_origin_keys(self) -> None:
        """Create the secrets of the origin keys with their replicas."""
        region = self.environment.stack_of("Distribution").region
        for logical_id in ("OriginApiKeySecretA", "OriginApiKeySecretB"):
            self.client("secretsmanager").create_secret(
                Name=self.name(logical_id),
                SecretString=json.dumps({"apiKey": PASSWORD}),
                AddReplicaRegions=[{"Region": region}],
            )

    def start_web(self) -> WebServer:
        """Let a server of this machine answer for the site and the API."""
        self.web = self.web or WebServer()
        self.stacks.stacks["frontend"].outputs["CloudFrontDistributionURL"] = self.web.url
        self.stacks.stacks["api"].outputs["ApiGatewayUrl"] = f"{self.web.url}/v1"
        return self.web

    def create_build(self) -> Path:
        """Create a build of the site in the folder ``site``."""
        site = self.folder / "site"
        (site / "static").mkdir(parents=True, exist_ok=True)
        for name in ("index.html", "about.html", "static/app.js", "static/font.woff2"):
            (site / name).write_text(f"new {name}", "utf-8")
        return site

    def site(self) -> dict[str, str]:
        """Return the files of the site in the bucket, as key -> media type."""
        s3 = self.client("s3", self.environment.stack_of("SiteBucket").region)
        bucket = self.name("SiteBucket")
        keys = [entry["Key"] for entry in s3.list_objects_v2(Bucket=bucket).get("Contents", [])]
        return {key: s3.head_object(Bucket=bucket, Key=key)["ContentType"] for key in keys}

    def put_file(self, key: str, content: str) -> None:
        """Upload a file of the site."""
        s3 = self.client("s3", self.environment.stack_of("SiteBucket").region)
        s3.put_object(Bucket=self.name("SiteBucket"), Key=key, Body=content.encode("utf-8"))

    def put_old_file(self) -> None:
        """Upload a file of the site that the build does not have."""
        self.put_file("static/old.js", "old")

    def create_dead_letter(self) -> None:
        """Create the dead-letter queue with a message."""
        sqs = self.client("sqs")
        queue = sqs.create_queue(QueueName="dead-letters")["QueueUrl"]
        sqs.send_message(
            QueueUrl=queue,
            MessageBody="a failed event",
            MessageAttributes={"ErrorCode": {"DataType": "Number", "StringValue": "500"}},
        )
        self.stacks.stacks["api"].physical_ids["DeadLetterQueue"] = queue

    def count_usage(self) -> None:
        """Let the key of the usage plan have been used today; moto does not count."""
        (key,) = self.client("apigateway").get_api_keys()["items"]
        self.recorder.answers["apigateway:GetUsage"] = {"items": {key["id"]: [[120, 880]]}}

    def provision(self) -> None:
        """Give the alias provisioned concurrency, which moto does not have."""
        self.recorder.between.provisioned = 10

    def fail_rollback_at_alias(self) -> None:
        """Let the rollback of an update of api have failed at the alias."""
        self.stacks.stacks["api"].status = "UPDATE_ROLLBACK_FAILED"
        self.stacks.stacks["api"].resource_statuses["ApiFunctionAlias"] = "UPDATE_FAILED"
        self.stacks.stacks["api"].physical_ids["ApiFunctionAlias"] = "alias"

    def alias(self) -> str:
        """Return the version that the alias runs."""
        alias = self.client("lambda").get_alias(FunctionName=self.function, Name=self.environment.name)
        return str(alias["FunctionVersion"])

    def create_api(self) -> None:
        """Create the API with its usage plan and a key."""
        gateway = self.client("apigateway")
        api = gateway.create_rest_api(name="api")["id"]
        plan = gateway.create_usage_plan(name="plan")["id"]
        key = gateway.create_api_key(name="origin-key-a", enabled=True)["id"]
        gateway.create_usage_plan_key(usagePlanId=plan, keyId=key, keyType="API_KEY")
        self.stacks.stacks["api"].outputs |= {"ApiGatewayId": api, "ApiUsagePlanId": plan}

    def keys_enabled(self) -> list[bool]:
        """Return whether each API key is enabled."""
        return [key["enabled"] for key in self.client("apigateway").get_api_keys()["items"]]

    def create_database(self) -> None:
        """Create the cluster with two instances, and its secret."""
        rds = self.client("rds")
        cluster = self.name("DatabaseCluster")
        rds.create_db_cluster(
            DBClusterIdentifier=cluster,
            Engine="aurora-mysql",
            MasterUsername="csradmin",
            MasterUserPassword=PASSWORD,
        )
        for number in (1, 2):
            rds.create_db_instance(
                DBInstanceIdentifier=f"{cluster}-{number}",
                DBClusterIdentifier=cluster,
                DBInstanceClass="db.t3.medium",
                Engine="aurora-mysql",
            )
        secret = {"username": "csradmin", "password": PASSWORD, "host": "db.example.com"}
        self.client("secretsmanager").create_secret(
            Name=self.name("DatabaseSecret"), SecretString=json.dumps(secret)
        )

    def secret_value(self) -> dict[str, str]:
        """Return the current content of the secret of the database."""
        answer = self.client("secretsmanager").get_secret_value(
            SecretId=self.name("DatabaseSecret"), VersionStage="AWSCURRENT"
        )
        value: dict[str, str] = json.loads(answer["SecretString"])
        return value

    def change_password(self) -> None:
        """Write another password into the secret, so that there is a previous one."""
        secret = {**self.secret_value(), "password": f"{PASSWORD}-2"}
        self.client("secretsmanager").put_secret_value(
            SecretId=self.name("DatabaseSecret"), SecretString=json.dumps(secret)
        )

    def create_site(self) -> None:
        """Create the bucket of the site with one file."""
        region = self.environment.stack_of("SiteBucket").region
        s3 = self.client("s3", region)
        bucket = self.name("SiteBucket")
        s3.create_bucket(Bucket=bucket)
        s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
        s3.put_object(Bucket=bucket, Key="index.html", Body=b"<html>")

    def create_alarm(self, name: str) -> None:
        """Create an alarm in the state ALARM."""
        cloudwatch = self.client("cloudwatch")
        cloudwatch.put_metric_alarm(
            AlarmName=name,
            Namespace="AWS/RDS",
            MetricName="CPUUtilization",
            Statistic="Maximum",
            Period=60,
            EvaluationPeriods=1,
            Threshold=1,
            ComparisonOperator="GreaterThanThreshold",
        )
        cloudwatch.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="a test")

    def _create_bucket(self, name: str, region: str) -> None:
        s3 = self.client("s3", region)
        place = {} if region == "us-east-1" else {"LocationConstraint": region}
        s3.create_bucket(Bucket=name, **({"CreateBucketConfiguration": place} if place else {}))
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})

    def _role(self) -> str:
        document = {
            "Statement": [
                {
                    "CommandGroup": "Allow",
                    "Action": "sts:AssumeRole",
                    "Principal": {"Service": "lambda.amazonaws.com"},
                }
            ]
        }
        role = self.client("iam").create_role(
            RoleName="execution", AssumeRolePolicyDocument=json.dumps(document)
        )
        return str(role["Role"]["Arn"])


def _package(content: str) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("lambda_handler.py", content)
    return data.getvalue()
