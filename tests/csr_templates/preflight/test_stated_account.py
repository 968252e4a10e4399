"""The account of ``AccountId``: every command that reads an account stops in another one, after one call."""

import json
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from csr_templates.account.errors import AccountError
from csr_templates.account.session import require_account
from csr_templates.cli import account_facts
from csr_templates.cli import main as command_line
from csr_templates.preflight.checked_account import CheckedAccount
from csr_templates.preflight.facts import Fact, Facts, FactsHeader
from csr_templates.preflight.resolved_environment import EnvironmentStack, ResolvedEnvironment
from csr_templates.preflight.results import judge
from csr_templates.preflight.services import cloudformation_calls, iam_calls, sts_calls
from csr_templates.preflight.services.listing import BEFORE_DEPLOY

from .deployed_account import ACCOUNT, TOKYO, DeployedAccount, write_folder
from .mock_account import ENVIRONMENT, session

OTHER: Final = "012345678901"
COMMANDS: Final = [
    ["preflight", "prod", "--out", "out", "--parameter", "Release=v7"],
    ["verify", "prod", "--out", "out", "--parameter", "Release=v7"],
    ["review", "--before", "deployed:prod", "--after", "out"],
]
EACH_COMMAND: Final = pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
SENTENCE: Final = (
    f"csr-templates: prod belongs to account {OTHER} (AccountId in its parameter files), but the caller is "
    f"in account {ACCOUNT}. Use a profile of account {OTHER}, or correct AccountId and build again.\n"
)


NO_STACK: Final = f"shop-prod-api does not exist in account {ACCOUNT}"
FIRST_DEPLOY: Final = f"{NO_STACK}: normal before the first deploy"
QUESTION: Final = "Is it the wrong account or role? The caller is arn."


class Run(NamedTuple):
    """The outcome of a command, with the operations that it called."""

    code: int
    out: str
    err: str
    called: list[str]


@pytest.fixture
def account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DeployedAccount:
    """Return an account in which the system is deployed, with its output folder in the current folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    world = DeployedAccount(CheckedAccount(session=session()))
    world.reset()
    monkeypatch.setattr(account_facts, "CheckedAccount", lambda profile: world.client)
    write_folder(tmp_path / "out")
    return world


def state(accounts: dict[str, str]) -> None:
    """Write the accounts into the manifest."""
    path = Path("out/stacks.json")
    path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), "accounts": accounts}), "utf-8")


def run(account: DeployedAccount, capsys: pytest.CaptureFixture[str], *arguments: str) -> Run:
    """Run a command."""
    account.made.clear()
    code = command_line.main(list(arguments))
    captured = capsys.readouterr()
    return Run(code, captured.out, captured.err, [call.operation for call in account.made])


@EACH_COMMAND
def test_another_account_is_asked_for_nothing(
    account: DeployedAccount, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    """One sentence, and no call after the one that names the account. No facts are saved."""
    state({"prod": OTHER})

    stopped = run(account, capsys, *command, "--save-facts", "facts.json")

    assert stopped == (2, "", SENTENCE, ["GetCallerIdentity"])
    assert not Path("facts.json").exists()


@EACH_COMMAND
def test_facts_of_another_account_are_not_judged(
    account: DeployedAccount, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    """Facts that were saved before the account was stated, or with another profile."""
    header = {"formatVersion": 2, "project": "shop", "environment": "prod", "account": ACCOUNT}
    saved = {**header, "caller": "arn", "time": "2026-11-20T01:02:03Z", "facts": []}
    Path("facts.json").write_text(json.dumps(saved), "utf-8")
    state({"prod": OTHER})

    assert run(account, capsys, *command, "--facts", "facts.json") == (2, "", SENTENCE, [])


@pytest.mark.parametrize("accounts", [{"prod": ACCOUNT}, {"dev": OTHER}], ids=["stated", "of another one"])
def test_the_stated_account_is_read(
    account: DeployedAccount, capsys: pytest.CaptureFixture[str], accounts: dict[str, str]
) -> None:
    """The account of one environment says nothing about another environment."""
    state(accounts)

    done = run(account, capsys, *COMMANDS[2])

    assert (done.code, done.err) == (0, "")
    assert len(done.called) > 1


def test_first_deploy_into_the_stated_account_has_no_warning(
    account: DeployedAccount, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without an AccountId, an account without stacks may be the wrong one."""
    account.stacks.clear()
    unsaid = run(account, capsys, *COMMANDS[2])
    state({"prod": ACCOUNT})
    stated = run(account, capsys, *COMMANDS[2])

    assert "Is it the wrong account or role?" in unsaid.out
    assert (stated.code, "wrong account" in stated.out) == (0, False)


@pytest.mark.parametrize(
    ("stated", "status", "sentences"),
    [
        ("", "WARN", {"account": f"{NO_STACK}. {QUESTION}", "stack-state": f"{FIRST_DEPLOY}. {QUESTION}"}),
        (
            ACCOUNT,
            "PASS",
            {
                "account": f"Account {ACCOUNT} is the one of prod, which has no stacks yet.",
                "stack-state": f"{FIRST_DEPLOY}.",
            },
        ),
    ],
    ids=["not stated", "stated"],
)
def test_right_before_a_first_deploy(stated: str, status: str, sentences: dict[str, str]) -> None:
    """An account without stacks is not doubted if it is the stated one; otherwise in the same words."""
    stack = EnvironmentStack("api", "shop-prod-api", TOKYO, {}, {}, {})
    environment = ResolvedEnvironment("prod", "shop", ACCOUNT, [stack], (), stated)
    role = iam_calls.role.query("deploy-shop-prod-api-service")
    answers = {sts_calls.identity.query(): {"Account": ACCOUNT, "Arn": "arn"}, role: None}
    answers[cloudformation_calls.stack.query(TOKYO, "shop-prod-api")] = None
    header = FactsHeader("shop", "prod", ACCOUNT, "arn", "2026-11-20T01:02:03Z")
    facts = Facts(header, [Fact(query, header.time, answer) for query, answer in answers.items()])

    results = judge([check for check in BEFORE_DEPLOY if check.name in sentences], environment, facts)

    assert {result.check: result.sentence for result in results} == sentences
    assert {result.status for result in results} == {status}
    assert {bool(result.remedy) for result in results} == {not stated}


@pytest.mark.parametrize("stated", ["", ACCOUNT])
def test_any_account_is_accepted_that_is_not_another_one(stated: str) -> None:
    """Nothing is required without an AccountId."""
    require_account("prod", stated, ACCOUNT)


def test_digits_are_compared_as_text() -> None:
    """Leading zeros count."""
    with pytest.raises(AccountError, match="belongs to account 000000000012 "):
        require_account("prod", "000000000012", "120000000000")
