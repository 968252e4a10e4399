"""Judge parameter values by what AWS asks of the properties that they reach.

A value is followed through Ref, Sub, the other functions, mappings and the branches of ``Fn::If`` that the
other values choose. What it makes of a property is held to the schema of the resource type: kind, range,
allowed values, pattern and length. A region that it names is held to the regions of the stacks.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from csr_templates import resolve
from csr_templates.intrinsics import as_strings
from csr_templates.parameter_files import shown
from csr_templates.schemas import SchemasError, property_schema
from csr_templates.wiring import PREFIX, spoken, uses

if TYPE_CHECKING:
    from collections.abc import Iterator, Set

    from csr_templates.parameter_checks import Candidate
    from csr_templates.parameter_files import Mistake
    from csr_templates.parameter_values import StackSchema
    from csr_templates.wiring import Place

_WHOLE_NUMBER: Final = re.compile(r"0|-?[1-9][0-9]*")
_NUMBER: Final = re.compile(r"-?[0-9]+([.][0-9]+)?([eE][-+]?[0-9]+)?")
_JUDGED: Final = (
    "type",
    *("minimum", "maximum", "enum", "enumCaseInsensitive", "pattern", "minLength", "maxLength"),
    *("allOf", "anyOf", "oneOf"),
)


class Site(NamedTuple):
    """A value in a template that depends on parameters, and what is asked of it.

    Attributes:
        conditions: each with the truth that it needs to have; otherwise the value is not there.
        parameters: those that it depends on and the files decide.
        value: the function that gives it.
        where: its place, for a message.
        asked: a JSON schema.
        takes: what the schema allows, for a message; empty where the schema itself says it best.
        region_of: name of a stack whose region the value has to be.
    """

    conditions: tuple[tuple[str, bool], ...]
    parameters: tuple[str, ...]
    value: Any
    where: str
    asked: Mapping[str, Any] = {}
    takes: str = ""
    region_of: str = ""


def sites(schema: StackSchema) -> list[Site]:
    """Return the values of a template that depend on parameters; of equal ones, the first."""
    found: dict[Any, Site] = {}
    for site in _sites(schema):
        found.setdefault((site.conditions, repr(site.value), repr(site.asked), site.region_of), site)
    return list(found.values())


def check_properties(
    candidate: Candidate, schema: StackSchema, regions: Mapping[str, str], explained: Set[str]
) -> Iterator[Mistake]:
    """Yield the values of an environment that a stack cannot be deployed with.

    Args:
        candidate: the environment.
        schema: the stack.
        regions: stack -> its region, of all stacks.
        explained: parameters with a mistake already.
    """
    decided = {name: candidate.text(name) for name in schema.in_files if candidate.knows(name)}
    is_complete = len(decided) == len(schema.in_files)  # else a wrong value could lead into a wrong branch
    with suppress(resolve.ResolveError):  # what is wrong with a template is for the linter to say
        known = resolve.Known(schema.template, decided, schema.parameters.keys() - decided, schema.region)
        said = set()
        for site in schema.sites:
            truths = [(known.condition(name), wanted) for name, wanted in site.conditions]
            is_there = all(is_complete if truth is None else truth == wanted for truth, wanted in truths)
            value = _known_text(known, site.value)
            if not is_there or value is None or not explained.isdisjoint(site.parameters):
                continue
            takes = _refused_region(value, site, regions) or refusal(value, site.asked)
            if not takes:
                continue
            wrong_alone = [one for one in site.parameters if refusal(decided[one], site.asked)]
            name = max(wrong_alone or site.parameters, key=lambda one: len(decided[one]))
            if (name, takes) not in said:
                said.add((name, takes))
                yield candidate.mistake(name, _sentence(name, value, takes, site, decided))


def refusal(text: str, asked: Mapping[str, Any]) -> str:
    """Say what a JSON schema takes where it does not take a text as CloudFormation passes it on.

    Returns:
        Words to go on after "takes"; empty where the schema takes the text, or does not judge it.
    """
    kinds = asked.get("type", "string")
    reasons = [_refusal_as(kind, text, asked) for kind in ([kinds] if isinstance(kinds, str) else kinds)]
    if all(reasons):
        return " or ".join(dict.fromkeys(reasons))
    for one in asked.get("allOf", []):
        if reason := refusal(text, one):
            return reason
    for key in ("anyOf", "oneOf"):
        reasons = [refusal(text, one) for one in asked.get(key, [])]
        if reasons and all(reasons):
            return " or ".join(dict.fromkeys(reasons))
    return ""


def _refusal_as(kind: str, text: str, asked: Mapping[str, Any]) -> str:
    if kind in ("integer", "number"):
        is_written, what = {
            "integer": (_WHOLE_NUMBER, "a whole number, written in digits only"),
            "number": (_NUMBER, "a number"),
        }[kind]
        low, high = asked.get("minimum"), asked.get("maximum")
        if not is_written.fullmatch(text):
            return what
        if low is not None and Decimal(text) < Decimal(str(low)):
            return f"a number of at least {low}"
        if high is not None and Decimal(text) > Decimal(str(high)):
            return f"a number of at most {high}"
    elif kind == "boolean":
        if text.lower() not in ("true", "false"):
            return "true or false"
    elif kind == "string":
        if len(text) < asked.get("minLength", 0):
            return f"a text of at least {asked['minLength']} characters, and this has {len(text)}"
        if len(text) > asked.get("maxLength", len(text)):
            return f"a text of at most {asked['maxLength']} characters, and this has {len(text)}"
        if not _matches(asked.get("pattern", ""), text):
            return f"a text that matches {asked['pattern']}"
    else:  # a list or an object, which a parameter's text is not; the linter knows
        return ""
    allowed = as_strings(asked.get("enum", [text]))
    in_any_case = [one.lower() for one in as_strings(asked.get("enumCaseInsensitive", [text]))]
    if text not in allowed or text.lower() not in in_any_case:
        return f"one of {', '.join(as_strings(asked.get('enum', asked.get('enumCaseInsensitive'))))}"
    return ""


def _matches(pattern: str, text: str) -> bool:
    try:
        return re.search(pattern, text, re.ASCII) is not None
    except re.error:  # other regular expressions than Python's
        return True


def _refused_region(value: str, site: Site, regions: Mapping[str, str]) -> str:
    region = regions.get(site.region_of, value)
    return "" if value == region else f"{region}, the region of stack {site.region_of}"


def _sites(schema: StackSchema) -> Iterator[Site]:
    decided = set(schema.in_files)
    zone = {"pattern": f"^{re.escape(schema.region)}[a-z]$"}
    for logical_id, resource in schema.template.get("Resources", {}).items():
        when = ((resource["Condition"], True),) if "Condition" in resource else ()
        for place, conditions, value in _functions(resource.get("Properties", {}), (), when):
            used = uses(value)
            if any(use.kind == "output" for use in used):
                yield from _region_sites(schema, value)
            names = tuple(dict.fromkeys(use.name for use in used if use.name in decided))
            if not names or any(use.name == "AWS::StackName" for use in used):  # the deploy names the stack
                continue
            where = f"{'.'.join(place)} of {logical_id} in {schema.stack}".replace(".*", "[]")
            if place[-1] == "AvailabilityZone":
                takes = f"an Availability Zone of {schema.region}, the region of the stack"
                yield Site(conditions, names, value, where, zone, takes)
            with suppress(SchemasError):  # a type that AWS does not describe; the linter knows
                asked = property_schema(resource["Type"], schema.region, place)
                judged = {key: asked[key] for key in _JUDGED if key in asked}
                if judged not in ({}, {"type": "string"}):
                    yield Site(conditions, names, value, where, judged)
    for output in schema.template.get("Outputs", {}).values():
        yield from _region_sites(schema, output)


def _region_sites(schema: StackSchema, node: Any) -> Iterator[Site]:
    """Yield the regions that outputs of other stacks are read from, whether or not a condition needs them."""
    if isinstance(node, Mapping):
        if isinstance(asked := node.get("Fn::GetStackOutput"), Mapping):
            names = tuple(use.name for use in uses(asked.get("Region")) if use.name in schema.in_files)
            where = f"Region of Fn::GetStackOutput for {asked.get('OutputName')} in {schema.stack}"
            stack = spoken(asked.get("StackName")).removeprefix(PREFIX)
            if names:
                yield Site((), names, asked["Region"], where, region_of=stack)
        node = list(node.values())
    if isinstance(node, (list, tuple)):
        for item in node:
            yield from _region_sites(schema, item)


def _functions(
    node: Any, place: Place, conditions: tuple[tuple[str, bool], ...]
) -> Iterator[tuple[Place, tuple[tuple[str, bool], ...], Any]]:
    """Yield the functions that give values of a resource, in each branch of ``Fn::If``."""
    if isinstance(node, (list, tuple)):
        for item in node:
            if isinstance(item, (Mapping, list, tuple)):
                yield from _functions(item, (*place, "*"), conditions)
    elif isinstance(node, Mapping):
        name = next(iter(node), "")
        if name == "Fn::If":
            condition, *branches = node[name]
            for branch, truth in zip(branches, (True, False), strict=False):
                yield from _functions(branch, place, (*conditions, (condition, truth)))
        elif len(node) == 1 and (name == "Ref" or name.startswith("Fn::")):
            yield place, conditions, node
        else:
            for key, item in node.items():
                if isinstance(item, (Mapping, list, tuple)):
                    yield from _functions(item, (*place, key), conditions)


def _known_text(known: resolve.Known, value: Any) -> str | None:
    """Return a value as CloudFormation passes it on; None where a text is not all that it is, or unknown."""
    try:
        resolved = known.value(value)
    except resolve.ResolveError:
        return None
    if not isinstance(resolved, (str, int, float)) or "{{resolve:" in (text := str(as_strings(resolved))):
        return None
    return text


def _sentence(name: str, value: str, takes: str, site: Site, decided: Mapping[str, str]) -> str:
    others = [f"{one} {json.dumps(decided[one])}" for one in site.parameters if one != name]
    together = f" together with {', '.join(others)}" if others else ""
    if value == decided[name]:
        effect = f"but {site.where} takes"
    else:
        effect = f"which{together} makes {site.where} {shown(value)}, and that takes"
    return f"{effect} {site.takes or takes}. Give a value that fits."
