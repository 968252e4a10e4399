from collections.abc import Iterator
from typing import Any

from cfn_analysis.rules.support.distributions import readers
from cfn_analysis.rules.support.references import own_id
from cfn_analysis.rules.support.rule import Fault, Rule, Validator, properties_of
from cfn_analysis.rules.support.values import Path, branches, place, values

ARCHIVES = ("DEEP_ARCHIVE", "GLACIER")


class ServedObjectsArchived(Rule):
    """Lifecycle rule that archives objects which are being served.

    An object in GLACIER (Glacier Flexible Retrieval) or DEEP_ARCHIVE cannot be read before it is restored: S3
    answers 403 InvalidObjectState, and so does the website or the CloudFront distribution in front, as many
    days after the upload as the rule says. Archive noncurrent versions (NoncurrentVersionTransitions), or use
    STANDARD_IA, INTELLIGENT_TIERING or GLACIER_IR, which can be read immediately.
    """

    id = "E9700"
    source_url = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html"
    fault_class = "protections"
    looks_at = properties_of("AWS::S3::Bucket")

    def faults(self, validator: Validator, bucket: Any) -> Iterator[Fault]:
        reader = readers(validator).get(own_id(validator), "its website")
        if reader == "its website" and not bucket.get("WebsiteConfiguration"):
            return
        for storage_class, path in _archives(validator, bucket):
            yield Fault(
                path,
                f'StorageClass is "{storage_class}" for the current objects of a bucket that {reader} '
                "serves: once they are moved there, S3 refuses to read them. Use "
                "NoncurrentVersionTransitions, or a class that can be read at once, such as STANDARD_IA.",
            )


def _archives(case: Validator, bucket: Any) -> Iterator[tuple[str, Path]]:
    """Yield each archive class that all current objects are moved to, and its path."""
    for rule, where in branches(case, bucket, "LifecycleConfiguration", "Rules", "*"):
        if not isinstance(rule, dict) or any(rule.get(part) for part in ("Prefix", "TagFilters")):
            continue  # only some of the objects, possibly not those that are served
        if all(status == "Disabled" for status, _ in values(where, rule.get("Status"))):
            continue
        for name in (["Transitions", "*", "StorageClass"], ["Transition", "StorageClass"]):
            for value, place_of in branches(where, rule, *name):
                found = next((kind for kind, _ in values(place_of, value) if kind in ARCHIVES), None)
                if found:
                    yield found, place(place_of, case)
