from __future__ import annotations

from typing import Any

from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator
from cfn_analysis.rules.support.values import assume, case_of, existing, of_type, show
from cfn_analysis.rules.support.words import words

# Properties that determine when an alarm fires. The others are notifications and names.
ASKED = words("""
    Namespace MetricName Dimensions Metrics Statistic ExtendedStatistic Period EvaluationPeriods
    DatapointsToAlarm Threshold ThresholdMetricId ComparisonOperator TreatMissingData Unit
""")


class AlarmTwice(Rule):
    """Two alarms that are the same.

    Two alarms on the same metric with the same dimensions, threshold and periods always fire together. One of
    them is probably a copy whose dimensions were not changed, so no alarm watches the other resource. Correct
    the dimensions, or remove one of the alarms. An alarm can have several actions.
    """

    id = "W9618"
    source_url = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html"
    fault_class = "alarms"

    def faults(self, validator: Validator, resources: Any) -> Faults:
        seen: dict[str, list[tuple[str, Any]]] = {}
        for logical_id, resource, properties in of_type(resources, "AWS::CloudWatch::Alarm"):
            asked = {name: properties[name] for name in ASKED if name in properties}
            if not {"MetricName", "Metrics"} & set(asked):
                continue
            key = show([asked, sorted(str(one) for one in asked.get("Dimensions", []))])
            for other, twin in seen.get(key, []):
                if _together(validator, resource, twin):
                    yield Fault(
                        (logical_id, "Properties", *existing(properties, ("Dimensions",))),
                        f"{logical_id} has the same metric and condition as {other}: one of them is a copy. "
                        "Correct its dimensions, or remove it.",
                    )
                    break
            seen.setdefault(key, []).append((logical_id, resource))


def _together(validator: Validator, one: Any, other: Any) -> bool:
    """Return whether there is a case in which both exist."""
    case = case_of(validator, one)
    condition = other.get("Condition")
    if case is None:
        return False
    return not isinstance(condition, str) or assume(case, {condition: True}) is not None
