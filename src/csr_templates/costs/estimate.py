"""The cost of the stacks of an environment, line by line."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from cfn_analysis.model.built_stack import BuiltStack
from cfn_analysis.model.three_valued import UNKNOWN
from cfn_analysis.updates.resolved_stack import ResolvedStack, Resource, resolve_set
from csr_templates.costs.billing import TYPES, usage_keys
from csr_templates.costs.charges import BilledResource, Charge, NotPriced
from csr_templates.costs.prices import Prices, cents, total
from csr_templates.costs.usage import Usage, require

Values = Mapping[str, Mapping[str, str]]
"""Stack -> parameter -> value."""


class Line(NamedTuple):
    """A line of an estimate.

    Attributes:
        stack: name of the stack.
        key: key of the item.
        item: its name, with the region if it is not that of the stack.
        quantity: amount in a month.
        unit: of the quantity.
        price: of one unit.
        monthly: the product, in cents.
    """

    stack: str
    key: str
    item: str
    quantity: Decimal
    unit: str
    price: Decimal
    monthly: Decimal


class UnpricedResource(NamedTuple):
    """A resource whose cost is not known.

    Attributes:
        stack: name of the stack.
        resource: its logical ID.
        type: its type.
        reason: why the cost is not known.
    """

    stack: str
    resource: str
    type: str
    reason: str


class ByUsage(NamedTuple):
    """An item that a stack pays by usage.

    Attributes:
        stack: name of the stack.
        key: key of the item.
        item: its name.
        unit: of an amount.
        price: of one unit in the first tier; None if it is not saved for the region.
    """

    stack: str
    key: str
    item: str
    unit: str
    price: Decimal | None


class Estimate(NamedTuple):
    """The cost of an environment in a month.

    Attributes:
        environment: its name; empty for stacks without environments.
        lines: the fixed cost.
        unpriced: the resources whose fixed cost is not known.
        by_usage: what is billed by usage.
        usage: the cost of the usage; None if no usage is given.
    """

    environment: str
    lines: Sequence[Line]
    unpriced: Sequence[UnpricedResource]
    by_usage: Sequence[ByUsage]
    usage: Sequence[Line] | None

    @property
    def fixed(self) -> Decimal:
        """The sum of the fixed cost."""
        return total(line.monthly for line in self.lines)

    @property
    def used(self) -> Decimal:
        """The sum of the usage."""
        return total(line.monthly for line in self.usage or ())


def estimate(
    environment: str,
    stacks: Sequence[BuiltStack],
    values: Values,
    prices: Prices,
    usage: Usage | None = None,
) -> Estimate:
    """Return the cost of the stacks with the parameter values of an environment.

    For other parameters, the defaults of the templates apply.

    Raises:
        ResolveError: a template has a macro.
        UsageError: a stack does not pay an item by usage.
    """
    resolved = resolve_set([(stack, values.get(stack.name, {})) for stack in stacks])
    return estimate_resolved(environment, resolved, prices, usage)


def estimate_resolved(
    environment: str, resolved: Mapping[str, ResolvedStack], prices: Prices, usage: Usage | None = None
) -> Estimate:
    """Return the cost of resolved stacks, as ``estimate`` does.

    Raises:
        UsageError: a stack does not pay an item by usage.
    """
    meter = _Meter(prices)
    lines: list[Line] = []
    unpriced: list[UnpricedResource] = []
    by_usage: list[ByUsage] = []
    for stack in resolved.values():
        fixed = _fixed_cost(stack, prices)
        unpriced += fixed.unpriced
        for (key, region), quantity in fixed.quantities.items():
            lines += meter.lines(stack.built, key, region, quantity)
        by_usage += [_by_usage(stack, key, prices) for key in fixed.usage]
    if usage is None:
        return Estimate(environment, lines, unpriced, by_usage, None)
    used: list[Line] = []
    for name, amounts in usage.items():
        stack = resolved[name]
        region = stack.built.region
        keys_of_stack = {billed.key for billed in by_usage if billed.stack == name}
        for key, amount in amounts.items():
            place = f"{environment}.{name}.{key}"
            require(key, _payable(stack), place, "The stack does not pay this item by usage")
            if key not in keys_of_stack:
                continue  # with other parameter values, the stack pays it
            if prices.tiers(key, region):
                used += meter.lines(stack.built, key, region, amount)
            else:
                unpriced.append(UnpricedResource(name, key, "usage", _no_price(key, region)))
    return Estimate(environment, lines, unpriced, by_usage, used)


class _FixedCost(NamedTuple):
    """What the resources of a stack cost, before prices.

    Attributes:
        quantities: key of an item and region -> amount in a month, of all resources together.
        usage: the keys of the items that the stack pays by usage, in the order of the resources.
        unpriced: the resources whose fixed cost is not known.
    """

    quantities: Mapping[tuple[str, str], Decimal]
    usage: Sequence[str]
    unpriced: Sequence[UnpricedResource]


def _fixed_cost(stack: ResolvedStack, prices: Prices) -> _FixedCost:
    quantities: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    usage: dict[str, None] = {}  # as a set that keeps the order
    unpriced = []
    for name, resource in stack.existing():
        try:
            charges = _charges(stack, resource, prices)
        except NotPriced as reason:
            unpriced.append(UnpricedResource(stack.name, name, resource.type, str(reason)))
            continue
        for charge in charges:
            quantities[charge.item, charge.region or stack.built.region] += charge.quantity
        billing = TYPES[resource.type]
        if charges or not billing.charges:
            usage |= dict.fromkeys(billing.usage)
    return _FixedCost(quantities, list(usage), unpriced)


def _by_usage(stack: ResolvedStack, key: str, prices: Prices) -> ByUsage:
    """Return an item that a stack pays by usage, with the price of the first tier that is not free."""
    item = prices.items[key]
    amounts = [price for _, price in item.tiers(stack.built.region) if price]
    return ByUsage(stack.name, key, item.name, item.unit, amounts[0] if amounts else None)


def _payable(stack: ResolvedStack) -> Sequence[str]:
    """Return the items that a stack pays by usage, with any parameter values."""
    return usage_keys(resource.type for resource in stack.resources.values())


def _charges(stack: ResolvedStack, resource: Resource, prices: Prices) -> list[Charge]:
    """Return the fixed charges of a resource.

    Raises:
        NotPriced: they are not known.
    """
    billing = TYPES.get(resource.type)
    if not billing:
        raise NotPriced("no price of this type is saved")
    if not billing.charges:
        return []
    if resource.exists is UNKNOWN:
        raise NotPriced(f"it exists only for some values of {resource.condition_inputs}")
    others = {name: (resource.type, resource.properties) for name, resource in stack.existing()}
    try:
        charges = list(billing.charges(BilledResource(resource.properties, others)))
    except (AttributeError, LookupError, TypeError) as error:  # a template that CloudFormation would refuse
        raise NotPriced("its properties do not have the form of the type") from error
    for charge in charges:
        region = charge.region or stack.built.region
        if not prices.tiers(charge.item, region):
            raise NotPriced(_no_price(charge.item, region))
    return charges


def _no_price(key: str, region: str) -> str:
    return f"no price of {key} in {region} is saved"


class _Meter:
    """Divides quantities among the tiers of an account: all stacks together reach the next tier."""

    def __init__(self, prices: Prices) -> None:
        self._prices = prices
        self._used: dict[tuple[str, str], Decimal] = defaultdict(Decimal)

    def lines(self, stack: BuiltStack, key: str, region: str, quantity: Decimal) -> Iterator[Line]:
        """Yield a line for each tier."""
        item = self._prices.items[key]
        account = (key, item.region(region))
        name = item.name
        if not item.is_global and region != stack.region:
            name = f"{name} in {region}"
        for part, price in item.parts(region, self._used[account], quantity):
            yield Line(stack.name, key, name, part, item.unit, price, cents(part * price))
        self._used[account] += quantity
