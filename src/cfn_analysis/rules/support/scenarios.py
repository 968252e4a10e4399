"""Cases of a template, for rules that compare several of its parts in the same case."""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from cfnlint.helpers import is_function
from cfnlint.jsonschema import Validator

from cfn_analysis.model.resolving import ResolveError, Resolver
from cfn_analysis.model.three_valued import truth_of
from cfn_analysis.rules.support.values import assume, children, possible_values, show, values

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
    decided = _decided(value, case.context.conditions.status)
    condition = _undecided(decided, case)
    if not condition:
        yield decided, case
        return
    for status in (True, False):
        assumed = assume(case, {condition: status})
        if assumed:
            yield from _scenarios(assumed, decided)


def extremes(validator: Validator, value: Any) -> Iterator[tuple[Any, Validator]]:
    """Yield a value without any Fn::If, with as many true conditions as possible, then with as few.

    For a long text, whose conditions may have too many cases.
    """
    for status in (True, False):
        case = validator
        decided = _decided(value, case.context.conditions.status)
        while condition := _undecided(decided, case):
            assumed = assume(case, {condition: status}) or assume(case, {condition: not status})
            if not assumed:
                return
            case = assumed
            decided = _decided(decided, case.context.conditions.status)
        yield decided, case


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
        condition, if_true, if_false = argument
        return _decided(if_true if status[condition] else if_false, status)
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
    for _, part in children(value):
        condition = _undecided(part, case)
        if condition:
            return condition
    return ""


def _is_if(argument: Any) -> bool:
    return isinstance(argument, list) and len(argument) == 3 and isinstance(argument[0], str)


def conditional_properties(resource: Any) -> Any:
    """Return the properties of a resource for ``scenarios``: missing if its Condition is false."""
    return conditional(resource, resource.get("Properties", {}))


def conditional(resource: Any, value: Any) -> Any:
    """Return a value for ``scenarios`` that is missing if the Condition of a resource is false."""
    condition = resource.get("Condition")
    if not isinstance(condition, str):
        return value
    return {"Fn::If": [condition, value, NO_VALUE]}


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
        resolver = Resolver(case.cfn.template, parameters, declared.keys() - parameters.keys(), region=region)
    except ResolveError:  # reported by cfn-lint's own rules
        return True
    status = case.context.conditions.status
    return all(resolver.condition(name) is not truth_of(not status[name]) for name in status)


def _section(case: Validator, name: str) -> Any:
    section = case.cfn.template.get(name)
    if not isinstance(section, dict):
        return {}
    return section


def default_values(validator: Validator, value: Any) -> Iterator[tuple[Any, Validator]]:
    """Yield the values like ``values``, but for a parameter only its default.

    For two compared parameters, not every pair of allowed values needs to be valid.
    """
    path = replace(validator.context.path, value_path=deque())  # the source of the last value
    without_source = validator.evolve(context=validator.context.evolve(path=path))
    for possible, case in values(without_source, value):
        default = _default_of_source(case)
        if default is None or str(possible) == str(default):
            yield possible, case


def _default_of_source(case: Validator) -> Any:
    """Return the default of the parameter from which the last value of a case is; None for other values."""
    source = list(case.context.path.value_path)
    if source[:1] != ["Parameters"]:
        return None
    parameter = _section(case, "Parameters").get(source[1])
    if not isinstance(parameter, dict):
        return None
    return parameter.get("Default")


def only_value(validator: Validator, value: Any) -> Any:
    """Return the only possible value; None if there are several or it is not known."""
    possible = possible_values(validator, value)
    if len(possible) != 1 or is_function(possible[0])[0]:
        return None
    return possible[0]


def assumed_values(case: Validator, value: Any) -> Iterator[tuple[Any, Validator]]:
    """Yield the values like ``values``, also if conditions of the case use the parameter in a mapping.

    cfn-lint does not resolve parameters in such a case, so it is called without the conditions, which are
    evaluated here. The value must not contain Fn::If.
    """
    conditions = case.context.conditions
    free = case.evolve(context=case.context.evolve(conditions=case.cfn.context.conditions))
    for possible, free_case in values(free, value):
        possible_case = free_case.evolve(context=free_case.context.evolve(conditions=conditions))
        if is_possible(possible_case):
            yield possible, possible_case


def number(value: Any) -> float | None:
    """Return a number from a number or a text."""
    if isinstance(value, bool):
        return None
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def when(validator: Validator, cases: Sequence[Validator]) -> str:
    """Return `` when A is true and B is false``: the common conditions of the cases, except those given."""
    before = validator.context.conditions.status
    shared = set(cases[0].context.conditions.status.items())
    for case in cases[1:]:
        shared &= set(case.context.conditions.status.items())
    facts = [f"{name} is {str(status).lower()}" for name, status in sorted(shared) if name not in before]
    if not facts:
        return ""
    return f" when {' and '.join(facts)}"


def state(validator: Validator, case: Validator, written: Any, value: Any) -> str:
    """Return the value in the template and in the case: ``is 3``."""
    if written == value:
        return f"is {show(written)}"
    facts = when(validator, [case])
    if facts:
        return f"is {show(written)}, which is {show(value)}{facts}"
    return f"is {show(written)}, which can be {show(value)}"
