"""Filters of event sources."""


def mapping(pattern: str, source: str = "Queue", view: str = "KEYS_ONLY") -> str:
    """Return a template with an event source and a filter."""
    arn = "!GetAtt Queue.Arn" if source == "Queue" else f"!GetAtt {source}.StreamArn"
    return f"""
  Queue: {{Type: AWS::SQS::Queue}}
  Table: {{Type: AWS::DynamoDB::Table, Properties: {{StreamSpecification: {{StreamViewType: {view}}}}}}}
  Mapping:
    Type: AWS::Lambda::EventSourceMapping
    Properties:
      EventSourceArn: {arn}
      FilterCriteria: {{Filters: [{{Pattern: '{pattern}'}}]}}
"""


GOOD = {
    "body": mapping('{"body": {"kind": ["report"]}}'),
    "attributes": mapping('{"messageAttributes": {"kind": {"stringValue": ["report"]}}}'),
    "image": mapping('{"dynamodb": {"NewImage": {"a": {"S": ["b"]}}}}', "Table", "NEW_AND_OLD_IMAGES"),
    "keys": mapping('{"dynamodb": {"Keys": {"a": {"S": ["b"]}}}, "eventName": ["INSERT"]}', "Table"),
    "no JSON": mapping("open"),
    "another template": mapping('{"kind": ["a"]}').replace("!GetAtt Queue.Arn", "!ImportValue queue"),
    "without filters": """
  Queue: {Type: AWS::SQS::Queue}
  Mapping:
    Type: AWS::Lambda::EventSourceMapping
    Properties: {EventSourceArn: !GetAtt Queue.Arn, FilterCriteria: !Ref AWS::NoValue}
""",
}

PATTERN = "Resources/Mapping/Properties/FilterCriteria/Filters/0/Pattern"

BAD = {
    "without body": (
        mapping('{"kind": ["report"]}'),
        PATTERN,
        "Pattern asks for kind, which no record has: it never matches. Put it into body.",
    ),
    "image outside of the change": (
        mapping('{"NewImage": {"a": {"S": ["b"]}}}', "Table"),
        PATTERN,
        "Pattern asks for NewImage, which no record has: it never matches. Put it into dynamodb, with "
        "NewImage, OldImage or Keys.",
    ),
    "image of a stream of keys": (
        mapping('{"dynamodb": {"NewImage": {"a": {"S": ["b"]}}}}', "Table"),
        PATTERN,
        "Pattern asks for NewImage, and StreamViewType is KEYS_ONLY: it never matches. "
        "Stream the images too.",
    ),
}
