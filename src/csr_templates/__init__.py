"""CloudFormation templates of a production serverless web system, as troposphere objects.

A stack module's ``build`` returns a template that can be changed like any troposphere template::

    from csr_templates import network, render

    t = network.build()
    t.resources["FlowLog"].MaxAggregationInterval = 60
    print(render(t.to_dict(), sections=t.sections))

What is named here is loaded when it is first used. So our lint rules, which need no template of ours, do not
wait for troposphere; nor do the templates wait for cfn-lint, whose import takes longer than all the rest.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from csr_templates.cloudformation.rendering import RenderError, render
    from csr_templates.linting.runner import Finding, lint
    from csr_templates.stacks import api, database, frontend, network
    from csr_templates.stacks.listing import STACKS, Stack
    from csr_templates.stacks.parts.template import StackTemplate

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

_HOMES = {
    "STACKS": "stacks.listing",
    "Finding": "linting.runner",
    "RenderError": "cloudformation.rendering",
    "Stack": "stacks.listing",
    "StackTemplate": "stacks.parts.template",
    "lint": "linting.runner",
    "render": "cloudformation.rendering",
}


if not TYPE_CHECKING:  # a type checker would take any name to be there

    def __getattr__(name: str) -> Any:
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        if name in _HOMES:
            return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
        return import_module(f"{__name__}.stacks.{name}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
