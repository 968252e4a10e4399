"""Dashboards."""

import re
from pathlib import Path

import pytest

from cfn_analysis.rules.cloudwatch.broken_dashboard import BrokenDashboard
from tests.cfn_analysis.rules.harness import findings

from ..harness import frame

OUT = Path(__file__).parents[4] / "out"
TEMPLATES = [
    file for file in sorted(OUT.glob("*.yaml")) if "CloudWatch::Dashboard" in file.read_text("utf-8")
]

dashboard = frame("""
Resources:
  Topic: {Type: AWS::SNS::Topic}
  Board: {Type: AWS::CloudWatch::Dashboard, Properties: {DashboardBody: <body>}}
""")


def metric(
    more: str, metrics: str = '["AWS/SNS","NumberOfMessagesPublished","TopicName","${Topic.TopicName}"]'
) -> str:
    """Return a dashboard of one widget."""
    inside = f'"region":"${{AWS::Region}}","metrics":[{metrics}]'
    return dashboard(f'!Sub \'{{"widgets":[{{"type":"metric","properties":{{{inside}}}{more}}}]}}\'')


widget = frame("""
Resources:
  Errors: {Type: AWS::CloudWatch::Alarm}
  Board:
    Type: AWS::CloudWatch::Dashboard
    Properties:
      DashboardBody: !Sub >-
        {"widgets": [{"type": "<kind>", "properties": {
        "region": "eu-west-1",
        <properties>}}]}
""")

conditional = frame("""
Mappings:
  Titles: {eu-west-1: {Size: '3'}}
Resources:
  Board:
    Type: AWS::CloudWatch::Dashboard
    Properties:
      DashboardBody: !Sub
        - '{"widgets":[{"type":"text","height":${Size},"width":${Wide}${Narrow}}${Graphs}]}'
        - Size: !FindInMap [Titles, !Ref AWS::Region, Size]
          Wide: !If [HasGraph, '12', '']
          Narrow: !If [NotHasGraph, '6', '']
          Graphs: !If
            - HasGraph
            - !Sub ',{"type":"metric","properties":{<graph>}}'
            - ''
""")


def case(text: str, *messages: str) -> tuple[str, ...]:
    """The body of the dashboard is found, once for each message."""
    row = [text]
    for message in messages:
        row += ["Resources/Board/Properties/DashboardBody", message]
    return tuple(row)


GOOD = {
    "start": """
  One: {Type: AWS::CloudWatch::Dashboard,
      Properties: {DashboardBody: '{"start":"-P7D","widgets":[{"type":"log",
    "properties":{"region":"a","query":"SOURCE b","view":"table"}}]}'}}
""",
    "metric": metric(""),
    "dots": metric(
        "",
        '["AWS/SNS","A",{"stat":"Sum","id":"m1"}],[".","B","TopicName","x",{"stat":"Sum"}],[{"expression":"m1"}]',
    ),
    "chart": dashboard(
        '\'{"widgets":[{"type":"chart","properties":{"view":"line","data":{"queries":[]}}}]}\''
    ),
    "text": dashboard('\'{"widgets":[{"type":"text","width":24,"properties":{"markdown":"a"}}]}\''),
    "function": dashboard("!ImportValue body"),
    "branches of conditions that exclude each other": conditional('"region":"eu-west-1","metrics":[]'),
    "alarm by its ARN": "Parameters: {Elsewhere: {Type: String}}"
    + widget(
        "alarm",
        '"alarms": ["${Errors.Arn}", "arn:aws:cloudwatch:eu-west-1:111111111111:alarm:a", "${Elsewhere}"]',
    ),
    "query": widget("log", '"query": "SOURCE \'/aws/lambda/a\' | fields @message"'),
    "SQL": widget("log", '"queryLanguage": "SQL", "query": "SELECT * FROM a"'),
    "formulas": widget(
        "metric",
        '"stat": "p99.9", "metrics": [["AWS/Lambda", "Errors", {"id": "e1", "stat": "TM(10%:90%)"}], '
        '[{"expression": "IF(e1 > 1e3, 100 * SUM(METRICS(\'errors\')), 0)"}], '
        '[{"expression": "SELECT AVG(x) FROM y"}], '
        "[{\"expression\": \"SEARCH('{AWS/Lambda} a', 'Sum', 300)\"}]]",
    ),
    "own metrics": widget(
        "metric", '"metrics": [["Shop", "Orders", "kind", "a"], ["...", "b"], [".", "Returns", ".", "."]]'
    ),
    "of CloudFront in its own region": (
        metric("", '["AWS/CloudFront","Requests","DistributionId","a","Region","Global"]'),
        {"regions": ["us-east-1"]},
    ),
    "of CloudFront": metric(
        "", '["AWS/CloudFront","Requests","DistributionId","a","Region","Global",{"region":"us-east-1"}]'
    ),
}

BAD = {
    "start of a widget": (
        """
  One: {Type: AWS::CloudWatch::Dashboard,
      Properties: {DashboardBody: '{"widgets":[{"type":"text","properties":{"start":"-7D"}}]}'}}
""",
        "Resources/One/Properties/DashboardBody",
        "Widget 0 of DashboardBody has the start -7D, and requires a duration such as -P7D or -PT3H.",
    ),
    "view of a log": (
        """
  One: {Type: AWS::CloudWatch::Dashboard,
      Properties: {DashboardBody: '{"widgets":[{"type":"log",
    "properties":{"region":"a","query":"SOURCE b","view":"list"}}]}'}}
""",
        "Resources/One/Properties/DashboardBody",
        "Widget 0 of DashboardBody has the view list; allowed are table, timeSeries, bar, pie.",
    ),
    "start without P": (
        """
  One: {Type: AWS::CloudWatch::Dashboard, Properties: {DashboardBody: '{"start":"-7D","widgets":[]}'}}
""",
        "Resources/One/Properties/DashboardBody",
        "start of DashboardBody is -7D, and CloudWatch requires a duration such as -P7D or -PT3H.",
    ),
    "not JSON": case(
        dashboard('!Sub \'{"widgets":[{"type":"text",}]}\''),
        "DashboardBody is not JSON: CloudWatch refuses the dashboard. Correct it.",
    ),
    "no widgets": case(
        dashboard("'{\"Widgets\":[]}'"),
        "DashboardBody has no list called widgets.",
    ),
    "too wide": case(
        metric(',"x":12,"width":18'),
        "Widget 0 of DashboardBody ends in column 30 of 24.",
    ),
    "in a branch": case(
        conditional('"metrics":[]'), "Widget 1 of DashboardBody names no region, which it needs."
    ),
    "not JSON in a branch": case(
        conditional('"region":"eu-west-1",'),
        "DashboardBody is not JSON: CloudWatch refuses the dashboard. Correct it.",
    ),
    "type": case(
        dashboard('\'{"widgets":[{"type":"metrics"}]}\''),
        'Widget 0 of DashboardBody has the type "metrics"; allowed are metric, text, log, alarm, '
        "explorer, chart, custom, trace.",
    ),
    "no region": case(
        dashboard('\'{"widgets":[{"type":"metric","properties":{"metrics":[]}}]}\''),
        "Widget 0 of DashboardBody names no region, which it needs.",
    ),
    "dimension without value": case(
        metric("", '["AWS/SNS","NumberOfMessagesPublished","TopicName"]'),
        'Widget 0 of DashboardBody lists the metric ["AWS/SNS", "NumberOfMessagesPublished", '
        '"TopicName"], which is not namespace, name and pairs of dimensions.',
    ),
    "alarm by its name": case(
        widget("alarm", '"alarms": ["${Errors}", "checkout-errors"]'),
        "Widget 0 of DashboardBody lists the alarm ${Errors} by its name, and needs its ARN.",
        "Widget 0 of DashboardBody lists the alarm checkout-errors by its name, and needs its ARN.",
    ),
    "annotation by its name": case(
        widget("metric", '"annotations": {"alarms": ["${Errors}"]}'),
        "Widget 0 of DashboardBody lists the alarm ${Errors} by its name, and needs its ARN.",
    ),
    "query without source": case(
        widget("log", '"query": "fields @message"'),
        "Widget 0 of DashboardBody has a query that does not begin with SOURCE and the log group.",
    ),
    "formula without its metric": case(
        widget(
            "metric",
            '"metrics": [["AWS/Lambda", "Errors", {"id": "errors"}], '
            '[{"expression": "100 * errors / calls"}]]',
        ),
        "Widget 0 of DashboardBody has the formula 100 * errors / calls, and no metric of "
        "the widget has the id calls.",
    ),
    "statistic": case(
        widget("metric", '"stat": "Avg", "metrics": [["Shop", "Orders", {"stat": "95"}]]'),
        "Widget 0 of DashboardBody has the statistic Avg, which CloudWatch does not have.",
        "Widget 0 of DashboardBody has the statistic 95, which CloudWatch does not have.",
    ),
    "metric": case(
        widget(
            "metric",
            '"metrics": [["AWS/NATGateway", "ErrorPortAllocations", "NatGatewayId", "a"], '
            '[".", "packetsDropCount", ".", "."]]',
        ),
        "Widget 0 of DashboardBody shows the metric ErrorPortAllocations, which "
        "AWS/NATGateway calls ErrorPortAllocation.",
        "Widget 0 of DashboardBody shows the metric packetsDropCount, which AWS/NATGateway "
        "calls PacketsDropCount.",
    ),
    "namespace": case(
        widget("metric", '"metrics": [["AWS/NatGateway", "PacketsDropCount", "NatGatewayId", "a"]]'),
        "Widget 0 of DashboardBody shows PacketsDropCount of AWS/NatGateway, which CloudWatch calls "
        "AWS/NATGateway.",
    ),
    "misspelt": case(
        widget("metric", '"metrics": [["AWS/Lambda", "Erorrs", "FunctionName", "a"]]'),
        "Widget 0 of DashboardBody shows the metric Erorrs, which AWS/Lambda calls Errors.",
    ),
    "dimensions": case(
        widget(
            "metric",
            '"metrics": [["AWS/NATGateway", "ErrorPortAllocation", "AvailabilityZone", "a"], '
            '[".", ".", ".", ".", "NatGatewayId", "nat-1"], '
            '["AWS/CloudFront", "Requests", {"region": "us-east-1"}]]',
        ),
        "Widget 0 of DashboardBody shows ErrorPortAllocation by AvailabilityZone, and AWS/NATGateway has no "
        "such metric. Use NatGatewayId, or AvailabilityZone and NatGatewayId.",
        "Widget 0 of DashboardBody shows Requests by no dimension, and AWS/CloudFront has no such metric. "
        "Use DistributionId and Region, or FunctionName and Region.",
    ),
    "of CloudFront in the region of the stack": (
        metric("", '["AWS/CloudFront","Requests","DistributionId","a","Region","Global"]'),
        "Resources/Board/Properties/DashboardBody",
        "Widget 0 of DashboardBody looks for Requests of AWS/CloudFront in ${AWS::Region}, and it is only in "
        "us-east-1.",
        {"regions": ["ap-northeast-1"]},
    ),
    "of CloudFront elsewhere": (
        metric(
            "", '["AWS/CloudFront","Requests","DistributionId","a","Region","Global",{"region":"eu-west-1"}]'
        ),
        "Resources/Board/Properties/DashboardBody",
        "Widget 0 of DashboardBody looks for Requests of AWS/CloudFront in eu-west-1, and it is only in "
        "us-east-1.",
    ),
}


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: file.stem)
def test_faults_in_the_dashboards_of_the_stacks_are_found(file: Path) -> None:
    """Their bodies contain Fn::If and Fn::FindInMap, and every statistic in them is checked."""
    rule = BrokenDashboard()
    text = file.read_text("utf-8")
    regions = ["us-east-1" if file.stem == "frontend" else "ap-northeast-1"]
    assert findings(rule, text, regions) == []

    statistics = list(re.finditer('"stat":"([A-Za-z0-9]+)"', text))
    places = [
        statistic.span(1) for statistic in (statistics[0], statistics[-1])
    ]  # the last may be in a branch
    for start, end in places:
        ((_, message),) = findings(rule, f"{text[:start]}Biggest{text[end:]}", regions)
        assert message.endswith("has the statistic Biggest, which CloudWatch does not have.")
