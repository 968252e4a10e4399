"""Runs blocks once more with the answers of a good run, but for one: what they do then.

This ``aws`` and the other programs are functions of bash that print what was recorded. Unlike
``world.Terminal``, bash runs without ``-e``, as where a person pastes the blocks.
"""

import os
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from .world import prepare

ERROR: Final = "An error occurred that only this test knows"
PROGRAMS: Final = ("aws", "csr-templates")
ONLY_REPORTED: Final = "aws cloudformation describe-events"
"""Also reads the warnings of a change set. If they cannot be read, the deploy goes on, and says so."""
# What changes nothing in AWS.
READING: Final = (
    "assume-role",
    "describe-",
    "detect-",
    "get-",
    "list-",
    "ls",
    "start-query",
    "tail",
    "wait",
    "--version",
)

# Functions of bash, so that the hundreds of runs need no further process for a call.
_FUNCTIONS: Final = f"""\
replay() {{
  local program=$1 n answered text word file kind faulty answer=/dev/null captured=-
  shift
  read -r n < "$REPLAY/count"
  n=$((n + 1))
  echo $n > "$REPLAY/count"
  if [ $program = aws ]; then
    read -r answered < "$REPLAY/answered"
    answered=$((answered + 1))
    echo $answered > "$REPLAY/answered"
    if [ -e "$REPLAY/$answered" ]; then answer=$REPLAY/$answered; fi
  fi
  if [ -p /dev/stdout ]; then captured=captured; fi
  if [ "${{FUNCNAME[2]-}}" = value ]; then captured=checked; fi
  echo "$n $captured $program ${{1-}} ${{2-}}" >> "$REPLAY/calls"
  for word; do
    case $word in
      file://*) file=${{word#file://}} ;;
      out/*.yaml) file=$word ;;
      *) continue ;;
    esac
    if ! [ -e "$file" ]; then echo "{ERROR}: no $file" >&2; return 252; fi
  done
  if [ "$n" = "$AT" ]; then printf %s "$*" > "$REPLAY/faulty"; fi
  kind=
  if [ -e "$REPLAY/faulty" ]; then
    IFS= read -r -d '' faulty < "$REPLAY/faulty" || true
    if [ "$*" = "$faulty" ]; then kind=$KIND; fi
  fi
  if [ "$KIND" = missing ] && [ "${{1-}}" = cloudformation ] && [ "$n" -ge "$AT" ]; then kind=fails; fi
  case $kind in
    fails | missing) echo "{ERROR}" >&2; return 254 ;;
    empty) return 0 ;;
    none) echo None; return 0 ;;
    old) echo "aws-cli/1.45.11 Python/3.11.7 Linux/6.1 botocore/1.43.11"; return 0 ;;
  esac
  IFS= read -r -d '' text < "$answer" || true
  printf %s "$text"
}}
sleep() {{ :; }}
{"".join(f'{name}() {{ replay {name} "$@"; }}' + chr(10) for name in PROGRAMS)}"""


@dataclass(frozen=True)
class Call:
    """A call of a program: its place in the run, and its first words.

    Attributes:
        is_captured: whether the shell reads its output.
        is_checked: whether it does so through ``value``, which refuses an empty output.
    """

    number: int
    is_captured: bool
    is_checked: bool
    title: str

    @property
    def is_changing(self) -> bool:
        """Whether it changes anything in AWS."""
        program, *words = self.title.split()
        return program == "aws" and not words[-1].startswith(READING)


@dataclass(frozen=True)
class Run:
    """What a run did."""

    status: int
    err: str
    out: str
    calls: list[Call]


def programs(folder: Path) -> Path:
    """Write the functions that replace the programs to a file of a folder, and return its path."""
    folder.mkdir()
    path = folder / "functions.sh"
    path.write_text(_FUNCTIONS)
    return path


def run(code: str, answers: Sequence[str], programs: Path, kind: str = "", at: int = 0) -> Run:
    """Run shell code.

    Args:
        code: what is pasted.
        answers: what each ``aws`` prints, in order.
        programs: the file of the functions.
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
        calls, out, script = replay / "calls", replay / "out", replay / "script"
        script.write_text(code)
        calls.touch()
        environment = {
            "PATH": os.environ["PATH"],
            "BASH_ENV": str(programs),
            "HOME": name,
            "LC_ALL": "C",
            "EDITOR": "true",
            "REPLAY": str(replay),
            "KIND": kind,
            "AT": str(at),
        }
        with out.open("w") as printed:
            process = subprocess.run(
                ["bash", script],  # Linux limits an argument to 128 KiB
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
            [
                Call(int(number), captured != "-", captured == "checked", title)
                for number, captured, title in lines
            ],
        )
