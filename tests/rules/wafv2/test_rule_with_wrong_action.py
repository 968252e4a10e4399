"""E9013 on rules of a web ACL."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from csr_templates.rules import RuleWithWrongAction

if TYPE_CHECKING:
    from tests.rules.conftest import Judge

HEAD = """
Conditions:
  Strict: !Equals [!Ref AWS::AccountId, "111111111111"]
Resources:
"""

GEO = "Statement: {GeoMatchStatement: {CountryCodes: [KP]}}"
MANAGED = "Statement: {ManagedRuleGroupStatement: {VendorName: AWS, Name: Common}}"
OWN_GROUP = "Statement: {RuleGroupReferenceStatement: {Arn: arn}}"

PLAIN = "Its statement is no rule group, so it takes Action alone, for example {Block: {}}."
GROUP = (
    "Its statement is a ManagedRuleGroupStatement, which takes OverrideAction alone: {None: {}} leaves the "
    "group's own actions."
)


def acl(rule: str, *, kind: str = "WebACL") -> str:
    """Return a template with one web ACL of this rule."""
    return f"{HEAD}  Guard: {{Type: AWS::WAFv2::{kind}, Properties: {{Rules: [{rule}]}}}}\n"


@pytest.mark.parametrize(
    "rule",
    [
        pytest.param(f"{{Name: a, {GEO}, Action: {{Block: {{}}}}}}", id="action"),
        pytest.param(f"{{Name: a, {MANAGED}, OverrideAction: {{None: {{}}}}}}", id="managed group"),
        pytest.param(f"{{Name: a, {OWN_GROUP}, OverrideAction: {{Count: {{}}}}}}", id="own group"),
        pytest.param(
            f"{{Name: a, {GEO}, Action: !If [Strict, {{Block: {{}}}}, {{Count: {{}}}}]}}", id="both branches"
        ),
        pytest.param(
            f"{{Name: a, {GEO}, Action: {{Block: !If [Strict, {{}}, !Ref AWS::NoValue], "
            "Count: !If [Strict, !Ref AWS::NoValue, {}]}}",
            id="one action in each case",
        ),
        pytest.param(
            f"!If [Strict, {{Name: a, {GEO}, Action: {{Block: {{}}}}}}, "
            f"{{Name: b, {MANAGED}, OverrideAction: {{None: {{}}}}}}]",
            id="two rules",
        ),
        pytest.param("{Name: a, Statement: !FindInMap [A, b, c]}", id="statement that a function hides"),
        pytest.param("{Name: a}", id="no statement, which another rule finds"),
    ],
)
def test_accepts(judge: Judge, rule: str) -> None:
    """A rule passes that has the one action which its statement takes."""
    assert judge(RuleWithWrongAction, acl(rule)) == []


@pytest.mark.parametrize("kind", ["WebACL", "RuleGroup"])
@pytest.mark.parametrize(
    ("rule", "path", "message"),
    [
        pytest.param(f"{{Name: a, {GEO}}}", "", f'Rule "a" has no Action. {PLAIN}', id="no action"),
        pytest.param(
            f"{{Name: a, {MANAGED}}}", "", f'Rule "a" has no OverrideAction. {GROUP}', id="no override"
        ),
        pytest.param(
            f"{{Name: a, {GEO}, OverrideAction: {{None: {{}}}}}}",
            "/OverrideAction",
            f'Rule "a" has OverrideAction and no Action. {PLAIN}',
            id="override without group",
        ),
        pytest.param(
            f"{{Name: a, {MANAGED}, Action: {{Block: {{}}}}}}",
            "/Action",
            f'Rule "a" has Action and no OverrideAction. {GROUP}',
            id="action of a group",
        ),
        pytest.param(
            f"{{Name: a, {MANAGED}, Action: {{Block: {{}}}}, OverrideAction: {{None: {{}}}}}}",
            "/Action",
            f'Rule "a" has Action beside OverrideAction. {GROUP}',
            id="both of a group",
        ),
        pytest.param(
            f"{{Name: a, {GEO}, Action: {{Block: {{}}}}, OverrideAction: {{None: {{}}}}}}",
            "/OverrideAction",
            f'Rule "a" has OverrideAction beside Action. {PLAIN}',
            id="both without group",
        ),
        pytest.param(
            f"{{Name: a, {GEO}, Action: {{Block: {{}}, Count: {{}}}}}}",
            "/Action",
            'Rule "a" has 2 entries in Action. It takes exactly one.',
            id="two actions",
        ),
        pytest.param(
            f"{{Name: a, {GEO}, Action: {{}}}}",
            "/Action",
            'Rule "a" has 0 entries in Action. It takes exactly one.',
            id="empty action",
        ),
        pytest.param(
            f"{{Name: a, {GEO}, Action: !If [Strict, {{Block: {{}}}}, !Ref AWS::NoValue]}}",
            "/Action",
            f'Rule "a" has no Action when Strict is false. {PLAIN}',
            id="action in one branch",
        ),
        pytest.param(
            f"{{Name: a, {MANAGED}, OverrideAction: {{None: {{}}}}, "
            "Action: !If [Strict, {Block: {}}, !Ref AWS::NoValue]}",
            "/Action",
            f'Rule "a" has Action beside OverrideAction when Strict is true. {GROUP}',
            id="both in one branch",
        ),
        pytest.param(
            f"!If [Strict, {{Name: a, {GEO}}}, !Ref AWS::NoValue]",
            "",
            f'Rule "a" has no Action when Strict is true. {PLAIN}',
            id="rule in one branch",
        ),
    ],
)
def test_refuses(judge: Judge, kind: str, rule: str, path: str, message: str) -> None:
    """A rule that WAF refuses for its action is found in the property, with what its statement takes."""
    assert judge(RuleWithWrongAction, acl(rule, kind=kind)) == [
        (f"Resources/Guard/Properties/Rules/0{path}", message)
    ]
