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
    from csr_templates.environments.files import ParameterFinding
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
        schema: a JSON schema.
        takes: the allowed values, for a message; empty if it is made from the schema.
        is_name: whether it is the name of a resource.
        versions: the versions of a database engine that can be created.
        region_of: name of a stack whose region the value must be.
    """

    conditions: Conditions
    parameters: tuple[str, ...]
    value: Any
    where: str
    schema: Mapping[str, Any]
    takes: str = ""
    is_name: bool = False
    versions: tuple[str, ...] = ()
    region_of: str = ""


@lru_cache  # used for each environment
def sites(stack: BuiltStack) -> list[Site]:
    """Return the values of a template that depend on parameters, without those with equal requirements."""
    by_requirements: dict[Any, Site] = {}
    for site in _sites(stack):
        key = (site.conditions, repr(site.value), repr(site.schema), site.is_name, site.region_of)
        by_requirements.setdefault(key, site)
    return list(by_requirements.values())


def check_properties(
    candidate: Candidate, stack: BuiltStack, regions: Mapping[str, str], explained: Set[str]
) -> Iterator[ParameterFinding]:
    """Yield the values of an environment with which a stack cannot be deployed.

    ``explained`` are parameters with an error already.
    """
    decided = {name: candidate.text(name) for name in stack.in_files if candidate.knows(name)}
    is_complete = len(decided) == len(stack.in_files)
    with suppress(resolving.ResolveError):  # errors of a template are reported by the linter
        resolver = resolving.Resolver(
            stack.template, decided, stack.parameters.keys() - decided, region=stack.region
        )
        reported = set()
        for site in sites(stack):
            if not _exists(site, resolver, is_complete=is_complete):
                continue
            if not explained.isdisjoint(site.parameters):
                continue
            value = _known_text(resolver, site.value)
            if value is None:
                continue
            takes = ""
            if not _is_too_long(value, site):
                takes = _takes(value, site, regions)
                if not takes:
                    continue
            involved = {name: decided[name] for name in site.parameters if name in decided}
            if not involved:
                continue
            name = _parameter_to_correct(site, takes, involved)
            if (name, takes or value) not in reported:
                reported.add((name, takes or value))
                yield candidate.finding(name, _sentence(name, value, takes, site, involved))


def _exists(site: Site, resolver: resolving.Resolver, *, is_complete: bool) -> bool:
    """Return whether the conditions of a site are met.

    A condition without a result counts as met, unless a value is missing, which could select a wrong branch.
    """
    for name, needed in site.conditions:
        truth = resolver.condition(name)
        if truth is UNKNOWN:
            if not is_complete:
                return False
        elif truth is not truth_of(needed):
            return False
    return True


def _is_too_long(value: str, site: Site) -> bool:
    """Return whether a value is a resource name of more characters than its service allows."""
    return site.is_name and len(value) > site.schema["maxLength"]


def _parameter_to_correct(site: Site, takes: str, involved: Mapping[str, str]) -> str:
    """Return the parameter with the longest value, first of those that the site refuses by themselves."""
    refused_alone: list[str] = []
    if takes:
        refused_alone = [name for name, text in involved.items() if refusal(text, site.schema)]
    return max(refused_alone or involved, key=lambda name: len(involved[name]))


def refusal(text: str, schema: Mapping[str, Any]) -> str:
    """Return the values that a JSON schema allows if it does not allow a text that CloudFormation passes.

    Returns:
        Words for a message after "takes"; empty if the schema allows the text, or does not restrict it.
    """
    kinds = schema.get("type", "string")
    scalars = [kind for kind in ("integer", "number", "boolean", "string") if kind in kinds]
    if not scalars:  # a list or an object is checked by the linter
        return ""
    reasons = [_refusal_as(kind, text, schema) for kind in scalars]
    if all(reasons):
        return " or ".join(dict.fromkeys(reasons))
    for subschema in schema.get("allOf", []):
        reason = refusal(text, subschema)
        if reason:
            return reason
    for key in ("anyOf", "oneOf"):
        if key not in schema:
            continue
        reasons = [refusal(text, subschema) for subschema in schema[key]]
        if all(reasons):
            return " or ".join(dict.fromkeys(reasons))
    return ""


def _refusal_as(kind: str, text: str, schema: Mapping[str, Any]) -> str:
    """Return the values that a schema allows for one type if it does not allow the text; otherwise empty."""
    if kind in _NUMBERS:
        refused = _number_refusal(kind, text, schema)
    elif kind == "boolean":
        refused = ""
        if text.lower() not in ("true", "false"):
            refused = "true or false"
    else:
        refused = _string_refusal(text, schema)
    return refused or _enum_refusal(text, schema)


def _number_refusal(kind: str, text: str, schema: Mapping[str, Any]) -> str:
    form, what = _NUMBERS[kind]
    if not re.fullmatch(form, text):
        return what
    if "minimum" in schema and Decimal(text) < Decimal(str(schema["minimum"])):
        return f"a number of at least {schema['minimum']}"
    if "maximum" in schema and Decimal(text) > Decimal(str(schema["maximum"])):
        return f"a number of at most {schema['maximum']}"
    return ""


def _string_refusal(text: str, schema: Mapping[str, Any]) -> str:
    if len(text) < schema.get("minLength", 0):
        return f"a text of at least {schema['minLength']} characters, and this has {len(text)}"
    if len(text) > schema.get("maxLength", len(text)):
        return f"a text of at most {schema['maxLength']} characters, and this has {len(text)}"
    if "pattern" in schema:
        pattern = _compiled(schema["pattern"])
        if pattern and not pattern.search(text):
            return f"a text that matches {schema['pattern']}"
    return ""


def _enum_refusal(text: str, schema: Mapping[str, Any]) -> str:
    if "enum" in schema:
        allowed = as_strings(schema["enum"])
        if text not in allowed:
            return f"one of {', '.join(allowed)}"
    if "enumCaseInsensitive" in schema:
        allowed = as_strings(schema["enumCaseInsensitive"])
        if text.lower() not in [value.lower() for value in allowed]:
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
    refused = refusal(value, site.schema)
    if not refused:
        return ""
    if site.versions:
        nearest = ", ".join(nearest_versions(value, site.versions))
        return f"a version that cfn-lint lists and that is not deprecated, for example {nearest}"
    return site.takes or refused


def nearest_versions(value: str, versions: Sequence[str]) -> list[str]:
    """Return the three versions nearest to a value, preferring newer ones."""
    key = version_key(value)

    def difference(version: str) -> tuple[int, int]:
        pairs = list(zip_longest(key, version_key(version), fillvalue=(0, "")))
        first = next(index for index, (mine, theirs) in enumerate(pairs) if mine != theirs)
        return -first, abs(pairs[first][0][0] - pairs[first][1][0])

    newest_first = versions[::-1]
    return sorted(sorted(newest_first, key=difference)[:3], key=version_key)


def _known_text(resolver: resolving.Resolver, value: Any) -> str | None:
    """Return a value as CloudFormation passes it to the service; None if it is unknown or not a text."""
    try:
        resolved = resolver.value(value)
    except resolving.ResolveError:
        return None
    if not isinstance(resolved, (str, int, float)):
        return None
    text = str(as_strings(resolved))
    if "{{resolve:" in text:
        return None
    return text


def _sentence(name: str, value: str, takes: str, site: Site, involved: Mapping[str, str]) -> str:
    """Return the problem of the value of a parameter, as words after the value found."""
    if not takes:
        limit = site.schema["maxLength"]
        return (
            f"which makes {site.where} {len(value)} characters long: {value}. At most {limit} are allowed: "
            f"shorten the value by {len(value) - limit}."
        )
    if value == involved[name]:
        return f"but {site.where} must be {takes}. Correct the value."
    others = [f"{parameter} {quoted(text)}" for parameter, text in involved.items() if parameter != name]
    together = ""
    if others:
        together = f" together with {', '.join(others)}"
    makes = f"which{together} makes {site.where} {excerpt(value)}"
    return f"{makes}, but it must be {takes}. Correct the value."


# ---- Properties that use parameters ----


def _sites(stack: BuiltStack) -> Iterator[Site]:
    lengths = {name: _longest(stack.parameters[name]) for name in stack.in_files}
    for logical_id, resource in stack.template.get("Resources", {}).items():
        yield from _resource_sites(stack, logical_id, resource, lengths)
    for output in stack.template.get("Outputs", {}).values():
        yield from _region_sites(stack, output)


def _resource_sites(
    stack: BuiltStack, logical_id: str, resource: Mapping[str, Any], lengths: Mapping[str, float]
) -> Iterator[Site]:
    """Yield the values of one resource; ``lengths`` has the maximum length of each parameter of the files."""
    conditions_of_resource: Conditions = ()
    if "Condition" in resource:
        conditions_of_resource = ((resource["Condition"], True),)
    limit = longest_name(resource["Type"], stack.region)
    functions: list[tuple[PropertyPath, Conditions, Any]] = []
    _add_functions(resource.get("Properties", {}), (), conditions_of_resource, functions)
    for place, conditions, value in functions:
        function = next(iter(value))
        if function in _UNKNOWN:
            continue
        if function == "Ref" and value["Ref"] not in lengths:  # as most functions
            continue
        used = uses(value)
        if any(use.kind == "output" for use in used):
            yield from _region_sites(stack, value)
        is_of_deploy = function == "Fn::GetStackOutput" or any(use.name == "AWS::StackName" for use in used)
        names = tuple(dict.fromkeys(use.name for use in used if use.name in lengths))
        if is_of_deploy or not names:
            continue
        where = _where(place, logical_id, stack)
        if place[-1] == "AvailabilityZone":
            zone = {"pattern": f"^{re.escape(stack.region)}[a-z]$"}
            takes = f"an Availability Zone of {stack.region}, the region of the stack"
            yield Site(conditions, names, value, where, zone, takes)
        schema = _judged_part(resource["Type"], stack.region, place)
        versions = _versions(resource, place)
        if versions:
            schema = {"enum": list(versions)}
        is_name = limit is not None and place == name_path(resource["Type"], stack.region)
        if is_name:
            schema["maxLength"] = limit
        if not _takes_any(schema, value, sum(lengths[name] for name in names)):
            yield Site(conditions, names, value, where, schema, is_name=is_name, versions=versions)


def _versions(resource: Mapping[str, Any], place: PropertyPath) -> tuple[str, ...]:
    """Return the versions that can be created, for the version of an engine; otherwise none."""
    if place != ("EngineVersion",):
        return ()
    engine = resource["Properties"].get("Engine")
    if not isinstance(engine, str):
        return ()
    return creatable_versions(resource["Type"], engine)


def _where(place: PropertyPath, logical_id: str, stack: BuiltStack) -> str:
    return f"{'.'.join(place)} of {logical_id} in {stack.name}".replace(".*", "[]")


def _judged_part(type_name: str, region: str, place: PropertyPath) -> dict[str, Any]:
    """Return the parts of a property's schema that are checked here."""
    if place == _TAG:
        return dict(_OF_TAGS)
    try:
        schema = property_schema(type_name, region, place)
    except SchemasError:  # a type without a schema is reported by the linter
        return {}
    return {key: schema[key] for key in _JUDGED if key in schema}


def _longest(declaration: Mapping[str, Any]) -> float:
    """Return the maximum length of a text that the declaration of a parameter allows."""
    allowed = [len(as_strings(allowed_value)) for allowed_value in declaration.get("AllowedValues", [])]
    return max(allowed, default=float(declaration.get("MaxLength", inf)))


def _takes_any(schema: Mapping[str, Any], value: Mapping[str, Any], length: float) -> bool:
    """Return whether a value, with parameters of at most this length, always meets a schema.

    Most values are names and tags, which only have a length; skipping them saves most of the work.
    """
    if "string" not in schema.get("type", "string") or not schema.keys() <= _LENGTHS:
        return False
    ((_, text),) = value.items()
    if not isinstance(text, str):
        return schema.keys() <= {"type"}
    shortest = 0
    if "Fn::Sub" in value:
        shortest = len("".join(pieces(text, lambda _: "")))
    longest = length + len(text)  # the values of pseudo parameters are not longer than "${AWS::AccountId}"
    return bool(schema.get("minLength", 0) <= shortest and longest <= schema.get("maxLength", inf))


def _region_sites(stack: BuiltStack, node: Any) -> Iterator[Site]:
    """Yield the regions of Fn::GetStackOutput, independent of conditions."""
    for _, arguments in entries(node, "Fn::GetStackOutput"):
        if not isinstance(arguments, dict):
            continue
        names = tuple(use.name for use in uses(arguments.get("Region")) if use.name in stack.in_files)
        where = f"Region of Fn::GetStackOutput for {arguments.get('OutputName')} in {stack.name}"
        source = in_words(arguments.get("StackName")).removeprefix(PREFIX)
        if names:
            yield Site((), names, arguments["Region"], where, {}, region_of=source)


def _add_functions(
    node: Any,
    place: PropertyPath,
    conditions: Conditions,
    functions: list[tuple[PropertyPath, Conditions, Any]],
) -> None:
    """Add the functions in the values of a resource, in each branch of ``Fn::If``."""
    if isinstance(node, dict):
        name = next(iter(node), "")
        if name == "Fn::If" and isinstance(node[name], (list, tuple)):
            condition, *branches = node[name]
            for branch, truth in zip(branches, (True, False), strict=False):
                _add_functions(branch, place, (*conditions, (condition, truth)), functions)
        elif len(node) == 1 and (name == "Ref" or name.startswith("Fn::")):
            functions.append((place, conditions, node))
        else:
            for key, value in node.items():
                if isinstance(value, (dict, list, tuple)):
                    _add_functions(value, (*place, key), conditions, functions)
    elif isinstance(node, (list, tuple)):
        for element in node:
            if isinstance(element, (dict, list, tuple)):
                _add_functions(element, (*place, "*"), conditions, functions)
