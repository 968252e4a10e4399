import json
import re
from functools import cache
from importlib.resources import files
from typing import Any

from cfn_analysis.rules.support.documents import POLICIES, documents, each, texts
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator
from cfn_analysis.rules.support.values import show


class ActionOnWrongResource(Rule):
    """S3 action on a resource to which it does not apply.

    GetObject and PutObject apply to objects, BUCKET-ARN/*, and ListBucket to the bucket, BUCKET-ARN. A
    statement with only the other resource allows nothing: S3 refuses it in a bucket policy, and in the policy
    of a role every call is denied.
    """

    id = "E9704"
    source_url = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html"
    fault_class = "rights"
    looks_at = POLICIES

    def faults(self, validator: Validator, policy: Any) -> Faults:
        buckets = validator.cfn.template.get("Resources", {})
        for statement, path in documents(policy):
            listed = [item for item, _ in each(statement.get("Resource"))]
            known = texts(statement.get("Resource"))
            kinds = {_kind(buckets, text) for text in known}
            if not listed or len(known) != len(listed) or len(kinds) != 1 or "" in kinds:
                continue
            (kind,) = kinds
            wrong = [
                str(action)
                for action, _ in each(statement.get("Action"))
                if str(action).lower() in _actions("object" if kind == "bucket" else "bucket")
            ]
            if wrong:
                right = "objects: BUCKET-ARN/*" if kind == "bucket" else "the bucket: BUCKET-ARN"
                yield Fault(
                    (*path, "Resource"),
                    f"Resource is {show(known[0])}, and {wrong[0]} is on {right}. The statement does not "
                    "allow it.",
                )


@cache
def _actions(resource: str) -> frozenset[str]:
    """Return the actions on a ``bucket`` or an ``object``, in lower case, from cfn-lint's data."""
    services = json.loads(files("cfnlint.data.AdditionalSpecs").joinpath("Policies.json").read_text("utf-8"))
    actions = services["s3"]["Actions"].items()
    return frozenset(f"s3:{name}" for name, found in actions if resource in found.get("Resources", ()))


def _kind(resources: Any, text: str) -> str:
    """Return whether a text is the ARN of a ``bucket`` or of its ``objects``; empty if it may be both."""
    plain = re.sub(r"\$\{[^}]*[:/][^}]*\}", "x", text)  # pseudo parameters and policy variables
    found = re.fullmatch(r"(?:arn:[^:]*:s3:::([^/*?]+)|\$\{(\w+)\.Arn\})(/.*)?", plain)
    if not found or (found[2] and resources.get(found[2], {}).get("Type") != "AWS::S3::Bucket"):
        return ""
    if found[3] is None and found[1] and found[1].endswith("}") and not _is_name(resources, found[1]):
        return ""
    return "objects" if found[3] else "bucket"


def _is_name(resources: Any, text: str) -> bool:
    """Return whether a text ends with the name of a bucket of the template."""
    return bool(resources.get(text[:-1].rpartition("${")[2], {}).get("Type") == "AWS::S3::Bucket")
