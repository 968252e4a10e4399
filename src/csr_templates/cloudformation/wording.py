"""Values and names as messages show them."""

from __future__ import annotations

import json
from collections.abc import Iterable


def quoted(text: str) -> str:
    """Return a text in JSON's quotes, for a reader: Japanese as itself, what no one can see as an escape."""
    return "".join(
        character if character.isprintable() else json.dumps(character)[1:-1]
        for character in json.dumps(text, ensure_ascii=False)
    )


def hint(name: object, candidates: Iterable[str]) -> str:
    """Return the sentence that offers the nearest candidate, or nothing."""
    from difflib import get_close_matches  # only a mistake needs it

    candidates = list(candidates)
    same = [one for one in candidates if one.lower() == str(name).lower()]
    close = same or get_close_matches(str(name), candidates, n=1)
    return f" Did you mean '{close[0]}'?" if close else ""
