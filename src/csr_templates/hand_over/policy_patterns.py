"""Values of a template as patterns for policies: texts with ``*`` for parts known only after a deploy.

The policies apply to every project and environment. Values that differ come from tags of the role, as policy
variables: a role without the tag matches nothing.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
"""

from collections.abc import Iterator
from functools import cached_property
from typing import Any, Final

from cfn_analysis.model.built_stack import BuiltStack
from cfn_analysis.model.references import pieces
from cfn_analysis.model.resolving import Resolver

PROJECT: Final = "${aws:PrincipalTag/Project}"
ENVIRONMENT: Final = "${aws:PrincipalTag/Environment}"
ACCOUNT: Final = "${aws:PrincipalAccount}"
PREFIX: Final = f"{PROJECT}-{ENVIRONMENT}-"
"""Prefix of all names of the role's project and environment."""
_OF_ROLE: Final = {"ProjectName": PROJECT, "Environment": ENVIRONMENT}
"""Parameters whose values are tags of the role."""


class Patterns:
    """The values of one template, in the project and the environment of the role."""

    def __init__(self, stack: BuiltStack) -> None:
        self._stack = stack

    def texts(self, node: Any) -> Iterator[str]:
        """Yield every possible text of a value, or of an item of a list, as patterns.

        Conditions depend on the environment, and one document applies to all of them: both branches count.
        Nothing is yielded for None, or for a branch without the value.
        """
        for value in alternatives(node):
            if value is None:
                continue
            if isinstance(value, list):
                for member in value:
                    yield from self.texts(member)
                continue
            resolved = self.value(value)
            if not isinstance(resolved, list):
                resolved = [resolved]
            for text in resolved:
                yield as_pattern(text)

    def value(self, node: Any) -> Any:
        """Return a value of the template, possibly a function with values known only in a deploy."""
        return self._known.value(node)

    def name(self, resource: str, property_name: str) -> list[str]:
        """Return the possible names of a resource, as patterns.

        Without a name in the template, CloudFormation generates one: stack, logical ID and a random part. It
        is shortened to the limit of the service; ``bootstrap`` limits the project name for this. RDS keeps
        names in lower case.
        """
        body = self._stack.resources[resource]
        explicit = body.get("Properties", {}).get(property_name)
        names = set(self.texts(explicit))
        if None in alternatives(explicit):
            logical_id = resource.lower() if body["Type"].startswith("AWS::RDS::") else resource
            names.add(f"{PREFIX}{self._stack.name}-{logical_id}-*")
        return sorted(names)

    @cached_property
    def _known(self) -> Resolver:
        """The known values in the environment of the role; a parameter without a default is ``*``."""
        parameters: dict[str, dict[str, Any]] = {}
        values: dict[str, str] = {}
        for name, declaration in self._stack.parameters.items():
            # A pattern is not one of the allowed values.
            parameters[name] = {key: value for key, value in declaration.items() if key != "AllowedValues"}
            if name in _OF_ROLE:
                values[name] = _OF_ROLE[name]
            elif "Default" not in declaration:
                values[name] = "*"
        return Resolver(
            {**self._stack.template, "Parameters": parameters},
            values,
            region=self._stack.region,
            account=ACCOUNT,
            stack_name=f"{PREFIX}{self._stack.name}",
        )


def alternatives(node: Any) -> Iterator[Any]:
    """Return a value in each branch of its conditions; None for a branch without a value."""
    match node:
        case {"Fn::If": [_, *branches]}:
            for branch in branches:
                yield from alternatives(branch)
        case None | {"Ref": "AWS::NoValue"}:
            yield None
        case _:
            yield node


def as_pattern(value: Any) -> str:
    """Return a resolved text with ``*`` for parts known only in the deployed stack."""
    if isinstance(value, str):
        return value
    sub = value.get("Fn::Sub", "${Unknown}")
    text = sub if isinstance(sub, str) else sub[0]
    return "".join(pieces(text, lambda _: "*"))
