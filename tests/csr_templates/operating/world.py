"""What production has deployed, created in moto."""

import io
import json
import zipfile
from typing import Any, Final

from csr_templates.operating.environment import OperatedEnvironment

from . import sessions
from .recorded import Recorder
from .stacks import ACCOUNT, CloudFormation

PASSWORD: Final = "only-in-the-mock"
RELEASES: Final = 3
"""The Lambda versions; the stack and the alias have the last one."""


class World:
    """The account of production.

    Attributes:
        environment: what the output folder says.
        stacks: the deployed stacks.
        recorder: sees the calls of the commands.
    """

    def __init__(self, environment: OperatedEnvironment, stacks: CloudFormation, moto: Any) -> None:
        self._moto = moto
        self.environment = environment
        self.stacks = stacks
        self.recorder = Recorder(stacks)
        self.function = f"{environment.prefix}-api"

    def reset(self) -> None:
        """Forget everything that was created."""
        self._moto.stop()
        self._moto.start()
        self.stacks.reset()

    def client(self, service: str, region: str = "") -> Any:
        """Return a client whose calls are not recorded; by default in the region of the first stack."""
        return sessions.client(service, region or self.environment.regions[0])

    def name(self, logical_id: str) -> str:
        """Return the name of a resource that holds data."""
        return self.environment.resource_name(logical_id, ACCOUNT)

    # ---- What a test creates, as far as its commands need it ----

    def create_function(self) -> None:
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
        for number in range(1, RELEASES + 1):
            lambdas.update_function_code(FunctionName=self.function, ZipFile=_package(str(number)))
            lambdas.publish_version(FunctionName=self.function, Description=f"package {number}")
        lambdas.create_alias(
            FunctionName=self.function, Name=self.environment.name, FunctionVersion=str(RELEASES)
        )
        version = (
            f"arn:aws:lambda:{self.environment.regions[0]}:{ACCOUNT}:function:{self.function}:{RELEASES}"
        )
        self.stacks.stacks["api"].physical_ids |= {
            "ApiFunction": self.function,
            "ApiFunctionVersion": version,
        }

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
