"""The tables of the cost for the pages, if their folder has a ``cost.json``.

The file contains ``compared``, an estimate to compare with: for each item, USD, its service codes (none for
the rest) and why it differs. ``usage`` is the name of the usage file that belongs to it. ``levers`` are
values of a parameter to try, or an item to leave out. ``hours`` are those of a trial.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, NamedTuple

from cfn_analysis.model.built_stack import BuiltStack
from csr_templates.costs import prices as saved_prices
from csr_templates.costs import usage as usage_files
from csr_templates.costs.charges import HOURS
from csr_templates.costs.estimate import Estimate, Line, Values, estimate
from csr_templates.costs.prices import cents, price_text, total
from csr_templates.reference.markdown import code, codes, table
from csr_templates.reference.markers import PageError
from csr_templates.reference.words import Words

FILE: Final = "cost.json"
_NONE: Final = "–"  # noqa: RUF001 - a dash, as in other tables


def cost_tables(
    folder: Path, stacks: Sequence[BuiltStack], environments: Mapping[str, Values], production: str
) -> dict[str, Callable[[Words], Iterator[str]]]:
    """Return name in a marker -> function that yields its lines; empty without the file.

    Raises:
        PageError: the file, or the usage file, is wrong.
    """
    path = folder / FILE
    if not path.exists():
        return {}
    try:
        document = json.loads(path.read_bytes())
        usage_path = folder / document["usage"]
    except (KeyError, TypeError, ValueError) as error:
        raise _wrong_file(path, error) from error
    try:
        names = [stack.name for stack in stacks]
        usage = usage_files.read(usage_path.read_text("utf-8"), dict.fromkeys(environments, names))
        tables = _Tables(stacks, environments, production, document, usage)
    except usage_files.UsageError as error:
        raise PageError(f"{usage_path.as_posix()}: {error}") from error
    except saved_prices.PricesError as error:
        raise PageError(str(error)) from error
    except (KeyError, TypeError, ValueError) as error:
        raise _wrong_file(path, error) from error
    return {
        "cost": tables.fixed,
        "cost-by-stack": tables.by_stack,
        "cost-compared": tables.compared,
        "cost-hours": tables.hours,
        "cost-levers": tables.levers,
    }


class _Compared(NamedTuple):
    """An item of the estimate to compare with.

    Attributes:
        item: its name.
        amount: USD a month.
        services: the service codes of its lines here; none for the rest.
        why: why the amounts differ.
    """

    item: str
    amount: Decimal
    services: Sequence[str]
    why: str


class _Lever(NamedTuple):
    """A change that a reader may try.

    Attributes:
        title: the parameter that changes, or a text.
        is_text: whether it is a text.
        differences: in each environment, in words.
    """

    title: str
    is_text: bool
    differences: Sequence[str]


class _Tables:
    def __init__(
        self,
        stacks: Sequence[BuiltStack],
        environments: Mapping[str, Values],
        production: str,
        document: Mapping[str, Any],
        usage: Mapping[str, usage_files.Usage],
    ) -> None:
        self._stacks = stacks
        self._environments = environments
        self._production = production
        self._prices = saved_prices.read()
        self._estimates = {
            name: estimate(name, stacks, values, self._prices, usage.get(name))
            for name, values in environments.items()
        }
        self._compared = [
            _Compared(row["item"], Decimal(row["usd"]), row["services"], row["why"])
            for row in document["compared"]
        ]
        self._levers = [self._lever(lever) for lever in document["levers"]]
        self._hours = Decimal(document["hours"])
        self._environment_cells = [code(name) for name in environments]

    def fixed(self, words: Words) -> Iterator[str]:
        """Yield each line of the fixed cost that is not free, and the sums."""
        rows: list[Sequence[str]] = []
        for lines in self._lines_by_price():
            line = next(iter(lines.values()))
            amounts = [str(lines[name].monthly) if name in lines else _NONE for name in self._environments]
            rows.append((line.stack, words(line.item), price_text(line.price), *amounts))
        rows.append(("", f"**{words('sum')}**", "", *self._sums()))
        estimates = self._estimates.values()
        if any(estimate.unpriced for estimate in estimates):
            unpriced = [_unpriced_resources(estimate) for estimate in estimates]
            rows.append(("", words("not in the sum: not priced"), "", *unpriced))
        head = (words("stack"), words("item"), words("unit price"), *self._environment_cells)
        yield from table(head, rows)

    def _lines_by_price(self) -> list[Mapping[str, Line]]:
        """Return environment -> line, for each item of a stack at each of its prices.

        They are in the order of the stacks, and of a stack in the order of production's lines.
        """
        others = [name for name in self._environments if name != self._production]
        by_price: dict[tuple[str, str, Decimal], dict[str, Line]] = {}
        for name in (self._production, *others):
            for line in self._estimates[name].lines:
                if line.price:
                    by_price.setdefault((line.stack, line.item, line.price), {})[name] = line
        in_order: list[Mapping[str, Line]] = []
        for stack in self._stacks:
            in_order += [lines for (name, _, _), lines in by_price.items() if name == stack.name]
        return in_order

    def by_stack(self, words: Words) -> Iterator[str]:
        """Yield the fixed cost of each stack, and the sums."""
        rows: list[Sequence[str]] = []
        for stack in self._stacks:
            amounts = [_of_stack(stack.name, estimate.lines) for estimate in self._estimates.values()]
            rows.append((stack.name, *(str(amount) for amount in amounts)))
        rows.append((f"**{words('sum')}**", *self._sums()))
        yield from table([words("stack"), *self._environment_cells], rows)

    def _sums(self) -> list[str]:
        """Return the sum of the fixed cost in each environment."""
        return [f"**{estimate.fixed}**" for estimate in self._estimates.values()]

    def compared(self, words: Words) -> Iterator[str]:
        """Yield the figures to compare with beside the cost of production, fixed and by usage."""
        production = self._estimates[self._production]
        rows: list[Sequence[str]] = []
        for compared in self._compared:
            fixed = self._compared_sum(compared, production.lines)
            used = self._compared_sum(compared, production.usage or ())
            rows.append(
                (words(compared.item), str(compared.amount), str(fixed), str(used), words(compared.why))
            )
        manual = sum(compared.amount for compared in self._compared)
        sums = (f"**{manual}**", f"**{production.fixed}**", f"**{production.used}**")
        rows.append((f"**{words('sum')}**", *sums, ""))
        yield from table([words(title) for title in ("item", "manual", "fixed", "usage", "why")], rows)

    def _compared_sum(self, compared: _Compared, lines: Sequence[Line]) -> Decimal:
        """Return the sum of the lines that belong to an item to compare with."""
        if compared.services:
            return total(line.monthly for line in lines if self._service(line) in compared.services)
        listed: set[str] = set()
        for row in self._compared:
            listed.update(row.services)
        return total(line.monthly for line in lines if self._service(line) not in listed)

    def hours(self, words: Words) -> Iterator[str]:
        """Yield the fixed cost of each environment in a month and in the hours of a trial."""
        rows = [
            (code(name), str(estimate.fixed), str(cents(estimate.fixed * self._hours / HOURS)))
            for name, estimate in self._estimates.items()
        ]
        head = (words("environment"), words("month"), words.fill("{number} h", number=str(self._hours)))
        yield from table(head, rows)

    def levers(self, words: Words) -> Iterator[str]:
        """Yield how much each change of a value adds or saves."""
        rows = []
        for lever in self._levers:
            title = words(lever.title) if lever.is_text else code(lever.title)
            rows.append((title, *lever.differences))
        yield from table([words("change"), *self._environment_cells], rows)

    def _service(self, line: Line) -> str:
        return self._prices.items[line.key].service

    def _lever(self, lever: Mapping[str, Any]) -> _Lever:
        if item := lever.get("without"):
            savings = [_of_item(item, estimate.lines) for estimate in self._estimates.values()]
            return _Lever(lever["item"], True, [f"-{amount}" if amount else _NONE for amount in savings])
        name, values = lever["parameter"], lever["values"]
        if not any(name in stack.parameters for stack in self._stacks):
            raise ValueError(f"no stack has the parameter {name}")
        differences = [self._differences(environment, name, values) for environment in self._environments]
        return _Lever(name, False, differences)

    def _differences(self, environment: str, parameter: str, values: Sequence[str]) -> str:
        """Return what each other value of a parameter adds to the fixed cost of an environment."""
        cells = []
        current = self._estimates[environment]
        for value in values:
            if self._has_value(environment, parameter, value):
                continue  # an estimate takes long
            with_value = {
                stack: {**values_of_stack, parameter: value}
                for stack, values_of_stack in self._environments[environment].items()
            }
            changed = estimate(environment, self._stacks, with_value, self._prices)
            if changed.unpriced or current.unpriced:
                cells.append(f"{code(value)} ?")
            elif difference := changed.fixed - current.fixed:
                cells.append(f"{code(value)} {difference:+}")
        return ", ".join(cells) or _NONE

    def _has_value(self, environment: str, parameter: str, value: str) -> bool:
        """Return whether a parameter already has a value in each stack that has the parameter."""
        for stack in self._stacks:
            if parameter not in stack.parameters:
                continue
            values = self._environments[environment].get(stack.name, {})
            if values.get(parameter, stack.default(parameter)) != value:
                return False
        return True


def _wrong_file(path: Path, error: Exception) -> PageError:
    return PageError(f"{path.as_posix()}: {type(error).__name__}: {error}. Correct the file.")


def _unpriced_resources(estimate: Estimate) -> str:
    return codes(unpriced.resource for unpriced in estimate.unpriced) or _NONE


def _of_stack(name: str, lines: Sequence[Line]) -> Decimal:
    """Return the fixed cost of a stack."""
    return total(line.monthly for line in lines if line.stack == name)


def _of_item(key: str, lines: Sequence[Line]) -> Decimal:
    """Return the fixed cost of an item."""
    return total(line.monthly for line in lines if line.key == key)
