"""Services that call, with and without the permission of what they call."""

from ..harness import frame, row

HEAD = """
Parameters:
  Environment: {Type: String, Default: dev, AllowedValues: [dev, prod]}
  Project: {Type: String}
  Service: {Type: String, Default: cloudwatch.amazonaws.com}
Resources:
  F: {Type: AWS::Lambda::Function}
  Live: {Type: AWS::Lambda::Alias, Properties: {FunctionName: !Ref F}}
  Other: {Type: AWS::S3::Bucket}
  Secret: {Type: AWS::SecretsManager::Secret}
"""
NAME = "Caller: {Type: AWS::"

# Name of a caller -> the resource, with the function F; the service; the path; the effect.
CALLERS = {
    "method": (
        "ApiGateway::Method, Properties: {Integration: {Uri: !Sub "
        "'arn:aws:apigateway:${AWS::Region}:lambda:path/"
        "2015-03-31/functions/${F.Arn}/invocations'}}}",
        "apigateway",
        "Integration/Uri",
        "every request gets 500",
    ),
    "rotation": (
        "SecretsManager::RotationSchedule, Properties: {SecretId: !Ref Secret, RotationLambdaARN: !GetAtt "
        "F.Arn}}",
        "secretsmanager",
        "RotationLambdaARN",
        "the resource is refused",
    ),
    "subscription": (
        "SNS::Subscription, Properties: {Protocol: lambda, Endpoint: !GetAtt F.Arn}}",
        "sns",
        "Endpoint",
        "every message is lost",
    ),
    "topic": (
        "SNS::Topic, Properties: {Subscription: [{Protocol: lambda, Endpoint: !GetAtt F.Arn}]}}",
        "sns",
        "Subscription/0/Endpoint",
        "every message is lost",
    ),
    "bucket": (
        "S3::Bucket, Properties: {NotificationConfiguration: {LambdaConfigurations: [{Event: a, Function: "
        "!GetAtt F.Arn}]}}}",
        "s3",
        "NotificationConfiguration/LambdaConfigurations/0/Function",
        "S3 refuses the bucket",
    ),
    "filter": (
        "Logs::SubscriptionFilter, Properties: {DestinationArn: !GetAtt F.Arn}}",
        "logs",
        "DestinationArn",
        "the resource is refused",
    ),
    "alarm": (
        "CloudWatch::Alarm, Properties: {AlarmActions: [!GetAtt F.Arn]}}",
        "lambda.alarms.cloudwatch",
        "AlarmActions/0",
        "its alarms reach no one",
    ),
}


def called(caller: str, permission: str, function: str = "!Ref F", more: str = "") -> str:
    """Return a template with a caller and a permission of its function."""
    return (
        f"{HEAD}  {NAME}{CALLERS[caller][0]}\n  Permission: {{Type: AWS::Lambda::Permission, "
        f"{more} Properties: "
        f"{{Action: lambda:InvokeFunction, FunctionName: {function}, {permission}}}}}\n"
    )


def refused(caller: str, text: str, when: str = "") -> tuple[str, ...]:
    """Return the row of a caller that no permission allows."""
    _, service, path, effect = CALLERS[caller]
    return (
        text,
        f"Resources/Caller/Properties/{path}",
        f"{path.rstrip('/0').rpartition('/')[2]} is F, and no AWS::Lambda::Permission allows "
        f"{service}.amazonaws.com to call it{when}: {effect}. Add one.",
    )


# A queue, a topic or a bucket, its policy and its key.
ROOT = "{Effect: Allow, Principal: {AWS: !Ref AWS::AccountId}, Action: '*', Resource: '*'}"
ARN = "arn:${AWS::Partition}:cloudwatch:${AWS::Region}:${AWS::AccountId}:alarm:"
grant = frame(
    "{Effect: <effect=Allow>, Principal: <principal>, Action: <action='*'>, Resource: <resource='*'>, "
    "Condition: {<condition=>}}"
)
source = frame("ArnLike: {'aws:SourceArn': <pattern>}")
ANYONE = grant("{AWS: '*'}")
CLOUDWATCH = "{Service: cloudwatch.amazonaws.com}"
KMS = (
    "BucketEncryption: {ServerSideEncryptionConfiguration: [{ServerSideEncryptionByDefault: {SSEAlgorithm: "
    "aws:kms, KMSMasterKeyID: <key>}}]}"
)
TARGETS = {
    "Queue": ("SQS::Queue", "SQS::QueuePolicy", "Queues: [!Ref Target]"),
    "Topic": ("SNS::Topic", "SNS::TopicPolicy", "Topics: [!Ref Target]"),
    "Bucket": ("S3::Bucket", "S3::BucketPolicy", "Bucket: !Ref Target"),
}
SENDERS = {
    "alarm": "CloudWatch::Alarm, Properties: {AlarmName: <name=dev-cpu>, AlarmActions: [!Ref Target]}}",
    "dead letters": "SNS::Subscription, Properties: {RedrivePolicy: {deadLetterTargetArn: "
    "<target=!GetAtt Target.Arn>}}}",
    "RDS": "RDS::EventSubscription, Properties: {SnsTopicArn: !Ref Target}}",
    "access log": "S3::Bucket, Properties: {LoggingConfiguration: {DestinationBucketName: !Ref Target, "
    "LogFilePrefix: <prefix=site/>}}}",
    "distribution": "CloudFront::Distribution, Properties: {DistributionConfig: {Origins: [{Id: a, "
    "DomainName: "
    "!GetAtt Target.RegionalDomainName, OriginAccessControlId: b}]}}}",
    "log group": "Logs::LogGroup, Properties: {LogGroupName: <name=/a/b>, KmsKeyId: !GetAtt Key.Arn}}",
}


def sent(
    sender: str,
    kind: str,
    *statements: str,
    properties: str = "",
    key: str = "",
    more: str = "",
    **holes: str,
) -> str:
    """Return a template with a sender, its target, and the statements of its policy or of its key."""
    target, policy, named = TARGETS[kind]
    text = f"{HEAD}  {NAME}{frame(SENDERS[sender])(**holes)}\n"
    text += f"  Target: {{Type: AWS::{target}, Properties: {{{properties}}}}}\n"
    if statements:
        text += (
            f"  Policy: {{Type: AWS::{policy}, {more} Properties: {{{named}, PolicyDocument: {{Statement: "
            f"[{', '.join(statements)}]}}}}}}\n"
        )
    if key:
        text += f"  Key: {{Type: AWS::KMS::Key, Properties: {{KeyPolicy: {{Statement: [{key}]}}}}}}\n"
    return text


policy = row(
    "<text>",
    "Resources/Policy/Properties/PolicyDocument",
    "PolicyDocument does not allow <what> on Target<when=>: <effect=its alarms reach no one>. Allow it.",
)
of_key = row(
    "<text>",
    "Resources/Key/Properties/KeyPolicy",
    "KeyPolicy does not allow <what><when=>, and the key encrypts Target: <effect=its alarms reach no "
    "one>. Allow it.",
)
of_name = row(
    "<text>",
    "Resources/Caller/Properties/<property=AlarmName>",
    "<property> is <name><when=>, and <target=Target> allows <service=cloudwatch>.amazonaws.com only for "
    "another "
    "source, in aws:SourceArn or the encryption context: <effect=its alarms reach no one>. Change the "
    "condition.",
)
managed = row(
    "<text>",
    "Resources/Target/Properties/<property=KmsMasterKeyId>",
    "<property> of Target is <key><when=>, a key that <service=cloudwatch>.amazonaws.com cannot use: "
    "<effect=its alarms reach no one>. Use <remedy=a customer managed key that allows it>.",
)

TOPIC_KEY = "KmsMasterKeyId: !GetAtt Key.Arn"
ALIAS = "  Alias: {Type: AWS::KMS::Alias, Properties: {AliasName: alias/a, TargetKeyId: !Ref Key}}\n"
ALARM_KEY = "kms:Decrypt and kms:GenerateDataKey*"
CONTEXT = "ArnLike: {'kms:EncryptionContext:aws:logs:arn': !Sub 'arn:aws:logs:*:*:log-group:<group>'}"
LOGS = "{Service: !Sub 'logs.${AWS::Region}.amazonaws.com'}"
PER_VALUE = source(f"!Sub '{ARN}${{Environment}}-*'")

GOOD = {
    "delivery that writes the policy itself": """
  Target: {Type: AWS::S3::Bucket}
  Destination: {Type: AWS::Logs::DeliveryDestination,
      Properties: {DestinationResourceArn: !GetAtt Target.Arn}}
""",
    "function with an address and IAM": (
        f"{HEAD}  {NAME}Lambda::Url, Properties: {{AuthType: AWS_IAM, TargetFunctionArn: !GetAtt F.Arn}}}}\n"
    ),
    **{
        f"{name} allowed": called(name, f"Principal: {service}.amazonaws.com")
        for name, (_, service, *_) in CALLERS.items()
    },
    "by name": called("filter", "Principal: logs.amazonaws.com", "own"),
    "by an ARN that is put together": called(
        "filter", "Principal: logs.amazonaws.com", "!Sub 'arn:aws:lambda:${AWS::Region}:1:function:own'"
    ),
    "by an alias": called("subscription", "Principal: sns.amazonaws.com", "!Ref Live").replace(
        "Endpoint: !GetAtt F.Arn", "Endpoint: !Ref Live"
    ),
    "principal that is not known": called("filter", "Principal: !ImportValue service"),
    "own source": called("bucket", "Principal: s3.amazonaws.com, SourceArn: !GetAtt Caller.Arn"),
    "same condition": called("filter", "Principal: logs.amazonaws.com", more="Condition: Open,").replace(
        NAME, "Caller: {Condition: Open, Type: AWS::"
    ),
    "role": called("method", "Principal: a").replace("Uri:", "Credentials: b, Uri:"),
    "everyone": sent("dead letters", "Queue", grant("'*'")),
    "queue of another template": sent("dead letters", "Queue", ROOT, target="!ImportValue queue"),
    "dead letters": sent("dead letters", "Queue", grant("{Service: sns.amazonaws.com}")),
    "topic without policy": sent("alarm", "Topic"),
    "two policies, one not known": sent("alarm", "Topic", ROOT)
    + "  Second: {Type: AWS::SNS::TopicPolicy, Properties: {Topics: [!Ref Target], PolicyDocument: {}}}\n",
    "suffix": sent("alarm", "Topic", grant("{Service: !Sub 'cloudwatch.${AWS::URLSuffix}'}")),
    "both branches": sent("alarm", "Topic", f"!If [Open, {grant(CLOUDWATCH)}, {ANYONE}]"),
    "name under the pattern": sent(
        "alarm", "Topic", grant(CLOUDWATCH, condition=PER_VALUE), name="!Sub '${Environment}-cpu'"
    ),
    "pattern that is not known": sent(
        "alarm", "Topic", grant(CLOUDWATCH, condition=source(f"!Sub '{ARN}${{Project}}-*'"))
    ),
    "a pattern for each value": sent(
        "alarm",
        "Topic",
        grant(CLOUDWATCH, condition=source(f"[!Sub '{ARN}dev-*', !Sub '{ARN}prod-*']")),
        name="!Sub '${Environment}-cpu'",
    ),
    "key": sent("alarm", "Topic", grant(CLOUDWATCH), properties=TOPIC_KEY, key=grant(CLOUDWATCH)),
    "alias": sent("alarm", "Topic", properties="KmsMasterKeyId: alias/a", key=grant(CLOUDWATCH)) + ALIAS,
    "key of another template": sent("alarm", "Topic", properties="KmsMasterKeyId: !ImportValue key"),
    "access log": sent("access log", "Bucket", grant("{Service: logging.s3.amazonaws.com}")),
    "access log by ACL": sent("access log", "Bucket", ROOT, properties="AccessControl: LogDeliveryWrite"),
    "part of the prefix": sent(
        "access log",
        "Bucket",
        grant("{Service: logging.s3.amazonaws.com}", resource="!Sub '${Target.Arn}/site/*'"),
        prefix="s",
    ),
    "distribution": sent(
        "distribution", "Bucket", grant("{Service: cloudfront.amazonaws.com}", action="'s3:Get*'")
    ),
    "log group": sent("log group", "Topic", key=grant(LOGS, condition=frame(CONTEXT)("/a/*"))),
    "log group of a parameter": sent(
        "log group", "Topic", key=grant(LOGS, condition=frame(CONTEXT)("${Project}/*")), name="dev/b"
    ),
}

BAD = {
    "delivery of logs": (
        """
  Target: {Type: AWS::S3::Bucket}
  Destination: {Type: AWS::Logs::DeliveryDestination,
      Properties: {DestinationResourceArn: !GetAtt Target.Arn}}
  Policy:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Ref Target
      PolicyDocument: {Statement: [{Effect: Allow, Action: 's3:PutObjectAcl', Resource: '*',
        Principal: {Service: delivery.logs.amazonaws.com}}]}
""",
        "Resources/Policy/Properties/PolicyDocument",
        "PolicyDocument does not allow delivery.logs.amazonaws.com s3:PutObject on Target: no log is "
        "written. Allow it.",
    ),
    "function with an address": (
        f"{HEAD}  {NAME}Lambda::Url, Properties: {{AuthType: NONE, TargetFunctionArn: !GetAtt F.Arn}}}}\n",
        "Resources/Caller/Properties/TargetFunctionArn",
        "TargetFunctionArn is F, and no AWS::Lambda::Permission allows its callers "
        "lambda:InvokeFunctionUrl: every "
        "request gets 403. Add one.",
    ),
    **{
        f"{name} of another service": refused(name, called(name, "Principal: a.amazonaws.com"))
        for name in CALLERS
    },
    "another function": refused(
        "filter",
        called("filter", "Principal: logs.amazonaws.com", "!Ref G").replace(
            "  Other:", "  G: {Type: AWS::Lambda::Function}\n  Other:"
        ),
    ),
    "permission of one case": refused(
        "filter",
        called("filter", "Principal: logs.amazonaws.com", more="Condition: Open,"),
        " when Open is false",
    ),
    "another bucket": (
        called("bucket", "Principal: s3.amazonaws.com, SourceArn: !GetAtt Other.Arn"),
        "Resources/Caller/Properties/NotificationConfiguration/LambdaConfigurations/0/Function",
        "Function is F, and F allows s3.amazonaws.com only for another source, in aws:SourceArn or the "
        "encryption context: S3 refuses the bucket. Change the condition.",
    ),
    "no policy": (
        sent("dead letters", "Queue"),
        "Resources/Caller/Properties/RedrivePolicy/deadLetterTargetArn",
        "deadLetterTargetArn is Target, and no policy allows sns.amazonaws.com sqs:SendMessage on it: what "
        "cannot be delivered is lost. Allow it in an AWS::SQS::QueuePolicy.",
    ),
    "dead letters": policy(
        sent("dead letters", "Queue", ROOT),
        "sns.amazonaws.com sqs:SendMessage",
        effect="what cannot be delivered is lost",
    ),
    "RDS": policy(
        sent("RDS", "Topic", grant(CLOUDWATCH)),
        "events.rds.amazonaws.com sns:Publish",
        effect="every event is lost",
    ),
    **{
        f"topic, {name}": policy(
            sent("alarm", "Topic", statement), "cloudwatch.amazonaws.com sns:Publish", when
        )
        for name, statement, when in (
            ("account alone", ROOT, ""),
            ("action", grant(CLOUDWATCH, action="'sns:Subscribe'"), ""),
            ("resource", grant(CLOUDWATCH, resource="!Ref Other"), ""),
            ("denied", grant(CLOUDWATCH, "Deny"), ""),
            ("branch", f"!If [Open, {grant(CLOUDWATCH)}, {ROOT}]", " when Open is false"),
        )
    },
    "policy of one case": policy(
        sent("alarm", "Topic", ROOT, more="Condition: Open,"),
        "cloudwatch.amazonaws.com sns:Publish",
        " when Open is true",
    ),
    **{
        f"name, {name}": of_name(
            sent("alarm", "Topic", grant(CLOUDWATCH, condition=pattern), name=alarm), shown, when=when
        )
        for name, pattern, alarm, shown, when in (
            ("another", source(f"!Sub '{ARN}prod-*'"), "dev-cpu", '"dev-cpu"', ""),
            ("region", source("'arn:aws:cloudwatch:us-east-1:*:alarm:dev-*'"), "dev-cpu", '"dev-cpu"', ""),
            ("allowed value", PER_VALUE, "dev-cpu", '"dev-cpu"', ""),
            ("branch", source(f"!Sub '{ARN}dev-*'"), "!If [Open, dev-a, a]", '"a"', " when Open is false"),
        )
    },
    "key for the account alone": of_key(
        sent("alarm", "Topic", properties=TOPIC_KEY, key=ROOT), f"cloudwatch.amazonaws.com {ALARM_KEY}"
    ),
    "half a key": of_key(
        sent("alarm", "Topic", properties=TOPIC_KEY, key=grant(CLOUDWATCH, action="'kms:Decrypt'")),
        "cloudwatch.amazonaws.com kms:GenerateDataKey*",
    ),
    "key by alias": of_key(
        sent("alarm", "Topic", properties="KmsMasterKeyId: alias/a", key=ROOT) + ALIAS,
        f"cloudwatch.amazonaws.com {ALARM_KEY}",
    ),
    "key of a site": of_key(
        sent(
            "distribution",
            "Bucket",
            grant("{Service: cloudfront.amazonaws.com}"),
            properties=KMS.replace("<key>", "!Ref Key"),
            key=ROOT,
        ),
        "cloudfront.amazonaws.com kms:Decrypt",
        effect="every object returns 403",
    ),
    "managed key": managed(
        sent("alarm", "Topic", properties="KmsMasterKeyId: alias/aws/sns"), "alias/aws/sns"
    ),
    "managed key in one branch": managed(
        sent("alarm", "Topic", properties="KmsMasterKeyId: !If [Open, alias/aws/sns, !ImportValue key]"),
        "alias/aws/sns",
        when=" when Open is true",
    ),
    "encrypted log bucket": managed(
        sent(
            "access log",
            "Bucket",
            grant("{Service: logging.s3.amazonaws.com}"),
            properties=KMS.replace("<key>", "!ImportValue key"),
        ),
        '{"Fn::ImportValue": "key"}',
        property="BucketEncryption",
        service="logging.s3",
        effect="no log is written",
        remedy="SSE-S3 (AES256)",
    ),
    "another prefix": policy(
        sent(
            "access log",
            "Bucket",
            grant("{Service: logging.s3.amazonaws.com}", resource="!Sub '${Target.Arn}/pages/*'"),
        ),
        "logging.s3.amazonaws.com s3:PutObject",
        effect="no log is written",
    ),
    "site": policy(
        sent(
            "distribution", "Bucket", grant("{Service: cloudfront.amazonaws.com}", action="'s3:ListBucket'")
        ),
        "cloudfront.amazonaws.com s3:GetObject",
        effect="every object returns 403",
    ),
    "log group": (
        sent("log group", "Topic", key=ROOT),
        "Resources/Key/Properties/KeyPolicy",
        f"KeyPolicy does not allow logs.amazonaws.com {ALARM_KEY}: the log group cannot be created. Allow "
        f"it.",
    ),
    "log group of a parameter": of_name(  # a name begins with the parameter, and not with a slash
        sent("log group", "Topic", key=grant(LOGS, condition=frame(CONTEXT)("${Project}-*"))),
        '"/a/b"',
        property="LogGroupName",
        target="Key",
        service="logs",
        effect="the log group cannot be created",
    ),
    "log group of another name": of_name(
        sent("log group", "Topic", key=grant(LOGS, condition=frame(CONTEXT)("/c/*"))),
        '"/a/b"',
        property="LogGroupName",
        target="Key",
        service="logs",
        effect="the log group cannot be created",
    ),
}
