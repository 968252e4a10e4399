"""The account of one environment: who calls and where, what is deployed, and what a command may call."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from enum import Enum
from functools import partial
from typing import Any, Final, NamedTuple, TypeVar

from csr_templates.account import errors, paging
from csr_templates.account.printed_calls import DryRunEndedError, PrintedCalls
from csr_templates.account.session import WORKERS, Account, Identity, require_account
from csr_templates.operating import words
from csr_templates.operating.environment import OperatedEnvironment, Stack
from csr_templates.operating.problems import Stop

T = TypeVar("T")
Description = Mapping[str, Any]
"""What DescribeStacks returns of a stack."""

PROGRAM: Final = "csr-operate"
UNKNOWN: Final = "unknown"


class CommandGroup(Enum):
    """What a command does to the environment; the value is the title of its group."""

    READS = "reads"
    CHANGES = "changes"
    DELETES = "deletes or replaces"


class Unknown(NamedTuple):
    """Takes the place of what a reading command could not read.

    Attributes:
        why: a sentence.
        code: of the error, as ``errors.failure`` returns it.
    """

    why: str
    code: str

    def __str__(self) -> str:
        """Return the word that a list shows instead of the value."""
        return UNKNOWN


class Aws:
    """The account of an environment.

    Attributes:
        environment: what the output folder says.
        group: what the command may do; every other call is refused before it is made.
        identity: who calls.
        stacks: name in the manifest -> its description; None if the stack does not exist.
        way_on: what to do if the command stops now; a command changes it as it proceeds.
        unknown: why something could not be read, a sentence each.
        is_waiting: whether the command waits for its effect; not with ``--no-wait``.
    """

    identity: Identity
    stacks: Mapping[str, Description | None]

    def __init__(
        self,
        environment: OperatedEnvironment,
        account: Account,
        group: CommandGroup = CommandGroup.READS,
        *,
        is_dry_run: bool = False,
        confirmed: str | None = None,
        is_waiting: bool = True,
    ) -> None:
        """Register the hooks of the calls.

        Args:
            environment: what the output folder says.
            account: access to the account; it has created no client yet.
            group: what the command may do.
            is_dry_run: whether calls that are not reads are only printed.
            confirmed: value of ``--confirm``.
            is_waiting: whether the command waits for its effect.
        """
        self.environment = environment
        self.group = group
        self.way_on = ""
        self.unknown: list[str] = []
        self.is_waiting = is_waiting
        self._account = account
        self._confirmed = confirmed
        self._is_confirmed = False
        self._calls = PrintedCalls(account.session, words.say, self._check, is_dry_run=is_dry_run)

    # ---- Who and where ----

    def open(self, *, without_stacks: bool = False) -> None:
        """Print who calls and where, and read the stacks.

        Args:
            without_stacks: whether the command also works before the first deploy, or after a loss.

        Raises:
            AccountError: AWS cannot be called.
            Stop: it is another account, or none of the stacks exists.
        """
        environment = self.environment
        first, *_ = environment.regions
        self.client("sts", first)
        for region in environment.regions:
            self.client("cloudformation", region)
        with ThreadPoolExecutor(WORKERS) as pool:
            identity = pool.submit(self._account.identity, first)
            descriptions = {
                stack.name: pool.submit(self.ask, partial(self.describe, stack))
                for stack in environment.stacks
            }
            self.identity = identity.result()  # its error is the one to show
            words.say(f"{environment.prefix}  account {self.identity.account}  {self.identity.name}")
            self._require_account()
            self.stacks = {name: _required(answer.result()) for name, answer in descriptions.items()}
        if any(self.stacks.values()):
            return
        question = (
            f"None of the {len(environment.stacks)} stacks of {environment.prefix} exists in account "
            f"{self.identity.account}. Is it the wrong account or role?"
        )
        if not without_stacks:
            raise Stop(question)
        words.say(question)

    def _require_account(self) -> None:
        environment = self.environment
        try:
            require_account(environment.name, environment.account, self.identity.account)
        except errors.AccountError as error:
            raise Stop(str(error)) from error

    # ---- Calls ----

    @property
    def is_dry_run(self) -> bool:
        """Whether calls that are not reads are only printed."""
        return self._calls.is_dry_run

    @property
    def made(self) -> Sequence[str]:
        """The changing calls that have succeeded, such as ``rds:ModifyDBCluster``, in order."""
        return self._calls.made

    @property
    def unanswered(self) -> Sequence[str]:
        """The changing calls that were sent, and that AWS has not answered."""
        return self._calls.unanswered

    @property
    def unclear(self) -> Sequence[str]:
        """The changing calls that have failed, but of which an earlier attempt may have been carried out."""
        return self._calls.unclear

    @property
    def last_call(self) -> str:
        """The last call, such as ``rds:ModifyDBCluster``."""
        return self._calls.last

    def client(self, service: str, region: str) -> Any:
        """Return boto3's client. Every call through it passes the rules of the command."""
        return self._account.client(service, region)

    def all_pages(self, client: Any, operation: str, **parameters: Any) -> Any:
        """Return the complete answer of an operation, such as ``DescribeAlarms``."""
        return paging.complete(client, operation, parameters)

    def repeated(self, number: int) -> AbstractContextManager[None]:
        """Print only the first of a number of like calls, and the number of the others."""
        return self._calls.repeated(number)

    def make_repeated(self, calls: Sequence[Callable[[], object]]) -> None:
        """Make like calls, which print one line: the first one alone, then the others at the same time.

        The first error ends them. Calls that are running then still end.
        """
        if not calls:
            return
        first, *others = calls
        with self.repeated(len(calls)), ThreadPoolExecutor(WORKERS) as pool:
            first()
            running = [pool.submit(call) for call in others]
            try:
                for call in running:
                    call.result()
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise

    def _check(self, service: str, operation: str) -> None:
        """Refuse a call that the group of the command does not allow; this is a mistake in the program."""
        if self.group is CommandGroup.READS:
            raise AssertionError(f"A command that only reads would call {service}:{operation}.")
        if self.group is CommandGroup.DELETES and not self._is_confirmed:
            raise AssertionError(f"A command would call {service}:{operation} before the typed name.")

    def attempt(self, read: Callable[[], T]) -> T | Unknown:
        """Return what ``ask`` returns; what is unknown is listed when the command ends, with status 1."""
        answer = self.ask(read)
        if isinstance(answer, Unknown) and answer.why not in self.unknown:
            self.unknown.append(answer.why)
        return answer

    def ask(self, read: Callable[[], T]) -> T | Unknown:
        """Return what a reading function returns; if AWS does not answer, why it is unknown.

        Raises:
            BotoCoreError: there are no credentials any more.
            ClientError: they have expired.
        """
        try:
            return read()
        except errors.call_errors() as error:
            failure = errors.failure(error)
            if failure.code in errors.CREDENTIALS:
                raise
            return Unknown(errors.in_words(failure, self.last_call), failure.code)

    def unless_missing(self, call: Callable[[], T], code: str) -> T | None:
        """Return the answer of a call; None if AWS answers that what it is about does not exist.

        Args:
            call: makes the call.
            code: the error code of AWS that says so, such as ``DBClusterNotFoundFault``.
        """
        try:
            return call()
        except errors.call_errors() as error:
            if errors.failure(error).code != code:
                raise
            return None

    def in_parallel(self, reads: Mapping[str, Callable[[], T]]) -> dict[str, T | Unknown]:
        """Return the results of reading functions, made at the same time, by the same names.

        Clients must exist before: create them with ``client`` in the calling thread.
        """
        with ThreadPoolExecutor(WORKERS) as pool:
            running = {name: pool.submit(self.attempt, read) for name, read in reads.items()}
            return {name: result.result() for name, result in running.items()}

    # ---- What is deployed ----

    def describe(self, stack: Stack) -> Description | None:
        """Return the description of a stack; None if it does not exist."""
        client = self.client("cloudformation", stack.region)
        try:
            answer = client.describe_stacks(StackName=stack.deployed)
        except errors.call_errors() as error:
            if "does not exist" in errors.failure(error).message:  # the code is that of any wrong call
                return None
            raise
        description: Description = answer["Stacks"][0]
        return description

    def status(self, stack: Stack) -> str:
        """Return the status of a stack when the command began; empty if it did not exist."""
        description = self.stacks[stack.name]
        if not description:
            return ""
        return str(description["StackStatus"])

    def require_stack(self, stack: Stack, *statuses: str) -> Description:
        """Return the description of a stack.

        Raises:
            Stop: the stack does not exist, or has none of the statuses, if any are given.
        """
        description = self.stacks[stack.name]
        if description is None:
            raise Stop(f"The stack {stack.deployed} does not exist.")
        status = description["StackStatus"]
        if statuses and status not in statuses:
            raise Stop(f"The stack {stack.name} is {status}, not {' or '.join(statuses)}.")
        return description

    def require_idle(self, stack: Stack) -> None:
        """Check that a stack exists and is not being changed.

        Raises:
            Stop: it does not exist, or an operation is in progress.
        """
        status = self.require_stack(stack)["StackStatus"]
        if status.endswith("_IN_PROGRESS"):
            raise Stop(
                f"The stack {stack.name} is {status}. Wait until it is over: "
                f"{self.command('wait', stack.name)}"
            )

    def output(self, logical_id: str, key: str) -> str:
        """Return an output of the stack of a resource.

        Raises:
            Stop: the stack is not deployed or does not have it.
        """
        stack = self.environment.stack_of(logical_id)
        for output in self.require_stack(stack).get("Outputs", []):
            if output["OutputKey"] == key:
                return str(output["OutputValue"])
        raise Stop(f"The stack {stack.deployed} is {self.status(stack)} and has no output {key}.")

    def parameter(self, logical_id: str, name: str) -> str:
        """Return the deployed value of a parameter of the stack of a resource.

        Raises:
            Stop: the stack is not deployed or does not have it.
        """
        stack = self.environment.stack_of(logical_id)
        for parameter in self.require_stack(stack).get("Parameters", []):
            if parameter["ParameterKey"] == name:
                return str(parameter.get("ResolvedValue") or parameter["ParameterValue"])
        raise Stop(f"The stack {stack.deployed} has no parameter {name}.")

    def physical_id(self, logical_id: str) -> str:
        """Return the physical ID of a resource.

        Raises:
            Stop: the stack does not have it.
        """
        stack = self.environment.stack_of(logical_id)
        self.require_stack(stack)
        client = self.client("cloudformation", stack.region)
        answer = client.describe_stack_resource(StackName=stack.deployed, LogicalResourceId=logical_id)
        physical_id = answer["StackResourceDetail"].get("PhysicalResourceId")
        if not physical_id:
            raise Stop(f"The stack {stack.deployed} has not created {logical_id}.")
        return str(physical_id)

    def name(self, logical_id: str) -> str:
        """Return the name of a resource that holds data, from the output folder."""
        return self.environment.resource_name(logical_id, self.identity.account)

    # ---- Before a change ----

    def command(self, *arguments: str) -> str:
        """Return the line that runs another command for this environment, quoted for a shell."""
        return shlex.join((PROGRAM, self.environment.name, *arguments))

    def say_done(self, sentence: str) -> None:
        """Print what the command has done; a dry run has done nothing."""
        if not self.is_dry_run:
            words.say(sentence)

    def confirm(self, name: str, consequence: str) -> None:
        """Ask for the name of what is deleted or replaced; a dry run does not ask.

        Args:
            name: the name to type.
            consequence: a sentence that says what happens to it.

        Raises:
            Stop: another name was given.
        """
        words.say(consequence)
        if not self.is_dry_run:
            typed = self._confirmed
            if typed is None:
                typed = words.typed_name(name)
            if typed != name:
                raise Stop(f"{typed or 'Nothing'} was given, not {name}.")
        self._is_confirmed = True

    def end_dry_run(self, would: str) -> None:
        """End a dry run where the command would do what it depends on; otherwise, do nothing.

        Raises:
            DryRunEndedError: it is a dry run.
        """
        if self.is_dry_run:
            raise DryRunEndedError(f"The dry run ends here: the command would {would}.")


def _required(answer: T | Unknown) -> T:
    """Return an answer without which no command works.

    Raises:
        Stop: it is unknown.
    """
    if isinstance(answer, Unknown):
        raise Stop(answer.why)
    return answer
