"""Changes every property of every resource of the four templates, and says what the review knows about it.

``python -m tests.cfn_analysis.reviewing.walking`` prints how many properties are risks, harmless and not
judged, and writes the harmless ones with their reasons to ``harmless_properties.txt``, which a person reads.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

from cfn_analysis.model.references import value_at
from cfn_analysis.model.three_valued import YES
from cfn_analysis.model.wiring import Node
from cfn_analysis.reviewing import report
from cfn_analysis.reviewing.judging import HARMLESS, NOT_JUDGED, RISK, Judgment
from cfn_analysis.reviewing.sides import Side
from cfn_analysis.reviewing.states import States, resolved_states
from cfn_analysis.updates.comparison import path_of_place

from .edits import Edit, apply, edits
from .own_changes import own_side, with_template, with_values

LISTED: Final = Path(__file__).with_name("harmless_properties.txt")
ENVIRONMENT: Final = "prod"
# So that every resource exists.
_VALUES: Final = {
    "ApiProbePath": "/api/health",
    "CertificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/0",
    "CustomDomainName": "www.example.com",
    "DatabaseMultiAZ": "true",
    "HostedZoneId": "Z0000000000000",
    "NatGatewayPerZone": "true",
    "OriginKeys": "a and b",
    "PermissionsBoundaryArn": "arn:aws:iam::123456789012:policy/boundary",
    "ProbePath": "/",
}
_IDENTITIES: Final = ("HttpMethod", "Id", "Key", "Name", "PathPattern", "PolicyName", "Sid")
_MOST_EXACT: Final = 5
"""Steps of a place within which properties are changed one by one; deeper ones are changed together."""


class Walked(NamedTuple):
    """An edit, and the judgments about the edited property, the parts of it and what it is a part of."""

    edit: Edit
    judgments: Sequence[Judgment]

    @property
    def verdict(self) -> str:
        """The weakest verdict."""
        verdicts = {judgment.verdict for judgment in self.judgments}
        return next((verdict for verdict in (NOT_JUDGED, RISK, HARMLESS) if verdict in verdicts), "")


def whole_side() -> Side:
    """Return out/ of this checkout with an environment that has every resource."""
    return with_values(own_side(), ENVIRONMENT, _VALUES)._replace(root=None)  # without lines of the modules


def walk(side: Side, depth: int | None = None) -> Iterator[Walked]:
    """Yield the edit of each property of each resource, with its judgments.

    Edits are reviewed together, but only one below each place of ``depth`` steps; without one, all at once.
    """
    for group in _groups(side, depth):
        edited = with_edits(side, group)
        review = report.review(side, edited, [ENVIRONMENT])
        by_subject: dict[Node, list[Judgment]] = {}
        for judgment in review.judgments:
            by_subject.setdefault(judgment.subject, []).append(judgment)
        states = resolved_states(side, edited, ENVIRONMENT)
        for edit in group:
            path = _path(states, edit)
            near = by_subject.get(Node(edit.stack, edit.name), [])
            yield Walked(edit, [judgment for judgment in near if is_about(judgment, path)])


def _groups(side: Side, depth: int | None) -> list[list[Edit]]:
    """Return the effective edits of all properties in few groups.

    What identifies an item of a list is edited in groups of its own, because its other properties then are
    those of another item.
    """
    before = resolved_states(side, side, ENVIRONMENT)
    groups: dict[tuple[bool, int], list[Edit]] = {}
    numbers: Counter[object] = Counter()
    for stack in side.stacks:
        for edit in edits(stack.name, stack.region, stack.template):
            if not _is_effective(before, edit):
                continue
            is_identity = edit.place[-1] in _IDENTITIES
            place = (is_identity, stack.name, edit.name, edit.place[:depth])
            groups.setdefault((is_identity, numbers[place]), []).append(edit)
            numbers[place] += 1
    return list(groups.values())


def _is_effective(states: States, edit: Edit) -> bool:
    """Return whether an edit changes the value: not in a branch that is not taken, nor to an equal value."""
    resolved = states.after[edit.stack]
    value: Any = resolved.built.template["Resources"][edit.name]["Properties"]
    for number, step in enumerate(edit.place):
        if step == "Fn::If":
            is_first = edit.place[number + 1] == 1
            if (resolved.truths[value["Fn::If"][0]] is YES) is not is_first:
                return False
        value = value[step]
    old = value_at(resolved.resources[edit.name].properties, edit.plain_place)
    return str(old).lower() != str(edit.after).lower()


def with_edits(side: Side, group: Iterable[Edit]) -> Side:
    """Return a side after some edits."""
    by_stack: dict[str, list[Edit]] = {}
    for edit in group:
        by_stack.setdefault(edit.stack, []).append(edit)
    for stack, own in by_stack.items():

        def edit_all(template: dict[str, Any], own: Sequence[Edit] = own) -> None:
            for edit in own:
                apply(template, edit)

        side = with_template(side, stack, edit_all)
    return side


def _path(states: States, edit: Edit) -> str:
    """Return the path of an edited property as a judgment names it."""
    sides: list[Mapping[str, Any]] = [
        side[edit.stack].resources[edit.name].properties for side in (states.before, states.after)
    ]
    return path_of_place(sides[0], sides[1], edit.plain_place)


def is_about(judgment: Judgment, path: str) -> bool:
    """Return whether a judgment is about a property, a part of it, or what it is a part of."""
    judged, edited = _steps(judgment.path), _steps(path)
    shorter = min(len(judged), len(edited))
    return judged[:shorter] == edited[:shorter]


@cache
def _steps(path: str) -> list[str]:
    return [step for step in re.split(r"[.\[\]]", path) if step]


def harmless_properties(walked: Iterable[Walked]) -> list[str]:
    """Return a line for each harmless property of each type: the property, the kind of change, the reason.

    Tags are judged by their keys, whatever the type is.
    """
    lines = set()
    for edit, judgments in walked:
        if judgments and {judgment.verdict for judgment in judgments} == {HARMLESS}:
            reasons = "; ".join(dict.fromkeys(judgment.reason for judgment in judgments))
            type_name = "any type:" if edit.path.startswith("Tags") else edit.type
            lines.add(f"{type_name} {edit.path} ({edit.kind}): {reasons}")
    return sorted(lines)


def main() -> None:
    """Print the counts, and write the list."""
    verdicts: dict[tuple[str, str, str], str] = {}
    all_walked = []
    for walked in walk(whole_side(), _MOST_EXACT):
        all_walked.append(walked)
        edit = walked.edit
        verdicts.setdefault((edit.type, edit.path, edit.kind), walked.verdict)
    counts = Counter(verdicts.values())
    print(f"{len(all_walked)} edits of {len(verdicts)} properties and directions:", dict(counts))
    LISTED.write_text("\n".join(harmless_properties(all_walked)) + "\n", "utf-8")


if __name__ == "__main__":
    main()
