"""What the review finds: a risk, as data, a change that is harmless, and what follows from a change."""

from collections.abc import Iterable
from typing import NamedTuple

from cfn_analysis.model.wiring import Node
from cfn_analysis.reviewing import writing

Detail = str | bool | tuple[str, ...]


class Risk(NamedTuple):
    """A risk in one or more environments.

    Attributes:
        subject: the resource or output; without a name, the stack as a whole.
        sentence: the effect and the remedy, one of ``sentences``.
        paths: the changed properties that it is about, as the causes of a change name them; empty if it is
            about the resource as a whole, such as its removal.
        reason: the reason of its acceptance.
    """

    kind: str
    subject: Node
    sentence: str
    detail: tuple[tuple[str, Detail], ...]
    paths: tuple[str, ...] = ()
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
    def path(self) -> str:
        """The changed properties that it is about, separated by commas; empty for the resource as a whole."""
        return ", ".join(self.paths)

    @property
    def message(self) -> str:
        """The effect and the remedy in English."""
        return writing.written(self.sentence, [self.name], dict(self.detail))


class Problem(NamedTuple):
    """What is wrong with the new value of changed properties, in words, and their paths."""

    text: str
    paths: tuple[str, ...]


class Harmless(NamedTuple):
    """A changed property of a resource that a detector found harmless, and why.

    Only for a detector that knows both directions of the change: silence of a detector is not a judgment.
    """

    subject: Node
    path: str
    reason: str


class KnownEffect(NamedTuple):
    """What follows from a changed property of a resource, and what is in it, in sentences."""

    subject: Node
    path: str
    text: str


def risk(kind: str, subject: Node, sentence: str, *, paths: Iterable[str] = (), **detail: Detail) -> Risk:
    """Return a risk in an environment."""
    return Risk(kind, subject, sentence, tuple(detail.items()), tuple(dict.fromkeys(paths)))
