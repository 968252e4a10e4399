from __future__ import annotations

from typing import Any

from cfn_analysis.rules.support.references import sub_text
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator
from cfn_analysis.rules.support.values import case_of, of_type, show


class RecordTwice(Rule):
    """Two records with the same name and type.

    Route 53 refuses the second: 'it already exists'. Records with the same name are distinguished by
    SetIdentifier, with a routing policy such as Weight or Failover.
    """

    id = "E9776"
    source_url = "https://docs.aws.amazon.com/Route53/latest/APIReference/API_ResourceRecordSet.html"
    fault_class = "networks"

    def faults(self, validator: Validator, resources: Any) -> Faults:
        seen: dict[tuple[Any, ...], list[tuple[str, Any]]] = {}
        for logical_id, resource, properties in of_type(resources, "AWS::Route53::RecordSet"):
            zone = sub_text(properties.get("HostedZoneId", properties.get("HostedZoneName")))
            name = sub_text(properties.get("Name"))
            kind = sub_text(properties.get("Type"))
            if None in (zone, name, kind):
                continue
            key = zone, str(name).rstrip(".").lower(), kind, show(properties.get("SetIdentifier"))
            case = case_of(validator, resource)
            for other, other_resource in seen.setdefault(key, []):
                if case and case_of(case, other_resource):
                    yield Fault(
                        (logical_id, "Properties", "Name"),
                        f"Name is {name}, which {other} has with the same Type {kind}: Route 53 refuses the "
                        "second. Remove one, or give both a SetIdentifier and a routing policy.",
                    )
                    break
            seen[key].append((logical_id, resource))
