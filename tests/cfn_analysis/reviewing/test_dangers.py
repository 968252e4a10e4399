"""Pairs of changes: the one that harms is named, and its opposite is not."""

from pathlib import Path
from typing import Any

import pytest

from cfn_analysis.model.rendering import load

from .templates import changed, resources, reviewed

Pair = dict[str, Any]
_FILE = load(Path(__file__).with_name("dangers.yaml").read_text("utf-8"))
PAIRS: list[Pair] = []
for pairs_of_kind in _FILE.values():
    PAIRS += pairs_of_kind
# Kinds that only say how CloudFormation updates a resource, which other tests assert.
_UPDATES = ("replace", "data-loss", "orphan")


def _messages(before: dict[str, Any], after: dict[str, Any]) -> dict[str, str]:
    review = reviewed(resources(**before), resources(**after))
    return {
        f"{risk['kind']} {risk['logicalId']}": risk["message"]
        for risk in review["risks"]
        if risk["kind"] not in _UPDATES
    }


@pytest.mark.parametrize("pair", PAIRS, ids=[pair["name"] for pair in PAIRS])
def test_the_harmful_direction_is_named_and_the_opposite_is_not(pair: Pair) -> None:
    """Each risk has the words that say what happens; nothing else is named in either direction."""
    for before, after, expected in (
        (pair["before"], pair["after"], pair["risks"]),
        (pair["after"], pair["before"], pair.get("back", {})),
    ):
        messages = _messages(before, after)

        assert sorted(messages) == sorted(expected), messages
        for subject, words in expected.items():
            assert words in messages[subject]
    if "changes" in pair:
        assert len(changed(resources(**pair["before"]), resources(**pair["after"]))) == pair["changes"]
