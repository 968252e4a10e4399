"""``docs/permissions.md``: its list of limits of the policies agrees with the corpus of requests."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from cfn_analysis.model.built_stack import BuiltStack
from csr_templates.assembly.files import Assembly
from csr_templates.hand_over.deploy_actions import is_read, required_actions
from csr_templates.hand_over.deploy_policies import iam_policies
from tests.csr_templates.hand_over.corpus import requests
from tests.csr_templates.hand_over.test_deploy_policies import allowed

from .pages import PERMISSIONS, PERMISSIONS_JA, ROOT, in_each_language

HEADINGS = {
    PERMISSIONS: "## What the policies cannot limit",
    PERMISSIONS_JA: "## ポリシーでは制限できないこと",
}

READERS = {
    PERMISSIONS: "## What the policies of readers and operators cannot limit",
    PERMISSIONS_JA: "## 読み取り用と運用担当者のポリシーでは制限できないこと",
}
ONLY_A_DEPLOY = {
    PERMISSIONS: "## What only a deploy can show",
    PERMISSIONS_JA: "## 実際のデプロイで確認が必要なこと",
}
STEP_NUMBERS = re.compile(
    r"steps?\s+([0-9]+)(?:\s(?:to|and)\s([0-9]+))?|ステップ ([0-9]+)(?: (?:から|と) ([0-9]+))?"
)


def section_of(page: Path, headings: dict[Path, str]) -> str:
    """Return the text below the heading of this page."""
    return page.read_text(encoding="utf-8").split(f"{headings[page]}\n")[1].split("\n#")[0]


def named(page: Path) -> set[str]:
    """Return the actions that the section about limits names."""
    section = section_of(page, HEADINGS)
    items = "\n".join(re.findall(r"^- .*(?:\n +.*)*", section, re.MULTILINE))
    return set(re.findall(r"`([a-z0-9-]+:[A-Z]\w+)`", items))


@pytest.mark.parametrize("page", in_each_language(*HEADINGS), ids=lambda page: page.name)
def test_page_and_corpus_have_the_same_limits(page: Path) -> None:
    """What the corpus counts as a limit is named; what is named, the corpus shows to be allowed."""
    cases = requests()
    limits = {case.request.action for case in cases if case.expected == "limit"}
    allowed = {case.request.action for case in cases if case.expected == "may"}

    assert limits - named(page) == set()
    assert named(page) - limits - allowed == set()
    assert len(limits) > 15


def still_removing(stack: BuiltStack) -> dict[str, set[str]]:
    """Return each type that can be deleted without the policies for removal -> the actions that delete it."""
    documents = iam_policies(stack)
    everyday, removing = (allowed(documents, removing=removing) for removing in (False, True))
    deletions: dict[str, set[str]] = {}
    for action, requirements in required_actions(stack).items():
        for type_name, handler in requirements:
            if handler == "delete" and not is_read(action) and action != "apigateway:GET":
                deletions.setdefault(type_name, set()).add(action)
    return {
        type_name: actions
        for type_name, actions in deletions.items()
        if actions <= everyday and not actions & removing
    }


@pytest.mark.parametrize("page", in_each_language(*HEADINGS), ids=lambda page: page.name)
def test_page_names_what_is_deleted_without_the_policies_for_removal(
    built: dict[str, BuiltStack], page: Path
) -> None:
    """For each such type, the page names an action that deletes it."""
    types: dict[str, set[str]] = {}
    for stack in built.values():
        types |= still_removing(stack)

    assert len(types) > 5
    assert [type_name for type_name, actions in types.items() if not actions & named(page)] == []


@pytest.mark.parametrize("page", in_each_language(*READERS), ids=lambda page: page.name)
def test_readers_have_what_the_page_names(assembly: Assembly, page: Path) -> None:
    """The first column names only actions that a policy of a reader or operator allows."""
    allowed_to_any: set[str] = set()
    for path, content in assembly.files.items():
        if path.startswith("operator-policies/"):
            for statement in json.loads(content)["Statement"]:
                allowed_to_any.update(statement["Action"])
    rows = re.findall(r"^\| ([^|]*`[^|]*) \|", section_of(page, READERS), re.MULTILINE)
    actions = set(re.findall(r"`([a-z0-9-]+:[A-Z]\w+)`", "\n".join(rows)))

    assert len(actions) > 10
    assert actions - allowed_to_any == set()


def points(page: Path) -> Iterator[str]:
    """Yield what only a deploy can show, point by point."""
    yield from re.findall(r"^- .*(?:\n +.*)*", section_of(page, ONLY_A_DEPLOY), re.MULTILINE)


def steps_of(point: str) -> set[str]:
    """Return the numbers of the steps that a point names."""
    numbers: set[str] = set()
    for groups in STEP_NUMBERS.findall(point):
        numbers.update(groups)
    return numbers - {""}


@pytest.mark.parametrize("page", in_each_language(*ONLY_A_DEPLOY), ids=lambda page: page.name)
def test_the_trial_has_a_step_for_each_point(page: Path) -> None:
    """Each point of the page names the steps of the trial that show it, in both languages the same."""
    steps = re.findall(r"^\*\*([0-9]+)\. ", (ROOT / "docs" / "trial.md").read_text("utf-8"), re.MULTILINE)
    named_steps = [steps_of(point) for point in points(page)]

    assert len(named_steps) > 9
    assert [point for point, numbers in zip(points(page), named_steps, strict=True) if not numbers] == []
    assert set[str]().union(*named_steps) <= set(steps)
    assert named_steps == [steps_of(point) for point in points(PERMISSIONS)]
