"""The commands of the operators, ``tools.sh``, which read the manifest beside them."""

from __future__ import annotations

from pathlib import Path
from typing import Final

PATH: Final = "tools.sh"
"""Path of the commands, relative to the output folder."""


def script() -> bytes:
    """Return the commands, which are the same for all projects and environments."""
    return Path(__file__).with_name(PATH).read_text("ascii").encode("ascii")  # with LF
