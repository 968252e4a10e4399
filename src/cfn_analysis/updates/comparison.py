"""Compares the properties of a resource as CloudFormation resolves them.

The values are those of ``partial_resolving``. The order of a list counts unless the schema of the type
declares it irrelevant; numbers and booleans are equal to their texts; a document can be written as text.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from itertools import takewhile
from typing import Any, Final, NamedTuple

from cfn_analysis.model.intrinsics import as_strings, is_unknown, parts_of_sub
from cfn_analysis.model.references import Place
from cfn_analysis.model.schemas import known_property_schema, known_schema

# Keys that identify the items of a list, for different types.
_IDENTITIES: Final = (
    "Key", "Id", "Name", "Sid", "PolicyName", "ParameterName", "ParameterKey", "AttributeName", "IndexName",
    "HeaderName", "DeviceName", "HttpMethod", "PathPattern", "LogicalName", "StatusCode", "Header",
)  # fmt: skip

_NUMBERS: Final = (frozenset({"number"}), frozenset({"integer"}))

WithNames = Callable[[Any], Any]


class Difference(NamedTuple):
    """A difference, as deep in the properties as it can be determined; None means that there is no value.

    Attributes:
        place: keys and indexes from the properties, on the side that has the value.
        path: the place in words, with list items by their identifier.
        certain: whether the values differ in the deployed stack independent of their unknown parts.
    """

    place: Place
    path: str
    before: Any
    after: Any
    certain: bool


def differences(
    type_name: str,
    region: str,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    with_names: tuple[WithNames, WithNames] = (lambda value: value, lambda value: value),
) -> list[Difference]:
    """Return the differences of the resolved properties of a resource, in the order of the new ones.

    ``with_names`` replaces references to named resources with their names, on each side. For a type without a
    schema, only the texts are compared.
    """
    return list(_Comparison(type_name, region, *with_names).compare(before, after, (), ""))


class _Comparison(NamedTuple):
    type: str
    region: str
    with_old_names: WithNames
    with_new_names: WithNames

    def compare(self, before: Any, after: Any, place: Place, path: str) -> Iterator[Difference]:
        if isinstance(before, str) != isinstance(after, str) and "object" in self._kinds(place):
            before, after = _json_object(before), _json_object(after)
        if _is_same(before, after) or self._canonical(before, place) == self._canonical(after, place):
            return
        if _is_mapping(before) and _is_mapping(after):
            for key in dict.fromkeys([*after, *before]):
                inner = f"{path}.{key}" if path else key
                yield from self.compare(before.get(key), after.get(key), (*place, key), inner)
        elif isinstance(before, list) and isinstance(after, list):
            if identity := identifying_key(before, after):
                yield from self._compare_by_key(before, after, place, path, identity)
            else:
                yield from self._compare_by_index(before, after, place, path)
        else:
            old, new = self.with_old_names(before), self.with_new_names(after)
            if self._canonical(old, place) != self._canonical(new, place):
                yield Difference(
                    place, path, before, after, differ_for_certain_with_names((before, after), (old, new))
                )

    def _compare_by_key(
        self, before: list[Any], after: list[Any], place: Place, path: str, identity: str
    ) -> Iterator[Difference]:
        old = {str(row[identity]): row for row in before}
        new = {str(row[identity]): row for row in after}
        index_of = {key: index for index, key in [*enumerate(old), *enumerate(new)]}
        for key in dict.fromkeys([*new, *old]):
            yield from self.compare(old.get(key), new.get(key), (*place, index_of[key]), f"{path}[{key}]")
        is_moved = [key for key in new if key in old] != [key for key in old if key in new]
        if is_moved and not self.is_unordered(place):
            yield Difference(place, path, before, after, certain=True)

    def _compare_by_index(
        self, before: list[Any], after: list[Any], place: Place, path: str
    ) -> Iterator[Difference]:
        old, new = self._entries(before, place), self._entries(after, place)
        if self.is_unordered(place):
            removed, added = _without_common(old, new)
            paired = len(removed) if len(removed) == len(added) else 0
        else:
            removed, added = _without_common_ends(old, new)
            paired = min(len(removed), len(added))
        for was, will in zip(removed[:paired], added[:paired], strict=True):
            yield from self.compare(was.value, will.value, (*place, will.at), f"{path}[{will.at}]")
        for entry in removed[paired:]:
            certain = differ_for_certain(entry.value, None)
            yield Difference((*place, entry.at), f"{path}[{entry.at}]", entry.value, None, certain)
        for entry in added[paired:]:
            certain = differ_for_certain(None, entry.value)
            yield Difference((*place, entry.at), f"{path}[{entry.at}]", None, entry.value, certain)

    def _entries(self, values: list[Any], place: Place) -> list["_Entry"]:
        of_entry = (*place, 0)
        return [_Entry(at, value, self._canonical(value, of_entry)) for at, value in enumerate(values)]

    def is_unordered(self, place: Place) -> bool:
        """Return whether the order of a list is irrelevant."""
        return _is_unordered(self.type, self.region, place)

    def _kinds(self, place: Place) -> frozenset[str]:
        return _kinds(self.type, self.region, place)

    def _canonical(self, value: Any, place: Place) -> str:
        return json.dumps(self._plain(value, place), sort_keys=True)

    def _plain(self, value: Any, place: Place) -> Any:
        if value is None:
            return value
        if isinstance(value, Mapping):
            return {key: self._plain(member, (*place, key)) for key, member in value.items()}
        if isinstance(value, list):
            members = [self._plain(member, (*place, 0)) for member in value]
            if self.is_unordered(place):
                members.sort(key=lambda member: json.dumps(member, sort_keys=True))
            return members
        text = str(as_strings(value))
        if self._kinds(place) in _NUMBERS:
            try:
                return float(text)
            except ValueError:
                return text
        return text


@cache
def _is_unordered(type_name: str, region: str, place: Place) -> bool:
    schema = known_property_schema(type_name, region, _in_schema(place))
    tags = known_schema(type_name, region).tag_property
    return schema.get("insertionOrder") is False or place == (tags,)


@cache
def _kinds(type_name: str, region: str, place: Place) -> frozenset[str]:
    """Return the types that the schema of a property lists."""
    kinds = known_property_schema(type_name, region, _in_schema(place)).get("type", [])
    return frozenset([kinds] if isinstance(kinds, str) else kinds)


class _Entry(NamedTuple):
    """An entry of a list, with a text that is the same for equal values."""

    at: int
    value: Any
    text: str


def _without_common(old: list[_Entry], new: list[_Entry]) -> tuple[list[_Entry], list[_Entry]]:
    common = Counter(entry.text for entry in old) & Counter(entry.text for entry in new)
    return _without_texts(old, common), _without_texts(new, common)


def _without_texts(entries: list[_Entry], texts: Counter[str]) -> list[_Entry]:
    """Return the entries without the first ones of each text, as many as ``texts`` has of it."""
    remaining = Counter(texts)
    rest = []
    for entry in entries:
        remaining[entry.text] -= 1
        if remaining[entry.text] < 0:
            rest.append(entry)
    return rest


def _without_common_ends(old: list[_Entry], new: list[_Entry]) -> tuple[list[_Entry], list[_Entry]]:
    start = _common_start(old, new)
    end = _common_start(old[start:][::-1], new[start:][::-1])
    return old[start : len(old) - end], new[start : len(new) - end]


def _common_start(old: list[_Entry], new: list[_Entry]) -> int:
    pairs = zip(old, new, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0].text == pair[1].text, pairs))


def differ_for_certain_with_names(values: tuple[Any, Any], named_values: tuple[Any, Any]) -> bool:
    """Return whether two values differ for certain, as they are or with the names of resources.

    The attributes of two resources can be equal if they are properties, so they count only with their values.
    """
    return differ_for_certain(*named_values) or differ_for_certain(*values, attributes=False)


def differ_for_certain(before: Any, after: Any, *, attributes: bool = True) -> bool:
    """Return whether two values with different texts differ in every deployed stack.

    ``attributes`` is whether the attributes of two resources differ as their IDs do.
    """
    if before is None or after is None:  # a branch of Fn::If can be AWS::NoValue
        return not (_is_condition(before) or _is_condition(after))
    if not has_deployed_part(before) and not has_deployed_part(after):  # a, b
        return True
    match before, after:
        case {"Fn::Hidden": _}, {"Fn::Hidden": _}:  # the digests of two NoEcho values
            return True
        case {"Fn::Base64": old}, {"Fn::Base64": new}:  # the code of each text is another one
            return differ_for_certain(old, new, attributes=attributes)
        case {"Ref": str(old)}, {"Ref": str(new)}:  # !Ref A, !Ref B: two resources have two IDs
            return old != new and not (old.startswith("AWS::") or new.startswith("AWS::"))
        case {"Fn::GetAtt": [str(old), attribute]}, {"Fn::GetAtt": [str(new), new_attribute]}:
            return attributes and old != new and attribute == new_attribute  # ${A.Arn}, ${B.Arn}
        case {"Fn::FindInMap": [*old, str(rows)]}, {"Fn::FindInMap": [*new, str(new_rows)]} if old == new:
            return _rows_differ(json.loads(rows), json.loads(new_rows))  # the same keys of edited rows
        case {"Fn::In": [_, {"Ref": _}]}, {"Fn::In": [_, {"Ref": _}]}:  # the same of other stacks
            return bool(before != after)
        case {"Fn::If": [_, yes, no, old]}, {"Fn::If": [_, new_yes, new_no, new]} if old == new:
            if yes == new_yes or no == new_no:  # a or b, c or d: in each case of the same condition
                return False
            if not differ_for_certain(yes, new_yes, attributes=attributes):
                return False
            return differ_for_certain(no, new_no, attributes=attributes)
    return _texts_differ_for_certain(parts_of_sub(before), parts_of_sub(after), attributes=attributes)


def _is_condition(value: Any) -> bool:
    return is_unknown(value) and "Fn::If" in value


def _rows_differ(before: Any, after: Any) -> bool:
    """Return whether each value in the rows of a mapping is another one afterwards."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        return all(_rows_differ(value, after.get(key)) for key, value in before.items())
    return bool(before != after)


def _texts_differ_for_certain(before: list[Any] | None, after: list[Any] | None, *, attributes: bool) -> bool:
    """Return whether the texts of two lists of parts differ for certain."""
    if before is None or after is None:
        return False
    has_other_length = _length_of_known(before) != _length_of_known(after)
    if has_other_length and _unknown_parts(before) == _unknown_parts(after):  # a-${A}, aa-${A}
        return True
    if len(before) != len(after):
        return False
    differing = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    if not any(has_deployed_part(old) or has_deployed_part(new) for old, new in differing):  # a-${A}, b-${A}
        return bool(differing)
    return len(differing) == 1 and differ_for_certain(*differing[0], attributes=attributes)  # a-${A}, a-${B}


def _length_of_known(parts: list[Any]) -> int:
    return sum(len(part) for part in parts if not has_deployed_part(part))


def _unknown_parts(parts: list[Any]) -> Counter[str]:
    """Return how often each unknown part occurs."""
    return Counter(json.dumps(part, sort_keys=True) for part in parts if has_deployed_part(part))


def has_deployed_part(value: Any) -> bool:
    """Return whether a part of a value is known only in the deployed stack."""
    if isinstance(value, str):
        return "{{resolve:" in value
    if isinstance(value, list):
        return any(has_deployed_part(member) for member in value)
    if is_unknown(value):
        return True
    return isinstance(value, dict) and any(has_deployed_part(member) for member in value.values())


def _json_object(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        document = json.loads(value)
    except ValueError:
        return value
    if isinstance(document, dict):
        return document
    return value


def _is_same(before: Any, after: Any) -> bool:
    """Return whether values are written the same; True and 1 are equal, but are not."""
    return before == after and repr(before) == repr(after)


def _is_mapping(value: Any) -> bool:
    return isinstance(value, Mapping) and not is_unknown(value)


def identifying_key(before: Any, after: Any) -> str | None:
    """Return the key whose values identify the rows of both lists; None for other values."""
    if not isinstance(before, list) or not isinstance(after, list):
        return None
    if not all(_is_mapping(row) for row in [*before, *after]):
        return None
    for key in _IDENTITIES:
        if _identifies(key, before) and _identifies(key, after):
            return key
    return None


def _identifies(key: str, rows: list[Any]) -> bool:
    """Return whether each row has another value of a key."""
    values = [row.get(key) for row in rows]
    if not all(isinstance(value, str | int) for value in values):
        return False
    return len({str(value) for value in values}) == len(rows)


def path_of_place(before: Mapping[str, Any], after: Mapping[str, Any], place: Place) -> str:
    """Return a place in the properties of a resource as a difference does, on the side that has it."""
    path = ""
    old: Any = before
    new: Any = after
    for step in place:
        if isinstance(step, int):
            path += f"[{_identifier(old, new, step)}]"
        elif path:
            path += f".{step}"
        else:
            path = step
        old, new = _member(old, step), _member(new, step)
    return path


def _identifier(before: Any, after: Any, index: int) -> Any:
    """Return the identifier of an item of a list that is on one side or on both; otherwise its index."""
    rows = after if isinstance(after, list) else before
    old_rows = before if isinstance(before, list) else rows
    key = identifying_key(old_rows, rows)
    if key is None or index >= len(rows):
        return index
    return rows[index][key]


def _member(value: Any, step: str | int) -> Any:
    if isinstance(step, str):
        return value.get(step) if isinstance(value, Mapping) else None
    if isinstance(value, list) and step < len(value):
        return value[step]
    return None


def _in_schema(place: Place) -> tuple[str, ...]:
    return tuple("*" if isinstance(step, int) else step for step in place)
