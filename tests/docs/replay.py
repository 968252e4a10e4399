"""Runs blocks once more with the answers of a good run, but for one: what they do then.

This ``aws`` and the other programs are shell scripts that print what was recorded, since there are hundreds
of runs. Unlike ``world.Terminal``, bash runs without ``-e``, as in an operator's terminal.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from .world import prepare

ERROR: Final = "An error occurred that only this test knows"
PROGRAMS: Final = ("aws", "curl", "git", "make", "mysql", "sudo")
# What changes nothing in AWS.
READING: Final = ("describe-", "detect-", "get-", "list-", "ls", "start-query", "tail", "wait", "--version")

_SCRIPT: Final = f"""\
#!/bin/sh
read -r n < "$REPLAY/count"
n=$((n + 1))
echo $n > "$REPLAY/count"
answer=/dev/null
if [ "${{0##*/}}" = aws ]; then
  read -r answered < "$REPLAY/answered"
  answered=$((answered + 1))
  echo $answered > "$REPLAY/answered"
  [ -e "$REPLAY/$answered" ] && answer=$REPLAY/$answered
fi
[ -p /dev/stdout ] && captured=captured || captured=-
echo "$n $captured ${{0##*/}} $1 $2" >> "$REPLAY/calls"
for word; do
  case $word in
    file://*) file=${{word#file://}} ;;
    out/*.yaml) file=$word ;;
    *) continue ;;
  esac
  [ -e "$file" ] || {{ echo "{ERROR}: no $file" >&2; exit 252; }}
done
if [ "$n" = "$AT" ]; then printf '%s\\n' "$*" > "$REPLAY/faulty"; fi
if [ -e "$REPLAY/faulty" ] && [ "$*" = "$(cat "$REPLAY/faulty")" ]; then kind=$KIND
elif [ "$KIND" = missing ] && [ "$1" = cloudformation ] && [ "$n" -ge "$AT" ]; then kind=fails
else kind=; fi
case $kind in
  fails | missing) echo "{ERROR}" >&2; exit 254 ;;
  empty) exit 0 ;;
  none) echo None; exit 0 ;;
  old) echo "aws-cli/1.45.11 Python/3.11.7 Linux/6.1 botocore/1.43.11"; exit 0 ;;
esac
exec cat "$answer"
"""


@dataclass(frozen=True)
class Call:
    """A call of a program: its place in the run, whether the shell reads its output, and its first words."""

    number: int
    is_captured: bool
    title: str

    @property
    def is_changing(self) -> bool:
        """Whether it changes anything in AWS."""
        program, *words = self.title.split()
        return program == "mysql" or (program == "aws" and not words[-1].startswith(READING))


@dataclass(frozen=True)
class Run:
    """What a run did."""

    status: int
    err: str
    out: str
    calls: list[Call]


def programs(folder: Path) -> Path:
    """Write the scripts that stand for the programs."""
    folder.mkdir()
    for name, script in [*dict.fromkeys(PROGRAMS, _SCRIPT).items(), ("sleep", "#!/bin/sh\n")]:
        (folder / name).write_text(script)
        (folder / name).chmod(0o755)
    return folder


def run(code: str, answers: Sequence[str], programs: Path, kind: str = "", at: int = 0) -> Run:
    """Run shell code.

    Args:
        code: what is pasted.
        answers: what each ``aws`` prints, in order.
        programs: the folder of the scripts.
        kind: what goes wrong: ``fails``, ``empty``, ``none``, ``old`` (version 1 of the AWS CLI) for one
            command, ``missing`` for every command of CloudFormation, ``files`` if there is no out/.
        at: number of the command, from 1, at which it goes wrong.
    """
    with tempfile.TemporaryDirectory(dir=programs.parent) as name:
        folder, replay = Path(name) / "work", Path(name) / "replay"
        folder.mkdir()
        replay.mkdir()
        prepare(folder)
        if kind == "files":
            (folder / "out").unlink()
        for number, answer in enumerate(answers, 1):
            (replay / str(number)).write_text(answer)
        for counter in ("count", "answered"):
            (replay / counter).write_text("0\n")
        calls, out = replay / "calls", replay / "out"
        calls.touch()
        environment = {
            "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
            "HOME": name,
            "LC_ALL": "C",
            "EDITOR": "true",
            "REPLAY": str(replay),
            "KIND": kind,
            "AT": str(at),
        }
        with out.open("w") as printed:
            process = subprocess.run(
                ["bash", "-c", code],
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=printed,
                stderr=subprocess.PIPE,
                text=True,
                timeout=60,
                check=False,
            )
        lines = [line.split(" ", 2) for line in calls.read_text().splitlines()]
        return Run(
            process.returncode,
            process.stderr,
            out.read_text(),
            [Call(int(number), captured == "captured", title) for number, captured, title in lines],
        )
