"""Reads and writes the saved prices, ``prices.json``: USD, on demand, each with its source and date."""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Final, NamedTuple

FILE: Final = Path(__file__).with_name("prices.json")
GLOBAL: Final = "global"
"""The region of prices that are the same in all regions."""
OLDEST: Final = 365
"""The age of a price, in days, above which the command shows a warning."""

_CENT: Final = Decimal("0.01")


class PricesError(ValueError):
    """The prices cannot be read; the message states the place and what to do."""


class Price(NamedTuple):
    """The price of an item in a region.

    Attributes:
        tiers: from the amount of a month at which the tier begins, and the price of one unit; ascending.
        source: where the price was read.
        date: when it was read.
    """

    tiers: tuple[tuple[Decimal, Decimal], ...]
    source: str
    date: date


class Item(NamedTuple):
    """Something that AWS bills.

    Attributes:
        key: its short name, also in usage files.
        name: its name in reports.
        service: the service code of the Price List API.
        usage_type: its usage type, without the prefix of the region; ``{region}`` stands for a whole region.
        unit: the unit of the Price List API.
        filters: further attributes of the product.
        free: the amount of a month that is free in each account, if the Price List API does not have it as a
            tier.
        prices: region -> price.
    """

    key: str
    name: str
    service: str
    usage_type: str
    unit: str
    filters: Mapping[str, str]
    free: int
    prices: Mapping[str, Price]

    @property
    def is_global(self) -> bool:
        """Whether the price is the same in all regions."""
        return GLOBAL in self.prices

    def region(self, region: str) -> str:
        """Return the key of ``prices`` for a region."""
        if self.is_global:
            return GLOBAL
        return region

    def tiers(self, region: str) -> tuple[tuple[Decimal, Decimal], ...]:
        """Return the tiers in a region, with the free amount; empty without a price."""
        price = self.prices.get(self.region(region))
        if not price:
            return ()
        if self.free and price.tiers[0][1]:
            return ((Decimal(0), Decimal(0)), (Decimal(self.free), price.tiers[0][1]), *price.tiers[1:])
        return price.tiers

    def parts(self, region: str, used: Decimal, quantity: Decimal) -> Iterator[tuple[Decimal, Decimal]]:
        """Yield the quantity in each tier with its price.

        ``used`` is what the account already uses in this month.
        """
        tiers = self.tiers(region)
        ends = [*(begin for begin, _ in tiers[1:]), Decimal("Infinity")]
        for (begin, price), end in zip(tiers, ends, strict=True):
            part = min(end, used + quantity) - max(begin, used)
            if part > 0:
                yield part, price


class Prices(NamedTuple):
    """The saved prices.

    Attributes:
        sources: abbreviation -> source.
        items: key -> item.
    """

    sources: Mapping[str, str]
    items: Mapping[str, Item]

    def tiers(self, key: str, region: str) -> tuple[tuple[Decimal, Decimal], ...]:
        """Return the tiers of an item in a region; empty without a saved price."""
        if key in self.items:
            return self.items[key].tiers(region)
        return ()

    def has(self, region: str) -> bool:
        """Return whether any price of a region is saved."""
        return any(region in item.prices for item in self.items.values())

    @property
    def date(self) -> date:
        """The date of the oldest price."""
        dates: list[date] = []
        for item in self.items.values():
            dates += [price.date for price in item.prices.values()]
        return min(dates)


def read(path: Path = FILE) -> Prices:
    """Return the prices of a file.

    Raises:
        PricesError: the file cannot be read.
    """
    try:
        document = json.loads(path.read_bytes())
    except OSError as error:
        raise PricesError(f"Cannot read {path.as_posix()}: {error.strerror or error}.") from error
    except ValueError as error:
        raise PricesError(
            f"Cannot read {path.as_posix()}: it is not JSON ({error}). Copy the file of the package again."
        ) from error
    items: dict[str, Item] = {}
    key = ""
    try:
        for key, prices in document["items"].items():
            items[key] = _item(key, prices)
        key = ""
        if not any(item.prices for item in items.values()):
            raise ValueError("no item has a price")
        return Prices(dict(document["sources"]), items)
    except (KeyError, TypeError, ValueError, AttributeError, InvalidOperation) as error:
        raise PricesError(
            f"Cannot read {path.as_posix()}: it does not have the form of the package's prices.json "
            f"({key and f'items.{key}: '}{type(error).__name__}: {error}). Copy that file again."
        ) from error


def _item(key: str, document: Mapping[str, Any]) -> Item:
    return Item(
        key,
        document["name"],
        document["service"],
        document["usageType"],
        document["unit"],
        dict(document.get("filters", {})),
        int(document.get("free", 0)),
        {region: _price(price) for region, price in document["prices"].items()},
    )


def _price(document: Mapping[str, Any]) -> Price:
    tiers = tuple((Decimal(begin), Decimal(price)) for begin, price in document["tiers"])
    begins = [begin for begin, _ in tiers]
    if not begins or begins[0] != 0 or begins != sorted(set(begins)):
        raise ValueError("tiers must begin with 0 and ascend")
    return Price(tiers, document["source"], date.fromisoformat(document["date"]))


def as_json(prices: Prices) -> str:
    """Return the prices as the text of their file, one price a line."""
    item_texts = []
    for item in prices.items.values():
        attributes: dict[str, Any] = {
            "name": item.name,
            "service": item.service,
            "usageType": item.usage_type,
            "unit": item.unit,
        }
        if item.filters:
            attributes["filters"] = item.filters
        if item.free:
            attributes["free"] = item.free
        attribute_lines = [
            f"      {json.dumps(key)}: {json.dumps(value)}," for key, value in attributes.items()
        ]
        region_lines = [
            f"        {json.dumps(region)}: {json.dumps(_document(price))}"
            for region, price in item.prices.items()
        ]
        first_lines = [f"    {json.dumps(item.key)}: {{", *attribute_lines, '      "prices": {']
        item_texts.append("\n".join([*first_lines, ",\n".join(region_lines), "      }", "    }"]))
    sources_text = json.dumps(prices.sources, indent=2).replace("\n", "\n  ")
    return f'{{\n  "sources": {sources_text},\n  "items": {{\n' + ",\n".join(item_texts) + "\n  }\n}\n"


def _document(price: Price) -> dict[str, Any]:
    return {
        "tiers": [[plain(begin), plain(amount)] for begin, amount in price.tiers],
        "source": price.source,
        "date": price.date.isoformat(),
    }


def plain(number: Decimal) -> str:
    """Return a number without an exponent and without trailing zeros."""
    return format(number.normalize(), "f")


def price_text(price: Decimal) -> str:
    """Return a unit price with at least two decimals."""
    whole, _, decimals = plain(price).partition(".")
    return f"{whole}.{decimals:0<2}"


def cents(amount: Decimal) -> Decimal:
    """Return an amount rounded to cents."""
    return amount.quantize(_CENT, ROUND_HALF_UP)


def total(amounts: Iterable[Decimal]) -> Decimal:
    """Return a sum in cents."""
    return sum(amounts, Decimal("0.00"))
