"""The estimates as text, Markdown, and as a JSON document, whose schema is ``cost.schema.json``."""

import json
import textwrap
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

from cfn_analysis.model.escaping import for_markdown, for_terminal, markdown_code
from csr_templates.costs.estimate import ByUsage, Estimate, Line
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
    blocks = []
    for estimate in estimates:
        lines = [for_terminal(line) for line in _text_lines(estimate, prices_date)]
        blocks.append("\n".join(lines))
    basis = [textwrap.fill(sentence, _WIDTH) for sentence in BASIS]
    return "\n\n".join([*blocks, "\n".join(basis)])


def as_markdown(estimates: Sequence[Estimate], prices_date: date) -> str:
    """Return the report as Markdown."""
    blocks = ["\n".join(_markdown_lines(estimate, prices_date)) for estimate in estimates]
    basis = [f"- {sentence}" for sentence in BASIS]
    return "\n\n".join([*blocks, "\n".join(basis)])


def as_json(estimates: Sequence[Estimate], prices_date: date) -> str:
    """Return the document in format version 1."""
    document = {
        "formatVersion": FORMAT_VERSION,
        "prices": {"date": prices_date.isoformat()},
        "environments": {estimate.environment: _document(estimate) for estimate in estimates},
    }
    return json.dumps(document, indent=2)


def _document(estimate: Estimate) -> dict[str, Any]:
    document: dict[str, Any] = {
        "currency": CURRENCY,
        "fixed": str(estimate.fixed),
        "lines": [_line(line) for line in estimate.lines],
        "unpriced": [unpriced._asdict() for unpriced in estimate.unpriced],
        "by_usage": [_by_usage(billed) for billed in estimate.by_usage],
    }
    if estimate.usage is not None:
        document["usage"] = {"sum": str(estimate.used), "lines": [_line(line) for line in estimate.usage]}
    return document


def _by_usage(billed: ByUsage) -> dict[str, Any]:
    return {
        "stack": billed.stack,
        "key": billed.key,
        "item": billed.item,
        "unit": billed.unit,
        "price": None if billed.price is None else price_text(billed.price),
    }


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


def _title(estimate: Estimate) -> str:
    return estimate.environment or "Defaults of the templates"


def _parts(estimate: Estimate) -> Iterator[tuple[str, Sequence[Line], Decimal]]:
    """Yield the parts of the cost: name, lines and sum; the last one adds up the others."""
    yield "fixed", estimate.lines, estimate.fixed
    if estimate.usage is not None:
        yield "usage", estimate.usage, estimate.used
        yield "fixed and usage", (), estimate.fixed + estimate.used


def _text_lines(estimate: Estimate, prices_date: date) -> Iterator[str]:
    yield f"{_title(estimate)}: {estimate.fixed:,} {CURRENCY} a month, fixed (prices of {prices_date})"
    for name, lines, amount in _parts(estimate):
        for line in lines:
            product = f"{quantity_text(line.quantity)} {line.unit} x {price_text(line.price)}"
            yield f"  {line.stack:<10} {line.item:<53}{product:>42}{line.monthly:>12,}"
        yield f"  {name:>106}{amount:>12,}"
    if estimate.unpriced:
        yield "  not priced, so not in the sum:"
        for unpriced in estimate.unpriced:
            yield f"    {unpriced.stack}.{unpriced.resource} ({unpriced.type}): {unpriced.reason}"
    if estimate.by_usage:
        yield "  billed by usage, so not in the fixed sum (key for --usage, price of the first tier):"
        yield from _usage_lines(estimate.by_usage)


def _usage_lines(by_usage: Sequence[ByUsage]) -> Iterator[str]:
    """Yield a line for each item, with the stacks that pay each of its prices."""
    for key in dict.fromkeys(billed.key for billed in by_usage):
        of_item = [billed for billed in by_usage if billed.key == key]
        stacks: dict[str, list[str]] = {}
        for billed in of_item:
            price = "no price" if billed.price is None else price_text(billed.price)
            stacks.setdefault(price, []).append(billed.stack)
        prices = [f"{price} ({', '.join(names)})" for price, names in stacks.items()]
        yield f"    {key}: {of_item[0].item}; {of_item[0].unit} at {', '.join(prices)}"


def _markdown_lines(estimate: Estimate, prices_date: date) -> Iterator[str]:
    yield f"### {for_markdown(_title(estimate))}: {estimate.fixed:,} {CURRENCY} a month, fixed"
    yield ""
    yield f"Prices of {prices_date}."
    yield ""
    yield "| stack | item | quantity | unit | unit price | a month |"
    yield "|---|---|---:|---|---:|---:|"
    for name, lines, amount in _parts(estimate):
        for line in lines:
            cells = (
                for_markdown(line.stack),
                for_markdown(line.item),
                quantity_text(line.quantity),
                for_markdown(line.unit),
                price_text(line.price),
                f"{line.monthly:,}",
            )
            yield f"| {' | '.join(cells)} |"
        yield f"| | **{name}** | | | | **{amount:,}** |"
    if estimate.unpriced:
        yield ""
        yield "Not priced, so not in the sum:"
        yield ""
        for unpriced in estimate.unpriced:
            resource = markdown_code(f"{unpriced.stack}.{unpriced.resource}")
            yield f"- {resource} ({markdown_code(unpriced.type)}): {for_markdown(unpriced.reason)}"
    if estimate.by_usage:
        yield ""
        yield "Billed by usage, so not in the fixed sum:"
        yield ""
        for stack in dict.fromkeys(billed.stack for billed in estimate.by_usage):
            names = [billed.item for billed in estimate.by_usage if billed.stack == stack]
            yield f"- {for_markdown(stack)}: {for_markdown('; '.join(names))}"


def quantity_text(quantity: Decimal) -> str:
    """Return a quantity with separators of thousands."""
    whole, point, decimals = plain(quantity).partition(".")
    return f"{int(whole):,}{point}{decimals}"
