"""``table``: the values of all environments side by side."""

from csr_templates.environments.environment import Environment
from csr_templates.environments.table import WIDEST_CELL, rows_of_cells


def environment(name: str, production: bool = False, **values: str) -> Environment:
    """Return an environment of one stack."""
    return Environment(name, {"app": values}, is_production=production)


def test_of_one_environment() -> None:
    """The table can have one environment. Only values that are too long are shortened."""
    fits, longer = "x" * WIDEST_CELL, "x" * (WIDEST_CELL + 1)

    assert rows_of_cells([environment("prod", production=True, Fits=fits, Longer=longer)]) == [
        ["      ", f"{'  prod':<42}"],
        ["Fits  ", f"  {fits}"],
        ["Longer", f"  {'x' * 37}..."],
    ]


def test_what_differs_from_production_has_a_star() -> None:
    """If production is not one of the environments, there is no star."""
    dev, prod = environment("dev", Size="1"), environment("prod", production=True, Size="2")

    assert rows_of_cells([dev, prod]) == [["    ", "  dev", "  prod"], ["Size", "* 1  ", "  2   "]]
    assert rows_of_cells([dev]) == [["    ", "  dev"], ["Size", "  1  "]]
