"""Options and arguments that select stacks and environments."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, TypeVar

from cfn_analysis.model.wording import hint
from csr_templates.cli.messages import InputError
from csr_templates.stacks.listing import STACKS, Stack

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping, Sequence

    from csr_templates.environments.environment import Environment

Named = TypeVar("Named")
_FORM = "package.module:NAME, where NAME is a tuple of csr_templates.Stack in deploy order"


def add_stacks(parser: argparse.ArgumentParser) -> None:
    """Add the option for the stacks of another project."""
    parser.add_argument(
        "--stacks",
        dest="declared_in",
        metavar="MODULE:NAME",
        help=f"stacks of another project: {_FORM}; the current folder is searched for the module too "
        "(default: the stacks of csr_templates)",
    )


def stacks_of(reference: str) -> tuple[Stack, ...]:
    """Return the stacks of the option ``--stacks``.

    Errors in the code of the module are raised unchanged.

    Raises:
        InputError: the module or the name does not exist, or the value is not a tuple of stacks.
    """
    module_name, _, name = reference.partition(":")
    if not all(part.isidentifier() for part in (*module_name.split("."), name)):
        raise InputError(f"--stacks {reference} is not of the form {_FORM}.")
    if "" not in sys.path:  # python -m adds it, the installed command does not
        sys.path.insert(0, "")
    try:
        module = import_module(module_name)
    except ModuleNotFoundError as error:
        if not error.name or not f"{module_name}.".startswith(f"{error.name}."):
            raise  # the module exists, but one of its imports does not
        raise InputError(
            f"--stacks {reference}: There is no module {error.name} in the current folder or in the "
            "installed packages."
        ) from error
    if not hasattr(module, name):
        listings = [each for each in dir(module) if isinstance(getattr(module, each), (tuple, list))]
        raise InputError(
            f"--stacks {reference}: The module {module_name} does not define {name}.{hint(name, listings)}"
        )
    stacks: object = getattr(module, name)
    if not isinstance(stacks, (tuple, list)) or not _are_stacks(stacks):
        raise InputError(
            f"--stacks {reference}: The value is not a tuple of csr_templates.Stack. List the stacks in "
            "deploy order."
        )
    return tuple(stacks)


def _are_stacks(values: Sequence[object]) -> bool:
    return bool(values) and all(isinstance(value, Stack) for value in values)


def stack_named(name: str, stacks: Sequence[Stack]) -> Stack:
    """Return the stack with this name.

    Raises:
        InputError: there is no such name.
    """
    others = (
        " For the stacks of another project, add --stacks MODULE:NAME." if tuple(stacks) == STACKS else ""
    )
    return _named("stack", name, {stack.name: stack for stack in stacks}, others)


def environment_named(name: str, environments: Sequence[Environment]) -> Environment:
    """Return the environment with this name.

    Raises:
        InputError: there is no such name.
    """
    return _named("environment", name, {environment.name: environment for environment in environments})


def _named(kind: str, name: str, by_name: Mapping[str, Named], others: str = "") -> Named:
    if name not in by_name:
        raise InputError(
            f"There is no {kind} {name!r}.{hint(name, by_name)} The {kind}s are: "
            f"{', '.join(by_name)}.{others}"
        )
    return by_name[name]
