"""Hides secrets in answers of CloudFormation, before they become facts.

CloudFormation returns ``****`` for a NoEcho parameter. Other parameters, outputs and literals of a template
can contain a secret too; they are recognised as in the report of a review.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from cfn_analysis.reviewing.hiding import HIDDEN_VALUE, shown

MASKS: Final = frozenset({"****", HIDDEN_VALUE})
"""Values that stand for a hidden one."""
_PAIRS: Final = (
    ("ParameterKey", "ParameterValue"),
    ("ParameterKey", "ResolvedValue"),
    ("OutputKey", "OutputValue"),
)


def in_stacks(stacks: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return descriptions of stacks with the secrets in parameters and outputs hidden."""
    return [
        {
            **stack,
            **{
                key: [_hide_pairs(entry) for entry in stack[key]]
                for key in ("Parameters", "Outputs")
                if key in stack
            },
        }
        for stack in stacks
    ]


def _hide_pairs(entry: Mapping[str, Any]) -> dict[str, Any]:
    hidden = {
        value: shown(entry[value], entry[key]) for key, value in _PAIRS if value in entry and key in entry
    }
    return {**entry, **hidden}
