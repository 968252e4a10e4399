"""Filters on the log of a function."""

from ..harness import frame, row

log = frame("""
  Log: {Type: AWS::Logs::LogGroup}
  Function:
    Type: AWS::Lambda::Function
    Properties: {LoggingConfig: {LogGroup: <group=!Ref Log>, LogFormat: <written>}}
  Filter:
    Type: AWS::Logs::MetricFilter
    Properties: {LogGroupName: !Ref Log, FilterPattern: '<pattern>'}
""")

case = row("<text>", "Resources/Filter/Properties/FilterPattern", "FilterPattern <message>")

REPORT = '{ $.type = "platform.report" }'
ERROR = '{ $.level = "ERROR" }'
IN_TEXT = "uses a record of the platform, which LogFormat Text does not write. Set LogFormat to JSON."
TOO_LOW = "uses ERROR, which ApplicationLogLevel FATAL leaves out. Set it to ERROR."

GOOD = {
    "report": log(
        "JSON, SystemLogLevel: INFO",
        '{ $.type = "platform.report" && $.record.metrics.initDurationMs > 0 }',
    ),
    "failed report": log(
        "JSON, SystemLogLevel: WARN", '{ $.type = "platform.report" && $.record.status = "timeout" }'
    ),
    "own JSON in a text": log("Text", ERROR),
    "own duration": log("JSON", "{ $.durationMs > 0 }"),
    "another log": log("Text", REPORT, "other"),
}

BAD = {
    "report in a text": case(log("Text", REPORT), IN_TEXT),
    "log of the function's name": case(
        """
  Function: {Type: AWS::Lambda::Function}
  Log:
    Type: AWS::Logs::LogGroup
    Properties: {LogGroupName: !Sub '/aws/lambda/${Function}'}
  Filter:
    Type: AWS::Logs::MetricFilter
    Properties: {LogGroupName: !Ref Log, FilterPattern: '{ $.type = platform.start }'}
""",
        IN_TEXT,
    ),
    "columns": case(
        log("JSON", '[time, id, level = "ERROR"]'),
        "is for the columns of a text, and LogFormat is JSON: it never matches. Write { $.field = value }.",
    ),
    "report left out": case(
        log("JSON, SystemLogLevel: WARN", REPORT),
        "uses platform.report, which SystemLogLevel WARN leaves out. Set it to INFO.",
    ),
    "level left out": case(log("JSON, ApplicationLogLevel: FATAL", ERROR), TOO_LOW),
    "figures": case(
        log("JSON", "{ $.record.initDurationMs > 0 }"),
        "has $.record.initDurationMs, which is in $.record.metrics.initDurationMs.",
    ),
    "figures of no record": case(
        log("JSON", '{ $.type = "platform.report" && $.durationMs > 0 }'),
        "has $.durationMs, which is in $.record.metrics.durationMs.",
    ),
    "misspelt figures": case(
        log("JSON", "{ $.record.metrics.initDurationMS > 0 }"),
        "has $.record.metrics.initDurationMS, which is in $.record.metrics.initDurationMs.",
    ),
    "one of two levels": case(
        log("JSON, ApplicationLogLevel: FATAL", '{ $.level = "ERROR" || $.level = "FATAL" }'), TOO_LOW
    ),
}
