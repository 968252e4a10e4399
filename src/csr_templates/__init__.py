"""CloudFormation templates of a production serverless web system, as troposphere objects.

A stack module's ``build`` returns a template that can be changed like any troposphere template::

    from csr_templates import network, render

    t = network.build()
    t.resources["FlowLogsLogGroup"].RetentionInDays = 365
    print(render(t.to_dict(), sections=t.sections))

``lint`` and ``Finding`` are loaded when they are first used: importing cfn-lint takes longer than everything
else together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from csr_templates import api, database, frontend, network
from csr_templates.parts.template import StackTemplate
from csr_templates.rendering import RenderError, render
from csr_templates.stacks import STACKS, Stack

if TYPE_CHECKING:
    from csr_templates.linting import Finding, lint

__all__ = [
    "STACKS",
    "Finding",
    "RenderError",
    "Stack",
    "StackTemplate",
    "api",
    "database",
    "frontend",
    "lint",
    "network",
    "render",
]


def __getattr__(name: str) -> Any:
    if name in ("Finding", "lint"):
        from csr_templates import linting

        return getattr(linting, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
