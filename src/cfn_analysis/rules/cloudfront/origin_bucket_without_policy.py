from fnmatch import fnmatchcase
from typing import Any

from cfnlint.helpers import is_function

from cfn_analysis.rules.support.distributions import configurations
from cfn_analysis.rules.support.documents import documents, each, principals
from cfn_analysis.rules.support.references import single_reference
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator
from cfn_analysis.rules.support.values import case_of, of_type


class OriginBucketWithoutPolicy(Rule):
    """Bucket behind an origin access control whose policy does not allow CloudFront.

    With an origin access control CloudFront signs its requests as cloudfront.amazonaws.com, and the bucket's
    policy must allow it s3:GetObject. Without that every object returns 403.
    """

    id = "E9587"
    source_url = "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html"
    fault_class = "rights"

    def faults(self, validator: Validator, resources: Any) -> Faults:
        policies = [
            (single_reference(properties.get("Bucket"))[0], properties.get("PolicyDocument"))
            for _, _, properties in of_type(resources, "AWS::S3::BucketPolicy")
        ]
        buckets = {logical_id for logical_id, _, _ in of_type(resources, "AWS::S3::Bucket")}
        for logical_id, resource, properties in of_type(resources, "AWS::CloudFront::Distribution"):
            case = case_of(validator, resource)
            for one in configurations(case, properties, "Origins") if case else ():
                for index, origin in one.origins():
                    bucket, attribute = single_reference(origin.get("DomainName"))
                    if not origin.get("OriginAccessControlId") or attribute not in (
                        "DomainName",
                        "RegionalDomainName",
                    ):
                        continue
                    if bucket not in buckets:
                        continue
                    # A policy may name its bucket by its name, too.
                    if not any(
                        _allows(policy) for name, policy in policies if name not in buckets - {bucket}
                    ):
                        yield Fault(
                            (logical_id, "Properties", *one.path("Origins", index)),
                            f"The origin is {bucket}{{when}}, which no AWS::S3::BucketPolicy allows "
                            "cloudfront.amazonaws.com to read: every object returns 403. Allow it "
                            "s3:GetObject.",
                            one.case,
                        )


def _allows(policy: Any) -> bool:
    if not isinstance(policy, dict) or is_function(policy)[0]:
        return True
    for statement, _ in documents(policy):
        actions = [str(item).lower() for item, _ in each(statement.get("Action"))]
        if statement.get("Effect") == "Deny" or not any(fnmatchcase("s3:getobject", one) for one in actions):
            continue
        named = [*principals(statement), *principals(statement, "AWS")]
        if any(name.startswith(("cloudfront.", "*", "${")) for name in named):
            return True
    return False
