"""The report of a review as text, for a reviewer with little time: risks first, then what changes."""

from __future__ import annotations

import json
import textwrap
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from csr_templates.cloudformation.set_changes import ADD, MAYBE_REPLACE, POLICY, REMOVE, REPLACE, UPDATE
from csr_templates.reviewing import outcomes
from csr_templates.reviewing.report import Review, document

_WIDTH: Final = 110
_LONGEST_VALUE: Final = 60  # characters
_MOST_CAUSES: Final = 6  # of a resource
_ORDER: Final = (REMOVE, REPLACE, MAYBE_REPLACE, UPDATE, POLICY, ADD)
_COUNTED: Final = {
    REMOVE: "removed",
    REPLACE: "replaced",
    MAYBE_REPLACE: "may be replaced",
    UPDATE: "updated",
    POLICY: "with another policy",
    ADD: "added",
}


def as_text(found: Review) -> str:
    """Return the report; environments in which a stack changes alike are merged."""
    whole = document(found)
    names = [environment["name"] for environment in whole["environments"]]
    lines = [f"{found.before} -> {found.after}", ""]
    lines += _risks(whole["risks"], names)
    quiet = []
    for stack in _in_order(whole["environments"]):
        groups = _groups(whole["environments"], stack)
        for changes, where in groups:
            if any(changes[key] for key in ("resources", "outputs", "parameters")):
                lines += ["", *_stack(changes, where, names)]
            else:
                quiet.append(f"{stack}{_where(where, names)}")
    if quiet:
        lines += ["", *_wrapped(f"No change: {', '.join(quiet)}.", "")]
    return "\n".join(lines)


def _risks(found: Sequence[Mapping[str, Any]], names: Sequence[str]) -> Iterator[str]:
    if not found:
        yield "No risks."
        return
    counts = Counter(risk["kind"] for risk in found)
    yield f"Risks: {', '.join(f'{number} {kind}' for kind, number in counts.items())}"
    for risk in found:
        place = ".".join(part for part in (risk["stack"], risk["logicalId"]) if part)
        yield ""
        yield f"  {risk['kind']}  {place}{_where(risk['environments'], names)}"
        yield from _wrapped(risk["message"], "    ")


def _stack(changes: Mapping[str, Any], where: Sequence[str], names: Sequence[str]) -> Iterator[str]:
    counts = Counter(one["change"] for one in changes["resources"])
    counted = [f"{counts[change]} {_COUNTED[change]}" for change in _ORDER if counts[change]]
    yield (
        f"{changes['name']} ({changes['region']}){_where(where, names)}: "
        f"{', '.join(counted) or 'no resource'}"
    )
    for parameter in changes["parameters"]:
        values = _values(parameter["before"], parameter["after"])
        yield from _wrapped(f"parameter {parameter['name']}: {values}  [{parameter['file']}]", "  ")
    ordered = sorted(changes["resources"], key=lambda one: _ORDER.index(one["change"]))
    for one in ordered:
        yield from _resource(one)
    for output in changes["outputs"]:
        yield from _output(output)


def _resource(one: Mapping[str, Any]) -> Iterator[str]:
    source = f"  [{one['source']}]" if one["source"] else ""
    yield f"  {one['change']}  {one['logicalId']}  {one['type']}{source}"
    facts = []
    if one["change"] != ADD:
        if one["data"] != outcomes.NONE:
            facts.append(f"data: {one['data']}")
        if one["interruption"] != outcomes.NONE:
            number = one["interruptionOrder"]
            facts.append(f"interruption: {one['interruption']}{f' (number {number})' if number else ''}")
    if facts:
        yield f"      {', '.join(facts)}"
    causes = one["causes"]
    same_chain = len({tuple(cause["chain"]) for cause in causes}) == 1
    for cause in causes[:_MOST_CAUSES]:
        chain = "" if same_chain else f"  [{' > '.join(cause['chain'])}]"
        if cause["property"]:
            yield from _wrapped(
                f"{cause['property']}: {_values(cause['before'], cause['after'])}{chain}", "      "
            )
    if len(causes) > _MOST_CAUSES:
        yield f"      and {len(causes) - _MOST_CAUSES} more"
    if same_chain:
        yield from _wrapped(f"because of {' > '.join(causes[0]['chain'])}", "      ")


def _output(output: Mapping[str, Any]) -> Iterator[str]:
    exported = (
        f", export {output['export'] or output['exportAfter']}"
        if output["export"] or output["exportAfter"]
        else ""
    )
    if output["export"] and output["exportAfter"] and output["export"] != output["exportAfter"]:
        exported = f", export {output['export']} -> {output['exportAfter']}"
    yield f"  {output['change']}  output {output['key']}{exported}"
    if output["change"] == UPDATE and output["before"] != output["after"]:
        yield from _wrapped(_values(output["before"], output["after"]), "      ")
    yield from _wrapped(f"because of {' > '.join(output['chain'])}", "      ")


def _values(before: Any, after: Any) -> str:
    if before is None:
        return f"set to {_value(after)}"
    if after is None:
        return f"removed, was {_value(before)}"
    return f"{_value(before)} -> {_value(after)}"


def _value(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    text = " ".join(text.split()) or '""'
    return text if len(text) <= _LONGEST_VALUE else f"{text[: _LONGEST_VALUE - 3]}..."


def _in_order(environments: Sequence[Mapping[str, Any]]) -> list[str]:
    return list(dict.fromkeys(stack["name"] for one in environments for stack in one["stacks"]))


def _groups(
    environments: Sequence[Mapping[str, Any]], name: str
) -> list[tuple[Mapping[str, Any], list[str]]]:
    """Return what changes in a stack, with the environments in which it changes so."""
    groups: dict[str, tuple[Mapping[str, Any], list[str]]] = {}
    for environment in environments:
        for stack in environment["stacks"]:
            if stack["name"] == name:
                key = json.dumps(stack).replace(f"/{environment['name']}", "/*")
                groups.setdefault(key, (stack, []))[1].append(environment["name"])
    return list(groups.values())


def _where(where: Sequence[str], names: Sequence[str]) -> str:
    return f" in {', '.join(where)}" if list(where) != list(names) and any(where) else ""


def _wrapped(text: str, indent: str) -> list[str]:
    return textwrap.wrap(
        text, _WIDTH, initial_indent=indent, subsequent_indent=f"{indent}  ", break_long_words=False,
        break_on_hyphens=False,
    )  # fmt: skip
