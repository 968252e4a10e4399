"""Conditions of statements: what implies what."""

from typing import Any

import pytest

from cfn_analysis.reviewing.access.conditions import conditions, implies

KEY = "aws:SourceAccount"


def _of(operator: str, *values: Any, key: str = KEY) -> dict[str, Any]:
    return {operator: {key: list(values)}}


@pytest.mark.parametrize(
    ("narrow", "wide"),
    [
        (_of("StringEquals", "1"), _of("StringEquals", "1", "2")),
        (_of("StringEquals", "1"), {"StringEquals": {KEY.upper(): "1"}}),
        (_of("StringEquals", "ab"), _of("StringLike", "a*")),
        (_of("StringEquals", "AB"), _of("StringEqualsIgnoreCase", "ab")),
        (_of("StringEquals", "1"), _of("StringEqualsIfExists", "1")),
        (_of("StringEquals", "1"), _of("Null", "false")),
        (_of("StringNotEquals", "1", "2"), _of("StringNotEquals", "1")),
        (_of("StringNotLike", "a*"), _of("StringNotLike", "ab*")),
        (_of("ArnEquals", "arn:a"), _of("ArnLike", "arn:*")),
        (_of("IpAddress", "10.1.0.0/16"), _of("IpAddress", "10.0.0.0/8")),
        (_of("IpAddress", "2001:db8::/48"), _of("IpAddress", "2001:db8::/32")),
        (_of("NumericLessThan", "5"), _of("NumericLessThan", "10")),
        (_of("DateGreaterThan", "2026-02-01"), _of("DateGreaterThan", "2026-01-01")),
        (_of("ForAllValues:StringEquals", "1"), _of("ForAllValues:StringEquals", "1", "2")),
        (
            {**_of("Bool", True, key="aws:SecureTransport"), **_of("StringEquals", "1")},
            _of("StringEquals", "1"),
        ),
    ],
)
def test_one_condition_implies_another(narrow: Any, wide: Any) -> None:
    """The narrower one implies the wider one, and not the other way around."""
    first, second = conditions(narrow), conditions(wide)

    assert implies(first, second)
    assert implies(second, first) is (narrow == wide or first[0][:6] == second[0][:6])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (_of("StringEquals", "1"), _of("StringEquals", "1", key="aws:PrincipalAccount")),
        (_of("StringEquals", "1"), _of("StringNotEquals", "2")),
        (_of("StringEquals", "AB"), _of("StringLike", "a*")),
        (_of("IpAddress", "10.0.0.0/8"), _of("IpAddress", "2001:db8::/32")),
        (_of("IpAddress", "10.0.0.0/8"), _of("IpAddress", "not an address")),
        (_of("NumericLessThan", {"Ref": "A"}), _of("NumericLessThan", "10")),
        (_of("ForAnyValue:StringEquals", "1"), _of("StringEquals", "1")),
        ({"Ref": "A"}, {"Ref": "B"}),
        ({"StringEquals": {"Ref": "A"}}, {"StringEquals": {"Ref": "B"}}),
    ],
)
def test_neither_condition_implies_the_other(one: Any, other: Any) -> None:
    """What cannot be shown is not implied; each condition implies itself."""
    first, second = conditions(one), conditions(other)

    assert not implies(first, second)
    assert not implies(second, first)
    assert implies(first, first)
    assert implies(first, conditions(None))
