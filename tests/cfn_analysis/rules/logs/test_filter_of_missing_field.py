"""Filters on access logs and flow logs."""

from ..harness import frame


def template(
    pattern: str, log_format: str = '\'{"requestId":"$context.requestId","status":$context.status}\''
) -> str:
    """Return a template with the filter of an access log."""
    return f"""
  Log: {{Type: AWS::Logs::LogGroup}}
  Stage:
    Type: AWS::ApiGateway::Stage
    Properties: {{AccessLogSetting: {{DestinationArn: !GetAtt Log.Arn, Format: {log_format}}}}}
  Filter: {{Type: AWS::Logs::MetricFilter, Properties: {{LogGroupName: !Ref Log, FilterPattern: {pattern}}}}}
"""


flow_log = frame("""
  Log: {Type: AWS::Logs::LogGroup}
  Flow: {Type: AWS::EC2::FlowLog, Properties: {LogGroupName: !Ref Log<more=>}}
  Filter: {Type: AWS::Logs::MetricFilter, Properties: {LogGroupName: !Ref Log, FilterPattern: <pattern>}}
""")


def query(*lines: str) -> str:
    """Return a template with a saved query of an access log."""
    text = "".join(f"        {line}\n" for line in lines)
    return f"""
  Log: {{Type: AWS::Logs::LogGroup}}
  Stage:
    Type: AWS::ApiGateway::Stage
    Properties:
      AccessLogSetting:
        DestinationArn: !GetAtt Log.Arn
        Format: '{{"latency": $context.responseLatency, "path": "$context.path"}}'
  Query:
    Type: AWS::Logs::QueryDefinition
    Properties:
      LogGroupNames: [!Ref Log]
      QueryString: |
{text}"""


PATH = "Resources/Filter/Properties/FilterPattern"

GOOD = {
    "field": template("'{ $.status = 500 }'"),
    "text": template("'\"$.other\"'"),
    "another format": template("'{ $.other = 1 }'", "'$context.requestId $context.status'"),
    "more fields from a mapping": template(
        "'{ $.other = 1 }'", '!Sub [\'{"id":"$context.requestId"${More}}\', {More: !FindInMap [a, b, c]}]'
    ),
    "columns": flow_log("'[v, a, i, s, d, sp, dp, p, n, b, st, e, action=REJECT, log]'"),
    "rest": flow_log("'[v, ..., action=REJECT, log]'"),
    "query": query(
        "fields @timestamp, latency, path as url, latency / 1000 as seconds", "| sort latency desc"
    ),
    "made by the query": query('parse path "/*/" as part', "| fields part, @message"),
}

BAD = {
    "missing field": (
        template("'{ $.state = 500 && $.requestId = \"x\" }'"),
        "FilterPattern uses $.state, which the access log of Log does not contain: it never "
        "matches. Did you mean status?",
    ),
    "columns": (
        flow_log("'[v, a, i, s, d, sp, dp, p, n, b, st, e, action=REJECT]'"),
        "FilterPattern has 13 columns, and a record of the flow log in Log 14: it never matches. "
        "Name every field, or write '...'.",
    ),
    "format": (
        flow_log("'[a, b]'", ", LogFormat: '${version} ${srcaddr} ${dstaddr}'"),
        "FilterPattern has 2 columns, and a record of the flow log in Log 3: it never matches. "
        "Name every field, or write '...'.",
    ),
    "query": (
        query("fields @timestamp, responseLatency, path", "| sort responseLatency desc"),
        "Resources/Query/Properties/QueryString",
        "QueryString reads responseLatency, which the access log of Log does not contain: the "
        "column stays empty.",
    ),
}
