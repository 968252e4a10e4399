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
  Key: {Type: AWS::KMS::Key}
  Alias: {Type: AWS::KMS::Alias}
  Service: {Type: AWS::ECS::Service}
  Machine: {Type: AWS::StepFunctions::StateMachine}
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


def log_group(key: str) -> str:
    """Return a log group with a key."""
    return template(f"Type: AWS::Logs::LogGroup, Properties: {{KmsKeyId: {key}}}")


def scaled(resource: str) -> str:
    """Return a scalable target."""
    return template(
        f"Type: AWS::ApplicationAutoScaling::ScalableTarget, Properties: {{ResourceId: {resource}}}"
    )


def allowed(resource: str) -> str:
    """Return a policy."""
    return template(
        f"Type: AWS::IAM::Policy, Properties: {{PolicyDocument: {{Statement: [{{Resource: {resource}}}]}}}}"
    )


def attached(kind: str) -> str:
    """Return the attachment of a secret to a cluster."""
    return template(
        "Type: AWS::SecretsManager::SecretTargetAttachment, Properties: {TargetId: !Ref Cluster, TargetType: "
        f"AWS::RDS::{kind}}}"
    )


GOOD = {
    "set of the same scope": """
  Set: {Type: AWS::WAFv2::IPSet, Properties: {Scope: REGIONAL}}
  One: {Type: AWS::WAFv2::WebACL, Properties: {Scope: REGIONAL,
      Rules: [{Statement: {IPSetReferenceStatement: {Arn: !GetAtt Set.Arn}}}]}}
""",
    "key": log_group("!GetAtt Key.Arn"),
    "ARN around the ID of a key": log_group("!Sub 'arn:aws:kms:${AWS::Region}:1:key/${Key}'"),
    "both branches": log_group("!If [Prod, !GetAtt Key.Arn, !Ref AWS::NoValue]"),
    "name in a text": scaled("!Sub 'service/a/${Service.Name}'"),
    "ARN at the beginning": allowed("!Sub '${Queue.Arn}:a'"),
    "name in an ARN": allowed("!Sub 'arn:aws:dynamodb:${AWS::Region}:1:table/${Table}/index/*'"),
    "invocation of a function": template(
        "Type: A::B::C, Properties: {UriArn: !Sub "
        "'arn:aws:apigateway:eu-west-1:lambda:path/1/${Function.Arn}/a'}"
    ),
    "attached": attached("DBCluster"),
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
    "dead letters": (
        template("Type: AWS::SQS::Queue, Properties: {RedrivePolicy: {deadLetterTargetArn: !Ref Queue}}"),
        "Resources/One/Properties/RedrivePolicy/deadLetterTargetArn",
        'deadLetterTargetArn is {"Ref": "Queue"}, which is not the form of an AWS::SQS::Queue that it '
        "requires. Write Fn::GetAtt Queue.Arn.",
    ),
    "web ACL of a distribution": (
        template(
            "Type: AWS::CloudFront::Distribution, Properties: {DistributionConfig: {WebACLId: !Ref WebACL}}"
        ),
        "Resources/One/Properties/DistributionConfig/WebACLId",
        'WebACLId is {"Ref": "WebACL"}, which is not the form of an AWS::WAFv2::WebACL that it '
        "requires. Write Fn::GetAtt WebACL.Arn.",
    ),
    "set of another scope": (
        """
  Set: {Type: AWS::WAFv2::IPSet, Properties: {Scope: REGIONAL}}
  One: {Type: AWS::WAFv2::WebACL, Properties: {Scope: CLOUDFRONT,
      Rules: [{Statement: {IPSetReferenceStatement: {Arn: !GetAtt Set.Arn}}}]}}
""",
        "Resources/One/Properties/Rules",
        "Rules refers to Set, whose Scope is REGIONAL, and the own Scope is CLOUDFRONT: WAF refuses the "
        "rules. Use the same Scope.",
    ),
    **{
        f"key, {value}": (
            log_group(value),
            f"Resources/One/Properties/KmsKeyId{path}",
            f"KmsKeyId is {shown}, which is not the form of an AWS::KMS::{kind} that it requires. Write "
            f"{right}.",
        )
        for value, shown, kind, right, path in (
            ("!Ref Key", '{"Ref": "Key"}', "Key", "Fn::GetAtt Key.Arn", ""),
            ("!GetAtt Key.KeyId", '{"Fn::GetAtt": ["Key", "KeyId"]}', "Key", "Fn::GetAtt Key.Arn", ""),
            ("!Ref Alias", '{"Ref": "Alias"}', "Alias", "its ARN", ""),
            (
                "!If [Prod, !Ref Key, !GetAtt Key.Arn]",
                '{"Ref": "Key"} when Prod is true',
                "Key",
                "Fn::GetAtt Key.Arn",
                "/Fn::If/1",
            ),
        )
    },
    **{
        f"inside, {text}": (
            make(f"!Sub '{text}'"),
            f"Resources/One/Properties/{path}",
            f'{path.rstrip("/0").rpartition("/")[2]} is "{text}", in which {wrong}: the text matches '
            f"nothing. Write the "
            "name or the ID.",
        )
        for make, path, text, wrong in (
            (scaled, "ResourceId", "service/a/${Service}", "Service is an ARN"),
            (scaled, "ResourceId", "table/${Table.Arn}", "Table.Arn is an ARN"),
            (
                allowed,
                "PolicyDocument/Statement/0/Resource",
                "arn:aws:states:*:*:execution:${Machine}:*",
                "Machine is an ARN",
            ),
            (allowed, "PolicyDocument/Statement/0/Resource", "arn:aws:sqs:*:*:${Queue}", "Queue is a URL"),
        )
    },
    "attached as an instance": (
        attached("DBInstance"),
        "Resources/One/Properties/TargetId",
        'TargetId is {"Ref": "Cluster"}, and TargetType is AWS::RDS::DBInstance: it requires the '
        "identifier of an "
        "AWS::RDS::DBInstance, which Ref returns.",
    ),
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
        'SourceIds is {"Fn::GetAtt": ["Cluster", "DBClusterArn"]}, and SourceType is '
        "db-cluster: it requires the identifier of an AWS::RDS::DBCluster, which Ref returns.",
    ),
    "source of another type": (
        events("db-instance", "!Ref Cluster"),
        "Resources/One/Properties/SourceIds/0",
        'SourceIds is {"Ref": "Cluster"}, and SourceType is db-instance: it requires '
        "the identifier of an AWS::RDS::DBInstance, which Ref returns.",
    ),
}
