"""``csr-templates preflight``: options, exit codes and output."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from csr_templates.cli import account_facts, folders
from csr_templates.cli import main as command_line
from tests.system import PROJECT

from .conftest import Walk
from .mock_account import ENVIRONMENT

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(walk: Walk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs the command in the mock account with all stacks."""
    monkeypatch.setattr(walk.world.account, "close", lambda: None)
    monkeypatch.setattr(account_facts, "CheckedAccount", lambda profile: walk.world.account)
    read = folders.read_built  # takes as long as the rest
    monkeypatch.setattr(
        folders, "read_built", lambda path: walk.world.built if path == walk.world.folder else read(path)
    )

    def run_command(*arguments: str) -> tuple[int, str, str]:
        command = ["preflight", "prod", "--out", str(walk.world.folder), *arguments]
        code = command_line.main(command)
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run_command


@pytest.fixture
def versioned(run: Run, walk: Walk) -> Run:
    """Runs the command with the version of the package."""
    return lambda *arguments: run(
        "--parameter", f"LambdaCodeS3ObjectVersion={walk.world.version}", *arguments
    )


def test_a_ready_account_ends_with_0_and_so_do_its_facts(versioned: Run, walk: Walk, tmp_path: Path) -> None:
    """Saved facts give the same report without an account."""
    path = str(tmp_path / "facts.json")
    code, out, err = versioned("--save-facts", path)

    assert (code, err) == (0, "")
    count = len(walk.states["ready"].results)
    assert out.endswith(f"0 failed, 0 unknown, 0 with a warning, {count} passed.\n")
    with pytest.MonkeyPatch.context() as offline:
        offline.setattr(account_facts, "CheckedAccount", None)
        assert versioned("--facts", path) == (0, out, "")
        code, document, _ = versioned(
            "--facts", path, "--format", "json", "--stack", "network", "--stack", "api"
        )
        assert {result["stack"] for result in json.loads(document)["results"]} == {"network", "api"}
        assert versioned("--facts", path, "--format", "markdown")[1].startswith("### Preflight of prod")


def test_facts_of_another_environment_or_account_are_refused(versioned: Run, tmp_path: Path) -> None:
    """Saved facts are used only for what they are about."""
    path = tmp_path / "facts.json"
    versioned("--save-facts", str(path))
    document = json.loads(path.read_text("utf-8"))
    foreign = tmp_path / "other.json"
    foreign.write_text(json.dumps({**document, "account": "210987654321", "facts": []}), "utf-8")
    dev = tmp_path / "dev.json"
    dev.write_text(json.dumps({**document, "environment": "dev"}), "utf-8")

    assert versioned("--facts", str(path), "--facts", str(path))[0] == 0
    code, out, err = versioned("--facts", str(path), "--facts", str(foreign))
    assert (code, out) == (2, "")
    assert err.startswith(
        f"csr-templates: {foreign.as_posix()} contains facts of prod of {PROJECT} in account 21"
    )
    code, out, err = versioned("--facts", str(dev))
    assert (code, out) == (2, "")
    assert err.startswith(
        f"csr-templates: The facts are of dev of {PROJECT} in account 123456789012, but prod"
    )


def test_a_fault_ends_with_1_unless_it_is_ignored(versioned: Run, walk: Walk) -> None:
    """An ignored result is still shown."""
    statuses = walk.world.recorder.stacks.status
    statuses[f"{PROJECT}-prod-api"], before = "UPDATE_IN_PROGRESS", statuses[f"{PROJECT}-prod-api"]
    try:
        code, out, _ = versioned()
        ignored, ignored_out, _ = versioned("--ignore", f"stack-state:{PROJECT}-prod-api")
    finally:
        statuses[f"{PROJECT}-prod-api"] = before

    assert (code, ignored) == (1, 0)
    assert out.count(f"\nFAIL    stack-state:{PROJECT}-prod-api [api]\n") == 1
    assert ignored_out.count(f"\nFAIL    stack-state:{PROJECT}-prod-api [api] (ignored)\n") == 1


def test_an_unknown_result_ends_with_1(versioned: Run, walk: Walk) -> None:
    """The last line contains the missing permission."""
    from .recorded import AwsError

    walk.world.recorder.failing["sns", "ListSubscriptionsByTopic"] = AwsError("AuthorizationError", "", 403)
    try:
        code, out, _ = versioned()
    finally:
        walk.world.recorder.failing.clear()

    results = walk.states["ready"].results
    unknown = sum(result.check == "alarm-subscriptions" for result in results)
    assert code == 1
    assert out.endswith(
        f"0 failed, {unknown} unknown, 0 with a warning, {len(results) - unknown} passed. "
        f"Unknown: {unknown} (permission missing: sns:ListSubscriptionsByTopic).\n"
    )


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ("--ignore", "writr"),
            "There is no check writr. Did you mean 'writer'? The checks are listed in docs/preflight.md.",
        ),
        (("--stack", "apo"), "There is no stack apo. Did you mean 'api'?"),
        (
            ("--parameter", "LambdaMemorySize=1"),
            "LambdaMemorySize is not a per-deploy parameter.",
        ),
        (("--facts", "no-such.json"), "Cannot read no-such.json: No such file or directory."),
        (("--facts", "a", "--save-facts", "b"), "--facts does not call AWS, so --save-facts has no effect."),
        (("--facts", "a", "--profile", "b"), "--facts does not call AWS, so --profile has no effect."),
        (("--out", "no-such-folder"), "no-such-folder/stacks.json does not exist."),
        (("--save-facts", "no/such/folder/facts.json"), "Cannot write no/such/folder/facts.json"),
    ],
)
def test_wrong_input_ends_with_2(run: Run, arguments: tuple[str, ...], sentence: str) -> None:
    """The message is on standard error, and standard output is empty."""
    code, out, err = run(*arguments)

    assert (code, out) == (2, "")
    assert err.startswith(f"csr-templates: {sentence}")


@pytest.mark.parametrize("given", ["LambdaCodeS3Key", "=x"])
def test_a_parameter_without_a_value_is_refused(
    run: Run, given: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command rejects it in the same way as other wrong arguments."""
    with pytest.raises(SystemExit) as end:
        run("--parameter", given)

    assert end.value.code == 2
    assert f"{given!r} is not NAME=VALUE." in capsys.readouterr().err


def test_without_credentials_it_ends_with_2(walk: Walk, capsys: pytest.CaptureFixture[str]) -> None:
    """The message explains what to do."""
    with pytest.MonkeyPatch.context() as changed:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            changed.delenv(name)
        code = command_line.main(["preflight", "prod", "--out", str(walk.world.folder)])

    assert code == 2
    assert capsys.readouterr().err.startswith("csr-templates: There are no AWS credentials. Sign in")


class Terminal:
    """Standard error that is a terminal."""

    def __init__(self) -> None:
        self.written = ""

    def write(self, text: str) -> None:
        """Save the text."""
        self.written += text

    def flush(self) -> None:
        """Do nothing."""

    def isatty(self) -> bool:
        """Return True, as a terminal does."""
        return True


@pytest.mark.parametrize(("patience", "shows"), [(0.0, True), (600.0, False)])
def test_a_terminal_shows_the_progress(
    versioned: Run, monkeypatch: pytest.MonkeyPatch, patience: float, *, shows: bool
) -> None:
    """After a second, the progress is shown in a line that is cleared at the end."""
    terminal = Terminal()
    monkeypatch.setattr(account_facts, "PATIENCE", patience)
    monkeypatch.setattr(sys, "stderr", terminal)
    versioned()

    assert ("calls completed" in terminal.written) == shows
    if shows:
        last = terminal.written.split("\r")[-3]
        done, of, total, *_ = last.split()
        assert (done, of) == (total, "of")
        assert terminal.written.endswith("\r")


def test_other_commands_do_not_import_boto3() -> None:
    """The command itself imports boto3 only before it calls an account."""
    code = (
        "import sys; from csr_templates.cli.main import main; main(['environments']); "
        "from csr_templates.cli import preflight; from csr_templates.preflight.services import listing; "
        "assert not {'boto3', 'botocore'} & set(sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **ENVIRONMENT},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
