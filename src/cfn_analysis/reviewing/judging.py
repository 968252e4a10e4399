"""What the review knows about each change: a risk, harmless, with a known effect, or not judged.

Silence of a detector is not a judgment: a change that no risk names, that no row of ``harmless.yaml`` and no
detector of ``DETECTORS`` calls harmless, and whose effect no row and no detector of ``effects`` knows, is not
judged. A change that only follows from another one is judged with that one: a changed parameter with the
property that reads it, and a reference to a replaced resource with the replacement.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from cfn_analysis.model.schemas import is_never_updated
from cfn_analysis.model.wiring import Node
from cfn_analysis.reviewing import sentences, values
from cfn_analysis.reviewing.access.narrower import narrower_policies
from cfn_analysis.reviewing.access.networks import narrower_networks
from cfn_analysis.reviewing.access.unchanged import same_access
from cfn_analysis.reviewing.changes import EnvironmentChanges, StackChanges
from cfn_analysis.reviewing.effects.alarms import effects_on_alarms
from cfn_analysis.reviewing.effects.declarations import effect_of_declaration
from cfn_analysis.reviewing.effects.properties import effect_of_value
from cfn_analysis.reviewing.findings import Harmless, KnownEffect, Risk
from cfn_analysis.reviewing.guards.alarms import ALARM_TYPES, notifies_only
from cfn_analysis.reviewing.guards.stack_policies import same_stack_policies
from cfn_analysis.reviewing.harmless import ADDED, REMOVED, TEMPLATE, reason_of_value
from cfn_analysis.reviewing.hiding import shown, shows_secret
from cfn_analysis.reviewing.kinds import EXPORT, OUTPUT, RENAME, REPLACED
from cfn_analysis.reviewing.outputs import ChangedOutput
from cfn_analysis.reviewing.publications import published_versions
from cfn_analysis.reviewing.tags import unread_tags
from cfn_analysis.reviewing.template_changes import is_read, template_changes
from cfn_analysis.reviewing.values import ValueChange
from cfn_analysis.updates.resource_changes import ADD, REMOVE, Cause, ResourceChange

RISK: Final = "risk"
HARMLESS: Final = "harmless"
EFFECT: Final = "effect"
NOT_JUDGED: Final = "not judged"

DETECTORS: Final[Sequence[Callable[[EnvironmentChanges], Iterator[Harmless]]]] = (
    same_access,
    same_stack_policies,
    published_versions,
    unread_tags,
)
"""The detectors that know both directions of a change, and yield it if it is harmless in both."""

EFFECTS: Final[Sequence[Callable[[EnvironmentChanges], Iterator[KnownEffect]]]] = (
    effects_on_alarms,
    narrower_policies,
    narrower_networks,
)
"""The detectors that say what follows from a change that is neither a risk nor harmless."""


class Judgment(NamedTuple):
    """A change in one or more environments, and what the review knows about it.

    Attributes:
        subject: the resource; without a name, the stack.
        path: the changed property or attribute as a cause names it; of a stack, such as ``Outputs.VPCId``.
            Empty if the resource, or the stack, is added or removed.
        before: the old value as shown in reports; the type of a removed resource.
        after: the new value as shown in reports; the type of an added resource.
        verdict: ``risk``, ``harmless``, ``effect`` or ``not judged``.
        reason: why it is harmless, or what follows from it.
    """

    subject: Node
    path: str
    before: Any
    after: Any
    verdict: str
    reason: str = ""
    environments: tuple[str, ...] = ()


def judgments(environment: EnvironmentChanges, risks: Iterable[Risk]) -> Iterator[Judgment]:
    """Yield each change of an environment with its judgment; ``risks`` are those of the environment."""
    judges = Judges(environment, risks)
    for stack in environment.stacks:
        if stack.built.name not in environment.before:
            yield _new_stack(stack)
            continue
        for outcome in stack.resources:
            yield from _of_resource(judges, outcome.change)
        for output in stack.outputs:
            yield _of_output(judges, stack, output)
        yield from _of_template(judges, environment, stack)


def _new_stack(stack: StackChanges) -> Judgment:
    added = sum(outcome.change.action == ADD for outcome in stack.resources)
    noun = "resource" if added == 1 else "resources"
    return Judgment(Node(stack.built.name, ""), "", None, f"a new stack with {added} {noun}", NOT_JUDGED)


class Judges:
    """What risks and detectors say about the changes of an environment."""

    def __init__(self, environment: EnvironmentChanges, risks: Iterable[Risk]) -> None:
        self.environment = environment
        self.paths: dict[Node, list[str]] = {}
        self.whole: set[Node] = set()
        self.outputs: set[Node] = set()
        for risk in risks:
            if risk.kind in (EXPORT, OUTPUT):
                self.outputs.add(risk.subject)
            elif risk.paths:
                if not self._is_about_the_update(risk):
                    self.paths.setdefault(risk.subject, []).extend(risk.paths)
            else:
                self.whole.add(risk.subject)
            if risk.kind == RENAME:
                self.whole.add(Node(risk.stack, str(dict(risk.detail)["new"])))
        self.harmless: dict[Node, list[Harmless]] = {}
        for detector in DETECTORS:
            for harmless in detector(environment):
                self.harmless.setdefault(harmless.subject, []).append(harmless)
        self.effects: dict[Node, list[KnownEffect]] = {}
        for effects in EFFECTS:
            for effect in effects(environment):
                self.effects.setdefault(effect.subject, []).append(effect)

    def _is_about_the_update(self, risk: Risk) -> bool:
        """Return whether a risk says how a value is changed, which says nothing about the new value.

        A replacement counts as such only for a type that is always replaced.
        """
        if risk.sentence == sentences.INTERRUPTED:
            return True
        if risk.kind != REPLACED:
            return False
        change = self.environment.resources[risk.subject].change
        return is_never_updated(change.type, self.environment.after[risk.stack].built.region)

    def reason(self, subject: Node, path: str) -> str:
        """Return why a detector found a change harmless; empty if none did."""
        for harmless in self.harmless.get(subject, ()):
            if _is_in(path, harmless.path):
                return harmless.reason
        return ""

    def effect(self, subject: Node, path: str) -> str:
        """Return what follows from a change, as a detector says; empty if none knows it."""
        texts = [effect.text for effect in self.effects.get(subject, ()) if _is_in(path, effect.path)]
        return "; ".join(dict.fromkeys(texts))

    def has_risk(self, subject: Node, path: str) -> bool:
        """Return whether a risk names a path, a part of it, or what it is a part of."""
        steps = _steps(path)
        for risky in self.paths.get(subject, ()):
            named = _steps(risky)
            shorter = min(len(steps), len(named))
            if steps[:shorter] == named[:shorter]:
                return True
        return False


def _is_in(path: str, outer: str) -> bool:
    """Return whether a path is another one, or within it; every path is in an empty one."""
    steps = _steps(outer)
    return _steps(path)[: len(steps)] == steps


def _steps(path: str) -> list[str]:
    """Return the keys and identifiers of a path: ``A[b.c].D`` is A, b.c and D."""
    return [key or identifier for key, identifier in re.findall(r"([^.\[\]]+)|\[([^\]]*)\]", path)]


def _of_resource(judges: Judges, change: ResourceChange) -> Iterator[Judgment]:
    for cause in change.causes:
        if not cause.place and cause.path in ("", "Condition"):
            yield _of_existence(judges, change)
        elif cause.follows is None:
            yield from _of_cause(judges, change, cause)


def _of_existence(judges: Judges, change: ResourceChange) -> Judgment:
    """Return the judgment about an added or removed resource."""
    if change.action == REMOVE:
        judgment = Judgment(change.node, "", change.written_type, None, RISK)
        reason = REMOVED.get(change.type, "")
    else:
        judgment = Judgment(change.node, "", None, change.written_type, RISK)
        reason = _reason_of_new(judges, change)
    if change.node in judges.whole:
        return judgment
    return judgment._replace(verdict=_without_risk(reason), reason=reason)


def _reason_of_new(judges: Judges, change: ResourceChange) -> str:
    """Return why a new resource cannot harm; empty if that is not known."""
    alarm = change.after if change.type in ALARM_TYPES else None
    if alarm is not None and not notifies_only(change.node, alarm, judges.environment.after):
        return ""
    return ADDED.get(change.type, "")


def _without_risk(reason: str) -> str:
    """Return the verdict about a change that no risk is about, from the reason why it cannot harm."""
    if reason:
        return HARMLESS
    return NOT_JUDGED


def _of_cause(judges: Judges, change: ResourceChange, cause: Cause) -> Iterator[Judgment]:
    """Yield the judgment about a changed value, or about its parts if these differ."""
    judged = [judgment for _, judgment in judged_values(judges, change, cause)]
    if len({(judgment.verdict, judgment.reason) for judgment in judged}) > 1:
        yield from judged
        return
    before, after = _shown(cause.before, cause.path, change), _shown(cause.after, cause.path, change)
    yield judged[0]._replace(path=cause.path, before=before, after=after)


def judged_values(
    judges: Judges, change: ResourceChange, cause: Cause
) -> Iterator[tuple[ValueChange, Judgment]]:
    """Yield each value that a cause changes, and the judgment about it."""
    parts: Iterable[ValueChange] = [ValueChange(cause.path, cause.before, cause.after)]
    if cause.place:
        parts = values.parts(cause)
    whole = ValueChange(cause.path, cause.before, cause.after)
    for part in parts:
        yield part, _of_value(judges, change, part, whole)


def _of_value(judges: Judges, change: ResourceChange, value: ValueChange, whole: ValueChange) -> Judgment:
    """Return the judgment about a value that changes as a part of a whole one, or alone."""
    before, after = _shown(value.before, value.path, change), _shown(value.after, value.path, change)
    judgment = Judgment(change.node, value.path, before, after, RISK)
    if judges.has_risk(change.node, value.path):
        return judgment
    region = judges.environment.after[change.node.stack].built.region
    reason = judges.reason(change.node, value.path) or reason_of_value(change.type, region, value)
    if reason:
        return judgment._replace(verdict=HARMLESS, reason=reason)
    effect = judges.effect(change.node, value.path)
    for judged in (value, whole):
        effect = effect or effect_of_value(change.type, _as_shown(judged, change))
    return _with_effect(judgment, effect)


def _as_shown(value: ValueChange, change: ResourceChange) -> ValueChange:
    """Return a value as reports show it: an effect must not contain a secret."""
    before, after = _shown(value.before, value.path, change), _shown(value.after, value.path, change)
    return value._replace(before=before, after=after)


def _with_effect(judgment: Judgment, effect: str) -> Judgment:
    """Return the judgment about a change that is neither a risk nor harmless."""
    if effect:
        return judgment._replace(verdict=EFFECT, reason=effect)
    return judgment._replace(verdict=NOT_JUDGED)


def _shown(value: Any, path: str, change: ResourceChange) -> Any:
    return shown(value, path, change.type)


def _of_output(judges: Judges, stack: StackChanges, output: ChangedOutput) -> Judgment:
    """Return the judgment about an added, changed or removed output."""
    subject, path = Node(stack.built.name, ""), f"Outputs.{output.key}"
    before, after = shown(output.before, output.key), shown(output.after, output.key)
    if Node(stack.built.name, output.key) in judges.outputs or judges.has_risk(subject, path):
        return Judgment(subject, path, before, after, RISK)
    if output.action == ADD and not shows_secret(output.after, output.key):
        return Judgment(subject, path, before, after, HARMLESS, "nothing reads a new output yet")
    if output.export != output.new_export and output.before == output.after:
        reason = "" if output.export else TEMPLATE["Outputs.Export"]
        verdict = _without_risk(reason)
        return Judgment(subject, f"{path}.Export", output.export, output.new_export, verdict, reason)
    if before == after and isinstance(after, str):  # of a resource that is replaced
        after = f"{after} (new)"
    return Judgment(subject, path, before, after, NOT_JUDGED)


def _of_template(judges: Judges, environment: EnvironmentChanges, stack: StackChanges) -> Iterator[Judgment]:
    name = stack.built.name
    old, new = environment.before[name], environment.after[name]
    for parameter in stack.parameters:
        if not is_read(old, parameter.name) and not is_read(new, parameter.name):
            path = f"Parameters.{parameter.name}"
            yield Judgment(Node(name, ""), path, parameter.before, parameter.after, NOT_JUDGED)
    for change in template_changes(old, new):
        subject = Node(name, change.name)
        before, after = shown(change.before, change.path), shown(change.after, change.path)
        judgment = Judgment(subject, change.path, before, after, RISK)
        if judges.has_risk(subject, change.path):
            yield judgment
        elif reason := change.reason or judges.reason(subject, change.path):
            yield judgment._replace(verdict=HARMLESS, reason=reason)
        else:
            yield _with_effect(judgment, effect_of_declaration(change._replace(before=before, after=after)))


def merged(by_environment: Mapping[str, Iterable[Judgment]]) -> list[Judgment]:
    """Return the judgments of all environments, equal ones once with their environments."""
    equal: dict[str, Judgment] = {}
    environments: dict[str, dict[str, None]] = {}
    for environment, environment_judgments in by_environment.items():
        for judgment in environment_judgments:
            key = json.dumps(judgment, sort_keys=True, default=str)
            equal[key] = judgment
            environments.setdefault(key, {})[environment] = None
    return [judgment._replace(environments=tuple(environments[key])) for key, judgment in equal.items()]
