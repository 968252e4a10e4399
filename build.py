"""Build the templates into ``out/``: ``csr-templates build`` from this checkout, installed or not."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent / "src"))

from csr_templates.cli import main

if __name__ == "__main__":
    sys.exit(main(["build", *sys.argv[1:]]))
