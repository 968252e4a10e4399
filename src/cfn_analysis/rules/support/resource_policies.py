"""What the policies of functions, queues, topics, buckets and keys of a template allow a service."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import Enum
from typing import Any, NamedTuple

from cfnlint.helpers import is_function
from cfnlint.jsonschema import Validator

from cfn_analysis.model.references import as_list
from cfn_analysis.model.wildcards import matches, may_match
from cfn_analysis.rules.support.documents import texts
from cfn_analysis.rules.support.policies import may_match_action
from cfn_analysis.rules.support.references import first_id, ids_in, single_reference, sub_text
from cfn_analysis.rules.support.scenarios import conditional, scenarios
from cfn_analysis.rules.support.targets import BUCKET, FUNCTIONS, KEY, QUEUE, TOPIC, function_id
from cfn_analysis.rules.support.values import memory, of_type, possible_values, values

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
_UNKNOWN = "?"  # in place of statements that are not known


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
    by_type: dict[str, list[_Policy]] = cache["policies"]
    resource = resources[target]
    kind = resource["Type"]
    if kind in FUNCTIONS:
        return _permissions(resources, by_type.get(PERMISSION, []), function_id(resources, target))
    if kind == KEY:
        return {target: (resource, _statements(resource.get("Properties", {}).get("KeyPolicy")))}
    return {
        policy.logical_id: (policy.resource, _statements(policy.properties.get("PolicyDocument")))
        for policy in by_type.get(kind, [])
        if not policy.targets or target in policy.targets
    }


class _Policy(NamedTuple):
    """A resource policy, or a permission of a function."""

    logical_id: str
    resource: Any
    properties: Any
    targets: set[str]
    """The resources to which it applies; empty if one is not known."""


def _permissions(resources: Any, permissions: Sequence[_Policy], function: str) -> dict[str, tuple[Any, Any]]:
    """Return the permissions that are, or may be, those of a function."""
    of_function: dict[str, tuple[Any, Any]] = {}
    for permission in permissions:
        functions = [function_id(resources, target) for target in permission.targets]
        if not functions or function in functions:
            statements = [_as_statement(permission.properties)]
            of_function[permission.logical_id] = permission.resource, statements
    return of_function


def _policies_by_type(resources: Any) -> dict[str, list[_Policy]]:
    """Return the policies by the type of what they are for."""
    by_type: dict[str, list[_Policy]] = {}
    for logical_id, resource, properties in of_type(resources, PERMISSION, *POLICIES):
        name, kind = POLICIES.get(resource["Type"], ("FunctionName", PERMISSION))
        targets = {first_id(text) for text in texts(properties.get(name))}
        if not all(resources.get(target, {}).get("Type") for target in targets):
            targets = set()
        by_type.setdefault(kind, []).append(_Policy(logical_id, resource, properties, targets))
    return by_type


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
    if isinstance(statements, dict) and not is_function(statements)[0]:
        return [statements]
    if isinstance(statements, list):
        return statements
    return None


def access(
    case: Validator,
    policies: Mapping[str, tuple[Any, Any]],
    call: ServiceCall,
    default: Granted = Granted.NONE,
) -> Iterator[tuple[dict[str, Granted], list[str], Validator]]:
    """Yield the result for each permission and the existing policies, for each case."""
    together = {
        name: conditional(resource, statements or _UNKNOWN)
        for name, (resource, statements) in policies.items()
    }
    for existing, existing_case in scenarios(case, together):
        if not existing:
            results = dict.fromkeys(call.rights, default)
        elif _UNKNOWN in existing.values():
            results = dict.fromkeys(call.rights, Granted.FULL)
        else:
            results = _results(existing_case, existing.values(), call)
        yield results, list(existing), existing_case


def _results(case: Validator, policies: Iterable[list[Any]], call: ServiceCall) -> dict[str, Granted]:
    """Return the result for each permission from the statements of all policies."""
    statements: list[Any] = []
    for statements_of_policy in policies:
        statements += statements_of_policy
    return {right: _best(case, statements, actions, call) for right, actions in call.rights.items()}


def _best(case: Validator, statements: Sequence[Any], actions: Sequence[str], call: ServiceCall) -> Granted:
    granted = (_granted(case, statement, actions, call) for statement in statements)
    return max(granted, key=lambda result: result.value, default=Granted.NONE)


def _granted(case: Validator, statement: Any, actions: Sequence[str], call: ServiceCall) -> Granted:
    if not isinstance(statement, dict) or is_function(statement)[0]:
        return Granted.FULL
    if statement.get("Effect") == "Deny" or not _admits(case, statement, call.service):
        return Granted.NONE
    if not _allows(case, statement, actions) or not _is_about(case, statement, call):
        return Granted.NONE
    if not _source_allows(case, statement.get("Condition"), call):
        return Granted.OTHER_SOURCES
    return Granted.FULL


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
    if "NotAction" in statement:
        return True
    patterns = possible_texts(case, statement.get("Action"))
    return any(_allows_action(patterns, action) for action in actions)


def _allows_action(patterns: Sequence[str | None], action: str) -> bool:
    return any(may_match_action(pattern, action) for pattern in patterns)


def _is_about(case: Validator, statement: Any, call: ServiceCall) -> bool:
    """Return whether a statement can apply to a resource: it names it, or no other one of the template."""
    listed = as_list(statement.get("Resource"))
    if not listed:
        return True
    names = [single_reference(resource)[0] for resource in listed]
    if call.target not in names and all(name in case.context.resources for name in names):
        return False
    return call.prefix is None or any(_may_contain(resource, call.prefix) for resource in listed)


def _may_contain(resource: Any, prefix: Any) -> bool:
    """Return whether a Resource matches the objects with a prefix, or possibly does."""
    text, prefix_text = sub_text(resource), sub_text(prefix)
    if text is None or prefix_text is None or "/" not in text:
        return True
    allowed = _literal_start(text.partition("/")[2])
    written = _literal_start(prefix_text)
    return allowed.startswith(written) or written.startswith(allowed)


def _literal_start(text: str) -> str:
    """Return what is before the first reference or wildcard."""
    return re.split(r"[$*?]", text)[0]


def possible_texts(case: Validator, value: Any) -> list[str | None]:
    """Return all possible texts, single or in a list; None for one that is not known."""
    cache = memory(case.cfn).setdefault("possible texts", {})
    key = id(value), frozenset(case.context.conditions.status.items())
    if key not in cache:
        cache[key] = _possible_texts(case, value), value  # the value keeps its ID
    possible: list[str | None] = cache[key][0]
    return possible


def _possible_texts(case: Validator, value: Any) -> list[str | None]:
    entries: list[Any] = []
    for part in as_list(value):
        for possible in possible_values(case, part):
            if isinstance(possible, list):
                entries += possible
            else:
                entries.append(possible)
    return [entry if isinstance(entry, str) else None for entry in entries]


def _source_allows(case: Validator, condition: Any, call: ServiceCall) -> bool:
    """Return whether the conditions of a statement allow the source of a call."""
    if not isinstance(condition, dict) or is_function(condition)[0]:
        return True
    for operator, keys in condition.items():
        if not isinstance(keys, dict) or not POSITIVE.match(str(operator)):
            continue
        for key, patterns in keys.items():
            listed = patterns if isinstance(patterns, list) else [patterns]
            if not _key_allows(case, str(key).lower(), listed, call):
                return False
    return True


def _key_allows(case: Validator, key: str, patterns: list[Any], call: ServiceCall) -> bool:
    """Return whether the patterns of a condition key allow the source of a call."""
    match key:
        case "aws:sourcearn" if call.service == "cloudwatch.":
            return _alarm_matches(case, patterns, call.source_name)
        case "aws:sourcearn":
            return any(_may_be_source(case, pattern, call.source) for pattern in patterns)
        case "kms:encryptioncontext:aws:logs:arn":
            return any(_log_group_matches(pattern, call.source_name) for pattern in patterns)
    return True


def _may_be_source(case: Validator, pattern: Any, source: str) -> bool:
    """Return whether a pattern does not name other resources of the source's type only."""
    types = {name: resource.type for name, resource in case.context.resources.items()}
    same_type = [name for name in ids_in(sub_text(pattern) or "") if types.get(name) == types.get(source, "")]
    return not same_type or source in same_type


def _log_group_matches(pattern: Any, name: Any) -> bool:
    text, name_text = sub_text(pattern), sub_text(name)
    _, separator, name_pattern = (text or "").partition(":log-group:")
    return not separator or not name_text or may_match(name_pattern, name_text)


def _alarm_matches(case: Validator, patterns: list[Any], alarm_name: Any) -> bool:
    """Return whether one of the patterns matches the ARN of an alarm for all parameter values."""
    name_text = sub_text(alarm_name)
    if alarm_name is None or name_text is None:
        return True  # CloudFormation generates the name, or it is not known
    written = [sub_text(pattern) for pattern in patterns]
    if any(text is None or matches(text, ALARM_ARN + name_text) for text in written):
        return True
    for name, name_case in values(case, alarm_name):
        for prefix, prefix_case in values(name_case, {"Fn::Sub": ALARM_ARN}):
            if not any(_matches_alarm(prefix_case, pattern, prefix, name) for pattern in patterns):
                return False
    return True


def _matches_alarm(case: Validator, pattern: Any, prefix: str, name: Any) -> bool:
    possible = possible_values(case, pattern)
    if not isinstance(name, str) or not all(isinstance(text, str) for text in possible):
        return True
    return all(matches(text, _of_account(prefix, text) + name) for text in possible)


def _of_account(prefix: str, pattern: str) -> str:
    """Return the beginning of an alarm's ARN in the account of a pattern."""
    account = re.match(r"(?:[^:]*:){4}([0-9]{12}):", pattern)
    if account:
        return prefix.replace(ACCOUNT, account[1])
    return prefix
