"""Log groups and log deliveries, which have fixed names."""

from csr_templates.preflight import calls
from csr_templates.preflight.checks import names
from csr_templates.preflight.checks.names import Kind, listed

CHECKS = (
    names.check(
        "log-group-names",
        "The names of the log groups are available, or used by the stacks",
        (
            Kind(
                "AWS::Logs::LogGroup",
                "log group",
                lambda stack, needs, name: calls.log_groups(stack.region, name),
                listed("logGroupName"),
            ),
        ),
    ),
    names.check(
        "delivery-names",
        "The names of the log deliveries are available, or used by the stack",
        (
            Kind(
                "AWS::Logs::DeliverySource",
                "log delivery source",
                lambda stack, needs, name: calls.delivery_sources(stack.region),
                listed("name"),
            ),
            Kind(
                "AWS::Logs::DeliveryDestination",
                "log delivery destination",
                lambda stack, needs, name: calls.delivery_destinations(stack.region),
                listed("name"),
            ),
        ),
    ),
)
