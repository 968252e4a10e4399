"""E9082: what a website or CloudFront serves stays readable."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

from cfnlint.jsonschema import ValidationError
from cfnlint.rules.helpers import get_value_from_path
from cfnlint.rules.jsonschema import CfnLintKeyword

from csr_templates.rules.support.values import created, mentioned, of_type, place, values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cfnlint.jsonschema import ValidationResult, Validator

ARCHIVES = ("DEEP_ARCHIVE", "GLACIER")


class ServedObjectsArchived(CfnLintKeyword):
    """No lifecycle rule moves the current objects of a bucket that is served into an archive."""

    id = "E9082"
    shortdesc = "Lifecycle rule that archives objects which are being served"
    description = (
        "An object in GLACIER (Glacier Flexible Retrieval) or DEEP_ARCHIVE cannot be read before somebody "
        "restores it: S3 answers 403 InvalidObjectState, and so does the website or the CloudFront "
        "distribution in front, as many days after the upload as the rule says. Archive noncurrent versions "
        "(NoncurrentVersionTransitions), or use STANDARD_IA, INTELLIGENT_TIERING or GLACIER_IR, which can be "
        "read at once."
    )
    source_url = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html"
    tags = ["resources", "s3", "cloudfront"]  # noqa: RUF012 - the base class declares it like this

    def __init__(self) -> None:
        super().__init__(["Resources"])

    def validate(
        self, validator: Validator, _keywords: Any, resources: Any, _schema: Any
    ) -> ValidationResult:
        """Yield one error per transition."""
        origins = _origins(validator, resources)
        for bucket_id, bucket, properties in of_type(resources, "AWS::S3::Bucket"):
            case = created(validator, bucket)
            website = properties.get("WebsiteConfiguration")
            if case is None or not (bucket_id in origins or website):
                continue
            reader = origins.get(bucket_id, "its website")
            for storage_class, path in _archives(case, properties):
                yield ValidationError(
                    f'StorageClass is "{storage_class}" for the current objects of a bucket that {reader} '
                    "serves: once they are moved there, S3 refuses to read them. Use "
                    "NoncurrentVersionTransitions, or a class that can be read at once, such as STANDARD_IA.",
                    path=deque([bucket_id, "Properties", *path]),
                    rule=self,
                )


def _origins(validator: Validator, resources: Any) -> dict[str, str]:
    """Return the buckets that distributions read from, each with the distribution."""
    origins = {}
    for distribution_id, distribution, properties in of_type(resources, "AWS::CloudFront::Distribution"):
        case = created(validator, distribution)
        path: deque[str | int] = deque(["DistributionConfig", "Origins", "*", "DomainName"])
        for domain, _ in get_value_from_path(case, properties, path) if case else ():
            origins.update(dict.fromkeys(mentioned(domain), distribution_id))
    return origins


def _archives(case: Validator, bucket: Any) -> Iterator[tuple[str, deque[str | int]]]:
    """Yield each archive class that all current objects are moved to, and where it stands."""
    for rule, where in get_value_from_path(case, bucket, deque(["LifecycleConfiguration", "Rules", "*"])):
        if not isinstance(rule, dict) or any(rule.get(part) for part in ("Prefix", "TagFilters")):
            continue  # some of the objects: perhaps not those that are served
        if all(status == "Disabled" for status, _ in values(where, rule.get("Status"))):
            continue
        for name in (["Transitions", "*", "StorageClass"], ["Transition", "StorageClass"]):
            for value, place_of in get_value_from_path(where, rule, deque(name)):
                found = next((kind for kind, _ in values(place_of, value) if kind in ARCHIVES), None)
                if found:
                    yield found, place(place_of, case)
