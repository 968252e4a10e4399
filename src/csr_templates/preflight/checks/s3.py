"""Buckets: their names, which are unique in all accounts, their quota, and the artifact buckets."""

from collections.abc import Iterator

from csr_templates.account.errors import DENIED
from csr_templates.preflight import calls, deployed
from csr_templates.preflight.checks import quotas
from csr_templates.preflight.checks.names import LEFT_BEHIND
from csr_templates.preflight.checks.quotas import Quota
from csr_templates.preflight.facts import Lookup, NoAnswerError
from csr_templates.preflight.needs import Needs
from csr_templates.preflight.results import Check, Subject, Verdict, failed, passed, warned

_TAKEN = (DENIED, "301", "400")
"""Error codes of S3 for a bucket of another account, or of another region than that of the call.
https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html"""


def _buckets(needs: Needs) -> Iterator[Subject]:
    for stack, logical_id, properties in needs.of_type("AWS::S3::Bucket"):
        if isinstance(name := properties.get("BucketName"), str):
            yield Subject(name, stack, logical_id)


def _judge_name(subject: Subject, needs: Needs, lookup: Lookup) -> Verdict:
    name, stack = subject.id, subject.stack
    if deployed.physical_id(lookup, stack, subject.about):
        return passed(f"The bucket {name} belongs to {stack.deployed}.")
    if name in {bucket["Name"] for bucket in lookup(calls.own_buckets())}:
        return failed(
            f"The bucket {name} exists in this account outside of {stack.deployed}: creating it would fail.",
            LEFT_BEHIND,
        )
    try:
        found = lookup(calls.bucket(stack.region, name))
    except NoAnswerError as error:
        if error.code not in _TAKEN:
            raise
        found = {}
    if found is None:
        return passed(f"The name of the bucket {name} is available.")
    return failed(
        f"A bucket {name} exists in another account, or s3:ListBucket is not permitted: creating it would "
        "fail.",
        "Allow s3:ListBucket to check this, or choose another ProjectName.",
    )


def _artifact_buckets(needs: Needs) -> Iterator[Subject]:
    for region in needs.regions:
        stack = next(stack for stack in needs.chosen if stack.region == region)
        yield Subject(f"{needs.prefix}artifacts-{needs.account}-{region}", stack, region)


def _judge_artifacts(subject: Subject, needs: Needs, lookup: Lookup) -> Verdict:
    name, region = subject.id, subject.about
    if lookup(calls.bucket(region, name)) is None:
        first = next(stack for stack in needs.stacks if stack.region == region)
        return failed(
            f"The bucket {name}, for templates of more than 51,200 bytes, does not exist.",
            f"An administrator deploys bootstrap/{first.name}.yaml of the output folder (docs/hand-over.md, "
            "Artifact buckets).",
        )
    if lookup(calls.bucket_versioning(region, name)).get("Status") != "Enabled":
        return warned(
            f"The bucket {name} does not have versioning enabled.",
            "Deploy the bootstrap template again, which enables versioning.",
        )
    return passed(f"The bucket {name} exists.")


CHECKS = (
    Check(
        "bucket-names",
        "The names of the buckets are available in all accounts, or used by the stacks",
        _buckets,
        _judge_name,
    ),
    Check(
        "artifact-buckets",
        "The artifact buckets exist and have versioning enabled",
        _artifact_buckets,
        _judge_artifacts,
    ),
    quotas.check(
        "bucket-quota",
        "The quota of buckets is sufficient for the new resources",
        # https://docs.aws.amazon.com/AmazonS3/latest/userguide/BucketRestrictions.html
        (Quota("buckets", "AWS::S3::Bucket", calls.own_buckets, 10_000, "s3 L-DC2B2D3D"),),
    ),
)
