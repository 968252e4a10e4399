from collections.abc import Iterator
from typing import Any, NamedTuple

from cfnlint.jsonschema import Validator

from cfn_analysis.rules.support.metrics import metrics
from cfn_analysis.rules.support.references import single_reference, sub_text
from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, properties_of
from cfn_analysis.rules.support.scenarios import default_values, number, only_value
from cfn_analysis.rules.support.values import case_of, mappings, of_type

SECONDS = {"DAY": 86_400, "WEEK": 604_800}  # an alarm cannot look back a month


class RequestQuota(NamedTuple):
    """The requests that a usage plan allows in a period."""

    plan: str
    limit: float
    seconds: int


class QuotaAlarmTooLate(Rule):
    """Alarm on the requests of an API that fires only when its quota is used up.

    A usage plan limits the requests of a day or a week. After that, API Gateway rejects all requests with
    429. An alarm on the number of requests in the same time warns only if its threshold is below the quota.
    The two numbers are in two resources, so one is easily changed without the other. Lower the threshold, or
    raise the quota.
    """

    id = "W9797"
    source_url = (
        "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-usage-plans.html"
    )
    finding_class = "alarms"
    looks_at = properties_of("AWS::CloudWatch::Alarm")

    def findings(self, validator: Validator, properties: Any) -> Findings:
        if "Metrics" in properties:
            return
        for metric in metrics(validator, properties):
            if (metric.namespace, metric.name, metric.statistic) != ("AWS/ApiGateway", "Count", "Sum"):
                continue
            operator = only_value(metric.case, properties.get("ComparisonOperator"))
            if operator not in ("GreaterThanThreshold", "GreaterThanOrEqualToThreshold"):
                continue
            period = number(only_value(metric.case, properties.get("Period")))
            for quota in _quotas(metric.case, sub_text((metric.dimensions or {}).get("ApiName"))):
                if quota.seconds == period:
                    yield from _too_late(metric.case, properties.get("Threshold"), quota)


def _too_late(case: Validator, threshold: Any, quota: RequestQuota) -> Findings:
    """Yield the thresholds that are not below a quota."""
    for value, value_case in default_values(case, threshold):
        requests = number(value)
        if requests is None or requests < quota.limit:
            continue
        yield RuleFinding(
            ("Threshold",),
            f"Threshold is {requests:.0f}{{when}}, and {quota.plan} allows {quota.limit:.0f} requests in the "
            "same time: the alarm fires when API Gateway already rejects all requests. Lower Threshold, or "
            "raise Quota.Limit.",
            value_case,
        )


def _quotas(case: Validator, api_name: str | None) -> Iterator[RequestQuota]:
    """Yield the quotas of the usage plans of an API, which CloudWatch knows by its name."""
    resources = case.cfn.template["Resources"]
    apis = [
        logical_id
        for logical_id, _, properties in of_type(resources, "AWS::ApiGateway::RestApi")
        if api_name is not None and sub_text(properties.get("Name")) == api_name
    ]
    for plan, resource, properties in of_type(resources, "AWS::ApiGateway::UsagePlan"):
        exists = case_of(case, resource)
        quota = properties.get("Quota")
        stages = mappings(properties.get("ApiStages"))
        names = [single_reference(stage.get("ApiId"))[0] for stage in stages]
        if exists is None or not isinstance(quota, dict) or not set(names) & set(apis):
            continue
        seconds = SECONDS.get(str(only_value(exists, quota.get("Period"))))
        for value, _ in default_values(exists, quota.get("Limit")):
            limit = number(value)
            if seconds is not None and limit is not None:
                yield RequestQuota(plan, limit, seconds)
