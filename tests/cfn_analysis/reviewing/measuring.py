"""Measures what the review knows about the changes in the history of ``out/``.

``python -m tests.cfn_analysis.reviewing.measuring`` reviews each commit of the main line against its parent,
and prints how many changes are risks, harmless and not judged. It takes minutes.
"""

import re
import subprocess
from collections import Counter
from pathlib import Path

from cfn_analysis.reviewing import report
from cfn_analysis.reviewing.judging import Judgment
from cfn_analysis.reviewing.sides import ReviewError, Side
from csr_templates.hand_over import history, review_sides

from .own_changes import OUT

_MOST: int = 20


def commits() -> list[tuple[str, str]]:
    """Return each commit of the main line that changes the folder, and its parent."""
    command = ["git", "log", "--first-parent", "--format=%H %P", "--", OUT.name]
    lines = subprocess.run(command, cwd=OUT.parent, capture_output=True, text=True, check=True).stdout
    rows = [line.split() for line in lines.splitlines()]
    return [(row[0], row[1]) for row in rows if len(row) > 1]  # the first commit has no parent


def changes(commit: str, parent: str) -> list[Judgment]:
    """Return the judgments about the changes of a commit; none if one of the folders cannot be read."""
    try:
        return list(report.review(_side(OUT, parent), _side(OUT, commit)).judgments)
    except ReviewError:  # of an earlier format
        return []


def _side(folder: Path, commit: str) -> Side:
    return review_sides.revision(folder, commit, history.Revision(folder, commit))


def main() -> None:
    """Print the counts, and the most frequent properties that are not judged."""
    verdicts: Counter[str] = Counter()
    not_judged: Counter[str] = Counter()
    for commit, parent in commits():
        for judgment in changes(commit, parent):
            verdicts[judgment.verdict] += 1
            if judgment.verdict == "not judged":
                name = re.sub(r"\[[^\]]*\]", "[]", judgment.path)
                not_judged[name or f"{judgment.before} -> {judgment.after}"] += 1
    total = sum(verdicts.values())
    for verdict, number in verdicts.most_common():
        print(f"{verdict}: {number} of {total} ({number / total:.0%})")
    for name, number in not_judged.most_common(_MOST):
        print(f"  {number} {name}")


if __name__ == "__main__":
    main()
