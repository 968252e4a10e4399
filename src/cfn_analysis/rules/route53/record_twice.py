from typing import Any

from cfn_analysis.model.references import value_at
from cfn_analysis.rules.support.references import sub_text
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator
from cfn_analysis.rules.support.values import of_type, show, twins


class RecordTwice(Rule):
    """Two records with the same name and type.

    Route 53 refuses the second: 'it already exists'. Records with the same name are distinguished by
    SetIdentifier, with a routing policy such as Weight or Failover.
    """

    id = "E9776"
    source_url = "https://docs.aws.amazon.com/Route53/latest/APIReference/API_ResourceRecordSet.html"
    fault_class = "networks"

    def faults(self, validator: Validator, resources: Any) -> Faults:
        records = []
        for logical_id, _, properties in of_type(resources, "AWS::Route53::RecordSet"):
            zone = sub_text(properties.get("HostedZoneId", properties.get("HostedZoneName")))
            name = sub_text(properties.get("Name"))
            kind = sub_text(properties.get("Type"))
            if zone is not None and name is not None and kind is not None:
                key = zone, name.rstrip(".").lower(), kind, show(properties.get("SetIdentifier"))
                records.append((key, (logical_id, "Properties", "Name")))
        for (_, _, kind, _), path, other in twins(validator, resources, records):
            name = sub_text(value_at(resources, path))
            yield Fault(
                path,
                f"Name is {name}, which {other} has with the same Type {kind}: Route 53 refuses the second. "
                "Remove one, or give both a SetIdentifier and a routing policy.",
            )
