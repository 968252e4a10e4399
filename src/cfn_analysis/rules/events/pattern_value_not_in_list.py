from collections.abc import Iterator
from typing import Any

from cfnlint.helpers import is_function

from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator
from cfn_analysis.rules.support.values import show


class PatternValueNotInList(Rule):
    """Event pattern or filter policy with a value that is not in a list.

    Every leaf of an event pattern of EventBridge, and of a filter policy of SNS, is a list of values, also
    with only one value: source: [aws.ec2]. A plain text is refused: 'Match value must be String, number,
    true, false, or null', or 'must be an object or an array'.
    """

    id = "E9772"
    source_url = "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern.html"
    fault_class = "documents"
    looks_at = (
        "Resources/AWS::Events::Rule/Properties/EventPattern",
        "Resources/AWS::SNS::Subscription/Properties/FilterPolicy",
    )

    def faults(self, validator: Validator, pattern: Any) -> Faults:
        service = "SNS" if "FilterPolicy" in validator.context.path.path else "EventBridge"
        for path, value in _leaves(pattern, ()):
            yield Fault(
                path,
                f"{path[-1]} is {show(value)}, and {service} requires a list of values. Write [{value}].",
            )


def _leaves(part: Any, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Yield path and value of each leaf that is a text or a number."""
    for key, value in part.items() if isinstance(part, dict) and not is_function(part)[0] else ():
        if isinstance(value, str | int | float) and key != "$or":
            yield (*path, key), value
        else:
            yield from _leaves(value, (*path, key))
