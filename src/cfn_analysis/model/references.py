"""References in a part of a template: the walker and the grammar of ``${…}`` for the whole package.

Everything here works on templates as plain dicts, with the long forms of the functions.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, NamedTuple, TypeVar

# A name between "${" and "}" without another placeholder; with a leading "!" it is a literal.
_PLACEHOLDER: Final = re.compile(r"\$\{([^${}]*)\}")
# Parameters before the first word of a name, such as "${Project}-${Stage}-" in "${Project}-${Stage}-vpc".
_QUALIFIERS: Final = re.compile(r"(?:\$\{[^${}]*\}[-/])+")
_SECRET: Final = re.compile(r"\{\{resolve:secretsmanager:(.+?):SecretString")

Place = tuple[str | int, ...]
"""Keys and indexes from the node to a value, without functions."""

T = TypeVar("T")


class Use(NamedTuple):
    """A name in a part of a template.

    Attributes:
        place: the place of the use.
        kind: ``name`` (a parameter, a resource or a pseudo parameter), ``condition``, ``mapping`` (``*``
            if it is known only in a deploy), ``import`` (the name of an export), ``output`` (name of the
            stack, a slash, key of its output), or ``secret`` (its name, in a dynamic reference).
        name: the name; of ``a.b`` only ``a``.
    """

    place: Place
    kind: str
    name: str


def walk(node: Any, place: Place) -> tuple[Any, Place]:
    """Return the part of a node at a place, or the last part on the way to it, and the steps left."""
    part = node
    for index, step in enumerate(place):
        match part, step:
            case Mapping(), _ if step in part:
                part = part[step]
            case list(), int() if step < len(part):
                part = part[step]
            case _:
                return part, place[index:]
    return part, ()


def value_at(node: Any, place: Place) -> Any:
    """Return the value at a place; None if there is none."""
    part, left = walk(node, place)
    return None if left else part


def uses(node: Any, place: Place = ()) -> list[Use]:
    """Return every name in a part of a template, in the order in which they are used."""
    found: list[Use] = []
    _find_uses(node, place, found)
    return found


# These append to a list, because generators in each level of a template take twice as long.


def _find_uses(node: Any, place: Place, found: list[Use]) -> None:
    if isinstance(node, str):
        _find_secrets(node, place, found)
    elif isinstance(node, dict):
        for key, value in node.items():
            if key == "Ref" or key == "Condition" or key.startswith("Fn::"):
                _find_uses_of_function(key, value, place, found)
            elif not isinstance(value, str) or "{{resolve" in value:
                _find_uses(value, (*place, key), found)
    elif isinstance(node, (list, tuple)):
        for index, item in enumerate(node):
            if not isinstance(item, str) or "{{resolve" in item:
                _find_uses(item, (*place, index), found)


def _find_uses_of_function(function: str, argument: Any, place: Place, found: list[Use]) -> None:
    inside: Iterable[Any] = ()
    match function, argument:
        case "Ref", str(name):
            found.append(Use(place, "name", name))
        case "Fn::Sub", str(text):
            _find_names(text, {}, place, found)
        case "Condition", str(name):
            found.append(Use(place, "condition", name))
        case "Fn::GetAtt", [str(name), *_] | str(name):
            found.append(Use(place, "name", name.partition(".")[0]))
        case "Fn::If", [str(name), *branches]:
            found.append(Use(place, "condition", name))
            inside = branches
        case "Fn::FindInMap", [mapping, *_]:
            found.append(Use(place, "mapping", mapping if isinstance(mapping, str) else "*"))
            inside = argument
        case "Fn::Sub", [str(text), dict(bound)]:
            _find_names(text, bound, place, found)
            inside = bound.values()
        case "Fn::ImportValue", name:
            found.append(Use(place, "import", in_words(name)))
            inside = (name,)
        case "Fn::GetStackOutput", dict(asked):
            output = f"{in_words(asked.get('StackName'))}/{asked.get('OutputName')}"
            found.append(Use(place, "output", output))
            inside = asked.values()
        case "Ref" | "Condition", _:  # a property of that name
            _find_uses(argument, (*place, function), found)
        case _, [*arguments]:
            inside = arguments
        case _:
            inside = (argument,)
    for item in inside:
        _find_uses(item, place, found)


def _find_names(text: str, bound: Mapping[str, Any], place: Place, found: list[Use]) -> None:
    found += [
        Use(place, "name", name.partition(".")[0])
        for name in _PLACEHOLDER.findall(text)
        if name not in bound and not name.startswith("!")
    ]
    if "{{resolve" in text:
        _find_secrets(text, place, found)


def _find_secrets(text: str, place: Place, found: list[Use]) -> None:
    found += [Use(place, "secret", name) for name in secret_names(text)]


def secret_names(text: str) -> list[str]:
    """Return the secrets in the dynamic references of a text."""
    return _SECRET.findall(text) if "{{resolve" in text else []


def as_list(value: Any) -> list[Any]:
    """Return the items of a property with one value or a list of values; empty if it is missing."""
    return value if isinstance(value, list) else [] if value is None else [value]


def entries(node: Any, key: str) -> list[tuple[Place, Any]]:
    """Return the place and the value of every entry of a key, such as the arguments of a function."""
    found: list[tuple[Place, Any]] = []
    _find_entries(node, key, (), found)
    return found


def _find_entries(node: Any, key: str, place: Place, found: list[tuple[Place, Any]]) -> None:
    if isinstance(node, dict):
        for name, value in node.items():
            if name == key:
                found.append((place, value))
            if isinstance(value, (dict, list, tuple)):
                _find_entries(value, key, place if name.startswith("Fn::") else (*place, name), found)
    elif isinstance(node, (list, tuple)):
        for index, item in enumerate(node):
            if isinstance(item, (dict, list, tuple)):
                _find_entries(item, key, (*place, index), found)


def pieces(text: str, variable: Callable[[str], T]) -> list[str | T]:
    """Return the pieces of the text of a Sub: literal texts, and the result of ``variable`` for variables."""
    found: list[str | T] = [*_PLACEHOLDER.split(text)]  # every second one is a name
    for index in range(1, len(found), 2):
        name = str(found[index])
        found[index] = f"${{{name[1:]}}}" if name.startswith("!") else variable(name)
    return found


def escape_placeholders(text: str) -> str:
    """Return a literal text escaped for the text of a Sub."""
    return _PLACEHOLDER.sub(r"${!\1}", text)


def in_words(value: Any) -> str:
    """Return a value in words; unknown parts are written as in the text of a Sub."""
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
            return f"import {unqualified(in_words(name))}"
        case {"Fn::GetStackOutput": Mapping() as asked}:
            stack = unqualified(in_words(asked.get("StackName")))
            return f"output {asked.get('OutputName')} of {stack}"
        case list(items):
            return ", ".join(map(in_words, items))
        case _:
            return json.dumps(value)


def unqualified(name: str) -> str:
    """Return a name in words without the parameters that it starts with: ``vpc`` of ``${Project}-vpc``."""
    return _QUALIFIERS.sub("", name, count=1) if _QUALIFIERS.match(name) else name


def place_in_words(place: Place) -> str:
    """Return a place for messages: ``Resources.Function.Properties.Layers[0]``."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in place).removeprefix(".")
