from typing import Any

from cfn_analysis.rules.support.lambdas import FUNCTION
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator, properties_of
from cfn_analysis.rules.support.scenarios import scenarios, when
from cfn_analysis.rules.support.values import show


class VpcFunctionIncomplete(Rule):
    """VPC function without security groups or without subnets.

    Lambda attaches a function to a VPC by subnets and security groups together and refuses the one without
    the other ('SubnetIds and SecurityIds must coexist or be both empty list'), so the stack rolls back. There
    is not a default group. Specify at least one of each; a function outside a VPC has neither.
    """

    id = "E9561"
    source_url = "https://docs.aws.amazon.com/lambda/latest/api/API_VpcConfig.html"
    fault_class = "networks"
    looks_at = properties_of(FUNCTION)

    def faults(self, validator: Validator, properties: Any) -> Faults:
        for config, case in scenarios(validator, properties.get("VpcConfig")):
            if not isinstance(config, dict):
                continue
            for name, other in (("SecurityGroupIds", "SubnetIds"), ("SubnetIds", "SecurityGroupIds")):
                if config.get(name) or not config.get(other):
                    continue
                found = f"is {show(config[name])}" if name in config else "is missing"
                yield Fault(
                    ("VpcConfig",),
                    f"{name} {found}{when(validator, [case])}, and {other} is {show(config[other])}: Lambda "
                    "requires both. Specify at least one of each.",
                )
                return
