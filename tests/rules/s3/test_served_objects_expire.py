"""Lifecycles of what is served."""

GOOD = {
    "old versions": """
Resources:
  Bucket:
    Type: AWS::S3::Bucket
    Properties:
      LifecycleConfiguration:
        Rules:
          - {Status: Enabled, NoncurrentVersionExpiration: {NoncurrentDays: 30}}
          - {Status: Enabled, ExpirationInDays: 7, Prefix: previews/}
          - {Status: Disabled, ExpirationInDays: 7}
  Site:
    Type: AWS::CloudFront::Distribution
    Properties:
      DistributionConfig:
        Origins:
          - Id: site
            DomainName: !GetAtt Bucket.RegionalDomainName
""",
    "not served": """
Resources:
  Bucket:
    Type: AWS::S3::Bucket
    Properties:
      LifecycleConfiguration:
        Rules:
          - {Status: Enabled, ExpirationInDays: 7}
""",
}

BAD = {
    "site": (
        """
Resources:
  Bucket:
    Type: AWS::S3::Bucket
    Properties:
      LifecycleConfiguration:
        Rules:
          - {Status: Enabled, ExpirationInDays: 90}
  Site:
    Type: AWS::CloudFront::Distribution
    Properties:
      DistributionConfig:
        Origins:
          - Id: site
            DomainName: !GetAtt Bucket.RegionalDomainName
""",
        "Resources/Bucket/Properties/LifecycleConfiguration/Rules/0/ExpirationInDays",
        "ExpirationInDays is 90 for all objects of a bucket that Site serves: they are "
        "deleted that many days after their upload. Add a Prefix, or expire only old "
        "versions.",
    ),
    "website": (
        """
Resources:
  Bucket:
    Type: AWS::S3::Bucket
    Properties:
      WebsiteConfiguration: {IndexDocument: index.html}
      LifecycleConfiguration:
        Rules:
          - {Status: Enabled, ExpirationInDays: 30}
""",
        "Resources/Bucket/Properties/LifecycleConfiguration/Rules/0/ExpirationInDays",
        "ExpirationInDays is 30 for all objects of a bucket that its website serves: they "
        "are deleted that many days after their upload. Add a Prefix, or expire only old "
        "versions.",
    ),
}
