"""The needs of the templates, computed without AWS."""

from typing import Any

import pytest

from cfn_analysis.model.built_stack import BuiltStack
from csr_templates import STACKS
from csr_templates.hand_over.built_folder import BuiltFolder, read
from csr_templates.preflight.resolved_environment import (
    ResolvedEnvironment,
    SelectionError,
    resolve_environment,
)
from tests.system import PROJECT, REGIONS, ROOT, STACK_NAMES


@pytest.fixture(scope="module")
def folder() -> BuiltFolder:
    """Our own output folder."""
    return read(lambda name: (ROOT / "out" / name).read_bytes(), "out")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("prd",), "There is no environment prd. Did you mean 'prod'? The folder has {environments}."),
        (
            ("prod", ("netwrok",)),
            "There is no stack netwrok. Did you mean 'network'? The folder has {stacks}.",
        ),
        (
            ("prod", (), {"LambdaMemorySize": "1"}),
            "LambdaMemorySize is not a per-deploy parameter. The per-deploy parameters are: {per_deploy}. "
            "Set all others in the parameter files.",
        ),
    ],
)
def test_unknown_names_are_refused(folder: BuiltFolder, arguments: Any, sentence: str) -> None:
    """The message contains the most similar name, and all valid names."""
    name, *rest = arguments
    with pytest.raises(SelectionError) as refusal:
        resolve_environment(folder, name, "123456789012", *rest)

    per_deploy: list[str] = []
    for stack in STACKS:
        per_deploy += stack.per_deploy
    assert str(refusal.value) == sentence.format(
        environments=", ".join(folder.environments),
        stacks=", ".join(STACK_NAMES),
        per_deploy=", ".join(per_deploy),
    )


def test_the_needs_follow_the_values_of_the_environment(folder: BuiltFolder) -> None:
    """Without CloudFront and with one NAT gateway, there is no distribution, and one gateway."""
    small = {"CloudFrontEnabled": "false", "NatGatewayPerZone": "false"}
    values = {}
    for stack, parameters in folder.environments["prod"].items():
        values[stack] = {name: small.get(name, value) for name, value in parameters.items()}
    environment = resolve_environment(folder._replace(environments={"prod": values}), "prod", "210987654321")
    buckets = [properties["BucketName"] for _, _, properties in environment.of_type("AWS::S3::Bucket")]

    assert environment.prefix == f"{PROJECT}-prod-"
    assert list(environment.of_type("AWS::CloudFront::Distribution")) == []
    assert len(list(environment.of_type("AWS::EC2::NatGateway"))) == 1
    assert f"{environment.prefix}lambda-deployments-210987654321" in buckets
    assert environment.regions == list(dict.fromkeys(REGIONS.values()))


def test_values_are_followed_through_exports(folder: BuiltFolder) -> None:
    """The bucket of the package and the zones of the instances come from the network stack."""
    prod = resolve_environment(folder, "prod", "123456789012", ["api"])
    (api,) = prod.chosen
    function = dict(api.of_type("AWS::Lambda::Function"))["ApiFunction"]
    database = prod.stack("database")
    assert database
    zones = {
        logical_id: prod.resolved_value(database, properties["AvailabilityZone"])
        for logical_id, properties in database.of_type("AWS::RDS::DBInstance")
    }

    assert (
        prod.resolved_value(api, function["Code"]["S3Bucket"])
        == f"{PROJECT}-prod-lambda-deployments-123456789012"
    )
    assert zones["DatabaseInstance1"] == "ap-northeast-1a"
    assert zones["DatabaseInstance2"] == "ap-northeast-1c"
    assert prod.resolved_value(api, {"Fn::ImportValue": "no-such-export"}) == {
        "Fn::ImportValue": "no-such-export"
    }
    assert prod.resolved_value(api, {"Fn::GetAtt": ["FunctionKey", "Arn"]}) == {
        "Fn::GetAtt": ["FunctionKey", "Arn"]
    }


def test_a_template_that_cannot_be_resolved_is_refused(folder: BuiltFolder) -> None:
    """The message contains the file and the position."""
    broken = BuiltStack(
        "broken",
        "broken.yaml",
        "us-east-1",
        {"Resources": {"A": {"Type": "T", "Properties": {"X": {"Ref": "B"}}}}},
    )
    with pytest.raises(
        SelectionError, match=r"^broken[.]yaml cannot be resolved with the values of dev: Resources[.]A"
    ):
        resolve_environment(BuiltFolder((broken,), {"dev": {"broken": {}}}), "dev", "123456789012")


def test_every_read_has_a_source(folder: BuiltFolder) -> None:
    """Every export and output that a stack reads is in a stack of the folder."""
    prod: ResolvedEnvironment = resolve_environment(folder, "prod", "123456789012")
    reads = []
    for stack in prod.stacks:
        reads += [(stack.name, reference) for reference in stack.references]

    assert len(reads) >= 10
    assert [reference for _, reference in reads if prod.provider(reference) is None] == []
    assert ("frontend", f"{PROJECT}-prod-api", "ApiGatewayId") in [
        (name, reference.stack, reference.output) for name, reference in reads
    ]
