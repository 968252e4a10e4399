from typing import Any

from cfn_analysis.rules.support.documents import POLICIES, TRUST, conditions_in
from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator
from cfn_analysis.rules.support.words import nearest, rows, words

NAMES = words(" ".join(rows(__file__)))
OPEN = ("kms:encryptioncontext:", "kms:recipientattestation:")  # what follows is the caller's
SERVICES = ("aws:", "aws-", "lambda:", "kms:")
KEYS = {key.lower(): key for key in NAMES}


class UnknownGlobalConditionKey(Rule):
    """Condition key that is misspelled.

    With a key that does not exist, a condition is always false, and a negated one always true: an Allow never
    applies, a Deny applies to everyone. IAM refuses only a key without a prefix.
    """

    id = "E9648"
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html"
    finding_class = "conditions"
    looks_at = (*POLICIES, TRUST)

    def findings(self, validator: Validator, policy: Any) -> Findings:
        for _, key, _, path in conditions_in(policy):
            meant = _meant(key.partition("/")[0].lower())
            if meant:
                yield RuleFinding(
                    path,
                    f"The condition uses {key}, which no request has: it is never met. Did you mean {meant}?",
                )


def _meant(key: str) -> str:
    """Return the key that a misspelt one is close to; empty if it is known, or of another service."""
    if key in KEYS or key.startswith(OPEN) or (":" in key and not key.startswith(SERVICES)):
        return ""
    whole = key if ":" in key else f"aws:{key}"
    return KEYS.get(nearest(whole.replace("aws-", "aws:", 1), KEYS, 0.85), "")
