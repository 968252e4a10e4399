"""Public bucket policies."""

from ..harness import frame

template = frame("""
Parameters:
  Public: {Type: String}
Resources:
  Bucket: {Type: AWS::S3::Bucket,
      Properties: {PublicAccessBlockConfiguration: {<block=BlockPublicPolicy: true>}}}
  Policy:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Ref Bucket
      PolicyDocument: {Statement: [<statement>]}
""")

ANYONE = "{Effect: Allow, Principal: '*', Action: s3:GetObject, Resource: !Sub '${Bucket.Arn}/*'}"


GOOD = {
    "service": template(
        "{Effect: Allow, Principal: {Service: cloudfront.amazonaws.com}, Action: s3:GetObject}"
    ),
    "public": template(ANYONE, "BlockPublicPolicy: false"),
    "narrowed": template(
        ANYONE.replace("Action", "Condition: {StringEquals: {aws:SourceVpce: vpce-1}}, Action")
    ),
    "never both": template(
        f"!If [IsPublic, {ANYONE}, !Ref AWS::NoValue]", "BlockPublicPolicy: !If [IsPublic, false, true]"
    ),
}

BAD = {
    "blocked": (
        template(ANYONE),
        "Resources/Policy/Properties/PolicyDocument",
        "PolicyDocument allows anyone, but Bucket has BlockPublicPolicy: true: S3 refuses the "
        "policy. Specify a principal, or add a condition.",
    ),
    "blocked if public": (
        template(
            f"!If [IsPublic, {ANYONE}, !Ref AWS::NoValue]", "BlockPublicPolicy: !If [IsPublic, true, false]"
        ),
        "Resources/Policy/Properties/PolicyDocument",
        "PolicyDocument allows anyone, but Bucket has BlockPublicPolicy: true when IsPublic is "
        "true: S3 refuses the policy. Specify a principal, or add a condition.",
    ),
}
