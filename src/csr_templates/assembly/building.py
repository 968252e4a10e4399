"""Builds one stack: from its declaration to the template as data and text, and its policies."""

from __future__ import annotations

import contextlib
import io
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cfn_analysis.model import rendering
from cfn_analysis.model.built_stack import BuiltStack, Policies
from csr_templates.hand_over.deploy_policies import iam_policies
from csr_templates.hand_over.deploy_scopes import facts
from csr_templates.hand_over.manifest import REFRESH
from csr_templates.hand_over.pipeline_policies import pipeline_policies
from csr_templates.hand_over.stack_policies import stack_policy
from csr_templates.naming import PREFIX
from csr_templates.stacks.fingerprint import FingerprintError
from csr_templates.stacks.listing import NO_FACTS
from csr_templates.stacks.parts.template import StackTemplate
from csr_templates.stacks.parts.widgets import DashboardError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from csr_templates.stacks.listing import DeployFacts, Stack


def build_stack(stack: Stack, refresh: str = REFRESH) -> BuiltStack:
    """Return a stack with its template, but without policies.

    ``refresh`` is the command in the comment at its top.

    Raises:
        rendering.RenderError: the template contains a value that cannot be written, or ``build`` does not
            return a template.
        DashboardError: a dashboard shows a resource that the stack does not have.
    """
    template = _template(stack)
    if not isinstance(template, StackTemplate):
        raise rendering.RenderError(
            f"Stack {stack.name}: build() in {stack.source} returned {_type_in_words(template)}, but must "
            "return a StackTemplate. Create the template with StackTemplate from csr_templates, and return "
            "it."
        )
    body = _to_dict(template, stack)
    source = f"{stack.build.__module__.replace('.', '/')}.py"
    header = (f"Generated from {source}; edit that file, not this one.", f"Refresh with: {refresh}")
    try:
        text = rendering.render(body, header=header, sections=template.sections)
    except rendering.RenderError as error:
        raise rendering.RenderError(f"Stack {stack.name}: {error}") from error
    return BuiltStack(
        name=stack.name,
        file=stack.template,
        region=stack.region,
        template=body,
        sections=template.sections,
        per_deploy=stack.per_deploy,
        reads_from=stack.reads_from,
        source=source,
        text=text,
        name_pattern=f"{PREFIX}{stack.name}",
    )


def with_policies(
    stack: BuiltStack, stacks: Sequence[BuiltStack], deploy_facts: DeployFacts = NO_FACTS
) -> BuiltStack:
    """Return the stack with its policies. ``deploy_facts`` are those of its declaration.

    Raises:
        PolicyError: a policy cannot be created.
        SchemasError: one of the types does not have a schema in the region of the stack.
        ResolveError: the template cannot be resolved.
    """
    service, service_delete = iam_policies(stack, facts(*deploy_facts))
    pipeline, pipeline_delete = pipeline_policies(stack, stacks)
    policies = Policies(stack_policy(stack), pipeline, service, pipeline_delete, service_delete)
    return replace(stack, policies=policies)


def _template(stack: Stack) -> object:
    """Return the result of ``build``, and check its type.

    Suppresses the output of troposphere on standard error, which is also in its exception.
    """
    messages = io.StringIO()
    try:
        with contextlib.redirect_stderr(messages):
            return stack.build()
    finally:
        if sys.stderr is not None:  # it is closed
            lines = messages.getvalue().splitlines(keepends=True)
            sys.stderr.writelines(line for line in lines if " function validator " not in line)


def _type_in_words(value: object) -> str:
    """Return the type of a value, with its module unless it is built in."""
    if value is None:
        return "None"
    cls = type(value)
    if cls.__module__ == "builtins":
        return f"an object of type {cls.__qualname__}"
    return f"an object of type {cls.__module__}.{cls.__qualname__}"


def _to_dict(template: StackTemplate, stack: Stack) -> dict[str, Any]:
    try:
        return template.to_dict()
    except DashboardError:  # its traceback leads to the line of the dashboard
        raise
    except FingerprintError as error:
        raise rendering.RenderError(f"Stack {stack.name}: {error}") from error
    except (AttributeError, TypeError, ValueError) as error:  # usually a missing required property
        subject = _unwritable_resource(template) or "The template cannot be written"
        raise rendering.RenderError(f"Stack {stack.name}: {subject}: {str(error).rstrip('.')}.") from error


def _unwritable_resource(template: StackTemplate) -> str:
    """Return the logical ID of the first resource that troposphere rejects; empty if it accepts all.

    Its error often names only the type of the property, such as ``VersioningConfiguration``.
    """
    for logical_id, resource in template.resources.items():
        try:
            resource.to_dict()
        except (AttributeError, TypeError, ValueError):
            return logical_id
    return ""
