from typing import Any

from cfn_analysis.rules.support.metrics import metrics
from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator, properties_of
from cfn_analysis.rules.support.scenarios import property_scenarios
from cfn_analysis.rules.support.values import existing, logical_ids_in, values

ASKED = ("TreatMissingData", "WarmUpConfiguration")


class MissingDataBreachesWithoutWarmUp(Rule):
    """Alarm that fires when its stack is created.

    With TreatMissingData breaching, an alarm on a resource of the same stack fires before the resource has
    sent its first data, and notifies the operator for each new stack. Add a WarmUpConfiguration: after it is
    created, the alarm then waits for data, up to the configured time.
    """

    id = "W9609"
    source_url = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-warm-up.html"
    finding_class = "alarms"
    looks_at = properties_of("AWS::CloudWatch::Alarm")

    def findings(self, validator: Validator, properties: Any) -> Findings:
        for alarm, case in property_scenarios(validator, properties, *ASKED):
            if "WarmUpConfiguration" in alarm:
                continue
            for treated, treatment_case in values(case, alarm.get("TreatMissingData")):
                watched = _created(treatment_case, properties) if treated == "breaching" else ""
                if watched:
                    yield RuleFinding(
                        existing(properties, ("TreatMissingData",)),
                        f"TreatMissingData is breaching{{when}}, and the stack creates {watched}, which the "
                        "alarm watches: until that sends data, the alarm fires. Add a WarmUpConfiguration, "
                        "for example with WarmUpPeriodDurationInMinutes: 60.",
                        treatment_case,
                    )


def _created(case: Validator, properties: Any) -> str:
    """Return the logical ID of the resource of an alarm's metric; empty if it is not in the template."""
    for metric in metrics(case, properties):
        for value in (metric.dimensions or {}).values():
            for logical_id in sorted(logical_ids_in(value)):
                if logical_id in case.context.resources:
                    return logical_id
    return ""
