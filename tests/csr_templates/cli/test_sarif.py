"""Lint findings and risks as one SARIF document."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from cfn_analysis.linting.runner import Finding
from cfn_analysis.model.wiring import Node
from cfn_analysis.reviewing import report, sentences
from cfn_analysis.reviewing.findings import risk
from csr_templates.cli import main as cli
from csr_templates.cli import sarif
from tests.cfn_analysis.reviewing.own_changes import own_side, properties, with_template
from tests.cfn_analysis.reviewing.own_openings import OPENINGS

ROOT = Path(__file__).resolve().parents[3]


def place(result: dict[str, Any]) -> tuple[str, int]:
    """Return file and line of a result."""
    (location,) = result["locations"]
    physical = location["physicalLocation"]
    return physical["artifactLocation"]["uri"], physical["region"]["startLine"]


def test_risks_are_on_the_lines_that_a_person_edits(monkeypatch: pytest.MonkeyPatch) -> None:
    """A risk has the line of the module that creates the resource, or the line of the template."""
    monkeypatch.chdir(ROOT)
    side = own_side()
    review = report.review(side, OPENINGS["key requirement dropped"](side))

    (result,) = sarif.review_results(review)

    assert (result.rule, result.level, result.file) == (
        "opens",
        "warning",
        "src/csr_templates/stacks/api.py",
    )
    assert "ProxyGetMethod" in (ROOT / result.file).read_text("utf-8").splitlines()[result.line - 1]
    (bare,) = sarif.review_results(review._replace(sources={}))
    assert bare.file == "out/api.yaml"
    assert (ROOT / bare.file).read_text("utf-8").splitlines()[bare.line - 1] == "  ProxyGetMethod:"
    guard = risk("guard", Node("api", ""), sentences.TERMINATION_UNPROTECTED, stack="api")
    (stack,) = sarif.review_results(review._replace(risks=[guard._replace(environments=("prod",))]))
    assert (stack.file, stack.line, stack.message) == (
        "out/api.yaml",
        1,
        "The termination protection of the stack api is disabled: it can be deleted. (prod)",
    )


def test_a_change_with_an_effect_is_a_note(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is at the line of the resource, with both values and what follows."""
    monkeypatch.chdir(ROOT)
    side = own_side()

    def with_less_memory(template: dict[str, Any]) -> None:
        properties(template, "ApiFunction")["Timeout"] = 3

    review = report.review(side, with_template(side, "api", with_less_memory), ["prod"])
    notes = [result for result in sarif.review_results(review) if result.rule == sarif.EFFECT]

    (note,) = [note for note in notes if "Timeout" in note.message]
    assert (note.level, note.file) == ("note", "src/csr_templates/stacks/api.py")
    assert re.fullmatch(
        r"Effect: api.ApiFunction  Timeout: \d+ -> 3 \(prod\)\. Calls .+ fail.+", note.message
    )


def test_findings_are_on_the_lines_that_a_person_edits() -> None:
    """A finding has the line of the module that creates the resource."""
    finding = Finding(
        "api", "ApiStage", "Resources/ApiStage", "W9999", "informational", "Odd.", "out/api.yaml", 7, ""
    )
    with_source = finding._replace(source="api.py:12", severity="error")

    first, second = sarif.lint_results(own_side(), [finding, with_source])

    assert (first.level, first.file, first.line) == ("note", "out/api.yaml", 7)
    assert (second.level, second.line) == ("error", 12)
    assert second.file.endswith("src/csr_templates/stacks/api.py")


def test_one_upload_of_two_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each run has its category, rules and results. Accepted risks are suppressed, with the reason."""
    monkeypatch.chdir(tmp_path)
    table = "Resources:\n  Logs:\n    Type: AWS::Logs::LogGroup\n    Properties: {RetentionInDays: %s}\n"
    Path("before.yaml").write_text(table % 365, "utf-8")
    Path("after.yaml").write_text(table % 30, "utf-8")
    arguments = ["review", "--before", "before.yaml", "--after", "after.yaml", "--format", "sarif"]

    assert cli.main(arguments) == 1
    document = json.loads(capsys.readouterr().out)

    assert document["version"] == "2.1.0"
    lint, review = document["runs"]
    assert [run["automationDetails"]["id"] for run in (lint, review)] == [
        "csr-templates/lint/",
        "csr-templates/review/",
    ]
    (result,) = review["results"]
    assert (result["ruleId"], result["level"], place(result)) == ("guard", "warning", ("after.yaml", 2))
    assert review["tool"]["driver"]["rules"] == [{"id": "guard"}]
    assert "suppressions" not in result
    assert {place(lint_result)[0] for lint_result in lint["results"]} == {"after.yaml"}

    assert cli.main([*arguments, "--accept", "guard"]) == 0
    accepted = json.loads(capsys.readouterr().out)["runs"][1]["results"][0]
    assert accepted["suppressions"] == [{"kind": "external", "justification": "--accept"}]
    assert accepted["partialFingerprints"] == result["partialFingerprints"]


def test_it_holds_no_more_than_is_shown() -> None:
    """If results are omitted, the run contains their number."""
    results = [sarif.SarifResult("opens", "warning", "m", "a.py", 1, str(number)) for number in range(5_003)]

    run = sarif._run("review", results)

    assert len(run["results"]) == sarif.MOST_RESULTS
    assert run["properties"] == {"resultsLeftOut": 3}
