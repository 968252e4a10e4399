"""README.md: what it shows of the commands is what they print."""

import re
from functools import cache
from pathlib import Path

import pytest

from cfn_analysis import Review, Side, as_text, review, template
from csr_templates import database, render
from csr_templates.naming import VERSION

from .pages import ROOT, in_each_language, read

READMES = in_each_language(ROOT / "README.md", ROOT / "README.ja.md")
LONGEST = {ROOT / "README.md": 150, ROOT / "README.ja.md": 150, ROOT / "CONTRIBUTING.md": 250}  # lines

in_each_readme = pytest.mark.parametrize("path", READMES, ids=lambda path: path.name)


def edited(logical_id: str, threshold: int) -> Side:
    """Return the database stack with a threshold, and the values of production, which are the defaults."""
    t = database.build()
    t.resources[logical_id].Threshold = threshold
    return template(render(t.to_dict()), "ap-northeast-1", stack="database", name="database.yaml")


@cache
def review_of(logical_id: str, before: int, after: int) -> Review:
    """Return the review of an edited threshold."""
    return review(edited(logical_id, before), edited(logical_id, after))


@in_each_readme
def test_the_shown_review_is_what_the_command_prints(path: Path) -> None:
    """The review of the example's edit has these lines, whatever the threshold is today."""
    text = path.read_text("utf-8")
    (shown,) = re.findall(r"<!-- review of the example -->\n```\n(.*?)```", text, re.DOTALL)
    ((before, after),) = re.findall(r"Threshold: (\d+) -> (\d+)", shown)
    (logical_id,) = re.findall(r"^grep .*'\"(\w+)\"'", text, re.MULTILINE)

    assert shown.rstrip() in as_text(review_of(logical_id, int(before), int(after)))
    assert f"Threshold={before}," in text
    assert len([line for line in shown.splitlines() if line]) <= 10


@pytest.mark.parametrize("path", in_each_language(*LONGEST), ids=lambda path: path.name)
def test_the_first_pages_are_short(path: Path) -> None:
    """What does not fit is on a page of docs/."""
    assert len(path.read_text("utf-8").splitlines()) <= LONGEST[path]


@in_each_readme
def test_the_readme_shows_the_cost(path: Path) -> None:
    """The build writes the cost of each stack."""
    assert "<!-- generated: cost-by-stack -->" in read(path).prose


@in_each_readme
def test_the_version_is_the_newest_of_the_changelog(path: Path) -> None:
    """The package, its code, the README and the newest section of CHANGELOG.md name the same version."""
    released = re.search(
        r"^## (\d+\.\d+\.\d+) - \d{4}-\d\d-\d\d$", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.M
    )

    assert released
    assert f"\nversion = {released[1]}\n" in (ROOT / "setup.cfg").read_text("utf-8")
    assert released[1] == VERSION
    assert set(re.findall(r"\d+\.\d+\.\d+", "\n".join(read(path).prose))) == {released[1]}


def linked_from(page: Path) -> set[Path]:
    """Return the files that a page links to."""
    return {(page.parent / link.partition("#")[0]).resolve() for link in read(page).links()}


def test_every_page_is_reached_from_the_index() -> None:
    """The README leads to the index of the readers, and the index to each page of docs/."""
    index = ROOT / "docs" / "README.md"
    pages = {path for path in (ROOT / "docs").glob("*.md") if not path.name.endswith(".ja.md")}

    assert index in linked_from(ROOT / "README.md")
    assert pages - linked_from(index) == {index}
