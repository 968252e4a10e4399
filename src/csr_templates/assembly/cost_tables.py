"""The tables of the cost for the pages, if their folder has a ``cost.json``.

The file contains ``compared``, an estimate to compare with: for each item, USD, its service codes (none for
the rest) and why it differs. ``usage`` is the name of the usage file that belongs to it. ``levers`` are
values of a parameter to try, or an item to leave out. ``hours`` are those of a trial.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from cfn_analysis.model.built_stack import BuiltStack
from csr_templates.costs import prices as saved
from csr_templates.costs import usage as usage_files
from csr_templates.costs.charges import HOURS
from csr_templates.costs.estimate import Line, Values, estimate
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
        usage = usage_files.read(
            usage_path.read_text("utf-8"), {name: [stack.name for stack in stacks] for name in environments}
        )
        tables = _Tables(stacks, environments, production, document, usage)
    except usage_files.UsageError as error:
        raise PageError(f"{usage_path.as_posix()}: {error}") from error
    except saved.PricesError as error:
        raise PageError(str(error)) from error
    except (KeyError, TypeError, ValueError) as error:
        raise PageError(f"{path.as_posix()}: {type(error).__name__}: {error}. Correct the file.") from error
    return {
        "cost": tables.fixed,
        "cost-by-stack": tables.by_stack,
        "cost-compared": tables.compared,
        "cost-hours": tables.hours,
        "cost-levers": tables.levers,
    }


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
        self._prices = saved.read()
        self._estimates = {
            name: estimate(name, stacks, values, self._prices, usage.get(name))
            for name, values in environments.items()
        }
        self._compared = [
            (row["item"], Decimal(row["usd"]), row["services"], row["why"]) for row in document["compared"]
        ]
        self._levers = [*map(self._lever, document["levers"])]
        self._hours = Decimal(document["hours"])

    def fixed(self, words: Words) -> Iterator[str]:
        """Yield each line of the fixed cost that is not free, and the sums."""
        names = [self._production, *(name for name in self._environments if name != self._production)]
        rows: dict[tuple[int, str, Decimal], dict[str, Line]] = {}
        order = {stack.name: number for number, stack in enumerate(self._stacks)}
        for name in names:
            for line in self._estimates[name].lines:
                if line.price:
                    rows.setdefault((order[line.stack], line.item, line.price), {})[name] = line
        cells: list[Sequence[str]] = []
        for _, lines in sorted(rows.items(), key=lambda row: row[0][0]):
            line = next(iter(lines.values()))
            amounts = (str(lines[name].monthly) if name in lines else _NONE for name in self._environments)
            cells.append((line.stack, words(line.item), price_text(line.price), *amounts))
        found = self._estimates.values()
        cells.append(("", f"**{words('sum')}**", "", *(f"**{estimate.fixed}**" for estimate in found)))
        if any(estimate.unpriced for estimate in found):
            unknown = (
                codes(unpriced.resource for unpriced in estimate.unpriced) or _NONE for estimate in found
            )
            cells.append(("", words("not in the sum: not priced"), "", *unknown))
        head = (words("stack"), words("item"), words("unit price"), *map(code, self._environments))
        yield from table(head, cells)

    def by_stack(self, words: Words) -> Iterator[str]:
        """Yield the fixed cost of each stack, and the sums."""
        found = self._estimates.values()
        rows = [
            (stack.name, *(str(_of_stack(stack.name, estimate.lines)) for estimate in found))
            for stack in self._stacks
        ]
        sums = (f"**{words('sum')}**", *(f"**{estimate.fixed}**" for estimate in found))
        yield from table([words("stack"), *map(code, self._environments)], [*rows, sums])

    def compared(self, words: Words) -> Iterator[str]:
        """Yield the figures to compare with beside the cost of production, fixed and by usage."""
        found = self._estimates[self._production]
        listed = {service for _, _, services, _ in self._compared for service in services}
        rows = []
        for item, figure, services, why in self._compared:
            amounts = (
                total(
                    line.monthly
                    for line in lines
                    if (self._service(line) in services if services else self._service(line) not in listed)
                )
                for lines in (found.lines, found.usage or ())
            )
            rows.append((words(item), str(figure), *map(str, amounts), words(why)))
        figures = sum(figure for _, figure, _, _ in self._compared)
        sums = (f"**{amount}**" for amount in (figures, found.fixed, found.used))
        head = map(words, ("item", "manual", "fixed", "usage", "why"))
        yield from table([*head], [*rows, (f"**{words('sum')}**", *sums, "")])

    def hours(self, words: Words) -> Iterator[str]:
        """Yield the fixed cost of each environment in a month and in the hours of a trial."""
        rows = (
            (code(name), str(found.fixed), str(cents(found.fixed * self._hours / HOURS)))
            for name, found in self._estimates.items()
        )
        head = (words("environment"), words("month"), words.fill("{number} h", number=str(self._hours)))
        yield from table(head, rows)

    def levers(self, words: Words) -> Iterator[str]:
        """Yield how much each change of a value adds or saves."""
        rows = ((words(title) if is_text else code(title), *cells) for title, is_text, cells in self._levers)
        yield from table([words("change"), *map(code, self._environments)], rows)

    def _service(self, line: Line) -> str:
        return self._prices.items[line.key].service

    def _lever(self, lever: Mapping[str, Any]) -> tuple[str, bool, list[str]]:
        """Return what changes, whether it is a text, and the difference in each environment."""
        if item := lever.get("without"):
            found = self._estimates.values()
            sums = (total(line.monthly for line in estimate.lines if line.key == item) for estimate in found)
            return lever["item"], True, [f"-{amount}" if amount else _NONE for amount in sums]
        name, values = lever["parameter"], lever["values"]
        if not any(name in stack.parameters for stack in self._stacks):
            raise ValueError(f"no stack has the parameter {name}")
        return (
            name,
            False,
            [self._differences(environment, name, values) for environment in self._environments],
        )

    def _differences(self, environment: str, parameter: str, values: Sequence[str]) -> str:
        cells = []
        now, found = self._environments[environment], self._estimates[environment]
        for value in values:
            if all(
                now.get(stack.name, {}).get(parameter, stack.default(parameter)) == value
                for stack in self._stacks
                if parameter in stack.parameters
            ):
                continue  # an estimate takes long
            given = {stack: {**others, parameter: value} for stack, others in now.items()}
            changed = estimate(environment, self._stacks, given, self._prices)
            if changed.unpriced or found.unpriced:
                cells.append(f"{code(value)} ?")
            elif difference := changed.fixed - found.fixed:
                cells.append(f"{code(value)} {difference:+}")
        return ", ".join(cells) or _NONE


def _of_stack(name: str, lines: Sequence[Line]) -> Decimal:
    """Return the fixed cost of a stack."""
    return total(line.monthly for line in lines if line.stack == name)
