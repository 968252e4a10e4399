"""JSON Schemas of the parameter files, with which an editor completes and checks them while one types.

They follow from the Parameters sections of the templates, and accept every file that ``environment.read``
accepts. What only several files together show, such as overlapping networks, and how a number is written,
only ``read`` judges.

The schemas are of draft-07: the JSON language server of VS Code, which other editors and the YAML language
server use too, supports later drafts only in part (https://github.com/microsoft/vscode-json-languageservice).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from cfn_analysis.model.intrinsics import as_strings
from csr_templates.environments.accounts import ACCOUNT_ID, SCHEMA, TWELVE_DIGITS
from csr_templates.environments.values import LONGEST_VALUE, NUMBER, ZONE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from cfn_analysis.model.built_stack import BuiltStack

DRAFT: Final = "http://json-schema.org/draft-07/schema#"
_ENVIRONMENT: Final = "Environment"
_KEYWORDS: Final = {
    "MinValue": "minimum",
    "MaxValue": "maximum",
    "MinLength": "minLength",
    "MaxLength": "maxLength",
}


def environment_schema(stacks: Sequence[BuiltStack]) -> dict[str, Any]:
    """Return the schema of the file of an environment."""
    names = _file_parameters(stacks)
    schema = _file_schema("The parameters of one environment, for csr-templates build", names, stacks)
    if _ENVIRONMENT in names:
        schema["required"] = [_ENVIRONMENT]
    return schema


def shared_schema(stacks: Sequence[BuiltStack]) -> dict[str, Any]:
    """Return the schema of ``shared.json``; the name of the environment is in the other files."""
    names = [name for name in _file_parameters(stacks) if name != _ENVIRONMENT]
    return _file_schema("The parameters that all environments share, for csr-templates build", names, stacks)


def _file_parameters(stacks: Sequence[BuiltStack]) -> list[str]:
    """Return the parameters of the files: those that no stack gets at each deploy."""
    names: dict[str, None] = {}  # as a set that keeps the order
    per_deploy: set[str] = set()
    for stack in stacks:
        names |= dict.fromkeys(stack.in_files)
        per_deploy.update(stack.per_deploy)
    return [name for name in names if name not in per_deploy]


def _file_schema(title: str, names: Sequence[str], stacks: Sequence[BuiltStack]) -> dict[str, Any]:
    properties: dict[str, Any] = {
        SCHEMA: {"description": "The schema of this file, for editors. The build ignores it."},
        ACCOUNT_ID: {
            "description": "ID of the account. Deploys and checks stop in any other account.",
            "type": "string",
            "pattern": f"^{TWELVE_DIGITS.pattern}$",
        },
    }
    for name in names:
        properties[name] = _parameter_schema(name, [stack for stack in stacks if name in stack.parameters])
    return {
        "$schema": DRAFT,
        "title": title,
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
    }


def _parameter_schema(name: str, stacks: Sequence[BuiltStack]) -> dict[str, Any]:
    """Return the schema of a parameter: every template that declares it must allow the value."""
    declaration = stacks[0].parameters[name]
    schema: dict[str, Any] = {}
    if "Description" in declaration:
        schema["description"] = declaration["Description"]
    default = stacks[0].default(name)
    if default is not None:
        schema["default"] = _as_in_json(default, declaration)
    constraints: list[dict[str, Any]] = []
    for stack in stacks:
        values = _value_schema(stack.parameters[name], stack.region)
        if values not in constraints:
            constraints.append(values)
    if len(constraints) == 1:
        return {**schema, **constraints[0]}
    return {**schema, "allOf": constraints}


def _value_schema(declaration: Mapping[str, Any], region: str) -> dict[str, Any]:
    """Return what a declaration says about a value, as ``values.value_refusals`` judges it."""
    allowed = [as_strings(value) for value in declaration.get("AllowedValues", [])]
    if allowed:
        return {"enum": _allowed_values(allowed, declaration)}
    is_number = declaration["Type"] == "Number"
    schema: dict[str, Any] = {"type": ["number", "string"] if is_number else "string"}
    patterns = list(_patterns(declaration, region))
    if len(patterns) == 1:
        schema["pattern"] = patterns[0]
    elif patterns:
        schema["allOf"] = [{"pattern": pattern} for pattern in patterns]
    if patterns and "ConstraintDescription" in declaration:
        schema["patternErrorMessage"] = declaration["ConstraintDescription"]  # a keyword of editors
    for constraint, keyword in _KEYWORDS.items():
        if constraint in declaration:
            schema[keyword] = _in_json(as_strings(declaration[constraint]))
    if not is_number:
        schema.setdefault("maxLength", LONGEST_VALUE)  # characters have at least one byte
    return schema


def _allowed_values(allowed: Sequence[str], declaration: Mapping[str, Any]) -> list[Any]:
    """Return the values of a list as a file may have them: ``true`` and ``"true"``, ``512`` and ``"512"``."""
    if not _is_switch_or_number(declaration):
        return list(allowed)
    return [*(_in_json(text) for text in allowed), *allowed]


def _patterns(declaration: Mapping[str, Any], region: str) -> Iterator[str]:
    if declaration["Type"] == "Number":
        yield f"^(?:{NUMBER.pattern})$"
    if declaration["Type"] == ZONE:
        yield f"^{region}[a-z]$"
    if "AllowedPattern" in declaration:
        yield f"^(?:{declaration['AllowedPattern']})$"


def _as_in_json(text: str, declaration: Mapping[str, Any]) -> Any:
    """Return a default as the files of this project have it: a switch and a number without quotes."""
    if _is_switch_or_number(declaration):
        return _in_json(text)
    return text


def _is_switch_or_number(declaration: Mapping[str, Any]) -> bool:
    """Return whether a file can have the value without quotes."""
    allowed = {as_strings(value) for value in declaration.get("AllowedValues", [])}
    return declaration["Type"] == "Number" or allowed == {"true", "false"}


def _in_json(text: str) -> Any:
    """Return a number or a switch; another text unchanged, which is an error that the linter reports."""
    try:
        return json.loads(text)
    except ValueError:
        return text
