"""The deploy policies as a table: who may do what, on what, and under which conditions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from csr_templates.reference.markdown import code, codes

if TYPE_CHECKING:
    from csr_templates.cloudformation.built_stack import BuiltStack, Document

HEAD: Final = ("stack", "role", "statement", "actions", "resources", "conditions")

_SHORT: Final = (
    ("${aws:PrincipalTag/Project}", "<project>"),
    ("${aws:PrincipalTag/Environment}", "<environment>"),
    ("${aws:PrincipalAccount}", "<account>"),
)
"""Tags of the role and its account, as the pages write names."""


def rows(stacks: Sequence[BuiltStack]) -> Iterator[list[str]]:
    """Yield a row for each statement of each role, in deploy order."""
    for stack in stacks:
        policies = stack.policies
        for role, documents in (
            ("`pipeline`", policies.pipeline),
            ("`pipeline` `delete`", policies.pipeline_delete),
            ("`service`", policies.service),
            ("`service` `delete`", policies.service_delete),
        ):
            for statement in _statements(documents):
                yield [code(stack.name), role, *_cells(statement)]


def _statements(documents: Sequence[Document]) -> Iterator[Mapping[str, Any]]:
    for document in documents:
        yield from document["Statement"]


def _cells(statement: Mapping[str, Any]) -> Iterator[str]:
    denies = statement["Effect"] == "Deny"
    yield f"{code(statement['Sid'])}{' `Deny`' if denies else ''}"
    yield codes(statement["Action"])
    yield codes(_shortened(statement["Resource"]))
    yield "; ".join(
        f"{code(operator)} {code(key)} {codes(_shortened(values))}"
        for operator, keys in statement.get("Condition", {}).items()
        for key, values in keys.items()
    )


def _shortened(values: str | list[str]) -> list[str]:
    found = [values] if isinstance(values, str) else list(values)
    for long, short in _SHORT:
        found = [value.replace(long, short) for value in found]
    return found
