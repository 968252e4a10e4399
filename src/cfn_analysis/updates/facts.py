"""Facts about updates that are not in the resource schemas, from ``facts.yaml`` and from AWS's reference.

Interruptions by updates in place are in CloudFormation's template reference, under *Update requires*; for
*Some interruptions*, details are from the guide or the resource handler of the service. A property without a
fact is not known: it is not documented, or its page was not read.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

from cfn_analysis.model.data_files import parsed, table
from cfn_analysis.model.references import Place
from cfn_analysis.model.three_valued import NO, UNKNOWN, YES, Truth
from cfn_analysis.updates import cases
from cfn_analysis.updates.cases import CASES, Case

_TRUTHS: Final = {True: YES, False: NO, "unknown": UNKNOWN}
_FOLDER: Final = Path(__file__).parent


class Note(NamedTuple):
    """A side effect of an update in place of a property.

    Attributes:
        does: the effect on the resource, as a predicate: ``restarts``.
        interrupts: whether clients of the resource notice it; unknown if the template does not decide it.
        source: the page or source code.
    """

    does: str
    interrupts: Truth
    source: str


class Refusal(NamedTuple):
    """A change that AWS does not allow, and the alternative, as sentences without their ends."""

    applies: Case
    why: str
    way_out: str
    source: str


class Unique(NamedTuple):
    """Properties that must differ between two resources of a type.

    Attributes:
        properties: their paths, such as ``CachePolicyConfig.Name``; the row applies if all are given.
        why: the reason that a new resource is rejected while the old one exists.
        applies_with: property -> value that it must have for the row to apply; None if it must be missing.
    """

    properties: tuple[str, ...]
    why: str
    applies_with: Mapping[str, str | None] = {}


class PropertyFacts(NamedTuple):
    """What is known about a change of a property: the fields of ``facts.yaml``.

    ``note`` is the side effect unless ``quiet_if`` or ``certain_if`` applies; in the latter case it is
    ``certain_note``.
    """

    replaces: Case | None = None
    reason: str = ""
    not_replaced_if: str = ""
    note: Note | None = None
    quiet_if: Case | None = None
    certain_if: Case | None = None
    certain_note: Note | None = None
    refusals: tuple[Refusal, ...] = ()


class TypeFacts(NamedTuple):
    """What is known about changes of a resource of a type: the fields of ``facts.yaml``."""

    properties: Mapping[str, PropertyFacts] = {}
    unique: tuple[Unique, ...] = ()
    name_scope: tuple[str, ...] = ()
    removal: Note | None = None


@cache
def facts() -> dict[str, TypeFacts]:
    """Return type -> the facts of ``facts.yaml``."""
    return parsed(_FOLDER / "facts.yaml", _facts)


def _facts(content: Mapping[str, Any]) -> dict[str, TypeFacts]:
    rows = _by_name(content["types"])
    return {name: _type_facts(name, row) for name, row in rows.items()}


def facts_of(type_name: str) -> TypeFacts:
    """Return the facts about a type."""
    return facts().get(type_name, TypeFacts())


def _by_name(rows: Mapping[str, Any]) -> dict[str, Any]:
    """Return the rows by each of the names in their keys."""
    by_name = {}
    for names, row in rows.items():
        by_name.update(dict.fromkeys(names.split(), row))
    return by_name


def _type_facts(type_name: str, row: Mapping[str, Any]) -> TypeFacts:
    page = page_of(type_name)
    properties = _by_name(row.get("properties", {}))
    return TypeFacts(
        {name: _property_facts(name, facts, page) for name, facts in properties.items()},
        tuple(_unique(unique) for unique in row.get("unique", ())),
        tuple(row.get("name scope", ())),
        _note(row.get("removal", {}), page),
    )


def _unique(row: Mapping[str, Any]) -> Unique:
    return Unique(tuple(row["properties"]), row["why"], row.get("given", {}))


def _property_facts(name: str, row: Mapping[str, Any], page: str) -> PropertyFacts:
    certain_if = None
    if "static" in row:
        certain_if = cases.changes_any(row["static"]["parameters"].split())
    return PropertyFacts(
        _case(row.get("replaces")),
        row.get("reason", ""),
        row.get("not replaced if", ""),
        _note(row, page),
        _quiet_if(row),
        certain_if,
        _note(row.get("static", {}), row.get("source", page)),
        tuple(_refusal(name, refused, page) for refused in row.get("refused", ())),
    )


def _refusal(name: str, row: Mapping[str, str], page: str) -> Refusal:
    why = row["why"].replace("{property}", name)
    return Refusal(CASES[row["if"]], why, row["instead"], row.get("source", page))


def _quiet_if(row: Mapping[str, Any]) -> Case | None:
    if "dynamic" in row:
        return cases.changes_only(row["dynamic"].split())
    return _case(row.get("unless"))


def _case(name: str | None) -> Case | None:
    if name is None:
        return None
    return CASES[name]


def _note(row: Mapping[str, Any], page: str) -> Note | None:
    if "update" not in row:
        return None
    return Note(row["update"], _TRUTHS[row["interrupts"]], row.get("source", page))


def page_of(type_name: str) -> str:
    """Return the page of a type in CloudFormation's template reference."""
    reference = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/"
    return f"{reference}aws-resource-{'-'.join(type_name.lower().split('::')[1:])}.html"


def facts_at(type_name: str, place: Place) -> PropertyFacts:
    """Return the facts about the property at a place."""
    if not place:
        return PropertyFacts()
    return facts_of(type_name).properties.get(str(place[0]), PropertyFacts())


def note_of(type_name: str, name: str) -> Note | None:
    """Return the documented side effect of the update of a property, other than *No interruption*."""
    if note := facts_at(type_name, (name,)).note:
        return note
    _, interrupting = _documented(type_name)
    if name not in interrupting:
        return None
    return Note("may be interrupted", YES, page_of(type_name))


def uninterrupted(type_name: str) -> frozenset[str]:
    """Return the properties of a type with *Update requires: No interruption* on its page."""
    return _documented(type_name)[0]


@cache
def _documented(type_name: str) -> tuple[frozenset[str], frozenset[str]]:
    """Return the properties whose update interrupts nothing, and those with some interruptions."""
    uninterrupted, _, interrupting = _pages().get(type_name, "").partition("| ")
    return frozenset(uninterrupted.split()), frozenset(interrupting.split())


@cache
def _pages() -> dict[str, str]:
    """Return the content of documented_updates.txt: type -> properties, those with interruptions after a bar.

    It was extracted from the source of the reference of September 2023, the last public one. Newer properties
    are not in it, except DeleteAutomatedBackups of a DB cluster, which its handler reads only when it deletes
    the cluster (Translator.java, L428). Properties that replace according to the current schema, and
    properties with a side effect in facts.yaml, are omitted.
    https://github.com/awsdocs/aws-cloudformation-user-guide/tree/19dc52cd/doc_source
    """
    return dict(line.split(": ", 1) for line in table(_FOLDER / "documented_updates.txt"))
