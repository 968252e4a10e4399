"""Makes a test of every row of the tables in the rules' test files."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from . import harness


class Row(pytest.Item):
    """A row of a table: what the rule finds is what the row says."""

    case: harness.Case

    def runtest(self) -> None:
        """Run the rule on the snippet."""
        case = self.case
        assert bool(case.expected) == self.name.startswith("bad")
        found = harness.findings(harness.rule_of(self.path), case.text, case.regions, case.parameters)
        assert found == case.expected


class RuleTests(pytest.Module):
    """The test file of a rule: its rows, and what test functions it has."""

    def collect(self) -> Iterator[pytest.Item | pytest.Collector]:
        """Yield the rows of both tables, then the functions."""
        for kind in ("GOOD", "BAD"):
            table = getattr(self.obj, kind, None)
            if not table:
                raise self.CollectError(f"{self.path} has no table {kind} of snippets.")
            for case in harness.cases(table, getattr(self.obj, "PATH", "")):
                row: Row = Row.from_parent(self, name=f"{kind.lower()}[{case.name}]")
                row.case = case
                yield row
        yield from super().collect()


def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> pytest.Module | None:
    """Take the files in the folders of the services for test files of rules."""
    if module_path.parent.parent.name != "rules" or module_path.parent.name == "support":
        return None
    made: RuleTests = RuleTests.from_parent(parent, path=module_path)
    return made
