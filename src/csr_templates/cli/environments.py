"""``csr-templates environments``: the parameters of every environment, side by side."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from csr_templates.assembly import files
from csr_templates.cli import folders
from csr_templates.cli.messages import FINE, say
from csr_templates.environments.table import rows_of_cells

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

EXAMPLES: Final = ("--format json",)


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "--format",
        choices=("text", "json"),
        default="text",
        help="json: for each environment, isProduction and the parameters of each stack (default: text)",
    )
    folders.add_parameters(parser)


def run(arguments: Namespace) -> int:
    """Print the table or the JSON document, and return the exit code."""
    environments = files.read_environments(arguments.stacks, folders.existing_parameters(arguments))
    if arguments.format == "json":
        document = [
            {
                "name": environment.name,
                "isProduction": environment.is_production,
                "parameters": environment.parameters,
            }
            for environment in environments
        ]
        say(json.dumps({"environments": document}, indent=2))
        return FINE
    for cells in rows_of_cells(environments):
        say("  ".join(cells).rstrip())
    for environment in environments:
        if environment.is_production:
            say(f"* differs from {environment.name}")
    return FINE
