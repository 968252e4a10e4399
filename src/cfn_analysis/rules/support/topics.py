"""The key and the policies of a topic."""

from typing import Any

from cfnlint.jsonschema import Validator

from cfn_analysis.rules.support.references import find_resource, single_reference, sub_text
from cfn_analysis.rules.support.values import of_type

# Publishing to an encrypted topic needs both: decrypting a data key, and generating one in either way.
KEY_RIGHTS = {
    "kms:Decrypt": ("kms:Decrypt",),
    "kms:GenerateDataKey*": ("kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext"),
}
TOPIC_RIGHTS = {"sns:Publish": ("sns:Publish",)}


def policies_of_topics(resources: Any) -> dict[str, list[tuple[str, Any, Any]]]:
    """Return the policies of each topic of the template: logical ID, resource and document."""
    found: dict[str, list[tuple[str, Any, Any]]] = {}
    for logical_id, resource, properties in of_type(
        resources, "AWS::SNS::TopicPolicy", "AWS::SNS::TopicInlinePolicy"
    ):
        topics = properties.get("Topics", [properties.get("TopicArn")])
        for topic in topics if isinstance(topics, list) else []:
            entry = (logical_id, resource, properties.get("PolicyDocument"))
            found.setdefault(single_reference(topic)[0], []).append(entry)
    return found


def key_of_topic(case: Validator, resources: Any, used: Any) -> tuple[str, Any]:
    """Return the key of the template that a topic uses, by reference or by an alias of the template."""
    logical_id, _ = single_reference(used)
    _, alias = find_resource(case, logical_id, "AWS::KMS::Alias")
    for _, _, properties in of_type(resources, "AWS::KMS::Alias"):
        name = sub_text(properties.get("AliasName"))
        alias = properties if name and name == sub_text(used) else alias
    if alias:
        logical_id, _ = single_reference(alias.get("TargetKeyId"))
    return find_resource(case, logical_id, "AWS::KMS::Key")


def is_managed_key(value: Any) -> bool:
    """Return whether a value is the AWS-managed key of SNS, whose policy cannot be changed."""
    return isinstance(value, str) and (value == "alias/aws/sns" or value.endswith(":alias/aws/sns"))
