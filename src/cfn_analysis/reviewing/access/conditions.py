"""Conditions of policy statements: whether one set of conditions implies another.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_multi-value-conditions.html
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from cfn_analysis.model.intrinsics import is_unknown
from cfn_analysis.model.wildcards import Pattern, any_covers, is_known, lower, pattern
from cfn_analysis.reviewing.access.boxes import addresses

# The ARN operators with Equals and Like are equivalent.
_SAME: Final = {"arnequals": "arnlike"}
_COMPARING: Final = ("numericlessthan", "numericgreaterthan", "datelessthan", "dategreaterthan")
_LIKE: Final = ("stringlike", "arnlike")
# All that the first operator matches with a value is matched by the second too.
_NARROWER: Final = {
    ("stringequals", "stringlike"), ("stringequals", "stringequalsignorecase"), ("stringequals", "arnlike"),
    ("arnlike", "stringequals"), ("arnlike", "stringlike"), ("stringlike", "stringequals"),
}  # fmt: skip


class Condition(NamedTuple):
    """One key of one operator.

    Attributes:
        operator: in lower case, without ``IfExists`` and without the negation.
        if_exists: whether the condition is also true without the key.
        of_several: ``forallvalues``, ``foranyvalue`` or empty.
        values: one of them must match; none of them if negated.
        written: the key as written.
    """

    operator: str
    negated: bool
    if_exists: bool
    of_several: str
    key: str
    values: tuple[Pattern, ...]
    written: str


def conditions(element: Any) -> tuple[Condition, ...]:
    """Return the conditions of a statement's element Condition; all of them must be true."""
    if not element:
        return ()
    if not isinstance(element, Mapping) or is_unknown(element):
        return (undecided(element),)
    all_conditions: list[Condition] = []
    for operator, keys in element.items():
        if isinstance(keys, Mapping) and not is_unknown(keys):
            all_conditions += [_condition(operator, key, values) for key, values in keys.items()]
        else:
            all_conditions.append(undecided({operator: keys}))
    return tuple(all_conditions)


def _condition(operator: str, key: str, written: Any) -> Condition:
    """Return a condition from its operator, such as ``ForAnyValue:StringNotEqualsIfExists``."""
    of_several, _, name = operator.lower().rpartition(":")
    base = name.removesuffix("ifexists")
    positive = base.replace("not", "", 1)
    positive = _SAME.get(positive, positive)
    texts = written if isinstance(written, list) else [written]
    values = [pattern(text, wildcards=positive in _LIKE) for text in texts]
    if positive in ("stringequalsignorecase", "bool", "null"):
        values = [lower(value) for value in values]
    return Condition(positive, "not" in base, base != name, of_several, key.lower(), tuple(values), key)


def implies(narrow: Sequence[Condition], wide: Sequence[Condition]) -> bool:
    """Return whether some conditions certainly imply others."""
    return not not_implied(narrow, wide)


def not_implied(narrow: Sequence[Condition], wide: Sequence[Condition]) -> list[Condition]:
    """Return the conditions that others do not imply.

    A statement applies where all of its conditions hold: C1 and C2 and ... So ``narrow`` implies ``wide`` if
    every condition of ``wide`` follows from one of ``narrow``. "Not shown" counts as "does not follow".
    """
    return [condition for condition in wide if not _follows(condition, narrow)]


def _follows(condition: Condition, narrow: Sequence[Condition]) -> bool:
    return any(_implies(certain, condition) for certain in narrow)


def _implies(narrow: Condition, wide: Condition) -> bool:
    if narrow.key != wide.key:
        return False
    if narrow[:5] == wide[:5] and set(narrow.values) == set(wide.values):
        return True
    if wide.operator == "null":
        must_exist = wide.values == (tuple("false"),)
        positive = not narrow.negated and narrow.operator != "null" and not narrow.of_several
        return must_exist and positive and not narrow.if_exists
    if narrow.of_several != wide.of_several or (narrow.if_exists and not wide.if_exists):
        return False
    same = narrow.operator == wide.operator
    if narrow.negated != wide.negated or not (same or (narrow.operator, wide.operator) in _NARROWER):
        return False
    if narrow.negated:
        # Excluding more values allows less. A pattern must be excluded by a pattern that covers it.
        return same and all(_covered(value, narrow) for value in wide.values)
    if wide.operator.startswith(_COMPARING):
        return _in_bounds(narrow, wide)
    return all(_covered(value, wide) for value in narrow.values)


def _covered(value: Pattern, by: Condition) -> bool:
    """Return whether the values of a condition match everything that a value matches."""
    if by.operator == "ipaddress":
        return any(_is_in_block(value, block) for block in by.values)
    compared = lower(value) if by.operator == "stringequalsignorecase" else value
    if by.operator in _LIKE:
        return any_covers(by.values, compared)
    return compared in by.values


def _is_in_block(value: Pattern, block: Pattern) -> bool:
    (family, inner), (of_block, outer) = (addresses("".join(text)) for text in (value, block))
    return family == of_block and outer[0] <= inner[0] and inner[1] <= outer[1]


def _in_bounds(narrow: Condition, wide: Condition) -> bool:
    """Return whether all numbers or dates of a comparison are within those of another one."""
    values = (*narrow.values, *wide.values)
    if not all(is_known(value) for value in values):
        return False
    texts = ["".join(value) for value in values]
    try:
        numbers: Sequence[Any] = [float(text) for text in texts]
    except ValueError:
        numbers = texts  # ISO 8601 dates sort as texts
    first, second = numbers[: len(narrow.values)], numbers[len(narrow.values) :]
    if "lessthan" in wide.operator:
        return bool(max(first) <= max(second))
    return bool(min(first) >= min(second))


def undecided(element: Any) -> Condition:
    """Return an unknown condition, which implies only itself."""
    return Condition("not known", False, False, "", "", (pattern(element),), "Condition")
