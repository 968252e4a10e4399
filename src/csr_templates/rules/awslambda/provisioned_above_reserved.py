"""E9058: provisioned concurrency fits into the function's reserved concurrency."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

from cfnlint.jsonschema import ValidationError
from cfnlint.rules.helpers import get_value_from_path
from cfnlint.rules.jsonschema import CfnLintKeyword

from csr_templates.rules.support.lambdas import ALIAS, FUNCTION, function_of
from csr_templates.rules.support.references import held
from csr_templates.rules.support.scenarios import number, possible, state, usual

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cfnlint.jsonschema import ValidationResult, Validator

PATH = ("ProvisionedConcurrencyConfig", "ProvisionedConcurrentExecutions")


class ProvisionedAboveReserved(CfnLintKeyword):
    """No alias or version keeps more environments ready than its function may have."""

    id = "E9058"
    shortdesc = "Provisioned concurrency above the reserved"
    description = (
        "Provisioned concurrency counts as reserved: Lambda refuses more of it than the function has "
        "ReservedConcurrentExecutions, and the stack rolls back. During a change of versions both are kept "
        "ready, so leave room for twice as much. Of parameters the defaults are compared."
    )
    source_url = "https://docs.aws.amazon.com/lambda/latest/dg/provisioned-concurrency.html"
    tags = ["resources", "lambda"]  # noqa: RUF012 - the base class declares it like this

    def __init__(self) -> None:
        super().__init__([f"Resources/{kind}/Properties" for kind in (ALIAS, "AWS::Lambda::Version")])

    def validate(
        self, validator: Validator, _keywords: Any, properties: Any, _schema: Any
    ) -> ValidationResult:
        """Yield an error if the numbers do not fit in some case."""
        message = next(_too_many(validator, properties), None)
        if message:
            yield ValidationError(message, path=deque(PATH), rule=self)


def _too_many(validator: Validator, properties: Any) -> Iterator[str]:
    function_id = function_of(validator, properties.get("FunctionName"))
    _, function = held(validator, function_id, FUNCTION)
    limit = function.get("ReservedConcurrentExecutions")
    for wanted, known in get_value_from_path(validator, properties, deque(PATH)):
        for provisioned, case in usual(known, wanted):
            for reserved, where in usual(case, limit):
                ready, most = number(provisioned), number(reserved)
                if ready is not None and most is not None and ready > most and possible(where):
                    yield (
                        f"ProvisionedConcurrentExecutions {state(validator, case, wanted, provisioned)}, but "
                        f"ReservedConcurrentExecutions of {function_id} "
                        f"{state(validator, where, limit, reserved)}: Lambda refuses to keep more "
                        "environments ready than the function may have. Reserve more, or provision less."
                    )
