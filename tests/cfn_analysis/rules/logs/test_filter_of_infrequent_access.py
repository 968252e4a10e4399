"""Filters and the classes of their log groups."""

from ..harness import frame, row

log = frame("""
  Log: {Type: AWS::Logs::LogGroup, Properties: {<properties>}}
  Filter: {Type: AWS::Logs::<kind=MetricFilter>, Properties: {LogGroupName: !Ref Log}}
""")

case = row(
    "<text>",
    "Resources/Filter/Properties/LogGroupName",
    "LogGroupName is Log, whose LogGroupClass is INFREQUENT_ACCESS: CloudWatch Logs refuses the filter. "
    "Use the class STANDARD.",
)

INFREQUENT = "LogGroupClass: INFREQUENT_ACCESS"

GOOD = {
    "standard": log("LogGroupClass: STANDARD"),
    "default": log(""),
}

BAD = {
    "infrequent": case(log(INFREQUENT)),
    "subscription": case(log(INFREQUENT, "SubscriptionFilter")),
}
