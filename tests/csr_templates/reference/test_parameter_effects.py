"""``changes``: the effects of a new value of a parameter."""

from __future__ import annotations

from typing import Any

import pytest

from cfn_analysis.model.built_stack import BuiltStack
from cfn_analysis.updates.documented_updates import NOTES, REPLACED_UNLESS
from csr_templates.reference.parameter_effects import ParameterEffect, changes, sentences

NOTHING: dict[str, Any] = dict.fromkeys(ParameterEffect._fields, ())


def change(
    resources: dict[str, Any], outputs: dict[str, Any] | None = None, **sections: Any
) -> ParameterEffect:
    """Return the effects of changing the parameter ``P`` of a template."""
    template = {
        "Parameters": {"P": {"Type": "String"}},
        "Resources": resources,
        "Outputs": outputs or {},
        **sections,
    }
    return changes(BuiltStack("site", "site.yaml", "us-east-1", template))["P"]


def queue(**properties: Any) -> dict[str, Any]:
    """Return a queue."""
    return {"Type": "AWS::SQS::Queue", "Properties": properties}


def vpc(**properties: Any) -> dict[str, Any]:
    """Return a VPC."""
    return {"Type": "AWS::EC2::VPC", "Properties": properties}


def subnet(**properties: Any) -> dict[str, Any]:
    """Return a subnet."""
    return {"Type": "AWS::EC2::Subnet", "Properties": properties}


P = {"Ref": "P"}
IS_P = {
    "Conditions": {
        "IsP": {"Fn::Equals": [P, "x"]},
        "Both": {"Fn::And": [{"Condition": "IsP"}, {"Condition": "IsP"}]},
    }
}


@pytest.mark.parametrize(
    ("resources", "sections", "expected"),
    [
        pytest.param({"Q": queue(DelaySeconds=P)}, {}, {"updated": ("Q",)}, id="updated in place"),
        pytest.param(
            {"Q": queue(DelaySeconds=P), "R": queue(Tags=[{"Key": "Queue", "Value": {"Ref": "Q"}}])},
            {},
            {"updated": ("Q",)},
            id="an update in place ends there",
        ),
        pytest.param({"Q": queue(QueueName=P)}, {}, {"replaced": ("Q",)}, id="replaced"),
        pytest.param(
            {"Q": queue(QueueName={"Fn::Sub": "${P}-q"})}, {}, {"replaced": ("Q",)}, id="through Sub"
        ),
        pytest.param(
            {"Q": queue(QueueName={"Fn::If": ["Both", "a", "b"]})},
            IS_P,
            {"replaced": ("Q",)},
            id="through conditions",
        ),
        pytest.param(
            {"Q": {**queue(QueueName="a"), "Condition": "Both"}},
            IS_P,
            {"switched": ("Q",)},
            id="made or removed",
        ),
        pytest.param({"Q": queue(QueueName="a")}, IS_P, {}, id="an unused condition"),
        pytest.param(
            {"Q": queue(FifoQueue=P, QueueName="a")},
            {},
            {"replaced": ("Q",), "keeping_name": ("Q",)},
            id="replaced under the same name",
        ),
        pytest.param(
            {"Q": queue(FifoQueue=P, QueueName={"Fn::GetAtt": ["R", "QueueName"]}), "R": queue()},
            {},
            {"replaced": ("Q",)},
            id="replaced under the name of another",
        ),
        pytest.param(
            {
                "V": vpc(CidrBlock=P),
                "S": subnet(VpcId={"Ref": "V"}),
                "T": subnet(Tags=[{"Key": "Subnet", "Value": {"Ref": "S"}}]),
            },
            {},
            {"replaced": ("V",), "following": ("S",), "updated": ("T",)},
            id="what refers to it follows",
        ),
        pytest.param(
            {"V": vpc(InstanceTenancy=P), "S": subnet(VpcId={"Ref": "V"})},
            {},
            {"maybe_replaced": ("V", "S")},
            id="in some cases",
        ),
        pytest.param(
            {
                "V": vpc(InstanceTenancy=P),
                "S": subnet(VpcId={"Ref": "V"}),
                "N": {"Type": "AWS::EC2::NatGateway", "Properties": {"SubnetId": {"Ref": "S"}}},
                "T": subnet(Tags=[{"Key": "Gateway", "Value": {"Ref": "N"}}]),
                "U": subnet(Tags=[{"Key": "Neighbour", "Value": {"Ref": "T"}}]),
            },
            {},
            {"maybe_replaced": ("V", "S", "N"), "updated": ("T",)},
            id="in some cases, over several resources",
        ),
        pytest.param(
            {
                "Q": {
                    "Type": "AWS::SQS::QueuePolicy",
                    "Properties": {
                        "Queues": ["a"],
                        "PolicyDocument": {"Statement": [{"Condition": {"StringEquals": {"a": P}}}]},
                    },
                }
            },
            {},
            {"updated": ("Q",)},
            id="in the condition of a policy",
        ),
    ],
)
def test_follows_a_parameter(
    resources: dict[str, Any], sections: dict[str, Any], expected: dict[str, Any]
) -> None:
    """The effects are followed through functions, conditions and replaced resources, with the schemas."""
    found = change(resources, **sections)._replace(notes=(), kept_if=())

    assert found == ParameterEffect(**{**NOTHING, **expected})


def test_outputs_change_with_their_value_their_name_or_what_they_name() -> None:
    """An output is listed if the parameter changes its value, or may replace the resource in its value."""
    found = change(
        {
            "Q": queue(QueueName=P),
            "R": queue(DelaySeconds=P),
            "V": vpc(InstanceTenancy=P),
            "S": subnet(VpcId={"Ref": "V"}),
        },
        {
            "Value": {"Value": P},
            "Name": {"Value": "a", "Export": {"Name": {"Fn::Sub": "${P}-name"}}},
            "Replaced": {"Value": {"Fn::GetAtt": ["Q", "Arn"]}},
            "Updated": {"Value": {"Ref": "R"}},
            "MaybeReplaced": {"Value": {"Ref": "V"}},
            "Following": {"Value": {"Fn::GetAtt": ["S", "AvailabilityZone"]}},
        },
    )

    assert found.outputs == ("Value", "Name", "Replaced", "MaybeReplaced", "Following")


INSTANCES = NOTES["AWS::RDS::DBInstance"]


def instance(**properties: Any) -> dict[str, Any]:
    """Return a DB instance."""
    return {"Type": "AWS::RDS::DBInstance", "Properties": properties}


def said(resources: dict[str, Any], **sections: Any) -> list[str]:
    """Return the text on the page about the parameter ``P`` of a template."""
    template = {"Parameters": {"P": {"Type": "String"}}, "Resources": resources, **sections}
    stack = BuiltStack("site", "site.yaml", "us-east-1", template)
    return list(sentences(stack, "P", changes(stack)["P"]))


def test_interruptions_are_found_where_the_resource_stays() -> None:
    """A property that interrupts is listed, unless the resource is certainly replaced."""
    key = {"PerformanceInsightsKMSKeyId": P}
    found = change(
        {
            "Stays": instance(DBInstanceClass=P),
            "Maybe": instance(DBInstanceClass=P, **key),
            "Goes": instance(DBInstanceClass=P, DBClusterIdentifier=P),
            "Follows": instance(DBParameterGroupName={"Ref": "Group"}),
            "Group": {"Type": "AWS::RDS::DBParameterGroup", "Properties": {"Family": P}},
        }
    )

    assert found.updated == ("Stays", "Follows")  # the handler updates the parameter group in place
    assert found.maybe_replaced == ("Maybe",)
    assert found.replaced == ("Goes", "Group")
    assert found.notes == (
        ("Stays", INSTANCES["DBInstanceClass"]),
        ("Maybe", INSTANCES["DBInstanceClass"]),
        ("Follows", INSTANCES["DBParameterGroupName"]),
    )
    assert found.kept_if == (
        (
            "PerformanceInsightsKMSKeyId",
            REPLACED_UNLESS["AWS::RDS::DBInstance"]["PerformanceInsightsKMSKeyId"],
        ),
    )
    assert found.unknown == ()


def test_interruptions_in_words() -> None:
    """The page lists interrupted resources, the kind of interruption, the AWS page, and the order."""
    source = f"([source]({INSTANCES['DBInstanceClass'].source}))"
    one = instance(DBInstanceClass=P)

    assert said({"A": one}) == [f"**Interrupts** `A`: it is not available while its class changes {source}."]
    assert said({"A": one, "B": one}) == [
        f"**Interrupts** `A`, `B`: each is not available while its class changes {source}."
    ]
    assert said({"B": {**one, "DependsOn": "A"}, "A": one, "Q": queue(DelaySeconds=P)}) == [
        f"**Interrupts** `B`, `A`: each is not available while its class changes {source}.",
        "In this order: `A`, then `B`.",
        "Updates `Q`.",
    ]


def test_effects_without_an_interruption_in_words() -> None:
    """An update that clients do not notice is not called an interruption."""
    stage = {"Type": "AWS::ApiGateway::Stage", "Properties": {"CacheClusterSize": P}}
    note = NOTES["AWS::ApiGateway::Stage"]["CacheClusterSize"]

    assert said({"S": stage}) == [f"`S` {note.does} ([source]({note.source})).", "Updates `S`."]
    assert said({"S": stage, "T": stage}) == [
        f"`S`, `T`: each {note.does} ([source]({note.source})).",
        "Updates `S`, `T`.",
    ]


def test_what_is_not_known_is_said() -> None:
    """For an undocumented property, the page does not state that there is no interruption."""
    assert said({"Q": queue(NoSuchProperty=P), "R": queue(DelaySeconds=P)}) == [
        "Updates `Q`, `R`.",
        "It is not known whether this interrupts `Q`.",
    ]


def test_a_parameter_without_effect_in_words() -> None:
    """A parameter whose condition does not change a resource has no effect."""
    assert said({"Q": queue(QueueName="a")}, **IS_P) == ["Does not change any resource."]


def test_what_the_stack_policy_refuses_in_words() -> None:
    """Denied replacements, removals and changes are listed, but not removals because of a condition."""
    removal = (
        "Removing `Second` makes its cluster fail over, if it is the writer "
        "([source](https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_DeleteCluster.html))."
    )
    secret = {
        "Type": "AWS::SecretsManager::Secret",
        "Properties": {"GenerateSecretString": {"PasswordLength": 40}, "Tags": [{"Key": "a", "Value": P}]},
    }

    assert said({"Q": queue(QueueName=P)}) == [
        "**Replaces** `Q`.",
        "**The stack policy denies** the replacement of `Q`.",
    ]
    assert said({"S": secret}) == ["Updates `S`.", "**The stack policy denies** changes to `S`."]
    assert said(
        {
            "Site": {"Type": "AWS::CloudFront::Distribution", "Condition": "IsP"},
            "Second": {**instance(), "Condition": "IsP"},
        },
        **IS_P,
    ) == [
        "Creates or removes `Site`, `Second`.",
        "**The stack policy denies** the removal of `Site`.",
        removal,
    ]


def test_rules_that_look_at_a_parameter_in_words() -> None:
    """A rule is listed if its condition or an assertion uses the parameter."""
    assertion = {"Assert": {"Fn::Equals": ["a", "b"]}, "AssertDescription": "a must be b."}
    rules = {
        "Asserts": {"Assertions": [{**assertion, "Assert": {"Fn::Equals": [P, "b"]}}]},
        "Applies": {"RuleCondition": {"Fn::Equals": [P, "x"]}, "Assertions": [assertion]},
        "Other": {"Assertions": [assertion]},
    }

    assert said({"Q": queue(DelaySeconds=P)}, Rules=rules) == [
        "The rule `Asserts` rejects some values: a must be b.",
        "The rule `Applies` rejects some values: a must be b.",
        "Updates `Q`.",
    ]
