"""``csr-templates render``: the YAML of one stack."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from csr_templates.assembly import files
from csr_templates.cli.messages import FINE, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from csr_templates.stacks.listing import Stack


def add_arguments(parser: argparse.ArgumentParser, stacks: Sequence[Stack]) -> None:
    """Declare the argument."""
    by_name = {stack.name: stack for stack in stacks}
    names = ", ".join(by_name)

    def stack_named(name: str) -> Stack:
        if name not in by_name:
            raise argparse.ArgumentTypeError(f"there is no stack {name!r}; the stacks are: {names}.")
        return by_name[name]

    parser.add_argument("stack", type=stack_named, metavar="STACK", help=f"one of: {names}")


def run(arguments: argparse.Namespace) -> int:
    """Print the YAML, and return the exit code."""
    say(files.render(arguments.stack), end="")
    return FINE
