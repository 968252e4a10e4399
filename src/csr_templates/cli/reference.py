"""``csr-templates reference``: prints the reference page of the templates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cfn_analysis.model.schemas import SchemasError
from csr_templates.assembly import files
from csr_templates.cli.messages import FINE, InputError, say

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace


def add_arguments(_: ArgumentParser) -> None:
    """Declare no arguments."""


def run(arguments: Namespace) -> int:
    """Print the page, and return the exit code."""
    try:
        say(files.reference(arguments.stacks, refresh=arguments.refresh), end="")
    except SchemasError as error:
        raise InputError(str(error)) from error
    return FINE
