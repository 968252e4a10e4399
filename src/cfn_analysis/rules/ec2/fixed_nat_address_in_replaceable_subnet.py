from typing import Any

from cfn_analysis.rules.support.references import target_case
from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator, properties_of
from cfn_analysis.rules.support.schemas import create_only, replacing_parameters
from cfn_analysis.rules.support.values import branches

NAT_GATEWAY = "AWS::EC2::NatGateway"
SUBNET = "AWS::EC2::Subnet"


class FixedNatAddressInReplaceableSubnet(Rule):
    """NAT gateway with a fixed address, in a subnet that a parameter replaces.

    A new CidrBlock or AvailabilityZone replaces a subnet, and a new subnet replaces the NAT gateway in it.
    CloudFormation creates the new gateway before it deletes the old one, with the same AllocationId, which
    is still in use: EC2 returns Resource.AlreadyAssociated and the update is rolled back. Write the value
    into the template, or state in the parameter's description that it cannot be changed after creation, and
    ignore this rule with that reason.
    """

    id = "W9624"
    source_url = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html"
    finding_class = "lifecycle"
    looks_at = properties_of(NAT_GATEWAY)

    def findings(self, validator: Validator, properties: Any) -> Findings:
        for address, case in branches(validator, properties, "AllocationId"):
            if address is None:
                continue
            yield from _replaced(case, NAT_GATEWAY, properties, "the NAT gateway")
            for subnet_id, subnet_case in branches(case, properties, "SubnetId"):
                logical_id, subnet, exists = target_case(subnet_case, subnet_id, SUBNET)
                if exists:
                    what = f"{logical_id} and with it the NAT gateway"
                    yield from _replaced(exists, SUBNET, subnet, what)


def _replaced(case: Validator, kind: str, properties: Any, what: str) -> Findings:
    """Yield a finding if a create-only property, other than the address, depends on parameters."""
    parameters: set[str] = set()
    for path in create_only(kind, case.context.regions[0]):
        if path == ("AllocationId",):
            continue
        for value, value_case in branches(case, properties, *path):
            parameters |= replacing_parameters(value_case, value)
    if parameters:
        yield RuleFinding(
            ("AllocationId",),
            f"A new value of {' or '.join(sorted(parameters))} replaces {what}, and the new gateway gets the "
            "same AllocationId while the old one has it, which EC2 refuses. Write the value into the "
            "template, or do not change the parameter.",
        )
