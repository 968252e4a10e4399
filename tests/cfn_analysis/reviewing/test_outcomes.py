"""The effect on the data of a resource that is removed."""

from pathlib import Path
from typing import Any

import pytest

from tests.data import read_yaml

from .templates import changed, resources

ROWS = read_yaml(Path(__file__).with_name("outcomes.yaml"))


@pytest.mark.parametrize(("kind", "properties", "data"), ROWS["test_the_data_of_a_removed_resource"])
def test_the_data_of_a_removed_resource(kind: str, properties: dict[str, Any], data: str) -> None:
    """Protection, and data that must be deleted first, stop the deletion of the resource, not of its data."""
    entry = changed(resources(It=(kind, properties)), {"Resources": {}})["It"]

    assert (entry["change"], entry["data"]) == ("remove", data)
