"""CloudFormation's functions on plain values, except those that only one section of a template allows.

A function of known values is replaced with its value. A function of unknown values remains, in the form
described in `resolving`.
"""

import itertools
import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any, ClassVar, Final, NoReturn

from cfn_analysis.model.references import escape_placeholders, pieces
from cfn_analysis.model.three_valued import UNKNOWN, Truth, all_of, any_of, truth_of
from cfn_analysis.model.wording import hint

Function = Callable[[Any, Any, str], Any]  # a method: self, the argument of the function, and its place

_UNKNOWN_PSEUDO: Final = ("AWS::NotificationARNs", "AWS::StackId")
_NO_VALUE: Final = {"Ref": "AWS::NoValue"}

_VARIABLE: Final = re.compile(r"[A-Za-z0-9_.:]+")

_SHAPES: Final = {
    "Fn::And": "a list of 2 to 10 conditions",
    "Fn::Or": "a list of 2 to 10 conditions",
    "Fn::Not": "a list of one condition",
    "Fn::Equals": "[value, value]",
    "Fn::Contains": "[list of strings, string]",
    "Fn::Cidr": "[IP block, count, subnet bits], of which the last may be missing",
    "Fn::FindInMap": "[map, top-level key, second-level key]",
    "Fn::GetAtt": "[logical ID, attribute]",
    "Fn::If": "[condition name, value if true, value if false]",
    "Fn::Join": "[delimiter, list of values]",
    "Fn::Select": "[index, list of values]",
    "Fn::Split": "[delimiter, text]",
    "Fn::Sub": "a text, or [text, variables]",
}


class ResolveError(ValueError):
    """The template or a parameter value is wrong; the message starts with the place in the template."""


class Section:
    """Resolves values with the functions that one section of a template allows."""

    title: ClassVar[str]  # in messages

    def __init__(
        self, template: Mapping[str, Any], values: Mapping[str, Any], pseudo: Mapping[str, str]
    ) -> None:
        if "Transform" in template:
            fail("Transform", "A template with a macro cannot be resolved: remove the Transform.")
        self.template = template
        self.values = values  # of the parameters
        self.pseudo = pseudo  # the pseudo parameters that are known

    def value(self, node: Any, path: str) -> Any:
        """Resolve a value of any kind; the result shares nothing with the template."""
        if isinstance(node, str):
            return node
        if isinstance(node, dict):
            name = _function_name(node, path)
            if name is not None:
                return self._call(name, node[name], f"{path}.{name}")
            members = {key: self.value(member, f"{path}.{key}") for key, member in node.items()}
            return {key: member for key, member in members.items() if member != _NO_VALUE}
        if isinstance(node, (list, tuple)):
            values = [self.value(part, f"{path}[{index}]") for index, part in enumerate(node)]
            return [value for value in values if value != _NO_VALUE]
        return node

    def _call(self, name: str, node: Any, path: str) -> Any:
        if name not in self.functions:
            fail(path, f"{name} is not a function of {self.title}; allowed are {comma_list(self.functions)}.")
        return self.functions[name](self, node, path)

    def truth(self, node: Any, path: str) -> Truth:
        """Evaluate a predicate."""
        name = next(iter(node)) if isinstance(node, dict) and len(node) == 1 else ""
        if name not in self.predicates:
            fail(path, f"Expected one of {comma_list(self.predicates)}, found {show(node)}.")
        result: Truth = self.predicates[name](self, node[name], f"{path}.{name}")
        return result

    def argument(self, node: Any, path: str) -> Any:
        """Resolve a required argument of a function."""
        value = self.value(node, path)
        if value == _NO_VALUE:
            fail(path, "AWS::NoValue removes a property or a list item; a function needs a value here.")
        return value

    def text(self, node: Any, path: str) -> Any:
        """Resolve a text: a string, or the form of an unknown one."""
        value = self.argument(node, path)
        if is_unknown(value):
            return value
        return as_text(value, path)

    def items(self, node: Any, path: str) -> Any:
        """Resolve a list: a Python list, whose items may be unknown, or the form of an unknown list."""
        value = self.argument(node, path)
        if not isinstance(value, list) and not is_unknown(value):
            fail(path, f"Expected a list, found {show(value)}.")
        return value

    def reference(self, name: str, path: str) -> Any:
        """Resolve a Ref that is neither a parameter nor a pseudo parameter."""
        if name in self.template.get("Resources", {}):
            fail(path, f"'{name}' is a resource, but {self.title} can only refer to parameters.")
        fail(path, f"'{name}' is not a parameter of this template.{hint(name, self.values)}")

    def _ref(self, node: Any, path: str) -> Any:
        if not isinstance(node, str):
            fail(path, f"Ref requires one name, found {show(node)}.")
        if node in self.values:
            return _copy(self.values[node])
        if node in self.pseudo:
            return self.pseudo[node]
        if node in _UNKNOWN_PSEUDO or node == "AWS::NoValue":
            return {"Ref": node}
        if node.startswith("AWS::"):
            allowed = [*self.pseudo, *_UNKNOWN_PSEUDO, "AWS::NoValue"]
            fail(path, f"'{node}' is not a pseudo parameter; allowed are {comma_list(allowed)}.")
        return self.reference(node, path)

    def _sub(self, node: Any, path: str) -> Any:
        text, variables = (node, {}) if isinstance(node, str) else arguments("Fn::Sub", node, path, 2)
        if not isinstance(text, str) or not isinstance(variables, dict):
            fail(path, f"Fn::Sub requires {_SHAPES['Fn::Sub']}, found {show(node)}.")
        bound = {name: self.text(value, f"{path}[1].{name}") for name, value in variables.items()}

        def variable(name: str) -> Any:
            if not _VARIABLE.fullmatch(name):
                fail(path, f"'${{{name}}}' is not a variable; write '${{!{name}}}' for the text itself.")
            if name in bound:
                return bound[name]
            return self.text(reference_of(name), f"{path}.${{{name}}}")

        return joined(pieces(text, variable))

    def _join(self, node: Any, path: str) -> Any:
        delimiter, items = arguments("Fn::Join", node, path, 2)
        if not isinstance(delimiter, str):
            fail(f"{path}[0]", f"The delimiter is a plain string, found {show(delimiter)}.")
        values = self.items(items, f"{path}[1]")
        if is_unknown(values):
            return {"Fn::Join": [delimiter, values]}
        parts: list[Any] = []
        for index, value in enumerate(values):
            part = value
            if not is_unknown(value):
                part = as_text(value, f"{path}[1][{index}]")
            parts += [delimiter, part]
        return joined(parts[1:])  # without the first delimiter

    def _select(self, node: Any, path: str) -> Any:
        index, items = arguments("Fn::Select", node, path, 2)
        position = self.text(index, f"{path}[0]")
        values = self.items(items, f"{path}[1]")
        if not is_unknown(position):
            if not re.fullmatch("[0-9]+", position):
                fail(f"{path}[0]", f"The index is a whole number, 0 or more, found {show(position)}.")
            position = int(position)
        if is_unknown(position) or is_unknown(values):
            return {"Fn::Select": [position, values]}
        if position >= len(values):
            fail(f"{path}[0]", f"Index {position} is out of range for {show(values)}; the first item is 0.")
        return values[position]

    def _split(self, node: Any, path: str) -> Any:
        delimiter, source = arguments("Fn::Split", node, path, 2)
        if not isinstance(delimiter, str) or not delimiter:
            fail(f"{path}[0]", f"The delimiter is a plain string that is not empty, found {show(delimiter)}.")
        text = self.text(source, f"{path}[1]")
        if is_unknown(text):
            return {"Fn::Split": [delimiter, text]}
        return text.split(delimiter)

    def _find_in_map(self, node: Any, path: str) -> Any:
        # A fourth argument (a default) needs the macro AWS::LanguageExtensions.
        written = arguments("Fn::FindInMap", node, path, 3)
        keys = [self.text(key, f"{path}[{index}]") for index, key in enumerate(written)]
        if holds_unknown(keys):
            return {"Fn::FindInMap": keys}
        entry, place = self.template.get("Mappings", {}), "Mappings"
        for index, key in enumerate(keys):
            if not isinstance(entry, Mapping):
                fail(f"{path}[{index}]", f"{place} is {show(entry)}, and not a mapping.")
            if key not in entry:
                fail(f"{path}[{index}]", f"{place} has no key '{key}'; it has {comma_list(entry)}.")
            entry, place = entry[key], f"{place}.{key}"
        return _copy(entry)

    def _and(self, node: Any, path: str) -> Truth:
        return all_of(self._truths("Fn::And", node, path))

    def _or(self, node: Any, path: str) -> Truth:
        return any_of(self._truths("Fn::Or", node, path))

    def _truths(self, name: str, node: Any, path: str) -> list[Truth]:
        operands = arguments(name, node, path, 2, 10)
        return [self.truth(operand, f"{path}[{index}]") for index, operand in enumerate(operands)]

    def _not(self, node: Any, path: str) -> Truth:
        (operand,) = arguments("Fn::Not", node, path, 1)
        return ~self.truth(operand, f"{path}[0]")

    def _equals(self, node: Any, path: str) -> Truth:
        left, right = arguments("Fn::Equals", node, path, 2)
        left, right = self._operand(left, f"{path}[0]"), self._operand(right, f"{path}[1]")
        if holds_unknown([left, right]):
            return UNKNOWN
        return truth_of(as_strings(left) == as_strings(right))

    def _operand(self, node: Any, path: str) -> Any:
        value = self.argument(node, path)
        if isinstance(value, list) or is_unknown(value):
            return value
        return as_text(value, path)

    functions: ClassVar[Mapping[str, Function]] = {
        "Fn::FindInMap": _find_in_map,
        "Fn::Join": _join,
        "Fn::Select": _select,
        "Fn::Split": _split,
        "Fn::Sub": _sub,
        "Ref": _ref,
    }
    # These return a Truth: UNKNOWN if the answer is known only in the deployed stack.
    predicates: ClassVar[Mapping[str, Function]] = {
        "Fn::And": _and,
        "Fn::Equals": _equals,
        "Fn::Not": _not,
        "Fn::Or": _or,
    }


def _copy(value: Any) -> Any:
    """Return a copy of the value of a parameter or a mapping: a text, a list of texts or a Ref."""
    if isinstance(value, (dict, list)):
        return value.copy()
    return value


def fail(path: str, message: str) -> NoReturn:
    """Raise the error about a place of the template."""
    raise ResolveError(f"{path}: {message}")


def show(value: Any) -> str:
    """Return a value for a message, as JSON and cut at 80 characters."""
    text = json.dumps(value, default=str)
    if len(text) <= 80:
        return text
    return f"{text[:77]}..."


def comma_list(names: Iterable[str]) -> str:
    """Return names for a message."""
    return ", ".join(sorted(names)) or "none"


def arguments(name: str, node: Any, path: str, low: int, high: int | None = None) -> Any:
    """Return the arguments of a function if they are a list of `low`, or `low` to `high`, items."""
    if not isinstance(node, (list, tuple)) or not low <= len(node) <= (high or low):
        fail(path, f"{name} requires {_SHAPES[name]}, found {show(node)}.")
    return node


def _function_name(node: Mapping[str, Any], path: str) -> str | None:
    names = [key for key in node if key == "Ref" or key.startswith("Fn::")]
    if names and len(node) > 1:
        fail(path, f"{names[0]} is not the only key of its mapping ({comma_list(node)}); a function must be.")
    if not names:
        return None
    return names[0]


def is_unknown(value: Any) -> bool:
    """Return whether a resolved value is a function whose value is known only in the deployed stack."""
    if not isinstance(value, dict) or len(value) != 1:
        return False
    key = str(next(iter(value)))
    return key == "Ref" or key.startswith("Fn::")


def joined(parts: Iterable[Any]) -> Any:
    """Join known and unknown pieces: returns a string, the one unknown piece, or a Sub."""
    all_parts = list(parts)
    if all(isinstance(part, str) for part in all_parts):
        return "".join(all_parts)
    merged: list[Any] = []
    for piece in _without_inner_subs(all_parts):
        if isinstance(piece, str) and merged and isinstance(merged[-1], str):
            merged[-1] += piece
        elif piece != "":
            merged.append(piece)
    if not merged:
        return ""
    if len(merged) == 1:
        return merged[0]
    return _as_sub(merged)


def _as_sub(parts: list[Any]) -> dict[str, Any]:
    """Return texts and functions as a Sub: functions other than Ref and GetAtt become variables."""
    new_names = _variable_names({_name_of(part) for part in parts if is_unknown(part)})
    variables: dict[str, Any] = {}
    text = ""
    for part in parts:
        if isinstance(part, str):
            text += escape_placeholders(part)
            continue
        name = _name_of(part)
        if name is None:
            name = next((variable for variable, value in variables.items() if value == part), None)
        if name is None:
            name = next(new_names)
            variables[name] = part
        text += f"${{{name}}}"
    if not variables:
        return {"Fn::Sub": text}
    return {"Fn::Sub": [text, variables]}


def _variable_names(reserved: Collection[str | None]) -> Iterator[str]:
    """Yield names for the variables of a Sub that are not names of resources or parameters in it."""
    for number in itertools.count(1):
        name = f"Value{number}"
        if name not in reserved:
            yield name


def _without_inner_subs(parts: Iterable[Any]) -> Iterator[Any]:
    """Split each resolved Sub among the pieces, so that nested texts become one text."""
    for piece in parts:
        inner = parts_of_sub(piece)
        if inner is None:
            yield piece
        else:
            yield from inner


def parts_of_sub(value: Any) -> list[Any] | None:
    """Return the texts and functions that a Sub joins; None for any other value."""
    bound: Mapping[str, Any]
    match value:
        case {"Fn::Sub": str(text)}:
            bound = {}
        case {"Fn::Sub": [str(text), dict(bound)]}:
            pass
        case _:
            return None
    return pieces(text, lambda name: bound[name] if name in bound else reference_of(name))


def reference_of(name: str) -> dict[str, Any]:
    """Return the function of a variable of a Sub."""
    if "." in name:
        return {"Fn::GetAtt": name.split(".", 1)}
    return {"Ref": name}


def _name_of(piece: Any) -> str | None:
    """Return the name in a Sub of an unknown piece that needs no variable; the inverse of reference_of."""
    if "Ref" in piece:
        return str(piece["Ref"])
    parts = piece.get("Fn::GetAtt", [None])
    if not all(isinstance(part, str) for part in parts):
        return None
    return ".".join(parts)


def holds_unknown(value: Any) -> bool:
    """Return whether a resolved value, or an item of a list, is an unresolved function."""
    if isinstance(value, list):
        return any(holds_unknown(part) for part in value)
    return is_unknown(value)


def as_text(value: Any, path: str) -> str:
    """Return a string, number or boolean as CloudFormation puts it into a text."""
    if not isinstance(value, (str, int, float)):
        fail(path, f"Expected a text, found {show(value)}.")
    return str(as_strings(value))


def as_strings(value: Any) -> Any:
    """Write numbers and booleans as CloudFormation does when it needs a text: 1 is "1", True is "true"."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return [as_strings(part) for part in value]
    if type(value) is int:
        return str(value)  # the same as the JSON, in a tenth of the time
    return json.dumps(value)
