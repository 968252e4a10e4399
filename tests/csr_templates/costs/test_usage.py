"""``usage``: reads a usage file, and shows the mistake of a wrong one."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from csr_templates.costs import usage
from csr_templates.costs.usage import UsageError

STACKS = {"dev": ["api", "site"], "prod": ["api", "site"]}


def test_amounts_are_exact() -> None:
    """Numbers are not rounded on the way."""
    text = '{"prod": {"api": {"api-requests": 7060000, "s3-storage-gb": 0.1}}}'

    found = usage.read(text, "usage.json", STACKS)
    assert found == {"prod": {"api": {"api-requests": Decimal(7060000), "s3-storage-gb": Decimal("0.1")}}}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "Cannot read usage.json: it is not JSON (Expecting property name"),
        ('{"prod": {"api": {"a": NaN}}}', "Cannot read usage.json: it is not JSON (NaN is not a number)."),
        ("[]", 'usage.json: found []. Write an object: {"prod": {"api": {"api-requests": 1000000}}}.'),
        ('{"prod": 1}', "usage.json: prod: found 1. Write an object"),
        (
            '{"prd": {}}',
            "usage.json: prd: there is no such environment. Did you mean 'prod'? Allowed: dev, prod.",
        ),
        ('{"prod": {"web": {}}}', "usage.json: prod.web: there is no such stack. Allowed: api, site."),
        (
            '{"prod": {"api": {"a": -1}}}',
            "usage.json: prod.api.a: found -1. Write the amount in a month as a number that is not negative.",
        ),
        ('{"prod": {"api": {"a": "many"}}}', 'usage.json: prod.api.a: found "many". Write the amount'),
        ('{"prod": {"api": {"a": true}}}', "usage.json: prod.api.a: found true. Write the amount"),
    ],
)
def test_a_wrong_file(text: str, message: str) -> None:
    """The message shows the file, the key, what was found and what is allowed."""
    with pytest.raises(UsageError) as error:
        usage.read(text, "usage.json", STACKS)
    assert str(error.value).startswith(message)


def test_an_item_that_the_stack_does_not_pay() -> None:
    """It is an error, and not 0."""
    found = json.loads('{"api": {"api-request": 1}}')

    with pytest.raises(UsageError) as error:
        usage.check(found, {"api": ["api-requests", "kms-requests"]}, "usage.json", "prod")
    assert str(error.value) == (
        "usage.json: prod.api.api-request: the stack does not pay this item by usage. Did you mean "
        "'api-requests'? Allowed: api-requests, kms-requests."
    )
    usage.check({"api": {"kms-requests": Decimal(1)}}, {"api": ["kms-requests"]}, "usage.json", "prod")
