"""Texts that others chose, escaped for a terminal, for Markdown and for Mermaid."""

import html
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cfn_analysis.model.escaping import (
    for_html,
    for_markdown,
    for_mermaid,
    for_terminal,
    markdown_block,
    markdown_code,
)
from tests.gfm import rendered

CLEAR_SCREEN = "\x1b[2J"
TITLE = "\x1b]0;title\x07"
C1_TITLE = "\x9d0;title\x9c"  # the same in one byte for each control of 8 bits
REVERSED = "\u202eelif\u2066x\u2069"
CLOSES_LIST = "https://x/</li></ul><details><summary>No risks</summary>"
DIRECTIVE = '%%{init: {"securityLevel": "loose"}}%%'


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("csr-lambda-api-prod", "csr-lambda-api-prod"),
        ("本番　環境 \N{SPARKLES}", "本番　環境 \N{SPARKLES}"),
        (f"a{CLEAR_SCREEN}", r"a\u001b[2J"),
        (TITLE, r"\u001b]0;title\u0007"),
        (C1_TITLE, r"\u009d0;title\u009c"),
        (REVERSED, r"\u202eelif\u2066x\u2069"),
        ("one\n==> aws\r\ttwo", r"one\n==> aws\r\ttwo"),
        ("zero\u200bwidth\u00ad", r"zero\u200bwidth\u00ad"),
        ("\u2028\u2029\x7f\x00", r"\u2028\u2029\u007f\u0000"),
        ("\ud800", r"\ud800"),
        ("\U000e0041", r"\udb40\udc41"),  # an invisible letter
    ],
)
def test_a_terminal_shows_controls_and_does_not_obey_them(text: str, shown: str) -> None:
    """Text of every language is unchanged, with its wide space; what would be invisible is an escape."""
    assert for_terminal(text) == shown


@given(st.text())
def test_nothing_for_a_terminal_is_a_control(text: str) -> None:
    """Any text of Unicode becomes one line that can be written as UTF-8."""
    shown = for_terminal(text)

    assert {unicodedata.category(character) for character in shown}.isdisjoint({"Cc", "Cf", "Cs", "Zl", "Zp"})
    assert len(shown.encode().splitlines()) <= 1
    assert for_terminal(shown) == shown


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("Role of 3", "Role of 3"),
        ("*a* _b_ `c` ~d~ [e](f) | \\", r"\*a\* \_b\_ \`c\` \~d\~ \[e\](f) \| \\"),
        ("<b>&amp; @team #12", "&lt;b&gt;&amp;amp; &#64;team &#35;12"),
        ("${A}-${B}", r"\${A}-\${B}"),
        ("a\n\n# b\t c", "a &#35; b c"),
        ("- a", r"\- a"),
        ("12. a", r"12\. a"),
        ("1.5 GB", r"1\.5 GB"),
        ("=====", r"\====="),
        (f"{REVERSED}{CLEAR_SCREEN}", r"\\u202eelif\\u2066x\\u2069\\u001b\[2J"),
        ("see https://docs.aws.amazon.com/a_b.html.", "see <https://docs.aws.amazon.com/a_b.html>."),
        (
            CLOSES_LIST,
            "<https://x/>&lt;/li&gt;&lt;/ul&gt;&lt;details&gt;&lt;summary&gt;No risks&lt;/summary&gt;",
        ),
        ("https://", r"https\://"),
        ("WWW.example.com", r"WWW\.example.com"),
        ("本番　環境", "本番　環境"),
    ],
)
def test_markdown_shows_the_text(text: str, markdown: str) -> None:
    """Markup, mentions, references, formulas, lists and HTML are text; only a whole URL is a link."""
    assert for_markdown(text) == markdown


HOSTILE = [
    CLOSES_LIST,
    "</summary><script>alert(1)</script>",
    "![x](https://example.com/x.png) [y](javascript:alert(1))",
    "```\n</details>\n```",
    "a\n\n- b\n\n| c |\n|---|",
    "<!-- ", "***", "+ a", "1) a", "> a", "    code", "~~a~~", "`a", "&lt;b&gt;", "=====", "---",
    "https://example.com/`|<b>", "www.example.com/<i>", "http://<b>", "ftp://a/<b>", "a@example.com/<i>",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_the_parser_of_github_finds_no_structure_in_a_text(text: str) -> None:
    """A hostile text is one paragraph, as an item of a list, and as a cell: its tags are those around it."""
    shown = for_markdown(text)
    paragraph = re.fullmatch(r"<p>(.*)</p>\n", rendered(shown))
    list_item = re.fullmatch(r"<ul>\n<li>(.*)</li>\n</ul>\n", rendered(f"- {shown}"))
    cell = re.search(r"<td>(.*)</td>\n</tr>\n</tbody>\n</table>\n$", rendered(f"| a |\n|---|\n| {shown} |"))

    assert paragraph and list_item and cell
    for content in (paragraph[1], list_item[1], cell[1]):
        without_links = re.sub(r'<a href="[^"]*">|</a>', "", content)
        assert "<" not in without_links
        assert html.unescape(without_links) == " ".join(text.split())


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a", "`a`"),
        ("a`b", "``a`b``"),
        ("`a`", "`` `a` ``"),
        ("", "`  `"),
        ("a\n``` b", "````a ``` b````"),
        (REVERSED, r"`\u202eelif\u2066x\u2069`"),
    ],
)
def test_inline_code_does_not_end_in_its_text(text: str, code: str) -> None:
    """The fence is longer than each one in the text."""
    assert markdown_code(text) == code


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("main.yaml: ApiFunction (api)", "main.yaml: ApiFunction (api)"),
        ('"]; click A "javascript:x"', "#34;#93;#59; click A #34;javascript:x#34;"),
        (DIRECTIVE, "#37;#37;#123;init: #123;#34;securityLevel#34;: #34;loose#34;#125;#125;#37;#37;"),
        ("a\nB --> C", "a B --#62; C"),
        ("`**b**` $$x$$", "#96;#42;#42;b#42;#42;#96; #36;#36;x#36;#36;"),
        ("<img src=x>#35;", "#60;img src=x#62;#35;35#59;"),
        ("本番の API", "本番の API"),
    ],
)
def test_a_label_of_mermaid_stays_a_label(text: str, label: str) -> None:
    """Quotes, HTML, directives, formulas and line breaks have no meaning in it."""
    assert for_mermaid(text) == label


@given(st.text())
def test_a_label_of_mermaid_has_only_harmless_characters(text: str) -> None:
    """Except for the codes, no character of a label has a meaning to Mermaid."""
    without_codes = re.sub(r"#[0-9]+;", "", for_mermaid(text))

    assert re.fullmatch(r"[\w \-./:,()+=]*", without_codes)


def test_a_block_of_code_does_not_end_in_its_text() -> None:
    """Its lines stay lines, and its fence is longer than each one in the text."""
    assert markdown_block("aws a\n```\n\x1b[2J", "sh") == ["````sh", "aws a", "```", r"\u001b[2J", "````"]
    assert markdown_block("aws a", "sh") == ["```sh", "aws a", "```"]


def test_the_content_of_an_element() -> None:
    """Tags, entities and line breaks have no meaning in it."""
    assert for_html("a</summary>\n\n& \x1b") == r"a&lt;/summary&gt; &amp; \u001b"
