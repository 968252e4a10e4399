"""What the properties of a resource say before and after, value by value, for what judges a change."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, Final, NamedTuple

from csr_templates.cloudformation.intrinsics import as_strings, is_unknown
from csr_templates.cloudformation.resolved_stack import mentions
from csr_templates.cloudformation.set_changes import ResourceChange
from csr_templates.cloudformation.wiring import Node
from csr_templates.reviewing.hiding import shown

_IDENTITIES: Final = ("PathPattern", "Id", "Name", "Key")


class Change(NamedTuple):
    """A single value that changes.

    Attributes:
        place: where, with items of lists by what identifies them: ``DistributionConfig.Origins[api].Id``.
        before: the value; None where there is none.
        after: the same.
        of_item: whether it comes or goes with the item of a list that it is in.
    """

    place: str
    before: Any
    after: Any
    of_item: bool = False


class Setting(NamedTuple):
    """A property whose value says how open or how well guarded a resource is.

    Attributes:
        types: a type, or a part of one; empty for every type that has the property.
        place: the end of the place of the value.
        judge: of the values before and after what is wrong with the later one; empty where nothing is.
        of_items: whether a value counts that goes with the item of a list that it is in.
    """

    types: str
    place: str
    judge: Callable[[Any, Any], str]
    of_items: bool = True


def value_changes(change: ResourceChange) -> Iterator[Change]:
    """Yield every value that a change gives to a resource, those that follow from a replacement apart."""
    for cause in change.causes:
        if cause.place and cause.follows is None:
            yield from _parts(cause.name, cause.before, cause.after)


def _parts(place: str, before: Any, after: Any, *, of_item: bool = False) -> Iterator[Change]:
    """Yield a difference; of one between a mapping or a list and nothing each value in it."""
    whole = before if after is None else after
    if (before is None) != (after is None) and not is_unknown(whole):
        if isinstance(whole, Mapping):
            for key, item in whole.items():
                inner = (None, item) if before is None else (item, None)
                yield from _parts(f"{place}.{key}", *inner, of_item=of_item or place.endswith("]"))
            return
        if isinstance(whole, list):
            for number, item in enumerate(whole):
                name = str(number)
                if isinstance(item, Mapping):
                    name = next((str(item[key]) for key in _IDENTITIES if key in item), name)
                inner = (None, item) if before is None else (item, None)
                yield from _parts(f"{place}[{name}]", *inner, of_item=of_item)
            return
    yield Change(place, before, after, of_item)


def judged(
    change: ResourceChange, settings: tuple[Setting, ...], gone: Collection[Node] = ()
) -> Iterator[str]:
    """Yield what is wrong with the values that a change gives to a resource, in words.

    Args:
        change: what happens to the resource.
        settings: the first that fits a value judges it.
        gone: resources that go; a value that refers to one of them has to go too.
    """
    for one in value_changes(change):
        if gone and any(mention.target in gone for mention in mentions(one.before, change.node.stack)):
            continue
        for setting in settings:
            if setting.types in change.type and _ends_with(one.place, setting.place):
                goes = one.of_item and one.after is None
                if (setting.of_items or not goes) and (found := setting.judge(one.before, one.after)):
                    yield f"{one.place} {found}"
                break


def _ends_with(place: str, end: str) -> bool:
    if end.endswith("[]"):
        head, _, last = place.rpartition("[")
        place, end = (head, end[:-2]) if last.endswith("]") else ("", end)
    return place == end or place.endswith((f".{end}", f"]{end}"))


def text(value: Any) -> str:
    """Return a value as CloudFormation passes it on; what is not known has a text that no other value has."""
    if value is None:
        return ""
    found = as_strings(value)
    return found if isinstance(found, str) else json.dumps(value, sort_keys=True, default=str)


def as_list(value: Any) -> list[Any]:
    """Return the items of a property that holds one value or a list of them; none if it is missing."""
    return value if isinstance(value, list) else [] if value is None else [value]


def words(value: Any) -> str:
    """Return a value for a reader, without secrets."""
    return "the default" if value is None else str(as_strings(shown(value)))


def turned(to: str, says: str, default: str | None = None, aliases: str = "") -> Callable[[Any, Any], str]:
    """Return what judges a switch.

    Args:
        to: the value that it must not get; other ones that mean the same in ``aliases``, with spaces between.
        says: what that does.
        default: the value of a switch that is left out; None where that is not known.
        aliases: see ``to``.
    """
    wrong = {to.lower(), *aliases.lower().split()}

    def judge(before: Any, after: Any) -> str:
        was, will = (text(value if value is not None else default).lower() for value in (before, after))
        if was in wrong:
            return ""
        if is_unknown(after) or (after is None and default is None):
            return f"is {_known(after)}: it may be that {says}"
        return f"is {'left out' if after is None else words(after)}: {says}" if will in wrong else ""

    return judge


def _known(value: Any) -> str:
    return "left out" if value is None else f"{words(value)}, which only the deployed stack knows"


def ordered(
    strict_first: str, says: str, default: str = "", unknown: bool = True
) -> Callable[[Any, Any], str]:
    """Return what judges values of which some are stricter than others.

    Args:
        strict_first: the values with spaces between, groups of those that are alike with ``=`` between.
        says: what a later one does.
        default: the value where there is none.
        unknown: whether a value that is not listed is mentioned, since it cannot be shown to be as strict.
    """
    ranks = {
        name: rank for rank, group in enumerate(strict_first.split()) for name in group.lower().split("=")
    }

    def judge(before: Any, after: Any) -> str:
        was, will = (ranks.get((text(value) or default).lower()) for value in (before, after))
        instead = f"is {words(after)} instead of {words(before)}"
        if was is not None and will is not None:
            return f"{instead}: {says}" if will > was else ""
        return f"{instead}: it may be that {says}" if unknown and before is not None else ""

    return judge


def lowered(says: str, default: float | None = None) -> Callable[[Any, Any], str]:
    """Return what judges a number that must not become smaller; ``default`` is the one that is left out."""
    return _numbers(says, default, lambda was, will: will < was)


def raised(says: str, default: float | None = None) -> Callable[[Any, Any], str]:
    """Return what judges a number that must not become greater; ``default`` is the one that is left out."""
    return _numbers(says, default, lambda was, will: will > was)


def _numbers(
    says: str, default: float | None, worse: Callable[[float, float], bool]
) -> Callable[[Any, Any], str]:
    def judge(before: Any, after: Any) -> str:
        try:
            was, will = (default if value is None else float(text(value)) for value in (before, after))
        except ValueError:
            return f"is {words(after)} instead of {words(before)}: it may be that {says}"
        if was is None or will is None or not worse(was, will):
            return ""
        return f"is {words(after)} instead of {words(before)}: {says}"

    return judge


def dropped(says: str) -> Callable[[Any, Any], str]:
    """Return what judges a value that must not go."""

    def judge(before: Any, after: Any) -> str:
        return f"is gone: {says}" if before not in (None, "") and after in (None, "") else ""

    return judge
