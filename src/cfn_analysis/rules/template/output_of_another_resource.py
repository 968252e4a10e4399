from typing import Any

from cfn_analysis.model.references import value_at
from cfn_analysis.rules.support.references import single_reference
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator


class OutputOfAnotherResource(Rule):
    """Output with the name of one resource and the value of another.

    PrivateSubnetId should be the ID of PrivateSubnet. If it is the ID of PublicSubnet, which has the same
    type, readers of the output get the wrong resource, without any error. Correct the value or the name.
    """

    id = "W9511"
    source_url = (
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/outputs-section-structure.html"
    )
    fault_class = "names"
    looks_at = ()

    def faults(self, validator: Validator, template: Any) -> Faults:
        resources, outputs = template.get("Resources"), template.get("Outputs")
        if not isinstance(resources, dict) or not isinstance(outputs, dict):
            return
        for key, output in outputs.items():
            logical_id, _ = single_reference(value_at(output, ("Value",)))
            if logical_id not in resources or str(key).startswith(logical_id):
                continue
            kind = resources[logical_id].get("Type")
            alike = [name for name, resource in resources.items() if resource.get("Type") == kind]
            named = max((name for name in alike if str(key).startswith(name)), key=len, default="")
            if named and not key[len(named) : len(named) + 1].isdigit():
                yield Fault(
                    ("Outputs", key, "Value"),
                    f"Outputs.{key} has the name of {named} and has the value of {logical_id}, another "
                    f"{kind}. Correct one of them.",
                )
