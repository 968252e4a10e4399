from typing import Any

from cfn_analysis.rules.support.references import target
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator, properties_of
from cfn_analysis.rules.support.values import branches, values


class FilterOfInfrequentAccess(Rule):
    """Filter on a log group whose class does not support filters.

    The class INFREQUENT_ACCESS has no metric filters and no subscription filters: CloudWatch Logs refuses
    them. The class of a log group cannot be changed later.
    """

    id = "E9672"
    source_url = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CloudWatch_Logs_Log_Classes.html"
    fault_class = "values"
    looks_at = properties_of("AWS::Logs::MetricFilter", "AWS::Logs::SubscriptionFilter")

    def faults(self, validator: Validator, properties: Any) -> Faults:
        for value, case in branches(validator, properties, "LogGroupName"):
            group, of_group = target(case, value, "AWS::Logs::LogGroup")
            for found, where in values(case, of_group.get("LogGroupClass")) if group else ():
                if found == "INFREQUENT_ACCESS":
                    yield Fault(
                        ("LogGroupName",),
                        f"LogGroupName is {group}{{when}}, whose LogGroupClass is {found}: CloudWatch Logs "
                        "refuses the filter. Use the class STANDARD.",
                        where,
                    )
