from typing import Any

from cfn_analysis.model.references import value_at
from cfn_analysis.rules.support.grants import missing
from cfn_analysis.rules.support.lambdas import FUNCTION
from cfn_analysis.rules.support.policies import TRACES
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator, properties_of
from cfn_analysis.rules.support.scenarios import only_value


class TracingNotAllowed(Rule):
    """Traced function whose role cannot send traces.

    With TracingConfig Active a function sends its segments to X-Ray itself. Without xray:PutTraceSegments
    there is no error and no trace. Attach AWSXRayDaemonWriteAccess, or allow both actions on '*'.
    """

    id = "E9568"
    source_url = "https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html"
    fault_class = "rights"
    looks_at = properties_of(FUNCTION)

    def faults(self, validator: Validator, properties: Any) -> Faults:
        if only_value(validator, value_at(properties, ("TracingConfig", "Mode"))) != "Active":
            return
        for role, absent, case in missing(validator, properties.get("Role"), TRACES):
            yield Fault(
                ("TracingConfig",),
                f"{role} does not allow {' and '.join(absent)}{{when}}: the function has no traces. Allow "
                "it.",
                case,
            )
