"""``csr-templates preflight``: checks whether the built templates can be deployed to an account."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, NoReturn

from csr_templates.cli import account_checks
from csr_templates.hand_over.operator_policies import PREFLIGHT
from csr_templates.preflight.checks.listing import CHECKS

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    account_checks.add_arguments(parser, "stack to be deployed")
    parser.add_argument("--change-set", action=_Removed, nargs=0, help=argparse.SUPPRESS)
    parser.add_argument("--s3-bucket", action=_Removed, help=argparse.SUPPRESS)


def run(arguments: Namespace) -> int:
    """Print the report, and return the exit code."""
    return account_checks.run(arguments, PREFLIGHT, CHECKS, "Preflight")


class _Removed(argparse.Action):
    """Rejects an option of earlier versions, and names what replaces it."""

    def __call__(self, parser: ArgumentParser, *_: object) -> NoReturn:
        parser.error(
            f"{self.option_strings[0]} was removed: the command only reads. To let AWS validate a "
            "deploy, create a change set (aws cloudformation create-change-set, or the steps in "
            "docs/hand-over.md), and read its result with aws cloudformation describe-events "
            "--change-set-name ARN --filters FailedEvents=true."
        )
