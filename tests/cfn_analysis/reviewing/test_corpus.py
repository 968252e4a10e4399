"""The review of every labeled pair reports all expected results, and no others.

``python -m tests.cfn_analysis.reviewing.test_corpus`` prints precision and recall, and the mistakes.
Arguments are names of cases, or parts of them.
"""

import json
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from cfn_analysis.reviewing import report, sides
from cfn_analysis.reviewing.sides import Side
from csr_templates.hand_over import review_sides
from csr_templates.hand_over.built_folder import read_parameters

from . import pairs
from .corpus_score import Score, score

MAIN = ("replace", "opens")  # changes; access and guards


def reviewed(case: Mapping[str, Any]) -> dict[str, Any]:
    """Return the review of a case as parsed JSON."""
    with tempfile.TemporaryDirectory() as folder:
        inputs = pairs.write(dict(case), Path(folder))
        if inputs.after.is_dir() or inputs.before.is_dir():
            before, after = review_sides.folder(inputs.before), review_sides.folder(inputs.after)
        else:
            before = _template(inputs.before, inputs.region, inputs.parameters_before)
            after = _template(inputs.after, inputs.region, inputs.parameters_after)
        document: dict[str, Any] = json.loads(report.as_json(report.review(before, after)))
    return document


def _template(path: Path, region: str, parameters: Path | None) -> Side:
    values = read_parameters(parameters.read_text("utf-8"), parameters.name) if parameters else {}
    return sides.template(path, region, values, "stack", name=path.name)


def scored(*names: str, kind: str = "replace") -> Score:
    """Return the score of all cases of a kind, or of those whose names contain one of the texts.

    Cases of changes score all their kinds, so those of ``opens`` are only those without changes.
    """
    cases = [case for case in pairs.cases() if _is_about(case, names)]
    return score((case for case in cases if _main_kind(case) == kind), reviewed)


def _is_about(case: Mapping[str, Any], names: Sequence[str]) -> bool:
    return not names or any(name in case["name"] for name in names)


def _main_kind(case: Mapping[str, Any]) -> str:
    return next(kind for kind in MAIN if kind in case["kinds"])


def test_the_review_is_right_on_every_labelled_pair() -> None:
    """All results of the labeled pairs (at least 150) are found, and no others."""
    corpus_result = scored()

    assert len(corpus_result.faults) >= 150
    assert {name: faults for name, faults in corpus_result.faults.items() if faults} == {}, (
        corpus_result.table()
    )


if __name__ == "__main__":
    for each in MAIN:
        result = scored(*sys.argv[1:], kind=each)
        print(result.table())
        for name, faults in result.faults.items():
            if faults or sys.argv[1:]:
                print(name, *faults, sep="\n    ")
