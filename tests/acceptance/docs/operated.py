"""``csr-operate`` beside the blocks of a pipeline: both see the same account."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from csr_templates.operating import environment
from tests.csr_templates.operating.conftest import OUT, Operator, isolate, opened
from tests.csr_templates.operating.stacks import AwsError, CloudFormation
from tests.csr_templates.operating.world import World as OperatedAccount
from tests.docs.aws_cli import Command, CommandError
from tests.docs.pages import shell_function
from tests.docs.serving import serving

from .world import Terminal, World

FUNCTIONS = (
    "value",
    "account_of",
    "deployed",
    "left_version",
    "failed_events",
    "rollback_reason",
    "failed_change_set",
    "validation_warnings",
    "origin_key",
)


@contextmanager
def operated(folder: Path) -> Iterator[Operator]:
    """Yield someone who types commands for production, in moto."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        isolate(monkeypatch)
        with opened(CloudFormation(environment.read(OUT, "prod")), folder) as world:
            yield Operator(world, monkeypatch)


class SameAccount(World):
    """The account in which an operator types commands, for the ``aws`` of a pipeline."""

    def __init__(self, account: OperatedAccount) -> None:
        super().__init__("", {}, {})
        self._account = account

    def client(self, service: str, region: str) -> Any:
        """Return botocore's client for moto."""
        return self._account.client("s3" if service == "s3api" else service, region)

    def _result(self, command: Command, folder: Path) -> Any:
        call = f"{command.service}:{command.operation}"
        if error := self._account.recorder.failing.pop(call, None):
            raise CommandError(str(error))
        return super()._result(command, folder)

    def _stack(self, command: Command) -> Any:
        try:
            if command.is_waiter:
                self._wait(command)
                return {}
            return self._account.stacks.answer(command.operation, command.parameters, command.region)
        except AwsError as error:
            raise CommandError(f"An error occurred ({error.code}): {error.message}") from error

    def _wait(self, command: Command) -> None:
        """Wait as the AWS CLI does: it fails if the end is not the status in its name.

        The operation on a stack has begun when the waiter asks for the first time. That AWS might still
        answer the status before it is not known; ``aws cloudformation deploy`` waits in the same way.
        """
        status = self._status_of_change_set
        expected = "CREATE_COMPLETE"
        if command.name.startswith("stack-"):
            status = self._status_of_stack
            expected = command.name.removeprefix("stack-").replace("-", "_").upper()
            status(command)
        now = status(command)
        while now.endswith("_IN_PROGRESS"):
            now = status(command)
        if now != expected:
            raise CommandError(f"Waiter failed: the status is {now}")

    def _status_of_stack(self, command: Command) -> str:
        answer = self._account.stacks.answer("DescribeStacks", command.parameters, command.region)
        return str(answer["Stacks"][0]["StackStatus"])

    def _status_of_change_set(self, command: Command) -> str:
        answer = self._account.stacks.answer("DescribeChangeSet", command.parameters, command.region)
        return str(answer["Status"])


class Pipeline:
    """Runs code of the hand-over, with all its functions, as a pipeline does."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal

    def run(self, code: str) -> subprocess.CompletedProcess[str]:
        """Run code after the functions of the page."""
        functions = [shell_function(name) for name in FUNCTIONS]
        return self._terminal.run(f"export BLOCK=\n{''.join(functions)}{code}")


@contextmanager
def pipeline(account: OperatedAccount, folder: Path) -> Iterator[Pipeline]:
    """Yield a pipeline that deploys to the account in which an operator types commands."""
    with serving(Terminal(SameAccount(account), folder)) as terminal:
        yield Pipeline(terminal)
