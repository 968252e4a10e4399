"""A risk as data: its kind, its subject, and the sentence about it with the values of its fields."""

from typing import NamedTuple

from cfn_analysis.model.wiring import Node
from cfn_analysis.reviewing import sentences

Detail = str | bool | tuple[str, ...]


class Risk(NamedTuple):
    """A risk in one or more environments.

    Attributes:
        subject: the resource or output; without a name, the stack as a whole.
        sentence: the effect and the remedy, one of ``sentences``.
        reason: the reason of its acceptance.
    """

    kind: str
    subject: Node
    sentence: str
    detail: tuple[tuple[str, Detail], ...]
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
        """The effect and the remedy in English."""
        return sentences.written(self.sentence, [self.name], dict(self.detail))


def risk(kind: str, subject: Node, sentence: str, **detail: Detail) -> Risk:
    """Return a risk in an environment."""
    return Risk(kind, subject, sentence, tuple(detail.items()))
