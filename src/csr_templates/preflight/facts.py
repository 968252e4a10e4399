"""The answers of an account, each with its time and its call; they can be saved and judged again.

A fact is the answer to one call of the AWS API, reduced to the keys that a command reads. All commands that
read an account share the calls and the format of the file; its schema is ``facts.schema.json``. Facts contain
account IDs and names, but no secrets: other keys of an answer are dropped, and secrets in kept keys hidden.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Final, NamedTuple

from csr_templates.account import cli_lines, errors
from csr_templates.account.errors import DENIED
from csr_templates.hand_over import operator_policies

FORMAT_VERSION: Final = 2
_LONGEST_ARGUMENT: Final = 200  # characters of a value in a displayed command
MISSING: Final = "missing"
"""Code of a call whose answer the facts do not contain."""
_COMMANDS: Final = {operator_policies.DEPLOYED: "review"}


class FactsError(ValueError):
    """The file does not contain facts; the message states what to do."""


@dataclass(frozen=True)
class Query:
    """A read call of the AWS API.

    Attributes:
        service: the service name in boto3.
        operation: the name in the API: ``DescribeStacks``.
        region: the region of the call.
        parameters: name -> value, as pairs.
        path: keys that lead to the kept part of the answer, separated by dots; empty for all of it.
        keep: the keys that are kept of that part, or of each item if it is a list.
        absent: error codes for a resource that does not exist; the answer is then None.
        cli_query: the part of the answer that the command prints, for ``--query`` of the AWS CLI; empty for
            all of it.
        reduce: changes the kept part before it becomes a fact, such as to hide secrets in it.
    """

    service: str
    operation: str
    region: str
    parameters: tuple[tuple[str, Any], ...] = ()
    path: str = ""
    keep: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    cli_query: str = field(default="", compare=False)
    reduce: Callable[[Any], Any] | None = field(default=None, compare=False)

    @cached_property
    def key(self) -> str:
        """The identity of the call: all attributes except those about the answer."""
        return json.dumps([self.service, self.operation, self.region, dict(self.parameters)])

    @property
    def name(self) -> str:
        """The call in sentences, without its parameters."""
        return f"{self.service} {self.operation} in {self.region}"

    @property
    def actions(self) -> str:
        """The IAM actions of the call, as text."""
        return " and ".join(operator_policies.actions(self.service, self.operation))

    @property
    def command(self) -> str:
        """The AWS CLI command of the call."""
        if self.service == "https":
            return shlex.join(
                ["curl", "-sS", "-o", "/dev/null", "-w", "%{http_code}\\n", dict(self.parameters)["Url"]]
            )
        # The command of a report must not print an API key.
        parameters = [(name, value) for name, value in self.parameters if name != "includeValue"]
        command = cli_lines.line(
            self.service, self.operation, self.region, parameters, longest=_LONGEST_ARGUMENT
        )
        if self.cli_query:
            command += f" --query {shlex.quote(self.cli_query)}"
        if self.operation == "GetObject":
            command += " package.zip"  # the AWS CLI writes the object to this file
        return command


class FailedCall(NamedTuple):
    """The failure of a call.

    Attributes:
        code: the error code of AWS, or one of ``account.errors``.
        message: the error message of AWS.
    """

    code: str
    message: str


class Fact(NamedTuple):
    """The answer of a call.

    Attributes:
        query: the call.
        time: time of the answer, in UTC.
        answer: the kept part of the answer; None if the resource does not exist.
        failure: the failure; None if the call succeeded.
    """

    query: Query
    time: str
    answer: Any = None
    failure: FailedCall | None = None


class NoAnswerError(Exception):
    """A check cannot be judged.

    Attributes:
        why: the reason in a few words, for the last line of the report.
        remedy: what to do.
        code: the failure code.
        query: the failed call.
    """

    def __init__(self, sentence: str, why: str, remedy: str, code: str, query: Query) -> None:
        super().__init__(sentence)
        self.why = why
        self.remedy = remedy
        self.code = code
        self.query = query


class MissingFactError(NoAnswerError):
    """The facts do not contain the answer of a call, because the call was not made.

    While answers are collected, it ends a judgment at its first missing answer, and its sentence is not used:
    see ``results.missing_calls``. Only saved facts, which are not added to, give it as a result.
    """

    def __init__(self, query: Query, command: str) -> None:
        super().__init__(
            f"The saved facts do not contain the answer of {query.name}.",
            "not in the saved facts",
            f"Save them again with csr-templates {command} --save-facts, for this environment and with this "
            "version.",
            MISSING,
            query,
        )


class FactsHeader(NamedTuple):
    """What facts are about.

    Attributes:
        project: the value of ``ProjectName``.
        environment: the name of the environment.
        account: ID of the account.
        caller: ARN of the caller.
        time: time of the first call, in UTC; ages are relative to it.
    """

    project: str
    environment: str
    account: str
    caller: str
    time: str


class Facts:
    """The answers of one account about one environment.

    Attributes:
        header: what they are about.
        policy: name of the policy of the command that reads them, in ``operator_policies``.
    """

    def __init__(
        self, header: FactsHeader, facts: Iterable[Fact] = (), policy: str = operator_policies.PREFLIGHT
    ) -> None:
        self.header = header
        self.policy = policy
        self._facts = {fact.query.key: fact for fact in facts}

    @property
    def account(self) -> str:
        """ID of the account."""
        return self.header.account

    @property
    def time(self) -> str:
        """Time of the first call, in UTC."""
        return self.header.time

    def add(self, facts: Iterable[Fact]) -> None:
        """Add answers."""
        self._facts.update({fact.query.key: fact for fact in facts})

    def __iter__(self) -> Iterator[Fact]:
        """Yield the facts in a fixed order, independent of the order of the answers."""
        return iter([fact for _, fact in sorted(self._facts.items())])

    def has(self, query: Query) -> bool:
        """Return whether the call was made."""
        return query.key in self._facts

    def without(self, *services: str) -> Facts:
        """Return the facts except those of some services."""
        return self.with_facts(fact for fact in self if fact.query.service not in services)

    def with_facts(self, facts: Iterable[Fact]) -> Facts:
        """Return other answers about the same."""
        return Facts(self.header, facts, self.policy)

    def joined(self, more: Facts, name: str) -> Facts:
        """Return the answers of two files; of two answers of one call, the later one.

        Raises:
            FactsError: the files are about different accounts, environments or projects.
        """
        if more.header[:3] != self.header[:3]:
            raise FactsError(
                f"{name} contains facts of {_about(more.header)}, but the other file of "
                f"{_about(self.header)}. Specify files of one environment in one account."
            )
        facts = sorted([*self, *more], key=lambda fact: fact.time)
        earlier = min(self.header, more.header, key=lambda header: header.time)
        return Facts(earlier, facts, self.policy)

    def require(self, project: str, environment: str) -> None:
        """Check that the facts are about an environment.

        Raises:
            FactsError: they are about another environment or project.
        """
        if (project, environment) != self.header[:2]:
            raise FactsError(
                f"The facts are of {_about(self.header)}, but {environment} of {project} was requested. Save "
                "facts of that environment: --save-facts FILE."
            )

    def answer(self, query: Query) -> Any:
        """Return the answer of a call; None if the resource does not exist.

        Raises:
            MissingFactError: the call was not made.
            NoAnswerError: the call failed.
        """
        fact = self._facts.get(query.key)
        if fact is None:
            raise MissingFactError(query, _COMMANDS.get(self.policy, self.policy))
        if fact.failure is None:
            return fact.answer
        if fact.failure.code == DENIED:
            raise NoAnswerError(
                f"{query.actions} is not permitted in {query.region}.",
                f"permission missing: {query.actions}",
                f"Attach {operator_policies.path(self.policy)} of the output folder to the role of the "
                "caller.",
                DENIED,
                query,
            )
        if fact.failure.code in errors.UNREACHABLE:
            sentence = errors.in_words(errors.Failure(*fact.failure), f"{query.service} {query.operation}")
        else:
            sentence = (
                f"{query.name} failed with {fact.failure.code}: {' '.join(fact.failure.message.split())}"
            )
        raise NoAnswerError(
            sentence,
            f"{query.service} {query.operation}: {fact.failure.code}",
            "Run the command again. If the call fails again, fix the cause in the message.",
            fact.failure.code,
            query,
        )

    @property
    def now(self) -> datetime:
        """The time that ages are relative to."""
        return moment(self.time)


class Lookup:
    """Reads facts for judgments, and records the calls.

    Attributes:
        facts: the facts.
        looked_up: the calls whose answers were read, in order.
        missing: the calls that were not made, by their keys.
    """

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.looked_up: list[Query] = []
        self.missing: dict[str, Query] = {}

    def __call__(self, query: Query) -> Any:
        """Return the answer of a call, as ``Facts.answer`` does."""
        self.looked_up.append(query)
        if not self.facts.has(query):
            self.missing[query.key] = query
        return self.facts.answer(query)

    def all(self, queries: Iterable[Query]) -> list[Any]:
        """Return the answers of several calls. If some were not made, all of these are recorded."""
        queries = list(queries)
        self.missing.update({query.key: query for query in queries if not self.facts.has(query)})
        return [self(query) for query in queries]


def now() -> str:
    """Return the time in the format of facts."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def moment(text: str) -> datetime:
    """Return a time of an answer; UTC if it has no time zone."""
    time = datetime.fromisoformat(text)
    if time.tzinfo is None:
        return time.replace(tzinfo=UTC)
    return time


def as_json(facts: Facts) -> str:
    """Return facts as JSON."""
    document = {
        "formatVersion": FORMAT_VERSION,
        **facts.header._asdict(),
        "facts": [
            {
                "service": fact.query.service,
                "operation": fact.query.operation,
                "region": fact.query.region,
                "parameters": dict(fact.query.parameters),
                "time": fact.time,
                **({"answer": fact.answer} if fact.failure is None else {"failure": fact.failure._asdict()}),
            }
            for fact in facts
        ],
    }
    return f"{json.dumps(document, indent=2)}\n"


def from_json(text: str, name: str, policy: str = operator_policies.PREFLIGHT) -> Facts:
    """Return the facts of a file.

    Raises:
        FactsError: the file does not contain facts of one environment in one account.
    """
    try:
        document = json.loads(text)
        version = document["formatVersion"]
        if version != FORMAT_VERSION:
            raise FactsError(
                f"{name} has the format {version}, and this version of csr-templates reads format "
                f"{FORMAT_VERSION}. Save the facts again: --save-facts FILE."
            )
        if set(document) - {"$schema"} != {"formatVersion", *FactsHeader._fields, "facts"}:
            raise ValueError("other keys than those of the format")
        header = FactsHeader(*(_text(document[field]) for field in FactsHeader._fields))
        moment(header.time)
        facts = Facts(header, [_fact(fact) for fact in document["facts"]], policy)
        for fact in facts:
            if fact.query.operation == "GetTemplate" and fact.answer is not None:
                _text(fact.answer)
            if fact.query.operation == "GetCallerIdentity" and fact.answer["Account"] != header.account:
                raise FactsError(
                    f"{name} contains facts of the accounts {header.account} and {fact.answer['Account']}. "
                    "Save the facts again: --save-facts FILE."
                )
    except FactsError:
        raise
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise FactsError(
            f"{name} does not contain facts of an account. Specify a file that --save-facts wrote."
        ) from error
    return facts


def _fact(document: Mapping[str, Any]) -> Fact:
    """Return a fact of a file; raise ``ValueError``, ``KeyError`` or ``TypeError`` if it is not one."""
    if set(document) - {"answer", "failure"} != {"service", "operation", "region", "parameters", "time"}:
        raise ValueError("other keys than those of a fact")
    if ("answer" in document) == ("failure" in document):
        raise ValueError("a fact is either an answer or a failure")
    service, operation, region, time = (
        _text(document[field]) for field in ("service", "operation", "region", "time")
    )
    moment(time)
    query = Query(service, operation, region, tuple(document["parameters"].items()))
    failure = document.get("failure")
    if failure is not None:
        failure = FailedCall(**{field: _text(value) for field, value in failure.items()})
    return Fact(query, time, document.get("answer"), failure)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value


def _about(header: FactsHeader) -> str:
    return f"{header.environment} of {header.project} in account {header.account}"
