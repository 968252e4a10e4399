"""Which risks of a review are accepted, and which entries accept nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from csr_templates.reviewing.acceptance import Acceptance, AcceptanceError
from csr_templates.reviewing.report import Review
from csr_templates.reviewing.risks import Risk


class Accepted(NamedTuple):
    """A review with what of it is accepted.

    Attributes:
        review: the review.
        ignored: sentences on entries that accept nothing any more.
    """

    review: Review
    ignored: tuple[str, ...]


def accept(
    found: Review, given: Sequence[Acceptance], held: Iterable[Acceptance] = (), *, is_whole: bool = True
) -> Accepted:
    """Mark the risks that are accepted.

    Args:
        found: the review.
        given: what is accepted.
        held: what was accepted before already: it was for an earlier change, and accepts nothing in this one.
        is_whole: whether the review is of all environments, so that each entry must accept something.

    Raises:
        AcceptanceError: something accepts nothing.
    """
    earlier = {one.key for one in held}
    new = [one for one in given if one.key not in earlier]
    for one in new:
        if is_whole and not any(_accepts(one, risk) for risk in found.risks):
            place = "" if one.stack is None else f" in {one.stack}{'.' if one.name else ''}{one.name}"
            raise AcceptanceError(
                f"{one.origin[0].upper()}{one.origin[1:]} accepts nothing: there is no risk "
                f"{one.kind}{place}. Correct it, or take it out."
            )
    risks = []
    for risk in found.risks:
        by = next((one for one in new if _accepts(one, risk)), None)
        risks.append(risk if by is None else risk._replace(accepted=True, reason=by.reason))
    ignored = tuple(
        f"{one.origin[0].upper()}{one.origin[1:]} ({one.kind} {one.stack}.{one.name}) was there before this "
        "change and is ignored: it was for an earlier one. Take it out."
        for one in given
        if one.key in earlier
    )
    return Accepted(found._replace(risks=risks), ignored)


def _accepts(one: Acceptance, risk: Risk) -> bool:
    return one.kind == risk.kind and (one.stack is None or (one.stack, one.name) == (risk.stack, risk.name))
