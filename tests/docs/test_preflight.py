"""The pages about preflight and verify: their checks, options and keys are those of the commands."""

import argparse
import inspect
import json
import re
from collections.abc import Sequence
from typing import Any, NamedTuple

import pytest

from csr_templates.cli import preflight, verify
from csr_templates.hand_over import operator_policies
from csr_templates.preflight import deployed_resources, fixed_names, quotas, report, results
from csr_templates.preflight.facts import Facts, FactsHeader
from csr_templates.preflight.resolved_environment import ResolvedEnvironment
from csr_templates.preflight.results import STATUSES, Check, CheckResult
from csr_templates.preflight.services import listing

from .pages import OPERATIONS, PREFLIGHT, Page, read, spans

VERIFY = PREFLIGHT.with_name("verify.md")


class Command(NamedTuple):
    """A command with its page."""

    page: Page
    module: Any
    policy: str
    checks: Sequence[Check]


COMMANDS = [
    Command(read(PREFLIGHT), preflight, operator_policies.PREFLIGHT, listing.BEFORE_DEPLOY),
    Command(read(VERIFY), verify, operator_policies.VERIFY, listing.AFTER_DEPLOY),
]
MODULES = [
    results,
    fixed_names,
    quotas,
    deployed_resources,
    *(module for _, module in inspect.getmembers(listing, inspect.ismodule)),
]
"""The modules with remedies."""
each_command = pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.policy)


@each_command
def test_every_check_is_listed_with_what_it_holds(command: Command) -> None:
    """In the order of the report, in the words of the code."""
    rows = command.page.table("The checks").rows

    assert rows == [[f"`{check.name}`", check.summary] for check in command.checks]
    assert len({check.name for check in command.checks}) == len(command.checks)


@each_command
def test_every_option_is_explained(command: Command) -> None:
    """The table has every option of the command, and no other one."""
    parser = argparse.ArgumentParser(add_help=False)
    command.module.add_arguments(parser)
    shown = set(re.findall(r"(?<![\w-])--[a-z0-9-]+", parser.format_usage()))
    listed: set[str] = set()
    for row in command.page.table("Run it").rows:
        for span in spans(row[0]):
            listed.update(re.findall(r"--[a-z0-9-]+", span))

    assert listed == shown


@each_command
def test_every_status_is_explained(command: Command) -> None:
    """The statuses in their order."""
    assert [row[0].strip("`") for row in command.page.table("Results").rows] == list(STATUSES)


def test_every_key_is_explained() -> None:
    """The keys of the report as JSON."""
    environment = ResolvedEnvironment("dev", "shop", "123456789012", [], ())
    facts = Facts(FactsHeader("shop", "dev", "123456789012", "arn", "2026-11-26T00:00:00Z"))
    result = CheckResult("zones", "a", "network", "PASS", "It is there.")
    document = json.loads(report.as_json([result], environment, facts))
    rows = COMMANDS[0].page.table("The report as JSON").rows

    keys: set[str] = set()
    for row in rows:
        keys.update(spans(row[0]))
    assert keys == set(document)
    assert set(spans(rows[-1][1])) - {"UNKNOWN"} == set(document["results"][0])


@each_command
def test_the_policy_is_named(command: Command) -> None:
    """By the path that a build writes it to."""
    assert f"`out/{operator_policies.path(command.policy)}`" in "\n".join(command.page.prose)


def test_sections_that_remedies_name_are_there() -> None:
    """A remedy that names a page and a section of it leads somewhere."""
    sources = "".join(re.sub(r'"\s*f?"', "", inspect.getsource(module)) for module in MODULES)
    named = set(re.findall(r"docs/([a-z-]+\.md)[ ,(]+([A-Z][\w \'-]+?)[).,]", sources))
    headings = {}
    for path in OPERATIONS.parent.glob("*.md"):
        headings[path.name] = {title for _, title in read(path).headings}
    pages = set(re.findall(r"docs/([a-z-]+\.md)", sources))

    assert len(named) >= 8
    assert [name for name in named if name[1] not in headings[name[0]]] == []
    assert pages <= set(headings)
