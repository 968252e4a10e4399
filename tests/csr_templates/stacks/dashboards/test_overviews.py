"""Tests of the content of the dashboards, and that it is updated when the templates change."""

import json
import re
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from cfn_analysis.model.references import in_words
from cfn_analysis.model.resolving import resolve
from csr_templates import STACKS, StackTemplate, api, database, frontend, network, render
from csr_templates.stacks.parts.widgets import DashboardError
from tests.alarm_subjects import alarms_of, alarms_on
from tests.system import PROJECT

Template = dict[str, Any]

REGIONS = {
    network: "ap-northeast-1",
    database: "ap-northeast-1",
    api: "ap-northeast-1",
    frontend: "us-east-1",
}
DASHBOARDS = {
    network: "NetworkDashboard",
    database: "DatabaseDashboard",
    api: "ApiDashboard",
    frontend: "FrontendDashboard",
}
RED = "#d62728"
DOMAIN = {"CustomDomainName": "www.example.com", "CertificateArn": "arn", "HostedZoneId": "Z1"}
each_module = pytest.mark.parametrize(
    "module", REGIONS, ids=lambda module: module.__name__.rpartition(".")[2]
)


def resources_of(
    module: ModuleType, values: dict[str, str] | None = None, t: StackTemplate | None = None
) -> Template:
    """Return the resources of a stack that exist with these parameter values."""
    template = (t or module.build()).to_dict()
    resources: Template = resolve(template, values, region=REGIONS[module])["Resources"]
    return resources


def widgets(module: ModuleType, resources: Template) -> dict[str, Template]:
    """Return title -> properties of the widgets of the dashboard that have a title."""
    all_properties = [widget["properties"] for widget in body(module, resources)["widgets"]]
    return {properties["title"]: properties for properties in all_properties if "title" in properties}


def body(module: ModuleType, resources: Template) -> Template:
    """Return the body of the dashboard."""
    text = resources[DASHBOARDS[module]]["Properties"]["DashboardBody"]["Fn::Sub"]
    content: Template = json.loads(text)
    return content


def lines(widget: Template) -> list[float]:
    """Return the values of the horizontal lines of a widget."""
    return [line["value"] for line in widget.get("annotations", {}).get("horizontal", [])]


def drawn_alarm(module: ModuleType) -> str:
    """Return the logical ID of the first alarm whose threshold is a line of a graph.

    Raises:
        AssertionError: no graph has the line of an alarm.
    """
    resources = resources_of(module)
    drawn: set[float] = set()
    for widget in widgets(module, resources).values():
        drawn.update(lines(widget))
    for logical_id, alarm in alarms_of(resources).items():
        if alarm["Threshold"] in drawn and logical_id in source_of_dashboard(module):
            return logical_id
    raise AssertionError(f"No graph of {DASHBOARDS[module]} has the line of an alarm. Draw one.")


def source_of_dashboard(module: ModuleType) -> str:
    """Return the code of the module that creates the body of the dashboard."""
    stack = Path(module.__file__ or "")
    return (stack.parent / "dashboards" / stack.name).read_text("utf-8")


@pytest.mark.parametrize(
    ("module", "values"),
    [
        (api, {}),
        (database, {}),
        (database, {"DatabaseInstanceClass": "db.r6g.large"}),
        (frontend, {}),
        (frontend, {"WAFEnabled": "false"}),
        (frontend, {"ProbePath": ""}),
        (frontend, {"ApiProbePath": "/api/health"}),
        (network, {"NatGatewayPerZone": "false"}),
        (database, {"DatabaseDeletionProtection": "false"}),
        (database, {"DatabaseMultiAZ": "false", "DatabaseReadReplica": "false"}),
    ],
)
def test_alarms_are_on_top(module: ModuleType, values: dict[str, str]) -> None:
    """The first widget with a title shows the state of all existing alarms, and of no others."""
    resources = resources_of(module, values)
    first = next(iter(widgets(module, resources).values()))

    assert first["alarms"] == [f"${{{logical_id}.Arn}}" for logical_id in alarms_of(resources)]


def test_parameters_decide_which_alarms_exist() -> None:
    """The cases above have different alarms in several stacks."""
    cases = [
        (database, "DatabaseDeletionProtection"),
        (frontend, "WAFEnabled"),
        (network, "NatGatewayPerZone"),
    ]
    different = [
        parameter
        for module, parameter in cases
        if alarms_of(resources_of(module, {parameter: "false"})).keys()
        != alarms_of(resources_of(module)).keys()
    ]
    assert len(different) > 1


@each_module
def test_alarms_that_are_drawn_have_their_line(module: ModuleType) -> None:
    """If a graph shows the metric of an alarm with its statistic and period, it has a line at the threshold.

    A graph is not required for each alarm, because the first widget shows its state.
    """
    resources = resources_of(module)
    graphs = [widget for widget in widgets(module, resources).values() if "metrics" in widget]
    compared = 0
    for alarm in alarms_of(resources).values():
        if "Metrics" in alarm:
            (expression,) = (query["Expression"] for query in alarm["Metrics"] if "Expression" in query)
            of_the_expression = [lines(graph) for graph in graphs if expression in repr(graph["metrics"])]
            assert all(alarm["Threshold"] in drawn for drawn in of_the_expression), alarm["AlarmName"]
            compared += len(of_the_expression)
            continue
        for graph in graphs:
            for metric in graph["metrics"]:
                if is_metric_of(alarm, metric):
                    compared += 1
                    assert alarm["Threshold"] in lines(graph), alarm["AlarmName"]
    assert compared
    assert {graph["region"] for graph in graphs} == {REGIONS[module]}


def is_metric_of(alarm: Template, metric: list[Any]) -> bool:
    """Return whether a graph shows the metric of an alarm, with its dimensions, statistic and period."""
    options = metric[-1]
    if not options.get("visible", True):  # only a part of an expression
        return False
    if metric[:2] != [alarm["Namespace"], alarm["MetricName"]]:
        return False
    dimensions = dict(zip(metric[2:-1:2], metric[3:-1:2], strict=True))
    if dimensions != {dimension["Name"]: in_words(dimension["Value"]) for dimension in alarm["Dimensions"]}:
        return False
    if options["stat"] != alarm.get("Statistic", options["stat"]):
        return False
    return bool(options["period"] == alarm["Period"])


@each_module
def test_links(module: ModuleType) -> None:
    """The first line links the on-call page and every dashboard, in the region of its stack."""
    first = body(module, resources_of(module, {"RunbookUrl": "https://example.com/on-call"}))["widgets"][0]
    links = dict(re.findall(r"\[([^]]+)\]\(([^)]+)\)", first["properties"]["markdown"]))

    assert first["y"] == 0
    assert links.pop("On-call page") == "https://example.com/on-call"
    names = {resources_of(each)[DASHBOARDS[each]]["Properties"]["DashboardName"] for each in REGIONS}
    assert {url.rpartition("/")[2] for url in links.values()} == names
    assert links == {
        stack.name: f"https://{stack.region}.console.aws.amazon.com/cloudwatch/home?region={stack.region}"
        f"#dashboards/dashboard/csr-lambda-api-prod-{stack.name}"
        for stack in STACKS
        if f"csr-lambda-api-prod-{stack.name}" in names
    }


@each_module
def test_periods_stay(module: ModuleType) -> None:
    """The periods do not change with the time range, and metrics of a day are shown for a week."""
    values = DOMAIN if module is frontend else {}
    content = body(module, resources_of(module, values))

    assert content["periodOverride"] == "inherit"
    for widget in content["widgets"]:
        periods = {metric[-1].get("period") for metric in widget["properties"].get("metrics", [])}
        assert (widget["properties"].get("start") == "-P7D") == (86400 in periods)


def test_day_long_metrics() -> None:
    """The quota and the certificate are metrics of a day, with the lines of the certificate alarms."""
    resources = resources_of(frontend, DOMAIN)
    alarms = alarms_on(resources, "DaysToExpiry").values()
    drawn = {**widgets(frontend, resources), **widgets(api, resources_of(api))}
    of_a_day = [drawn[title] for title in ("Certificate", "Daily quota") if title in drawn]

    assert {widget["start"] for widget in of_a_day} == {"-P7D"}
    if "Certificate" in drawn:
        assert lines(drawn["Certificate"]) == [alarm["Threshold"] for alarm in alarms]


@each_module
def test_the_statistic_of_an_alarm_is_drawn_beside_its_line(module: ModuleType) -> None:
    """A graph with the metric of an alarm on a percentile shows this percentile."""
    resources = resources_of(module)
    drawn = set()
    for widget in widgets(module, resources).values():
        for metric in widget.get("metrics", []):
            if len(metric) > 1 and metric[0] != "...":
                drawn.add((*metric[:2], metric[-1]["stat"]))
    for alarm in alarms_of(resources).values():
        if "ExtendedStatistic" in alarm:
            assert (alarm["Namespace"], alarm["MetricName"], alarm["ExtendedStatistic"]) in drawn


@each_module
def test_lines_name_their_alarms(module: ModuleType) -> None:
    """Each red line of a graph names alarms of the template that have its value as their threshold."""
    resources = resources_of(module)
    thresholds = {alarm["AlarmName"]: alarm["Threshold"] for alarm in alarms_of(resources).values()}
    checked = 0
    for widget in widgets(module, resources).values():
        for line in widget.get("annotations", {}).get("horizontal", []):
            if line["color"] != RED:
                continue
            names, _, _ = line["label"].partition(": ")
            for name in names.split(", "):
                (alarm,) = (alarm for alarm in thresholds if alarm == f"{PROJECT}-prod-{name}")
                assert thresholds[alarm] == line["value"], line["label"]
                checked += 1

    assert checked


@pytest.mark.parametrize(
    ("module", "values"),
    [
        (database, {"DatabaseMultiAZ": "false", "DatabaseReadReplica": "false"}),
        (network, {"NatGatewayPerZone": "false"}),
    ],
    ids=["no reader", "one NAT gateway"],
)
def test_a_line_names_no_alarm_that_does_not_exist(module: ModuleType, values: dict[str, str]) -> None:
    """A line of two alarms has only the name of the one that exists."""
    resources = resources_of(module, values)
    existing = {alarm["AlarmName"] for alarm in alarms_of(resources).values()}
    for widget in widgets(module, resources).values():
        for line in widget.get("annotations", {}).get("horizontal", []):
            if line["color"] == RED:
                names, _, _ = line["label"].partition(": ")
                assert {f"{PROJECT}-prod-{name}" for name in names.split(", ")} <= existing


def test_slow_queries_come_first() -> None:
    """The table of slow queries is directly below the alarms: it is the first check of several of them."""
    alarms, slow_queries, *_ = widgets(database, resources_of(database))

    assert (alarms, slow_queries) == ("Alarms", "Latest slow queries")


def test_actions_of_the_engine_without_memory() -> None:
    """The dashboard counts the queries and connections that each instance sacrificed to free memory."""
    metrics = widgets(database, resources_of(database))["Out of memory"]["metrics"]

    assert {(metric[1], metric[5]) for metric in metrics} == {
        ("AuroraMemoryNumDeclinedSqlTotal", "WRITER"),
        ("AuroraMemoryNumDeclinedSqlTotal", "READER"),
        ("AuroraMemoryNumKillConnTotal", "WRITER"),
        ("AuroraMemoryNumKillConnTotal", "READER"),
    }


@pytest.mark.parametrize("title", ["CPU", "Connections", "Read latency", "Freeable memory"])
def test_writer_and_reader_side_by_side(title: str) -> None:
    """One graph shows the metric of writer and reader, by role, so that it is correct after a failover."""
    graphs = widgets(database, resources_of(database))
    if title not in graphs:
        pytest.skip(f"There is no graph {title}.")
    metrics = graphs[title]["metrics"]
    own = ["DBClusterIdentifier", "${DatabaseCluster}", "Role"]

    assert [(metric[2:6], metric[6]["label"]) for metric in metrics] == [
        ([*own, "WRITER"], "Writer"),
        ([*own, "READER"], "Reader"),
    ]


def test_limits_are_drawn_where_there_are_some() -> None:
    """Even without its own limits, the function has one: the maximum number of database connections."""
    settings = resources_of(database)["DatabaseParameterGroup"]["Properties"]["Parameters"]
    connections = int(settings["max_connections"])
    none = {"LambdaProvisionedConcurrency": "0", "LambdaReservedConcurrency": "0"}
    defaults = [api.build().parameters[name].Default for name in none]

    alarms = alarms_on(resources_of(api), "ConcurrentExecutions").values()
    thresholds = [alarm["Threshold"] for alarm in alarms]

    assert all(threshold < connections for threshold in thresholds)
    assert lines(widgets(api, resources_of(api))["Concurrency"]) == [*thresholds, connections, *defaults]
    assert lines(widgets(api, resources_of(api, none))["Concurrency"]) == [*thresholds, connections]
    graphs = [
        widget
        for widget in widgets(database, resources_of(database)).values()
        if "DatabaseConnections" in json.dumps(widget.get("metrics", []))
    ]
    assert graphs, "No graph of the database shows DatabaseConnections: add one in dashboards/database.py."
    assert all(connections in lines(graph) for graph in graphs)


def test_waf_graph_names_metrics_that_exist() -> None:
    """The graph has each rule, with the dimensions of a CloudFront web ACL. Without WAF, it does not exist.

    The metric of a rule that counts is different from the metric of a rule that blocks.
    """
    resources = resources_of(frontend)
    total, first, *others = widgets(frontend, resources)["WAF"]["metrics"]
    rules = resources["WebACL"]["Properties"]["Rules"]
    counting = [rule["Name"] for rule in rules if "Count" in rule.get("Action", {})]
    blocking = [rule["Name"] for rule in rules if rule["Name"] not in counting]
    web_acl = "csr-lambda-api-prod-cloudfront-waf"

    assert total[:-1] == ["AWS/WAFV2", "AllowedRequests", "WebACL", web_acl, "Rule", "ALL"]
    assert first[:-1] == ["AWS/WAFV2", "BlockedRequests", "WebACL", web_acl, "Rule", blocking[0]]
    assert counting
    assert [metric[:-1] for metric in others] == [
        *[["...", rule] for rule in blocking[1:]],
        *[["AWS/WAFV2", "CountedRequests", "WebACL", web_acl, "Rule", rule] for rule in counting],
    ]
    without = resources_of(frontend, {"WAFEnabled": "false"})
    assert "WAF" not in json.dumps(without["FrontendDashboard"])


def test_functions_of_cloudfront_are_watched() -> None:
    """Graphs show the errors and the compute utilization of each CloudFront function, by function name."""
    resources = resources_of(frontend)
    functions = {
        resource["Properties"]["Name"]
        for resource in resources.values()
        if resource["Type"] == "AWS::CloudFront::Function"
    }
    drawn = []
    for widget in widgets(frontend, resources).values():
        drawn += [metric for metric in widget.get("metrics", []) if metric[1].startswith("Function")]

    assert {metric[1] for metric in drawn} == {
        "FunctionExecutionErrors",
        "FunctionValidationErrors",
        "FunctionThrottles",
        "FunctionComputeUtilization",
    }
    assert len(functions) > 1
    for name in {metric[1] for metric in drawn}:
        assert sorted(metric[3] for metric in drawn if metric[1] == name) == sorted(functions)
    assert {(metric[0], metric[2], *metric[4:-1]) for metric in drawn} == {
        ("AWS/CloudFront", "FunctionName", "Region", "Global")
    }


# ---- After a change ----


@each_module
def test_deriving_again_changes_nothing(module: ModuleType) -> None:
    """A second call of to_dict returns the same template, in the same sections."""
    t = module.build()
    before = render(t.to_dict(), sections=t.sections)

    assert render(t.to_dict(), sections=t.sections) == before


@each_module
def test_changed_alarm(module: ModuleType) -> None:
    """After a change, the dashboard has the new line, at the same position."""
    t = module.build()
    before = list(t.to_dict()["Resources"])
    t.resources[drawn_alarm(module)].Threshold = 77

    assert any(77 in lines(widget) for widget in widgets(module, resources_of(module, t=t)).values())
    assert list(t.to_dict()["Resources"]) == before


@each_module
def test_removed_alarm(module: ModuleType) -> None:
    """If the dashboard shows a removed alarm, the template cannot be created."""
    t = module.build()
    alarm = drawn_alarm(module)
    del t.resources[alarm]

    with pytest.raises(DashboardError) as caught:
        t.to_dict()
    assert str(caught.value) == (
        f"The dashboard shows {alarm}, which the template does not have. Remove it from the "
        "dashboard too, or remove the dashboard, or create another body with "
        "csr_templates.stacks.parts.dashboards."
    )


@each_module
def test_removed_dashboard_stays_removed(module: ModuleType) -> None:
    """An importer can remove the dashboard, and then the alarms that it shows."""
    t = module.build()
    alarm = drawn_alarm(module)
    del t.resources[DASHBOARDS[module]]
    del t.resources[alarm]

    assert not {DASHBOARDS[module], alarm} & t.to_dict()["Resources"].keys()
