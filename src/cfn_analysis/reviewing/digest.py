"""Common parts of the text and Markdown reports: groups equal changes and shortens values."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Any, Final, NamedTuple

from cfn_analysis.reviewing.risks import ORDER
from cfn_analysis.updates.resource_changes import ADD, MAYBE_REPLACE, POLICY, REMOVE, REPLACE, UPDATE

CHANGES: Final = {
    REMOVE: "removed",
    REPLACE: "replaced",
    MAYBE_REPLACE: "may be replaced",
    UPDATE: "updated",
    POLICY: "with another policy",
    ADD: "added",
}
"""The kinds of changes of resources in the order of the report, and their words."""
MOST_CAUSES: Final = 6
"""Maximum number of causes listed for a resource."""

_LONGEST_VALUE: Final = 60  # characters
_OWN: Final = ("logicalId", "source", "section", "interruptionOrder")
_GAP: Final = "\0"
_OF_POLICY: Final = "the stack policy does not allow an update to "

Entry = Mapping[str, Any]


class Merged(NamedTuple):
    """Changes that are the same in some environments; ``*`` stands for the name of the environment."""

    entry: Entry
    where: tuple[str, ...]


class StackDigest(NamedTuple):
    """The changes of a stack.

    Attributes:
        name: of the stack.
        region: its region.
        parameters: the changed parameters.
        resources: the changed resources, grouped by equal changes.
        outputs: the changed outputs.
        counts: change -> number of resources.
    """

    name: str
    region: str
    parameters: Sequence[Merged]
    resources: Sequence[Sequence[Merged]]
    outputs: Sequence[Merged]
    counts: Mapping[str, int]

    @property
    def is_quiet(self) -> bool:
        """Whether the stack has no changes."""
        return not (self.parameters or self.resources or self.outputs)

    @property
    def counted(self) -> str:
        """The number of resources for each change, in words."""
        found = [f"{self.counts[change]} {words}" for change, words in CHANGES.items() if self.counts[change]]
        return ", ".join(found) or "no resource changes"


class RiskGroup(NamedTuple):
    """Risks with equal messages.

    Attributes:
        kind: their kind.
        stack: their stack.
        names: their logical IDs.
        environments: their environments.
        message: the effect and the remedy.
        accepted: whether they are accepted.
        reason: the reason of the acceptance.
    """

    kind: str
    stack: str
    names: tuple[str, ...]
    environments: tuple[str, ...]
    message: str
    accepted: bool
    reason: str

    @property
    def places(self) -> list[str]:
        """The resources as ``STACK.ID``."""
        return [".".join(part for part in (self.stack, name) if part) for name in self.names]


def stack_digests(document: Entry) -> list[StackDigest]:
    """Return the changes of each stack; changes equal in several environments are contained once."""
    environments = document["environments"]
    found = []
    for name in dict.fromkeys(stack["name"] for one in environments for stack in one["stacks"]):
        of_stack = {
            one["name"]: stack for one in environments for stack in one["stacks"] if stack["name"] == name
        }
        parameters, resources, outputs = (
            _merged((where, _by_line(entry)) for where, stack in of_stack.items() for entry in stack[key])
            for key in ("parameters", "resources", "outputs")
        )
        order = list(CHANGES)
        resources.sort(key=lambda one: order.index(one.entry["change"]))
        changed = {(one.entry["logicalId"], one.entry["change"]) for one in resources}
        counts = Counter(change for _, change in changed)
        region = next(iter(of_stack.values()))["region"]
        found.append(StackDigest(name, region, parameters, _alike(resources), outputs, counts))
    return found


def risk_groups(risks: Iterable[Entry]) -> list[RiskGroup]:
    """Return the risks, grouped if their messages differ only in the resource."""
    alike: dict[tuple[Any, ...], list[Entry]] = {}
    for risk in _of_environments(risks):
        message = _of_any(risk["message"], risk["logicalId"])
        key = (
            risk["kind"],
            risk["stack"],
            str(risk["environments"]),
            message,
            risk["accepted"],
            risk["reason"],
        )
        alike.setdefault(key, []).append(risk)
    found = []
    for (kind, stack, _, message, accepted, reason), group in alike.items():
        names = tuple(risk["logicalId"] for risk in group)
        text = group[0]["message"] if len(group) == 1 else message.replace(_GAP, ", ".join(names))
        found.append(RiskGroup(kind, stack, names, tuple(group[0]["environments"]), text, accepted, reason))
    return found


def _of_environments(risks: Iterable[Entry]) -> Iterator[Entry]:
    """Yield the risks; merge those that differ only in the name of the environment, with ``*`` for it."""
    groups: dict[tuple[Any, ...], list[Entry]] = {}
    for risk in risks:
        message = risk["message"]
        for name in filter(None, risk["environments"]):
            message = _without_name(message, name)
        key = (*(risk[key] for key in ("kind", "stack", "logicalId", "accepted", "reason")), message)
        groups.setdefault(key, []).append(risk)
    for (*_, message), group in groups.items():
        if len(group) == 1:
            yield group[0]
        else:
            where = [name for risk in group for name in risk["environments"]]
            yield {**group[0], "environments": where, "message": message}


def _without_name(text: str, environment: str) -> str:
    return re.sub(rf"(?<![A-Za-z0-9]){re.escape(environment)}(?![A-Za-z0-9])", "*", text)


def counted(risks: Iterable[Entry]) -> str:
    """Return the number of risks of each kind, in words."""
    counts = Counter(risk["kind"] for risk in risks)
    return ", ".join(f"{number} {kind}" for kind, number in counts.items())


def environments_in_words(where: Sequence[str], names: Sequence[str]) -> str:
    """Return `` in dev, staging``, or an empty text for all environments."""
    return f" in {', '.join(where)}" if tuple(where) != tuple(names) and any(where) else ""


def chain_in_words(steps: Sequence[str]) -> str:
    """Return the causes of a change, in words."""
    return " > ".join(steps)


def values_in_words(before: Any, after: Any) -> str:
    """Return both values, shortened for a line; of long values, the differing part."""
    if before is None:
        return f"set to {_cut(_one_line(after), 0)}"
    if after is None:
        return f"removed, was {_cut(_one_line(before), 0)}"
    one, other = _one_line(before), _one_line(after)
    same = next((at for at, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), 0)
    start = same - 20 if max(len(one), len(other)) > _LONGEST_VALUE and same > 30 else 0
    return f"{_cut(one, start)} -> {_cut(other, start)}"


def _merged(entries: Iterable[tuple[str, Entry]]) -> list[Merged]:
    groups: dict[str, dict[str, Entry]] = {}
    for environment, entry in entries:
        text = json.dumps(entry)
        if environment:
            text = _without_name(text, environment)
        groups.setdefault(text, {})[environment] = entry
    return [
        Merged(next(iter(where.values())) if len(where) == 1 else json.loads(text), tuple(where))
        for text, where in groups.items()
    ]


def _by_line(entry: Entry) -> Entry:
    """Return an entry with a cause for each differing line of a text, such as the body of a dashboard.

    Lines that differ equally in several environments are merged, also if the rest of their texts differs.
    """
    causes = [line for cause in entry.get("causes", ()) for line in _lines(cause)]
    return {**entry, "causes": causes} if causes else entry


def _lines(cause: Entry) -> list[Entry]:
    before, after = cause["before"], cause["after"]
    if not all(isinstance(value, str) and "\n" in value for value in (before, after)):
        return [cause]
    # The comma only separates a line from the next one.
    old, new = ([line.strip().removesuffix(",") for line in text.split("\n")] for text in (before, after))
    pairs = [
        pair
        for kind, *place in SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
        if kind != "equal"
        for pair in zip_longest(old[place[0] : place[1]], new[place[2] : place[3]])
    ]
    name = f"{cause['property']} (line)"
    return [{**cause, "property": name, "before": one, "after": other} for one, other in pairs] or [cause]


def _alike(resources: Iterable[Merged]) -> list[list[Merged]]:
    """Group resources of one type with the same change and the same cause."""
    groups: dict[str, list[Merged]] = {}
    for one in resources:
        same = {key: value for key, value in one.entry.items() if key not in _OWN}
        groups.setdefault(json.dumps([same, one.where]), []).append(one)
    return list(groups.values())


def _of_any(message: str, name: str) -> str:
    """Return a message with a placeholder for the name of its resource, to compare it with other messages."""
    rest = message.removeprefix(name)
    own, _, _ = rest.partition(ORDER)  # the order is the same in all messages
    is_about_one = not name or bool(re.search(rf"\b{re.escape(name)}\b", own))
    if rest != message and not is_about_one:
        return f"Each{rest}"
    return message.replace(name, _GAP) if name and _OF_POLICY in message else message


def _one_line(value: Any) -> str:
    match value:
        case {"Key": _, "Value": inner} if len(value) == 2:  # a tag; its key is in the place
            return _one_line(inner)
    text = value if isinstance(value, str) else json.dumps(value)
    return " ".join(text.split()) or '""'


def _cut(text: str, start: int) -> str:
    """Return a short part of a text, from a position on."""
    text = f"...{text[start:]}" if start else text
    return text if len(text) <= _LONGEST_VALUE else f"{text[: _LONGEST_VALUE - 3]}..."
