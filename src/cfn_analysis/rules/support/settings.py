"""Settings that do not fit together: the rows of YAML that name them, and where a template has them.

The rows are in ``rules/settings/<service>.yaml``; ``settings.schema.json`` beside them describes their keys.
A JSON schema tests one known value at a time. The cases of conditions and the values of parameters come from
``scenarios``, as in every rule, so a value that is not known never leads to a finding.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path as File
from typing import Any, NamedTuple

from cfnlint.helpers import FUNCTIONS, is_function
from cfnlint.jsonschema import CfnTemplateValidator, Validator

from cfn_analysis.model.data_files import parsed
from cfn_analysis.model.references import value_at
from cfn_analysis.rules.support.references import sub_text, target_case
from cfn_analysis.rules.support.rule import RuleFinding
from cfn_analysis.rules.support.scenarios import default_values, number, property_scenarios
from cfn_analysis.rules.support.values import as_text, branches, existing, of_type, place, show

FOLDER = File(__file__).parents[1] / "settings"
LONGEST = 200  # characters of a value that a message shows

# Values in a case, each with its own case: of a parameter the default, or only a value without alternatives.
Values = Callable[[Validator, Any], Iterator[tuple[Any, Validator]]]
# What a test found, in words, and the case in which it is true.
Facts = Iterator[tuple[list[str], Validator]]

# In this mode, cfn-lint's schema validator has an error for each function, also below ``not``: an unknown
# value is never what a schema says.
_UNKNOWN_FAILS = CfnTemplateValidator({}).context.evolve(functions=FUNCTIONS, unresolvable_function_mode=True)
_ONLY_REFERENCES = re.compile(r"(\$\{[^{}]*\})+")
_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?")


class Row(NamedTuple):
    """Settings of a part of a resource that do not fit together."""

    steps: tuple[str, ...]
    """The path from the properties of the resource to the part."""
    when: Mapping[str, Any]
    """Path of a setting -> a JSON schema of its value, true if it is set, or false if it is missing."""
    unless: Mapping[str, Any]
    """The same for settings with which the row does not apply, and which the message does not name."""
    without: tuple[str, ...]
    """Types of which the template must not have a resource."""
    says: str
    """The effect and the remedy."""
    names: tuple[str, ...]
    """The properties of the part that the row reads."""
    required: frozenset[str]
    """Those without which the row does not apply."""
    conditional: bool
    """Whether a warning is given, too, if a condition of the template decides the settings."""


@cache
def rows_by_type(rule_id: str) -> dict[str, list[Row]]:
    """Return the rows of a rule by the type of their resource."""
    by_type: dict[str, list[Row]] = {}
    for rows in _rows_of_files():
        for type_name, row in rows.get(rule_id, []):
            by_type.setdefault(type_name, []).append(row)
    return by_type


@cache
def _rows_of_files() -> list[dict[str, list[tuple[str, Row]]]]:
    """Return for each file ID of a rule -> the types of its rows, with the rows."""
    return [parsed(file, _rows) for file in sorted(FOLDER.glob("*.yaml"))]


def _rows(content: Mapping[str, Any]) -> dict[str, list[tuple[str, Row]]]:
    rows: dict[str, list[tuple[str, Row]]] = {}
    for rule_id, entries in content.items():
        for entry in entries:
            rows.setdefault(rule_id, []).extend(_rows_of_entry(entry))
    return rows


def _rows_of_entry(entry: Mapping[str, Any]) -> Iterator[tuple[str, Row]]:
    for when in _alternatives(entry):
        for at in entry["at"]:
            type_name, *steps = at.split("/")
            yield f"AWS::{type_name}", _row(tuple(steps), when, entry)


def _alternatives(entry: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the settings of an entry: with ``each``, once for each of these properties."""
    if "each" not in entry:
        return [entry["when"]]
    return [{name: True, **entry["when"]} for name in entry["each"]]


def _row(steps: tuple[str, ...], when: Mapping[str, Any], entry: Mapping[str, Any]) -> Row:
    unless = entry.get("unless", {})
    paths = [*when, *unless]
    for schema in when.values():
        paths += _compared_paths(schema)
    if not steps:  # the part is the resource
        paths = [path.removeprefix("/") for path in paths]
    names = [path.split("/")[0] for path in paths if not path.startswith("/")]
    required = {path.split("/")[0] for path, schema in when.items() if _is_required(path, schema)}
    return Row(
        steps,
        when,
        unless,
        tuple(f"AWS::{type_name}" for type_name in entry.get("without", [])),
        entry["says"],
        tuple(dict.fromkeys(names)),
        frozenset(required),
        entry.get("conditional", False),
    )


def _compared_paths(schema: Any) -> list[str]:
    """Return the settings with which a schema, or one of the schemas in it, compares."""
    if not isinstance(schema, dict):
        return []
    if "$data" in schema:
        return [schema["$data"]]
    paths: list[str] = []
    for part in schema.values():
        paths += _compared_paths(part)
    return paths


def _is_required(path: str, schema: Any) -> bool:
    """Return whether a row does not apply to a part without this setting."""
    if path.startswith("/") or schema is False:
        return False
    return schema is True or "default" not in schema


def faulty_settings(
    validator: Validator, properties: Any, rows: Sequence[Row], values_of: Values = default_values
) -> Iterator[tuple[Row, RuleFinding]]:
    """Yield each row that applies to a resource, with the finding, in each case."""
    resources = validator.cfn.template["Resources"]
    parts: dict[tuple[str, ...], list[tuple[Any, Validator]]] = {}
    for row in rows:
        if any(any(of_type(resources, type_name)) for type_name in row.without):
            continue
        if row.steps not in parts:
            parts[row.steps] = list(branches(validator, properties, *row.steps))
        for part, case in parts[row.steps]:
            if not isinstance(part, dict) or is_function(part)[0] or not row.required <= part.keys():
                continue
            start = place(case, validator) if row.steps else ()
            path = (*start, *_first_path(part, row.when))
            for words, known_case in _row_facts(case, part, properties, row, values_of):
                yield row, RuleFinding(path, f"{' and '.join(words)}{{when}}: {row.says}", known_case)


def _first_path(part: Any, when: Mapping[str, Any]) -> tuple[str | int, ...]:
    """Return the path of the first setting of a row that the part has."""
    for path in when:
        if path.startswith("/"):
            continue
        existing_path = existing(part, path.split("/"))
        if existing_path:
            return existing_path
    return ()


def _row_facts(case: Validator, part: Any, properties: Any, row: Row, values_of: Values) -> Facts:
    for settings, settings_case in property_scenarios(case, part, *row.names):
        scope = _Scope(settings_case, settings, properties if row.steps else settings, values_of)
        for words, facts_case in _facts(scope, list(row.when.items())):
            excluded = scope._replace(case=facts_case)
            if not any(_may_be(excluded, path, schema) for path, schema in row.unless.items()):
                yield words, facts_case


class _Scope(NamedTuple):
    """Where the tests of a row find their settings, in a case."""

    case: Validator
    settings: Any
    """The settings of the part, without Fn::If."""
    properties: Any
    """The properties of the resource; without Fn::If if they are the part."""
    values_of: Values
    prefix: str = ""
    """What a message has before the names of the settings."""

    def setting(self, path: str) -> tuple[str, Any]:
        """Return the name of a setting, and its value as it is written."""
        if not path.startswith("/"):
            return f"{self.prefix}{path.replace('/', '.')}", value_at(self.settings, tuple(path.split("/")))
        path = path.removeprefix("/")
        name = path.replace("/", ".")
        if path in self.settings:
            name += " of the resource"
        return name, value_at(self.properties, tuple(path.split("/")))


def _facts(scope: _Scope, tests: Sequence[tuple[str, Any]]) -> Facts:
    """Yield what all tests found, in each case in which all are true."""
    if not tests:
        yield [], scope.case
        return
    (path, schema), *others = tests
    for words, case in _test(scope, path, schema):
        for further, facts_case in _facts(scope._replace(case=case), others):
            yield [*words, *further], facts_case


def _may_be(scope: _Scope, path: str, schema: Any) -> bool:
    """Return whether a setting is what a schema says, or is not known."""
    _, value = scope.setting(path)
    return is_function(value)[0] is not None or any(_test(scope, path, schema))


def _test(scope: _Scope, path: str, schema: Any) -> Facts:
    """Yield what a setting is, in each case in which it is what the schema says."""
    name, written = scope.setting(path)
    if isinstance(schema, bool):
        is_set = written not in (None, "", [])
        if is_set == schema:
            yield [f"{name} is {'set' if is_set else 'missing'}"], scope.case
        return
    if "to" in schema:
        yield from _test_of_target(scope, name, written, schema)
        return
    for value, text, case in _known_values(scope, name, written, schema.get("default")):
        for compared, words, known_case in _with_compared_values(scope._replace(case=case), schema):
            if _is_valid(value, compared):
                yield [f"{name} is {text}", *words], known_case


def _test_of_target(scope: _Scope, name: str, written: Any, schema: Mapping[str, Any]) -> Facts:
    """Yield what the resource is to which a setting refers, if its settings are what the schema says."""
    logical_id, properties, exists = target_case(scope.case, written, f"AWS::{schema['to']}")
    if exists is None:
        return
    tests = [(path, inside) for path, inside in schema.items() if path != "to"]
    for settings, case in property_scenarios(exists, properties, *(path.split("/")[0] for path, _ in tests)):
        of_target = scope._replace(case=case, settings=settings, prefix="whose ")
        for words, facts_case in _facts(of_target, tests):
            yield [", ".join([f"{name} is {logical_id}", *words[:1]]), *words[1:]], facts_case


def _with_compared_values(
    scope: _Scope, schema: Mapping[str, Any]
) -> Iterator[tuple[Mapping[str, Any], list[str], Validator]]:
    """Yield a schema with the values of another setting in the place of ``$data``."""
    for keyword, part in schema.items():
        if isinstance(part, dict) and "$data" in part:
            name, written = scope.setting(part["$data"])
            for value, text, case in _known_values(scope, name, written, part.get("default")):
                yield {**schema, keyword: _typed(value)}, [f"{name} is {text}"], case
            return
    yield schema, [], scope.case


def _known_values(
    scope: _Scope, name: str, written: Any, default: Any
) -> Iterator[tuple[Any, str, Validator]]:
    """Yield the values of a setting, in words, each with its case; an unknown one is a function."""
    known_values: list[tuple[Any, Validator]] = []
    for value, case in scope.values_of(scope.case, written):
        if value is None and default is not None:
            yield default, f"{as_text(default)} by default", case
            continue
        if value is not None:
            known_values.append((_with_references(value), case))
    statuses = [case.context.conditions.status for _, case in known_values]
    if len(known_values) > 1 and all(status == statuses[0] for status in statuses):
        return  # a parameter with several values
    for value, case in known_values:
        text = _value_text(value)
        is_short = len(text) < LONGEST and "\n" not in text
        yield value, text if is_short else "set", case


def _with_references(value: Any) -> Any:
    """Return a value with its references as texts, ``${Name}``; an unknown value stays a function."""
    if is_function(value)[0]:
        text = sub_text(value)
        if text is None:
            return value
        return text
    if isinstance(value, list):
        return [_with_references(part) for part in value]
    return value


def _value_text(value: Any) -> str:
    if isinstance(value, list):
        return " and ".join(_value_text(part) for part in value)
    if isinstance(value, dict):
        return show(value)
    return as_text(value)


def _is_valid(value: Any, schema: Mapping[str, Any]) -> bool:
    """Return whether a value is what a schema says; false if that depends on a reference."""
    tested = _value_text(value) if _has_pattern(schema) else _typed(value)
    if "const" in schema and schema["const"] == tested:  # also the same reference twice
        return True
    return not any(CfnTemplateValidator(schema=schema, context=_UNKNOWN_FAILS).iter_errors(tested))


def _has_pattern(schema: Mapping[str, Any]) -> bool:
    """Return whether a schema is about the text of a value, in which references and functions are texts."""
    return "pattern" in schema or "pattern" in schema.get("not", {})


def _typed(value: Any) -> Any:
    """Return the texts "true" and "60" as CloudFormation reads them, and references as a function."""
    if isinstance(value, list):
        return [_typed(part) for part in value]
    if isinstance(value, dict):
        return {key: _typed(part) for key, part in value.items()}
    if not isinstance(value, str):
        return value
    if _ONLY_REFERENCES.fullmatch(value):
        return {"Ref": value}
    if value.lower() in ("true", "false"):
        return value.lower() == "true"
    if _NUMBER.fullmatch(value):
        return number(value)
    return value
