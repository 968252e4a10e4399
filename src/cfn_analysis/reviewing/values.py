"""Property values of a resource before and after a change, for the checks that judge a change."""

import json
import operator
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import Any, Final, NamedTuple

from cfn_analysis.model.data_files import document
from cfn_analysis.model.intrinsics import as_strings, is_unknown
from cfn_analysis.model.wiring import Node
from cfn_analysis.reviewing.findings import Problem
from cfn_analysis.reviewing.hiding import shown
from cfn_analysis.updates.comparison import identifying_key
from cfn_analysis.updates.resolved_stack import Resource, mentions
from cfn_analysis.updates.resource_changes import Cause, ResourceChange

OFF: Final = ("false", "disabled", "disable", "inactive", "off", "stopped", "paused", "suspended")
"""The values of switches that are off, in lower case."""


Judge = Callable[..., str]
"""Returns the problem of a new value from the old and the new value; empty if there is none."""


class ValueChange(NamedTuple):
    """A changed value; None if it is added or removed, ``of_item`` if that happens with its list item.

    Its path has list items by their identifier: ``DistributionConfig.Origins[api].Id``.
    """

    path: str
    before: Any
    after: Any
    of_item: bool = False


class Setting(NamedTuple):
    """A property that determines how open or how well protected a resource is, as the YAML files describe it.

    ``judge`` returns the problem of the new value, from the old and new value; empty if there is none.
    """

    types: tuple[str, ...]
    places: tuple[str, ...]
    judge: Callable[[Any, Any], str]
    of_items: bool

    def is_about_type(self, type_name: str) -> bool:
        """Return whether it judges values of resources of a type."""
        service = type_name.rpartition("::")[0]
        return not self.types or type_name in self.types or f"{service}::" in self.types

    def is_about(self, path: str) -> bool:
        """Return whether it judges the value at a path in a resource of its types."""
        return _ends(self.places).fullmatch(path) is not None


def tables(module: str) -> Mapping[str, Any]:
    """Return the content of the YAML file beside a module, which is given by its path."""
    content: Mapping[str, Any] = document(Path(module).with_suffix(".yaml"))
    return content


def settings(rows: Sequence[Mapping[str, Any]], judges: Mapping[str, Judge]) -> tuple[Setting, ...]:
    """Return the settings of a section of a YAML file, whose rows name one of ``judges``."""
    of_rows = []
    for row in rows:
        arguments = dict(row)
        types = tuple(arguments.pop("types", "").split())
        places = tuple(arguments.pop("places", "").split())
        of_items = arguments.pop("of_items", True)
        judge = judges[arguments.pop("judge")]
        of_rows.append(Setting(types, places, partial(judge, **arguments), of_items))
    return tuple(of_rows)


def value_changes(change: ResourceChange) -> Iterator[ValueChange]:
    """Yield every value of a resource that changes, except those that follow from a replacement."""
    for cause in change.causes:
        if cause.place and cause.follows is None:
            yield from parts(cause)


def without_moved_items(changes: Iterable[ValueChange]) -> Iterator[ValueChange]:
    """Yield changed values; an item of a list that only moves in it is neither removed nor added.

    Whether the order of a list counts is not judged here.
    """
    listed = list(changes)
    lists: dict[str, list[ValueChange]] = {}
    for change in listed:
        lists.setdefault(_list_of(change.path), []).append(change)
    for change in listed:
        list_path = _list_of(change.path)
        if not list_path:
            yield change
            continue
        before, after = change.before, change.after
        if before in [compared.after for compared in lists[list_path]]:
            before = None
        if after in [compared.before for compared in lists[list_path]]:
            after = None
        if before is not None or after is not None:
            yield change._replace(before=before, after=after)


def _list_of(path: str) -> str:
    """Return the path of the list that a path with a number at its end is in; otherwise an empty text."""
    item = re.fullmatch(r"(.*)\[\d+\]", path)
    if item is None:
        return ""
    return item[1]


def parts(cause: Cause) -> Iterator[ValueChange]:
    """Yield the values that a cause changes: of an added or removed mapping or list, each value in it."""
    yield from _parts(cause.path, cause.before, cause.after)


def values_of(resource: Resource) -> Iterator[ValueChange]:
    """Yield every value of a new resource."""
    for name, value in resource.properties.items():
        yield from _parts(name, None, value)


def _parts(path: str, before: Any, after: Any, *, of_item: bool = False) -> Iterator[ValueChange]:
    """Yield a difference; for an added or removed mapping or list with values, each value in it."""
    whole = before if after is None else after
    is_divided = (before is None) != (after is None) and not is_unknown(whole)
    if is_divided and isinstance(whole, Mapping) and whole:
        inner = [(f"{path}.{key}", part) for key, part in whole.items()]
        of_part = of_item or path.endswith("]")
    elif is_divided and isinstance(whole, list) and whole:
        inner = [(f"{path}[{name}]", part) for name, part in _named_items(whole)]
        of_part = of_item
    else:
        yield ValueChange(path, before, after, of_item)
        return
    for inner_path, part in inner:
        sides = (None, part) if before is None else (part, None)
        yield from _parts(inner_path, *sides, of_item=of_part)


def _named_items(items: list[Any]) -> list[tuple[str, Any]]:
    """Return the items of a list by their identifiers, or by their numbers."""
    identity = identifying_key(items, items)
    if identity is None:
        return [(str(number), value) for number, value in enumerate(items)]
    return [(str(row[identity]), row) for row in items]


def problems(
    change: ResourceChange, settings: tuple[Setting, ...], gone: Collection[Node] = ()
) -> Iterator[Problem]:
    """Yield the problems of the new values of a resource.

    Values that refer to a resource in ``gone``, which are removed, must be removed too.
    """
    for value in without_moved_items(value_changes(change)):
        if gone and any(mention.target in gone for mention in mentions(value.before, change.node.stack)):
            continue
        yield from judged(change.type, value, settings)


def judged(type_name: str, value: ValueChange, settings: tuple[Setting, ...]) -> Iterator[Problem]:
    """Yield the problem of a changed value; the first matching setting judges it."""
    setting = setting_of(type_name, value.path, settings)
    if setting is None:
        return
    is_removed_with_item = value.of_item and value.after is None
    if is_removed_with_item and not setting.of_items:
        return
    if problem := setting.judge(value.before, value.after):
        yield Problem(f"{value.path} {problem}", (value.path,))


@lru_cache(maxsize=1024)  # a value is judged by several lists of settings
def setting_of(type_name: str, path: str, settings: tuple[Setting, ...]) -> Setting | None:
    """Return the first setting that judges the value at a path in a resource; None if there is none."""
    return next((setting for setting in _of_type(type_name, settings) if setting.is_about(path)), None)


@cache
def _of_type(type_name: str, settings: tuple[Setting, ...]) -> tuple[Setting, ...]:
    return tuple(setting for setting in settings if setting.is_about_type(type_name))


@cache
def _ends(places: tuple[str, ...]) -> re.Pattern[str]:
    """Return the pattern of paths with one of some ends, in which ``[]`` is any item and ``*`` any text."""
    escaped = [
        re.escape(end).replace(re.escape("[]"), r"\[[^\]]*\]").replace(re.escape("*"), ".*") for end in places
    ]
    return re.compile(rf"(?:.*[.\]])?(?:{'|'.join(escaped)})", re.DOTALL)


def text(value: Any) -> str:
    """Return a value as CloudFormation passes it to the service; an unknown value has a unique text."""
    if value is None:
        return ""
    passed = as_strings(value)
    if isinstance(passed, str):
        return passed
    return json.dumps(value, sort_keys=True, default=str)


def with_default(value: Any, default: Any) -> Any:
    """Return a value, or the default that applies without one."""
    if value is None:
        return default
    return value


def words(value: Any) -> str:
    """Return a value for a report, without secrets."""
    if value is None:
        return "the default"
    return str(as_strings(shown(value)))


# The judges of settings: each returns the problem of a new value, or an empty text.


def must_not_be(
    before: Any, after: Any, *, to: str, effect: str, default: str | None = None, aliases: str = ""
) -> str:
    """Judge a setting with fixed values; ``aliases`` are other words for the problem ``to``."""
    wrong = {to.lower(), *aliases.lower().split()}
    was, will = (text(with_default(value, default)).lower() for value in (before, after))
    if was in wrong:
        return ""
    if is_unknown(after):
        return f"is {words(after)}, which is known only in the deployed stack: this may mean that {effect}"
    now = "left out" if after is None else words(after)
    if after is None and default is None:
        return f"is {now}: this may mean that {effect}"
    if will not in wrong:
        return ""
    return f"is {now}: {effect}"


def in_order(
    before: Any, after: Any, *, strict_first: str, effect: str, default: str = "", unknown: bool = True
) -> str:
    """Judge values in order of strictness, with ``=`` between equally strict ones.

    ``unknown`` is whether values that are not listed are reported, because they may be less strict.
    """
    ranks: dict[str, int] = {}
    for rank, equally_strict in enumerate(strict_first.lower().split()):
        ranks.update(dict.fromkeys(equally_strict.split("="), rank))
    was, will = (ranks.get((text(value) or default).lower()) for value in (before, after))
    instead = f"is {words(after)} instead of {words(before)}"
    if was is not None and will is not None:
        if will > was:
            return f"{instead}: {effect}"
        return ""
    if unknown and before is not None:
        return f"{instead}: this may mean that {effect}"
    return ""


def must_not_decrease(before: Any, after: Any, *, effect: str, default: float | None = None) -> str:
    """Judge a number, which is not negative; ``default`` applies if it is missing."""
    if text(with_default(before, default)) == "0":  # no other number is smaller
        return ""
    return _if_worse(before, after, effect, default, operator.lt)


def must_not_increase(before: Any, after: Any, *, effect: str) -> str:
    """Judge a limit; without a value, there is no limit."""
    if before is None:
        return ""
    if removed := must_not_be_removed(before, after, effect=effect):
        return removed
    return _if_worse(before, after, effect, None, operator.gt)


def _if_worse(
    before: Any, after: Any, effect: str, default: float | None, is_worse: Callable[[float, float], bool]
) -> str:
    """Return the problem of a number if it is worse than the old one, or may be."""
    instead = f"is {words(after)} instead of {words(before)}"
    try:
        was, will = (float(text(with_default(value, default))) for value in (before, after))
    except ValueError:  # it is known only in the deployed stack, or the default is not known
        return f"{instead}: this may mean that {effect}"
    if not is_worse(will, was):
        return ""
    return f"{instead}: {effect}"


def must_not_be_removed(before: Any, after: Any, *, effect: str) -> str:
    """Judge a value whose removal is a problem."""
    if before in (None, "") or after not in (None, ""):
        return ""
    return f"is removed: {effect}"


def must_not_grow(before: Any, after: Any, *, effect: str, default: float | None = None) -> str:
    """Judge a number; ``default`` applies if it is missing."""
    return _if_worse(before, after, effect, default, operator.gt)


def must_stay_zero(before: Any, after: Any, *, effect: str) -> str:
    """Judge a number that must not become greater than 0; without a value, it is unknown."""
    if before is None or text(before) not in ("0", "0.0") or after is None:
        return ""
    return _if_worse(before, after, effect, None, operator.gt)


def must_stay_unlimited(before: Any, after: Any, *, unlimited: str, effect: str) -> str:
    """Judge a limit that must not be set or decrease; without a value, or ``unlimited``, there is none."""
    was, will = (None if text(value) == unlimited else value for value in (before, after))
    if will is None:
        return ""
    if was is None:
        return f"is {words(will)}: {effect}"
    return must_not_decrease(was, will, effect=effect)


def must_stay_in_order(before: Any, after: Any, *, strict_first: str, effect: str) -> str:
    """Judge values in order of strictness, of which none is not strict at all."""
    removed = must_not_be_removed(before, after, effect=effect)
    return removed or in_order(before, after, strict_first=strict_first, effect=effect, unknown=False)


def must_list(before: Any, after: Any, *, effect: str) -> str:
    """Judge a text of values with commas between them, which must not lose one."""
    if before is None:
        return ""
    if is_unknown(before) or is_unknown(after):
        return f"is {words(after)} instead of {words(before)}: this may mean that {effect}"
    lost = [value for value in _listed(before) if value not in _listed(after)]
    if not lost:
        return ""
    return f"no longer has {', '.join(lost)}: {effect}"


def must_not_list(before: Any, after: Any, *, values: str, effect: str) -> str:
    """Judge a text of values with commas between them, which must not get one of some values."""
    if after is None:
        return ""
    if is_unknown(before) or is_unknown(after):
        return f"is {words(after)} instead of {words(before)}: this may mean that {effect}"
    added = [value for value in _listed(after) if value in values.split() and value not in _listed(before)]
    if not added:
        return ""
    return f"has {', '.join(added)}: {effect}"


def _listed(value: Any) -> list[str]:
    parts = [part.strip() for part in text(value).split(",")]
    return [part for part in parts if part]


JUDGES: Final[Mapping[str, Judge]] = {
    "in_order": in_order,
    "must_list": must_list,
    "must_not_be": must_not_be,
    "must_not_be_removed": must_not_be_removed,
    "must_not_decrease": must_not_decrease,
    "must_not_grow": must_not_grow,
    "must_not_increase": must_not_increase,
    "must_not_list": must_not_list,
    "must_stay_in_order": must_stay_in_order,
    "must_stay_unlimited": must_stay_unlimited,
    "must_stay_zero": must_stay_zero,
}
"""The judges that the rows of every YAML file can name."""
