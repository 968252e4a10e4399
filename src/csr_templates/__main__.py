"""The process of a command: ``csr-templates``, ``python -m csr_templates`` and ``build.py`` start here."""

from __future__ import annotations

import gc
import sys
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Sequence


def run(argv: Sequence[str] | None = None) -> NoReturn:
    """Run one command, and end the process with the command's exit code.

    Args:
        argv: the arguments without the program's name; those of the process by default.
    """
    gc.set_threshold(100_000)  # modules and templates stay: looking for garbage among them finds nothing
    try:
        from csr_templates.cli import main  # takes a good part of the time of a build
    except KeyboardInterrupt:  # later, main itself knows what to say
        print("Interrupted; nothing was written.", file=sys.stderr)
        sys.exit(130)
    code = main(argv)
    gc.freeze()  # or Python would look through all of it once more before it ends
    sys.exit(code)


if __name__ == "__main__":
    run()
