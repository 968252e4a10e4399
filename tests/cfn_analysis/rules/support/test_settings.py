"""The tables of settings that do not fit together."""

from collections.abc import Mapping, Sequence

import pytest

from cfn_analysis.rules.settings.settings_that_do_not_fit import ROWS, SettingsThatDoNotFit
from cfn_analysis.rules.support.rule import Rule
from cfn_analysis.rules.support.settings import Row
from cfn_analysis.rules.template.weak_setting import ROWS as WEAK_ROWS
from cfn_analysis.rules.template.weak_setting import WeakSetting
from tests.data import read_yaml

from ..harness import file_of_tests, rows_of


@pytest.mark.parametrize(
    ("rule", "rows"), [(SettingsThatDoNotFit, ROWS), (WeakSetting, WEAK_ROWS)], ids=["E9735", "W9516"]
)
def test_each_row_finds_something(rule: type[Rule], rows: Mapping[str, Sequence[Row]]) -> None:
    """Each row of the table has a template in which it is the finding."""
    cases = rows_of(read_yaml(file_of_tests(rule)), "bad")
    messages = " ".join(message for case in cases for _, message in case.expected)

    assert [row.effect for listed in rows.values() for row in listed if row.effect not in messages] == []
