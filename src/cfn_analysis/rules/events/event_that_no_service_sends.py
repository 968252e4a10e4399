import re
from typing import Any

from cfnlint.helpers import is_function

from cfn_analysis.rules.support.documents import each
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator
from cfn_analysis.rules.support.values import show
from cfn_analysis.rules.support.words import named, nearest, phrases

DETAIL_TYPES = {source: phrases(names) for source, names in named(__file__).items()}
TRAIL = ("AWS API Call via CloudTrail", "AWS Service Event via CloudTrail")


class EventThatNoServiceSends(Rule):
    """Event pattern for an event that no service sends.

    The source of an event is aws.SERVICE, not the service principal, and detail-type must match exactly. A
    rule with another spelling is deployed and never matches. The rule finds names that are similar to a name
    of the service but not equal to it.
    """

    id = "E9773"
    source_url = "https://docs.aws.amazon.com/eventbridge/latest/ref/events.html"
    fault_class = "conditions"
    looks_at = ("Resources/AWS::Events::Rule/Properties/EventPattern",)

    def faults(self, validator: Validator, pattern: Any) -> Faults:
        if is_function(pattern)[0]:
            return
        sources = [(source, path) for source, path in each(pattern.get("source"), "source")]
        for source, path in sources:
            found = re.fullmatch(r"([a-z0-9-]+)\.amazonaws\.com", source) if isinstance(source, str) else None
            if found:
                yield Fault(
                    path, f"source is {source}, and is aws.{found[1]} in events: the rule never matches."
                )
        known = [name for source, _ in sources for name in DETAIL_TYPES.get(str(source), ())]
        for kind, path in each(pattern.get("detail-type"), "detail-type") if known else ():
            if not isinstance(kind, str) or kind in known or kind in TRAIL:
                continue
            close = nearest(kind, (*known, *TRAIL), 0.9)
            if close:
                yield Fault(
                    path,
                    f"detail-type is {show(kind)}, which {show(str(sources[0][0]))} does not send: the rule "
                    f"never matches. Did you mean {show(close)}?",
                )
