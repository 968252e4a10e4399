"""Follows the recipes of CONTRIBUTING.md: ``make walks``.

Each walk has its own copy of the checkout. It edits files as its recipe says, meets the refusals, builds,
and runs the tests that the change could break. With ``ARGS="number alarm"`` only these walks are run. Where
an edit no longer finds its place, correct the walk, and the recipe if it needs it.
"""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
STACKS = "src/csr_templates/stacks"
NETWORK, DATABASE, API = f"{STACKS}/network.py", f"{STACKS}/database.py", f"{STACKS}/api.py"
LISTING = f"{STACKS}/listing.py"
WORDS = "docs/words.ja.json"

# The tests that read our stacks; the operators' commands, which take long, are left to `make acceptance`.
OF_STACKS = (
    "tests/csr_templates/stacks",
    "tests/csr_templates/hand_over/test_deploy_policies.py",
    "tests/csr_templates/hand_over/test_stack_policies.py",
    "tests/docs/test_pages.py",
)


class WalkError(Exception):
    """A recipe does not lead where CONTRIBUTING.md says; the message says how far it led."""


class Checkout:
    """A copy of the checkout, in which a walk edits, builds and tests.

    Attributes:
        folder: where it is.
        edited: the files that the walk edited by hand.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.edited: dict[str, None] = {}
        hidden = shutil.ignore_patterns(
            ".git", ".venv*", ".*_cache", ".hypothesis", "__pycache__", "*.egg-info"
        )
        shutil.copytree(ROOT, folder, ignore=hidden)

    def read(self, path: str) -> str:
        """Return the text of a file."""
        return (self.folder / path).read_text("utf-8")

    def write(self, path: str, text: str) -> None:
        """Write a file by hand."""
        self.edited[path] = None
        (self.folder / path).write_text(text, "utf-8")

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
        self.edit(path, re.escape(before), lambda found: text + found[0])

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
        environment = {
            **os.environ,
            "PYTHONPATH": str(self.folder / "src"),
            "XDG_CACHE_HOME": str(self.folder.parent / "cache"),  # of clean lints, which all walks share
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=self.folder,
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
        self.passes("build.py", "--pages", "docs")
        self.passes("build.py", "--pages", "docs", "--check")
        if code := [path for path in self.edited if path.endswith(".py")]:
            self.passes("-m", "ruff", "format", "--check", *code)
            self.passes("-m", "ruff", "check", *code)

    def refused(self, *sentences: str) -> None:
        """Build, and find the build refused with these sentences, and nothing written.

        Raises:
            WalkError: it is not.
        """
        before = self.output()
        done = self.python("build.py", "--pages", "docs")
        if done.returncode not in (1, 2):
            raise WalkError(f"the build should be refused with {sentences}, but says:\n{done.stdout}")
        for sentence in sentences:
            if sentence not in " ".join(done.stdout.split()):
                raise WalkError(f"the build should say {sentence!r}, but says:\n{done.stdout}")
        if self.output() != before:
            raise WalkError("the refused build wrote into out/ or docs/")

    def reviewed(self, kind: str, place: str) -> None:
        """Review the build, and find a risk.

        Raises:
            WalkError: the review does not report it.
        """
        done = self.python("-m", "csr_templates", "review", "--before", str(ROOT / "out"), "--after", "out")
        if f"{kind} {place}" not in " ".join(done.stdout.split()):
            raise WalkError(f"the review should report {kind} {place}, but says:\n{done.stdout}")

    def output(self) -> dict[Path, bytes]:
        """Return the files that a build writes."""
        files = [file for room in ("out", "docs") for file in (self.folder / room).rglob("*")]
        return {file: file.read_bytes() for file in files if file.is_file()}

    def test(self, *tests: str) -> None:
        """Run tests, or all of them, on all cores."""
        self.passes("-m", "pytest", "-q", "--no-header", "-p", "no:cacheprovider", "-n", "auto", *tests)


# ---- The walks; their docstrings are what is printed ----


def number(one: Checkout) -> None:
    """Change a number: the CPU alarm's threshold and production's memory, one line each."""

    def other(found: re.Match[str]) -> str:
        return f"{found[1]}{int(found[2]) + 1}"

    one.edit(DATABASE, r'("DatabaseCPUAlarm".*?\bThreshold=)(\d+)', other)
    one.edit(
        "parameters/prod.json",
        r'("LambdaMemorySize": )(\d+)',
        lambda found: found[1] + ("1536" if found[2] == "1024" else "1024"),
    )
    one.build()
    one.passes("-m", "ruff", "format", "--check", ".")
    one.passes("-m", "ruff", "check", ".")
    one.passes("-m", "mypy")
    one.test("--ignore=tests/acceptance", "--ignore=tests/consumers", "-m", "not acceptance")  # make test


def alarm(one: Checkout) -> None:
    """Add an alarm, with its sections of the page for the person on call: three files."""
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
    one.insert(NETWORK, "    ports_alarm = partial(\n", function)
    one.refused(
        "docs/on-call.md: The alarm nat-1-burst-of-drops has no section.",
        "docs/on-call.ja.md: The alarm nat-1-burst-of-drops has no section.",
    )
    japanese = """\
- ユーザーへの影響: まだありません。 <!-- Users: Nothing yet. -->
- 最初に確認: ダッシュボードで、接続を確認します。 <!-- First: On the dashboard, the connections. -->
- 次に確認: 保存済みクエリ network-flows を実行します。 <!-- Then: Run the saved query network-flows. -->

"""
    for page, texts, do, contact in (
        ("docs/on-call.md", "", "Do", "Contact"),
        ("docs/on-call.ja.md", japanese, "対応", "連絡"),
    ):
        section = (
            f"### nat-1-burst-of-drops\n\n{texts}<!-- generated: alarm nat-1-burst-of-drops -->\n"
            f"<!-- /generated -->\n\n**{do}**\n\n1. [nat-1-ports](#nat-1-ports)\n\n**{contact}** -\n\n"
        )
        one.insert(page, "### nat-1-ports\n", section)
    one.build()
    one.passes("-m", "tests.alarms.write_pages")  # make scenarios
    one.test(
        "-m",
        "not lints and not emulator",
        *OF_STACKS,
        "tests/alarms",
        "tests/csr_templates/reference",
        "tests/test_imports.py",
        "tests/docs/test_on_call.py",
    )
    if len(one.edited) != 3:
        raise WalkError(f"an alarm needs three files, and not {', '.join(one.edited)}")


def parameter(one: Checkout) -> None:
    """Add a parameter, with another value in two environments."""
    field = "    permissions_boundary: Parameter\n"
    one.insert(NETWORK, field, "    flow_log_interval: Parameter\n")
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
    one.insert(NETWORK, before, f"{start}            )\n        ),\n")
    used = "MaxAggregationInterval=parameters.flow_log_interval.Ref(),"
    one.edit(NETWORK, r"MaxAggregationInterval=\d+,[^\n]*", used)
    one.refused(
        "Parameters.FlowLogInterval does not have ConstraintDescription (the message for a rejected value, "
        "which starts with 'must'), a label (label= of add_parameter), a group (group= of add_parameter). "
        "Add what is missing."
    )
    constraint = '                ConstraintDescription="must be 60 or 600",\n'
    one.edit(NETWORK, re.escape(f"{start}            )\n        ),\n"), start + constraint + end)
    for name in ("dev", "staging"):
        one.edit(f"parameters/{name}.json", '("Environment": "[a-z]+",\n)', r'\1  "FlowLogInterval": 60,\n')
    one.build()
    one.test(*OF_STACKS, "tests/csr_templates/environments")


def environment(one: Checkout) -> None:
    """Add an environment."""
    values = json.loads(one.read("parameters/staging.json"))
    text = json.dumps(values | {"Environment": "qa"}, indent=2) + "\n"
    one.write("parameters/qa.json", text)
    one.refused("qa")
    one.edit(f"{STACKS}/parts/parameters.py", r'(names = \[.*?)"prod"\]', r'\1"qa", "prod"]')
    one.refused("10.1.0.0/16")
    one.write("parameters/qa.json", text.replace('"10.1.', '"10.3.'))
    one.build()
    one.test(*OF_STACKS, "tests/csr_templates/environments", "tests/csr_templates/reference")


def stack(one: Checkout) -> None:
    """Add a stack that holds data."""
    module = '''"""The uploads stack: what visitors upload."""

from __future__ import annotations

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
    one.write(f"{STACKS}/uploads.py", module)
    one.edit(LISTING, "(stacks import [a-z, ]+)", r"\1, uploads")
    one.edit(
        LISTING,
        r'(\n\)\n"""Every stack)',
        r'\n    Stack("uploads", "uploads.yaml", "ap-northeast-1", uploads.build),\1',
    )
    one.passes("build.py", "--pages", "docs")
    one.edit(WORDS, r"\A(\{)", r'\1\n  "Name of the bucket": "バケットの名前",')
    one.build()
    one.test(*OF_STACKS, "tests/csr_templates/reference")


def rule(one: Checkout) -> None:
    """Add a lint rule, with its tests and its row of the page."""
    ((free,),) = [
        re.findall(r"\| (\d+) \|$", line)
        for line in one.read("docs/rules.md").splitlines()
        if line.startswith("| sns | ")
    ]
    module = f'''"""A topic keeps messages only as long as somebody reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cfn_analysis.rules.support.rule import Fault, Rule, properties_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cfnlint.jsonschema import Validator


class TopicWithoutFifoName(Rule):
    """FIFO topic whose name does not end with .fifo.

    SNS refuses to create it. Let TopicName end with .fifo.
    """

    id = "E{free}"
    source_url = "https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html"
    tags = ["resources", "sns"]
    fault_class = "values"
    looks_at = properties_of("AWS::SNS::Topic")

    def faults(self, validator: Validator, properties: Any) -> Iterator[Fault]:
        name = properties.get("TopicName")
        if properties.get("FifoTopic") is True and isinstance(name, str) and not name.endswith(".fifo"):
            yield Fault(("TopicName",), f"TopicName is {{name}}, which does not end with .fifo.", validator)
'''
    tests = '''"""FIFO topics with and without the ending of their names."""

TOPIC = """
Resources:
  Topic: {Type: AWS::SNS::Topic, Properties: {FifoTopic: true, TopicName: %s}}
"""

GOOD = {"ending": TOPIC % "orders.fifo"}

BAD = {
    "no ending": (
        TOPIC % "orders",
        "Resources/Topic/Properties/TopicName",
        "TopicName is orders, which does not end with .fifo.",
    )
}
'''
    fault = (
        "- {class: values, what: a FIFO topic without its ending, stack: network, set: {"
        "Resources/NetworkAlarmTopic/Properties/FifoTopic: true, "
        f"Resources/NetworkAlarmTopic/Properties/TopicName: alarms}}, found_by: E{free}}}\n"
    )
    one.write("src/cfn_analysis/rules/sns/topic_without_fifo_name.py", module)
    one.write("tests/cfn_analysis/rules/sns/test_topic_without_fifo_name.py", tests)
    one.write(
        "tests/acceptance/catalogue/faults.yaml",
        f"{one.read('tests/catalogue/faults.yaml').rstrip()}\n{fault}",
    )
    one.passes("-m", "tests.cfn_analysis.rules.write_page")
    one.build()
    one.test("tests/cfn_analysis/rules", "-k", "fifo or package or page or every")
    one.test("tests/acceptance/catalogue", "-k", "FIFO or rule")


def removal(one: Checkout) -> None:
    """Remove a resource, and an output, which the review reports."""
    one.remove(NETWORK, "PrivateInboundFragmentationNeeded")
    one.build()
    one.edit(NETWORK, r' *Output\(\s*"PublicSubnet1Id",[^\n]*\n', "")
    one.build()
    one.reviewed("output", "network.PublicSubnet1Id")
    one.test(*OF_STACKS)


def renaming(one: Checkout) -> None:
    """Rename a resource; the review reports one that holds data."""
    one.edit(NETWORK, '"LambdaDeploymentsBucket",', '"PackageBucket",')
    one.passes("build.py")
    one.reviewed("will-fail", "network.PackageBucket")
    one.reviewed("orphan", "network.LambdaDeploymentsBucket")
    one.edit(NETWORK, '"PackageBucket",', '"LambdaDeploymentsBucket",')
    one.edit(NETWORK, '"PublicRouteTable"', '"RouteTableToInternet"')
    one.build()
    one.test(*OF_STACKS)


def engine(one: Checkout) -> None:
    """Raise the engine version; one that does not exist is refused."""
    listed = "from cfn_analysis.model.schemas import creatable_versions as all; "
    known = one.passes("-c", f"{listed}print(*all('AWS::RDS::DBCluster', 'aurora-mysql'))").split()
    default = re.search(r'Default="(8\.0\.mysql_aurora\.3\.[0-9.]+)"', one.read(DATABASE))
    if default is None:
        raise WalkError(f"{DATABASE} has no default of the engine version")
    newest = [version for version in known if version.startswith("8.0.mysql_aurora.3.")][-1]
    unknown = f"{newest.rpartition('.')[0]}.99"
    key = '"DatabaseEngineVersion": '
    for name in ("dev", "staging"):
        one.edit(f"parameters/{name}.json", '("Environment": "[a-z]+",\n)', rf'\1  {key}"{unknown}",\n')
    one.refused(unknown, "a version that cfn-lint lists and that is not deprecated, for example", newest)
    for name in ("dev", "staging"):
        one.edit(f"parameters/{name}.json", f"{key}[^,]+", f'{key}"{newest}"')
    one.build()
    for name in ("dev", "staging"):
        one.edit(f"parameters/{name}.json", f" *{key}[^,]+,\n", "")
    one.edit(DATABASE, re.escape(default[0]), f'Default="{newest}"')
    one.build()
    one.test(*OF_STACKS, "tests/csr_templates/environments")


WALKS = {
    walk.__name__: walk
    for walk in (number, alarm, parameter, environment, stack, rule, removal, renaming, engine)
}


def main() -> int:
    """Follow the walks named, or all, and print the time and the files of each; 1 if one of them failed."""
    unknown = [name for name in sys.argv[1:] if name not in WALKS]
    if unknown:
        print(f"There is no walk {unknown[0]}; there are: {', '.join(WALKS)}.", file=sys.stderr)
        return 2
    failed = []
    with tempfile.TemporaryDirectory() as place:
        for name in sys.argv[1:] or WALKS:
            started = time.monotonic()
            one = Checkout(Path(place).resolve() / name)
            fault = ""
            try:
                WALKS[name](one)
            except WalkError as error:
                fault = str(error)
                failed.append(name)
            print(
                f"{'FAILED' if fault else 'ok':7}{time.monotonic() - started:4.0f} s  {WALKS[name].__doc__}",
                flush=True,
            )
            print(f"               by hand: {', '.join(one.edited)}", flush=True)
            if fault:
                print(fault, flush=True)
            shutil.rmtree(one.folder)
    if failed:
        print(f"{len(failed)} failed: {', '.join(failed)}. Each must lead where CONTRIBUTING.md says.")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
