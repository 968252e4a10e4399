"""The process of a command: ``csr-templates``, ``python -m csr_templates`` and ``build.py`` start here."""

from __future__ import annotations

import gc
import os
import signal
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Sequence

_NEEDED = ("awacs", "cfnlint", "troposphere", "yaml")  # names of modules, as setup.cfg has those of packages


def run(argv: Sequence[str] | None = None) -> NoReturn:
    """Run one command, and end the process with the command's exit code."""
    # Ctrl-C ends the process immediately: files are replaced atomically, and cfn-lint may catch
    # KeyboardInterrupt. If it is ignored, as in the background, it stays ignored.
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    gc.set_threshold(100_000)  # modules and templates are kept, so garbage collection has no effect
    try:
        from csr_templates.cli.main import main  # takes a good part of the time of a build
    except ModuleNotFoundError as error:
        if error.name not in _NEEDED:
            _fail()
        print(
            f"csr-templates: {error.name} is not installed for {sys.executable}. In a checkout, run make "
            "templates, which installs it into .venv. Otherwise, install csr-templates with pip.",
            file=sys.stderr,
        )
        sys.exit(2)
    except Exception as error:  # a mistake in the code of a stack, or in a file of data
        from csr_templates.cli.data_checks import cause

        if sentence := cause(error):
            print(f"csr-templates: {sentence}", file=sys.stderr)
            sys.exit(2)
        _fail()
    code = main(argv)
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, AttributeError):  # AttributeError: None, where it is closed
            stream.flush()
    os._exit(code)  # a regular shutdown would take as long as reading the parameter files


def _fail() -> NoReturn:
    """Show the traceback of the current exception, and exit with 2; code 1 is for findings."""
    import traceback

    traceback.print_exc()
    sys.exit(2)


if __name__ == "__main__":
    run()
