"""Policies with NotPrincipal."""

from ..harness import frame

policy = frame(
    "  One:\n    Type: AWS::S3::BucketPolicy\n    Properties:\n      Bucket: b\n"
    "      PolicyDocument: {Statement: [{Action: s3:GetObject, Resource: '*', <statement>}]}\n"
)

GOOD = {
    "principal": policy("Effect: Allow, Principal: {AWS: !Ref AWS::AccountId}"),
    "denied": policy("Effect: Deny, NotPrincipal: {AWS: !Ref AWS::AccountId}"),
}

BAD = {
    "allowed": (
        policy("Effect: Allow, NotPrincipal: {AWS: !Ref AWS::AccountId}"),
        "Resources/One/Properties/PolicyDocument/Statement/0/NotPrincipal",
        "NotPrincipal with Effect: Allow allows everyone except those in it, also anonymous "
        "callers. Write Principal, or Effect: Deny.",
    ),
}
