"""The service of IAM to which a resource type belongs, as the prefix of its actions.

Neither the schemas nor IAM's list of actions name it. It follows from the names and from the actions of the
types: of ``AWS::SQS::Queue`` it is ``sqs``, of ``AWS::StepFunctions::Activity`` it is ``states``.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache

from cfn_analysis.model.schemas import iam_actions, resource_schema, resource_types


@cache
def own_service(type_name: str, region: str) -> str:
    """Return the service of a resource type; empty if its schema lists no actions.

    Raises:
        schemas.SchemasError: AWS does not describe the type in the region.
    """
    action_counts = _action_counts(type_name, region)
    if not action_counts:
        return ""
    namespace = _namespace(type_name)
    for name in (namespace, re.sub("v[0-9]$", "", namespace)):
        for service in action_counts:
            if _joined(service) == name:
                return service
    # Not a service of another namespace, such as ec2 in the actions of AWS::MWAA::Environment.
    unnamed = [service for service in action_counts if _joined(service) not in _namespaces(region)]
    if unnamed:
        type_counts = _type_counts(namespace, region)
        return max(unnamed, key=lambda service: (type_counts[service], action_counts[service], service))
    beginnings = [service for service in action_counts if namespace.startswith(_joined(service))]
    if beginnings:
        return max(beginnings, key=len)
    return max(action_counts, key=lambda service: (action_counts[service], service))


@cache
def _action_counts(type_name: str, region: str) -> Counter[str]:
    """Return service -> the number of its actions in the schema of a type."""
    schema = resource_schema(type_name, region)
    actions = set(schema.tag_permissions)
    for permissions in schema.handlers.values():
        actions.update(permissions)
    counts = Counter(action.partition(":")[0] for action in actions)
    # AWS::EMR::Step also lists emr:AddJobFlowSteps, whose service is elasticmapreduce.
    in_iam = Counter({service: count for service, count in counts.items() if iam_actions(service)})
    return in_iam or counts


@cache
def _type_counts(namespace: str, region: str) -> Counter[str]:
    """Return service -> the number of types of a namespace that list actions of it."""
    counts: Counter[str] = Counter()
    for type_name in resource_types(region):
        if _namespace(type_name) == namespace:
            counts.update(_action_counts(type_name, region).keys())
    return counts


@cache
def _namespaces(region: str) -> frozenset[str]:
    return frozenset(_namespace(type_name) for type_name in resource_types(region))


def _namespace(type_name: str) -> str:
    """Return the second part of a type, in lower case: ``stepfunctions``."""
    return type_name.split("::")[1].lower()


def _joined(service: str) -> str:
    return service.replace("-", "")
