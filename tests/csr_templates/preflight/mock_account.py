"""An account in moto, prepared with API calls, in which single faults are created and removed."""

import io
import json
import logging
import os
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from pathlib import Path
from typing import Any, Final
from unittest import mock
from urllib.request import Request, urlopen

import boto3
import botocore.session

from csr_templates.hand_over import built_folder
from csr_templates.preflight.checked_account import CheckedAccount, collect
from csr_templates.preflight.facts import Facts
from csr_templates.preflight.resolved_environment import ResolvedEnvironment, resolve_environment
from csr_templates.preflight.results import CheckResult, judge, missing_calls
from csr_templates.preflight.services.listing import BEFORE_DEPLOY
from tests.system import PROJECT

from .recorded import TOKYO, VIRGINIA, Recorder

ROOT: Final = Path(__file__).resolve().parents[3]
ACCOUNT: Final = "123456789012"
DOMAIN: Final = "www.example.com"
PACKAGE: Final = "lambda-deployment-package.zip"
LINKED_ROLES: Final = ("AWSServiceRoleForRDS", "AWSServiceRoleForAPIGateway", "AWSServiceRoleForWAFV2Logging")
ENVIRONMENT: Final = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "only-in-the-mock",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
}


@cache
def _models() -> Any:
    return botocore.session.get_session().get_component("data_loader")


def session() -> Any:
    """Return a session. All sessions share the service models, because loading them takes long."""
    core = botocore.session.get_session()
    core.register_component("data_loader", _models())
    return boto3.Session(botocore_session=core)


def package(*names: str) -> bytes:
    """Return a zip archive with some files."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name in names:
            archive.writestr(name, "x = 1\n")
    return data.getvalue()


@cache
def _private_key() -> Any:
    from cryptography.hazmat.primitives.asymmetric import rsa

    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def certificate(domain: str, days: float) -> tuple[bytes, bytes]:
    """Return a certificate and its private key."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization

    key = _private_key()
    name = x509.Name([x509.NameAttribute(x509.oid.NameOID.COMMON_NAME, domain)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=days))
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return made.public_bytes(serialization.Encoding.PEM), private


class MockAccount:
    """The mock account, and the preflight of it.

    Attributes:
        needs: the needs of production with a custom domain.
        recorder: responds to calls that moto does not support.
        account: the account of the preflight.
    """

    def __init__(self, endpoint: str, folder: Path) -> None:
        self.endpoint = endpoint
        asking = session()
        self.account = CheckedAccount(session=asking)
        self.seeding = session()  # calls are not recorded
        self._clients: dict[tuple[str, str], Any] = {}
        self.certificate = self.import_certificate(DOMAIN, 200)
        zone = self.client("route53", VIRGINIA).create_hosted_zone(Name="example.com", CallerReference="1")
        self.zone = zone["HostedZone"]["Id"].rpartition("/")[2]
        self.folder = folder
        self.write_folder()
        self.built = built_folder.read(lambda name: (folder / name).read_bytes(), "out")
        self.version = "v1"
        self.environment = self.environment_of()
        self.recorder = Recorder(self.environment)
        self.recorder.register(asking)

    def client(self, service: str, region: str = TOKYO) -> Any:
        """Return a client for moto."""
        if (service, region) not in self._clients:
            self._clients[service, region] = self.seeding.client(service, region_name=region)
        return self._clients[service, region]

    def import_certificate(self, domain: str, days: float) -> str:
        """Import a certificate, and return its ARN."""
        made, key = certificate(domain, days)
        arn: str = self.client("acm", VIRGINIA).import_certificate(Certificate=made, PrivateKey=key)[
            "CertificateArn"
        ]
        return arn

    def write_folder(self) -> None:
        """Write the files of out/ with a custom domain and a page for the person on call in production."""
        for path in (ROOT / "out").rglob("*"):
            target = self.folder / path.relative_to(ROOT / "out")
            if path.is_dir():
                target.mkdir(parents=True, exist_ok=True)
            elif path.suffix in (".json", ".yaml"):
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(path.read_bytes())
        for path in (self.folder / "parameters" / "prod").iterdir():
            self.change_parameters(path.stem, RunbookUrl="https://example.com/docs/on-call.ja.md")
        self.change_parameters(
            "frontend", CustomDomainName=DOMAIN, CertificateArn=self.certificate, HostedZoneId=self.zone
        )

    def change_parameters(self, stack: str, **values: str) -> None:
        """Write different values into the parameter file of production."""
        path = self.folder / "parameters" / "prod" / f"{stack}.json"
        document = json.loads(path.read_text("utf-8"))
        document["Parameters"].update(values)
        path.write_text(json.dumps(document), "utf-8")

    def environment_of(self, *chosen: str, version: str | None = None, **values: str) -> ResolvedEnvironment:
        """Return the needs of production.

        Args:
            chosen: stacks to deploy.
            version: version of the package; by default the uploaded one.
            values: different values of parameters, for all stacks that have them.
        """
        changed: dict[str, dict[str, str]] = {}
        for stack, values_of_files in self.built.environments["prod"].items():
            different = {key: value for key, value in values.items() if key in values_of_files}
            changed[stack] = {**values_of_files, **different}
        folder = self.built._replace(environments={"prod": changed})
        given = {"LambdaCodeS3ObjectVersion": self.version if version is None else version}
        return resolve_environment(folder, "prod", ACCOUNT, chosen, given)

    def start(self) -> Facts:
        """Return facts with only the caller."""
        return self.account.start(PROJECT, "prod")

    def collect(self, facts: Facts, environment: ResolvedEnvironment | None = None) -> list[CheckResult]:
        """Collect the missing facts, and return the results of all checks."""
        environment = environment or self.environment
        collect(self.account, environment, facts, partial(missing_calls, BEFORE_DEPLOY))
        return judge(BEFORE_DEPLOY, environment, facts)

    # ---- Resources that an administrator creates before the first deploy ----

    def bootstrap(self) -> None:
        """Create roles and artifact buckets, and set the quotas."""
        iam = self.client("iam", VIRGINIA)
        for stack in self.environment.stacks:
            for kind in ("pipeline", "service"):
                name = f"deploy-{stack.deployed_name}-{kind}"
                iam.create_role(RoleName=name, AssumeRolePolicyDocument="{}")
                self.recorder.stacks.foreign[name] = f"deploy-{stack.deployed_name}"
        for name in LINKED_ROLES:
            iam.create_role(RoleName=name, AssumeRolePolicyDocument="{}")
        for region in (TOKYO, VIRGINIA):
            self.make_bucket(f"{PROJECT}-prod-artifacts-{ACCOUNT}-{region}", region)
        self.recorder.quotas |= {
            "L-F678F1CE": 5,
            "L-A4707A72": 5,
            "L-0263D0A3": 5,
            "L-FE5A380F": 5,
            "L-DC2B2D3D": 10_000,
            "L-24B04930": 200,
        }
        self.recorder.defaults |= {"L-C2F1777E": 100_000, "L-7D134442": 20}
        self.recorder.database_quotas = {
            name: (0, most) for name, (_, most) in self.recorder.database_quotas.items()
        }
        self.recorder.concurrency = (1_000, 1_000)

    def make_bucket(self, name: str, region: str) -> None:
        """Create a bucket with versioning."""
        s3 = self.client("s3", region)
        where = {} if region == VIRGINIA else {"CreateBucketConfiguration": {"LocationConstraint": region}}
        s3.create_bucket(Bucket=name, **where)
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})

    # ---- Resources of the stacks that checks examine ----

    def deploy(self) -> None:
        """Deploy all stacks."""
        stacks = self.recorder.stacks
        stacks.deploy()
        self._deploy_database()
        for stack, logical_id, _ in self.environment.of_type("AWS::SNS::Topic"):
            sns = self.client("sns", stack.region)
            stacks.ids[logical_id] = topic = sns.create_topic(Name=logical_id)["TopicArn"]
            sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="operators@example.com")
        for stack, logical_id, properties in self.environment.of_type("AWS::SecretsManager::Secret"):
            copies = (
                {"AddReplicaRegions": properties["ReplicaRegions"]} if "ReplicaRegions" in properties else {}
            )
            made = self.client("secretsmanager", stack.region).create_secret(
                Name=properties["Name"], SecretString='{"apiKey": "only-in-the-mock"}', **copies
            )
            stacks.ids[logical_id] = made["ARN"]
        bucket = f"{PROJECT}-prod-lambda-deployments-{ACCOUNT}"
        self.make_bucket(bucket, TOKYO)
        self.version = self.upload(package("lambda_handler.py"))
        self.environment = stacks.environment = self.environment_of()
        self._deploy_function()
        self._deploy_frontend()

    def upload(self, data: bytes) -> str:
        """Upload a package, and return its version."""
        bucket = f"{PROJECT}-prod-lambda-deployments-{ACCOUNT}"
        version: str = self.client("s3").put_object(Bucket=bucket, Key=PACKAGE, Body=data)["VersionId"]
        return version

    def _deploy_database(self) -> None:
        rds = self.client("rds")
        database = self.environment.stack("database")
        assert database
        cluster = database.resources["DatabaseCluster"]["Properties"]
        rds.create_db_cluster(
            DBClusterIdentifier=cluster["DBClusterIdentifier"],
            Engine=cluster["Engine"],
            EngineVersion=cluster["EngineVersion"],
            MasterUsername="csradmin",
            MasterUserPassword="only-in-the-mock",
        )
        for number in (1, 2):
            properties = database.resources[f"DatabaseInstance{number}"]["Properties"]
            rds.create_db_instance(
                DBInstanceIdentifier=f"instance-{number}",
                DBClusterIdentifier=cluster["DBClusterIdentifier"],
                DBInstanceClass=properties["DBInstanceClass"],
                Engine=cluster["Engine"],
                PromotionTier=properties["PromotionTier"],
            )
        rds.create_db_cluster_snapshot(
            DBClusterIdentifier=cluster["DBClusterIdentifier"], DBClusterSnapshotIdentifier="daily"
        )

    def _deploy_function(self) -> None:
        self.client("iam", VIRGINIA).create_role(
            RoleName="execution",
            AssumeRolePolicyDocument=json.dumps(
                {
                    "Version": "2012-10-17",
                    "Statement": [
                        {
                            "Effect": "Allow",
                            "Principal": {"Service": "lambda.amazonaws.com"},
                            "Action": "sts:AssumeRole",
                        }
                    ],
                }
            ),
        )
        functions = self.client("lambda")
        functions.create_function(
            FunctionName=f"{PROJECT}-prod-api",
            Runtime="python3.13",
            Handler="lambda_handler.handler",
            Role=f"arn:aws:iam::{ACCOUNT}:role/execution",
            Code={"ZipFile": package("lambda_handler.py")},
            Environment={"Variables": {"PASSWORD": "only-in-the-mock"}},
        )
        api = self.environment.stack("api")
        assert api
        self.recorder.stacks.ids["ApiFunctionVersion"] = functions.publish_version(
            FunctionName=f"{PROJECT}-prod-api",
            Description=api.resources["ApiFunctionVersion"]["Properties"]["Description"],
        )["FunctionArn"]
        reserved = int(api.resources["ApiFunction"]["Properties"]["ReservedConcurrentExecutions"])
        functions.put_function_concurrency(
            FunctionName=f"{PROJECT}-prod-api", ReservedConcurrentExecutions=reserved
        )
        self.recorder.concurrency = (1_000, 1_000 - reserved)
        self.client("iam", VIRGINIA).create_role(RoleName="logging", AssumeRolePolicyDocument="{}")
        self.recorder.stacks.ids["ApiGatewayLoggingRole"] = "logging"
        self.recorder.logging_role = f"arn:aws:iam::{ACCOUNT}:role/logging"

    def _deploy_frontend(self) -> None:
        made = self.client("cloudfront", VIRGINIA).create_distribution(
            DistributionConfig={
                "CallerReference": "ready",
                "Comment": "",
                "Enabled": True,
                "Aliases": {"Quantity": 1, "Items": [DOMAIN]},
                "Origins": {
                    "Quantity": 1,
                    "Items": [
                        {
                            "Id": "api",
                            "DomainName": "site.s3.amazonaws.com",
                            "CustomHeaders": {
                                "Quantity": 1,
                                "Items": [{"HeaderName": "x-api-key", "HeaderValue": "only-in-the-mock"}],
                            },
                            "S3OriginConfig": {"OriginAccessIdentity": ""},
                        }
                    ],
                },
                "DefaultCacheBehavior": {"TargetOriginId": "api", "ViewerProtocolPolicy": "https-only"},
            }
        )
        self.distribution = self.recorder.stacks.ids["Distribution"] = made["Distribution"]["Id"]


@contextmanager
def opened(folder: Path) -> Iterator[MockAccount]:
    """Start a moto server, and stop it afterwards."""
    from moto.server import ThreadedMotoServer  # the import takes a while

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    # All servers of a process share their state, which other tests may have changed.
    urlopen(Request(f"{endpoint}/moto-api/reset", method="POST")).close()
    cleared = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    try:
        with mock.patch.dict(
            os.environ, {**cleared, **ENVIRONMENT, "AWS_ENDPOINT_URL": endpoint}, clear=True
        ):
            account = MockAccount(endpoint, folder)
            yield account
            account.account.close()
            for client in account._clients.values():
                client.close()
    finally:
        server.stop()
