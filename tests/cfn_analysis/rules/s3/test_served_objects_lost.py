"""Lifecycle rules of buckets that are served, and of others."""

from ..harness import frame, row

HEAD = """
Parameters:
  Class: {Type: String, Default: GLACIER}
Resources:
"""

SITE = "WebsiteConfiguration: {IndexDocument: index.html}"


def bucket(rule: str, properties: str = SITE, domain: str = "example.com", attributes: str = "") -> str:
    """Return a template with a bucket with one lifecycle rule, and a distribution with one origin."""
    return (
        f"{HEAD}  Site: {{Type: AWS::S3::Bucket, {attributes} Properties: {{{properties}, "
        f"LifecycleConfiguration: {{Rules: [{{Id: a, {rule}}}]}}}}}}\n"
        "  Edge: {Type: AWS::CloudFront::Distribution, Properties: {DistributionConfig: {Origins: [{"
        f"Id: site, DomainName: {domain}}}]}}}}}}\n"
    )


move = frame("Status: <status=Enabled>, Transitions: [{StorageClass: <storage_class>, TransitionInDays: 90}]")

message = frame(
    'StorageClass is "<storage_class>" for the current objects of a bucket that '
    "<reader=its website> serves: once "
    "they are moved there, S3 refuses to read them. Use NoncurrentVersionTransitions, or a class that "
    "can be read at once, such as STANDARD_IA."
)

case = row(
    "<text>",
    "Resources/Site/Properties/LifecycleConfiguration/Rules/0/Transitions/0/StorageClass",
    "StorageClass is <found> for the current objects of a bucket that <rest> serves: once they are "
    "moved there, S3 refuses to read them. Use NoncurrentVersionTransitions, or a class that can be "
    "read at once, such as STANDARD_IA.",
)

expired = row(
    "<text>",
    "Resources/Site/Properties/LifecycleConfiguration/Rules/0/ExpirationInDays",
    "ExpirationInDays is <days> for all objects of a bucket that <reader> serves: they are deleted that many "
    "days after their upload. Add a Prefix, or expire only old versions.",
)

GOOD = {
    "old versions expire": bucket(
        "Status: Enabled, NoncurrentVersionExpiration: {NoncurrentDays: 30}}, "
        "{Status: Enabled, ExpirationInDays: 7, Prefix: previews/}, {Status: Disabled, ExpirationInDays: 7"
    ),
    "objects that are not served expire": bucket("Status: Enabled, ExpirationInDays: 7", "BucketName: logs"),
    "class that can be read": bucket(move("STANDARD_IA")),
    "instant retrieval": bucket(move("GLACIER_IR")),
    "old versions": bucket(
        "Status: Enabled, NoncurrentVersionTransitions: [{StorageClass: GLACIER, TransitionInDays: 9}]"
    ),
    "bucket that is not served": bucket(move("GLACIER"), "BucketName: logs"),
    "disabled": bucket(move("GLACIER", "Disabled")),
    "some objects by prefix": bucket(move("GLACIER") + ", Prefix: logs/"),
    "some objects by tag": bucket(move("GLACIER") + ", TagFilters: [{Key: a, Value: b}]"),
    "import": bucket(move("!ImportValue class")),
    "branch that the condition of the bucket excludes": bucket(
        move("!If [Switched, STANDARD_IA, GLACIER]"), attributes="Condition: Switched,"
    ),
    "readable in both branches": bucket(move("!If [Switched, STANDARD_IA, !Ref AWS::NoValue]")),
}

BAD = {
    "objects of a website expire": expired(
        bucket("Status: Enabled, ExpirationInDays: 30"), "30", "its website"
    ),
    "objects of a distribution expire": expired(
        bucket("Status: Enabled, ExpirationInDays: 90", "BucketName: b", "!GetAtt Site.RegionalDomainName"),
        "90",
        "Edge",
    ),
    "website": case(bucket(move("GLACIER")), '"GLACIER"', "its website"),
    "empty prefix": case(bucket(move("DEEP_ARCHIVE") + ", Prefix: ''"), '"DEEP_ARCHIVE"', "its website"),
    "origin by GetAtt": case(
        bucket(move("GLACIER"), "BucketName: b", "!GetAtt Site.RegionalDomainName"), '"GLACIER"', "Edge"
    ),
    "origin by Sub": case(
        bucket(move("GLACIER"), "BucketName: b", "!Sub '${Site}.s3.amazonaws.com'"), '"GLACIER"', "Edge"
    ),
    "origin in one branch": case(
        bucket(move("GLACIER"), "BucketName: b", "!If [Switched, !GetAtt Site.DomainName, example.com]"),
        '"GLACIER"',
        "Edge",
    ),
    "first branch": (
        bucket(move("!If [Switched, GLACIER, STANDARD_IA]")),
        "Resources/Site/Properties/LifecycleConfiguration/Rules/0/Transitions/0/StorageClass" + "/Fn::If/1",
        message("GLACIER"),
    ),
    "knows the old single transition": (
        bucket("Status: Enabled, Transition: {StorageClass: GLACIER, TransitionInDays: 9}"),
        "Resources/Site/Properties/LifecycleConfiguration/Rules/0/Transition/StorageClass",
        message("GLACIER"),
    ),
}
