"""Versions of functions, and deployments of APIs, that publish what changes in the same deploy.

Lambda does not publish a version of a function whose code and configuration have not changed since the last
one.
https://docs.aws.amazon.com/lambda/latest/dg/configuration-versions.html

A deployment is a snapshot of an API; the ID of a new one is derived from what the template says of the API.
https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-deploy-api.html
"""

from collections.abc import Iterator
from typing import Any, Final

from cfn_analysis.reviewing.changes import EnvironmentChanges
from cfn_analysis.reviewing.findings import Harmless
from cfn_analysis.updates.resolved_stack import mentions
from cfn_analysis.updates.resource_changes import ADD, UPDATE, ResourceChange

_VERSION: Final = "AWS::Lambda::Version"
_STAGE: Final = "AWS::ApiGateway::Stage"
_DEPLOYMENT: Final = "AWS::ApiGateway::Deployment"
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


def published_apis(environment: EnvironmentChanges) -> Iterator[Harmless]:
    """Yield the deployment of each stage that the same deploy creates, of the API of the stage."""
    for node, outcome in environment.resources.items():
        change = outcome.change
        if change.type != _STAGE or change.after is None:
            continue
        stage = change.after.properties
        for mention in mentions(stage.get("DeploymentId"), node.stack):
            deployment = environment.resources.get(mention.target)
            if deployment is not None and _is_new_of(deployment.change, stage.get("RestApiId")):
                reason = "it publishes the API, whose changes are judged themselves"
                yield Harmless(node, "DeploymentId", reason)


def _is_new_of(deployment: ResourceChange, api: Any) -> bool:
    """Return whether a deploy creates a deployment of an API."""
    if deployment.type != _DEPLOYMENT or deployment.action != ADD or deployment.after is None:
        return False
    return bool(deployment.after.properties.get("RestApiId") == api)


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
