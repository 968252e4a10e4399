"""Associations of web ACLs."""

from ..harness import frame

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

GOOD = {
    "regional": association("REGIONAL"),
    "either": association("!Ref Scope"),
}

BAD = {
    "CloudFront": (
        association("CLOUDFRONT"),
        "Resources/One/Properties/WebACLArn",
        "WebACLArn is Acl, whose Scope is CLOUDFRONT: WAF refuses the association. Set WebACLId "
        "of the distribution instead.",
    ),
    "one case": (
        association("!If [HasSite, CLOUDFRONT, REGIONAL]"),
        "Resources/One/Properties/WebACLArn",
        "WebACLArn is Acl when HasSite is true, whose Scope is CLOUDFRONT: WAF refuses the association. Set "
        "WebACLId of the distribution instead.",
    ),
    "distribution": (
        association("REGIONAL", "!Sub 'arn:aws:cloudfront::${AWS::AccountId}:distribution/${Distribution}'"),
        "Resources/One/Properties/ResourceArn",
        "ResourceArn is a distribution: set its WebACLId instead, WAF refuses the association.",
    ),
}
