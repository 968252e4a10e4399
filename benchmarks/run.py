"""Measures what a build costs, as ratios of times taken in one run: ``make benchmark``.

Seconds differ between machines and days, ratios hardly do. Each figure compares the medians of several runs,
and what is compared is run in turns, so that a busy moment meets both sides. What runs in one process is
compared by the time that the processor spends on it, which other programs change least.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from csr_templates import STACKS, render

ROOT = Path(__file__).resolve().parents[1]
TEMPLATES = ROOT / "out"
PYTHON = [sys.executable]
# With compiled modules, as on any machine after the first run.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
BUILD = [*PYTHON, str(ROOT / "build.py"), "--quiet"]


def seconds(run: Callable[[], object], clock: Callable[[], float]) -> float:
    """Return how long a call takes by a clock."""
    started = clock()
    run()
    return clock() - started


def processor() -> float:
    """Return the seconds that the processor has spent on this process and on those that it has waited for."""
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


def command(*words: str, finds_nothing: bool = True) -> Callable[[], object]:
    """Return a call that runs a command, and insists that it succeeds where it should find nothing."""
    return lambda: subprocess.run(
        words, check=finds_nothing, stdout=subprocess.DEVNULL, cwd=ROOT, env=ENVIRONMENT
    )


def ratio(
    numerator: Callable[[], object],
    denominator: Callable[[], object],
    runs: int,
    clock: Callable[[], float] = processor,
) -> float:
    """Return the ratio of two medians, the two run in turns."""
    numerator()
    denominator()
    pairs = [(seconds(numerator, clock), seconds(denominator, clock)) for _ in range(runs)]
    return statistics.median(over for over, _ in pairs) / statistics.median(under for _, under in pairs)


def modules(prefixes: tuple[str, ...]) -> str:
    """Return a statement that imports the modules of these packages that importing the stacks loads."""
    code = "import sys; from csr_templates import STACKS; print(*sorted(sys.modules))"
    loaded = subprocess.run([*PYTHON, "-c", code], check=True, capture_output=True, text=True).stdout.split()
    return f"import {', '.join(name for name in loaded if name.startswith(prefixes))}"


def build_and_render(times: int) -> None:
    """Make all templates and render them, in this process."""
    for _ in range(times):
        for stack in STACKS:
            t = stack.build()
            render(t.to_dict(), sections=t.sections)


def peak_growth() -> float:
    """Return by which factor the peak of a process's memory grows from one set of templates to fifty."""
    code = (
        "import resource, sys; sys.path.insert(0, 'benchmarks'); import run\n"
        "for times in (1, 50):\n"
        "    run.build_and_render(times)\n"
        "    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    printed = subprocess.run(
        [*PYTHON, "-c", code], check=True, capture_output=True, text=True, cwd=ROOT
    ).stdout
    after_one, after_fifty = printed.split()
    return int(after_fifty) / int(after_one)


def limit_of_a_cold_cache() -> float:
    """Return the limit of a build with a cold cache: it lints in one process for each core."""
    if cores() == 1:
        return 1.1
    if cores() < 4:
        return 0.65
    return 0.55


def measure(runs: int) -> list[tuple[str, float, float]]:
    """Return what was measured: what it is, the figure, and the limit that it should keep."""
    templates_of_stacks = [stack.build() for stack in STACKS]
    sets = [(t.to_dict(), t) for t in templates_of_stacks]
    libraries = command(*PYTHON, "-c", modules(("troposphere", "awacs", "yaml")))
    with tempfile.TemporaryDirectory() as folder:
        output = ["--out", str(Path(folder) / "out")]
        number = iter(range(1_000_000))
        without_lint = command(*BUILD, *output, "--no-lint")
        with_warm_cache = command(*BUILD, *output, "--cache", str(Path(folder) / "warm"))
        templates = [
            *TEMPLATES.glob("*.yaml"),
            *TEMPLATES.glob("bootstrap/*"),
            *TEMPLATES.glob("recovery/*.yaml"),
        ]
        files = ["--", *(str(template) for template in sorted(templates))]
        cfn_lint = [str(Path(sys.executable).parent / "cfn-lint"), *("-r", "us-east-1", "-c", "I")]
        # One region for all of them finds something in some, which is no failure here.
        plain_lint = command(*cfn_lint, *files, finds_nothing=False)
        lint_with_our_rules = command(*cfn_lint, "-a", "cfn_analysis.rules", *files, finds_nothing=False)

        def with_cold_cache() -> None:
            command(*BUILD, *output, "--cache", str(Path(folder) / f"cold{next(number)}"))()

        return [
            (
                "importing the stacks / importing their troposphere modules",
                ratio(
                    command(*PYTHON, "-c", "from csr_templates import STACKS"),
                    command(*PYTHON, "-c", modules(("troposphere", "awacs"))),
                    runs,
                ),
                1.3,
            ),
            (
                "build without lint / importing troposphere, awacs and yaml",
                ratio(without_lint, libraries, runs),
                3.0,  # 0.2.0: 2.9; 0.1.0: 2.34, with half of the files and 14 resources less
            ),
            (
                "build with a cold cache / cfn-lint with our rules over the same files",
                ratio(with_cold_cache, lint_with_our_rules, runs, time.perf_counter),
                limit_of_a_cold_cache(),
            ),
            ("cfn-lint with our rules / without", ratio(lint_with_our_rules, plain_lint, runs), 1.10),
            ("second build / build without lint", ratio(with_warm_cache, without_lint, runs), 1.5),
            (
                "50 sets of templates / one set",
                ratio(lambda: build_and_render(50), lambda: build_and_render(1), runs),
                60,
            ),
            ("peak memory after 50 sets / after one", peak_growth(), 1.1),
            (
                "render / troposphere's to_yaml, of all templates",
                ratio(
                    lambda: [render(body, sections=t.sections) for body, t in sets],
                    lambda: [t.to_yaml() for _, t in sets],
                    runs,
                ),
                0.2,
            ),
        ]


def main() -> int:
    """Print the figures; return 1 if one is over its limit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=7, help="of each side of a ratio (default: 7)")
    figures = measure(parser.parse_args().runs)
    for what, figure, limit in figures:
        verdict = "fine" if figure <= limit else "OVER"
        print(f"{figure:7.2f}  at most {limit:<5g} {verdict}  {what}")
    return int(any(figure > limit for _, figure, limit in figures))


if __name__ == "__main__":
    sys.exit(main())
