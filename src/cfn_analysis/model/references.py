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
    part, missing_steps = walk(node, place)
    if missing_steps:
        return None
    return part


def uses(node: Any, place: Place = ()) -> list[Use]:
    """Return every name in a part of a template, in the order in which they are used."""
    collected: list[Use] = []
    _find_uses(node, place, collected)
    return collected


# These append to a list, because generators in each level of a template take twice as long.


def _find_uses(node: Any, place: Place, collected: list[Use]) -> None:
    if isinstance(node, str):
        _find_secrets(node, place, collected)
    elif isinstance(node, dict):
        for key, value in node.items():
            if key == "Ref" or key == "Condition" or key.startswith("Fn::"):
                _find_uses_of_function(key, value, place, collected)
            elif not isinstance(value, str) or "{{resolve" in value:
                _find_uses(value, (*place, key), collected)
    elif isinstance(node, (list, tuple)):
        for index, part in enumerate(node):
            if not isinstance(part, str) or "{{resolve" in part:
                _find_uses(part, (*place, index), collected)


def _find_uses_of_function(function: str, argument: Any, place: Place, collected: list[Use]) -> None:
    inside: Iterable[Any] = ()
    match function, argument:
        case "Ref", str(name):
            collected.append(Use(place, "name", name))
        case "Fn::Sub", str(text):
            _find_names(text, {}, place, collected)
        case "Condition", str(name):
            collected.append(Use(place, "condition", name))
        case "Fn::GetAtt", [str(name), *_] | str(name):
            collected.append(Use(place, "name", name.partition(".")[0]))
        case "Fn::If", [str(name), *branches]:
            collected.append(Use(place, "condition", name))
            inside = branches
        case "Fn::FindInMap", [mapping, *_]:
            collected.append(Use(place, "mapping", mapping if isinstance(mapping, str) else "*"))
            inside = argument
        case "Fn::Sub", [str(text), dict(bound)]:
            _find_names(text, bound, place, collected)
            inside = bound.values()
        case "Fn::ImportValue", name:
            collected.append(Use(place, "import", in_words(name)))
            inside = (name,)
        case "Fn::GetStackOutput", dict(named_arguments):
            output = f"{in_words(named_arguments.get('StackName'))}/{named_arguments.get('OutputName')}"
            collected.append(Use(place, "output", output))
            inside = named_arguments.values()
        case "Ref" | "Condition", _:  # a property of that name
            _find_uses(argument, (*place, function), collected)
        case _, [*arguments]:
            inside = arguments
        case _:
            inside = (argument,)
    for part in inside:
        _find_uses(part, place, collected)


def _find_names(text: str, bound: Mapping[str, Any], place: Place, collected: list[Use]) -> None:
    collected += [
        Use(place, "name", name.partition(".")[0])
        for name in _PLACEHOLDER.findall(text)
        if name not in bound and not name.startswith("!")
    ]
    if "{{resolve" in text:
        _find_secrets(text, place, collected)


def _find_secrets(text: str, place: Place, collected: list[Use]) -> None:
    collected += [Use(place, "secret", name) for name in secret_names(text)]


def secret_names(text: str) -> list[str]:
    """Return the secrets in the dynamic references of a text."""
    if "{{resolve" not in text:
        return []
    return _SECRET.findall(text)


def as_list(value: Any) -> list[Any]:
    """Return the items of a property with one value or a list of values; empty if it is missing."""
    if isinstance(value, list):
        return value
    if value is None:
        return []
    return [value]


def entries(node: Any, key: str) -> list[tuple[Place, Any]]:
    """Return the place and the value of every entry of a key, such as the arguments of a function."""
    collected: list[tuple[Place, Any]] = []
    _find_entries(node, key, (), collected)
    return collected


def _find_entries(node: Any, key: str, place: Place, collected: list[tuple[Place, Any]]) -> None:
    if isinstance(node, dict):
        for name, value in node.items():
            if name == key:
                collected.append((place, value))
            if isinstance(value, (dict, list, tuple)):
                _find_entries(value, key, place if name.startswith("Fn::") else (*place, name), collected)
    elif isinstance(node, (list, tuple)):
        for index, part in enumerate(node):
            if isinstance(part, (dict, list, tuple)):
                _find_entries(part, key, (*place, index), collected)


def pieces(text: str, variable: Callable[[str], T]) -> list[str | T]:
    """Return the pieces of the text of a Sub: literal texts, and the result of ``variable`` for variables."""
    parts: list[str | T] = [*_PLACEHOLDER.split(text)]  # every second one is a name
    for index in range(1, len(parts), 2):
        name = str(parts[index])
        parts[index] = f"${{{name[1:]}}}" if name.startswith("!") else variable(name)
    return parts


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
            return between.join(in_words(part) for part in items)
        case {"Fn::If": [str(condition), yes, no]}:
            return f"{in_words(yes)} if {condition}, otherwise {in_words(no)}"
        case {"Fn::ImportValue": name}:
            return f"import {unqualified(in_words(name))}"
        case {"Fn::GetStackOutput": Mapping() as named_arguments}:
            stack = unqualified(in_words(named_arguments.get("StackName")))
            return f"output {named_arguments.get('OutputName')} of {stack}"
        case list(items):
            return ", ".join(in_words(part) for part in items)
        case _:
            return json.dumps(value)


def unqualified(name: str) -> str:
    """Return a name in words without the parameters that it starts with: ``vpc`` of ``${Project}-vpc``."""
    if _QUALIFIERS.match(name):
        return _QUALIFIERS.sub("", name, count=1)
    return name


def place_in_words(place: Place) -> str:
    """Return a place for messages: ``Resources.Function.Properties.Layers[0]``."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in place).removeprefix(".")
