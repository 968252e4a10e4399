"""Table of the values of all environments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from csr_templates.environments.environment import Environment

WIDEST_CELL: Final = 40  # characters of a value


def rows_of_cells(environments: Sequence[Environment]) -> list[list[str]]:
    """Return the values of all environments as rows of cells of equal width, headings first.

    A star marks values that differ from production. Long values are shortened.
    """
    production: dict[str, str] = {}
    for environment in environments:
        if environment.is_production:
            production = environment.values
    values = [environment.values for environment in environments]
    rows = [["", *(f"  {environment.name}" for environment in environments)]]
    for name in values[0]:
        cells = [_cell(own[name], production.get(name)) for own in values]
        rows.append([name, *cells])
    for column in range(len(rows[0])):
        width = max(len(row[column]) for row in rows)
        for row in rows:
            row[column] = row[column].ljust(width)
    return rows


def _cell(text: str, in_production: str | None) -> str:
    """Return a value with its mark; without a production environment, no value differs."""
    mark = " " if in_production in (text, None) else "*"
    if not text:
        return f'{mark} ""'
    if len(text) > WIDEST_CELL:
        return f"{mark} {text[: WIDEST_CELL - 3]}..."
    return f"{mark} {text}"
