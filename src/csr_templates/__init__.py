"""CloudFormation templates of a production serverless web system, as troposphere objects.

A stack module's ``build`` returns a template that can be changed like any troposphere template::

    from csr_templates import network, render

    t = network.build()
    t.resources["FlowLog"].MaxAggregationInterval = 60
    print(render(t.to_dict(), sections=t.sections))

Another project can assemble, check and write its stacks in the same way::

    from pathlib import Path
    from csr_templates import Stack, assemble, write

    assembly = assemble([Stack("shop", "shop.yaml", "eu-west-1", build_shop)], refresh="make shop")
    if assembly.is_clean:
        write(assembly.files, Path("out"))

``alarms``, ``buckets``, ``dashboards``, ``keys``, ``log_groups``, ``names``, ``parameters``, ``policies``,
``roles``, ``topics`` and ``widgets`` contain the parts of the stacks, and ``contract`` their exports:
``names.name``, ``names.tags``, ``contract.import_value`` and so on.

The names are loaded at their first use, so that the lint rules do not load troposphere, and the templates do
not load cfn-lint, which takes longer than everything else.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from csr_templates.assembly.files import Assembly, assemble
    from csr_templates.assembly.folder import OutputError, Plan, write
    from csr_templates.cloudformation.built_stack import BuiltStack
    from csr_templates.cloudformation.rendering import RenderError, render
    from csr_templates.environments.environment import Environment, EnvironmentsError
    from csr_templates.environments.files import Mistake
    from csr_templates.hand_over.manifest import manifest_schema
    from csr_templates.hand_over.review_sides import review
    from csr_templates.linting.runner import Finding, lint
    from csr_templates.reviewing.report import Review
    from csr_templates.reviewing.sides import ReviewError
    from csr_templates.stacks import api, contract, database, frontend, network
    from csr_templates.stacks.listing import STACKS, Stack
    from csr_templates.stacks.parts import (
        alarms,
        buckets,
        dashboards,
        keys,
        log_groups,
        names,
        parameters,
        policies,
        roles,
        topics,
        widgets,
    )
    from csr_templates.stacks.parts.template import StackTemplate

__all__ = [
    "STACKS",
    "Assembly",
    "BuiltStack",
    "Environment",
    "EnvironmentsError",
    "Finding",
    "Mistake",
    "OutputError",
    "Plan",
    "RenderError",
    "Review",
    "ReviewError",
    "Stack",
    "StackTemplate",
    "alarms",
    "api",
    "assemble",
    "buckets",
    "contract",
    "dashboards",
    "database",
    "frontend",
    "keys",
    "lint",
    "log_groups",
    "manifest_schema",
    "names",
    "network",
    "parameters",
    "policies",
    "render",
    "review",
    "roles",
    "topics",
    "widgets",
    "write",
]

_HOMES = {
    "STACKS": "stacks.listing",
    "Assembly": "assembly.files",
    "BuiltStack": "cloudformation.built_stack",
    "Environment": "environments.environment",
    "EnvironmentsError": "environments.environment",
    "Finding": "linting.runner",
    "Mistake": "environments.files",
    "OutputError": "assembly.folder",
    "Plan": "assembly.folder",
    "RenderError": "cloudformation.rendering",
    "Review": "reviewing.report",
    "ReviewError": "reviewing.sides",
    "Stack": "stacks.listing",
    "StackTemplate": "stacks.parts.template",
    "assemble": "assembly.files",
    "lint": "linting.runner",
    "manifest_schema": "hand_over.manifest",
    "render": "cloudformation.rendering",
    "review": "hand_over.review_sides",
    "write": "assembly.folder",
}
_STACKS = ("api", "contract", "database", "frontend", "network")  # modules of stacks; others are its parts


if not TYPE_CHECKING:  # a type checker would take any name to be there

    def __getattr__(name: str) -> Any:
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        if name in _HOMES:
            return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
        return import_module(f"{__name__}.stacks.{name if name in _STACKS else f'parts.{name}'}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
