"""Buckets: their names, which are unique in all accounts, their quota, and the artifact buckets."""

from collections.abc import Iterator
from typing import Final

from csr_templates.account.errors import DENIED
from csr_templates.preflight import deployed, quotas, remedies
from csr_templates.preflight.facts import Lookup, NoAnswerError
from csr_templates.preflight.fixed_names import LEFT_BEHIND
from csr_templates.preflight.quotas import Quota
from csr_templates.preflight.resolved_environment import ResolvedEnvironment
from csr_templates.preflight.results import Check, Result, Subject, failed, passed, warned
from csr_templates.preflight.services import s3_calls

_BUCKET: Final = "AWS::S3::Bucket"
_USED_ELSEWHERE: Final = (DENIED, "301", "400")
"""Error codes of S3 for a bucket of another account, or of another region than that of the call.
https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html"""


def _buckets(environment: ResolvedEnvironment) -> Iterator[Subject]:
    for stack, logical_id, properties in environment.of_type(_BUCKET):
        name = properties.get("BucketName")
        if isinstance(name, str):
            yield Subject(name, stack, logical_id)


def _judge_name(subject: Subject, environment: ResolvedEnvironment, lookup: Lookup) -> Result:
    name, stack = subject.id, subject.stack
    if deployed.physical_id(lookup, stack, subject.about):
        return passed(f"The bucket {name} belongs to {stack.deployed_name}.")
    if name in [bucket["Name"] for bucket in lookup(s3_calls.own_buckets.query())]:
        return failed(
            f"The bucket {name} exists in this account outside of {stack.deployed_name}: creating it would "
            "fail.",
            LEFT_BEHIND,
        )
    if _exists(stack.region, name, lookup):
        return failed(
            f"A bucket {name} exists in another account, or s3:ListBucket is not permitted: creating it "
            "would fail.",
            "Allow s3:ListBucket to check this, or choose another ProjectName.",
        )
    return passed(f"The name of the bucket {name} is available.")


def _exists(region: str, name: str, lookup: Lookup) -> bool:
    """Return whether a bucket exists in any account."""
    try:
        return lookup(s3_calls.bucket.query(region, name)) is not None
    except NoAnswerError as error:
        if error.code not in _USED_ELSEWHERE:
            raise
        return True


def _artifact_buckets(environment: ResolvedEnvironment) -> Iterator[Subject]:
    for region in environment.regions:
        stack = next(stack for stack in environment.chosen if stack.region == region)
        yield Subject(f"{environment.prefix}artifacts-{environment.account}-{region}", stack, region)


def _judge_artifacts(subject: Subject, environment: ResolvedEnvironment, lookup: Lookup) -> Result:
    name, region = subject.id, subject.about
    if lookup(s3_calls.bucket.query(region, name)) is None:
        first = next(stack for stack in environment.stacks if stack.region == region)
        template = remedies.file_of(environment, f"bootstrap/{first.name}.yaml")
        return failed(
            f"The bucket {name}, for templates of more than 51,200 bytes, does not exist.",
            f"An administrator deploys {template} with the block of docs/hand-over.md, Permissions.",
        )
    if lookup(s3_calls.bucket_versioning.query(region, name)).get("Status") != "Enabled":
        return warned(
            f"The bucket {name} does not have versioning enabled.",
            f"Enable it, as the bootstrap template does: {_enable_versioning(name, region)}",
        )
    return passed(f"The bucket {name} exists.")


def _enable_versioning(bucket: str, region: str) -> str:
    return remedies.aws(
        "s3api put-bucket-versioning", region, bucket=bucket, versioning_configuration="Status=Enabled"
    )


BEFORE_DEPLOY: Final = (
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
        (Quota("buckets", _BUCKET, s3_calls.own_buckets, 10_000, "s3 L-DC2B2D3D"),),
    ),
)
