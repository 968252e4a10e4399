"""CDK's diff engine on the labelled pairs of the review, beside our review.

It is scored on the common result: the effect on each resource. It does not have parameter values or other
stacks, so only pairs of two templates without parameters count; and it has no word for a change of
nothing but a policy, which counts as an update.
"""

import json
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from cfn_analysis.model.rendering import load
from tests.cfn_analysis.reviewing import pairs
from tests.cfn_analysis.reviewing.corpus_score import Count, score
from tests.cfn_analysis.reviewing.test_corpus import reviewed

_WORDS: Final = {
    "WILL_UPDATE": "update",
    "WILL_CREATE": "add",
    "WILL_REPLACE": "replace",
    "MAY_REPLACE": "maybe-replace",
    "WILL_DESTROY": "remove",
    "WILL_ORPHAN": "remove",
}


def cases() -> list[pairs.Case]:
    """Return the cases that are about what happens to resources, and of which both tools see everything."""
    unseen = {"stacks", "parameters", "parametersBefore", "parametersAfter"}
    found = [case for case in pairs.cases() if "replace" in case["kinds"] and not unseen & case.keys()]
    for label in (label for case in found for label in case.get("expect", {}).values()):
        if label and label.get("change") == "policy":
            label["change"] = "update"
    return found


def ours(case: Mapping[str, Any]) -> dict[str, Any]:
    """Return the result of our review for a case, in the common words."""
    review = reviewed(case)
    for environment in review["environments"]:
        for stack in environment["stacks"]:
            for resource in stack["resources"]:
                if resource["change"] == "policy":
                    resource["change"] = "update"
    return review


def cdk(known: Iterable[pairs.Case], node: Path, environment: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the result of CDK for each case, in the form of the review's JSON.

    Args:
        known: the cases.
        node: the folder that the package ``@aws-cdk/cloudformation-diff`` is installed in.
        environment: of the process.
    """
    given = [[_plain(case["before"]), _plain(case["after"])] for case in known]
    done = subprocess.run(
        ["node", str(Path(__file__).parent / "tools" / "cdk_diff.js")],
        input=json.dumps(given, default=str),  # a bare date is text to CloudFormation
        env={**environment, "NODE_PATH": str(node / "node_modules")},
        capture_output=True,
        text=True,
        check=True,
    )
    return [
        {
            "environments": [{"name": "", "stacks": [{"name": "", "resources": _resources(words)}]}],
            "risks": [],
        }
        for words in json.loads(done.stdout)
    ]


def _plain(template: pairs.Template) -> dict[str, Any]:
    return load(template) if isinstance(template, str) else template or {}


def _resources(words: Mapping[str, str]) -> list[dict[str, Any]]:
    return [
        {"logicalId": name, "change": _WORDS[word], "interruption": "", "data": "", "causes": []}
        for name, word in words.items()
        if word in _WORDS
    ]


def figures(node: Path, environment: Mapping[str, str]) -> list[str]:
    """Return the rows of the table on the page: of each word how often it was right, wrong and missed."""
    known = cases()
    theirs = iter(cdk(known, node, environment))
    scores = (score(known, ours), score(known, lambda _: next(theirs)))
    names = ("add", "update", "replace", "maybe-replace", "remove")
    rows = [
        f"| `{name}` | {' | '.join(_cells(one.count('change', name)) for one in scores)} |" for name in names
    ]
    sums = [
        Count(*map(sum, zip(*(one.count("change", name) for name in names), strict=True))) for one in scores
    ]
    return [*rows, f"| all | {' | '.join(map(_cells, sums))} |"]


def _cells(count: Count) -> str:
    return f"{count.right} | {count.wrong} | {count.missed}"
