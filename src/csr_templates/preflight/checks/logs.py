"""Log groups and log deliveries, which have fixed names."""

from csr_templates.preflight import calls
from csr_templates.preflight.checks import names
from csr_templates.preflight.checks.names import Kind

CHECKS = (
    names.check(
        "log-group-names",
        "The names of the log groups are available, or used by the stacks",
        (
            Kind(
                "AWS::Logs::LogGroup",
                "log group",
                lambda stack, _, name: calls.log_groups(stack.region, name),
                "logGroupName",
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
                lambda stack, *_: calls.delivery_sources(stack.region),
                "name",
            ),
            Kind(
                "AWS::Logs::DeliveryDestination",
                "log delivery destination",
                lambda stack, *_: calls.delivery_destinations(stack.region),
                "name",
            ),
        ),
    ),
)
