"""Where the code of a stack creates its resources."""

from __future__ import annotations

import ast


def logical_id_lines(module: str) -> dict[str, int]:
    """Return for each text that is the first argument of a call in a module the first line it stands on."""
    literals = (
        call.args[0] for call in ast.walk(ast.parse(module)) if isinstance(call, ast.Call) and call.args
    )
    lines: dict[str, int] = {}
    for node in literals:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            lines[node.value] = min(node.lineno, lines.get(node.value, node.lineno))
    return lines
