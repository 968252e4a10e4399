"""Analysis of any CloudFormation template: lint with further rules, rendering, and review of a change.

A template is its text (``str``), its bytes, or its file (``os.PathLike``). Lint a template with the rules of
cfn-lint and those of this package::

    from pathlib import Path
    from cfn_analysis import lint

    for finding in lint(Path("site.yaml"), "eu-west-1"):
        print(finding)

Show what a deploy of a changed template does to the running stack::

    from cfn_analysis import as_text, review

    print(as_text(review(Path("deployed.yaml"), Path("site.yaml"), region="eu-west-1")))

docs/analysis.md has more programs. The names are loaded at their first use, because cfn-lint takes longer to
load than everything else.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cfn_analysis.linting.runner import Finding, LintError, lint
    from cfn_analysis.model.built_stack import BuiltStack
    from cfn_analysis.model.references import Place, Use, place_in_words, uses
    from cfn_analysis.model.rendering import RenderError, render
    from cfn_analysis.model.schemas import SchemasError
    from cfn_analysis.model.template_text import TemplateSource, TemplateTextError, read_template
    from cfn_analysis.model.wiring import Node
    from cfn_analysis.reviewing.changes import ChangedParameter, EnvironmentChanges, StackChanges
    from cfn_analysis.reviewing.findings import Risk
    from cfn_analysis.reviewing.judging import Judgment
    from cfn_analysis.reviewing.markdown import as_markdown
    from cfn_analysis.reviewing.outcomes import ResourceOutcome
    from cfn_analysis.reviewing.outputs import ChangedOutput
    from cfn_analysis.reviewing.report import Review, as_json, review
    from cfn_analysis.reviewing.sides import ReviewError, Side, template
    from cfn_analysis.reviewing.text import as_text
    from cfn_analysis.updates.resource_changes import Cause, ResourceChange

__all__ = [
    "BuiltStack",
    "Cause",
    "ChangedOutput",
    "ChangedParameter",
    "EnvironmentChanges",
    "Finding",
    "Judgment",
    "LintError",
    "Node",
    "Place",
    "RenderError",
    "ResourceChange",
    "ResourceOutcome",
    "Review",
    "ReviewError",
    "Risk",
    "SchemasError",
    "Side",
    "StackChanges",
    "TemplateSource",
    "TemplateTextError",
    "Use",
    "as_json",
    "as_markdown",
    "as_text",
    "lint",
    "place_in_words",
    "read_template",
    "render",
    "review",
    "template",
    "uses",
]

_HOMES = {
    "BuiltStack": "model.built_stack",
    "Cause": "updates.resource_changes",
    "ChangedOutput": "reviewing.outputs",
    "ChangedParameter": "reviewing.changes",
    "EnvironmentChanges": "reviewing.changes",
    "Finding": "linting.runner",
    "Judgment": "reviewing.judging",
    "LintError": "linting.runner",
    "Node": "model.wiring",
    "Place": "model.references",
    "RenderError": "model.rendering",
    "ResourceChange": "updates.resource_changes",
    "ResourceOutcome": "reviewing.outcomes",
    "Review": "reviewing.report",
    "ReviewError": "reviewing.sides",
    "Risk": "reviewing.findings",
    "SchemasError": "model.schemas",
    "Side": "reviewing.sides",
    "StackChanges": "reviewing.changes",
    "TemplateSource": "model.template_text",
    "TemplateTextError": "model.template_text",
    "Use": "model.references",
    "as_json": "reviewing.report",
    "as_markdown": "reviewing.markdown",
    "as_text": "reviewing.text",
    "lint": "linting.runner",
    "place_in_words": "model.references",
    "read_template": "model.template_text",
    "render": "model.rendering",
    "review": "reviewing.report",
    "template": "reviewing.sides",
    "uses": "model.references",
}

if not TYPE_CHECKING:  # a type checker would take any name to be there

    def __getattr__(name: str) -> Any:
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
