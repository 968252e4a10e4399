import re
from typing import Any

from cfnlint.helpers import is_function

from cfn_analysis.rules.support.documents import documents, each, principals
from cfn_analysis.rules.support.references import single_reference, sub_text
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator
from cfn_analysis.rules.support.values import of_type, show

SERVICE = "logging.s3.amazonaws.com"


class LogDestinationWithoutPolicy(Rule):
    """Log destination bucket that does not allow access logs.

    S3 writes access logs as logging.s3.amazonaws.com, which the policy of the destination must allow
    s3:PutObject under LogFilePrefix; the ACL LogDeliveryWrite is enough only in a bucket with ACLs. Otherwise
    the log is missing without any error. The default encryption of the destination must be SSE-S3: with
    SSE-KMS, S3 may encrypt the log with a key that you cannot use.
    """

    id = "E9708"
    source_url = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html"
    fault_class = "rights"

    def faults(self, validator: Validator, resources: Any) -> Faults:
        for logical_id, _, properties in of_type(resources, "AWS::S3::Bucket"):
            logging = properties.get("LoggingConfiguration")
            named = logging.get("DestinationBucketName") if isinstance(logging, dict) else None
            bucket = single_reference(named)[0]
            found = resources.get(bucket, {})
            if found.get("Type") != "AWS::S3::Bucket":
                continue
            path = (logical_id, "Properties", "LoggingConfiguration", "DestinationBucketName")
            holder = found.get("Properties", {})
            if '"SSEAlgorithm": "aws:kms' in show(holder.get("BucketEncryption")):
                yield Fault(
                    path,
                    f"DestinationBucketName is {bucket}, which is encrypted with SSE-KMS: it may be "
                    "impossible to read the log. Use SSE-S3 (AES256).",
                )
            elif not _takes(resources, bucket, holder, logging.get("LogFilePrefix", "")):
                yield Fault(
                    path,
                    f"DestinationBucketName is {bucket}, whose policy does not allow {SERVICE}"
                    f"{_under(logging)}: no log is written. Allow it s3:PutObject.",
                )


def _under(logging: Any) -> str:
    return f" under {show(logging['LogFilePrefix'])}" if "LogFilePrefix" in logging else ""


def _takes(resources: Any, bucket: str, properties: Any, prefix: Any) -> bool:
    control = properties.get("AccessControl")
    if control == "LogDeliveryWrite" or is_function(control)[0]:
        return True
    for _, _, policy in of_type(resources, "AWS::S3::BucketPolicy"):
        document = policy.get("PolicyDocument")
        name = sub_text(policy.get("Bucket"))
        if name is None or single_reference(policy["Bucket"])[0] in (bucket, ""):
            if not isinstance(document, dict) or is_function(document)[0]:
                return True
            for statement, _ in documents(document):
                if (
                    statement.get("Effect") != "Deny"
                    and any(one.startswith(("logging.s3.", "*", "${")) for one in principals(statement))
                    and _may_allow_prefix(statement, sub_text(prefix))
                ):
                    return True
    return False


def _may_allow_prefix(statement: Any, prefix: str | None) -> bool:
    """Return whether a statement's Resource matches the objects with a prefix, or possibly does."""
    for resource, _ in each(statement.get("Resource")):
        text = sub_text(resource)
        if text is None or prefix is None or "/" not in text:
            return True
        known, own = (re.split(r"[$*?]", part)[0] for part in (text.partition("/")[2], prefix))
        if known.startswith(own) or own.startswith(known):
            return True
    return "Resource" not in statement
