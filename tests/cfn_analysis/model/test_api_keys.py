"""API keys that templates declare in their Metadata."""

from typing import Any

import pytest

from cfn_analysis.model.api_keys import ApiKeys, accepted_keys, sent_keys
from cfn_analysis.model.built_stack import BuiltStack

SECRETS = {"first": ["key-1"], "both": ["key-1", "key-2"]}
KEYS = ApiKeys("Keys", SECRETS)


@pytest.mark.parametrize(
    ("metadata", "accepted", "sent"),
    [
        ({}, None, None),
        ({"ApiKeys": {"Accepts": {"Parameter": "Keys", "Secrets": SECRETS}}}, KEYS, None),
        ({"ApiKeys": {"Sends": {"Parameter": "Keys", "Secrets": SECRETS}}}, None, KEYS),
        ({"ApiKeys": {"Accepts": {"Parameter": "Keys"}}}, None, None),
        ({"ApiKeys": "a note of another tool"}, None, None),
    ],
    ids=["none", "accepts", "sends", "without secrets", "another form"],
)
def test_declared_keys(metadata: dict[str, Any], accepted: ApiKeys | None, sent: ApiKeys | None) -> None:
    """A template without a declaration in this form declares no keys."""
    stack = BuiltStack("site", "site.yaml", "us-east-1", {"Metadata": metadata})

    assert (accepted_keys(stack), sent_keys(stack)) == (accepted, sent)


@pytest.mark.parametrize(
    ("value", "sent", "included"),
    [
        ("first", "first", True),
        ("both", "first", True),
        ("first", "both", False),
        ("unknown", "first", False),
        ("both", "unknown", False),
    ],
)
def test_keys_that_include_others(value: str, sent: str, included: bool) -> None:
    """All keys of the sender are needed. An undeclared value includes nothing, and is not included."""
    assert KEYS.includes(value, KEYS, sent) is included
