"""``documented_updates``: types and properties of the tables exist in the schemas, and rows have sources."""

from pathlib import Path

import pytest

from cfn_analysis.model.schemas import SchemasError, property_schema, resource_schema
from cfn_analysis.model.three_valued import YES
from cfn_analysis.updates import documented_updates
from cfn_analysis.updates.documented_updates import (
    NOTES,
    REMOVED,
    REPLACED_UNLESS,
    Note,
    note_of_page,
    uninterrupted,
)
from cfn_analysis.updates.effects import Effect, effect_of_change

REGION = "us-east-1"
TABLE = Path(documented_updates.__file__).with_suffix(".txt").read_text("utf-8").splitlines()
# Every tenth type, because all schemas take seconds to read, and the types with notes.
TYPES = [*(line.partition(": ")[0] for line in TABLE[::10]), *NOTES]
ROWS = [(type_name, name, note) for type_name, notes in NOTES.items() for name, note in notes.items()]
CASES = [(type_name, name) for type_name, cases in REPLACED_UNLESS.items() for name in cases]


def unknown(names: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return types and properties that do not exist in the schemas."""
    found = []
    for type_name, name in names:
        try:
            known = bool(property_schema(type_name, REGION, (name,)))
        except SchemasError:
            known = False
        if not known:
            found.append((type_name, name))
    return found


def test_rows_name_properties_of_the_schemas() -> None:
    """A misspelled type or property would never be found."""
    names = [*CASES, *((type_name, name) for type_name, name, _ in ROWS)]
    names += [(type_name, name) for type_name in TYPES for name in uninterrupted(type_name)]

    assert len(names) > 300
    assert unknown(names) == []


def test_a_misspelt_row_is_found() -> None:
    """The check above detects an incorrect type and an incorrect property."""
    wrong = [("AWS::RDS::DBInstance", "DBInstanceClas"), ("AWS::RDS::DBInstanc", "DBInstanceClass")]

    assert unknown([*wrong, ("AWS::RDS::DBInstance", "DBInstanceClass")]) == wrong


@pytest.mark.parametrize("note", [*(note for *_, note in ROWS), *REMOVED.values()])
def test_rows_have_a_source(note: Note) -> None:
    """Each row has a page of AWS, or a line in the source of a resource handler."""
    assert note.source.startswith(("https://docs.aws.amazon.com/", "https://github.com/aws-cloudformation/"))
    assert note.does
    assert not note.does.endswith(".")


def test_rows_say_one_thing() -> None:
    """An update without interruption has no note and no replacement.

    Only a conditional replacement has a case.
    """
    replacing = [
        (type_name, name)
        for type_name in TYPES
        for name in uninterrupted(type_name)
        if name in resource_schema(type_name, REGION).create_only
    ]

    assert not [(type_name, name) for type_name, name, _ in ROWS if name in uninterrupted(type_name)]
    assert replacing == []
    assert {effect_of_change(type_name, REGION, (name,)) for type_name, name in CASES} == {
        Effect.MAYBE_REPLACED
    }
    assert {
        effect_of_change(type_name, REGION, (name,)) for type_name, notes in NOTES.items() for name in notes
    } <= {Effect.UPDATED, Effect.MAYBE_REPLACED}


def test_pages_say_whether_an_update_interrupts() -> None:
    """A type with *Some interruptions* on its page has a note with the page. Other types have no note."""
    note = note_of_page("AWS::EC2::Instance", "InstanceType")

    assert note is not None
    assert note.interrupts is YES
    assert note.source.endswith("/aws-resource-ec2-instance.html")
    assert "SourceDestCheck" in uninterrupted("AWS::EC2::Instance")
    assert note_of_page("AWS::EC2::Instance", "SourceDestCheck") is None
    assert uninterrupted("AWS::Unknown::Type") == frozenset()
    assert len(TABLE) > 800
