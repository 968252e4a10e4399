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


metric = frame("""
  Log: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: <name=a>}}
  Filter:
    Type: AWS::Logs::MetricFilter
    Properties:
      LogGroupName: !Ref Log
      FilterPattern: '<pattern>'
      MetricTransformations: [{MetricValue: <value>, Dimensions: [{Key: a, Value: <dimension=$.size>}]}]
""")
VALUE = "Resources/Filter/Properties/MetricTransformations/0/MetricValue"

PATH = "Resources/Filter/Properties/FilterPattern"

GOOD = {
    "value of a field": metric("{ $.latency > 0 && $.size = * }", "$.latency"),
    "value of another field": metric("{ $.status = 500 }", "$.record.metrics.durationMs"),
    "value of a column": metric("[time, size]", "$size", dimension="$time"),
    "a number": metric("{ $.latency > 0 && $.size = * }", "'1'"),
    "field of WAF": metric("{ $.size = * }", "$.responseCodeSent", name="aws-waf-logs-web"),
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
    "misspelt value": (
        metric("{ $.latency > 0 && $.size = * }", "$.latnecy"),
        VALUE,
        "MetricValue uses $.latnecy, and the field is $.latency: one is misspelled.",
    ),
    "misspelt dimension": (
        metric("{ $.latency > 0 && $.Size = * }", "$.latency"),
        VALUE.replace("MetricValue", "Dimensions/0/Value"),
        "Value uses $.size, and the field is $.Size: one is misspelled.",
    ),
    "column": (
        metric("[time, size, ...]", "$sizes", dimension="$time"),
        VALUE,
        "MetricValue uses $sizes, not a column of FilterPattern: the metric has no data. Did you mean size?",
    ),
    "value of WAF": (
        metric("{ $.size = * }", "$.responsCodeSent", name="aws-waf-logs-web"),
        VALUE,
        "MetricValue uses $.responsCodeSent, and the field is $.responseCodeSent: one is misspelled.",
    ),
    "value of an access log": (
        template("'{ $.status = 500 }', MetricTransformations: [{MetricValue: $.sttus}]"),
        VALUE,
        "MetricValue uses $.sttus, which the access log of Log does not contain: the metric has no data. "
        "Did you mean status?",
    ),
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
