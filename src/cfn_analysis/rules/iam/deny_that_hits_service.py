from typing import Any

from cfn_analysis.model.wildcards import disjoint, matches, pattern
from cfn_analysis.rules.support.documents import (
    POLICIES,
    conditions,
    documents,
    each,
    principals,
    texts,
)
from cfn_analysis.rules.support.policies import INTERFACES
from cfn_analysis.rules.support.rule import Finding, Findings, Rule, Validator
from cfn_analysis.rules.support.values import Path
from cfn_analysis.rules.support.words import words

# Condition keys that requests by a service do not have, or have with values of the service.
NETWORK = words("""
    aws:sourceip aws:vpcsourceip aws:sourcevpc aws:sourcevpce aws:principalarn aws:principalaccount
    aws:principalorgid aws:userid
""")
EXEMPT = words("aws:principalisawsservice aws:viaawsservice aws:principalservice aws:source aws:calledvia")
# Requests by Lambda itself, and not by the code of a function.
# https://docs.aws.amazon.com/lambda/latest/dg/permissions-source-function-arn.html
WITHOUT_CODE = [("Null", "lambda:sourcefunctionarn", "true")]


class DenyThatHitsService(Rule):
    """Deny that applies to what the same policy allows.

    A Deny for callers outside of a network, an account or an organization also applies to AWS services, which
    are outside of all of them: logs, trails and notifications stop, although another statement allows them.
    Add Bool: {aws:PrincipalIsAWSService: "false"} to the condition. A Deny without a condition on an action
    that the same policy allows by name leaves nothing of it. The same applies in the role of a function to
    requests without lambda:SourceFunctionArn, which Lambda makes itself: it cannot create the network
    interfaces of the function.
    """

    id = "E9655"
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalisawsservice"
    finding_class = "rights"
    looks_at = POLICIES

    def findings(self, validator: Validator, policy: Any) -> Findings:
        found = list(documents(policy))
        yield from _denied_anyway(found)
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
                    yield Finding(
                        (*path, "Condition"),
                        f"The Deny on {' and '.join(sorted(keys))} also applies to {name}, which another "
                        'statement allows. Add Bool: {aws:PrincipalIsAWSService: "false"}.',
                    )
                    break


def _meet(refused: str, allowed: str) -> bool:
    return not disjoint(pattern(refused.lower()), pattern(allowed.lower()))


def _denied_anyway(found: list[tuple[Any, Path]]) -> Findings:
    """Yield the statements that deny all that another statement allows by name."""
    allowing = [(statement, path) for statement, path in found if statement.get("Effect") == "Allow"]
    for statement, path in found:
        asked = [
            (operator, key.lower(), str(value).lower()) for operator, key, value, _ in conditions(statement)
        ]
        everyone = "Principal" not in statement or "*" in principals(statement, "AWS")
        if statement.get("Effect") != "Deny" or asked not in ([], WITHOUT_CODE) or not everyone:
            continue
        denied, on = (texts(statement.get(name)) for name in ("Action", "Resource"))
        for allowed, allowed_path in allowing:
            covered = "*" in on or set(texts(allowed.get("Resource"))) <= set(on)
            dead = [
                action
                for action in texts(allowed.get("Action"))
                if "*" not in action and any(matches(name.lower(), action.lower()) for name in denied)
            ]
            by_lambda = not asked or set(dead) & set(INTERFACES)
            if dead and covered and by_lambda and "Fn::If" not in (*path, *allowed_path):
                what = "The Deny" if not asked else "The Deny, which includes requests by Lambda itself,"
                yield Finding(
                    path,
                    f"{what} applies to {' and '.join(dead)}, which another statement allows: nothing of it "
                    "is allowed. Remove one of them, or correct the condition.",
                )
