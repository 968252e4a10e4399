"""Failures of a block: it stops, reports the failure, and changes nothing more.

Every block of the hand-over is run again for each of its commands: once the command fails, and where the
shell reads what it prints, once it prints nothing and once ``None``. And once without the stacks, and
without out/.
"""

import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from cfn_analysis.model.rendering import load
from cfn_analysis.model.resolving import failed_assertions
from tests.docs.pages import (
    BY_OPERATORS,
    HAND_OVER,
    ROOT,
    Block,
    choices,
    filled,
    read,
    shell_function,
)

from .replay import ONLY_REPORTED, Call, Run, programs, run
from .world import CHANGE_SET, UNCHANGED, VERSION, Session

# On the pages for operators, a person reads the error of a line, and the next line fails without its output.
READ_BY_A_PERSON = ("deploying", "operations", "troubleshooting")
ALL_PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("**/*.md")])
PAGES = [path for path in ALL_PAGES if path.name.partition(".")[0] not in READ_BY_A_PERSON]
BLOCKS = [
    (HAND_OVER, block)
    for block in read(HAND_OVER).shell()
    if block.section != BY_OPERATORS
    and re.search(r"\b(aws|deployed|failed_events) |\bout/", block.code)
    and not re.match(r"\w+\(\) \{", block.code)  # which only defines functions
]


def joined(code: str) -> str:
    """Return the code with each command on one line."""
    return re.sub(r"\\\n\s*", "", code)


def parametrize(blocks: list[tuple[Path, Block]]) -> pytest.MarkDecorator:
    """Return the mark that runs a test for each block."""
    return pytest.mark.parametrize(
        ("path", "block"), blocks, ids=[f"{path.stem}-{block.line}" for path, block in blocks]
    )


CHECKS_VERSION = "aws --version"


@pytest.fixture(scope="module")
def scripts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the programs that replay."""
    return programs(tmp_path_factory.mktemp("replay") / "bin")


@pytest.fixture(scope="module")
def printed(hand_over: Session) -> dict[tuple[Path, int], list[str]]:
    """What each command of a block printed in a good run, by page and line of the block."""
    return {(HAND_OVER, int(line)): out for line, out in hand_over.printed.items()}


def before(path: Path, block: Block) -> list[Block]:
    """Return the blocks of the script of the hand-over whose functions and variables a block may use."""
    blocks = read(path).shell()
    if path != HAND_OVER or block.section == BY_OPERATORS:
        return []
    return [earlier for earlier in blocks[: blocks.index(block)] if earlier.section != BY_OPERATORS]


class Pasted:
    """A block, pasted after those that it needs."""

    def __init__(
        self, path: Path, block: Block, printed: dict[tuple[Path, int], list[str]], scripts: Path
    ) -> None:
        setup_code = "".join(f"{filled(earlier.text)}\n" for earlier in before(path, block))
        self.code = f"{setup_code}{filled(block.text)}\n"
        self.answers: list[str] = []
        for pasted in (*before(path, block), block):
            self.answers += printed.get((path, pasted.line), [])
        self.scripts = scripts
        setup = self._run(setup_code)
        self.good = self._run(self.code)
        self.calls = self.good.calls[len(setup.calls) :]
        self.reads = any(call.is_captured for call in self.calls)
        self.changes = any(call.is_changing for call in self.calls)

    def _run(self, code: str, kind: str = "", at: int = 0) -> Run:
        return run(code, self.answers, self.scripts, kind, at)

    def faults(self) -> Iterator[tuple[str, Call]]:
        """Yield what can go wrong, with the command at which it does."""
        for call in self.calls:
            yield "fails", call
            if call.is_captured:
                yield "empty", call
                yield "none", call
        of_stacks = [call for call in self.calls if call.title.startswith("aws cloudformation")]
        if of_stacks:
            yield "missing", of_stacks[0]

    def after(self, fault: tuple[str, Call]) -> list[str]:
        """Return the faults in the end of the block after one failure."""
        kind, call = fault
        end = self._run(self.code, kind, call.number)
        later = [later_call for later_call in end.calls if later_call.number > call.number]
        changed = [later_call.title for later_call in later if later_call.is_changing]
        problems = []
        if call.title.startswith(ONLY_REPORTED) and "Validations are not shown: " in end.err:
            return []
        if changed:
            problems.append(f"goes on to {', '.join(changed)}")
        if end.status == 0 and (self.reads or self.changes):
            problems.append("ends with status 0")
        if not end.err:
            problems.append("says nothing")
        return [f"{call.title} {kind}: {problem}" for problem in problems]


def test_templates_are_uploaded_to_the_buckets_of_the_bootstrap(hand_over: Session) -> None:
    """Each stack has a bootstrap stack in its region; a deploy uses its bucket and passes its role."""
    manifest = json.loads((ROOT / "out" / "stacks.json").read_text())["stacks"]
    creations = [command for command in hand_over.seen if command.title == "cloudformation create-stack"]
    (deploy,) = [command for command in hand_over.seen if command.title == "cloudformation deploy"]

    assert [(creation.region, creation.parameters["StackName"]) for creation in creations] == [
        (stack["region"], f"deploy-csr-lambda-api-prod-{stack['name']}") for stack in manifest
    ]
    for stack, creation in zip(manifest, creations, strict=True):
        body = creation.parameters["TemplateBody"]
        assert body == (ROOT / "out" / stack["bootstrap"]).read_text()
        values = {
            parameter["ParameterKey"]: parameter["ParameterValue"]
            for parameter in creation.parameters["Parameters"]
        }
        assert failed_assertions(load(body), values) == []
        assert {"ProjectName", "Environment"} <= set(values) <= set(load(body)["Parameters"])
    assert deploy.options["--s3-bucket"] == [f"csr-lambda-api-prod-artifacts-123456789012-{deploy.region}"]
    assert deploy.options["--s3-prefix"] == ["network"]
    assert deploy.options["--role-arn"] == [
        "arn:aws:iam::123456789012:role/deploy-csr-lambda-api-prod-network-service"
    ]


def test_hand_over_is_one_script(hand_over: Session) -> None:
    """The blocks for a pipeline, one after the other, run without an error: the CLI accepts each command."""
    assert (hand_over.status, hand_over.err) == (0, "")


@parametrize(BLOCKS)
def test_block_stops_at_whatever_goes_wrong(
    path: Path, block: Block, printed: dict[tuple[Path, int], list[str]], scripts: Path
) -> None:
    """If a command fails, or finds nothing, the block reports it, and changes nothing afterwards."""
    pasted = Pasted(path, block, printed, scripts)

    assert (pasted.good.status, pasted.good.err) == (0, "")
    problems: list[str] = []
    with ThreadPoolExecutor(4) as pool:
        for of_fault in pool.map(pasted.after, pasted.faults()):
            problems += of_fault
    assert problems == []


@parametrize(
    [(path, block) for path, block in BLOCKS if re.search(r"\b(aws|jq) [^\n]*\bout/", joined(block.code))]
)
def test_block_stops_without_its_files(
    path: Path, block: Block, printed: dict[tuple[Path, int], list[str]], scripts: Path
) -> None:
    """A block that reads a file of out/ ends with an error if it is missing."""
    end = run(Pasted(path, block, printed, scripts).code, [], scripts, "files")

    assert end.status != 0
    assert end.err


def test_version_1_is_refused(scripts: Path) -> None:
    """The script first requires version 2 of the AWS CLI."""
    (text,) = [block.text for block in read(HAND_OVER).shell() if CHECKS_VERSION in block.text]

    assert run(text, [VERSION], scripts).status == 0
    old = run(text, [VERSION], scripts, "old", 1)
    assert old.status == 1
    assert old.err.startswith("AWS CLI version 2 is needed")


@pytest.mark.parametrize(
    ("fails_with", "says"), [(252, "update the AWS CLI"), (254, "see the error above")], ids=["old", "denied"]
)
def test_validations_that_cannot_be_read_do_not_stop_a_deploy(
    fails_with: int, says: str, scripts: Path
) -> None:
    """Neither an AWS CLI without the command nor missing rights, but both are reported."""
    code = (
        f"set -euo pipefail\naws() {{ return {fails_with}; }}\n{shell_function('validation_warnings')}\n"
        f"validation_warnings {CHANGE_SET}\n"
    )
    end = run(code, [], scripts)

    assert end.status == 0
    assert f"Validations are not shown: {says}" in end.err


@parametrize([(HAND_OVER, block) for block in read(HAND_OVER).shell() if choices(block.text)])
def test_what_must_be_chosen_is_refused_while_empty(path: Path, block: Block, scripts: Path) -> None:
    """A block in which a person must choose something calls nothing while this is empty, and reports it."""
    for name in choices(block.text):
        end = run(f"set -euo pipefail\n{filled(block.text, **{name: ''})}", [], scripts)

        assert end.status != 0, name
        assert f" {name}: " in end.err
        assert end.calls == []


def block_with(path: Path, text: str) -> Block:
    """Return the only block of a page with a text."""
    (block,) = [block for block in read(path).shell() if text in block.text]
    return block


class TestChangeSets:
    """What is deployed is what was read."""

    def changes(
        self, output: str, printed: dict[tuple[Path, int], list[str]], scripts: Path
    ) -> tuple[Run, list[str]]:
        """Run the block of the hand-over that creates a change set, which prints an output."""
        block = block_with(HAND_OVER, "--no-execute-changeset")
        pasted = Pasted(HAND_OVER, block, printed, scripts)
        at = next(call.number for call in pasted.calls if "cloudformation deploy" in call.title)
        answers = [output if "changeSet" in answer else answer for answer in pasted.answers]
        end = run(f'{pasted.code}echo "<$changes>"', answers, scripts)
        return end, [call.title for call in end.calls[at:]]

    def test_change_set_is_taken_from_the_output(
        self, printed: dict[tuple[Path, int], list[str]], scripts: Path
    ) -> None:
        """The ARN that the AWS CLI prints is the change set that the next blocks read and execute."""
        end, after = self.changes(f"Created:\n... --change-set-name {CHANGE_SET}\n", printed, scripts)

        assert end.out.endswith(f"<{CHANGE_SET}>\n")
        assert after == []

    def test_nothing_to_deploy_is_what_the_cli_says(
        self, printed: dict[tuple[Path, int], list[str]], scripts: Path
    ) -> None:
        """Only the sentence of the AWS CLI means that there is nothing to deploy."""
        end, after = self.changes(UNCHANGED, printed, scripts)

        assert (end.status, end.out[-3:], after) == (0, "<>\n", [])

    def test_any_other_output_is_an_error(
        self, printed: dict[tuple[Path, int], list[str]], scripts: Path
    ) -> None:
        """An output that says neither ends the script."""
        end, after = self.changes("Something else.\n", printed, scripts)

        assert (end.status, after) == (1, [])
        assert "Something else." in end.err

    @pytest.mark.parametrize("path", [HAND_OVER], ids=lambda path: path.stem)
    @pytest.mark.parametrize(
        ("status", "waiter"), [("REVIEW_IN_PROGRESS", "create"), ("UPDATE_COMPLETE", "update")]
    )
    def test_first_deploy_waits_for_the_creation(
        self,
        path: Path,
        status: str,
        waiter: str,
        printed: dict[tuple[Path, int], list[str]],
        scripts: Path,
    ) -> None:
        """A stack that the change set is to create is waited for as such."""
        block = block_with(path, "execute-change-set")
        pasted = Pasted(path, block, printed, scripts)
        at = next(n for n, out in enumerate(pasted.answers) if out.strip() == "CREATE_COMPLETE")
        answers = [*pasted.answers[:at], f"{status}\n", *pasted.answers[at + 1 :]]
        waits = block.text.replace("aws cloudformation wait ", "echo waits ")
        code = pasted.code.replace(block.text, waits)
        end = run(code, answers, scripts)

        assert f"waits stack-{waiter}-complete" in end.out


def test_rollback_triggers_exist_before_the_update(scripts: Path) -> None:
    """Only alarms that the deployed stack has are passed, and each per-deploy parameter keeps its value.

    Unlike ``deploy``, a change set gives a parameter that is left out its default.
    """
    block = block_with(HAND_OVER, "--rollback-configuration file://")
    manifest = json.loads((ROOT / "out" / "stacks.json").read_text("utf-8"))
    api = next(stack for stack in manifest["stacks"] if stack["name"] == "api")
    deployed = [api["rollbackTriggers"]["prod"][0], "csr-lambda-api-prod-api-4xx"]
    code = (
        'set -euo pipefail\nvalue() { "$@"; }\nregion=ap-northeast-1 account=123456789012 name=stack '
        "bucket=bucket role=role template=api.yaml stack=api environment=prod\n"
        "jq '.Parameters.LambdaCodeS3ObjectVersion = \"7\"' out/parameters/prod/api.json > parameters.json\n"
        f"{block.text}\njq -c . rollback.json\njq -c . change-set-parameters.json\n"
    )
    end = run(code, [json.dumps(deployed), "{}\n", CHANGE_SET, ""], scripts)
    *_, triggers, parameters = end.out.splitlines()

    assert (end.status, end.err) == (0, "")
    assert json.loads(triggers) == {
        "MonitoringTimeInMinutes": 15,
        "RollbackTriggers": [
            {
                "Arn": f"arn:aws:cloudwatch:ap-northeast-1:123456789012:alarm:{deployed[0]}",
                "Type": "AWS::CloudWatch::Alarm",
            }
        ],
    }
    values = {parameter.pop("ParameterKey"): parameter for parameter in json.loads(parameters)}
    assert values["LambdaCodeS3ObjectVersion"] == {"ParameterValue": "7"}
    assert values["LambdaCodeS3Key"] == {"UsePreviousValue": True}
    assert len(values) == 2 + len(
        json.loads((ROOT / "out" / "parameters" / "prod" / "api.json").read_text())["Parameters"]
    )


def test_repeated_upload_keeps_the_version(printed: dict[tuple[Path, int], list[str]], scripts: Path) -> None:
    """A second run uploads nothing and deploys the version of the first; another package is uploaded."""
    path = HAND_OVER
    block = block_with(path, "s3api put-object --region ap-northeast-1")
    pasted = Pasted(path, block, printed, scripts)
    again = f"{block.text}\n"
    show = "grep -h LambdaCodeS3ObjectVersion *parameters.json\n"
    answers = printed[path, block.line]
    end = run(
        f"{pasted.code}{show}{again}{show}echo new > lambda-deployment-package.zip\n{again}",
        [*pasted.answers, *answers[:2], *answers],
        scripts,
    )
    uploads = [call.number for call in end.calls if call.title == "aws s3api put-object"]
    versions = re.findall('"LambdaCodeS3ObjectVersion": "(.+)"', end.out)

    earlier = pasted.good.calls[: -len(pasted.calls)]
    uploaded_before = sum(call.title == "aws s3api put-object" for call in earlier)
    assert len(uploads) == uploaded_before + 2
    assert len(versions) == 2
    assert versions[0] == versions[1]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_failure_can_hide(path: Path) -> None:
    """What a command prints goes into a variable, through value: elsewhere the shell goes on if it fails."""
    hiding = []
    for block in read(path).shell():
        code = joined(block.code)
        unquoted = re.sub(r"'[^']*'|\"[^\"]*\"", "", code)
        unquoted = re.sub(r"\| grep -qx(?= )", "", unquoted)  # fails without an output, too
        assert not re.search(r"\baws [^\n]*(?<!\|)\|(?!\|)", unquoted), block.line
        for line in code.splitlines():
            for call in re.findall(r"\S*\$\((?:value |aws |stack_output )[^\n]*", line):
                if "aws --version" in call:
                    continue
                # A block with errexit ends with such an assignment itself.
                assigning = r"value aws|stack_output" + "|aws" * ("set -euo pipefail" in block.code)
                if not re.match(rf"\w+=\$\(({assigning}) ", line.strip()):
                    hiding.append(f"{block.line}: {line}")
            if re.search(r"(?<!value )\baws [^\n]*[^>&2] > ", line):
                hiding.append(f"{block.line}: {line}")
            if re.search(r"(for \w+ in [^;]*|<<< \"?)\$\((?!cut)", line):
                hiding.append(f"{block.line}: {line}")

    assert hiding == []
