"""Filters on the log of a function."""

GOOD = {
    "report": """
Resources:
  Log: {Type: AWS::Logs::LogGroup}
  Function:
    Type: AWS::Lambda::Function
    Properties:
      LoggingConfig: {LogGroup: !Ref Log, LogFormat: JSON, SystemLogLevel: INFO}
  Filter:
    Type: AWS::Logs::MetricFilter
    Properties:
      LogGroupName: !Ref Log
      FilterPattern: '{ $.type = "platform.report" && $.record.metrics.initDurationMs > 0 }'
""",
    "failed report": """
Resources:
  Log: {Type: AWS::Logs::LogGroup}
  Function:
    Type: AWS::Lambda::Function
    Properties:
      LoggingConfig: {LogGroup: !Ref Log, LogFormat: JSON, SystemLogLevel: WARN}
  Filter:
    Type: AWS::Logs::MetricFilter
    Properties:
      LogGroupName: !Ref Log
      FilterPattern: '{ $.type = "platform.report" && $.record.status = "timeout" }'
""",
    "own JSON in a text": """
Resources:
  Log: {Type: AWS::Logs::LogGroup}
  Function:
    Type: AWS::Lambda::Function
    Properties:
      LoggingConfig: {LogGroup: !Ref Log, LogFormat: Text}
  Filter:
    Type: AWS::Logs::MetricFilter
    Properties:
      LogGroupName: !Ref Log
      FilterPattern: '{ $.level = "ERROR" }'
""",
    "another log": """
Resources:
  Log: {Type: AWS::Logs::LogGroup}
  Function:
    Type: AWS::Lambda::Function
    Properties:
      LoggingConfig: {LogGroup: other, LogFormat: Text}
  Filter:
    Type: AWS::Logs::MetricFilter
    Properties:
      LogGroupName: !Ref Log
      FilterPattern: '{ $.type = "platform.report" }'
""",
}

BAD = {
    "report in a text": (
        """
Resources:
  Log: {Type: AWS::Logs::LogGroup}
  Function:
    Type: AWS::Lambda::Function
    Properties:
      LoggingConfig: {LogGroup: !Ref Log, LogFormat: Text}
  Filter:
    Type: AWS::Logs::MetricFilter
    Properties:
      LogGroupName: !Ref Log
      FilterPattern: '{ $.type = "platform.report" }'
""",
        "Resources/Filter/Properties/FilterPattern",
        "FilterPattern uses a record of the platform, which LogFormat Text does not "
        "write. Set LogFormat to JSON.",
    ),
    "log of the function's name": (
        """
Resources:
  Function: {Type: AWS::Lambda::Function}
  Log:
    Type: AWS::Logs::LogGroup
    Properties: {LogGroupName: !Sub '/aws/lambda/${Function}'}
  Filter:
    Type: AWS::Logs::MetricFilter
    Properties: {LogGroupName: !Ref Log, FilterPattern: '{ $.type = platform.start }'}
""",
        "Resources/Filter/Properties/FilterPattern",
        "FilterPattern uses a record of the platform, which LogFormat Text does not "
        "write. Set LogFormat to JSON.",
    ),
    "columns": (
        """
Resources:
  Log: {Type: AWS::Logs::LogGroup}
  Function:
    Type: AWS::Lambda::Function
    Properties:
      LoggingConfig: {LogGroup: !Ref Log, LogFormat: JSON}
  Filter:
    Type: AWS::Logs::MetricFilter
    Properties:
      LogGroupName: !Ref Log
      FilterPattern: '[time, id, level = "ERROR"]'
""",
        "Resources/Filter/Properties/FilterPattern",
        "FilterPattern is for the columns of a text, and LogFormat is JSON: it never "
        "matches. Write { $.field = value }.",
    ),
    "report left out": (
        """
Resources:
  Log: {Type: AWS::Logs::LogGroup}
  Function:
    Type: AWS::Lambda::Function
    Properties:
      LoggingConfig: {LogGroup: !Ref Log, LogFormat: JSON, SystemLogLevel: WARN}
  Filter:
    Type: AWS::Logs::MetricFilter
    Properties:
      LogGroupName: !Ref Log
      FilterPattern: '{ $.type = "platform.report" }'
""",
        "Resources/Filter/Properties/FilterPattern",
        "FilterPattern uses platform.report, which SystemLogLevel WARN leaves out. Set it to INFO.",
    ),
    "level left out": (
        """
Resources:
  Log: {Type: AWS::Logs::LogGroup}
  Function:
    Type: AWS::Lambda::Function
    Properties:
      LoggingConfig: {LogGroup: !Ref Log, LogFormat: JSON, ApplicationLogLevel: FATAL}
  Filter:
    Type: AWS::Logs::MetricFilter
    Properties:
      LogGroupName: !Ref Log
      FilterPattern: '{ $.level = "ERROR" }'
""",
        "Resources/Filter/Properties/FilterPattern",
        "FilterPattern uses ERROR, which ApplicationLogLevel FATAL leaves out. Set it to ERROR.",
    ),
    "figures": (
        """
Resources:
  Log: {Type: AWS::Logs::LogGroup}
  Function:
    Type: AWS::Lambda::Function
    Properties:
      LoggingConfig: {LogGroup: !Ref Log, LogFormat: JSON}
  Filter:
    Type: AWS::Logs::MetricFilter
    Properties:
      LogGroupName: !Ref Log
      FilterPattern: '{ $.record.initDurationMs > 0 }'
""",
        "Resources/Filter/Properties/FilterPattern",
        "FilterPattern has $.record.initDurationMs, which is in $.record.metrics.initDurationMs.",
    ),
    "one of two levels": (
        """
Resources:
  Log: {Type: AWS::Logs::LogGroup}
  Function:
    Type: AWS::Lambda::Function
    Properties:
      LoggingConfig: {LogGroup: !Ref Log, LogFormat: JSON, ApplicationLogLevel: FATAL}
  Filter:
    Type: AWS::Logs::MetricFilter
    Properties:
      LogGroupName: !Ref Log
      FilterPattern: '{ $.level = "ERROR" || $.level = "FATAL" }'
""",
        "Resources/Filter/Properties/FilterPattern",
        "FilterPattern uses ERROR, which ApplicationLogLevel FATAL leaves out. Set it to ERROR.",
    ),
}
