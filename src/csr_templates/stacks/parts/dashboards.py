"""Dashboards: the resource, and its body as text for ``Fn::Sub``.

The text has one widget, metric, threshold line or alarm on each line, so that a diff shows the change.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from json.encoder import encode_basestring_ascii
from typing import Any

from troposphere import Sub, cloudwatch

from csr_templates.stacks.parts import names, widgets


def dashboard(
    title: str, what: str, rows: Sequence[Sequence[widgets.Widget]], **attributes: Any
) -> cloudwatch.Dashboard:
    """Return a dashboard.

    Args:
        title: logical ID.
        what: last part of its name ``<project>-<environment>-<what>``.
        rows: its widgets; those of a row are of equal width.
        attributes: further attributes of the resource, such as Condition.
    """
    content = body(rows)["Fn::Sub"]
    return cloudwatch.Dashboard(
        title,
        DashboardName=names.name(what),
        DashboardBody=Sub(content) if isinstance(content, str) else Sub(*content),
        Tags=names.tags(),
        **attributes,
    )


def stale(
    template: widgets.Template,
    title: str,
    overview: Callable[[widgets.Template], Sequence[Sequence[widgets.Widget]]],
    call: str,
) -> list[str]:
    """Return a sentence if the dashboard of a template is out of date; otherwise an empty list.

    A template without the dashboard is allowed.

    Args:
        template: the template.
        title: logical ID of the dashboard.
        overview: returns the rows that it should have.
        call: the call that updates it, such as ``database.derive(t)``.
    """
    found = template["Resources"].get(title)
    if found is None:
        return []
    try:
        expected: Any = body(overview(template))
    except widgets.DashboardError as error:
        return [f"Resources.{title}: {error}"]
    except LookupError:
        expected = None  # a shown resource lacks a property, which the linter reports
    if found["Properties"]["DashboardBody"] == expected:
        return []
    return [
        f"Resources.{title}: The dashboard does not match the template: something was changed "
        f"after it was created. Call {call} after the last change."
    ]


def body(rows: Sequence[Sequence[widgets.Widget]]) -> dict[str, Any]:
    """Return the body of a dashboard, as ``Fn::Sub``."""
    found: dict[str, Any] = _sub({"widgets": list(_on_the_grid(rows))})
    return found


def _on_the_grid(rows: Sequence[Sequence[widgets.Widget]]) -> Iterator[widgets.Widget]:
    """Yield the widgets with their place on CloudWatch's grid, which has 24 columns."""
    y = 0
    for row in rows:
        width = 24 // len(row)
        for column, item in enumerate(row):
            condition, widget, _ = item.get("Fn::If", [None, item, None])
            place = {"type": widget["type"], "x": column * width, "y": y, "width": width}
            yield widgets.when(condition, place | widget)
        y += max(item.get("Fn::If", [None, item])[1]["height"] for item in row)


def _sub(node: Any, before: str = "") -> dict[str, Any]:
    """Return JSON text for a node with functions, after other text."""
    bound: dict[str, Any] = {}
    text = before + _json(node, "", bound)
    return {"Fn::Sub": [text, bound] if bound else text}


def _sub_or_text(node: Any, before: str = "") -> dict[str, Any] | str:
    """Return the result of ``_sub``, or only the text if it has no variables."""
    found = _sub(node, before)
    content = found["Fn::Sub"]
    return content if isinstance(content, str) and "${" not in content else found


def _json(node: Any, key: str, bound: dict[str, Any]) -> str:
    """Return the text of a node with this ``key``; its variables are added to ``bound``."""
    if isinstance(node, str):
        return encode_basestring_ascii(node).replace("${", "${!")
    if isinstance(node, dict):
        if len(node) == 1 and (name := next(iter(node))) and (name == "Ref" or name.startswith("Fn::")):
            text = _reference(node, key, bound)
            return text if key == "value" else f'"{text}"'  # the value of a line is a number
        members = [f"{encode_basestring_ascii(k)}:{_json(v, k, bound)}" for k, v in node.items()]
        return "{" + ",".join(members) + "}"
    if isinstance(node, list):
        if node and _is_conditional(node[0]):  # any may be the first: Join sets the commas
            return f"[\n${{{_bind({'Fn::Join': [',', [_item(item) for item in node]]}, key, bound)}}}\n]"
        start, comma, end = (
            ("[\n", ",\n", "\n]")
            if key in ("alarms", "horizontal", "metrics", "widgets")
            else ("[", ",", "]")
        )
        first = [_json(item, "", bound) for item in node[:1]]
        return start + "".join([*first, *[_next_item(item, comma, key, bound) for item in node[1:]]]) + end
    return str(node) if type(node) is int else json.dumps(node)  # the same, in a tenth of the time


def _next_item(node: Any, comma: str, key: str, bound: dict[str, Any]) -> str:
    """Return an item behind others, with its comma; as a variable if it may not be there."""
    if not _is_conditional(node):
        return comma + _json(node, "", bound)
    condition, item, _ = node["Fn::If"]
    return f"${{{_bind({'Fn::If': [condition, _sub_or_text(item, comma), '']}, key, bound)}}}"


def _item(node: Any) -> dict[str, Any] | str:
    if not _is_conditional(node):
        return _sub_or_text(node)
    condition, item, _ = node["Fn::If"]
    return widgets.when(condition, _sub_or_text(item))  # type: ignore[no-any-return]


def _is_conditional(node: Any) -> bool:
    return isinstance(node, dict) and "Fn::If" in node and node["Fn::If"][2] == widgets.NO_VALUE


def _reference(function: Mapping[str, Any], key: str, bound: dict[str, Any]) -> str:
    """Return a function as text for ``Fn::Sub``: in place where that is possible, otherwise as a variable."""
    match function:
        case {"Ref": str(name)}:
            return f"${{{name}}}"
        case {"Fn::GetAtt": [str(name), str(attribute)]}:
            return f"${{{name}.{attribute}}}"
        case {"Fn::Sub": str(text)}:
            return encode_basestring_ascii(text)[1:-1]
    return f"${{{_bind(function, key, bound)}}}"


def _bind(value: Mapping[str, Any], key: str, bound: dict[str, Any]) -> str:
    """Return the name of a variable for a value; equal values share one."""
    for name, other in bound.items():
        if other == value:
            return name
    name = f"{key.capitalize() or 'Value'}{len(bound) + 1}"
    bound[name] = value
    return name
