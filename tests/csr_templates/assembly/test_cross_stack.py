"""Checks that compare stacks, with stacks that match and stacks that do not."""

from typing import Any

import pytest

from cfn_analysis.model.built_stack import BuiltStack
from csr_templates.assembly.cross_stack import problems
from csr_templates.naming import PREFIX
from csr_templates.stacks import contract

Template = dict[str, Any]


def stack(
    name: str, template: Template, reads_from: tuple[str, ...] = (), region: str = "ap-northeast-1"
) -> BuiltStack:
    """Return a stack of this name."""
    return BuiltStack(
        name, f"{name}.yaml", region, template, reads_from=reads_from, name_pattern=f"{PREFIX}{name}"
    )


def named(what: str) -> dict[str, str]:
    """Return a name of this environment, as templates write it."""
    return {"Fn::Sub": f"{PREFIX}{what}"}


def exporting(*names: str) -> Template:
    """Return a template with these exports."""
    return {
        "Outputs": {
            f"Out{index}": {"Value": "x", "Export": {"Name": named(name)}} for index, name in enumerate(names)
        }
    }


def importing(*names: Any) -> Template:
    """Return a template with these imports."""
    return {"Resources": {"R": {"Properties": {"Ids": [{"Fn::ImportValue": name} for name in names]}}}}


def reading(stack_name: str, key: str, region: Any = "ap-northeast-1") -> Template:
    """Return a template that reads the output of a stack in another region."""
    argument = {"StackName": named(stack_name), "OutputName": key, **({"Region": region} if region else {})}
    return {"Resources": {"R": {"Properties": {"Id": {"Fn::GetStackOutput": argument}}}}}


VPC_ID = named("vpc-id")
NETWORK = stack("network", exporting("vpc-id", "zone"))
API = stack("api", {"Outputs": {"ApiId": {}}})
HERE = {"Ref": "AWS::Region"}
SHOWN = {"Fn::Sub": f"{{{{resolve:secretsmanager:{PREFIX}key:SecretString:a}}}}"}
SHOWING: Template = {"Resources": {"R": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": SHOWN}}}}
ADVICE = "Specify an existing output, or add it to its stack."


def not_exported(name: str, hint: str = "") -> list[str]:
    """Return the sentence about an import without an export."""
    return [
        f"Stack database: Resources.R.Properties.Ids[0]: It imports {name}, which no earlier stack of "
        f"ap-northeast-1 exports.{hint} {ADVICE}"
    ]


def no_output(name: str, key: str, hint: str = "") -> list[str]:
    """Return the sentence about an output that does not exist."""
    return [
        f"Stack frontend: Resources.R.Properties.Id: It reads the output {key} of {PREFIX}{name}, and no "
        f"earlier stack of that name has it.{hint} {ADVICE}"
    ]


def other_region(stack_name: str, region: str) -> list[str]:
    """Return the sentence about an output that is read from the wrong region."""
    return [
        f"Stack {stack_name}: Resources.R.Properties.Id: It reads the output ApiId of {PREFIX}api in "
        f"{region}, but that stack is deployed to ap-northeast-1. Correct Region."
    ]


def keeping(*regions: str) -> Template:
    """Return a template with a secret that is replicated to these regions."""
    replicas = [{"Region": region} for region in regions]
    properties = {"Name": named("key"), **({"ReplicaRegions": replicas} if replicas else {})}
    return {"Resources": {"S": {"Type": "AWS::SecretsManager::Secret", "Properties": properties}}}


def both(*templates: Template) -> Template:
    """Return a template with the resources of these, in their order."""
    resources: Template = {}
    for index, template in enumerate(templates):
        resources |= {f"{name}{index}": body for name, body in template["Resources"].items()}
    return {"Resources": resources}


def with_index(sentences: list[str], index: int) -> list[str]:
    """Return sentences about a resource that has this index in a template of ``both``."""
    return [sentence.replace("Resources.R.", f"Resources.R{index}.") for sentence in sentences]


def wrong_reads_from(says: str) -> list[str]:
    """Return the sentence about a reads_from that does not match the template."""
    return [
        f"Stack database: It reads from network, but its reads_from has {says}. Correct reads_from in "
        "stacks/listing.py: the pipeline uses it through the manifest."
    ]


@pytest.mark.parametrize(
    ("stacks", "expected"),
    [
        pytest.param([NETWORK, stack("database", importing(VPC_ID), ("network",))], [], id="import"),
        pytest.param(
            [stack("network", exporting("vpcid")), stack("database", importing(VPC_ID))],
            not_exported(f"{PREFIX}vpc-id", " Did you mean 'vpcid'?"),
            id="import, misspelt",
        ),
        pytest.param(
            [stack("database", importing(VPC_ID)), NETWORK],
            not_exported(f"{PREFIX}vpc-id"),
            id="import from a later stack",
        ),
        pytest.param(
            [stack("network", exporting("vpc-id"), region="us-east-1"), stack("database", importing(VPC_ID))],
            not_exported(f"{PREFIX}vpc-id"),
            id="import from another region",
        ),
        pytest.param(
            [stack("network", {"Outputs": {"VPCId": {"Value": "x"}}}), stack("database", importing(VPC_ID))],
            not_exported(f"{PREFIX}vpc-id"),
            id="import of an output without export",
        ),
        pytest.param(
            [NETWORK, stack("database", importing("csr-lambda-api-prod-vpc-id"))],
            not_exported("csr-lambda-api-prod-vpc-id"),
            id="import of the name in one environment",
        ),
        pytest.param(
            [NETWORK, stack("database", importing({"Ref": "VpcName"}))],
            not_exported("${VpcName}"),
            id="import of another function",
        ),
        pytest.param(
            [NETWORK, stack("database", exporting("a", "zone"))],
            [
                f"Stack database: Outputs.Out1: It exports {PREFIX}zone, which stack network exports in the "
                "same region. Rename one of them."
            ],
            id="one export twice",
        ),
        pytest.param(
            [NETWORK, stack("frontend", exporting("zone"), region="us-east-1")],
            [],
            id="one export in two",
        ),
        pytest.param(
            [API, stack("frontend", reading("api", "ApiId"), ("api",), "us-east-1")],
            [],
            id="output of another region, not exported",
        ),
        pytest.param(
            [API, stack("frontend", reading("api", "ApiID"), region="us-east-1")],
            no_output("api", "ApiID", " Did you mean 'api/ApiId'?"),
            id="no such output",
        ),
        pytest.param(
            [API, stack("frontend", reading("apis", "ApiId"), region="us-east-1")],
            no_output("apis", "ApiId", " Did you mean 'api/ApiId'?"),
            id="no such stack",
        ),
        pytest.param(
            [stack("api", {}), stack("frontend", reading("api", "ApiId"), region="us-east-1")],
            no_output("api", "ApiId"),
            id="no outputs at all",
        ),
        pytest.param(
            [API, stack("frontend", reading("api", "ApiId", "eu-west-1"), ("api",), "us-east-1")],
            other_region("frontend", "eu-west-1"),
            id="output of a region without the stack",
        ),
        pytest.param(
            [API, stack("frontend", reading("api", "ApiId", HERE), ("api",), "us-east-1")],
            other_region("frontend", "us-east-1"),
            id="output of the own region without the stack",
        ),
        pytest.param(
            [API, stack("other", reading("api", "ApiId", None), ("api",), "us-east-1")],
            other_region("other", "us-east-1"),
            id="output without a region, of a stack elsewhere",
        ),
        pytest.param(
            [API, stack("other", reading("api", "ApiId", None), ("api",))], [], id="output without a region"
        ),
        pytest.param(
            [API, stack("frontend", reading("api", "ApiId", {"Ref": "ApiRegion"}), ("api",), "us-east-1")],
            [],
            id="output of a region that a parameter gives",
        ),
        pytest.param(
            [stack("api", keeping("us-east-1")), stack("frontend", SHOWING, region="us-east-1")],
            [],
            id="replica of a secret",
        ),
        pytest.param(
            [stack("api", keeping()), stack("frontend", SHOWING)], [], id="secret in the same region"
        ),
        pytest.param([stack("frontend", SHOWING)], [], id="secret of no stack"),
        pytest.param(
            [stack("api", keeping("us-east-1")), stack("frontend", SHOWING, region="eu-west-1")],
            [
                f"Stack frontend: Resources.R.Properties.TopicName: It reads the secret {PREFIX}key in "
                "eu-west-1, but stack api has it in ap-northeast-1 and us-east-1. Add the region to its "
                "ReplicaRegions."
            ],
            id="secret of another region",
        ),
        pytest.param(
            [stack("frontend", SHOWING, region="eu-west-1"), stack("api", keeping())],
            [],
            id="secret of a later stack",
        ),
        pytest.param(
            [
                stack("api", both(keeping(), {"Resources": {"T": {"Type": "AWS::SNS::Topic"}}})),
                stack(
                    "other", {"Resources": {"T": {"Properties": {"Name": named("key")}}}}, region="us-east-1"
                ),
                stack("frontend", SHOWING),
            ],
            [],
            id="another resource with the name of a secret",
        ),
        pytest.param(
            [API, stack("frontend", both(SHOWING, reading("api", "Id")), region="us-east-1")],
            with_index(no_output("api", "Id", " Did you mean 'api/ApiId'?"), 1),
            id="no such output, after a secret",
        ),
        pytest.param(
            [API, stack("frontend", reading("api/a", "ApiId"), region="us-east-1")],
            no_output("api/a", "ApiId", " Did you mean 'api/ApiId'?"),
            id="a name with a slash",
        ),
        pytest.param(
            [
                API,
                stack(
                    "frontend",
                    both(
                        {"Resources": {"R": {"Properties": {"Id": {"Fn::GetStackOutput": "a"}}}}},
                        reading("api", "ApiId", "eu-west-1"),
                    ),
                    ("api",),
                    "us-east-1",
                ),
            ],
            with_index(other_region("frontend", "eu-west-1"), 1),
            id="output of another region, after a function that is wrong",
        ),
        pytest.param(
            [NETWORK, stack("database", importing(VPC_ID))],
            wrong_reads_from("no other stack"),
            id="reads_from says too little",
        ),
        pytest.param(
            [NETWORK, stack("database", importing(VPC_ID), ("network", "other"))],
            wrong_reads_from("network and other"),
            id="reads_from says too much",
        ),
    ],
)
def test_stacks_fit_together(stacks: list[BuiltStack], expected: list[str]) -> None:
    """Values that would fail at the deploy or in the pipeline are reported with their position."""
    assert problems(stacks) == expected


def test_our_stacks_fit_together(built: dict[str, BuiltStack]) -> None:
    """There are no findings for the stacks of a build."""
    assert problems(list(built.values())) == []


def test_every_export_is_in_the_contract(built: dict[str, BuiltStack]) -> None:
    """Every export is declared in the contract, with its stack, output and name."""
    declared = {
        (output.stack, output.key, f"{PREFIX}{output.export}")
        for output in vars(contract).values()
        if isinstance(output, contract.SharedOutput)
    }
    exported: set[tuple[str, str, str]] = set()
    for stack in built.values():
        exported |= {(stack.name, key, name) for name, key in stack.exports.items()}

    assert exported == declared
