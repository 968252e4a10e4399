"""Checks across stacks: each on stacks that fit together, and on stacks that do not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from csr_templates import STACKS, Stack, database, render
from csr_templates.assembly import cross_stack as checks
from csr_templates.cloudformation.rendering import load
from csr_templates.stacks import contract
from csr_templates.stacks.parts.template import StackTemplate

Template = dict[str, Any]


def build() -> StackTemplate:
    """Return an empty template; the checks take theirs as plain dicts."""
    return StackTemplate("Empty")


def stack(
    name: str, reads_from: tuple[str, ...] = (), region: str = "ap-northeast-1", stale: tuple[str, ...] = ()
) -> Stack:
    """Return a stack of this name."""
    return Stack(name, f"{name}.yaml", region, build, reads_from, stale=lambda template: list(stale))


def named(what: str) -> dict[str, str]:
    """Return a name of this environment, as templates write it."""
    return {"Fn::Sub": f"${{ProjectName}}-${{Environment}}-{what}"}


def exporting(*names: str) -> Template:
    """Return a template that exports these."""
    return {
        "Outputs": {
            f"Out{index}": {"Value": "x", "Export": {"Name": named(name)}} for index, name in enumerate(names)
        }
    }


def importing(*names: str) -> Template:
    """Return a template that imports these."""
    return {"Resources": {"R": {"Properties": {"Ids": [{"Fn::ImportValue": named(name)} for name in names]}}}}


def reading(stack_name: str, key: str, region: Any = "ap-northeast-1") -> Template:
    """Return a template that reads the output of a stack in another region."""
    argument = {"StackName": named(stack_name), "OutputName": key, "Region": region}
    return {"Resources": {"R": {"Properties": {"Id": {"Fn::GetStackOutput": argument}}}}}


# ---- Our stacks ----


def test_our_stacks_fit_together(templates: dict[str, Template]) -> None:
    """Nothing is found in the stacks as a build renders them."""
    assert checks.problems(STACKS, [templates[stack.name] for stack in STACKS]) == []


def test_every_export_is_in_the_contract(templates: dict[str, Template]) -> None:
    """What crosses from stack to stack is declared once, with its stack, output and export."""
    declared = [one for one in vars(contract).values() if isinstance(one, contract.SharedOutput)]

    assert {
        (stack.name, key, name)
        for stack in STACKS
        for name, key in checks.exports(templates[stack.name]).items()
    } == {(one.stack, one.key, checks.PREFIX + one.export) for one in declared}


# ---- Imports and exports ----


def test_import_of_an_earlier_export_is_fine() -> None:
    """An import has an export of the same name in a stack before it."""
    assert (
        checks.problems(
            [stack("network"), stack("database", ("network",))],
            [exporting("vpc-id", "zone"), importing("vpc-id")],
        )
        == []
    )


UNRESOLVED = (
    "Stack database: Resources.R.Properties.Ids[0]: It imports ${ProjectName}-${Environment}-vpc-id, which "
    "no earlier stack of ap-northeast-1 exports. Name an output that is there, or add it to its stack."
)


@pytest.mark.parametrize(
    ("stacks", "templates"),
    [
        pytest.param(
            [stack("network"), stack("database")], [exporting("vpcid"), importing("vpc-id")], id="misspelt"
        ),
        pytest.param(
            [stack("database"), stack("network")],
            [importing("vpc-id"), exporting("vpc-id")],
            id="later stack",
        ),
        pytest.param(
            [stack("network", region="us-east-1"), stack("database")],
            [exporting("vpc-id"), importing("vpc-id")],
            id="other region",
        ),
        pytest.param(
            [stack("network"), stack("database")],
            [{"Outputs": {"VPCId": {"Value": "x"}}}, importing("vpc-id")],
            id="output without export",
        ),
        pytest.param([stack("database")], [importing("vpc-id")], id="no other stack"),
    ],
)
def test_import_without_export(stacks: list[Stack], templates: list[Template]) -> None:
    """An import that would fail at the deploy is found, with its place."""
    assert checks.problems(stacks, templates) == [UNRESOLVED]


def test_names_are_compared_as_written() -> None:
    """A name that would be the same for one environment only is another name."""
    templates = [exporting("vpc-id"), {"R": {"Fn::ImportValue": "csr-lambda-api-prod-vpc-id"}}]

    assert checks.problems([stack("network"), stack("database")], templates) == [
        "Stack database: R: It imports csr-lambda-api-prod-vpc-id, which no earlier stack of ap-northeast-1 "
        "exports. Name an output that is there, or add it to its stack."
    ]


def test_names_of_other_functions() -> None:
    """A name that is no Sub is shown as it stands in the template."""
    templates = [exporting("vpc-id"), {"R": {"Fn::ImportValue": {"Ref": "VpcName"}}}]

    assert checks.problems([stack("network"), stack("database")], templates) == [
        "Stack database: R: It imports {'Ref': 'VpcName'}, which no earlier stack of ap-northeast-1 exports. "
        "Name an output that is there, or add it to its stack."
    ]


def test_one_export_twice() -> None:
    """Two stacks of a region cannot export the same name."""
    assert checks.problems(
        [stack("network"), stack("database")], [exporting("key"), exporting("a", "key")]
    ) == [
        "Stack database: Outputs.Out1: It exports ${ProjectName}-${Environment}-key, which stack network "
        "exports in the same region. Give one of them another name."
    ]


def test_one_export_in_two_regions() -> None:
    """Each region has exports of its own."""
    stacks = [stack("network"), stack("frontend", region="us-east-1")]

    assert checks.problems(stacks, [exporting("key"), exporting("key")]) == []


# ---- GetStackOutput ----


def test_output_of_another_region_is_fine() -> None:
    """An output may be read from a stack of another region, exported or not."""
    stacks = [stack("api"), stack("frontend", ("api",), region="us-east-1")]

    assert checks.problems(stacks, [{"Outputs": {"ApiId": {}}}, reading("api", "ApiId")]) == []


@pytest.mark.parametrize(
    ("stack_name", "key"), [("api", "ApiID"), ("apis", "ApiId")], ids=["no such output", "no such stack"]
)
def test_output_that_is_not_there(stack_name: str, key: str) -> None:
    """An output that no earlier stack has is found, with its place."""
    stacks = [stack("api"), stack("frontend", region="us-east-1")]

    assert checks.problems(stacks, [{"Outputs": {"ApiId": {}}}, reading(stack_name, key)]) == [
        f"Stack frontend: Resources.R.Properties.Id: It reads the output {key} of "
        f"${{ProjectName}}-${{Environment}}-{stack_name}, and no earlier stack of that name has it. Name an "
        "output that is there, or add it to its stack."
    ]


def test_output_of_a_stack_without_outputs() -> None:
    """A stack may have no outputs at all."""
    stacks = [stack("api"), stack("frontend", region="us-east-1")]

    (problem,) = checks.problems(stacks, [{}, reading("api", "ApiId")])
    assert problem.startswith("Stack frontend: Resources.R.Properties.Id: It reads the output ApiId of ")


HERE = {"Ref": "AWS::Region"}


@pytest.mark.parametrize(("region", "asked"), [("eu-west-1", "eu-west-1"), (HERE, "us-east-1")])
def test_output_of_a_region_without_the_stack(region: Any, asked: str) -> None:
    """An output is read from where its stack is deployed to."""
    stacks = [stack("api"), stack("frontend", ("api",), region="us-east-1")]

    assert checks.problems(stacks, [{"Outputs": {"ApiId": {}}}, reading("api", "ApiId", region)]) == [
        "Stack frontend: Resources.R.Properties.Id: It reads the output ApiId of "
        f"${{ProjectName}}-${{Environment}}-api in {asked}, but that stack is deployed to ap-northeast-1. "
        "Correct Region."
    ]


def test_output_without_a_region() -> None:
    """Without a region, an output is read from the stack's own."""
    template = reading("api", "ApiId")
    del template["Resources"]["R"]["Properties"]["Id"]["Fn::GetStackOutput"]["Region"]
    outputs: Template = {"Outputs": {"ApiId": {}}}

    assert checks.problems([stack("api"), stack("other", ("api",))], [outputs, template]) == []
    assert (
        len(checks.problems([stack("api"), stack("other", ("api",), "us-east-1")], [outputs, template])) == 1
    )


def test_output_of_a_region_that_a_parameter_gives() -> None:
    """The region of a parameter is judged with the parameter's values."""
    stacks = [stack("api"), stack("frontend", ("api",), region="us-east-1")]
    template = reading("api", "ApiId", {"Ref": "ApiRegion"})

    assert checks.problems(stacks, [{"Outputs": {"ApiId": {}}}, template]) == []


# ---- Secrets ----


def keeping(*regions: str) -> Template:
    """Return a template with a secret that is replicated to these regions."""
    replicas = [{"Region": region} for region in regions]
    properties = {"Name": named("key"), **({"ReplicaRegions": replicas} if replicas else {})}
    return {"Resources": {"S": {"Type": "AWS::SecretsManager::Secret", "Properties": properties}}}


SHOWING: Template = {
    "Resources": {
        "R": {
            "Type": "AWS::SNS::Topic",
            "Properties": {
                "TopicName": {
                    "Fn::Sub": "{{resolve:secretsmanager:${ProjectName}-${Environment}-key:SecretString:a}}"
                }
            },
        }
    }
}


@pytest.mark.parametrize(
    ("template", "region"),
    [(keeping("us-east-1"), "us-east-1"), (keeping(), "ap-northeast-1"), ({}, "us-east-1")],
    ids=["replica", "same region", "a secret of no stack"],
)
def test_secret_that_is_there(template: Template, region: str) -> None:
    """A secret may be read where it is created or replicated to; one of no stack is not known."""
    assert checks.problems([stack("api"), stack("frontend", region=region)], [template, SHOWING]) == []


def test_secret_of_another_region() -> None:
    """A stack that moved to where the secret is not is found before it is deployed."""
    stacks = [stack("api"), stack("frontend", region="eu-west-1")]

    assert checks.problems(stacks, [keeping("us-east-1"), SHOWING]) == [
        "Stack frontend: Resources.R.Properties.TopicName.Fn::Sub: It reads the secret "
        "${ProjectName}-${Environment}-key in eu-west-1, but stack api keeps it in ap-northeast-1 and "
        "us-east-1. Add the region to its ReplicaRegions."
    ]


def test_fails_without_a_template_for_each_stack() -> None:
    """A stack whose template is missing would be checked by nobody."""
    with pytest.raises(ValueError, match="shorter"):
        checks.problems([stack("network"), stack("database")], [{}])


# ---- The manifest's readsFrom ----


@pytest.mark.parametrize(
    ("reads_from", "says"),
    [((), "no other stack"), (("network", "other"), "network and other")],
    ids=["too little", "too much"],
)
def test_reads_from_is_what_the_template_reads(reads_from: tuple[str, ...], says: str) -> None:
    """The manifest does not tell another order of deploys than the templates need."""
    stacks = [stack("network"), stack("database", reads_from)]

    assert checks.problems(stacks, [exporting("vpc-id"), importing("vpc-id")]) == [
        f"Stack database: It reads from network, but its reads_from says {says}. Correct reads_from in "
        "stacks/listing.py: the manifest hands it to the pipeline."
    ]


# ---- Derived values ----


def test_stale_value_is_reported() -> None:
    """What a stack says of its derived values is passed on under its name."""
    assert checks.problems([stack("a", stale=("One.", "Two."))], [{}]) == ["Stack a: One.", "Stack a: Two."]


def test_changed_alarm_is_noticed(templates: dict[str, Template]) -> None:
    """Whoever changes a threshold and forgets derive learns which call is missing."""

    def changed() -> StackTemplate:
        t = database.build()
        t.resources["DatabaseConnectionsAlarm"].Threshold = 150
        return t

    ours = {one.name: one for one in STACKS}
    stacks = [ours["network"], replace(ours["database"], build=changed)]

    assert checks.problems(stacks, [templates["network"], load(render(stacks[1].build().to_dict()))]) == [
        "Stack database: Resources.DatabaseDashboard: The dashboard does not show what the template holds: "
        "something was changed after it was made. Call database.derive(t) after the last change."
    ]


# ---- What is exported and imported ----


def test_exports_and_imports() -> None:
    """Exports come with their output, imports sorted and each once."""
    assert checks.exports(exporting("b", "a")) == {checks.PREFIX + "b": "Out0", checks.PREFIX + "a": "Out1"}
    assert checks.imports(importing("b", "a", "b")) == [checks.PREFIX + "a", checks.PREFIX + "b"]
    assert checks.exports({}) == {}
    assert checks.imports({}) == []
