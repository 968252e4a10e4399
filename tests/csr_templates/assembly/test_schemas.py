"""The JSON Schemas of the output folder: valid, of one draft, and as the readers of the files judge."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from jsonschema import Draft7Validator

from cfn_analysis.model.built_stack import BuiltStack
from cfn_analysis.model.data_files import data_files
from cfn_analysis.reviewing import acceptance
from cfn_analysis.reviewing.acceptance import AcceptanceError
from cfn_analysis.reviewing.kinds import KINDS
from csr_templates.assembly.schemas import schema_files
from csr_templates.costs import usage
from csr_templates.costs.estimate import estimate
from csr_templates.costs.prices import Prices, read
from csr_templates.costs.usage import UsageError
from csr_templates.environments.schemas import DRAFT
from csr_templates.hand_over.built_folder import read as read_folder
from csr_templates.preflight import facts
from csr_templates.preflight.facts import FactsError
from tests.system import ENVIRONMENTS, ROOT

OUT = ROOT / "out"
NAMES = ("environment", "shared", "usage", "acceptance", "review", "cost", "stacks", "facts", "report")


def validator(name: str) -> Draft7Validator:
    """Return the validator of a schema of the output folder."""
    return Draft7Validator(json.loads((OUT / "schemas" / f"{name}.schema.json").read_text("utf-8")))


def test_the_folder_has_these_schemas() -> None:
    """The manifest lists them, and no reader takes one for an environment or a template."""
    files = {path.name.partition(".")[0] for path in (OUT / "schemas").iterdir()}
    manifest = json.loads((OUT / "stacks.json").read_text("utf-8"))
    built = read_folder(lambda name: (OUT / name).read_bytes(), "out")

    assert files == set(NAMES)
    assert {path for path in manifest["files"] if path.startswith("schemas/")} == {
        f"schemas/{name}.schema.json" for name in NAMES
    }
    assert sorted(built.environments) == ENVIRONMENTS
    assert "schemas" not in json.dumps(manifest["stacks"])


@pytest.mark.parametrize("name", NAMES)
def test_each_is_a_schema_of_draft_07(name: str) -> None:
    """With a title, which an editor shows."""
    schema = validator(name).schema

    Draft7Validator.check_schema(schema)
    assert (schema["$schema"], bool(schema["title"])) == (DRAFT, True)


def test_a_set_without_environments_has_schemas_too(built: dict[str, BuiltStack]) -> None:
    """Its usage has one environment without a name, as ``cost`` reads it."""
    written = schema_files(list(built.values()), [])
    document = {"": {"api": {"api-requests": 1}}}

    assert list(usage.read(json.dumps(document), {"": ["api"]})) == [""]
    Draft7Validator(json.loads(written["schemas/usage.schema.json"])).validate(document)


def test_the_manifest_is_valid() -> None:
    """Also if an editor adds its schema."""
    document = json.loads((OUT / "stacks.json").read_text("utf-8"))

    validator("stacks").validate(document)
    validator("stacks").validate({"$schema": "schemas/stacks.schema.json", **document})


# ---- Usage ----


@pytest.fixture(scope="module")
def prices() -> Prices:
    """The prices of the package."""
    return read()


def read_usage(document: Any, built: dict[str, BuiltStack], prices: Prices) -> None:
    """Read a usage file as ``csr-templates cost`` does.

    Raises:
        UsageError: it is wrong.
    """
    folder = read_folder(lambda name: (OUT / name).read_bytes(), "out")
    stacks = list(built)
    used = usage.read(json.dumps(document), dict.fromkeys(ENVIRONMENTS, stacks))
    for name in used:
        estimate(name, folder.stacks, folder.environments[name], prices, used[name])


def test_the_usage_of_the_page_is_valid(built: dict[str, BuiltStack], prices: Prices) -> None:
    """``$schema`` in it is ignored."""
    document = json.loads((ROOT / "docs" / "usage-example.json").read_text("utf-8"))

    validator("usage").validate(document)
    validator("usage").validate({"$schema": "x", **document})
    read_usage({"$schema": "x", **document}, built, prices)


def test_every_item_that_a_stack_pays_is_in_the_schema(built: dict[str, BuiltStack], prices: Prices) -> None:
    """In each environment, also an item that only other values of parameters cost."""
    stacks = validator("usage").schema["definitions"]["stacks"]["properties"]
    amounts = {name: dict.fromkeys(stack["properties"], 1) for name, stack in stacks.items()}
    document = dict.fromkeys(ENVIRONMENTS, amounts)

    validator("usage").validate(document)
    read_usage(document, built, prices)


WRONG_USAGE: Mapping[str, Any] = {
    "no such environment": {"qa": {}},
    "no such stack": {"prod": {"database2": {}}},
    "no such item": {"prod": {"api": {"api-request": 1}}},
    "item of another stack": {"prod": {"network": {"api-requests": 1}}},
    "negative": {"prod": {"api": {"api-requests": -1}}},
    "too large": {"prod": {"api": {"api-requests": 10**15 + 1}}},
    "text": {"prod": {"api": {"api-requests": "1000"}}},
    "switch": {"prod": {"api": {"api-requests": True}}},
    "list": [],
    "amount of a stack": {"prod": {"api": 1}},
}


@pytest.mark.parametrize("document", WRONG_USAGE.values(), ids=WRONG_USAGE)
def test_wrong_usage_is_refused_by_both(document: Any, built: dict[str, BuiltStack], prices: Prices) -> None:
    """By the schema and by the command."""
    assert not validator("usage").is_valid(document)
    with pytest.raises(UsageError):
        read_usage(document, built, prices)


# ---- Acceptances ----

ENTRY = {
    "kind": "replace",
    "stack": "api",
    "logicalId": "Table",
    "property": "Name",
    "reason": "It is empty.",
}
WRONG_ACCEPTANCES: Mapping[str, Any] = {
    "object": {"kind": "replace"},
    "no such kind": [{**ENTRY, "kind": "replaced"}],
    "no stack": [{**ENTRY, "stack": ""}],
    "no reason": [{**ENTRY, "reason": " \t"}],
    "missing key": [{key: text for key, text in ENTRY.items() if key != "property"}],
    "further key": [{**ENTRY, "until": "2027"}],
    "number": [{**ENTRY, "property": 1}],
    "text": ["replace"],
}


@pytest.mark.parametrize("document", WRONG_ACCEPTANCES.values(), ids=WRONG_ACCEPTANCES)
def test_wrong_acceptances_are_refused_by_both(document: Any) -> None:
    """By the schema and by the review."""
    assert not validator("acceptance").is_valid(document)
    with pytest.raises(AcceptanceError):
        acceptance.read(json.dumps(document).encode(), "review.json")


@pytest.mark.parametrize("kind", KINDS)
def test_acceptances_are_valid(kind: str) -> None:
    """Of each kind, of a property or of a whole stack."""
    document = [{**ENTRY, "kind": kind}, {**ENTRY, "logicalId": "", "property": ""}]

    validator("acceptance").validate(document)
    assert len(acceptance.read(json.dumps(document).encode(), "review.json")) == 2


# ---- Facts ----

FACTS = {
    "formatVersion": facts.FORMAT_VERSION,
    "project": "csr",
    "environment": "prod",
    "account": "123456789012",
    "caller": "arn:aws:iam::123456789012:user/operator",
    "time": "2026-12-01T00:00:00Z",
    "facts": [],
}
WRONG_FACTS: Mapping[str, Any] = {
    "list": [],
    "earlier format": {**FACTS, "formatVersion": 1},
    "further key": {**FACTS, "region": "us-east-1"},
    "no account": {key: value for key, value in FACTS.items() if key != "account"},
    "number": {**FACTS, "account": 123456789012},
    "not a time": {**FACTS, "time": "today"},
    "fact without an answer": {
        **FACTS,
        "facts": [
            {"service": "s3", "operation": "X", "region": "r", "parameters": {}, "time": FACTS["time"]}
        ],
    },
}


def test_a_schema_in_facts_is_ignored() -> None:
    """By the reader, and by the schema."""
    document = {"$schema": "out/schemas/facts.schema.json", **FACTS}

    validator("facts").validate(document)
    assert facts.from_json(json.dumps(document), "facts.json").account == "123456789012"


@pytest.mark.parametrize("document", WRONG_FACTS.values(), ids=WRONG_FACTS)
def test_wrong_facts_are_refused_by_both(document: Any) -> None:
    """By the schema and by the commands."""
    assert not validator("facts").is_valid(document)
    with pytest.raises(FactsError):
        facts.from_json(json.dumps(document), "facts.json")


def test_the_copies_are_those_of_the_packages() -> None:
    """A build writes the schemas of reports as they are. The others describe the data files beside them."""
    described = {path.with_suffix(".schema.json") for path in data_files(ROOT / "src")}
    described |= {path.parent / f"{path.parent.name}.schema.json" for path in data_files(ROOT / "src")}
    copied = set((ROOT / "src").rglob("*.schema.json")) - described

    assert len(copied) > 4
    for path in copied:
        assert (OUT / "schemas" / path.name).read_bytes() == path.read_bytes()
