"""The smallest version number that allows a change, and the notes for the owner of a stack."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from csr_templates.cli import folders
from csr_templates.cli import main as cli
from csr_templates.reviewing import release, report, sides
from csr_templates.reviewing.release import MAJOR, MINOR, NEVER, PATCH, Version

from .own_changes import CHANGES, OUT, own_side

QUEUE = {"Type": "AWS::SQS::Queue", "Properties": {"VisibilityTimeout": 30}}
NAMED = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "jobs"}, "UpdateReplacePolicy": "Retain"}
ALARM: dict[str, Any] = {
    "Type": "AWS::CloudWatch::Alarm",
    "Properties": {
        "AlarmDescription": "a",
        "ComparisonOperator": "GreaterThanThreshold",
        "EvaluationPeriods": 1,
        "MetricName": "E",
        "Namespace": "A",
        "Period": 60,
        "Statistic": "Sum",
        "Threshold": 1,
    },
}


def template(parameters: Mapping[str, Any] | None = None, **resources: Any) -> dict[str, Any]:
    """Return a template with a topic, so that it is never empty."""
    return {"Parameters": parameters or {}, "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}, **resources}}


def changed(resource: Mapping[str, Any], **properties: Any) -> dict[str, Any]:
    """Return a resource with other properties."""
    return {**resource, "Properties": {**resource["Properties"], **properties}}


def reviewed(before: Mapping[str, Any], after: Mapping[str, Any]) -> report.Review:
    """Return the review of two templates."""
    old, new = (
        sides.template("t.json", json.dumps(one).encode(), "us-east-1", {}, "s") for one in (before, after)
    )
    return report.review(old, new)


FLOW = {
    "Type": "AWS::EC2::FlowLog",
    "Properties": {"ResourceId": "vpc-1", "ResourceType": "VPC", "TrafficType": "ALL", "LogDestination": "a"},
}
CASES: dict[str, tuple[dict[str, Any], dict[str, Any], int]] = {
    "nothing": (template(), template(), PATCH),
    "a text": (template(A=ALARM), template(A=changed(ALARM, AlarmDescription="b")), PATCH),
    "a threshold": (template(A=ALARM), template(A=changed(ALARM, Threshold=2)), MINOR),
    "a resource more": (template(), template(A=ALARM), MINOR),
    "a resource less": (template(A=ALARM), template(), MAJOR),
    "a parameter with a default": (template(), template({"P": {"Type": "String", "Default": "x"}}), MINOR),
    "a parameter without one": (template(), template({"P": {"Type": "String"}}), MAJOR),
    "a parameter less": (template({"P": {"Type": "String", "Default": "x"}}), template(), MAJOR),
    "what holds no data replaced": (template(F=FLOW), template(F=changed(FLOW, TrafficType="REJECT")), MINOR),
    "what is named replaced": (template(Q=NAMED), template(Q=changed(NAMED, QueueName="tasks")), MAJOR),
    "data lost": (template(Q=QUEUE), template(Q=changed(QUEUE, QueueName="tasks")), NEVER),
    "a policy": (template(Q=QUEUE), template(Q={**QUEUE, "DeletionPolicy": "Retain"}), MINOR),
}


def test_the_promise() -> None:
    """The tests cover each row of the table in CONTRIBUTING.md."""
    found = {name: release.level(reviewed(before, after)) for name, (before, after, _) in CASES.items()}

    assert found == {name: level for name, (*_, level) in CASES.items()}


def test_our_own_stacks() -> None:
    """Changed thresholds and sizes are minor. Interruptions and changes that break importers are major."""
    side = own_side()
    expected = {
        "threshold": MINOR,
        "memory": MINOR,
        "engine version": MAJOR,
        "export renamed": MAJOR,
    }

    found = {name: release.level(report.review(side, CHANGES[name](side), ["prod"])) for name in expected}

    assert found == expected


def test_numbers() -> None:
    """Before 1.0, a minor version allows the same changes as a major version."""
    assert release.version("v0.1.0") == release.version("0.1.0") == Version(0, 1, 0)
    assert release.version("main") is None
    assert [str(Version(0, 1, 3).raised(level)) for level in (PATCH, MINOR, MAJOR)] == [
        "0.1.4",
        "0.2.0",
        "0.2.0",
    ]
    assert [str(Version(1, 2, 3).raised(level)) for level in (PATCH, MINOR, MAJOR)] == [
        "1.2.4",
        "1.3.0",
        "2.0.0",
    ]
    assert release.claimed("# Changelog\n\n## Unreleased\n\n## [1.2.0] - 2026\n\n## 1.1.0\n") == (1, 2, 0)
    assert release.claimed("# Changelog\n\n## Unreleased\n") is None


def test_a_changelog_that_claims_less() -> None:
    """A number in CHANGELOG.md that is too small is reported with the reason. A missing one is allowed."""
    before, after, _ = CASES["what is named replaced"]
    found = reviewed(before, after)

    assert release.shortfall(found, "v1.0.0", "## 1.1.0\n") == (
        "The newest version in CHANGELOG.md is 1.1.0, but the changes since 1.0.0 require at least 2.0.0 "
        "(major): "
        "s.Q is replaced."
    )
    assert release.shortfall(found, "v0.1.0", "## 0.1.1\n").startswith(
        "The newest version in CHANGELOG.md is 0.1.1, but "
    )
    for start, changelog in (
        ("v1.0.0", "## 2.0.0\n"),
        ("v0.1.0", "## 0.2.0\n"),
        ("v1.0.0", "## Unreleased\n\n## 1.0.0\n"),
        ("main", "## 1.0.0\n"),
    ):
        assert release.shortfall(found, start, changelog) == ""
    lost = reviewed(*CASES["data lost"][:2])
    assert release.shortfall(lost, "v1.0.0", "## 9.0.0\n").startswith("No version may lose data")
    assert "No version may contain this" in release.notes(lost, "v1.0.0")


def test_the_notes() -> None:
    """The notes contain the number, the reasons, what to do first, the effects, and each stack's changes."""
    side = own_side()
    text = release.notes(report.review(side, CHANGES["export renamed"](side)), "v0.1.0")

    assert text.splitlines()[:7] == [
        "# From v0.1.0 to out",
        "",
        "Smallest version: 0.2.0, major (below 1.0, a minor version is sufficient).",
        "",
        "Reasons:",
        "",
        "- the export ${ProjectName}-${Environment}-vpc-id of network is removed or renamed",
    ]
    first = text[text.index("## Do first") : text.index("## What you will notice")]
    assert "- **export** network.VPCId: The deploy fails: the export " in first
    assert "- network: no resource changes" in text


def test_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without the tag, the command prints a message and exits with 0.

    With it, the command prints the notes.
    """
    monkeypatch.setattr(folders, "default_output", lambda: OUT)
    assert cli.main(["release-notes", "--from", "v0.0.0-not-there"]) == 0
    assert capsys.readouterr().out.startswith("There is no revision v0.0.0-not-there to compare with. ")

    if not (OUT.parent / ".git").exists():
        pytest.skip("a copy without history")
    changelog = tmp_path / "CHANGELOG.md"
    changelog.write_text("## Unreleased\n", "utf-8")
    monkeypatch.setattr(release, "shortfall", lambda *_: "CHANGELOG.md has a version that is too small.")
    assert cli.main(["release-notes", "--from", "HEAD", "--changelog", str(changelog)]) == 1
    captured = capsys.readouterr()
    assert captured.out.startswith("# From HEAD to ")
    assert captured.err == "csr-templates: CHANGELOG.md has a version that is too small.\n"
    assert cli.main(["release-notes", "--from", "HEAD", "--changelog", str(tmp_path / "none.md")]) == 2
