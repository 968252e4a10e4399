"""Changes of a release to deployed stacks: the smallest allowed version, and notes for the owner.

The version levels are defined in CONTRIBUTING.md, "What an upgrade may do to a deployed stack".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from csr_templates.cloudformation.replacement import name_properties
from csr_templates.cloudformation.resolved_stack import mentions
from csr_templates.cloudformation.set_changes import (
    ADD,
    MAYBE_REPLACE,
    POLICY,
    REMOVE,
    REPLACE,
    UPDATE,
    Cause,
)
from csr_templates.reviewing import digest, outcomes
from csr_templates.reviewing.changes import Changed, EnvironmentChanges, StackChanges
from csr_templates.reviewing.kinds import (
    DATA_LOSS,
    EXPORT,
    GUARD,
    INTERRUPTION,
    OPENS,
    ORPHAN,
    OUTPUT,
    RENAME,
    REPLACED,
    WILL_FAIL,
)
from csr_templates.reviewing.report import Review, document

PATCH: Final = 0
MINOR: Final = 1
MAJOR: Final = 2
NEVER: Final = 3
WORDS: Final = ("patch", "minor", "major", "none")

_FIRST: Final = (WILL_FAIL, DATA_LOSS, EXPORT, RENAME, ORPHAN, OUTPUT)
_NOTICED: Final = (INTERRUPTION, REPLACED, OPENS, GUARD)
# Descriptions and dashboards.
_TEXTS: Final = frozenset(
    {
        "AlarmDescription",
        "Description",
        "DashboardBody",
        "DisplayName",
        "QueryString",
    }
)
# The release is an environment variable of the function, so each release publishes a version.
_RELEASE: Final = "Environment.Variables.RELEASE"
_MOST_REASONS: Final = 8


class Version(NamedTuple):
    """A version number."""

    major: int
    minor: int
    patch: int

    def __str__(self) -> str:
        """Return the number as text."""
        return ".".join(map(str, self))

    def raised(self, level: int) -> Version:
        """Return the next version of a level. Below 1.0, a minor version may contain major changes."""
        if level == PATCH:
            return Version(self.major, self.minor, self.patch + 1)
        if level == MINOR or self.major == 0:
            return Version(self.major, self.minor + 1, 0)
        return Version(self.major + 1, 0, 0)


class Demand(NamedTuple):
    """A change that requires a version level.

    Attributes:
        level: ``PATCH``, ``MINOR``, ``MAJOR``, or ``NEVER`` for changes that no version may contain.
        reason: the change.
    """

    level: int
    reason: str


def version(text: str) -> Version | None:
    """Return the version in a text such as ``v0.1.0`` or ``0.1.0``; None if it is not a version."""
    found = re.fullmatch(r"v?(\d+)\.(\d+)\.(\d+)", text)
    return Version(*map(int, found.groups())) if found else None


def claimed(changelog: str) -> Version | None:
    """Return the newest version in the headings of a changelog; None if there is none."""
    found = re.search(r"^## \[?v?(\d+)\.(\d+)\.(\d+)\b", changelog, re.MULTILINE)
    return Version(*map(int, found.groups())) if found else None


def demands(found: Review) -> list[Demand]:
    """Return the changes of a release, highest level first, without duplicates."""
    every = dict.fromkeys(one for environment in found.environments for one in _of_environment(environment))
    for risk in found.risks:
        if risk.kind in (WILL_FAIL, EXPORT, RENAME):
            every.setdefault(Demand(MAJOR, f"{risk.kind} {'.'.join(filter(None, (risk.stack, risk.name)))}"))
    return sorted(every, key=lambda one: -one.level)


def level(found: Review) -> int:
    """Return the level of the smallest version that may contain the release."""
    return max((one.level for one in demands(found)), default=PATCH)


def notes(found: Review, start: str) -> str:
    """Return the notes for the owner of a deployed stack, as Markdown.

    Args:
        found: the review of the release.
        start: the release that is deployed.
    """
    whole = document(found)
    names = tuple(environment["name"] for environment in whole["environments"])
    groups = digest.risk_groups(whole["risks"])
    lines = [f"# From {start} to {found.after}", "", *_verdict(found, start)]
    for title, kinds in (("Do first", _FIRST), ("What you will notice", _NOTICED)):
        chosen = [group for kind in kinds for group in groups if group.kind == kind]
        lines += ["", f"## {title}", ""]
        for group in chosen:
            where = digest.environments_in_words(group.environments, names)
            lines.append(f"- **{group.kind}** {', '.join(group.places)}{where}: {group.message}")
        if not chosen:
            lines.append("Nothing.")
    lines += ["", "## What changes", ""]
    for stack in digest.stack_digests(whole):
        lines.append(f"- {stack.name}: {stack.counted}{_keys(stack)}")
    return "\n".join(lines)


def _verdict(found: Review, start: str) -> Iterator[str]:
    needed = level(found)
    if needed == NEVER:
        yield "No version may contain this: data is lost without a manual step."
    else:
        old = version(start)
        number = f" {old.raised(needed)}," if old else ""
        beta = (
            " (below 1.0, a minor version is sufficient)" if needed == MAJOR and old and not old.major else ""
        )
        yield f"Smallest version:{number} {WORDS[needed]}{beta}."
    reasons = [one.reason for one in demands(found) if one.level == needed]
    if reasons:
        more = len(reasons) - _MOST_REASONS
        yield ""
        yield "Reasons:"
        yield ""
        yield from (f"- {reason}" for reason in reasons[:_MOST_REASONS])
        if more > 0:
            yield f"- and {more} more"


def _keys(stack: digest.StackDigest) -> str:
    parts = []
    for what, merged in (("parameter", stack.parameters), ("output", stack.outputs)):
        for change, verb in ((ADD, "new"), (REMOVE, "removed")):
            keys = dict.fromkeys(
                str(one.entry.get("name", one.entry.get("key")))
                for one in merged
                if one.entry["change"] == change
            )
            if keys:
                parts.append(f"{verb} {what}{'s' if len(keys) > 1 else ''} {', '.join(keys)}")
    return f"; {'; '.join(parts)}" if parts else ""


def _of_environment(environment: EnvironmentChanges) -> Iterator[Demand]:
    for name in environment.gone:
        yield Demand(MAJOR, f"the stack {name} is removed from the set, or its name or region changes")
    for stack in environment.stacks:
        if stack.stack.name not in environment.before:
            yield Demand(MINOR, f"the stack {stack.stack.name} is new")
            continue
        for one in stack.resources:
            where = f"{stack.stack.name}.{one.change.node.name}"
            needed, does = _of_resource(environment, stack, one)
            yield Demand(needed, f"{where} {does}")
        yield from _of_interface(environment, stack)


def _of_resource(environment: EnvironmentChanges, stack: StackChanges, one: Changed) -> tuple[int, str]:
    change = one.change
    if change.type in outcomes.PUBLISHED and change.change != POLICY:
        return PATCH, "is published again"
    if one.data == outcomes.LOST:
        return NEVER, "loses its data"
    if change.change == ADD:
        return MINOR, "is added"
    if change.change == REMOVE:
        return MAJOR, "is removed"
    if change.change in (REPLACE, MAYBE_REPLACE):
        before = change.before
        named = before is not None and name_properties(before.type, stack.stack.region, before.properties)
        safe = one.data == outcomes.NONE and one.interruption == outcomes.NONE and not named
        verb = "is replaced" if change.change == REPLACE else "may be replaced"
        return (MINOR if safe else MAJOR), verb
    if one.interruption == outcomes.SOME:
        return MAJOR, "interrupts"
    if change.change == POLICY:
        return MINOR, "changes its DeletionPolicy or UpdateReplacePolicy"
    if change.change == UPDATE and all(
        _is_text(cause, environment, change.node.stack) for cause in change.causes
    ):
        return PATCH, "changes texts, or follows a published version"
    return MINOR, "is updated"


def _is_text(cause: Cause, environment: EnvironmentChanges, stack: str) -> bool:
    """Return whether a cause changes only descriptions or published versions."""
    resources = environment.after[stack].resources
    published = [
        one.target.name in resources and resources[one.target.name].type in outcomes.PUBLISHED
        for one in mentions(cause.after, stack)
    ]
    if published and all(published):
        return True
    top = str(cause.place[0]) if cause.place else ""
    return cause.follows is None and (cause.name == _RELEASE or top in _TEXTS)


def _of_interface(environment: EnvironmentChanges, stack: StackChanges) -> Iterator[Demand]:
    name = stack.stack.name
    before, after = (side[name].stack.parameters for side in (environment.before, environment.after))
    for parameter in before:
        if parameter not in after:
            yield Demand(MAJOR, f"the parameter {parameter} of {name} is removed")
    for parameter, declared in after.items():
        if parameter not in before:
            needed = MINOR if "Default" in declared else MAJOR
            how = "" if "Default" in declared else " without a default"
            yield Demand(needed, f"the parameter {parameter} of {name} is new{how}")
    for output in stack.outputs:
        moved = output.export is not None and output.export != output.new_export
        if output.change == REMOVE or moved:
            what = f"the export {output.export}" if moved else f"the output {output.key}"
            yield Demand(MAJOR, f"{what} of {name} is removed or renamed")
        elif output.change == ADD:
            yield Demand(MINOR, f"the output {output.key} of {name} is new")
        else:
            yield Demand(
                MAJOR if output.importers else PATCH, f"the output {output.key} of {name} has a new value"
            )


def shortfall(found: Review, start: str, changelog: str) -> str:
    """Return why the version in a changelog is too small; empty if it is not.

    Args:
        found: the review of the release.
        start: the release that is deployed, such as ``v0.1.0``.
        changelog: the text of CHANGELOG.md.
    """
    needed, old, new = level(found), version(start), claimed(changelog)
    if needed == NEVER:
        reasons: Sequence[str] = [one.reason for one in demands(found) if one.level == NEVER]
        return f"No version may lose data without a manual step: {', '.join(reasons)}."
    if old is None or new is None or new <= old:
        return ""
    smallest = old.raised(needed)
    if new >= smallest:
        return ""
    reason = next(one.reason for one in demands(found) if one.level == needed)
    return (
        f"The newest version in CHANGELOG.md is {new}, but the changes since {old} require at least "
        f"{smallest} ({WORDS[needed]}): {reason}."
    )
