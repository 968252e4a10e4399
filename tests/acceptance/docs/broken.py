"""A terminal in which stacks were deleted, to practise on.

``python -m tests.acceptance.docs.broken database frontend`` opens it.
``aws`` talks to a mock on this machine, and CloudFormation is the drill's model. Bring the stacks back with
docs/recovery.md, and leave the shell: then it says what is not as it was, and what is still to be done.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tests.docs.pages import ROOT
from tests.system import STACK_NAMES

from ..drill.account import UNKNOWN
from .world import RUN, opened

LIMITS: Final = f"""\
CloudFormation is a model. In moto, a mock on this machine: {", ".join(sorted(RUN))}.
API Gateway, CloudTrail and provisioned concurrency answer nothing. Of CloudFront, WAF, Lambda, alarms and
log groups nothing is there: expect errors from what asks for them. Nothing takes time here.
The change set of a deploy has an empty list of changes here, whatever it does: execute it all the same.
The model does not know:
{chr(10).join(f"- {one}" for one in UNKNOWN)}
"""


def main(stacks: Sequence[str]) -> int:
    """Open a shell, and return 0 if all is as it was when it is left."""
    with tempfile.TemporaryDirectory() as name, opened({}, Path(name)) as terminal:
        terminal.world.seed_without(*stacks)
        model = terminal.world.model
        assert model is not None
        folder = Path(name) / "work"
        folder.mkdir()
        (folder / "out").symlink_to(ROOT / "out")
        print(LIMITS)
        print(
            f"Deleted: {', '.join(model.gone)}. You are in a folder with out/. Leave with exit.", flush=True
        )
        started = time.monotonic()
        environment = {**os.environ, "PATH": terminal.path}
        subprocess.run(["bash", "--norc"], cwd=folder, env=environment, check=False)
        found = [*model.wrong(), *model.unfinished()]
        end = f"All that the drill looks at is as it was, after {time.monotonic() - started:.0f} seconds."
        print("\n".join(found) or end)
        return 1 if found else 0


def arguments() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.acceptance.docs.broken",
        description="Opens a terminal on a mock of AWS in which stacks of production were deleted, and with\n"
        "each of them the stacks that import from it. Bring them back with docs/recovery.md.",
        epilog=LIMITS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "stacks", metavar="stack", nargs="+", choices=STACK_NAMES, help=", ".join(STACK_NAMES)
    )
    return parser


if __name__ == "__main__":
    sys.exit(main(arguments().parse_args().stacks))
