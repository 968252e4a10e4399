"""House rules: requirements for every stack of the listing that AWS does not have.

They apply to ``STACKS``, not to stacks of other projects. Requirements for any template are lint rules.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from cfn_analysis.model.built_stack import BuiltStack
from cfn_analysis.model.references import in_words, uses
from cfn_analysis.model.schemas import SchemasError, resource_schema, stateful_types
from cfn_analysis.model.wildcards import matches
from csr_templates.naming import PREFIX

_CONSTRAINTS: Final = (
    "AllowedPattern",
    "AllowedValues",
    "MinValue",
    "MaxValue",
    "MinLength",
    "MaxLength",
)
_ROOT: Final = {
    "Effect": "Allow",
    "Principal": {"AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}},
    "Action": "kms:*",
    "Resource": "*",
}
_SNAPSHOTS: Final = frozenset({"AWS::RDS::DBCluster"})
"""Types with a snapshot on deletion: a retained cluster would still be billed."""
_TAGS: Final = {"Project": {"Ref": "ProjectName"}, "Environment": {"Ref": "Environment"}}
_SOURCES: Final = ("aws:SourceAccount", "aws:SourceArn", "kms:EncryptionContext:aws:logs:arn")
_REQUIRE_MATCH: Final = ("StringEquals", "StringLike", "ArnEquals", "ArnLike")
"""Operators of a condition that only values of the request can meet."""
_WITHOUT_SOURCE: Final = ("apigateway.amazonaws.com",)
"""Services that do not always send a source when they assume a role."""
_WITH_RESOURCE_POLICY: Final = {
    "AWS::S3::Bucket": ("AWS::S3::BucketPolicy", "Bucket"),
    "AWS::SQS::Queue": ("AWS::SQS::QueuePolicy", "Queues"),
    "AWS::SNS::Topic": ("AWS::SNS::TopicPolicy", "Topics"),
}
"""Type -> the type of its resource policy, and the property with the resources of the policy."""
_PRIVATE_BUCKET: Final = {
    "PublicAccessBlockConfiguration": dict.fromkeys(
        ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"), True
    ),
    "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
    "VersioningConfiguration": {"Status": "Enabled"},
}


def problems(stack: BuiltStack) -> list[str]:
    """Return a sentence for each house rule that a stack does not meet.

    - Each parameter has a default, a description, a constraint with its explanation, a label and one group,
      and is not a secret.
    - Each resource that supports tags has the tags for deploy policies and operators.
    - Each KMS key allows the root of the account all actions, and rotates.
    - Policies allow AWS services only for sources in this account.
    - Each role has the permissions boundary of the parameter.
    - Buckets, queues and topics deny requests without TLS. Buckets are private and versioned.
    - Each log group has a key, and the retention of the parameter.
    - Resources with data are retained, or deleted after a snapshot.
    - Subscriptions to the events of database instances include each instance.
    - Alarms and exports have names with the prefix of the environment.

    Raises:
        SchemasError: the list of types with data has another format.
    """
    sentences = (
        *_parameter_problems(stack),
        *_tag_problems(stack),
        *_key_problems(stack),
        *_service_problems(stack),
        *_role_problems(stack),
        *_transport_problems(stack),
        *_bucket_problems(stack),
        *_log_group_problems(stack),
        *_data_problems(stack),
        *_event_problems(stack),
        *_alarm_problems(stack),
        *_export_problems(stack),
    )
    return [f"Stack {stack.name}: {sentence}" for sentence in sentences]


# ---- Parameters ----


def _parameter_problems(stack: BuiltStack) -> Iterator[str]:
    interface = stack.template.get("Metadata", {}).get("AWS::CloudFormation::Interface", {})
    grouped: list[str] = []
    for group in interface.get("ParameterGroups", []):
        grouped += group["Parameters"]
    labels = interface.get("ParameterLabels", {})
    for name, parameter in stack.parameters.items():
        missing = _missing_keys(parameter)
        if name not in labels:
            missing.append("a label (label= of add_parameter)")
        if name not in grouped:
            missing.append("a group (group= of add_parameter)")
        if missing:
            yield f"Parameters.{name} does not have {', '.join(missing)}. Add what is missing."
        if grouped.count(name) > 1:
            yield f"Parameters.{name} is {grouped.count(name)} times in the parameter groups. List it once."
        if "NoEcho" in parameter:
            yield (
                f"Parameters.{name} is a secret (NoEcho), which parameter files and pipelines would contain "
                "in plain text. Generate it in Secrets Manager, and refer to it."
            )
    for name in dict.fromkeys([*grouped, *labels]):
        if name not in stack.parameters:
            yield (
                f"Metadata: A group or label names the parameter {name}, which the template does not have. "
                "Correct the name, or remove it."
            )


def _missing_keys(parameter: Mapping[str, Any]) -> list[str]:
    """Return the keys that a parameter does not have, with what they are for."""
    missing = []
    if "Default" not in parameter:
        missing.append("Default (the value of production)")
    if not parameter.get("Description"):
        missing.append("Description (its effect)")
    if not parameter.get("ConstraintDescription"):
        missing.append("ConstraintDescription (the message for a rejected value, which starts with 'must')")
    if not parameter["Type"].startswith("AWS::") and not any(key in parameter for key in _CONSTRAINTS):
        missing.append("a constraint (AllowedValues, AllowedPattern, MinValue, ...)")
    return missing


# ---- Resources ----


def _tag_problems(stack: BuiltStack) -> Iterator[str]:
    first_with_name: dict[tuple[str, str], str] = {}  # type and tag Name -> logical ID
    for logical_id, resource in stack.resources.items():
        type_name = resource["Type"]
        try:
            key = resource_schema(type_name, stack.region).tag_property
        except SchemasError:  # a type without a schema in this region is reported by the linter
            continue
        if not key:
            continue
        properties = resource.get("Properties", {})
        tags = _tags_of(properties.get(key))
        missing = _missing_tags(tags, has_name_property=_has_name_property(type_name, properties))
        if missing:
            yield (
                f"{logical_id} does not have the required {'tag' if len(missing) == 1 else 'tags'} "
                f"{', '.join(missing)}, which deploy policies, cost reports and operators use to find it. "
                f"Write {key}=names.tags(...), with a word for the resource."
            )
        elif name := in_words(tags.get("Name", "")):
            first = first_with_name.setdefault((type_name, name), logical_id)
            if first != logical_id:
                yield (
                    f"{logical_id} has the same tag Name as {first}, {name}, so the console does not "
                    "distinguish them. Use another text in names.tags(...)."
                )


def _missing_tags(tags: Mapping[str, Any], *, has_name_property: bool) -> list[str]:
    """Return the tags that a resource does not have, or has with another value.

    The tag Name must begin with the prefix. A resource with a property for its name does not need the tag.
    """
    missing = [name for name, value in _TAGS.items() if tags.get(name) != value]
    name = in_words(tags.get("Name", ""))
    if name.startswith(PREFIX) or (has_name_property and not name):
        return missing
    return [*missing, "Name"]


def _has_name_property(type_name: str, properties: Mapping[str, Any]) -> bool:
    """Return whether a resource has its name in a property."""
    return not properties.keys().isdisjoint(_name_properties(type_name))


def _name_properties(resource_type: str) -> tuple[str, ...]:
    """Return the name properties of a type."""
    kind = resource_type.rpartition("::")[2]
    return "Name", f"{kind}Name", f"{kind}Identifier", "GroupName"


def _tags_of(tags: Any) -> Mapping[str, Any]:
    """Return name -> value of tags; most types have a list, some a map."""
    if isinstance(tags, dict):
        return tags
    if not isinstance(tags, (list, tuple)):
        return {}
    return {
        tag["Key"]: tag.get("Value")
        for tag in tags
        if isinstance(tag, dict) and isinstance(tag.get("Key"), str)
    }


def _key_problems(stack: BuiltStack) -> Iterator[str]:
    """Check what KMS does not check, because the keys bypass its lockout safety check."""
    for logical_id, key in _of_type(stack, "AWS::KMS::Key"):
        if key.get("EnableKeyRotation") is not True and "KeySpec" not in key:
            yield (
                f"{logical_id} does not rotate. Create the key with keys.key(...), or write "
                "EnableKeyRotation=True."
            )
        policy = key.get("KeyPolicy")
        statements = _items(policy.get("Statement", [])) if isinstance(policy, dict) else []
        if not any(_allows_root_everything(statement) for statement in statements):
            yield (
                f"{logical_id} has no statement in KeyPolicy that allows the root of the account kms:* "
                "without a condition. With BypassPolicyLockoutSafetyCheck, KMS accepts a key policy that no "
                f"one can change. Create the key with keys.key(...), or add {json.dumps(_ROOT)}."
            )
        for number, statement in enumerate(statements):
            if _denies_changes(statement):
                yield (
                    f"{logical_id} denies kms:PutKeyPolicy in statement {number + 1} of KeyPolicy, which "
                    "overrides what the root of the account is allowed. No one could change the key policy. "
                    "Deny other actions, or remove the statement."
                )


def _allows_root_everything(statement: Any) -> bool:
    """Return whether a statement is ``_ROOT``, with any ``Sid``, and with values as lists or not."""
    if not isinstance(statement, dict):
        return False
    without_sid = {key: _only_item(value) for key, value in statement.items() if key != "Sid"}
    return without_sid == _ROOT


def _only_item(value: Any) -> Any:
    """Return the item of a list that has only one; other values as they are."""
    if isinstance(value, (list, tuple)) and len(value) == 1:
        return value[0]
    return value


def _denies_changes(statement: Any) -> bool:
    """Return whether a statement denies changing the key policy; one with a condition leaves a way."""
    if not isinstance(statement, dict) or statement.get("Effect") != "Deny" or "Condition" in statement:
        return False
    return "NotAction" in statement or any(
        not isinstance(action, str) or matches(action.lower(), "kms:putkeypolicy")
        for action in _items(statement.get("Action", []))
    )


def _items(value: Any) -> Sequence[Any]:
    if isinstance(value, (list, tuple)):
        return value
    return [value]


def _service_problems(stack: BuiltStack) -> Iterator[str]:
    """Check that other accounts cannot make a service act on our resources (the confused deputy problem)."""
    for logical_id, resource in stack.resources.items():
        for statement in _statements(resource.get("Properties", {})):
            principal = statement.get("Principal")
            services = _items(principal.get("Service", [])) if isinstance(principal, dict) else []
            names = [in_words(service) for service in services]
            names = [name for name in names if name not in _WITHOUT_SOURCE]
            if names and statement["Effect"] == "Allow" and not _has_source_in_account(statement):
                yield (
                    f"{logical_id} allows {names[0]} without a source in this account, so other accounts can "
                    "make the service act on it. Add a condition on aws:SourceAccount with the value "
                    "AWS::AccountId, as roles.service_role does."
                )


def _statements(node: Any) -> Iterator[Mapping[str, Any]]:
    """Yield the statements of every policy in a part of a template."""
    if isinstance(node, dict):
        parts: Iterable[Any] = node.values()
    elif isinstance(node, (list, tuple)):
        parts = node
    else:
        return
    for part in parts:
        if isinstance(part, dict) and "Effect" in part:
            yield part
        yield from _statements(part)


def _has_source_in_account(statement: Mapping[str, Any]) -> bool:
    """Return whether a condition requires a source whose every allowed value contains the account."""
    for operator, keys in statement.get("Condition", {}).items():
        if operator not in _REQUIRE_MATCH:
            continue
        for key, values in keys.items():
            if key in _SOURCES and all("AWS::AccountId" in json.dumps(value) for value in _items(values)):
                return True
    return False


def _role_problems(stack: BuiltStack) -> Iterator[str]:
    for logical_id, role in _of_type(stack, "AWS::IAM::Role"):
        if "PermissionsBoundaryArn" not in {use.name for use in uses(role.get("PermissionsBoundary"))}:
            yield (
                f"{logical_id} does not have the permissions boundary of the parameter "
                "PermissionsBoundaryArn, without which some organizations do not allow its creation. Declare "
                "the parameter with parameters.permissions_boundary(), and write PermissionsBoundary=If(...) "
                "as the other stacks do."
            )


def _transport_problems(stack: BuiltStack) -> Iterator[str]:
    for resource_type, (policy_type, key) in _WITH_RESOURCE_POLICY.items():
        with_tls: set[str] = set()
        for _, policy in _of_type(stack, policy_type):
            if any(_denies_without_tls(statement) for statement in _statements(policy)):
                with_tls |= {use.name for use in uses(policy.get(key))}
        for logical_id, _ in _of_type(stack, resource_type):
            if logical_id not in with_tls:
                yield (
                    f"{logical_id} has no {policy_type} that denies requests without TLS. Add "
                    "policies.deny_without_tls(...) to its policy (buckets.bucket_policy includes it)."
                )


def _denies_without_tls(statement: Mapping[str, Any]) -> bool:
    return (statement["Effect"], statement.get("Principal"), statement.get("Condition")) == (
        "Deny",
        "*",
        {"Bool": {"aws:SecureTransport": "false"}},
    )


def _bucket_problems(stack: BuiltStack) -> Iterator[str]:
    for logical_id, bucket in _of_type(stack, "AWS::S3::Bucket"):
        missing = [key for key, value in _PRIVATE_BUCKET.items() if bucket.get(key) != value]
        if missing:
            yield (
                f"{logical_id} is not private and versioned: {', '.join(missing)} must be as in "
                "buckets.private_bucket(...). Create the bucket with this function."
            )


def _log_group_problems(stack: BuiltStack) -> Iterator[str]:
    for logical_id, group in _of_type(stack, "AWS::Logs::LogGroup"):
        missing = []
        if not group.get("KmsKeyId"):
            missing.append("KmsKeyId (the ARN of a key)")
        if group.get("RetentionInDays") != {"Ref": "LogRetentionDays"}:
            missing.append("RetentionInDays (the parameter LogRetentionDays)")
        if missing:
            yield (
                f"{logical_id} does not have the required {' and '.join(missing)}. Create the log group with "
                "log_groups.log_group(...)."
            )


def _of_type(stack: BuiltStack, resource_type: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield logical ID and properties of the resources of a type."""
    for logical_id, resource in stack.resources.items():
        if resource["Type"] == resource_type:
            yield logical_id, resource.get("Properties", {})


def unretained(stack: BuiltStack) -> list[str]:
    """Return the logical IDs of the resources with data that do not have the policies of the house rules.

    Raises:
        SchemasError: the list of types with data has another format.
    """
    return list(dict.fromkeys(logical_id for logical_id, _, _ in _wrong_policies(stack)))


def _data_problems(stack: BuiltStack) -> Iterator[str]:
    for logical_id, policy, value in _wrong_policies(stack):
        current = stack.resources[logical_id].get(policy, "missing")
        survives = current.startswith("Retain") or current == "Snapshot"
        effect = "more would be retained than needed" if survives else "the data would be deleted"
        yield (
            f"{logical_id} contains data, but its {policy} is {current}: {effect}. "
            f"Write {policy}={json.dumps(value)}."
        )


def _wrong_policies(stack: BuiltStack) -> Iterator[tuple[str, str, str]]:
    """Yield logical ID, policy and required value of each resource with data and another value."""
    for logical_id, resource in stack.resources.items():
        if resource["Type"] not in stateful_types():
            continue
        required = {"DeletionPolicy": "RetainExceptOnCreate", "UpdateReplacePolicy": "Retain"}
        if resource["Type"] in _SNAPSHOTS:
            required = {"DeletionPolicy": "Snapshot", "UpdateReplacePolicy": "Snapshot"}
        for policy, value in required.items():
            if resource.get(policy, "missing") != value:
                yield logical_id, policy, value


def _event_problems(stack: BuiltStack) -> Iterator[str]:
    instances = [logical_id for logical_id, _ in _of_type(stack, "AWS::RDS::DBInstance")]
    for logical_id, subscription in _of_type(stack, "AWS::RDS::EventSubscription"):
        sources = {use.name for use in uses(subscription.get("SourceIds"))}
        if sources.isdisjoint(instances):
            continue
        for instance in instances:
            if instance not in sources:
                yield (
                    f"{logical_id} does not include {instance}, so no one is notified of its events. Add its "
                    "Ref() to SourceIds, in an If with its condition if it has one."
                )


def _alarm_problems(stack: BuiltStack) -> Iterator[str]:
    for logical_id, resource in stack.resources.items():
        if resource["Type"] in ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm"):
            name = in_words(resource.get("Properties", {}).get("AlarmName", ""))
            if not name.startswith(PREFIX):
                current = f"the AlarmName {name}" if name else "no AlarmName"
                yield (
                    f"{logical_id} has {current}, but keys and topics allow only alarms whose names start "
                    f"with {PREFIX}. Its notifications would fail. Write AlarmName=names.name(...)."
                )


# ---- Outputs ----


def _export_problems(stack: BuiltStack) -> Iterator[str]:
    for name, key in stack.exports.items():
        if not name.startswith(PREFIX):
            yield (
                f"Outputs.{key} exports {name}, which a second environment in the account would export too. "
                f"Start the name with {PREFIX}, as contract.output does."
            )
