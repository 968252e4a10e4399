"""Fixed names of resources: whether another resource in the account has the name."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from cfn_analysis.model.references import value_at
from cfn_analysis.model.resource_names import name_path
from csr_templates.preflight import deployed
from csr_templates.preflight.facts import Lookup, Query
from csr_templates.preflight.resolved_environment import EnvironmentStack, ResolvedEnvironment
from csr_templates.preflight.results import Check, Result, Subject, failed, passed

LEFT_BEHIND = (
    "If it was retained from a deleted stack, import it (docs/recovery.md, A stack was deleted). If it is "
    "not needed, delete it."
)


class NamedType(NamedTuple):
    """A resource type with a fixed name.

    Attributes:
        type: the type.
        noun: its name in sentences.
        query: the call that finds the resource with the name.
        key: key of the name in the items of the answer, with dots between the keys; empty if any answer shows
            that the name is used.
    """

    type: str
    noun: str
    query: Callable[[EnvironmentStack, ResolvedEnvironment, str], Query]
    key: str = ""

    def is_used(self, answer: Any, name: str) -> bool:
        """Return whether the answer, None if nothing has the name, contains the name."""
        if not self.key:
            return answer is not None
        path = tuple(self.key.split("."))
        return any(value_at(resource, path) == name for resource in answer or ())


class NamedResource(NamedTuple):
    """A resource with its fixed name."""

    type: NamedType
    logical_id: str
    name: str


def check(name: str, summary: str, types: Sequence[NamedType]) -> Check:
    """Return the check that no resource outside the stacks has the names.

    With more than one type, two types can use the same name, so the ID has the type too.
    """

    def subjects(environment: ResolvedEnvironment) -> Iterator[Subject]:
        for named_type in types:
            for stack, logical_id, properties in environment.of_type(named_type.type):
                fixed_name = value_at(properties, name_path(named_type.type, stack.region))
                if not isinstance(fixed_name, str):
                    continue
                subject_id = fixed_name
                if len(types) > 1:
                    subject_id = f"{named_type.type.rpartition('::')[2]}/{fixed_name}"
                yield Subject(subject_id, stack, NamedResource(named_type, logical_id, fixed_name))

    return Check(name, summary, subjects, _judge)


def _judge(subject: Subject, environment: ResolvedEnvironment, lookup: Lookup) -> Result:
    resource: NamedResource = subject.about
    noun = f"{resource.type.noun} {resource.name}"
    if deployed.physical_id(lookup, subject.stack, resource.logical_id):
        return passed(f"The {noun} belongs to {subject.stack.deployed_name}.")
    answer = lookup(resource.type.query(subject.stack, environment, resource.name))
    if resource.type.is_used(answer, resource.name):
        return failed(
            f"The {noun} exists outside of {subject.stack.deployed_name}: creating it would fail.",
            LEFT_BEHIND,
        )
    return passed(f"The name of the {noun} is available.")
