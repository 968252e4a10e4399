"""``csr-operate`` itself: the first line, wrong accounts, wrong input, dry runs, and the help."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from csr_templates.naming import VERSION
from csr_templates.operating import api, command_line, words
from csr_templates.operating.aws import CommandGroup
from csr_templates.operating.command_line import COMMANDS, Command, help_of_all
from tests.system import ROOT

from .conftest import OUT, Operator
from .recorded import FAULTS
from .stacks import PREFIX

BLOCKED = ("yaml", "troposphere", "awacs", "cfnlint")


def test_it_loads_without_the_packages_of_the_build() -> None:
    """An installation of boto3 alone runs the commands; boto3 itself is loaded for a call only."""
    code = (
        f"import sys; sys.modules.update(dict.fromkeys({BLOCKED!r})); "
        "from csr_templates.operating.command_line import main; "
        "status = main(['prod', '--help']); "
        "assert 'boto3' not in sys.modules; "
        "from csr_templates.account.session import Account; Account(); sys.exit(status)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": "src"},
        cwd=ROOT,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == help_of_all("prod")


def test_no_stack_may_be_a_wrong_account(operator: Operator) -> None:
    """One sentence, with the account; nothing else is asked."""
    operator.world.stacks.stacks.clear()

    run = operator.run("roll-back", "1")

    assert (run.status, run.out) == (1, [f"{PREFIX}  account 123456789012  user/moto"])
    assert run.err == [
        f"None of the 4 stacks of {PREFIX} exists in account 123456789012. Is it the wrong account or role?",
        "Nothing was changed.",
    ]


@pytest.mark.parametrize("arguments", [("show-stacks",), ("wait", "api"), ("show-backups",)])
def test_a_command_that_works_without_stacks_asks_too(operator: Operator, arguments: tuple[str, ...]) -> None:
    """Otherwise, its empty list would look like the loss of everything."""
    operator.world.stacks.stacks.clear()

    run = operator.run(*arguments)

    assert (run.status, run.err) == (0, [])
    assert run.out[1] == (
        f"None of the 4 stacks of {PREFIX} exists in account 123456789012. Is it the wrong account or role?"
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the output folder, which a test changes."""
    return Path(shutil.copytree(OUT, tmp_path / "out"))


def change_manifest(folder: Path, **values: object) -> None:
    """Write other values into the manifest of a folder."""
    path = folder / "stacks.json"
    path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), **values}), "utf-8")


def test_another_account_than_that_of_the_environment_is_refused(operator: Operator, folder: Path) -> None:
    """If the folder says the account, nothing is asked in another one."""
    change_manifest(folder, accounts={"prod": "111122223333"})

    run = operator.run("stop-api", folder=folder)

    assert run.status == 1
    assert run.err == [
        "prod belongs to account 111122223333 (AccountId in its parameter files), but the caller is in "
        "account 123456789012. Use a profile of account 111122223333, or correct AccountId and build again.",
        "Nothing was changed.",
    ]


def test_the_account_of_the_environment_is_accepted(operator: Operator, folder: Path) -> None:
    """Also if another environment has another one."""
    change_manifest(folder, accounts={"dev": "111122223333", "prod": "123456789012"})

    assert operator.run("show-stacks", folder=folder).status == 0


def test_a_folder_of_another_version_is_refused(operator: Operator, folder: Path) -> None:
    """Before AWS is called."""
    change_manifest(folder, csrTemplatesVersion="0.1.0")

    run = operator.run("show-state", folder=folder)

    assert (run.status, run.calls) == (2, [])
    assert run.err == [
        f"csr-operate: {folder}/stacks.json was built by version 0.1.0 of csr-templates, and this is version "
        f"{VERSION}. Install that version, or build the folder again."
    ]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ("prdo", "show-state"),
            "csr-operate: There is no environment prdo. Did you mean 'prod'? The environments",
        ),
        (("prod", "show-sate"), "csr-operate: There is no command show-sate. Did you mean 'show-state'?"),
        (("show-state",), "csr-operate: show-state is given in place of the environment: csr-operate ENV"),
        (("--profile", "x", "prod", "show-state"), "csr-operate: --profile is given in place of the env"),
        (
            ("prod", "show-state", "--out", "/no/such"),
            "csr-operate: Cannot read /no/such/stacks.json: No such",
        ),
    ],
)
def test_wrong_input_ends_with_2(
    arguments: tuple[str, ...],
    sentence: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It names what is allowed."""
    monkeypatch.chdir(ROOT)

    assert command_line.main(arguments) == 2
    assert capsys.readouterr().err.startswith(sentence)


@pytest.mark.parametrize("value", ["x", "-1", "01", "1.5", "9" * 19])
def test_a_number_is_a_whole_number(value: str, capsys: pytest.CaptureFixture[str]) -> None:
    """As bash checked it."""
    with pytest.raises(SystemExit) as end:
        command_line.main(["prod", "roll-back", value])

    assert end.value.code == 2
    assert "is not a whole number such as 12." in capsys.readouterr().err or value == "-1"


@pytest.mark.parametrize("arguments", [(), ("prod",)])
def test_without_a_command_the_help_ends_with_2(
    arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    """The help itself ends with 0."""
    assert command_line.main(arguments) == 2
    assert command_line.main([*arguments, "--help"]) == 0
    assert capsys.readouterr().out.count("\ndeletes or replaces:\n") == 2


def test_missing_rights_for_the_stacks_are_a_sentence(operator: Operator) -> None:
    """The first call that is denied is named."""
    operator.world.recorder.failing["cloudformation:DescribeStacks"] = FAULTS["denied"]()

    run = operator.run("show-state")

    assert run.status == 1
    assert run.err == [
        "The credentials do not allow cloudformation:DescribeStacks. "
        "(User: x is not authorized to perform: y)"
    ]


def test_missing_credentials_are_a_sentence(operator: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a traceback."""
    operator.world.recorder.failing["sts:GetCallerIdentity"] = FAULTS["no connection"]()

    run = operator.run("show-state")

    assert run.status == 1
    assert run.err[0].startswith("csr-operate: AWS does not respond to sts:GetCallerIdentity.")


def test_ctrl_c_says_what_was_done(operator: Operator) -> None:
    """Between two calls of a command that changes."""
    operator.world.create_database()
    operator.world.recorder.failing["rds:ModifyDBCluster"] = KeyboardInterrupt()

    run = operator.run("new-password", "--confirm", f"{PREFIX}-aurora-cluster")

    assert run.status == 130
    assert run.err == [
        "Stopped by Ctrl-C, at or after rds:ModifyDBCluster.",
        "It is not known whether AWS received rds:ModifyDBCluster.",
        "Done before it stopped: secretsmanager:PutSecretValue.",
        "Continue with: csr-operate prod repeat-password",
    ]


def test_a_read_that_would_change_something_is_a_mistake(
    operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The table cannot be wrong about a command: its calls are refused."""
    operator.world.create_api()

    monkeypatch.setattr(command_line, "COMMANDS", (Command(api.stop_api, CommandGroup.READS),))
    with pytest.raises(AssertionError, match="only reads would call apigateway:UpdateApiKey"):
        operator.run("stop-api")
    assert operator.world.keys_enabled() == [True]


def test_a_typed_name_is_asked_for_on_a_terminal(operator: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was pasted before the question does not answer it."""
    operator.world.create_database()
    with terminal(monkeypatch, before=b"pasted\n", after=f"{PREFIX}-aurora-cluster\n".encode()):
        run = operator.run("new-password")

    assert (run.status, run.err) == (0, [])
    assert run.out[2].startswith(f"Type {PREFIX}-aurora-cluster to continue: ")


def test_a_pasted_line_cannot_confirm_itself(operator: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a terminal, --confirm is refused before anything is called."""
    with terminal(monkeypatch, before=b"", after=b""):
        run = operator.run("new-password", "--confirm", "csr-lambda-api-prod-aurora-cluster")

    assert (run.status, run.calls) == (2, [])
    assert run.err == [
        "csr-operate: --confirm is only for scripts, because a pasted line would confirm itself. On a "
        "terminal, type the name when you are asked."
    ]


def test_a_read_without_an_answer_has_changed_nothing(operator: Operator) -> None:
    """Only of a change, it is not known whether AWS received it."""
    operator.world.create_api()
    operator.world.recorder.failing["apigateway:GetUsagePlanKeys"] = FAULTS["time-out"]()

    run = operator.run("stop-api")

    assert (run.status, run.err[1:]) == (1, ["Nothing was changed."])


def test_ctrl_c_during_the_first_change_leaves_it_unknown(operator: Operator) -> None:
    """AWS may have received the call."""
    operator.world.create_api()
    operator.world.recorder.failing["apigateway:UpdateApiKey"] = KeyboardInterrupt()

    run = operator.run("stop-api")

    assert run.status == 130
    assert run.err == [
        "Stopped by Ctrl-C, at or after apigateway:UpdateApiKey.",
        "It is not known whether AWS received apigateway:UpdateApiKey.",
        "Continue with: the same command again",
    ]


def test_another_typed_name_stops_it(operator: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also an empty line."""
    operator.world.create_database()
    with terminal(monkeypatch, before=b"", after=b"\n"):
        run = operator.run("new-password")

    assert run.err == [f"Nothing was given, not {PREFIX}-aurora-cluster.", "Nothing was changed."]


@contextmanager
def terminal(monkeypatch: pytest.MonkeyPatch, before: bytes, after: bytes) -> Iterator[None]:
    """Make standard input a terminal, on which something was typed before and is typed after the question."""
    pty = pytest.importorskip("pty")
    outer, inner = pty.openpty()
    flush = words.discard_input

    def discard_and_type() -> None:
        flush()
        os.write(outer, after)

    os.write(outer, before)
    with open(inner, encoding="utf-8") as stdin:  # noqa: PTH123  # a descriptor
        monkeypatch.setattr(sys, "stdin", stdin)
        monkeypatch.setattr(words, "discard_input", discard_and_type)
        yield
    os.close(outer)


def test_output_cannot_control_the_terminal(operator: Operator) -> None:
    """A name in AWS is chosen by others."""
    operator.world.stacks.stacks["api"].status = "CREATE_COMPLETE\x1b]0;owned\x07"

    run = operator.run("show-stacks")

    assert any(r"CREATE_COMPLETE\u001b]0;owned\u0007" in line for line in run.out)


# ---- The table and the help ----


def test_names_are_unique_and_in_groups() -> None:
    """In the order of the groups, each command once, with a short sentence."""
    names = [each.name for each in COMMANDS]
    commands = help_of_all().partition("\nexit status")[0]
    listed = re.findall("^  ([a-z-]+) ", commands, re.MULTILINE)

    assert len(set(names)) == len(names)
    assert listed == names
    assert [each.name for each in COMMANDS if not each.summary.endswith(".") or len(each.summary) > 90] == []


@pytest.mark.parametrize("each", COMMANDS, ids=lambda each: each.name)
def test_the_help_of_a_command_is_complete(each: Command, capsys: pytest.CaptureFixture[str]) -> None:
    """Arguments, calls, time, and the way back of what changes something."""
    with pytest.raises(SystemExit):
        command_line.main(["prod", each.name, "--help"])
    text = capsys.readouterr().out

    assert f"({each.group.value}) {each.summary}" in " ".join(text.split())
    assert "\nCalls: " in text
    assert "\nTakes: " in text
    assert ("\nWay back: " in text) == (each.group is not CommandGroup.READS)
    assert ("--dry-run" in text) == (each.group is not CommandGroup.READS)
    assert ("--confirm NAME" in text) == (each.group is CommandGroup.DELETES)
