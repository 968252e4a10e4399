"""Grouping of equal changes, and the parts of long texts that differ."""

from typing import Any

from cfn_analysis.reviewing.digest import stack_digests


def digest(
    **bodies: tuple[str, str],
) -> list[tuple[tuple[str, ...], list[tuple[str, str | None, str | None]]]]:
    """Return the environments and the causes of each change of a dashboard; ``bodies`` by environment."""
    environments = []
    for name, (before, after) in bodies.items():
        cause = {"property": "DashboardBody", "before": before, "after": after, "chain": ["api.py"]}
        board: dict[str, Any] = {"logicalId": "Board", "change": "update", "causes": [cause]}
        stack = {"name": "api", "region": "r", "parameters": [], "resources": [board], "outputs": []}
        environments.append({"name": name, "stacks": [stack]})
    ((*groups,),) = [one.resources for one in stack_digests({"environments": environments})]
    return [
        (one.where, [(cause["property"], cause["before"], cause["after"]) for cause in one.entry["causes"]])
        for alike in groups
        for one in alike
    ]


def test_lines_that_differ() -> None:
    """Of a text of several lines, the lines that differ are shown. A comma at the end is not a difference."""
    before, after = "[\n{a: 1},\n{b: 1}\n]", "[\n{a: 2},\n{b: 1},\n{c: 1}\n]"

    assert digest(dev=(before, after), prod=(after, before)) == [
        (("dev",), [("DashboardBody (line)", "{a: 1}", "{a: 2}"), ("DashboardBody (line)", None, "{c: 1}")]),
        (("prod",), [("DashboardBody (line)", "{a: 2}", "{a: 1}"), ("DashboardBody (line)", "{c: 1}", None)]),
    ]


def test_equal_differences_of_different_texts() -> None:
    """Environments with the same difference are one group, although prod has further lines."""
    found = digest(dev=("[\na: 1\n]", "[\na: 2\n]"), prod=("[\na: 1\nb: 1\n]", "[\na: 2\nb: 1\n]"))

    assert found == [(("dev", "prod"), [("DashboardBody (line)", "a: 1", "a: 2")])]


def test_texts_without_differing_lines() -> None:
    """A text of one line, and texts that differ only in commas and indentation, are shown as they are."""
    for before, after in (("a: 1", "a: 2"), ("[\na\n]", "[\na,\n]"), ("[\na\n]", "a")):
        assert digest(dev=(before, after)) == [(("dev",), [("DashboardBody", before, after)])]
