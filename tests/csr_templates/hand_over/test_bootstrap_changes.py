"""Changes of the rights that deploy a stack, which an administrator must give first."""

from pathlib import Path

import pytest

from cfn_analysis.reviewing.sides import Side
from csr_templates import api
from csr_templates.cli import main as cli
from csr_templates.hand_over import review_sides
from csr_templates.hand_over.bootstrap_changes import bootstrap_notes
from tests.alarm_subjects import alarms_of, short_name

OUT = Path(__file__).resolve().parents[3] / "out"
ALARM = short_name(next(iter(alarms_of(api.build().to_dict()["Resources"]).values())))
"""Of the stack api; any alarm serves."""


@pytest.fixture(scope="module")
def built() -> Side:
    """The committed output folder."""
    return review_sides.folder(OUT)


def _without_alarm(side: Side) -> Side:
    """Return a side whose service role of api has no rights for an alarm."""
    lines = side.rights["api"].splitlines(keepends=True)
    kept = "".join(line for line in lines if not line.rstrip().endswith(f"-{ALARM}"))
    assert kept != side.rights["api"]
    return side._replace(rights={**side.rights, "api": kept})


def _with_other_action(side: Side) -> Side:
    """Return a side whose service roles of network and database can read another service."""
    rights = {
        name: side.rights[name].replace(
            "- ec2:DescribeVpcs\n", "- ec2:DescribeVpcs\n              - sqs:ListQueues\n"
        )
        for name in ("network", "database")
    }
    return side._replace(rights={**side.rights, **rights})


def test_rights_for_what_is_new_come_first(built: Side) -> None:
    """The note names the bootstrap stack, its role, the actions and the resource, and the time."""
    (note,) = bootstrap_notes(_without_alarm(built), built)

    assert note.startswith(
        "Before the deploy, an administrator updates the bootstrap stack of api (bootstrap/api.yaml): the "
        "service role gains cloudwatch:"
    )
    assert f"on alarm:PROJECT-ENVIRONMENT-{ALARM}" in note
    assert note.endswith("Without that, a deploy that needs them fails with AccessDenied.")


def test_rights_for_what_is_removed_go_last(built: Side) -> None:
    """Until the alarm is deleted, the role needs its old rights."""
    (note,) = bootstrap_notes(built, _without_alarm(built))

    assert note.startswith("After the deploy, an administrator updates the bootstrap stack of api ")
    assert "the service role loses cloudwatch:" in note
    assert f"on alarm:PROJECT-ENVIRONMENT-{ALARM}" in note


def test_equal_changes_are_one_sentence(built: Side) -> None:
    """Two stacks whose roles gain the same are named together."""
    (note,) = bootstrap_notes(built, _with_other_action(built))

    assert (
        "the bootstrap stacks of network and database (bootstrap/network.yaml and bootstrap/database.yaml)"
        in note
    )
    assert "gains sqs:ListQueues on *" in note


def test_gained_and_lost_rights(built: Side) -> None:
    """A role that gains and loses rights may need two deploys."""
    renamed = built.rights["api"].replace(f"-{ALARM}\n", f"-{ALARM}-soon\n")

    (note,) = bootstrap_notes(built, built._replace(rights={**built.rights, "api": renamed}))

    assert note.startswith("Before the deploy, ")
    assert f"alarm:PROJECT-ENVIRONMENT-{ALARM}-soon" in note.partition("also removes permissions")[0]
    assert f"alarm:PROJECT-ENVIRONMENT-{ALARM}" in note.partition("also removes permissions")[2]
    assert "deploy in two steps" in note


def test_a_denial_limits_a_role(built: Side) -> None:
    """A removed denial is a gain."""
    text = built.rights["api"]
    start = text.index("          - Sid: BoundaryStays\n")
    end = text.index("          - Sid: ", start + 1)
    without = built._replace(rights={**built.rights, "api": text[:start] + text[end:]})

    (note,) = bootstrap_notes(built, without)
    (reverse,) = bootstrap_notes(without, built)

    assert "gains iam:DeleteRolePermissionsBoundary on * (no longer denied)" in note
    assert "loses iam:DeleteRolePermissionsBoundary on * (newly denied)" in reverse


def test_other_changes_of_a_bootstrap_template(built: Side) -> None:
    """A new, a removed and an unreadable template, and one with the same rights, have their sentences."""
    without = {name: text for name, text in built.rights.items() if name != "api"}
    described = {
        **built.rights,
        "api": built.rights["api"].replace("Roles that deploy the api stack", "Roles"),
    }
    broken = {**built.rights, "api": "Resources: 1"}
    three = tuple(stack for stack in built.stacks if stack.name != "api")

    assert bootstrap_notes(built, built) == []
    assert bootstrap_notes(built._replace(rights={}), built) == []
    assert bootstrap_notes(built._replace(rights=without), built) == [
        "Before the deploy, an administrator creates the bootstrap stack of api (bootstrap/api.yaml)."
    ]
    assert bootstrap_notes(built, built._replace(rights=without, stacks=three)) == [
        "After the stack api is deleted, an administrator deletes its bootstrap stack."
    ]
    assert bootstrap_notes(built._replace(rights=described), built) == [
        "Before or after the deploy, an administrator updates the bootstrap stack of api "
        "(bootstrap/api.yaml): the roles keep the same permissions."
    ]
    (unknown,) = bootstrap_notes(built._replace(rights=broken), built)
    assert unknown.endswith("What the roles gain or lose is not known.")


def test_the_review_has_the_note(built: Side, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is among the notes of the report, in each format."""
    before = tmp_path / "before"
    for path in (path for path in OUT.rglob("*") if path.is_file()):
        copy = before / path.relative_to(OUT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
    (before / "bootstrap" / "api.yaml").write_text(_without_alarm(built).rights["api"], "utf-8")

    for report_format in ("text", "markdown", "json"):
        cli.main(["review", "--before", str(before), "--after", str(OUT), "--format", report_format])
        printed = " ".join(capsys.readouterr().out.split())
        assert "an administrator updates the bootstrap stack of api" in printed
