"""Checks imported values: the type of the exported resource, and its policy."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from cfn_analysis.model.built_stack import BuiltStack
from cfn_analysis.model.references import Place, as_list, in_words, place_in_words
from cfn_analysis.model.wildcards import matches

_KEY: Final = "AWS::KMS::Key"

# Property -> type of the resource that it refers to.
_TYPES: Final = {
    "DBSubnetGroupName": "AWS::RDS::DBSubnetGroup",
    "DestinationSecurityGroupId": "AWS::EC2::SecurityGroup",
    "GroupId": "AWS::EC2::SecurityGroup",
    "KmsKeyId": _KEY,
    "KmsMasterKeyId": _KEY,
    "RouteTableId": "AWS::EC2::RouteTable",
    "RouteTableIds": "AWS::EC2::RouteTable",
    "SecurityGroupIds": "AWS::EC2::SecurityGroup",
    "SourceSecurityGroupId": "AWS::EC2::SecurityGroup",
    "SubnetId": "AWS::EC2::Subnet",
    "SubnetIds": "AWS::EC2::Subnet",
    "VpcId": "AWS::EC2::VPC",
    "VpcSecurityGroupIds": "AWS::EC2::SecurityGroup",
}

# How long CloudFront waits for an origin, and API Gateway for an integration, if they do not say it.
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesOrigin.html
# https://docs.aws.amazon.com/apigateway/latest/api/API_Integration.html
_READ_TIMEOUT: Final = 30  # seconds
_INTEGRATION_TIMEOUT: Final = 29_000  # milliseconds

# What a service does with the key of a topic that it publishes to.
_PUBLISHES: Final = ("kms:Decrypt", "kms:GenerateDataKey")

# Type with a key -> its property, and the service that encrypts.
_ENCRYPTED: Final = {
    "AWS::Logs::LogGroup": ("KmsKeyId", "logs."),
    "AWS::SNS::Topic": ("KmsMasterKeyId", "cloudwatch."),
}


class _ExportedResource(NamedTuple):
    """A resource whose value another stack exports."""

    stack: BuiltStack
    logical_id: str
    attribute: str
    """Empty for Ref."""

    @property
    def resource(self) -> Any:
        return self.stack.resources[self.logical_id]


def problems(stack: BuiltStack, earlier: Sequence[BuiltStack]) -> Iterator[str]:
    """Yield a sentence for each imported value that does not have the type of its use.

    - A property that names a VPC, a subnet, a security group or a key gets one.
    - A log group gets the ARN of its key, and the key's policy admits the log group by its name.
    - The key of a topic that alarms of the stack notify admits CloudWatch, for alarms of these names, and
      that of a topic for the events of its databases admits RDS: both to decrypt and to generate data keys.
    - A distribution in front of an API has the path of one of its stages, and waits as long as the API does.
    - A list names each resource once, and the subnets of a database are in two zones.
    """
    for logical_id, resource in stack.resources.items():
        properties = resource.get("Properties", {})
        if isinstance(properties, dict):
            yield from _types(stack, logical_id, properties, earlier)
    for logical_id, resource in stack.resources.items():
        name, service = _ENCRYPTED.get(resource.get("Type"), ("", ""))
        key = _exported_resource(resource.get("Properties", {}).get(name), stack, earlier)
        if key and key.resource["Type"] == _KEY:
            place = place_in_words(("Resources", logical_id, "Properties", name))
            for sentence in _key_problems(stack, logical_id, key, service):
                yield f"{place}: {sentence}"
            if service == "cloudwatch." and _has_events(stack, logical_id):
                for sentence in _publishing_problems(key, "events.rds."):
                    yield f"{place}: {sentence}"
        yield from _origins(stack, logical_id, resource, earlier)


def _exported_resource(
    value: Any, stack: BuiltStack, earlier: Sequence[BuiltStack]
) -> _ExportedResource | None:
    """Return the resource of an imported value; None for other values."""
    if not isinstance(value, dict) or "Fn::ImportValue" not in value:
        return None
    name = in_words(value["Fn::ImportValue"])
    for exporter in earlier:
        if exporter.region == stack.region and name in exporter.exports:
            match exporter.outputs[exporter.exports[name]].get("Value"):
                case {"Ref": str(logical_id)} if logical_id in exporter.resources:
                    return _ExportedResource(exporter, logical_id, "")
                case {"Fn::GetAtt": [str(logical_id), str(attribute)]} if logical_id in exporter.resources:
                    return _ExportedResource(exporter, logical_id, attribute)
    return None


def _types(
    stack: BuiltStack, logical_id: str, properties: Mapping[str, Any], earlier: Sequence[BuiltStack]
) -> Iterator[str]:
    """Yield the imported values of a resource that do not have the type of their property."""
    for name, value in properties.items():
        if name == "VpcConfig" and isinstance(value, dict):
            yield from _types(stack, logical_id, value, earlier)
        if name in _TYPES:
            values = value if isinstance(value, list) else [value]
            place = place_in_words(("Resources", logical_id, "Properties", name))
            for sentence in _type_problems(values, _TYPES[name], stack, earlier):
                yield f"{place}: {sentence}"
        if name == "SubnetIds" and stack.resources[logical_id].get("Type") == "AWS::RDS::DBSubnetGroup":
            yield from _one_zone(logical_id, value, stack, earlier)


def _type_problems(
    values: Sequence[Any], type_name: str, stack: BuiltStack, earlier: Sequence[BuiltStack]
) -> Iterator[str]:
    """Yield what is wrong with the imported values among those of a property, which needs a type."""
    resources: set[tuple[str, str]] = set()  # stack and logical ID of the values so far
    for value in values:
        imported = _exported_resource(value, stack, earlier)
        if not imported:
            continue
        what = (
            f"It imports {in_words(value['Fn::ImportValue'])}, which is {imported.logical_id} of stack "
            f"{imported.stack.name}"
        )
        resource = (imported.stack.name, imported.logical_id)
        if imported.resource["Type"] != type_name:
            yield (
                f"{what}, an {imported.resource['Type']}, but the property needs an {type_name}. Import "
                "another name, or correct the output."
            )
        elif resource in resources:
            yield (
                f"{what}, but the list already contains that resource. Import another name, or correct the "
                "output."
            )
        resources.add(resource)


def _one_zone(
    logical_id: str, values: Any, stack: BuiltStack, earlier: Sequence[BuiltStack]
) -> Iterator[str]:
    """Yield a sentence if all subnets of a database are imported and in one Availability Zone."""
    if not isinstance(values, list):
        return
    names: set[str] = set()
    zones: set[str] = set()
    for value in values:
        subnet = _exported_resource(value, stack, earlier)
        zone = subnet.resource.get("Properties", {}).get("AvailabilityZone") if subnet else None
        if not subnet or not zone:
            return  # the zone of this subnet is not known
        names.add(subnet.logical_id)
        zones.add(in_words(zone))
    if len(names) > 1 and len(zones) == 1:
        place = place_in_words(("Resources", logical_id, "Properties", "SubnetIds"))
        yield (
            f"{place}: {' and '.join(sorted(names))} are all in the Availability Zone {zones.pop()}, but RDS "
            "needs two. Give the subnets different zones."
        )


def _key_problems(stack: BuiltStack, logical_id: str, key: _ExportedResource, service: str) -> Iterator[str]:
    of_stack = f"{key.logical_id} of stack {key.stack.name}"
    own = _statements_for(key, service)
    if service == "logs.":
        if key.attribute != "Arn":
            yield f"It imports the ID of {of_stack}, but a log group needs the key's ARN. Export its Arn."
            return
        properties = stack.resources[logical_id].get("Properties", {})
        names = [in_words(properties.get("LogGroupName", ""))]
        condition, mark = "kms:EncryptionContext:aws:logs:arn", ":log-group:"
    else:
        names = list(_alarms(stack, logical_id))
        condition, mark = "aws:SourceArn", ":alarm:"
    if names and not own:
        yield f"The policy of {of_stack} does not allow {service}amazonaws.com. Add a statement that does."
        return
    if names and service == "cloudwatch.":
        yield from _publishing_problems(key, service)
    for name in names:
        if name and not any(_admits(statement, condition, mark, name) for statement in own):
            yield (
                f"The policy of {of_stack} does not allow the {mark.strip(':')} {name} in {condition}. "
                "Change the name, or add it to the policy."
            )


def _publishing_problems(key: _ExportedResource, service: str) -> Iterator[str]:
    """Yield what a service lacks that publishes to a topic with a key."""
    patterns: list[str] = []
    for statement in _statements_for(key, service):
        patterns += [in_words(action) for action in as_list(statement.get("Action"))]
    denied = [action for action in _PUBLISHES if not _matches_any(patterns, action)]
    if denied:
        yield (
            f"The policy of {key.logical_id} of stack {key.stack.name} does not allow {service}amazonaws.com "
            f"{' and '.join(denied)}. Add a statement that does."
        )


def _matches_any(patterns: Sequence[str], text: str) -> bool:
    return any(matches(pattern, text) for pattern in patterns)


def _statements_for(key: _ExportedResource, service: str) -> list[Any]:
    """Return the statements of a key's policy that allow a service something."""
    statements = key.resource.get("Properties", {}).get("KeyPolicy", {}).get("Statement", [])
    return [
        statement
        for statement in statements
        if statement.get("Effect") == "Allow" and _is_for(statement, service)
    ]


def _has_events(stack: BuiltStack, topic: str) -> bool:
    """Return whether a topic of the stack gets the events of databases."""
    return any(
        resource.get("Type") == "AWS::RDS::EventSubscription"
        and resource.get("Properties", {}).get("SnsTopicArn") == {"Ref": topic}
        for resource in stack.resources.values()
    )


def _origins(
    stack: BuiltStack, logical_id: str, resource: Any, earlier: Sequence[BuiltStack]
) -> Iterator[str]:
    """Yield what does not fit in the origins of a distribution that are APIs of other stacks."""
    if resource.get("Type") != "AWS::CloudFront::Distribution":
        return
    origins = resource.get("Properties", {}).get("DistributionConfig", {}).get("Origins")
    if not isinstance(origins, list):
        return
    for index, origin in enumerate(origins):
        if not isinstance(origin, dict):
            continue
        place = ("Resources", logical_id, "Properties", "DistributionConfig", "Origins", index)
        for exporter, api in _apis(origin.get("DomainName"), stack, earlier):
            yield from _stage_problems(place, origin, exporter, api)
            yield from _timeout_problems(place, origin, exporter, api)


def _stage_problems(place: Place, origin: Any, exporter: BuiltStack, api: str) -> Iterator[str]:
    """Yield the path of an origin that does not begin with a stage of its API."""
    stages = [
        in_words(properties.get("StageName"))
        for properties in _of_api(exporter, api, "AWS::ApiGateway::Stage")
    ]
    path = in_words(origin.get("OriginPath", ""))
    if stages and path.partition("/")[2].partition("/")[0] not in stages:
        yield (
            f"{place_in_words((*place, 'OriginPath'))}: It is {path or 'empty'}, but {api} of stack "
            f"{exporter.name} has the stage {' and '.join(stages)}. Start the path with the stage."
        )


def _timeout_problems(place: Place, origin: Any, exporter: BuiltStack, api: str) -> Iterator[str]:
    """Yield the time-out of an origin that ends before that of its API."""
    custom = origin.get("CustomOriginConfig")
    seconds = custom.get("OriginReadTimeout", _READ_TIMEOUT) if isinstance(custom, dict) else None
    if not isinstance(seconds, int):
        return
    integrations = [
        properties.get("Integration", {}) for properties in _of_api(exporter, api, "AWS::ApiGateway::Method")
    ]
    timeouts = [integration.get("TimeoutInMillis", _INTEGRATION_TIMEOUT) for integration in integrations]
    longest = max((timeout for timeout in timeouts if isinstance(timeout, int)), default=0)
    if seconds * 1000 < longest:
        yield (
            f"{place_in_words((*place, 'CustomOriginConfig', 'OriginReadTimeout'))}: It is {seconds} "
            f"seconds, but an integration of {api} of stack {exporter.name} waits {longest} ms: CloudFront "
            "answers 504 while the API still works. Raise OriginReadTimeout, or lower TimeoutInMillis."
        )


def _of_api(exporter: BuiltStack, api: str, type_name: str) -> Iterator[Any]:
    """Yield the properties of the resources of a type that belong to an API of a stack."""
    for resource in exporter.resources.values():
        properties = resource.get("Properties", {})
        if resource.get("Type") == type_name and properties.get("RestApiId") == {"Ref": api}:
            yield properties


def _apis(value: Any, stack: BuiltStack, earlier: Sequence[BuiltStack]) -> Iterator[tuple[BuiltStack, str]]:
    """Yield the REST APIs of other stacks that a value is made of, with their stacks."""
    if isinstance(value, list):
        for member in value:
            yield from _apis(member, stack, earlier)
    elif isinstance(value, dict):
        source = _output_read(value, stack, earlier)
        if source is None:
            for part in value.values():
                yield from _apis(part, stack, earlier)
            return
        publisher, output = source
        match output:
            case {"Ref": str(api)} if (
                publisher.resources.get(api, {}).get("Type") == "AWS::ApiGateway::RestApi"
            ):
                yield publisher, api


def _output_read(
    value: Mapping[str, Any], stack: BuiltStack, earlier: Sequence[BuiltStack]
) -> tuple[BuiltStack, Any] | None:
    """Return the stack that a value is read from, and the value there; None for other values."""
    output = value.get("Fn::GetStackOutput")
    if isinstance(output, dict):
        key: Any = output.get("OutputName")
        for publisher in reversed(earlier):
            if publisher.name_pattern == in_words(output.get("StackName")) and key in publisher.outputs:
                return publisher, publisher.outputs[key].get("Value")
    imported = _exported_resource(value, stack, earlier)
    if imported:
        return imported.stack, {"Ref": imported.logical_id}
    return None


def _is_for(statement: Any, service: str) -> bool:
    """Return whether the principal of a statement is a service, or any."""
    principal = statement.get("Principal")
    if isinstance(principal, dict):
        principal = principal.get("Service", [])
    names = principal if isinstance(principal, list) else [principal]
    return any(in_words(name).startswith((service, "*")) for name in names)


def _alarms(stack: BuiltStack, topic: str) -> Iterator[str]:
    """Yield the names of the alarms that notify a topic of their stack."""
    for resource in stack.resources.values():
        properties = resource.get("Properties", {})
        if str(resource.get("Type")).startswith("AWS::CloudWatch::"):
            actions = [*properties.get("AlarmActions", []), *properties.get("OKActions", [])]
            if {"Ref": topic} in actions:
                yield in_words(properties.get("AlarmName", ""))


def _admits(statement: Any, condition: str, mark: str, name: str) -> bool:
    """Return whether a pattern of a statement, after the mark, matches a name."""
    for keys in statement.get("Condition", {}).values():
        values = keys.get(condition, []) if isinstance(keys, dict) else []
        if not isinstance(values, list):
            values = [values]
        patterns = [in_words(value) for value in values]
        if not patterns or not all(mark in pattern for pattern in patterns):
            continue
        names = [pattern.partition(mark)[2] for pattern in patterns]
        if not _matches_any(names, name):
            return False
    return True
