"""The API calls for what is deployed: templates, stack policies, drift, and the importers of exports."""

from dataclasses import replace
from functools import cache
from typing import Final

from csr_templates.preflight import hidden
from csr_templates.preflight.calls import query
from csr_templates.preflight.facts import Query

READY: Final = (
    "CREATE_COMPLETE",
    "IMPORT_COMPLETE",
    "IMPORT_ROLLBACK_COMPLETE",
    "UPDATE_COMPLETE",
    "UPDATE_ROLLBACK_COMPLETE",
)
"""States of a stack that can be updated.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html"""


@cache
def summaries(region: str) -> Query:
    """The names and IDs of the stacks of a region that can be updated."""
    return query(
        "cloudformation",
        "ListStacks",
        region,
        "StackSummaries",
        ("StackName", "StackId"),
        StackStatusFilter=READY,
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
