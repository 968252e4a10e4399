"""An environment of an output folder: its stacks, resolved with their values, without AWS."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from cfn_analysis.model.api_keys import accepted_keys, sent_keys
from cfn_analysis.model.built_stack import BuiltStack
from cfn_analysis.model.intrinsics import ResolveError
from cfn_analysis.model.references import entries
from cfn_analysis.model.resolving import resolve
from cfn_analysis.model.wording import hint
from csr_templates.hand_over.built_folder import BuiltFolder


class SelectionError(ValueError):
    """Wrong folder or options; the message states what to do."""


class CrossStackReference(NamedTuple):
    """A value that a stack reads from another stack.

    Attributes:
        export: name of the export; empty for an output that is read without an export.
        stack: name of the deployed stack, if the reader specifies it.
        output: key of the output, if the reader specifies it.
        region: region of that stack.
        users: logical IDs of the resources that read it.
    """

    export: str
    stack: str
    output: str
    region: str
    users: tuple[str, ...]


class EnvironmentStack:
    """One stack in one environment and account, with the values of its parameters filled in.

    Attributes:
        name: such as ``network``.
        deployed_name: name of the stack in the account.
        region: region of the stack.
        values: the values of its parameters.
        resources: logical ID -> resource, resolved.
        outputs: key -> output, resolved.
        built: the stack in the output folder.
        undecided: its per-deploy parameters without a given value.
        accepted_keys: the API keys that the stack accepts, if its template declares any.
        sent_keys: the API keys that it sends.
    """

    def __init__(
        self,
        name: str,
        deployed_name: str,
        region: str,
        values: Mapping[str, str],
        resources: Mapping[str, Any],
        outputs: Mapping[str, Any],
        built: BuiltStack | None = None,
        undecided: Collection[str] = (),
    ) -> None:
        self.name = name
        self.deployed_name = deployed_name
        self.region = region
        self.values = values
        self.resources = resources
        self.outputs = outputs
        self.built = built or BuiltStack(name, "", region, {})
        self.accepted_keys = accepted_keys(self.built)
        self.sent_keys = sent_keys(self.built)
        self.undecided = undecided

    def of_type(self, *types: str) -> list[tuple[str, Mapping[str, Any]]]:
        """Return logical ID and properties of each resource of some types."""
        resources: list[tuple[str, Mapping[str, Any]]] = []
        for type_name in types:
            resources += self._by_type.get(type_name, ())
        return resources

    @cached_property
    def _by_type(self) -> dict[str, list[tuple[str, Mapping[str, Any]]]]:
        by_type: dict[str, list[tuple[str, Mapping[str, Any]]]] = {}
        for logical_id, resource in self.resources.items():
            by_type.setdefault(resource["Type"], []).append((logical_id, resource.get("Properties", {})))
        return by_type

    @cached_property
    def references(self) -> list[CrossStackReference]:
        """The values that its resources read from other stacks."""
        users: dict[tuple[str, str, str, str], list[str]] = {}
        for logical_id, resource in self.resources.items():
            for _, export in entries(resource, "Fn::ImportValue"):
                if isinstance(export, str):
                    users.setdefault((export, "", "", self.region), []).append(logical_id)
            for _, argument in entries(resource, "Fn::GetStackOutput"):
                region = argument.get("Region", self.region)
                key = ("", argument["StackName"], argument["OutputName"], region)
                if all(isinstance(part, str) for part in key):
                    users.setdefault(key, []).append(logical_id)
        return [
            CrossStackReference(*key, tuple(dict.fromkeys(logical_ids))) for key, logical_ids in users.items()
        ]


class ResolvedEnvironment:
    """An environment of an output folder in one account.

    Attributes:
        name: its name.
        project: the value of ``ProjectName``.
        account: ID of the account in the names.
        stated_account: ID of the account that the parameter files state; empty if they do not.
        stacks: all stacks, in deploy order.
        chosen: the stacks to be deployed, in deploy order.
        folder: path of the output folder, for commands that read it.
    """

    def __init__(
        self,
        name: str,
        project: str,
        account: str,
        stacks: Sequence[EnvironmentStack],
        chosen: Sequence[str],
        stated_account: str = "",
        folder: str = "out",
    ) -> None:
        self.name = name
        self.project = project
        self.account = account
        self.stated_account = stated_account
        self.folder = folder
        self.stacks = tuple(stacks)
        self.chosen = tuple(stack for stack in stacks if not chosen or stack.name in chosen)

    @property
    def prefix(self) -> str:
        """The prefix of the environment's names."""
        return f"{self.project}-{self.name}-"

    @property
    def regions(self) -> list[str]:
        """The regions of the chosen stacks, without duplicates."""
        return list(dict.fromkeys(stack.region for stack in self.chosen))

    def stack(self, name: str) -> EnvironmentStack | None:
        """Return a stack by its short name."""
        return next((stack for stack in self.stacks if stack.name == name), None)

    def of_type(self, *types: str) -> Iterator[tuple[EnvironmentStack, str, Mapping[str, Any]]]:
        """Yield stack, logical ID and properties of each resource of some types in the chosen stacks."""
        for stack in self.chosen:
            for logical_id, properties in stack.of_type(*types):
                yield stack, logical_id, properties

    def provider(self, reference: CrossStackReference) -> tuple[EnvironmentStack, str] | None:
        """Return the stack and the key of the output that provides a value."""
        for stack in self.stacks:
            if stack.region != reference.region:
                continue
            if stack.deployed_name == reference.stack and reference.output in stack.outputs:
                return stack, reference.output
            for key, output in stack.outputs.items():
                if reference.export and output.get("Export", {}).get("Name") == reference.export:
                    return stack, key
        return None

    def resolved_value(self, stack: EnvironmentStack, value: Any) -> Any:
        """Return a value of a stack as far as the templates define it.

        An import is replaced with the value of the output; a Ref or GetAtt with the property of the resource
        that has the same value: the name of a bucket, the zone of a subnet.
        """
        match value:
            case {"Fn::ImportValue": str(name)}:
                provider = self.provider(CrossStackReference(name, "", "", stack.region, ()))
                if provider is None:
                    return value
                providing_stack, key = provider
                return self.resolved_value(providing_stack, providing_stack.outputs[key].get("Value"))
            case {"Fn::GetAtt": [str(logical_id), str(attribute)]}:
                resource = stack.resources.get(logical_id, {})
                return self._value_of_property(stack, resource, attribute, value)
            case {"Ref": str(logical_id)}:
                resource = stack.resources.get(logical_id, {})
                name_property = _REFS.get(resource.get("Type", ""), "")
                return self._value_of_property(stack, resource, name_property, value)
        return value

    def _value_of_property(
        self, stack: EnvironmentStack, resource: Mapping[str, Any], name: str, reference: Any
    ) -> Any:
        """Return the value of a property; without the property, the reference that stands for it."""
        value = resource.get("Properties", {}).get(name)
        if value is None:
            return reference
        return self.resolved_value(stack, value)


# Types whose Ref returns a name property.
_REFS = {"AWS::S3::Bucket": "BucketName", "AWS::RDS::DBCluster": "DBClusterIdentifier"}


def resolve_environment(
    folder: BuiltFolder,
    name: str,
    account: str,
    chosen: Sequence[str] = (),
    per_deploy: Mapping[str, str] | None = None,
    path: str = "out",
) -> ResolvedEnvironment:
    """Return an environment of an output folder.

    Args:
        folder: the content of the output folder.
        name: name of the environment.
        account: ID of the account.
        chosen: names of the stacks to be deployed; without a name, all of them.
        per_deploy: values of per-deploy parameters.
        path: of the output folder, for the commands of remedies.

    Raises:
        SelectionError: an environment, stack or parameter does not exist, or a template cannot be resolved.
    """
    per_deploy = per_deploy or {}
    _require_names_of_folder(folder, name, chosen, per_deploy)
    stacks = []
    project = ""
    for stack in folder.stacks:
        own_per_deploy = {
            parameter: value for parameter, value in per_deploy.items() if parameter in stack.per_deploy
        }
        values = {**folder.environments[name].get(stack.name, {}), **own_per_deploy}
        project = values.get("ProjectName", project)
        stacks.append(_resolve_stack(stack, name, values, account, own_per_deploy))
    return ResolvedEnvironment(name, project, account, stacks, chosen, folder.accounts.get(name, ""), path)


def _resolve_stack(
    stack: BuiltStack,
    environment_name: str,
    values: Mapping[str, str],
    account: str,
    own_per_deploy: Mapping[str, str],
) -> EnvironmentStack:
    """Return a stack with the values of the files and of the command.

    Raises:
        SelectionError: the template cannot be resolved with them.
    """
    stack_name = _deployed_name(stack, {"Environment": environment_name, **values})
    try:
        resolved = resolve(
            stack.template, values, region=stack.region, account=account, stack_name=stack_name
        )
    except ResolveError as error:
        raise SelectionError(
            f"{stack.file} cannot be resolved with the values of {environment_name}: {error}"
        ) from error
    defaults = {parameter: stack.default(parameter) or "" for parameter in stack.parameters}
    undecided = [parameter for parameter in stack.per_deploy if parameter not in own_per_deploy]
    return EnvironmentStack(
        stack.name,
        stack_name,
        stack.region,
        {**defaults, **values},
        resolved["Resources"],
        resolved["Outputs"],
        stack,
        undecided,
    )


def _deployed_name(stack: BuiltStack, values: Mapping[str, str]) -> str:
    """Return the name of a deployed stack: its pattern, or for a folder without patterns the usual one."""
    pattern = stack.name_pattern
    if pattern == stack.name:
        pattern = f"${{ProjectName}}-${{Environment}}-{stack.name}"
    return re.sub(r"\$\{(\w+)\}", lambda match: values.get(match[1], ""), pattern)


def _require_names_of_folder(
    folder: BuiltFolder, environment_name: str, chosen: Sequence[str], per_deploy: Mapping[str, str]
) -> None:
    """Raise ``SelectionError`` for an environment, a stack or a parameter that the folder does not have."""
    stack_names = [stack.name for stack in folder.stacks]
    if environment_name not in folder.environments:
        raise SelectionError(
            f"There is no environment {environment_name}.{hint(environment_name, folder.environments)} "
            f"The folder has {', '.join(folder.environments) or 'none'}."
        )
    for name in chosen:
        if name not in stack_names:
            raise SelectionError(
                f"There is no stack {name}.{hint(name, stack_names)} The folder has {', '.join(stack_names)}."
            )
    parameters: list[str] = []
    for stack in folder.stacks:
        parameters += stack.per_deploy
    parameters = list(dict.fromkeys(parameters))
    for name in per_deploy:
        if name not in parameters:
            raise SelectionError(
                f"{name} is not a per-deploy parameter.{hint(name, parameters)} The per-deploy parameters "
                f"are: {', '.join(parameters) or 'none'}. Set all others in the parameter files."
            )
