"""Policies with NotAction."""

from ..harness import frame

policy = frame(
    "  One:\n    Type: AWS::IAM::ManagedPolicy\n    Properties:\n"
    "      PolicyDocument: {Statement: [{<statement>}]}\n"
)

GOOD = {
    "action": policy("Effect: Allow, Action: s3:*, Resource: '*'"),
    "denied": policy("Effect: Deny, NotAction: iam:*, Resource: '*'"),
    "narrowed": policy(
        "Effect: Allow, NotAction: iam:*, Resource: '*', Condition: {Bool: {aws:MultiFactorAuthPresent: "
        "true}}"
    ),
}

BAD = {
    "allowed": (
        policy("Effect: Allow, NotAction: iam:*, Resource: '*'"),
        "Resources/One/Properties/PolicyDocument/Statement/0/NotAction",
        "NotAction with Effect: Allow and Resource '*' allows every other action of every "
        "service. Write Action, or Effect: Deny.",
    ),
}
