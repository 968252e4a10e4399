from typing import Any

from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator
from cfn_analysis.rules.support.scenarios import number, only_value, scenarios
from cfn_analysis.rules.support.values import existing, items, mappings


class LifecycleOutOfOrder(Rule):
    """Lifecycle rule whose days S3 refuses.

    Objects expire after the last transition, not before it or on the same day. S3 refuses the configuration
    otherwise.
    """

    id = "E9705"
    source_url = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html"
    finding_class = "values"
    looks_at = ("Resources/AWS::S3::Bucket/Properties/LifecycleConfiguration/Rules/*",)

    def findings(self, validator: Validator, rule: Any) -> Findings:
        for settings, case in scenarios(validator, rule):
            moves = mappings([settings.get("Transition"), *items(settings.get("Transitions"))])
            expiry = number(only_value(case, settings.get("ExpirationInDays")))
            for move in moves:
                days = number(only_value(case, move.get("TransitionInDays")))
                if days is not None and expiry is not None and expiry <= days:
                    yield RuleFinding(
                        existing(rule, ("ExpirationInDays",)),
                        f"ExpirationInDays is {expiry:g}{{when}}, and objects move to "
                        f"{move.get('StorageClass')} after {days:g}: S3 refuses the rule. Let them expire "
                        "later.",
                        case,
                    )
