import json
import re
from collections.abc import Iterator
from typing import Any

from cfnlint.helpers import is_function

from cfn_analysis.model.references import value_at
from cfn_analysis.rules.support.dimensions import is_missing, sets_of, sets_text
from cfn_analysis.rules.support.documents import document_cases
from cfn_analysis.rules.support.metrics import GLOBAL
from cfn_analysis.rules.support.regions import US_EAST_1, regions
from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator, properties_of
from cfn_analysis.rules.support.scenarios import number
from cfn_analysis.rules.support.spellings import namespace_spelling, spelling
from cfn_analysis.rules.support.values import items, show

WIDTH = 24  # columns of a dashboard's grid
TYPES = ("metric", "text", "log", "alarm", "explorer", "chart", "custom", "trace")
VIEWS = {
    "metric": ("timeSeries", "singleValue", "gauge", "bar", "pie", "table"),
    "log": ("table", "timeSeries", "bar", "pie"),
}
ALARMS = ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm")

# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html
STATISTIC = re.compile(
    r"SampleCount|Average|Sum|Minimum|Maximum|IQM|(p|tm|wm|tc|ts)(\d{1,2}(\.\d+)?|100)"
    r"|(TM|WM|PR|TC|TS)\([\d.]*%?:[\d.]*%?\)",
    re.IGNORECASE,
)


class BrokenDashboard(Rule):
    """Dashboard whose body CloudWatch rejects or does not show.

    DashboardBody is JSON inside a text, which cfn-lint does not check. It contains a list of widgets, each
    with a type that exists, 24 columns in all; a metric widget names a region and lists its metrics as
    namespace, name and dimension pairs, with formulas of their ids and statistics that exist. Alarms are
    listed by their ARNs, and a query begins with SOURCE. CloudFront, Route 53 and Billing have metrics only
    in us-east-1. CloudWatch refuses a body that is not JSON, and shows an empty widget for the rest.
    """

    id = "E9615"
    source_url = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-Dashboard-Body-Structure.html"
    finding_class = "documents"
    looks_at = properties_of("AWS::CloudWatch::Dashboard")

    def findings(self, validator: Validator, properties: Any) -> Findings:
        resources = validator.cfn.template["Resources"]
        for text, case in document_cases(validator, properties.get("DashboardBody")):
            if is_function(properties["DashboardBody"])[0] == "Fn::Join" and "${" in text:
                continue  # a text inside JSON may be a list of them
            body = _read(text)
            if body is None:
                yield RuleFinding(
                    ("DashboardBody",),
                    "DashboardBody is not JSON: CloudWatch refuses the dashboard. Correct it.",
                )
                continue
            if isinstance(body, dict) and not _is_start(start := body.get("start")):
                yield RuleFinding(
                    ("DashboardBody",),
                    f"start of DashboardBody is {start}, and CloudWatch requires a duration such as -P7D or "
                    "-PT3H.",
                )
            widgets = body.get("widgets") if isinstance(body, dict) else None
            if not isinstance(widgets, list):
                yield RuleFinding(("DashboardBody",), "DashboardBody has no list called widgets.")
                continue
            stack_regions = [region for region in regions(case) if not region.startswith("cn-")]
            for index, widget in enumerate(widgets):
                for problem in _widget_problems(
                    widget if isinstance(widget, dict) else {}, resources, stack_regions
                ):
                    yield RuleFinding(("DashboardBody",), f"Widget {index} of DashboardBody {problem}.")


def _read(text: str) -> Any:
    """Return the parsed body; a reference outside of quotes is a number."""
    try:
        return json.loads(re.sub(r'("(?:[^"\\]|\\.)*")|\$\{!?[^}]*\}', lambda quoted: quoted[1] or "1", text))
    except ValueError:
        return None


def _widget_problems(widget: dict[str, Any], resources: Any, stack_regions: list[str]) -> Iterator[str]:
    kind, inside = widget.get("type"), widget.get("properties")
    if kind not in TYPES:
        yield f"has the type {show(kind)}; allowed are {', '.join(TYPES)}"
    column, width = number(widget.get("x", 0)), number(widget.get("width", 6))
    if column is not None and width is not None and column + width > WIDTH:
        yield f"ends in column {column + width:g} of {WIDTH}"
    inside = inside if isinstance(inside, dict) else {}
    if kind in ("metric", "log") and not inside.get("region") and "annotations" not in inside:
        yield "names no region, which it needs"
    for steps in (("alarms",), ("annotations", "alarms")):
        for alarm in items(value_at(inside, steps)):
            if isinstance(alarm, str) and _is_name(alarm, resources):
                yield f"lists the alarm {alarm} by its name, and needs its ARN"
    query = inside.get("query")
    text = query if isinstance(query, str) and inside.get("queryLanguage", "CWLI") == "CWLI" else "SOURCE"
    if kind == "log" and not re.match(r"\s*(SOURCE\b|\$\{)", text, re.IGNORECASE):
        yield "has a query that does not begin with SOURCE and the log group"
    if not _is_start(start := inside.get("start")):
        yield f"has the start {start}, and requires a duration such as -P7D or -PT3H"
    view = inside.get("view")
    if isinstance(view, str) and "$" not in view and view not in VIEWS.get(str(kind), view):
        yield f"has the view {view}; allowed are {', '.join(VIEWS[str(kind)])}"
    rows = inside.get("metrics")
    if kind == "metric" and isinstance(rows, list):
        yield from _row_problems(rows, inside, stack_regions)


def _is_start(start: Any) -> bool:
    """Return whether a value is a relative or absolute start, or may be."""
    form = r"-P(\d+[YMWD])*(T(\d+[HMS])+)?|\d{4}-.*|.*\$.*"
    return not isinstance(start, str) or re.fullmatch(form, start) is not None


def _is_name(alarm: str, resources: Any) -> bool:
    """Return whether a text is the name of an alarm: the Ref of one, or no ARN at all."""
    reference = re.fullmatch(r"\$\{(\w+)\}", alarm)
    if reference and resources.get(reference[1], {}).get("Type") in ALARMS:
        return True
    return "$" not in alarm and not alarm.startswith("arn:")


def _row_problems(rows: list[Any], inside: dict[str, Any], stack_regions: list[str]) -> Iterator[str]:
    """Yield the problems of the metrics and formulas of a widget."""
    options = [_options(row) for row in rows]
    ids = {str(option.get("id")) for option in options}
    before: list[str] = []
    for row, option in zip(rows, options, strict=True):
        parts = [part for part in items(row) if isinstance(part, str)]
        if not isinstance(row, list) or (len(parts) % 2 and parts[-1] != "." and len(parts) > 1):
            yield f"lists the metric {show(row)}, which is not namespace, name and pairs of dimensions"
            continue
        before = _in_full(parts, before)
        formula = option.get("expression")
        if formula is None:
            yield from _metric_problems(before, option.get("region", inside.get("region")), stack_regions)
        elif isinstance(formula, str) and "$" not in formula:
            for used in _ids_in(formula):
                if used not in ids:
                    yield f"has the formula {formula}, and no metric of the widget has the id {used}"
    for option in (inside, *options):
        statistic = option.get("stat")
        if isinstance(statistic, str) and "$" not in statistic and not STATISTIC.fullmatch(statistic):
            yield f"has the statistic {statistic}, which CloudWatch does not have"


def _options(row: Any) -> dict[str, Any]:
    """Return the last part of a metric or formula of a widget, if it is a mapping."""
    if isinstance(row, list) and row and isinstance(row[-1], dict):
        return row[-1]
    return {}


def _metric_problems(parts: list[str], region: Any, stack_regions: list[str]) -> Iterator[str]:
    """Yield the problems of a metric: its region, its name and its dimensions."""
    (namespace, name), names = (*parts, "", "")[:2], parts[2::2]
    metric_regions = stack_regions if region == "${AWS::Region}" else [region]
    if namespace in GLOBAL and metric_regions and all(_is_elsewhere(name) for name in metric_regions):
        yield f"looks for {name} of {namespace} in {region}, and it is only in us-east-1"
    meant = namespace_spelling(namespace)
    if meant and meant != namespace:
        yield f"shows {name} of {namespace}, which CloudWatch calls {meant}"
    right = spelling(namespace, name, names) or name
    if right != name:
        yield f"shows the metric {name}, which {namespace} calls {right}"
    sets = sets_of(namespace, right)
    if name and not re.search(r"[.$]", " ".join(names)) and is_missing(namespace, sets, names):
        yield (
            f"shows {name} by {' and '.join(names) or 'no dimension'}, and {namespace} has no such metric. "
            f"Use {sets_text(sets)}"
        )


def _is_elsewhere(region: Any) -> bool:
    """Return whether a region is known, and has none of the metrics of services without one."""
    is_known = isinstance(region, str) and "$" not in region and not region.startswith("cn-")
    return is_known and region not in ("", US_EAST_1)


def _in_full(parts: list[str], before: list[str]) -> list[str]:
    """Return a row with what its dots repeat of the row before."""
    if parts[:1] == ["..."]:
        return before
    return [before[at] if part == "." and at < len(before) else part for at, part in enumerate(parts)]


def _ids_in(formula: str) -> list[str]:
    """Return the ids of metrics that a formula uses; functions and keywords are in capitals."""
    plain = re.sub(r"'[^']*'|\"[^\"]*\"", "", formula)
    if re.match(r"\s*SELECT\b", plain):
        return []
    return list(dict.fromkeys(re.findall(r"(?<![\w.])[a-z]\w*(?!\w*\()", plain)))
