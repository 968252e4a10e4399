"""The sentence above the findings in parameter files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from csr_templates.cli import folders
from csr_templates.cli.messages import quantity
from csr_templates.environments.environment import UNKNOWN_KEY

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Sequence

    from csr_templates.environments.files import ParameterFinding


def headline(arguments: Namespace, findings: Sequence[ParameterFinding]) -> str:
    """Return the sentence: how many errors there are, or that the files may be of other stacks."""
    if _may_be_of_other_stacks(arguments) and any(_does_not_fit(finding) for finding in findings):
        return (
            "The parameter files do not fit the stacks of csr_templates, which are used without --stacks. If "
            "the files are of other stacks, name these: --stacks MODULE:NAME. Otherwise, correct the files."
        )
    verb = "is" if len(findings) == 1 else "are"
    return f"There {verb} {quantity(len(findings), 'error')} in the parameter files."


def _may_be_of_other_stacks(arguments: Namespace) -> bool:
    """Return whether our stacks are used by default, but the parameter files are not our own."""
    if arguments.declared_in:
        return False
    root = folders.checkout()
    folder = arguments.parameters or folders.default_parameters()
    return root is None or folder is None or folder.resolve() != root / "parameters"


def _does_not_fit(finding: ParameterFinding) -> bool:
    return finding.key == "Environment" or finding.message.startswith(UNKNOWN_KEY)
