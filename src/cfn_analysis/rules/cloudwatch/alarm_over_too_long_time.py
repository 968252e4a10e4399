from typing import Any

from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator, properties_of
from cfn_analysis.rules.support.scenarios import number, only_value, property_scenarios

DAY, WEEK, HOUR = 86_400, 604_800, 3_600  # seconds


class AlarmOverTooLongTime(Rule):
    """Alarm whose periods CloudWatch does not accept.

    EvaluationPeriods times Period must not exceed a day, or seven days with periods of an hour or more.
    """

    id = "E9613"
    source_url = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html"
    finding_class = "values"
    looks_at = properties_of("AWS::CloudWatch::Alarm")

    def findings(self, validator: Validator, properties: Any) -> Findings:
        names = ("Period", "EvaluationPeriods")
        for alarm, case in property_scenarios(validator, properties, *names):
            period, periods = (number(only_value(case, alarm.get(name))) for name in names)
            if periods is None:
                continue
            most = WEEK if period is not None and period >= HOUR else DAY
            if period is not None and period * periods > most:
                yield RuleFinding(
                    ("EvaluationPeriods",),
                    f"EvaluationPeriods is {periods:g} and Period {period:g}{{when}}: that is "
                    f"{period * periods:g} seconds, and CloudWatch accepts at most {most}.",
                    case,
                )
