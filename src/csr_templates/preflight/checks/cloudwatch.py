"""Alarms and dashboards: their names, and how many there may be."""

from __future__ import annotations

from csr_templates.preflight import calls
from csr_templates.preflight.checks import names, quotas
from csr_templates.preflight.checks.names import Kind, listed
from csr_templates.preflight.checks.quotas import Quota

_ALARM = "AWS::CloudWatch::Alarm"
CHECKS = (
    names.check(
        "alarm-names",
        "No alarm outside the stacks has the name of one of ours",
        (
            Kind(
                _ALARM,
                "alarm",
                ("AlarmName",),
                lambda stack, needs, name: calls.alarms(stack.region),
                listed("AlarmName"),
            ),
        ),
    ),
    names.check(
        "dashboard-names",
        "No dashboard outside the stacks has the name of one of ours",
        (
            Kind(
                "AWS::CloudWatch::Dashboard",
                "dashboard",
                ("DashboardName",),
                lambda stack, needs, name: calls.dashboards(needs.prefix),
                listed("DashboardName"),
            ),
        ),
    ),
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html
    quotas.check(
        "alarm-quota",
        "The quota of alarms leaves room for what is new",
        (Quota("alarms", "alarms", (_ALARM,), calls.alarms, 5_000),),
    ),
)
