from typing import Any

from cfn_analysis.rules.support.references import sub_text
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator
from cfn_analysis.rules.support.values import of_type, twins

DESTINATIONS = ("DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId")


class RouteTwice(Rule):
    """Two routes of one table to the same destination.

    EC2 refuses the second with RouteAlreadyExists. If they are alternatives, give each a Condition.
    """

    id = "E9627"
    source_url = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateRoute.html"
    fault_class = "networks"

    def faults(self, validator: Validator, resources: Any) -> Faults:
        routes = [
            ((table, destination), (logical_id, "Properties", name))
            for logical_id, _, properties in of_type(resources, "AWS::EC2::Route")
            for name in DESTINATIONS
            if (table := sub_text(properties.get("RouteTableId"))) is not None
            and (destination := sub_text(properties.get(name))) is not None
        ]
        for (_, destination), path, other in twins(validator, resources, routes):
            yield Fault(
                path,
                f"{path[-1]} is {destination}, and {other} routes it in the same table: EC2 refuses the "
                "second. Remove one of them.",
            )
