"""References in the values of a template."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from cfnlint.helpers import is_function
from cfnlint.jsonschema import Validator

from cfn_analysis.rules.support.values import case_of, of_type


def sub_text(value: Any) -> str | None:
    """Return a text with its references as ``${Name}`` and ``${Name.Attribute}``, for all functions.

    ``!Ref Key``, ``!Sub ${Key}`` and a Join of one are the same. None if the text is not known.
    """
    return _with_references(value, lambda _: None)


def partial_text(value: Any) -> str | None:
    """Return a text like ``sub_text``, with other functions in a Sub or Join as ``${Fn::FindInMap}``."""
    return _with_references(value, lambda function: f"${{{function}}}" if function else None)


def is_complete(text: str) -> bool:
    """Return whether a text of ``partial_text`` contains no function other than references."""
    return "${Fn::" not in text


def _with_references(value: Any, unknown: Callable[[str | None], str | None]) -> str | None:
    if isinstance(value, (str, int)):
        return str(value)
    function, argument = is_function(value)
    arguments = argument if isinstance(argument, list) else [argument]
    match function, arguments:
        case "Ref", [str(name)]:
            return f"${{{name}}}"
        case "Fn::GetAtt", [str(), *_] if all(isinstance(part, str) for part in arguments):
            return f"${{{'.'.join(arguments)}}}"
        case "Fn::Sub", [str(text)]:
            return text
        case "Fn::Sub", [str(text), dict(variables)]:
            texts = {name: _part_with_references(part, unknown) for name, part in variables.items()}
            return _substituted(text, texts)
        case "Fn::Join", [str(delimiter), list(parts)]:
            return _joined(delimiter, [_part_with_references(part, unknown) for part in parts])
    return None


def _part_with_references(value: Any, unknown: Callable[[str | None], str | None]) -> str | None:
    text = _with_references(value, unknown)
    if text is None:
        return unknown(is_function(value)[0])
    return text


def plain(text: str) -> str:
    """Return a text with ``$`` for each reference, in whose names there are colons too."""
    return re.sub(r"\$\{[^}]*\}", "$", text)


def _substituted(text: str, variables: Mapping[str, str | None]) -> str | None:
    """Return the text of a Sub with the values of its variables; None if one is not known."""
    if None in variables.values():
        return None
    return re.sub(r"\$\{([^!{}]+)\}", lambda name: variables.get(name[1].strip(), name[0]) or "", text)


def _joined(delimiter: str, parts: Sequence[str | None]) -> str | None:
    """Return the text of a Join; None if a part is not known."""
    texts = [part for part in parts if part is not None]
    if len(texts) < len(parts):
        return None
    return delimiter.join(texts)


def first_id(text: str) -> str:
    """Return the first logical ID or parameter in a text of ``sub_text``; empty if it has none."""
    return next(iter(ids_in(text)), "")


def ids_in(text: str) -> list[str]:
    """Return the logical IDs and parameters in a text of ``sub_text``, in order."""
    return re.findall(r"\$\{((?!AWS::)[^!.{}:]+)", text)


def single_reference(value: Any) -> tuple[str, str]:
    """Return logical ID and attribute of a value that is one reference; the attribute of a Ref is empty."""
    reference = re.fullmatch(r"\$\{([^!.{}]+)(?:\.([^{}]+))?\}", sub_text(value) or "")
    if reference is None:
        return "", ""
    return reference[1], reference[2] or ""


def target(validator: Validator, value: Any, *types: str) -> tuple[str, Any]:
    """Return logical ID and properties of the resource that a value is a reference to, if it has a type."""
    logical_id, _ = single_reference(value)
    return find_resource(validator, logical_id, *types)


def find_resource(validator: Validator, logical_id: str, *types: str) -> tuple[str, Any]:
    """Return logical ID and properties of a resource of the template; empty if it has another type."""
    resource = validator.cfn.template.get("Resources", {}).get(logical_id)
    for name, _, properties in of_type({logical_id: resource}, *types):
        return name, properties
    return "", {}


def target_case(case: Validator, value: Any, *types: str) -> tuple[str, Any, Validator | None]:
    """Return the same as ``target``, with the case in which the resource exists too, if there is one."""
    logical_id, properties = target(case, value, *types)
    if not logical_id:
        return logical_id, properties, None
    return logical_id, properties, case_of(case, case.cfn.template["Resources"][logical_id])


def own_id(validator: Validator) -> str:
    """Return the logical ID of the resource that a rule was called on."""
    return str(validator.context.path.path[1])


def own_type(validator: Validator) -> str:
    """Return the type of the resource that a rule was called on."""
    return str(validator.cfn.template["Resources"][own_id(validator)]["Type"])


def waits_for(validator: Validator, logical_id: str, earlier: str) -> bool:
    """Return whether a resource is created after another, by direct or indirect DependsOn or references."""
    built: Any = validator.cfn.graph
    if built is None:  # cfn-lint could not follow the references
        return True
    seen: set[str] = set()
    to_visit = [logical_id]
    while to_visit:
        following = set(built.graph.successors(to_visit.pop())) - seen
        seen |= following
        to_visit += following
    return earlier in seen
