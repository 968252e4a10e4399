from typing import Any

from cfn_analysis.rules.support.references import single_reference
from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator
from cfn_analysis.rules.support.values import case_of, children, existing, of_type, show

RETAINING = {"Retain", "RetainExceptOnCreate"}


class RetainedBucketLosesPolicy(Rule):
    """Retained bucket whose policy is deleted with the stack.

    DeletionPolicy Retain keeps the bucket with all its objects in the account, but its AWS::S3::BucketPolicy
    is a separate resource and is deleted with the stack: requests that the policy denies (without TLS,
    unencrypted uploads, from other accounts) are then allowed. Set the same DeletionPolicy on the policy. A
    policy without Deny is not reported.
    """

    id = "W9702"
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html"
    finding_class = "lifecycle"

    def findings(self, validator: Validator, resources: Any) -> Findings:
        buckets = {name: bucket for name, bucket, _ in of_type(resources, "AWS::S3::Bucket")}
        for policy_id, policy, properties in of_type(resources, "AWS::S3::BucketPolicy"):
            bucket_id, attribute = single_reference(properties.get("Bucket"))
            bucket = buckets.get(bucket_id)
            exists = case_of(validator, policy)
            if bucket is None or attribute or exists is None or not case_of(exists, bucket):
                continue
            kept, lost = _kinds(validator, bucket) & RETAINING, _kinds(validator, policy) - RETAINING
            if kept and lost and _denies(properties.get("PolicyDocument")):
                written = show(policy["DeletionPolicy"]) if "DeletionPolicy" in policy else "missing"
                yield RuleFinding(
                    (policy_id, *existing(policy, ("DeletionPolicy",))),
                    f"DeletionPolicy is {written}, and "
                    f"{show(bucket['DeletionPolicy'])} on {bucket_id}: the bucket stays in the account, and "
                    "requests that its policy denies are then allowed. Set DeletionPolicy: "
                    f"{sorted(kept)[0]} here too.",
                )


def _kinds(validator: Validator, resource: Any) -> set[Any]:
    return {value for value, *_ in validator.resolve_value(resource.get("DeletionPolicy", "Delete"))}


def _denies(part: Any) -> bool:
    """Return whether a policy has a Deny in any branch."""
    if isinstance(part, dict) and part.get("Effect") == "Deny":
        return True
    return any(_denies(inner) for _, inner in children(part))
