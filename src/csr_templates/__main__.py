"""Run the command line as ``python -m csr_templates``."""

import sys

from csr_templates.cli import main

if __name__ == "__main__":
    sys.exit(main())
