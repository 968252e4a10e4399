"""Cases of a template, for rules that compare several of its parts in the same case."""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from cfnlint.helpers import is_function
from cfnlint.jsonschema import Validator

from cfn_analysis.model.resolving import Known, ResolveError
from cfn_analysis.model.three_valued import truth_of
from cfn_analysis.rules.support.values import assume, children, show, values

NO_VALUE = {"Ref": "AWS::NoValue"}

# Functions whose second argument contains the parts of a text.
_WITH_PARTS = ("Fn::Join", "Fn::Sub")

# Ten independent conditions have 1024 cases; only the first 64 are checked.
MOST_CASES = 64


def scenarios(validator: Validator, value: Any) -> Iterator[tuple[Any, Validator]]:
    """Yield a value without any Fn::If and AWS::NoValue, once for each case of the conditions in it."""
    for count, scenario in enumerate(_scenarios(validator, value)):
        if count == MOST_CASES:
            return
        yield scenario


def property_scenarios(
    validator: Validator, properties: Any, *names: str
) -> Iterator[tuple[dict[str, Any], Validator]]:
    """Yield the same for some properties together; a property that is missing in a case is left out."""
    return scenarios(validator, {name: properties[name] for name in names if name in properties})


def _scenarios(case: Validator, value: Any) -> Iterator[tuple[Any, Validator]]:
    left = _decided(value, case.context.conditions.status)
    condition = _undecided(left, case)
    if not condition:
        yield left, case
        return
    for status in (True, False):
        assumed = assume(case, {condition: status})
        if assumed:
            yield from _scenarios(assumed, left)


def extremes(validator: Validator, value: Any) -> Iterator[tuple[Any, Validator]]:
    """Yield a value without any Fn::If, with as many true conditions as possible, then with as few.

    For a long text, whose conditions may have too many cases.
    """
    for status in (True, False):
        left, case = _decided(value, validator.context.conditions.status), validator
        while condition := _undecided(left, case):
            assumed = assume(case, {condition: status}) or assume(case, {condition: not status})
            if not assumed:
                return
            left, case = _decided(left, assumed.context.conditions.status), assumed
        yield left, case


def _decided(value: Any, status: dict[str, bool]) -> Any:
    """Return the value with the branches of the known conditions; None for AWS::NoValue."""
    if isinstance(value, list):
        parts = (_decided(part, status) for part in value)
        return [part for part in parts if part is not None]
    if not isinstance(value, dict):
        return value
    if value == NO_VALUE:
        return None
    function, argument = is_function(value)
    if function == "Fn::If" and _is_if(argument) and argument[0] in status:
        return _decided(argument[1 if status[argument[0]] else 2], status)
    if function in _WITH_PARTS and isinstance(argument, list) and len(argument) == 2:
        return {function: [argument[0], _decided(argument[1], status)]}
    if function:
        return value
    entries = ((key, _decided(entry, status)) for key, entry in value.items())
    return {key: entry for key, entry in entries if entry is not None}


def _undecided(value: Any, case: Validator) -> str:
    """Return a condition of an Fn::If in the value; empty if there is none."""
    function, argument = is_function(value)
    if function == "Fn::If" and _is_if(argument) and argument[0] in case.context.conditions.conditions:
        return str(argument[0])
    if function in _WITH_PARTS and isinstance(argument, list) and len(argument) == 2:
        return _undecided(argument[1], case)
    if function:
        return ""
    return next((found for _, part in children(value) if (found := _undecided(part, case))), "")


def _is_if(argument: Any) -> bool:
    return isinstance(argument, list) and len(argument) == 3 and isinstance(argument[0], str)


def conditional_properties(resource: Any) -> Any:
    """Return the properties of a resource for ``scenarios``: missing if its Condition is false."""
    properties, condition = resource.get("Properties", {}), resource.get("Condition")
    return {"Fn::If": [condition, properties, NO_VALUE]} if isinstance(condition, str) else properties


def is_possible(case: Validator) -> bool:
    """Return whether the conditions of a case agree with the parameter values that it assumes.

    cfn-lint checks this for conditions that compare the parameter itself. This function also checks
    conditions that use the parameter as the key of a mapping.
    """
    assumed = {name: value for name, value in case.context.ref_values.items() if isinstance(value, str)}
    declared = _section(case, "Parameters")
    parameters = {name: assumed[name] for name in declared if name in assumed}
    region = assumed.get("AWS::Region", case.cfn.regions[0])
    try:
        known = Known(case.cfn.template, parameters, declared.keys() - parameters.keys(), region=region)
    except ResolveError:  # reported by cfn-lint's own rules
        return True
    status = case.context.conditions.status
    return all(known.condition(name) is not truth_of(not status[name]) for name in status)


def _section(case: Validator, name: str) -> Any:
    section = case.cfn.template.get(name)
    return section if isinstance(section, dict) else {}


def default_values(validator: Validator, value: Any) -> Iterator[tuple[Any, Validator]]:
    """Yield the values like ``values``, but for a parameter only its default.

    For two compared parameters, not every pair of allowed values needs to be valid.
    """
    path = replace(validator.context.path, value_path=deque())  # the source of the last value
    for found, case in values(validator.evolve(context=validator.context.evolve(path=path)), value):
        source = list(case.context.path.value_path)
        parameter = _section(case, "Parameters").get(source[1]) if source[:1] == ["Parameters"] else None
        default = parameter.get("Default") if isinstance(parameter, dict) else None
        if default is None or str(found) == str(default):
            yield found, case


def only_value(validator: Validator, value: Any) -> Any:
    """Return the only possible value; None if there are several or it is not known."""
    found = [entry for entry, _ in values(validator, value)]
    return found[0] if len(found) == 1 and not is_function(found[0])[0] else None


def assumed_values(case: Validator, value: Any) -> Iterator[tuple[Any, Validator]]:
    """Yield the values like ``values``, also if conditions of the case use the parameter in a mapping.

    cfn-lint does not resolve parameters in such a case, so it is called without the conditions, which are
    evaluated here. The value must not contain Fn::If.
    """
    conditions = case.context.conditions
    free = case.evolve(context=case.context.evolve(conditions=case.cfn.context.conditions))
    for found, known in values(free, value):
        where = known.evolve(context=known.context.evolve(conditions=conditions))
        if is_possible(where):
            yield found, where


def number(value: Any) -> float | None:
    """Return a number from a number or a text."""
    try:
        return None if isinstance(value, bool) else float(value)
    except (TypeError, ValueError):
        return None


def when(validator: Validator, cases: Sequence[Validator]) -> str:
    """Return `` when A is true and B is false``: the common conditions of the cases, except those given."""
    known = validator.context.conditions.status
    shared = set.intersection(*(set(case.context.conditions.status.items()) for case in cases))
    facts = [f"{name} is {str(status).lower()}" for name, status in sorted(shared) if name not in known]
    return f" when {' and '.join(facts)}" if facts else ""


def state(validator: Validator, case: Validator, value: Any, found: Any) -> str:
    """Return the value in the template and in the case: ``is 3``."""
    if value == found:
        return f"is {show(value)}"
    facts = when(validator, [case])
    return f"is {show(value)}, which {'is' if facts else 'can be'} {show(found)}{facts}"
