"""``csr-templates parameters``: the parameters or tags of one stack in one environment, as JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from csr_templates.assembly import files
from csr_templates.cli import folders
from csr_templates.cli.declared_stacks import environment_named, stack_named
from csr_templates.cli.messages import FINE, say
from csr_templates.hand_over.stack_parameters import stack_tags

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

EXAMPLES: Final = ("prod network", "prod network --format tags")


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("environment", metavar="ENVIRONMENT", help="name of an environment, such as prod")
    parser.add_argument("stack", metavar="STACK", help="name of a stack, such as network")
    parser.add_argument(
        "--format",
        choices=("array", "flat", "tags"),
        default="array",
        help="array: for --parameters of create-change-set and create-stack; flat: one JSON object; tags: "
        "the tags of the stack, for --tags. Per-deploy parameters are not included (default: array)",
    )
    folders.add_parameters(parser)


def run(arguments: Namespace) -> int:
    """Print the JSON, and return the exit code."""
    stack = stack_named(arguments.stack, arguments.stacks)
    environments = files.read_environments(arguments.stacks, folders.existing_parameters(arguments))
    environment = environment_named(arguments.environment, environments)
    values = environment.parameters[stack.name]
    document: Any
    match arguments.format:
        case "array":
            document = [{"ParameterKey": name, "ParameterValue": value} for name, value in values.items()]
        case "flat":
            document = values
        case _:
            document = [{"Key": key, "Value": value} for key, value in stack_tags(environment).items()]
    say(json.dumps(document, indent=2))
    return FINE
