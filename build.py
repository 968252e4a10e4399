"""Build the templates into ``out/``: ``csr-templates build`` from this checkout, installed or not."""

import gc
import sys
from pathlib import Path

gc.set_threshold(100_000)  # objects of modules and templates stay; looking for garbage among them takes time
sys.path.insert(0, str(Path(__file__).resolve().parent / "src"))

try:
    from csr_templates.cli import run
except KeyboardInterrupt:  # this takes a good part of the time; run itself knows what to say
    print("Interrupted; nothing was written.", file=sys.stderr)
    sys.exit(130)

if __name__ == "__main__":
    run(["build", *sys.argv[1:]])
