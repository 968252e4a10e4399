"""Website buckets that the public can reach, and cannot."""

from ..harness import frame

HEAD = """
Parameters:
  Wanted: {Type: String, Default: "true"}
Resources:
"""

SITE = "{IndexDocument: index.html}"

EFFECTS = {
    "RestrictPublicBuckets": "no one outside the account can read the bucket",
    "BlockPublicPolicy": "S3 refuses the bucket policy that would let anyone read the bucket",
}

bucket = frame(
    f"{HEAD}  Site: {{Type: AWS::S3::Bucket, <attributes=> Properties: {{WebsiteConfiguration: "
    f"<website={SITE}>, "
    "PublicAccessBlockConfiguration: <block>}}\n"
)


def message(name: str) -> str:
    """Return what the rule says about this part of the block."""
    return (
        f"{name} is true on a bucket with WebsiteConfiguration: {EFFECTS[name]}, and the website answers "
        "403. Remove WebsiteConfiguration and serve the bucket by CloudFront with an origin access control, "
        f"or set {name} to false."
    )


def case(text: str, path: str, name: str) -> tuple[str, ...]:
    """A website behind the block is found in the block."""
    return text, f"Resources/Site/Properties/PublicAccessBlockConfiguration/{path}", message(name)


GOOD = {
    "no block": bucket("{RestrictPublicBuckets: false, BlockPublicPolicy: false}"),
    "block of ACLs": bucket("{BlockPublicAcls: true, IgnorePublicAcls: true}"),
    "nothing said": bucket("!Ref AWS::NoValue"),
    "no website": bucket("{RestrictPublicBuckets: true}", website="!Ref AWS::NoValue"),
    "website that redirects": bucket(
        "{RestrictPublicBuckets: true}", website="{RedirectAllRequestsTo: {HostName: example.com}}"
    ),
    "import": bucket("{RestrictPublicBuckets: !ImportValue block}"),
    "block where there is no website": bucket(
        "!If [Switched, {RestrictPublicBuckets: false}, {RestrictPublicBuckets: true}]",
        website=f"!If [Switched, {SITE}, !Ref AWS::NoValue]",
    ),
    "branch that the condition of the bucket excludes": bucket(
        "{RestrictPublicBuckets: !If [Switched, false, true]}", attributes="Condition: Switched,"
    ),
}

BAD = {
    "literal": case(
        bucket("{RestrictPublicBuckets: true, BlockPublicPolicy: true}"),
        "RestrictPublicBuckets",
        "RestrictPublicBuckets",
    ),
    "policy alone": case(bucket("{BlockPublicPolicy: true}"), "BlockPublicPolicy", "BlockPublicPolicy"),
    "parameter default": case(
        bucket("{RestrictPublicBuckets: !Ref Wanted}"), "RestrictPublicBuckets", "RestrictPublicBuckets"
    ),
    "Sub": case(
        bucket("{RestrictPublicBuckets: !Sub '${Wanted}'}"), "RestrictPublicBuckets", "RestrictPublicBuckets"
    ),
    "first branch": case(
        bucket("!If [Switched, {RestrictPublicBuckets: true}, !Ref AWS::NoValue]"),
        "Fn::If/1/RestrictPublicBuckets",
        "RestrictPublicBuckets",
    ),
    "second branch of both": case(
        bucket(
            "{RestrictPublicBuckets: !If [Switched, false, true]}",
            website=f"!If [Switched, !Ref AWS::NoValue, {SITE}]",
        ),
        "RestrictPublicBuckets/Fn::If/2",
        "RestrictPublicBuckets",
    ),
}
