"""The changes and risks of a review as a person reads them: equal ones once, and values shortened.

Equal changes of several environments are one, with ``*`` for the name of the environment in their values.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Any, Final, NamedTuple, Protocol, TypeVar

from cfn_analysis.model.wiring import Node
from cfn_analysis.reviewing.changes import ChangedParameter, StackChanges
from cfn_analysis.reviewing.findings import Risk
from cfn_analysis.reviewing.hiding import shown
from cfn_analysis.reviewing.judging import Judgment
from cfn_analysis.reviewing.outcomes import NONE, ResourceOutcome
from cfn_analysis.reviewing.outputs import ChangedOutput
from cfn_analysis.reviewing.report import Review, new_value
from cfn_analysis.reviewing.sentences import WORDS
from cfn_analysis.reviewing.writing import is_about_several, written
from cfn_analysis.updates.resource_changes import (
    ADD,
    MAYBE_ADD,
    MAYBE_REMOVE,
    MAYBE_REPLACE,
    POLICY,
    REMOVE,
    REPLACE,
    UPDATE,
    Cause,
)

CHANGES: Final = {
    REMOVE: "removed",
    MAYBE_REMOVE: "may be removed",
    REPLACE: "replaced",
    MAYBE_REPLACE: "may be replaced",
    UPDATE: "updated",
    POLICY: "with another policy",
    ADD: "added",
    MAYBE_ADD: "may be added",
}
"""The kinds of changes of resources in the order of the report, and their words."""
MOST_CAUSES: Final = 6
"""Maximum number of causes listed for a resource."""

_LONGEST_VALUE: Final = 60  # characters
_ITEM: Final = re.compile(r"\[[^\]]*\]")
_TITLE: Final = re.compile(r'"title":"([^"]+)"')


class CauseLine(NamedTuple):
    """A changed property, its values as shown, and the chain that led to it; None if there is no value.

    The name is empty if the resource is added or removed.
    """

    name: str
    before: Any
    after: Any
    chain: Sequence[str]

    def without(self, environment: str) -> "CauseLine":
        """Return the line with ``*`` for the name of an environment."""
        before, after = _both_without_name(self.before, self.after, environment)
        name, chain = without_name(self.name, environment), without_name(self.chain, environment)
        return CauseLine(name, before, after, chain)


class ResourceLine(NamedTuple):
    """The change of a resource; the action is a key of ``CHANGES``."""

    name: str
    type: str
    action: str
    interruption: str
    data: str
    source: str
    causes: Sequence[CauseLine]

    @property
    def facts(self) -> list[str]:
        """What happens to its data and to its clients, if anything does."""
        effects = {"data": self.data, "interruption": self.interruption}
        return [f"{key}: {effect}" for key, effect in effects.items() if effect != NONE]

    def without(self, environment: str) -> "ResourceLine":
        """Return the line with ``*`` for the name of an environment."""
        return self._replace(causes=[cause.without(environment) for cause in self.causes])


class OutputLine(NamedTuple):
    """The change of an output, and the names of its export, the old one first."""

    key: str
    action: str
    before: Any
    after: Any
    exports: Sequence[str]
    chain: Sequence[str]

    @property
    def is_updated(self) -> bool:
        """Whether its value as shown changes."""
        return self.action == UPDATE and self.before != self.after

    def without(self, environment: str) -> "OutputLine":
        """Return the line with ``*`` for the name of an environment."""
        before, after = _both_without_name(self.before, self.after, environment)
        exports, chain = without_name(self.exports, environment), without_name(self.chain, environment)
        return OutputLine(self.key, self.action, before, after, exports, chain)


class ParameterLine(NamedTuple):
    """The change of the value of a parameter, and the file that sets it."""

    name: str
    action: str
    before: Any
    after: Any
    file: str

    def without(self, environment: str) -> "ParameterLine":
        """Return the line with ``*`` for the name of an environment."""
        before, after = _both_without_name(self.before, self.after, environment)
        return ParameterLine(self.name, self.action, before, after, without_name(self.file, environment))


class _Line(Protocol):
    def without(self, environment: str) -> Any: ...


Line = TypeVar("Line", bound=_Line)
Located = tuple[Line, str]
"""A line, and its environments in words; empty for all."""


class StackDigest(NamedTuple):
    """The changes of a stack; resources are grouped by equal changes, and counted by the kind of change."""

    name: str
    region: str
    parameters: Sequence[Located[ParameterLine]]
    resources: Sequence[Sequence[Located[ResourceLine]]]
    outputs: Sequence[Located[OutputLine]]
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
    in_environments: str

    @property
    def places(self) -> list[str]:
        """The resources as ``STACK.ID``, of risks about properties as ``STACK.ID#PROPERTY``."""
        path = f"#{self.risk.path}" if self.risk.path else ""
        return [f"{_place(self.risk.stack, name)}{path}" for name in self.names]

    @property
    def message(self) -> str:
        """The effect and the remedy in English."""
        return written(self.risk.sentence, self.names, dict(self.risk.detail))


class ChangeGroup(NamedTuple):
    """Changes that are not risks and differ only in the resource: values, environments and the effect."""

    stack: str
    names: tuple[str, ...]
    path: str
    before: Any
    after: Any
    in_environments: str
    effect: str

    @property
    def places(self) -> list[str]:
        """The resources as ``STACK.ID``; of changes of the template itself, the stack."""
        return [_place(self.stack, name) for name in self.names]

    @property
    def change(self) -> str:
        """The property with both values, shortened for a line; of a whole resource, its type."""
        if self.path:
            return f"{self.path}: {values_in_words(self.before, self.after)}"
        if self.before is None:
            return f"added: {self.after}"
        return f"removed: {self.before}"

    @property
    def kind(self) -> tuple[str, str, str]:
        """What changes of one kind have in common: the property of any item, environments and effect."""
        if not self.path:
            return self.change, self.in_environments, self.effect
        return _ITEM.sub("[]", self.path), self.in_environments, self.effect


class ChangeLine(NamedTuple):
    """One or more groups of changes in a line: the changed value, or the number of changes of one kind."""

    groups: Sequence[ChangeGroup]
    change: str

    @property
    def places(self) -> list[str]:
        """The resources as ``STACK.ID``, of many the first ones."""
        places = list(dict.fromkeys(place for group in self.groups for place in group.places))
        if len(self.groups) == 1 or len(places) <= MOST_CAUSES:
            return places
        return [*places[:MOST_CAUSES], f"{len(places) - MOST_CAUSES} more"]

    @property
    def in_environments(self) -> str:
        """The environments, as in a group."""
        return self.groups[0].in_environments

    @property
    def effect(self) -> str:
        """What follows from the changes; empty if that is not known."""
        return self.groups[0].effect


def _place(stack: str, name: str) -> str:
    if not name:
        return stack
    return f"{stack}.{name}"


def headline(review: Review) -> str:
    """Return what the review knows, in a line: the risks by kind, and how many changes are not judged.

    It counts what ``risk_groups`` and ``change_groups`` list.
    """
    groups = risk_groups(review.risks, [environment.name for environment in review.environments])
    others = others_in_words(review)
    if groups:
        line = f"Risks: {counted(groups)}"
        accepted = number_of_risks(group for group in groups if group.risk.accepted)
        if accepted == number_of_risks(groups):
            line += "; all accepted"
        elif accepted:
            line += f"; {accepted} accepted"
        return f"{line}. {others}" if others else line
    if review.not_judged:
        return f"No known risks. {others}"
    if others:
        return f"No risks. {others}"
    if not review.judgments and all(stack.is_quiet for stack in stack_digests(review)):
        return "No changes."
    return "No risks."


def others_in_words(review: Review) -> str:
    """Return how many changes are not judged, and how many have known effects; empty if there is none."""
    names = [environment.name for environment in review.environments]
    number, effects = (
        sum(len(group.names) for group in change_groups(judgments, names))
        for judgments in (review.not_judged, review.effects)
    )
    sentences = []
    if number:
        sentences.append(f"{number} {'change is' if number == 1 else 'changes are'} not judged.")
    if effects == 1:
        sentences.append("1 change has a known effect.")
    elif effects:
        sentences.append(f"{effects} changes have known effects.")
    return " ".join(sentences)


def stack_digests(review: Review) -> list[StackDigest]:
    """Return the changes of each stack; changes equal in several environments are contained once."""
    by_stack: dict[str, dict[str, StackChanges]] = {}
    for environment in review.environments:
        for stack in environment.stacks:
            by_stack.setdefault(stack.built.name, {})[environment.name] = stack
    names = [environment.name for environment in review.environments]
    return [
        _stack_digest(name, of_stack, review.sources.get(name, {}), names)
        for name, of_stack in by_stack.items()
    ]


def _stack_digest(
    name: str, of_stack: Mapping[str, StackChanges], sources: Mapping[str, str], environments: Sequence[str]
) -> StackDigest:
    parameters: list[tuple[str, ParameterLine]] = []
    resources: list[tuple[str, ResourceLine]] = []
    outputs: list[tuple[str, OutputLine]] = []
    for environment, stack in of_stack.items():
        parameters += [(environment, _parameter_line(parameter)) for parameter in stack.parameters]
        resources += [(environment, _resource_line(outcome, sources)) for outcome in stack.resources]
        outputs += [(environment, _output_line(output)) for output in stack.outputs]
    order = list(CHANGES)
    merged_resources = _merged(resources, environments)
    merged_resources.sort(key=lambda located: order.index(located[0].action))
    changed = {(line.name, line.action) for line, _ in merged_resources}
    counts = Counter(action for _, action in changed)
    return StackDigest(
        name,
        next(iter(of_stack.values())).built.region,
        _merged(parameters, environments),
        _alike(merged_resources),
        _merged(outputs, environments),
        counts,
    )


def _resource_line(outcome: ResourceOutcome, sources: Mapping[str, str]) -> ResourceLine:
    change = outcome.change
    name = change.node.name
    causes: list[CauseLine] = []
    for cause in change.causes:
        causes += _cause_lines(cause, change.type)
    source = sources[name] if sources else ""
    return ResourceLine(
        name,
        change.written_type,
        change.action_in_reports,
        outcome.interruption,
        outcome.data,
        source,
        causes,
    )


def _cause_lines(cause: Cause, type_name: str) -> list[CauseLine]:
    """Return a cause; of a text of several lines, such as the body of a dashboard, each differing line."""
    before, after = shown(cause.before, cause.path, type_name), new_value(cause, type_name)
    if not _has_lines(before) or not _has_lines(after):
        return [CauseLine(cause.path, before, after, cause.chain)]
    old, new = _lines(before), _lines(after)
    lines = []
    opcodes = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    for kind, old_start, old_end, new_start, new_end in opcodes:
        if kind == "equal":
            continue
        title = _title(new[:new_end]) or _title(old[:old_end]) or "line"
        pairs = zip_longest(old[old_start:old_end], new[new_start:new_end])
        lines += [CauseLine(f"{cause.path} ({title})", was, will, cause.chain) for was, will in pairs]
    return lines or [CauseLine(cause.path, before, after, cause.chain)]


def _has_lines(value: Any) -> bool:
    return isinstance(value, str) and "\n" in value


def _lines(text: str) -> list[str]:
    """Return the lines of a text; a comma at the end only separates a line from the next one."""
    return [line.strip().removesuffix(",") for line in text.split("\n")]


def _title(lines: Sequence[str]) -> str:
    """Return the title of the graph of a dashboard that some lines of its JSON end in; empty without one."""
    for line in reversed(lines):
        if titles := _TITLE.findall(line):
            return str(titles[-1])
    return ""


def _output_line(output: ChangedOutput) -> OutputLine:
    action = output.action
    if action == REMOVE and output.after is not None:  # its condition is not known
        action = MAYBE_REMOVE
    exports = tuple(name for name in (output.export, output.new_export) if name)
    before, after = shown(output.before, output.key), shown(output.after, output.key)
    return OutputLine(output.key, action, before, after, tuple(dict.fromkeys(exports)), output.reason.chain)


def _parameter_line(parameter: ChangedParameter) -> ParameterLine:
    return ParameterLine(*parameter)


def risk_groups(risks: Iterable[Risk], environments: Sequence[str]) -> list[RiskGroup]:
    """Return the risks; those with the same sentence and detail are one, if it can be about several."""
    alike: dict[Risk, list[str]] = {}
    for risk in _merge_environments(risks):
        is_shared = is_about_several(risk.sentence)
        key = risk._replace(subject=Node(risk.stack, "")) if is_shared else risk
        alike.setdefault(key, []).append(risk.name)
    return [
        RiskGroup(risk, tuple(names), _in_environments(risk.environments, environments))
        for risk, names in alike.items()
    ]


def _merge_environments(risks: Iterable[Risk]) -> Iterator[Risk]:
    """Yield the risks; merge those that differ only in the name of the environment, with ``*`` for it."""
    originals_by_risk: dict[Risk, list[Risk]] = {}
    for risk in risks:
        detail = risk.detail
        for name in risk.environments:
            detail = tuple((field, without_name(value, name)) for field, value in detail)
        originals_by_risk.setdefault(risk._replace(detail=detail, environments=()), []).append(risk)
    for merged_risk, originals in originals_by_risk.items():
        if len(originals) == 1:
            yield originals[0]
            continue
        environments: list[str] = []
        for risk in originals:
            environments += risk.environments
        yield merged_risk._replace(environments=tuple(environments))


def change_groups(judgments: Iterable[Judgment], environments: Sequence[str]) -> list[ChangeGroup]:
    """Return changes that are not risks as groups: those with the same property and values are one."""
    groups: dict[str, ChangeGroup] = {}
    for judgment in _equal_in_environments(judgments):
        in_environments = _in_environments(judgment.environments, environments)
        stack, name = judgment.subject
        group = ChangeGroup(
            stack, (), judgment.path, judgment.before, judgment.after, in_environments, judgment.reason
        )
        key = json.dumps(group)
        groups[key] = group._replace(names=(*groups.get(key, group).names, name))
    return list(groups.values())


def change_lines(
    judgments: Iterable[Judgment], environments: Sequence[str], *, verbose: bool
) -> list[ChangeLine]:
    """Return the lines about changes; without ``verbose``, those of one kind are one with their number."""
    groups = change_groups(judgments, environments)
    if verbose:
        return [ChangeLine([group], group.change) for group in groups]
    kinds: dict[tuple[str, str, str], list[ChangeGroup]] = {}
    for group in groups:
        kinds.setdefault(group.kind, []).append(group)
    lines = []
    for (what, _, _), of_kind in kinds.items():
        number = sum(len(group.names) for group in of_kind)
        change = of_kind[0].change if len(of_kind) == 1 else f"{number} changes: {what}"
        lines.append(ChangeLine(of_kind, change))
    return lines


def _equal_in_environments(judgments: Iterable[Judgment]) -> Iterator[Judgment]:
    """Yield the changes; merge those that differ only in the name of the environment, with ``*`` for it."""
    originals_by_key: dict[str, list[Judgment]] = {}
    merged: dict[str, Judgment] = {}
    for judgment in judgments:
        before, after, reason = judgment.before, judgment.after, judgment.reason
        for name in judgment.environments:
            before, after = _both_without_name(before, after, name)
            reason = without_name(reason, name)
        anonymous = judgment._replace(before=before, after=after, reason=reason, environments=())
        key = json.dumps(anonymous)
        merged[key] = anonymous
        originals_by_key.setdefault(key, []).append(judgment)
    for key, originals in originals_by_key.items():
        if len(originals) == 1:
            yield originals[0]
            continue
        environments: list[str] = []
        for judgment in originals:
            environments += judgment.environments
        yield merged[key]._replace(environments=tuple(environments))


def number_of_risks(groups: Iterable[RiskGroup]) -> int:
    """Return how many risks some groups list."""
    return sum(len(group.names) for group in groups)


def counted(groups: Iterable[RiskGroup]) -> str:
    """Return the number of risks of each kind, in words."""
    counts: Counter[str] = Counter()
    for group in groups:
        counts[group.risk.kind] += len(group.names)
    return ", ".join(f"{number} {kind}" for kind, number in counts.items())


def _in_environments(environments: Sequence[str], every: Sequence[str]) -> str:
    """Return `` in dev, staging``, or an empty text for all environments."""
    if list(environments) == list(every) or not any(environments):
        return ""
    return f" in {', '.join(environments)}"


def without_name(value: Any, environment: str) -> Any:
    """Return a value with ``*`` for the name of an environment in its texts; without a name, the value."""
    if not environment:
        return value
    if isinstance(value, Mapping):
        return {key: without_name(part, environment) for key, part in value.items()}
    if isinstance(value, tuple):
        return tuple(without_name(part, environment) for part in value)
    if isinstance(value, list):
        return [without_name(part, environment) for part in value]
    if not isinstance(value, str) or value in WORDS:
        return value
    return re.sub(rf"(?<![A-Za-z0-9]){re.escape(environment)}(?![A-Za-z0-9])", "*", value)


def _both_without_name(before: Any, after: Any, environment: str) -> tuple[Any, Any]:
    """Return two values with ``*`` for the name of an environment; as they are if only that makes them equal.

    The new value may have an asterisk in place of the name: a wildcard.
    """
    anonymous = without_name(before, environment), without_name(after, environment)
    if before != after and anonymous[0] == anonymous[1]:
        return before, after
    return anonymous


def _merged(lines: Iterable[tuple[str, Line]], environments: Sequence[str]) -> list[Located[Line]]:
    """Return the lines, equal ones of several environments once."""
    groups: dict[str, dict[str, Line]] = {}
    merged: dict[str, Line] = {}
    for environment, line in lines:
        anonymous: Line = line.without(environment)
        key = json.dumps(anonymous)  # its values can be lists
        merged[key] = anonymous
        groups.setdefault(key, {})[environment] = line
    located = []
    for key, group in groups.items():
        line = next(iter(group.values())) if len(group) == 1 else merged[key]
        located.append((line, _in_environments([*group], environments)))
    return located


def _alike(resources: Iterable[Located[ResourceLine]]) -> list[list[Located[ResourceLine]]]:
    """Group resources of one type with the same change and the same cause."""
    groups: dict[str, list[Located[ResourceLine]]] = {}
    for line, in_environments in resources:
        key = json.dumps([line._replace(name="", source=""), in_environments])
        groups.setdefault(key, []).append((line, in_environments))
    return list(groups.values())


def values_in_words(before: Any, after: Any, *, is_removed: bool = False) -> str:
    """Return both values, shortened for a line; of long values, the differing part.

    ``is_removed`` is whether what has the values is removed, which matters only if they are not known.
    """
    if before is None and after is None:
        return "removed" if is_removed else "its value is not in the files"
    if before is None:
        return f"set to {_cut(_one_line(after), 0)}"
    if after is None:
        return f"removed, was {_cut(_one_line(before), 0)}"
    old, new = _one_line(before), _one_line(after)
    if old == new:  # they differ in what is hidden, or in spaces
        return f"{_cut(old, 0)} -> a different value that is shown in the same way"
    common = _common_length(old, new)
    start = 0
    if max(len(old), len(new)) > _LONGEST_VALUE and common > 30:
        start = common - 20
    return f"{_cut(old, start)} -> {_cut(new, start)}"


def _common_length(first: str, second: str) -> int:
    """Return the length of the common start of two texts."""
    length = 0
    for old, new in zip(first, second, strict=False):
        if old != new:
            break
        length += 1
    return length


def _one_line(value: Any) -> str:
    match value:
        case {"Key": _, "Value": inner} if len(value) == 2:  # a tag; its key is in the place
            return _one_line(inner)
    text = value
    if not isinstance(value, str):
        text = json.dumps(value)
    return " ".join(text.split()) or '""'


def _cut(text: str, start: int) -> str:
    """Return a short part of a text, from a position on."""
    if start:
        text = f"...{text[start:]}"
    if len(text) <= _LONGEST_VALUE:
        return text
    return f"{text[: _LONGEST_VALUE - 3]}..."
