"""A terminal in which the blocks of a pipeline run: bash, with an ``aws`` that talks to a mock of AWS.

Bash itself takes the blocks apart, so what is checked is what a pipeline's shell would run: variables are
filled, outputs of one command reach the next. The ``aws`` on its path hands its words over to this process,
which reads them as the AWS CLI would (``aws_cli``) and calls a moto server on this machine through botocore.
"""

import json
import logging
import os
import socketserver
import subprocess
import tempfile
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.request import Request, urlopen

import jmespath
from botocore.exceptions import BotoCoreError, ClientError, WaiterError

from tests.docs.aws_cli import SESSION, Command, CommandError, parse
from tests.docs.pages import CHOICES, ROOT, Block, filled
from tests.docs.serving import serving
from tests.system import REGIONS

TOKYO: Final = "ap-northeast-1"
VIRGINIA: Final = "us-east-1"
API_ID: Final = "a1b2c3d4e5"
EMPTY_ZIP: Final = b"PK\x05\x06" + bytes(18)
SECONDS: Final = 180  # a chapter needs about one, and a deploy of all stacks five

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
IDLE: Final = ("csr-templates", "sleep")
VERSION: Final = "aws-cli/2.31.0 Python/3.13.7 Linux/6.1 exe/x86_64"
CHANGE_SET: Final = CHOICES["CHANGE_SET"]
CREATED_AT: Final = "2026-11-25T01:30:00+00:00"  # of each change set
# What `deploy --no-execute-changeset` prints: awscli/customizations/cloudformation/deploy.py
DEPLOYED: Final = f"""
Waiting for changeset to be created..
Changeset created successfully. Run the following command to review changes:
aws cloudformation describe-change-set --change-set-name {CHANGE_SET}
"""
EXECUTED: Final = """
Waiting for changeset to be created..
Waiting for stack create/update to complete
Successfully created/updated stack - {}
"""
# What the bootstrap stacks of the hand-over were given.
BOOTSTRAP: Final = {
    "StackStatus": "CREATE_COMPLETE",
    "Parameters": [{"ParameterKey": "DeletePolicies", "ParameterValue": "attached"}],
}
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
        seen: every command, in order.
        printed: what each ``aws`` printed, by the block that called it, in order.
        clients: service and region -> botocore's client, since creating one takes a while.
        block: line of the block that called last.
    """

    endpoint: str
    resources: Mapping[str, Mapping[str, Any]]
    output_keys: Mapping[str, Sequence[str]]
    outputs: dict[str, dict[str, str]] = field(default_factory=dict)
    seen: list[Command] = field(default_factory=list)
    printed: dict[str, list[str]] = field(default_factory=dict)
    clients: dict[tuple[str, str], Any] = field(default_factory=dict)
    block: str = ""

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
        if "--no-execute-changeset" not in command.options:
            return EXECUTED.format(*command.options["--stack-name"])
        return DEPLOYED.replace(CHANGE_SET, change_set)

    def _result(self, command: Command, folder: Path) -> Any:
        if command.service == "cloudformation":
            return self._stack(command)
        client = self.client(command.service, command.region)
        if command.is_waiter:
            client.get_waiter(command.operation).wait(
                **command.parameters, WaiterConfig={"Delay": 0, "MaxAttempts": 3}
            )
            return {}
        result = client._make_api_call(command.operation, dict(command.parameters))
        result.pop("ResponseMetadata", None)
        return result

    def _physical_id(self, resource: Mapping[str, Any]) -> str:
        """Return the physical ID of a resource, as far as the commands use it."""
        if resource["Type"] == "AWS::Lambda::Version":
            return self._newest_version()
        return str(resource["Properties"].get("AlarmName", "another name"))

    def _newest_version(self) -> str:
        """Return the ARN of the newest version of the function."""
        name = self.properties("api", "ApiFunction")["FunctionName"]
        versions = self.client("lambda", TOKYO).list_versions_by_function(FunctionName=name)["Versions"]
        published = [str(version["FunctionArn"]) for version in versions if version["Version"] != "$LATEST"]
        return max(published, key=lambda arn: int(arn.rpartition(":")[2]))

    def _stack(self, command: Command) -> Any:
        """Return what CloudFormation answers: each stack exists, and nothing happens to it.

        Only the list of all stacks is empty, so that the roles are created.
        """
        stack = command.parameters.get("StackName", "").removeprefix("csr-lambda-api-prod-")
        match command.operation:
            case "DescribeStacks" if not stack:
                return {"Stacks": []}
            case "DescribeStacks" if stack.startswith("deploy-"):
                return {"Stacks": [BOOTSTRAP]}
            case "DescribeStacks":
                return {"Stacks": [self._described(stack, command)]}
            case "ListStackResources":
                return {"StackResourceSummaries": self._listed(stack)}
            case "CreateChangeSet":
                return {"Id": CHANGE_SET.replace(TOKYO, command.region)}
            case "DescribeChangeSet":
                return _change_set(command.parameters["ChangeSetName"])
            case "DescribeEvents":
                return {"OperationEvents": []}
        return {}

    def _described(self, stack: str, command: Command) -> dict[str, Any]:
        outputs = [{"OutputKey": key, "OutputValue": value} for key, value in self.outputs[stack].items()]
        return {
            "StackName": command.parameters["StackName"],
            "StackId": f"arn:aws:cloudformation:{command.region}:123456789012:stack/{stack}/1",
            "StackStatus": "CREATE_COMPLETE",
            "CreationTime": CREATED_AT,
            "EnableTerminationProtection": True,
            "Parameters": parameters(stack),
            "Outputs": outputs,
        }

    def _listed(self, stack: str) -> list[dict[str, str]]:
        return [
            {"ResourceType": resource["Type"], "PhysicalResourceId": self._physical_id(resource)}
            for resource in self.resources[stack].values()
        ]

    def seed(self) -> None:
        """Forget everything, and create what the stacks hold as far as the blocks use it."""
        urlopen(Request(f"{self.endpoint}/moto-api/reset", method="POST")).close()
        self.seen.clear()
        self.printed.clear()
        for region in (TOKYO, VIRGINIA):  # of the bootstrap stacks
            self._seed_bucket(f"csr-lambda-api-prod-artifacts-123456789012-{region}", region)
        for stack in REGIONS:
            self.seed_stack(stack)

    def seed_stack(self, stack: str) -> None:
        """Create the resources of one stack, after the stacks before it."""
        self.outputs[stack] = {key: f"output-{key}" for key in self.output_keys[stack]}
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

    def _seed_network(self) -> None:
        bucket = self.properties("network", "LambdaDeploymentsBucket")["BucketName"]
        self._seed_bucket(bucket)
        self.outputs["network"]["LambdaDeploymentsBucketName"] = bucket

    def _seed_database(self) -> None:
        cluster = self.properties("database", "DatabaseCluster")
        self.client("rds", TOKYO).create_db_cluster(
            **{name: cluster[name] for name in ("DBClusterIdentifier", "Engine", "EngineVersion")},
            MasterUsername="csradmin",
            MasterUserPassword="only-in-the-mock",
        )

    def _seed_api(self) -> None:
        self.outputs["api"]["ApiGatewayId"] = API_ID
        role = self.client("iam", TOKYO).create_role(RoleName="execution", AssumeRolePolicyDocument="{}")
        function = self.properties("api", "ApiFunction")
        self.client("lambda", TOKYO).create_function(
            **{name: function[name] for name in ("FunctionName", "Handler", "Runtime")},
            Role=role["Role"]["Arn"],
            Code={"ZipFile": EMPTY_ZIP},
            Publish=True,
        )
        for key in "AB":
            secret = self.properties("api", f"OriginApiKeySecret{key}")
            self.client("secretsmanager", TOKYO).create_secret(
                Name=secret["Name"],
                SecretString=json.dumps({"apiKey": f"only-in-the-mock-{key}"}),
                AddReplicaRegions=secret["ReplicaRegions"],
            )

    def _seed_frontend(self) -> None:
        distribution = self.client("cloudfront", VIRGINIA).create_distribution(
            DistributionConfig={
                "CallerReference": "seed",
                "Comment": self.properties("frontend", "Distribution")["DistributionConfig"]["Comment"],
                "Enabled": True,
                "Origins": {
                    "Quantity": 1,
                    "Items": [
                        {
                            "Id": "api",
                            "DomainName": f"{API_ID}.execute-api.{TOKYO}.amazonaws.com",
                            "S3OriginConfig": {"OriginAccessIdentity": ""},
                        }
                    ],
                },
                "DefaultCacheBehavior": {
                    "TargetOriginId": "api",
                    "ViewerProtocolPolicy": "redirect-to-https",
                },
            }
        )["Distribution"]["Id"]
        self.outputs["frontend"]["CloudFrontDistributionId"] = distribution


def _change_set(arn: str) -> dict[str, Any]:
    """Return a change set of the stack that its ARN ends with; otherwise, of network."""
    ending = arn.rpartition("/")[2]
    stack = ending if ending in REGIONS else "network"
    return {
        "StackName": f"csr-lambda-api-prod-{stack}",
        "ChangeSetId": CHANGE_SET,
        "CreationTime": CREATED_AT,
        "Parameters": parameters(stack),
        "Changes": [],
    }


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
    (folder / "lambda-deployment-package.zip").write_bytes(b"zip")
    role = {"ParameterKey": "PipelinePrincipalArn", "ParameterValue": "arn:aws:iam::123456789012:role/ci"}
    (folder / "bootstrap.json").write_text(json.dumps([role]))


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
    if not isinstance(result, list):
        yield str(result)
    elif any(isinstance(element, (list, dict)) for element in result):
        for element in result:
            yield from _text(element)
    else:
        yield "\t".join(str(element) for element in result)


class Session(NamedTuple):
    """Blocks, typed into one terminal.

    Attributes:
        status: exit status of the shell.
        out: standard output.
        err: standard error.
        seen: their commands, in order.
        printed: what each ``aws`` printed, by the block that called it.
    """

    status: int
    out: str
    err: str
    seen: list[Command]
    printed: dict[str, list[str]]


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
        content = bytearray()
        while (byte := self.rfile.read(1)) != b"\0":
            assert byte, "the caller has gone"
            content += byte
        return content.decode()


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
        for name, script in scripts.items():
            (programs / name).write_text(script)
            (programs / name).chmod(0o755)
        self.path = f"{programs}{os.pathsep}{os.environ['PATH']}"

    def session(self, blocks: Sequence[Block], **chosen: str) -> Session:
        """Run blocks in order in a new world, in a separate folder with the files that they read.

        Args:
            blocks: the blocks.
            chosen: the choices that differ from ``CHOICES``.
        """
        self.world.seed()
        return self.continued(blocks, **chosen)

    def continued(self, blocks: Sequence[Block], **chosen: str) -> Session:
        """Type blocks into a world as the session before left it."""
        code = "".join(f"export BLOCK={block.line}\n{filled(block.text, **chosen)}" for block in blocks)
        process = self.run(code)
        return Session(
            process.returncode,
            process.stdout,
            process.stderr,
            list(self.world.seen),
            dict(self.world.printed),
        )

    def run(self, code: str) -> subprocess.CompletedProcess[str]:
        """Run shell code in a separate folder with the files that the blocks read."""
        folder = Path(tempfile.mkdtemp(dir=self.folder))
        prepare(folder)
        return subprocess.run(
            ["bash", "-euo", "pipefail", "-c", code],
            cwd=folder,
            env={"PATH": self.path, "HOME": str(folder), "LC_ALL": "C"},
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
