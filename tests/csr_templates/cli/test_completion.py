"""Completion of both programs in real shells; names of environments and stacks are those of the folder."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Collection
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from cfn_analysis.reviewing.kinds import KINDS
from csr_templates.cli import main as cli
from csr_templates.cli.completion import SHELLS
from csr_templates.operating.command_line import COMMANDS
from tests.csr_templates.cli.write_completions import FOLDER, scripts
from tests.system import ENVIRONMENTS, ROOT, STACK_NAMES

BASH = """\
source "$1"
shift
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
function=$(complete -p "$1" | sed 's/.*-F \\([a-z_]*\\) .*/\\1/')
"$function"
printf '%s\\n' "${COMPREPLY[@]}"
"""
FISH = "source $argv[1]; complete -C $argv[2]"
ZSH = str(Path(__file__).with_name("complete.zsh"))
DUMPS = TemporaryDirectory()  # the first zsh reads all functions for completion, the others a dump of them


def in_bash(line: str) -> list[str]:
    """Return the command that prints what bash completes."""
    return ["bash", "--norc", "-c", BASH, "bash", str(FOLDER / "bash"), *line.split(" ")]


def in_zsh(line: str) -> list[str]:
    """Return the command that prints what zsh completes."""
    return ["zsh", "-f", ZSH, line, str(FOLDER / "zsh"), f"{DUMPS.name}/zcompdump"]


def in_fish(line: str) -> list[str]:
    """Return the command that prints what fish completes, with descriptions."""
    return ["fish", "--no-config", "-c", FISH, str(FOLDER / "fish"), line]


COMMAND_OF: dict[str, Callable[[str], list[str]]] = {"bash": in_bash, "zsh": in_zsh, "fish": in_fish}


def completed(shell: str, line: str, folder: Path = ROOT) -> set[str]:
    """Return the words with which a shell completes a line, in a folder."""
    if not shutil.which(shell) and "PROGRAMS_REQUIRED" not in os.environ:
        pytest.skip(f"needs {shell}")
    done = subprocess.run(
        COMMAND_OF[shell](line), cwd=folder, capture_output=True, text=True, check=True, timeout=30
    )
    assert done.stderr == ""
    words = [shown.partition("\t")[0].strip() for shown in done.stdout.splitlines()]
    return {word.rstrip("/") for word in words if word}


LINES: dict[str, Collection[str]] = {
    "csr-operate ": ENVIRONMENTS,
    "csr-operate prod ": [each.name for each in COMMANDS],
    "csr-operate prod plan-deploy ": STACK_NAMES,
    "csr-operate prod create-instances ": ["original", "restored"],
    "csr-templates ": list(cli._COMMANDS),
    "csr-templates render ": STACK_NAMES,
    "csr-templates render network --environment ": ENVIRONMENTS,
    "csr-templates parameters ": ENVIRONMENTS,
    "csr-templates parameters prod ": STACK_NAMES,
    "csr-templates review --accept ": KINDS,
    "csr-templates review --format ": ["text", "json", "markdown", "sarif"],
    "csr-templates cost --usage docs/usage-ex": ["docs/usage-example.json"],
}


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("line", LINES)
def test_values(line: str, shell: str) -> None:
    """A command, a choice, a file, or a name of the output folder."""
    words = completed(shell, line)

    if "usage-ex" in line and shell == "zsh":  # which adds the folder itself
        assert words == {"usage-example.json"}
    else:
        assert words == set(LINES[line])


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize(
    ("line", "options"),
    [
        ("csr-operate prod plan-deploy --", {"--help", "--repair", "--dry-run", "--out", "--profile"}),
        ("csr-templates lint --", {"--help", "--region", "--format"}),
    ],
)
def test_options(line: str, options: set[str], shell: str) -> None:
    """Those of the command."""
    assert completed(shell, line) == options


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize(
    "line", ["csr-operate prod plan-deploy --out built ", "csr-templates cost --out built "]
)
def test_names_of_another_folder(line: str, shell: str, tmp_path: Path) -> None:
    """``--out`` says which folder; without one, nothing is completed."""
    shutil.copytree(ROOT / "out", tmp_path / "built")
    manifest = json.loads((ROOT / "out" / "stacks.json").read_text("utf-8"))
    stack = {**manifest["stacks"][0], "name": "shop", "parameterFiles": {"eu": "a", "us": "b"}}
    written = json.dumps({**manifest, "stacks": [stack]}, indent=2)
    (tmp_path / "built" / "stacks.json").write_text(written, "utf-8")

    assert completed(shell, line, tmp_path) == ({"shop"} if "operate" in line else {"eu", "us"})
    assert completed(shell, line.replace("built", "missing"), tmp_path) == set()


def test_no_python_runs(tmp_path: Path) -> None:
    """A completion answers at once: it runs awk, and no other program."""
    for program in ("awk", "sed"):  # sed is for the test itself
        (tmp_path / program).symlink_to(shutil.which(program) or "")
    bash = shutil.which("bash") or ""

    done = subprocess.run(
        [bash, *in_bash("csr-operate prod plan-deploy ")[1:]],
        cwd=ROOT,
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.stdout.split(), done.stderr) == (STACK_NAMES, "")


def test_the_scripts_are_current() -> None:
    """They have the options of the programs; otherwise, run ``make completions``."""
    current = scripts()

    assert list(current) == list(SHELLS)
    for shell, text in current.items():
        assert (FOLDER / shell).read_text("utf-8") == text, "run make completions"


@pytest.mark.parametrize("shell", SHELLS)
def test_the_command_prints_the_script(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    """For ``eval`` and ``source``."""
    assert cli.main(["completion", shell]) == 0
    assert capsys.readouterr().out == (FOLDER / shell).read_text("utf-8")
