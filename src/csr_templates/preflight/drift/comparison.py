"""What a drift does to the system: the review of the account against the template, in the review's words.

One side is the templates as built; on the other, one resource has the values of the account, or is missing.
"""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from cfn_analysis.model.built_stack import Policies
from cfn_analysis.reviewing import kinds, report
from cfn_analysis.reviewing.hiding import HIDDEN_VALUE
from cfn_analysis.reviewing.judging import HARMLESS
from cfn_analysis.reviewing.sides import ReviewError, Side
from csr_templates.preflight.drift.differences import DELETED, with_actual
from csr_templates.preflight.results import UNEXPECTED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from csr_templates.preflight.drift.differences import Drift, PropertyDifference
    from csr_templates.preflight.resolved_environment import EnvironmentStack, ResolvedEnvironment

WORDS: Final = {
    kinds.DATA_LOSS: "data lost",
    kinds.OPENS: "opened",
    kinds.SWITCHED_OFF: "switched off",
    kinds.GUARD: "unguarded",
    kinds.INTERRUPTION: "interrupted",
    kinds.NOT_JUDGED: "not judged",
    kinds.UNKNOWN: "unknown",
}
"""The kinds of risks that are about what the account has, in words. The others are about a deploy of it."""


class DriftEffect(NamedTuple):
    """What a drift does.

    Attributes:
        risks: each in words.
        harmless: the reasons why other differences cannot harm.
        not_judged: whether the review does not know what one of the differences does.
    """

    risks: Sequence[str]
    harmless: Sequence[str]
    not_judged: bool

    @property
    def is_harmless(self) -> bool:
        """Whether it cannot harm."""
        return not self.risks and not self.not_judged

    @property
    def sentence(self) -> str:
        """The effect in words."""
        parts = [*self.risks]
        parts += [f"harmless: {reason}" for reason in self.harmless]
        if self.not_judged:
            parts.append("what it does is not judged")
        return "; ".join(part.rstrip(".") for part in parts)


def effect(
    environment: ResolvedEnvironment, drift: Drift, differences: Sequence[PropertyDifference]
) -> DriftEffect:
    """Return what a drift does; only some differences of it count."""
    stack = environment.stack(drift.stack)
    if stack is None or drift.logical_id not in stack.resources:
        return DriftEffect((), (), not_judged=True)
    before = copy.deepcopy(stack.resources[drift.logical_id].get("Properties", {}))
    after = copy.deepcopy(before)
    shown = [difference for difference in differences if difference.actual != HIDDEN_VALUE]
    without_place = with_actual(after, shown)
    try:
        review = _review(environment, stack, drift, before, after)
    except (ReviewError, *UNEXPECTED):
        # A value of the account can have a form that no template has.
        return DriftEffect((), (), not_judged=True)
    is_complete = len(shown) == len(differences) and not without_place and bool(review.judgments)
    return _effect(review, drift, is_complete=is_complete)


def _effect(review: report.Review, drift: Drift, *, is_complete: bool) -> DriftEffect:
    risks = [f"{WORDS[risk.kind]}: {risk.message}" for risk in review.risks if risk.kind in WORDS]
    harmless: dict[str, None] = {}
    others = 0
    for judgment in review.judgments:
        if (judgment.subject.stack, judgment.subject.name) != (drift.stack, drift.logical_id):
            continue
        if judgment.verdict == HARMLESS:
            harmless[judgment.reason] = None
        else:
            others += 1
    not_judged = not is_complete or (others > 0 and not risks) or bool(review.not_judged)
    return DriftEffect(risks, list(harmless), not_judged)


def _review(
    environment: ResolvedEnvironment, drifted: EnvironmentStack, drift: Drift, before: Any, after: Any
) -> report.Review:
    """Review one resource of the account against the template.

    Raises:
        ReviewError: a template cannot be resolved.
    """
    resource = drifted.built.template["Resources"][drift.logical_id]
    resources_after = dict(drifted.built.template["Resources"])
    if drift.status == DELETED:
        # Whatever the template says about the resource: its data is not retained.
        resource = {**resource, "DeletionPolicy": "Delete"}
        del resources_after[drift.logical_id]
    else:
        resources_after[drift.logical_id] = {**resource, "Properties": after}
    resources_before = {
        **drifted.built.template["Resources"],
        drift.logical_id: {**resource, "Properties": before},
    }
    template = _side(environment, drifted, "template", resources_before)
    account = _side(environment, drifted, "account", resources_after)
    return report.review(template, account, [environment.name])


def _side(
    environment: ResolvedEnvironment, drifted: EnvironmentStack, name: str, resources: dict[str, Any]
) -> Side:
    """Return the templates, one of them with other resources, as a side. No stack policy refuses a drift."""
    stacks = []
    values = {}
    for stack in environment.stacks:
        built = replace(stack.built, policies=Policies({}))
        if stack is drifted:
            built = replace(built, template={**built.template, "Resources": resources})
        stacks.append(built)
        parameters = stack.built.parameters
        values[stack.name] = {key: value for key, value in stack.values.items() if key in parameters}
    return Side(name, tuple(stacks), {environment.name: values})
