"""Services in policies."""

from ..harness import frame, row

role = frame(
    "  One:\n    Type: AWS::IAM::Role\n    Properties:\n      AssumeRolePolicyDocument:\n"
    "        Statement: {Effect: Allow, Action: sts:AssumeRole, Principal: {Service: <service>}}\n"
)

case = row(
    "<text>",
    "Resources/One/Properties/AssumeRolePolicyDocument/Statement/Principal/Service",
    "Principal contains the service <found>, which AWS does not have. Did you mean lambda.amazonaws.com?",
)

GOOD = {
    "known": role("[lambda.amazonaws.com, ecs-tasks.amazonaws.com]"),
    "regional": role("!Sub 'logs.${AWS::Region}.amazonaws.com'"),
    "suffix": role("!Sub 'ec2.${AWS::URLSuffix}'"),
    "China": role("ec2.amazonaws.com.cn"),
    "Alexa": role("alexa-appkit.amazon.com"),
    "newer than the list": role("something-new.amazonaws.com"),
}

BAD = {
    "misspelt": case(role("lamda.amazonaws.com"), "lamda.amazonaws.com"),
    "domain": case(role("lambda.amazon.com"), "lambda.amazon.com"),
    "misspelt domain": case(role("lambda.amazonaws.con"), "lambda.amazonaws.con"),
    "another name": (
        role("[ec2.amazonaws.com, stepfunctions.amazonaws.com]"),
        "Resources/One/Properties/AssumeRolePolicyDocument/Statement/Principal/Service",
        "Principal contains the service stepfunctions.amazonaws.com, which AWS does not have. Did "
        "you mean states.amazonaws.com?",
    ),
}
