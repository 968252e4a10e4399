"""Reviews the commits of template repositories: ``python benchmarks/histories.py GIT_DIRECTORY ...``.

Each file that a commit modifies and that is a template on both sides is one
pair, compared without parameter values. The output is a Markdown table with one line for each repository, and
the place of each crash. Nothing is written into the repositories.
"""

from __future__ import annotations

import argparse
import collections
import statistics
import subprocess
import sys
import time
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from cfn_analysis.model.schemas import SchemasError
from cfn_analysis.reviewing import kinds, report, sides
from cfn_analysis.reviewing.findings import Risk

_PATTERNS: Final = ("*.yaml", "*.yml", "*.json", "*.template", "*.cform", "*.cfn")
_OUTCOMES: Final = ("not read", "no change", "no risks", "risks", "not judged")
_HEADER: Final = ("repository", "pairs", *_OUTCOMES, "crashes", "median s", "max s")


class Pair(NamedTuple):
    """A template that a commit modifies."""

    commit: str
    file: str
    before: bytes
    after: bytes


class Tally:
    """The results of the pairs of one repository."""

    def __init__(self) -> None:
        self.outcomes: collections.Counter[str] = collections.Counter()
        self.kinds: collections.Counter[str] = collections.Counter()
        self.seconds: list[float] = []
        self.crashes: list[str] = []

    def add(self, pair: Pair, region: str) -> None:
        """Review a pair."""
        started = time.process_time()
        try:
            risks, has_changes = _reviewed(pair, region)
        except (sides.ReviewError, SchemasError):
            self.outcomes["not read"] += 1
            return
        except Exception:
            self.crashes.append(f"{pair.commit} {pair.file}\n{traceback.format_exc(limit=-2)}")
            return
        self.seconds.append(time.process_time() - started)
        found = collections.Counter(risk.kind for risk in risks)
        self.kinds += found
        self.outcomes["risks" if found else "no risks" if has_changes else "no change"] += 1
        self.outcomes["not judged"] += kinds.NOT_JUDGED in found

    def row(self, name: str) -> list[str]:
        """Return the line of the table."""
        pairs = len(self.seconds) + len(self.crashes) + self.outcomes["not read"]
        words = (str(self.outcomes[key]) for key in _OUTCOMES)
        times = (f"{statistics.median(self.seconds or [0]):.2f}", f"{max(self.seconds or [0]):.2f}")
        return [name, str(pairs), *words, str(len(self.crashes)), *times]


def pairs(git_directory: Path, most: int) -> Iterator[Pair]:
    """Yield the modified templates of a repository, evenly spread over its history if there are more."""

    def git(*words: str) -> bytes:
        command = ["git", f"--git-dir={git_directory}", *words]
        return subprocess.run(command, check=True, capture_output=True).stdout

    log = git("log", "--no-merges", "--diff-filter=M", "--format=:%H", "--name-only", "--", *_PATTERNS)
    modified: list[tuple[str, str]] = []
    commit = ""
    for line in log.decode(errors="replace").splitlines():
        if line.startswith(":"):
            commit = line[1:]
        elif line:
            modified.append((commit, line))
    # Twice as many as needed, because many files in these formats are no templates.
    step = max(1, len(modified) // (2 * most))
    left = most
    for changed, file in modified[::step]:
        try:
            before, after = (git("show", f"{side}:{file}") for side in (f"{changed}^", changed))
        except subprocess.CalledProcessError:  # absent from a partial copy
            continue
        if left and all(b"Resources" in text and b"AWS::" in text for text in (before, after)):
            left -= 1
            yield Pair(changed, file, before, after)


def _reviewed(pair: Pair, region: str) -> tuple[list[Risk], bool]:
    """Return the risks of a pair, and whether anything changes."""
    before, after = (sides.template(pair.file, text, region) for text in (pair.before, pair.after))
    result = report.review(before, after)
    report.as_json(result)
    stacks = [stack for environment in result.environments for stack in environment.stacks]
    return list(result.risks), any(stack.resources or stack.outputs or stack.parameters for stack in stacks)


def main(arguments: list[str]) -> int:
    """Print the table; return 1 if a review crashes."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("repositories", nargs="+", type=Path, metavar="GIT_DIRECTORY", help="a folder .git")
    parser.add_argument("--pairs", type=int, default=150, help="at most this many for each repository")
    parser.add_argument("--region", default="us-east-1", help="the region of the stacks")
    options = parser.parse_args(arguments)
    if options.pairs < 1:
        parser.error(f"--pairs is {options.pairs}. Name at least 1.")
    for repository in options.repositories:
        if not (repository / "HEAD").is_file():
            parser.error(f"{repository} is not a git directory. Name the folder .git of a repository.")
    found: collections.Counter[str] = collections.Counter()
    crashes: list[str] = []
    print(*_HEADER, sep=" | ")
    print(*("---" for _ in _HEADER), sep=" | ", flush=True)
    for repository in options.repositories:
        tally = Tally()
        for pair in pairs(repository, options.pairs):
            tally.add(pair, options.region)
        name = repository.parent.name if repository.name in (".git", "repo") else repository.stem
        print(*tally.row(name), sep=" | ", flush=True)
        found += tally.kinds
        crashes += tally.crashes
    print("\nrisks:", ", ".join(f"{kind} {found[kind]}" for kind in kinds.KINDS if found[kind]) or "none")
    print(*crashes, sep="\n", end="", file=sys.stderr)
    return 1 if crashes else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
