from typing import Any

from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator, properties_of
from cfn_analysis.rules.support.scenarios import only_value, scenarios
from cfn_analysis.rules.support.values import items


class RefusedMetricTransformation(Rule):
    """Metric transformation that CloudWatch refuses.

    A metric with dimensions has no default value: with both the filter cannot be created. Namespaces that
    begin with AWS/ are those of AWS services.
    """

    id = "E9664"
    source_url = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/MonitoringLogData.html"
    fault_class = "values"
    looks_at = properties_of("AWS::Logs::MetricFilter")

    def faults(self, validator: Validator, properties: Any) -> Faults:
        for found, case in scenarios(validator, properties.get("MetricTransformations")):
            for index, transformation in enumerate(items(found)):
                if not isinstance(transformation, dict):
                    continue
                same = len(found) == len(properties["MetricTransformations"])
                path = ("MetricTransformations", index) if same else ()
                if "DefaultValue" in transformation and transformation.get("Dimensions"):
                    yield Fault(
                        path,
                        "DefaultValue is set with Dimensions{when}: a metric with dimensions has no default "
                        "value. Remove one of them.",
                        case,
                    )
                namespace = only_value(case, transformation.get("MetricNamespace"))
                if str(namespace).startswith("AWS/"):
                    yield Fault(
                        path,
                        f"MetricNamespace is {namespace}{{when}}: only services write into AWS/. Choose "
                        "another.",
                        case,
                    )
