"""API keys that a template accepts or sends, as its Metadata section declares them.

Each key is the value of a secret. A parameter selects the keys. A comparison of two stacks needs its name and
the meaning of its values::

    Metadata:
      ApiKeys:
        Accepts:
          Parameter: AcceptedKeys
          Secrets:
            first: [key-1]
            both: [key-1, key-2]
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cfn_analysis.model.built_stack import BuiltStack

SECTION: Final = "ApiKeys"
"""The key in Metadata."""


class ApiKeys(NamedTuple):
    """The keys that a stack accepts or sends.

    Attributes:
        parameter: the parameter that selects them.
        secrets: value of the parameter -> the secrets with the keys: the last parts of their names, which
            start with the prefix of the project.
    """

    parameter: str
    secrets: Mapping[str, Sequence[str]]

    def includes(self, value: str, another: ApiKeys, other_value: str) -> bool:
        """Return whether the keys for a value include the keys of another stack for its value.

        A value without an entry selects no keys here, and unknown ones in the another stack.
        """
        needed = another.secrets.get(other_value)
        return needed is not None and set(needed) <= set(self.secrets.get(value, ()))


def accepted_keys(stack: BuiltStack) -> ApiKeys | None:
    """Return the keys that the API of a stack accepts; None if its template does not declare any."""
    return _declared(stack, "Accepts")


def sent_keys(stack: BuiltStack) -> ApiKeys | None:
    """Return the keys that a stack sends to an API; None if its template does not declare any."""
    return _declared(stack, "Sends")


def _declared(stack: BuiltStack, direction: str) -> ApiKeys | None:
    declared = stack.template.get("Metadata", {}).get(SECTION)
    match declared.get(direction) if isinstance(declared, dict) else None:
        case {"Parameter": str(parameter), "Secrets": dict(secrets)}:
            return ApiKeys(parameter, secrets)
    return None
