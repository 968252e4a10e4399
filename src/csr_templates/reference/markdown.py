"""Parts of Markdown, as GitHub renders it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from cfn_analysis.model.references import in_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

NARROW: Final = (
    '%%{init: {"flowchart": {"nodeSpacing": 20, "rankSpacing": 25, "padding": 8, "wrappingWidth": 130}}}%%'
)
"""First line of a wide flowchart: GitHub scales one that is wider than a page, until its text is too small.

https://mermaid.js.org/config/schema-docs/config-defs-flowchart-diagram-config.html
"""

_ESCAPED = str.maketrans({character: f"\\{character}" for character in r"\`*_[]<>|~"})


def code(text: str) -> str:
    """Return a text as code; empty for an empty text."""
    text = " ".join(text.split())
    if not text:
        return ""
    if "`" in text:
        return f"`` {text} ``"
    return f"`{text}`"


def codes(texts: Iterable[str]) -> str:
    """Return several texts as code, with commas."""
    return ", ".join(code(text) for text in texts)


def operand(value: Any) -> str:
    """Return a value that is compared, with its functions, in words."""
    match value:
        case {"Fn::FindInMap": [mapping, *keys]}:
            return f"{code(in_words(keys[-1]))} of {code(in_words(keys[0]))} in {code(in_words(mapping))}"
        case "":
            return "empty"
        case _:
            return code(in_words(value))


def prose(text: str) -> str:
    """Return a sentence with its markup characters escaped."""
    return " ".join(text.split()).translate(_ESCAPED)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Return the lines of a table; cells are Markdown; only ``|`` is escaped here."""
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    for row in rows:
        cells = [_cell(cell) for cell in row]
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def item(text: str, depth: int = 0) -> list[str]:
    """Return the lines of a list item, with the other lines as nested items."""
    first, *below = text.split("\n")
    indent = "  " * depth
    return [f"{indent}- {first}", *(f"{indent}  - {line}" for line in below)]


def mermaid(diagram: str) -> list[str]:
    """Return the lines that show a diagram."""
    return ["```mermaid", *diagram.split("\n"), "```"]


def _cell(text: str) -> str:
    """Escape the characters that end a cell, also in code, where GitHub removes the backslash."""
    if "|" in text:
        return re.sub(r"(?<!\\)\|", r"\\|", text)
    return text
