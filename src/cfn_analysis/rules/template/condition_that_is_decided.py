from typing import Any

from cfnlint.helpers import is_function

from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator
from cfn_analysis.rules.support.values import assume


class ConditionThatIsDecided(Rule):
    """Condition that is always true or never true.

    Conditions that contradict each other in Fn::And, or complement each other in Fn::Or, have the same result
    for all parameter values: a part of the template is never created, or never omitted. Correct the
    condition, or remove it. cfn-lint finds literals in Fn::Equals (W8003), and E9506 finds values that a
    parameter does not allow.
    """

    id = "E9507"
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-conditions.html"
    finding_class = "conditions"
    looks_at = ()

    def findings(self, validator: Validator, template: Any) -> Findings:
        written = template.get("Conditions")
        if not isinstance(written, dict):
            return
        for name, condition in written.items():
            if is_function(condition)[0] not in ("Fn::And", "Fn::Or"):
                continue
            possible = [status for status in (True, False) if assume(validator, {name: status})]
            if len(possible) == 1:
                yield RuleFinding(
                    ("Conditions", name),
                    f"{name} is always {str(possible[0]).lower()}for all parameter values. Correct it, "
                    "or remove it.",
                )
