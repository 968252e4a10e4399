"""The API calls for what is deployed: templates, stack policies, drift, and the importers of exports."""

from typing import Final

from csr_templates.preflight import hidden
from csr_templates.preflight.calls import Call

READY: Final = (
    "CREATE_COMPLETE",
    "IMPORT_COMPLETE",
    "IMPORT_ROLLBACK_COMPLETE",
    "UPDATE_COMPLETE",
    "UPDATE_ROLLBACK_COMPLETE",
)
"""States of a stack that can be updated.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html"""

summaries = Call(
    "cloudformation ListStacks",
    path="StackSummaries",
    keep="StackName StackId",
    fixed=(("StackStatusFilter", READY),),
)
"""The names and IDs of the stacks of a region that can be updated."""

template = Call(
    "cloudformation GetTemplate",
    "StackName",
    path="TemplateBody",
    fixed=(("TemplateStage", "Original"),),
    reduce=hidden.in_template,
)
"""The template of a stack as it was passed to CloudFormation, with secrets hidden."""

stack_policy = Call("cloudformation GetStackPolicy", "StackName", path="StackPolicyBody")
"""The stack policy, as text; an empty list if the stack has none."""

# ListImports answers ValidationError for an export that no stack imports.
importers = Call("cloudformation ListImports", "ExportName", path="Imports", absent="ValidationError")
"""The names of the stacks that import an export; absent if there are none."""
