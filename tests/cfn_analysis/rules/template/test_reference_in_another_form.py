"""References in the forms that properties take, and in others."""

from ..harness import frame

template = frame("""
  Queue: {Type: AWS::SQS::Queue}
  Topic: {Type: AWS::SNS::Topic}
  Table: {Type: AWS::DynamoDB::Table}
  Function: {Type: AWS::Lambda::Function}
  Cluster: {Type: AWS::RDS::DBCluster}
  Instance: {Type: AWS::RDS::DBInstance}
  WebACL: {Type: AWS::WAFv2::WebACL}
  One: {<resource>}
""")


def alarm(action: str) -> str:
    """Return an alarm with an action."""
    return template(f"Type: AWS::CloudWatch::Alarm, Properties: {{AlarmActions: [{action}]}}")


def source(event_source: str) -> str:
    """Return an event source mapping."""
    return template(f"Type: AWS::Lambda::EventSourceMapping, Properties: {{EventSourceArn: {event_source}}}")


def events(kind: str, source_id: str) -> str:
    """Return a subscription to the events of RDS."""
    return template(
        f"Type: AWS::RDS::EventSubscription, Properties: {{SourceType: {kind}, SourceIds: [{source_id}]}}"
    )


GOOD = {
    "topic": alarm("!Ref Topic"),
    "ARN of a queue": source("!GetAtt Queue.Arn"),
    "stream of a table": source("!GetAtt Table.StreamArn"),
    "URL of a queue": template("Type: AWS::SQS::QueuePolicy, Properties: {Queues: [!Ref Queue]}"),
    "mail": template(
        "Type: AWS::SNS::Subscription, Properties: {TopicArn: !Ref Topic, Endpoint: a@example.com}"
    ),
    "instance": events("db-instance", "!Ref Instance"),
    "imported": alarm("!ImportValue topic"),
}

BAD = {
    "name of a topic": (
        alarm("!GetAtt Topic.TopicName"),
        "Resources/One/Properties/AlarmActions/0",
        'AlarmActions is {"Fn::GetAtt": ["Topic", "TopicName"]}, which is not the form of '
        "an AWS::SNS::Topic that it requires. Write Ref Topic.",
    ),
    "URL instead of an ARN": (
        source("!Ref Queue"),
        "Resources/One/Properties/EventSourceArn",
        'EventSourceArn is {"Ref": "Queue"}, which is not the form of an AWS::SQS::Queue that '
        "it requires. Write Fn::GetAtt Queue.Arn.",
    ),
    "table instead of its stream": (
        source("!GetAtt Table.Arn"),
        "Resources/One/Properties/EventSourceArn",
        'EventSourceArn is {"Fn::GetAtt": ["Table", "Arn"]}, which is not the form of an '
        "AWS::DynamoDB::Table that it requires. Write Fn::GetAtt Table.StreamArn.",
    ),
    "ARN instead of a URL": (
        template("Type: AWS::SQS::QueuePolicy, Properties: {Queues: [!GetAtt Queue.Arn]}"),
        "Resources/One/Properties/Queues/0",
        'Queues is {"Fn::GetAtt": ["Queue", "Arn"]}, which is not the form of an '
        "AWS::SQS::Queue that it requires. Write Ref Queue.",
    ),
    "URL for dead letters": (
        template("Type: AWS::Lambda::Function, Properties: {DeadLetterConfig: {TargetArn: !Ref Queue}}"),
        "Resources/One/Properties/DeadLetterConfig/TargetArn",
        'TargetArn is {"Ref": "Queue"}, which is not the form of an AWS::SQS::Queue that it '
        "requires. Write Fn::GetAtt Queue.Arn.",
    ),
    "name of a function": (
        template("Type: AWS::Events::Rule, Properties: {Targets: [{Arn: !Ref Function}]}"),
        "Resources/One/Properties/Targets/0/Arn",
        'Arn is {"Ref": "Function"}, which is not the form of an AWS::Lambda::Function that '
        "it requires. Write Fn::GetAtt Function.Arn.",
    ),
    "Ref of a web ACL": (
        template("Type: AWS::WAFv2::WebACLAssociation, Properties: {WebACLArn: !Ref WebACL}"),
        "Resources/One/Properties/WebACLArn",
        'WebACLArn is {"Ref": "WebACL"}, which is not the form of an AWS::WAFv2::WebACL that '
        "it requires. Write Fn::GetAtt WebACL.Arn.",
    ),
    "ARN of a source": (
        events("db-cluster", "!GetAtt Cluster.DBClusterArn"),
        "Resources/One/Properties/SourceIds/0",
        'SourceIds has {"Fn::GetAtt": ["Cluster", "DBClusterArn"]}, and SourceType is '
        "db-cluster: it requires the identifier of an AWS::RDS::DBCluster, which Ref returns.",
    ),
    "source of another type": (
        events("db-instance", "!Ref Cluster"),
        "Resources/One/Properties/SourceIds/0",
        'SourceIds has {"Ref": "Cluster"}, and SourceType is db-instance: it requires '
        "the identifier of an AWS::RDS::DBInstance, which Ref returns.",
    ),
}
