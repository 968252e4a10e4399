"""``csr-templates render``: prints the template of one stack as YAML."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cfn_analysis.model.resolving import ResolveError
from csr_templates.assembly import files
from csr_templates.cli import folders
from csr_templates.cli.declared_stacks import environment_named, stack_named
from csr_templates.cli.messages import FINE, InputError, say

if TYPE_CHECKING:
    import argparse

EXAMPLES: Final = ("network", "database --environment prod")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("stack", metavar="STACK", help="name of a stack, such as network")
    parser.add_argument(
        "--environment",
        metavar="ENVIRONMENT",
        help="resolve the template with the values of this environment: only the resources that exist there, "
        "with parameters, conditions and mappings replaced by their values (default: the template as built)",
    )
    folders.add_parameters(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print the YAML, and return the exit code."""
    stack = stack_named(arguments.stack, arguments.stacks)
    if arguments.environment is None:
        say(files.render(stack, refresh=arguments.refresh), end="")
        return FINE
    environments = files.read_environments(arguments.stacks, folders.existing_parameters(arguments))
    environment = environment_named(arguments.environment, environments)
    try:
        say(files.resolved(stack, environment), end="")
    except ResolveError as error:
        raise InputError(f"Stack {stack.name} with the values of {environment.name}: {error}") from error
    return FINE
