"""A statement of a deploy policy in words: conditions, actions and resources.

Sentences are translated whole, with placeholders. They are generated from actions and ARNs, so that a new
resource type needs only its name; a new kind of condition needs a sentence in ``_BOUNDS``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from csr_templates.hand_over.deploy_needs import concerns
from csr_templates.hand_over.deploy_scopes import CREATES, KEY_USE, SCOPES, TAGS_ON_CREATION
from csr_templates.reference.markdown import code, codes
from csr_templates.reference.markers import PageError

if TYPE_CHECKING:
    from csr_templates.reference.words import Words

_KNOWN: Final = frozenset({"Sid", "Effect", "Action", "Resource", "Condition"})
_VARIABLE: Final = re.compile(r"\$\{(?:aws:PrincipalTag/(\w+)|aws:Principal(Account))\}")
_IN_LOWER_CASE: Final = ("Project", "Environment", "Account")  # as the pages write them

_BOUNDS: Final[Mapping[tuple[str, str, str], str]] = {
    ("Allow", "ArnEquals", "iam:PolicyARN"): "Only the policy {values}.",
    ("Allow", "ForAllValues:StringEquals", "route53:ChangeResourceRecordSetsNormalizedRecordNames"): (
        "Only records with the name {values}."
    ),
    ("Allow", "ForAllValues:StringEquals", "route53:ChangeResourceRecordSetsRecordTypes"): (
        "Only records of the types {values}."
    ),
    ("Allow", "Null true", "kms:ResourceAliases"): "Only keys without an alias.",
    ("Allow", "Null false", "route53:ChangeResourceRecordSetsNormalizedRecordNames"): (
        "Only if the request specifies the record names."
    ),
    ("Allow", "Null false", "route53:ChangeResourceRecordSetsRecordTypes"): (
        "Only if the request specifies the record types."
    ),
    ("Allow", "StringEquals", "aws:RequestTag"): "Only if the request sets the tags {values}.",
    ("Allow", "StringEquals", "aws:RequestedRegion"): "Only in the region {values}.",
    ("Allow", "StringEquals", "aws:ResourceTag"): "Only resources with the tags {values}.",
    ("Allow", "StringEquals", "ec2:CreateAction"): "Only during creation by one of these actions: {values}.",
    ("Allow", "StringEquals", "iam:AWSServiceName"): "Only for {values}.",
    ("Allow", "StringEquals", "iam:PassedToService"): "Only to {values}.",
    ("Allow", "StringEquals", "kms:ViaService"): "Only through {values}.",
    ("Allow", "StringEqualsIfExists", "aws:RequestTag"): (
        "If the request sets these tags, only with the values {values}."
    ),
    ("Allow", "StringEqualsIfExists", "aws:ResourceAccount"): "Only in the account {values}.",
    ("Allow", "StringEqualsIfExists", "aws:ResourceTag"): (
        "Only resources with the tags {values}, or without these tags."
    ),
    ("Deny", "ForAnyValue:StringLike", "cloudformation:ImportResourceTypes"): (
        "If resources of the types {values} are imported."
    ),
    ("Deny", "Null false", "aws:PrincipalTag/PermissionsBoundary"): (
        "If this role has the tag `PermissionsBoundary`."
    ),
    ("Deny", "StringNotEquals", "iam:PermissionsBoundary"): (
        "Unless the permissions boundary of the role that is created or changed is {values}."
    ),
}
"""Effect, operator (with the value, for ``Null``) and key, without the name of a tag -> its sentence."""

_VERBS: Final = ("creates", "changes", "deletes", "tags", "passes", "writes", "reads", "uses", "describes")
"""In the order of a sentence."""

_OF_ACTIONS: Final = {
    **dict.fromkeys(KEY_USE, "uses"),
    "apigateway:DELETE": "deletes",
    "apigateway:GET": "describes",
    "apigateway:PATCH": "changes",
    "apigateway:POST": "changes",
    "apigateway:PUT": "changes",
    "cloudformation:CreateChangeSet": "changes",
    "ec2:CreateRoute": "changes",
    "ec2:CreateTags": "tags",
    "ec2:DeleteTags": "tags",
    "ec2:ReleaseAddress": "deletes",
    "iam:CreateServiceLinkedRole": "creates",
    "iam:PassRole": "passes",
    "kms:ScheduleKeyDeletion": "deletes",
    "lambda:CreateAlias": "changes",
    "s3:GetObject": "reads",
    "s3:GetObjectVersion": "reads",
    "s3:PutObject": "writes",
    "s3:PutObjectAcl": "writes",
    "secretsmanager:GetSecretValue": "reads",
}
"""Verbs of actions whose name has another verb."""

_KINDS: Final = (
    (r"arn:aws:apigateway:[^/]*/account", "account setting of API Gateway"),
    (r"arn:aws:apigateway:[^/]*/tags/.*", "set of tags in API Gateway"),
    (r"arn:aws:apigateway:[^/]*/restapis/\*/.*", "part of a REST API"),
    (r"arn:aws:apigateway:[^/]*/usageplans/\*/.*", "part of a usage plan"),
    (r"arn:aws:cloudformation:.*", "stack"),
    (r"arn:aws:ec2:[^/]*:ipv4pool-ec2/.*", "address pool"),
    (r"arn:aws:ec2:[^/]*:security-group-rule/.*", "rule of a security group"),
    (r"arn:aws:ec2:[^/]*:\*/\*", "EC2 resource"),
    (r"arn:aws:iam:[^/]*:role/aws-service-role/.*", "service-linked role"),
    (r"arn:aws:lambda:[^/]*:function:[^:]*:.*", "function version"),
    (r"arn:aws:rds:[^/]*:cluster-snapshot:.*", "DB cluster snapshot"),
    (r"arn:aws:rds:[^/]*:og:.*", "option group"),
    (r"arn:aws:route53:::change/.*", "pending change of records"),
    (r"arn:aws:route53:::hostedzone/.*", "hosted zone"),
    (r"arn:aws:s3:::[^/]*/.*", "object"),
    (r"arn:aws:wafv2:.*managedruleset.*", "managed rule group"),
)
"""ARN with shortened variables -> its name, if not the resource type in ``SCOPES``."""

_WRITTEN: Final = {
    "AWS::ApiGateway::ApiKey": "API key",
    "AWS::ApiGateway::RestApi": "REST API",
    "AWS::CloudFront::Function": "CloudFront function",
    "AWS::EC2::EIP": "Elastic IP address",
    "AWS::EC2::NetworkAcl": "network ACL",
    "AWS::IAM::Role": "IAM role",
    "AWS::KMS::Key": "KMS key",
    "AWS::Lambda::Function": "Lambda function",
    "AWS::Logs::Delivery": "log delivery",
    "AWS::Logs::DeliveryDestination": "log delivery destination",
    "AWS::Logs::DeliverySource": "log delivery source",
    "AWS::EC2::NatGateway": "NAT gateway",
    "AWS::S3::Bucket": "S3 bucket",
    "AWS::SNS::Topic": "SNS topic",
    "AWS::SQS::Queue": "SQS queue",
    "AWS::WAFv2::WebACL": "web ACL",
}
"""Resource types with an irregular name."""


def sentences(
    statement: Mapping[str, Any], words: Words, where: str, region: str
) -> tuple[list[str], list[str]]:
    """Return the conditions of a statement, and its permissions: a Markdown sentence for each.

    Args:
        statement: of an identity policy, with lists or single values.
        words: the words of the page's language.
        where: stack and role, for messages.
        region: the region of the stack; other regions are named in the sentences.

    Raises:
        PageError: a part of the statement has no sentence.
    """
    where = f"{where}, statement {statement.get('Sid', '(without Sid)')}"
    if others := sorted(set(statement) - _KNOWN):
        raise PageError(
            f"{where}: {', '.join(others)} has no sentence. Write the statement with Action and Resource."
        )
    bounds = list(_bounds(statement, words, where))
    if statement["Effect"] == "Deny":
        return bounds, list(_denied(statement, words))
    return bounds, list(_allowed(statement, words, region))


def shortened(text: str) -> str:
    """Return a text of a policy with its variables in the form of the pages: ``<project>``."""

    def name(match: re.Match[str]) -> str:
        found: str = match[1] or match[2]
        return f"<{found.lower() if found in _IN_LOWER_CASE else found}>"

    return _VARIABLE.sub(name, text)


def listed(values: str | Sequence[str]) -> list[str]:
    """Return the values of an element of a policy, which can be a single value."""
    return [values] if isinstance(values, str) else list(values)


# ---- Conditions ----


def _bounds(statement: Mapping[str, Any], words: Words, where: str) -> Iterator[str]:
    found: dict[tuple[str, str], list[str]] = {}
    for operator, keys in statement.get("Condition", {}).items():
        for key, values in keys.items():
            shown = [code(shortened(value)) for value in listed(values)]
            name, _, tag = key.partition("/")
            if tag and name != "aws:PrincipalTag":
                pairs = [code(f"{tag}={shortened(value)}") for value in listed(values)]
                found.setdefault((operator, name), []).append(" / ".join(pairs))
            elif operator == "Null" and len(shown) == 1:
                found[f"Null {listed(values)[0]}", key] = []
            else:
                found[operator, key] = shown
    for (operator, key), shown in found.items():
        sentence = _BOUNDS.get((statement["Effect"], operator, key))
        if sentence is None:
            raise PageError(
                f"{where}: the condition {operator} {key}, with Effect {statement['Effect']}, has no "
                "sentence. Add one to _BOUNDS in reference/statement_words.py."
            )
        yield words.fill(sentence, values=", ".join(shown))


# ---- Actions and resources ----


def _denied(statement: Mapping[str, Any], words: Words) -> Iterator[str]:
    actions = codes(listed(statement["Action"]))
    arns = listed(statement["Resource"])
    if arns == ["*"]:
        yield words.fill("Denies on any resource: {actions}.", actions=actions)
    else:
        resources = codes(map(shortened, arns))
        yield words.fill("Denies on {resources}: {actions}.", actions=actions, resources=resources)


def _allowed(statement: Mapping[str, Any], words: Words, region: str) -> Iterator[str]:
    actions, arns = listed(statement["Action"]), listed(statement["Resource"])
    created = {action: type_name for action, type_name, arn in (*CREATES, *TAGS_ON_CREATION) if arn == "*"}
    anywhere = [action for action in actions if "*" in arns and action not in created]
    for verbs, of_verbs in _grouped((_verbs(action, ""), action) for action in anywhere):
        text = words.fill(
            "{verbs} without specifying a resource: {actions}.",
            verbs=_joined(map(words, verbs), words),
            actions=codes(of_verbs),
        )
        yield _capital(text)
    done: dict[tuple[str, str], list[str]] = {}
    for arn in arns:
        fitting = [action for action in actions if arn == "*" or concerns(action, arn)]
        for action in fitting or actions:
            if action not in anywhere:
                kind = _kind(shortened(arn)) if arn != "*" else _called(created[action])
                known = done.setdefault((kind, arn), [])
                known += [verb for verb in _verbs(action, kind, arn) if verb not in known]
    alike = _grouped(
        ((kind, _region(arn, region), *sorted(known, key=_VERBS.index)), shortened(arn))
        for (kind, arn), known in done.items()
    )
    for (kind, elsewhere, *known), of_kind in alike:
        resources = _resources(kind, of_kind, words)
        if elsewhere == "*":
            resources = words.fill("{resources} in any region", resources=resources)
        elif elsewhere:
            resources = words.fill("{resources} in {region}", resources=resources, region=code(elsewhere))
        text = words.fill(
            "{verbs} {resources}.", verbs=_joined(map(words, known), words), resources=resources
        )
        yield _capital(text)


def _resources(kind: str, arns: Sequence[str], words: Words) -> str:
    """Return resources of one kind: their names, or all."""
    names = list(dict.fromkeys(filter(None, map(_name, arns))))
    many = len(names) != 1 or "*" in names[0]
    noun = words.noun(kind, many=many)
    if not names:
        return noun
    if many:
        return words.fill("the {kind} {names}", kind=noun, names=codes(names))
    return words.fill("the {kind} {name}", kind=noun, name=codes(names))


def _region(arn: str, region: str) -> str:
    """Return the region of an ARN, if it is not that of the stack."""
    found = arn.split(":")[3] if arn != "*" else ""
    return "" if found == region else found


def _verbs(action: str, kind: str, arn: str = "") -> tuple[str, ...]:
    """Return the verb of an action on a kind of resource."""
    if (action, arn) in {(creates, _filled(pattern, arn)) for creates, _, pattern in CREATES}:
        return ("creates",)
    if action in _OF_ACTIONS:
        return (_OF_ACTIONS[action],)
    name = action.partition(":")[2]
    verb = re.split("(?<=[a-z])(?=[A-Z])", name)[0]
    itself = _is(name.removeprefix(verb), kind)
    if re.search("^(Unt|T)ag|Tag(s(To|From|For)|ging$)", name) and verb not in ("Get", "List"):
        return ("tags",)
    match verb:
        case "Describe" | "Get" | "List" | "Validate" | "Detect":
            return ("describes",)
        case "Put":
            return ("creates", "changes") if itself else ("changes",)
        case "Allocate" | "Create":
            return ("creates",) if itself or not kind else ("uses",)
        case "Delete":
            return ("deletes",) if itself or not kind else ("changes",)
        case _:
            return ("changes",)


def _is(noun: str, kind: str) -> bool:
    """Return whether the noun of an action, such as ``DBCluster`` or ``Alarms``, is a kind of resource."""
    theirs, ours = noun.lower().removesuffix("s"), kind.replace(" ", "").lower()
    return bool(theirs) and (ours.endswith(theirs) or theirs.endswith(ours)) if ours else False


def _filled(pattern: str, arn: str) -> str:
    """Return an ARN of ``CREATES`` in the region of another, if only its region is a wildcard."""
    region = arn.split(":")[3] if arn.count(":") > 3 else ""
    return pattern.replace("{region}", region)


@cache
def _kind(arn: str) -> str:
    """Return the kind of resource of an ARN, in English and in the singular."""
    for pattern, kind in _KINDS:
        if re.fullmatch(pattern, arn):
            return kind
    types = [scope.type for scope in SCOPES if _shape(scope.arn) == _shape(arn)]
    return _called(types[0]) if types else "resource"


def _shape(arn: str) -> tuple[str, str]:
    """Return the common part of ARNs of one kind: the service, and the start of the last part."""
    _, _, service, _, _, rest = arn.split(":", 5)
    return service, re.split("[/:]", rest.lstrip("/"))[0] if re.search("[/:]", rest) else ""


def _called(type_name: str) -> str:
    """Return the name of a resource type in words: ``AWS::RDS::DBSubnetGroup`` is a DB subnet group."""
    if type_name in _WRITTEN:
        return _WRITTEN[type_name]
    parts = re.findall(
        r"[A-Z]+(?=[A-Z][a-z])|[A-Z]+s?(?![a-z])|[A-Z][a-z]+|\d+", type_name.rpartition("::")[2]
    )
    return " ".join(part if part.isupper() else part.lower() for part in parts)


def _name(arn: str) -> str:
    """Return the identifying part of a resource's ARN; empty if its ID is random.

    Several ARNs can be for one resource: the ARN of a log group ends with ``:*`` for some actions, the ARN of
    a secret with six random characters.
    """
    if arn == "*":
        return ""
    _, partition, _, _, account, rest = arn.split(":", 5)
    if partition != "aws" or account not in ("*", ""):
        return arn
    if arn.startswith("arn:aws:apigateway:"):
        return "" if re.fullmatch(r"/\w+(/\*)?", rest) else rest
    if not arn.startswith("arn:aws:s3:"):
        rest = re.sub(r"^(global/)?[\w-]+[:/]", "", rest).removesuffix("/*")
    if arn.startswith("arn:aws:logs:"):
        rest = rest.removesuffix(":*")
    return "" if rest == "*" else rest.removesuffix("-??????")


def _grouped(pairs: Iterable[tuple[tuple[str, ...], str]]) -> Iterable[tuple[tuple[str, ...], list[str]]]:
    """Return the values of each key, in the order of the first occurrence of the keys."""
    found: dict[tuple[str, ...], list[str]] = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return found.items()


def _joined(texts: Iterable[str], words: Words) -> str:
    """Return texts as a list in a sentence."""
    joined, *others = texts
    for number, text in enumerate(others, 1):
        pattern = "{list} and {next}" if number == len(others) else "{list}, {next}"
        joined = words.fill(pattern, list=joined, next=text)
    return joined


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
