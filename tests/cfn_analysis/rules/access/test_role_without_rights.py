"""Resources with roles, and what the roles trust and allow."""

from ..harness import frame

PARTS = """
  Queue: {Type: AWS::SQS::Queue}
  Coded: {Type: AWS::SQS::Queue, Properties: {KmsMasterKeyId: !Ref Key}}
  Topic: {Type: AWS::SNS::Topic}
  Key: {Type: AWS::KMS::Key, Properties: {KeyPolicy: {Statement: [{Effect: Allow, Action: 'kms:*',
    Resource: '*', Principal: {AWS: !Sub 'arn:aws:iam::${AWS::AccountId}:root'}}]}}}
  Open: {Type: AWS::KMS::Key, Properties: {KeyPolicy: {Statement: [{Effect: Allow, Action: 'kms:*',
    Resource: '*', Principal: {AWS: '*'}}]}}}
  Secret: {Type: AWS::SecretsManager::Secret}
  F: {Type: AWS::Lambda::Function, Properties: {<own>}}
"""
READ_QUEUE = "sqs:ReceiveMessage sqs:DeleteMessage sqs:GetQueueAttributes"
WRITE = "logs:CreateLogStream logs:PutLogEvents"
INTERFACES = "ec2:CreateNetworkInterface ec2:DescribeNetworkInterfaces ec2:DeleteNetworkInterface"
LAMBDA = "Lambda refuses the function"
MONITORED = "logs:CreateLogGroup logs:PutRetentionPolicy logs:CreateLogStream logs:PutLogEvents"

# Name -> type, properties with the role in <role>, the path of the role, the actions, on what, the effect.
NEEDS = {
    "function in a VPC": (
        "Lambda::Function",
        "Role: <role>, VpcConfig: {SubnetIds: [a]}",
        "Role",
        INTERFACES,
        "",
        LAMBDA,
    ),
    "dead letters": (
        "Lambda::Function",
        "Role: <role>, DeadLetterConfig: {TargetArn: !GetAtt Queue.Arn}",
        "Role",
        "sqs:SendMessage",
        "Queue",
        LAMBDA,
    ),
    "traces": (
        "Lambda::Function",
        "Role: <role>, TracingConfig: {Mode: Active}",
        "Role",
        "xray:PutTraceSegments xray:PutTelemetryRecords",
        "",
        "it has no traces",
    ),
    "environment": (
        "Lambda::Function",
        "Role: <role>, KmsKeyArn: !GetAtt Key.Arn",
        "Role",
        "kms:Decrypt",
        "Key",
        "every call fails",
    ),
    "mapping": (
        "Lambda::EventSourceMapping",
        "FunctionName: !Ref F, EventSourceArn: !GetAtt Queue.Arn",
        "FunctionName",
        READ_QUEUE,
        "Queue",
        "Lambda refuses it",
    ),
    "destination": (
        "Lambda::EventInvokeConfig",
        "FunctionName: !Ref F, DestinationConfig: {OnFailure: {Destination: !GetAtt Queue.Arn}}",
        "FunctionName",
        "sqs:SendMessage",
        "Queue",
        "Lambda refuses it",
    ),
    "flow log": (
        "EC2::FlowLog",
        "DeliverLogsPermissionArn: <role>",
        "DeliverLogsPermissionArn",
        WRITE,
        "",
        "nothing is written",
    ),
    "monitoring": (
        "RDS::DBInstance",
        "MonitoringRoleArn: <role>",
        "MonitoringRoleArn",
        MONITORED,
        "",
        "nothing is written",
    ),
    "proxy": (
        "RDS::DBProxy",
        "RoleArn: <role>, Auth: [{SecretArn: !Ref Secret}]",
        "RoleArn",
        "secretsmanager:GetSecretValue",
        "",
        "no client can log in",
    ),
    "method": (
        "ApiGateway::Method",
        "Integration: {Credentials: <role>, Uri: !Sub "
        "'arn:aws:apigateway:${AWS::Region}:dynamodb:action/PutItem'}",
        "Integration/Credentials",
        "dynamodb:PutItem",
        "",
        "every request gets 500",
    ),
    "method with a path": (
        "ApiGateway::Method",
        "Integration: {Credentials: <role>, Uri: !Sub "
        "'arn:aws:apigateway:${AWS::Region}:sqs:path/1/${Queue.QueueName}', "
        "RequestTemplates: {a: Action=SendMessage}}",
        "Integration/Credentials",
        "sqs:SendMessage",
        "",
        "every request gets 500",
    ),
}
SERVICES = {
    "Lambda": "lambda",
    "EC2": "vpc-flow-logs",
    "ApiGateway": "apigateway",
    "IAM": "ec2",
}
ALL = "Policies: [{PolicyDocument: {Statement: [{Effect: Allow, Action: '*', Resource: '*'}]}}]"
allow = frame(
    "Policies: [{PolicyDocument: {Statement: [{Effect: Allow, Action: [<actions>], Resource: "
    "<resource='*'>}]}}]"
)


STATEMENTS = "Policies: [{PolicyDocument: {Statement: ["
MAY_LOG = "{Effect: Allow, Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Resource: '*'}, "


def template(name: str, policies: str = ALL, service: str = "", more: str = "") -> str:
    """Return a template with a resource and its role. The role of a function may always write its log."""
    if NEEDS[name][0].startswith("Lambda::"):
        policies = policies.replace(STATEMENTS, STATEMENTS + MAY_LOG)
    kind, properties = NEEDS[name][:2]
    principal = {"RDS::DBInstance": "monitoring.rds", "RDS::DBProxy": "rds"}.get(
        kind, SERVICES.get(kind.split(":")[0])
    )
    return (
        (
            f"{PARTS}  Role: {{Type: AWS::IAM::Role, Properties: {{AssumeRolePolicyDocument: "
            f"{{Statement: [{{Effect: Allow, "
            f"Principal: {{Service: {service or f'{principal}.amazonaws.com'}}}, Action: "
            f"'sts:AssumeRole'}}]}}, "
            f"{policies}}}}}\n  User: {{Type: AWS::{kind}, Properties: {{{properties}}}}}\n{more}"
        )
        .replace("<role>", "!GetAtt Role.Arn")
        .replace("<own>", "Role: !GetAtt Role.Arn" if "FunctionName" in properties else "")
    )


def lacking(name: str, text: str, when: str = "", on: str = "", actions: str = "") -> tuple[str, ...]:
    """Return the row of a role without permissions."""
    *_, path, needed, target, effect = NEEDS[name]
    where = f" on {on or target}" if on or target else ""
    return (
        text,
        f"Resources/User/Properties/{path}",
        f"Role does not allow {' and '.join((actions or needed).split())}{where}{when}: {effect}. Allow it.",
    )


def distrusted(name: str, service: str, text: str) -> tuple[str, ...]:
    """Return the row of a role that does not trust its service."""
    path = NEEDS[name][2]
    return (
        text,
        f"Resources/User/Properties/{path}",
        f"{path.rpartition('/')[2]} is Role, whose AssumeRolePolicyDocument does not allow "
        f"{service}.amazonaws.com: the "
        f"service cannot assume the role. Set {service}.amazonaws.com as its Principal.",
    )


SEPARATE = (
    "  Policy: {Type: AWS::IAM::Policy, Properties: {Roles: [!Ref Role], PolicyDocument: {Statement: "
    "[{Effect: Allow, "
    "Action: '*', Resource: '*'}]}}}\n"
)
NOTHING = allow("'sqs:ListQueues'")
MANAGED = "ManagedPolicyArns: ['arn:aws:iam::aws:policy/service-role/AWSLambdaSQSQueueExecutionRole']"

logging_function = frame("""
  Role:
    Type: AWS::IAM::Role
    Properties:
      ManagedPolicyArns: <arns=[]>
      Policies:
        - PolicyDocument: {Statement: [{Effect: Allow, Action: <actions>, Resource: '*'}]}
  F: {Type: AWS::Lambda::Function, Properties: {Role: !GetAtt Role.Arn}}
""")

with_group = frame("""
Resources:
  Group: {Type: AWS::Logs::LogGroup}
  OtherGroup: {Type: AWS::Logs::LogGroup}
  Role:
    Type: AWS::IAM::Role
    Properties:
      ManagedPolicyArns: <arns=[]>
      Policies:
        - PolicyDocument:
            Statement:
              - {Effect: Allow, Action: [logs:CreateLogStream, logs:PutLogEvents], Resource: <resource>}
  F:
    Type: AWS::Lambda::Function
    Properties: {Role: !GetAtt Role.Arn, LoggingConfig: {LogGroup: !Ref Group}}
""")


GOOD = {
    "log, managed": logging_function(
        "s3:*", "[arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]"
    ),
    "log, own": logging_function("[logs:CreateLogStream, logs:PutLogEvents]"),
    "log, its group": with_group("!GetAtt Group.Arn"),
    "log, both groups": with_group("[!GetAtt OtherGroup.Arn, !GetAtt Group.Arn]"),
    "log, every group": with_group("'*'"),
    "log, a pattern": with_group("!Sub 'arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:*'"),
    "log, managed, with a group": with_group(
        "!GetAtt OtherGroup.Arn", "[arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]"
    ),
    "method of a function without a role": template("method")
    .replace("Credentials: !GetAtt Role.Arn, ", "")
    .replace("dynamodb:action/PutItem", "lambda:path/1/functions/${F.Arn}/invocations"),
    **{name: template(name) for name in NEEDS},
    "exact actions": template(
        "mapping", allow(", ".join(f"'{name}'" for name in READ_QUEUE.split()), "!GetAtt Queue.Arn")
    ),
    "managed policy": template("mapping", MANAGED),
    "policy that is not known": template("mapping", "ManagedPolicyArns: [!ImportValue policy]"),
    "role of another template": template("flow log", NOTHING).replace(
        "!GetAtt Role.Arn", "!ImportValue role"
    ),
    "one of two services": template("flow log", service="[a.amazonaws.com, vpc-flow-logs.amazonaws.com]"),
    "suffix": template("flow log", service="!Sub 'vpc-flow-logs.${AWS::URLSuffix}'"),
    "service of a parameter": template("flow log", service="!Ref AWS::StackName"),
    "key that allows its callers": template("environment", NOTHING).replace("Key.Arn", "Open.Arn"),
    "no traces": template("traces", NOTHING).replace("Active", "PassThrough"),
    "waits for its policy": template("dead letters", NOTHING, more=SEPARATE).replace(
        "User: {", "User: {DependsOn: Policy, "
    ),
    "not tried when it is created": template("flow log", NOTHING, more=SEPARATE),
    "proxy without secrets": template("proxy", NOTHING).replace("Auth:", "Other:"),
}

REQUIRED = {"method": "Integration"}


def roleless(name: str) -> tuple[str, ...]:
    """Return the row of a resource without the role that it requires."""
    *_, path, needed, _, effect = NEEDS[name]
    service, role = SERVICES[NEEDS[name][0].split(":")[0]], path.rpartition("/")[2]
    return (
        template(name).replace("!GetAtt Role.Arn", "!Ref AWS::NoValue"),
        f"Resources/User/Properties/{REQUIRED[name]}".rstrip("/"),
        f"{role} is missing: {effect}. Add a role that {service}.amazonaws.com can assume and that allows "
        f"{needed}.",
    )


BAD = {
    "log, nothing": (
        logging_function("s3:*"),
        "Resources/F/Properties/Role",
        "Role does not allow logs:CreateLogStream and logs:PutLogEvents: the function has no log. Allow it.",
    ),
    "log, one of two": (
        logging_function("logs:CreateLogStream"),
        "Resources/F/Properties/Role",
        "Role does not allow logs:PutLogEvents: the function has no log. Allow it.",
    ),
    "log, the group of another function": (
        with_group("!GetAtt OtherGroup.Arn"),
        "Resources/F/Properties/Role",
        "Role does not allow logs:CreateLogStream and logs:PutLogEvents on Group: the function "
        "has no log. Allow it.",
    ),
    "managed policy without its path": (
        """
  Role: {Type: AWS::IAM::Role,
      Properties: {ManagedPolicyArns: ['arn:aws:iam::aws:policy/AWSLambdaBasicExecutionRole']}}
""",
        "Resources/Role/Properties/ManagedPolicyArns/0",
        "ManagedPolicyArns has AWSLambdaBasicExecutionRole, which AWS has as "
        "service-role/AWSLambdaBasicExecutionRole: IAM refuses the role. Add the path.",
    ),
    **{f"{name}, no role": roleless(name) for name in REQUIRED},
    **{name: lacking(name, template(name, NOTHING)) for name in NEEDS},
    "another resource": lacking(
        "dead letters", template("dead letters", allow("'sqs:SendMessage'", "!GetAtt Coded.Arn"))
    ),
    "denied": lacking("flow log", template("flow log", ALL.replace("Allow", "Deny"))),
    "another branch": lacking(
        "dead letters",
        template("dead letters", NOTHING).replace(
            "!GetAtt Queue.Arn", "!If [Odd, !GetAtt Queue.Arn, !ImportValue queue]"
        ),
        " when Odd is true",
    ),
    "key of the queue": lacking(
        "mapping",
        template("mapping", MANAGED).replace(
            "EventSourceArn: !GetAtt Queue", "EventSourceArn: !GetAtt Coded"
        ),
        on="Key",
        actions="kms:Decrypt",
    ),
    "policy that comes later": (
        template("dead letters", NOTHING, more=SEPARATE),
        "Resources/User/Properties/Role",
        "Policy allows Role sqs:SendMessage on Queue, and the resource does not wait for it: Lambda "
        "refuses the function "
        "if it is created first. Add DependsOn: Policy.",
    ),
    **{
        f"{name}, another service": distrusted(name, service, template(name, service="a.amazonaws.com"))
        for name, service in (
            ("dead letters", "lambda"),
            ("flow log", "vpc-flow-logs"),
            ("method", "apigateway"),
            ("monitoring", "monitoring.rds"),
        )
    },
}
