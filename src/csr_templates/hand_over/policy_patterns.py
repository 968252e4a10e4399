"""What a value of a template can be in a policy: texts with ``*`` for what only the deployed stack knows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any, Final

from csr_templates.cloudformation.built_stack import BuiltStack
from csr_templates.cloudformation.references import pieces
from csr_templates.cloudformation.resolving import Known

ENVIRONMENT: Final = "${aws:PrincipalTag/Environment}"
"""The environment of the role that a policy is for."""


class Patterns:
    """The values of one template, in the environment of the role.

    Attributes:
        projects: the values of ProjectName.
        names: how everything of a project and an environment starts, for each project.
    """

    def __init__(self, stack: BuiltStack, projects: Iterable[str]) -> None:
        self._stack = stack
        self.projects = sorted(set(projects)) or [stack.parameters.get("ProjectName", {}).get("Default", "*")]
        self.names = [f"{project}-{ENVIRONMENT}" for project in self.projects]

    def texts(self, node: Any, left_out: Any = None) -> Iterator[str]:
        """Yield every text that a value, or an item of a list, can be, as patterns.

        Environments decide about conditions, and one document serves all of them: so both branches count.

        Args:
            node: the value; None if the template has none.
            left_out: what AWS takes where there is none; nothing by default.
        """
        for value in alternatives(node, left_out):
            if isinstance(value, list):
                for item in value:
                    yield from self.texts(item)
            else:
                for one in self.values_of(value):
                    yield from map(as_pattern, one if isinstance(one, list) else [one])

    def values_of(self, node: Any) -> Iterator[Any]:
        """Yield a value of the template for each project, maybe a function of what only a deploy knows."""
        for known in self._known:
            yield known.value(node)

    @cached_property
    def _known(self) -> list[Known]:
        """What is known in the environment of the role; a parameter without a default may be any ``*``."""
        parameters = {
            name: {key: value for key, value in declared.items() if key != "AllowedValues"}
            for name, declared in self._stack.parameters.items()
        }
        open_values = {name: "*" for name, declared in parameters.items() if "Default" not in declared}
        found = []
        for project, name in zip(self.projects, self.names, strict=True):
            given = {**open_values, "ProjectName": project, "Environment": ENVIRONMENT}
            found.append(
                Known(
                    {**self._stack.template, "Parameters": parameters},
                    {parameter: value for parameter, value in given.items() if parameter in parameters},
                    region=self._stack.region,
                    account="*",
                    stack_name=f"{name}-{self._stack.name}",
                )
            )
        return found


def alternatives(node: Any, left_out: Any = None) -> Iterator[Any]:
    """Return what a value is, in whatever branch of the conditions that it depends on.

    Where there is none, that is ``left_out``, or nothing.
    """
    match node:
        case {"Fn::If": [_, *branches]}:
            for branch in branches:
                yield from alternatives(branch, left_out)
        case None | {"Ref": "AWS::NoValue"}:
            if left_out is not None:
                yield left_out
        case _:
            yield node


def as_pattern(value: Any) -> str:
    """Return a resolved text with ``*`` for what only the deployed stack knows."""
    if isinstance(value, str):
        return value
    sub = value.get("Fn::Sub", "${Unknown}")
    text = sub if isinstance(sub, str) else sub[0]
    return "".join(pieces(text, lambda _: "*"))
