"""Tables of words, and the word of a table that is meant by a misspelt one."""

from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path

from cfn_analysis.model.data_files import table


def words(text: str) -> tuple[str, ...]:
    """Return the words of a table that is written as a text."""
    return tuple(text.split())


def rows(file: str) -> list[str]:
    """Return the rows of the text file beside a module, without its comments and the sources of rows.

    A row continues on the next line after a backslash.
    """
    return table(Path(file).with_suffix(".txt"))


def columns(file: str) -> list[list[str]]:
    """Return the words of each row of the text file beside a module."""
    return [row.split() for row in rows(file)]


def named(file: str) -> dict[str, str]:
    """Return the rows ``name: text`` of the text file beside a module, by name."""
    return dict(row.split(": ", 1) for row in rows(file))


def nearest(word: str, vocabulary: Iterable[str], cutoff: float = 0.6) -> str:
    """Return the word of a vocabulary that is most similar to a word; empty if none is."""
    return next(iter(get_close_matches(word, list(vocabulary), n=1, cutoff=cutoff)), "")


def did_you_mean(word: str, vocabulary: Iterable[str], cutoff: float = 0.6) -> str:
    """Return the sentence about the nearest word, with a space before it; empty if none is similar."""
    similar = nearest(word, vocabulary, cutoff)
    if not similar:
        return ""
    return f" Did you mean {similar}?"
