import re
from typing import Any

from cfn_analysis.model.references import value_at
from cfn_analysis.rules.support.references import single_reference, sub_text
from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator


class OutputOfAnotherResource(Rule):
    """Output whose value or export is that of another.

    PrivateSubnetId should be the ID of PrivateSubnet. If it is the ID of PublicSubnet, which has the same
    type, or is exported as PREFIX-public-subnet-id, readers of the output get the wrong resource, without any
    error. Correct the value or the name. Of exports, only letters and digits are compared.
    """

    id = "W9511"
    source_url = (
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/outputs-section-structure.html"
    )
    finding_class = "names"
    looks_at = ()

    def findings(self, validator: Validator, template: Any) -> Findings:
        resources, outputs = template.get("Resources"), template.get("Outputs")
        if not isinstance(resources, dict) or not isinstance(outputs, dict):
            return
        for key, output in outputs.items():
            yield from _export_findings(outputs, key, output)
            logical_id, _ = single_reference(value_at(output, ("Value",)))
            if logical_id not in resources or str(key).startswith(logical_id):
                continue
            kind = resources[logical_id].get("Type")
            alike = [name for name, resource in resources.items() if resource.get("Type") == kind]
            named = max((name for name in alike if str(key).startswith(name)), key=len, default="")
            if named and not key[len(named) : len(named) + 1].isdigit():
                yield RuleFinding(
                    ("Outputs", key, "Value"),
                    f"Outputs.{key} has the name of {named} and has the value of {logical_id}, another "
                    f"{kind}. Correct one of them.",
                )


def _export_findings(outputs: Any, key: str, output: Any) -> Findings:
    keys = {_letters_and_digits(name): name for name in outputs}
    name = sub_text(value_at(output, ("Export", "Name")))
    end = _letters_and_digits((name or "").rpartition("}")[2])
    if end in keys and end != _letters_and_digits(key):
        yield RuleFinding(
            ("Outputs", key, "Export", "Name"),
            f"Outputs.{key} is exported as {name}, which is the name of the output {keys[end]}. Correct one "
            "of them.",
        )


def _letters_and_digits(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", str(name).lower())
