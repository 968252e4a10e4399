from typing import Any

from cfn_analysis.model.references import value_at
from cfn_analysis.rules.support.grants import missing
from cfn_analysis.rules.support.lambdas import FUNCTION
from cfn_analysis.rules.support.policies import INTERFACES
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator, properties_of


class VpcFunctionNotAllowed(Rule):
    """Function in a VPC whose role cannot create network interfaces.

    Lambda creates the interfaces with the role of the function, and rejects the function without it: 'The
    provided execution role does not have permissions to call CreateNetworkInterface on EC2'. Attach
    AWSLambdaVPCAccessExecutionRole, or allow the actions on '*'.
    """

    id = "E9567"
    source_url = (
        "https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions"
    )
    fault_class = "rights"
    looks_at = properties_of(FUNCTION)

    def faults(self, validator: Validator, properties: Any) -> Faults:
        if not value_at(properties, ("VpcConfig", "SubnetIds")):
            return
        for role, absent, case in missing(validator, properties.get("Role"), INTERFACES):
            yield Fault(
                ("VpcConfig",),
                f"{role} does not allow {' and '.join(absent)}{{when}}: Lambda refuses the function in a "
                "VPC. Allow it.",
                case,
            )
