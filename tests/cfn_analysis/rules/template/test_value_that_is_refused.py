"""Values that schemas do not list."""

from ..harness import frame

one = frame("<first=>\nResources:\n  One: {Type: <kind>, Properties: {<properties>}}\n")


def stage(level: str, more: str = "") -> str:
    """Return a template with a stage that logs at a level."""
    settings = f"MethodSettings: [{{HttpMethod: GET, ResourcePath: /, LoggingLevel: {level}}}]"
    return one("AWS::ApiGateway::Stage", f"{more}{settings}")


GOOD = {
    "known event of a bucket": """
  One: {Type: AWS::S3::Bucket,
      Properties: {NotificationConfiguration: {QueueConfigurations: [{Event: "s3:ObjectCreated:*",
      Queue: a}]}}}
""",
    "interval": one("AWS::EC2::FlowLog", "MaxAggregationInterval: 60"),
    "size as a number": stage("INFO", "CacheClusterSize: 0.5, "),
    "by parameter": one(
        "AWS::EC2::FlowLog",
        "MaxAggregationInterval: !Ref Seconds",
        "Parameters: {Seconds: {Type: Number}}",
    ),
}

BAD = {
    "event of a bucket": (
        """
  One: {Type: AWS::S3::Bucket,
      Properties: {NotificationConfiguration: {QueueConfigurations: [{Event: "s3:ObjectCreate:*",
      Queue: a}]}}}
""",
        "Resources/One/Properties/NotificationConfiguration/QueueConfigurations/0/Event",
        "Event is s3:ObjectCreate:*, which the service refuses. Did you mean s3:ObjectCreated:*?",
    ),
    "interval": (
        one("AWS::EC2::FlowLog", "MaxAggregationInterval: 300"),
        "Resources/One/Properties/MaxAggregationInterval",
        "MaxAggregationInterval is 300, which the service refuses. Allowed are 60, 600.",
    ),
    "misspelt": (
        one("AWS::ApiGateway::GatewayResponse", "ResponseType: BAD_REQUEST_PARAMETER"),
        "Resources/One/Properties/ResponseType",
        "ResponseType is BAD_REQUEST_PARAMETER, which the service refuses. Did you mean "
        "BAD_REQUEST_PARAMETERS?",
    ),
    "inside": (
        stage("WARN"),
        "Resources/One/Properties/MethodSettings/0/LoggingLevel",
        "LoggingLevel is WARN, which the service refuses. Allowed are ERROR, INFO, OFF.",
    ),
    "default": (
        one(
            "AWS::RDS::DBInstance",
            "MonitoringInterval: !Ref Seconds",
            "Parameters: {Seconds: {Type: Number, Default: 20}}",
        ),
        "Resources/One/Properties/MonitoringInterval",
        "MonitoringInterval is 20, which the service refuses. Allowed are 0, 1, 5, 10, 15, 30, 60.",
    ),
}
