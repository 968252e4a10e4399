"""Grouping of equal changes and risks, and the parts of long texts that differ."""

import pytest

from cfn_analysis.model.built_stack import BuiltStack
from cfn_analysis.model.wiring import Node
from cfn_analysis.reviewing import report, sentences
from cfn_analysis.reviewing.digest import (
    ResourceLine,
    change_groups,
    headline,
    risk_groups,
    stack_digests,
    values_in_words,
)
from cfn_analysis.reviewing.findings import Risk, risk
from cfn_analysis.reviewing.markdown import as_markdown
from cfn_analysis.reviewing.report import Review, document
from cfn_analysis.reviewing.sides import Side
from cfn_analysis.reviewing.text import as_text

from .templates import compared

BOARD = {
    "Parameters": {"Body": {"Type": "String"}, "Name": {"Type": "String", "Default": "a"}},
    "Resources": {
        "Board": {"Type": "AWS::CloudWatch::Dashboard", "Properties": {"DashboardBody": {"Ref": "Body"}}},
        "Topic": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": {"Ref": "Name"}}},
    },
}


def side(values: dict[str, dict[str, str]]) -> Side:
    """Return a stack with a dashboard and a topic; ``values`` are those of each environment."""
    environments = {name: {"api": own} for name, own in values.items()}
    return Side("side", (BuiltStack("api", "api.yaml", "eu-west-1", BOARD),), environments)


def boards(**bodies: tuple[str, str]) -> Review:
    """Return the review of changed bodies of a dashboard, by environment."""
    before = side({name: {"Body": old} for name, (old, _) in bodies.items()})
    after = side({name: {"Body": new} for name, (_, new) in bodies.items()})
    return report.review(before, after)


def digest(
    **bodies: tuple[str, str],
) -> list[tuple[str, list[tuple[str, str | None, str | None]]]]:
    """Return the environments and the causes of each change of a dashboard; ``bodies`` by environment."""
    (stack,) = stack_digests(boards(**bodies))
    lines = []
    for alike in stack.resources:
        lines += [(where, _causes(line)) for line, where in alike]
    return lines


def _causes(line: ResourceLine) -> list[tuple[str, str | None, str | None]]:
    return [cause[:3] for cause in line.causes]


def test_lines_that_differ() -> None:
    """Of a text of several lines, the lines that differ are shown. A comma at the end is not a difference."""
    before, after = "[\n{a: 1},\n{b: 1}\n]", "[\n{a: 2},\n{b: 1},\n{c: 1}\n]"

    assert digest(dev=(before, after), prod=(after, before)) == [
        (" in dev", [("DashboardBody (line)", "{a: 1}", "{a: 2}"), ("DashboardBody (line)", None, "{c: 1}")]),
        (
            " in prod",
            [("DashboardBody (line)", "{a: 2}", "{a: 1}"), ("DashboardBody (line)", "{c: 1}", None)],
        ),
    ]


def test_equal_differences_of_different_texts() -> None:
    """Environments with the same difference are one group, although prod has further lines."""
    change_lines = digest(dev=("[\na: 1\n]", "[\na: 2\n]"), prod=("[\na: 1\nb: 1\n]", "[\na: 2\nb: 1\n]"))

    assert change_lines == [("", [("DashboardBody (line)", "a: 1", "a: 2")])]


def test_texts_without_differing_lines() -> None:
    """A text of one line, and texts that differ only in commas and indentation, are shown as they are."""
    for before, after in (("a: 1", "a: 2"), ("[\na\n]", "[\na,\n]"), ("[\na\n]", "a")):
        assert digest(dev=(before, after)) == [("", [("DashboardBody", before, after)])]


def test_a_line_is_named_by_the_title_of_its_graph() -> None:
    """Two lines of a dashboard that read the same are told apart by the graphs that they are in."""
    graph = '{"title":"%s",\n"annotations":[\n{"label":"Alarm above %d"}\n]}'
    before, after = (f"[\n{graph % ('CPU', value)},\n{graph % ('Memory', value)}\n]" for value in (70, 75))

    ((_, causes),) = digest(prod=(before, after))
    assert [name for name, _, _ in causes] == ["DashboardBody (CPU)", "DashboardBody (Memory)"]


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        ({}, {}, "No changes."),
        ({"Body": "[1]"}, {"Body": "[2]"}, "No risks."),
        ({"Name": "a"}, {"Name": "b"}, "No risks. 1 change has a known effect."),
    ],
)
def test_headlines(before: dict[str, str], after: dict[str, str], line: str) -> None:
    """No risks means that every change was judged: harmless, or with an effect."""
    common = {"Body": "[1]", "Name": "a"}

    review = report.review(side({"prod": {**common, **before}}), side({"prod": {**common, **after}}))
    assert headline(review) == line


def test_environments_are_counted_once() -> None:
    """The headline counts what the list shows: equal changes of several environments are one."""
    before = {name: {"Body": "[]", "Name": f"{name}-a"} for name in ("dev", "prod")}
    after = {name: {"Body": "[]", "Name": f"{name}-b"} for name in ("dev", "prod")}
    review = report.review(side(before), side(after))

    assert len(review.effects) == 2
    assert headline(review) == "No risks. 1 change has a known effect."
    (group,) = change_groups(review.effects, ["dev", "prod"])
    assert (group.places, group.change, group.in_environments) == (
        ["api.Topic"],
        "DisplayName: *-a -> *-b",
        "",
    )


def grouped(*risks: Risk) -> list[tuple[list[str], str, str]]:
    """Return the places, environments and message of each group."""
    return [
        (group.places, group.in_environments, group.message)
        for group in risk_groups(risks, ["dev", "qa", "prod"])
    ]


def test_risks_with_the_same_detail_are_one() -> None:
    """Each is the subject, or all are in a list. Other details, kinds and stacks stay apart."""
    removed = [
        risk("guard", Node(stack, name), sentences.GUARD_REMOVED, effect=effect)
        for stack, name, effect in (
            ("api", "A", "x"),
            ("api", "B", "x"),
            ("api", "C", "y"),
            ("web", "D", "x"),
        )
    ]
    assert grouped(*removed, removed[0]._replace(kind="opens")) == [
        (["api.A", "api.B"], "", "Each is removed: x."),
        (["api.C"], "", "C is removed: y."),
        (["web.D"], "", "D is removed: x."),
        (["api.A"], "", "A is removed: x."),
    ]
    action = "Update:Delete"
    denied = [
        risk("will-fail", Node("api", name), sentences.UPDATE_DENIED, certain=True, action=action)
        for name in "AB"
    ]
    ((places, _, message),) = grouped(*denied)
    assert places == ["api.A", "api.B"]
    assert "does not allow an update to delete A, B (Update:Delete)" in message


def test_a_sentence_about_one_resource() -> None:
    """A sentence that needs the name of its resource is written for each."""
    outputs = [risk("output", Node("api", key), sentences.OUTPUT_REMOVED, certain=True) for key in "AB"]

    assert [places for places, _, _ in grouped(*outputs)] == [["api.A"], ["api.B"]]


def test_output_that_may_be_removed() -> None:
    """It has a value after the deploy, if it stays."""
    outputs = {"Id": {"Value": "1"}}
    template = {"Parameters": {"Keep": {"Type": "String"}}, "Resources": {}, "Outputs": outputs}
    is_kept = {"IsKept": {"Fn::Equals": [{"Ref": "Keep"}, "yes"]}}
    conditional = {"Outputs": {"Id": {"Value": "1", "Condition": "IsKept"}}, "Conditions": is_kept}

    for after, action in (({"Outputs": {}}, "remove"), (conditional, "maybe-remove")):
        (stack,) = stack_digests(compared(template, {**template, **after}))
        assert [output.action for output, _ in stack.outputs] == [action]


def test_resource_that_may_be_removed() -> None:
    """Its line says so as the heading does, in text and Markdown; the JSON document keeps its words."""
    topic = {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": "a"}}
    template = {"Parameters": {"Keep": {"Type": "String"}}, "Resources": {"Topic": topic}}
    is_kept = {"IsKept": {"Fn::Equals": [{"Ref": "Keep"}, "yes"]}}
    kept = {**template, "Conditions": is_kept, "Resources": {"Topic": {**topic, "Condition": "IsKept"}}}
    empty = {**template, "Resources": {}}

    for before, after, action, words in (
        (template, empty, "remove", "1 removed"),
        (template, kept, "maybe-remove", "1 may be removed"),
        (empty, kept, "maybe-add", "1 may be added"),
    ):
        review = compared(before, after)
        (stack,) = stack_digests(review)
        (resource,) = document(review)["environments"][0]["stacks"][0]["resources"]

        assert stack.counted == words
        assert f"  {action}  Topic  AWS::SNS::Topic" in as_text(review).splitlines()
        assert f"- **{action}** `Topic` - " in as_markdown(review)
        assert resource["change"] == action.removeprefix("maybe-")


def test_risks_that_differ_in_the_name_of_the_environment() -> None:
    """They are one risk of several environments, with a star for the name; longer words stay."""
    stale = [
        risk(
            "interruption",
            Node("api", "A"),
            sentences.NAME_STALE,
            is_deleted=True,
            old=f"shop-{name}-a",
            readers=("produce",),
        )._replace(environments=(name,))
        for name in ("dev", "prod")
    ]
    message = "A is deleted, but produce still has its old name shop-*-a in a text. Change it there too."

    assert grouped(*stale) == [(["api.A"], " in dev, prod", message)]
    assert grouped(stale[0]) == [(["api.A"], " in dev", message.replace("*", "dev"))]


@pytest.mark.parametrize("environment", ["follows", "data", "replace", "orphaned"])
def test_environments_named_like_a_field_or_a_word(environment: str) -> None:
    """Only values of the detail are names; its fields and its words are not."""
    risks = [
        risk(
            "replace",
            Node("api", "A"),
            sentences.REPLACED,
            action="replace",
            properties=("Name",),
            follows=f"{name}-b",
            followed="replace",
            reason="",
            data="orphaned",
        )._replace(environments=(name,))
        for name in (environment, "prod")
    ]
    ((_, where, message),) = grouped(*risks)

    assert where == f" in {environment}, prod"
    assert message == (
        "A is replaced, because Name refers to *-b, which is replaced: a new one is created, and the old one "
        "remains in the account, outside of the stack."
    )


@pytest.mark.parametrize(
    ("change", "before", "after", "words"),
    [
        ("update", "a", "b", "a -> b"),
        ("update", "(hidden)", "(hidden)", "(hidden) -> a different value that is shown in the same way"),
        ("update", "x" * 70, "x" * 70 + "y", f"...{'x' * 20} -> ...{'x' * 20}y"),
        (
            "update",
            "x" * 40 + "a" + "x" * 40,
            "x" * 40 + "b",
            f"...{'x' * 20}a{'x' * 33}... -> ...{'x' * 20}b",
        ),
        ("add", None, "b", "set to b"),
        ("add", None, None, "its value is not in the files"),
        ("remove", "a", None, "removed, was a"),
        ("remove", None, None, "removed"),
    ],
)
def test_values_in_words(change: str, before: str | None, after: str | None, words: str) -> None:
    """Of long values, the first differing part is shown; equal texts of different values are told apart."""
    assert values_in_words(before, after, is_removed=change == "remove") == words


def test_a_wildcard_in_place_of_the_environment_is_not_the_same_value() -> None:
    """The asterisk for the name of an environment does not hide a new wildcard."""
    assert digest(dev=("user_dev", "user_*"), prod=("user_prod", "user_*")) == [
        (" in dev", [("DashboardBody", "user_dev", "user_*")]),
        (" in prod", [("DashboardBody", "user_prod", "user_*")]),
    ]
