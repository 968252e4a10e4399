"""A local CloudFormation: moto's, with a placeholder for every resource.

What tools send and read is real: stacks, change sets, parameters, tags, outputs, exports and imports. moto
does not have all types of our resources, and creating those that it has would show nothing of a tool. It does
not know ``Fn::GetStackOutput`` either, which is answered from the other region's stacks.

``python cloud.py PORT`` serves until it is ended.
"""

import sys
from collections.abc import Mapping
from typing import Any

from moto.cloudformation import models, parsing
from moto.cloudformation.exceptions import CloudFormationError, ValidationError
from moto.cloudformation.responses import CloudFormationResponse
from moto.core.responses import ActionResult
from moto.server import main


class Placeholder:
    """A resource of which only the names are known."""

    def __init__(self, logical_id: str, kind: str) -> None:
        self.logical_resource_id = logical_id
        self.cf_resource_type = kind
        self.type = kind
        self.physical_resource_id = f"{logical_id.lower()}-0123456789"

    def get_cfn_attribute(self, name: str) -> str:
        """Return a text for each attribute in a template."""
        return f"{self.physical_resource_id}-{name}"

    @classmethod
    def has_cfn_attr(cls, name: str) -> bool:
        """Tell moto that there is every attribute; cfn-lint has judged that."""
        return True

    def is_created(self) -> bool:
        """Tell moto that the resource is ready."""
        return True

    def delete(self, account: str, region: str) -> None:
        """Do nothing, as there is nothing."""


def create(
    logical_id: str, resource: Mapping[str, Any], resources: Any, account_id: str, region_name: str
) -> Placeholder | None:
    """Stand in for ``parsing.parse_and_create_resource``; moto evaluates conditions and functions."""
    condition = resource.get("Condition")
    if condition and not resources.lazy_condition_map[condition]:
        return None
    placeholder = Placeholder(logical_id, resource["Type"])
    if resource["Type"] == "AWS::Lambda::Version":  # its ID ends in its number, which a deploy reads
        placeholder.physical_resource_id = (
            f"arn:aws:lambda:{region_name}:{account_id}:function:{logical_id}:1"
        )
    resources._parsed_resources[logical_id] = placeholder
    parsing.clean_json(resource.get("Properties", {}), resources)  # raises where an import has no export
    return placeholder


_clean_json = parsing.clean_json


def clean_json(node: Any, resources: Any) -> Any:
    """Do the same as moto, with ``Fn::GetStackOutput`` and the text form of ``Fn::GetAtt``."""
    if isinstance(node, dict) and isinstance(node.get("Fn::GetAtt"), str):
        return _clean_json({"Fn::GetAtt": node["Fn::GetAtt"].split(".", 1)}, resources)
    if isinstance(node, dict) and "Fn::GetStackOutput" in node:
        requested = clean_json(node["Fn::GetStackOutput"], resources)
        backend = models.cloudformation_backends[resources._account_id][requested["Region"]]
        stack = backend.get_stack(requested["StackName"])  # raises where there is not such a stack
        values = {output.key: output.value for output in stack.output_map.values()}
        return values[requested["OutputName"]]
    return _clean_json(node, resources)


def execute_change_set(backend: Any, change_set_name: str, stack_name: str | None = None) -> None:
    """Execute the change set of that stack; moto's own leaves out the outputs and exports."""
    matching = [
        candidate
        for candidate in backend.change_sets.values()
        if change_set_name in (candidate.change_set_id, candidate.change_set_name)
        and stack_name in (None, candidate.stack_name, candidate.stack_id)
    ]
    if not matching:
        raise ValidationError(change_set_name)
    change_set = matching[-1]
    stack = change_set.stack
    stack.resource_map.cross_stack_resources = backend.exports
    stack.update(change_set.template, change_set.role_arn, change_set.parameters, change_set.tags)
    stack.status = f"{change_set.change_set_type}_COMPLETE"
    change_set.execution_status = "EXECUTE_COMPLETE"
    for export in stack.exports:
        backend.exports[export.name] = export
    del backend.change_sets[change_set.change_set_id]  # moto would take it for the next one of that name


class ChangeSetNotFoundError(CloudFormationError):
    """What CloudFormation says of a change set that does not exist; moto says that its stack does not."""

    code = "ChangeSetNotFound"


def describe_change_set(backend: Any, change_set_name: str) -> Any:
    """Return the change set of that name or ID."""
    for key, change_set in backend.change_sets.items():
        if change_set_name in (key, change_set.change_set_name):
            return change_set
    raise ChangeSetNotFoundError(f"ChangeSet [{change_set_name}] does not exist")


def delete_change_set(backend: Any, change_set_name: str) -> None:
    """Delete the change sets of that name or ID; moto's own fails where there is none."""
    for key, change_set in list(backend.change_sets.items()):
        if change_set_name in (key, change_set.change_set_name):
            del backend.change_sets[key]


def update_termination_protection(response: Any) -> ActionResult:
    """Enable or disable it, which moto supports only when a stack is created."""
    stack = response.cloudformation_backend.get_stack(response._get_param("StackName"))
    stack.enable_termination_protection = response._get_bool_param("EnableTerminationProtection")
    return ActionResult({"StackId": stack.stack_id})


_resolve_update_parameters = models.CloudFormationBackend._resolve_update_parameters


def resolve_update_parameters(backend: Any, *, instance: Any, **arguments: Any) -> Any:
    """Do the same as moto, but use the previous value also if it was a default."""
    if hasattr(instance, "resource_map"):
        instance.parameters = {**instance.resource_map.resolved_parameters, **instance.parameters}
    return _resolve_update_parameters(backend, instance=instance, **arguments)


for owner, name, stand_in in (
    (models.CloudFormationBackend, "_resolve_update_parameters", resolve_update_parameters),
    (models.CloudFormationBackend, "execute_change_set", execute_change_set),
    (models.CloudFormationBackend, "delete_change_set", delete_change_set),
    (models.CloudFormationBackend, "describe_change_set", describe_change_set),
    (CloudFormationResponse, "update_termination_protection", update_termination_protection),
    (parsing, "resource_class_from_type", lambda kind: Placeholder),
    (parsing, "parse_and_create_resource", create),
    (parsing, "parse_and_update_resource", create),
    (parsing, "clean_json", clean_json),
):
    setattr(owner, name, stand_in)

if __name__ == "__main__":
    main(["--host", "127.0.0.1", "--port", sys.argv[1]])
