"""Lines of the code of a stack that create its resources."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from fnmatch import fnmatchcase

_LOGICAL_ID = re.compile("[A-Z][A-Za-z0-9]*")
_PATTERN = re.compile(r"(?=.*[A-Za-z0-9]{3})[A-Za-z0-9*]+")
_HASH = re.compile("[0-9a-f]{8,}")


def logical_id_lines(module: str) -> dict[str, int]:
    """Return text -> its first line, for the texts of a module that can be logical IDs.

    First arguments of calls have priority over other arguments and over items of tuples and lists, which are
    logical IDs for helper functions and loops. An f-string is a pattern with ``*`` for its expressions.
    """
    first: dict[str, int] = {}
    other: dict[str, int] = {}
    for node in ast.walk(ast.parse(module)):
        if isinstance(node, ast.Call):
            candidates = [(first, one) for one in node.args[:1]] + [(other, one) for one in node.args[1:]]
        elif isinstance(node, (ast.Tuple, ast.List)):
            candidates = [(other, one) for one in node.elts]
        else:
            continue
        for lines, one in candidates:
            if isinstance(one, ast.JoinedStr):
                text = "".join(
                    str(part.value) if isinstance(part, ast.Constant) else "*" for part in one.values
                )
                is_id = bool(_PATTERN.fullmatch(text))
            elif isinstance(one, ast.Constant) and isinstance(one.value, str):
                text = one.value
                is_id = lines is first or bool(_LOGICAL_ID.fullmatch(text))
            else:
                continue
            if is_id:
                lines[text] = min(one.lineno, lines.get(text, one.lineno))
    return {**other, **first}


def line_of(logical_id: str, lines: Mapping[str, int]) -> int | None:
    """Return the line of a logical ID, which may be computed: from an f-string, or with a hash at its end.

    Args:
        logical_id: the logical ID.
        lines: the result of ``logical_id_lines``.
    """
    if logical_id in lines:
        return lines[logical_id]
    matches = [
        text
        for text in lines
        if (_PATTERN.fullmatch(text) and fnmatchcase(logical_id, text))
        or (logical_id.startswith(text) and _HASH.fullmatch(logical_id.removeprefix(text)))
    ]
    return lines[max(matches, key=len)] if matches else None
