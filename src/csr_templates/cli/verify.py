"""``csr-templates verify``: checks after a deploy whether the stacks are as built, and the system works."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from csr_templates.cli import account_checks
from csr_templates.hand_over.operator_policies import VERIFY
from csr_templates.preflight.services import listing

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

EXAMPLES: Final = ("prod --format markdown", "prod --detect-drift")


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    account_checks.add_arguments(parser, "deployed stack to check")
    parser.add_argument(
        "--detect-drift",
        action="store_true",
        help="also detect the drift of the stacks, and say what each difference does; takes minutes",
    )


def run(arguments: Namespace) -> int:
    """Print the report, and return the exit code."""
    return account_checks.run(
        arguments, VERIFY, listing.AFTER_DEPLOY, "Verification", detects_drift=arguments.detect_drift
    )
