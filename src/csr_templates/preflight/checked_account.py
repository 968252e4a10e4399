"""An account whose answers become facts: asks the calls of checks in parallel."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from csr_templates.account import errors, paging
from csr_templates.account.session import Account, refusal, unusable
from csr_templates.hand_over import operator_policies
from csr_templates.preflight import http_probe, packages
from csr_templates.preflight.facts import Fact, Facts, FactsHeader, FailedCall, Query, now
from csr_templates.preflight.services import https_calls, sts_calls

if TYPE_CHECKING:
    from typing import TypeAlias

    from csr_templates.preflight.resolved_environment import ResolvedEnvironment

    Missing: TypeAlias = Callable[[ResolvedEnvironment, Facts], Sequence[Query]]


_ASKING: Final = 32  # at least the number of endpoints; most of the time, they only wait


class _Endpoint:
    """A service in a region, and whether it responds.

    An endpoint that does not respond is not asked again, because each further call would wait as long.

    Attributes:
        lock: held during the first call, whose result decides about the others.
        has_answered: whether a call got an answer, also if it was an error of AWS.
        failure: why it does not respond; None if it does, or was not asked yet.
    """

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.has_answered = False
        self.failure: FailedCall | None = None

    def remember(self, fact: Fact) -> None:
        """Record whether a call got an answer."""
        if fact.failure is not None and fact.failure.code in errors.UNREACHABLE:
            self.failure = fact.failure
        else:
            self.has_answered = True


class CheckedAccount(Account):
    """An account whose answers become facts."""

    def __init__(self, profile: str | None = None, session: Any = None) -> None:
        """Create the session, as ``Account`` does."""
        super().__init__(profile, session)
        self._endpoints: dict[tuple[str, str], _Endpoint] = {}
        self._endpoints_lock = threading.Lock()

    def start(self, project: str, environment: str, policy: str = operator_policies.PREFLIGHT) -> Facts:
        """Return facts that contain the account and the caller.

        Raises:
            AccountError: there are no valid credentials, the configuration cannot be used, or AWS does not
                respond.
        """
        self._endpoints.clear()  # a new run
        query = sts_calls.identity.query()
        try:
            fact = self.ask(query)
            if fact.failure:
                raise refusal(errors.Failure(*fact.failure))
            header = FactsHeader(project, environment, fact.answer["Account"], fact.answer["Arn"], fact.time)
        except KeyError as error:
            raise refusal(errors.failure(error)) from error
        except (ValueError, OSError) as error:
            raise unusable(error) from error
        return Facts(header, [fact], policy)

    def ask(self, query: Query) -> Fact:
        """Return the fact of a call, or that its endpoint does not respond.

        The first call to an endpoint decides whether it responds, so the others wait for it. If AWS throttles
        this first call, it is made again as one of the others: the endpoint has answered, and only the
        first call has short time-outs and few attempts.

        Raises:
            AccountError: the credentials are missing or not valid; no call can succeed.
        """
        if query.service == https_calls.HTTPS:
            return Fact(query, now(), http_probe.get(dict(query.parameters)["Url"]))
        endpoint = self._endpoint(query)
        with endpoint.lock:
            if not endpoint.has_answered and endpoint.failure is None:
                fact = self._called(query, is_first=True)
                endpoint.remember(fact)
                if fact.failure is None or fact.failure.code != errors.THROTTLED:
                    return fact
        if endpoint.failure is not None:
            return Fact(query, now(), failure=endpoint.failure)
        fact = self._called(query)
        endpoint.remember(fact)
        return fact

    def _endpoint(self, query: Query) -> _Endpoint:
        with self._endpoints_lock:
            return self._endpoints.setdefault((query.service, query.region), _Endpoint())

    def _called(self, query: Query, *, is_first: bool = False) -> Fact:
        """Make a call, and return its fact: an answer, or a failure as AWS states it."""
        from botocore.exceptions import ClientError

        time = now()
        try:
            return Fact(query, time, _kept(query, self._answer(query, is_first=is_first)))
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") in query.absent:
                return Fact(query, time)
            failure = errors.failure(error)
            if failure.code == errors.EXPIRED:
                raise refusal(failure) from error
            return Fact(query, time, failure=FailedCall(*failure))
        except errors.call_errors() as error:
            return Fact(query, time, failure=FailedCall(*errors.failure(error)))
        except KeyError as error:  # that of botocore for the page of a proxy
            return Fact(query, time, failure=FailedCall(*errors.failure(error)))

    def _answer(self, query: Query, *, is_first: bool) -> Any:
        """Return the whole answer of AWS, with all pages; the first call to an endpoint fails early."""
        client = self.client(query.service, query.region, is_first=is_first)
        parameters = {name: _given(value) for name, value in query.parameters}
        if query.operation == "GetObject":
            return packages.files(client, parameters)
        return paging.complete(client, query.operation, parameters)


def collect(
    account: CheckedAccount,
    environment: ResolvedEnvironment,
    facts: Facts,
    missing: Missing,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> None:
    """Make calls, and add their answers to the facts, until no answer is missing.

    ``missing`` judges the facts; ``progress`` gets the numbers of answered and of known calls.
    A judgment stops at the first answer that the facts do not contain. So the missing answers of all
    judgments are requested together, in parallel, and then everything is judged again: with the description
    of a stack, a judgment continues and reads the resources of the stack, which is the next round.
    Each round starts with one call to each endpoint, so that those that do not respond are known early.

    Raises:
        AccountError: the credentials became invalid during the run.
    """
    done = 0
    with ThreadPoolExecutor(_ASKING) as pool:
        while queries := missing(environment, facts):
            waiting = [pool.submit(account.ask, query) for query in _one_of_each_endpoint_first(queries)]
            total = done + len(waiting)
            try:
                for answered in as_completed(waiting):
                    facts.add([answered.result()])
                    done += 1
                    progress(done, total)
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise


def _one_of_each_endpoint_first(queries: Sequence[Query]) -> list[Query]:
    """Return calls in an order in which all endpoints are asked at once."""
    first: dict[tuple[str, str], Query] = {}
    for query in queries:
        first.setdefault((query.service, query.region), query)
    keys = {query.key for query in first.values()}
    return [*first.values(), *(query for query in queries if query.key not in keys)]


def _given(value: Any) -> Any:
    """Return a parameter for boto3: tuples of facts as lists, search strings of WAF as bytes."""
    if isinstance(value, Mapping):
        return {name: _member(name, member) for name, member in value.items()}
    if isinstance(value, (tuple, list)):
        return [_given(element) for element in value]
    return value


def _member(name: str, value: Any) -> Any:
    if name == "SearchString":
        return value.encode()
    return _given(value)


def _kept(query: Query, answer: Any) -> Any:
    """Return the part of an answer that becomes a fact, as a JSON value."""
    part = _at_path(answer, query.path)
    if query.keep and isinstance(part, list):
        part = [_only(entry, query.keep) for entry in part]
    elif query.keep:
        part = _only(part, query.keep)
    if query.reduce:
        part = query.reduce(part)
    return _json_value(part)


def _at_path(answer: Any, path: str) -> Any:
    """Return a part of an answer; an empty list if the answer does not have it."""
    if not path:
        return answer
    *outer, last = path.split(".")
    part = answer
    for key in outer:
        part = part.get(key, {})
    return part.get(last, [])


def _only(structure: Mapping[str, Any], keep: Iterable[str]) -> dict[str, Any]:
    return {name: structure[name] for name in keep if name in structure}


def _json_value(value: Any) -> Any:
    """Return a part of an answer as a JSON value."""
    if isinstance(value, Mapping):
        return {name: _json_value(member) for name, member in value.items()}
    if isinstance(value, (list, tuple)):
        return [_json_value(element) for element in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return value
