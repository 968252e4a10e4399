"""Fingerprints: texts that change when a part of a template changes, and only then.

A Lambda version and an API Gateway deployment are snapshots. CloudFormation takes a new one only if the
resource of the snapshot itself changes, so that resource has to carry a fingerprint of what is snapped.
Everything here works on templates as plain dicts, with the long forms of the functions.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from csr_templates.cloudformation.references import uses

RELEASE: Final = "RELEASE"
"""The function's environment variable that holds its release."""

# What UpdateFunctionConfiguration and UpdateFunctionCode do not take belongs to the function as a whole; a
# version has no copy of it. A property that is not listed counts: one version too many does no harm.
# https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionConfiguration.html
UNVERSIONED_PROPERTIES: Final = frozenset(
    {
        "CodeSigningConfigArn",
        "FunctionScalingConfig",
        "PublishToLatestPublished",
        "RecursiveLoop",
        "ReservedConcurrentExecutions",
        "Tags",
    }
)
# A change of one of these replaces the resource. The function then gets the new name or ARN, while a version
# keeps the old one: of a role that is deleted, or of a queue that is no longer watched. Of a type that is not
# listed, every property counts.
CREATE_ONLY_PROPERTIES: Final = {
    "AWS::EC2::SecurityGroup": frozenset({"GroupDescription", "GroupName", "VpcId"}),
    "AWS::IAM::Role": frozenset({"Path", "RoleName"}),
    "AWS::KMS::Key": frozenset[str](),
    "AWS::Logs::LogGroup": frozenset({"LogGroupName"}),
    "AWS::S3::Bucket": frozenset({"BucketName", "BucketNamePrefix", "BucketNamespace"}),
    "AWS::SNS::Topic": frozenset({"FifoTopic", "TopicName"}),
    "AWS::SQS::Queue": frozenset({"FifoQueue", "QueueName"}),
    "AWS::SecretsManager::Secret": frozenset({"Name"}),
}
LONGEST_DESCRIPTION: Final = 256  # characters; Lambda refuses a longer one

# What a deployment takes a copy of, beside the API itself.
DEPLOYED_TYPES: Final = frozenset(
    {
        "AWS::ApiGateway::Authorizer",
        "AWS::ApiGateway::GatewayResponse",
        "AWS::ApiGateway::Method",
        "AWS::ApiGateway::Model",
        "AWS::ApiGateway::RequestValidator",
        "AWS::ApiGateway::Resource",
    }
)
# Of the API: they only describe it. The security policy and the endpoint access mode are not among them: AWS
# says to deploy the API again after a change.
# https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-security-policies-update.html
UNDEPLOYED_PROPERTIES: Final = frozenset({"Description", "Name", "Tags"})

_HASH_LENGTH: Final = 16  # hexadecimal digits
_SECTIONS: Final = {"name": "Parameters", "condition": "Conditions", "mapping": "Mappings"}  # by kind of use


class FingerprintError(ValueError):
    """The template holds something that a fingerprint cannot cover; the message says what and what to do."""


def release(template: Mapping[str, Any], function: str) -> str:
    """Return the release of a Lambda function: the text, for ``Fn::Sub``, that names its code and settings.

    It consists of a hash of the function's own definition, and the values of exactly those parameters that
    decide something that a version has a copy of. It belongs in two places. CloudFormation publishes a
    version only when a property of the version changes: so the version's description holds it. Lambda
    refuses to publish what it has published already, for example when the same bytes were uploaded once
    more: so the function's variable RELEASE holds it too, and is left out of the hash.

    A resource that the function refers to counts with its logical ID and with what would replace it.

    Args:
        template: the template.
        function: logical ID of the function.

    Raises:
        FingerprintError: a parameter that reaches the function is NoEcho, is a list, or may be so long that
            the text exceeds 256 characters; or the environment variables are not a plain mapping.
    """
    properties = {
        name: value
        for name, value in template["Resources"][function]["Properties"].items()
        if name not in UNVERSIONED_PROPERTIES
    }
    if "Environment" in properties:
        properties |= _without_release(properties.pop("Environment"), function)
    settings = [properties, _replacing(template, properties)]
    needed = _dependencies(template, settings)
    names = sorted(needed["Parameters"])
    _check_length(
        function, {name: _longest_value(name, template["Parameters"][name], function) for name in names}
    )
    return " ".join([_hash(settings, needed), *(f"${{{name}}}" for name in names)])


def deployment(template: Mapping[str, Any], logical_id: str) -> str:
    """Return the hash of what an API Gateway deployment takes a copy of, and of its own properties.

    It takes a copy of the API without name, description and tags, and of the API's resources, methods,
    models, validators, authorizers and gateway responses. No parameter may reach them: its value is known
    only when the template is deployed, so that changing it would deploy nothing.

    Args:
        template: the template.
        logical_id: of the deployment.

    Raises:
        FingerprintError: a parameter decides something in the definition of the API.
    """
    resources = template["Resources"]
    own = resources[logical_id]["Properties"]
    api = own["RestApiId"]["Ref"]
    definition = {
        name: {
            key: resources[name][key] for key in ("Type", "Condition", "Properties") if key in resources[name]
        }
        for name in [api, *deployed(template, logical_id)]
    }
    definition[api]["Properties"] = {
        name: value
        for name, value in resources[api].get("Properties", {}).items()
        if name not in UNDEPLOYED_PROPERTIES
    }
    for name, resource in definition.items():
        if parameters := sorted(_dependencies(template, resource)["Parameters"]):
            raise FingerprintError(
                f"Resources.{name}: The API {api} depends on {' and '.join(parameters)} here, and a new "
                "value of a parameter would not deploy the API. Put what differs into the stage, or write "
                "the value into the template."
            )
    return _hash([definition, own], _dependencies(template, definition))


def deployed(template: Mapping[str, Any], logical_id: str) -> list[str]:
    """Return the logical IDs of what a deployment takes a copy of, apart from the API itself.

    The deployment has to wait for all of them: what is made after it is not in it.
    """
    resources = template["Resources"]
    api = resources[logical_id]["Properties"]["RestApiId"]
    return [
        name
        for name, resource in resources.items()
        if resource["Type"] in DEPLOYED_TYPES and resource["Properties"]["RestApiId"] == api
    ]


def _without_release(environment: Any, function: str) -> dict[str, Any]:
    variables = environment.get("Variables", {}) if isinstance(environment, Mapping) else environment
    if not isinstance(variables, Mapping) or any(
        name.startswith("Fn::") for name in [*environment, *variables]
    ):
        raise FingerprintError(
            f"Resources.{function}.Properties.Environment: The variables are not a plain mapping, so "
            f"{RELEASE} has no place among them. Write a mapping, with Fn::If at the values that differ."
        )
    others = {name: value for name, value in variables.items() if name != RELEASE}
    return {"Environment": {**environment, "Variables": others}} if others else {}


def _replacing(template: Mapping[str, Any], properties: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return what would replace the resources that properties refer to, directly or through others.

    Returns:
        Logical ID -> the properties that cannot be changed in place.
    """
    found: dict[str, dict[str, Any]] = {}
    pending: list[Mapping[str, Any]] = [properties]
    while pending:
        for use in uses(pending.pop()):
            resource = template["Resources"].get(use.name)
            if use.kind == "name" and resource is not None and use.name not in found:
                its_own = resource.get("Properties", {})
                names = CREATE_ONLY_PROPERTIES.get(resource["Type"], its_own)
                found[use.name] = {name: value for name, value in its_own.items() if name in names}
                pending.append(found[use.name])
    return found


def _hash(value: Any, needed: Mapping[str, Mapping[str, Any]]) -> str:
    """Hash a value together with the conditions and mappings that decide in it."""
    from hashlib import sha256  # loads OpenSSL, a fifth of what the stacks cost beyond troposphere

    text = json.dumps(
        [value, needed["Conditions"], needed["Mappings"]], sort_keys=True, separators=(",", ":")
    )
    return sha256(text.encode()).hexdigest()[:_HASH_LENGTH]


def _dependencies(template: Mapping[str, Any], value: Any) -> dict[str, dict[str, Any]]:
    """Return the parameters, conditions and mappings that a value depends on, by section of the template.

    Conditions count with all that they depend on in turn.
    """
    needed: dict[str, dict[str, Any]] = {"Parameters": {}, "Conditions": {}, "Mappings": {}}
    pending = [value]
    while pending:
        for use in uses(pending.pop()):
            section = _SECTIONS.get(use.kind, "")
            definitions = template.get(section, {})
            for name in definitions if (use.kind, use.name) == ("mapping", "*") else (use.name,):
                if name in definitions and name not in needed[section]:
                    needed[section][name] = definitions[name]
                    if section == "Conditions":
                        pending.append(definitions[name])
    return needed


def _longest_value(name: str, parameter: Mapping[str, Any], function: str) -> int:
    """Return the number of characters that the longest value of a parameter has."""
    if str(parameter.get("NoEcho", False)).lower() == "true":
        raise FingerprintError(
            f"Parameters.{name}: This NoEcho parameter reaches the function {function}, and the release "
            "would show its value to anyone who may list versions. Hand over the ARN of a secret instead."
        )
    if "AllowedValues" in parameter and parameter["Type"] in ("String", "Number"):
        return max(len(str(value)) for value in parameter["AllowedValues"])
    if parameter["Type"] == "Number" and "MaxValue" in parameter:
        return max(len(str(parameter.get(bound, 0))) for bound in ("MinValue", "MaxValue"))
    if parameter["Type"] == "String" and "MaxLength" in parameter:
        return int(parameter["MaxLength"])
    raise FingerprintError(
        f"Parameters.{name}: This parameter of Type {parameter['Type']} reaches the function {function}, and "
        "the release holds its value, which may be of any length. Make it a String with MaxLength or "
        "AllowedValues, or a Number with MaxValue."
    )


def _check_length(function: str, lengths: Mapping[str, int]) -> None:
    total = _HASH_LENGTH + sum(1 + length for length in lengths.values())
    if total > LONGEST_DESCRIPTION:
        shares = ", ".join(f"{name} {length}" for name, length in lengths.items())
        raise FingerprintError(
            f"Resources.{function}: The release may become {total} characters long, and the description of a "
            f"version takes {LONGEST_DESCRIPTION}. Lower the MaxLength of a parameter that reaches the "
            f"function ({shares})."
        )
