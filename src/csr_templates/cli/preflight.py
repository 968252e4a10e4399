"""``csr-templates preflight``: checks whether the built templates can be deployed to an account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from csr_templates.cli import account_checks
from csr_templates.hand_over.operator_policies import PREFLIGHT
from csr_templates.preflight.services import listing

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

EXAMPLES: Final = ("prod --stack api --parameter LambdaCodeS3ObjectVersion=3sL4kqtJlcpXroDTDmJ",)


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    account_checks.add_arguments(parser, "stack to be deployed")


def run(arguments: Namespace) -> int:
    """Print the report, and return the exit code."""
    return account_checks.run(arguments, PREFLIGHT, listing.BEFORE_DEPLOY, "Preflight")
