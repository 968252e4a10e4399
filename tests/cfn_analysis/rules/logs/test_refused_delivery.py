"""Deliveries of CloudFront's logs."""

from ..harness import frame, row

delivery = frame("""
  Site: {Type: AWS::CloudFront::Distribution}
  Source:
    Type: AWS::Logs::DeliverySource
    Properties:
      Name: site
      LogType: <kind=ACCESS_LOGS>
      ResourceArn: !Sub arn:aws:cloudfront::${AWS::AccountId}:distribution/${Site}
  Delivery:
    Type: AWS::Logs::Delivery
    Properties: {DeliverySourceName: !Ref Source, <properties>}
""")

case = row(
    "<text>",
    "Resources/Delivery/Properties/S3SuffixPath",
    "S3SuffixPath has <found>, which is not a variable of CloudFront's logs. It has {DistributionId}, "
    "{yyyy}, {MM}, {dd} and {HH}.",
)

GOOD = {
    "fields and path": delivery(
        "RecordFields: [date, cs-uri-stem, cs(User-Agent)], "
        "S3SuffixPath: !Sub '${AWS::StackName}/{DistributionId}/{yyyy}/{MM}/{dd}'"
    ),
    "a field of a function": delivery("RecordFields: [date, viewer-request-log-data]"),
    "a field that is newer than the list": delivery("RecordFields: [date, quantum-state]"),
    "a variable of the default path": delivery("S3SuffixPath: 'AWSLogs/{account-id}/CloudFront/'"),
    "connections": delivery("RecordFields: [connectionstatus, tlsprotocol, clientip]", "CONNECTION_LOGS"),
    "another source": """
  Source:
    Type: AWS::Logs::DeliverySource
    Properties: {Name: a, LogType: EVENT_LOGS, ResourceArn: 'arn:aws:bedrock:eu-west-1:111111111111:agent/a'}
""",
}

BAD = {
    "type": (
        delivery("RecordFields: [date]", "STANDARD_LOGS"),
        "Resources/Source/Properties/LogType",
        "LogType is STANDARD_LOGS, and a distribution has only ACCESS_LOGS and CONNECTION_LOGS: the source "
        "is refused.",
    ),
    "field": (
        delivery("RecordFields: [date, cs-uri]"),
        "Resources/Delivery/Properties/RecordFields/1",
        "RecordFields has cs-uri, which access logs of CloudFront do not have. Did you mean cs-uri-stem?",
    ),
    "field of a real-time log": (
        delivery("RecordFields: [date, cs-user-agent]"),
        "Resources/Delivery/Properties/RecordFields/1",
        "RecordFields has cs-user-agent, which access logs of CloudFront do not have. Did you mean "
        "cs(User-Agent)?",
    ),
    "minutes": case(delivery("S3SuffixPath: '{DistributionId}/{yyyy}/{mm}'"), "{mm}"),
    "path": case(delivery("S3SuffixPath: '{DistributionId}/{year}'"), "{year}"),
}
