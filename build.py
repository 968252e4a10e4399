"""Build the templates into ``out/``: ``csr-templates build`` from this checkout, installed or not."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent / "src"))

from csr_templates.__main__ import run  # from src/, which Python knows only now

if __name__ == "__main__":
    run(["build", *sys.argv[1:]])
