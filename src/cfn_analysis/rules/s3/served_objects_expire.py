from typing import Any

from cfn_analysis.rules.support.distributions import readers
from cfn_analysis.rules.support.references import own_id
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator, properties_of
from cfn_analysis.rules.support.scenarios import number
from cfn_analysis.rules.support.values import branches, place, values

PARTS = ("Prefix", "TagFilters", "ObjectSizeGreaterThan", "ObjectSizeLessThan")


class ServedObjectsExpire(Rule):
    """Lifecycle rule that deletes the objects of a site.

    ExpirationInDays counts from the upload, also for objects that are still read. If the rule applies to all
    objects of a bucket that a website or CloudFront serves, the site is deleted that many days after its last
    deploy. Add a prefix to the rule, or let only old versions expire (NoncurrentVersionExpiration). For a
    bucket of temporary files, this can be intended.
    """

    id = "W9711"
    source_url = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html"
    fault_class = "protections"
    looks_at = properties_of("AWS::S3::Bucket")

    def faults(self, validator: Validator, bucket: Any) -> Faults:
        if "LifecycleConfiguration" not in bucket:
            return
        reader = readers(validator).get(own_id(validator), "its website")
        if reader == "its website" and not bucket.get("WebsiteConfiguration"):
            return
        for rule, where in branches(validator, bucket, "LifecycleConfiguration", "Rules", "*"):
            if not isinstance(rule, dict) or any(rule.get(part) for part in PARTS):
                continue
            enabled = any(status == "Enabled" for status, _ in values(where, rule.get("Status")))
            days = [number(found) for found, _ in values(where, rule.get("ExpirationInDays"))]
            if enabled and any(days):
                yield Fault(
                    (*place(where, validator), "ExpirationInDays"),
                    f"ExpirationInDays is {max(filter(None, days)):g} for all objects of a bucket that "
                    f"{reader} serves: they are deleted that many days after their upload. Add a Prefix, or "
                    "expire only old versions.",
                )
