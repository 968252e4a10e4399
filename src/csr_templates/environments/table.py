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
    production = next((environment.values for environment in environments if environment.is_production), {})

    def cell(name: str, text: str) -> str:
        mark = "*" if text != production.get(name, text) else " "
        shown = text or '""'
        return f"{mark} {shown if len(shown) <= WIDEST_CELL else f'{shown[: WIDEST_CELL - 3]}...'}"

    rows = [
        ["", *(f"  {environment.name}" for environment in environments)],
        *(
            [name, *(cell(name, environment.values[name]) for environment in environments)]
            for name in environments[0].values
        ),
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [[text.ljust(width) for text, width in zip(row, widths, strict=True)] for row in rows]
