"""Makes a test of every row of the tables in the rules' test files."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from tests.data import read_yaml

from . import harness


class Row(pytest.Item):
    """A row of a table: what the rule finds is what the row says."""

    case: harness.Case

    def runtest(self) -> None:
        """Run the rule on the snippet."""
        case = self.case
        assert bool(case.expected) == self.name.startswith("bad")
        rule = harness.rule_of(self.path)
        assert harness.findings(rule, case.text, case.regions, case.parameters) == case.expected


class RuleTests(pytest.Module):
    """The Python test file of a rule: its rows, and what test functions it has."""

    def collect(self) -> Iterator[pytest.Item | pytest.Collector]:
        """Yield the rows of both tables, then the functions."""
        for kind in ("GOOD", "BAD"):
            table = getattr(self.obj, kind, None)
            if not table:
                raise self.CollectError(f"{self.path} has no table {kind} of snippets.")
            yield from _rows(self, kind.lower(), harness.cases(table, getattr(self.obj, "PATH", "")))
        yield from super().collect()


class RuleFile(pytest.File):
    """The YAML test file of a rule."""

    def collect(self) -> Iterator[pytest.Item | pytest.Collector]:
        """Yield the rows of both tables."""
        content = read_yaml(self.path)
        for kind in ("good", "bad"):
            if not content.get(kind):
                raise self.CollectError(f"{self.path} has no table {kind} of snippets.")
            yield from _rows(self, kind, harness.rows_of(content, kind))


def _rows(parent: pytest.Collector, kind: str, cases: Iterable[harness.Case]) -> Iterator[Row]:
    for case in cases:
        row: Row = Row.from_parent(parent, name=f"{kind}[{case.name}]")
        row.case = case
        yield row


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Take the YAML files in the folders of the services for test files of rules."""
    if file_path.suffix != ".yaml" or file_path.parent.parent.name != "rules":
        return None
    file: RuleFile = RuleFile.from_parent(parent, path=file_path)
    return file


def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> pytest.Module | None:
    """Take the files in the folders of the services for test files of rules."""
    if module_path.parent.parent.name != "rules" or module_path.parent.name == "support":
        return None
    module: RuleTests = RuleTests.from_parent(parent, path=module_path)
    return module
