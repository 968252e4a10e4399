"""The needs of the templates, computed from an output folder and one environment without AWS."""

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


class NeedsError(ValueError):
    """Wrong folder or options; the message states what to do."""


class Reads(NamedTuple):
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


class StackNeeds:
    """One stack in one environment and account.

    Attributes:
        name: such as ``network``.
        deployed: name of the stack in the account.
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
        deployed: str,
        region: str,
        values: Mapping[str, str],
        resources: Mapping[str, Any],
        outputs: Mapping[str, Any],
        built: BuiltStack | None = None,
        undecided: Collection[str] = (),
    ) -> None:
        self.name = name
        self.deployed = deployed
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
        return [one for type_name in types for one in self._by_type.get(type_name, ())]

    @cached_property
    def _by_type(self) -> dict[str, list[tuple[str, Mapping[str, Any]]]]:
        found: dict[str, list[tuple[str, Mapping[str, Any]]]] = {}
        for name, resource in self.resources.items():
            found.setdefault(resource["Type"], []).append((name, resource.get("Properties", {})))
        return found

    @cached_property
    def reads(self) -> list[Reads]:
        """The values that its resources read from other stacks."""
        found: dict[tuple[str, str, str, str], list[str]] = {}
        for logical_id, resource in self.resources.items():
            for _, name in entries(resource, "Fn::ImportValue"):
                if isinstance(name, str):
                    found.setdefault((name, "", "", self.region), []).append(logical_id)
            for _, asked in entries(resource, "Fn::GetStackOutput"):
                key = ("", asked["StackName"], asked["OutputName"], asked.get("Region", self.region))
                if all(isinstance(part, str) for part in key):
                    found.setdefault(key, []).append(logical_id)
        return [Reads(*key, tuple(dict.fromkeys(users))) for key, users in found.items()]


class Needs:
    """The needs of an environment.

    Attributes:
        environment: its name.
        project: the value of ``ProjectName``.
        account: ID of the account in the names.
        stated_account: ID of the account that the parameter files state; empty if they do not.
        stacks: all stacks, in deploy order.
        chosen: the stacks to be deployed, in deploy order.
    """

    def __init__(
        self,
        environment: str,
        project: str,
        account: str,
        stacks: Sequence[StackNeeds],
        chosen: Sequence[str],
        stated_account: str = "",
    ) -> None:
        self.environment = environment
        self.project = project
        self.account = account
        self.stated_account = stated_account
        self.stacks = tuple(stacks)
        self.chosen = tuple(stack for stack in stacks if not chosen or stack.name in chosen)

    @property
    def prefix(self) -> str:
        """The prefix of the environment's names."""
        return f"{self.project}-{self.environment}-"

    @property
    def regions(self) -> list[str]:
        """The regions of the chosen stacks, without duplicates."""
        return list(dict.fromkeys(stack.region for stack in self.chosen))

    def stack(self, name: str) -> StackNeeds | None:
        """Return a stack by its short name."""
        return next((stack for stack in self.stacks if stack.name == name), None)

    def of_type(self, *types: str) -> Iterator[tuple[StackNeeds, str, Mapping[str, Any]]]:
        """Yield stack, logical ID and properties of each resource of some types in the chosen stacks."""
        for stack in self.chosen:
            for logical_id, properties in stack.of_type(*types):
                yield stack, logical_id, properties

    def maker(self, reads: Reads) -> tuple[StackNeeds, str] | None:
        """Return the stack and the key of the output that provides a value."""
        for stack in self.stacks:
            if stack.region != reads.region:
                continue
            if stack.deployed == reads.stack and reads.output in stack.outputs:
                return stack, reads.output
            for key, output in stack.outputs.items():
                if reads.export and output.get("Export", {}).get("Name") == reads.export:
                    return stack, key
        return None

    def known(self, stack: StackNeeds, value: Any) -> Any:
        """Return a value of a stack as far as the templates define it.

        An import is replaced with the value of the output; a Ref or GetAtt with the property of the resource
        that has the same value: the name of a bucket, the zone of a subnet.
        """
        match value:
            case {"Fn::ImportValue": str(name)}:
                found = self.maker(Reads(name, "", "", stack.region, ()))
                return self.known(found[0], found[0].outputs[found[1]].get("Value")) if found else value
            case {"Fn::GetAtt": [str(name), str(attribute)]}:
                held = stack.resources.get(name, {}).get("Properties", {}).get(attribute)
                return value if held is None else self.known(stack, held)
            case {"Ref": str(name)}:
                resource = stack.resources.get(name, {})
                held = resource.get("Properties", {}).get(_REFS.get(resource.get("Type", ""), ""))
                return value if held is None else self.known(stack, held)
        return value


# Types whose Ref returns a name property.
_REFS = {"AWS::S3::Bucket": "BucketName", "AWS::RDS::DBCluster": "DBClusterIdentifier"}


def needs(
    folder: BuiltFolder,
    environment: str,
    account: str,
    chosen: Sequence[str] = (),
    per_deploy: Mapping[str, str] | None = None,
) -> Needs:
    """Return the needs of an environment of an output folder. Without ``chosen`` stacks, those of all.

    Raises:
        NeedsError: an environment, stack or parameter does not exist, or a template cannot be resolved.
    """
    _require_known(folder, environment, chosen, per_deploy or {})
    stacks = []
    project = ""
    for stack in folder.stacks:
        given = {name: value for name, value in (per_deploy or {}).items() if name in stack.per_deploy}
        values = {**folder.environments[environment].get(stack.name, {}), **given}
        project = values.get("ProjectName", project)
        deployed = f"{values.get('ProjectName', '')}-{values.get('Environment', environment)}-{stack.name}"
        try:
            resolved = resolve(
                stack.template, values, region=stack.region, account=account, stack_name=deployed
            )
        except ResolveError as error:
            raise NeedsError(
                f"{stack.file} cannot be resolved with the values of {environment}: {error}"
            ) from error
        all_values = {name: stack.default(name) or "" for name in stack.parameters} | values
        stacks.append(
            StackNeeds(
                stack.name,
                deployed,
                stack.region,
                all_values,
                resolved["Resources"],
                resolved["Outputs"],
                stack,
                [name for name in stack.per_deploy if name not in given],
            )
        )
    return Needs(environment, project, account, stacks, chosen, folder.accounts.get(environment, ""))


def _require_known(
    folder: BuiltFolder, environment: str, chosen: Sequence[str], per_deploy: Mapping[str, str]
) -> None:
    """Raise ``NeedsError`` for an environment, a stack or a parameter that the folder does not have."""
    names = [stack.name for stack in folder.stacks]
    if environment not in folder.environments:
        raise NeedsError(
            f"There is no environment {environment}.{hint(environment, folder.environments)} "
            f"The folder has {', '.join(folder.environments) or 'none'}."
        )
    for name in chosen:
        if name not in names:
            raise NeedsError(
                f"There is no stack {name}.{hint(name, names)} The folder has {', '.join(names)}."
            )
    decided = {name: stack.name for stack in folder.stacks for name in stack.per_deploy}
    for name in per_deploy:
        if name not in decided:
            raise NeedsError(
                f"{name} is not a per-deploy parameter.{hint(name, decided)} The per-deploy parameters are: "
                f"{', '.join(decided) or 'none'}. Set all others in the parameter files."
            )
