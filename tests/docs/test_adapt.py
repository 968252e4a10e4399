"""docs/adapt.md: each snippet is run as it is written."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cfn_analysis.model.rendering import load
from tests.system import NOT_PRODUCTION, ROOT, STACK_NAMES

from .pages import HAND_OVER, HAND_OVER_JA, JAPANESE

SNIPPETS = dict(
    re.findall(
        r"<!-- adapt: (\S+) -->\n```\w+\n(.*?)```\n",
        (ROOT / "docs" / "adapt.md").read_text("utf-8"),
        re.DOTALL,
    )
)
EVERY_BLOCK = re.compile(r"^```\w+$", re.MULTILINE)


@pytest.fixture
def project(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A project as the page describes it: the parameter files of this repository, and the snippets."""
    shutil.copytree(ROOT / "parameters", tmp_path / "parameters")
    for path, text in SNIPPETS.items():
        name, _, file = path.partition("/")
        if name == request.param:
            (tmp_path / file).write_text(text)
    return tmp_path


def build(project: Path, *options: str) -> str:
    """Build a project as its snippet says, without lint, and return what the command prints."""
    script = project / "build.sh"
    command = shlex.split(script.read_text()) if script.exists() else ["csr-templates", "build"]
    assert command[:2] == ["csr-templates", "build"]
    default = ["--parameters", "parameters", "--out", "out"]
    done = subprocess.run(
        [sys.executable, "-m", "csr_templates", *command[1:], *default, "--no-lint", *options],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


def environments(project: Path) -> list[Path]:
    """Return the parameter files of the environments."""
    return [file for file in (project / "parameters").glob("*.json") if file.stem != "shared"]


def change(file: Path, **values: Any) -> None:
    """Change values of a parameter file; None removes the key."""
    changed = json.loads(file.read_text()) | values
    file.write_text(json.dumps({key: value for key, value in changed.items() if value is not None}))


def stacks(project: Path) -> list[dict[str, Any]]:
    """Return the stacks of the manifest."""
    entries: list[dict[str, Any]] = json.loads((project / "out" / "stacks.json").read_text())["stacks"]
    return entries


def test_every_block_is_run() -> None:
    """No block of the page is without a marker."""
    assert len(EVERY_BLOCK.findall((ROOT / "docs" / "adapt.md").read_text("utf-8"))) == len(SNIPPETS)


def test_lengths_of_names_are_those_of_the_templates() -> None:
    """The page, and the one on handing over, name the longest project of the stacks and of their roles."""

    def longest(folder: Path) -> int:
        parameters = [load(file.read_text("utf-8"))["Parameters"] for file in folder.glob("*.yaml")]
        return min(int(values["ProjectName"]["MaxLength"]) for values in parameters)

    page = " ".join((ROOT / "docs" / "adapt.md").read_text("utf-8").split())
    of_roles = longest(ROOT / "out" / "bootstrap")
    assert f"({longest(ROOT / 'out')} characters for the project)" in page
    assert f"at most {of_roles} characters for the project" in page
    assert f"so the project name can be at most {of_roles} characters long" in HAND_OVER.read_text("utf-8")
    if JAPANESE:
        assert f"プロジェクト名は {of_roles} 文字まで" in HAND_OVER_JA.read_text("utf-8")


@pytest.mark.parametrize("project", ["name"], indirect=True)
def test_another_name_without_web_acl(project: Path) -> None:
    """Name and WAF are parameters."""
    for file in environments(project):
        change(file, WAFEnabled=False)

    assert " written, 0 removed" in build(project)

    values = json.loads((project / "out" / "parameters" / "prod" / "frontend.json").read_text())["Parameters"]
    assert (values["ProjectName"], values["WAFEnabled"]) == ("shop", "false")


@pytest.mark.parametrize("project", ["account"], indirect=True)
def test_stated_account(project: Path) -> None:
    """The manifest has the shared account, and the own one of an environment; parameters do not."""
    change(project / "parameters" / "prod.json", AccountId="012345678901")

    assert " written, 0 removed" in build(project)

    accounts = json.loads((project / "out" / "stacks.json").read_text())["accounts"]
    assert accounts == {**dict.fromkeys(NOT_PRODUCTION, "123456789012"), "prod": "012345678901"}
    values = json.loads((project / "out" / "parameters" / "prod" / "api.json").read_text())["Parameters"]
    assert "AccountId" not in values


@pytest.mark.parametrize("project", ["environments"], indirect=True)
def test_other_environments(project: Path) -> None:
    """A file and the list of names are an environment, in every stack and in the bootstrap templates.

    Production has another name than ours, which no file contains then.
    """
    parameters = project / "parameters"
    for name in NOT_PRODUCTION:
        (parameters / f"{name}.json").rename(parameters / "test.json")
    change(parameters / "test.json", Environment="test")
    (parameters / "prod.json").rename(parameters / "live.json")
    change(parameters / "live.json", Environment="live", DatabaseName="shop")

    assert " written, 0 removed" in build(project)

    assert all(set(stack["parameterFiles"]) == {"test", "live"} for stack in stacks(project))
    bootstrap = (project / "out" / "bootstrap" / "api.yaml").read_text()
    assert load(bootstrap)["Parameters"]["Environment"]["AllowedValues"] == ["test", "live"]
    files = [path for path in (project / "out").rglob("*") if path.is_file()]
    assert [path for path in files if re.search(r"\bprod\b", path.read_text())] == []


@pytest.mark.parametrize("project", ["environments"], indirect=True)
def test_rules_protect_production_under_another_name(project: Path) -> None:
    """What production must not have is a mistake in its file, and allowed in other environments."""
    parameters = project / "parameters"
    values = json.loads((parameters / "prod.json").read_text())
    for file in environments(project):
        file.unlink()
    networks = {name: value.replace("10.2.", "10.9.") for name, value in values.items() if "Cidr" in name}
    without = {"CloudFrontEnabled": False, "WAFEnabled": False}
    live = {**values, "Environment": "live"}
    (parameters / "live.json").write_text(json.dumps(live))
    (parameters / "test.json").write_text(
        json.dumps({**values, **networks, **without, "Environment": "test"})
    )
    assert " written, 0 removed" in build(project)

    change(parameters / "live.json", CloudFrontEnabled=False, WAFEnabled=False)

    (mistake,) = build(project).splitlines()[1:]
    assert mistake.startswith(
        'parameters/live.json: Environment: Found "live", together with CloudFrontEnabled "false". '
        'Rule in the frontend template: "CloudFrontEnabled must be true in production'
    )


@pytest.mark.parametrize("project", ["region"], indirect=True)
def test_another_region(project: Path) -> None:
    """Three parameters and the region of the stacks are enough."""
    assert " written, 0 removed" in build(project)

    regions = {stack["name"]: stack["region"] for stack in stacks(project)}
    assert regions.pop("frontend") == "us-east-1"
    assert set(regions.values()) == {"eu-west-1"}


@pytest.mark.parametrize("project", ["subset"], indirect=True)
def test_a_subset_of_the_stacks(project: Path) -> None:
    """The build names the keys that are left over, in one line for each file."""
    mistakes = build(project).splitlines()[1:]
    keys = dict(
        re.findall(r"^(\S+): No template has the parameters (.+?)\. ", "\n".join(mistakes), re.MULTILINE)
    )
    assert len(mistakes) == len(keys) == len(environments(project))

    for file, names in keys.items():
        change(project / file, **dict.fromkeys(re.split(", | and ", names)))

    assert " written, 0 removed" in build(project)
    assert [stack["name"] for stack in stacks(project)] == ["network", "database", "api"]
    files = [path for path in (project / "out").rglob("*") if path.is_file()]
    about_frontend = re.compile("front-?end|cloudfront|us-east-1|edge-logs|\\bwaf", re.IGNORECASE)
    assert [path for path in files if about_frontend.search(path.read_text())] == []


@pytest.mark.parametrize("project", ["change"], indirect=True)
def test_a_changed_stack(project: Path) -> None:
    """The property is in the template, and the other stacks are those of the package."""
    assert " written, 0 removed" in build(project)

    assert "MaxAggregationInterval: 60" in (project / "out" / "main.yaml").read_text()
    assert [stack["name"] for stack in stacks(project)] == STACK_NAMES


@pytest.mark.parametrize("project", ["type"], indirect=True)
def test_another_type(project: Path) -> None:
    """Without its scope, the build stops and says what to write where; with it, the role has rights."""
    module = project / "table.py"
    code = module.read_text()
    module.write_text(code.replace(", deploy_facts=FACTS", ""))
    (problem,) = [line for line in build(project).splitlines() if "AWS::DynamoDB::Table requires" in line]
    assert '"AWS::DynamoDB::Table arn:aws:dynamodb:{region}:*:table/*"' in problem
    assert problem.endswith(
        " In your project, give the line to the stack: Stack(..., deploy_facts=DeployFacts(scopes=(...,)))."
    )
    module.write_text(code)

    assert " written, 0 removed" in build(project)

    resources = load((project / "out" / "bootstrap" / "database.yaml").read_text())["Resources"]
    actions: set[str] = set()
    arns = set()
    for resource in resources.values():
        properties = resource["Properties"]
        if resource["Type"] != "AWS::IAM::ManagedPolicy" or {"Ref": "ServiceRole"} not in properties["Roles"]:
            continue
        for statement in properties["PolicyDocument"]["Statement"]:
            if any(action.startswith("dynamodb:") for action in statement["Action"]):
                actions.update(statement["Action"])
                arns.add(str(statement["Resource"]))
    assert {
        "dynamodb:CreateTable",
        "dynamodb:DescribeTable",
        "dynamodb:DeleteTable",
        "dynamodb:TagResource",
    } <= actions
    assert arns == {
        "arn:aws:dynamodb:ap-northeast-1:*:table/${aws:PrincipalTag/Project}-${aws:PrincipalTag/Environment}-sessions"
    }
