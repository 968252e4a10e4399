"""A risk as data: its kind, its subject, and the sentence about it with the values that it contains."""

from collections.abc import Callable
from typing import Any, Concatenate, NamedTuple, ParamSpec

from cfn_analysis.model.wiring import Node

Detail = ParamSpec("Detail")


class Risk(NamedTuple):
    """A risk in one or more environments.

    Attributes:
        kind: one of ``kinds.KINDS``.
        subject: the resource or output; without a name, the stack as a whole.
        sentence: the function of ``sentences`` that writes the effect and the remedy.
        detail: its arguments: texts, lists of texts, and truth values.
        environments: their names.
        accepted: whether it is accepted.
        reason: the reason of its acceptance.
    """

    kind: str
    subject: Node
    sentence: Callable[..., str]
    detail: tuple[tuple[str, Any], ...]
    environments: tuple[str, ...] = ()
    accepted: bool = False
    reason: str = ""

    @property
    def stack(self) -> str:
        """The stack."""
        return self.subject.stack

    @property
    def name(self) -> str:
        """The logical ID of the resource, or the key of the output; empty for the stack as a whole."""
        return self.subject.name

    @property
    def message(self) -> str:
        """The effect and the remedy, in English."""
        return self.sentence(self.name, **dict(self.detail))


def risk(
    kind: str,
    subject: Node,
    sentence: Callable[Concatenate[str, Detail], str],
    *unnamed: Detail.args,
    **detail: Detail.kwargs,
) -> Risk:
    """Return a risk; the arguments of the sentence are given by name."""
    assert not unnamed
    return Risk(kind, subject, sentence, tuple(detail.items()))
