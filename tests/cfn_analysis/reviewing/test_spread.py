"""The picture of how changes spread: which edits it has, its nodes and its arrows."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from cfn_analysis.reviewing import report, sides, spread
from cfn_analysis.reviewing.markdown import as_markdown
from cfn_analysis.reviewing.report import Review
from cfn_analysis.reviewing.sides import Side
from tests.gfm import HOSTILE, structure

from .own_changes import own_side, with_values


def _resource(description: Any) -> dict[str, Any]:
    return {
        "Type": "AWS::EC2::SecurityGroup",
        "Properties": {"GroupDescription": description, "VpcId": "vpc-1"},
    }


def _group(description: str, *rules: str) -> dict[str, Any]:
    """Return a security group, and rules of it."""
    resources = {"Group": _resource(description)}
    for port, name in enumerate(rules):
        properties = {"GroupId": {"Ref": "Group"}, "IpProtocol": "tcp", "FromPort": port, "ToPort": port}
        resources[name] = {"Type": "AWS::EC2::SecurityGroupIngress", "Properties": properties}
    return {"Resources": resources}


def _template(template: Mapping[str, Any], stack: str = "stack") -> Side:
    return sides.template(json.dumps(template), "us-east-1", {}, stack, name=f"{stack}.yaml")


def _lines(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    picture = spread.picture(report.review(_template(before), _template(after)).environments)
    return list(picture.lines) if picture else []


def _own(stack: str, logical_id: str, **properties: str) -> Review:
    """Return the review of an edit of a resource of our templates."""
    side = own_side()
    stacks = []
    for built in side.stacks:
        template = json.loads(json.dumps(built.template))
        if built.name == stack:
            template["Resources"][logical_id]["Properties"].update(properties)
        stacks.append(replace(built, template=template))
    return report.review(side, side._replace(stacks=tuple(stacks)))


def test_three_resources_that_hang_on_one_edit() -> None:
    """Arrows lead from the file to the edited resource, and to those that refer to it."""
    assert _lines(_group("a", "One"), _group("b", "One")) == []
    assert _lines(_group("a", "One", "Two"), _group("b", "One", "Two")) == [
        spread.SETTINGS,
        "flowchart LR",
        '  n0(["stack.yaml"])',
        '  subgraph s0["stack"]',
        '    n1["Group: replaced"]:::replace',
        '    n2["One: replaced"]:::replace',
        '    n3["Two: replaced"]:::replace',
        "  end",
        "  n0 --> n1",
        "  n1 --> n2",
        "  n1 --> n3",
        "  classDef replace stroke:#d1242f,stroke-width:3px",
    ]


def test_separate_edits_are_no_picture() -> None:
    """Many resources of one file can be edited; nothing spreads then."""

    def template(description: str) -> dict[str, Any]:
        return {"Resources": {f"Group{number}": _resource(description) for number in range(9)}}

    assert _lines(template("a"), template("b")) == []


def test_many_that_change_alike_are_one_node() -> None:
    """At least four resources of a stack with the same cause and the same change are counted."""
    names = ("One", "Two", "Three", "Four")
    lines = _lines(_group("a", *names), _group("b", *names))

    assert '    n2["4 resources: replaced"]:::replace' in lines
    assert sum("-->" in line for line in lines) == 2


def test_a_parameter_spreads() -> None:
    """The arrows lead from the file that sets it through the parameter; removed resources are marked."""

    def template(choice: str) -> dict[str, Any]:
        topic = {"Type": "AWS::SNS::Topic", "Condition": "On", "Properties": {"DisplayName": "x"}}
        return {
            "Parameters": {"Choice": {"Type": "String", "Default": choice}},
            "Conditions": {"On": {"Fn::Equals": [{"Ref": "Choice"}, "on"]}},
            "Resources": dict.fromkeys(("A", "B", "C"), topic),
        }

    lines = _lines(template("on"), template("off"))

    assert '  n1(["parameter Choice"])' in lines
    assert '  n2(["condition On"])' in lines
    assert '    n3["A: removed"]:::remove' in lines
    assert {"  n0 --> n1", "  n1 --> n2", "  n2 --> n3", "  n2 --> n4", "  n2 --> n5"} < set(lines)
    assert lines[-1] == "  classDef remove stroke:#d1242f,stroke-width:3px,stroke-dasharray:2 2"


def test_an_export_is_on_the_arrow_to_another_stack() -> None:
    """Each stack is a box, and the name of the environment is ``*``."""
    picture = spread.picture(_own("database", "LambdaSecurityGroup", GroupDescription="b").environments)

    assert picture
    text = "\n".join(picture.lines)
    assert [line.partition('"')[2] for line in picture.lines if "subgraph" in line] == ['database"]', 'api"]']
    assert text.count('-lambda-security-group-id"| ') == 1
    assert "#42;-lambda-security-group-id" in text


def test_a_change_of_some_environments() -> None:
    """A node says in which environments it changes, if not in all."""
    side = own_side()
    after = with_values(side, "prod", {"LogRetentionDays": "3653"})
    picture = spread.picture(report.review(side, after).environments)

    assert picture
    assert all(" in prod" in line for line in picture.lines if ": updated" in line)


def test_a_large_picture_is_folded() -> None:
    """More than 25 nodes are in a folded section, and more than 100 are not drawn."""

    def linked(description: str, groups: int) -> dict[str, Any]:
        resources = {"Group0": _resource(description)}
        for number in range(1, groups):
            resources[f"Group{number}"] = _resource({"Ref": f"Group{number - 1}"})
        return {"Resources": resources}

    def comment(groups: int) -> str:
        before, after = (_template(linked(description, groups)) for description in ("a", "b"))
        return as_markdown(report.review(before, after))

    block = f"\n\n```mermaid\n{spread.SETTINGS}\nflowchart LR\n"
    assert f"How the changes spread:{block}" in comment(spread.MOST_UNFOLDED - 1)  # and a node for the file
    assert f"<details><summary>How the changes spread</summary>{block}" in comment(spread.MOST_UNFOLDED)
    assert _lines(linked("a", 99), linked("b", 99)) != []
    assert _lines(linked("a", 100), linked("b", 100)) == []


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_stays_in_the_picture(name: str) -> None:
    """The block of code ends where the picture ends, whatever the names of resources contain."""

    def structure_with(user: str) -> list[str]:
        before, after = (_template(_group(text, user, "Two")) for text in ("a", "b"))
        comment = as_markdown(report.review(before, after))
        assert "```mermaid" in comment
        return structure(comment)

    assert structure_with(name) == structure_with("One")
