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
    from cfn_analysis.linting.runner import Finding, lint
    from cfn_analysis.model.built_stack import BuiltStack
    from cfn_analysis.model.rendering import RenderError, render
    from cfn_analysis.reviewing.report import Review
    from cfn_analysis.reviewing.sides import ReviewError
    from csr_templates.assembly.files import Assembly, assemble
    from csr_templates.assembly.folder import OutputError, Plan, write
    from csr_templates.environments.environment import Environment, EnvironmentsError
    from csr_templates.environments.files import ParameterFinding
    from csr_templates.hand_over.manifest import manifest_schema
    from csr_templates.hand_over.review_sides import review
    from csr_templates.stacks import api, contract, database, frontend, network
    from csr_templates.stacks.listing import STACKS, DeployFacts, Stack, subset
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
    "DeployFacts",
    "Environment",
    "EnvironmentsError",
    "Finding",
    "OutputError",
    "ParameterFinding",
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
    "subset",
    "topics",
    "widgets",
    "write",
]

_HOMES = {
    "STACKS": "csr_templates.stacks.listing",
    "Assembly": "csr_templates.assembly.files",
    "BuiltStack": "cfn_analysis.model.built_stack",
    "DeployFacts": "csr_templates.stacks.listing",
    "Environment": "csr_templates.environments.environment",
    "EnvironmentsError": "csr_templates.environments.environment",
    "Finding": "cfn_analysis.linting.runner",
    "ParameterFinding": "csr_templates.environments.files",
    "OutputError": "csr_templates.assembly.folder",
    "Plan": "csr_templates.assembly.folder",
    "RenderError": "cfn_analysis.model.rendering",
    "Review": "cfn_analysis.reviewing.report",
    "ReviewError": "cfn_analysis.reviewing.sides",
    "Stack": "csr_templates.stacks.listing",
    "StackTemplate": "csr_templates.stacks.parts.template",
    "assemble": "csr_templates.assembly.files",
    "lint": "cfn_analysis.linting.runner",
    "manifest_schema": "csr_templates.hand_over.manifest",
    "render": "cfn_analysis.model.rendering",
    "review": "csr_templates.hand_over.review_sides",
    "subset": "csr_templates.stacks.listing",
    "write": "csr_templates.assembly.folder",
}
_STACKS = ("api", "contract", "database", "frontend", "network")  # modules of stacks; others are its parts


if not TYPE_CHECKING:  # a type checker would take any name to be there

    def __getattr__(name: str) -> Any:
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        if name in _HOMES:
            return getattr(import_module(_HOMES[name]), name)
        return import_module(f"{__name__}.stacks.{name if name in _STACKS else f'parts.{name}'}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
