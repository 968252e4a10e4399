"""Checks whether a service may call a function, or send to a queue or topic, of the same template."""

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

from cfn_analysis.rules.support.documents import documents, each, entries, principals, texts
from cfn_analysis.rules.support.references import sub_text
from cfn_analysis.rules.support.values import of_type

FUNCTIONS = ("AWS::Lambda::Function", "AWS::Lambda::Alias", "AWS::Lambda::Version")
QUEUE, TOPIC = "AWS::SQS::Queue", "AWS::SNS::Topic"


def targets_of(resources: Any, value: Any, *types: str) -> Iterator[str]:
    """Yield the resources of these types that a value is a reference to, in any branch."""
    for text in texts(value):
        found = re.fullmatch(r"\$\{([^!.{}]+)(?:\.[A-Za-z]*Arn)?\}(:.*)?", text)
        if found and resources.get(found[1], {}).get("Type") in types:
            yield found[1]


def permitted(resources: Any, function_id: str, service: str) -> bool:
    """Return whether a permission of the template allows, or may allow, a service to call a function."""
    function = _function(resources, function_id)
    for _, _, properties in of_type(resources, "AWS::Lambda::Permission"):
        principal = sub_text(properties.get("Principal"))
        names = texts(properties.get("FunctionName")) or ["?"]
        ours = any(
            _function(resources, _first_id(name)) == function or not resources.keys() & _ids(name)
            for name in names  # one that is put together without a resource may be that of any function
        )
        if ours and (principal is None or is_service(principal, service)):
            return True
    return False


def _function(resources: Any, logical_id: str) -> str:
    """Return the function of an alias or a version, or the function itself."""
    resource = resources.get(logical_id, {})
    if resource.get("Type") in FUNCTIONS[1:]:
        return _first_id((texts(resource.get("Properties", {}).get("FunctionName")) or [""])[0])
    return logical_id


def _first_id(text: str) -> str:
    return next(iter(_ids(text)), "")


def _ids(text: str) -> list[str]:
    """Return the references of a text, in order."""
    return re.findall(r"\$\{([^!.{}:]+)", text)


def is_service(principal: str, service: str) -> bool:
    """Return whether a principal is a service such as ``logs.``, or may be; ``logs.REGION.`` is the same.

    ``events.rds.`` is another service than ``events.``.
    """
    name = re.split(r"amazonaws|\$\{AWS::URLSuffix\}", principal)[0]
    return principal == "*" or "${" in name or re.sub(r"(?<=\.)[a-z]{2}(-[a-z]+)+-\d\.$", "", name) == service


def may_send(resources: Any, target_id: str, service: str, action: str) -> bool:
    """Return whether a policy of the template allows a service to send to a queue or topic.

    A topic without a policy accepts messages from its own account; a queue without a policy accepts none.
    """
    kind = resources[target_id]["Type"]
    policies = [
        properties
        for _, _, properties in of_type(
            resources, "AWS::SQS::QueuePolicy", "AWS::SQS::QueueInlinePolicy", "AWS::SNS::TopicPolicy"
        )
        for text in texts(properties.get("Queues", properties.get("Topics", properties.get("Queue"))))
        or ["${?}"]
        if _first_id(text) in (target_id, "?", "")
    ]
    if not policies:
        return False
    for properties in policies:
        document = properties.get("PolicyDocument")
        if not isinstance(document, dict) or not isinstance(document.get("Statement"), list | dict):
            return True
        for statement, _ in documents(document):
            named = principals(statement)
            everyone = "*" in principals(statement, "AWS")
            acts = [item for item, _ in each(statement.get("Action"))]
            allowed = "NotAction" in statement or any(
                not isinstance(act, str) or fnmatchcase(action.lower(), act.lower()) for act in acts
            )
            known = everyone or any(is_service(name, service) for name in named)
            if statement.get("Effect") == "Allow" and allowed and (known or "NotPrincipal" in statement):
                return True
    return kind not in (QUEUE, TOPIC)


def subscriptions(resources: Any) -> Iterator[tuple[tuple[str | int, ...], Any, Any]]:
    """Yield path, protocol and endpoint of each subscription to a topic."""
    for logical_id, _, properties in of_type(resources, "AWS::SNS::Subscription"):
        yield (logical_id, "Properties", "Endpoint"), properties.get("Protocol"), properties.get("Endpoint")
    for subscription, path in entries(resources, TOPIC, "Subscription"):
        yield path, subscription.get("Protocol"), subscription.get("Endpoint")
