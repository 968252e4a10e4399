from typing import Any

from cfn_analysis.rules.support.references import single_reference
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator
from cfn_analysis.rules.support.scenarios import number
from cfn_analysis.rules.support.values import is_true, of_type


class AclWithoutOneDirection(Rule):
    """Network ACL that allows no inbound or no outbound traffic.

    A new network ACL denies all traffic, and a rule allows one direction. With rules for only one direction,
    or with a deny before each allow of a direction, no connection works.
    """

    id = "E9629"
    source_url = "https://docs.aws.amazon.com/vpc/latest/userguide/custom-network-acl.html"
    fault_class = "networks"

    def faults(self, validator: Validator, resources: Any) -> Faults:
        used = {
            single_reference(properties.get("NetworkAclId"))[0]
            for _, _, properties in of_type(resources, "AWS::EC2::SubnetNetworkAclAssociation")
        }
        entries = [
            (single_reference(properties.get("NetworkAclId"))[0], properties)
            for _, _, properties in of_type(resources, "AWS::EC2::NetworkAclEntry")
        ]
        for acl, _, _ in of_type(resources, "AWS::EC2::NetworkAcl"):
            own = [properties for name, properties in entries if name == acl]
            if acl not in used or not own:
                continue
            for egress, way in ((False, "in"), (True, "out")):
                rules = [one for one in own if is_true(one.get("Egress")) == egress]
                if not any(str(one.get("RuleAction")).lower() != "deny" for one in _reached(rules)):
                    yield Fault(
                        (acl,),
                        f"The network ACL allows nothing {way}: add an AWS::EC2::NetworkAclEntry with "
                        f"Egress: {str(egress).lower()} and RuleAction: allow"
                        f"{', before the one that denies everything.' if rules else '.'}",
                    )


def _reached(rules: list[Any]) -> list[Any]:
    """Return the rules before the first rule that denies all traffic."""
    numbered = [(number(one.get("RuleNumber")), one) for one in rules]
    ends = [
        at
        for at, one in numbered
        if at is not None
        and str(one.get("RuleAction")).lower() == "deny"
        and str(one.get("Protocol")) == "-1"
        and one.get("CidrBlock") == "0.0.0.0/0"
    ]
    return [one for at, one in numbered if at is None or not ends or at < min(ends) or "Ipv6CidrBlock" in one]
