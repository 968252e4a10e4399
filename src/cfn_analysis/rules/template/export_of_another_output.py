import re
from typing import Any

from cfn_analysis.model.references import value_at
from cfn_analysis.rules.support.references import sub_text
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator


class ExportOfAnotherOutput(Rule):
    """Output exported under the name of another.

    If the output PublicSubnetId is exported as PREFIX-private-subnet-id, and PrivateSubnetId is an output
    too, the stack that imports the name gets the wrong value. The rule compares only letters and digits of
    the names.
    """

    id = "W9512"
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-exports.html"
    fault_class = "names"
    looks_at = ()

    def faults(self, validator: Validator, template: Any) -> Faults:
        outputs = template.get("Outputs")
        keys = {_letters_and_digits(key): key for key in outputs} if isinstance(outputs, dict) else {}
        for key, output in outputs.items() if isinstance(outputs, dict) else ():
            name = sub_text(value_at(output, ("Export", "Name")))
            end = _letters_and_digits((name or "").rpartition("}")[2])
            if end in keys and end != _letters_and_digits(key):
                yield Fault(
                    ("Outputs", key, "Export", "Name"),
                    f"Outputs.{key} is exported as {name}, which is the name of the output {keys[end]}. "
                    "Correct one of them.",
                )


def _letters_and_digits(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", str(name).lower())
