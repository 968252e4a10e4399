from typing import Any

from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator, properties_of
from cfn_analysis.rules.support.scenarios import number, only_value, property_scenarios

LEAST = 465  # days
NAMES = ("DatabaseInsightsMode", "EnablePerformanceInsights", "PerformanceInsightsEnabled")
PERIOD = "PerformanceInsightsRetentionPeriod"


class InsightsTooShort(Rule):
    """Advanced database insights without their fifteen months of data.

    DatabaseInsightsMode advanced needs Performance Insights, and PerformanceInsightsRetentionPeriod 465 or
    more, on the same cluster or instance. RDS refuses it with another period, whose default is 7 days.
    """

    id = "E9693"
    source_url = "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBCluster.html"
    fault_class = "values"
    looks_at = properties_of("AWS::RDS::DBCluster", "AWS::RDS::DBInstance")

    def faults(self, validator: Validator, properties: Any) -> Faults:
        if "DatabaseInsightsMode" not in properties:
            return
        for found, case in property_scenarios(validator, properties, *NAMES, PERIOD):
            if only_value(case, found.get("DatabaseInsightsMode")) != "advanced":
                continue
            days = number(only_value(case, found[PERIOD])) if PERIOD in found else 7
            if days is not None and days < LEAST:
                written = f"is {days:g}" if PERIOD in found else "is missing"
                yield Fault(
                    ("DatabaseInsightsMode",),
                    f"DatabaseInsightsMode is advanced{{when}}, and {PERIOD} {written}: RDS refuses that. "
                    f"Set it to {LEAST}, and enable Performance Insights.",
                    case,
                )
