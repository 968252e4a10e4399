"""Marks the accepted risks of a review, and finds entries that accept nothing."""

from collections.abc import Iterable, Sequence

from cfn_analysis.model.wording import beginning, hint
from cfn_analysis.reviewing.acceptance import Acceptance, AcceptanceError, place
from cfn_analysis.reviewing.report import Review


def accept(
    review: Review,
    acceptances: Sequence[Acceptance],
    old: Iterable[Acceptance] = (),
    *,
    is_whole: bool = True,
) -> tuple[Review, tuple[str, ...]]:
    """Return the review with its accepted risks marked, and sentences about ignored entries.

    Those in ``old`` were for an earlier change, and do not apply to this one. If the review is of all
    environments (``is_whole``), each entry must accept a risk.

    Raises:
        AcceptanceError: an option or an entry accepts nothing.
    """
    earlier = {acceptance.key for acceptance in old}
    new = [acceptance for acceptance in acceptances if acceptance.key not in earlier]
    if is_whole:
        _require_effect(new, review)
    risks = []
    for risk in review.risks:
        by = next((acceptance for acceptance in new if acceptance.accepts(risk)), None)
        if by is not None:
            risk = risk._replace(accepted=True, reason=by.reason)
        risks.append(risk)
    ignored = tuple(
        f"{acceptance.origin} ({acceptance.place}) is from an earlier change and is ignored. Remove it."
        for acceptance in acceptances
        if acceptance.key in earlier
    )
    return review._replace(risks=risks), ignored


def _require_effect(acceptances: Iterable[Acceptance], review: Review) -> None:
    """Raise AcceptanceError if one of the acceptances does not accept a risk."""
    for acceptance in acceptances:
        if not any(acceptance.accepts(risk) for risk in review.risks):
            raise AcceptanceError(
                f"{acceptance.origin} does not match a risk: the review does not have "
                f"{acceptance.place}.{_nearest(acceptance, review)} Correct or remove it."
            )


def _nearest(acceptance: Acceptance, review: Review) -> str:
    """Return the sentence with the nearest stack, resource or property that has such a risk."""
    stacks: set[str] = set()
    for environment in review.environments:
        stacks.update(stack.built.name for stack in environment.stacks)
    if acceptance.stack not in stacks:
        return hint(acceptance.stack or "", sorted(stacks))
    alike = [risk for risk in review.risks if (risk.kind, risk.stack) == (acceptance.kind, acceptance.stack)]
    of_resource = [risk for risk in alike if risk.name == acceptance.name]
    if not of_resource:
        return hint(acceptance.name, [risk.name for risk in alike])
    places = dict.fromkeys(place(risk.kind, risk.stack, risk.name, risk.path) for risk in of_resource)
    return f" It has {beginning(list(places), 3)}."
