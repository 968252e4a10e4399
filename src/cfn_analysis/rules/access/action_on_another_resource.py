import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from cfn_analysis.model.wildcards import matches
from cfn_analysis.rules.support.documents import POLICIES, documents, each
from cfn_analysis.rules.support.references import partial_text, plain
from cfn_analysis.rules.support.rule import Finding, Findings, Rule, Validator
from cfn_analysis.rules.support.service_roles import service_actions
from cfn_analysis.rules.support.values import show
from cfn_analysis.rules.support.words import rows, words

# Service and first part of a resource in an ARN; the part is empty if the ARN has none.
Kind = tuple[str, str]

ARNS: dict[str, Kind] = {
    f"AWS::{kind}": (service, "".join(part)) for kind, service, *part in map(str.split, rows(__file__))
}
SERVICES = {service for service, _ in ARNS.values()}
# Actions on log streams, whose ARNs are longer than those of the log group.
STREAM_ACTIONS = words("logs:deletelogstream logs:getlogevents logs:putlogevents")
REMEDIES = {
    ("s3", "object"): " Write BUCKET-ARN/*.",
    ("s3", "bucket"): " Write BUCKET-ARN.",
    ("logs", "log-stream"): " Add :* to the ARN.",
}


class ActionOnAnotherResource(Rule):
    """Action on a resource to which it does not apply.

    An action applies to the resources of its service, and only to some of their kinds: GetObject to objects,
    BUCKET-ARN/*, and ListBucket to the bucket, BUCKET-ARN; PutLogEvents to log streams, whose ARN is longer
    than that of their log group; rds-db:connect to arn:aws:rds-db:REGION:ACCOUNT:dbuser:ID/NAME. A statement
    with only other resources allows nothing: S3 refuses it in a bucket policy, and in the policy of a role
    every call is denied.
    """

    id = "E9552"
    source_url = "https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html"
    finding_class = "rights"
    looks_at = POLICIES

    def findings(self, validator: Validator, policy: Any) -> Findings:
        resources = validator.cfn.template.get("Resources", {})
        for statement, path in documents(policy):
            listed = [partial_text(resource) for resource, _ in each(statement.get("Resource"))]
            kinds = [_kind(resources, text) for text in listed]
            if not kinds or any(kind is None for kind in kinds):
                continue
            actions = [str(action) for action, _ in each(statement.get("Action"))]
            for action in actions:
                fitting = _fitting(action.lower())
                if fitting and not any(_fits(kind, fitting) for kind in kinds if kind):
                    yield Finding((*path, "Resource"), _message(action, str(listed[0]), fitting))
                    break


def _message(action: str, resource: str, fitting: frozenset[Kind]) -> str:
    kinds = {kind for kind in fitting if kind != ("s3", "accesspoint")} or fitting
    applies = " or ".join(sorted(" ".join(filter(None, kind)) for kind in kinds))
    remedy = REMEDIES.get(next(iter(kinds)), "") if len(kinds) == 1 else ""
    return (
        f"Resource is {show(resource)}, and {action} applies to {applies}: the statement does not allow "
        f"it.{remedy}"
    )


def _kind(resources: Any, text: str | None) -> Kind | None:
    """Return the kind of a resource; None if it may be another one, too."""
    if text is None:
        return None
    whole = re.fullmatch(r"\$\{(\w+)(\.\w*Arn)?\}(.*)", text)
    if whole and (kind := ARNS.get(resources.get(whole[1], {}).get("Type"))):
        if not whole[2] and kind[0] not in ("secretsmanager", "sns"):
            return None
        if kind[0] == "s3" and whole[3]:
            return ("s3", "object") if whole[3].startswith("/") else None
        return kind
    parts = plain(text).split(":", 5)
    if len(parts) < 6 or parts[0] != "arn" or re.search(r"[$*?]", parts[2]):
        return None
    service, name = parts[2], parts[5]
    if service == "s3" and not parts[4]:
        known = _is_bucket(resources, text) or not re.search(r"[$*?]", name.partition("/")[0])
        return ("s3", "object" if "/" in name else "bucket") if known else None
    if service == "logs" and re.fullmatch(r"log-group:[^:*?]+", name):
        return ("logs", "group alone")
    first = re.match(r"[A-Za-z-]+(?=[:/])", name)
    return (service, first[0]) if first else (service, "")


def _is_bucket(resources: Any, text: str) -> bool:
    """Return whether the last part of an ARN begins with the name of a bucket of the template."""
    name = re.match(r"arn:.*:::\$\{(\w+)\}", text)
    return bool(name and resources.get(name[1], {}).get("Type") == "AWS::S3::Bucket")


def _fits(kind: Kind, fitting: frozenset[Kind]) -> bool:
    """Return whether a resource is of a kind; an unknown part may be any."""
    if kind == ("logs", "group alone"):
        return ("logs", "log-group") in fitting
    if kind[0] == "logs" and ("logs", "log-stream") in fitting:
        return True
    return any(kind[0] == service and (part in ("", kind[1]) or not kind[1]) for service, part in fitting)


@cache
def _fitting(action: str) -> frozenset[Kind]:
    """Return the kinds to which an action applies; none if they are not known."""
    service, _, name = action.partition(":")
    known = service_actions().get(service, {"Actions": {}})
    if action in STREAM_ACTIONS:
        return frozenset({("logs", "log-stream")})
    if "*" not in name and "?" not in name:
        return frozenset(_kinds_of(known, known["Actions"].get(name, {})))
    listed = (about for act, about in known["Actions"].items() if matches(name, act))
    return frozenset((kind, "") for about in listed for kind, _ in _kinds_of(known, about))


def _kinds_of(known: Any, action: Any) -> Iterator[Kind]:
    listed = action.get("Resources", [])
    for name in listed if isinstance(listed, list) else [listed]:
        for arn in known["Resources"].get(name.lower(), {}).get("ARNFormats", []):
            parts = arn.split(":", 5)
            if len(parts) < 6:
                continue
            first = re.match(r"[A-Za-z-]+(?=[:/])", parts[5])
            exact = first[0] if first and parts[2] in SERVICES else ""
            yield parts[2], name if parts[2] == "s3" and name in ("bucket", "object") else exact
