"""Log buckets with and without access control lists."""

from itertools import product

from ..harness import frame

HEAD = """
Parameters:
  Owner: {Type: String, Default: BucketOwnerPreferred}
  Enforced: {Type: String, Default: BucketOwnerEnforced}
Resources:
"""


def distribution(bucket: str, address: str = "!GetAtt Logs.DomainName", attributes: str = "") -> str:
    """Return a template with one distribution that logs to a bucket of these properties."""
    logging = f"Logging: {{Bucket: {address}}}" if address else "Enabled: true"
    return (
        f"{HEAD}  Logs: {{Type: AWS::S3::Bucket, {attributes} Properties: {{{bucket}}}}}\n  Site: {{Type: "
        f"AWS::CloudFront::Distribution, Properties: {{DistributionConfig: {{{logging}}}}}}}\n"
    )


owned = frame("OwnershipControls: {Rules: [{ObjectOwnership: <owner>}]}")


def case(bucket: str, ownership: str, address: str, shown: str) -> tuple[str, ...]:
    """A log bucket without access control lists is found on the distribution."""
    return (
        distribution(bucket, address),
        "Resources/Site/Properties/DistributionConfig/Logging/Bucket",
        f"Bucket is {shown}, and Logs has {ownership}: CloudFront refuses a log bucket without access "
        "control lists. Set OwnershipControls with ObjectOwnership BucketOwnerPreferred, or log by "
        "AWS::Logs::Delivery.",
    )


ROWS = {
    "none": ("BucketName: logs", "no OwnershipControls"),
    "enforced": (owned("BucketOwnerEnforced"), "ObjectOwnership BucketOwnerEnforced"),
    "parameter default": (owned("!Ref Enforced"), "ObjectOwnership BucketOwnerEnforced"),
    "Sub": (owned("!Sub '${Enforced}'"), "ObjectOwnership BucketOwnerEnforced"),
    "owner in one branch": (
        owned("!If [Listed, ObjectWriter, BucketOwnerEnforced]"),
        "ObjectOwnership BucketOwnerEnforced when Listed is false",
    ),
    "none in one branch": (
        "OwnershipControls: !If [Listed, !Ref AWS::NoValue, {Rules: [{ObjectOwnership: ObjectWriter}]}]",
        "no OwnershipControls when Listed is true",
    ),
}

GOOD = {
    "preferred": distribution(owned("BucketOwnerPreferred")),
    "writer": distribution(owned("ObjectWriter")),
    "both branches": distribution(owned("!If [Listed, ObjectWriter, !Ref Owner]")),
    "a function hides it": distribution("OwnershipControls: !FindInMap [A, b, c]"),
    "bucket of another stack": distribution("", "logs.s3.amazonaws.com"),
    "no logging": distribution("", ""),
}

ADDRESSES = {
    "!GetAtt Logs.DomainName": '{"Fn::GetAtt": ["Logs", "DomainName"]}',
    "!Sub '${Logs}.s3.amazonaws.com'": '{"Fn::Sub": "${Logs}.s3.amazonaws.com"}',
}

BAD = {
    f"{name}, {address}": case(*row, address, shown)
    for (address, shown), (name, row) in product(ADDRESSES.items(), ROWS.items())
}
