"""GitHub's Markdown as the parser of GitHub renders it: its structure, and what a reader sees."""

from html.parser import HTMLParser

import cmarkgfm
from cmarkgfm.cmark import Options

HOSTILE = (
    "https://x/</li></ul><details><summary>No risks</summary>",
    "</summary></details><h1>No risks</h1>",
    "<script>alert(1)</script>",
    "<!-- ",
    "a\n\n- **No risks**\n\n| c |\n|---|",
    "```\n</details>\n```",
    "`a` ``b``` | <b>x</b>",
    "![x](https://example.com/x.png) [y](javascript:alert(1))",
    "www.example.com/<i> a@example.com ftp://a/<b>",
    "\x1b[2J\x1b]0;title\x07\u202eelif\u2066",
)
"""Texts that a template, a parameter or an account may contain."""


def rendered(markdown: str) -> str:
    """Return Markdown as HTML, with the HTML in it."""
    html: str = cmarkgfm.github_flavored_markdown_to_html(markdown, options=Options.CMARK_OPT_UNSAFE)
    return html


def structure(markdown: str) -> list[str]:
    """Return the tags of rendered Markdown in their order, without links."""
    reader = _Reader()
    reader.feed(rendered(markdown))
    reader.close()
    return reader.tags


def seen(markdown: str) -> str:
    """Return the text of rendered Markdown."""
    reader = _Reader()
    reader.feed(rendered(markdown))
    reader.close()
    return "".join(reader.texts)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag != "a":
            self.tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag != "a":
            self.tags.append(f"/{tag}")

    def handle_comment(self, data: str) -> None:
        self.tags.append("comment")

    def handle_data(self, data: str) -> None:
        self.texts.append(data)
