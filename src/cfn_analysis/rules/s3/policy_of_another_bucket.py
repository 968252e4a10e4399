import re
from typing import Any

from cfn_analysis.rules.support.documents import documents, each, texts
from cfn_analysis.rules.support.references import single_reference
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator, properties_of


class PolicyOfAnotherBucket(Rule):
    """Bucket policy for another bucket.

    S3 refuses a policy whose Resource is not its bucket or an object in it: 'Policy has
    invalid resource'.
    """

    id = "E9703"
    source_url = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/WebsiteAccessPermissionsReqd.html"
    fault_class = "names"
    looks_at = properties_of("AWS::S3::BucketPolicy")

    def faults(self, validator: Validator, properties: Any) -> Faults:
        buckets = validator.cfn.template.get("Resources", {})
        own = {single_reference(value)[0] for value, _ in each(properties.get("Bucket"))}
        policy = properties.get("PolicyDocument")
        if not isinstance(policy, dict) or not own or not all(_is_bucket(buckets, name) for name in own):
            return
        for statement, path in documents(policy):
            for name in ("Resource", "NotResource"):
                for text in texts(statement.get(name)):
                    named = re.match(
                        r"(?:arn:(?:\$\{[^}]*\}|[^:$])*:s3:::)?\$\{(\w+)(?:\.Arn)?\}(?:/|$)", text
                    )
                    if named and _is_bucket(buckets, named[1]) and named[1] not in own:
                        yield Fault(
                            ("PolicyDocument", *path, name),
                            f"{name} is {named[1]}, and the policy is put on {' and '.join(sorted(own))}: S3 "
                            "refuses it. Use the same bucket.",
                        )


def _is_bucket(resources: Any, logical_id: str) -> bool:
    return bool(resources.get(logical_id, {}).get("Type") == "AWS::S3::Bucket")
