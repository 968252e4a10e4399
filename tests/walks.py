"""Follows the recipes of CONTRIBUTING.md and docs/recipes.md: ``make walks``.

A walk edits a copy of the checkout as its recipe says, meets the refusals, and builds. Then all of ``make
test`` runs in the copy. Walks that can be followed in the same copy share it, and one run of the tests.
Copies are used side by side. ``ARGS="number alarm"`` follows only these walks. ``--affected`` runs only the
tests that they can affect, ``--tests tests/docs`` those of a folder, and ``--keep FOLDER`` keeps the copies.
If an edit no longer finds its place, correct the walk, and the recipe if needed.
"""

import argparse
import ast
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final, NamedTuple

ROOT = Path(__file__).resolve().parents[1]
STACKS = "src/csr_templates/stacks"
NETWORK, DATABASE, API = f"{STACKS}/network.py", f"{STACKS}/database.py", f"{STACKS}/api.py"
FRONTEND = f"{STACKS}/frontend.py"
LISTING = f"{STACKS}/listing.py"
CREATES = "tests/csr_templates/hand_over/creates.yaml"
REQUESTS = "tests/csr_templates/hand_over/requests.yaml"
BILLING = "src/csr_templates/costs/billing.json"
PRICES = "src/csr_templates/costs/prices.json"
SCOPES = "src/csr_templates/hand_over/deploy_scopes.txt"
ENVIRONMENT = f"{STACKS}/parts/parameters.py"
ACCEPTED = "tests/consumers/accepted-findings.json"
GITHUB, GITLAB = "docs/starters/github/deploy.yml", "docs/starters/gitlab/.gitlab-ci.yml"


class WalkError(Exception):
    """A recipe does not lead where its page says; the message says how far it led."""


class Checkout:
    """A copy of the checkout, in which walks edit and build, and then all of ``make test`` runs.

    Attributes:
        folder: where it is.
        edited: the files that the current walk edited by hand.
        builds: number of builds of the current walk, refused ones included.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        hidden = shutil.ignore_patterns(
            ".git", ".venv*", ".*_cache", ".hypothesis", "__pycache__", "*.egg-info"
        )
        shutil.copytree(ROOT, folder, ignore=hidden)
        self.start()

    def start(self) -> None:
        """Begin a walk: forget the edits and builds of the walk before it."""
        self.edited: dict[str, None] = {}
        self.builds = 0
        self._before = self.output()

    def generated_lines(self) -> int:
        """Return the number of lines that the builds of the current walk added or removed."""
        after = self.output()
        lines = 0
        for path in self._before.keys() | after.keys():
            if path.relative_to(self.folder).as_posix() not in self.edited:
                old, new = (Counter(files.get(path, b"").splitlines()) for files in (self._before, after))
                lines += ((old - new) + (new - old)).total()
        return lines

    def environments(self) -> list[str]:
        """Return the environments, by their files."""
        names = {path.stem for path in (self.folder / "parameters").glob("*.json")}
        return sorted(names - {"shared"})

    def delete(self, path: str) -> None:
        """Delete a file by hand."""
        self.edited[path] = None
        (self.folder / path).unlink()

    def read(self, path: str) -> str:
        """Return the text of a file."""
        return (self.folder / path).read_text("utf-8")

    def write(self, path: str, text: str) -> None:
        """Write a file by hand."""
        file = self.folder / path
        if not file.exists() or file.read_text("utf-8") != text:
            self.edited[path] = None
            file.write_text(text, "utf-8")

    def edit(self, path: str, pattern: str, new: str | Callable[[re.Match[str]], str]) -> None:
        """Replace the only text in a file that a pattern matches.

        Raises:
            WalkError: there is none, or more than one.
        """
        text, count = re.subn(pattern, new, self.read(path), flags=re.DOTALL)
        if count != 1:
            raise WalkError(f"{path} has {count} places, and should have one, for the pattern {pattern}")
        self.write(path, text)

    def insert(self, path: str, before: str, text: str) -> None:
        """Insert a text before the only place in a file that holds another one."""
        self.edit(path, re.escape(before), lambda match: text + match[0])

    def remove(self, path: str, logical_id: str) -> None:
        """Remove the statement that adds a resource.

        Raises:
            WalkError: there is none.
        """
        text = self.read(path)
        lines = text.splitlines(keepends=True)
        for node in ast.walk(ast.parse(text)):
            source = (ast.get_source_segment(text, node) or "") if isinstance(node, ast.Expr) else ""
            if (
                isinstance(node, ast.Expr)
                and source.startswith("t.add_resource(")
                and f'"{logical_id}"' in source
            ):
                self.write(path, "".join(lines[: node.lineno - 1] + lines[node.end_lineno :]))
                return
        raise WalkError(f"{path} has no statement that adds {logical_id}")

    def python(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run Python with the code of the copy, and return what it printed."""
        return self.run([sys.executable, *arguments])

    def run(self, command: Sequence[str], folder: Path | None = None) -> subprocess.CompletedProcess[str]:
        """Run a command with the code of the copy, there or in another folder; return what it printed."""
        environment = {
            **os.environ,
            "PYTHONPATH": str(self.folder / "src"),
            "XDG_CACHE_HOME": str(self.folder.parent / "cache"),  # of clean lints, which all walks share
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        return subprocess.run(
            command,
            cwd=folder or self.folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )

    def passes(self, *arguments: str) -> str:
        """Run Python, and return what it printed.

        Raises:
            WalkError: it failed.
        """
        done = self.python(*arguments)
        if done.returncode:
            raise WalkError(f"python {' '.join(arguments)} says:\n{done.stdout}")
        return done.stdout

    def build(self) -> None:
        """Do what ``make templates`` does, and what ``make check`` does to the edited files but for types."""
        self.builds += 1
        self.passes("build.py", "--pages", "docs")
        self.passes("build.py", "--pages", "docs", "--check")
        if code := [path for path in self.edited if path.endswith(".py") and (self.folder / path).exists()]:
            self.passes("-m", "ruff", "format", "--check", *code)
            self.passes("-m", "ruff", "check", *code)

    def refused(self, *sentences: str) -> None:
        """Build, and find the build refused with these sentences, and nothing written.

        Raises:
            WalkError: it is not.
        """
        self.builds += 1
        before = self.output()
        done = self.python("build.py", "--pages", "docs")
        if done.returncode not in (1, 2):
            raise WalkError(f"the build should be refused with {sentences}, but says:\n{done.stdout}")
        for sentence in sentences:
            if sentence not in " ".join(done.stdout.split()):
                raise WalkError(f"the build should say {sentence!r}, but says:\n{done.stdout}")
        if self.output() != before:
            raise WalkError("the refused build wrote into out/ or docs/")

    def reviewed(self, kind: str, place: str, before: Path = ROOT / "out") -> None:
        """Review the build, and find a risk.

        Args:
            kind: kind of the risk.
            place: stack, or stack and logical ID.
            before: the folder of the built templates before the change.

        Raises:
            WalkError: the review does not report it.
        """
        done = self.python("-m", "csr_templates", "review", "--before", str(before), "--after", "out")
        if f"{kind} {place}" not in " ".join(done.stdout.split()):
            raise WalkError(f"the review should report {kind} {place}, but says:\n{done.stdout}")

    def output(self) -> dict[Path, bytes]:
        """Return the files that a build writes."""
        files = [*(self.folder / "out").rglob("*"), *(self.folder / "docs").rglob("*")]
        files += self.folder.glob("README*.md")
        return {file: file.read_bytes() for file in files if file.is_file()}

    def test(self, tests: str) -> None:
        """Run ``make test``, with the packages of the environment that runs the walks.

        Args:
            tests: arguments that choose a part of the tests; all of them if empty.

        Raises:
            WalkError: a test failed.
        """
        installed = Path(sys.prefix) / ".installed-dev"
        command = ["make", "test", f"VENV={sys.prefix}", f"ARGS=-q --no-header {tests}", "-o", str(installed)]
        done = self.run(command)
        if done.returncode:
            raise WalkError(f"make test says:\n{done.stdout}")


# ---- The walks; their docstrings are what is printed ----


def number(checkout: Checkout) -> None:
    """Change a number: the example of README.md."""
    example = re.search(
        r'"(\w+)\\?"\' (\S+) # Threshold=(\d+),\n.*? # change it to (\d+)\n', checkout.read("README.md")
    )
    if example is None:
        raise WalkError("README.md has no example that changes a threshold")
    logical_id, path, old, new = example.groups()
    checkout.edit(path, rf'("{logical_id}".*?\bThreshold=){old},', rf"\g<1>{new},")
    checkout.build()
    checkout.passes("-m", "tests.alarms.write_pages")  # make scenarios


def value(checkout: Checkout) -> None:
    """Change the value of a parameter: the memory of the function in production."""
    checkout.edit(
        "parameters/prod.json",
        r'("LambdaMemorySize": )(\d+)',
        lambda match: match[1] + ("1536" if match[2] == "1024" else "1024"),
    )
    checkout.build()


def alarm(checkout: Checkout) -> None:
    """Add an alarm, with its sections of the page for the person on call."""
    function = """    t.add_resource(
        alarms.alarm(
            "NatGateway1BurstAlarm",
            "nat-1-burst-of-drops",
            AlarmDescription=alarms.description(
                Users="Nothing yet.",
                First="On the dashboard, the connections.",
                Then="Run the saved query network-flows.",
                Dashboard="network",
            ),
            Namespace="AWS/NATGateway",
            MetricName="PacketsDropCount",
            dimensions={"NatGatewayId": gateways.first.Ref()},
            Statistic="Maximum",
            EvaluationPeriods=3,
            Threshold=1000,
            unit="packets",
            notify=alarm_topics.normal.Ref(),
        )
    )
"""
    checkout.insert(NETWORK, "    ports_alarm = partial(\n", function)
    checkout.refused(
        "docs/on-call.md: The alarm nat-1-burst-of-drops has no section.",
        "docs/on-call.ja.md: The alarm nat-1-burst-of-drops has no section.",
    )
    texts = {
        "Users": ("Nothing yet.", "まだありません。"),
        "First": ("On the dashboard, the connections.", "ダッシュボードで、接続を確認します。"),
        "Then": ("Run the saved query network-flows.", "保存済みクエリ network-flows を実行します。"),
    }
    on_call(checkout, "nat-1-burst-of-drops", texts, before="nat-1-ports")
    checkout.build()
    checkout.passes("-m", "tests.alarms.write_pages")  # make scenarios


LABELS = {"Users": "ユーザーへの影響", "First": "最初に確認", "Then": "次に確認"}


CHECKS = {
    "First": ("The errors of the function (show_errors).", "関数のエラーを確認します(show\\_errors)。"),
    "Then": (
        "In Logs Insights, run the saved query function-errors.",
        "Logs Insights で、保存済みクエリ function-errors を実行します。",
    ),
}
"""The checks of an alarm on a function, in English and Japanese."""


def on_call(checkout: Checkout, name: str, texts: Mapping[str, tuple[str, str]], before: str) -> None:
    """Write the sections of an alarm on the on-call pages.

    Args:
        checkout: the copy.
        name: the end of the alarm's name.
        texts: key of the description -> its text, and the Japanese text.
        before: the section above which it is inserted.
    """
    japanese = "".join(
        f"- {LABELS[key]}: {text} <!-- {key}: {english} -->\n" for key, (english, text) in texts.items()
    )
    for page, translations, do, contact in (
        ("docs/on-call.md", "", "Do", "Contact"),
        ("docs/on-call.ja.md", f"{japanese}\n", "対応", "連絡"),
    ):
        section = (
            f"### {name}\n\n{translations}<!-- generated: alarm {name} -->\n<!-- /generated -->\n\n"
            f"**{do}**\n\n1. [{before}](#{before})\n\n**{contact}** -\n\n"
        )
        checkout.insert(page, f"### {before}\n", section)


def parameter(checkout: Checkout) -> None:
    """Add a parameter, with another value in two environments."""
    field = "    permissions_boundary: Parameter\n"
    checkout.insert(NETWORK, field, "    flow_log_interval: Parameter\n")
    start = """        flow_log_interval=t.add_parameter(
            Parameter(
                "FlowLogInterval",
                Type="Number",
                Default=600,
                AllowedValues=[60, 600],
                Description="Seconds that a record of the flow logs covers. A change replaces the flow log.",
"""
    end = """            ),
            label="Interval of the flow logs",
            group="Logs",
        ),
"""
    before = "        log_retention=t.add_parameter("
    checkout.insert(NETWORK, before, f"{start}            )\n        ),\n")
    used = "MaxAggregationInterval=parameters.flow_log_interval.Ref(),"
    checkout.edit(NETWORK, r"MaxAggregationInterval=\d+,[^\n]*", used)
    checkout.refused(
        "Parameters.FlowLogInterval does not have ConstraintDescription (the message for a rejected value, "
        "which starts with 'must'), a label (label= of add_parameter), a group (group= of add_parameter). "
        "Add what is missing."
    )
    constraint = '                ConstraintDescription="must be 60 or 600",\n'
    checkout.edit(NETWORK, re.escape(f"{start}            )\n        ),\n"), start + constraint + end)
    for name in checkout.environments():
        if name != "prod":
            checkout.edit(
                f"parameters/{name}.json", '("Environment": "[a-z]+",\n)', r'\1  "FlowLogInterval": 60,\n'
            )
    checkout.build()


def environment(checkout: Checkout) -> None:
    """Add an environment."""
    values = json.loads(checkout.read("parameters/staging.json"))
    text = json.dumps(values | {"Environment": "qa"}, indent=2) + "\n"
    checkout.write("parameters/qa.json", text)
    checkout.refused("qa")
    checkout.edit(ENVIRONMENT, r'(def environment\(names: [^\n]*)"prod"\)', r'\1"qa", "prod")')
    checkout.refused("10.1.0.0/16")
    checkout.write("parameters/qa.json", text.replace('"10.1.', '"10.3.'))
    checkout.build()
    checkout.edit(GITHUB, r"(options: \[[a-z, ]+)\]", r"\1, qa]")
    job = checkout.read(GITLAB).partition("deploy-staging:\n")[2].partition("\n\n")[0]
    checkout.insert(GITLAB, "deploy-staging:\n", f"deploy-qa:\n{job}\n\n".replace("staging", "qa"))


def stack(checkout: Checkout) -> None:
    """Add a stack that holds data."""
    module = '''"""The uploads stack: what visitors upload."""

from troposphere import Output, s3

from csr_templates.stacks.parts import buckets, names, parameters
from csr_templates.stacks.parts.template import StackTemplate


def build() -> StackTemplate:
    """Return the uploads stack; the calls below are its table of contents."""
    t = StackTemplate("What visitors upload")
    add_parameters(t)
    bucket = add_bucket(t)
    add_outputs(t, bucket)
    return t


def add_parameters(t: StackTemplate) -> None:
    """Add the parameters, each with its label and group in the console."""
    t.add_parameter(parameters.project_name(), label="Project", group="Environment")
    t.add_parameter(parameters.environment(), label="Environment", group="Environment")


def add_bucket(t: StackTemplate) -> s3.Bucket:
    """Add the bucket."""
    t.section("Bucket")
    bucket = t.add_resource(buckets.private_bucket("UploadsBucket", names.name("files-${AWS::AccountId}")))
    t.add_resource(buckets.bucket_policy("UploadsBucketPolicy", bucket.Ref()))
    return bucket


def add_outputs(t: StackTemplate, bucket: s3.Bucket) -> None:
    """Add what the operators need to know."""
    t.add_output(Output("UploadsBucketName", Description="Name of the bucket", Value=bucket.Ref()))
'''
    checkout.write(f"{STACKS}/uploads.py", module)
    checkout.edit(LISTING, "(stacks import [a-z, ]+)", r"\1, uploads")
    checkout.edit(
        LISTING,
        r'(\n\)\n"""Every stack)',
        r'\n    Stack("uploads", "uploads.yaml", "ap-northeast-1", uploads.build),\1',
    )
    checkout.build()


def no_stack(checkout: Checkout) -> None:
    """Remove a stack, which no other stack reads; the review reports what AWS keeps."""
    stack(checkout)
    with tempfile.TemporaryDirectory() as before:
        shutil.copytree(checkout.folder / "out", before, dirs_exist_ok=True)
        checkout.start()
        checkout.delete(f"{STACKS}/uploads.py")
        checkout.edit(LISTING, "(import [a-z, ]+), uploads", r"\1")
        checkout.edit(LISTING, r'    Stack\("uploads"[^\n]*\n', "")
        checkout.build()
        checkout.reviewed("orphan", "uploads", Path(before))


def table(checkout: Checkout) -> None:
    """Add a table of DynamoDB, which the function reads and writes."""
    code = '''def add_table(t: StackTemplate) -> dynamodb.Table:
    """Add the table of the visits."""
    t.section("Table")
    return t.add_resource(
        dynamodb.Table(
            "VisitsTable",
            DeletionPolicy=RetainExceptOnCreate,
            UpdateReplacePolicy=Retain,
            AttributeDefinitions=[dynamodb.AttributeDefinition(AttributeName="visitor", AttributeType="S")],
            KeySchema=[dynamodb.KeySchema(AttributeName="visitor", KeyType="HASH")],
            BillingMode="PAY_PER_REQUEST",
            PointInTimeRecoverySpecification=dynamodb.PointInTimeRecoverySpecification(
                PointInTimeRecoveryEnabled=True
            ),
            SSESpecification=dynamodb.SSESpecification(SSEEnabled=True),
            Tags=names.tags("visits"),
        )
    )


'''
    statement = """                    aws.Statement(
                        Sid="ReadAndWriteVisits",
                        Effect=aws.Allow,
                        Action=[awacs.dynamodb.GetItem, awacs.dynamodb.PutItem],
                        Resource=[table.GetAtt("Arn")],
                    ),
"""
    checkout.insert(API, "def add_function_logs(t:", code)
    checkout.insert(API, "    role = add_execution_role(t,", "    table = add_table(t)\n")
    checkout.edit(API, r"(= add_execution_role\(\s*t, parameters, )", r"\1table, ")
    checkout.edit(
        API,
        r"(def add_execution_role\(.*?)(    conditions: Conditions,\n)",
        r"\1    table: dynamodb.Table,\n\2",
    )
    checkout.edit(API, r'( *aws.Statement\(\n *Sid="SendTraces",)', lambda match: statement + match[1])
    checkout.insert(API, "import awacs.ec2\n", "import awacs.dynamodb\n")
    checkout.edit(API, r"(    cloudwatch,\n)(    iam,\n)", r"\1    dynamodb,\n\2")
    checkout.refused("AWS::DynamoDB::Table")
    scope = "AWS::DynamoDB::Table arn:aws:dynamodb:{region}:*:table/{TableName}\n"
    checkout.insert(SCOPES, "AWS::EC2::EIP ", scope)
    checkout.passes("-m", "ruff", "format", API)
    checkout.build()
    requests = """AWS::DynamoDB::Table:
  id: a1b2
  requests:
    - {may: [dynamodb:CreateTable, dynamodb:TagResource], arn: "dynamodb table/{name}", sends: tags}
    - {may: [dynamodb:UpdateContinuousBackups], arn: "dynamodb table/{name}"}
"""
    checkout.insert(CREATES, "AWS::EC2::EIP:\n", requests)
    billing = '    "AWS::DynamoDB::Table": {"reason": "Billed by request.", "usage": ["dynamodb-writes"]},\n'
    checkout.insert(BILLING, '    "AWS::EC2::FlowLog": ', billing)
    price = """    "dynamodb-writes": {
      "name": "DynamoDB writes",
      "service": "AmazonDynamoDB",
      "usageType": "{region}-WriteRequestUnits",
      "unit": "WriteRequestUnits",
      "prices": {
        "ap-northeast-1": {"tiers": [["0", "0.000000715"]], "source": "S1", "date": "2026-11-29"}
      }
    },
"""
    checkout.insert(PRICES, '    "sqs-requests": {\n', price)


def function(checkout: Checkout) -> None:
    """Add a second function, with its own log group."""
    code = '''def add_reports(
    t: StackTemplate,
    parameters: Parameters,
    role: iam.Role,
    reports_logs: logs.LogGroup,
    key: kms.Key,
    queue: sqs.Queue,
) -> None:
    """Add the function that writes the reports."""
    t.section("Function of the reports")
    t.add_resource(
        awslambda.Function(
            "ReportsFunction",
            FunctionName=names.name("reports"),
            Description="Writes the reports",
            Runtime="python3.13",
            Handler="reports.handler",
            Architectures=["x86_64"],
            Code=awslambda.Code(
                S3Bucket=contract.import_value(contract.LAMBDA_DEPLOYMENTS_BUCKET_NAME),
                S3Key=parameters.code_key.Ref(),
            ),
            MemorySize=256,
            Timeout=60,
            Role=role.GetAtt("Arn"),
            KmsKeyArn=key.GetAtt("Arn"),
            VpcConfig=awslambda.VPCConfig(
                SubnetIds=[
                    contract.import_value(contract.PRIVATE_SUBNET_1_ID),
                    contract.import_value(contract.PRIVATE_SUBNET_2_ID),
                ],
                SecurityGroupIds=[contract.import_value(contract.LAMBDA_SECURITY_GROUP_ID)],
            ),
            DeadLetterConfig=awslambda.DeadLetterConfig(TargetArn=queue.GetAtt("Arn")),
            TracingConfig=awslambda.TracingConfig(Mode="Active"),
            LoggingConfig=FunctionLogging(LogGroup=reports_logs.Ref(), LogFormat="JSON"),
            Tags=names.tags(),
        )
    )


'''
    group = '''def add_reports_logs(t: StackTemplate, parameters: Parameters) -> logs.LogGroup:
    """Add the log group of the function that writes the reports."""
    return t.add_resource(
        log_groups.log_group(
            "ReportsLogGroup",
            LogGroupName=Sub(f"/aws/lambda/{names.PREFIX}-reports"),
            KmsKeyId=contract.import_value(contract.LOGS_KEY_ARN),
            RetentionInDays=parameters.log_retention.Ref(),
        )
    )


'''
    checkout.insert(API, "def add_api(t:", code)
    checkout.insert(API, 'METRICS = "CSR-Lambda-API"', group)
    checkout.insert(
        API, "    role = add_execution_role(t,", "    reports_logs = add_reports_logs(t, parameters)\n"
    )
    checkout.insert(
        API, "    api = add_api(t, ", "    add_reports(t, parameters, role, reports_logs, key, queue)\n"
    )
    checkout.refused(
        "ExecutionRole does not allow logs:CreateLogStream and logs:PutLogEvents on ReportsLogGroup: the "
        "function has no log.",
        "ReportsFunction has no alarm, so no one learns that it fails (W9578).",
        "Code of ReportsFunction has no S3ObjectVersion (W9579).",
    )
    version = """
                S3ObjectVersion=If(
                    conditions.has_object_version, parameters.code_object_version.Ref(), NoValue
                ),
"""
    checkout.edit(
        API, r'("ReportsFunction".*?S3Key=parameters.code_key.Ref\(\),)\n', lambda match: match[1] + version
    )
    checkout.edit(API, r"(add_reports\(t, parameters, )", r"\1conditions, ")
    checkout.edit(
        API,
        r"(def add_reports\(.*?    parameters: Parameters,\n)",
        r"\1    conditions: Conditions,\n",
    )
    alarm_code = """    t.add_resource(
        alarms.alarm(
            "ReportsErrorsAlarm",
            "reports-errors",
            AlarmDescription=description(
                Users="Reports are missing.",
                First="The errors of the function (show_errors).",
                Then="In Logs Insights, run the saved query function-errors.",
            ),
            Namespace="AWS/Lambda",
            MetricName="Errors",
            dimensions={"FunctionName": names.name("reports")},
            Statistic="Sum",
            EvaluationPeriods=1,
            Threshold=0,
            unit="errors",
            notify=alarm_topics.normal.Ref(),
        )
    )
"""
    checkout.insert(API, '    t.add_resource(\n        api_alarm(\n            "Api4xxAlarm",', alarm_code)
    checkout.edit(
        API,
        r"= add_execution_role\((.*?)function_logs,",
        r"= add_execution_role(\1[function_logs, reports_logs],",
    )
    checkout.edit(
        API,
        r"(def add_execution_role\(.*?)    function_logs: logs.LogGroup,",
        r"\1    log_groups: Sequence[logs.LogGroup],",
    )
    checkout.edit(
        API,
        r"Resource=\[function_logs.GetAtt\(\"Arn\"\)\],",
        'Resource=[group.GetAtt("Arn") for group in log_groups],',
    )
    checkout.edit(API, r"(from collections.abc import Collection)\n", r"\1, Sequence\n")
    checkout.passes("-m", "ruff", "format", API)
    checkout.refused("The alarm reports-errors has no section.")
    on_call(
        checkout,
        "reports-errors",
        {"Users": ("Reports are missing.", "レポートが作成されません。"), **CHECKS},
        "api-4xx",
    )
    checkout.build()
    checkout.passes("-m", "tests.alarms.write_pages")  # make scenarios


def rule(checkout: Checkout) -> None:
    """Add a lint rule, with its tests and its row of the page."""
    ((free,),) = [
        re.findall(r"\| (\d+) \|$", line)
        for line in checkout.read("docs/rules.md").splitlines()
        if line.startswith("| sns | ")
    ]
    module = f'''from __future__ import annotations

from typing import Any

from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator, properties_of


class TopicWithoutFifoName(Rule):
    """FIFO topic whose name does not end with .fifo.

    SNS refuses to create it. Let TopicName end with .fifo.
    """

    id = "E{free}"
    source_url = "https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html"
    finding_class = "values"
    looks_at = properties_of("AWS::SNS::Topic")

    def findings(self, validator: Validator, properties: Any) -> Findings:
        name = properties.get("TopicName")
        if properties.get("FifoTopic") is True and isinstance(name, str) and not name.endswith(".fifo"):
            message = f"TopicName is {{name}}, which does not end with .fifo."
            yield RuleFinding(("TopicName",), message, validator)
'''
    tests = """# FIFO topics with and without the ending of their names.
text: |
  Topic: {Type: AWS::SNS::Topic, Properties: {FifoTopic: true, TopicName: <name>}}
good:
  ending: {name: orders.fifo}
bad:
  no ending:
    name: orders
    path: Resources/Topic/Properties/TopicName
    message: TopicName is orders, which does not end with .fifo.
"""
    checkout.write("src/cfn_analysis/rules/sns/topic_without_fifo_name.py", module)
    checkout.write("tests/cfn_analysis/rules/sns/test_topic_without_fifo_name.yaml", tests)
    checkout.passes("-m", "tests.cfn_analysis.rules.write_page")
    checkout.build()


def removal(checkout: Checkout) -> None:
    """Remove a resource, and an output, which the review reports."""
    checkout.remove(NETWORK, "PrivateInboundFragmentationNeeded")
    checkout.edit(ACCEPTED, r' *"network/PrivateInboundFragmentationNeeded",\n', "")
    checkout.passes("-m", "tests.consumers.write_accepted")  # make accepted
    checkout.edit(NETWORK, r' *Output\(\s*"PublicSubnet1Id",[^\n]*\n', "")
    checkout.build()
    checkout.reviewed("output", "network.PublicSubnet1Id")


def renaming(checkout: Checkout) -> None:
    """Rename a resource; the review reports one that holds data."""
    checkout.edit(NETWORK, '"LambdaDeploymentsBucket",', '"PackageBucket",')
    checkout.passes("build.py")
    checkout.reviewed("will-fail", "network.PackageBucket")
    checkout.reviewed("orphan", "network.LambdaDeploymentsBucket")
    checkout.edit(NETWORK, '"PackageBucket",', '"LambdaDeploymentsBucket",')
    checkout.edit(NETWORK, '"PublicRouteTable"', '"RouteTableToInternet"')
    checkout.build()


def threshold(checkout: Checkout, percent: int) -> None:
    """Set the thresholds of the CPU alarms."""
    for logical_id in ("DatabaseCPUAlarm", "DatabaseReaderCPUAlarm"):
        checkout.edit(DATABASE, rf'("{logical_id}".*?\bThreshold=)\d+,', rf"\g<1>{percent},")
    checkout.build()
    checkout.passes("-m", "tests.alarms.write_pages")  # make scenarios


def low_threshold(checkout: Checkout) -> None:
    """Set the thresholds of the CPU alarms to 55 percent."""
    threshold(checkout, 55)


def high_threshold(checkout: Checkout) -> None:
    """Set the thresholds of the CPU alarms to 85 percent."""
    threshold(checkout, 85)


def runtime(checkout: Checkout) -> None:
    """Use the next runtime of Python for the function."""
    (current,) = set(re.findall(r'Runtime="(python3\.\d+)"', checkout.read(API)))
    minor = int(current.rpartition(".")[2]) + 1
    checkout.edit(API, rf'("ApiFunction",.*?Runtime=)"{re.escape(current)}"', rf'\1"python3.{minor}"')
    checkout.build()


def origin(checkout: Checkout) -> None:
    """Add an origin of CloudFront with its behavior."""
    code = """                    cloudfront.Origin(
                        Id="images",
                        DomainName="images.example.com",
                        CustomOriginConfig=cloudfront.CustomOriginConfig(
                            OriginProtocolPolicy="https-only",
                            HTTPSPort=443,
                            OriginSSLProtocols=["TLSv1.2"],
                        ),
                    ),
"""
    place = '                    cloudfront.Origin(\n                        Id="api",'
    checkout.insert(FRONTEND, place, code)
    behavior = '                    static(PathPattern="/images/*", TargetOriginId="images"),\n'
    checkout.insert(FRONTEND, '                    static(PathPattern="/_next/static/*"),', behavior)
    checkout.build()


def no_alarm(checkout: Checkout) -> None:
    """Remove an alarm, with its sections of the page for the person on call."""
    checkout.remove(FRONTEND, "CloudFrontOriginLatencyAlarm")
    checkout.refused("CloudFrontOriginLatencyAlarm")
    page = f"{STACKS}/dashboards/frontend.py"
    checkout.edit(page, r', alarm\("CloudFrontOriginLatencyAlarm", "p90"\)', "")
    checkout.edit(page, r'\n *\[threshold\("CloudFrontOriginLatencyAlarm"\)\],', "")
    checkout.refused("There is no alarm cloudfront-origin-latency-high. Remove its section")
    for name in ("docs/on-call.md", "docs/on-call.ja.md"):
        checkout.edit(name, r"### cloudfront-origin-latency-high\n.*?(?=\n###? )\n", "")
    checkout.passes("-m", "ruff", "format", page)
    checkout.build()
    checkout.passes("-m", "tests.alarms.write_pages")  # make scenarios


def right(checkout: Checkout) -> None:
    """Let the function read one parameter of SSM."""
    statement = """                    aws.Statement(
                        Sid="ReadFlags",
                        Effect=aws.Allow,
                        Action=[awacs.ssm.GetParameter],
                        Resource=[<resource>],
                    ),
"""
    place = r'( *aws.Statement\(\n *Sid="SendTraces",)'
    checkout.edit(API, place, lambda match: statement.replace("<resource>", '"*"') + match[1])
    checkout.insert(API, "import awacs.sts\n", "import awacs.ssm\n")
    checkout.refused("ssm:GetParameter is allowed on every resource of the account")
    name = "arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter/"
    reference = (
        "\n                            Sub(\n"
        f'                                "{name}"\n'
        '                                f"{names.PREFIX}-flags"\n'
        "                            )\n                        "
    )
    checkout.edit(API, r'(GetParameter\],\n *Resource=\[)"\*"', lambda match: match[1] + reference)
    checkout.passes("-m", "ruff", "format", API)
    checkout.build()


def consumer(checkout: Checkout) -> None:
    """Add a queue with dead letters, and let the function consume it."""
    code = '''class Jobs(NamedTuple):
    """The queues of the jobs."""

    jobs: sqs.Queue
    failed: sqs.Queue


def add_jobs(t: StackTemplate) -> Jobs:
    """Add the queue of the jobs, and the queue of failed jobs."""
    t.section("Jobs")
    failed = t.add_resource(jobs_queue("FailedOrdersQueue", "failed-jobs"))
    jobs = t.add_resource(
        jobs_queue(
            "OrdersQueue",
            "jobs",
            VisibilityTimeout=6 * 28,  # seconds: six times the timeout of the function
            RedrivePolicy=sqs.RedrivePolicy(deadLetterTargetArn=failed.GetAtt("Arn"), maxReceiveCount=5),
        )
    )
    t.add_resource(
        sqs.QueuePolicy(
            "OrdersQueuePolicy",
            Queues=[jobs.Ref(), failed.Ref()],
            PolicyDocument=policies.document(
                policies.deny_without_tls("sqs", [jobs.GetAtt("Arn"), failed.GetAtt("Arn")])
            ),
        )
    )
    return Jobs(jobs, failed)


def jobs_queue(title: str, what: str, **properties: Any) -> sqs.Queue:
    """Return an encrypted queue that is retained."""
    return sqs.Queue(
        title,
        DeletionPolicy=RetainExceptOnCreate,
        UpdateReplacePolicy=Retain,
        KmsMasterKeyId="alias/aws/sqs",
        MessageRetentionPeriod=1209600,  # seconds: 14 days, the longest
        Tags=names.tags(what),
        **properties,
    )


'''
    mapping = '''def add_jobs_mapping(t: StackTemplate, jobs: Jobs, backend: Backend) -> None:
    """Let the function consume the jobs."""
    t.add_resource(
        awslambda.EventSourceMapping(
            "OrdersMapping",
            EventSourceArn=jobs.jobs.GetAtt("Arn"),
            FunctionName=backend.alias.Ref(),
            FunctionResponseTypes=["ReportBatchItemFailures"],
            Tags=names.tags("jobs"),
        )
    )


'''
    statement = """                    aws.Statement(
                        Sid="ReceiveJobs",
                        Effect=aws.Allow,
                        Action=[
                            awacs.sqs.DeleteMessage,
                            awacs.sqs.GetQueueAttributes,
                            awacs.sqs.ReceiveMessage,
                        ],
                        Resource=[jobs.jobs.GetAtt("Arn")],
                    ),
"""
    alarm_code = """    queue_alarm = partial(
        alarms.alarm,
        Namespace="AWS/SQS",
        Statistic="Maximum",
        EvaluationPeriods=3,
        notify=alarm_topics.normal.Ref(),
    )
    t.add_resource(
        queue_alarm(
            "JobsWaitingAlarm",
            "jobs-waiting",
            AlarmDescription=description(
                Users="Jobs are delayed.",
                First="The errors of the function (show_errors).",
                Then="In Logs Insights, run the saved query function-errors.",
            ),
            MetricName="ApproximateAgeOfOldestMessage",
            dimensions={"QueueName": jobs.jobs.GetAtt("QueueName")},
            Threshold=900,
            unit="seconds",
        )
    )
    t.add_resource(
        queue_alarm(
            "FailedJobsAlarm",
            "failed-jobs",
            AlarmDescription=description(
                Users="Jobs are lost.",
                First="The errors of the function (show_errors).",
                Then="In Logs Insights, run the saved query function-errors.",
            ),
            MetricName="ApproximateNumberOfMessagesVisible",
            dimensions={"QueueName": jobs.failed.GetAtt("QueueName")},
            Threshold=0,
            unit="messages",
        )
    )
"""
    checkout.insert(API, "def add_api(t:", mapping)
    checkout.insert(API, "def add_function_logs(t:", code)
    checkout.insert(API, "    role = add_execution_role(t,", "    jobs = add_jobs(t)\n")
    checkout.insert(API, "    api = add_api(t, ", "    add_jobs_mapping(t, jobs, backend)\n")
    checkout.edit(API, r"(= add_execution_role\(\s*t, parameters, )", r"\1jobs, ")
    checkout.edit(
        API,
        r"(def add_execution_role\(.*?)(    conditions: Conditions,\n)",
        r"\1    jobs: Jobs,\n\2",
    )
    checkout.edit(API, r"(from typing import )NamedTuple", r"\1Any, NamedTuple")
    checkout.edit(API, r'( *aws.Statement\(\n *Sid="SendTraces",)', lambda match: statement + match[1])
    checkout.passes("-m", "ruff", "format", API)
    checkout.refused(
        "OrdersQueue has no alarm",
        "FailedOrdersQueue has no alarm",
        "AWS::Lambda::EventSourceMapping requires",
    )
    scope = "AWS::Lambda::EventSourceMapping arn:aws:lambda:{region}:*:event-source-mapping:* environment\n"
    checkout.insert(
        SCOPES, "AWS::Lambda::Function arn:aws:lambda:{region}:*:function:{FunctionName}\n", scope
    )
    checkout.edit(API, r"(    add_alarms\(t, .*?queue,)", r"\1 jobs,")
    checkout.edit(API, r"(def add_alarms\(.*?    queue: sqs.Queue,\n)", r"\1    jobs: Jobs,\n")
    checkout.insert(API, '    t.add_resource(\n        api_alarm(\n            "Api4xxAlarm",', alarm_code)
    checkout.passes("-m", "ruff", "format", API)
    checkout.refused("The alarm jobs-waiting has no section.", "The alarm failed-jobs has no section.")
    on_call(
        checkout, "jobs-waiting", {"Users": ("Jobs are delayed.", "ジョブが遅れます。"), **CHECKS}, "api-4xx"
    )
    on_call(
        checkout, "failed-jobs", {"Users": ("Jobs are lost.", "ジョブが失われます。"), **CHECKS}, "api-4xx"
    )
    checkout.build()
    checkout.passes("-m", "tests.alarms.write_pages")  # make scenarios
    requests = """AWS::Lambda::EventSourceMapping:
  requests:
    - {may: [lambda:CreateEventSourceMapping], arn: "*"}
    - {may: [lambda:TagResource], arn: lambda event-source-mapping:a1b2, sends: tags}
"""
    checkout.insert(CREATES, "AWS::Lambda::Function:\n", requests)
    existing = """  - may: [lambda:GetEventSourceMapping, lambda:UpdateEventSourceMapping]
    arn: lambda event-source-mapping:a1b2
    is: [ours]
    why: the mapping of its queue
"""
    checkout.edit(REQUESTS, "(\napi service:\n)", lambda match: match[1] + existing)


def library(checkout: Checkout) -> None:
    """Use the library with production under another name, and a table of DynamoDB (docs/adapt.md)."""
    page = checkout.read("docs/adapt.md")
    snippets = dict(re.findall(r"<!-- adapt: (\S+) -->\n```\w+\n(.*?)```\n", page, re.DOTALL))
    project = checkout.folder.parent / f"{checkout.folder.name}-library"
    (project / "parameters").mkdir(parents=True)
    place = f"../{project.name}"
    table_module = snippets["type/table.py"]
    checkout.write(f"{place}/table.py", table_module.replace(", deploy_facts=FACTS", ""))
    module = snippets["environments/environments.py"]
    ours = "from csr_templates import STACKS as THEIRS\nfrom csr_templates import "
    theirs = "from table import STACKS as THEIRS\n\nfrom csr_templates import "
    checkout.write(f"{place}/environments.py", module.replace(ours, theirs))
    checkout.write(f"{place}/parameters/shared.json", checkout.read("parameters/shared.json"))
    for name, like in (("live", "prod"), ("test", "staging")):
        values = json.loads(checkout.read(f"parameters/{like}.json")) | {"Environment": name}
        checkout.write(f"{place}/parameters/{name}.json", json.dumps(values, indent=2) + "\n")
    build = [sys.executable, "-m", "csr_templates", "build", "--stacks", "environments:STACKS"]
    build += ["--parameters", "parameters", "--out", "out"]
    done = checkout.run(build, project)
    if done.returncode != 1 or "AWS::DynamoDB::Table requires" not in done.stdout:
        raise WalkError(f"the build should ask for the ARN of the table, but says:\n{done.stdout}")
    checkout.write(f"{place}/table.py", table_module)
    done = checkout.run(build, project)
    checkout.builds += 2
    if done.returncode:
        raise WalkError(f"the build should succeed, but says:\n{done.stdout}")
    named = [path for path in (project / "out").rglob("*") if path.is_file()]
    if wrong := [path.name for path in named if re.search(r"\bprod\b", path.read_text("utf-8"))]:
        raise WalkError(f"production is called live, but prod is in {', '.join(wrong)}")


def no_environment(checkout: Checkout) -> None:
    """Remove an environment."""
    checkout.delete("parameters/staging.json")
    checkout.edit(ENVIRONMENT, r'(def environment\(names: [^\n]*)"staging", ', r"\1")
    checkout.build()
    checkout.reviewed("orphan", "network in staging")
    checkout.edit(GITHUB, r"(options: \[.*?)staging, ", r"\1")
    checkout.edit(GITLAB, r"deploy-staging:\n.*?\n\n", "")


def project(checkout: Checkout) -> None:
    """Use another project name."""
    checkout.edit("parameters/shared.json", r'("ProjectName": )"[a-z-]+"', r'\1"shop"')
    checkout.build()


def no_waf(checkout: Checkout) -> None:
    """Turn WAF off everywhere."""
    for name in checkout.environments():
        checkout.edit(f"parameters/{name}.json", r'("WAFEnabled": )(true|false)', r"\1false")
    checkout.build()


def engine(checkout: Checkout) -> None:
    """Raise the engine version; one that does not exist is refused."""
    listed = "from cfn_analysis.model.schemas import creatable_versions as all; "
    versions = checkout.passes("-c", f"{listed}print(*all('AWS::RDS::DBCluster', 'aurora-mysql'))").split()
    default = re.search(r'Default="(8\.0\.mysql_aurora\.3\.[0-9.]+)"', checkout.read(DATABASE))
    if default is None:
        raise WalkError(f"{DATABASE} has no default of the engine version")
    newest = [version for version in versions if version.startswith("8.0.mysql_aurora.3.")][-1]
    unknown = f"{newest.rpartition('.')[0]}.99"
    key = '"DatabaseEngineVersion": '
    others = [name for name in checkout.environments() if name != "prod"]
    for name in others:
        checkout.edit(f"parameters/{name}.json", '("Environment": "[a-z]+",\n)', rf'\1  {key}"{unknown}",\n')
    checkout.refused(unknown, "a version that cfn-lint lists and that is not deprecated, for example", newest)
    for name in others:
        checkout.edit(f"parameters/{name}.json", f"{key}[^,]+", f'{key}"{newest}"')
    checkout.build()
    for name in others:
        checkout.edit(f"parameters/{name}.json", f" *{key}[^,]+,\n", "")
    checkout.edit(DATABASE, re.escape(default[0]), f'Default="{newest}"')
    checkout.build()


class Walk(NamedTuple):
    """A recipe, and the most files that it may need to edit by hand."""

    follow: Callable[[Checkout], None]
    files: int

    @property
    def name(self) -> str:
        """Its name as an argument."""
        return self.follow.__name__


class Group(NamedTuple):
    """Walks that share a copy and a run of the tests, in this order.

    Attributes:
        walks: the walks.
        affected: folders and modules of the tests that their changes can affect.
    """

    walks: Sequence[Walk]
    affected: Sequence[str]


GROUPS: Final[Sequence[Group]] = (
    Group(
        (
            Walk(number, 1),
            Walk(value, 1),
            Walk(parameter, 3),
            Walk(engine, 3),
            Walk(alarm, 3),
            Walk(table, 5),
            Walk(function, 3),
            Walk(stack, 5),
            Walk(environment, 4),
            Walk(rule, 2),
        ),
        # Additions: their builds have linted them already.
        ("tests/test_imports.py", "tests/csr_templates/stacks", "tests/cfn_analysis/rules"),
    ),
    Group(
        (
            Walk(removal, 2),
            Walk(renaming, 1),
            Walk(no_stack, 5),
            Walk(no_environment, 4),
            Walk(project, 1),
            Walk(no_waf, 3),
            Walk(low_threshold, 1),
        ),
        # The project, the environments and WAF are what csr-operate works on.
        ("tests/test_imports.py", "tests/csr_templates/operating"),
    ),
    Group(
        (
            Walk(library, 5),
            Walk(high_threshold, 1),
            Walk(runtime, 1),
            Walk(right, 1),
            Walk(no_alarm, 4),
            Walk(origin, 1),
            Walk(consumer, 7),
        ),
        # Resources of the function, an alarm and an origin: what watches, reviews, checks and deploys them.
        (
            "tests/alarms",
            "tests/csr_templates/stacks",
            "tests/csr_templates/hand_over",
            "tests/csr_templates/preflight",
            "tests/cfn_analysis/reviewing",
        ),
    ),
)


def main() -> int:
    """Follow the walks named, or all, and print the time and the files of each; 1 if one of them failed."""
    names: list[str] = []
    for group in GROUPS:
        names += [walk.name for walk in group.walks]
    parser = argparse.ArgumentParser(prog="make walks ARGS=", description=__doc__, usage=argparse.SUPPRESS)
    parser.add_argument(
        "walks", nargs="*", metavar="WALK", help=f"one of {', '.join(names)}; all without one"
    )
    parser.add_argument("--affected", action="store_true", help="only the tests that the walks can affect")
    parser.add_argument("--tests", default="", help="arguments of pytest that choose a part of the tests")
    parser.add_argument("--keep", type=Path, help="folder for the copies, which are then not deleted")
    arguments = parser.parse_args()
    unknown = [name for name in arguments.walks if name not in names]
    if unknown:
        print(f"There is no walk {unknown[0]}; there are: {', '.join(names)}.", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as place, ThreadPoolExecutor(os.cpu_count()) as pool:
        folder = (arguments.keep or Path(place)).resolve()
        groups = []
        for number_of_group, group in enumerate(GROUPS):
            walks = [walk for walk in group.walks if walk.name in (arguments.walks or names)]
            tests = " ".join(group.affected) if arguments.affected else arguments.tests
            if walks:
                groups.append(pool.submit(followed_and_tested, folder / str(number_of_group), walks, tests))
        results = [group.result() for group in groups]
    failed = [name for name in results if name]
    if failed:
        print(f"{len(failed)} failed: {', '.join(failed)}. Each must lead where its page says.")
    return bool(failed)


def followed_and_tested(folder: Path, walks: Sequence[Walk], tests: str) -> str:
    """Follow walks in a new copy, then run the tests there.

    Returns:
        The name of the walk that failed, ``make test`` if the tests failed, otherwise an empty text.
    """
    checkout = Checkout(folder)
    for walk in walks:
        if not followed(checkout, walk):
            return walk.name
    return "" if tested(checkout, walks, tests) else "make test"


def followed(checkout: Checkout, walk: Walk) -> bool:
    """Follow a walk, print what it took, and return whether it led to its end."""
    started = time.monotonic()
    fault = ""
    checkout.start()
    try:
        walk.follow(checkout)
        if len(checkout.edited) > walk.files:
            raise WalkError(f"{len(checkout.edited)} files are edited by hand, and {walk.files} are allowed")
    except WalkError as error:
        fault = str(error)
    took = (
        f"{checkout.builds} builds, {checkout.generated_lines()} generated lines; "
        f"{len(checkout.edited)} files by hand: {', '.join(checkout.edited)}"
    )
    report(started, fault, f"{walk.follow.__doc__}", took)
    return not fault


def tested(checkout: Checkout, walks: Sequence[Walk], tests: str) -> bool:
    """Run the tests after walks, print a line about it, and return whether they passed."""
    started = time.monotonic()
    fault = ""
    try:
        checkout.test(tests)
    except WalkError as error:
        fault = str(error)
    names = ", ".join(walk.name for walk in walks)
    report(started, fault, f"make test after {names}", tests or "all tests")
    return not fault


def report(started: float, fault: str, what: str, details: str) -> None:
    """Print how something ended, how long it took, and details; at once, because groups run side by side."""
    lines = [
        f"{'FAILED' if fault else 'ok':7}{time.monotonic() - started:4.0f} s  {what}",
        f"               {details}",
    ]
    if fault:
        lines.append(fault)
    print("\n".join(lines), flush=True)


if __name__ == "__main__":
    sys.exit(main())
