from typing import Any

from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator
from cfn_analysis.rules.support.values import existing, of_type, show, twins
from cfn_analysis.rules.support.words import words

# Properties that determine when an alarm fires. The others are notifications and names.
COMPARED = words("""
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
    finding_class = "alarms"

    def findings(self, validator: Validator, resources: Any) -> Findings:
        alarms = []
        for logical_id, _, properties in of_type(resources, "AWS::CloudWatch::Alarm"):
            compared = {name: properties[name] for name in COMPARED if name in properties}
            if {"MetricName", "Metrics"} & set(compared):
                key = show([compared, sorted(str(dimension) for dimension in compared.get("Dimensions", []))])
                path = (logical_id, "Properties", *existing(properties, ("Dimensions",)))
                alarms.append(((key,), path))
        for _, path, twin in twins(validator, resources, alarms):
            yield RuleFinding(
                path,
                f"{path[0]} has the same metric and condition as {twin}: both fire together. "
                "If it is a copy, correct its dimensions. Otherwise, remove it.",
            )
