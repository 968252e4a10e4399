import re
from typing import Any

from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator, properties_of
from cfn_analysis.rules.support.values import values
from cfn_analysis.rules.support.words import did_you_mean, named, words

FIELDS = {*words(" ".join(named(__file__).values()))}

# Common wrong names -> the fields.
ALIASES = {"windowstart": "start", "windowend": "end", "flowlogstatus": "log-status"}


class UnknownFlowLogField(Rule):
    """Flow-log field that does not exist.

    EC2 refuses a LogFormat with an unknown field, and the stack rolls back. A record's times are start and
    end, its state is log-status. Without LogFormat the flow log has the default fields. In Fn::Sub a field is
    written ${!start}, since ${start} would be a variable.
    """

    id = "E9623"
    source_url = "https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html"
    fault_class = "documents"
    looks_at = properties_of("AWS::EC2::FlowLog")

    def faults(self, validator: Validator, properties: Any) -> Faults:
        seen = set()
        for text, _ in values(validator, properties.get("LogFormat")):
            for field in re.findall(r"\$\{!?([^{}]*)\}", text) if isinstance(text, str) else ():
                if field in FIELDS or field in seen:
                    continue
                seen.add(field)
                yield Fault(
                    ("LogFormat",),
                    f"LogFormat contains the field {field}, which flow logs do not have: EC2 refuses the "
                    f"flow log.{_advice(field)}",
                )


def _advice(field: str) -> str:
    if field in ALIASES:
        return f" Did you mean {ALIASES[field]}?"
    return did_you_mean(field, sorted(FIELDS)) or " Remove it."
