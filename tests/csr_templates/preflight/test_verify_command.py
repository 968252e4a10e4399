"""``csr-templates verify``: options, exit codes and output."""

import json
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from cfnlint.jsonschema import StandardValidator

from csr_templates.cli import account_facts, folders
from csr_templates.cli import main as command_line
from tests.system import PROJECT

from .services.conftest import built, environment_of
from .services.recorded_account import AwsError, RecordedAccount

SCHEMA = json.loads(files("csr_templates.preflight").joinpath("report.schema.json").read_text("utf-8"))
VERSION = "LambdaCodeS3ObjectVersion"
Run = Callable[..., tuple[int, str, str]]
Change = Callable[[Any, Any], Any]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs the command for production, in an account with a fault if one is given."""
    monkeypatch.setattr(folders, "read_built", lambda path: built())

    def run_command(*arguments: str, change: Change = lambda query, answer: answer) -> tuple[int, str, str]:
        account = RecordedAccount(environment_of("prod"), change)
        monkeypatch.setattr(account_facts, "CheckedAccount", lambda profile: account)
        code = command_line.main(["verify", "prod", *arguments])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run_command


def _disabled(query: Any, answer: Any) -> Any:
    if query.operation == "GetApiKey":
        answer["enabled"] = False
    return answer


def _denied(query: Any, answer: Any) -> Any:
    if query.operation == "GetStackPolicy":
        raise AwsError("denied")
    return answer


def test_a_healthy_account_ends_with_0_and_so_do_its_facts(run: Run, tmp_path: Path) -> None:
    """Saved facts give the same report without an account and without requests."""
    path = str(tmp_path / "facts.json")
    code, out, err = run("--save-facts", path)

    assert (code, err) == (0, "")
    stacks = ", ".join(stack.name for stack in environment_of("prod").stacks)
    assert out.startswith(f"Verification of prod ({stacks}) in account 123456789012")
    assert "0 failed, 0 unknown, " in out

    def refuse(query: Any, answer: Any) -> Any:
        raise AssertionError(query)

    assert run("--facts", path, change=refuse) == (0, out, "")
    assert run("--facts", path, "--format", "markdown", change=refuse)[1].startswith(
        "### Verification of prod"
    )


def test_a_fault_ends_with_1_unless_it_is_ignored(run: Run) -> None:
    """The report has the sentence, what to do, and a command that does not print the key."""
    code, out, _ = run(change=_disabled)

    assert code == 1
    assert (
        "FAIL    origin-key:Distribution [frontend]\n"
        "        The API key OriginApiKeyA, which CloudFront sends, is disabled: the API refuses all "
        "requests.\n"
        "        $ aws apigateway get-api-key --region ap-northeast-1 --api-key id-OriginApiKeyA\n"
        "        > If the reason for stop-api is gone: csr-operate prod start-api\n"
    ) in out
    assert run("--ignore", "origin-key", change=_disabled)[0] == 0


def test_an_unknown_result_ends_with_1(run: Run) -> None:
    """A missing permission is never a pass."""
    code, out, _ = run(change=_denied)

    assert code == 1
    denied = len(environment_of("prod").stacks)
    assert out.endswith(f"Unknown: {denied} (permission missing: cloudformation:GetStackPolicy).\n")


def test_one_stack_can_be_verified(run: Run) -> None:
    """The other stacks are only read where the chosen one depends on them."""
    code, out, _ = run("--stack", "frontend", "--format", "json")
    document = json.loads(out)

    assert code == 0
    assert {result["stack"] for result in document["results"]} == {"frontend"}
    assert {"origins", "origin-key"} <= {result["check"] for result in document["results"]}


def test_the_json_has_the_schema(run: Run) -> None:
    """With results of all statuses."""
    documents = [json.loads(run("--format", "json", change=change)[1]) for change in (_disabled, _denied)]

    for document in documents:
        assert [error.message for error in StandardValidator(SCHEMA).iter_errors(document)] == []
    assert list(StandardValidator(SCHEMA).iter_errors({**documents[-1], "more": 1}))


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ("--ignore", "alarm"),
            "There is no check alarm. Did you mean 'alarms'? The checks are listed in docs/verify.md.",
        ),
        (("--stack", "apo"), "There is no stack apo. Did you mean 'api'?"),
        (("--facts", "no-such.json"), "Cannot read no-such.json: No such file or directory."),
        (("--facts", "a", "--save-facts", "b"), "--facts does not call AWS, so --save-facts has no effect."),
        (("--parameter", "LambdaMemorySize=1"), "LambdaMemorySize is not a per-deploy parameter."),
        (
            ("--parameter", f"{VERSION}=a", "--parameter", f"{VERSION}=b"),
            f"--parameter {VERSION} is given twice. Remove one.",
        ),
    ],
)
def test_wrong_input_ends_with_2(run: Run, arguments: tuple[str, ...], sentence: str) -> None:
    """The message is on standard error, and standard output is empty."""
    code, out, err = run(*arguments)

    assert (code, out) == (2, "")
    assert err.startswith(f"csr-templates: {sentence}")


def test_another_value_of_a_parameter_of_the_command_is_shown(run: Run) -> None:
    """The parameter files do not contain it."""
    out = run("--parameter", f"{VERSION}=b")[1]

    assert f"{VERSION} of {PROJECT}-prod-api is '' instead of 'b' (--parameter)." in out


def test_an_ignored_result_that_does_not_exist_is_a_note(run: Run) -> None:
    """It can be a spelling mistake, or a resource that was removed."""
    code, _, err = run("--ignore", "log-groups:zzz")

    assert (code, err) == (
        0,
        "csr-templates: --ignore log-groups:zzz has no effect: there is no such result.\n",
    )


def test_requests_that_are_not_in_the_facts_are_unknown(run: Run, tmp_path: Path) -> None:
    """Facts of another command, or of another version, do not make a check pass."""
    path = tmp_path / "facts.json"
    run("--save-facts", str(path))
    document = json.loads(path.read_text("utf-8"))
    document["facts"] = [fact for fact in document["facts"] if fact["service"] != "https"]
    path.write_text(json.dumps(document), "utf-8")
    code, out, _ = run("--facts", str(path))

    assert code == 1
    assert out.endswith("Unknown: 2 (not in the saved facts).\n")
