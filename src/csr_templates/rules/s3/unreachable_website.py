"""A website endpoint can be reached."""

from __future__ import annotations

from typing import Any

from csr_templates.rules.support.rule import Fault, Faults, Rule, Validator, properties_of
from csr_templates.rules.support.values import branches, is_true, place, values

BLOCKS = {
    "RestrictPublicBuckets": "S3 lets no one outside the account read the bucket",
    "BlockPublicPolicy": "S3 refuses the bucket policy that would let anyone read the bucket",
}


class UnreachableWebsite(Rule):
    """Website endpoint behind a public access block.

    The website endpoint of a bucket knows no credentials: it serves what anyone may read. With the public
    access block it answers 403 to every request. Remove WebsiteConfiguration and serve the bucket by
    CloudFront, from its REST endpoint (RegionalDomainName) and with an origin access control, which leaves
    the bucket private. If the bucket is to be public, switch the block off and let a bucket policy say so. A
    website that only redirects serves nothing and is not judged.
    """

    id = "W9701"
    source_url = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/WebsiteAccessPermissionsReqd.html"
    tags = ["resources", "s3"]
    fault_class = "protections"
    looks_at = properties_of("AWS::S3::Bucket")
    first_only = True

    def faults(self, validator: Validator, bucket: Any) -> Faults:
        for website, case in branches(validator, bucket, "WebsiteConfiguration"):
            if not isinstance(website, dict) or "RedirectAllRequestsTo" in website:
                continue
            # The case knows which conditions hold; its place is that of the website.
            start = case.evolve(context=case.context.evolve(path=validator.context.path))
            for name, effect in BLOCKS.items():
                for value, where in branches(start, bucket, "PublicAccessBlockConfiguration", name):
                    if any(is_true(found) for found, _ in values(where, value)):
                        yield Fault(
                            place(where, validator),
                            f"{name} is true on a bucket with WebsiteConfiguration: {effect}, and the "
                            "website answers 403. Remove WebsiteConfiguration and serve the bucket by "
                            f"CloudFront with an origin access control, or set {name} to false.",
                        )
