"""How a call of the commands that read an account is declared: its operation, and what is kept of the answer.

The calls of a service are in ``services/<service>_calls.py``. All commands share a call, so that its answer
in saved facts has the keys for each of them. For a new call, add its operation to
``hand_over/operator_calls.json`` too.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, Final

from csr_templates.preflight.facts import Query

GLOBAL: Final = "us-east-1"
"""Region of calls to global services: IAM, CloudFront, Route 53, and S3 for the list of buckets."""


@dataclass(frozen=True)
class ApiCall:
    """A call of which some values are given later: ``iam_calls.role(name)`` returns a ``Query``.

    Its attributes are those of ``Query``, with spaces between the names of a list.

    Attributes:
        operation: the service and the operation.
        names: the parameters whose values are given later, after the region.
        fixed: the other parameters.
        region: the region of a call to a global service; that of other calls is given first.
    """

    operation: str
    names: str = ""
    path: str = ""
    keep: str = ""
    absent: str = ""
    fixed: tuple[tuple[str, Any], ...] = ()
    region: str = ""
    shown: str = ""
    reduce: Callable[[Any], Any] | None = None

    def __call__(self, *values: str) -> Query:
        """Return the call with the values."""
        return _query(self, values)


@cache
def _query(call: ApiCall, values: tuple[str, ...]) -> Query:
    if call.region:
        values = (call.region, *values)
    region, *parameters = values
    service, operation = call.operation.split()
    return Query(
        service,
        operation,
        region,
        (*zip(call.names.split(), parameters, strict=True), *call.fixed),
        call.path,
        tuple(call.keep.split()),
        tuple(call.absent.split()),
        call.shown,
        call.reduce,
    )


GlobalCall = partial(ApiCall, region=GLOBAL)
"""A call to a global service."""
