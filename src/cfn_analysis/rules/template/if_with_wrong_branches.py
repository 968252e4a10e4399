from collections.abc import Iterator
from typing import Any

from cfnlint.helpers import is_function

from cfn_analysis.model.references import value_at
from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator
from cfn_analysis.rules.support.values import Path, as_text, children, logical_ids_in, ref_name, show

EMPTY = ("", "0")  # a parameter with such a value stands for nothing


class IfWithWrongBranches(Rule):
    """Fn::If with equal or exchanged branches.

    With the same value in both branches, the condition has no effect, and one of them is probably a copy that
    was not changed. If only one branch uses a parameter, and its condition says that the parameter is empty
    or 0 there, the branches are probably exchanged: the value is used where there is none. The same applies
    to a resource with such a condition.
    """

    id = "W9508"
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-conditions.html#intrinsic-function-reference-conditions-if"
    finding_class = "conditions"
    looks_at = ()

    def findings(self, validator: Validator, template: Any) -> Findings:
        written = template.get("Conditions")
        conditions = written if isinstance(written, dict) else {}
        for section in ("Resources", "Outputs"):
            for path, (name, *branches) in _ifs(template.get(section), (section,)):
                if branches[0] == branches[1]:
                    yield RuleFinding(
                        path,
                        f"Fn::If has the same value whether {name} is true or not. Correct one of the two.",
                    )
                exists = value_at(template, (*path[:2], "Condition"))
                for status, own, opposite in ((True, *branches), (False, *reversed(branches))):
                    nothing = _empty(conditions, {"Condition": name}, status, exists)
                    for parameter in sorted(nothing.keys() & logical_ids_in(own) - logical_ids_in(opposite)):
                        yield RuleFinding(
                            path,
                            f"Fn::If uses {parameter} where {name} is {str(status).lower()}, so that it is "
                            f"{show(nothing[parameter])}, and not in the other branch. Exchange the two.",
                        )
        yield from _empty_properties(conditions, template.get("Resources"))


def _ifs(part: Any, path: Path) -> Iterator[tuple[Path, list[Any]]]:
    """Yield path and arguments of every Fn::If."""
    for key, value in children(part):
        if key == "Fn::If" and isinstance(value, list) and len(value) == 3:
            yield (*path, key), value
        yield from _ifs(value, (*path, key))


def _empty_properties(conditions: Any, resources: Any) -> Findings:
    """Yield the resources whose properties are a parameter that is empty where they exist."""
    for logical_id, resource in children(resources):
        condition = resource.get("Condition") if isinstance(resource, dict) else None
        nothing = _empty(conditions, {"Condition": condition}, True) if condition else {}
        properties = resource.get("Properties") if nothing else {}
        for path, parameter in _refs(properties):
            if nothing.get(parameter) == "":
                name = next(step for step in reversed(path) if isinstance(step, str))
                yield RuleFinding(
                    ("Resources", logical_id, "Properties", *path),
                    f"{name} is {parameter}, and {logical_id} exists where {condition} is true, so "
                    f'that it is "". Use the opposite condition.',
                )


def _refs(part: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Yield path and name of every Ref that is not inside another function."""
    for key, value in children(part):
        if ref_name(value):
            yield (*path, key), ref_name(value)
        elif is_function(value)[0] is None:
            yield from _refs(value, (*path, key))


def _empty(conditions: Any, condition: Any, status: bool, exists: Any = None) -> dict[str, str]:
    """Return the parameters that are empty or 0 if a condition is true, or false, with their values.

    ``exists`` is the condition of the resource, which is true.
    """
    function, argument = is_function(condition)
    if function == "Condition":
        if not isinstance(argument, str):
            return {}
        return _empty(conditions, conditions.get(argument), status, exists)
    if not isinstance(argument, list):
        return {}
    if function == "Fn::Equals" and len(argument) == 2 and status:
        return _compared_with_empty(argument)
    if function == "Fn::Not" and len(argument) == 1:
        return _empty(conditions, argument[0], not status, exists)
    parts = argument
    if function == "Fn::And" and not status:
        parts = [part for part in argument if part != {"Condition": exists}]
    # Of several conditions of which one is enough, it is not known which one decides.
    decides_all = function == ("Fn::And" if status else "Fn::Or")
    if not decides_all and not (function == "Fn::And" and len(parts) == 1):
        return {}
    empty: dict[str, str] = {}
    for part in parts:
        empty |= _empty(conditions, part, status, exists)
    return empty


def _compared_with_empty(operands: list[Any]) -> dict[str, str]:
    """Return the parameter that an Fn::Equals compares with an empty text or 0, with that value."""
    first, second = operands
    compared: dict[str, str] = {}
    for parameter, value in ((first, second), (second, first)):
        if ref_name(parameter) and not isinstance(value, (dict, list)) and as_text(value) in EMPTY:
            compared[ref_name(parameter)] = as_text(value)
    return compared
