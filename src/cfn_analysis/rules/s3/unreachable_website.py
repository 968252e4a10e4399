from typing import Any

from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator, properties_of
from cfn_analysis.rules.support.values import branches, is_true, place, possible_values

BLOCKS = {
    "RestrictPublicBuckets": "no one outside the account can read the bucket",
    "BlockPublicPolicy": "S3 refuses the bucket policy that would let anyone read the bucket",
}


class UnreachableWebsite(Rule):
    """Website endpoint behind a public access block.

    The website endpoint of a bucket does not support credentials: it serves only public
    objects. With the public access block it returns 403 for every request. Remove WebsiteConfiguration and
    serve the bucket with CloudFront, from its REST endpoint (RegionalDomainName) and with an origin access
    control, so that the bucket stays private. If the bucket is intended to be public, disable the block and
    add a bucket policy. A website that only redirects is not checked.
    """

    id = "W9701"
    source_url = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/WebsiteAccessPermissionsReqd.html"
    finding_class = "protections"
    looks_at = properties_of("AWS::S3::Bucket")
    first_only = True

    def findings(self, validator: Validator, bucket: Any) -> Findings:
        for website, case in branches(validator, bucket, "WebsiteConfiguration"):
            if not isinstance(website, dict) or "RedirectAllRequestsTo" in website:
                continue
            # The case contains the conditions; its path is that of the website.
            start = case.evolve(context=case.context.evolve(path=validator.context.path))
            for name, effect in BLOCKS.items():
                for value, value_case in branches(start, bucket, "PublicAccessBlockConfiguration", name):
                    if any(is_true(possible) for possible in possible_values(value_case, value)):
                        yield RuleFinding(
                            place(value_case, validator),
                            f"{name} is true on a bucket with WebsiteConfiguration: {effect}, and the "
                            "website answers 403. Remove WebsiteConfiguration and serve the bucket by "
                            f"CloudFront with an origin access control, or set {name} to false.",
                        )
