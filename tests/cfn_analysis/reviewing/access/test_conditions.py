"""Conditions of statements: what implies what."""

from pathlib import Path
from typing import Any

import pytest

from cfn_analysis.reviewing.access.conditions import conditions, implies
from tests.data import read_yaml

ROWS = read_yaml(Path(__file__).with_name("conditions.yaml"))


@pytest.mark.parametrize(("narrow", "wide"), ROWS["test_one_condition_implies_another"])
def test_one_condition_implies_another(narrow: Any, wide: Any) -> None:
    """The narrower one implies the wider one, and not the other way around."""
    first, second = conditions(narrow), conditions(wide)

    assert implies(first, second)
    assert implies(second, first) is (narrow == wide or first[0][:6] == second[0][:6])


@pytest.mark.parametrize(("first", "second"), ROWS["test_neither_condition_implies_the_other"])
def test_neither_condition_implies_the_other(first: Any, second: Any) -> None:
    """What cannot be shown is not implied; each condition implies itself."""
    of_first, of_second = conditions(first), conditions(second)

    assert not implies(of_first, of_second)
    assert not implies(of_second, of_first)
    assert implies(of_first, of_first)
    assert implies(of_first, conditions(None))
