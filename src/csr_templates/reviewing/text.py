"""The report of a review as text, for a reviewer with little time: risks first, then what changes."""

from __future__ import annotations

import json
import re
import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from csr_templates.cloudformation.set_changes import ADD, MAYBE_REPLACE, POLICY, REMOVE, REPLACE, UPDATE
from csr_templates.reviewing import outcomes
from csr_templates.reviewing.report import Review, document
from csr_templates.reviewing.risks import ORDER

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

_OWN: Final = ("logicalId", "source", "section", "interruptionOrder")

_GAP: Final = "\0"
_OF_POLICY: Final = "the stack policy does not allow an update to "

Entry = Mapping[str, Any]


class _Merged(NamedTuple):
    """What is the same in some environments; their name is ``*`` where it differs by that only."""

    entry: Entry
    where: tuple[str, ...]


def as_text(found: Review) -> str:
    """Return the report; what is the same in several environments is printed once."""
    whole = document(found)
    environments = whole["environments"]
    names = tuple(environment["name"] for environment in environments)
    lines = [f"{found.before} -> {found.after}", "", *_risks(whole["risks"], names)]
    quiet = []
    for name in dict.fromkeys(stack["name"] for one in environments for stack in one["stacks"]):
        of_stack = {
            one["name"]: stack for one in environments for stack in one["stacks"] if stack["name"] == name
        }
        parts = [
            _merged((where, entry) for where, stack in of_stack.items() for entry in stack[key])
            for key in ("parameters", "resources", "outputs")
        ]
        if any(parts):
            lines += ["", *_stack(next(iter(of_stack.values())), parts, names)]
        else:
            quiet.append(name)
    if quiet:
        lines += ["", *_wrapped(f"No change: {', '.join(quiet)}.", "")]
    return "\n".join(lines)


def _merged(entries: Iterable[tuple[str, Entry]]) -> list[_Merged]:
    groups: dict[str, dict[str, Entry]] = {}
    for environment, entry in entries:
        text = json.dumps(entry)
        if environment:
            text = re.sub(rf"(?<![A-Za-z0-9]){re.escape(environment)}(?![A-Za-z0-9])", "*", text)
        groups.setdefault(text, {})[environment] = entry
    return [
        _Merged(next(iter(where.values())) if len(where) == 1 else json.loads(text), tuple(where))
        for text, where in groups.items()
    ]


def _risks(found: Sequence[Entry], names: Sequence[str]) -> Iterator[str]:
    if not found:
        yield "No risks."
        return
    counts = Counter(risk["kind"] for risk in found)
    yield f"Risks: {', '.join(f'{number} {kind}' for kind, number in counts.items())}"
    alike: dict[tuple[str, str, str, str], list[Entry]] = {}
    for risk in found:
        message = _of_any(risk["message"], risk["logicalId"])
        alike.setdefault((risk["kind"], risk["stack"], str(risk["environments"]), message), []).append(risk)
    for (kind, stack, _, message), risks in alike.items():
        places = [".".join(part for part in (stack, risk["logicalId"]) if part) for risk in risks]
        names_of_all = ", ".join(risk["logicalId"] for risk in risks)
        text = risks[0]["message"] if len(risks) == 1 else message.replace(_GAP, names_of_all)
        yield ""
        yield from _wrapped(f"{kind}  {', '.join(places)}{_where(risks[0]['environments'], names)}", "  ")
        yield from _wrapped(text, "    ")


def _of_any(message: str, name: str) -> str:
    """Return a message for several resources, with a gap for their names; one that is about one as it is."""
    rest = message.removeprefix(name)
    own, _, _ = rest.partition(ORDER)  # the order of all is the same in the message of each
    is_about_one = not name or bool(re.search(rf"\b{re.escape(name)}\b", own))
    if rest != message and not is_about_one:
        return f"Each{rest}"
    return message.replace(name, _GAP) if name and _OF_POLICY in message else message


def _stack(stack: Entry, parts: Sequence[Sequence[_Merged]], names: Sequence[str]) -> Iterator[str]:
    parameters, resources, outputs = parts
    changed = {(one.entry["logicalId"], one.entry["change"]) for one in resources}
    counts = Counter(change for _, change in changed)
    counted = [f"{counts[change]} {_COUNTED[change]}" for change in _ORDER if counts[change]]
    yield f"{stack['name']} ({stack['region']}): {', '.join(counted) or 'no resource changes'}"
    for entry, where in parameters:
        values = _values(entry["before"], entry["after"])
        text = f"parameter {entry['name']}: {values}{_where(where, names)}  [{entry['file']}]"
        yield from _wrapped(text, "  ")
    for alike in _alike(sorted(resources, key=lambda one: _ORDER.index(one.entry["change"]))):
        yield from _resources(alike, _where(alike[0].where, names))
    for entry, where in outputs:
        yield from _output(entry, _where(where, names))


def _alike(resources: Iterable[_Merged]) -> list[list[_Merged]]:
    """Return resources of one type together that change in the same way and for the same reason."""
    groups: dict[str, list[_Merged]] = {}
    for one in resources:
        same = {key: value for key, value in one.entry.items() if key not in _OWN}
        groups.setdefault(json.dumps([same, one.where]), []).append(one)
    return list(groups.values())


def _resources(alike: Sequence[_Merged], where: str) -> Iterator[str]:
    entry = alike[0].entry
    names = ", ".join(one.entry["logicalId"] for one in alike)
    source = f"  [{entry['source']}]" if entry["source"] and len(alike) == 1 else ""
    yield from _wrapped(f"{entry['change']}  {names}  {entry['type']}{where}{source}", "  ")
    facts = []
    if entry["data"] != outcomes.NONE:
        facts.append(f"data: {entry['data']}")
    if entry["interruption"] != outcomes.NONE:
        facts.append(f"interruption: {entry['interruption']}")
    if facts:
        yield f"      {', '.join(facts)}"
    causes = entry["causes"]
    same_chain = len({tuple(cause["chain"]) for cause in causes}) == 1
    for cause in causes[:_MOST_CAUSES]:
        chain = "" if same_chain else f"  [{_chain(cause['chain'])}]"
        if cause["property"]:
            values = _values(cause["before"], cause["after"])
            yield from _wrapped(f"{cause['property']}: {values}{chain}", "      ")
    if len(causes) > _MOST_CAUSES:
        yield f"      and {len(causes) - _MOST_CAUSES} more"
    if same_chain and len(causes[0]["chain"]) > 1:  # else the template itself was edited
        yield from _wrapped(f"because of {_chain(causes[0]['chain'])}", "      ")


def _output(entry: Entry, where: str) -> Iterator[str]:
    exports = list(dict.fromkeys(name for name in (entry["export"], entry["exportAfter"]) if name))
    exported = f", export {' -> '.join(exports)}" if exports else ""
    yield from _wrapped(f"{entry['change']}  output {entry['key']}{exported}{where}", "  ")
    if entry["change"] == UPDATE and entry["before"] != entry["after"]:
        yield from _wrapped(_values(entry["before"], entry["after"]), "      ")
    if len(entry["chain"]) > 1:
        yield from _wrapped(f"because of {_chain(entry['chain'])}", "      ")


def _chain(steps: Sequence[str]) -> str:
    return " > ".join(steps)


def _values(before: Any, after: Any) -> str:
    if before is None:
        return f"set to {_cut(_text(after), 0)}"
    if after is None:
        return f"removed, was {_cut(_text(before), 0)}"
    one, other = _text(before), _text(after)
    same = next((at for at, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), 0)
    start = same - 20 if max(len(one), len(other)) > _LONGEST_VALUE and same > 30 else 0
    return f"{_cut(one, start)} -> {_cut(other, start)}"


def _text(value: Any) -> str:
    match value:
        case {"Key": _, "Value": inner} if len(value) == 2:  # a tag, whose key the place says
            return _text(inner)
    text = value if isinstance(value, str) else json.dumps(value)
    return " ".join(text.split()) or '""'


def _cut(text: str, start: int) -> str:
    """Return the part of a text from a place on that is short enough."""
    text = f"...{text[start:]}" if start else text
    return text if len(text) <= _LONGEST_VALUE else f"{text[: _LONGEST_VALUE - 3]}..."


def _where(where: Sequence[str], names: Sequence[str]) -> str:
    return f" in {', '.join(where)}" if tuple(where) != tuple(names) and any(where) else ""


def _wrapped(text: str, indent: str) -> list[str]:
    return textwrap.wrap(
        text,
        _WIDTH,
        initial_indent=indent,
        subsequent_indent=f"{indent}  ",
        break_long_words=False,
        break_on_hyphens=False,
    )
