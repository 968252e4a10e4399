"""``cases``: the values of properties determine whether a change replaces, interrupts or fails."""

from pathlib import Path
from typing import Any

import pytest

from cfn_analysis.model.rendering import load
from cfn_analysis.model.three_valued import UNKNOWN, YES
from cfn_analysis.updates.cases import ChangedProperties
from cfn_analysis.updates.effects import Effect, effect_of_values, note_on_change, refused_changes

REGION = "us-east-1"
ROWS = load(Path(__file__).with_name("cases.yaml").read_text("utf-8"))


@pytest.mark.parametrize(("kind", "name", "before", "after", "attributes", "effect"), ROWS["replaces"])
def test_values_decide(
    kind: str,
    name: str,
    before: dict[str, Any],
    after: dict[str, Any],
    attributes: dict[str, Any],
    effect: str,
) -> None:
    """If the schema lists a property as conditional, the values determine the case."""
    changed = ChangedProperties(before, after, attributes)

    assert effect_of_values(kind, REGION, (name,), changed) is Effect[effect]


@pytest.mark.parametrize(("kind", "before", "after", "certain"), ROWS["refused"])
def test_refusals(kind: str, before: dict[str, Any], after: dict[str, Any], certain: list[bool]) -> None:
    """AWS rejects some changes always, and others in some cases."""
    names = {name for name in {*before, *after} if before.get(name) != after.get(name)}
    refused = refused_changes(kind, names, ChangedProperties(before, after, {}))

    assert [applies for _, applies in refused] == [YES if sure else UNKNOWN for sure in certain]


@pytest.mark.parametrize(("kind", "name", "before", "after", "noted"), ROWS["quiet"])
def test_some_values_interrupt_nothing(kind: str, name: str, before: Any, after: Any, noted: bool) -> None:
    """A note is omitted if the values are known not to interrupt."""
    family = {"Family": "aurora-mysql8.0"}
    changed = ChangedProperties({name: before, **family}, {name: after, **family}, {})

    assert (note_on_change(kind, (name,), changed) is not None) is noted


@pytest.mark.parametrize(("kind", "before", "after", "does"), ROWS["static"])
def test_static_parameters_restart_instances(
    kind: str, before: dict[str, Any], after: dict[str, Any], does: str
) -> None:
    """A static parameter restarts the instances for certain, an unknown one perhaps."""
    family = {"Family": "aurora-mysql8.0"}
    changed = ChangedProperties({"Parameters": before, **family}, {"Parameters": after, **family}, {})
    note = note_on_change(kind, ("Parameters",), changed)

    assert note is not None
    assert note.does == does
    assert note.interrupts is (UNKNOWN if "if a parameter is static" in does else YES)
