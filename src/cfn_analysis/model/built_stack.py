"""A stack as data, created by a build or read from an output folder."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from cfn_analysis.model.intrinsics import as_strings
from cfn_analysis.model.references import Place, Use, as_list, entries, in_words, uses

Document = dict[str, Any]


class Policies(NamedTuple):
    """The stack policy and the IAM policies of a stack.

    The IAM policies are divided into documents of the allowed length. Those for deleting are needed in
    addition if resources are removed.

    Attributes:
        stack: the stack policy.
        pipeline: policies of the pipeline role, which creates and updates the stack with CloudFormation.
        service: policies of the service role of CloudFormation.
        pipeline_delete: policies of the pipeline role for deleting the stack.
        service_delete: policies of the service role for deleting resources.
    """

    stack: Document
    pipeline: Sequence[Document] = ()
    service: Sequence[Document] = ()
    pipeline_delete: Sequence[Document] = ()
    service_delete: Sequence[Document] = ()


@dataclass(frozen=True, eq=False)
class BuiltStack:
    """A stack whose template has been built. To change one, use ``dataclasses.replace``.

    Attributes:
        name: such as ``network``.
        file: file name of the template.
        region: AWS region of the stack.
        template: the template, as a plain dict; must not be changed, because derived values are cached.
        sections: logical ID -> title of its section.
        per_deploy: names of the per-deploy parameters.
        reads_from: names of the stacks whose outputs it reads.
        source: path of the module that builds it, from the folder of its package.
        text: the template as YAML.
        policies: its policies; empty where only the template is read.
        termination_protection: whether the deployed stack must be protected from deletion.
        name_pattern: name of the deployed stack, as in a template; by default ``name``.
        rollback_triggers: environment -> names of the alarms that roll back an update; empty if not known.
    """

    name: str
    file: str
    region: str
    template: Mapping[str, Any]
    sections: Mapping[str, str] = field(default_factory=dict)
    per_deploy: Sequence[str] = ()
    reads_from: Sequence[str] = ()
    source: str = ""
    text: str = ""
    policies: Policies = field(default_factory=lambda: Policies({}))
    _: KW_ONLY
    termination_protection: bool = True
    name_pattern: str = ""
    rollback_triggers: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.name_pattern:
            object.__setattr__(self, "name_pattern", self.name)

    @cached_property
    def resources(self) -> Mapping[str, Any]:
        """Logical ID -> resource."""
        resources: Mapping[str, Any] = self.template.get("Resources", {})
        return resources

    @cached_property
    def outputs(self) -> Mapping[str, Any]:
        """Key -> output."""
        outputs: Mapping[str, Any] = self.template.get("Outputs", {})
        return outputs

    @cached_property
    def exports(self) -> dict[str, str]:
        """Name of an export, in words -> the key of its output."""
        return {
            in_words(output["Export"]["Name"]): key
            for key, output in self.outputs.items()
            if "Export" in output
        }

    @cached_property
    def parameters(self) -> Mapping[str, Mapping[str, Any]]:
        """Name -> declaration."""
        parameters: Mapping[str, Mapping[str, Any]] = self.template.get("Parameters", {})
        return parameters

    @cached_property
    def in_files(self) -> list[str]:
        """The parameters of the parameter files, in the template's order."""
        return [name for name in self.parameters if name not in self.per_deploy]

    @property
    def defaults(self) -> dict[str, str | None]:
        """The defaults of the parameters of the files."""
        return {name: self.default(name) for name in self.in_files}

    def default(self, parameter: str) -> str | None:
        """Return the default of a parameter as text."""
        default = self.parameters.get(parameter, {}).get("Default")
        if default is None:
            return None
        return str(as_strings(default))

    @cached_property
    def uses(self) -> dict[str, list[Use]]:
        """Logical ID -> references in the properties of the resource."""
        return {name: uses(resource.get("Properties", {})) for name, resource in self.resources.items()}

    def uses_in(self, section: str, key: str) -> list[Use]:
        """Return what one entry of a section names, a resource without its properties; places from there."""
        return self._other_uses.get((section, key), [])

    @cached_property
    def _other_uses(self) -> dict[Place, list[Use]]:
        uses_by_entry: dict[Place, list[Use]] = {}
        for section, content in self.template.items():
            if not isinstance(content, Mapping):
                continue
            for key, entry in content.items():
                part = entry
                if section == "Resources":
                    part = {name: value for name, value in entry.items() if name != "Properties"}
                uses_by_entry[section, key] = uses(part)
        return uses_by_entry

    @cached_property
    def outside_uses(self) -> list[Use]:
        """The imports, outputs of stacks and secrets that the template names, with places from its root."""
        uses_by_place: dict[Place, list[Use]] = {
            ("Resources", name, "Properties"): its_uses for name, its_uses in self.uses.items()
        }
        uses_by_place |= self._other_uses
        outside: list[Use] = []
        for start, its_uses in uses_by_place.items():
            for place, kind, name in its_uses:
                if kind in ("import", "output", "secret"):
                    outside.append(Use((*start, *place), kind, name))
        return outside

    @cached_property
    def read_outputs(self) -> list[tuple[Place, Any]]:
        """Places and arguments of ``Fn::GetStackOutput``."""
        reads_any = any(use.kind == "output" for use in self.outside_uses)
        if not reads_any:
            return []
        return entries(self.template, "Fn::GetStackOutput")

    @cached_property
    def users(self) -> dict[tuple[str, str], list[tuple[str, Place]]]:
        """Kind and name of a use -> the resources that use it, with the places."""
        users: dict[tuple[str, str], list[tuple[str, Place]]] = {}
        for resource, its_uses in self.uses.items():
            for place, kind, name in its_uses:
                users.setdefault((kind, name), []).append((resource, place))
        return users

    def depends_on(self, name: str) -> list[str]:
        """Return the DependsOn of a resource."""
        return as_list(self.resources[name].get("DependsOn"))

    def needed_by(self, names: Iterable[str]) -> set[str]:
        """Return the resources that some resources refer to or depend on, directly or indirectly."""
        needed: set[str] = set()
        pending = list(names)
        while pending:
            name = pending.pop()
            named = {use.name for use in self.uses[name] if use.kind == "name"} | {*self.depends_on(name)}
            named &= self.resources.keys()  # DependsOn on a missing resource is reported by the linter
            pending += named - needed
            needed |= named
        return needed

    def by_section(self) -> dict[str, list[str]]:
        """Return title of a section -> its logical IDs, in the order of the template."""
        groups: dict[str, list[str]] = {}
        for name in self.resources:
            groups.setdefault(self.sections.get(name, "Resources"), []).append(name)
        return groups
