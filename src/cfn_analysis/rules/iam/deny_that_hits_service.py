from typing import Any

from cfn_analysis.model.wildcards import disjoint, pattern
from cfn_analysis.rules.support.documents import (
    POLICIES,
    conditions,
    documents,
    each,
    principals,
    texts,
)
from cfn_analysis.rules.support.policies import INTERFACES, may_match_action
from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator
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
        statements = list(documents(policy))
        yield from _denied_anyway(statements)
        actions_by_service = _actions_by_service(statements)
        for statement, path in statements:
            keys = _network_keys(statement)
            if not keys or statement.get("Effect") != "Deny" or "*" not in principals(statement, "AWS"):
                continue
            for service, actions in actions_by_service:
                if _denies_one(statement, actions):
                    yield RuleFinding(
                        (*path, "Condition"),
                        f"The Deny on {' and '.join(sorted(keys))} also applies to {service}, which another "
                        'statement allows. Add Bool: {aws:PrincipalIsAWSService: "false"}.',
                    )
                    break


def _actions_by_service(statements: list[tuple[Any, Path]]) -> list[tuple[str, list[str]]]:
    """Return the services that statements allow something, each with the actions."""
    allowed: list[tuple[str, list[str]]] = []
    for statement, _ in statements:
        principal = statement.get("Principal")
        if statement.get("Effect") != "Allow" or not isinstance(principal, dict):
            continue
        actions = [str(action) for action, _ in each(statement.get("Action"))]
        allowed += [(service, actions) for service in texts(principal.get("Service"))]
    return allowed


def _network_keys(statement: Any) -> set[str]:
    """Return the keys by which a statement is for other callers; none if it exempts services."""
    keys: set[str] = set()
    for operator, key, _, _ in conditions(statement):
        name = key.lower()
        if name.startswith(EXEMPT) and name not in NETWORK:
            return set()
        if "Not" in operator and name in NETWORK:
            keys.add(name)
    return keys


def _denies_one(statement: Any, allowed: list[str]) -> bool:
    """Return whether a statement denies an action that another one allows, also with wildcards in both."""
    for denied, _ in each(statement.get("Action")):
        if any(_meet(str(denied), action) for action in allowed):
            return True
    return False


def _meet(refused: str, allowed: str) -> bool:
    return not disjoint(pattern(refused.lower()), pattern(allowed.lower()))


def _denied_anyway(statements: list[tuple[Any, Path]]) -> Findings:
    """Yield the statements that deny all that another statement allows by name."""
    allowing = [(statement, path) for statement, path in statements if statement.get("Effect") == "Allow"]
    for statement, path in statements:
        compared = [
            (operator, key.lower(), str(value).lower()) for operator, key, value, _ in conditions(statement)
        ]
        is_for_everyone = "Principal" not in statement or "*" in principals(statement, "AWS")
        if statement.get("Effect") != "Deny" or compared not in ([], WITHOUT_CODE) or not is_for_everyone:
            continue
        resources = set(texts(statement.get("Resource")))
        for allowed, allowed_path in allowing:
            if "*" not in resources and not set(texts(allowed.get("Resource"))) <= resources:
                continue
            actions = _denied_actions(statement, allowed)
            if compared:  # requests by Lambda itself, which creates the network interfaces
                subject = "The Deny, which includes requests by Lambda itself,"
                is_used = not set(actions).isdisjoint(INTERFACES)
            else:
                subject = "The Deny"
                is_used = bool(actions)
            if is_used and "Fn::If" not in (*path, *allowed_path):
                yield RuleFinding(
                    path,
                    f"{subject} applies to {' and '.join(actions)}, which another statement allows: nothing "
                    "of it is allowed. Remove one of them, or correct the condition.",
                )


def _denied_actions(statement: Any, allowed: Any) -> list[str]:
    """Return the actions that a statement allows by name, and another one denies."""
    patterns = texts(statement.get("Action"))
    actions = [action for action in texts(allowed.get("Action")) if "*" not in action]
    return [action for action in actions if _is_denied(action, patterns)]


def _is_denied(action: str, patterns: list[str]) -> bool:
    return any(may_match_action(pattern, action) for pattern in patterns)
