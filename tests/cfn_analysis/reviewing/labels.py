"""Edits of the templates that a person labeled, without having seen what the review calls harmless."""

import copy
import json
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from cfn_analysis.model.references import Place
from cfn_analysis.model.wiring import Node
from cfn_analysis.reviewing.sides import Side
from tests.data import read_yaml

from . import pairs
from .edits import without_branches
from .own_changes import with_template

ROWS = read_yaml(Path(__file__).with_name("labels.yaml"))


class Labeled(NamedTuple):
    """A labeled edit: the label, the changed resource, or the stack, and the changed path without indexes."""

    label: str
    why: str
    subject: Node
    path: str
    row: Mapping[str, Any]

    @property
    def is_patch(self) -> bool:
        """Whether it is not the edit of a property."""
        return "patch" in self.row


def labeled(side: Side) -> Iterator[Labeled]:
    """Yield the edits; one of a resource that no longer exists is of another one of its type."""
    templates = {stack.name: stack.template for stack in side.stacks}
    for row in ROWS:
        stack = row["stack"]
        if "patch" in row:
            subject, path = row["subject"], row["path"]
        else:
            subject = _resource(templates[stack], row)
            path = ".".join(step for step in without_branches(tuple(row["place"])) if isinstance(step, str))
        yield Labeled(row["label"], row["why"], Node(stack, subject), path, row)


def _resource(template: Mapping[str, Any], row: Mapping[str, Any]) -> str:
    """Return the resource of an edit, or the first one of its type with the edited property."""
    resources = template["Resources"]
    if row["resource"] in resources:
        return str(row["resource"])
    for name, declared in resources.items():
        if declared["Type"] == row["type"] and _existing(declared["Properties"], row["place"]):
            return str(name)
    place = ".".join(str(step) for step in row["place"])
    raise AssertionError(
        f"No {row['type']} has {place}: remove the edit of {row['resource']} in labels.yaml."
    )


def _existing(value: Any, place: Sequence[str | int]) -> Place | None:
    """Return a place, in other entries of lists where the entry with the index lacks what follows.

    None if no entry has it.
    """
    if not place:
        return ()
    step, *following = place
    steps = [step]
    if isinstance(value, list):
        steps += range(len(value))
    for candidate in steps:
        try:
            rest = _existing(value[candidate], following)
        except (IndexError, KeyError, TypeError):
            continue
        if rest is not None:
            return (candidate, *rest)
    return None


def after(side: Side, edits: list[Labeled]) -> Side:
    """Return a side after some labeled edits."""
    by_stack: dict[str, list[Labeled]] = {}
    for edit in edits:
        by_stack.setdefault(edit.subject.stack, []).append(edit)
    for stack, own in by_stack.items():
        side = with_template(side, stack, partial(_apply_all, own))
    return side


def _apply_all(edits: Sequence[Labeled], template: dict[str, Any]) -> None:
    for edit in edits:
        _apply(edit, template)


def _apply(edit: Labeled, template: dict[str, Any]) -> None:
    if edit.is_patch:
        patched = pairs.merged(template, edit.row["patch"])
        template.clear()
        template.update(patched)
        return
    target = template["Resources"][edit.subject.name]["Properties"]
    *place, last = _existing(target, edit.row["place"]) or edit.row["place"]
    for step in place:
        target = target[step]
    target[last] = _new_value(target[last], edit.row)


def _new_value(value: Any, row: Mapping[str, Any]) -> Any:
    if "after" in row:
        return copy.deepcopy(row["after"])
    if "append" in row:
        return _with_text(value, lambda text: f"{text}{row['append']}")
    old, new = row["replace"]
    return json.loads(json.dumps(value).replace(json.dumps(old)[1:-1], json.dumps(new)[1:-1], 1))


def _with_text(value: Any, change: Any) -> Any:
    if isinstance(value, str):
        return change(value)
    text = value["Fn::Sub"]
    if isinstance(text, str):
        return {"Fn::Sub": change(text)}
    return {"Fn::Sub": [change(text[0]), *text[1:]]}
