"""Common code of the rules: the possible values of a part of a template, with their cases."""

import json
import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any

from cfnlint.context.conditions import Unsatisfiable
from cfnlint.helpers import is_function
from cfnlint.jsonschema import Validator
from cfnlint.rules.helpers import get_value_from_path
from cfnlint.template import Template

Path = tuple[str | int, ...]

# A case is a validator whose context contains the conditions and the assumed parameter values.


def branches(validator: Validator, part: Any, *path: str | int) -> Iterator[tuple[Any, Validator]]:
    """Yield the values at a path below a part of the template, in each branch of its conditions."""
    yield from get_value_from_path(validator, part, deque(path))


def values(validator: Validator, value: Any) -> Iterator[tuple[Any, Validator]]:
    """Yield every possible value with its case; an unknown value stays a function."""
    if not isinstance(value, dict):  # only a function has several
        yield value, validator
        return
    for branch, case in branches(validator, value):
        resolved = [
            (possible, possible_case)
            for possible, possible_case, errors in case.resolve_value(branch)
            if not errors
        ]
        yield from resolved or [(branch, case)]


def possible_values(validator: Validator, value: Any) -> list[Any]:
    """Return every possible value without its case; an unknown value stays a function."""
    return [possible for possible, _ in values(validator, value)]


def case_of(validator: Validator, resource: Any) -> Validator | None:
    """Return the case in which a resource, or an output, exists; None if there is no such case."""
    condition = resource.get("Condition")
    if not isinstance(condition, str):
        return validator
    return assume(validator, {condition: True})


def assume(validator: Validator, status: dict[str, bool]) -> Validator | None:
    """Return the case with additional conditions; None if they contradict those of the case."""
    before = validator.context.conditions
    cache = memory(validator.cfn)
    key = (id(before), *sorted(status.items()))
    if key not in cache:
        try:
            cache[key] = before.evolve(status), before  # kept, so that its ID is not reused
        except Unsatisfiable:
            cache[key] = None, before
    conditions, _ = cache[key]
    if not conditions:
        return None
    return validator.evolve(context=validator.context.evolve(conditions=conditions))


@lru_cache(maxsize=1)
def memory(_cfn: Template) -> dict[Any, Any]:
    """Return the cache of values of a template that several rules use; cleared for the next template."""
    return {}


def of_type(resources: Any, *types: str) -> Iterator[tuple[str, Any, Any]]:
    """Yield logical ID, resource and properties of the resources of these types."""
    for logical_id, resource in resources.items():
        if isinstance(resource, dict) and resource.get("Type") in types:
            properties = resource.get("Properties", {})
            if isinstance(properties, dict):
                yield logical_id, resource, properties


def twins(
    validator: Validator, resources: Any, keyed: Iterable[tuple[tuple[str, ...], Path]]
) -> Iterator[tuple[tuple[str, ...], Path, str]]:
    """Yield key and path of each resource whose key an earlier one has in the same case, and its ID."""
    seen: dict[tuple[str, ...], list[str]] = {}
    for key, path in keyed:
        logical_id, earlier = str(path[0]), seen.setdefault(key, [])
        case = case_of(validator, resources[logical_id])
        twin = next((name for name in earlier if case and case_of(case, resources[name])), "")
        if twin:
            yield key, path, twin
        earlier.append(logical_id)


def ref_name(value: Any) -> str:
    """Return the logical ID of a Ref; empty for other values."""
    function, argument = is_function(value)
    if function == "Ref" and isinstance(argument, str):
        return argument
    return ""


def is_true(value: Any) -> bool:
    """Return whether the value is true for CloudFormation, as boolean or as text."""
    return str(value).lower() == "true"


def is_false(value: Any) -> bool:
    """Return whether a value is known not to be true; a missing value is not true."""
    return not is_true(value) and is_function(value)[0] is None


def place(case: Validator, validator: Validator) -> Path:
    """Return the path from the part that a rule was called with to the place of a case."""
    return tuple(case.context.path.path)[len(validator.context.path.path) :]


def existing(part: Any, path: Sequence[str | int]) -> Path:
    """Return the existing part of a path: a missing property is reported on its parent.

    An Fn::If ends the path too, because the value of its branch has another path in the template.
    """
    reached = part
    for index, step in enumerate(path):
        inside = isinstance(reached, dict) and step in reached
        listed = isinstance(reached, list) and isinstance(step, int) and step < len(reached)
        if not inside and not listed:
            return tuple(path[:index])
        reached = reached[step]
    return tuple(path)


def show(value: Any) -> str:
    """Return the value as in the template, on one line."""
    return json.dumps(value, ensure_ascii=False)


def logical_ids_in(value: Any) -> set[str]:
    """Return the logical IDs and parameters that a value refers to with Ref, GetAtt or Sub."""
    function, argument = is_function(value)
    if function == "Ref":
        return {str(argument)}
    if function == "Fn::GetAtt":
        parts = argument if isinstance(argument, list) else str(argument).split(".")
        return {str(part) for part in parts[:1]}
    logical_ids: set[str] = set()
    if function == "Fn::Sub":
        text, value = _text_and_variables(argument)
        names = {name.strip().split(".")[0] for name in re.findall(r"\$\{([^!}]+)\}", str(text))}
        logical_ids = names.difference(value if isinstance(value, dict) else {})
    for _, part in children(value):
        logical_ids |= logical_ids_in(part)
    return logical_ids


def _text_and_variables(sub: Any) -> tuple[Any, Any]:
    """Return the arguments of a Sub in its long form; of one that is malformed, an empty text."""
    match sub:
        case [text, variables, *_]:
            return text, variables
        case [text]:
            return text, {}
        case []:
            return "", {}
    return sub, {}


def children(part: Any) -> Iterator[tuple[Any, Any]]:
    """Yield the keys and values of a mapping, or the indexes and items of a list."""
    if isinstance(part, dict):
        yield from part.items()
    elif isinstance(part, list):
        yield from enumerate(part)


def items(value: Any) -> list[Any]:
    """Return the items of a list; none of another value."""
    if not isinstance(value, list):
        return []
    return value


def mappings(value: Any) -> list[dict[str, Any]]:
    """Return the items of a list that are mappings; none of another value."""
    return [part for part in items(value) if isinstance(part, dict)]


def as_text(scalar: Any) -> str:
    """Return a text, number or boolean as CloudFormation compares it."""
    if isinstance(scalar, bool):
        return str(scalar).lower()
    return str(scalar)
