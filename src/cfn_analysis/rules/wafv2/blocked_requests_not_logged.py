from typing import Any

from cfnlint.helpers import is_function

from cfn_analysis.model.references import value_at
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator
from cfn_analysis.rules.support.scenarios import scenarios
from cfn_analysis.rules.support.values import mappings


class BlockedRequestsNotLogged(Rule):
    """WAF log without the requests that were blocked.

    A LoggingFilter that drops BLOCK, or drops by default and keeps only other actions, removes the records
    that the log is for: which requests a rule blocked, and whether they came from customers. Keep BLOCK.
    """

    id = "W9754"
    source_url = "https://docs.aws.amazon.com/waf/latest/APIReference/API_LoggingFilter.html"
    fault_class = "protections"
    looks_at = ("Resources/AWS::WAFv2::LoggingConfiguration/Properties/LoggingFilter",)

    def faults(self, validator: Validator, logging_filter: Any) -> Faults:
        for decided, case in scenarios(validator, logging_filter):
            filters = value_at(decided, ("Filters",))
            if not isinstance(filters, list) or any(is_function(entry)[0] for entry in filters):
                continue
            verdicts = [
                entry.get("Behavior")
                for entry in mappings(filters)
                if _is_about_blocked(entry.get("Conditions"))
            ]
            if verdicts == ["DROP"] or (not verdicts and decided.get("DefaultBehavior") == "DROP"):
                yield Fault(
                    ("Filters",) if verdicts else ("DefaultBehavior",),
                    f"{'A filter drops' if verdicts else 'DefaultBehavior drops'} the requests that were "
                    "blocked{when}: the log does not show them. Add a filter that keeps BLOCK.",
                    case,
                )


def _is_about_blocked(conditions: Any) -> bool:
    """Return whether a filter is about blocked requests, or may be: a label is on requests of any action."""
    if not isinstance(conditions, list):
        return True
    actions = [value_at(condition, ("ActionCondition", "Action")) for condition in conditions]
    return any("LabelNameCondition" in condition for condition in mappings(conditions)) or any(
        action == "BLOCK" or not isinstance(action, str) for action in actions
    )
