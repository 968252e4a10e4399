"""The stacks of the system, in the order in which they are deployed."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from csr_templates import contract, network
from csr_templates.parts.template import StackTemplate


@dataclass(frozen=True)
class Stack:
    """One stack: where its template comes from and where it goes.

    Attributes:
        name: last part of the name when deployed, ``<project>-<environment>-<name>``.
        template: file name of the rendered template.
        region: AWS region that the template is deployed to and checked for.
        build: makes the template.
    """

    name: str
    template: str
    region: str
    build: Callable[[], StackTemplate]

    @property
    def source(self) -> Path:
        """The Python file whose ``build`` makes the template."""
        return Path(str(sys.modules[self.build.__module__].__file__))


STACKS = (Stack(contract.NETWORK, "main.yaml", "ap-northeast-1", network.build),)
"""Every stack. A stack imports only from the ones before it."""
