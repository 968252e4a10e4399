from typing import Any

from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator
from cfn_analysis.rules.support.scenarios import default_values, number

PAIRS = (("MinCapacity", "MaxCapacity"), ("MinSize", "MaxSize"))


class MinimumAboveMaximum(Rule):
    """Capacity whose minimum is above its maximum.

    RDS, Application Auto Scaling and EC2 Auto Scaling refuse a minimum above the maximum. For parameters, the
    defaults are compared.
    """

    id = "E9694"
    source_url = (
        "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ServerlessV2ScalingConfiguration.html"
    )
    fault_class = "values"
    looks_at = (
        "Resources/AWS::RDS::DBCluster/Properties/ServerlessV2ScalingConfiguration",
        "Resources/AWS::RDS::DBCluster/Properties/ScalingConfiguration",
        "Resources/AWS::ApplicationAutoScaling::ScalableTarget/Properties",
        "Resources/AWS::AutoScaling::AutoScalingGroup/Properties",
    )
    first_only = True

    def faults(self, validator: Validator, range_of: Any) -> Faults:
        for low, high in PAIRS:
            if low not in range_of or high not in range_of:
                continue
            for least, case in default_values(validator, range_of[low]):
                for most, _ in default_values(case, range_of[high]):
                    lowest, highest = number(least), number(most)
                    if lowest is not None and highest is not None and lowest > highest:
                        yield Fault(
                            (low,),
                            f"{low} is {lowest:g} and {high} {highest:g}: RDS refuses them. Swap them.",
                        )
