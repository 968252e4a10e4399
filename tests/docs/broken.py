"""A terminal in which a stack was deleted, to practise on: ``python -m tests.docs.broken database``.

``aws`` talks to a mock on this machine, and CloudFormation is the drill's model. Bring the stack back with
docs/recovery.md, and leave the shell: then it says what is not as it was.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from ..drill.recovering import READERS
from .world import opened, prepare


def main(stack: str) -> int:
    """Open a shell, and return 0 if all is as it was when it is left."""
    with tempfile.TemporaryDirectory() as name, opened({}, {}, Path(name)) as terminal:
        terminal.world.seed_without(stack)
        model = terminal.world.model
        assert model is not None
        folder = Path(name) / "work"
        folder.mkdir()
        prepare(folder)
        print(
            f"Deleted: {', '.join(model.gone)}. You are in a folder with out/. Leave with exit.", flush=True
        )
        started = time.monotonic()
        environment = {**os.environ, "PATH": terminal.path}
        subprocess.run(["bash", "--norc"], cwd=folder, env=environment, check=False)
        wrong = model.wrong()
        print("\n".join(wrong) or f"All is as it was, after {time.monotonic() - started:.0f} seconds.")
        return 1 if wrong else 0


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in READERS:
        sys.exit(f"Name a stack to delete: {', '.join(READERS)}")
    sys.exit(main(sys.argv[1]))
