"""Filters and the classes of their log groups."""

GOOD = {
    "standard": """
Resources:
  Log: {Type: AWS::Logs::LogGroup, Properties: {LogGroupClass: STANDARD}}
  Filter: {Type: AWS::Logs::MetricFilter, Properties: {LogGroupName: !Ref Log}}
""",
    "default": """
Resources:
  Log: {Type: AWS::Logs::LogGroup, Properties: {}}
  Filter: {Type: AWS::Logs::MetricFilter, Properties: {LogGroupName: !Ref Log}}
""",
}

BAD = {
    "infrequent": (
        """
Resources:
  Log: {Type: AWS::Logs::LogGroup, Properties: {LogGroupClass: INFREQUENT_ACCESS}}
  Filter: {Type: AWS::Logs::MetricFilter, Properties: {LogGroupName: !Ref Log}}
""",
        "Resources/Filter/Properties/LogGroupName",
        "LogGroupName is Log, whose LogGroupClass is INFREQUENT_ACCESS: CloudWatch Logs "
        "refuses the filter. Use the class STANDARD.",
    ),
    "subscription": (
        """
Resources:
  Log: {Type: AWS::Logs::LogGroup, Properties: {LogGroupClass: INFREQUENT_ACCESS}}
  Filter: {Type: AWS::Logs::SubscriptionFilter, Properties: {LogGroupName: !Ref Log}}
""",
        "Resources/Filter/Properties/LogGroupName",
        "LogGroupName is Log, whose LogGroupClass is INFREQUENT_ACCESS: CloudWatch Logs "
        "refuses the filter. Use the class STANDARD.",
    ),
}
