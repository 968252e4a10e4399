"""Releases that are rolled back and deployed again: ``docs/starters/deploy.sh`` against the drill's model.

The model knows what CloudFormation leaves behind after a rollback, and when Lambda publishes a version.
"""

import hashlib
import json
import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest

from cfn_analysis.model.built_stack import BuiltStack
from cfn_analysis.model.rendering import load
from tests.docs.aws_cli import Command
from tests.docs.conftest import require_programs
from tests.docs.pages import ROOT

from ..drill.account import Account as Drilled
from ..drill.account import RefusedError
from ..drill.recovering import Drill
from .account import DeployedStack
from .model import files
from .test_deploy_loop import NEW, Deployed, Pipeline, change, progress
from .world import TOKYO, Session, opened

NAME: Final = "csr-lambda-api-prod-api"
EXISTS: Final = "A version for this Lambda function exists"
PACKAGE: Final = "lambda-deployment-package.zip"
TRIGGER: Final = "csr-lambda-api-prod-api-deploy-failing"


class Planned(NamedTuple):
    """What a change set of the api stack would deploy."""

    template: Mapping[str, Any]
    parameters: dict[str, str]


class Releases(Deployed):
    """An account whose api stack is updated and rolled back by the drill's model.

    Attributes:
        has_begun: whether the model knows the first release; before that, this account creates the stacks.
        drilled: the model.
        fires: whether a rollback trigger fires during the next update.
        planned_api: the change set of the api stack.
        refusals: why CloudFormation rolled updates back, in order.
    """

    has_begun = False
    drilled: Drilled
    fires: bool
    planned_api: Planned
    refusals: list[str]

    def begin(self) -> None:
        """Let the model start with what is deployed."""
        drill = Drill(files())
        drill.deploy_all()
        self.drilled, self.fires, self.refusals, self.has_begun = drill.account, False, [], True
        self._update(Planned(self.api.template, self.api.parameters), "")

    @property
    def api(self) -> DeployedStack:
        """The api stack."""
        return self.stacks[TOKYO, NAME]

    def versions(self) -> list[int]:
        """Return the numbers of the published versions."""
        return [version.number for version in self.drilled.versions(NAME)]

    def own_version(self) -> int:
        """Return the number of the version that belongs to the stack."""
        return self.drilled.stacks[TOKYO, NAME].things["ApiFunctionVersion"].number

    def _update(self, planned: Planned, trigger: str) -> None:
        self.drilled.deploy(NAME, TOKYO, planned.template, planned.parameters, trigger)

    def _result(self, command: Command, folder: Path) -> Any:
        if command.operation == "ListVersionsByFunction":
            self.judge(self._requests(command, folder))
            published = [{"Version": str(number)} for number in self.versions()]
            return {"Versions": [{"Version": "$LATEST"}, *published]}
        return super()._result(command, folder)

    def _stack(self, command: Command) -> Any:
        if not self.has_begun or self._found(command) is not self.api:
            return super()._stack(command)
        match command.operation:
            case "ListStackResources":
                things = self.drilled.stacks[TOKYO, NAME].things.values()
                return {
                    "StackResourceSummaries": [
                        {"ResourceType": thing.kind, "PhysicalResourceId": thing.ref} for thing in things
                    ]
                }
            case "CreateChangeSet":
                self._create_change_set(command)
            case "ExecuteChangeSet":
                self._execute_change_set()
                return {}
        return super()._stack(command)

    def _create_change_set(self, command: Command) -> None:
        """Keep what a change set would deploy, and list its changes."""
        request = command.parameters
        bucket, _, key = request["TemplateURL"].removeprefix("https://").partition("/")
        stored = self.client("s3", TOKYO).get_object(Bucket=bucket.split(".")[0], Key=key)
        template = load(stored["Body"].read().decode("ascii"))
        parameters = {}
        for parameter in request["Parameters"]:
            name = parameter["ParameterKey"]
            if "ParameterValue" in parameter:
                parameters[name] = parameter["ParameterValue"]
            elif name in self.api.parameters:
                parameters[name] = self.api.parameters[name]
        self.planned_api = Planned(template, parameters)
        try:
            changes = self.drilled.copy().deploy(NAME, TOKYO, template, parameters)
        except RefusedError:  # a change set does not know what Lambda will refuse
            self.planned["api"] = [change("Modify", "ApiFunctionVersion", "AWS::Lambda::Version", "True")]
            return
        kinds = {name: resource["Type"] for name, resource in template["Resources"].items()}
        self.planned["api"] = [
            *(change("Modify", name, kinds[name], "False") for name in changes.updated),
            *(change("Modify", name, kinds[name], "True") for name in changes.replaced),
        ]

    def _execute_change_set(self) -> None:
        del self.planned["api"]
        try:
            self._update(self.planned_api, TRIGGER if self.fires else "")
        except RefusedError as error:
            self.refusals.append(str(error))
            self.events["api"] = [progress(NEW, str(error))]
            self.api.status = "UPDATE_ROLLBACK_COMPLETE"
            return
        self.api.parameters = self.planned_api.parameters
        self.api.status = "UPDATE_COMPLETE"


class Team:
    """Deploys releases with the script, and keeps the versions of uploaded packages, as the page says.

    Attributes:
        account: the account.
        out: the files of the build that is deployed.
        docs: the folder with the script.
    """

    def __init__(self, pipeline: Pipeline, folder: Path) -> None:
        assert isinstance(pipeline.account, Releases)
        self.account = pipeline.account
        self.out, self.docs = ROOT / "out", ROOT / "docs"
        self._pipeline, self._folder = pipeline, folder
        self._kept = folder / "kept"
        self._kept.mkdir()

    def deploy(self, package: str = "", *, fires: bool = False) -> Session:
        """Deploy ``out``, with a package of this content or without one."""
        self.account.fires = fires
        self.account.seen.clear()
        bring = f"printf %s {package} > {PACKAGE}" if package else f"rm {PACKAGE}"
        before = (
            f"rm out docs; ln -s {self.out} out; ln -s {self.docs} docs; {bring}\n"
            f"cp {self._kept}/*.version . 2> /dev/null || true\n"
            f"trap 'cp *.version {self._kept} 2> /dev/null || true' EXIT\n"
        )
        return self._pipeline.deploy(before=before)

    def edit(self, path: str, pattern: str, new: str) -> None:
        """Commit a change of a file of ``out/``, with its hash in the manifest."""
        out = self._copy(self.out, "out")
        old = (out / path).read_text("utf-8")
        text = re.sub(pattern, new, old)
        assert text != old
        (out / path).write_text(text, "utf-8")
        manifest = json.loads((out / "stacks.json").read_text("utf-8"))
        manifest["files"][path]["sha256"] = hashlib.sha256(text.encode()).hexdigest()
        (out / "stacks.json").write_text(json.dumps(manifest), "utf-8")
        self.out = out

    def change_memory(self, size: int) -> None:
        """Commit another memory size of the function."""
        self.edit("parameters/prod/api.json", r'("LambdaMemorySize": )"\d+"', rf'\1"{size}"')

    def change_alarms(self) -> None:
        """Commit another threshold of an alarm."""
        self.edit("api.yaml", "Threshold: 800000\n", "Threshold: 700000\n")

    def forget_left_versions(self) -> None:
        """Let the script no longer see the versions that rolled-back deploys left."""
        self.docs = self._copy(ROOT / "docs" / "starters", "docs/starters").parent
        script = self.docs / "starters" / "deploy.sh"
        text = script.read_text("utf-8")
        assert text.count("left=$(left_version ") == 2
        script.write_text(re.sub(r"left=\$\(left_version .*\)", 'left=""', text), "utf-8")

    def _copy(self, folder: Path, name: str) -> Path:
        number = len(list(self._folder.iterdir()))
        return Path(shutil.copytree(folder, self._folder / str(number) / name))


@pytest.fixture
def team(
    production: dict[str, dict[str, Any]], built: dict[str, BuiltStack], tmp_path: Path
) -> Iterator[Team]:
    """A team that has deployed its first release."""
    require_programs()
    (tmp_path / "team").mkdir()
    with opened(production, tmp_path, Releases) as terminal:
        started = Team(Pipeline(terminal, built), tmp_path / "team")
        first = started.deploy("first")
        assert (first.status, first.err) == (0, "")
        started.account.begin()
        yield started


def stored(done: Session, name: str) -> list[str]:
    """Return the keys of the objects that a deploy put or copied."""
    return [command.parameters["Key"] for command in done.seen if command.name == name]


def test_a_rolled_back_release_can_be_deployed_again(team: Team) -> None:
    """Also after a change of memory or of alarms, with and without a package, and after another rollback."""
    account = team.account
    first = account.own_version()
    rolled_back = team.deploy("faulty", fires=True)

    assert rolled_back.status == 1
    assert f"{TRIGGER} is in ALARM." in rolled_back.err
    assert (account.own_version(), account.versions()) == (first, [1, 2, 3])

    assert team.deploy("faulty", fires=True).status == 1
    assert (account.own_version(), account.versions()) == (first, [1, 2, 3, 4])

    team.change_memory(2048)
    copied = team.deploy()
    assert copied.status == 0
    assert stored(copied, "copy-object") == [PACKAGE]
    assert account.own_version() == account.versions()[-1] == 5

    team.change_alarms()
    alarms = team.deploy()
    assert alarms.status == 0
    assert stored(alarms, "copy-object") == []
    assert account.own_version() == account.versions()[-1] == 5

    again = team.deploy("faulty")
    assert again.status == 0
    assert stored(again, "put-object")[:1] != [
        "lambda-deployment-package.zip"
    ]  # the version of the last upload
    assert account.own_version() == account.versions()[-1] == 6
    assert account.refusals == [f"{TRIGGER} is in ALARM."] * 2
    assert account.denied == []


def test_each_change_can_be_rolled_back_and_deployed_again(team: Team) -> None:
    """A change of memory, which needs no package, and one of alarms, which publishes no version by itself."""
    account = team.account
    team.change_memory(2048)
    assert team.deploy(fires=True).status == 1
    assert team.deploy(fires=True).status == 1
    team.change_alarms()
    assert team.deploy(fires=True).status == 1
    assert team.deploy().status == 0

    assert account.refusals == [f"{TRIGGER} is in ALARM."] * 3
    assert account.own_version() == account.versions()[-1]


def test_without_the_comparison_the_release_is_refused(team: Team) -> None:
    """What the block prevents: also after a successful deploy of alarms, the release cannot be deployed."""
    account = team.account
    team.forget_left_versions()
    assert team.deploy("faulty", fires=True).status == 1

    refused = team.deploy("faulty")
    team.change_alarms()
    alarms = team.deploy()
    still = team.deploy("faulty")

    assert (refused.status, alarms.status, still.status) == (1, 0, 1)
    assert f"{EXISTS} ( 3 )" in refused.err
    assert f"{EXISTS} ( 3 )" in still.err
    assert account.own_version() == 2
