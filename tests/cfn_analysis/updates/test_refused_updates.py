"""``refused_updates``: changes that AWS does not allow."""

from pathlib import Path
from typing import Any

import pytest

from cfn_analysis.model.rendering import load
from cfn_analysis.model.schemas import property_schema
from cfn_analysis.model.three_valued import UNKNOWN, YES
from cfn_analysis.updates.refused_updates import REFUSED, refused_changes
from cfn_analysis.updates.update_exceptions import ChangedProperties

ROWS = load(Path(__file__).with_name("refused_updates.yaml").read_text("utf-8"))


def test_rows_name_properties_of_the_schemas() -> None:
    """A misspelled type or property would never be found."""
    rows = [row.property.split(".") for row in REFUSED]

    assert [row for row in rows if not property_schema(row[0], "us-east-1", (row[1],))] == []


@pytest.mark.parametrize(("kind", "before", "after", "certain"), ROWS)
def test_refusals(kind: str, before: dict[str, Any], after: dict[str, Any], certain: list[bool]) -> None:
    """AWS rejects some changes always, and others in some cases."""
    names = {name for name in {*before, *after} if before.get(name) != after.get(name)}
    refused = list(refused_changes(kind, names, ChangedProperties(before, after, {})))

    assert [applies for _, applies in refused] == [YES if sure else UNKNOWN for sure in certain]
    assert all(refusal.source.startswith("https://docs.aws.amazon.com/") for refusal, _ in refused)
