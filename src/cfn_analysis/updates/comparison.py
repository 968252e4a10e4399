"""Compares the properties of a resource as CloudFormation resolves them.

The values are those of ``partial_resolving``. The order of a list counts unless the schema of the type
declares it irrelevant; numbers and booleans are equal to their texts; a document can be written as text.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Final, NamedTuple

from cfn_analysis.model.intrinsics import as_strings, is_unknown, parts_of_sub
from cfn_analysis.model.references import Place
from cfn_analysis.model.schemas import SchemasError, property_schema, resource_schema
from cfn_analysis.updates.partial_resolving import GIVEN, HIDDEN, IN, STORED

# Keys that identify the items of a list, for different types.
_IDENTITIES: Final = (
    "Key", "Id", "Name", "Sid", "PolicyName", "ParameterName", "ParameterKey", "AttributeName", "IndexName",
    "HeaderName", "DeviceName", "HttpMethod", "PathPattern", "LogicalName", "StatusCode", "Header",
)  # fmt: skip

Expand = Callable[[Any], Any]


class Difference(NamedTuple):
    """A difference, as deep in the properties as it can be determined.

    Attributes:
        place: keys and indexes from the properties, on the side that has the value.
        name: the place in words, with list items by their identifier.
        before: the old value; None if there is none.
        after: the new value; None if there is none.
        certain: whether the values differ in the deployed stack independent of their unknown parts.
    """

    place: Place
    name: str
    before: Any
    after: Any
    certain: bool


def differences(
    type_name: str,
    region: str,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    expand: tuple[Expand, Expand] = (lambda value: value, lambda value: value),
) -> list[Difference]:
    """Return the differences of the properties of a resource, in the order of the new ones.

    Args:
        type_name: such as ``AWS::EC2::VPC``; for a type without a schema only the texts are compared.
        region: region of the stack.
        before: resolved properties.
        after: the new value; None if there is none.
        expand: for each side, a function that replaces references to named resources with their names.
    """
    return list(_Comparison(type_name, region, expand).compare(before, after, (), ""))


class _Comparison:
    def __init__(self, type_name: str, region: str, expand: tuple[Expand, Expand]) -> None:
        self.type = type_name
        self.region = region
        self.expand_before, self.expand_after = expand

    def compare(self, before: Any, after: Any, place: Place, name: str) -> Iterator[Difference]:
        if isinstance(before, str) != isinstance(after, str) and "object" in self._kinds(place):
            before, after = _parsed(before), _parsed(after)
        if self._canonical(before, place) == self._canonical(after, place):
            return
        if _is_mapping(before) and _is_mapping(after):
            for key in dict.fromkeys([*after, *before]):
                inner = f"{name}.{key}" if name else key
                yield from self.compare(before.get(key), after.get(key), (*place, key), inner)
        elif isinstance(before, list) and isinstance(after, list):
            yield from self._compare_lists(before, after, place, name)
        else:
            one, other = self.expand_before(before), self.expand_after(after)
            if self._canonical(one, place) != self._canonical(other, place):
                certain = differ_for_certain(before, after) or differ_for_certain(one, other)
                yield Difference(place, name, before, after, certain)

    def _compare_lists(
        self, before: list[Any], after: list[Any], place: Place, name: str
    ) -> Iterator[Difference]:
        if identity := _identity(before, after):
            old = {str(item[identity]): index for index, item in enumerate(before)}
            new = {str(item[identity]): index for index, item in enumerate(after)}
            for key in dict.fromkeys([*new, *old]):
                one = before[old[key]] if key in old else None
                other = after[new[key]] if key in new else None
                index = new[key] if key in new else old[key]
                yield from self.compare(one, other, (*place, index), f"{name}[{key}]")
            in_both = [key for key in new if key in old]
            if in_both != [key for key in old if key in new] and not self.is_unordered(place):
                yield Difference(place, name, before, after, certain=True)
            return
        left: Sequence[tuple[int, Any]] = list(enumerate(before))
        right: Sequence[tuple[int, Any]] = list(enumerate(after))
        if self.is_unordered(place):
            left, right = self._without_common(left, right, place)
            paired = len(left) if len(left) == len(right) else 0
        else:
            left, right = self._without_common_ends(left, right, place)
            paired = min(len(left), len(right))
        for (_, one), (index, other) in zip(left[:paired], right[:paired], strict=True):
            yield from self.compare(one, other, (*place, index), f"{name}[{index}]")
        for index, item in left[paired:]:
            yield Difference((*place, index), f"{name}[{index}]", item, None, certain=True)
        for index, item in right[paired:]:
            yield Difference((*place, index), f"{name}[{index}]", None, item, certain=True)

    def _without_common(
        self, left: Sequence[tuple[int, Any]], right: Sequence[tuple[int, Any]], place: Place
    ) -> tuple[list[tuple[int, Any]], list[tuple[int, Any]]]:
        rest = list(right)
        only_left = []
        for index, item in left:
            text = self._canonical(item, (*place, 0))
            same = next((one for one in rest if self._canonical(one[1], (*place, 0)) == text), None)
            if same is None:
                only_left.append((index, item))
            else:
                rest.remove(same)
        return only_left, rest

    def _without_common_ends(
        self, left: Sequence[tuple[int, Any]], right: Sequence[tuple[int, Any]], place: Place
    ) -> tuple[Sequence[tuple[int, Any]], Sequence[tuple[int, Any]]]:
        def same(one: tuple[int, Any], other: tuple[int, Any]) -> bool:
            texts = (self._canonical(item, (*place, 0)) for _, item in (one, other))
            return next(texts) == next(texts)

        shorter = min(len(left), len(right))
        start = 0
        while start < shorter and same(left[start], right[start]):
            start += 1
        end = 0
        while end < shorter - start and same(left[-1 - end], right[-1 - end]):
            end += 1
        return left[start : len(left) - end], right[start : len(right) - end]

    def is_unordered(self, place: Place) -> bool:
        """Return whether the order of a list is irrelevant."""
        schema = _schema(self.type, self.region, _in_schema(place))
        return schema.get("insertionOrder") is False or place == (_tag_property(self.type, self.region),)

    def _kinds(self, place: Place) -> set[str]:
        kinds = _schema(self.type, self.region, _in_schema(place)).get("type", [])
        return {kinds} if isinstance(kinds, str) else set(kinds)

    def _canonical(self, value: Any, place: Place) -> str:
        return json.dumps(self._plain(value, place), sort_keys=True)

    def _plain(self, value: Any, place: Place) -> Any:
        if value is None:
            return value
        if isinstance(value, Mapping):
            return {key: self._plain(item, (*place, key)) for key, item in value.items()}
        if isinstance(value, list):
            items = [self._plain(item, (*place, 0)) for item in value]
            if self.is_unordered(place):
                items.sort(key=lambda item: json.dumps(item, sort_keys=True))
            return items
        text = str(as_strings(value))
        if self._kinds(place) in ({"number"}, {"integer"}):
            try:
                return float(text)
            except ValueError:
                return text
        return text


def differ_for_certain(before: Any, after: Any) -> bool:
    """Return whether two values with different texts differ in every deployed stack."""
    if before is None or after is None:
        return not any(is_unknown(value) and "Fn::If" in value for value in (before, after))
    if not _holds_unknown(before) and not _holds_unknown(after):
        return True
    match before, after:
        case {"Fn::Hidden": _}, {"Fn::Hidden": _}:
            return True
        case {"Ref": str(one)}, {"Ref": str(other)}:
            return one != other and not (one.startswith("AWS::") or other.startswith("AWS::"))
        case {"Fn::GetAtt": [str(one), attribute]}, {"Fn::GetAtt": [str(other), same]}:
            return one != other and attribute == same
        case {"Fn::In": [_, {"Ref": _}]}, {"Fn::In": [_, {"Ref": _}]}:
            return bool(before != after)
        case {"Fn::If": [_, yes, no, one]}, {"Fn::If": [_, new_yes, new_no, other]} if one == other:
            pairs = ((yes, new_yes), (no, new_no))  # of the same condition
            return all(pair[0] != pair[1] and differ_for_certain(*pair) for pair in pairs)
    old, new = parts_of_sub(before), parts_of_sub(after)
    if old is None or new is None or len(old) != len(new):
        return False
    differing = [pair for pair in zip(old, new, strict=True) if pair[0] != pair[1]]
    if all(isinstance(part, str) for pair in differing for part in pair):
        return bool(differing)
    return len(differing) == 1 and differ_for_certain(*differing[0])


def _holds_unknown(value: Any) -> bool:
    """Return whether a part of a value is known only in the deployed stack."""
    if isinstance(value, str):
        return "{{resolve:" in value
    if isinstance(value, list):
        return any(map(_holds_unknown, value))
    return is_unknown(value) or (isinstance(value, dict) and any(map(_holds_unknown, value.values())))


def in_stack(stack: str, value: Any) -> Any:
    """Return a value of a stack for another stack, with references to its resources marked."""
    if not is_unknown(value):
        return [in_stack(stack, item) for item in value] if isinstance(value, list) else value
    if set(value) & {GIVEN, HIDDEN, IN, STORED} or not _names_resource(value):
        return value
    return {IN: [stack, value]}


def _names_resource(value: Any) -> bool:
    match value:
        case {"Ref": str(name)}:
            return not name.startswith("AWS::")
        case {"Fn::GetAtt": _}:
            return True
        case {"Fn::Sub": _} if (parts := parts_of_sub(value)) is not None:
            return any(map(_names_resource, parts))
        case dict():
            return any(map(_names_resource, value.values()))
        case list():
            return any(map(_names_resource, value))
    return False


def _parsed(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        found = json.loads(value)
    except ValueError:
        return value
    return found if isinstance(found, dict) else value


def _is_mapping(value: Any) -> bool:
    return isinstance(value, Mapping) and not is_unknown(value)


def _identity(before: list[Any], after: list[Any]) -> str | None:
    """Return the key whose values identify the items of both lists."""
    if not all(_is_mapping(item) for item in [*before, *after]):
        return None
    for key in _IDENTITIES:
        values = [[item.get(key) for item in items] for items in (before, after)]
        if all(
            all(isinstance(one, str | int) for one in some) and len(set(map(str, some))) == len(some)
            for some in values
        ):
            return key
    return None


def _in_schema(place: Place) -> tuple[str, ...]:
    return tuple("*" if isinstance(step, int) else step for step in place)


@cache
def _schema(type_name: str, region: str, place: tuple[str, ...]) -> Mapping[str, Any]:
    try:
        return property_schema(type_name, region, place)
    except SchemasError:
        return {}


@cache
def _tag_property(type_name: str, region: str) -> str:
    try:
        return resource_schema(type_name, region).tag_property
    except SchemasError:
        return ""
