"""Records of distributions."""

from ..harness import frame, row

template = frame("""
Parameters:
  Domain: {Type: String}
Resources:
  Site: {Type: AWS::CloudFront::Distribution, Properties: {DistributionConfig: {<aliases>}}}
  Record:
    Type: AWS::Route53::RecordSet
    Properties: {Name: <name=www.example.com.>, AliasTarget: {DNSName: <target=!GetAtt Site.DomainName>}}
""")

case = row(
    "<text>",
    "Resources/Record/Properties/Name",
    "Name is www.example.com. and is an alias for Site, whose Aliases <found>: CloudFront answers 403. "
    "Add the name to Aliases.",
)

GOOD = {
    "known": template("Aliases: [www.example.com]"),
    "wildcard": template("Aliases: ['*.example.com']"),
    "imported": template("Aliases: [!ImportValue name]"),
    "another target": template("Comment: a", target="a.cloudfront.net"),
    "maybe": template("Aliases: [!Sub 'www.${Domain}']"),
}

BAD = {
    "no names": case(template("Comment: a"), "is empty"),
    "another": case(template("Aliases: [example.com]"), "has only example.com"),
    "made of a parameter": (
        template("Aliases: [!Sub 'app.${Domain}']", "!Sub 'www.${Domain}'"),
        "Resources/Record/Properties/Name",
        "Name is www.${Domain} and is an alias for Site, whose Aliases has only app.${Domain}: "
        "CloudFront answers 403. Add the name to Aliases.",
    ),
}
