"""What a pipeline passes to a stack in one environment: parameters, tags and stack policy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from csr_templates.cloudformation.built_stack import BuiltStack
    from csr_templates.environments.environment import Environment


def template_configuration(environment: Environment, stack: BuiltStack) -> dict[str, dict[str, Any]]:
    """Return what a pipeline passes to one stack, in the form of CodePipeline's template configuration.

    Every parameter is in it, defaults too: some tools give an omitted one its previous value, and a
    changed default would never arrive. The tags are those that each resource carries as well.
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
