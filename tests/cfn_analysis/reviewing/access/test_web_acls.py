"""Web ACLs: requests that are no longer blocked."""

from pathlib import Path
from typing import Any

import pytest

from tests.data import read_yaml

from ..templates import resources, reviewed, risks

ROWS = read_yaml(Path(__file__).with_name("web_acls.yaml"))


@pytest.mark.parametrize(("before", "after", "message"), ROWS["test_requests_that_are_no_longer_blocked"])
def test_requests_that_are_no_longer_blocked(
    before: dict[str, Any], after: dict[str, Any], message: str | None
) -> None:
    """Each way in which a web ACL blocks fewer requests has its message; more rules have none."""
    old, new = (
        {
            **resources(It=("AWS::WAFv2::WebACL", {"DefaultAction": {"Allow": {}}, **properties})),
            "Parameters": {"P": {"Type": "String"}},
        }
        for properties in (before, after)
    )

    assert risks(reviewed(old, new)).get(("opens", "It")) == (message and f"It: {message}.")
