from typing import Any

from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator, properties_of
from cfn_analysis.rules.support.scenarios import number, only_value, property_scenarios
from cfn_analysis.rules.support.words import columns

LIMITS: dict[str, str] = {}
"""Metric -> which limit an outage crosses."""
for _limit, *_names in columns(__file__):
    LIMITS.update(dict.fromkeys(_names, _limit))

HOUR = 3600  # seconds
PROPERTIES = (
    *("MetricName", "Statistic", "ExtendedStatistic", "Period", "EvaluationPeriods", "DatapointsToAlarm"),
    "ComparisonOperator",
)
# Statistics that a few bad minutes of a period are enough for: the highest of what must not exceed a limit.
OF_THE_WORST = {"above": ("Maximum", "Sum"), "below": ("Minimum",)}


class OutageShorterThanPeriods(Rule):
    """Alarm that an outage of an hour does not raise.

    The average or a percentile of a long period hides a short outage in it, and all DatapointsToAlarm periods
    must be bad. An alarm on errors, latency, utilization or health that needs more than an hour of them is
    silent in the outage that it is made for. Use periods of 5 minutes or less; for a limit of a day, use the
    Sum.
    """

    id = "W9798"
    source_url = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html"
    finding_class = "alarms"
    looks_at = properties_of("AWS::CloudWatch::Alarm")

    def findings(self, validator: Validator, properties: Any) -> Findings:
        for alarm, case in property_scenarios(validator, properties, *PROPERTIES):
            values = {name: only_value(case, alarm.get(name)) for name in PROPERTIES}
            seconds = _hidden(values)
            if seconds > HOUR:
                yield RuleFinding(
                    ("Period",) if "Period" in properties else (),
                    f"{values['MetricName']} must be bad for {seconds:g} seconds until the alarm fires"
                    "{when}: a shorter outage passes unnoticed. Shorten Period, or lower DatapointsToAlarm.",
                    case,
                )


def _hidden(values: dict[str, Any]) -> float:
    """Return for how long the metric must be bad; 0 if that is not known."""
    limit = LIMITS.get(str(values["MetricName"]))
    period, periods = number(values["Period"]), number(values["EvaluationPeriods"])
    statistic = values["Statistic"] or values["ExtendedStatistic"]
    if limit is None or period is None or periods is None or statistic is None:
        return 0
    if ("Greater" in str(values["ComparisonOperator"])) != (limit == "above"):
        return 0
    datapoints = number(values["DatapointsToAlarm"]) or periods
    if statistic in OF_THE_WORST[limit]:
        return (datapoints - 1) * period
    if statistic == "SampleCount":
        return 0
    return datapoints * period
