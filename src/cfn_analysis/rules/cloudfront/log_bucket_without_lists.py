import re
from collections.abc import Iterator
from typing import Any

from cfn_analysis.model.references import value_at
from cfn_analysis.rules.support.distributions import configurations
from cfn_analysis.rules.support.references import sub_text, target_case
from cfn_analysis.rules.support.rule import Rule, RuleFinding, Validator, properties_of
from cfn_analysis.rules.support.scenarios import only_value, property_scenarios
from cfn_analysis.rules.support.values import mappings, show

WITH_LISTS = ("BucketOwnerPreferred", "ObjectWriter")

# ${Bucket.DomainName}, ${Bucket.RegionalDomainName}, ${Bucket}.s3.amazonaws.com and its regional form
ADDRESS = re.compile(r"\$\{([A-Za-z0-9]+)(?:\.(?:Regional)?DomainName\}|\}\.s3[.-])")


class LogBucketWithoutLists(Rule):
    """CloudFront logs to a bucket without ACLs.

    The property Logging is CloudFront's older way to log, which writes by access control list. New buckets
    have none, and the distribution fails with 'The S3 bucket that you specified for CloudFront logs does not
    enable ACL access'. Give the bucket OwnershipControls with ObjectOwnership BucketOwnerPreferred, or log by
    AWS::Logs::DeliverySource, DeliveryDestination and Delivery, which need no list.
    """

    id = "E9582"
    source_url = (
        "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging-legacy-s3.html"
    )
    finding_class = "protections"
    looks_at = properties_of("AWS::CloudFront::Distribution")

    def findings(self, validator: Validator, properties: Any) -> Iterator[RuleFinding]:
        for config in configurations(validator, properties, "Logging"):
            written = value_at(config.parts, ("Logging", "Bucket"))
            address = ADDRESS.match(sub_text(written) or "")
            if address is None:
                continue
            bucket, bucket_properties, exists = target_case(
                config.case, {"Ref": address[1]}, "AWS::S3::Bucket"
            )
            if exists is None:
                continue
            for ownership, case in _ownerships(exists, bucket_properties):
                yield RuleFinding(
                    config.path("Logging", "Bucket"),
                    f"Bucket is {show(written)}, and {bucket} has {ownership}{{when}}: CloudFront refuses a "
                    "log bucket without access control lists. Set OwnershipControls with ObjectOwnership "
                    "BucketOwnerPreferred, or log by AWS::Logs::Delivery.",
                    case,
                )


def _ownerships(case: Validator, properties: Any) -> Iterator[tuple[str, Validator]]:
    """Yield the ownership setting of a bucket without access control lists, for each case."""
    for bucket, bucket_case in property_scenarios(case, properties, "OwnershipControls"):
        if "OwnershipControls" not in bucket:
            yield "no OwnershipControls", bucket_case
        rules = mappings(value_at(bucket, ("OwnershipControls", "Rules")))
        owners = [only_value(bucket_case, rule.get("ObjectOwnership")) for rule in rules]
        if owners and not any(owner in (None, *WITH_LISTS) for owner in owners):
            yield f"ObjectOwnership {owners[0]}", bucket_case
