"""Alarms and dashboards: their names and quotas."""

from __future__ import annotations

from csr_templates.preflight import calls
from csr_templates.preflight.checks import names, quotas
from csr_templates.preflight.checks.names import Kind, listed
from csr_templates.preflight.checks.quotas import Quota

_ALARM = "AWS::CloudWatch::Alarm"
CHECKS = (
    names.check(
        "alarm-names",
        "The names of the alarms are available, or used by the stacks",
        (
            Kind(
                _ALARM,
                "alarm",
                lambda stack, needs, name: calls.alarms(stack.region),
                listed("AlarmName"),
            ),
        ),
    ),
    names.check(
        "dashboard-names",
        "The names of the dashboards are available, or used by the stacks",
        (
            Kind(
                "AWS::CloudWatch::Dashboard",
                "dashboard",
                lambda stack, needs, name: calls.dashboards(needs.prefix),
                listed("DashboardName"),
            ),
        ),
    ),
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html
    quotas.check(
        "alarm-quota",
        "The quota of alarms is sufficient for the new resources",
        (Quota("alarms", "alarms", (_ALARM,), calls.alarms, 5_000),),
    ),
)
