"""Lifecycles of what is served."""

from ..harness import row

SITE = """
  Site:
    Type: AWS::CloudFront::Distribution
    Properties:
      DistributionConfig:
        Origins:
          - Id: site
            DomainName: !GetAtt Bucket.RegionalDomainName
"""


def bucket(*rules: str, more: str = "") -> str:
    """Return a template with a bucket of these lifecycle rules."""
    return (
        f"  Bucket: {{Type: AWS::S3::Bucket, Properties: {{{more}"
        f"LifecycleConfiguration: {{Rules: [{', '.join(rules)}]}}}}}}\n"
    )


case = row(
    "<text>",
    "Resources/Bucket/Properties/LifecycleConfiguration/Rules/0/ExpirationInDays",
    "ExpirationInDays is <days> for all objects of a bucket that <server> serves: they are deleted that "
    "many days after their upload. Add a Prefix, or expire only old versions.",
)

GOOD = {
    "old versions": bucket(
        "{Status: Enabled, NoncurrentVersionExpiration: {NoncurrentDays: 30}}",
        "{Status: Enabled, ExpirationInDays: 7, Prefix: previews/}",
        "{Status: Disabled, ExpirationInDays: 7}",
    )
    + SITE,
    "not served": bucket("{Status: Enabled, ExpirationInDays: 7}"),
}

BAD = {
    "site": case(bucket("{Status: Enabled, ExpirationInDays: 90}") + SITE, 90, "Site"),
    "website": case(
        bucket(
            "{Status: Enabled, ExpirationInDays: 30}",
            more="WebsiteConfiguration: {IndexDocument: index.html}, ",
        ),
        30,
        "its website",
    ),
}
