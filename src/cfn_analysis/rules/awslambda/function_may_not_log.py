from typing import Any

from cfn_analysis.model.references import value_at
from cfn_analysis.rules.support.grants import missing
from cfn_analysis.rules.support.lambdas import FUNCTION
from cfn_analysis.rules.support.policies import LOGS
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
    fault_class = "rights"
    looks_at = properties_of(FUNCTION)

    def faults(self, validator: Validator, properties: Any) -> Faults:
        group, _ = target(validator, value_at(properties, ("LoggingConfig", "LogGroup")), LOG_GROUP)
        for role, absent, _, case in missing(validator, properties.get("Role"), LOGS[1:], group):
            if not absent:
                continue
            where = f" on {group}, its log group" if group else ""
            yield Fault(
                ("Role",),
                f"{role} does not allow {' and '.join(absent)}{where}{{when}}: the function has no log. "
                "Allow it.",
                case,
            )
