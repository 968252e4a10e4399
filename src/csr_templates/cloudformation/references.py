"""What a part of a template refers to: one walker, and one grammar of ``${…}``, for the whole package.

Everything here works on templates as plain dicts, with the long forms of the functions.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, NamedTuple, TypeVar

PREFIX: Final = "${ProjectName}-${Environment}-"
"""How names of stacks, exports and most resources start."""

# A name between "${" and "}" that holds no other placeholder; a leading "!" makes it a literal.
_PLACEHOLDER: Final = re.compile(r"\$\{([^${}]*)\}")
_SECRET: Final = re.compile(r"\{\{resolve:secretsmanager:(.+?):SecretString")

Place = tuple[str | int, ...]
"""Keys and indexes from the node down to a value; functions leave no trace in it."""

T = TypeVar("T")


class Use(NamedTuple):
    """A name in a part of a template.

    Attributes:
        place: where it is used.
        kind: ``name`` (a parameter, a resource or a pseudo parameter), ``condition``, ``mapping`` (``*``
            where only a deploy knows which), ``import`` (the name of an export), ``output`` (name of the
            stack, a slash, key of its output), or ``secret`` (its name, in a dynamic reference).
        name: the name; of ``a.b`` only ``a``.
    """

    place: Place
    kind: str
    name: str


def uses(node: Any, place: Place = ()) -> list[Use]:
    """Return every name in a part of a template, in the order in which they are used."""
    found: list[Use] = []
    if isinstance(node, str):
        found += _secrets(node, place)
    elif isinstance(node, (list, tuple)):
        for index, item in enumerate(node):
            if isinstance(item, (dict, list, tuple, str)):
                found += uses(item, (*place, index))
    elif isinstance(node, dict):
        for key, value in node.items():
            if key in ("Ref", "Condition") or key.startswith("Fn::"):
                found += _uses_of_function(key, value, place)
            elif isinstance(value, (dict, list, tuple)) or "{{resolve" in str(value):
                found += uses(value, (*place, key))
    return found


def _uses_of_function(function: str, argument: Any, place: Place) -> Iterator[Use]:
    match function, argument:
        case "Ref", str(name):
            yield Use(place, "name", name)
        case "Condition", str(name):
            yield Use(place, "condition", name)
        case "Fn::GetAtt", [str(name), *_] | str(name):
            yield Use(place, "name", name.partition(".")[0])
        case "Fn::If", [str(name), *branches]:
            yield Use(place, "condition", name)
            for branch in branches:
                yield from uses(branch, place)
        case "Fn::FindInMap", [mapping, *keys]:
            yield Use(place, "mapping", mapping if isinstance(mapping, str) else "*")
            for item in (mapping, *keys):
                yield from uses(item, place)
        case "Fn::Sub", str(text):
            yield from _names(text, {}, place)
        case "Fn::Sub", [str(text), dict(bound)]:
            yield from _names(text, bound, place)
            for item in bound.values():
                yield from uses(item, place)
        case "Fn::ImportValue", name:
            yield Use(place, "import", in_words(name))
            yield from uses(name, place)
        case "Fn::GetStackOutput", dict(asked):
            yield Use(place, "output", f"{in_words(asked.get('StackName'))}/{asked.get('OutputName')}")
            for item in asked.values():
                yield from uses(item, place)
        case "Ref" | "Condition", _:  # a property of that name
            yield from uses(argument, (*place, function))
        case _, [*arguments]:
            for item in arguments:
                yield from uses(item, place)
        case _:
            yield from uses(argument, place)


def _names(text: str, bound: Mapping[str, Any], place: Place) -> Iterator[Use]:
    for name in _PLACEHOLDER.findall(text):
        if name not in bound and not name.startswith("!"):
            yield Use(place, "name", name.partition(".")[0])
    yield from _secrets(text, place)


def _secrets(text: str, place: Place) -> list[Use]:
    return [Use(place, "secret", name) for name in _SECRET.findall(text)] if "{{resolve" in text else []


def entries(node: Any, key: str, place: Place = ()) -> Iterator[tuple[Place, Any]]:
    """Yield the place and the value of every entry of a key, such as the arguments of a function."""
    if isinstance(node, dict):
        for name, value in node.items():
            if name == key:
                yield place, value
            yield from entries(value, key, place if name.startswith("Fn::") else (*place, name))
    elif isinstance(node, (list, tuple)):
        for index, item in enumerate(node):
            yield from entries(item, key, (*place, index))


def pieces(text: str, variable: Callable[[str], T]) -> list[str | T]:
    """Return the text of a Sub in pieces: literal texts, and what ``variable`` returns for each variable."""
    found: list[str | T] = []
    end = 0
    for match in _PLACEHOLDER.finditer(text):
        name = match[1]
        found += [text[end : match.start()], f"${{{name[1:]}}}" if name.startswith("!") else variable(name)]
        end = match.end()
    return [*found, text[end:]]


def escape_placeholders(text: str) -> str:
    """Return a literal text as the text of a Sub holds it."""
    return _PLACEHOLDER.sub(r"${!\1}", text)


def in_words(value: Any) -> str:
    """Return a value as text for a reader; what only a deploy knows is written as in the text of a Sub."""
    match value:
        case str():
            return value
        case {"Ref": "AWS::NoValue"}:
            return "nothing"
        case {"Ref": str(name)}:
            return f"${{{name}}}"
        case {"Fn::GetAtt": [str(name), str(attribute)]}:
            return f"${{{name}.{attribute}}}"
        case {"Fn::Sub": str(text)}:
            return text
        case {"Fn::Sub": [str(text), Mapping() as bound]}:
            return "".join(pieces(text, lambda name: in_words(bound.get(name, f"${{{name}}}"))))
        case {"Fn::Join": [str(between), list(items)]}:
            return between.join(map(in_words, items))
        case {"Fn::If": [str(condition), yes, no]}:
            return f"{in_words(yes)} if {condition}, otherwise {in_words(no)}"
        case {"Fn::ImportValue": name}:
            return f"import {in_words(name).removeprefix(PREFIX)}"
        case {"Fn::GetStackOutput": Mapping() as asked}:
            stack = in_words(asked.get("StackName")).removeprefix(PREFIX)
            return f"output {asked.get('OutputName')} of {stack}"
        case list(items):
            return ", ".join(map(in_words, items))
        case _:
            return json.dumps(value)


def place_in_words(place: Place) -> str:
    """Return a place as messages name it: ``Resources.Function.Properties.Layers[0]``."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in place).removeprefix(".")
