"""Log groups and deliveries, whose names are fixed."""

from __future__ import annotations

from csr_templates.preflight import calls
from csr_templates.preflight.checks import names
from csr_templates.preflight.checks.names import Kind, listed

CHECKS = (
    names.check(
        "log-group-names",
        "The names of the log groups are free, or ours: a service or an earlier attempt may have made them",
        (
            Kind(
                "AWS::Logs::LogGroup",
                "log group",
                ("LogGroupName",),
                lambda stack, needs, name: calls.log_groups(stack.region, name),
                listed("logGroupName"),
            ),
        ),
    ),
    names.check(
        "delivery-names",
        "The names of the log deliveries are free, or ours",
        (
            Kind(
                "AWS::Logs::DeliverySource",
                "log delivery source",
                ("Name",),
                lambda stack, needs, name: calls.delivery_sources(stack.region),
                listed("name"),
            ),
            Kind(
                "AWS::Logs::DeliveryDestination",
                "log delivery destination",
                ("Name",),
                lambda stack, needs, name: calls.delivery_destinations(stack.region),
                listed("name"),
            ),
        ),
    ),
)
