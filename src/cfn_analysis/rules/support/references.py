"""References in the values of a template."""

import re
from collections.abc import Callable, Mapping
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
    parts = argument if isinstance(argument, list) else [argument]
    match function, parts:
        case "Ref", [str(name)]:
            return f"${{{name}}}"
        case "Fn::GetAtt", [str(), *_] if all(isinstance(part, str) for part in parts):
            return f"${{{'.'.join(parts)}}}"
        case "Fn::Sub", [str(text)]:
            return text
        case "Fn::Sub", [str(text), dict(variables)]:
            known = {name: _part_with_references(part, unknown) for name, part in variables.items()}
            return None if None in known.values() else _substituted(text, known)
        case "Fn::Join", [str(delimiter), list(items)]:
            parts = [_part_with_references(part, unknown) for part in items]
            texts = [text for text in parts if text is not None]
            return delimiter.join(texts) if len(texts) == len(parts) else None
    return None


def _part_with_references(value: Any, unknown: Callable[[str | None], str | None]) -> str | None:
    text = _with_references(value, unknown)
    return unknown(is_function(value)[0]) if text is None else text


def plain(text: str) -> str:
    """Return a text with ``$`` for each reference, in whose names there are colons too."""
    return re.sub(r"\$\{[^}]*\}", "$", text)


def _substituted(text: str, variables: Mapping[str, str | None]) -> str:
    return re.sub(r"\$\{([^!{}]+)\}", lambda found: variables.get(found[1].strip(), found[0]) or "", text)


def first_id(text: str) -> str:
    """Return the first logical ID or parameter in a text of ``sub_text``; empty if it has none."""
    return next(iter(ids_in(text)), "")


def ids_in(text: str) -> list[str]:
    """Return the logical IDs and parameters in a text of ``sub_text``, in order."""
    return re.findall(r"\$\{((?!AWS::)[^!.{}:]+)", text)


def single_reference(value: Any) -> tuple[str, str]:
    """Return logical ID and attribute of a value that is one reference; the attribute of a Ref is empty."""
    found = re.fullmatch(r"\$\{([^!.{}]+)(?:\.([^{}]+))?\}", sub_text(value) or "")
    return (found[1], found[2] or "") if found else ("", "")


def target(validator: Validator, value: Any, *types: str) -> tuple[str, Any]:
    """Return logical ID and properties of the resource that a value is a reference to, if it has a type."""
    logical_id, _ = single_reference(value)
    return find_resource(validator, logical_id, *types)


def find_resource(validator: Validator, logical_id: str, *types: str) -> tuple[str, Any]:
    """Return logical ID and properties of a resource of the template; empty if it has another type."""
    resources = validator.cfn.template.get("Resources", {})
    found = of_type({logical_id: resources.get(logical_id)}, *types)
    return next(((name, properties) for name, _, properties in found), ("", {}))


def target_case(case: Validator, value: Any, *types: str) -> tuple[str, Any, Validator | None]:
    """Return the same as ``target``, with the case in which the resource exists too, if there is one."""
    logical_id, properties = target(case, value, *types)
    exists = case_of(case, case.cfn.template["Resources"][logical_id]) if logical_id else None
    return logical_id, properties, exists


def own_id(validator: Validator) -> str:
    """Return the logical ID of the resource that a rule was called on."""
    return str(validator.context.path.path[1])


def own_type(validator: Validator) -> str:
    """Return the type of the resource that a rule was called on."""
    return str(validator.cfn.template["Resources"][own_id(validator)]["Type"])


def waits_for(validator: Validator, logical_id: str, other: str) -> bool:
    """Return whether a resource is created after another, by direct or indirect DependsOn or references."""
    built: Any = validator.cfn.graph
    if built is None:  # cfn-lint could not follow the references
        return True
    seen: set[str] = set()
    left = [logical_id]
    while left:
        following = set(built.graph.successors(left.pop())) - seen
        seen |= following
        left += following
    return other in seen
