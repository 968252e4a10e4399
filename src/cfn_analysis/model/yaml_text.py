"""YAML: writing of texts, and reading of short forms of functions as long forms."""

import re
from functools import cache
from typing import Any

import yaml

# Plain scalars that a reader parses as another type than text: YAML 1.1 (PyYAML), YAML 1.2, cfn-lint.
_WORDS = frozenset({"", "~", "=", "<<", "null", "true", "false", "yes", "no", "on", "off", "y", "n"})
_NUMBER_LIKE = re.compile(r"[-+]?[.0-9][-+.:_0-9a-fA-FxXoOtTzZ ]*|[-+]?\.(?:inf|nan)", re.IGNORECASE)
# Characters with another meaning in a plain scalar: https://yaml.org/spec/1.2.2/#733-plain-style
_INDICATORS = re.compile(r"""[#,[\]{}&*!|>'"%@` ]|[-?:](?: |$)|---|\.\.\.""")
_IN_FLOW = frozenset("?:,[]{}")


@cache  # most keys and many values appear more than once
def one_line(text: str, in_flow: bool = False) -> str:
    """Return a text in a form that every reader parses as this text: plain, or in single quotes.

    Args:
        text: the text.
        in_flow: whether it is inside ``[...]`` or ``{...}``.

    Returns:
        An empty string if the text is not one line of printable ASCII.
    """
    if not (text.isascii() and text.isprintable()):
        return ""
    read_otherwise = text.lower() in _WORDS or _NUMBER_LIKE.fullmatch(text) or _INDICATORS.match(text)
    ends_early = ": " in text or " #" in text or text.endswith((":", " "))
    if read_otherwise or ends_early or (in_flow and not _IN_FLOW.isdisjoint(text)):
        return "'" + text.replace("'", "''") + "'"
    return text


def literal_block(text: str) -> list[str]:
    """Return the lines of a text as a literal block: the header, then the lines without indentation.

    The text must not consist only of line feeds, or end with two of them.
    """
    lines = text.removesuffix("\n").split("\n")
    indented = "2" if text[0] in " \n" else ""  # if the first line does not determine the indentation
    return [f"|{indented}" if text.endswith("\n") else f"|{indented}-", *lines]


class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # with libyaml, if it is there
    """Reads short forms as long forms."""


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
