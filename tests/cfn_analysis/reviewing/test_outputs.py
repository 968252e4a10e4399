"""Changed outputs: exports in use, outputs that other stacks or commands read."""

from typing import Any

import pytest

from .templates import exporting, importing, set_risks, side

Template = dict[str, Any]


@pytest.mark.parametrize(
    ("after", "start"),
    [
        (
            exporting("b"),
            "The deploy fails: the export a becomes b, but the deployed api imports it. Keep it and ",
        ),
        ({"Resources": {}}, "The deploy fails: the export a is removed, but the deployed api imports it."),
        (
            exporting("a", "2"),
            "The deploy fails: its value changes from 1 to 2, and the export a cannot be changed ",
        ),
        (
            exporting("a", {"Fn::ImportValue": "x"}),
            "The deploy may fail: perhaps its value changes from 1 to import x, ",
        ),
    ],
)
def test_an_export_in_use(after: Template, start: str) -> None:
    """An export in use cannot be removed or changed, regardless of the importing stack in the same commit."""
    before = side(network=exporting("a"), api=importing("a"))
    importers: list[Template] = [importing("a"), importing("b"), {"Resources": {}}]
    for importer in importers:
        messages = set_risks(before, side(network=after, api=importer))
        assert messages["export", "network", "Id"].startswith(start)


@pytest.mark.parametrize(
    ("change", "start"),
    [
        (
            {"Port": 3307},
            "The deploy fails: its value changes, and the export a cannot be changed while api ",
        ),
        (
            {"StorageEncrypted": True},
            "The deploy fails: its resource is replaced, and the export a cannot be changed while api ",
        ),
    ],
)
def test_an_exported_attribute(change: dict[str, Any], start: str) -> None:
    """The attribute of a resource can change with an update, without a replacement."""

    def database(**properties: Any) -> Template:
        cluster = {"Type": "AWS::RDS::DBCluster", "Properties": {"Engine": "aurora-mysql", **properties}}
        exported = exporting("a", {"Fn::GetAtt": ["Cluster", "Endpoint.Port"]})
        return {**exported, "Resources": {"Cluster": cluster}}

    before, after = database(Port=3306), database(**{"Port": 3306, **change})
    messages = set_risks(side(database=before, api=importing("a")), side(database=after, api=importing("a")))

    assert messages["export", "database", "Id"].startswith(start)


def conditional(*texts: str) -> Template:
    """Return a template whose output exists if a parameter, which is not known, has one of these values."""
    cases = [{"Fn::Equals": [{"Ref": "Open"}, text]} for text in ("", *texts)]
    return {
        **exporting("a"),
        "Parameters": {"Open": {"Type": "String"}},
        "Conditions": {"C": {"Fn::Or": cases}},
        "Outputs": {"Id": {**exporting("a")["Outputs"]["Id"], "Condition": "C"}},
    }


@pytest.mark.parametrize(
    ("before", "after", "may_end"),
    [
        (exporting("a"), conditional("yes"), True),
        (conditional("yes"), conditional("no"), True),
        (conditional("yes", "no"), conditional("no"), True),
        (conditional("no"), conditional("no", "yes"), False),
        (conditional("no"), conditional("no"), False),
        (conditional("no"), exporting("a"), False),
    ],
)
def test_an_output_whose_condition_is_not_known(before: Template, after: Template, may_end: bool) -> None:
    """It may be removed if its condition becomes narrower, or if it has one now."""
    imported = set_risks(side(network=before, api=importing("a")), side(network=after, api={"Resources": {}}))
    read = set_risks(side(network=before), side(network=after))

    assert {key: text.partition(",")[0] for key, text in imported.items() if key[1] == "network"} == (
        {("export", "network", "Id"): "The deploy may fail: perhaps the export a is removed"}
        if may_end
        else {}
    )
    assert {key: text.partition(".")[0] for key, text in read.items()} == (
        {("output", "network", "Id"): "The output Id may be removed"} if may_end else {}
    )


def test_an_export_that_no_stack_imports() -> None:
    """An unused export can be removed, and an export can move to another output, whose key is new.

    What reads the old key is not in the set, so it is a risk of its own.
    """
    gone = {
        ("output", "network", "Id"): (
            "The output Id is removed. Commands, pipelines and other stacks that read it will fail: change "
            "them first, or keep the output."
        )
    }
    assert set_risks(side(network=exporting("a")), side(network={"Resources": {}})) == gone
    before = side(network=exporting("a"), api=importing("a"))
    assert set_risks(before, side(network=exporting("a", key="Other"), api=importing("a"))) == gone


def test_an_output_without_an_export() -> None:
    """A removed output is reported also without an export. An added or changed one is not."""
    with_output = {"Resources": {}, "Outputs": {"Id": {"Value": "1"}}}

    assert set(set_risks(side(api=with_output), side(api={"Resources": {}}))) == {("output", "api", "Id")}
    assert set_risks(side(api={"Resources": {}}), side(api=with_output)) == {}
    assert (
        set_risks(side(api=with_output), side(api={**with_output, "Outputs": {"Id": {"Value": "2"}}})) == {}
    )


def test_an_output_that_another_region_reads() -> None:
    """CloudFormation allows its removal, but the next deploy of the reading stack fails."""

    def reading(key: str) -> Template:
        stack_name = {"Fn::Sub": "${ProjectName}-${Environment}-api"}
        argument = {"StackName": stack_name, "OutputName": key, "Region": "eu-west-1"}
        properties = {"DisplayName": {"Fn::GetStackOutput": argument}}
        return {
            "Parameters": {"ProjectName": {"Default": "p"}, "Environment": {"Default": "prod"}},
            "Resources": {"Topic": {"Type": "AWS::SNS::Topic", "Properties": properties}},
        }

    api = {**exporting("a"), "Parameters": reading("Id")["Parameters"]}
    messages = set_risks(
        side(api=api, frontend=reading("Id")), side(api={**api, "Outputs": {}}, frontend=reading("Id"))
    )

    assert messages["export", "api", "Id"] == (
        "The output Id is removed, but the deployed frontend reads it: the next deploy of frontend fails "
        "if it still reads it."
    )


@pytest.mark.parametrize("before", [{"Resources": {}}, {"Resources": {}, "Outputs": {"Id": {"Value": "1"}}}])
def test_an_export_that_another_stack_has(before: Template) -> None:
    """The name of an export is unique in a region: also where an existing output gets it."""
    messages = set_risks(
        side(network=exporting("a"), api=before), side(network=exporting("a"), api=exporting("a"))
    )

    assert messages == {
        ("will-fail", "api", ""): (
            "The deploy fails: the output Id cannot be exported as a, because the stack network of the same "
            "region exports this name. Choose another name, or first remove that export in an earlier deploy."
        )
    }


def test_an_export_that_is_free_at_that_time() -> None:
    """Another region has its own names, and a stack that is deployed earlier frees its name in time."""
    empty: Template = {"Resources": {}}

    assert (
        set_risks(side(api=exporting("a"), frontend=empty), side(api=exporting("a"), frontend=exporting("a")))
        == {}
    )
    assert ("will-fail", "api", "") not in set_risks(
        side(network=exporting("a"), api=empty), side(network=empty, api=exporting("a"))
    )
    assert ("will-fail", "network", "") in set_risks(
        side(network=empty, api=exporting("a")), side(network=exporting("a"), api=empty)
    )
