"""Certificates of a distribution."""

from ..harness import frame, row

US = "'arn:aws:acm:us-east-1:123456789012:certificate/a'"
EU = "'arn:aws:acm:eu-west-1:123456789012:certificate/a'"

distribution = frame("""
Parameters:
  Arn: {Type: String, Default: "arn:aws:acm:eu-west-1:123456789012:certificate/a"}
  Empty: {Type: String, Default: ""}
Conditions:
  InUsEast1: !Equals [!Ref AWS::Region, us-east-1]
Resources:
  Own: {Type: AWS::CertificateManager::Certificate}
  Site: {Type: AWS::CloudFront::Distribution,
      <attributes=> Properties: {DistributionConfig: {ViewerCertificate: {AcmCertificateArn: <arn>}}}}
""")

case = row(
    distribution("<arn>"),
    "Resources/Site/Properties/DistributionConfig/ViewerCertificate/AcmCertificateArn",
    "AcmCertificateArn is <shown>, a certificate of <region>: CloudFront accepts only "
    "certificates of us-east-1. Create it there and give its ARN.",
)

GOOD = {
    "us-east-1": distribution(US),
    "stack of us-east-1": (distribution("!Ref Own"), {"regions": ["us-east-1"]}),
    "condition on the region": (
        distribution("!Ref Own", "Condition: InUsEast1,"),
        {"regions": ["us-east-1", "eu-west-1"]},
    ),
    "empty default": distribution("!Ref Empty"),
    "only AWS knows": distribution("!ImportValue arn"),
    "none": distribution("!Ref AWS::NoValue"),
    "both branches": distribution(f"!If [Named, {US}, !Ref Empty]"),
    "China": (
        distribution("'arn:aws-cn:acm:cn-north-1:123456789012:certificate/a'"),
        {"regions": ["cn-north-1"]},
    ),
    "pattern": distribution("!Ref Any").replace(
        "Parameters:\n",
        "Parameters:\n  Any: {Type: String, AllowedPattern: '(arn:aws:acm:us-east-1:[0-9]+:.*)?'}\n",
    ),
    "pattern without a region": distribution("!Ref Any").replace(
        "Parameters:\n", "Parameters:\n  Any: {Type: String, AllowedPattern: 'arn:.*'}\n"
    ),
}

BAD = {
    "literal": case(EU, '"arn:aws:acm:eu-west-1:123456789012:certificate/a"', "eu-west-1"),
    "parameter default": case("!Ref Arn", '{"Ref": "Arn"}', "eu-west-1"),
    "Sub": case(
        "!Sub 'arn:aws:acm:${AWS::Region}:${AWS::AccountId}:certificate/a'",
        '{"Fn::Sub": "arn:aws:acm:${AWS::Region}:${AWS::AccountId}:certificate/a"}',
        "ap-northeast-1",
    ),
    "certificate of the stack": case("!Ref Own", '{"Ref": "Own"}', "ap-northeast-1"),
    "one branch": case(
        f"!If [Named, {US}, {EU}]",
        '"arn:aws:acm:eu-west-1:123456789012:certificate/a" when Named is false',
        "eu-west-1",
    ),
    "pattern of another region": (
        distribution("!Ref Any").replace(
            "Parameters:\n",
            "Parameters:\n  Any: {Type: String, AllowedPattern: '(arn:aws:acm:eu-west-1:[0-9]+:.*)?'}\n",
        ),
        "Resources/Site/Properties/DistributionConfig/ViewerCertificate/AcmCertificateArn",
        'AcmCertificateArn is {"Ref": "Any"}, and AllowedPattern of Any allows no certificate '
        "of us-east-1, the only ones that CloudFront accepts. Correct it.",
    ),
}
