"""A function can write its log."""

from __future__ import annotations

from typing import Any

from cfn_analysis.rules.support.grants import LOGS, missing
from cfn_analysis.rules.support.lambdas import FUNCTION
from cfn_analysis.rules.support.references import target
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator, properties_of

LOG_GROUP = "AWS::Logs::LogGroup"


class FunctionMayNotLog(Rule):
    """Function whose role cannot write a log.

    Lambda writes the log of a function with the function's role. Without logs:CreateLogStream and
    logs:PutLogEvents on its log group, the log is missing without any error. Attach
    AWSLambdaBasicExecutionRole, or allow both on the function's log group.
    """

    id = "W9569"
    source_url = "https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html"
    tags = ["resources", "lambda", "iam", "logs"]
    fault_class = "rights"
    looks_at = properties_of(FUNCTION)

    def faults(self, validator: Validator, properties: Any) -> Faults:
        logging = properties.get("LoggingConfig")
        group = target(validator, logging.get("LogGroup"), LOG_GROUP)[0] if isinstance(logging, dict) else ""
        for role, absent, case in missing(validator, properties.get("Role"), LOGS[1:], group):
            where = f" on {group}, its log group" if group else ""
            yield Fault(
                ("Role",),
                f"{role} does not allow {' and '.join(absent)}{where}{{when}}: the function has no log. "
                "Allow it.",
                case,
            )
