"""Statements that allow more than their author sees."""

from ..harness import frame, row

policy_action = frame(
    "  One:\n    Type: AWS::IAM::ManagedPolicy\n    Properties:\n"
    "      PolicyDocument: {Statement: [{<statement>}]}\n"
)

GOOD_ACTION = {
    "action": policy_action("Effect: Allow, Action: s3:*, Resource: '*'"),
    "denied": policy_action("Effect: Deny, NotAction: iam:*, Resource: '*'"),
    "narrowed": policy_action(
        "Effect: Allow, NotAction: iam:*, Resource: '*', Condition: {Bool: {aws:MultiFactorAuthPresent: "
        "true}}"
    ),
}

BAD_ACTION = {
    "allowed": (
        policy_action("Effect: Allow, NotAction: iam:*, Resource: '*'"),
        "Resources/One/Properties/PolicyDocument/Statement/0/NotAction",
        "NotAction with Effect: Allow and Resource '*' allows every other action of every "
        "service. Write Action, or Effect: Deny.",
    ),
}

policy_pass = frame(
    "  One:\n    Type: AWS::IAM::ManagedPolicy\n    Properties:\n"
    "      PolicyDocument: {Statement: [{Effect: Allow, <statement>}]}\n"
)

GOOD_PASS = {
    "role": policy_pass("Action: iam:PassRole, Resource: 'arn:aws:iam::1:role/a'"),
    "service": policy_pass(
        "Action: iam:PassRole, Resource: '*', Condition: {StringEquals: {iam:PassedToService: "
        "ec2.amazonaws.com}}"
    ),
    "administrator": policy_pass("Action: '*', Resource: '*'"),
}

BAD_PASS = {
    "any": (
        policy_pass("Action: [ec2:RunInstances, iam:PassRole], Resource: '*'"),
        "Resources/One/Properties/PolicyDocument/Statement/0/Resource",
        "iam:PassRole is allowed on '*', to any service: name the roles, or add a condition on "
        "iam:PassedToService.",
    ),
}

queue_open = frame("""
  Policy:
    Type: AWS::SQS::QueuePolicy
    Properties: {PolicyDocument: {Statement: [{<statement>}]}}
""")

case_open = row(
    "<text>",
    "Resources/Policy/Properties/PolicyDocument/Statement/0/Principal",
    "Principal is '*' and there is no Condition: anyone can do this, from any account. Specify an "
    "account or a service, or add a condition.",
)

GOOD_OPEN = {
    "service": queue_open("Effect: Allow, Principal: {Service: sns.amazonaws.com}, Action: sqs:SendMessage"),
    "condition": queue_open(
        "Effect: Allow, Principal: '*', Condition: {ArnEquals: {aws:SourceArn: !Ref A}}"
    ).replace("!Ref A", "'arn:aws:sns:a:1:b'"),
    "deny": queue_open("Effect: Deny, Principal: '*', Action: sqs:SendMessage"),
}

BAD_OPEN = {
    "anyone": case_open(queue_open("Effect: Allow, Principal: '*', Action: sqs:SendMessage")),
    "any account": case_open(queue_open("Effect: Allow, Principal: {AWS: '*'}, Action: sqs:SendMessage")),
}

GOOD = {**GOOD_ACTION, **GOOD_PASS, **GOOD_OPEN}
BAD = {**BAD_ACTION, **BAD_PASS, **BAD_OPEN}
