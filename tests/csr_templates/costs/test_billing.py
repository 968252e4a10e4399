"""``billing``: a resource type is priced, billed by usage, or free."""

from pathlib import Path

import pytest

from cfn_analysis.model.built_stack import BuiltStack
from cfn_analysis.model.data_files import document
from csr_templates.costs.billing import BY_USAGE, FREE, PRICED, TYPES
from csr_templates.costs.estimate import estimate
from csr_templates.costs.prices import Prices
from csr_templates.hand_over.built_folder import BuiltFolder
from tests.system import ENVIRONMENTS


def test_each_type_is_billed_in_one_way() -> None:
    """A type has charges, or items of usage, or neither; each has a reason, and all kinds exist."""
    assert {billing.kind for billing in TYPES.values()} == {PRICED, BY_USAGE, FREE}
    assert [name for name, billing in TYPES.items() if not billing.reason.endswith(".")] == []


def test_the_tables_do_not_overlap() -> None:
    """Otherwise, the later table would hide the earlier one."""
    from csr_templates.costs import billing

    others = document(Path(billing.__file__).with_name("billing.json"))
    names = [*billing._PRICED, *others["byUsage"]]
    for free in others["free"].values():
        names += free
    assert len(names) == len(set(names)) == len(TYPES)
    assert {TYPES[name].kind for name in billing._PRICED} == {PRICED}
    assert {TYPES[name].kind for name in others["byUsage"]} == {BY_USAGE}


def test_items_of_usage_have_prices(prices: Prices) -> None:
    """Each item of ``billing`` is in the prices, for both regions."""
    for billing in TYPES.values():
        for key in billing.usage:
            for region in ("ap-northeast-1", "us-east-1"):
                assert prices.tiers(key, region), f"{key} in {region}"


def switches(folder: BuiltFolder) -> list[str]:
    """Return the parameters with the values true and false."""
    names: set[str] = set()
    for stack in folder.stacks:
        for name, parameter in stack.parameters.items():
            if {str(value) for value in parameter.get("AllowedValues", [])} == {"false", "true"}:
                names.add(name)
    return sorted(names)


def unknown_types(stack: BuiltStack) -> list[str]:
    """Return a sentence for each type of a stack that is not listed, with the line to write."""
    types = {resource["Type"] for resource in stack.resources.values()}
    return [
        f"{type_name} of stack {stack.name} is neither priced nor free. With a fixed price, add it to "
        "_PRICED in src/csr_templates/costs/billing.py. Otherwise, add it to billing.json beside it: if it "
        f'is billed by usage, "{type_name}": {{"reason": "Billed by request.", "usage": ["..."]}}, and if '
        f'it is free, "{type_name}" below the reason.'
        for type_name in sorted(types - TYPES.keys())
    ]


def test_each_type_is_listed(folder: BuiltFolder) -> None:
    """A type that is not listed would have no price in the pages."""
    sentences: list[str] = []
    for stack in folder.stacks:
        sentences += unknown_types(stack)

    assert not sentences, "\n".join(sentences)  # pytest would shorten a comparison


def test_an_unknown_type_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message names the file, and contains the line to write."""
    monkeypatch.delitem(TYPES, "AWS::Lambda::EventSourceMapping", raising=False)
    resources = {"Jobs": {"Type": "AWS::Lambda::EventSourceMapping"}, "Queue": {"Type": "AWS::SQS::Queue"}}

    assert unknown_types(BuiltStack("api", "api.yaml", "us-east-1", {"Resources": resources})) == [
        "AWS::Lambda::EventSourceMapping of stack api is neither priced nor free. With a fixed price, add it "
        "to _PRICED in src/csr_templates/costs/billing.py. Otherwise, add it to billing.json beside it: if "
        'it is billed by usage, "AWS::Lambda::EventSourceMapping": {"reason": "Billed by request.", "usage": '
        '["..."]}, and if it is free, "AWS::Lambda::EventSourceMapping" below the reason.'
    ]


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_every_resource_has_a_price_whatever_is_switched(
    environment: str, folder: BuiltFolder, prices: Prices
) -> None:
    """In each environment, with both values of each switch, each resource of a listed type has its price."""
    names = switches(folder)
    assert len(names) > 5

    for name in names:
        for value in ("true", "false"):
            values = {
                stack.name: {**folder.environments[environment][stack.name]}
                | ({name: value} if name in stack.parameters else {})
                for stack in folder.stacks
            }
            estimated = estimate(environment, folder.stacks, values, prices)
            unpriced = [resource for resource in estimated.unpriced if resource.type in TYPES]
            assert unpriced == [], f"{name}: {value}"
            assert estimated.fixed > 0
