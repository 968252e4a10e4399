"""Statements that allow more than their author sees."""

from ..harness import frame

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

GOOD = {**GOOD_ACTION, **GOOD_PASS}
BAD = {**BAD_ACTION, **BAD_PASS}
