"""What the policies of functions, queues, topics, buckets and keys of a template allow a service."""

import re
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from typing import Any, NamedTuple

from cfnlint.helpers import is_function
from cfnlint.jsonschema import Validator

from cfn_analysis.model.references import as_list
from cfn_analysis.model.wildcards import matches, may_match
from cfn_analysis.rules.support.documents import texts
from cfn_analysis.rules.support.references import first_id, ids_in, single_reference, sub_text
from cfn_analysis.rules.support.scenarios import NO_VALUE, scenarios
from cfn_analysis.rules.support.targets import BUCKET, FUNCTIONS, KEY, QUEUE, TOPIC, function_id
from cfn_analysis.rules.support.values import memory, of_type, values

ALARM_ARN = "arn:${AWS::Partition}:cloudwatch:${AWS::Region}:${AWS::AccountId}:alarm:"
ACCOUNT = "123456789012"  # the value that cfn-lint uses for AWS::AccountId

# Operators that are true for matching values.
POSITIVE = re.compile(r"(ForAnyValue:)?(ArnLike|ArnEquals|StringLike|StringEquals)(IfExists)?$")

# Type of a policy -> the property that names its resources, and the type of these resources.
POLICIES = {
    "AWS::SNS::TopicPolicy": ("Topics", TOPIC),
    "AWS::SNS::TopicInlinePolicy": ("TopicArn", TOPIC),
    "AWS::SQS::QueuePolicy": ("Queues", QUEUE),
    "AWS::SQS::QueueInlinePolicy": ("Queue", QUEUE),
    "AWS::S3::BucketPolicy": ("Bucket", BUCKET),
}
PERMISSION = "AWS::Lambda::Permission"


class Granted(Enum):
    """The result of the policies of a resource for a service and one permission."""

    NONE = 0
    OTHER_SOURCES = 1
    """Allowed, but not for this source."""
    FULL = 2
    """Allowed, or not known."""


class ServiceCall(NamedTuple):
    """A call of a service that a policy must allow."""

    service: str
    """The principal up to its first dot: ``events.``; empty for any."""
    rights: Mapping[str, Sequence[str]]
    """Permission -> actions, one of which is sufficient."""
    target: str
    """The resource that is called."""
    source: str = ""
    """The resource for which the service calls, if it is one of the template."""
    source_name: Any = None
    """The name of an alarm or a log group; None if CloudFormation generates it."""
    prefix: Any = None
    """What the names of the written objects begin with."""


def policies_of(validator: Validator, resources: Any, target: str) -> dict[str, tuple[Any, Any]]:
    """Return the policies that are, or may be, those of a resource: logical ID -> resource and statements."""
    cache = memory(validator.cfn)
    if "policies" not in cache:
        cache["policies"] = _policies_by_type(resources)
    listed: dict[str, list[tuple[str, Any, set[str]]]] = cache["policies"]
    kind = resources[target]["Type"]
    if kind in FUNCTIONS:
        own = function_id(resources, target)
        return {
            logical_id: (resource, [_as_statement(resource.get("Properties", {}))])
            for logical_id, resource, ids in listed.get(PERMISSION, ())
            if not ids or any(function_id(resources, name) == own for name in ids)
        }
    if kind == KEY:
        resource = resources[target]
        return {target: (resource, _statements(resource.get("Properties", {}).get("KeyPolicy")))}
    return {
        logical_id: (resource, _statements(resource.get("Properties", {}).get("PolicyDocument")))
        for logical_id, resource, ids in listed.get(kind, ())
        if not ids or target in ids
    }


def _policies_by_type(resources: Any) -> dict[str, list[tuple[str, Any, set[str]]]]:
    """Return the policies by the type of what they are for, with the resources that they name."""
    found: dict[str, list[tuple[str, Any, set[str]]]] = {}
    for logical_id, resource, properties in of_type(resources, PERMISSION, *POLICIES):
        name, kind = POLICIES.get(resource["Type"], ("FunctionName", PERMISSION))
        ids = {first_id(text) for text in texts(properties.get(name))}
        known = {found_id for found_id in ids if resources.get(found_id, {}).get("Type")}
        found.setdefault(kind, []).append((logical_id, resource, known if known == ids else set()))
    return found


def _as_statement(permission: Any) -> Any:
    """Return the statement that a permission adds to the policy of its function."""
    source = permission.get("SourceArn")
    return {
        "Effect": "Allow",
        "Principal": {"Service": permission.get("Principal")},
        "Action": permission.get("Action", "lambda:*"),
        "Condition": {"ArnLike": {"aws:SourceArn": source}} if source else {},
    }


def _statements(document: Any) -> Any:
    """Return the statements of a policy document; None if they are not known."""
    if not isinstance(document, dict) or is_function(document)[0]:
        return None
    statements = document.get("Statement")
    listed = [statements] if isinstance(statements, dict) and not is_function(statements)[0] else statements
    return listed if isinstance(listed, list) else None


def access(
    case: Validator,
    policies: Mapping[str, tuple[Any, Any]],
    call: ServiceCall,
    default: Granted = Granted.NONE,
) -> Iterator[tuple[dict[str, Granted], list[str], Validator]]:
    """Yield the result for each permission and the existing policies, for each case."""
    together = {
        name: {"Fn::If": [resource["Condition"], statements or "?", NO_VALUE]}
        if isinstance(resource.get("Condition"), str)
        else statements or "?"
        for name, (resource, statements) in policies.items()
    }
    for existing, where in scenarios(case, together):
        if not existing:
            yield dict.fromkeys(call.rights, default), [], where
        elif "?" in existing.values():
            yield dict.fromkeys(call.rights, Granted.FULL), list(existing), where
        else:
            listed = [statement for statements in existing.values() for statement in statements]
            yield (
                {right: _best(where, listed, actions, call) for right, actions in call.rights.items()},
                list(existing),
                where,
            )


def _best(case: Validator, statements: Sequence[Any], actions: Sequence[str], call: ServiceCall) -> Granted:
    granted = (_granted(case, statement, actions, call) for statement in statements)
    return max(granted, key=lambda result: result.value, default=Granted.NONE)


def _granted(case: Validator, statement: Any, actions: Sequence[str], call: ServiceCall) -> Granted:
    if not isinstance(statement, dict) or is_function(statement)[0]:
        return Granted.FULL
    concerns = (
        statement.get("Effect") != "Deny"
        and _admits(case, statement, call.service)
        and _allows(case, statement, actions)
        and _is_about(case, statement, call)
    )
    if not concerns:
        return Granted.NONE
    return Granted.FULL if _source_allows(case, statement.get("Condition"), call) else Granted.OTHER_SOURCES


def _admits(case: Validator, statement: Any, service: str) -> bool:
    """Return whether the service can be the principal."""
    principal = statement.get("Principal")
    if not isinstance(principal, dict) or is_function(principal)[0] or not service:
        return principal is not None or "NotPrincipal" in statement
    anyone = "*" in possible_texts(case, principal.get("AWS"))
    services = possible_texts(case, principal.get("Service"))
    return anyone or any(name is None or is_service(name, service) for name in services)


def is_service(principal: str, service: str) -> bool:
    """Return whether a principal is a service such as ``logs.``, or may be; ``logs.REGION.`` is the same.

    ``events.rds.`` is another service than ``events.``.
    """
    name = re.split(r"amazonaws|\$\{AWS::URLSuffix\}", principal)[0]
    return principal == "*" or "${" in name or re.sub(r"(?<=\.)[a-z]{2}(-[a-z]+)+-\d\.$", "", name) == service


def _allows(case: Validator, statement: Any, actions: Sequence[str]) -> bool:
    patterns = possible_texts(case, statement.get("Action"))
    return "NotAction" in statement or any(
        pattern is None or matches(pattern.lower(), action.lower())
        for pattern in patterns
        for action in actions
    )


def _is_about(case: Validator, statement: Any, call: ServiceCall) -> bool:
    """Return whether a statement can apply to a resource: it names it, or no other one of the template."""
    listed = as_list(statement.get("Resource"))
    named = [single_reference(resource)[0] for resource in listed]
    about = not listed or call.target in named or any(name not in case.context.resources for name in named)
    return about and (call.prefix is None or not listed or any(_has(text, call.prefix) for text in listed))


def _has(resource: Any, prefix: Any) -> bool:
    """Return whether a Resource matches the objects with a prefix, or possibly does."""
    text, begins = sub_text(resource), sub_text(prefix)
    if text is None or begins is None or "/" not in text:
        return True
    known, own = (re.split(r"[$*?]", part)[0] for part in (text.partition("/")[2], begins))
    return known.startswith(own) or own.startswith(known)


def possible_texts(case: Validator, value: Any) -> list[str | None]:
    """Return all possible texts, single or in a list; None for one that is not known."""
    cache = memory(case.cfn).setdefault("possible texts", {})
    key = id(value), frozenset(case.context.conditions.status.items())
    if key not in cache:
        known = [entry for part in as_list(value) for entry, _ in values(case, part)]
        flat = [text for entry in known for text in (entry if isinstance(entry, list) else [entry])]
        cache[key] = [text if isinstance(text, str) else None for text in flat], value  # keeps its ID
    possible: list[str | None] = cache[key][0]
    return possible


def _source_allows(case: Validator, condition: Any, call: ServiceCall) -> bool:
    """Return whether the conditions of a statement allow the source of a call."""
    if not isinstance(condition, dict) or is_function(condition)[0]:
        return True
    for operator, keys in condition.items():
        for key, patterns in keys.items() if isinstance(keys, dict) and POSITIVE.match(str(operator)) else ():
            listed = patterns if isinstance(patterns, list) else [patterns]
            match str(key).lower():
                case "aws:sourcearn" if call.service == "cloudwatch.":
                    allowed = _alarm_matches(case, listed, call.source_name)
                case "aws:sourcearn":
                    allowed = any(_may_be_source(case, pattern, call.source) for pattern in listed)
                case "kms:encryptioncontext:aws:logs:arn":
                    allowed = any(_log_group_matches(pattern, call.source_name) for pattern in listed)
                case _:
                    allowed = True
            if not allowed:
                return False
    return True


def _may_be_source(case: Validator, pattern: Any, source: str) -> bool:
    """Return whether a pattern does not name other resources of the source's type only."""
    kinds = {name: resource.type for name, resource in case.context.resources.items()}
    same = [name for name in ids_in(sub_text(pattern) or "") if kinds.get(name) == kinds.get(source, "")]
    return not same or source in same


def _log_group_matches(pattern: Any, name: Any) -> bool:
    text, own = sub_text(pattern), sub_text(name)
    _, separator, wanted = (text or "").partition(":log-group:")
    return not separator or not own or may_match(wanted, own)


def _alarm_matches(case: Validator, patterns: list[Any], alarm_name: Any) -> bool:
    """Return whether one of the patterns matches the ARN of an alarm for all parameter values."""
    own = sub_text(alarm_name)
    if alarm_name is None or own is None:
        return True  # CloudFormation generates the name, or it is not known
    written = [sub_text(pattern) for pattern in patterns]
    if any(text is None or matches(text, ALARM_ARN + own) for text in written):
        return True
    return all(
        any(_fits(here, pattern, prefix, name) for pattern in patterns)
        for name, there in values(case, alarm_name)
        for prefix, here in values(there, {"Fn::Sub": ALARM_ARN})
    )


def _fits(case: Validator, pattern: Any, prefix: str, name: Any) -> bool:
    possible = [entry for entry, _ in values(case, pattern)]
    if not isinstance(name, str) or not all(isinstance(entry, str) for entry in possible):
        return True
    return all(matches(entry, _of_account(prefix, entry) + name) for entry in possible)


def _of_account(prefix: str, pattern: str) -> str:
    """Return the beginning of an alarm's ARN in the account of a pattern."""
    account = re.match(r"(?:[^:]*:){4}([0-9]{12}):", pattern)
    return prefix.replace(ACCOUNT, account[1]) if account else prefix
