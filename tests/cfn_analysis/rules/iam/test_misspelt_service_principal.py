"""Services in policies."""

from ..harness import frame

role = frame(
    "  One:\n    Type: AWS::IAM::Role\n    Properties:\n      AssumeRolePolicyDocument:\n"
    "        Statement: {Effect: Allow, Action: sts:AssumeRole, Principal: {Service: <service>}}\n"
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
    "misspelt": (
        role("lamda.amazonaws.com"),
        "Resources/One/Properties/AssumeRolePolicyDocument/Statement/Principal/Service",
        "Principal contains the service lamda.amazonaws.com, which AWS does not have. Did you mean "
        "lambda.amazonaws.com?",
    ),
    "domain": (
        role("lambda.amazon.com"),
        "Resources/One/Properties/AssumeRolePolicyDocument/Statement/Principal/Service",
        "Principal contains the service lambda.amazon.com, which AWS does not have. Did you mean "
        "lambda.amazonaws.com?",
    ),
    "misspelt domain": (
        role("lambda.amazonaws.con"),
        "Resources/One/Properties/AssumeRolePolicyDocument/Statement/Principal/Service",
        "Principal contains the service lambda.amazonaws.con, which AWS does not have. Did you mean "
        "lambda.amazonaws.com?",
    ),
    "another name": (
        role("[ec2.amazonaws.com, stepfunctions.amazonaws.com]"),
        "Resources/One/Properties/AssumeRolePolicyDocument/Statement/Principal/Service",
        "Principal contains the service stepfunctions.amazonaws.com, which AWS does not have. Did "
        "you mean states.amazonaws.com?",
    ),
}
