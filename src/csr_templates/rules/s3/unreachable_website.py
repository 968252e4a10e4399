"""W9083: a website endpoint can be reached."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

from cfnlint.jsonschema import ValidationError
from cfnlint.rules.helpers import get_value_from_path
from cfnlint.rules.jsonschema import CfnLintKeyword

from csr_templates.rules.support.values import is_true, place, values

if TYPE_CHECKING:
    from cfnlint.jsonschema import ValidationResult, Validator

BLOCKS = {
    "RestrictPublicBuckets": "S3 lets nobody from outside the account read the bucket",
    "BlockPublicPolicy": "S3 refuses the bucket policy that would let everybody read the bucket",
}


class UnreachableWebsite(CfnLintKeyword):
    """A bucket with a website does not block the public."""

    id = "W9083"
    shortdesc = "Website endpoint behind a public access block"
    description = (
        "The website endpoint of a bucket knows no credentials: it serves what everybody may read. With "
        "the public access block it answers 403 to every request. Remove WebsiteConfiguration and serve "
        "the bucket by CloudFront, from its REST endpoint (RegionalDomainName) and with an origin access "
        "control, which leaves the bucket private. If the bucket is to be public, switch the block off and "
        "let a bucket policy say so. A website that only redirects serves nothing and is not judged."
    )
    source_url = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/WebsiteAccessPermissionsReqd.html"
    tags = ["resources", "s3"]  # noqa: RUF012 - the base class declares it like this

    def __init__(self) -> None:
        super().__init__(["Resources/AWS::S3::Bucket/Properties"])

    def validate(self, validator: Validator, _keywords: Any, bucket: Any, _schema: Any) -> ValidationResult:
        """Yield one warning per bucket."""
        for website, case in get_value_from_path(validator, bucket, deque(["WebsiteConfiguration"])):
            if not isinstance(website, dict) or "RedirectAllRequestsTo" in website:
                continue
            # The case knows which conditions hold; its place is that of the website.
            start = case.evolve(context=case.context.evolve(path=validator.context.path))
            for name, effect in BLOCKS.items():
                path: deque[str | int] = deque(["PublicAccessBlockConfiguration", name])
                for value, where in get_value_from_path(start, bucket, path):
                    if any(is_true(found) for found, _ in values(where, value)):
                        yield ValidationError(
                            f"{name} is true on a bucket with WebsiteConfiguration: {effect}, and the "
                            "website answers 403. Remove WebsiteConfiguration and serve the bucket by "
                            f"CloudFront with an origin access control, or set {name} to false.",
                            path=place(where, validator),
                            rule=self,
                        )
                        return
