"""The report: order, last line, formats, and ignored results."""

import json
from typing import Final

import pytest

from csr_templates.preflight import report
from csr_templates.preflight.facts import Facts, FactsHeader
from csr_templates.preflight.report import IgnoreError
from csr_templates.preflight.resolved_environment import EnvironmentStack, ResolvedEnvironment
from csr_templates.preflight.results import FAIL, PASS, SKIP, UNKNOWN, WARN, CheckResult
from tests.gfm import HOSTILE, structure

NEEDS: Final = ResolvedEnvironment(
    "prod", "shop", "123456789012", [EnvironmentStack("api", "shop-prod-api", "eu-west-1", {}, {}, {})], ()
)
FACTS: Final = Facts(FactsHeader("shop", "prod", "123456789012", "arn", "2026-11-26T00:00:00Z"))
RESULTS: Final = [
    CheckResult("zones", "a", "api", PASS, "The zone a is available."),
    CheckResult("zones", "b", "api", PASS, "The zone b is available."),
    CheckResult(
        "writer", "db", "api", WARN, "There was a failover.", "Fail back.", "aws rds describe-db-clusters"
    ),
    CheckResult(
        "keys",
        "k",
        "api",
        UNKNOWN,
        "kms:ListKeys is not permitted.",
        "Allow it.",
        "aws kms list-keys",
        "permission missing: kms:ListKeys",
    ),
    CheckResult(
        "roles", "r1", "api", FAIL, "There is no role r1.", "Create it.", "aws iam get-role --role-name r1"
    ),
    CheckResult(
        "roles", "r2", "api", FAIL, "There is no role r2.", "Create it.", "aws iam get-role --role-name r2"
    ),
]
BEFORE_DEPLOY: Final = ["zones", "writer", "keys", "roles"]
WHY: Final = "permission missing: kms:ListKeys"
LAST: Final = f"2 failed, 1 unknown, 1 with a warning, 2 passed. Unknown: 1 ({WHY})."


def test_the_text_has_failures_first_and_counts_last() -> None:
    """The correction for several subjects is shown once, and passed checks are only listed."""
    assert (
        report.as_text(RESULTS, NEEDS, FACTS)
        == f"""\
Preflight of prod (api) in account 123456789012, at 2026-11-26T00:00:00Z

FAIL    roles:r1 [api]
        There is no role r1.
        $ aws iam get-role --role-name r1
FAIL    roles:r2 [api]
        There is no role r2.
        $ aws iam get-role --role-name r2
        > Create it.

UNKNOWN keys:k [api]
        kms:ListKeys is not permitted.
        $ aws kms list-keys
        > Allow it.

WARN    writer:db [api]
        There was a failover.
        $ aws rds describe-db-clusters
        > Fail back.

PASS    zones (2)

{LAST}"""
    )


def test_the_markdown_has_the_same_content() -> None:
    """For pull requests and step summaries, counts are also at the top, and passed checks are folded."""
    text = report.as_markdown(RESULTS, NEEDS, FACTS)

    assert text.startswith(
        f"### Preflight of prod (api) in account 123456789012, at 2026-11-26T00:00:00Z\n\n{LAST}\n"
    )
    assert text.endswith(f"<details><summary>passed</summary>\n\n`zones` (2)\n\n</details>\n\n{LAST}")
    assert "\n- **FAIL** `roles:r1` (api)\n  There is no role r1.\n\n  ```sh\n  aws iam get-role" in text
    assert text.count("**To do:** Create it.") == 1


def test_what_was_skipped_is_shown_with_what_to_do() -> None:
    """It is not among the passed results, is counted, and does not make the exit status 1."""
    skipped = CheckResult("drift", "s", "api", SKIP, "The drift is not known.", "Detect it.")
    text = report.as_text([skipped], NEEDS, FACTS)

    assert "SKIP    drift:s [api]\n        The drift is not known.\n        > Detect it." in text
    assert report.last_line([skipped]) == "0 failed, 0 unknown, 0 with a warning, 1 skipped, 0 passed."
    assert not skipped.is_bad


def test_the_json_has_every_result() -> None:
    """JSON contains every result, including passed ones, with stable keys."""
    document = json.loads(report.as_json(RESULTS, NEEDS, FACTS))

    assert document["counts"] == {"FAIL": 2, "UNKNOWN": 1, "WARN": 1, "SKIP": 0, "PASS": 2, "ignored": 0}
    assert [result["status"] for result in document["results"]] == [
        "FAIL",
        "FAIL",
        "UNKNOWN",
        "WARN",
        "PASS",
        "PASS",
    ]
    assert document["results"][2] == {
        "check": "keys",
        "id": "k",
        "stack": "api",
        "status": "UNKNOWN",
        "ignored": False,
        "sentence": "kms:ListKeys is not permitted.",
        "remedy": "Allow it.",
        "command": "aws kms list-keys",
        "why": "permission missing: kms:ListKeys",
    }
    assert (document["environment"], document["account"], document["stacks"]) == (
        "prod",
        "123456789012",
        ["api"],
    )


def test_an_ignored_result_is_shown_and_does_not_count() -> None:
    """A check, or one of its subjects, can be ignored. Other results still count."""
    results = report.ignore(RESULTS, ["keys", "roles:r1"])

    assert [result.subject for result in results if result.is_bad] == ["r2"]
    text = report.as_text(results, NEEDS, FACTS)
    assert "FAIL    roles:r1 [api] (ignored)" in text
    assert text.index("roles:r2") < text.index("roles:r1")
    assert text.endswith("1 failed, 0 unknown, 1 with a warning, 2 passed, 2 ignored.")


def test_only_failed_and_unknown_results_count() -> None:
    """Warnings do not count."""
    assert [result.subject for result in RESULTS if result.is_bad] == ["k", "r1", "r2"]


@pytest.mark.parametrize(
    ("ignored", "sentence"),
    [
        ("role", "There is no check role. Did you mean 'roles'? The checks are listed in docs/preflight.md."),
        ("nothing-alike:x", "There is no check nothing-alike. The checks are listed in docs/preflight.md."),
        (":x", "There is no check ''. The checks are listed in docs/preflight.md."),
    ],
)
def test_an_unknown_check_is_refused(ignored: str, sentence: str) -> None:
    """The message lists a similar check, because an unknown name would have no effect."""
    with pytest.raises(IgnoreError) as refusal:
        report.require_checks([ignored], BEFORE_DEPLOY)

    assert str(refusal.value) == sentence


def _with(value: str) -> tuple[list[CheckResult], ResolvedEnvironment, Facts]:
    """Return results, needs and facts with a value in each text that an account or a folder determines."""
    failed = CheckResult(
        value, value, value, FAIL, f"There is no {value}.", f"Create {value}.", f"aws iam {value}"
    )
    unknown = CheckResult("keys", value, value, UNKNOWN, value, value, value, value)
    stack = EnvironmentStack(value, value, "eu-west-1", {}, {}, {})
    environment = ResolvedEnvironment(value, "shop", "123456789012", [stack], ())
    return [failed, unknown], environment, Facts(FactsHeader("shop", value, value, value, value))


@pytest.mark.parametrize("value", HOSTILE)
def test_a_hostile_value_is_text(value: str) -> None:
    """In Markdown it adds no structure, and in a terminal no control character and no line of its own."""
    markdown = report.as_markdown(*_with(value))
    text = report.as_text(*_with(value))

    assert structure(markdown) == structure(report.as_markdown(*_with("ordinary")))
    assert all(line.isprintable() for line in text.split("\n"))
    assert len(text.split("\n")) == len(report.as_text(*_with("ordinary")).split("\n"))
