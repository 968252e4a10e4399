from __future__ import annotations

from typing import Any

from cfn_analysis.rules.support.references import sub_text
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator
from cfn_analysis.rules.support.values import case_of, of_type

DESTINATIONS = ("DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId")


class RouteTwice(Rule):
    """Two routes of one table to the same destination.

    EC2 refuses the second with RouteAlreadyExists. If they are alternatives, give each a Condition.
    """

    id = "E9627"
    source_url = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateRoute.html"
    fault_class = "networks"

    def faults(self, validator: Validator, resources: Any) -> Faults:
        seen: dict[tuple[str, str], list[tuple[str, Any]]] = {}
        for logical_id, resource, properties in of_type(resources, "AWS::EC2::Route"):
            for name in DESTINATIONS:
                key = sub_text(properties.get("RouteTableId")), sub_text(properties.get(name))
                if None in key:
                    continue
                others = seen.setdefault((str(key[0]), str(key[1])), [])
                case = case_of(validator, resource)
                for other, other_resource in others:
                    if case and case_of(case, other_resource):
                        yield Fault(
                            (logical_id, "Properties", name),
                            f"{name} is {key[1]}, and {other} routes it in the same table: EC2 refuses the "
                            "second. Remove one of them.",
                        )
                        break
                others.append((logical_id, resource))
