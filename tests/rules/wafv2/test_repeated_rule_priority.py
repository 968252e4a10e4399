"""E9012 on rules of a web ACL."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from csr_templates.rules import RepeatedRulePriority

if TYPE_CHECKING:
    from tests.rules.conftest import Judge

HEAD = """
Parameters:
  Ten: {Type: Number, Default: 10}
  Unknown: {Type: Number}
Conditions:
  Strict: !Equals [!Ref AWS::AccountId, "111111111111"]
  Other: !Equals [!Ref AWS::StackName, other]
Resources:
"""

MESSAGE = (
    'Priority of the rule "b" is 10{when}, as it is for the rule "a": WAF refuses the rules. Give each rule '
    "a priority of its own."
)


def acl(rules: str, *, kind: str = "WebACL") -> str:
    """Return a template with one web ACL of these rules."""
    return f"{HEAD}  Guard: {{Type: AWS::WAFv2::{kind}, Properties: {{Rules: {rules}}}}}\n"


@pytest.mark.parametrize(
    "rules",
    [
        pytest.param("[{Name: a, Priority: 0}, {Name: b, Priority: 10}]", id="different"),
        pytest.param("[{Name: a, Priority: !Ref Ten}, {Name: b, Priority: 11}]", id="parameter default"),
        pytest.param("[{Name: a, Priority: !Ref Unknown}, {Name: b, Priority: !Ref Unknown}]", id="unknown"),
        pytest.param(
            "[!If [Strict, {Name: a, Priority: 10}, {Name: b, Priority: 10}]]", id="one of two rules"
        ),
        pytest.param(
            "[!If [Strict, {Name: a, Priority: 10}, !Ref AWS::NoValue], "
            "!If [Strict, !Ref AWS::NoValue, {Name: b, Priority: 10}]]",
            id="never at once",
        ),
        pytest.param("!If [Strict, [{Name: a, Priority: 10}], [{Name: b, Priority: 10}]]", id="two lists"),
        pytest.param("[{Name: a}, {Name: b}]", id="none, which another rule finds"),
    ],
)
def test_accepts(judge: Judge, rules: str) -> None:
    """Rules pass whose priorities differ, cannot meet, or are not known."""
    assert judge(RepeatedRulePriority, acl(rules)) == []


@pytest.mark.parametrize("kind", ["WebACL", "RuleGroup"])
@pytest.mark.parametrize(
    ("rules", "path", "when"),
    [
        pytest.param("[{Name: a, Priority: 10}, {Name: b, Priority: 10}]", "/1/Priority", "", id="literal"),
        pytest.param("[{Name: a, Priority: 10}, {Name: b, Priority: '10'}]", "/1/Priority", "", id="text"),
        pytest.param(
            "[{Name: a, Priority: !Ref Ten}, {Name: b, Priority: 10}]",
            "/1/Priority",
            "",
            id="parameter default",
        ),
        pytest.param(
            "[{Name: a, Priority: 10}, {Name: b, Priority: !Sub '${Ten}'}]", "/1/Priority", "", id="Sub"
        ),
        pytest.param(
            "[{Name: a, Priority: 10}, {Name: b, Priority: !If [Strict, 10, 20]}]",
            "/1/Priority",
            " when Strict is true",
            id="first branch",
        ),
        pytest.param(
            "[{Name: a, Priority: !If [Strict, 20, 10]}, {Name: b, Priority: 10}]",
            "/1/Priority",
            " when Strict is false",
            id="second branch",
        ),
        pytest.param(
            "[!If [Strict, {Name: a, Priority: 10}, !Ref AWS::NoValue], "
            "!If [Other, {Name: b, Priority: 10}, !Ref AWS::NoValue]]",
            "/1",
            " when Other is true and Strict is true",
            id="two conditions at once",
        ),
        pytest.param(
            "!If [Strict, [{Name: a, Priority: 10}, {Name: b, Priority: 10}], []]",
            "",
            " when Strict is true",
            id="list of one branch",
        ),
    ],
)
def test_refuses(judge: Judge, kind: str, rules: str, path: str, when: str) -> None:
    """Two rules that can have the same priority at once are found on the second."""
    assert judge(RepeatedRulePriority, acl(rules, kind=kind)) == [
        (f"Resources/Guard/Properties/Rules{path}", MESSAGE.format(when=when))
    ]
