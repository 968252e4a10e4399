"""Asks the Price List API of AWS for the saved prices.

It only reads the account. So far, it has never run with credentials.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final, NamedTuple

from csr_templates.account import errors
from csr_templates.costs.prices import GLOBAL, Item, Price, Prices, price_text

SOURCE: Final = "API"
SOURCES: Final = {SOURCE: "AWS Price List API, GetProducts"}

_ENDPOINT: Final = "us-east-1"  # one of the regions with an endpoint of the API
_PREFIX: Final = r"(?:[A-Z]{2,4}\d{0,2}-)?"  # of a usage type; some usage types of us-east-1 have none
_CALL: Final = "pricing:GetProducts"
_CURRENCY: Final = "USD"


class RefreshError(Exception):
    """AWS did not answer; the message states what to do."""


class RefreshedPrices(NamedTuple):
    """The answers of the Price List API.

    Attributes:
        prices: the new prices.
        changes: a line for each price that changed.
        unchanged: the number of prices that did not change.
        absent: a line for each item that a new region does not have.
        problems: a sentence for each item without exactly one product, or with a product of another form.
    """

    prices: Prices
    changes: Sequence[str]
    unchanged: int
    absent: Sequence[str]
    problems: Sequence[str]


class _ProductError(ValueError):
    """A product does not have the expected form."""


def client(create: Callable[[str, str], Any]) -> Any:
    """Return a client of the Price List API, which a function creates for a service and a region.

    Raises:
        RefreshError: the credentials cannot be read.
    """
    from botocore.exceptions import BotoCoreError

    try:
        return create("pricing", _ENDPOINT)
    except BotoCoreError as error:
        raise RefreshError(errors.in_words(errors.failure(error), _CALL)) from error


def refresh(
    prices: Prices,
    pricing: Any,
    today: date,
    new_regions: Sequence[str] = (),
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> RefreshedPrices:
    """Ask for each saved price, and for the prices of new regions.

    ``progress`` gets the numbers of asked and of all prices.

    Raises:
        RefreshError: AWS did not answer.
    """
    requests = _requests(prices, new_regions)
    new_prices: dict[str, dict[str, Price]] = {key: {} for key in prices.items}
    changes: list[str] = []
    absent: list[str] = []
    problems: list[str] = []
    unchanged = 0
    for done, (item, region) in enumerate(requests, 1):
        place = f"{item.key} in {region}"
        saved = item.prices.get(region)
        products = _products(pricing, item, region)
        if not products and not saved:
            absent.append(place)
        else:
            try:
                tiers = _tiers(_only_product(products), item.unit)
            except _ProductError as error:
                problems.append(f"{place}: {error}")
            else:
                new_prices[item.key][region] = Price(tiers, SOURCE, today)
                if saved and saved.tiers == tiers:
                    unchanged += 1
                else:
                    earlier = _tiers_in_words(saved.tiers) if saved else "none"
                    changes.append(f"{place}: {earlier} -> {_tiers_in_words(tiers)}")
        progress(done, len(requests))
    regions_with_prices = set().union(*new_prices.values())
    problems += [
        f"{region}: no item has a price. Check the name of the region."
        for region in new_regions
        if region not in regions_with_prices
    ]
    items = {key: item._replace(prices=new_prices[key]) for key, item in prices.items.items()}
    return RefreshedPrices(Prices(SOURCES, items), changes, unchanged, absent, problems)


def _requests(prices: Prices, new_regions: Sequence[str]) -> list[tuple[Item, str]]:
    """Return the items and regions to ask for; an item with the same price in all regions has no others."""
    requests = []
    for item in prices.items.values():
        regions = dict.fromkeys(item.prices)
        if not item.is_global:
            regions |= dict.fromkeys(new_regions)
        requests += [(item, region) for region in regions]
    return requests


def _only_product(products: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """Return the product of a price.

    Raises:
        _ProductError: there are several, or none.
    """
    if len(products) == 1:
        return products[0]
    usage_types = ", ".join(f"{_usage_type(product)} ({product['product']['sku']})" for product in products)
    raise _ProductError(f"expected one product, found {len(products)}. {usage_types}".strip())


def _products(pricing: Any, item: Item, region: str) -> list[Mapping[str, Any]]:
    """Return the products of an item in a region."""
    from botocore.exceptions import BotoCoreError, ClientError

    usage_type = item.usage_type.replace("{region}", region)
    filters = [{"Type": "TERM_MATCH", "Field": name, "Value": value} for name, value in item.filters.items()]
    if region == GLOBAL:
        filters.append({"Type": "TERM_MATCH", "Field": "usagetype", "Value": usage_type})
        pattern = re.escape(usage_type)
    else:
        filters.append({"Type": "TERM_MATCH", "Field": "regionCode", "Value": region})
        filters.append({"Type": "CONTAINS", "Field": "usagetype", "Value": usage_type})
        pattern = _PREFIX + re.escape(usage_type)
    documents = []
    try:
        pages = pricing.get_paginator("get_products").paginate(ServiceCode=item.service, Filters=filters)
        for page in pages:
            documents += page["PriceList"]
    except (BotoCoreError, ClientError, ValueError, OSError) as error:  # the last two: a broken configuration
        reason = errors.in_words(errors.failure(error), _CALL)
        raise RefreshError(f"There is no price of {item.key}. {reason}") from error
    products = [_product(document) for document in documents]
    return [product for product in products if re.fullmatch(pattern, _usage_type(product))]


def _product(document: str | Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a product of the API's price list, whose members are JSON texts."""
    if isinstance(document, str):
        product: Mapping[str, Any] = json.loads(document)
        return product
    return document


def _usage_type(product: Mapping[str, Any]) -> str:
    return str(product["product"]["attributes"].get("usagetype"))


def _tiers(product: Mapping[str, Any], unit: str) -> tuple[tuple[Decimal, Decimal], ...]:
    """Return the tiers of a product on demand.

    Raises:
        _ProductError: the product has several terms, another unit or currency, or tiers with gaps.
    """
    terms = [*product.get("terms", {}).get("OnDemand", {}).values()]
    if len(terms) != 1:
        raise _ProductError(f"expected one term on demand, found {len(terms)}.")
    try:
        dimensions = sorted(
            (Decimal(tier["beginRange"]), Decimal(tier["endRange"]), tier["unit"], tier["pricePerUnit"])
            for tier in terms[0]["priceDimensions"].values()
        )
        tiers = tuple((begin, Decimal(price[_CURRENCY])) for begin, _, _, price in dimensions)
    except (ArithmeticError, LookupError, TypeError) as error:
        raise _ProductError(f"the term does not have the documented form ({error!r}).") from error
    other_units = {tier_unit for _, _, tier_unit, _ in dimensions} - {unit}
    if other_units:
        raise _ProductError(f"expected the unit {unit}, found {', '.join(sorted(other_units))}.")
    ends = [end for _, end, _, _ in dimensions]
    begins = [begin for begin, _, _, _ in dimensions]
    if begins[:1] != [0] or ends != [*begins[1:], Decimal("Infinity")]:
        raise _ProductError(
            f"expected tiers from 0 to Inf, found {', '.join(str(begin) for begin in begins)}."
        )
    if not any(price for _, price in tiers):
        raise _ProductError("expected a price, found 0.")
    return tiers


def _tiers_in_words(tiers: Sequence[tuple[Decimal, Decimal]]) -> str:
    """Return the price of each tier and where it begins."""
    words = []
    for begin, price in tiers:
        words.append(f"{price_text(price)} from {begin:,}" if begin else price_text(price))
    return ", ".join(words)
