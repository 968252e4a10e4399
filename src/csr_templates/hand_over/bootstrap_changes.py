"""Changes of the rights that deploy a stack: only an administrator can give them, with a bootstrap stack.

A deploy without the rights for what it adds fails with AccessDenied, and so does one that has already lost
the rights for what it removes.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from cfn_analysis.model.references import as_list
from cfn_analysis.model.template_text import TemplateTextError, read_template
from cfn_analysis.model.wording import series
from cfn_analysis.reviewing.access.statements import not_covered, statements
from csr_templates.hand_over import manifest
from csr_templates.hand_over.policy_patterns import ENVIRONMENT, PROJECT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from cfn_analysis.reviewing.access.statements import Statement
    from cfn_analysis.reviewing.sides import Side

_POLICY: Final = "AWS::IAM::ManagedPolicy"
_ROLES: Final = {"ServiceRole": "the service role", "PipelineRole": "the pipeline role"}
"""Logical ID of a role in a bootstrap template -> the role in words."""
_MOST: Final = 3  # of what a sentence lists


class _RightsError(ValueError):
    """A bootstrap template cannot be read."""


class _Difference(NamedTuple):
    """What the roles of a stack gain and lose, in words."""

    gained: tuple[str, ...]
    lost: tuple[str, ...]


def bootstrap_notes(before: Side, after: Side) -> list[str]:
    """Return a sentence for the bootstrap stacks that an administrator must change, with when and why.

    Stacks whose roles gain and lose the same are in one sentence. Sides without bootstrap templates, such as
    single templates and deployed stacks, have none.
    """
    if not before.rights or not after.rights:
        return []
    alike: dict[_Difference | None, list[str]] = {}
    notes = []
    for stack in after.stacks:
        name = stack.name
        if name not in after.rights or before.rights.get(name) == after.rights[name]:
            continue
        if name in before.rights:
            alike.setdefault(_difference(before.rights[name], after.rights[name]), []).append(name)
        else:
            file = manifest.bootstrap_file(name)
            notes.append(
                f"Before the deploy, an administrator creates the bootstrap stack of {name} ({file})."
            )
    notes += [_note(names, difference) for difference, names in alike.items()]
    kept = {stack.name for stack in after.stacks}
    for name in before.rights:
        if name not in kept:
            notes.append(f"After the stack {name} is deleted, an administrator deletes its bootstrap stack.")
    return notes


def _note(stacks: Sequence[str], difference: _Difference | None) -> str:
    """Return the sentence about stacks whose bootstrap templates differ equally."""
    noun = "stack" if len(stacks) == 1 else "stacks"
    files = series([manifest.bootstrap_file(stack) for stack in stacks])
    updates = f"an administrator updates the bootstrap {noun} of {series(stacks)} ({files})"
    if difference is None:
        return f"Before the deploy, {updates}. What the roles gain or lose is not known."
    gained, lost = "; ".join(difference.gained), "; ".join(difference.lost)
    denied = "Without that, a deploy that needs them fails with AccessDenied."
    if gained and lost:
        return (
            f"Before the deploy, {updates}: {gained}. {denied} The update also removes permissions: {lost}. "
            "If the deploy removes something that needs them, deploy in two steps: first what is new, then "
            "the rest, and update the bootstrap stack last."
        )
    if gained:
        return f"Before the deploy, {updates}: {gained}. {denied}"
    if lost:
        return f"After the deploy, {updates}: {lost}. Until then, the deploy may need these permissions."
    return f"Before or after the deploy, {updates}: the roles keep the same permissions."


def _difference(before: str, after: str) -> _Difference | None:
    """Return what the roles in two bootstrap templates gain and lose; None if that is not known."""
    try:
        old, new = _documents(before), _documents(after)
    except _RightsError:
        return None
    gained, lost = [], []
    for role, words in _ROLES.items():
        was, will = old.get(role, []), new.get(role, [])
        if more := list(_more(was, will, "no longer denied")):
            gained.append(f"{words} gains {_listed(more, '; ')}")
        if less := list(_more(will, was, "newly denied")):
            lost.append(f"{words} loses {_listed(less, '; ')}")
    return _Difference(tuple(gained), tuple(lost))


def _documents(text: str) -> dict[str, list[Any]]:
    """Return role -> the statements of its policies.

    Raises:
        _RightsError: the text is not a bootstrap template.
    """
    try:
        resources = read_template(text)["Resources"]
        by_role: dict[str, list[Any]] = {}
        for resource in resources.values():
            if resource["Type"] != _POLICY:
                continue
            for role in resource["Properties"]["Roles"]:
                written = as_list(resource["Properties"]["PolicyDocument"]["Statement"])
                by_role.setdefault(role["Ref"], []).extend(written)
    except (TemplateTextError, KeyError, TypeError) as error:
        raise _RightsError(str(error)) from error
    return by_role


def _more(before: Iterable[Any], after: Iterable[Any], denial: str) -> Iterator[str]:
    """Yield what statements allow in addition to others, and what they do not deny, with ``denial``."""
    old = _by_text(before)
    new = _by_text(after)
    added = _joined(parsed for text, parsed in new.items() if text not in old)
    removed = _joined(parsed for text, parsed in old.items() if text not in new)
    yield from _uncovered([statement for statement in added if not statement.denies], _joined(old.values()))
    no_longer_denied = [statement for statement in removed if statement.denies]
    for access in _uncovered(no_longer_denied, _joined(new.values())):
        yield f"{access} ({denial})"


def _by_text(written: Iterable[Any]) -> dict[str, list[Statement]]:
    """Return statements by their text, which is equal for equal ones; their Sid does not matter."""
    by_text = {}
    for statement in written:
        effective = {key: value for key, value in statement.items() if key != "Sid"}
        by_text[json.dumps(effective, sort_keys=True)] = statements({"Statement": [effective]})
    return by_text


def _joined(parts: Iterable[list[Statement]]) -> list[Statement]:
    joined: list[Statement] = []
    for statements_of_part in parts:
        joined += statements_of_part
    return joined


def _uncovered(statements_to_cover: Iterable[Statement], covering: Sequence[Statement]) -> Iterator[str]:
    """Yield the access that others do not cover; of several resources with the same actions, together."""
    by_actions: dict[tuple[str, ...], list[str]] = {}
    for statement in statements_to_cover:
        for access in not_covered(statement, covering):
            resources = by_actions.setdefault(access.actions, [])
            resource = _short(access.resource)
            if resource not in resources:
                resources.append(resource)
    for actions, resources in by_actions.items():
        yield f"{_listed(actions)} on {_listed(resources)}"


def _listed(names: Sequence[str], separator: str = ", ") -> str:
    """Return the first names and the number of the others."""
    first = separator.join(names[:_MOST])
    if len(names) <= _MOST:
        return first
    return f"{first} and {len(names) - _MOST} more"


def _short(resource: str) -> str:
    """Return the resource of an ARN, with words for the tags of the role."""
    named = resource.replace(PROJECT, "PROJECT").replace(ENVIRONMENT, "ENVIRONMENT")
    parts = named.split(":", 5)
    if parts[0] == "arn" and len(parts) == 6:
        return parts[-1]
    return named
