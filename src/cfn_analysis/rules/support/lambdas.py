"""Finds the Lambda function of the template that a value refers to."""

import re
from typing import Any

from cfnlint.jsonschema import Validator

from cfn_analysis.rules.support.references import find_resource, single_reference, sub_text

FUNCTION = "AWS::Lambda::Function"
ALIAS = "AWS::Lambda::Alias"
METHOD = "AWS::ApiGateway::Method"
INTEGRATION = "AWS::ApiGatewayV2::Integration"

_REFERENCE_IN_URI = re.compile(r"\$\{([^!.{}]+)(?:\.(?:Arn|AliasArn))?\}([^/$]*)")


def function_of(validator: Validator, value: Any) -> str:
    """Return the logical ID of the function in a FunctionName, by Ref or ARN; empty for other values."""
    logical_id, attribute = single_reference(value)
    if attribute not in ("", "Arn"):
        return ""
    return find_resource(validator, logical_id, FUNCTION)[0]


def called_function(validator: Validator, uri: Any) -> tuple[str, str]:
    """Return the function that an integration calls, and the alias if it goes through one.

    The alias is its logical ID, or the end of the ARN, such as ``:live``.
    """
    for logical_id, rest in _REFERENCE_IN_URI.findall(sub_text(uri) or ""):
        if find_resource(validator, logical_id, FUNCTION)[0]:
            return logical_id, rest  # :name and :${stageVariables.name} are aliases too
        alias, properties = find_resource(validator, logical_id, ALIAS)
        if alias:
            return function_of(validator, properties.get("FunctionName")), alias
    return "", ""


def integration(properties: Any) -> tuple[Any, str, str]:
    """Return an integration, the name of the property with the function, and the parent property."""
    if "Integration" in properties:
        return properties["Integration"], "Uri", "Integration"
    return properties, "IntegrationUri", ""
