"""``estimate``: sums, tiers over all stacks, and what is not known."""

from decimal import Decimal

import pytest

from cfn_analysis.model.built_stack import BuiltStack
from csr_templates.costs.estimate import UnpricedResource, estimate
from csr_templates.costs.prices import Prices
from csr_templates.costs.usage import UsageError
from csr_templates.hand_over.built_folder import BuiltFolder
from tests.csr_templates.costs.conftest import cost, stack


def test_lines_add_up(folder: BuiltFolder, prices: Prices) -> None:
    """The sum is that of the rounded lines, so a reader can add them; each is quantity x price."""
    estimated = estimate("prod", folder.stacks, folder.environments["prod"], prices)

    assert estimated.fixed == sum(line.monthly for line in estimated.lines)
    assert estimated.fixed > 0
    for line in estimated.lines:
        assert abs(line.quantity * line.price - line.monthly) <= Decimal("0.005")


def test_free_amounts_are_those_of_the_account(prices: Prices) -> None:
    """The dashboards of all stacks together use the free ones, also in different regions."""
    dashboard = {"Type": "AWS::CloudWatch::Dashboard", "Properties": {"DashboardBody": '{"widgets": []}'}}
    two = {"A": dashboard, "B": dashboard}
    stacks = [
        BuiltStack(name, f"{name}.yaml", region, {"Resources": two})
        for name, region in (("api", "ap-northeast-1"), ("site", "us-east-1"))
    ]

    estimated = estimate("", stacks, {}, prices)
    assert [(line.stack, str(line.quantity), str(line.monthly)) for line in estimated.lines] == [
        ("api", "2", "0.00"),
        ("site", "1", "0.00"),
        ("site", "1", "3.00"),
    ]


def test_usage_has_tiers(prices: Prices) -> None:
    """Each tier is a line: 333,000,000 x 0.00000425, and 1,000,000 x 0.00000353."""
    api = stack({"Api": {"Type": "AWS::ApiGateway::RestApi"}})

    estimated = estimate("", [api], {}, prices, {"site": {"api-requests": Decimal(334_000_000)}})
    assert [(str(line.quantity), str(line.monthly)) for line in estimated.usage or ()] == [
        ("333000000", "1415.25"),
        ("1000000", "3.53"),
    ]
    assert (str(estimated.fixed), str(estimated.used)) == ("0.00", "1418.78")


def test_usage_without_a_price_is_not_zero(prices: Prices) -> None:
    """An item without a price in the region is reported."""
    api = stack({"Api": {"Type": "AWS::ApiGateway::RestApi"}}, "eu-west-1")

    estimated = estimate("", [api], {}, prices, {"site": {"api-requests": Decimal(1)}})
    assert estimated.unpriced == [
        UnpricedResource("site", "api-requests", "usage", "no price of api-requests in eu-west-1 is saved")
    ]


def test_an_item_that_the_stack_does_not_pay(prices: Prices) -> None:
    """It is an error, and not 0."""
    api = stack({"Api": {"Type": "AWS::ApiGateway::RestApi"}})

    with pytest.raises(UsageError) as error:
        estimate("prod", [api], {}, prices, {"site": {"api-request": Decimal(1)}})
    assert str(error.value) == (
        "prod.site.api-request: The stack does not pay this item by usage. Did you mean 'api-requests'? "
        "Allowed: api-requests."
    )


def test_an_item_of_a_resource_that_does_not_exist_costs_nothing(prices: Prices) -> None:
    """A usage file remains valid if a condition becomes false."""
    site = stack(
        {"Api": {"Type": "AWS::ApiGateway::RestApi", "Condition": "Never"}},
        Conditions={"Never": {"Fn::Equals": ["a", "b"]}},
    )

    estimated = estimate("", [site], {}, prices, {"site": {"api-requests": Decimal(1_000_000)}})
    assert estimated.usage == []
    assert estimated.unpriced == []


def test_an_unknown_type_is_not_priced() -> None:
    """It is never free by default."""
    estimated = cost({"Cluster": {"Type": "AWS::ECS::Cluster"}})

    assert estimated.unpriced == [
        UnpricedResource("site", "Cluster", "AWS::ECS::Cluster", "no price of this type is saved")
    ]


def test_a_resource_with_an_unknown_condition_is_not_priced() -> None:
    """It may not exist; a resource with a false condition does not."""
    stage = {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/stage"}
    conditions = {
        "IsProduction": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]},
        "Never": {"Fn::Equals": ["a", "b"]},
    }
    resources = {
        "Key": {"Type": "AWS::KMS::Key", "Condition": "IsProduction"},
        "Other": {"Type": "AWS::KMS::Key", "Condition": "Never"},
    }

    estimated = cost(resources, Parameters={"Stage": stage}, Conditions=conditions)
    assert [
        (unpriced.resource, unpriced.reason.startswith("it exists only for some values"))
        for unpriced in estimated.unpriced
    ] == [("Key", True)]
    assert estimated.lines == []


def test_a_region_without_prices_is_not_priced() -> None:
    """The prices of another region do not apply."""
    estimated = cost({"Key": {"Type": "AWS::KMS::Key"}}, "eu-west-1")

    assert [unpriced.reason for unpriced in estimated.unpriced] == [
        "no price of kms-keys in eu-west-1 is saved"
    ]


@pytest.mark.parametrize(
    ("resources", "keys"),
    [
        ({"Endpoint": {"Type": "AWS::EC2::VPCEndpoint"}}, []),
        ({"Key": {"Type": "AWS::KMS::Key"}}, ["kms-requests"]),
        ({"Queue": {"Type": "AWS::SQS::Queue"}}, ["sqs-requests"]),
        ({"Call": {"Type": "Custom::Call"}}, []),
    ],
)
def test_what_is_billed_by_usage(resources: dict[str, dict[str, str]], keys: list[str]) -> None:
    """Usage of a type with a fixed price applies only if it is charged: a gateway endpoint is free."""
    assert [unpriced.key for unpriced in cost(resources).by_usage] == keys
