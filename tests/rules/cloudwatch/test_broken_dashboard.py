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
        "",
        '["AWS/SNS","A",{"stat":"Sum","id":"m1"}],[".","B","TopicName","x",{"stat":"Sum"}],[{"expression":"m1"}]',
    ),
    "text": dashboard('\'{"widgets":[{"type":"text","width":24,"properties":{"markdown":"a"}}]}\''),
    "function": dashboard("!ImportValue body"),
    "alarm by its ARN": """
Parameters: {Elsewhere: {Type: String}}
Resources:
  Errors: {Type: AWS::CloudWatch::Alarm}
  Board:
    Type: AWS::CloudWatch::Dashboard
    Properties:
      DashboardBody: !Sub >-
        {"widgets": [{"type": "alarm", "properties": {
        "region": "eu-west-1",
        "alarms": ["${Errors.Arn}",
        "arn:aws:cloudwatch:eu-west-1:111111111111:alarm:a", "${Elsewhere}"]}}]}
""",
    "query": """
Resources:
  Errors: {Type: AWS::CloudWatch::Alarm}
  Board:
    Type: AWS::CloudWatch::Dashboard
    Properties:
      DashboardBody: !Sub >-
        {"widgets": [{"type": "log", "properties": {
        "region": "eu-west-1",
        "query": "SOURCE '/aws/lambda/a' | fields @message"}}]}
""",
    "SQL": """
Resources:
  Errors: {Type: AWS::CloudWatch::Alarm}
  Board:
    Type: AWS::CloudWatch::Dashboard
    Properties:
      DashboardBody: !Sub >-
        {"widgets": [{"type": "log", "properties": {
        "region": "eu-west-1",
        "queryLanguage": "SQL", "query": "SELECT * FROM a"}}]}
""",
    "formulas": """
Resources:
  Errors: {Type: AWS::CloudWatch::Alarm}
  Board:
    Type: AWS::CloudWatch::Dashboard
    Properties:
      DashboardBody: !Sub >-
        {"widgets": [{"type": "metric", "properties": {
        "region": "eu-west-1",
        "stat": "p99.9", "metrics": [
        ["AWS/Lambda", "Errors", {"id": "e1", "stat": "TM(10%:90%)"}],
        [{"expression": "IF(e1 > 1e3, 100 * SUM(METRICS('errors')), 0)"}],
        [{"expression": "SELECT AVG(x) FROM y"}],
        [{"expression": "SEARCH('{AWS/Lambda} a', 'Sum', 300)"}]]}}]}
""",
    "own metrics": """
Resources:
  Errors: {Type: AWS::CloudWatch::Alarm}
  Board:
    Type: AWS::CloudWatch::Dashboard
    Properties:
      DashboardBody: !Sub >-
        {"widgets": [{"type": "metric", "properties": {
        "region": "eu-west-1",
        "metrics": [
        ["Shop", "Orders", "kind", "a"],
        ["...", "b"],
        [".", "Returns", ".", "."]]}}]}
""",
    "of CloudFront in its own region": (
        metric("", '["AWS/CloudFront","Requests","Region","Global"]'),
        {"regions": ["us-east-1"]},
    ),
    "of CloudFront": metric("", '["AWS/CloudFront","Requests","Region","Global",{"region":"us-east-1"}]'),
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
    "alarm by its name": (
        """
Resources:
  Errors: {Type: AWS::CloudWatch::Alarm}
  Board:
    Type: AWS::CloudWatch::Dashboard
    Properties:
      DashboardBody: !Sub >-
        {"widgets": [{"type": "alarm", "properties": {
        "region": "eu-west-1",
        "alarms": ["${Errors}", "checkout-errors"]}}]}
""",
        "Resources/Board/Properties/DashboardBody",
        "Widget 0 of DashboardBody lists the alarm ${Errors} by its name, and needs its ARN.",
        "Resources/Board/Properties/DashboardBody",
        "Widget 0 of DashboardBody lists the alarm checkout-errors by its name, and needs its ARN.",
    ),
    "annotation by its name": (
        """
Resources:
  Errors: {Type: AWS::CloudWatch::Alarm}
  Board:
    Type: AWS::CloudWatch::Dashboard
    Properties:
      DashboardBody: !Sub >-
        {"widgets": [{"type": "metric", "properties": {
        "region": "eu-west-1",
        "annotations": {"alarms": ["${Errors}"]}}}]}
""",
        "Resources/Board/Properties/DashboardBody",
        "Widget 0 of DashboardBody lists the alarm ${Errors} by its name, and needs its ARN.",
    ),
    "query without source": (
        """
Resources:
  Errors: {Type: AWS::CloudWatch::Alarm}
  Board:
    Type: AWS::CloudWatch::Dashboard
    Properties:
      DashboardBody: !Sub >-
        {"widgets": [{"type": "log", "properties": {
        "region": "eu-west-1",
        "query": "fields @message"}}]}
""",
        "Resources/Board/Properties/DashboardBody",
        "Widget 0 of DashboardBody has a query that does not begin with SOURCE and the log group.",
    ),
    "formula without its metric": (
        """
Resources:
  Errors: {Type: AWS::CloudWatch::Alarm}
  Board:
    Type: AWS::CloudWatch::Dashboard
    Properties:
      DashboardBody: !Sub >-
        {"widgets": [{"type": "metric", "properties": {
        "region": "eu-west-1",
        "metrics": [
        ["AWS/Lambda", "Errors", {"id": "errors"}],
        [{"expression": "100 * errors / calls"}]]}}]}
""",
        "Resources/Board/Properties/DashboardBody",
        "Widget 0 of DashboardBody has the formula 100 * errors / calls, and no metric of "
        "the widget has the id calls.",
    ),
    "statistic": (
        """
Resources:
  Errors: {Type: AWS::CloudWatch::Alarm}
  Board:
    Type: AWS::CloudWatch::Dashboard
    Properties:
      DashboardBody: !Sub >-
        {"widgets": [{"type": "metric", "properties": {
        "region": "eu-west-1",
        "stat": "Avg", "metrics": [
        ["Shop", "Orders", {"stat": "95"}]]}}]}
""",
        "Resources/Board/Properties/DashboardBody",
        "Widget 0 of DashboardBody has the statistic Avg, which CloudWatch does not have.",
        "Resources/Board/Properties/DashboardBody",
        "Widget 0 of DashboardBody has the statistic 95, which CloudWatch does not have.",
    ),
    "metric": (
        """
Resources:
  Errors: {Type: AWS::CloudWatch::Alarm}
  Board:
    Type: AWS::CloudWatch::Dashboard
    Properties:
      DashboardBody: !Sub >-
        {"widgets": [{"type": "metric", "properties": {
        "region": "eu-west-1",
        "metrics": [
        ["AWS/NATGateway", "ErrorPortAllocations", "NatGatewayId", "a"],
        [".", "packetsDropCount", ".", "."]]}}]}
""",
        "Resources/Board/Properties/DashboardBody",
        "Widget 0 of DashboardBody shows the metric ErrorPortAllocations, which "
        "AWS/NATGateway calls ErrorPortAllocation.",
        "Resources/Board/Properties/DashboardBody",
        "Widget 0 of DashboardBody shows the metric packetsDropCount, which AWS/NATGateway "
        "calls PacketsDropCount.",
    ),
    "of CloudFront in the region of the stack": (
        metric("", '["AWS/CloudFront","Requests","Region","Global"]'),
        "Resources/Board/Properties/DashboardBody",
        "Widget 0 of DashboardBody looks for Requests of AWS/CloudFront in ${AWS::Region}, and it is only in "
        "us-east-1.",
        {"regions": ["ap-northeast-1"]},
    ),
    "of CloudFront elsewhere": (
        metric("", '["AWS/CloudFront","Requests","Region","Global",{"region":"eu-west-1"}]'),
        "Resources/Board/Properties/DashboardBody",
        "Widget 0 of DashboardBody looks for Requests of AWS/CloudFront in eu-west-1, and it is only in "
        "us-east-1.",
    ),
}
