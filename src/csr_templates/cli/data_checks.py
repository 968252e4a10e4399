"""The files of data of both packages, compared with their forms and schemas."""

from pathlib import Path
from typing import Final

from cfn_analysis.model import data_files

_SOURCES: Final = Path(__file__).parents[2]
_FOLDERS: Final = (_SOURCES / "cfn_analysis", _SOURCES / "csr_templates")


def check() -> None:
    """Check all files of data.

    Raises:
        DataError: one of them has a mistake.
    """
    if error := first_mistake():
        raise error


def first_mistake() -> data_files.DataError | None:
    """Return the first mistake; None if there is none."""
    return data_files.first_mistake(_FOLDERS)
