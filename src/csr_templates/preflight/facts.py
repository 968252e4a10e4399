"""What an account has answered: each answer with its time and its source, to be saved and judged again.

A fact is the answer to one call of the AWS API, cut down to the keys that a check reads. So account IDs and
names are in it, and no secret can be: nothing asks for one, and what comes along with an answer is dropped.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Final, NamedTuple

from csr_templates.hand_over import preflight_policy

FORMAT_VERSION: Final = 1
_LONGEST_ARGUMENT: Final = 200  # characters of a value in a command for people
DENIED: Final = "denied"
"""Code of the failure of a call that IAM does not allow, whatever the service calls it."""


class FactsError(ValueError):
    """The file does not hold facts; the message says what to do."""


@dataclass(frozen=True)
class Query:
    """A call of the AWS API that reads.

    Attributes:
        service: boto3's name of the service.
        operation: as the API calls it: ``DescribeStacks``.
        region: where it is asked.
        parameters: name -> value, as pairs.
        path: keys that lead to what is kept of the answer, separated by dots; empty for all of it.
        keep: the keys that are kept of what is there, or of each item of a list.
        absent: codes of the errors that mean that what is asked for does not exist: the answer is None.
    """

    service: str
    operation: str
    region: str
    parameters: tuple[tuple[str, Any], ...] = ()
    path: str = ""
    keep: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()

    @cached_property
    def key(self) -> str:
        """What makes it another call: everything but what is kept of the answer."""
        return json.dumps([self.service, self.operation, self.region, dict(self.parameters)])

    @property
    def actions(self) -> str:
        """The IAM actions that it needs, as text."""
        return " and ".join(preflight_policy.actions(self.service, self.operation))

    @property
    def command(self) -> str:
        """The command of the AWS CLI that shows the same."""
        service = "s3api" if self.service == "s3" else self.service
        words = ["aws", service, _dashed(self.operation), "--region", self.region]
        for name, value in self.parameters:
            option = f"--{_dashed(name)}"
            if isinstance(value, bool):
                words.append(option if value else f"--no-{_dashed(name)}")
                continue
            plain = isinstance(value, tuple) and all(isinstance(one, str) for one in value)
            texts = list(value) if plain else [value if isinstance(value, str) else _json(value)]
            if len(" ".join(texts)) > _LONGEST_ARGUMENT:
                texts = [f"file://{_dashed(name)}.json"]
            words += [option, *texts]
        if self.operation == "GetObject":
            words.append("package.zip")  # where the AWS CLI writes the object
        return shlex.join(words)


class Failure(NamedTuple):
    """Why a call has no answer.

    Attributes:
        code: AWS's code of the error, or ``denied``, or the class of what the network did.
        message: what AWS said.
    """

    code: str
    message: str


class Fact(NamedTuple):
    """What a call was answered.

    Attributes:
        query: the call.
        time: when, in UTC.
        answer: what is kept of the answer; None if what was asked for does not exist.
        failure: why there is no answer.
    """

    query: Query
    time: str
    answer: Any = None
    failure: Failure | None = None


class NoAnswerError(Exception):
    """A check cannot be judged.

    Attributes:
        why: in a few words, for the last line of the report.
        remedy: what to do.
        code: code of the failure.
        query: the call that has no answer.
    """

    def __init__(self, sentence: str, why: str, remedy: str, code: str, query: Query) -> None:
        super().__init__(sentence)
        self.why = why
        self.remedy = remedy
        self.code = code
        self.query = query


class UnaskedError(Exception):
    """Calls that have not been made yet."""

    def __init__(self, queries: Sequence[Query]) -> None:
        super().__init__(f"{len(queries)} calls")
        self.queries = queries


class Facts:
    """The answers of one account.

    Attributes:
        time: when the first call was made, in UTC; every age counts to here.
        account: ID of the account.
        caller: ARN of the identity that asked.
        is_complete: whether nothing more will be asked, so that what is missing stays unknown.
    """

    def __init__(
        self, time: str, account: str, caller: str, facts: Iterable[Fact] = (), *, is_complete: bool = False
    ) -> None:
        self.time = time
        self.account = account
        self.caller = caller
        self.is_complete = is_complete
        self._facts = {fact.query.key: fact for fact in facts}

    def add(self, facts: Iterable[Fact]) -> None:
        """Take answers in."""
        self._facts.update({fact.query.key: fact for fact in facts})

    def __iter__(self) -> Any:
        """Return the facts in an order that does not depend on when the answers came."""
        return iter(fact for _, fact in sorted(self._facts.items()))

    def has(self, query: Query) -> bool:
        """Tell whether the call was made."""
        return query.key in self._facts

    def without(self, *services: str) -> Facts:
        """Return the facts that do not come from some services."""
        kept = [fact for fact in self if fact.query.service not in services]
        return Facts(self.time, self.account, self.caller, kept)

    def answer(self, query: Query) -> Any:
        """Return what a call was answered; None if what it asks for does not exist.

        Raises:
            UnaskedError: the call has not been made yet.
            NoAnswerError: it has no answer.
        """
        fact = self._facts.get(query.key)
        where = f"{query.service} {query.operation} in {query.region}"
        if fact is None and not self.is_complete:
            raise UnaskedError([query])
        if fact is None:
            raise NoAnswerError(
                f"The saved facts do not hold the answer of {where}.",
                "not in the saved facts",
                "Save the facts again, for this environment and with this version.",
                "missing",
                query,
            )
        if fact.failure is None:
            return fact.answer
        if fact.failure.code == DENIED:
            raise NoAnswerError(
                f"{query.actions} is not permitted in {query.region}.",
                f"permission missing: {query.actions}",
                "Attach preflight-policies/read.json of the output folder to the role that runs this.",
                DENIED,
                query,
            )
        raise NoAnswerError(
            f"{where} failed with {fact.failure.code}: {' '.join(fact.failure.message.split())}",
            f"{query.service} {query.operation}: {fact.failure.code}",
            "Run it again; if it fails again, look at the message.",
            fact.failure.code,
            query,
        )

    @property
    def now(self) -> datetime:
        """The time that ages are counted to."""
        return moment(self.time)


class Lookup:
    """Asks facts for one judgment, and notes what it asked for.

    Attributes:
        facts: what is asked.
        asked: the calls, in order.
    """

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.asked: list[Query] = []

    def __call__(self, query: Query) -> Any:
        """Return the answer of a call, as ``Facts.answer`` does."""
        self.asked.append(query)
        return self.facts.answer(query)

    def expect(self, queries: Iterable[Query]) -> None:
        """Have several calls made at once which a judgment will ask for one after the other.

        Raises:
            UnaskedError: some have not been made yet.
        """
        missing = [query for query in queries if not self.facts.has(query)]
        if missing and not self.facts.is_complete:
            raise UnaskedError(missing)


def now() -> str:
    """Return the time as facts hold it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def moment(text: str) -> datetime:
    """Return a time of an answer, which is in UTC where it does not say otherwise."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def as_json(facts: Facts) -> str:
    """Return facts as a file holds them."""
    document = {
        "formatVersion": FORMAT_VERSION,
        "time": facts.time,
        "account": facts.account,
        "caller": facts.caller,
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


def from_json(text: str, name: str) -> Facts:
    """Return the facts of a file, to which no more are added.

    Args:
        text: its content.
        name: the file, for the message.

    Raises:
        FactsError: it does not hold facts.
    """
    try:
        document = json.loads(text)
        if document["formatVersion"] != FORMAT_VERSION:
            raise FactsError(
                f"{name} has the format {document['formatVersion']}, and this version of csr-templates reads "
                f"format {FORMAT_VERSION}. Save the facts again: --save-facts FILE."
            )
        facts = [
            Fact(
                Query(one["service"], one["operation"], one["region"], _frozen(one["parameters"])),
                str(moment(one["time"]) and one["time"]),
                one.get("answer"),
                Failure(**one["failure"]) if "failure" in one else None,
            )
            for one in document["facts"]
        ]
        moment(document["time"])
        account, caller = str(document["account"]), str(document["caller"])
        return Facts(document["time"], account, caller, facts, is_complete=True)
    except FactsError:
        raise
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise FactsError(
            f"{name} does not hold facts of an account. Name a file that --save-facts wrote."
        ) from error


def _frozen(parameters: Mapping[str, Any]) -> tuple[tuple[str, Any], ...]:
    return tuple(parameters.items())


def _dashed(name: str) -> str:
    """Return a name of the API as the AWS CLI writes it: ``db-cluster-identifier``."""
    from botocore import xform_name  # a build must not load it

    return str(xform_name(name, "-"))


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))
