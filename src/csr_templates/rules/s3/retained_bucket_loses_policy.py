"""A bucket that outlives its stack keeps what protects it."""

from __future__ import annotations

from typing import Any

from csr_templates.rules.support.references import single_reference
from csr_templates.rules.support.rule import Fault, Faults, Rule, Validator
from csr_templates.rules.support.values import case_of, of_type, show

RETAINING = {"Retain", "RetainExceptOnCreate"}


class RetainedBucketLosesPolicy(Rule):
    """Bucket that outlives its stack without its policy.

    DeletionPolicy Retain leaves the bucket with all its objects in the account, but its AWS::S3::BucketPolicy
    is a resource of its own and is deleted with the stack: what the policy denies (requests without TLS,
    uploads that are not encrypted, other accounts) is allowed from then on. Give the policy the same
    DeletionPolicy. A policy that only allows is not reported.
    """

    id = "W9702"
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html"
    tags = ["resources", "s3", "deletionpolicy"]
    fault_class = "lifecycle"

    def faults(self, validator: Validator, resources: Any) -> Faults:
        buckets = {name: bucket for name, bucket, _ in of_type(resources, "AWS::S3::Bucket")}
        for policy_id, policy, properties in of_type(resources, "AWS::S3::BucketPolicy"):
            bucket_id, attribute = single_reference(properties.get("Bucket"))
            bucket = buckets.get(bucket_id)
            exists = case_of(validator, policy)
            if bucket is None or attribute or exists is None or not case_of(exists, bucket):
                continue
            kept, lost = _kinds(validator, bucket) & RETAINING, _kinds(validator, policy) - RETAINING
            if kept and lost and _denies(properties.get("PolicyDocument")):
                given = "DeletionPolicy" in policy
                yield Fault(
                    (policy_id, "DeletionPolicy") if given else (policy_id,),
                    f"DeletionPolicy is {show(policy['DeletionPolicy']) if given else 'missing'}, and "
                    f"{show(bucket['DeletionPolicy'])} on {bucket_id}: the bucket stays in the account, and "
                    "what its policy denies is allowed from then on. Set DeletionPolicy: "
                    f"{sorted(kept)[0]} here too.",
                )


def _kinds(validator: Validator, resource: Any) -> set[Any]:
    return {value for value, *_ in validator.resolve_value(resource.get("DeletionPolicy", "Delete"))}


def _denies(part: Any) -> bool:
    """Return whether a policy denies something, in whatever branch."""
    if isinstance(part, dict) and part.get("Effect") == "Deny":
        return True
    parts = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
    return any(_denies(inner) for inner in parts)
