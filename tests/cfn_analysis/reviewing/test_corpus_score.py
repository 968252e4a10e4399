"""The corpus is well-formed, and each kind of mistake of a review lowers its score."""

import copy
import itertools
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from cfnlint.jsonschema import StandardValidator
from cfnlint.schema import PROVIDER_SCHEMA_MANAGER

from cfn_analysis.model.rendering import load
from csr_templates.hand_over import manifest

from . import pairs
from .corpus_score import FOLLOWS, REPLACES, Key, Review, Risk, Score, key_of, score, score_corpus

CASES = list(pairs.cases())
SCHEMA = json.loads(Path(manifest.__file__).with_name("stacks.schema.json").read_text("utf-8"))
WORDS = {
    "change": {"add", "update", "replace", "maybe-replace", "remove", "policy"},
    "interruption": {"none", "some", "not known"},
    "data": {"none", "kept", "snapshot", "orphaned", "lost", "delete fails", "harmless"},
}
ACCESS_KINDS = ["opens", "guard"]
KEYS = {
    *("name", "source", "why", "base", "before", "after", "patch", "region", "stacks", "environments"),
    *("parameters", "parametersBefore", "parametersAfter", "from", "to", "kinds"),
    *("expect", "risks", "may", "order", "hidden"),
}
LABELS = {*WORDS, "properties", "values", "chain"}


def templates(case: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the stack ("" for a pair) and each template of a case that has resources."""
    for stack, pair in case.get("stacks", {"": case}).items():
        for side in ("before", "after"):
            template = pair[side]
            parsed = load(template) if isinstance(template, str) else template
            if parsed:
                yield stack, parsed


def words(value: str | list[str]) -> set[str]:
    """Return the words that a label accepts."""
    return {value} if isinstance(value, str) else set(value)


def test_every_case_is_well_formed() -> None:
    """Names are unique, labels use the words of the review, and labeled resources exist in a template."""
    assert len(CASES) == len({case["name"] for case in CASES})
    for case in CASES:
        name = case["name"]
        assert case.keys() <= KEYS, name
        assert case["why"], name
        environments = list(case.get("environments", {"": {}}))
        places: dict[str, set[str]] = {}
        for stack, template in templates(case):
            places.setdefault(stack, set()).update(template["Resources"])
        assert ("expect" in case) == (case["kinds"] != ACCESS_KINDS), name
        expected = case.get("expect", {})
        for text, label in expected.items():
            for environment, stack, logical_id in key_of(text, environments):
                assert environment in environments, (name, text)
                assert logical_id in places[stack], (name, text)
            assert (label or {}).keys() <= LABELS, (name, text)
            for field_name, allowed in WORDS.items():
                assert words((label or {}).get(field_name, [])) <= allowed, (name, text)
        for text in (*case.get("risks", ()), *case.get("may", ())):
            kind, _, where = text.partition(" ")
            assert kind in case["kinds"] and where, (name, text)
            for environment, stack, logical_id in key_of(where, environments):
                assert environment in environments, (name, text)
                if stack == "*":
                    continue
                outputs: set[str] = set()
                for name_of_template, template in templates(case):
                    if name_of_template == stack:
                        outputs.update(template.get("Outputs", {}))
                known_places = places[stack] | outputs | {"*", ""}  # "" for the stack as a whole
                assert set(logical_id.split("|")) <= known_places, (name, text)


def test_every_case_cites_a_page() -> None:
    """Each source is a page of the file."""
    for file, content in pairs.files().items():
        assert all(page.startswith("https://") for page in content["pages"].values()), file
        cited: set[str] = set()
        for case in content["cases"]:
            cited.update(words(case["source"]))
        assert cited == set(content["pages"]), file


def test_types_and_properties_exist() -> None:
    """Every resource has a type and properties that exist in CloudFormation."""
    for case in CASES:
        for _, template in templates(case):
            for logical_id, resource in template["Resources"].items():
                provider_schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", resource["Type"])
                unknown = resource.get("Properties", {}).keys() - provider_schema.schema["properties"].keys()
                assert not unknown, (case["name"], logical_id)


def test_function_calls_have_no_other_keys() -> None:
    """The key of an intrinsic function is never beside another key, for example after a patch."""
    for case in CASES:
        for _, template in templates(case):
            waiting: list[Any] = [template]
            while waiting:
                match waiting.pop():
                    case dict(value):
                        calls = [key for key in value if key == "Ref" or key.startswith("Fn::")]
                        assert not calls or len(value) == 1, (case["name"], value)
                        waiting += value.values()
                    case list(value):
                        waiting += value


def test_a_pair_is_written_as_it_is(tmp_path: Path) -> None:
    """The review reads the same template as in the case, even if two positions share a value."""
    shared = {"Fn::If": ["Never", 8.0, {"Ref": "AWS::NoValue"}]}
    case = {"before": {"Resources": {"A": shared, "B": shared}}, "after": "A: !Ref B\n"}
    inputs = pairs.write({**case, "parametersAfter": {"P": 1}}, tmp_path)
    assert load(inputs.before.read_text("utf-8")) == case["before"]
    assert inputs.after.read_text("utf-8") == case["after"]
    assert inputs.parameters_before is None
    assert json.loads((tmp_path / "after.json").read_text("utf-8")) == {"Parameters": {"P": 1}}


def test_a_set_of_stacks_is_written_as_a_build_does(tmp_path: Path) -> None:
    """The manifest is valid according to the schema, and lists the files of the folder."""
    case = next(case for case in CASES if case["name"] == "across_stacks: new stack")
    inputs = pairs.write(case, tmp_path)
    for folder, stacks in ((inputs.before, ["network"]), (inputs.after, ["network", "database"])):
        document = json.loads((folder / "stacks.json").read_text("utf-8"))
        assert [stack["name"] for stack in document["stacks"]] == stacks
        assert not list(StandardValidator(SCHEMA).iter_errors(document))
        assert {str(file.relative_to(folder)) for file in folder.rglob("*.*")} == {
            "stacks.json",
            *document["files"],
        }


def first(label: Mapping[str, Any], field_name: str) -> str:
    """Return the first word that a label accepts, or "none" without this label."""
    word: str | list[str] = label.get(field_name, "none")
    return word if isinstance(word, str) else word[0]


def entry_of(logical_id: str, label: Mapping[str, Any], place: int | None) -> dict[str, Any]:
    """Return the resource entry that a label describes."""
    values = dict.fromkeys(label.get("properties", ()), (None, None)) | label.get("values", {})
    return {
        "logicalId": logical_id,
        "interruptionOrder": place,
        "causes": [
            {"property": name, "before": before, "after": after, "chain": label.get("chain", [])}
            for name, (before, after) in (values or {"": (None, None)}).items()
        ],
        **{field_name: first(label, field_name) for field_name in WORDS},
    }


def perfect(case: Mapping[str, Any]) -> Review:
    """Return a review with exactly the expected results of a case."""
    names = list(case.get("environments", {"": {}}))
    entries: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for environment_and_stack in itertools.product(names, case.get("stacks", {"": {}})):
        entries[environment_and_stack] = []
    order: list[Key] = []
    for text in case.get("order", ()):
        order += key_of(text, names)
    risks: list[Risk] = []
    for text, label in case.get("expect", {}).items():
        if not label:
            continue
        for key in key_of(text, names):
            entry = entry_of(key[2], label, order.index(key) if key in order else None)
            entries[key[:2]].append(entry)
            if entry["change"] in REPLACES and entry["data"] != "harmless":
                risks.append(("replace", *key))
            if entry["data"] in FOLLOWS:
                risks.append((FOLLOWS[entry["data"]], *key))
            if entry["interruption"] == "some":
                risks.append(("interruption", *key))
    for text in case.get("risks", ()):
        kind, _, where = text.partition(" ")
        keys = key_of(where, names)
        risks += [(kind, name, stack, logical_id.split("|")[0]) for name, stack, logical_id in keys]
    stacks: dict[str, list[dict[str, Any]]] = {name: [] for name in names}
    for (environment, stack), resources in entries.items():
        stacks[environment].append({"name": stack, "resources": resources})
    return {
        "environments": [{"name": name, "stacks": stacks[name]} for name in names],
        "risks": [
            {"kind": kind, "environments": [environment], "stack": stack, "logicalId": logical_id}
            for kind, environment, stack, logical_id in risks
        ],
    }


def test_a_perfect_review_has_no_faults() -> None:
    """A review with all expected results has no mistakes."""
    result = score(CASES, perfect)
    assert not {name: faults for name, faults in result.faults.items() if faults}


def test_a_silent_review_misses_everything(tmp_path: Path) -> None:
    """The whole corpus is scored, and an empty review misses every expected word."""
    seen = []

    def silent(inputs: pairs.Inputs) -> Review:
        seen.append(inputs)
        assert inputs.before.exists()
        assert inputs.after.exists()
        return {"environments": [], "risks": []}

    result = score_corpus(silent, tmp_path)
    assert len(seen) == len(CASES)
    assert not sum(result.wrong.values())
    assert {word for _, word in result.missed} >= WORDS["change"] | {*pairs.CHANGE_KINDS, *ACCESS_KINDS}
    for key in result.missed:
        assert result.count(*key).recall == 0


BASE: dict[str, Any] = {
    "name": "one",
    "kinds": pairs.CHANGE_KINDS,
    "expect": {
        "A": {
            "change": "replace",
            "interruption": "some",
            "data": "lost",
            "properties": ["P", "Q"],
            "values": {"P": [1, 2]},
            "chain": ["Parameter", "Condition"],
        }
    },
    "risks": ["will-fail A"],
    "order": ["A"],
    "hidden": ["secret"],
}


def scored(change: str) -> Score:
    """Return the score of a review of ``BASE`` that makes one mistake."""
    review = copy.deepcopy(perfect(BASE))
    entries = review["environments"][0]["stacks"][0]["resources"]
    entry = entries[0]
    match change:
        case "word":
            entry["change"] = "update"
        case "missing":
            entries.clear()
        case "extra":
            entries.append({**entry, "logicalId": "B"})
        case "data" | "interruption":
            entry[change] = "none"
        case "property":
            entry["causes"][1]["property"] = "Other.Path"
        case "value":
            entry["causes"][0]["after"] = 3
        case "chain":
            for cause in entry["causes"]:
                cause["chain"] = ["Condition", "Parameter"]
        case "risk kind":
            review["risks"][-1]["kind"] = "rename"
        case "risk missing":
            review["risks"].pop()
        case "order":
            entry["interruptionOrder"] = None
        case "secret":
            review["risks"][0]["message"] = "the secret"
    return score([BASE], lambda _: review)


@pytest.mark.parametrize(
    ("mistake", "wrong", "missed"),
    [
        ("none", [], []),
        ("word", [("change", "update")], [("change", "replace")]),
        ("missing", [], [("change", "replace"), ("order", "order")]),
        ("extra", [("change", "replace")], []),
        ("data", [("data", "none")], [("data", "lost")]),
        ("interruption", [("interruption", "none")], [("interruption", "some")]),
        ("property", [("causes", "property")], [("causes", "property")]),
        ("value", [], [("causes", "value")]),
        ("chain", [], [("causes", "chain")]),
        ("risk kind", [("risk", "rename")], [("risk", "will-fail")]),
        ("risk missing", [], [("risk", "will-fail")]),
        ("order", [], [("order", "order")]),
        ("secret", [("secret", "hidden")], []),
    ],
)
def test_a_mistake_lowers_the_score(
    mistake: str, wrong: list[tuple[str, str]], missed: list[tuple[str, str]]
) -> None:
    """An incorrect word lowers its precision, a missing one its recall. Other scores do not change."""
    result = scored(mistake)
    assert sorted(result.wrong) == wrong
    assert sorted(result.missed) == missed
    for key in wrong:
        assert result.count(*key).precision < 1
    for key in missed:
        assert result.count(*key).recall < 1
    assert bool(result.faults["one"]) == bool(wrong or missed)
    assert f"{int(not (wrong or missed))} of 1 cases entirely right" in result.table()
