"""``stack_parameters``: the values that a pipeline passes to a stack in one environment."""

from pathlib import Path

from cfn_analysis.model.built_stack import BuiltStack, Policies
from cfn_analysis.model.resolving import resolve
from csr_templates import STACKS
from csr_templates.assembly.files import read_environments
from csr_templates.environments.environment import Environment
from csr_templates.hand_over.stack_parameters import template_configuration

from .corpus import tags_by_key

ROOT = Path(__file__).resolve().parents[3]


def test_configuration_has_the_format_of_a_pipeline() -> None:
    """Parameters, tags and stack policy have the format of CodePipeline and the AWS CLI."""
    dev = Environment(
        "dev", {"app": {"ProjectName": "shop", "Environment": "dev"}, "site": {"Size": "1"}}, False
    )
    policies = Policies({"Statement": []})

    for name, values in dev.parameters.items():
        assert template_configuration(dev, BuiltStack(name, "", "", {}, policies=policies)) == {
            "Parameters": values,
            "Tags": {"Project": "shop", "Environment": "dev"},
            "StackPolicy": {"Statement": []},
        }


def test_tags_are_those_of_the_resources(built: dict[str, BuiltStack]) -> None:
    """The pipeline sets the same tags for the stack as the template for its resources."""
    for environment in read_environments(STACKS, ROOT / "parameters"):
        for stack in built.values():
            tags = template_configuration(environment, stack)["Tags"]
            template = resolve(stack.template, environment.parameters[stack.name], region=stack.region)
            tagged = [
                resource["Properties"]["Tags"]
                for resource in template["Resources"].values()
                if "Tags" in resource["Properties"]
            ]

            assert tagged
            for tags_of_resource in tagged:
                assert tags.items() <= tags_by_key(tags_of_resource).items()
