"""Build the templates into ``out/``: ``csr-templates build`` from this checkout, installed or not."""

import os.path
import sys

if sys.version_info < (3, 11):  # noqa: UP036, for a caller with another Python than make's
    sys.stderr.write(
        f"build.py needs Python 3.11 or newer, and this is {sys.version.split()[0]}. Run make templates, or "
        "name another one: make PYTHON=python3.12 templates\n"
    )
    sys.exit(2)

# Not pathlib: it takes time to load, in which Ctrl-C would end in a traceback.
sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "src"))  # noqa: PTH118, PTH120

from csr_templates.__main__ import run  # from src/, which Python knows only now

if __name__ == "__main__":
    run(["build", *sys.argv[1:]])
