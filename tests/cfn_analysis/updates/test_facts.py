"""``facts``: types and properties of the facts exist in the schemas, and notes and refusals have sources."""

from pathlib import Path

import pytest

from cfn_analysis.model.data_files import table
from cfn_analysis.model.schemas import SchemasError, property_schema, resource_schema
from cfn_analysis.model.three_valued import YES
from cfn_analysis.updates import facts as module
from cfn_analysis.updates.effects import Effect, effect_of_change
from cfn_analysis.updates.facts import PropertyFacts, Refusal, facts, note_of, uninterrupted

REGION = "us-east-1"
TABLE = table(Path(module.__file__).with_name("documented_updates.txt"))
# Every tenth type, because all schemas take seconds to read, and the types with facts.
TYPES = [*(line.partition(": ")[0] for line in TABLE[::10]), *facts()]
PROPERTIES: list[tuple[str, str, PropertyFacts]] = []
for type_with_facts, facts_of_type in facts().items():
    PROPERTIES += [(type_with_facts, name, row) for name, row in facts_of_type.properties.items()]


def unknown(names: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return types and properties that do not exist in the schemas."""
    missing = []
    for type_name, path in names:
        try:
            exists = bool(property_schema(type_name, REGION, tuple(path.split("."))))
        except SchemasError:
            exists = False
        if not exists:
            missing.append((type_name, path))
    return missing


def test_rows_name_properties_of_the_schemas() -> None:
    """A misspelled type or property would never be found."""
    names = [(type_name, name) for type_name, name, _ in PROPERTIES]
    for type_name in TYPES:
        names += [(type_name, name) for name in uninterrupted(type_name)]
    for type_name, of_type in facts().items():
        names += [(type_name, name) for name in of_type.name_scope]
        for row in of_type.unique:
            names += [(type_name, name) for name in (*row.properties, *row.applies_with)]

    assert len(names) > 300
    assert unknown(names) == []


def test_a_misspelt_row_is_found() -> None:
    """The check above detects an incorrect type and an incorrect property."""
    wrong = [("AWS::RDS::DBInstance", "DBInstanceClas"), ("AWS::RDS::DBInstanc", "DBInstanceClass")]

    assert unknown([*wrong, ("AWS::RDS::DBInstance", "DBInstanceClass")]) == wrong


def test_rows_are_needed() -> None:
    """A property that always replaces according to its schema has no fact about replacement.

    An update without interruption has no note and no replacement. Only a possible replacement has a case
    without one.
    """
    schemas = {type_name: resource_schema(type_name, REGION) for type_name in TYPES}
    notes = [(type_name, name) for type_name, name, row in PROPERTIES if row.note]
    cases = [(type_name, name) for type_name, name, row in PROPERTIES if row.not_replaced_if]

    for type_name, name, row in PROPERTIES:
        assert not (row.replaces and name in schemas[type_name].create_only), (type_name, name)
    for type_name, name in notes:
        assert name not in uninterrupted(type_name), (type_name, name)
    for type_name, schema in schemas.items():
        assert uninterrupted(type_name).isdisjoint(schema.create_only), type_name
    assert {effect_of_change(type_name, REGION, (name,)) for type_name, name in cases} == {
        Effect.MAYBE_REPLACED
    }
    assert Effect.REPLACED not in {effect_of_change(type_name, REGION, (name,)) for type_name, name in notes}


@pytest.mark.parametrize("type_name", facts())
def test_rows_have_a_source(type_name: str) -> None:
    """Each note and refusal has a page of AWS, or a line in the source of a resource handler."""
    of_type = facts()[type_name]
    notes = [of_type.removal]
    refusals: list[Refusal] = []
    for row in of_type.properties.values():
        notes.append(row.note)
        refusals += row.refusals

    for note in notes:
        if note is None:
            continue
        assert note.source.startswith(
            ("https://docs.aws.amazon.com/", "https://github.com/aws-cloudformation/")
        )
        assert note.does and not note.does.endswith(".")
    for refusal in refusals:
        assert refusal.source.startswith("https://docs.aws.amazon.com/")
        assert refusal.way_out and not refusal.why.endswith(".")


def test_pages_say_whether_an_update_interrupts() -> None:
    """A type with *Some interruptions* on its page has a note with the page. Other types have no note."""
    note = note_of("AWS::EC2::Instance", "InstanceType")

    assert note is not None
    assert note.interrupts is YES
    assert note.source.endswith("/aws-resource-ec2-instance.html")
    assert "SourceDestCheck" in uninterrupted("AWS::EC2::Instance")
    assert note_of("AWS::EC2::Instance", "SourceDestCheck") is None
    assert uninterrupted("AWS::Unknown::Type") == frozenset()
    assert len(TABLE) > 800
