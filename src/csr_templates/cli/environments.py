"""``csr-templates environments``: the parameters of every environment, side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from csr_templates.assembly import files
from csr_templates.cli import folders
from csr_templates.cli.messages import FINE, InputError, say
from csr_templates.environments.table import rows_of_cells

if TYPE_CHECKING:
    from argparse import Namespace


def run(arguments: Namespace) -> int:
    """Print the table, and return the exit code."""
    folder = arguments.parameters or folders.default_parameters()
    if folder is None:
        raise InputError("There is no folder parameters here. Name the one with the files: --parameters DIR.")
    known = files.read_environments(arguments.stacks, folder)
    for cells in rows_of_cells(known):
        say("  ".join(cells).rstrip())
    for production in (one.name for one in known if one.is_production):
        say(f"* differs from {production}")
    return FINE
