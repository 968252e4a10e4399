"""``csr-templates completion``: the script with which a shell completes both programs."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING, Final

from csr_templates.cli.messages import FINE, say

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

EXAMPLES: Final = ("bash", "fish")
SHELLS: Final = ("bash", "zsh", "fish")


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "shell", choices=SHELLS, help="the shell; docs/commands.md shows how it loads the script"
    )


def run(arguments: Namespace) -> int:
    """Print the script, and return the exit code."""
    say(files("csr_templates.cli").joinpath("completions", arguments.shell).read_text("utf-8"), end="")
    return FINE
