"""The page about preflight: its checks, options and keys are those of the command."""

import argparse
import json
import re

from csr_templates.cli import preflight
from csr_templates.hand_over import operator_policies
from csr_templates.preflight import report
from csr_templates.preflight.checks.listing import CHECKS
from csr_templates.preflight.facts import Facts, FactsHeader
from csr_templates.preflight.needs import Needs
from csr_templates.preflight.results import STATUSES, Result

from .pages import OPERATIONS, PREFLIGHT, read, spans

PAGE = read(PREFLIGHT)


def test_every_check_is_listed_with_what_it_holds() -> None:
    """In the order of the report, in the words of the code."""
    rows = PAGE.table("The checks").rows

    assert rows == [[f"`{check.name}`", check.summary] for check in CHECKS]
    assert len({check.name for check in CHECKS}) == len(CHECKS)


def test_every_option_is_explained() -> None:
    """The table has every option of the command, and no other one."""
    parser = argparse.ArgumentParser(add_help=False)
    preflight.add_arguments(parser)
    shown = [action for action in parser._actions if action.help != argparse.SUPPRESS]
    options = {option for action in shown for option in action.option_strings}
    listed = {
        word
        for row in PAGE.table("Run it").rows
        for span in spans(row[0])
        for word in re.findall(r"--[a-z0-9-]+", span)
    }

    assert listed == options


def test_every_status_and_key_is_explained() -> None:
    """The statuses in their order, and the keys of the report as JSON."""
    needed = Needs("dev", "shop", "123456789012", [], ())
    facts = Facts(FactsHeader("shop", "dev", "123456789012", "arn", "2026-11-26T00:00:00Z"))
    result = Result("zones", "a", "network", "PASS", "It is there.")
    document = json.loads(report.as_json([result], needed, facts))
    rows = PAGE.table("The report as JSON").rows

    assert [row[0].strip("`") for row in PAGE.table("Results").rows] == list(STATUSES)
    assert {key for row in rows for key in spans(row[0])} == set(document)
    assert set(spans(rows[-1][1])) - {"UNKNOWN"} == set(document["results"][0])


def test_the_policy_is_named() -> None:
    """By the path that a build writes it to."""
    assert f"`out/{operator_policies.path(operator_policies.PREFLIGHT)}`" in "\n".join(PAGE.prose)


def test_sections_that_remedies_name_are_there() -> None:
    """A remedy that names a page and a section of it leads somewhere."""
    import inspect

    from csr_templates.preflight import checks, results
    from csr_templates.preflight.checks import listing

    modules = [getattr(listing, name) for name in dir(listing) if inspect.ismodule(getattr(listing, name))]
    sources = "".join(
        re.sub(r'"\s*f?"', "", inspect.getsource(module))
        for module in [*modules, *_helpers(), checks, results]
    )
    named = set(re.findall(r"docs/([a-z-]+\.md)[ ,(]+([A-Z][\w \'-]+?)[).,]", sources))
    headings = {
        path.name: {title for _, title in read(path).headings} for path in OPERATIONS.parent.glob("*.md")
    }

    assert len(named) >= 8
    assert [one for one in named if one[1] not in headings[one[0]]] == []


def _helpers() -> list[object]:
    from csr_templates.preflight.checks import names, quotas

    return [names, quotas]
