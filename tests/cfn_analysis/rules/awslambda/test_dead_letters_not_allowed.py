"""Good and broken dead-letter queues."""

from ..harness import frame, row

HEAD = """
Parameters:
  Any: {Type: String}
Resources:
  Queue: {Type: AWS::SQS::Queue}
  Other: {Type: AWS::SQS::Queue}
  Topic: {Type: AWS::SNS::Topic}
"""

SEND = "{Effect: Allow, Action: 'sqs:SendMessage', Resource: !GetAtt Queue.Arn}"
QUEUE = "{TargetArn: !GetAtt Queue.Arn}"

MISSING = (
    "TargetArn is {target}{when}, but the role Role does not allow {action} on it: Lambda refuses to create "
    "the function. Allow {action} on {target} in a statement of the role."
)

MISSING_SEND = MISSING.format(target="Queue", action="sqs:SendMessage", when="{when}")

LATE = (
    "TargetArn is Queue, and Policy allows sqs:SendMessage on it, but the function does not wait for that "
    "policy: Lambda refuses the function if it comes first. Add DependsOn: Policy, or move the statement "
    "into the role Role."
)


def inline(*statements: str) -> str:
    """Return the property of a role with these statements."""
    return f"Policies: [{{PolicyName: a, PolicyDocument: {{Statement: [{', '.join(statements)}]}}}}]"


function = frame(
    f"{HEAD}  Role: {{Type: AWS::IAM::Role, Properties: {{<role>}}}}\n"
    "  Function: {Type: AWS::Lambda::Function, <attributes=> Properties: {Role: <role_arn=!GetAtt Role.Arn>, "
    f"DeadLetterConfig: <dead_letters={QUEUE}>}}}}\n<more=>"
)

policy = frame(
    "  Policy: {Type: AWS::IAM::<kind=Policy>, <attributes=> "
    f"Properties: {{<holder=Roles: [!Ref Role]>, PolicyDocument: {{Statement: {SEND}}}}}}}\n"
)

case = row("<text>", "Resources/Function/Properties/DeadLetterConfig", "<message>")

GOOD = {
    "inline": function(inline(SEND)),
    "wildcards": function(inline("{Effect: Allow, Action: ['sqs:*'], Resource: '*'}")),
    "Sub": function(inline("{Effect: Allow, Action: 'SQS:Send*', Resource: !Sub '${Queue.Arn}'}")),
    "resource that is not known": function(
        inline("{Effect: Allow, Action: 'sqs:SendMessage', Resource: !Ref Any}")
    ),
    "topic": (
        function(
            inline("{Effect: Allow, Action: 'sns:Publish', Resource: !Ref Topic}"),
            dead_letters="{TargetArn: !Ref Topic}",
        )
    ),
    "policy that is waited for": function("", more=policy(), attributes="DependsOn: Policy,"),
    "role policy": function(
        "", more=policy("RolePolicy", holder="RoleName: !Ref Role"), attributes="DependsOn: [Policy],"
    ),
    "managed policy of the template, which the role refers to": function(
        "ManagedPolicyArns: [!Ref Policy]", more=policy("ManagedPolicy", holder="Path: /")
    ),
    "managed policy that is not known": function(
        "ManagedPolicyArns: ['arn:aws:iam::aws:policy/AmazonSQSFullAccess']"
    ),
    "role of another template": function("", role_arn="!ImportValue role"),
    "queue of another template": function("", dead_letters="{TargetArn: !ImportValue queue}"),
    "no dead letters": function("", dead_letters="!Ref AWS::NoValue"),
    "both branches": (
        function(
            inline(f"!If [Prod, {SEND}, !Ref AWS::NoValue]"),
            dead_letters=f"!If [Prod, {QUEUE}, !Ref AWS::NoValue]",
        )
    ),
}

BAD = {
    "no statement": case(function(""), MISSING_SEND.format(when="")),
    "AWS's policy for functions": case(
        (
            function(
                "ManagedPolicyArns: [!Sub 'arn:${AWS::Partition}:iam::aws:policy/service-role/"
                "AWSLambdaVPCAccessExecutionRole']"
            )
        ),
        MISSING_SEND.format(when=""),
    ),
    "another action": case(
        function(inline("{Effect: Allow, Action: 'sqs:ReceiveMessage', Resource: '*'}")),
        MISSING_SEND.format(when=""),
    ),
    "another queue": case(
        function(inline("{Effect: Allow, Action: 'sqs:SendMessage', Resource: !GetAtt Other.Arn}")),
        MISSING_SEND.format(when=""),
    ),
    "another service": case(
        function(inline("{Effect: Allow, Action: '*', Resource: 'arn:aws:s3:::bucket'}")),
        MISSING_SEND.format(when=""),
    ),
    "denied": case(function(inline(SEND.replace("Allow", "Deny"))), MISSING_SEND.format(when="")),
    "target by Sub": case(
        function("", dead_letters="{TargetArn: !Sub '${Queue.Arn}'}"), MISSING_SEND.format(when="")
    ),
    "allowed in one branch": case(
        function(inline(f"!If [Prod, {SEND}, !Ref AWS::NoValue]")),
        MISSING_SEND.format(when=" when Prod is false"),
    ),
    "dead letters in one branch": case(
        function("", dead_letters=f"!If [Prod, !Ref AWS::NoValue, {QUEUE}]"),
        MISSING_SEND.format(when=" when Prod is false"),
    ),
    "policy with a condition": case(
        function("", more=policy(attributes="Condition: Prod,"), attributes="DependsOn: Policy,"),
        MISSING_SEND.format(when=" when Prod is false"),
    ),
    "topic": case(
        function(inline(SEND), dead_letters="{TargetArn: !Ref Topic}"),
        MISSING.format(target="Topic", action="sns:Publish", when=""),
    ),
    "policy that is not waited for": case(function("", more=policy()), LATE),
}
