"""``usage``: reads a usage file, and shows the mistake of a wrong one."""

from decimal import Decimal

import pytest

from csr_templates.costs import usage
from csr_templates.costs.usage import UsageError

STACKS = {"dev": ["api", "site"], "prod": ["api", "site"]}


def test_amounts_are_exact() -> None:
    """Numbers are not rounded on the way."""
    text = '{"prod": {"api": {"api-requests": 7060000, "s3-storage-gb": 0.1}}}'

    amounts = usage.read(text, STACKS)
    assert amounts == {"prod": {"api": {"api-requests": Decimal(7060000), "s3-storage-gb": Decimal("0.1")}}}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "it is not JSON (Expecting property name"),
        ('{"prod": {"api": {"a": NaN}}}', "it is not JSON (NaN is not a number)."),
        ("[]", 'the file: found []. Write an object: {"prod": {"api": {"api-requests": 1000}}}.'),
        ('{"prod": 1}', "prod: found 1. Write an object"),
        (
            '{"prd": {}}',
            "prd: There is no such environment. Did you mean 'prod'? Allowed: dev, prod.",
        ),
        ('{"prod": {"web": {}}}', "prod.web: There is no such stack. Allowed: api, site."),
        (
            '{"prod": {"api": {"a": -1}}}',
            "prod.api.a: found -1. Write the amount in a month as a number from 0 to 1,000,000,000,000,000.",
        ),
        ('{"prod": {"api": {"a": 1e400}}}', "prod.api.a: found 1E+400. Write the amount in a month as"),
        ('{"prod": {"api": {"a": 1, "a": 2}}}', "a appears twice. Remove or rename one."),
        ('{"prod": {"api": {"a": "many"}}}', 'prod.api.a: found "many". Write the amount'),
        ('{"prod": {"api": {"a": true}}}', "prod.api.a: found true. Write the amount"),
    ],
)
def test_a_wrong_file(text: str, message: str) -> None:
    """The message shows the file, the key, what was found and what is allowed."""
    with pytest.raises(UsageError) as error:
        usage.read(text, STACKS)
    assert str(error.value).startswith(message)
