from typing import Any

from cfn_analysis.model.references import value_at
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator, properties_of

VARIABLE = "AWS_LAMBDA_EXEC_WRAPPER"


class WrapperWithoutLayer(Rule):
    """Function whose wrapper is in a layer that it does not have.

    Lambda starts the program in AWS_LAMBDA_EXEC_WRAPPER instead of the runtime. What is under /opt comes with
    layers, so without any the program does not exist, and every call fails. Add the layer to Layers, or
    remove the variable.
    """

    id = "E9576"
    source_url = "https://docs.aws.amazon.com/lambda/latest/dg/runtimes-modify.html"
    fault_class = "values"
    looks_at = properties_of("AWS::Lambda::Function")

    def faults(self, validator: Validator, properties: Any) -> Faults:
        wrapper = value_at(properties, ("Environment", "Variables", VARIABLE))
        layered = "Layers" in properties or "PackageType" in properties
        if isinstance(wrapper, str) and wrapper.startswith("/opt/") and not layered:
            yield Fault(
                ("Environment", "Variables", VARIABLE),
                f"{VARIABLE} is {wrapper}, which comes with a layer, and the function has none: every call "
                "fails. Add it to Layers.",
            )
