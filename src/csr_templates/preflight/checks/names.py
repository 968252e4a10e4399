"""Fixed names of resources: whether another resource in the account has the name."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from cfn_analysis.model.references import value_at
from cfn_analysis.model.resource_names import name_path
from csr_templates.preflight import deployed
from csr_templates.preflight.facts import Lookup, Query
from csr_templates.preflight.needs import Needs, StackNeeds
from csr_templates.preflight.results import Check, Subject, Verdict, failed, passed

LEFT_BEHIND = (
    "If it was retained from a deleted stack, import it (docs/recovery.md, A stack was deleted). If it is "
    "not needed, delete it."
)


class Kind(NamedTuple):
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
    query: Callable[[StackNeeds, Needs, str], Query]
    key: str = ""

    def is_taken(self, answer: Any, name: str) -> bool:
        """Return whether the answer, None if nothing was found, contains the name."""
        if not self.key:
            return answer is not None
        return any(value_at(item, tuple(self.key.split("."))) == name for item in answer or ())


class Named(NamedTuple):
    """A resource with its fixed name."""

    kind: Kind
    logical_id: str
    name: str


def check(name: str, summary: str, kinds: Sequence[Kind]) -> Check:
    """Return the check that no resource outside the stacks has the names.

    With more than one kind, two types can use the same name, so the ID has the type too.
    """

    def subjects(needs: Needs) -> Iterator[Subject]:
        for kind in kinds:
            for stack, logical_id, properties in needs.of_type(kind.type):
                held = value_at(properties, name_path(kind.type, stack.region))
                if isinstance(held, str):
                    short = kind.type.rpartition("::")[2]
                    subject = f"{short}/{held}" if len(kinds) > 1 else held
                    yield Subject(subject, stack, Named(kind, logical_id, held))

    def judge(subject: Subject, needs: Needs, lookup: Lookup) -> Verdict:
        named: Named = subject.about
        if deployed.physical_id(lookup, subject.stack, named.logical_id):
            return passed(f"The {named.kind.noun} {named.name} belongs to {subject.stack.deployed}.")
        found = lookup(named.kind.query(subject.stack, needs, named.name))
        if named.kind.is_taken(found, named.name):
            return failed(
                f"The {named.kind.noun} {named.name} exists outside of {subject.stack.deployed}: creating it "
                "would fail.",
                LEFT_BEHIND,
            )
        return passed(f"The name of the {named.kind.noun} {named.name} is available.")

    return Check(name, summary, subjects, judge)
