"""Marks the accepted risks of a review, and finds entries that accept nothing."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from cfn_analysis.model.wording import hint
from cfn_analysis.reviewing.acceptance import Acceptance, AcceptanceError
from cfn_analysis.reviewing.report import Review
from cfn_analysis.reviewing.risks import Risk


class Accepted(NamedTuple):
    """A review with its accepted risks marked.

    Attributes:
        review: the review.
        ignored: sentences about entries from earlier changes, which are ignored.
    """

    review: Review
    ignored: tuple[str, ...]


def accept(
    found: Review, given: Sequence[Acceptance], old: Iterable[Acceptance] = (), *, is_whole: bool = True
) -> Accepted:
    """Mark the accepted risks.

    Args:
        found: the review.
        given: the acceptances.
        old: earlier acceptances; they were for an earlier change and do not apply to this one.
        is_whole: whether the review covers all environments, so that each entry must accept a risk.

    Raises:
        AcceptanceError: an option or an entry accepts nothing.
    """
    earlier = {one.key for one in old}
    new = [one for one in given if one.key not in earlier]
    for one in new:
        if is_whole and not any(_accepts(one, risk) for risk in found.risks):
            place = "" if one.stack is None else f"{one.stack}{'.' if one.name else ''}{one.name}"
            raise AcceptanceError(
                f"{one.origin[0].upper()}{one.origin[1:]} does not match a risk: the review has no risk "
                f"{one.kind}{place and f' in {place}'}.{_nearest(one, found)} Correct or remove it."
            )
    risks = []
    for risk in found.risks:
        by = next((one for one in new if _accepts(one, risk)), None)
        risks.append(risk if by is None else risk._replace(accepted=True, reason=by.reason))
    ignored = tuple(
        f"{one.origin[0].upper()}{one.origin[1:]} ({one.kind} {one.stack}.{one.name}) is from an earlier "
        "change and is ignored. Remove it."
        for one in given
        if one.key in earlier
    )
    return Accepted(found._replace(risks=risks), ignored)


def _nearest(wanted: Acceptance, found: Review) -> str:
    """Return the sentence with the nearest stack, or with the nearest resource that has such a risk."""
    stacks = {stack.stack.name for environment in found.environments for stack in environment.stacks}
    if wanted.stack not in stacks:
        return hint(wanted.stack or "", sorted(stacks))
    alike = (wanted.kind, wanted.stack)
    return hint(wanted.name, [risk.name for risk in found.risks if (risk.kind, risk.stack) == alike])


def _accepts(one: Acceptance, risk: Risk) -> bool:
    return one.kind == risk.kind and (one.stack is None or (one.stack, one.name) == (risk.stack, risk.name))
