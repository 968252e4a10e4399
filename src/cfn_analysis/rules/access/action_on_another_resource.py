import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from cfn_analysis.model.references import as_list
from cfn_analysis.model.wildcards import matches
from cfn_analysis.rules.support.documents import POLICIES, documents, each
from cfn_analysis.rules.support.references import partial_text, plain
from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator
from cfn_analysis.rules.support.service_roles import service_actions
from cfn_analysis.rules.support.values import Path, show
from cfn_analysis.rules.support.words import columns, words

# Service and first part of a resource in an ARN; the part is empty if the ARN has none.
Kind = tuple[str, str]

ARNS: dict[str, Kind] = {
    f"AWS::{kind}": (service, "".join(part)) for kind, service, *part in columns(__file__)
}
SERVICES = {service for service, _ in ARNS.values()}
# Actions on log streams, whose ARNs are longer than those of the log group.
STREAM_ACTIONS = words("logs:deletelogstream logs:getlogevents logs:putlogevents")
ACCESS_POINT: frozenset[Kind] = frozenset({("s3", "accesspoint")})
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
            if kinds == [None]:
                yield from _container_and_members(statement, path)
            if not kinds or any(kind is None for kind in kinds):
                continue
            actions = [str(action) for action, _ in each(statement.get("Action"))]
            for action in actions:
                fitting = _fitting(action.lower())
                if fitting and not any(_fits(kind, fitting) for kind in kinds if kind):
                    yield RuleFinding((*path, "Resource"), _message(action, str(listed[0]), fitting))
                    break


def _container_and_members(statement: Any, path: Path) -> Findings:
    """Yield a finding for a single ARN, of a bucket or of its objects, with actions on both.

    It comes from a parameter or another stack, so it is not known which of them it is.
    """
    ((resource, _),) = each(statement.get("Resource"))
    text = partial_text({"Fn::Join": ["", [resource]]}) or ""
    if not re.fullmatch(r"\$\{(?!AWS::)[^}]+\}(/\*)?", text):
        return
    actions = {str(action).lower(): str(action) for action, _ in each(statement.get("Action"))}
    of_bucket = [actions[name] for name in actions if _fitting(name) - ACCESS_POINT == {("s3", "bucket")}]
    of_objects = [actions[name] for name in actions if ("s3", "object") in _fitting(name)]
    if of_bucket and of_objects:
        yield RuleFinding(
            (*path, "Resource"),
            f"Resource is only {show(resource)}, and {of_bucket[0]} applies to a bucket, {of_objects[0]} to "
            "its objects: one of them is not allowed. List both, BUCKET-ARN and BUCKET-ARN/*.",
        )


def _message(action: str, resource: str, fitting: frozenset[Kind]) -> str:
    kinds = {kind for kind in fitting if kind != ("s3", "accesspoint")} or fitting
    applies = " or ".join(sorted(f"{service} {part}".rstrip() for service, part in kinds))
    remedy = ""
    if len(kinds) == 1:
        (kind,) = kinds
        remedy = REMEDIES.get(kind, "")
    return (
        f"Resource is {show(resource)}, and {action} applies to {applies}: the statement does not allow "
        f"it.{remedy}"
    )


def _kind(resources: Any, text: str | None) -> Kind | None:
    """Return the kind of a resource; None if it may be another one, too."""
    if text is None:
        return None
    reference = re.fullmatch(r"\$\{(\w+)(\.\w*Arn)?\}(.*)", text)
    if reference is not None:
        logical_id, attribute, rest = reference.groups()
        kind = ARNS.get(resources.get(logical_id, {}).get("Type"))
        if kind is not None:
            return _kind_of_reference(kind, attribute, rest)
    return _kind_of_arn(resources, text)


def _kind_of_reference(kind: Kind, attribute: str | None, rest: str) -> Kind | None:
    """Return the kind of a reference to a resource of the template, with the text after it."""
    service, _ = kind
    if not attribute and service not in ("secretsmanager", "sns"):
        return None
    if service != "s3" or not rest:
        return kind
    if rest.startswith("/"):
        return "s3", "object"
    return None


def _kind_of_arn(resources: Any, text: str) -> Kind | None:
    parts = plain(text).split(":", 5)
    if len(parts) < 6 or parts[0] != "arn" or re.search(r"[$*?]", parts[2]):
        return None
    _, _, service, _, account, name = parts
    if service == "s3" and not account:
        return _kind_in_s3(resources, text, name)
    if service == "logs" and re.fullmatch(r"log-group:[^:*?]+", name):
        return "logs", "group alone"
    return service, _first_word(name)


def _kind_in_s3(resources: Any, text: str, name: str) -> Kind | None:
    bucket, separator, _ = name.partition("/")
    if re.search(r"[$*?]", bucket) and not _is_bucket(resources, text):
        return None
    if separator:
        return "s3", "object"
    return "s3", "bucket"


def _first_word(name: str) -> str:
    """Return the first part of the last part of an ARN, such as ``log-group``; empty if it has none."""
    word = re.match(r"[A-Za-z-]+(?=[:/])", name)
    if word is None:
        return ""
    return word[0]


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
    if action in STREAM_ACTIONS:
        return frozenset({("logs", "log-stream")})
    service, _, name = action.partition(":")
    authorization = service_actions().get(service, {"Actions": {}})
    if "*" not in name and "?" not in name:
        return frozenset(_kinds_of(authorization, authorization["Actions"].get(name, {})))
    kinds: set[Kind] = set()
    for action_name, description in authorization["Actions"].items():
        if matches(name, action_name):
            kinds.update((kind, "") for kind, _ in _kinds_of(authorization, description))
    return frozenset(kinds)


def _kinds_of(authorization: Any, action: Any) -> Iterator[Kind]:
    for name in as_list(action.get("Resources", [])):
        for arn in authorization["Resources"].get(name.lower(), {}).get("ARNFormats", []):
            parts = arn.split(":", 5)
            if len(parts) < 6:
                continue
            service = parts[2]
            if service == "s3" and name in ("bucket", "object"):
                yield service, name
            elif service in SERVICES:
                yield service, _first_word(parts[5])
            else:
                yield service, ""
