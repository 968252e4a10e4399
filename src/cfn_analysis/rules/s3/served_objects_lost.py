from collections.abc import Iterator
from typing import Any

from cfn_analysis.rules.support.distributions import readers
from cfn_analysis.rules.support.references import own_id
from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator, properties_of
from cfn_analysis.rules.support.scenarios import number
from cfn_analysis.rules.support.values import Path, branches, place, values

ARCHIVES = ("DEEP_ARCHIVE", "GLACIER")
# What limits a rule to some of the objects, possibly not those that are served.
ARCHIVED_PARTS = ("Prefix", "TagFilters")
EXPIRING_PARTS = (*ARCHIVED_PARTS, "ObjectSizeGreaterThan", "ObjectSizeLessThan")


class ServedObjectsLost(Rule):
    """Lifecycle rule that archives or deletes objects which are being served.

    An object in GLACIER (Glacier Flexible Retrieval) or DEEP_ARCHIVE cannot be read before it is restored: S3
    answers 403 InvalidObjectState, and so does the website or the CloudFront distribution in front, as many
    days after the upload as the rule says. Archive noncurrent versions (NoncurrentVersionTransitions), or use
    STANDARD_IA, INTELLIGENT_TIERING or GLACIER_IR, which can be read immediately.

    ExpirationInDays counts from the upload, also for objects that are still read: the site is deleted that
    many days after its last deploy. Add a prefix to the rule, or let only old versions expire
    (NoncurrentVersionExpiration). For a bucket of temporary files, this can be intended.
    """

    id = "E9700"
    source_url = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html"
    finding_class = "protections"
    looks_at = properties_of("AWS::S3::Bucket")

    def findings(self, validator: Validator, bucket: Any) -> Findings:
        if "LifecycleConfiguration" not in bucket:
            return
        reader = readers(validator).get(own_id(validator), "its website")
        if reader == "its website" and not bucket.get("WebsiteConfiguration"):
            return
        for rule, rule_case in branches(validator, bucket, "LifecycleConfiguration", "Rules", "*"):
            if not isinstance(rule, dict):
                continue
            statuses = [status for status, _ in values(rule_case, rule.get("Status"))]
            if all(status == "Disabled" for status in statuses):
                continue
            for storage_class, path in _archives(validator, rule_case, rule):
                yield RuleFinding(
                    path,
                    f'StorageClass is "{storage_class}" for the current objects of a bucket that {reader} '
                    "serves: once they are moved there, S3 refuses to read them. Use "
                    "NoncurrentVersionTransitions, or a class that can be read at once, such as STANDARD_IA.",
                )
            days = _days_until_deleted(rule_case, rule)
            if days and "Enabled" in statuses:
                yield RuleFinding(
                    (*place(rule_case, validator), "ExpirationInDays"),
                    f"ExpirationInDays is {days:g} for all objects of a bucket that {reader} serves: they "
                    "are deleted that many days after their upload. Add a Prefix, or expire only old "
                    "versions.",
                )


def _archives(bucket_case: Validator, case: Validator, rule: Any) -> Iterator[tuple[str, Path]]:
    """Yield each archive class that all current objects are moved to, and its path."""
    if any(rule.get(part) for part in ARCHIVED_PARTS):
        return
    for name in (["Transitions", "*", "StorageClass"], ["Transition", "StorageClass"]):
        for value, value_case in branches(case, rule, *name):
            storage_classes = [kind for kind, _ in values(value_case, value) if kind in ARCHIVES]
            if storage_classes:
                yield storage_classes[0], place(value_case, bucket_case)


def _days_until_deleted(case: Validator, rule: Any) -> float:
    """Return the days after which all current objects are deleted; 0 if they are not."""
    if any(rule.get(part) for part in EXPIRING_PARTS):
        return 0
    days = [number(value) for value, _ in values(case, rule.get("ExpirationInDays"))]
    return max((day for day in days if day is not None), default=0)
