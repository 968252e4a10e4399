"""Build the templates into ``out/``: ``csr-templates build`` from this checkout, installed or not."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent / "src"))

try:
    from csr_templates.cli import main
except KeyboardInterrupt:  # this takes most of the time; main itself knows what to say
    print("Interrupted; nothing was written.", file=sys.stderr)
    sys.exit(130)

if __name__ == "__main__":
    sys.exit(main(["build", *sys.argv[1:]]))
