"""What the review knows about each change: a risk names it, it cannot harm, or it is not judged."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from cfn_analysis.reviewing.judging import Judgment
from cfn_analysis.reviewing.sides import Side
from cfn_analysis.reviewing.states import resolved_states

from .edits import Edit, apply, edits
from .own_changes import own_side, with_template, with_values

ENVIRONMENT = "prod"
# So that every resource exists.
VALUES = {
    "OriginKeys": "a and b",
    "CustomDomainName": "www.example.com",
    "CertificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/0",
    "HostedZoneId": "Z0000000000000",
    "ProbePath": "/",
    "ApiProbePath": "/api/health",
    "NatGatewayPerZone": "true",
    "DatabaseMultiAZ": "true",
    "PermissionsBoundaryArn": "arn:aws:iam::123456789012:policy/boundary",
}


def whole_side() -> Side:
    """Return out/ of this checkout with an environment that has every resource."""
    return with_values(own_side(), ENVIRONMENT, VALUES)


def rounds(side: Side) -> list[list[Edit]]:
    """Return the edits of all properties in as few groups as possible, one edit of a property in each."""
    grouped: list[list[Edit]] = []
    seen: Counter[object] = Counter()
    for stack in side.stacks:
        for edit in edits(stack.name, stack.region, stack.template):
            place = (stack.name, edit.name, edit.place[:5])
            if seen[place] == len(grouped):
                grouped.append([])
            grouped[seen[place]].append(edit)
            seen[place] += 1
    return grouped


def after(side: Side, group: Sequence[Edit]) -> Side:
    """Return a side after some edits."""
    edited = side
    for stack in side.stacks:
        own = [edit for edit in group if edit.stack == stack.name]

        def edit_all(template: dict[str, object], own: Sequence[Edit] = own) -> None:
            for edit in own:
                apply(template, edit)

        edited = with_template(edited, stack.name, edit_all)
    return edited


def effective(before: Side, edited: Side, group: Sequence[Edit]) -> Iterator[Edit]:
    """Yield the edits of values that differ: not those of a branch that is not taken."""
    states = resolved_states(before, edited, ENVIRONMENT)
    for edit in group:
        sides = [side[edit.stack].resources[edit.name].properties for side in (states.before, states.after)]
        if sides[0] != sides[1]:
            yield edit


def bare(path: str) -> list[str]:
    """Return the keys of a path without the identifiers of list items."""
    return re.sub(r"\[[^\]]*\]", "", path).split(".")


def touches(judgment: Judgment, edit: Edit) -> bool:
    """Return whether a judgment is about an edited property, a part of it, or what it is a part of."""
    if judgment.subject != (edit.stack, edit.name):
        return False
    judged, edited = bare(judgment.path), edit.path.split(".")
    shorter = min(len(judged), len(edited))
    return not judgment.path or judged[:shorter] == edited[:shorter]
