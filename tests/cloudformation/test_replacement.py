"""``replacement``: what changing a property does, by AWS's resource schemas."""

from __future__ import annotations

import pytest

from csr_templates.cloudformation.references import Place
from csr_templates.cloudformation.replacement import Effect, effect_of_change


@pytest.mark.parametrize(
    ("type_name", "place", "effect"),
    [
        ("AWS::SQS::Queue", ("DelaySeconds",), Effect.UPDATED),
        ("AWS::SQS::Queue", ("QueueName",), Effect.REPLACED),
        ("AWS::EC2::VPC", ("InstanceTenancy",), Effect.MAYBE_REPLACED),
        ("AWS::EC2::VPCEndpoint", ("DnsOptions", "PrivateDnsPreference"), Effect.REPLACED),
        ("AWS::EC2::VPCEndpoint", ("DnsOptions", "DnsRecordIpType"), Effect.UPDATED),
        ("AWS::EC2::VPCEndpoint", ("DnsOptions",), Effect.REPLACED),
        ("AWS::DevOpsAgent::Trigger", ("Condition", "Schedule", "Expression"), Effect.REPLACED),
        (
            "AWS::SSMQuickSetup::ConfigurationManager",
            ("ConfigurationDefinitions", 1, "Type"),
            Effect.REPLACED,
        ),
        ("AWS::SSMQuickSetup::ConfigurationManager", ("ConfigurationDefinitions", 1, "Name"), Effect.UPDATED),
        ("AWS::SSMQuickSetup::ConfigurationManager", ("ConfigurationDefinitions", 1), Effect.REPLACED),
    ],
)
def test_a_property_and_what_is_in_it(type_name: str, place: Place, effect: Effect) -> None:
    """A whole property counts if anything in it does, and an item of a list is any of them."""
    assert effect_of_change(type_name, "us-east-1", place) == effect
