"""Policies about TLS."""

from ..harness import frame

policy = frame("""
  One:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: b
      PolicyDocument:
        Statement:
          - Effect: <effect>
            Action: s3:*
            Principal: '*'
            Resource: arn:aws:s3:::b/*
            Condition: {<operator=Bool>: {aws:SecureTransport: <value>}<more=>}
""")

GOOD = {
    "plain HTTP is denied": policy("Deny", "'false'"),
    "HTTPS is allowed": policy("Allow", "true"),
    "old versions of TLS are denied": policy("Deny", "true", more=", NumericLessThan: {s3:TlsVersion: 1.2}"),
    "function": policy("Deny", "!ImportValue tls"),
}

BAD = {
    "HTTPS is denied": (
        policy("Deny", "'true'"),
        "Resources/One/Properties/PolicyDocument/Statement/0/Condition/Bool/aws:SecureTransport",
        "Deny applies if aws:SecureTransport is true: requests over HTTPS are refused and plain "
        "HTTP is not. Deny where it is false.",
    ),
    "plain HTTP is allowed": (
        policy("Allow", "false", "BoolIfExists"),
        "Resources/One/Properties/PolicyDocument/Statement/0/Condition/BoolIfExists/aws:SecureTransport",
        "Allow applies if aws:SecureTransport is false: requests over HTTPS are refused and plain "
        "HTTP is not. Deny where it is false.",
    ),
}
