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
    """A call without its values; ``query`` makes a ``Query`` of it, which is sent and whose answer is saved.

    ``rds_calls.cluster`` has the operation ``rds DescribeDBClusters`` and the parameter
    ``DBClusterIdentifier``: ``rds_calls.cluster.query(region, "shop")`` describes the cluster ``shop``.
    The other attributes are those of ``Query``, with spaces between the names of a list.

    Attributes:
        operation: the service and the operation.
        parameters: the names of the parameters of ``query``, after the region.
        fixed: the other parameters of the operation, with their values.
        region: the region of a call to a global service, whose ``query`` has no region.
    """

    operation: str
    parameters: str = ""
    path: str = ""
    keep: str = ""
    absent: str = ""
    fixed: tuple[tuple[str, Any], ...] = ()
    region: str = ""
    cli_query: str = ""
    reduce: Callable[[Any], Any] | None = None

    def query(self, *values: str) -> Query:
        """Return the call with values: of the region, unless the service is global, and of ``parameters``.

        Raises:
            ValueError: the number of values is another one.
        """
        return _query(self, values)


@cache
def _query(call: ApiCall, values: tuple[str, ...]) -> Query:
    if call.region:
        values = (call.region, *values)
    region, *values_of_parameters = values
    service, operation = call.operation.split()
    return Query(
        service,
        operation,
        region,
        (*zip(call.parameters.split(), values_of_parameters, strict=True), *call.fixed),
        call.path,
        tuple(call.keep.split()),
        tuple(call.absent.split()),
        call.cli_query,
        call.reduce,
    )


GlobalCall = partial(ApiCall, region=GLOBAL)
"""A call to a global service."""
