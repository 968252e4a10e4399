from typing import Any

from cfn_analysis.model.references import value_at
from cfn_analysis.rules.support.distributions import configurations
from cfn_analysis.rules.support.references import find_resource, single_reference
from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator, properties_of
from cfn_analysis.rules.support.values import is_true


class PrivateOriginWithoutAccessControl(Rule):
    """Private bucket as an origin without access control.

    CloudFront calls a bucket as an anonymous caller unless the origin has an OriginAccessControlId (or the
    older origin access identity). A bucket that blocks public access then returns 403 for every object.
    """

    id = "E9586"
    source_url = "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html"
    finding_class = "protections"
    looks_at = properties_of("AWS::CloudFront::Distribution")

    def findings(self, validator: Validator, properties: Any) -> Findings:
        for config in configurations(validator, properties, "Origins"):
            for index, origin in config.origins():
                if origin.get("OriginAccessControlId"):
                    continue
                bucket, attribute = single_reference(origin.get("DomainName"))
                _, bucket_properties = find_resource(config.case, bucket, "AWS::S3::Bucket")
                steps = ("PublicAccessBlockConfiguration", "RestrictPublicBuckets")
                closed = is_true(value_at(bucket_properties, steps))
                identity = value_at(origin, ("S3OriginConfig", "OriginAccessIdentity"))
                if attribute in ("DomainName", "RegionalDomainName") and closed and not identity:
                    yield RuleFinding(
                        config.path("Origins", index),
                        f"The origin is {bucket}{{when}}, which blocks public access, and has no "
                        "OriginAccessControlId: every object returns 403. Add an "
                        "AWS::CloudFront::OriginAccessControl.",
                        config.case,
                    )
