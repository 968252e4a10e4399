"""``python -m csr_templates.operating``: the same as ``csr-operate``."""

import sys
from typing import NoReturn

from csr_templates.operating.command_line import main


def run() -> NoReturn:
    """Run one command, and end the process with its exit status."""
    sys.exit(main(sys.argv[1:]))


if __name__ == "__main__":
    run()
