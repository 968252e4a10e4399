"""A lifecycle rule moves objects before it deletes them."""

from __future__ import annotations

from typing import Any

from csr_templates.rules.support.rule import Fault, Faults, Rule, Validator
from csr_templates.rules.support.scenarios import number, only_value, scenarios
from csr_templates.rules.support.values import existing

EARLIEST = 30  # days, for STANDARD_IA and ONEZONE_IA


class LifecycleOutOfOrder(Rule):
    """Lifecycle rule whose days S3 refuses.

    Objects can move to STANDARD_IA or ONEZONE_IA after 30 days at the earliest, and they expire after the
    last transition, not before it. S3 refuses the configuration otherwise.
    """

    id = "E9705"
    source_url = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html"
    tags = ["resources", "s3"]
    fault_class = "values"
    looks_at = ("Resources/AWS::S3::Bucket/Properties/LifecycleConfiguration/Rules/*",)

    def faults(self, validator: Validator, rule: Any) -> Faults:
        for found, case in scenarios(validator, rule):
            moves = [*_listed(found, "Transition", "Transitions")]
            expiry = number(only_value(case, found.get("ExpirationInDays")))
            for move in moves:
                days = number(only_value(case, move.get("TransitionInDays")))
                kind = move.get("StorageClass")
                if days is None:
                    continue
                if kind in ("STANDARD_IA", "ONEZONE_IA") and days < EARLIEST:
                    yield Fault(
                        (),
                        f"TransitionInDays to {kind} is {days:g}{{when}}: S3 moves objects there after "
                        f"{EARLIEST} days at the earliest, and refuses the rule.",
                        case,
                    )
                if expiry is not None and expiry <= days:
                    yield Fault(
                        existing(rule, ("ExpirationInDays",)),
                        f"ExpirationInDays is {expiry:g}{{when}}, and objects move to {kind} after {days:g}: "
                        "S3 refuses the rule. Let them expire later.",
                        case,
                    )


def _listed(rule: Any, single: str, several: str) -> list[Any]:
    moves = [rule.get(single), *(rule.get(several) if isinstance(rule.get(several), list) else [])]
    return [move for move in moves if isinstance(move, dict)]
