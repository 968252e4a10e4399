"""The API calls for what is deployed: templates, stack policies, drift, and the importers of exports."""

from dataclasses import replace
from functools import cache
from typing import Final

from csr_templates.preflight import hidden
from csr_templates.preflight.calls import query
from csr_templates.preflight.facts import Query

_DELETED: Final = "DELETE_COMPLETE"
_STATUSES: Final = tuple(
    f"{operation}_{state}"
    for operation, states in {
        "CREATE": ("IN_PROGRESS", "FAILED", "COMPLETE"),
        "ROLLBACK": ("IN_PROGRESS", "FAILED", "COMPLETE"),
        "DELETE": ("IN_PROGRESS", "FAILED"),
        "UPDATE": ("IN_PROGRESS", "COMPLETE_CLEANUP_IN_PROGRESS", "COMPLETE", "FAILED"),
        "UPDATE_ROLLBACK": ("IN_PROGRESS", "FAILED", "COMPLETE_CLEANUP_IN_PROGRESS", "COMPLETE"),
        "REVIEW": ("IN_PROGRESS",),
        "IMPORT": ("IN_PROGRESS", "COMPLETE"),
        "IMPORT_ROLLBACK": ("IN_PROGRESS", "FAILED", "COMPLETE"),
    }.items()
    for state in states
)
"""All states but DELETE_COMPLETE: AWS lists deleted stacks for 90 days."""


@cache
def summaries(region: str) -> Query:
    """The names and IDs of all stacks of a region that are not deleted."""
    return query(
        "cloudformation",
        "ListStacks",
        region,
        "StackSummaries",
        ("StackName", "StackId"),
        StackStatusFilter=_STATUSES,
    )


@cache
def template(region: str, stack_id: str) -> Query:
    """The template of a stack as it was passed to CloudFormation, with secrets hidden."""
    call = query(
        "cloudformation",
        "GetTemplate",
        region,
        "TemplateBody",
        StackName=stack_id,
        TemplateStage="Original",
    )
    return replace(call, reduce=hidden.in_template)


@cache
def stack_policy(region: str, stack_id: str) -> Query:
    """The stack policy, as text; an empty list if the stack has none."""
    return query("cloudformation", "GetStackPolicy", region, "StackPolicyBody", StackName=stack_id)


@cache
def importers(region: str, export: str) -> Query:
    """The names of the stacks that import an export; absent if there are none."""
    # ListImports answers ValidationError for an export that no stack imports.
    return query(
        "cloudformation", "ListImports", region, "Imports", (), ("ValidationError",), ExportName=export
    )
