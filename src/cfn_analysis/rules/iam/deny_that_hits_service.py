from fnmatch import fnmatchcase
from typing import Any

from cfn_analysis.rules.support.documents import (
    RESOURCE_POLICIES,
    conditions,
    documents,
    each,
    principals,
    texts,
)
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator
from cfn_analysis.rules.support.words import words

# Condition keys that requests by a service do not have, or have with values of the service.
NETWORK = words("""
    aws:sourceip aws:vpcsourceip aws:sourcevpc aws:sourcevpce aws:principalarn aws:principalaccount
    aws:principalorgid aws:userid
""")
EXEMPT = words("aws:principalisawsservice aws:viaawsservice aws:principalservice aws:source aws:calledvia")


class DenyThatHitsService(Rule):
    """Deny that applies to the service which the same policy allows.

    A Deny for callers outside of a network, an account or an organization also applies to AWS services, which
    are outside of all of them: logs, trails and notifications stop, although another statement allows them.
    Add Bool: {aws:PrincipalIsAWSService: "false"} to the condition.
    """

    id = "E9655"
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalisawsservice"
    fault_class = "rights"
    looks_at = RESOURCE_POLICIES

    def faults(self, validator: Validator, policy: Any) -> Faults:
        found = list(documents(policy))
        allowed = [
            (name, [str(action) for action, _ in each(statement.get("Action"))])
            for statement, _ in found
            if statement.get("Effect") == "Allow" and isinstance(statement.get("Principal"), dict)
            for name in texts(statement["Principal"].get("Service"))
        ]
        for statement, path in found:
            asked = [(operator, key.lower()) for operator, key, _, _ in conditions(statement)]
            keys = {key for operator, key in asked if "Not" in operator and key in NETWORK}
            spared = any(key.startswith(EXEMPT) and key not in NETWORK for _, key in asked)
            denies = statement.get("Effect") == "Deny" and "*" in principals(statement, "AWS")
            if not denies or not keys or spared:
                continue
            denied = [str(action) for action, _ in each(statement.get("Action"))]
            for name, actions in allowed:
                if any(_meet(refused, allowed) for refused in denied for allowed in actions):
                    yield Fault(
                        (*path, "Condition"),
                        f"The Deny on {' and '.join(sorted(keys))} also applies to {name}, which another "
                        'statement allows. Add Bool: {aws:PrincipalIsAWSService: "false"}.',
                    )
                    break


def _meet(refused: str, allowed: str) -> bool:
    pair = refused.lower(), allowed.lower()
    return fnmatchcase(*pair) or fnmatchcase(*reversed(pair))
