"""Conditions of policies."""

from ..harness import frame

policy = frame("""
  One:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Statement: {Effect: Allow, Action: s3:ListBucket, Resource: '*', Condition: <condition>}
""")

GOOD = {
    "like": policy("{StringLike: {s3:prefix: 'home/*'}}"),
    "exact": policy("{StringEquals: {s3:prefix: [home, '']}}"),
    "arn": policy("{ArnEquals: {aws:SourceArn: 'arn:aws:s3:::a-*'}}"),
    "function": policy("{StringEquals: {s3:prefix: !ImportValue prefix}}"),
}

BAD = {
    "equals": (
        policy("{StringEquals: {s3:prefix: 'home/*'}}"),
        "Resources/One/Properties/PolicyDocument/Statement/Condition/StringEquals/s3:prefix",
        'StringEquals compares s3:prefix with "home/*" exactly: the wildcard matches '
        "only itself. Use StringLike.",
    ),
    "one of a list": (
        policy("{StringNotEquals: {s3:prefix: [a, 'home/?']}}"),
        "Resources/One/Properties/PolicyDocument/Statement/Condition/StringNotEquals/s3:prefix",
        'StringNotEquals compares s3:prefix with "home/?" exactly: the wildcard matches '
        "only itself. Use StringNotLike.",
    ),
    "Sub": (
        policy("{'ForAnyValue:StringEqualsIfExists': {s3:prefix: !Sub '${AWS::AccountId}/*'}}"),
        "Resources/One/Properties/PolicyDocument/Statement/Condition/ForAnyValue:StringEqualsIfExists/s3:prefix",
        'ForAnyValue:StringEqualsIfExists compares s3:prefix with "${AWS::AccountId}/*" exactly: '
        "the wildcard matches only itself. Use StringLikeIfExists.",
    ),
}
