"""Measures what ``verify --detect-drift`` says of changes by hand: ``python benchmarks/drift.py``.

Each value of each resource is changed, one at a time, in an account of production with a model of
CloudFormation's drift detection; so are members of lists and whole resources. A change is named, expected, or
said to be not comparable; otherwise it passes in silence. The model has the rules of AWS's pages: it cannot
show what CloudFormation really compares.

    python benchmarks/drift.py [--changes N | --all] [--seed N]
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from csr_templates.preflight.drift import detection  # noqa: E402
from csr_templates.preflight.results import FAIL, UNKNOWN, WARN  # noqa: E402
from tests.csr_templates.preflight.drifting_account import DriftingAccount  # noqa: E402
from tests.csr_templates.preflight.hand_changes import (  # noqa: E402
    SILENT,
    HandChange,
    changes,
    results_of,
    verdict,
)
from tests.csr_templates.preflight.services.conftest import CUSTOM, environment_of  # noqa: E402

GOAL: Final = 0.95  # of the changes are named, expected, or said to be not comparable
_SHOWN: Final = 20


def main() -> int:
    """Measure, print, and return 1 if the goal is missed, or anything is wrong in silence."""
    arguments = _arguments()
    detection._SECONDS = 0.0  # type: ignore[misc]  # the detections of the model are over at once
    false_alarms = sum(_untouched(name) for name in ("dev", "staging", "prod"))
    environment = environment_of("prod", CUSTOM)
    every_change = list(changes(environment, arguments.seed))
    chosen = every_change
    if not arguments.all:
        chosen = random.Random(arguments.seed).sample(every_change, arguments.changes)
    begin = time.process_time()
    words: Counter[str] = Counter()
    by_kind: dict[str, Counter[str]] = {}
    effects: Counter[str] = Counter()
    silent: list[HandChange] = []
    for change in chosen:
        said = verdict(environment, change)
        words[said.word] += 1
        by_kind.setdefault(change.kind, Counter())[said.word] += 1
        effects[said.effect] += bool(said.effect)
        false_alarms += len(said.false_alarms)
        if said.word == SILENT:
            silent.append(change)
    print(f"{len(chosen)} of {len(every_change)} changes, seed {arguments.seed}")
    for word, count in words.most_common():
        print(f"  {word:20} {count:6} {count / len(chosen):8.1%}")
    for kind, of_kind in sorted(by_kind.items()):
        print(f"  {kind:20} {', '.join(f'{count} {word}' for word, count in of_kind.most_common())}")
    print(
        f"  of those named: {', '.join(f'{count} {word}' for word, count in effects.most_common() if word)}"
    )
    print(f"  results about untouched resources: {false_alarms}")
    print(f"  {(time.process_time() - begin) / len(chosen) * 1000:.0f} ms of processor time for each change")
    for change in silent[:_SHOWN]:
        print(f"  silent: {change}")
    share = 1 - len(silent) / len(chosen)
    return int(share < GOAL or false_alarms > 0)


def _untouched(name: str) -> int:
    """Return the number of false alarms in an account that nobody changed."""
    environment = environment_of(name)
    results = results_of(DriftingAccount(environment), environment)
    return sum(result.status in (FAIL, WARN, UNKNOWN) for result in results)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="What verify --detect-drift says of changes by hand.")
    parser.add_argument("--changes", type=int, default=300, help="number of changes (default: 300)")
    parser.add_argument("--all", action="store_true", help="all changes; takes minutes")
    parser.add_argument("--seed", type=int, default=1, help="of the random values (default: 1)")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
