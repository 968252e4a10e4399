"""The calls of a command: each one that is not a read is printed before it is made, or only printed."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from csr_templates.account import cli_lines, errors
from csr_templates.account.reads import is_read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from boto3.session import Session

MADE: Final = "==>"
NOT_MADE: Final = "would call"

_UNCLEAR: Final = "csr_templates_unclear"
"""Key in the context of a call: AWS may have carried out an attempt that it did not confirm."""


class DryRunEndedError(Exception):
    """A dry run cannot go on, because it needs the answer of a call that it did not make."""


class _NoAnswer(dict[str, Any]):
    """The answer of a call that a dry run did not make."""

    def __missing__(self, key: str) -> Any:
        raise DryRunEndedError(f"The dry run ends here, because it would need {key} of the answer.")


class _NotSent:
    """Takes the place of the response of HTTP, for botocore."""

    status_code = 200


class PrintedCalls:
    """Hooks in a session, through which every call of its clients passes.

    Attributes:
        is_dry_run: whether calls that are not reads are only printed.
        made: the changing calls that have succeeded, such as ``rds:ModifyDBCluster``, in order.
        unanswered: the changing calls that were sent, and that AWS has not answered.
        unclear: the changing calls that have failed in the end, but of which an attempt had no clear answer.
    """

    def __init__(
        self,
        session: Session,
        show: Callable[[str], None],
        check: Callable[[str, str], None] = lambda service, operation: None,
        *,
        is_dry_run: bool = False,
    ) -> None:
        """Register the hooks; clients that exist already are not concerned.

        Args:
            session: the session.
            show: prints a line.
            check: gets service and operation of each call that is not a read, and raises an error if it must
                not be made.
            is_dry_run: whether calls that are not reads are only printed.
        """
        self.is_dry_run = is_dry_run
        self.made: list[str] = []
        self.unanswered: list[str] = []
        self.unclear: list[str] = []
        self._show = show
        self._check = check
        self._thread = threading.local()
        self._lock = threading.Lock()
        self._repeats = 1
        self._is_printed = False
        session.events.register("before-parameter-build", self._before_parameter_build)
        session.events.register("before-call", self._before_call)
        session.events.register("needs-retry", self._after_attempt)
        session.events.register("after-call", self._after_call)

    @property
    def last(self) -> str:
        """The last call of this thread, such as ``rds:ModifyDBCluster``; empty before the first one."""
        return str(getattr(self._thread, "last", ""))

    @contextmanager
    def repeated(self, number: int) -> Iterator[None]:
        """Print only the first of a number of like calls, and the number of the others."""
        self._repeats = number
        self._is_printed = False
        try:
            yield
        finally:
            self._repeats = 1

    def _before_parameter_build(
        self, params: Mapping[str, Any], model: Any, context: Mapping[str, Any], **_: Any
    ) -> None:
        service = model.service_model.service_name
        self._thread.last = f"{service}:{model.name}"
        if is_read(service, model.name):
            return
        self._check(service, model.name)
        with self._lock:  # calls like this one may be made in parallel
            if self._repeats > 1 and self._is_printed:
                return
            self._is_printed = True
            line = cli_lines.of_model(model, context["client_region"], params)
            if self._repeats > 1:
                line += f"  # and {self._repeats - 1} more calls like this one"
            mark = MADE
            if self.is_dry_run:
                mark = NOT_MADE
            self._show(f"{mark} {line}")

    def _before_call(self, model: Any, **_: Any) -> Any:
        """Return the answer in a dry run; None lets botocore make the call."""
        service = model.service_model.service_name
        if is_read(service, model.name):
            return None
        if self.is_dry_run:
            return _NotSent(), _NoAnswer()
        self.unanswered.append(f"{service}:{model.name}")
        return None

    def _after_attempt(self, request_dict: Mapping[str, Any], response: Any, **values: Any) -> None:
        """Remember that AWS may have carried out an attempt of a call, which botocore makes again."""
        if _is_unclear(response, values["caught_exception"]):
            request_dict["context"][_UNCLEAR] = True

    def _after_call(self, http_response: Any, model: Any, context: Mapping[str, Any], **_: Any) -> None:
        service = model.service_model.service_name
        if self.is_dry_run or is_read(service, model.name):
            return
        self.unanswered.remove(f"{service}:{model.name}")
        if http_response.status_code < 300:
            self.made.append(f"{service}:{model.name}")
        elif context.get(_UNCLEAR):
            self.unclear.append(f"{service}:{model.name}")


def _is_unclear(response: Any, error: Exception | None) -> bool:
    """Return whether AWS may have carried out an attempt of a call that it did not confirm.

    Args:
        response: the response of HTTP, and the answer; None after an error.
        error: why there is no response; None if there is one.
    """
    from botocore import exceptions

    if response is None:
        not_sent = (
            exceptions.ConnectTimeoutError,
            exceptions.EndpointConnectionError,
            exceptions.ProxyConnectionError,
            exceptions.SSLError,
        )
        return not isinstance(error, not_sent)
    http_response, answer = response
    return http_response.status_code >= 500 and errors.of_answer(answer).code != errors.THROTTLED
