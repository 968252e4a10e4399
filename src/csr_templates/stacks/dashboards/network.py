"""The dashboard of the network stack."""

from collections.abc import Collection
from functools import partial
from typing import Any

from csr_templates.stacks import contract
from csr_templates.stacks.parts import widgets


def overview(template: widgets.Template, stacks: Collection[str]) -> list[list[widgets.Widget]]:
    """Return the rows of the dashboard: the NAT gateways, and the traffic through them.

    https://docs.aws.amazon.com/vpc/latest/userguide/metrics-dimensions-nat-gateway.html
    """
    thresholds = partial(widgets.thresholds, template)
    per_gateway = partial(_per_gateway, template)
    return [
        [widgets.links(contract.linked_dashboards(stacks))],
        [widgets.alarm_states(template, "Alarms")],
        [
            widgets.graph(
                "Port allocation errors",
                "per 5 min",
                per_gateway("ErrorPortAllocation", "Sum"),
                thresholds("NatGateway1PortsAlarm", "NatGateway2PortsAlarm"),
            ),
            widgets.graph(
                "Dropped packets",
                "per 5 min",
                per_gateway("PacketsDropCount", "Sum"),
                thresholds("NatGateway1DropsAlarm", "NatGateway2DropsAlarm"),
            ),
        ],
        [
            widgets.graph("Active connections", "at a time", per_gateway("ActiveConnectionCount", "Maximum")),
            widgets.graph("Bytes to the internet", "per 5 min", per_gateway("BytesOutToDestination", "Sum")),
        ],
    ]


def _per_gateway(template: widgets.Template, MetricName: str, stat: str) -> list[Any]:
    """Return a metric of each NAT gateway, with the condition of the gateway."""
    return [
        widgets.when(
            gateway.get("Condition"),
            widgets.metric(
                "AWS/NATGateway", MetricName, logical_id, stat, 300, {"NatGatewayId": {"Ref": logical_id}}
            ),
        )
        for logical_id, gateway in template["Resources"].items()
        if gateway["Type"] == "AWS::EC2::NatGateway"
    ]
