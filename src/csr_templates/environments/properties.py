"""Checks parameter values against the schemas of the properties that use them.

A value is followed through Ref, Sub, the other functions, mappings and the branches of ``Fn::If`` that the
other values select. The resulting property is checked against the schema of the resource type: type, range,
allowed values, pattern and length. A region is checked against the regions of the stacks, and the version of
a database engine against the versions that cfn-lint lists as not deprecated.
"""

from __future__ import annotations

import re
from contextlib import suppress
from decimal import Decimal
from functools import cache, lru_cache
from itertools import zip_longest
from math import inf
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from cfn_analysis.model import resolving
from cfn_analysis.model.intrinsics import as_strings
from cfn_analysis.model.references import entries, in_words, pieces, uses
from cfn_analysis.model.resource_names import longest_name, name_path
from cfn_analysis.model.schemas import (
    SchemasError,
    creatable_versions,
    property_schema,
    version_key,
)
from cfn_analysis.model.three_valued import UNKNOWN, truth_of
from cfn_analysis.model.wording import quoted
from csr_templates.environments.files import excerpt
from csr_templates.naming import PREFIX

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence, Set

    from cfn_analysis.model.built_stack import BuiltStack
    from csr_templates.environments.files import Mistake
    from csr_templates.environments.values import Candidate

_NUMBERS: Final = {
    "integer": (r"0|-?[1-9][0-9]*", "a whole number, written in digits only"),
    "number": (r"-?[0-9]+([.][0-9]+)?([eE][-+]?[0-9]+)?", "a number"),
}
_JUDGED: Final = (
    *("type", "minimum", "maximum", "enum", "enumCaseInsensitive", "pattern", "minLength", "maxLength"),
    *("allOf", "anyOf", "oneOf"),
)

_LENGTHS: Final = {"type", "minLength", "maxLength"}
_UNKNOWN: Final = ("Fn::Cidr", "Fn::GetAZs", "Fn::GetAtt", "Fn::ImportValue")
"""Functions whose values are known only in a deploy, except ``Fn::GetStackOutput``."""
_TAG: Final = ("Tags", "*", "Value")
_OF_TAGS: Final = {"maxLength": 256}  # https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html

PropertyPath = tuple[str, ...]
"""Keys from the properties to a value; ``*`` for every item of a list, as in the schemas."""

Conditions = tuple[tuple[str, bool], ...]
"""Conditions with the values for which a part of the template exists."""


class Site(NamedTuple):
    """A value in a template that depends on parameters, and its requirements.

    Attributes:
        conditions: the conditions under which it exists.
        parameters: the parameters of the files that it depends on.
        value: the function of the value.
        where: its place, for a message.
        asked: a JSON schema.
        takes: the allowed values, for a message; empty if it is made from the schema.
        is_name: whether it is the name of a resource.
        versions: the versions of a database engine that can be created.
        region_of: name of a stack whose region the value must be.
    """

    conditions: Conditions
    parameters: tuple[str, ...]
    value: Any
    where: str
    asked: Mapping[str, Any]
    takes: str = ""
    is_name: bool = False
    versions: tuple[str, ...] = ()
    region_of: str = ""


@lru_cache  # used for each environment
def sites(stack: BuiltStack) -> list[Site]:
    """Return the values of a template that depend on parameters, without those with equal requirements."""
    found: dict[Any, Site] = {}
    for site in _sites(stack):
        key = (site.conditions, repr(site.value), repr(site.asked), site.is_name, site.region_of)
        found.setdefault(key, site)
    return list(found.values())


def check_properties(
    candidate: Candidate, stack: BuiltStack, regions: Mapping[str, str], explained: Set[str]
) -> Iterator[Mistake]:
    """Yield the values of an environment with which a stack cannot be deployed.

    ``explained`` are parameters with an error already.
    """
    decided = {name: candidate.text(name) for name in stack.in_files if candidate.knows(name)}
    is_complete = len(decided) == len(stack.in_files)  # otherwise a wrong value could select a wrong branch
    with suppress(resolving.ResolveError):  # errors of a template are reported by the linter
        known = resolving.Resolver(
            stack.template, decided, stack.parameters.keys() - decided, region=stack.region
        )
        said = set()
        for site in sites(stack):
            truths = [(known.condition(name), needed) for name, needed in site.conditions]
            is_there = all(
                is_complete if truth is UNKNOWN else truth is truth_of(needed) for truth, needed in truths
            )
            if not is_there or not explained.isdisjoint(site.parameters):
                continue
            if (value := _known_text(known, site.value)) is None:
                continue
            is_too_long = site.is_name and len(value) > site.asked["maxLength"]
            takes = "" if is_too_long else _takes(value, site, regions)
            involved = {
                parameter: decided[parameter] for parameter in site.parameters if parameter in decided
            }
            if involved and (is_too_long or takes):
                alone = [
                    parameter for parameter, text in involved.items() if takes and refusal(text, site.asked)
                ]
                name = max(alone or involved, key=lambda one: len(involved[one]))
                if (name, takes or value) not in said:
                    said.add((name, takes or value))
                    yield candidate.mistake(name, _sentence(name, value, takes, site, involved))


def refusal(text: str, asked: Mapping[str, Any]) -> str:
    """Return the values that a JSON schema allows if it does not allow a text that CloudFormation passes.

    Returns:
        Words for a message after "takes"; empty if the schema allows the text, or does not restrict it.
    """
    kinds = asked.get("type", "string")
    scalars = [kind for kind in ("integer", "number", "boolean", "string") if kind in kinds]
    if not scalars:  # a list or an object is checked by the linter
        return ""
    alternatives = [[_refusal_as(kind, text, asked) for kind in scalars]]
    alternatives += [[refusal(text, schema)] for schema in asked.get("allOf", [])]
    alternatives += [
        [refusal(text, schema) for schema in asked[key]] for key in ("anyOf", "oneOf") if key in asked
    ]
    for reasons in alternatives:
        if all(reasons):
            return " or ".join(dict.fromkeys(reasons))
    return ""


def _refusal_as(kind: str, text: str, asked: Mapping[str, Any]) -> str:
    if kind in _NUMBERS:
        form, what = _NUMBERS[kind]
        if not re.fullmatch(form, text):
            return what
        if "minimum" in asked and Decimal(text) < Decimal(str(asked["minimum"])):
            return f"a number of at least {asked['minimum']}"
        if "maximum" in asked and Decimal(text) > Decimal(str(asked["maximum"])):
            return f"a number of at most {asked['maximum']}"
    elif kind == "boolean":
        if text.lower() not in ("true", "false"):
            return "true or false"
    else:
        if len(text) < asked.get("minLength", 0):
            return f"a text of at least {asked['minLength']} characters, and this has {len(text)}"
        if len(text) > asked.get("maxLength", len(text)):
            return f"a text of at most {asked['maxLength']} characters, and this has {len(text)}"
        pattern = _compiled(asked["pattern"]) if "pattern" in asked else None
        if pattern and not pattern.search(text):
            return f"a text that matches {asked['pattern']}"
    if "enum" in asked and text not in (allowed := as_strings(asked["enum"])):
        return f"one of {', '.join(allowed)}"
    if "enumCaseInsensitive" in asked:
        allowed = as_strings(asked["enumCaseInsensitive"])
        if text.lower() not in map(str.lower, allowed):
            return f"one of {', '.join(allowed)}"
    return ""


@cache
def _compiled(pattern: str) -> re.Pattern[str] | None:
    """Return a pattern of a schema; None if Python does not support it. The linter then checks it."""
    with suppress(re.error):
        return re.compile(pattern, re.ASCII)
    return None


def _takes(value: str, site: Site, regions: Mapping[str, str]) -> str:
    """Return the values that a site allows if it does not allow the value; otherwise empty."""
    region = regions.get(site.region_of, value)
    if value != region:
        return f"{region}, the region of stack {site.region_of}"
    refused = refusal(value, site.asked)
    if refused and site.versions:
        nearest = ", ".join(nearest_versions(value, site.versions))
        return f"a version that cfn-lint lists and that is not deprecated, for example {nearest}"
    return refused and (site.takes or refused)


def nearest_versions(value: str, versions: Sequence[str]) -> list[str]:
    """Return the three versions nearest to a value, preferring newer ones."""
    key = version_key(value)

    def difference(version: str) -> tuple[int, int]:
        pairs = list(zip_longest(key, version_key(version), fillvalue=(0, "")))
        first = next(index for index, (mine, theirs) in enumerate(pairs) if mine != theirs)
        return -first, abs(pairs[first][0][0] - pairs[first][1][0])

    newest_first = versions[::-1]
    return sorted(sorted(newest_first, key=difference)[:3], key=version_key)


def _known_text(known: resolving.Resolver, value: Any) -> str | None:
    """Return a value as CloudFormation passes it to the service; None if it is unknown or not a text."""
    try:
        resolved = known.value(value)
    except resolving.ResolveError:
        return None
    if not isinstance(resolved, (str, int, float)):
        return None
    text = str(as_strings(resolved))
    return None if "{{resolve:" in text else text


def _sentence(name: str, value: str, takes: str, site: Site, involved: Mapping[str, str]) -> str:
    """Return the problem of the value of a parameter, as words after the value found."""
    if not takes:
        limit = site.asked["maxLength"]
        return (
            f"which makes {site.where} {len(value)} characters long: {value}. At most {limit} are allowed: "
            f"shorten the value by {len(value) - limit}."
        )
    if value == involved[name]:
        return f"but {site.where} must be {takes}. Correct the value."
    others = [f"{parameter} {quoted(text)}" for parameter, text in involved.items() if parameter != name]
    together = f" together with {', '.join(others)}" if others else ""
    makes = f"which{together} makes {site.where} {excerpt(value)}"
    return f"{makes}, but it must be {takes}. Correct the value."


# ---- Properties that use parameters ----


def _sites(stack: BuiltStack) -> Iterator[Site]:
    decided = {name: _longest(stack.parameters[name]) for name in stack.in_files}
    zone = {"pattern": f"^{re.escape(stack.region)}[a-z]$"}
    for logical_id, resource in stack.template.get("Resources", {}).items():
        when = ((resource["Condition"], True),) if "Condition" in resource else ()
        limit = longest_name(resource["Type"], stack.region)
        functions: list[tuple[PropertyPath, Conditions, Any]] = []
        _find_functions(resource.get("Properties", {}), (), when, functions)
        for place, conditions, value in functions:
            function = next(iter(value))
            if function in _UNKNOWN:
                continue
            if function == "Ref":
                names: tuple[str, ...] = (value["Ref"],) if value["Ref"] in decided else ()
            else:
                used = uses(value)
                if any(use.kind == "output" for use in used):
                    yield from _region_sites(stack, value)
                names = tuple(dict.fromkeys(use.name for use in used if use.name in decided))
                if function == "Fn::GetStackOutput" or any(use.name == "AWS::StackName" for use in used):
                    continue
            if not names:
                continue
            if place[-1] == "AvailabilityZone":
                takes = f"an Availability Zone of {stack.region}, the region of the stack"
                yield Site(conditions, names, value, _where(place, logical_id, stack), zone, takes)
            judged = _judged_part(resource["Type"], stack.region, place)
            versions: tuple[str, ...] = ()
            if place == ("EngineVersion",) and isinstance(
                engine := resource["Properties"].get("Engine"), str
            ):
                versions = creatable_versions(resource["Type"], engine)
            if versions:
                judged = {"enum": list(versions)}
            is_name = limit is not None and place == name_path(resource["Type"], stack.region)
            if is_name:
                judged["maxLength"] = limit
            if not _takes_any(judged, value, sum(decided[name] for name in names)):
                where = _where(place, logical_id, stack)
                yield Site(conditions, names, value, where, judged, is_name=is_name, versions=versions)
    for output in stack.template.get("Outputs", {}).values():
        yield from _region_sites(stack, output)


def _where(place: PropertyPath, logical_id: str, stack: BuiltStack) -> str:
    return f"{'.'.join(place)} of {logical_id} in {stack.name}".replace(".*", "[]")


def _judged_part(type_name: str, region: str, place: PropertyPath) -> dict[str, Any]:
    """Return the parts of a property's schema that are checked here."""
    if place == _TAG:
        return dict(_OF_TAGS)
    try:
        asked = property_schema(type_name, region, place)
    except SchemasError:  # a type without a schema is reported by the linter
        return {}
    return {key: asked[key] for key in _JUDGED if key in asked}


def _longest(declaration: Mapping[str, Any]) -> float:
    """Return the maximum length of a text that the declaration of a parameter allows."""
    allowed = [len(as_strings(allowed_value)) for allowed_value in declaration.get("AllowedValues", [])]
    return max(allowed, default=float(declaration.get("MaxLength", inf)))


def _takes_any(asked: Mapping[str, Any], value: Mapping[str, Any], length: float) -> bool:
    """Return whether a value, with parameters of at most this length, always meets a schema.

    Most values are names and tags, which only have a length; skipping them saves most of the work.
    """
    if "string" not in asked.get("type", "string") or not asked.keys() <= _LENGTHS:
        return False
    ((_, text),) = value.items()
    if not isinstance(text, str):
        return asked.keys() <= {"type"}
    shortest = len("".join(pieces(text, lambda _: ""))) if "Fn::Sub" in value else 0
    longest = length + len(text)  # the values of pseudo parameters are not longer than "${AWS::AccountId}"
    return bool(asked.get("minLength", 0) <= shortest and longest <= asked.get("maxLength", inf))


def _region_sites(stack: BuiltStack, node: Any) -> Iterator[Site]:
    """Yield the regions of Fn::GetStackOutput, independent of conditions."""
    for _, asked in entries(node, "Fn::GetStackOutput"):
        if isinstance(asked, dict):
            names = tuple(use.name for use in uses(asked.get("Region")) if use.name in stack.in_files)
            where = f"Region of Fn::GetStackOutput for {asked.get('OutputName')} in {stack.name}"
            source = in_words(asked.get("StackName")).removeprefix(PREFIX)
            if names:
                yield Site((), names, asked["Region"], where, {}, region_of=source)


def _find_functions(
    node: Any, place: PropertyPath, conditions: Conditions, found: list[tuple[PropertyPath, Conditions, Any]]
) -> None:
    """Add the functions in the values of a resource, in each branch of ``Fn::If``."""
    if isinstance(node, dict):
        name = next(iter(node), "")
        if name == "Fn::If" and isinstance(node[name], (list, tuple)):
            condition, *branches = node[name]
            for branch, truth in zip(branches, (True, False), strict=False):
                _find_functions(branch, place, (*conditions, (condition, truth)), found)
        elif len(node) == 1 and (name == "Ref" or name.startswith("Fn::")):
            found.append((place, conditions, node))
        else:
            for key, item in node.items():
                if isinstance(item, (dict, list, tuple)):
                    _find_functions(item, (*place, key), conditions, found)
    elif isinstance(node, (list, tuple)):
        for item in node:
            if isinstance(item, (dict, list, tuple)):
                _find_functions(item, (*place, "*"), conditions, found)
