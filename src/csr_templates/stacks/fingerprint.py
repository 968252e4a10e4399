"""Fingerprints: texts that change only when a part of a template changes.

A Lambda version and an API Gateway deployment are snapshots. CloudFormation creates a new one only if the
resource of the snapshot changes, so this resource must contain a fingerprint of the copied resources.
Everything here works on templates as plain dicts, with the long forms of the functions.
"""

import json
from collections.abc import Mapping
from typing import Any, Final

from cfn_analysis.model.references import uses

RELEASE: Final = "RELEASE"
"""The environment variable of the function with its release."""

# Properties that UpdateFunctionConfiguration and UpdateFunctionCode do not have apply to the whole function
# and are not copied into a version. Properties that are not listed count: an additional version does no harm.
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
# A change of one of these replaces the resource. The function then gets the new name or ARN, but a version
# keeps the old one: of a deleted role, or of a queue without alarms. For types that are not listed, every
# property counts.
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

# Resources that a deployment copies, in addition to the API.
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
# Descriptive properties of the API. The security policy and the endpoint access mode do not belong to them:
# after a change, the API must be deployed again.
# https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-security-policies-update.html
UNDEPLOYED_PROPERTIES: Final = frozenset({"Description", "Name", "Tags"})
_DEPLOYED_KEYS: Final = ("Type", "Condition", "Properties")

_HASH_LENGTH: Final = 16  # hexadecimal digits
_SECTIONS: Final = {"name": "Parameters", "condition": "Conditions", "mapping": "Mappings"}  # by kind of use


class FingerprintError(ValueError):
    """A part of the template cannot be in a fingerprint; the message states which part and what to do."""


def release(template: Mapping[str, Any], function: str) -> str:
    """Return the release of a Lambda function: a text for ``Fn::Sub`` that identifies its code and settings.

    It consists of a hash of the function's definition, and the values of the parameters that affect a
    version. It is used in two places. CloudFormation publishes a version only if a property of the version
    changes, so the description of the version contains it. Lambda does not publish an unchanged function
    again, for example after an upload of the same package, so the variable RELEASE of the function contains
    it too, and is excluded from the hash.

    A resource that the function refers to counts with its logical ID and its create-only properties.

    Raises:
        FingerprintError: a parameter of the function is NoEcho, is a list, or may be so long that the text
            exceeds 256 characters; or the environment variables are not a plain mapping.
    """
    versioned_properties = {
        name: value
        for name, value in template["Resources"][function]["Properties"].items()
        if name not in UNVERSIONED_PROPERTIES
    }
    if "Environment" in versioned_properties:
        versioned_properties |= _without_release(versioned_properties.pop("Environment"), function)
    settings = [versioned_properties, _replacing(template, versioned_properties)]
    dependencies = _dependencies(template, settings)
    parameter_names = sorted(dependencies["Parameters"])
    _check_length(
        function,
        {name: _longest_value(name, template["Parameters"][name], function) for name in parameter_names},
    )
    return " ".join([_hash(settings, dependencies), *(f"${{{name}}}" for name in parameter_names)])


def deployment(template: Mapping[str, Any], logical_id: str) -> str:
    """Return the hash of the resources that an API Gateway deployment copies, and of its own properties.

    A deployment copies the API without name, description and tags, and the API's resources, methods, models,
    validators, authorizers and gateway responses. They must not depend on parameters, whose values are known
    only in the deploy: a new value would not create a deployment.

    Raises:
        FingerprintError: the definition of the API depends on a parameter.
    """
    resources = template["Resources"]
    own = resources[logical_id]["Properties"]
    api = own["RestApiId"]["Ref"]
    definition = {}
    for name in [api, *deployed(template, logical_id)]:
        resource = resources[name]
        definition[name] = {key: resource[key] for key in _DEPLOYED_KEYS if key in resource}
    definition[api]["Properties"] = {
        name: value
        for name, value in resources[api].get("Properties", {}).items()
        if name not in UNDEPLOYED_PROPERTIES
    }
    for name, resource in definition.items():
        if parameters := sorted(_dependencies(template, resource)["Parameters"]):
            raise FingerprintError(
                f"Resources.{name}: The API {api} depends on {' and '.join(parameters)} here, and a new "
                "value of a parameter would not deploy the API. Move what differs to the stage, or write "
                "the value into the template."
            )
    return _hash([definition, own], _dependencies(template, definition))


def deployed(template: Mapping[str, Any], logical_id: str) -> list[str]:
    """Return the logical IDs of the resources that a deployment copies, except the API.

    The deployment must depend on all of them: a resource created later is not in the copy.
    """
    resources = template["Resources"]
    api = resources[logical_id]["Properties"]["RestApiId"]
    return [
        name
        for name, resource in resources.items()
        if resource["Type"] in DEPLOYED_TYPES and resource["Properties"]["RestApiId"] == api
    ]


def _without_release(environment: Any, function: str) -> dict[str, Any]:
    variables = environment
    if isinstance(environment, Mapping):
        variables = environment.get("Variables", {})
    is_plain = isinstance(variables, Mapping)
    if is_plain:
        is_plain = not any(name.startswith("Fn::") for name in [*environment, *variables])
    if not is_plain:
        raise FingerprintError(
            f"Resources.{function}.Properties.Environment: The variables are not a plain mapping, so "
            f"{RELEASE} cannot be added. Write a mapping, with Fn::If at the values that differ."
        )
    others = {name: value for name, value in variables.items() if name != RELEASE}
    if not others:
        return {}
    return {"Environment": {**environment, "Variables": others}}


def _replacing(template: Mapping[str, Any], properties: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the create-only properties of the resources that properties refer to, directly or indirectly.

    Returns:
        Logical ID -> the properties that cannot be changed in place.
    """
    create_only: dict[str, dict[str, Any]] = {}
    pending: list[Mapping[str, Any]] = [properties]
    while pending:
        for use in uses(pending.pop()):
            resource = template["Resources"].get(use.name)
            if use.kind != "name" or resource is None or use.name in create_only:
                continue
            its_own = resource.get("Properties", {})
            names = CREATE_ONLY_PROPERTIES.get(resource["Type"], its_own)
            create_only[use.name] = {name: value for name, value in its_own.items() if name in names}
            pending.append(create_only[use.name])
    return create_only


def _hash(value: Any, dependencies: Mapping[str, Mapping[str, Any]]) -> str:
    """Hash a value together with the conditions and mappings that it depends on."""
    # Loads OpenSSL: a fifth of the time of the stacks without troposphere.
    from hashlib import sha256

    text = json.dumps(
        [value, dependencies["Conditions"], dependencies["Mappings"]], sort_keys=True, separators=(",", ":")
    )
    return sha256(text.encode()).hexdigest()[:_HASH_LENGTH]


def _dependencies(template: Mapping[str, Any], value: Any) -> dict[str, dict[str, Any]]:
    """Return the parameters, conditions and mappings that a value depends on, by section of the template.

    Conditions count with everything that they depend on.
    """
    dependencies: dict[str, dict[str, Any]] = {"Parameters": {}, "Conditions": {}, "Mappings": {}}
    pending = [value]
    while pending:
        for use in uses(pending.pop()):
            section = _SECTIONS.get(use.kind, "")
            definitions = template.get(section, {})
            names = [use.name]
            if (use.kind, use.name) == ("mapping", "*"):
                names = list(definitions)
            for name in names:
                if name not in definitions or name in dependencies[section]:
                    continue
                dependencies[section][name] = definitions[name]
                if section == "Conditions":
                    pending.append(definitions[name])
    return dependencies


def _longest_value(name: str, parameter: Mapping[str, Any], function: str) -> int:
    """Return the maximum number of characters of a parameter's value."""
    if str(parameter.get("NoEcho", False)).lower() == "true":
        raise FingerprintError(
            f"Parameters.{name}: The function {function} uses this NoEcho parameter, and the release "
            "would show its value to anyone who can list versions. Pass the ARN of a secret instead."
        )
    if "AllowedValues" in parameter and parameter["Type"] in ("String", "Number"):
        return max(len(str(value)) for value in parameter["AllowedValues"])
    if parameter["Type"] == "Number" and "MaxValue" in parameter:
        return max(len(str(parameter.get(bound, 0))) for bound in ("MinValue", "MaxValue"))
    if parameter["Type"] == "String" and "MaxLength" in parameter:
        return int(parameter["MaxLength"])
    raise FingerprintError(
        f"Parameters.{name}: The function {function} uses this parameter of Type {parameter['Type']}, and "
        "the release contains its value, which can have any length. Make it a String with MaxLength or "
        "AllowedValues, or a Number with MaxValue."
    )


def _check_length(function: str, lengths: Mapping[str, int]) -> None:
    total = _HASH_LENGTH + sum(1 + length for length in lengths.values())
    if total > LONGEST_DESCRIPTION:
        shares = ", ".join(f"{name} {length}" for name, length in lengths.items())
        raise FingerprintError(
            f"Resources.{function}: The release can have {total} characters, but the description of a "
            f"version only {LONGEST_DESCRIPTION}. Lower the MaxLength of a parameter that the function uses "
            f"({shares})."
        )
