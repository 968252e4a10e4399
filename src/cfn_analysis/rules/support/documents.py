"""Policy documents: their places in a template, and their statements in every branch."""

from collections.abc import Iterator
from typing import Any

from cfnlint.helpers import is_function
from cfnlint.jsonschema import Validator

from cfn_analysis.model.references import value_at
from cfn_analysis.rules.support.references import partial_text, sub_text
from cfn_analysis.rules.support.scenarios import extremes
from cfn_analysis.rules.support.values import Path, of_type

IDENTITY_POLICIES = (
    "Resources/AWS::IAM::Group/Properties/Policies/*/PolicyDocument",
    "Resources/AWS::IAM::GroupPolicy/Properties/PolicyDocument",
    "Resources/AWS::IAM::ManagedPolicy/Properties/PolicyDocument",
    "Resources/AWS::IAM::Policy/Properties/PolicyDocument",
    "Resources/AWS::IAM::Role/Properties/Policies/*/PolicyDocument",
    "Resources/AWS::IAM::RolePolicy/Properties/PolicyDocument",
    "Resources/AWS::IAM::User/Properties/Policies/*/PolicyDocument",
    "Resources/AWS::IAM::UserPolicy/Properties/PolicyDocument",
)
RESOURCE_POLICIES = (
    "Resources/AWS::EC2::VPCEndpoint/Properties/PolicyDocument",
    "Resources/AWS::KMS::Key/Properties/KeyPolicy",
    "Resources/AWS::S3::BucketPolicy/Properties/PolicyDocument",
    "Resources/AWS::SNS::TopicPolicy/Properties/PolicyDocument",
    "Resources/AWS::SQS::QueuePolicy/Properties/PolicyDocument",
    "Resources/AWS::SecretsManager::ResourcePolicy/Properties/ResourcePolicy",
)
POLICIES = (*RESOURCE_POLICIES, *IDENTITY_POLICIES)
TRUST = "Resources/AWS::IAM::Role/Properties/AssumeRolePolicyDocument"


def each(value: Any, *path: str | int) -> Iterator[tuple[Any, Path]]:
    """Yield the items of a list or a single value, with their paths; for Fn::If, of both branches."""
    function, argument = is_function(value)
    if isinstance(value, list):
        for index, part in enumerate(value):
            yield from each(part, *path, index)
    elif function == "Fn::If" and isinstance(argument, list) and len(argument) == 3:
        for index in (1, 2):
            yield from each(argument[index], *path, "Fn::If", index)
    elif value is not None and value != {"Ref": "AWS::NoValue"}:
        yield value, path


def entries(resources: Any, kind: str, *steps: str) -> Iterator[tuple[dict[str, Any], Path]]:
    """Yield the mappings in a property of the resources of a type, single or in a list, with their paths."""
    for logical_id, _, properties in of_type(resources, kind):
        for entry, path in each(value_at(properties, steps), logical_id, "Properties", *steps):
            if isinstance(entry, dict):
                yield entry, path


def documents(policy: Any) -> Iterator[tuple[dict[str, Any], Path]]:
    """Yield the statements of a policy document with their paths."""
    for statement, path in each(policy.get("Statement"), "Statement"):
        if isinstance(statement, dict) and not is_function(statement)[0]:
            yield statement, path


def conditions(statement: Any) -> Iterator[tuple[str, str, Any, Path]]:
    """Yield operator, key, value and path of each condition of a statement."""
    for block, path in each(statement.get("Condition"), "Condition"):
        if not isinstance(block, dict) or is_function(block)[0]:
            continue
        for operator, keys in block.items():
            for values_by_key, place in each(keys, *path, operator):
                if not isinstance(values_by_key, dict) or is_function(values_by_key)[0]:
                    continue
                for key, value in values_by_key.items():
                    yield str(operator), str(key), value, (*place, key)


def conditions_in(policy: Any) -> Iterator[tuple[str, str, Any, Path]]:
    """Yield operator, key, value and path of each condition of a policy document."""
    for statement, path in documents(policy):
        for operator, key, value, place in conditions(statement):
            yield operator, key, value, (*path, *place)


def open_to_anyone(policy: Any) -> Iterator[Path]:
    """Yield the path of each statement that allows every principal something, without a condition."""
    for statement, path in documents(policy):
        allows = statement.get("Effect") == "Allow" and "Condition" not in statement
        if allows and "*" in principals(statement, "AWS"):
            yield path


def texts(value: Any) -> list[str]:
    """Return the texts of a value with references as ``${Name}``; without texts inside other functions."""
    parts = [sub_text(part) for part, _ in each(value)]
    return [text for text in parts if text is not None]


def document_cases(validator: Validator, value: Any) -> Iterator[tuple[str, Validator]]:
    """Yield the texts of a document that is a text with their cases, also with other functions inside.

    They are two at most: with as many true conditions as possible, and with as few. What other functions
    return is ``${Fn::FindInMap}``.
    """
    before = None
    for decided, case in extremes(validator, value):
        text = partial_text(decided)
        if text is not None and text != before:
            yield text, case
        before = text


def document_texts(validator: Validator, value: Any) -> list[str]:
    """Return the texts of a document that is a text, in at most two cases."""
    return [text for text, _ in document_cases(validator, value)]


def principals(statement: Any, kind: str = "Service") -> list[str]:
    """Return the principals of a kind, and those without a kind; ``${`` for one that is not known."""
    names: list[str] = []
    for principal, _ in each(statement.get("Principal")):
        listed = principal
        if isinstance(principal, dict) and not is_function(principal)[0]:
            listed = principal.get(kind)
        names += [sub_text(name) or "${" for name, _ in each(listed)]
    return names
