"""The fields of sentences: lists, choices and words."""

import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from cfn_analysis.reviewing import sentences
from cfn_analysis.reviewing.findings import Detail
from cfn_analysis.reviewing.sentences import WORDS
from cfn_analysis.reviewing.writing import first, written

MODULE = Path(sentences.__file__)
SENTENCES: dict[str, str] = {
    name: text for name, text in vars(sentences).items() if name.isupper() and isinstance(text, str)
}


def test_every_sentence_is_used() -> None:
    """The modules of the review use every sentence."""
    code = "\n".join(file.read_text("utf-8") for file in MODULE.parent.rglob("*.py"))

    assert set(re.findall(r"\bsentences\.([A-Z_]+)\b", code)) == SENTENCES.keys()


@pytest.mark.parametrize(
    ("sentence", "detail", "text"),
    [
        ("{each} {does: and }.", {"does": ("restarts", "fails")}, "A restarts and fails."),
        ("{readers} {readers:has|have} it", {"readers": ("B",)}, "B has it"),
        ("{readers} {readers:has|have} it", {"readers": ("B", "C", "D")}, "B, C and D have it"),
        ("{certain:fails|may fail}", {"certain": True}, "fails"),
        ("{certain:fails|may fail}", {"certain": False}, "may fail"),
        ("as {same:the {same}||all}", {"same": "Name"}, "as the Name"),
        ("as {same:the {same}||all}", {"same": ""}, "as all"),
        ("A{order: before {order:, then }||}.", {"order": ("B", "C")}, "A before B, then C."),
        ("A{order: before {order}||}.", {"order": ()}, "A."),
        ("{name} {leaves:in words}", {"leaves": "replace"}, "A is replaced"),
        ("on {place}", {"place": "arn:${Queue}|{x}"}, "on arn:${Queue}|{x}"),
        ("{before:from {before} on||{name}}", {"before": "a || b"}, "from a || b on"),
        ("{more:{names:, }|none}", {"more": True, "names": ("a|b", "{c}")}, "a|b, {c}"),
    ],
)
def test_fields(sentence: str, detail: dict[str, Detail], text: str) -> None:
    """Values are written as they are, also with braces and bars."""
    assert written(sentence, ["A"], detail) == text


def test_several_resources() -> None:
    """They are each the subject, or a list in the sentence."""
    assert written("{each} ends.", ["A", "B"], {}) == "Each ends."
    assert written("cannot delete {all}", ["A", "B"], {}) == "cannot delete A, B"


def test_a_missing_field() -> None:
    """A risk without a value for a field is an error, not a sentence with a gap."""
    with pytest.raises(KeyError, match="effect"):
        written(sentences.GUARD_REMOVED, ["A"], {})


def test_long_lists() -> None:
    """They end with the number of the parts that are not listed."""
    assert first("abc") == ("a", "b", "c")
    assert first("abcde") == ("a", "b", "c", "and 2 more")


def fields(text: str) -> Iterator[tuple[str, str]]:
    """Yield the fields of a sentence with their format, also those in choices."""
    for _, field, format_spec, _ in string.Formatter().parse(text):
        if field is not None:
            yield field, format_spec or ""
            yield from fields(format_spec or "")


@pytest.mark.parametrize("name", SENTENCES)
def test_every_sentence(name: str) -> None:
    """Its choices have two sides, and nothing of a field is left when it is written."""
    text = SENTENCES[name]
    used = dict(sorted(fields(text), key=lambda field: "in words" in field[1]))
    choices = [re.sub(r"\{[^{}]*\}", "", spec) for _, spec in fields(text) if "|" in spec]
    assert [choice for choice in choices if choice.count("|") not in (1, choice.count("||") * 2)] == []
    for values in (("a",), ("a", "b")):
        detail = {field: next(iter(WORDS)) if spec == "in words" else values for field, spec in used.items()}
        message = written(text, ["A"], detail)
        assert not set("{}|") & set(message)
        assert "  " not in message
