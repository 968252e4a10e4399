"""Values that schemas do not list."""

GOOD = {
    "interval": """
Resources:
  One:
    Type: AWS::EC2::FlowLog
    Properties:
      MaxAggregationInterval: 60
""",
    "size as a number": """
Resources:
  One:
    Type: AWS::ApiGateway::Stage
    Properties:
      CacheClusterSize: 0.5
      MethodSettings:
        - {HttpMethod: GET, ResourcePath: /, LoggingLevel: INFO}
""",
    "by parameter": """
Parameters: {Seconds: {Type: Number}}
Resources:
  One:
    Type: AWS::EC2::FlowLog
    Properties:
      MaxAggregationInterval: !Ref Seconds
""",
}

BAD = {
    "interval": (
        """
Resources:
  One:
    Type: AWS::EC2::FlowLog
    Properties:
      MaxAggregationInterval: 300
""",
        "Resources/One/Properties/MaxAggregationInterval",
        "MaxAggregationInterval is 300, which the service refuses. Allowed are 60, 600.",
    ),
    "misspelt": (
        """
Resources:
  One:
    Type: AWS::ApiGateway::GatewayResponse
    Properties:
      ResponseType: BAD_REQUEST_PARAMETER
""",
        "Resources/One/Properties/ResponseType",
        "ResponseType is BAD_REQUEST_PARAMETER, which the service refuses. Did you mean "
        "BAD_REQUEST_PARAMETERS?",
    ),
    "inside": (
        """
Resources:
  One:
    Type: AWS::ApiGateway::Stage
    Properties:
      MethodSettings:
        - {HttpMethod: GET, ResourcePath: /, LoggingLevel: WARN}
""",
        "Resources/One/Properties/MethodSettings/0/LoggingLevel",
        "LoggingLevel is WARN, which the service refuses. Allowed are ERROR, INFO, OFF.",
    ),
    "default": (
        """
Parameters: {Seconds: {Type: Number, Default: 20}}
Resources:
  One:
    Type: AWS::RDS::DBInstance
    Properties:
      MonitoringInterval: !Ref Seconds
""",
        "Resources/One/Properties/MonitoringInterval",
        "MonitoringInterval is 20, which the service refuses. Allowed are 0, 1, 5, 10, 15, 30, 60.",
    ),
}
