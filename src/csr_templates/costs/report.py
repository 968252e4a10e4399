"""The estimates as text, Markdown, and as a JSON document, whose schema is ``cost.schema.json``."""

import json
import textwrap
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

from cfn_analysis.model.escaping import for_markdown, for_terminal, markdown_code
from csr_templates.costs.estimate import Estimate, Line
from csr_templates.costs.prices import plain, price_text

FORMAT_VERSION: Final = 1
CURRENCY: Final = "USD"
BASIS: Final = (
    "Prices on demand for a month of 730 hours.",
    "Free amounts of an account: the first three dashboards with up to 50 metrics and the checks of the "
    "first 50 AWS endpoints are counted as free, as if the account had no others. The free alarm metrics and "
    "custom metrics of an account, and the free tiers of usage, are not subtracted.",
    "Not in the sum: taxes, support, discounts and credits, and the rotations of a KMS key, of which the "
    "first and the second add the price of a key.",
)
"""What the sums contain, for the reader of a report."""

_WIDTH: Final = 118


def as_text(estimates: Sequence[Estimate], prices_date: date) -> str:
    """Return the report for a terminal."""
    blocks = ["\n".join(map(for_terminal, _text(estimate, prices_date))) for estimate in estimates]
    return "\n\n".join([*blocks, "\n".join(textwrap.fill(sentence, _WIDTH) for sentence in BASIS)])


def as_markdown(estimates: Sequence[Estimate], prices_date: date) -> str:
    """Return the report as Markdown."""
    blocks = ["\n".join(_markdown(estimate, prices_date)) for estimate in estimates]
    return "\n\n".join([*blocks, "\n".join(f"- {sentence}" for sentence in BASIS)])


def as_json(estimates: Sequence[Estimate], prices_date: date) -> str:
    """Return the document in format version 1."""
    document = {
        "formatVersion": FORMAT_VERSION,
        "prices": {"date": prices_date.isoformat()},
        "environments": {estimate.environment: _document(estimate) for estimate in estimates},
    }
    return json.dumps(document, indent=2)


def _document(found: Estimate) -> dict[str, Any]:
    document: dict[str, Any] = {
        "currency": CURRENCY,
        "fixed": str(found.fixed),
        "lines": [_line(line) for line in found.lines],
        "unpriced": [unpriced._asdict() for unpriced in found.unpriced],
        "by_usage": [
            {
                "stack": usage.stack,
                "key": usage.key,
                "item": usage.item,
                "unit": usage.unit,
                "price": None if usage.price is None else price_text(usage.price),
            }
            for usage in found.by_usage
        ],
    }
    if found.usage is not None:
        document["usage"] = {"sum": str(found.used), "lines": [_line(line) for line in found.usage]}
    return document


def _line(line: Line) -> dict[str, Any]:
    whole = line.quantity == line.quantity.to_integral_value()
    return {
        "stack": line.stack,
        "item": line.item,
        "quantity": int(line.quantity) if whole else float(line.quantity),
        "unit": line.unit,
        "price": price_text(line.price),
        "monthly": str(line.monthly),
    }


def _title(found: Estimate) -> str:
    return found.environment or "Defaults of the templates"


def _parts(found: Estimate) -> Iterator[tuple[str, Sequence[Line], Decimal]]:
    """Yield the parts of the cost: name, lines and sum; the last one adds up the others."""
    yield "fixed", found.lines, found.fixed
    if found.usage is not None:
        yield "usage", found.usage, found.used
        yield "fixed and usage", (), found.fixed + found.used


def _text(found: Estimate, prices_date: date) -> Iterator[str]:
    yield f"{_title(found)}: {found.fixed:,} {CURRENCY} a month, fixed (prices of {prices_date})"
    for name, lines, amount in _parts(found):
        for line in lines:
            product = f"{quantity_text(line.quantity)} {line.unit} x {price_text(line.price)}"
            yield f"  {line.stack:<10} {line.item:<53}{product:>42}{line.monthly:>12,}"
        yield f"  {name:>106}{amount:>12,}"
    if found.unpriced:
        yield "  not priced, so not in the sum:"
        yield from (
            f"    {unpriced.stack}.{unpriced.resource} ({unpriced.type}): {unpriced.reason}"
            for unpriced in found.unpriced
        )
    if found.by_usage:
        yield "  billed by usage, so not in the fixed sum (key for --usage, price of the first tier):"
        for key in dict.fromkeys(usage.key for usage in found.by_usage):
            alike = [usage for usage in found.by_usage if usage.key == key]
            stacks: dict[str, list[str]] = {}
            for usage in alike:
                price = "no price" if usage.price is None else price_text(usage.price)
                stacks.setdefault(price, []).append(usage.stack)
            prices = ", ".join(f"{price} ({', '.join(names)})" for price, names in stacks.items())
            yield f"    {key}: {alike[0].item}; {alike[0].unit} at {prices}"


def _markdown(found: Estimate, prices_date: date) -> Iterator[str]:
    yield f"### {for_markdown(_title(found))}: {found.fixed:,} {CURRENCY} a month, fixed"
    yield ""
    yield f"Prices of {prices_date}."
    yield ""
    yield "| stack | item | quantity | unit | unit price | a month |"
    yield "|---|---|---:|---|---:|---:|"
    for name, lines, amount in _parts(found):
        for line in lines:
            stack, item, unit = map(for_markdown, (line.stack, line.item, line.unit))
            amounts = quantity_text(line.quantity), unit, price_text(line.price), f"{line.monthly:,}"
            yield f"| {' | '.join((stack, item, *amounts))} |"
        yield f"| | **{name}** | | | | **{amount:,}** |"
    if found.unpriced:
        yield ""
        yield "Not priced, so not in the sum:"
        yield ""
        yield from (
            f"- {markdown_code(f'{unpriced.stack}.{unpriced.resource}')} ({markdown_code(unpriced.type)}): "
            f"{for_markdown(unpriced.reason)}"
            for unpriced in found.unpriced
        )
    if found.by_usage:
        yield ""
        yield "Billed by usage, so not in the fixed sum:"
        yield ""
        for stack in dict.fromkeys(usage.stack for usage in found.by_usage):
            items = [usage.item for usage in found.by_usage if usage.stack == stack]
            yield f"- {for_markdown(stack)}: {for_markdown('; '.join(items))}"


def quantity_text(quantity: Decimal) -> str:
    """Return a quantity with separators of thousands."""
    whole, _, decimals = plain(quantity).partition(".")
    return f"{int(whole):,}{'.' if decimals else ''}{decimals}"
