"""Associations of web ACLs."""

from ..harness import frame, row

association = frame("""
Parameters:
  Scope: {Type: String, Default: CLOUDFRONT, AllowedValues: [CLOUDFRONT, REGIONAL]}
  Site: {Type: String}
Conditions: {HasSite: !Equals [!Ref Site, "true"]}
Resources:
  Acl: {Type: AWS::WAFv2::WebACL, Properties: {Scope: <scope>}}
  Distribution: {Type: AWS::CloudFront::Distribution}
  One: {Type: AWS::WAFv2::WebACLAssociation, Properties: {WebACLArn: !GetAtt Acl.Arn, ResourceArn: <arn=a>}}
""")

case = row(
    "<text>",
    "Resources/One/Properties/WebACLArn",
    "WebACLArn is <found>, whose Scope is CLOUDFRONT: WAF refuses the association. Set WebACLId of the "
    "distribution instead.",
)

GOOD = {
    "regional": association("REGIONAL"),
    "either": association("!Ref Scope"),
}

BAD = {
    "CloudFront": case(association("CLOUDFRONT"), "Acl"),
    "one case": case(association("!If [HasSite, CLOUDFRONT, REGIONAL]"), "Acl when HasSite is true"),
    "distribution": (
        association("REGIONAL", "!Sub 'arn:aws:cloudfront::${AWS::AccountId}:distribution/${Distribution}'"),
        "Resources/One/Properties/ResourceArn",
        "ResourceArn is a distribution: set its WebACLId instead, WAF refuses the association.",
    ),
}
