from typing import Any

from cfn_analysis.rules.support.references import own_type
from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator, properties_of
from cfn_analysis.rules.support.values import branches, place, values
from cfn_analysis.rules.support.words import did_you_mean, named

VALUES: dict[str, dict[tuple[str, ...], str]] = {}
for places, listed in named(__file__).items():
    for kind, *steps in (path.split("/") for path in places.split()):
        VALUES.setdefault(f"AWS::{kind}", {})[tuple(steps)] = listed


class ValueThatIsRefused(Rule):
    """Value that the service does not accept.

    For some properties, the schemas contain only the type, and the API of the service lists the allowed
    values: the size of a cache, the type of a gateway response, the interval of a flow log. Other values are
    refused when the stack is deployed.
    """

    id = "E9515"
    source_url = (
        "https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html"
    )
    finding_class = "values"
    looks_at = properties_of(*VALUES)

    def findings(self, validator: Validator, properties: Any) -> Findings:
        for path, listed in VALUES[own_type(validator)].items():
            if path[0] not in properties:
                continue
            allowed = listed.split()
            for written, written_case in branches(validator, properties, *path):
                for value, case in values(written_case, written):
                    if not isinstance(value, (str, int, float)) or f"{value}" in allowed:
                        continue
                    hint = did_you_mean(f"{value}", allowed, 0.8) or f" Allowed are {', '.join(allowed)}."
                    yield RuleFinding(
                        place(written_case, validator) or path[:1],
                        f"{path[-1]} is {value}{{when}}, which the service refuses.{hint}",
                        case,
                    )
