"""Resources whose logical ID changes, and what only one resource can have."""

from pathlib import Path
from typing import Any

import pytest

from tests.data import read_yaml

from .templates import set_risks, side

Template = dict[str, Any]

ROWS = read_yaml(Path(__file__).with_name("renames.yaml"))


@pytest.mark.parametrize(("kind", "properties", "what"), ROWS["test_a_renamed_resource_that_must_be_unique"])
def test_a_renamed_resource_that_must_be_unique(
    kind: str, properties: dict[str, Any], what: str | None
) -> None:
    """The new resource is created before the old one is deleted, so AWS rejects a second equal one."""
    resource = {"Type": kind, "Properties": properties}
    old, new = (side(network={"Resources": {name: resource}}) for name in ("Old", "New"))
    messages = set_risks(old, new)

    creates = (
        "CloudFormation creates New and then deletes the old one."
        if what is None
        else "The creation of New fails while the old one exists."
    )
    assert messages["rename", "network", "Old"].startswith(
        f"Old and New differ only in the logical ID. {creates} To keep the resource, "
    )
    if what is None:
        assert ("will-fail", "network", "New") not in messages
    else:
        assert messages["will-fail", "network", "New"].startswith(
            f"The deploy fails: New cannot be created, because Old has {what} until it is deleted later in "
            "the deploy. Keep the logical ID, "
        )
