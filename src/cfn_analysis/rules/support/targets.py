"""The functions, queues, topics, buckets and keys of a template that a value refers to."""

from typing import Any

from cfn_analysis.rules.support.documents import texts
from cfn_analysis.rules.support.references import first_id
from cfn_analysis.rules.support.values import of_type

FUNCTIONS = ("AWS::Lambda::Function", "AWS::Lambda::Alias", "AWS::Lambda::Version")
QUEUE, TOPIC = "AWS::SQS::Queue", "AWS::SNS::Topic"
BUCKET, KEY = "AWS::S3::Bucket", "AWS::KMS::Key"


def function_id(resources: Any, logical_id: str) -> str:
    """Return the function of an alias or a version, or the function itself."""
    resource = resources.get(logical_id, {})
    if resource.get("Type") in FUNCTIONS[1:]:
        return first_id((texts(resource.get("Properties", {}).get("FunctionName")) or [""])[0])
    return logical_id


def key_id(resources: Any, value: Any) -> str:
    """Return the key of the template that a value refers to, also by an alias of the template."""
    for text in texts(value):
        name = first_id(text)
        for alias, _, properties in of_type(resources, "AWS::KMS::Alias"):
            if name == alias or text in texts(properties.get("AliasName")):
                name = first_id((texts(properties.get("TargetKeyId")) or [""])[0])
        if resources.get(name, {}).get("Type") == KEY:
            return name
    return ""
