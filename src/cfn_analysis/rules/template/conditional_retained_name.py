import json
from typing import Any

from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator
from cfn_analysis.rules.support.schemas import explicit_names, name_paths
from cfn_analysis.rules.support.values import case_of

RETAINING = ("Retain", "RetainExceptOnCreate")


class ConditionalRetainedName(Rule):
    """Conditional resource with explicit name and retaining policy.

    When the condition becomes false, CloudFormation removes the resource from the stack, and a DeletionPolicy
    of Retain or RetainExceptOnCreate keeps it in the account with its name. When the condition becomes true
    again, the name is in use, and the update fails with 'already exists'. Remove the Condition, or the name
    (AWS then generates a new one each time), or set the policy to Delete.
    """

    id = "W9501"
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html"
    finding_class = "lifecycle"
    looks_at = ("Resources/*",)

    def findings(self, validator: Validator, resource: Any) -> Findings:
        condition, properties = resource.get("Condition"), resource.get("Properties")
        if not isinstance(condition, str) or not isinstance(properties, dict):
            return
        policy = _retaining_policy(validator, resource)
        existing = case_of(validator, resource)
        if not policy or existing is None:
            return
        for path in name_paths(str(resource.get("Type")), validator.context.regions[0]):
            if name := _explicit_name(existing, properties, path):
                yield RuleFinding(
                    ("Properties", *path),
                    f"{'.'.join(path)} is {name}, DeletionPolicy is {policy}, and the resource exists only "
                    f"when {condition} is true: the retained resource keeps the name, and the next create "
                    f"fails because it already exists. Remove the Condition, leave {path[-1]} out, or set "
                    "DeletionPolicy to Delete.",
                )


def _retaining_policy(validator: Validator, resource: Any) -> str:
    """Return the DeletionPolicy if it retains the resource; empty if not."""
    values = (value for value, *_ in validator.resolve_value(resource.get("DeletionPolicy")))
    return next((value for value in values if value in RETAINING), "")


def _explicit_name(validator: Validator, properties: Any, path: tuple[str, ...]) -> str:
    """Return the name as the template writes it; empty if AWS chooses it or it is another resource's."""
    return next((json.dumps(name) for name, _ in explicit_names(validator, properties, path)), "")
