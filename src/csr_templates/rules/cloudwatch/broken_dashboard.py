"""The body of a dashboard is valid."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from cfnlint.helpers import is_function

from csr_templates.rules.support.documents import texts
from csr_templates.rules.support.rule import Fault, Faults, Rule, Validator, properties_of
from csr_templates.rules.support.scenarios import number
from csr_templates.rules.support.values import show

if TYPE_CHECKING:
    from collections.abc import Iterator


WIDTH = 24  # columns of a dashboard's grid
TYPES = ("metric", "text", "log", "alarm", "explorer", "custom", "trace")


class BrokenDashboard(Rule):
    """Dashboard whose body CloudWatch rejects or does not show.

    DashboardBody is JSON inside a text, which cfn-lint does not check. It contains a list of widgets, each
    with a type that exists, 24 columns in all; a metric widget names a region and lists its metrics as
    namespace, name and dimension pairs. CloudWatch refuses a body that is not JSON, and shows an empty widget
    for the rest.
    """

    id = "E9615"
    source_url = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html"
    tags = ["resources", "cloudwatch", "dashboard"]
    fault_class = "documents"
    looks_at = properties_of("AWS::CloudWatch::Dashboard")

    def faults(self, validator: Validator, properties: Any) -> Faults:
        for text in texts(properties.get("DashboardBody")):
            if is_function(properties["DashboardBody"])[0] == "Fn::Join" and "${" in text:
                continue  # a text inside JSON may be a list of them
            body = _read(text)
            if body is None:
                yield Fault(
                    ("DashboardBody",),
                    "DashboardBody is not JSON: CloudWatch refuses the dashboard. Correct it.",
                )
                continue
            widgets = body.get("widgets") if isinstance(body, dict) else None
            if not isinstance(widgets, list):
                yield Fault(("DashboardBody",), "DashboardBody has no list called widgets.")
                continue
            for index, widget in enumerate(widgets):
                for problem in _problems(widget if isinstance(widget, dict) else {}):
                    yield Fault(("DashboardBody",), f"Widget {index} of DashboardBody {problem}.")


def _read(text: str) -> Any:
    """Return the parsed body, with each reference replaced by a text, or by a number outside of quotes."""
    try:
        return json.loads(re.sub(r"\$\{!?[^}]*\}", "1", text))
    except ValueError:
        return None


def _problems(widget: dict[str, Any]) -> Iterator[str]:
    kind, inside = widget.get("type"), widget.get("properties")
    if kind not in TYPES:
        yield f"has the type {show(kind)}; there are {', '.join(TYPES)}"
    left, width = number(widget.get("x", 0)), number(widget.get("width", 6))
    if left is not None and width is not None and left + width > WIDTH:
        yield f"ends in column {left + width:g} of {WIDTH}"
    inside = inside if isinstance(inside, dict) else {}
    if kind in ("metric", "log") and not inside.get("region") and "annotations" not in inside:
        yield "names no region, which it needs"
    rows = inside.get("metrics")
    for row in rows if kind == "metric" and isinstance(rows, list) else ():
        parts = [part for part in row if isinstance(part, str)] if isinstance(row, list) else []
        if not isinstance(row, list) or (len(parts) % 2 and parts[-1] != "." and len(parts) > 1):
            yield f"lists the metric {show(row)}, which is not namespace, name and pairs of dimensions"
