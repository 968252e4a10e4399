"""The dashboards as tables: which widget is where."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from csr_templates.reference.markdown import code, prose, table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# The start of a widget in a body, which is JSON with the variables of Fn::Sub in it.
_WIDGET: Final = re.compile(
    r'\{"type":"(\w+)","x":(\d+),"y":(\d+),"width":\d+,"height":\d+,"properties":\{"title":"((?:[^"\\]|\\.)*)"'
)
_KINDS: Final = {"alarm": "alarm states", "log": "log table", "metric": "graph"}


class Widget(NamedTuple):
    """One widget of a dashboard; sorted as they are read, by row and then from left to right."""

    y: int
    x: int
    title: str
    kind: str
    condition: str
    """Empty for a widget without a condition."""


def widget_table(dashboard: Mapping[str, Any]) -> list[str]:
    """Return the table of the widgets of a dashboard, given its properties; a line for each row."""
    rows: dict[int, list[str]] = {}
    for widget in sorted(set(_widgets(dashboard.get("DashboardBody"), ""))):
        condition = f", only if {code(widget.condition)}" if widget.condition else ""
        rows.setdefault(widget.y, []).append(
            f"{prose(widget.title)} ({_KINDS.get(widget.kind, widget.kind)}{condition})"
        )
    if not rows:
        return []
    width = max(len(cells) for cells in rows.values())
    for cells in rows.values():
        cells += [""] * (width - len(cells))
    return table(_head(width), rows.values())


def _head(width: int) -> list[str]:
    """Return the names of the columns."""
    if width == 1:
        return ["widget"]
    return ["left", *["middle"] * (width - 2), "right"]


def _widgets(node: Any, condition: str) -> Iterator[Widget]:
    match node:
        case str():
            for kind, x, y, title in _WIDGET.findall(node):
                yield Widget(int(y), int(x), title, kind, condition)
        case {"Fn::If": [str(name), yes, no]}:
            yield from _widgets(yes, name)
            yield from _widgets(no, f"not {name}")
        case dict():
            for value in node.values():
                yield from _widgets(value, condition)
        case list():
            for value in node:
                yield from _widgets(value, condition)
