"""The topics that alarms of a template notify, and whether CloudWatch is allowed to publish to them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

from cfnlint.helpers import is_function
from cfnlint.jsonschema import Validator

from cfn_analysis.model.references import as_list
from cfn_analysis.rules.support.references import single_reference, sub_text, target_case
from cfn_analysis.rules.support.scenarios import property_scenarios, scenarios
from cfn_analysis.rules.support.values import case_of, items, memory, of_type, values

CLOUDWATCH = "cloudwatch.amazonaws.com"
ACTIONS = ("AlarmActions", "OKActions", "InsufficientDataActions")
ALARM_ARN = "arn:${AWS::Partition}:cloudwatch:${AWS::Region}:${AWS::AccountId}:alarm:"
ACCOUNT = "123456789012"  # the value that cfn-lint uses for AWS::AccountId

# Operators that are true for matching values.
POSITIVE = re.compile(r"(ForAnyValue:)?(ArnLike|ArnEquals|StringLike|StringEquals)(IfExists)?$")


class AlarmWithTopic(NamedTuple):
    """An alarm and a topic in its actions, in a case in which both exist."""

    alarm: str
    alarm_name: Any
    """In this case; None if CloudFormation generates it."""
    topic: str
    properties: Any
    """Of the topic."""
    case: Validator


class TopicAccess(Enum):
    """The result of a policy for a service and one permission."""

    NONE = 0
    OTHER_ALARMS = 1
    """Allowed, but not for this alarm."""
    FULL = 2
    """Allowed, or not known."""


def alarms_with_topics(validator: Validator, resources: Any) -> list[AlarmWithTopic]:
    """Return each alarm of the template with each topic of the template that it notifies."""
    known = memory(validator.cfn)
    if "alarms" not in known:
        known["alarms"] = list(_alarms_with_topics(validator, resources))
    found: list[AlarmWithTopic] = known["alarms"]
    return found


def _alarms_with_topics(validator: Validator, resources: Any) -> Iterator[AlarmWithTopic]:
    seen = []
    for alarm, resource, properties in of_type(
        resources, "AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm"
    ):
        exists = case_of(validator, resource)
        for found, case in property_scenarios(exists, properties, "AlarmName", *ACTIONS) if exists else ():
            for action in [action for name in ACTIONS for action in items(found.get(name))]:
                topic, topic_properties, both = target_case(case, action, "AWS::SNS::Topic")
                key = (alarm, topic, both and both.context.conditions.status)
                if both and key not in seen:
                    seen.append(key)
                    yield AlarmWithTopic(alarm, found.get("AlarmName"), topic, topic_properties, both)


def access(
    case: Validator,
    policy: Any,
    rights: Mapping[str, Sequence[str]],
    alarm_name: Any,
    resource: str = "",
    service: str = CLOUDWATCH,
) -> Iterator[tuple[dict[str, TopicAccess], Validator]]:
    """Yield the result of a policy document for a service and each permission, for each case.

    Args:
        case: the case in which alarm and topic exist.
        policy: the document.
        rights: permission -> actions, one of which is sufficient.
        alarm_name: from the template; None if CloudFormation generates it, or without an alarm.
        resource: logical ID of the topic, if the statements must apply to it.
        service: the principal.
    """
    statements = policy.get("Statement") if isinstance(policy, dict) and not is_function(policy)[0] else None
    if isinstance(statements, dict) and not is_function(statements)[0]:
        statements = [statements]
    for found, where in scenarios(case, statements) if isinstance(statements, list) else ():
        yield (
            {
                right: max(
                    (
                        _granted(where, statement, actions, alarm_name, resource, service)
                        for statement in found
                    ),
                    key=lambda access: access.value,
                    default=TopicAccess.NONE,
                )
                for right, actions in rights.items()
            },
            where,
        )


def _granted(
    case: Validator, statement: Any, actions: Sequence[str], alarm_name: Any, resource: str, service: str
) -> TopicAccess:
    if not isinstance(statement, dict) or is_function(statement)[0]:
        return TopicAccess.FULL
    concerns = (
        statement.get("Effect") != "Deny"
        and _admits(case, statement, service)
        and _allows(case, statement, actions)
        and (not resource or _is_about(case, statement, resource))
    )
    if not concerns:
        return TopicAccess.NONE
    return (
        TopicAccess.FULL
        if _source_arn_allows(case, statement.get("Condition"), alarm_name)
        else TopicAccess.OTHER_ALARMS
    )


def _admits(case: Validator, statement: Any, service: str) -> bool:
    """Return whether the service can be the principal."""
    principal = statement.get("Principal")
    if not isinstance(principal, dict) or is_function(principal)[0]:
        return principal is not None or "NotPrincipal" in statement
    anyone = "*" in _possible_texts(case, principal.get("AWS"))
    services = _possible_texts(case, principal.get("Service"))
    return anyone or any(name is None or name == "*" or name.startswith(service) for name in services)


def _allows(case: Validator, statement: Any, actions: Sequence[str]) -> bool:
    patterns = _possible_texts(case, statement.get("Action"))
    return "NotAction" in statement or any(
        pattern is None or fnmatchcase(action.lower(), pattern.lower())
        for pattern in patterns
        for action in actions
    )


def _is_about(case: Validator, statement: Any, topic: str) -> bool:
    """Return whether a statement can apply to a topic: it names it, or no other topic of the template."""
    listed = statement.get("Resource")
    named = [single_reference(item)[0] for item in (listed if isinstance(listed, list) else [listed])]
    return topic in named or any(name not in case.context.resources for name in named)


def _possible_texts(case: Validator, value: Any) -> list[str | None]:
    """Return all possible texts, single or in a list; None for one that is not known."""
    found = [entry for item in as_list(value) for entry, _ in values(case, item)]
    flat = [part for entry in found for part in (entry if isinstance(entry, list) else [entry])]
    return [part if isinstance(part, str) else None for part in flat]


def _source_arn_allows(case: Validator, condition: Any, alarm_name: Any) -> bool:
    """Return whether a statement's conditions on aws:SourceArn allow an alarm."""
    if not isinstance(condition, dict) or is_function(condition)[0]:
        return True
    for operator, keys in condition.items():
        for key, patterns in keys.items() if isinstance(keys, dict) and POSITIVE.match(str(operator)) else ():
            listed = patterns if isinstance(patterns, list) else [patterns]
            if str(key).lower() == "aws:sourcearn" and not _match(case, listed, alarm_name):
                return False
    return True


def _match(case: Validator, patterns: list[Any], alarm_name: Any) -> bool:
    """Return whether one of the patterns matches the ARN of an alarm for all parameter values."""
    own = sub_text(alarm_name)
    if alarm_name is None or own is None:
        return True  # CloudFormation generates the name, or it is not known
    texts = [sub_text(pattern) for pattern in patterns]
    if any(text is None or fnmatchcase(ALARM_ARN + own, _glob(text)) for text in texts):
        return True
    return all(
        any(_fits(here, pattern, prefix, name) for pattern in patterns)
        for name, there in values(case, alarm_name)
        for prefix, here in values(there, {"Fn::Sub": ALARM_ARN})
    )


def _fits(case: Validator, pattern: Any, prefix: str, name: Any) -> bool:
    found = [entry for entry, _ in values(case, pattern)]
    if not isinstance(name, str) or not all(isinstance(entry, str) for entry in found):
        return True
    return all(fnmatchcase(_of_account(prefix, entry) + name, _glob(entry)) for entry in found)


def _of_account(prefix: str, pattern: str) -> str:
    """Return the beginning of an alarm's ARN in the account of a pattern."""
    account = re.match(r"(?:[^:]*:){4}([0-9]{12}):", pattern)
    return prefix.replace(ACCOUNT, account[1]) if account else prefix


def _glob(pattern: str) -> str:
    """Return an IAM pattern for fnmatch: only * and ? are special."""
    return pattern.replace("[", "[[]")
