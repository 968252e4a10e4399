"""Values and names in messages."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence


def quoted(text: str) -> str:
    """Return a text in JSON's quotes: Japanese text unchanged, invisible characters escaped."""
    return "".join(
        character if character.isprintable() else json.dumps(character)[1:-1]
        for character in json.dumps(text, ensure_ascii=False)
    )


def hint(name: object, candidates: Iterable[str]) -> str:
    """Return the sentence with the nearest candidate, in any letter case; empty if none is similar."""
    from difflib import get_close_matches  # imported only for an error

    by_letters: dict[str, str] = {}
    for candidate in candidates:
        by_letters.setdefault(candidate.lower(), candidate)
    close = get_close_matches(str(name).lower(), by_letters, n=1)
    if not close:
        return ""
    return f" Did you mean '{by_letters[close[0]]}'?"


def repeated(names: Iterable[str]) -> list[str]:
    """Return the names that appear more than once."""
    return [name for name, count in Counter(names).items() if count > 1]


def series(names: Sequence[str]) -> str:
    """Return names as a part of a sentence: ``a, b and c``."""
    if len(names) == 1:
        return names[0]
    return f"{', '.join(names[:-1])} and {names[-1]}"


def beginning(names: Sequence[str], most: int) -> str:
    """Return the first names and the number of the others: ``a, b and 3 more``."""
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")
