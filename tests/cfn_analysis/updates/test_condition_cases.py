"""``condition_cases``: what a changed condition can do where deployed values are not known."""

from pathlib import Path
from typing import Any

import pytest

from cfn_analysis.model.rendering import load
from cfn_analysis.updates.condition_cases import formula_cases

from .sets import resolved

ROWS = load(Path(__file__).with_name("condition_cases.yaml").read_text("utf-8"))
PARAMETERS: dict[str, Any] = {
    **{name: {"Type": "String"} for name in ("Open", "Other", "A", "B", "C", "D")},
    "Choice": {"Type": "Number", "AllowedValues": [1, 2]},
    "List": {"Type": "CommaDelimitedList"},
}
SECTIONS = {
    "Parameters": PARAMETERS,
    "Mappings": {"Sizes": {"a": {"Size": 1}, "b": {"Size": 2}}},
    "Resources": {},
}


@pytest.mark.parametrize(("old", "new", "sections", "may_end", "may_begin"), ROWS)
def test_cases(old: Any, new: Any, sections: dict[str, Any], may_end: bool, may_begin: bool) -> None:
    """Both formulas are compared for all values that they distinguish."""
    before = resolved({**SECTIONS, "Conditions": {"C": old}})
    after = resolved({**SECTIONS, **sections, "Conditions": {"D": new}})

    assert formula_cases(before["a"], after["a"], "C", "D") == (may_end, may_begin)
