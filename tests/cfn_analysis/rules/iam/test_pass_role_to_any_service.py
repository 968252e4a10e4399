"""Policies with iam:PassRole."""

from ..harness import frame

policy = frame(
    "  One:\n    Type: AWS::IAM::ManagedPolicy\n    Properties:\n"
    "      PolicyDocument: {Statement: [{Effect: Allow, <statement>}]}\n"
)

GOOD = {
    "role": policy("Action: iam:PassRole, Resource: 'arn:aws:iam::1:role/a'"),
    "service": policy(
        "Action: iam:PassRole, Resource: '*', Condition: {StringEquals: {iam:PassedToService: "
        "ec2.amazonaws.com}}"
    ),
    "administrator": policy("Action: '*', Resource: '*'"),
}

BAD = {
    "any": (
        policy("Action: [ec2:RunInstances, iam:PassRole], Resource: '*'"),
        "Resources/One/Properties/PolicyDocument/Statement/0/Resource",
        "iam:PassRole is allowed on '*', to any service: name the roles, or add a condition on "
        "iam:PassedToService.",
    ),
}
