"""Acceptances of risks, as an option or an entry of review.json names them."""

import json

import pytest

from cfn_analysis.reviewing import acceptance
from cfn_analysis.reviewing.acceptance import AcceptanceError

from .test_gate import ENTRY


def test_a_risk_of_a_whole_stack() -> None:
    """Risks of a stack do not have a logical ID, and the entry does not need one."""
    accepted = acceptance.of_option("guard:network")
    assert (accepted.kind, accepted.stack, accepted.name) == ("guard", "network", "")
    with pytest.raises(AcceptanceError, match="does not have a stack"):
        acceptance.read(json.dumps([{**ENTRY, "stack": ""}]).encode(), "review.json")
