"""Parameters, tags and stack policy of a stack in one environment, for pipelines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cfn_analysis.model.built_stack import BuiltStack
    from csr_templates.environments.environment import Environment


def template_configuration(environment: Environment, stack: BuiltStack) -> dict[str, dict[str, Any]]:
    """Return parameters, tags and stack policy in the form of CodePipeline's template configuration.

    It contains every parameter, including defaults: for a missing parameter, some tools pass the previous
    value, so a changed default would have no effect. The tags are those of each resource.
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/continuous-delivery-codepipeline-cfn-artifacts.html
    """
    return {
        "Parameters": dict(environment.parameters[stack.name]),
        "Tags": stack_tags(environment),
        "StackPolicy": stack.policies.stack,
    }


def stack_tags(environment: Environment) -> dict[str, str]:
    """Return the tags of every stack in one environment, by their keys."""
    values = environment.values
    tags = {"Project": "ProjectName", "Environment": "Environment"}
    return {tag: values[name] for tag, name in tags.items() if name in values}
