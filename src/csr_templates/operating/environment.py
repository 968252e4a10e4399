"""What the output folder says of one environment: its stacks, names, parameters and account."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from cfn_analysis.model.wording import hint, series
from csr_templates.naming import PRODUCT, VERSION
from csr_templates.operating.problems import WrongInput

MANIFEST: Final = "stacks.json"
_ACCOUNT: Final = "${AWS::AccountId}"


class Import(NamedTuple):
    """A step of a recovery: an import of resources into a stack.

    Attributes:
        template: path of the template, which has only these resources.
        parameters: name -> value.
        resources: as CreateChangeSet takes them. An identifier is a text, which may contain
            ``${AWS::AccountId}``, or the ``Name`` or the tag (``Tag``) ``Name`` of the resource.
    """

    template: Path
    parameters: Mapping[str, str]
    resources: Sequence[Mapping[str, Any]]


class Stack(NamedTuple):
    """A stack of the environment.

    Attributes:
        name: in the manifest: ``api``.
        deployed: name of the deployed stack.
        region: its region.
        template: path of the template.
        policy: path of the stack policy.
        resources: the logical IDs.
        parameters: name -> value, of the parameter file.
        tags: key -> value.
        per_deploy: names of the parameters that each deploy gives.
        rollback_triggers: names of the alarms that roll a deploy back.
        imports: name of the step, such as ``api`` -> the import.
    """

    name: str
    deployed: str
    region: str
    template: Path
    policy: Path
    resources: frozenset[str]
    parameters: Mapping[str, str]
    tags: Mapping[str, str]
    per_deploy: Sequence[str]
    rollback_triggers: Sequence[str]
    imports: Mapping[str, Import]


class OperatedEnvironment(NamedTuple):
    """One environment of an output folder.

    Attributes:
        name: ``prod``.
        project: the value of ``ProjectName``.
        folder: the output folder.
        stacks: in the order of their deploy.
        account: ID of its account; empty if the folder does not say it.
        names: logical ID -> name, of what holds data; the name may contain ``${AWS::AccountId}``.
    """

    name: str
    project: str
    folder: Path
    stacks: Sequence[Stack]
    account: str
    names: Mapping[str, str]

    @property
    def prefix(self) -> str:
        """The beginning of all names of the environment, without a hyphen."""
        return f"{self.project}-{self.name}"

    @property
    def regions(self) -> list[str]:
        """The regions, each once, in the order of the stacks."""
        return list(dict.fromkeys(stack.region for stack in self.stacks))

    def stack(self, name: str) -> Stack:
        """Return a stack.

        Raises:
            WrongInput: there is no such stack.
        """
        names = [stack.name for stack in self.stacks]
        if name not in names:
            raise WrongInput(
                f"There is no stack {name}.{hint(name, names)} The stacks of {self.folder} are "
                f"{series(names)}."
            )
        return self.stacks[names.index(name)]

    def has(self, logical_id: str) -> bool:
        """Return whether any stack has a resource."""
        return any(logical_id in stack.resources for stack in self.stacks)

    def stack_of(self, logical_id: str) -> Stack:
        """Return the stack of a resource.

        Raises:
            WrongInput: no stack of the folder has it.
        """
        for stack in self.stacks:
            if logical_id in stack.resources:
                return stack
        raise WrongInput(f"No stack of {self.folder} has the resource {logical_id}, which the command needs.")

    def resource_name(self, logical_id: str, account: str) -> str:
        """Return the name of a resource that holds data; it is the same after the stack was deleted.

        Raises:
            WrongInput: the folder does not know its name.
        """
        if logical_id not in self.names:
            raise WrongInput(f"{self.folder} has no name of {logical_id}, which the command needs.")
        return self.names[logical_id].replace(_ACCOUNT, account)


def read(folder: Path, name: str) -> OperatedEnvironment:
    """Return an environment of an output folder.

    Raises:
        WrongInput: the folder cannot be read, was built by another version, or has no such environment.
    """
    manifest = _json(folder / MANIFEST)
    version = manifest.get("csrTemplatesVersion")
    if version != VERSION:
        raise WrongInput(
            f"{folder / MANIFEST} was built by version {version} of {PRODUCT}, and this is version "
            f"{VERSION}. Install that version, or build the folder again."
        )
    environments: dict[str, None] = {}  # as a set that keeps the order
    for entry in manifest["stacks"]:
        environments |= dict.fromkeys(entry["parameterFiles"])
    if name not in environments:
        raise WrongInput(
            f"There is no environment {name}.{hint(name, environments)} The environments of {folder} are "
            f"{series(list(environments))}."
        )
    stacks = [_stack(folder, entry, name) for entry in manifest["stacks"]]
    return OperatedEnvironment(
        name,
        stacks[0].parameters["ProjectName"],
        folder,
        stacks,
        manifest.get("accounts", {}).get(name, ""),
        _names(stacks),
    )


def _stack(folder: Path, entry: Mapping[str, Any], environment: str) -> Stack:
    file = _json(folder / entry["parameterFiles"][environment])
    parameters = file["Parameters"]
    deployed = entry["namePattern"]
    for parameter in ("ProjectName", "Environment"):
        deployed = deployed.replace(f"${{{parameter}}}", parameters[parameter])
    resources: set[str] = set()
    for logical_ids in entry["sections"].values():
        resources.update(logical_ids)
    return Stack(
        entry["name"],
        deployed,
        entry["region"],
        folder / entry["template"],
        folder / entry["stackPolicy"],
        frozenset(resources),
        parameters,
        file["Tags"],
        entry["perDeploy"],
        entry["rollbackTriggers"].get(environment, []),
        _imports(folder, entry["recovery"], environment),
    )


def _imports(folder: Path, steps: Sequence[Mapping[str, Any]], environment: str) -> dict[str, Import]:
    """Return the imports of a stack; a step of its recovery without an import file is a deploy."""
    imports: dict[str, Import] = {}
    for step in steps:
        if environment not in step["importFiles"]:
            continue
        path = folder / step["importFiles"][environment]
        file = _json(path)
        parameters = {
            parameter["ParameterKey"]: parameter["ParameterValue"] for parameter in file["Parameters"]
        }
        imports[path.stem] = Import(folder / step["template"], parameters, file["ResourcesToImport"])
    return imports


def _names(stacks: Sequence[Stack]) -> dict[str, str]:
    """Return the names in the imports of the stacks."""
    names: dict[str, str] = {}
    for stack in stacks:
        for step in stack.imports.values():
            for resource in step.resources:
                names[resource["LogicalResourceId"]] = _identifier(resource["ResourceIdentifier"])
    return names


def _identifier(identifier: Mapping[str, Any]) -> str:
    """Return the name in an identifier: a text, or the name or tag by which the resource is found."""
    (value,) = list(identifier.values())[:1]
    if isinstance(value, str):
        return value
    return str(value.get("Name") or value["Tag"])


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes())
    except OSError as error:
        raise WrongInput(
            f"Cannot read {path}: {error.strerror}. Run the command in a checkout, which has the output "
            "folder out, or add --out DIR."
        ) from error
    except ValueError as error:
        raise WrongInput(f"{path} is not JSON ({error}). Check the folder out again.") from error
