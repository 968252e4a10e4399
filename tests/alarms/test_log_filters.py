"""Metric filters, tested with the examples of the AWS page about them."""

import json

import pytest

from .log_filters import PatternError, matches

# https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
TRAIL = {
    "eventType": "UpdateTrail",
    "sourceIPAddress": "111.111.111.111",
    "arrayKey": ["value", "another value"],
    "objectList": [{"name": "a", "id": 1}, {"name": "b", "id": 2}],
    "SomeObject": None,
    "ThisFlag": True,
}
USERS = {
    "user": {"id": 1, "email": "John.Stiles@example.com"},
    "users": [{"id": 2, "email": "John.Doe@example.com"}, {"id": 3, "email": "Jane.Doe@example.com"}],
    "actions": ["GET", "PUT", "DELETE"],
    "coordinates": [[0, 1, 2], [4, 5, 6], [7, 8, 9]],
}


@pytest.mark.parametrize(
    ("pattern", "event", "expected"),
    [
        ('{ $.eventType = "UpdateTrail" }', TRAIL, True),
        ("{ $.sourceIPAddress != 123.123.* }", TRAIL, True),
        ('{ $.arrayKey[0] = "value" }', TRAIL, True),
        ("{ $.objectList[1].id = 2 }", TRAIL, True),
        ("{ $.SomeObject IS NULL }", TRAIL, True),
        ("{ $.SomeOtherObject NOT EXISTS }", TRAIL, True),
        ("{ $.ThisFlag IS TRUE }", TRAIL, True),
        ('{ ($.user.id = 1) && ($.users[0].email = "John.Doe@example.com") }', USERS, True),
        ('{ ($.user.id = 2 && $.users[0].email = "nonmatch") || $.actions[2] = "GET" }', USERS, False),
        (
            '{ $.user.email = "John.Stiles@example.com" || $.coordinates[0][1] = nonmatch'
            " && $.actions[2] = nomatch }",
            USERS,
            True,
        ),
        (
            '{ ($.user.email = "John.Stiles@example.com" || $.coordinates[0][1] = nonmatch)'
            " && $.actions[2] = nomatch }",
            USERS,
            False,
        ),
        ("{ $.users = 1 }", {"users": [1, 2, 3]}, False),
        ("{ $.users != 1 }", {"users": [1, 2, 3]}, False),
        ("{ $.eventName = *Event }", {"eventName": "PutEvent"}, True),
        ("{ $.eventName = Event* }", {"eventName": "EventId"}, True),
        ('{ $.eventName = "Ev*ent" }', {"eventName": "Ev*ent"}, True),
        ('{ $.eventName = "Ev*ent" }', {"eventName": "Evident"}, False),
        ("{ $.latency >= 500 }", {"latency": 500}, True),
        ("{ $.numbers[0] < 10e-3 }", {"numbers": [0.1]}, False),
        ("{ $.errorCode != 500 }", {"errorCode": 400}, True),
        ("{ $.latency > +1000 }", {"latency": 1000}, False),
        ("{ $.foo = bar || $.foo = baz }", {"foo": "baz"}, True),
    ],
)
def test_examples_of_the_page(pattern: str, event: object, expected: bool) -> None:
    """The examples match the same events as on the page."""
    assert matches(pattern, json.dumps(event)) == expected


def test_plain_text_is_not_counted() -> None:
    """A line of plain text does not match a pattern for JSON."""
    assert not matches('{ $.status != "200" }', "START RequestId: 1")


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("ERROR", "ERROR: expected {, found ERROR."),
        ("{ $.a = 1", "{ $.a = 1: ends too early."),
        ("{ a = 1 }", "{ a = 1 }: expected a selector such as $.status, found a."),
        ("{ $.a > b }", "{ $.a > b }: > compares numbers, and b is none."),
        ("{ $.a LIKE b }", "{ $.a LIKE b }: LIKE is not an operator."),
        ("{ $.a = 1 } x", "{ $.a = 1 } x: x follows the pattern."),
        ("{ $.a ! 1 }", "{ $.a ! 1 }: cannot be read."),
    ],
)
def test_refusals(pattern: str, message: str) -> None:
    """An invalid pattern raises an error."""
    with pytest.raises(PatternError) as error:
        matches(pattern, "{}")
    assert str(error.value) == message
