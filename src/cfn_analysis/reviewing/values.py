"""Property values of a resource before and after a change, for the checks that judge a change."""

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from cfn_analysis.model.intrinsics import as_strings, is_unknown
from cfn_analysis.model.wiring import Node
from cfn_analysis.reviewing.hiding import shown
from cfn_analysis.updates.resolved_stack import Resource, mentions
from cfn_analysis.updates.resource_changes import ResourceChange

OFF: Final = ("false", "disabled", "disable", "inactive", "off", "stopped", "paused", "suspended")
"""The values of switches that are off, in lower case."""
_IDENTITIES: Final = ("PathPattern", "Id", "Name", "Key")


class ValueChange(NamedTuple):
    """A changed value.

    Attributes:
        place: its path, with list items by their identifier: ``DistributionConfig.Origins[api].Id``.
        before: old value; None if it is added.
        after: new value; None if it is removed.
        of_item: whether it is added or removed with its list item.
    """

    place: str
    before: Any
    after: Any
    of_item: bool = False


class Setting(NamedTuple):
    """A property that determines how open or how well protected a resource is.

    Attributes:
        types: a type, or a part of one; empty for every type that has the property.
        places: the ends of the places of the values, separated by spaces.
        judge: returns the problem of the new value, from the old and new value; empty if there is none.
        of_items: whether values that are removed with their list item count.
    """

    types: str
    places: str
    judge: Callable[[Any, Any], str]
    of_items: bool = True


def value_changes(change: ResourceChange) -> Iterator[ValueChange]:
    """Yield every value of a resource that changes, except those that follow from a replacement."""
    for cause in change.causes:
        if cause.place and cause.follows is None:
            yield from _parts(cause.name, cause.before, cause.after)


def values_of(resource: Resource) -> Iterator[ValueChange]:
    """Yield every value of a new resource."""
    for name, value in resource.properties.items():
        yield from _parts(name, None, value)


def _parts(place: str, before: Any, after: Any, *, of_item: bool = False) -> Iterator[ValueChange]:
    """Yield a difference; for an added or removed mapping or list, each value in it."""
    whole = before if after is None else after
    is_divided = (before is None) != (after is None) and not is_unknown(whole)
    if is_divided and isinstance(whole, Mapping) and whole:
        parts = [(f"{place}.{key}", part) for key, part in whole.items()]
        of_part = of_item or place.endswith("]")
    elif is_divided and isinstance(whole, list):
        parts = [(f"{place}[{_identity(part, number)}]", part) for number, part in enumerate(whole)]
        of_part = of_item
    else:
        yield ValueChange(place, before, after, of_item)
        return
    for inner, part in parts:
        yield from _parts(inner, *((None, part) if before is None else (part, None)), of_item=of_part)


def _identity(part: Any, number: int) -> str:
    """Return the identifier of a list item, or its number."""
    keys = [key for key in _IDENTITIES if isinstance(part, Mapping) and key in part]
    return str(part[keys[0]]) if keys else str(number)


def problems(
    change: ResourceChange, settings: tuple[Setting, ...], gone: Collection[Node] = ()
) -> Iterator[str]:
    """Yield the problems of the new values of a resource, in words.

    Args:
        change: the change of the resource.
        settings: the first matching setting judges a value.
        gone: removed resources; values that refer to one of them must be removed too.
    """
    for value in value_changes(change):
        if gone and any(mention.target in gone for mention in mentions(value.before, change.node.stack)):
            continue
        yield from judged(change.type, value, settings)


def judged(type_name: str, value: ValueChange, settings: Sequence[Setting]) -> Iterator[str]:
    """Yield the problem of a changed value, in words; the first matching setting judges it."""
    setting = setting_of(type_name, value.place, settings)
    goes = value.of_item and value.after is None
    if setting and (setting.of_items or not goes) and (problem := setting.judge(value.before, value.after)):
        yield f"{value.place} {problem}"


def setting_of(type_name: str, place: str, settings: Sequence[Setting]) -> Setting | None:
    """Return the first setting that judges the value at a place of a resource; None if there is none."""
    for setting in settings:
        if setting.types in type_name and any(_ends_with(place, end) for end in setting.places.split()):
            return setting
    return None


def _ends_with(place: str, end: str) -> bool:
    if end.endswith("[]"):
        head, _, last = place.rpartition("[")
        return last.endswith("]") and _ends_with(head, end[:-2])
    return place == end or place.endswith((f".{end}", f"]{end}"))


def text(value: Any) -> str:
    """Return a value as CloudFormation passes it to the service; an unknown value has a unique text."""
    if value is None:
        return ""
    passed = as_strings(value)
    return passed if isinstance(passed, str) else json.dumps(value, sort_keys=True, default=str)


def words(value: Any) -> str:
    """Return a value for a report, without secrets."""
    return "the default" if value is None else str(as_strings(shown(value)))


def must_not_be(
    to: str, effect: str, default: str | None = None, aliases: str = ""
) -> Callable[[Any, Any], str]:
    """Return a judge for a setting with fixed values.

    Args:
        to: the value that is a problem.
        effect: the effect of the value.
        default: the value if the property is missing; None if it is not known.
        aliases: other values with the same meaning as ``to``, separated by spaces.
    """
    wrong = {to.lower(), *aliases.lower().split()}

    def judge(before: Any, after: Any) -> str:
        was, will = (text(value if value is not None else default).lower() for value in (before, after))
        if was in wrong:
            return ""
        if is_unknown(after) or (after is None and default is None):
            return f"is {_known(after)}: this may mean that {effect}"
        return f"is {'left out' if after is None else words(after)}: {effect}" if will in wrong else ""

    return judge


def _known(value: Any) -> str:
    return "left out" if value is None else f"{words(value)}, which is known only in the deployed stack"


def in_order(
    strict_first: str, effect: str, default: str = "", unknown: bool = True
) -> Callable[[Any, Any], str]:
    """Return a judge for values in order of strictness.

    Args:
        strict_first: the values, strictest first, separated by spaces; equally strict values by ``=``.
        effect: the effect of a less strict value.
        default: the value if the property is missing.
        unknown: whether values that are not listed are reported, because they may be less strict.
    """
    ranks = {
        name: rank for rank, group in enumerate(strict_first.split()) for name in group.lower().split("=")
    }

    def judge(before: Any, after: Any) -> str:
        was, will = (ranks.get((text(value) or default).lower()) for value in (before, after))
        instead = f"is {words(after)} instead of {words(before)}"
        if was is not None and will is not None:
            return f"{instead}: {effect}" if will > was else ""
        return f"{instead}: this may mean that {effect}" if unknown and before is not None else ""

    return judge


def must_not_decrease(effect: str, default: float | None = None) -> Callable[[Any, Any], str]:
    """Return a judge for a number that must not decrease; ``default`` applies if it is missing."""
    return _numbers(effect, default, lambda was, will: will < was)


def must_not_increase(effect: str) -> Callable[[Any, Any], str]:
    """Return a judge for a limit that must not increase; without a value, there is no limit."""
    increases = _numbers(effect, None, lambda was, will: will > was)
    removed = must_not_be_removed(effect)
    return lambda before, after: removed(before, after) or increases(before, after)


def _numbers(
    effect: str, default: float | None, worse: Callable[[float, float], bool]
) -> Callable[[Any, Any], str]:
    def judge(before: Any, after: Any) -> str:
        try:
            was, will = (default if value is None else float(text(value)) for value in (before, after))
        except ValueError:
            return f"is {words(after)} instead of {words(before)}: this may mean that {effect}"
        if was is None or will is None or not worse(was, will):
            return ""
        return f"is {words(after)} instead of {words(before)}: {effect}"

    return judge


def must_not_be_removed(effect: str) -> Callable[[Any, Any], str]:
    """Return a judge for a value that must not be removed."""

    def judge(before: Any, after: Any) -> str:
        return f"is removed: {effect}" if before not in (None, "") and after in (None, "") else ""

    return judge
