"""Statements as sets of access, with random policies so small that every request can be tested."""

import itertools
import json
from fnmatch import fnmatchcase
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from cfn_analysis.model.references import as_list
from cfn_analysis.reviewing.access.statements import Access, Statement, not_covered, statements

_ACTIONS = ("sqs:sendmessage", "sqs:receivemessage", "sqs:deletemessage", "sns:publish")
_QUEUES = ("arn:a", "arn:b", "arn:ab")
_ACTION = st.sampled_from(
    ("*", "sqs:*", "SQS:SendMessage", "sqs:*Message", "sqs:Re?eiveMessage", "sns:Publish")
)
_RESOURCE = st.sampled_from(("*", "arn:*", "arn:a", "arn:b", "arn:a*", "arn:?"))
_KEY = st.sampled_from(("Action", "NotAction"))
_PLACE = st.sampled_from(("Resource", "NotResource"))
_WHERE = st.sampled_from(
    (
        {},
        {"StringEquals": {"aws:SourceAccount": "1"}},
        {"StringEquals": {"aws:SourceAccount": ["1", "2"]}},
        {"StringNotEquals": {"aws:SourceAccount": ["1", "2"]}},
        {"StringNotEquals": {"aws:SourceAccount": "1"}},
        {"StringLike": {"aws:SourceAccount": "*"}},
    )
)


@st.composite
def _statements(draw: st.DrawFn) -> list[dict[str, Any]]:
    return [
        {
            "Effect": draw(st.sampled_from(("Allow", "Allow", "Deny"))),
            draw(_KEY): draw(st.lists(_ACTION, min_size=1, max_size=2)),
            draw(_PLACE): draw(st.lists(_RESOURCE, min_size=1, max_size=2)),
            "Condition": draw(_WHERE),
        }
        for _ in range(draw(st.integers(1, 3)))
    ]


def _matches(statement: dict[str, Any], action: str, resource: str, account: str) -> bool:
    for key, value in (("Action", action), ("Resource", resource)):
        listed = statement.get(key, statement.get(f"Not{key}"))
        fold = str.lower if key == "Action" else str
        if any(fnmatchcase(value, fold(pattern)) for pattern in listed or []) is (key not in statement):
            return False
    for operator, keys in statement["Condition"].items():
        hit = any(fnmatchcase(account, pattern) for pattern in as_list(keys["aws:SourceAccount"]))
        if hit is (operator == "StringNotEquals"):
            return False
    return True


def _allowed(policy: list[dict[str, Any]]) -> set[tuple[str, ...]]:
    """Return the requests that a policy allows, evaluated as IAM does."""
    allowed: set[tuple[str, ...]] = set()
    for request in itertools.product(_ACTIONS, _QUEUES, ("1", "2", "3")):
        effects = {statement["Effect"] for statement in policy if _matches(statement, *request)}
        if effects == {"Allow"}:
            allowed.add(request)
    return allowed


def _opened(before: list[Statement], after: list[Statement]) -> list[Access]:
    """Return the access of some statements that others do not cover."""
    opened: list[Access] = []
    for statement in after:
        opened += not_covered(statement, before)
    return opened


@settings(max_examples=80)
@given(_statements(), _statements())
def test_unreported_changes_of_a_policy_allow_nothing_new(
    before: list[dict[str, Any]], after: list[dict[str, Any]]
) -> None:
    """If the comparison of two random policies reports nothing, the second one does not allow more."""
    old, new = statements({"Statement": before}), statements({"Statement": after})
    newly_allowed = _opened(old, [statement for statement in new if not statement.denies])
    no_longer_denied = _opened(new, [statement for statement in old if statement.denies])

    if not newly_allowed and not no_longer_denied:
        assert _allowed(after) <= _allowed(before)
    assert _opened(new, new) == []


def test_a_statement_with_an_unknown_condition() -> None:
    """A conditional statement covers itself, but not the statement without or with the opposite condition."""
    allowed = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
    maybe = {"Fn::If": ["IsOpen", allowed, {"Ref": "AWS::NoValue"}, "what IsOpen is"]}
    opposite = {"Fn::If": ["IsOpen", {"Ref": "AWS::NoValue"}, allowed, "what IsOpen is"]}

    def opens(before: Any, after: Any) -> bool:
        return bool(_opened(statements({"Statement": [before]}), statements({"Statement": [after]})))

    assert not opens(maybe, maybe)
    assert not opens(allowed, maybe)
    assert opens(maybe, allowed)
    assert opens(maybe, opposite)


def test_a_statement_that_is_not_known() -> None:
    """It covers only itself, and nothing that is known covers it."""
    public = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"}
    unknown, another = {"Fn::NotGiven": "One"}, {"Fn::NotGiven": "Other"}

    def opens(before: Any, after: Any) -> list[str]:
        opened = _opened(statements({"Statement": before}), statements({"Statement": after}))
        actions: list[str] = []
        for access in opened:
            actions += access.actions
        return actions

    assert opens([public], [public, unknown]) == ["the statement ${One}"]
    assert opens([public, unknown], [unknown, public]) == []
    assert opens([public, unknown], [public, another]) == ["the statement ${Other}"]
    assert opens([public], [public, {"Fn::If": ["C", {"Ref": "AWS::NoValue"}, unknown, "d"]}]) != []
    assert opens([public], [public, {"Ref": "AWS::NoValue"}]) == []


def test_statements_as_json() -> None:
    """A document, or only its statements, can be JSON. Other texts have no statements."""
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
    expected = statements({"Statement": statement})

    assert statements(json.dumps({"Statement": [statement]})) == [
        expected[0]._replace(place=("Statement", 0))
    ]
    assert statements({"Statement": json.dumps(statement)}) == expected
    assert statements("text") == statements("[]") == []
    text = json.dumps({"Statement": {**statement, "Resource": "${Bucket.Arn}/*"}})
    arn = {"Fn::Sub": ["${Bucket.Arn}/*", {}]}
    assert statements({"Fn::Sub": text}) == statements({"Statement": {**statement, "Resource": arn}})
