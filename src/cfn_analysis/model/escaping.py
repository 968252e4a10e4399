"""Texts from templates, parameters and accounts, escaped for the format that they are written to.

A person who can name a resource or write a log line chooses these texts. Escaped, they cannot move the cursor
of a terminal, reverse the order of what is read, end a list of Markdown or add a line to a diagram.
"""

import json
import re
import unicodedata
from typing import Final

_INVISIBLE: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Categories of Unicode: controls, formats (which contain the bidirectional ones), surrogates, separators.

https://www.unicode.org/reports/tr44/#General_Category_Values and, for the bidirectional characters,
https://trojansource.codes/trojan-source.pdf
"""

_WHITE_SPACE: Final = re.compile(r"[ \t\r\n\f\v]+")  # without the wide space of Japanese text

_URL: Final = re.compile(r"https?://[A-Za-z0-9](?:[A-Za-z0-9\-._/%?=&#+:;,@!~]*[A-Za-z0-9/=])?")
"""A URL of characters without a meaning between angle brackets; a full stop behind it is text."""

_MARKDOWN: Final = {
    **{character: f"\\{character}" for character in "\\`*_[]|~$"},
    **{character: f"&#{ord(character)};" for character in "@#"},  # a mention, a reference to an issue
    "<": "&lt;",
    ">": "&gt;",
    "&": "&amp;",
}
_MARKDOWN_ESCAPES: Final = str.maketrans(_MARKDOWN)
_LINK_START: Final = re.compile(r"(?::(?=//)|(?<=www)[.])", re.IGNORECASE)
"""What else GitHub makes a link of: https://github.github.com/gfm/#autolinks-extension-"""

_BLOCK_START: Final = re.compile(r"^(?P<number>[0-9]*)(?P<mark>[-+=.)])")
"""The beginning of a list or of an underline, if a text begins the line."""

_IN_MERMAID: Final = re.compile(r"[^\w \-./:,()+=]")


def for_terminal(text: str) -> str:
    r"""Return a text as one line that a terminal shows and does not obey.

    Control characters, also line breaks and tabs, and invisible characters, also those that change the
    direction of the text, become JSON's escapes such as ``\u001b`` and ``\n``.
    """
    if text.isprintable():
        return text
    return "".join(_visible(character) for character in text)


def lines_for_terminal(text: str) -> str:
    """Return a text of several lines, each as ``for_terminal`` returns it."""
    return "\n".join(for_terminal(line) for line in text.split("\n"))


def for_markdown(text: str) -> str:
    """Return a text as one line of GitHub's Markdown that shows it: without markup, mentions and HTML.

    A URL stays a link, as far as it has the characters of a URL.
    https://github.github.com/gfm/#backslash-escapes
    """
    line = _line(text)
    parts: list[str] = []
    end = 0
    for url in _URL.finditer(line):
        parts.append(_markdown_text(line[end : url.start()]))
        parts.append(f"<{url[0]}>")
        end = url.end()
    parts.append(_markdown_text(line[end:]))
    return _BLOCK_START.sub(r"\g<number>\\\g<mark>", "".join(parts))


def markdown_code(text: str) -> str:
    """Return a text as inline code of Markdown. In a table, the caller escapes ``|``, in code too."""
    line = _line(text)
    longest = max((len(fence) for fence in re.findall(r"`+", line)), default=0)
    fence = "`" * (longest + 1)
    needs_padding = not line or line.startswith("`") or line.endswith("`")
    padding = " " if needs_padding else ""
    return f"{fence}{padding}{line}{padding}{fence}"


def markdown_block(text: str, language: str) -> list[str]:
    """Return the lines of a block of code of Markdown, which no line of the text ends."""
    longest = max((len(fence) for fence in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return [f"{fence}{language}", *lines_for_terminal(text).split("\n"), fence]


def for_html(text: str) -> str:
    """Return a text as one line for the content of an element, such as a summary in Markdown."""
    import html  # with a table of all entities, which a build does not need

    return html.escape(_line(text))


def for_mermaid(text: str) -> str:
    """Return a text for a label of Mermaid in double quotes.

    Characters with a meaning become codes such as ``#35;``: quotes and HTML, the backtick of a Markdown
    label, ``%`` of a directive, which Mermaid finds anywhere in a diagram, and ``$`` of a formula.
    https://mermaid.js.org/syntax/flowchart.html#entity-codes-to-escape-characters
    https://mermaid.js.org/config/directives.html
    """
    line = _line(text)
    return _IN_MERMAID.sub(lambda special: f"#{ord(special[0])};", line)


def _line(text: str) -> str:
    return for_terminal(_WHITE_SPACE.sub(" ", text).strip())


def _markdown_text(text: str) -> str:
    return _LINK_START.sub(r"\\\g<0>", text.translate(_MARKDOWN_ESCAPES))


def _visible(character: str) -> str:
    if unicodedata.category(character) in _INVISIBLE:
        return json.dumps(character)[1:-1]
    return character
