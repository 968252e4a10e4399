"""Versions of functions that are published because the function changes in the same deploy.

Lambda does not publish a version of a function whose code and configuration have not changed since the last
one.
https://docs.aws.amazon.com/lambda/latest/dg/configuration-versions.html
"""

from collections.abc import Iterator
from typing import Final

from cfn_analysis.reviewing.changes import EnvironmentChanges
from cfn_analysis.reviewing.findings import Harmless
from cfn_analysis.updates.resolved_stack import mentions
from cfn_analysis.updates.resource_changes import UPDATE, ResourceChange

_VERSION: Final = "AWS::Lambda::Version"
_PUBLISHED: Final = frozenset(
    {
        "Architectures", "CapacityProviderConfig", "Code", "DeadLetterConfig", "Description", "Environment",
        "EphemeralStorage", "FileSystemConfigs", "Handler", "ImageConfig", "KmsKeyArn", "Layers",
        "LoggingConfig", "MemorySize", "Role", "Runtime", "SnapStart", "Timeout", "TracingConfig",
        "VpcConfig",
    }
)  # fmt: skip


def published_versions(environment: EnvironmentChanges) -> Iterator[Harmless]:
    """Yield the changed description of each version whose function changes too."""
    for node, outcome in environment.resources.items():
        change = outcome.change
        if change.type == _VERSION and _function_changes(environment, change):
            reason = "it publishes the function, whose changes are judged themselves"
            yield Harmless(node, "Description", reason)


def _function_changes(environment: EnvironmentChanges, version: ResourceChange) -> bool:
    """Return whether an update changes what a version of the function contains."""
    if version.after is None:
        return False
    for mention in mentions(version.after.properties.get("FunctionName"), version.node.stack):
        function = environment.resources.get(mention.target)
        if function is not None and function.change.action == UPDATE:
            edits = [cause for cause in function.change.causes if cause.place and cause.follows is None]
            return any(str(edit.place[0]) in _PUBLISHED for edit in edits)
    return False
