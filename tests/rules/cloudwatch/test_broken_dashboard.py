"""Dashboards."""


def dashboard(body: str) -> str:
    """Return a template with one dashboard."""
    return f"""
Resources:
  Topic: {{Type: AWS::SNS::Topic}}
  Board: {{Type: AWS::CloudWatch::Dashboard, Properties: {{DashboardBody: {body}}}}}
"""


def metric(
    more: str, metrics: str = '["AWS/SNS","NumberOfMessagesPublished","TopicName","${Topic.TopicName}"]'
) -> str:
    """Return a dashboard of one widget."""
    inside = f'"region":"${{AWS::Region}}","metrics":[{metrics}]'
    return dashboard(f'!Sub \'{{"widgets":[{{"type":"metric","properties":{{{inside}}}{more}}}]}}\'')


GOOD = {
    "metric": metric(""),
    "dots": metric(
        "", '["AWS/SNS","A",{"stat":"Sum"}],[".","B","TopicName","x",{"stat":"Sum"}],[{"expression":"m1"}]'
    ),
    "text": dashboard('\'{"widgets":[{"type":"text","width":24,"properties":{"markdown":"a"}}]}\''),
    "function": dashboard("!ImportValue body"),
}

BAD = {
    "not JSON": (
        dashboard('!Sub \'{"widgets":[{"type":"text",}]}\''),
        "Resources/Board/Properties/DashboardBody",
        "DashboardBody is not JSON: CloudWatch refuses the dashboard. Correct it.",
    ),
    "no widgets": (
        dashboard("'{\"Widgets\":[]}'"),
        "Resources/Board/Properties/DashboardBody",
        "DashboardBody has no list called widgets.",
    ),
    "too wide": (
        metric(',"x":12,"width":18'),
        "Resources/Board/Properties/DashboardBody",
        "Widget 0 of DashboardBody ends in column 30 of 24.",
    ),
    "type": (
        dashboard('\'{"widgets":[{"type":"metrics"}]}\''),
        "Resources/Board/Properties/DashboardBody",
        'Widget 0 of DashboardBody has the type "metrics"; there are metric, text, log, alarm, '
        "explorer, custom, trace.",
    ),
    "no region": (
        dashboard('\'{"widgets":[{"type":"metric","properties":{"metrics":[]}}]}\''),
        "Resources/Board/Properties/DashboardBody",
        "Widget 0 of DashboardBody names no region, which it needs.",
    ),
    "dimension without value": (
        metric("", '["AWS/SNS","NumberOfMessagesPublished","TopicName"]'),
        "Resources/Board/Properties/DashboardBody",
        'Widget 0 of DashboardBody lists the metric ["AWS/SNS", "NumberOfMessagesPublished", '
        '"TopicName"], which is not namespace, name and pairs of dimensions.',
    ),
}
