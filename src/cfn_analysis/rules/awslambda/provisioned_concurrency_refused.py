from typing import Any

from cfn_analysis.rules.support.lambdas import ALIAS, FUNCTION, function_of
from cfn_analysis.rules.support.references import find_resource
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator, properties_of
from cfn_analysis.rules.support.scenarios import scenarios

NAME = "ProvisionedConcurrencyConfig"


class ProvisionedConcurrencyRefused(Rule):
    """Provisioned concurrency that Lambda refuses.

    Environments are kept ready for a published version: Lambda refuses them for $LATEST, and for a function
    with SnapStart, which starts from a snapshot instead. Publish a version for the alias, and use one of the
    two.
    """

    id = "E9574"
    source_url = "https://docs.aws.amazon.com/lambda/latest/dg/snapstart.html"
    fault_class = "values"
    looks_at = properties_of(ALIAS, "AWS::Lambda::Version")

    def faults(self, validator: Validator, properties: Any) -> Faults:
        if NAME not in properties:
            return
        function_id = function_of(validator, properties.get("FunctionName"))
        _, function = find_resource(validator, function_id, FUNCTION)
        asked = {
            "provisioned": properties[NAME],
            "version": properties.get("FunctionVersion"),
            "snap": function.get("SnapStart"),
        }
        for found, case in scenarios(validator, asked):
            snap = found.get("snap")
            if "provisioned" not in found:
                continue
            if found.get("version") == "$LATEST":
                yield Fault(
                    ("FunctionVersion",),
                    f"FunctionVersion is $LATEST beside {NAME}{{when}}: Lambda refuses it. Publish a "
                    "version.",
                    case,
                )
            if isinstance(snap, dict) and snap.get("ApplyOn") == "PublishedVersions":
                yield Fault(
                    (NAME,),
                    f"{NAME} is set{{when}}, and {function_id} has SnapStart: Lambda refuses both together. "
                    "Remove one.",
                    case,
                )
