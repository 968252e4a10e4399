"""Names of resources: the property with the name, and its maximum length."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from cfn_analysis.model.schemas import (
    SchemasError,
    known_schema,
    property_schema,
    writable_properties,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

NESTED_NAMES: Final[Mapping[str, tuple[str, str]]] = {
    "AWS::CloudFront::CachePolicy": ("CachePolicyConfig", "Name"),
    "AWS::CloudFront::OriginAccessControl": ("OriginAccessControlConfig", "Name"),
    "AWS::CloudFront::OriginRequestPolicy": ("OriginRequestPolicyConfig", "Name"),
    "AWS::CloudFront::ResponseHeadersPolicy": ("ResponseHeadersPolicyConfig", "Name"),
}
"""Names that the service requires to be unique, although they are neither identifiers nor create-only."""

_LONGEST: Final = {
    "AWS::CloudWatch::Dashboard": 255,
    "AWS::EC2::SecurityGroup": 255,
    "AWS::IAM::ManagedPolicy": 128,
    "AWS::Lambda::Function": 64,
    "AWS::SQS::Queue": 80,
    "AWS::WAFv2::WebACL": 128,
}
"""Limits that the schemas do not contain, from the CloudFormation reference.
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/introduction.html"""


def name_properties(type_name: str, region: str, properties: Collection[str]) -> list[str]:
    """Return the name properties of a resource among the given ones, usually none or one.

    An identifier that the template sets counts, also if it is the name or ID of another resource.
    """
    schema = known_schema(type_name, region)
    return [
        key
        for key in properties
        if schema.primary_identifier == (key,)
        or (key in schema.create_only and key.endswith("Name") and _is_own(key, type_name))
    ]


@cache
def name_path(type_name: str, region: str) -> tuple[str, ...]:
    """Return the keys from the properties of a resource to its own name; empty if it does not have one."""
    if type_name in NESTED_NAMES:
        return NESTED_NAMES[type_name]
    try:
        names = name_properties(type_name, region, writable_properties(type_name, region))
    except SchemasError:
        return ()
    return next(((name,) for name in names if _is_own(name, type_name)), ())


@cache
def longest_name(type_name: str, region: str) -> int | None:
    """Return the maximum length of the name of a resource; None if it is not known."""
    path = name_path(type_name, region)
    if not path:
        return None
    limit: int | None = property_schema(type_name, region, path).get("maxLength")
    return _LONGEST.get(type_name, limit)


def _is_own(name: str, type_name: str) -> bool:
    """Return whether a property is named after the type, such as ``QueueName`` of ``AWS::SQS::Queue``."""
    noun = type_name.rpartition("::")[2]
    return noun.endswith(name.removesuffix("Identifier").removesuffix("Name"))
