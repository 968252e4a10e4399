"""Statements as sets of access, with random policies so small that every request can be tested."""

import itertools
import json
from fnmatch import fnmatchcase
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from cfn_analysis.reviewing.access.statements import not_covered, statements

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
        if any(fnmatchcase(value, fold(one)) for one in listed or []) is (key not in statement):
            return False
    for operator, keys in statement["Condition"].items():
        values = keys["aws:SourceAccount"]
        hit = any(fnmatchcase(account, one) for one in ([values] if isinstance(values, str) else values))
        if hit is (operator == "StringNotEquals"):
            return False
    return True


def _allowed(policy: list[dict[str, Any]]) -> set[tuple[str, ...]]:
    """Return the requests that a policy allows, evaluated as IAM does."""
    return {
        request
        for request in itertools.product(_ACTIONS, _QUEUES, ("1", "2", "3"))
        if {one["Effect"] for one in policy if _matches(one, *request)} == {"Allow"}
    }


@settings(max_examples=80)
@given(_statements(), _statements())
def test_unreported_changes_of_a_policy_allow_nothing_new(
    before: list[dict[str, Any]], after: list[dict[str, Any]]
) -> None:
    """If the comparison of two random policies reports nothing, the second one does not allow more."""
    old, new = (statements({"Statement": one}) for one in (before, after))
    allows_more = any(access for one in new if not one.denies for access in not_covered(one, old))
    denies_less = any(access for one in old if one.denies for access in not_covered(one, new))

    if not allows_more and not denies_less:
        assert _allowed(after) <= _allowed(before)
    assert not any(access for one in new for access in not_covered(one, new))


def test_a_statement_with_an_unknown_condition() -> None:
    """A conditional statement covers itself, but not the statement without or with the opposite condition."""
    allowed = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
    maybe = {"Fn::If": ["IsOpen", allowed, {"Ref": "AWS::NoValue"}, "what IsOpen is"]}
    other = {"Fn::If": ["IsOpen", {"Ref": "AWS::NoValue"}, allowed, "what IsOpen is"]}

    def opens(before: Any, after: Any) -> bool:
        old, new = (statements({"Statement": [one]}) for one in (before, after))
        return any(access for one in new for access in not_covered(one, old))

    assert not opens(maybe, maybe)
    assert not opens(allowed, maybe)
    assert opens(maybe, allowed)
    assert opens(maybe, other)


def test_a_statement_that_is_not_known() -> None:
    """It covers only itself, and nothing that is known covers it."""
    known = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"}
    unknown, other = ({"Fn::NotGiven": name} for name in ("One", "Other"))

    def opens(before: Any, after: Any) -> list[str]:
        old, new = (statements({"Statement": side}) for side in (before, after))
        return [
            action for statement in new for access in not_covered(statement, old) for action in access.actions
        ]

    assert opens([known], [known, unknown]) == ["the statement ${One}"]
    assert opens([known, unknown], [unknown, known]) == []
    assert opens([known, unknown], [known, other]) == ["the statement ${Other}"]
    assert opens([known], [known, {"Fn::If": ["C", {"Ref": "AWS::NoValue"}, unknown, "d"]}]) != []
    assert opens([known], [known, {"Ref": "AWS::NoValue"}]) == []


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
