"""Lines of the code of a stack that create its resources."""

import ast
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from cfn_analysis.model.wildcards import matches

_LOGICAL_ID = re.compile("[A-Z][A-Za-z0-9]*")
_PATTERN = re.compile(r"(?=.*[A-Za-z0-9]{3})[A-Za-z0-9*]+")
_HASH = re.compile("[0-9a-f]{8,}")


def logical_id_lines(module: str) -> dict[str, int]:
    """Return text -> its first line, for the texts that are the first argument of a call in a module."""
    return _first_lines(
        node for node, is_first in _texts(module) if is_first and isinstance(node, ast.Constant)
    )


@lru_cache(maxsize=8)  # modules: the states of a review have mostly the same ones
def candidate_lines(module: str) -> Mapping[str, int]:
    """Return text -> its first line, for all texts of a module that can be logical IDs, for ``line_of``.

    First arguments of calls have priority over other arguments and over items of tuples and lists, which are
    logical IDs for helper functions and loops. An f-string is a pattern with ``*`` for its expressions.
    """
    first_lines = _first_lines(node for node, _ in _texts(module))
    plausible = {
        text: line for text, line in first_lines.items() if _LOGICAL_ID.fullmatch(text) or _is_pattern(text)
    }
    return {**plausible, **logical_id_lines(module)}


def line_of(logical_id: str, lines: Mapping[str, int]) -> int | None:
    """Return the line of a logical ID, which may be computed: from an f-string, or with a hash at its end."""
    if logical_id in lines:
        return lines[logical_id]
    alike = [
        text
        for text in lines
        if (_is_pattern(text) and matches(text, logical_id))
        or (logical_id.startswith(text) and _HASH.fullmatch(logical_id.removeprefix(text)))
    ]
    if not alike:
        return None
    return lines[max(alike, key=len)]


def _texts(module: str) -> Iterator[tuple[ast.Constant | ast.JoinedStr, bool]]:
    """Yield the texts of arguments and items, and whether each is the first argument of a call."""
    for node in ast.walk(ast.parse(module)):
        items = node.args if isinstance(node, ast.Call) else ()
        if isinstance(node, ast.Tuple | ast.List):
            items = node.elts
        for number, part in enumerate(items):
            if isinstance(part, ast.JoinedStr) or (
                isinstance(part, ast.Constant) and isinstance(part.value, str)
            ):
                yield part, isinstance(node, ast.Call) and number == 0


def _first_lines(nodes: Iterator[ast.Constant | ast.JoinedStr]) -> dict[str, int]:
    lines: dict[str, int] = {}
    for node in nodes:
        parts = [node] if isinstance(node, ast.Constant) else node.values
        text = "".join(str(part.value) if isinstance(part, ast.Constant) else "*" for part in parts)
        lines[text] = min(node.lineno, lines.get(text, node.lineno))
    return lines


def _is_pattern(text: str) -> bool:
    return "*" in text and _PATTERN.fullmatch(text) is not None
