from typing import Any

from cfn_analysis.model.references import value_at
from cfn_analysis.rules.support.documents import open_to_anyone
from cfn_analysis.rules.support.references import target_case
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator, properties_of
from cfn_analysis.rules.support.scenarios import only_value, scenarios
from cfn_analysis.rules.support.values import is_true


class PublicPolicyRefused(Rule):
    """Public bucket policy that the public access block rejects.

    With BlockPublicPolicy, S3 rejects a bucket policy that allows public access, and the stack fails with
    'Access Denied' for PutBucketPolicy. Specify a principal, or add a condition, for example on aws:SourceArn
    of the distribution in front of the bucket. If the bucket must be public, set BlockPublicPolicy to false.
    """

    id = "E9713"
    source_url = (
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html"
    )
    fault_class = "rights"
    looks_at = properties_of("AWS::S3::BucketPolicy")

    def faults(self, validator: Validator, properties: Any) -> Faults:
        policy = properties.get("PolicyDocument")
        bucket, found, exists = target_case(validator, properties.get("Bucket"), "AWS::S3::Bucket")
        if not exists or not isinstance(policy, dict) or not any(open_to_anyone(policy)):
            return
        written = {"policy": policy, "block": found.get("PublicAccessBlockConfiguration")}
        for plain, case in scenarios(exists, written):
            blocked = only_value(case, value_at(plain, ("block", "BlockPublicPolicy")))
            told = plain.get("policy")
            if is_true(blocked) and isinstance(told, dict) and any(open_to_anyone(told)):
                yield Fault(
                    ("PolicyDocument",),
                    f"PolicyDocument allows anyone, but {bucket} has BlockPublicPolicy: true{{when}}: S3 "
                    "refuses the policy. Specify a principal, or add a condition.",
                    case,
                )
