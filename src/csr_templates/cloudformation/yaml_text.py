"""What libyaml writes and reads: events become lines of text, and short forms of functions long ones."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import yaml

try:
    from yaml import CSafeDumper, CSafeLoader
except ImportError as error:
    raise ImportError(
        "PyYAML is installed without libyaml, which writes the templates. Install it from a wheel "
        "(pip install --force-reinstall --only-binary :all: PyYAML)."
    ) from error

_LITERAL = re.compile(r"(?:[^ ].*: )?(?:![A-Za-z0-9:]+ )?\|[0-9]?[-+]?")
_TAGGED_KEY = re.compile(r".*: ![A-Za-z0-9:]+")

Events = list[yaml.Event]

MAPPING_START = yaml.MappingStartEvent(None, None, implicit=True, flow_style=False)
MAPPING_END = yaml.MappingEndEvent()
SEQUENCE_END = yaml.SequenceEndEvent()
_FLOW_START = yaml.SequenceStartEvent(None, None, implicit=True, flow_style=True)
_BEGINNING = yaml.StreamStartEvent()
_DOCUMENT = yaml.DocumentStartEvent(explicit=True)
_DOCUMENT_END = yaml.DocumentEndEvent(explicit=False)
_END = yaml.StreamEndEvent()


def dumped_lines(blocks: Iterable[Events]) -> Iterator[list[str]]:
    """Return for each key with its value its lines; all are written at once, as documents of one stream."""
    stream: Events = [_BEGINNING]
    for block in blocks:
        stream += [_DOCUMENT, MAPPING_START, *block, MAPPING_END, _DOCUMENT_END]
    text: str = yaml.emit([*stream, _END], Dumper=CSafeDumper, width=-1)
    for document in text.removesuffix("\n").split("\n---\n"):
        yield _indent_sequences(document.removeprefix("---\n").split("\n"))


def in_flow_style(events: Events) -> Events:
    """Return the events of a value in flow style: ``[...]`` or ``{...}``; a scalar stays as it is."""
    start, *rest = events
    if isinstance(start, yaml.SequenceStartEvent):
        start = yaml.SequenceStartEvent(None, start.tag, start.implicit, flow_style=True)
    elif isinstance(start, yaml.MappingStartEvent):
        start = yaml.MappingStartEvent(None, start.tag, start.implicit, flow_style=True)
    return [start, *rest]  # what is inside flow style is in flow style


def length_in_flow_style(events: Events) -> int:
    """Return how many characters a value takes in flow style."""
    inside = [_BEGINNING, _DOCUMENT, _FLOW_START, *events, SEQUENCE_END, _DOCUMENT_END, _END]
    return len(yaml.emit(inside, Dumper=CSafeDumper, width=-1)) - len("--- []\n")


def _indent_sequences(lines: list[str]) -> list[str]:
    """Move sequences under their keys: libyaml writes the dashes in the column of the key."""
    done = []
    moved: list[int] = []  # the columns, as libyaml wrote them, of the sequences we are in
    key_column = -1  # of the line before, if it is a key whose value follows
    literal_column = -1  # lines of a literal block are those right of it
    for line in lines:
        column = len(line) - len(line.lstrip(" "))
        if literal_column >= 0 and (not line or column > literal_column):
            done.append("  " * len(moved) + line if line else "")
            continue
        dash = line.startswith("- ", column)
        while moved and (column < moved[-1] or (column == moved[-1] and not dash)):
            moved.pop()
        if dash and column == key_column:
            moved.append(column)
        done.append("  " * len(moved) + line)
        start = column
        while line.startswith("- ", start):
            start += 2
        key_column = (
            start if line.endswith(":") or (" !" in line and _TAGGED_KEY.fullmatch(line, start)) else -1
        )
        literal_column = -1
        if "|" in line and _LITERAL.fullmatch(line, start):
            literal_column = start if ": " in line else start - 2
    return done


class Loader(CSafeLoader):
    """Reads short forms back into long ones."""


def _construct(loader: Loader, suffix: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.SequenceNode):
        return {f"Fn::{suffix}": loader.construct_sequence(node, deep=True)}
    if not isinstance(node, yaml.ScalarNode):
        raise yaml.constructor.ConstructorError(None, None, f"!{suffix} before a mapping", node.start_mark)
    text = loader.construct_scalar(node)
    if suffix == "GetAtt":
        return {"Fn::GetAtt": text.split(".", 1)}
    return {suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}": text}


Loader.add_multi_constructor("!", _construct)
