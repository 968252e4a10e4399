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
    if mistake := data_files.first_mistake(_FOLDERS):
        raise mistake


def cause(error: Exception) -> str:
    """Return the mistake of a file of data because of which a command failed; empty if there is none.

    It may not be the cause of another error, which the sentence names: without the mistake, the command shows
    the traceback.
    """
    if isinstance(error, data_files.DataError):
        return str(error)
    mistake = data_files.first_mistake(_FOLDERS)
    if mistake is None:
        return ""
    stopped = f"The command stopped with {type(error).__name__}: {error}"
    return f"{mistake} {stopped}. If it does so with the corrected file, too, it shows the place."
