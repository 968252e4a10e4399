"""Render a template, as a plain dict, to the YAML that people review.

Two templates that are equal but for the order of their keys give the same lines, apart from the order of
parameters, conditions, resources and outputs, which is the template's own. So a line of a diff is a change.

The text says exactly what the dict says: ``load(render(template)) == template``. What cannot be written so is
refused with its place, and nothing is dropped.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, NoReturn

import yaml

from csr_templates.cloudformation.yaml_text import (
    MAPPING_END,
    MAPPING_START,
    SEQUENCE_END,
    Events,
    Loader,
    dumped_lines,
    in_flow_style,
    length_in_flow_style,
)

SECTIONS = (
    "AWSTemplateFormatVersion",
    "Description",
    "Metadata",
    "Parameters",
    "Rules",
    "Mappings",
    "Conditions",
    "Resources",
    "Outputs",
)
_RESOURCE = (
    "Type",
    "Condition",
    "DependsOn",
    "CreationPolicy",
    "UpdatePolicy",
    "DeletionPolicy",
    "UpdateReplacePolicy",
    "Metadata",
    "Properties",
)
_PARAMETER = (
    "Description",
    "Type",
    "Default",
    "AllowedValues",
    "AllowedPattern",
    "MinLength",
    "MaxLength",
    "MinValue",
    "MaxValue",
    "ConstraintDescription",
    "NoEcho",
)
_OUTPUT = ("Description", "Condition", "Value", "Export")
_RULE = ("RuleCondition", "Assertions")
_POLICY = ("Version", "Id", "Statement")
_STATEMENT = (
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
)

_ORDER = {"Parameters": _PARAMETER, "Rules": _RULE, "Resources": _RESOURCE, "Outputs": _OUTPUT}

# Functions with a short form, by the name of their tag. Fn::GetAtt, a list that becomes a text, stands apart.
_LISTS = ("And", "Equals", "FindInMap", "If", "Join", "Not", "Or", "Select", "Split")
_TEXTS = ("Base64", "Cidr", "GetAZs", "ImportValue", "Sub")
_SHORT = {"Ref": "!Ref", **{f"Fn::{name}": f"!{name}" for name in (*_LISTS, *_TEXTS)}}
# Functions that AWS documents in the long form alone: the rule-specific ones, and GetStackOutput, whose
# short form may not hold another short form.
_LONG = frozenset(
    {
        "Fn::Contains",
        "Fn::EachMemberEquals",
        "Fn::EachMemberIn",
        "Fn::GetStackOutput",
        "Fn::RefAll",
        "Fn::ValueOf",
        "Fn::ValueOfAll",
    }
)

# Plain scalars that some reader takes for something else than text: YAML 1.1 (PyYAML), YAML 1.2, cfn-lint.
_WORDS = frozenset({"", "~", "=", "<<", "null", "true", "false", "yes", "no", "on", "off", "y", "n"})
_NUMBER_LIKE = re.compile(r"[-+]?[.0-9][-+.:_0-9a-fA-FxXoOtTzZ ]*|[-+]?\.(?:inf|nan)", re.IGNORECASE)
_LONGEST_KEY = 120  # a longer one would need YAML's form for complex keys

# Lists of small mappings, alike in most resources: in flow style as far as that fits on one line.
_FLOW_LISTS = frozenset({"Dimensions", "Tags"})
_LONGEST_FLOW = 100  # characters, without the key before them


class RenderError(ValueError):
    """The template holds something that cannot be written as it is; the message starts with its place."""


def render(
    template: Mapping[str, Any],
    *,
    header: Iterable[str] = (),
    sections: Mapping[str, str] | None = None,
) -> str:
    """Return a template as YAML text: ASCII, LF, one line feed at the end.

    Args:
        template: the template with the functions in their long forms, as troposphere's ``to_dict()`` gives
            it: dicts with string keys, lists, strings, booleans, integers and finite floats.
        header: lines to stand on top as comments.
        sections: logical ID of a resource -> title of its section. The title becomes a comment before the
            first of several resources that share it.

    Raises:
        RenderError: the template holds something else, a key or function that CloudFormation does not know,
            a key that is not one line of 1 to 120 characters, or text with anything but printable ASCII (a
            tab, say) and line feeds. Text of several lines is also refused if one of them ends with a space,
            or all of it with two line feeds.
    """
    _require_known(template, SECTIONS, "")
    blocks = []
    for line in header:
        _check_comment(line, "Header")
        blocks.append(f"# {line}".rstrip())
    for name in SECTIONS:
        if name not in template:
            continue
        if blocks:
            blocks.append("")
        blocks += _section(name, template[name], sections or {})
    if not template:
        blocks += ["", "{}"] if blocks else ["{}"]
    return "\n".join(blocks) + "\n"


def load(text: str) -> dict[str, Any]:
    """Return the dict that ``render`` made the text of, functions in their long forms.

    Raises:
        yaml.YAMLError: the text is not YAML.
    """
    loaded: dict[str, Any] = yaml.load(text, Loader=Loader)
    return loaded


# ---- Sections ----


def _section(name: str, content: Any, titles: Mapping[str, str]) -> list[str]:
    """Return the lines of one section of the template."""
    if name in ("AWSTemplateFormatVersion", "Description") or content == {}:
        return next(dumped_lines([[_text(name, name), *_events(content, name, in_condition=False)]]))
    if not isinstance(content, dict):
        _refuse(name, f"{_value_and_type(content)} stands where a mapping of {name.lower()} belongs")
    entries = []
    for key, entry in content.items():
        if type(key) is not str:
            _refuse(name, f"the key {key!r} is not text")
        place = _place(name, key)
        entries.append([_key(key, name, place), *_entry(name, entry, place)])
    lines = [f"{name}:"]
    title = ""
    for key, block in zip(content, dumped_lines(entries), strict=True):
        if name == "Resources":
            if len(lines) > 1:
                lines.append("")
            if titles.get(key, title) != title:
                title = titles[key]
                _check_comment(title, f"Title of the section of {key}")
                if title:
                    lines.append(f"  # ---- {title} ----")
        lines += [f"  {line}" if line else "" for line in block]
    return lines


def _entry(section: str, entry: Any, place: str) -> Events:
    """Return the events of one parameter, resource, output and so on."""
    order = _ORDER.get(section)
    if order is None:
        return _events(entry, place, in_condition=section == "Conditions")
    if not isinstance(entry, dict):
        _refuse(place, f"{_value_and_type(entry)} stands where a mapping belongs")
    _require_known(entry, order, place)
    return _mapping(entry, [key for key in order if key in entry], place)


def _require_known(mapping: Mapping[str, Any], allowed: Sequence[str], place: str) -> None:
    for key in mapping:
        if key not in allowed:
            _refuse(_place(place, key) or repr(key), f"unknown key; known are {', '.join(allowed)}")


# ---- Values ----


def _events(value: Any, place: str, *, in_condition: bool) -> Events:
    """Return what the emitter is told to write for a value."""
    kind = type(value)
    if kind is str:
        return [_text(value, place)]
    if kind is dict:
        if len(value) == 1:
            ((name, argument),) = value.items()
            if name == "Ref" or (type(name) is str and name.startswith("Fn::")):
                return _function(name, argument, place, in_condition)
            if name == "Condition" and in_condition and type(argument) is str:
                return [_text(argument, f"{place}.{name}", "!Condition")]
        return _mapping(value, _keys_in_order(value, place), place, in_condition)
    if kind is list:
        return _sequence(value, place, None, in_condition)
    if kind is bool:
        return [_scalar("true" if value else "false")]
    if kind is int:
        return [_scalar(str(value))]
    if kind is float and math.isfinite(value):
        return [_scalar(_float(value))]
    raise RenderError(f"{place}: {_value_and_type(value)} cannot stand in a template.")


def _function(name: str, argument: Any, place: str, in_condition: bool) -> Events:
    """Return the events of a function: its short form wherever YAML and AWS have one."""
    inside, place = place, f"{place}.{name}"
    if name == "Fn::GetAtt":
        return [_get_att(argument, place)]
    if name == "Ref" and type(argument) is not str:
        _refuse(place, f"{_value_and_type(argument)} stands where a name belongs")
    if name not in _SHORT and name not in _LONG:
        _refuse(place, "unknown function")
    if name in _SHORT and type(argument) is str:
        return [_text(argument, place, _SHORT[name])]
    if name in _SHORT and type(argument) is list:
        return _sequence(argument, place, _SHORT[name], in_condition)
    # A value has one tag, so a short form cannot hold another one directly.
    return _mapping({name: argument}, [name], inside, in_condition)


def _get_att(argument: Any, place: str) -> yaml.Event:
    if not (type(argument) is list and len(argument) == 2 and type(argument[0]) is type(argument[1]) is str):
        _refuse(
            place,
            f"{_value_and_type(argument)} stands where [logical ID, attribute] belongs, both of them text",
        )
    logical_id, attribute = argument
    if not logical_id.isalnum() or not attribute:
        _refuse(place, f"{argument!r} is not the ID of a resource and the name of an attribute")
    return _text(f"{logical_id}.{attribute}", place, "!GetAtt")


def _mapping(values: dict[str, Any], keys: Iterable[str], place: str, in_condition: bool = False) -> Events:
    events: Events = [MAPPING_START]
    for key in keys:
        inside = _place(place, key)
        events.append(_key(key, place, inside))
        value = values[key]
        if key in _FLOW_LISTS and type(value) is list and all(type(item) is dict for item in value):
            events += _flow_list(value, inside, in_condition)
        else:
            events += _events(value, inside, in_condition=in_condition)
    events.append(MAPPING_END)
    return events


def _sequence(values: list[Any], place: str, tag: str | None, in_condition: bool) -> Events:
    events: Events = [yaml.SequenceStartEvent(None, tag, implicit=tag is None, flow_style=False)]
    for index, value in enumerate(values):
        events += _events(value, f"{place}[{index}]", in_condition=in_condition)
    events.append(SEQUENCE_END)
    return events


def _flow_list(values: list[dict[str, Any]], place: str, in_condition: bool) -> Events:
    """Return the events of a list of mappings: on one line, else each item on one line, else as any list.

    It depends on the list only, so that no line changes unless the list does.
    """
    whole = _sequence(values, place, None, in_condition)
    if _fits_on_one_line(whole):
        return in_flow_style(whole)
    start, *_, end = whole
    events = [start]
    for index, value in enumerate(values):
        item = _events(value, f"{place}[{index}]", in_condition=in_condition)
        events += in_flow_style(item) if _fits_on_one_line(item) else item
    return [*events, end]


def _fits_on_one_line(events: Events) -> bool:
    """Tell whether a value in flow style is short; a text of several lines is a literal block elsewhere."""
    if any(isinstance(event, yaml.ScalarEvent) and "\n" in event.value for event in events):
        return False
    return length_in_flow_style(events) <= _LONGEST_FLOW


def _key(key: str, place: str, inside: str) -> yaml.Event:
    if not key or "\n" in key or len(key) > _LONGEST_KEY:
        _refuse(place, f"the key {key!r} is not one line of 1 to {_LONGEST_KEY} characters")
    return _text(key, inside)


def _text(text: str, place: str, tag: str | None = None) -> yaml.Event:
    """Return the event of a text: plain where every reader sees the same text, else quoted or literal."""
    if text.isascii() and text.isprintable():  # so it has one line
        return _line(text, tag)
    _check_text(text, place)
    if not text.strip("\n"):  # line feeds alone, as the delimiter of a Join
        return _scalar(text, tag, '"')
    _check_literal(text, place)
    return _scalar(text, tag, "|")


@cache
def _line(text: str, tag: str | None) -> yaml.Event:
    """Return the event of a text of one line; most keys and many values appear more than once."""
    quoted = text.lower() in _WORDS or _NUMBER_LIKE.fullmatch(text)
    return _scalar(text, tag, "'" if quoted else None)


def _scalar(text: str, tag: str | None = None, style: str | None = None) -> yaml.Event:
    implicit = tag is None
    return yaml.ScalarEvent(None, tag, (implicit, implicit), text, style=style)


def _float(value: float) -> str:
    """Return a float as YAML 1.1 wants it: with a point and a signed exponent."""
    text = repr(value)
    return text if "." in text or "e" not in text else text.replace("e", ".0e")


def _keys_in_order(mapping: dict[Any, Any], place: str) -> list[str]:
    """Return the keys: policies in the order in which they are read, everything else alphabetically."""
    for key in mapping:
        if type(key) is not str:
            _refuse(place, f"the key {key!r} is not text")
        if key == "Ref" or key.startswith("Fn::"):
            _refuse(f"{place}.{key}", "a function must be the only key of its mapping")
    first: tuple[str, ...] = ()
    if "Effect" in mapping:
        first = _STATEMENT
    elif "Statement" in mapping and "Version" in mapping:
        first = _POLICY
    return [key for key in first if key in mapping] + sorted(mapping.keys() - set(first))


# ---- Refusals ----


def _check_text(text: str, place: str) -> None:
    if not _is_text(text):
        bad = next(character for character in text if not _is_text(character))
        _refuse(
            place,
            f"the character {bad!a} (U+{ord(bad):04X}) in {_excerpt(text)} is not printable ASCII; "
            "some AWS services refuse such text and others show it as question marks",
        )


def _is_text(text: str) -> bool:
    return text.isascii() and text.replace("\n", "").isprintable()


def _check_comment(text: str, place: str) -> None:
    _check_text(text, place)
    if "\n" in text:
        _refuse(
            place, f"{_excerpt(text)} has more than one line; what follows the first would not be a comment"
        )


def _check_literal(text: str, place: str) -> None:
    if text.endswith("\n\n"):
        _refuse(
            place,
            f"{_excerpt(text)} ends with two line feeds; a literal block that keeps them keeps the blank "
            "line after a resource, too",
        )
    for number, line in enumerate(text.split("\n"), 1):
        if line.endswith(" "):
            _refuse(
                place,
                f"line {number} of {_excerpt(text)} ends with a space; nobody sees it, and libyaml writes "
                "no literal block with it",
            )


def _refuse(place: str, what: str) -> NoReturn:
    raise RenderError(f"{place}: {what}.")


def _place(place: str, key: Any) -> str:
    return f"{place}.{key}" if place else str(key)


def _value_and_type(value: Any) -> str:
    """Name a value and its type."""
    return f"{_excerpt(value)} ({type(value).__name__})"


def _excerpt(value: Any) -> str:
    text = ascii(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
