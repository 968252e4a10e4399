"""Web ACLs of distributions."""

from ..harness import frame

template = frame("""
  Acl: {Type: AWS::WAFv2::WebACL, Properties: {Scope: <scope=CLOUDFRONT>}}
  Site: {Type: AWS::CloudFront::Distribution, Properties: {DistributionConfig: {WebACLId: <value>}}}
""")

PATH = "Resources/Site/Properties/DistributionConfig/WebACLId"

GOOD = {
    "ARN": template("!GetAtt Acl.Arn"),
    "another template": template("!ImportValue acl"),
}

BAD = {
    "Ref": (
        template("!Ref Acl"),
        "WebACLId is Acl, and WebACLId is not its ARN. Write GetAtt Acl.Arn.",
    ),
    "ID": (
        template("!GetAtt Acl.Id"),
        "WebACLId is Acl, and WebACLId is not its ARN. Write GetAtt Acl.Arn.",
    ),
    "scope": (
        template("!GetAtt Acl.Arn", "REGIONAL"),
        "WebACLId is Acl, and its Scope is REGIONAL. A distribution needs CLOUDFRONT.",
    ),
}
