"""Cases in which a change of a property replaces a resource, does not interrupt it, or is refused by AWS.

``facts.yaml`` names these functions, and has their sources. Each returns whether a change is of its kind.
"""

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any, Final, NamedTuple

from cfn_analysis.model.intrinsics import as_strings, is_unknown
from cfn_analysis.model.references import as_list, value_at
from cfn_analysis.model.three_valued import NO, UNKNOWN, YES, Truth, all_of, truth_of
from cfn_analysis.updates.comparison import differences, has_deployed_part

Properties = Mapping[str, Any]


class ChangedProperties(NamedTuple):
    """The resolved properties of a resource before and after, and its new attributes: ``UpdatePolicy`` ..."""

    before: Properties
    after: Properties
    attributes: Mapping[str, Any]


Case = Callable[[ChangedProperties, str], Truth]
"""Returns whether the change of a property, given by its name, is of a kind."""


def known_text(properties: Properties, name: str) -> str | None:
    """Return a property as text; None if it is missing, or known only in the deployed stack."""
    value = properties.get(name)
    if value is None or isinstance(value, dict | list):
        return None
    return str(as_strings(value))


def _texts(changed: ChangedProperties, name: str) -> tuple[str | None, str | None]:
    return known_text(changed.before, name), known_text(changed.after, name)


def _values(changed: ChangedProperties, name: str) -> tuple[Any, Any]:
    return changed.before.get(name), changed.after.get(name)


def _has_value(value: Any) -> Truth:
    if is_unknown(value):
        return UNKNOWN
    return truth_of(value not in (None, ""))


def _compared(changed: ChangedProperties, name: str, is_worse: Callable[[str, str], bool]) -> Truth:
    """Return whether AWS refuses the new text: unknown if a text is not known, no if one is missing."""
    before, after = _values(changed, name)
    if before is None or after is None:
        return NO
    if has_deployed_part([before, after]):
        return UNKNOWN
    return truth_of(is_worse(str(as_strings(before)), str(as_strings(after))))


def _changes(before: str | None, after: str | None, in_place: Collection[tuple[str, str]]) -> Truth:
    """Return whether a text changes, except as one of some pairs."""
    if before is None or after is None:
        return UNKNOWN
    return truth_of(before != after and (before, after) not in in_place)


def _rows(value: Any, key: str) -> dict[str, Mapping[str, Any]] | None:
    """Return the rows of a list by the value of a key; None if a part of them is not known."""
    rows = as_list(value)
    if any(not isinstance(row, Mapping) or not isinstance(row.get(key), str) for row in rows):
        return None
    return {row[key]: row for row in rows}


def _same(first: Any, second: Any) -> Truth:
    if first != second and (has_deployed_part(first) or has_deployed_part(second)):
        return UNKNOWN
    return truth_of(as_strings(first) == as_strings(second))


# For properties of any type.


def always(_changed: ChangedProperties, _name: str) -> Truth:
    """Return ``YES``."""
    return YES


def never(_changed: ChangedProperties, _name: str) -> Truth:
    """Return ``NO``, for a property that its schema lists as a possible replacement."""
    return NO


def disputed(_changed: ChangedProperties, _name: str) -> Truth:
    """Return ``UNKNOWN``, for a property about which the sources differ."""
    return UNKNOWN


def differs(changed: ChangedProperties, name: str) -> Truth:
    """Return whether the property itself changes, not only what it refers to."""
    before, after = _values(changed, name)
    return truth_of(before != after)


def smaller(changed: ChangedProperties, name: str) -> Truth:
    """Return whether a number decreases. The page of each such property says that AWS refuses it."""
    try:
        return _compared(changed, name, lambda before, after: float(after) < float(before))
    except ValueError:
        return UNKNOWN


def given_before(changed: ChangedProperties, name: str) -> Truth:
    """Return whether the property had a value."""
    return _has_value(changed.before.get(name))


def given_after(changed: ChangedProperties, name: str) -> Truth:
    """Return whether the property has a value."""
    return _has_value(changed.after.get(name))


def comes_or_goes(changed: ChangedProperties, name: str) -> Truth:
    """Return whether the property is added or removed."""
    before, after = _values(changed, name)
    if is_unknown(before) or is_unknown(after):
        return UNKNOWN
    return truth_of(not before or not after)


def stays(changed: ChangedProperties, name: str) -> Truth:
    """Return whether the property has a value before and after."""
    return ~comes_or_goes(changed, name)


def _version(text: str) -> list[int]:
    return [int(digits) for digits in re.findall("[0-9]+", text)]


def older(changed: ChangedProperties, name: str) -> Truth:
    """Return whether a version decreases. The page of each such property says that AWS refuses it."""
    return _compared(changed, name, _is_older)


def _is_older(before: str, after: str) -> bool:
    # Versions of OpenSearch follow those of Elasticsearch.
    old = [before.startswith("OpenSearch"), *_version(before)]
    new = [after.startswith("OpenSearch"), *_version(after)]
    shortest = min(len(old), len(new))
    return new[:shortest] < old[:shortest]


# For certain types.


def replacing_policy(changed: ChangedProperties, _name: str) -> Truth:
    """Return whether the UpdatePolicy of an Auto Scaling group replaces it."""
    will_replace = value_at(changed.attributes, ("UpdatePolicy", "AutoScalingReplacingUpdate", "WillReplace"))
    if is_unknown(will_replace):
        return UNKNOWN
    return truth_of(str(as_strings(will_replace)) == "true")


def attribute_retyped(changed: ChangedProperties, name: str) -> Truth:
    """Return whether an attribute of a table changes its type."""
    old, new = (_rows(value, "AttributeName") for value in _values(changed, name))
    if old is None or new is None:
        return UNKNOWN
    in_both = old.keys() & new.keys()
    return truth_of(any(old[key].get("AttributeType") != new[key].get("AttributeType") for key in in_both))


def two_indexes(changed: ChangedProperties, name: str) -> Truth:
    """Return whether more than one index of a table is added or removed."""
    old, new = (_rows(value, "IndexName") for value in _values(changed, name))
    if old is None or new is None:
        return UNKNOWN
    return truth_of(len(old.keys() ^ new.keys()) > 1)


def index_edited(changed: ChangedProperties, name: str) -> Truth:
    """Return whether an index of a table changes its key schema or its projection."""
    old, new = (_rows(value, "IndexName") for value in _values(changed, name))
    if old is None or new is None:
        return UNKNOWN
    for index in old.keys() & new.keys():
        for key in ("KeySchema", "Projection"):
            if old[index].get(key) != new[index].get(key):
                return YES
    return NO


def ttl_attribute(changed: ChangedProperties, name: str) -> Truth:
    """Return whether the attribute of the time to live changes while it is on.

    The page says that AWS refuses it, so it may be refused if one of the values is not known.
    """
    old, new = _values(changed, name)
    if old is None or new is None:
        return NO
    if not isinstance(old, Mapping) or not isinstance(new, Mapping) or is_unknown(old) or is_unknown(new):
        return UNKNOWN
    is_on = [_same(ttl.get("Enabled", False), True) for ttl in (old, new)]
    return all_of([*is_on, ~_same(old.get("AttributeName"), new.get("AttributeName"))])


def tenancy(changed: ChangedProperties, name: str) -> Truth:
    """Return whether the tenancy of a VPC changes, except from dedicated to default."""
    before = known_text({name: "default", **changed.before}, name)
    after = known_text({name: "default", **changed.after}, name)
    return _changes(before, after, {("dedicated", "default")})


def instance_engine(changed: ChangedProperties, name: str) -> Truth:
    """Return whether a DB instance gets an engine to which it cannot be upgraded."""
    before, after = _texts(changed, name)
    if before is None or after is None:
        return UNKNOWN
    in_place = {
        ("aurora", "aurora-mysql"), ("oracle-se", "oracle-se2"), ("oracle-se1", "oracle-se2"),
        ("oracle-ee", "oracle-ee-cdb"), ("oracle-se2", "oracle-se2-cdb"),
    }  # fmt: skip
    return _changes(before.lower(), after.lower(), in_place)


def cluster_engine(changed: ChangedProperties, name: str) -> Truth:
    """Return whether a DB cluster gets another engine, except from aurora to aurora-mysql."""
    return _changes(*_texts(changed, name), {("aurora", "aurora-mysql")})


def instance_zone(changed: ChangedProperties, name: str) -> Truth:
    """Return whether a DB instance gets another zone; with MultiAZ, it can lose its own."""
    zone = given_after(changed, name)
    if zone is YES:
        return YES
    if zone is UNKNOWN or is_unknown(changed.after.get("MultiAZ")):
        return UNKNOWN
    return truth_of(known_text(changed.after, "MultiAZ") != "true")


def major_without_consent(changed: ChangedProperties, name: str) -> Truth:
    """Return whether a DB instance gets a new major version without AllowMajorVersionUpgrade.

    The page says that RDS refuses it.
    """
    engine = changed.after.get("Engine")
    if engine is None or str(engine).startswith("aurora"):
        return NO

    def is_major(before: str, after: str) -> bool:
        old, new = _version(before), _version(after)
        parts = 2  # 8.0 and 8.4 of MySQL are major versions
        if engine == "postgres" and old[:1] >= [10]:
            parts = 1
        return len(old) >= parts and len(new) >= parts and new[:parts] > old[:parts]

    is_of_engine = UNKNOWN if has_deployed_part(engine) else YES
    is_refused = ~_same(changed.after.get("AllowMajorVersionUpgrade", False), True)
    return all_of([_compared(changed, name, is_major), is_refused, is_of_engine])


def backups_go_on(changed: ChangedProperties, name: str) -> Truth:
    """Return whether a DB instance has backups before and after; without the property, for one day.

    https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
    """
    before = changed.before.get(name, 1)
    after = changed.after.get(name, 1)
    if is_unknown(before) or is_unknown(after):
        return UNKNOWN
    return truth_of("0" not in (as_strings(before), as_strings(after)))


def changes_only(parameters: Collection[str]) -> Case:
    """Return the case that no other parameters of a DB parameter group of MySQL change."""

    def case(changed: ChangedProperties, name: str) -> Truth:
        edited = _edited_parameters(changed, name)
        if edited is None:
            return UNKNOWN
        return truth_of(edited <= set(parameters))

    return case


def changes_any(parameters: Collection[str]) -> Case:
    """Return the case that one of some parameters of a DB parameter group of MySQL changes."""

    def case(changed: ChangedProperties, name: str) -> Truth:
        edited = _edited_parameters(changed, name)
        if edited is None:
            return UNKNOWN
        return truth_of(not edited.isdisjoint(parameters))

    return case


def _edited_parameters(changed: ChangedProperties, name: str) -> set[str] | None:
    """Return the changed parameters of a group; None if they are not known, or not those of MySQL."""
    family = known_text(changed.after, "Family") or ""
    old, new = _values(changed, name)
    if "mysql" not in family or not isinstance(old, Mapping) or not isinstance(new, Mapping):
        return None
    if is_unknown(old) or is_unknown(new):
        return None
    return {parameter for parameter in {*old, *new} if old.get(parameter) != new.get(parameter)}


def without_new_version(changed: ChangedProperties, _name: str) -> Truth:
    """Return whether the update method of an SSM document replaces it."""
    return ~_same(changed.after.get("UpdateMethod", "Replace"), "NewVersion")


def class_changed(changed: ChangedProperties, name: str) -> Truth:
    """Return whether the class of a log group changes."""
    return ~_same(changed.before.get(name, "STANDARD"), changed.after.get(name, "STANDARD"))


def user_attribute_edited(changed: ChangedProperties, name: str) -> Truth:
    """Return whether a user pool loses an attribute, or changes one."""
    old, new = (as_list(value) for value in _values(changed, name))
    if any(is_unknown(attribute) for attribute in [*old, *new]):
        return UNKNOWN
    region = "us-east-1"  # the same in each region
    edits = differences("AWS::Cognito::UserPool", region, {name: old}, {name: new})
    return truth_of(not all(len(edit.place) == 2 and edit.before is None for edit in edits))


def only_region(changed: ChangedProperties, name: str) -> Truth:
    """Return whether only the Region of a subscription changes."""
    before, after = changed.before, changed.after
    if {key for key in {*before, *after} if before.get(key) != after.get(key)} != {name}:
        return NO
    # A change from no value to the region of the stack, or back, has no effect; the region is not known here.
    if before.get(name) and after.get(name):
        return YES
    return UNKNOWN


CASES: Final[Mapping[str, Case]] = {
    "always": always,
    "attribute_retyped": attribute_retyped,
    "backups_go_on": backups_go_on,
    "class_changed": class_changed,
    "cluster_engine": cluster_engine,
    "comes_or_goes": comes_or_goes,
    "differs": differs,
    "disputed": disputed,
    "given_after": given_after,
    "given_before": given_before,
    "index_edited": index_edited,
    "instance_engine": instance_engine,
    "instance_zone": instance_zone,
    "major_without_consent": major_without_consent,
    "never": never,
    "older": older,
    "only_region": only_region,
    "replacing_policy": replacing_policy,
    "smaller": smaller,
    "stays": stays,
    "tenancy": tenancy,
    "ttl_attribute": ttl_attribute,
    "two_indexes": two_indexes,
    "user_attribute_edited": user_attribute_edited,
    "without_new_version": without_new_version,
}
"""The cases that ``facts.yaml`` can name."""
