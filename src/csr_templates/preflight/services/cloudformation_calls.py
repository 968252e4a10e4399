"""The API calls for stacks: their state, templates and policies, and the importers of their exports."""

from typing import Final

from csr_templates.preflight import hidden
from csr_templates.preflight.calls import ApiCall

# DescribeStacks answers ValidationError for a stack that does not exist.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html
stack = ApiCall(
    "cloudformation DescribeStacks",
    "StackName",
    path="Stacks",
    keep="StackName StackId StackStatus StackStatusReason Parameters Outputs Tags CreationTime "
    "LastUpdatedTime DriftInformation EnableTerminationProtection RollbackConfiguration",
    absent="ValidationError",
    reduce=hidden.in_stacks,
)
"""A stack; absent if no stack with this name is deployed."""

stack_resources = ApiCall(
    "cloudformation ListStackResources",
    "StackName",
    path="StackResourceSummaries",
    keep="LogicalResourceId PhysicalResourceId ResourceType ResourceStatus DriftInformation",
)
"""The resources of a stack."""

stack_of = ApiCall(
    "cloudformation DescribeStackResources",
    "PhysicalResourceId",
    path="StackResources",
    keep="StackName PhysicalResourceId",
    absent="ValidationError",
)
"""The stack that a resource belongs to; absent if it belongs to none."""

exports = ApiCall("cloudformation ListExports", path="Exports", keep="Name Value ExportingStackId")
"""All exports of a region."""

READY: Final = (
    "CREATE_COMPLETE",
    "IMPORT_COMPLETE",
    "IMPORT_ROLLBACK_COMPLETE",
    "UPDATE_COMPLETE",
    "UPDATE_ROLLBACK_COMPLETE",
)
"""States of a stack that can be updated.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html"""

_EXISTING: Final = (
    *READY,
    "CREATE_FAILED",
    "CREATE_IN_PROGRESS",
    "DELETE_FAILED",
    "DELETE_IN_PROGRESS",
    "IMPORT_IN_PROGRESS",
    "IMPORT_ROLLBACK_FAILED",
    "IMPORT_ROLLBACK_IN_PROGRESS",
    "ROLLBACK_COMPLETE",
    "ROLLBACK_FAILED",
    "ROLLBACK_IN_PROGRESS",
    "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
    "UPDATE_FAILED",
    "UPDATE_IN_PROGRESS",
    "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
    "UPDATE_ROLLBACK_FAILED",
    "UPDATE_ROLLBACK_IN_PROGRESS",
)
"""All states but DELETE_COMPLETE, and REVIEW_IN_PROGRESS, in which a stack has only a change set."""

summaries = ApiCall(
    "cloudformation ListStacks",
    path="StackSummaries",
    keep="StackName StackId",
    fixed=(("StackStatusFilter", _EXISTING),),
)
"""The names and IDs of the stacks of a region that exist, also of those that cannot be updated."""

template = ApiCall(
    "cloudformation GetTemplate",
    "StackName",
    path="TemplateBody",
    fixed=(("TemplateStage", "Original"),),
    reduce=hidden.in_template,
)
"""The template of a stack as it was passed to CloudFormation, with secrets hidden."""

stack_policy = ApiCall("cloudformation GetStackPolicy", "StackName", path="StackPolicyBody")
"""The stack policy, as text; an empty list if the stack has none."""

# ListImports answers ValidationError for an export that no stack imports.
importers = ApiCall("cloudformation ListImports", "ExportName", path="Imports", absent="ValidationError")
"""The names of the stacks that import an export; absent if there are none."""

detection = ApiCall("cloudformation DetectStackDrift", "StackName", path="StackDriftDetectionId")
"""Starts the detection of the drift of a stack. In facts, the answer is what came of it."""

detection_status = ApiCall(
    "cloudformation DescribeStackDriftDetectionStatus",
    "StackDriftDetectionId",
    keep="DetectionStatus DetectionStatusReason",
)
"""Whether a detection is over."""

resource_drifts = ApiCall(
    "cloudformation DescribeStackResourceDrifts",
    "StackName",
    path="StackResourceDrifts",
    keep="LogicalResourceId PhysicalResourceId ResourceType StackResourceDriftStatus DriftStatusReason "
    "PropertyDifferences",
    reduce=hidden.in_drifts,
)
"""What the last detection found about each resource that it compared, whatever the result."""
