"""What can be switched off and on again does not collide with its own remains."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from cfnlint.helpers import is_function
from cfnlint.schema import PROVIDER_SCHEMA_MANAGER, ResourceNotFoundError

from csr_templates.rules.support.rule import Fault, Rule
from csr_templates.rules.support.values import branches, case_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cfnlint.jsonschema import Validator

RETAINING = ("Retain", "RetainExceptOnCreate")

# The service wants these names unique, although by the schema they neither identify nor are fixed.
NESTED_NAMES = {
    "AWS::CloudFront::CachePolicy": ("CachePolicyConfig", "Name"),
    "AWS::CloudFront::OriginAccessControl": ("OriginAccessControlConfig", "Name"),
    "AWS::CloudFront::OriginRequestPolicy": ("OriginRequestPolicyConfig", "Name"),
    "AWS::CloudFront::ResponseHeadersPolicy": ("ResponseHeadersPolicyConfig", "Name"),
}

# The service gives the same name twice: a second hosted zone or API key does not collide with the first.
REPEATABLE_NAMES = {"AWS::ApiGateway::ApiKey", "AWS::Route53::HostedZone"}


class ConditionalRetainedName(Rule):
    """Conditional resource with explicit name and retaining policy.

    When the condition turns false, CloudFormation drops the resource from the stack, and a DeletionPolicy of
    Retain or RetainExceptOnCreate leaves it in the account under its name. When the condition turns true
    again, the create call meets that name and the update fails with 'already exists'. UpdateReplacePolicy
    Retain leaves a replaced resource behind in the same way. Remove the Condition, or the name (AWS then
    creates a new one each time), or set the policy to Delete.
    """

    id = "E9501"
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html"
    tags = ["resources", "conditions", "deletionpolicy"]
    looks_at = ("Resources/*",)

    def faults(self, validator: Validator, resource: Any) -> Iterator[Fault]:
        condition, properties = resource.get("Condition"), resource.get("Properties")
        if not isinstance(condition, str) or not isinstance(properties, dict):
            return
        policy, switched_on = _retaining_policy(validator, resource), case_of(validator, resource)
        if not policy or not switched_on:
            return
        for path in _name_paths(str(resource.get("Type")), validator.context.regions[0]):
            if name := _explicit_name(switched_on, properties, path):
                yield Fault(
                    ("Properties", *path),
                    f"{'.'.join(path)} is {name}, {policy}, and the resource exists only when {condition} is "
                    "true: what stays behind keeps the name, and the next create fails because it already "
                    f"exists. Remove the Condition, leave {path[-1]} out, or set both policies to Delete.",
                )


def _retaining_policy(validator: Validator, resource: Any) -> str:
    """Return the policies that keep the resource, as ``Attribute is value``; empty if none does."""
    kept = []
    for attribute in ("DeletionPolicy", "UpdateReplacePolicy"):
        values = (value for value, *_ in validator.resolve_value(resource.get(attribute)))
        retaining = next((value for value in values if value in RETAINING), None)
        if retaining:
            kept.append(f"{attribute} is {retaining}")
    return ", ".join(kept)


def _name_paths(resource_type: str, region: str) -> list[tuple[str, ...]]:
    """Return where a resource of this type carries its own physical name, from the schemas cfn-lint ships.

    That is the identifier, if the template may set it, and otherwise a create-only property called Name or
    like the type (``QueueName`` of ``AWS::SQS::Queue``, ``GroupName`` of ``AWS::EC2::SecurityGroup``). Of an
    identifier with several parts the others name the parent.
    """
    if resource_type in NESTED_NAMES:
        return [NESTED_NAMES[resource_type]]
    if resource_type in REPEATABLE_NAMES:
        return []
    try:
        schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema(region, resource_type).schema
    except ResourceNotFoundError:
        return []
    identifiers = _top_level(schema, "primaryIdentifier")
    writable = set(schema.get("properties", {})).difference(_top_level(schema, "readOnlyProperties"))
    if len(identifiers) == 1 and identifiers[0] in writable:
        return [(identifiers[0],)]
    fixed = writable.intersection([*identifiers, *_top_level(schema, "createOnlyProperties")])
    noun = resource_type.rpartition("::")[2]
    return [
        (name,)
        for name in sorted(fixed)
        if name.endswith("Name") and noun.endswith(name.removesuffix("Name"))
    ]


def _top_level(schema: dict[str, Any], key: str) -> list[str]:
    pointers: list[str] = schema.get(key, [])
    names = (pointer.removeprefix("/properties/") for pointer in pointers)
    return [name for name in names if "/" not in name]


def _explicit_name(validator: Validator, properties: Any, path: tuple[str, ...]) -> str:
    """Return the name as the template writes it; empty if AWS chooses it or it is another resource's."""
    return next((json.dumps(name) for name in _written(validator, properties, path)), "")


def _written(validator: Validator, properties: Any, path: tuple[str, ...]) -> Iterator[Any]:
    for value, case in branches(validator, properties, *path):
        function, argument = is_function(value)
        another = function == "Fn::GetAtt" or (function == "Ref" and argument in case.context.resources)
        if value is not None and not another:
            yield value
