"""Makes the API calls to an account in parallel, and explains failures in one sentence.

boto3 is imported when an ``Account`` is created; a build does not load it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, NoReturn

from cfn_analysis.model.wording import hint
from csr_templates.hand_over import operator_policies
from csr_templates.preflight import calls, http_probe, live_calls, packages
from csr_templates.preflight.facts import DENIED, Fact, Facts, FactsHeader, FailedCall, Query, now

if TYPE_CHECKING:
    from typing import TypeAlias

    from boto3.session import Session
    from botocore.config import Config

    from csr_templates.preflight.needs import Needs

    Missing: TypeAlias = Callable[[Needs, Facts], Sequence[Query]]

WORKERS: Final = 16
CONNECT_SECONDS: Final = 5
READ_SECONDS: Final = 20
ATTEMPTS: Final = 6
FIRST_ATTEMPTS: Final = 2
FIRST_READ_SECONDS: Final = 10

_DENIED: Final = frozenset(
    {
        "403",  # the response to HEAD has no error code
        "AccessDenied",
        "AccessDeniedException",
        "AuthorizationError",
        "AuthorizationErrorException",
        "Client.UnauthorizedOperation",
        "NotAuthorized",
        "UnauthorizedOperation",
    }
)
_WRONG_KEYS: Final = frozenset(
    {
        "AuthFailure",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)
_EXPIRED: Final = frozenset(
    {"ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"}
)
_PAGED_BY_MARKER: Final = frozenset(
    {
        "ListCachePolicies",
        "ListConflictingAliases",
        "ListFunctions",
        "ListResponseHeadersPolicies",
        "ListWebACLs",
    }
)

_LIMITS: Final = frozenset({"MaxItems", "limit"})
"""Parameters of calls that need only the first page."""


class AccountError(Exception):
    """AWS cannot be called; the message states why and what to do."""


class Account:
    """Access to an account with the credentials of a profile.

    Attributes:
        session: boto3's session.
    """

    def __init__(self, profile: str | None = None, session: Session | None = None) -> None:
        """Create the session.

        Args:
            profile: name of a profile of the AWS CLI; without one, boto3 uses its default credential chain.
            session: used instead of a new session, for tests.

        Raises:
            AccountError: there is no such profile, or the configuration of the AWS CLI cannot be read.
        """
        import boto3
        import botocore.session
        from botocore.config import Config
        from botocore.exceptions import BotoCoreError, ProfileNotFound

        try:
            self.session = session or boto3.Session(profile_name=profile)
        except ProfileNotFound as error:
            name = error.kwargs["profile"]  # also if it is from an environment variable
            raise AccountError(
                f"There is no profile {name}.{hint(name, botocore.session.Session().available_profiles)} "
                "List the profiles with aws configure list-profiles."
            ) from error
        except (BotoCoreError, ValueError, OSError, KeyError) as error:
            raise _unusable(error) from error
        # Adaptive retries slow down all calls to a service while AWS throttles.
        self._config = Config(
            retries={"mode": "adaptive", "total_max_attempts": ATTEMPTS},
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            max_pool_connections=WORKERS,
        )
        self._clients: dict[tuple[str, str], Any] = {}
        self._lock = threading.Lock()

    def client(self, service: str, region: str) -> Any:
        """Return the boto3 client. Creating clients of one session is not thread-safe, so it is locked.

        Raises:
            AccountError: the configuration of the AWS CLI cannot be used.
        """
        with self._lock:
            if (service, region) not in self._clients:
                config = self._config.merge(_first_call()) if service == "sts" else self._config
                try:
                    made = self.session.client(service, region_name=region, config=config)
                except (ValueError, OSError) as error:  # botocore does not convert them
                    raise _unusable(error) from error
                self._clients[service, region] = made
            return self._clients[service, region]

    def close(self) -> None:
        """Close the connections."""
        for client in self._clients.values():
            client.close()

    def start(self, project: str, environment: str, policy: str = operator_policies.PREFLIGHT) -> Facts:
        """Return facts that contain the account and the caller.

        Raises:
            AccountError: there are no valid credentials, the configuration cannot be used, or AWS does not
                respond.
        """
        query = calls.identity()
        try:
            fact = self.ask(query)
            if fact.failure:
                _refuse(fact.failure, policy)
            header = FactsHeader(project, environment, fact.answer["Account"], fact.answer["Arn"], fact.time)
        except (ValueError, OSError, KeyError) as error:
            raise _unusable(error) from error
        return Facts(header, [fact], policy)

    def ask(self, query: Query) -> Fact:
        """Make a call with all its pages, and return the keys that the query keeps.

        Raises:
            AccountError: the credentials are missing or not valid; no call can succeed.
        """
        from botocore.exceptions import BotoCoreError, ClientError

        time = now()
        if query.service == live_calls.HTTPS:
            return Fact(query, time, http_probe.get(dict(query.parameters)["Url"]))
        try:
            return Fact(query, time, _kept(query, self._call(query)))
        except ClientError as error:
            code, message = error.response["Error"]["Code"], error.response["Error"].get("Message", "")
            if code in query.absent:
                return Fact(query, time)
            if code in _EXPIRED:
                _refuse(FailedCall(code, message))
            return Fact(query, time, failure=FailedCall(DENIED if code in _DENIED else code, message))
        except BotoCoreError as error:
            return Fact(query, time, failure=FailedCall(type(error).__name__, str(error)))

    def _call(self, query: Query) -> Any:
        from botocore import xform_name

        client = self.client(query.service, query.region)
        method = xform_name(query.operation)
        parameters = {name: _given(value) for name, value in query.parameters}
        if query.operation == "GetObject":
            return packages.files(client, parameters)
        if query.operation in _PAGED_BY_MARKER:
            return _pages_by_marker(getattr(client, method), query.path, parameters)
        if client.can_paginate(method) and not parameters.keys() & _LIMITS:
            return client.get_paginator(method).paginate(**parameters).build_full_result()
        return getattr(client, method)(**parameters)


def require_account(environment: str, stated: str, account: str) -> None:
    """Check that the caller is in the account that the parameter files state for an environment.

    Args:
        environment: its name.
        stated: ID of the account in the manifest; empty if no parameter file states it.
        account: ID of the caller's account.

    Raises:
        AccountError: it is another account.
    """
    if stated in ("", account):
        return
    raise AccountError(
        f"{environment} belongs to account {stated} (AccountId in its parameter files), but the caller is in "
        f"account {account}. Use a profile of account {stated}, or correct AccountId and build again."
    )


def collect(
    account: Account,
    needs: Needs,
    facts: Facts,
    missing: Missing,
    progress: Callable[[int, int], None] = lambda done, known: None,
) -> None:
    """Make calls, and add their answers to the facts, until no answer is missing.

    ``missing`` judges the facts; ``progress`` gets the numbers of answered and of known calls.
    A judgment stops at the first answer that the facts do not contain. So the missing answers of all
    judgments are requested together, in parallel, and then everything is judged again: with the description
    of a stack, a judgment continues and reads the resources of the stack, which is the next round.

    Raises:
        AccountError: the credentials became invalid during the run.
    """
    done = 0
    with ThreadPoolExecutor(WORKERS) as pool:
        while queries := missing(needs, facts):
            waiting = [pool.submit(account.ask, query) for query in queries]
            known = done + len(waiting)
            try:
                for answered in as_completed(waiting):
                    facts.add([answered.result()])
                    done += 1
                    progress(done, known)
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise


def _first_call() -> Config:
    """Return the settings of the first call, which fails early if AWS does not respond."""
    from botocore.config import Config

    return Config(
        retries={"mode": "standard", "total_max_attempts": FIRST_ATTEMPTS}, read_timeout=FIRST_READ_SECONDS
    )


def _unusable(error: Exception) -> AccountError:
    """Return the error for a configuration with which boto3 cannot make the first call."""
    cause = f"no key {error} in the response" if isinstance(error, KeyError) else str(error).rstrip(".")
    return AccountError(
        f"The AWS configuration cannot be used: {cause}. Check ~/.aws/config, the profile and "
        "AWS_ENDPOINT_URL."
    )


def _refuse(failure: FailedCall, policy: str = operator_policies.PREFLIGHT) -> NoReturn:
    """Return the error for wrong credentials or a missing connection to AWS."""
    code, message = failure
    if code in ("NoCredentialsError", "PartialCredentialsError", "CredentialRetrievalError"):
        sentence = "There are no AWS credentials. Sign in (aws login, aws sso login), or add --profile NAME."
    elif code in _EXPIRED or code in (
        "LoginRefreshRequired",
        "SSOTokenLoadError",
        "TokenRetrievalError",
        "UnauthorizedSSOTokenError",
    ):
        sentence = "The AWS credentials have expired. Sign in again (aws login, aws sso login)."
    elif code in _WRONG_KEYS:
        sentence = (
            "AWS rejects the credentials. Check the profile, whether its access key was deleted, and whether "
            "it belongs to the partition of the regions (aws, aws-cn, aws-us-gov)."
        )
    elif code == DENIED:
        sentence = (
            "The credentials do not allow sts:GetCallerIdentity, so the account is unknown. Use a role with "
            f"{operator_policies.path(policy)} of the output folder."
        )
    elif code in (
        "ConnectTimeoutError",
        "EndpointConnectionError",
        "ReadTimeoutError",
        "ProxyConnectionError",
    ):
        sentence = "AWS does not respond. Check the network, the proxy and AWS_ENDPOINT_URL."
    else:
        sentence = f"sts:GetCallerIdentity failed: {code}."
    raise AccountError(f"{sentence} ({message})" if message else sentence)


def _given(value: Any) -> Any:
    """Return a parameter for boto3: tuples of facts as lists, search strings of WAF as bytes."""
    if isinstance(value, Mapping):
        return {name: one.encode() if name == "SearchString" else _given(one) for name, one in value.items()}
    return [_given(one) for one in value] if isinstance(value, (tuple, list)) else value


def _pages_by_marker(call: Callable[..., Any], path: str, parameters: Mapping[str, Any]) -> Any:
    """Return the complete answer of an operation for which boto3 has no paginator."""
    outer, _, inner = path.partition(".")
    items: list[Any] = []
    marker: Any = None
    while True:
        page = call(**parameters, **({"NextMarker" if not inner else "Marker": marker} if marker else {}))
        held = page.get(outer, {} if inner else [])
        items += held.get(inner, []) if inner else held
        marker = held.get("NextMarker") if inner else page.get("NextMarker")
        if not marker or (not inner and not held):
            return {outer: {inner: items} if inner else items}


def _kept(query: Query, answer: Any) -> Any:
    """Return the part of an answer that becomes a fact, as a JSON value."""
    part = answer
    for key in filter(None, query.path.split(".")):
        part = part.get(key, {} if query.path.startswith(f"{key}.") else [])
    if query.keep and isinstance(part, list):
        part = [_only(item, query.keep) for item in part]
    elif query.keep:
        part = _only(part, query.keep)
    return _json_value(query.reduce(part) if query.reduce else part)


def _only(item: Mapping[str, Any], keep: Iterable[str]) -> dict[str, Any]:
    return {name: item[name] for name in keep if name in item}


def _json_value(value: Any) -> Any:
    """Return a part of an answer as a JSON value."""
    if isinstance(value, Mapping):
        return {name: _json_value(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_json_value(one) for one in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return value
