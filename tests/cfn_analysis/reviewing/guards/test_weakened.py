"""Messages about weakened guards."""

from pathlib import Path
from typing import Any

import pytest

from tests.data import read_yaml

from ..templates import resources, reviewed, risks

ROWS = read_yaml(Path(__file__).with_name("weakened.yaml"))


@pytest.mark.parametrize(("kind", "before", "after", "message"), ROWS["test_guards"])
def test_guards(kind: str, before: dict[str, Any], after: dict[str, Any], message: str | None) -> None:
    """The message describes the effect of the new value; what is not weaker has none."""
    old, new = (
        {**resources(It=(kind, side)), "Parameters": {"P": {"Type": "Number"}}} for side in (before, after)
    )

    assert risks(reviewed(old, new)).get(("guard", "It")) == (message and f"It: {message}.")
