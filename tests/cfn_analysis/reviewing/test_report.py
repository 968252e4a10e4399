"""The report as a document: its schema, its page, and stable JSON."""

import json
import re
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from cfnlint.jsonschema import StandardValidator

from cfn_analysis.reviewing import report, text
from cfn_analysis.reviewing.kinds import KINDS
from tests.system import PROJECT

from .own_changes import CHANGES, own_side
from .templates import exporting, reviewed

SCHEMA = json.loads(files("cfn_analysis.reviewing").joinpath("review.schema.json").read_text("utf-8"))
PAGE = (Path(__file__).resolve().parents[3] / "docs" / "review.md").read_text("utf-8")


def errors(document: object) -> list[str]:
    """Return the positions at which a report does not match the schema of the package."""
    positions = []
    for error in StandardValidator(schema=SCHEMA).iter_errors(document):
        # cfn-lint treats a key with the value null as missing.
        missing = [f"{key!r} is a required property" for key in _at(document, error.path)]
        if error.message not in missing:
            path = "/".join(str(step) for step in error.path)
            positions.append(f"{path}: {error.message}")
    return positions


def _at(document: Any, path: Iterable[Any]) -> Any:
    for step in path:
        document = document[step]
    return document


@pytest.fixture(scope="module")
def documents() -> list[Any]:
    """The reports of some changes of our own stacks, as parsed JSON."""
    side = own_side()
    names = ("class", "subnet CIDR", "bucket renamed", "WAF off")
    return [json.loads(report.as_json(report.review(side, CHANGES[name](side), ["prod"]))) for name in names]


def test_reports_match_the_schema(documents: list[Any]) -> None:
    """Every report is valid. A report with an unknown word is not."""
    assert [errors(document) for document in documents] == [[]] * len(documents)
    wrong = documents[0]
    entry = next(stack for stack in wrong["environments"][0]["stacks"] if stack["resources"])["resources"][0]
    change, entry["change"] = entry["change"], "recreate"
    assert len(errors(wrong)) == 1
    entry["change"] = change


def test_the_schema_has_the_words_of_the_code() -> None:
    """The schema lists the kinds of risks in the same order as the code."""
    assert SCHEMA["definitions"]["risk"]["properties"]["kind"]["enum"] == list(KINDS)


def test_the_page_explains_every_key_and_word() -> None:
    """Each key and each enumerated word of the schema is in a table of the page."""
    rows = set(
        re.findall(r"`([^`]+)`", "\n".join(line for line in PAGE.splitlines() if line.startswith("| ")))
    )
    rows |= set(re.findall(r"`(none|some|not known)`", PAGE))
    keys = set(SCHEMA["properties"])
    words: set[str] = set()
    for definition in SCHEMA["definitions"].values():
        keys |= set(definition["properties"])
        for key in definition["properties"].values():
            words |= set(key.get("enum", ()))

    assert (keys | words) - rows == set()


def test_json_is_the_same_every_time() -> None:
    """The same sides give the same bytes, in ASCII."""
    side = own_side()
    change = CHANGES["bucket renamed"]
    texts = {report.as_json(report.review(side, change(side), ["prod"])) for _ in range(2)}

    (text,) = texts
    assert text.isascii()


def document_of(change: str) -> Any:
    """Return the report of a change of our own stacks in production."""
    side = own_side()
    (environment,) = report.document(report.review(side, CHANGES[change](side), ["prod"]))["environments"]
    return environment


def test_a_changed_class_is_followed_from_the_file_to_the_instances() -> None:
    """The chain starts at the file that an operator edits.

    The instances are interrupted one after the other.
    """
    resources = {}
    for stack in document_of("class")["stacks"]:
        resources.update({resource["logicalId"]: resource for resource in stack["resources"]})

    chain = ["parameters/prod.json", "parameter DatabaseInstanceClass", "condition IsBurstable"]
    for resource in resources.values():
        if resource["change"] == "remove":  # an alarm on the credits of the class
            (cause,) = resource["causes"]
            assert cause == {"property": "", "before": None, "after": None, "chain": chain}
            assert resource["section"] == "Alarms"
            assert resource["source"].startswith("src/csr_templates/stacks/database.py:")
    instance = resources["DatabaseInstance1"]
    assert instance["causes"][0] == {
        "property": "DBInstanceClass",
        "before": "db.t3.medium",
        "after": "db.r6g.large",
        "chain": chain[:2],
    }
    assert (instance["interruption"], instance["data"]) == ("some", "none")
    assert [resources[f"DatabaseInstance{number}"]["interruptionOrder"] for number in (1, 2)] == [1, 2]


def test_a_changed_subnet_is_followed_to_another_stack() -> None:
    """The chain contains the export."""
    stacks = document_of("subnet CIDR")["stacks"]
    (api,) = (stack for stack in stacks if stack["name"] == "api")
    (function,) = (resource for resource in api["resources"] if resource["logicalId"] == "ApiFunction")

    assert function["causes"] == [
        {
            "property": "VpcConfig.SubnetIds[0]",
            "before": "${PrivateSubnet1} of network",
            "after": "${PrivateSubnet1} of network (new)",
            "chain": [
                "parameters/prod.json",
                "parameter PrivateSubnet1Cidr",
                "PrivateSubnet1 of network replaced",
                f"export {PROJECT}-prod-private-subnet-1-id",
            ],
        }
    ]


def test_the_report_of_a_description_is_on_the_page() -> None:
    """The report first shows failures and corrections, then the changes, each once for all environments."""
    side = own_side()
    side = side._replace(root=None, stacks=side.stacks[:2])  # so that a new stack does not change the page
    report_text = text.as_text(report.review(side, CHANGES["description of a group"](side)))

    assert f"```\n{report_text}\n```\n" in PAGE


@pytest.mark.parametrize(("value", "notes"), [("1", 0), ("2", 1)])
def test_importers_of_a_single_template_are_not_known(value: str, notes: int) -> None:
    """If an export changes, the report of two templates says that its importers are not known."""
    notes_of_review = reviewed(exporting("id"), exporting("id", value))["notes"]

    assert notes_of_review == notes * [
        "Whether other stacks import id is not known from two templates. While one does, CloudFormation "
        "refuses to change or remove the export."
    ]
