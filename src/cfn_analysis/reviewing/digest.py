"""Common parts of the text and Markdown reports: groups equal changes and shortens values."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Any, Final, NamedTuple

from cfn_analysis.model.wiring import Node
from cfn_analysis.reviewing.findings import Risk
from cfn_analysis.reviewing.outcomes import NONE
from cfn_analysis.reviewing.sentences import WORDS
from cfn_analysis.reviewing.writing import is_about_several, written
from cfn_analysis.updates.resource_changes import ADD, MAYBE_REPLACE, POLICY, REMOVE, REPLACE, UPDATE

CHANGES: Final = {
    REMOVE: "removed",
    f"maybe-{REMOVE}": "may be removed",
    REPLACE: "replaced",
    MAYBE_REPLACE: "may be replaced",
    UPDATE: "updated",
    POLICY: "with another policy",
    ADD: "added",
    f"maybe-{ADD}": "may be added",
}
"""The kinds of changes of resources in the order of the report, and their words."""
MOST_CAUSES: Final = 6
"""Maximum number of causes listed for a resource."""

_LONGEST_VALUE: Final = 60  # characters
_OWN: Final = ("logicalId", "source", "section", "interruptionOrder")

Entry = Mapping[str, Any]


class Merged(NamedTuple):
    """An entry that is the same in some environments, with ``*`` for their name, and where; empty for all."""

    entry: Entry
    where: str


class StackDigest(NamedTuple):
    """The changes of a stack; resources are grouped by equal changes, and counted by the kind of change."""

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
        counts = [
            f"{self.counts[action]} {words}" for action, words in CHANGES.items() if self.counts[action]
        ]
        return ", ".join(counts) or "no resource changes"


class RiskGroup(NamedTuple):
    """Risks that differ only in the resource: one of them, their logical IDs and environments."""

    risk: Risk
    names: tuple[str, ...]
    where: str

    @property
    def places(self) -> list[str]:
        """The resources as ``STACK.ID``."""
        return [f"{self.risk.stack}.{name}" if name else self.risk.stack for name in self.names]

    @property
    def message(self) -> str:
        """The effect and the remedy in English."""
        return written(self.risk.sentence, self.names, dict(self.risk.detail))


def stack_digests(document: Entry) -> list[StackDigest]:
    """Return the changes of each stack; changes equal in several environments are contained once."""
    entries: dict[str, dict[str, Entry]] = {}
    for environment in document["environments"]:
        for stack in environment["stacks"]:
            entries.setdefault(stack["name"], {})[environment["name"]] = stack
    every = [environment["name"] for environment in document["environments"]]
    digests = []
    for name, of_stack in entries.items():
        parameters, resources, outputs = (
            _merged(
                ((where, _by_line(entry)) for where, stack in of_stack.items() for entry in stack[key]), every
            )
            for key in ("parameters", "resources", "outputs")
        )
        order = list(CHANGES)
        resources.sort(key=lambda merged: order.index(merged.entry["change"]))
        changed = {(merged.entry["logicalId"], _counted_change(merged.entry)) for merged in resources}
        counts = Counter(action for _, action in changed)
        region = next(iter(of_stack.values()))["region"]
        digests.append(StackDigest(name, region, parameters, _alike(resources), outputs, counts))
    return digests


def _counted_change(resource: Entry) -> str:
    """Return the change of a resource; if its condition is not known, it only may be added or removed."""
    is_possible = any(cause["property"] == "Condition" for cause in resource["causes"])
    action: str = resource["change"]
    return f"maybe-{action}" if is_possible and action in (ADD, REMOVE) else action


def output_change(output: Entry) -> str:
    """Return the change of an output; one that has a value afterwards only may be removed."""
    action: str = output["change"]
    return f"maybe-{REMOVE}" if action == REMOVE and output["after"] is not None else action


def risk_groups(risks: Iterable[Risk], environments: Sequence[str]) -> list[RiskGroup]:
    """Return the risks; those with the same sentence and detail are one, if it can be about several."""
    alike: dict[Risk, list[str]] = {}
    for risk in _of_environments(risks):
        is_shared = is_about_several(risk.sentence)
        key = risk._replace(subject=Node(risk.stack, "")) if is_shared else risk
        alike.setdefault(key, []).append(risk.name)
    return [
        RiskGroup(risk, tuple(names), _where(risk.environments, environments))
        for risk, names in alike.items()
    ]


def _of_environments(risks: Iterable[Risk]) -> Iterator[Risk]:
    """Yield the risks; merge those that differ only in the name of the environment, with ``*`` for it."""
    alike: dict[Risk, list[Risk]] = {}
    for risk in risks:
        detail = dict(risk.detail)
        for name in filter(None, risk.environments):
            detail = {field: _without_name(value, name) for field, value in detail.items()}
        alike.setdefault(risk._replace(detail=tuple(detail.items()), environments=()), []).append(risk)
    for merged, group in alike.items():
        where = tuple(name for risk in group for name in risk.environments)
        yield group[0] if len(group) == 1 else merged._replace(environments=where)


def _without_name(value: Any, environment: str) -> Any:
    """Return a text, or a tuple of texts, with ``*`` for the name of an environment."""
    if isinstance(value, tuple):
        return tuple(_without_name(part, environment) for part in value)
    if not isinstance(value, str) or value in WORDS:
        return value
    return re.sub(rf"(?<![A-Za-z0-9]){re.escape(environment)}(?![A-Za-z0-9])", "*", value)


def counted(risks: Iterable[Risk]) -> str:
    """Return the number of risks of each kind, in words."""
    counts = Counter(risk.kind for risk in risks)
    return ", ".join(f"{number} {kind}" for kind, number in counts.items())


def _where(environments: Sequence[str], every: Sequence[str]) -> str:
    """Return `` in dev, staging``, or an empty text for all environments."""
    return f" in {', '.join(environments)}" if [*environments] != [*every] and any(environments) else ""


def facts(resource: Entry) -> list[str]:
    """Return what happens to the data and to the clients of a resource, if anything does."""
    return [f"{key}: {resource[key]}" for key in ("data", "interruption") if resource[key] != NONE]


def exports(output: Entry) -> list[str]:
    """Return the names of the export of an output, the old one first."""
    return list(dict.fromkeys(filter(None, (output["export"], output["exportAfter"]))))


def values_in_words(entry: Entry) -> str:
    """Return both values of an entry, shortened for a line; of long values, the differing part."""
    before, after = entry["before"], entry["after"]
    if before is None and after is None:
        return "removed" if entry["change"] == REMOVE else "its value is not in the files"
    if before is None:
        return f"set to {_cut(_one_line(after), 0)}"
    if after is None:
        return f"removed, was {_cut(_one_line(before), 0)}"
    old, new = _one_line(before), _one_line(after)
    if old == new:  # they differ in what is hidden, or in spaces
        return f"{_cut(old, 0)} -> another value that is shown alike"
    pairs = enumerate(zip(old, new, strict=False))
    same = next((at for at, pair in pairs if pair[0] != pair[1]), min(len(old), len(new)))
    start = same - 20 if max(len(old), len(new)) > _LONGEST_VALUE and same > 30 else 0
    return f"{_cut(old, start)} -> {_cut(new, start)}"


def _merged(entries: Iterable[tuple[str, Entry]], environments: Sequence[str]) -> list[Merged]:
    groups: dict[str, dict[str, Entry]] = {}
    for environment, entry in entries:
        text = json.dumps(entry)
        if environment:
            text = _without_name(text, environment)
        groups.setdefault(text, {})[environment] = entry
    return [
        Merged(
            next(iter(group.values())) if len(group) == 1 else json.loads(text),
            _where([*group], environments),
        )
        for text, group in groups.items()
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
    return [{**cause, "property": name, "before": was, "after": will} for was, will in pairs] or [cause]


def _alike(resources: Iterable[Merged]) -> list[list[Merged]]:
    """Group resources of one type with the same change and the same cause."""
    groups: dict[str, list[Merged]] = {}
    for resource in resources:
        same = {key: value for key, value in resource.entry.items() if key not in _OWN}
        groups.setdefault(json.dumps([same, resource.where]), []).append(resource)
    return list(groups.values())


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
