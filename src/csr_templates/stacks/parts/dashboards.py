"""Dashboards: the resource, and its body as text for ``Fn::Sub``.

The text has one widget, metric, threshold line or alarm on each line, so that a diff shows the change.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from json.encoder import encode_basestring_ascii
from typing import Any, Final

from troposphere import Sub, cloudwatch

from cfn_analysis.model.references import uses
from csr_templates.stacks.parts import names, widgets

# The keys of lists with one member on each line.
_ONE_PER_LINE: Final = frozenset({"alarms", "horizontal", "metrics", "widgets"})


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
    return cloudwatch.Dashboard(
        title,
        DashboardName=names.name(what),
        DashboardBody=content(rows),
        Tags=names.tags(),
        **attributes,
    )


def content(rows: Sequence[Sequence[widgets.Widget]]) -> Sub:
    """Return the value of the property DashboardBody."""
    text = body(rows)["Fn::Sub"]
    if isinstance(text, str):
        return Sub(text)
    return Sub(*text)


def body(rows: Sequence[Sequence[widgets.Widget]]) -> dict[str, Any]:
    """Return the body of a dashboard, as ``Fn::Sub``."""
    # Otherwise, CloudWatch changes the periods with the time range, and sums no longer fit their lines.
    return _sub({"periodOverride": "inherit", "widgets": list(_on_the_grid(rows))})


def _on_the_grid(rows: Sequence[Sequence[widgets.Widget]]) -> Iterator[widgets.Widget]:
    """Yield the widgets with their place on CloudWatch's grid, which has 24 columns."""
    y = 0
    for row in rows:
        width = 24 // len(row)
        heights = []
        for column, part in enumerate(row):
            condition, widget, _ = part.get("Fn::If", [None, part, None])
            place = {"type": widget["type"], "x": column * width, "y": y, "width": width}
            yield widgets.when(condition, place | widget)
            heights.append(widget["height"])
        y += max(heights)


class _Variables:
    """The variables of a text for ``Fn::Sub``.

    They are named after what they contain, and not numbered, so that a further widget renames no other one.
    """

    def __init__(self, node: Any) -> None:
        """Start without variables."""
        self.values: dict[str, Any] = {}
        self._taken = {use.name for use in uses(node) if use.kind == "name"}

    def name(self, value: Mapping[str, Any], *words: str) -> str:
        """Return the placeholder of a variable with a value, named after some words."""
        name = first_name = "".join(_capitalized(word) for word in words)
        number = 1
        while name in self._taken or self.values.setdefault(name, value) != value:
            number += 1
            name = f"{first_name}{number}"
        return f"${{{name}}}"


def _sub(node: Any, before: str = "", title: str = "") -> dict[str, Any]:
    """Return JSON text for a node with functions, after other text; ``title`` is that of its widget."""
    variables = _Variables(node)
    text = before + _json(node, "", variables, title)
    if not variables.values:
        return {"Fn::Sub": text}
    return {"Fn::Sub": [text, variables.values]}


def _sub_or_text(node: Any, before: str = "", title: str = "") -> dict[str, Any] | str:
    """Return the result of ``_sub``, or only the text if it has no variables."""
    substituted = _sub(node, before, title)
    content = substituted["Fn::Sub"]
    if isinstance(content, str) and "${" not in content:
        return content
    return substituted


def _json(node: Any, key: str, variables: _Variables, title: str) -> str:
    """Return the text of a node with this ``key``, in the widget with this ``title``."""
    if isinstance(node, str):
        return encode_basestring_ascii(node).replace("${", "${!")
    if isinstance(node, dict):
        return _json_of_dict(node, key, variables, title)
    if isinstance(node, list):
        return _json_of_list(node, key, variables, title)
    if type(node) is int:
        return str(node)  # the same as JSON, in a tenth of the time
    return json.dumps(node)


def _json_of_dict(node: dict[str, Any], key: str, variables: _Variables, title: str) -> str:
    if _is_function(node):
        text = _reference(node, key, variables, title)
        if key == "value":  # of a line: a number
            return text
        return f'"{text}"'
    title = str(node.get("title", title))
    members = [
        f"{encode_basestring_ascii(name)}:{_json(value, name, variables, title)}"
        for name, value in node.items()
    ]
    return "{" + ",".join(members) + "}"


def _is_function(node: Mapping[str, Any]) -> bool:
    if len(node) != 1:
        return False
    (name,) = node
    return name == "Ref" or name.startswith("Fn::")


def _json_of_list(node: list[Any], key: str, variables: _Variables, title: str) -> str:
    if not node:
        return "[\n\n]" if key in _ONE_PER_LINE else "[]"
    if _is_conditional(node[0]):  # any may be the first: Join sets the commas
        joined = {"Fn::Join": [",", [_member(member, title) for member in node]]}
        return f"[\n{variables.name(joined, title, key)}\n]"
    start, comma, end = "[", ",", "]"
    if key in _ONE_PER_LINE:
        start, comma, end = "[\n", ",\n", "\n]"
    texts = [_json(node[0], "", variables, title)]
    texts += [_next_member(member, comma, variables, title) for member in node[1:]]
    return start + "".join(texts) + end


def _next_member(node: Any, comma: str, variables: _Variables, title: str) -> str:
    """Return a member of a list behind others, with its comma; as a variable if it may not be there."""
    if not _is_conditional(node):
        return comma + _json(node, "", variables, title)
    condition, member, _ = node["Fn::If"]
    text = {"Fn::If": [condition, _sub_or_text(member, comma, title), ""]}
    return variables.name(text, *_words(member, title))


def _member(node: Any, title: str) -> dict[str, Any] | str:
    if not _is_conditional(node):
        return _sub_or_text(node, title=title)
    condition, member, _ = node["Fn::If"]
    return widgets.when(condition, _sub_or_text(member, title=title))  # type: ignore[no-any-return]


def _is_conditional(node: Any) -> bool:
    return isinstance(node, dict) and "Fn::If" in node and node["Fn::If"][2] == widgets.NO_VALUE


def _words(member: Any, title: str) -> tuple[str, ...]:
    """Return what an alarm, a widget, a metric or a line is named after. A number may change: not those."""
    match member:
        case {"Fn::GetAtt": [str(logical_id), str(attribute)]}:
            return logical_id, attribute
        case {"properties": {"title": own}}:
            return str(own), "widget"
        case [*_, {"label": label}]:
            return title, str(label), "metric"
        case {"label": label}:
            return title, str(label).partition(" ")[0], "line"
    return title, "item"


def _capitalized(text: str) -> str:
    return "".join(word[0].upper() + word[1:] for word in re.findall("[A-Za-z0-9]+", text))


def _reference(function: Mapping[str, Any], key: str, variables: _Variables, title: str) -> str:
    """Return a function as text for ``Fn::Sub``: in place where that is possible, otherwise as a variable."""
    match function:
        case {"Ref": str(name)}:
            return f"${{{name}}}"
        case {"Fn::GetAtt": [str(name), str(attribute)]}:
            return f"${{{name}.{attribute}}}"
        case {"Fn::Sub": str(text)}:
            return encode_basestring_ascii(text)[1:-1]
    return variables.name(function, title, key or "value")
