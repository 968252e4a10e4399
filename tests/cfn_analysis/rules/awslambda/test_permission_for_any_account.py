"""Permissions to call a function."""

from ..harness import frame

permission = frame("""
  Permission:
    Type: AWS::Lambda::Permission
    Properties: {FunctionName: own, Action: lambda:InvokeFunction, Principal: <service><more=>}
""")

GOOD = {
    "API": permission(
        "apigateway.amazonaws.com",
        ", SourceArn: !Sub 'arn:aws:execute-api:${AWS::Region}:${AWS::AccountId}:a/*'",
    ),
    "bucket of the account": permission(
        "s3.amazonaws.com", ", SourceArn: 'arn:aws:s3:::own', SourceAccount: !Ref AWS::AccountId"
    ),
    "account": permission("'123456789012'"),
    "Alexa": permission("alexa-appkit.amazon.com"),
}

BAD = {
    "any API": (
        permission("apigateway.amazonaws.com"),
        "Resources/Permission/Properties",
        "apigateway can call the function for any account. Add SourceArn, or SourceAccount.",
    ),
    "any topic": (
        permission("sns.amazonaws.com"),
        "Resources/Permission/Properties",
        "sns can call the function for any account. Add SourceArn.",
    ),
    "logs of a region": (
        permission("logs.ap-northeast-1.amazonaws.com"),
        "Resources/Permission/Properties",
        "logs can call the function for any account. Add SourceArn, or SourceAccount.",
    ),
    "bucket of anyone": (
        permission("s3.amazonaws.com", ", SourceArn: 'arn:aws:s3:::own'"),
        "Resources/Permission/Properties/SourceArn",
        "SourceArn of a bucket has no account, and another account can own the bucket later. Add "
        "SourceAccount: !Ref AWS::AccountId.",
    ),
}
