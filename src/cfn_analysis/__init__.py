"""Analysis of any CloudFormation template: lint with further rules, rendering, and review of a change.

Lint a template with the rules of cfn-lint and those of this package::

    from cfn_analysis import lint

    for finding in lint(text, "eu-west-1"):
        print(finding)

Show what a deploy of a changed template does to the running stack::

    from cfn_analysis import as_text, review, template

    before = template("deployed.yaml", deployed, "eu-west-1")
    after = template("site.yaml", changed, "eu-west-1")
    print(as_text(review(before, after)))

The names are loaded at their first use, because cfn-lint takes longer to load than everything else.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cfn_analysis.linting.runner import Finding, LintError, lint
    from cfn_analysis.model.built_stack import BuiltStack
    from cfn_analysis.model.rendering import RenderError, render
    from cfn_analysis.reviewing.markdown import as_markdown
    from cfn_analysis.reviewing.report import Review, as_json, review
    from cfn_analysis.reviewing.sides import ReviewError, Side, template
    from cfn_analysis.reviewing.text import as_text

__all__ = [
    "BuiltStack",
    "Finding",
    "LintError",
    "RenderError",
    "Review",
    "ReviewError",
    "Side",
    "as_json",
    "as_markdown",
    "as_text",
    "lint",
    "render",
    "review",
    "template",
]

_HOMES = {
    "BuiltStack": "model.built_stack",
    "Finding": "linting.runner",
    "LintError": "linting.runner",
    "RenderError": "model.rendering",
    "Review": "reviewing.report",
    "ReviewError": "reviewing.sides",
    "Side": "reviewing.sides",
    "as_json": "reviewing.report",
    "as_markdown": "reviewing.markdown",
    "as_text": "reviewing.text",
    "lint": "linting.runner",
    "render": "model.rendering",
    "review": "reviewing.report",
    "template": "reviewing.sides",
}

if not TYPE_CHECKING:  # a type checker would take any name to be there

    def __getattr__(name: str) -> Any:
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
