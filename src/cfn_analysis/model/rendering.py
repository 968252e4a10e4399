"""Renders a template, as a plain dict, to YAML for review.

Two templates that differ only in the order of their keys have the same lines, except for the order of
parameters, conditions, resources and outputs, which is that of the template. So every line of a diff is a
change.

The text has exactly the content of the dict: ``load(render(template)) == template``. Content that cannot be
written so raises an error with its place; nothing is dropped.
"""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, NoReturn

import yaml

from cfn_analysis.model.anatomy import LONG, ORDER, POLICY, SECTIONS, SHORT, STATEMENT
from cfn_analysis.model.yaml_text import Loader, literal_block, one_line

# What it returns is merged with the keys beside it.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-transform.html
_MACRO = "Fn::Transform"
_LONGEST_KEY = 120  # enough for every template; some readers have a limit of 128

# Lists of small mappings, which are similar in most resources: in flow style if they fit on one line.
_FLOW_LISTS = frozenset({"Dimensions", "Tags"})
_LONGEST_FLOW = 100  # characters, without the key before them


class RenderError(ValueError):
    """The template contains a value that cannot be written; the message starts with its place."""


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
        header: lines of the comment at the top.
        sections: logical ID of a resource -> title of its section. The title becomes a comment before the
            first of several resources that share it.

    Raises:
        RenderError: the template contains another type, a key or function that CloudFormation does not have,
            a key that is not one line of 1 to 120 characters, or text with characters other than printable
            ASCII and line feeds (a tab, for example). Text of several lines is also refused if a line ends
            with a space, or the text with two line feeds.
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
    """Return the dict of a text of ``render``, with functions in their long forms.

    Raises:
        yaml.YAMLError: the text is not YAML.
    """
    loaded: dict[str, Any] = yaml.load(text, Loader=Loader)
    return loaded


# ---- Sections ----


def _section(name: str, content: Any, titles: Mapping[str, str]) -> list[str]:
    """Return the lines of one section of the template."""
    writer = _Writer(in_condition=name == "Conditions")
    lines = writer.lines
    if name in ("AWSTemplateFormatVersion", "Description") or content == {}:
        writer.write(f"{name}:", "  ", content, name)
        return lines
    if not isinstance(content, dict):
        _refuse(name, f"found {_value_and_type(content)}, expected a mapping of {name.lower()}")
    lines.append(f"{name}:")
    title = ""
    for key, entry in content.items():
        if type(key) is not str:
            _refuse(name, f"the key {key!r} is not text")
        if name == "Resources":
            if len(lines) > 1:
                lines.append("")
            if titles.get(key, title) != title:
                title = titles[key]
                _check_comment(title, f"Title of the section of {key}")
                if title:
                    lines.append(f"  # ---- {title} ----")
        place = f"{name}.{key}"
        lead = f"  {_key_text(key) or _refuse_key(key, name, place)}:"
        order = ORDER.get(name)
        if order and not isinstance(entry, dict):
            _refuse(place, f"found {_value_and_type(entry)}, expected a mapping")
        if order and entry:
            _require_known(entry, order, place)
            in_order = [(key, key) for key in order if key in entry]
            writer.write_mapping(lead, "    ", entry, in_order, place)
        else:
            writer.write(lead, "    ", entry, place)
    return lines


def _require_known(mapping: Mapping[str, Any], allowed: Sequence[str], place: str) -> None:
    for key in mapping:
        if key not in allowed:
            where = f"{place}.{key}" if place else str(key) or repr(key)
            _refuse(where, f"unknown key; known are {', '.join(allowed)}")


# ---- Values ----


class _Writer:
    """Writes the values of one section.

    Attributes:
        lines: the written lines.
        in_condition: whether ``Condition`` is a function.
    """

    def __init__(self, *, in_condition: bool) -> None:
        self.lines: list[str] = []
        self.in_condition = in_condition

    def write(self, lead: str, indent: str, value: Any, place: str) -> None:
        """Add a value behind a key and its colon, or a dash; ``indent`` is for the lines below."""
        tag, content, place = self._tagged(value, place)
        if tag:
            lead = f"{lead} {tag}"
        if content and type(content) is dict:
            self.write_mapping(lead, indent, content, _ordered_keys(content, place), place)
        elif content and type(content) is list:
            start = self._start(lead, indent)
            for index, entry in enumerate(content):
                if type(entry) is str and (line := one_line(entry)):
                    self.lines.append(f"{start}- {line}")
                else:
                    self.write(f"{start}-", f"{indent}  ", entry, f"{place}[{index}]")
                start = indent
        elif (scalar := _scalar(content, place)) is not None:
            self.lines.append(f"{lead} {scalar}")
        else:
            header, *below = literal_block(content)
            self.lines.append(f"{lead} {header}")
            self.lines += [indent + line if line else "" for line in below]

    def write_mapping(
        self, lead: str, indent: str, content: Mapping[str, Any], keys: Iterable[tuple[str, str]], place: str
    ) -> None:
        """Add a mapping whose keys are given in order, each with its text."""
        start = self._start(lead, indent)
        for key, text in keys:
            value = content[key]
            if type(value) is str and (line := one_line(value)):
                self.lines.append(f"{start}{text}: {line}")
            else:
                write = self.write
                if key in _FLOW_LISTS and type(value) is list and all(type(entry) is dict for entry in value):
                    write = self._write_flow_list
                write(f"{start}{text}:", f"{indent}  ", value, f"{place}.{key}")
            start = indent

    def _start(self, lead: str, indent: str) -> str:
        """Return what is before the first item or key: a dash, or the indentation of a new line."""
        if lead.endswith("-"):
            return f"{lead} "
        self.lines.append(lead)
        return indent

    def _write_flow_list(self, lead: str, indent: str, value: Any, place: str) -> None:
        """Add a list of mappings: on one line, otherwise each item on one line, otherwise as a list.

        The form depends only on the list, so that lines change only if the list does.
        """
        items = [self._in_flow_style(entry, f"{place}[{index}]") for index, entry in enumerate(value)]
        if _fits_on_one_line(whole := f"[{', '.join(items)}]"):
            self.lines.append(f"{lead} {whole}")
            return
        self.lines.append(lead)
        for index, line in enumerate(items):
            if _fits_on_one_line(line):
                self.lines.append(f"{indent}- {line}")
            else:
                self.write(f"{indent}-", f"{indent}  ", value[index], f"{place}[{index}]")

    def _in_flow_style(self, value: Any, place: str) -> str:
        """Return a value as ``[...]``, ``{...}`` or a scalar; a text with line feeds keeps them."""
        if type(value) is str and (line := one_line(value, True)):
            return line
        tag, content, place = self._tagged(value, place)
        if type(content) is list:
            items = [self._in_flow_style(entry, f"{place}[{index}]") for index, entry in enumerate(content)]
            text = f"[{', '.join(items)}]"
        elif type(content) is dict:
            entries = [
                f"{key_text}: {self._in_flow_style(content[key], f'{place}.{key}')}"
                for key, key_text in _ordered_keys(content, place, in_flow=True)
            ]
            text = f"{{{', '.join(entries)}}}"
        else:
            scalar = _scalar(content, place, in_flow=True)
            text = scalar if scalar is not None and "\n" not in str(content) else str(content)
        if tag:
            return f"{tag} {text}"
        return text

    def _tagged(self, value: Any, place: str) -> tuple[str, Any, str]:
        """Return the tag of a value, its content behind the tag, and the place of that.

        Functions have the tag of their short form wherever YAML and AWS have one.
        """
        if type(value) is not dict:
            return "", value, place
        if len(value) == 1:
            ((name, argument),) = value.items()
            if type(name) is str and _is_function(name):
                return _function(name, argument, place)
            if name == "Condition" and self.in_condition and type(argument) is str:
                return "!Condition", argument, f"{place}.{name}"
        return "", value, place


def _function(name: str, argument: Any, place: str) -> tuple[str, Any, str]:
    inside = f"{place}.{name}"
    if name == "Fn::GetAtt":
        return "!GetAtt", _get_att(argument, inside), inside
    if name == "Ref" and type(argument) is not str:
        _refuse(inside, f"found {_value_and_type(argument)}, expected a name")
    if name not in SHORT and name not in LONG:
        _refuse(inside, "unknown function")
    if name in SHORT and type(argument) in (str, list):
        return SHORT[name], argument, inside
    # A value has one tag, so a short form cannot directly contain another one.
    return "", {name: argument}, place


def _get_att(argument: Any, place: str) -> str:
    if not (type(argument) is list and len(argument) == 2 and type(argument[0]) is type(argument[1]) is str):
        _refuse(
            place, f"found {_value_and_type(argument)}, expected [logical ID, attribute], both of them text"
        )
    logical_id, attribute = argument
    if not logical_id.isalnum() or not attribute:
        _refuse(place, f"{argument!r} is not the ID of a resource and the name of an attribute")
    return f"{logical_id}.{attribute}"


def _fits_on_one_line(text: str) -> bool:
    """Return whether a value in flow style is short; a text of several lines is a literal block otherwise."""
    return len(text) <= _LONGEST_FLOW and "\n" not in text


def _key_text(key: str, in_flow: bool = False) -> str:
    """Return a key as it is written; an empty string if it cannot be a key."""
    if 0 < len(key) <= _LONGEST_KEY:
        return one_line(key, in_flow)
    return ""


def _scalar(value: Any, place: str, *, in_flow: bool = False) -> str | None:
    """Return a scalar, or an empty collection, as written; None for a text of several lines."""
    kind = type(value)
    if kind is str:
        if line := one_line(value, in_flow):
            return line
        _check_text(value, place)
        if _is_hidden_in_block(value):
            return json.dumps(value)
        return None
    if kind is bool:
        if value:
            return "true"
        return "false"
    if kind is int:
        return str(value)
    if kind is float and math.isfinite(value):
        return _float(value)
    if kind is dict or kind is list:
        if kind is dict:
            return "{}"
        return "[]"
    if value is None and place.endswith(".Fn::GetAZs"):  # the zones of the region of the stack
        return "null"
    raise RenderError(f"{place}: {_value_and_type(value)} is not allowed in a template.")


def _is_hidden_in_block(text: str) -> bool:
    """Return whether a literal block would hide a part of a text: spaces and blank lines at the end.

    Editors remove such spaces. Such a text is quoted, with its line feeds.
    """
    if text.endswith("\n\n") or not text.strip("\n"):
        return True
    return any(line.endswith(" ") for line in text.split("\n"))


def _float(value: float) -> str:
    """Return a float in the form of YAML 1.1: with a point and a signed exponent."""
    text = repr(value)
    if "." in text or "e" not in text:
        return text
    return text.replace("e", ".0e")


def _ordered_keys(mapping: Mapping[Any, Any], place: str, *, in_flow: bool = False) -> list[tuple[str, str]]:
    """Return the keys of a mapping in order, each with its text."""
    keys = _keys_in_order(tuple(mapping), in_flow)
    if keys is None:
        _refuse_keys(mapping, place)
    return keys


@cache  # many mappings have the same keys
def _keys_in_order(keys: tuple[Any, ...], in_flow: bool) -> list[tuple[str, str]] | None:
    """Order the keys: policies in the order in which they are read, everything else alphabetically.

    None is returned if they must not be in one mapping.
    """
    if any(type(key) is not str for key in keys):
        return None
    if len(keys) > 1 and any(_is_function(key) and key != _MACRO for key in keys):
        return None
    first = _first_keys(keys)
    in_order = [key for key in first if key in keys] + sorted(set(keys).difference(first))
    texts = [(key, _key_text(key, in_flow)) for key in in_order]
    if not all(text for _, text in texts):
        return None
    return texts


def _first_keys(keys: tuple[str, ...]) -> tuple[str, ...]:
    """Return the keys of a policy or a statement in the order in which they are read; none of others."""
    if "Effect" in keys:
        return STATEMENT
    if {"Statement", "Version"} <= set(keys):
        return POLICY
    return ()


def _is_function(key: str) -> bool:
    return key == "Ref" or key.startswith("Fn::")


# ---- Refusals ----


def _refuse_keys(mapping: Mapping[Any, Any], place: str) -> NoReturn:
    for key in mapping:
        if type(key) is not str:
            _refuse(place, f"the key {key!r} is not text")
        if _is_function(key) and key != _MACRO and len(mapping) > 1:
            _refuse(f"{place}.{key}", "a function must be the only key of its mapping")
    key = next(key for key in mapping if not _key_text(key))
    _refuse_key(key, place, f"{place}.{key}")


def _refuse_key(key: str, place: str, inside: str) -> NoReturn:
    if not key or "\n" in key or len(key) > _LONGEST_KEY:
        _refuse(place, f"the key {key!r} is not one line of 1 to {_LONGEST_KEY} characters")
    _refuse_text(key, inside)


def _check_text(text: str, place: str) -> None:
    if not _is_text(text):
        _refuse_text(text, place)


def _refuse_text(text: str, place: str) -> NoReturn:
    bad = next(character for character in text if not _is_text(character))
    _refuse(
        place,
        f"the character {bad!r} (U+{ord(bad):04X}) in {_excerpt(text)} is not printable ASCII; "
        "some AWS services refuse such text, others show question marks",
    )


def _is_text(text: str) -> bool:
    return text.isascii() and text.replace("\n", "").isprintable()


def _check_comment(text: str, place: str) -> None:
    _check_text(text, place)
    if "\n" in text:
        _refuse(place, f"{_excerpt(text)} has more than one line; only the first would be a comment")


def _refuse(place: str, what: str) -> NoReturn:
    raise RenderError(f"{place}: {what}.")


def _value_and_type(value: Any) -> str:
    """Return a value and its type in words."""
    return f"{_excerpt(value)} ({type(value).__name__})"


def _excerpt(value: Any) -> str:
    text = repr(value)
    if len(text) <= 60:
        return text
    return f"{text[:57]}..."
