"""What a project adds to the tables about AWS, for the deploy policies of its own stacks."""

import json
from typing import Any

import pytest

from cfn_analysis.model.built_stack import BuiltStack
from csr_templates.hand_over import deploy_scopes
from csr_templates.hand_over.deploy_policies import iam_policies
from csr_templates.hand_over.policy_documents import PolicyError

TABLE = {"Type": "AWS::DynamoDB::Table", "Properties": {"TableName": "shop"}}
SCOPE = "AWS::DynamoDB::Table arn:aws:dynamodb:{region}:*:table/{TableName}"


def everyday(template: dict[str, Any], facts: deploy_scopes.DeployTables) -> str:
    """Return the policies for everyday deploys, as text."""
    policies, _ = iam_policies(BuiltStack("site", "site.yaml", "us-east-1", template), facts)
    return json.dumps(policies)


def test_a_scope_is_a_line_of_the_file() -> None:
    """A stack has the scopes of its project, and those of this package."""
    text = everyday({"Resources": {"Table": TABLE}}, deploy_scopes.facts(scopes=[SCOPE]))

    assert '"dynamodb:CreateTable"' in text
    assert "arn:aws:dynamodb:us-east-1:*:table/shop" in text
    assert set(deploy_scopes.SCOPES) < set(deploy_scopes.facts(scopes=[SCOPE]).scopes)


@pytest.mark.parametrize(
    "line", ["AWS::DynamoDB::Table", "AWS::A::B table/*", f"{SCOPE} random", f"{SCOPE} name x"]
)
def test_a_wrong_scope_is_refused(line: str) -> None:
    """It would match no resource, or all of them."""
    with pytest.raises(PolicyError, match="is not a type and an ARN, separated by a space"):
        deploy_scopes.facts(scopes=[line])


def test_a_placeholder_that_nothing_fills_in_is_refused() -> None:
    """The ARN would match no resource of the stack."""
    with pytest.raises(
        PolicyError, match=r"Nothing fills in \{project\} of the scope .* such as \{TableName\}"
    ):
        deploy_scopes.facts(scopes=[SCOPE.replace("{TableName}", "{project}")])
    facts = deploy_scopes.facts(scopes=[SCOPE.replace("{TableName}", "{TableNam}")])
    with pytest.raises(
        PolicyError, match=r"\{TableNam\} in arn.* is not a property .* Did you mean 'TableName'"
    ):
        everyday({"Resources": {"Table": TABLE}}, facts)


def test_forgotten_actions_are_allowed() -> None:
    """Only with the property that needs them."""
    forgotten = [
        ("AWS::DynamoDB::Table", "SSESpecification", ("dynamodb:PurchaseReservedCapacityOfferings",))
    ]
    facts = deploy_scopes.facts(scopes=[SCOPE], forgotten=forgotten)
    encrypted = {**TABLE, "Properties": {"TableName": "shop", "SSESpecification": {"SSEEnabled": True}}}

    assert "PurchaseReserved" not in everyday({"Resources": {"Table": TABLE}}, facts)
    assert "PurchaseReserved" in everyday({"Resources": {"Table": encrypted}}, facts)


def test_service_linked_roles_can_be_created() -> None:
    """The role of the named service, and no other one."""
    facts = deploy_scopes.facts(
        scopes=[SCOPE], service_linked=[("AWS::DynamoDB::", "replication.dynamodb.amazonaws.com")]
    )

    text = everyday({"Resources": {"Table": TABLE}}, facts)

    assert '"iam:AWSServiceName": ["replication.dynamodb.amazonaws.com"]' in text


def test_values_of_parameters_can_be_looked_up() -> None:
    """The action is that of the project's table."""
    declared = {"Parameters": {"Vpc": {"Type": "AWS::EC2::VPC::Id"}}, "Resources": {"Table": TABLE}}
    scopes = [SCOPE]

    with pytest.raises(PolicyError, match="The parameter Vpc has the type"):
        everyday(declared, deploy_scopes.facts(scopes))
    parameters = {"AWS::EC2::VPC::Id": "ec2:DescribeVpcs"}
    assert "ec2:DescribeVpcs" in everyday(declared, deploy_scopes.facts(scopes, parameters=parameters))
