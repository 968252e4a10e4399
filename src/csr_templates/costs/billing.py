"""How AWS bills each resource type: a fixed price, by usage, or not at all.

A type that is not here is reported as not priced. A new resource type gets its line here if it
has a fixed price, and in ``billing.json`` otherwise.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from cfn_analysis.model.data_files import parsed
from csr_templates.costs import charges
from csr_templates.costs.charges import HOURS, Charges, each

PRICED: Final = "priced"
BY_USAGE: Final = "by usage"
FREE: Final = "free"


class Billing(NamedTuple):
    """How AWS bills a resource type.

    Attributes:
        reason: in a sentence.
        charges: returns the fixed charges of a resource; None without a fixed price.
        usage: keys of the items that are billed by usage. Of a type with a fixed price, they apply only if
            the resource has fixed charges.
    """

    reason: str
    charges: Charges | None = None
    usage: Sequence[str] = ()

    @property
    def kind(self) -> str:
        """The kind: ``PRICED``, ``BY_USAGE`` or ``FREE``."""
        if self.charges:
            return PRICED
        if self.usage:
            return BY_USAGE
        return FREE


_CONCURRENCY: Final = Billing(
    "The memory of provisioned concurrency is billed all day.",
    charges.concurrency,
    ("lambda-provisioned-duration",),
)
_PRICED: Final[Mapping[str, Billing]] = {
    "AWS::ApiGateway::Stage": Billing("The cache is billed by the hour, by its size.", charges.cache),
    "AWS::CloudFront::MonitoringSubscription": Billing(
        "Each additional metric is billed as a custom metric.", charges.distribution_metrics
    ),
    "AWS::CloudWatch::Alarm": Billing("Each metric of an alarm has a price.", charges.alarm),
    "AWS::CloudWatch::CompositeAlarm": Billing("Each alarm has a price.", each("composite-alarms")),
    "AWS::CloudWatch::Dashboard": Billing("Each dashboard has a price.", charges.dashboard),
    "AWS::EC2::EIP": Billing("Billed by the hour, in use or not.", each("public-ipv4-hours", HOURS)),
    "AWS::EC2::NatGateway": Billing(
        "Billed by the hour and by GB.", each("nat-gateway-hours", HOURS), ("nat-gateway-gb", "internet-gb")
    ),
    "AWS::EC2::VPCEndpoint": Billing(
        "An interface endpoint is billed by the hour in each zone, and by GB. A gateway endpoint is free.",
        charges.endpoint,
        ("interface-endpoint-gb",),
    ),
    "AWS::KMS::Key": Billing("Each key has a price.", each("kms-keys"), ("kms-requests",)),
    "AWS::KMS::ReplicaKey": Billing("Each has the price of a key.", each("kms-keys"), ("kms-requests",)),
    "AWS::Lambda::Alias": _CONCURRENCY,
    "AWS::Lambda::Version": _CONCURRENCY,
    "AWS::RDS::DBInstance": Billing("Billed by the hour.", charges.instance, ("aurora-cpu-credits",)),
    "AWS::Route53::HealthCheck": Billing(
        "The checks of the first 50 AWS endpoints of an account are free. Each option has a price.",
        charges.health_check,
    ),
    "AWS::Route53::HostedZone": Billing("Each zone has a price.", each("hosted-zones"), ("dns-queries",)),
    "AWS::SecretsManager::Secret": Billing(
        "Each secret and each replica has a price.", charges.secret, ("secrets-api-calls",)
    ),
    "AWS::WAFv2::WebACL": Billing("It and each rule have a price.", charges.web_acl, ("waf-requests",)),
}


def _billings(others: Mapping[str, Any]) -> dict[str, Billing]:
    types = dict(_PRICED)
    for name, billing in others["byUsage"].items():
        types[name] = Billing(**billing)
    for reason, names in others["free"].items():
        types.update(dict.fromkeys(names, Billing(reason)))
    return types


TYPES: Final[Mapping[str, Billing]] = parsed(Path(__file__).with_name("billing.json"), _billings)
"""Resource type -> how it is billed."""


def usage_keys(types: Iterable[str]) -> list[str]:
    """Return the keys of the items that resources of these types pay by usage, each once."""
    keys: dict[str, None] = {}
    for name in types:
        if name in TYPES:
            keys |= dict.fromkeys(TYPES[name].usage)
    return list(keys)
