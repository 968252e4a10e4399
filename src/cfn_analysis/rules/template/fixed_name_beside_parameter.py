from typing import Any

from cfn_analysis.rules.support.references import single_reference, sub_text
from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator
from cfn_analysis.rules.support.schemas import (
    PropertyPath,
    create_only,
    explicit_names,
    name_paths,
    parents,
    replacing_parameters,
)
from cfn_analysis.rules.support.values import branches, case_of, logical_ids_in, show


class FixedNameBesideParameter(Rule):
    """Fixed name of a resource that a parameter replaces.

    A new value of a create-only property replaces the resource. CloudFormation creates the new one before it
    deletes the old one, so the name is in use, and it refuses the update: 'cannot update a stack when a
    custom-named resource requires replacing'. Remove the name, include the parameter in it, or write the
    property as a literal. A name that is only a parameter can be changed in the same update; a property for
    the parent (the VPC of a security group, the function of an alias) changes the scope of the name.
    """

    id = "W9505"
    source_url = (
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-name.html"
    )
    finding_class = "lifecycle"
    looks_at = ("Resources/*",)

    def findings(self, validator: Validator, resource: Any) -> Findings:
        properties, exists = resource.get("Properties"), case_of(validator, resource)
        if not isinstance(properties, dict) or not exists:
            return
        kind, region = str(resource.get("Type")), validator.context.regions[0]
        names = name_paths(kind, region)
        for name_path in names:
            for name, case in explicit_names(exists, properties, name_path):
                if single_reference(name)[0] in replacing_parameters(case, name):
                    continue
                for path in create_only(kind, region):
                    if path not in names:
                        yield from _replaced(case, kind, properties, path, name_path, name)


def _replaced(
    case: Validator, kind: str, properties: Any, path: PropertyPath, name_path: PropertyPath, name: Any
) -> Findings:
    """Yield a finding for each case of a property with parameters that are not in the name."""
    for value, value_case in branches(case, properties, *path):
        others = replacing_parameters(value_case, value) - logical_ids_in(name) if sub_text(value) else set()
        if others and path not in parents(kind, value_case.context.regions[0]):
            own, parameters = ".".join(name_path), sorted(others)
            yield RuleFinding(
                ("Properties", *path),
                f"{'.'.join(path)} is {show(value)}, and {own} is {show(name)}: a new value of "
                f"{' or '.join(parameters)} replaces the resource, and the new one cannot have the name "
                f"while the old one has it. Leave {own} out, put {' and '.join(parameters)} into it, or "
                f"write {'.'.join(path)} as a literal.",
            )
