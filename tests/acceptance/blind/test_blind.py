"""Faults that a writer wrote without having seen a rule, and the rules that find them.

A fault is a text that is replaced, in a template of ``out/`` (``file``) or in a good one of another system
(``good``). ``found.yaml`` has the rules that find each fault.
"""

import os
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from cfnlint.config import ConfigMixIn
from cfnlint.decode import decode_str
from cfnlint.rules import Rules
from cfnlint.template import Template

from cfn_analysis.rules import RULES

FOLDER = Path(__file__).parent
OUT = FOLDER.parents[2] / "out"
FOUND_BY = "found.yaml"

Finding = tuple[str, str]


def read(name: str) -> Any:
    """Return the content of a file of this folder."""
    return yaml.safe_load((FOLDER / name).read_text("utf-8"))


def read_faults() -> list[dict[str, Any]]:
    """Return the faults of all files, each with the name of its file as its class."""
    faults = []
    for file in sorted(FOLDER.glob("*.yaml")):
        if file.name != FOUND_BY:
            faults += [{"class": file.stem, **fault} for fault in read(file.name)]
    return faults


FAULTS = read_faults()
IDS = [str(fault["id"]) for fault in FAULTS]


@cache
def findings(text: str, region: str) -> tuple[Finding, ...]:
    """Return rule and message of what our rules find in a template."""
    template, broken = decode_str(text)
    assert template is not None, broken
    rules = Rules()
    rules.extend([rule() for rule in RULES])
    config = ConfigMixIn(["--config-file", os.devnull], regions=[region])
    matches = rules.run("template.yaml", Template("template.yaml", template, [region]), config)
    return tuple(sorted((match.rule.id, match.message) for match in matches))


def good(fault: dict[str, Any]) -> tuple[str, str]:
    """Return the template without the fault, and its region."""
    if "good" in fault:
        return fault["good"], "ap-northeast-1"
    file = OUT / fault["file"]
    return file.read_text("utf-8"), "us-east-1" if file.stem == "frontend" else "ap-northeast-1"


def found(fault: dict[str, Any]) -> list[Finding]:
    """Return what the rules find in the template with the fault, and not without it."""
    text, region = good(fault)
    assert text.count(fault["find"]) == 1, f"{fault['id']}: the text to replace is not there once"
    before = Counter(findings(text, region))
    after = Counter(findings(text.replace(fault["find"], fault["replace"]), region))
    return sorted((after - before).elements())


@pytest.mark.acceptance
@pytest.mark.parametrize("fault", FAULTS, ids=IDS)
def test_the_fault_is_found_as_noted(fault: dict[str, Any]) -> None:
    """The rules that find it are those in found.yaml; a fault that is not there is not found."""
    assert sorted({rule for rule, _ in found(fault)}) == read(FOUND_BY).get(str(fault["id"]), [])


@pytest.mark.acceptance
@pytest.mark.parametrize(
    "fault", [fault for fault in FAULTS if "good" in fault], ids=lambda fault: str(fault["id"])
)
def test_the_good_template_has_no_error(fault: dict[str, Any]) -> None:
    """Without the fault there is no error in the template of another system."""
    assert [message for rule, message in findings(*good(fault)) if rule.startswith("E")] == []
