"""``reference.words``: words in the language of a page."""

import pytest

from csr_templates.reference.markers import PageError
from csr_templates.reference.words import Words


def test_missing_words_are_remembered() -> None:
    """Missing translations stay in English and are recorded once."""
    words = Words({"a": "あ"}, "words.ja.json")

    assert [words("a"), words("b"), words("c"), words("b")] == ["あ", "b", "c", "b"]
    assert list(words.missing) == ["b", "c"]


def test_unknown_placeholders_are_refused() -> None:
    """A translation may use the placeholders of the English text, and no other."""
    words = Words({"{a} of {b}": "{b}の{c}"}, "words.ja.json")

    with pytest.raises(PageError) as error:
        words.fill("{a} of {b}", a="1", b="2")

    assert str(error.value) == ('words.ja.json: "{a} of {b}": found "{b}の{c}"; allowed in braces: {a}, {b}.')
