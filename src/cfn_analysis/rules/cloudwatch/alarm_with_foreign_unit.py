from typing import Any

from cfn_analysis.rules.support.metrics import metrics
from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator, properties_of
from cfn_analysis.rules.support.values import values
from cfn_analysis.rules.support.words import columns

UNITS = {(namespace, name): unit for namespace, name, unit in columns(__file__)}


class AlarmWithForeignUnit(Rule):
    """Alarm on a unit in which the metric is not written.

    Unit does not convert anything: it selects the data points with that unit, and a metric of a service has
    only one. An alarm on Duration of Lambda in Seconds never has data. Leave Unit out, or write the metric's.
    """

    id = "E9612"
    source_url = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html"
    finding_class = "alarms"
    looks_at = properties_of("AWS::CloudWatch::Alarm")

    def findings(self, validator: Validator, properties: Any) -> Findings:
        if "Unit" not in properties:
            return
        for metric in metrics(validator, properties):
            right = UNITS.get((metric.namespace or "", metric.name or ""))
            if not right:
                continue
            for unit, case in values(metric.case, properties["Unit"]):
                if isinstance(unit, str) and unit != right:
                    yield RuleFinding(
                        ("Unit",),
                        f"Unit is {unit}{{when}}, and {metric.namespace} writes {metric.name} in {right}: "
                        "the alarm never has data. Leave Unit out.",
                        case,
                    )
