import ipaddress
from typing import Any

from cfn_analysis.rules.support.references import single_reference
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator
from cfn_analysis.rules.support.scenarios import number
from cfn_analysis.rules.support.values import is_true, of_type

EVERYWHERE = {"CidrBlock": "0.0.0.0/0", "Ipv6CidrBlock": "::/0"}


class AclRuleNeverReached(Rule):
    """Network ACL rule after a rule that matches all traffic.

    The rules of a network ACL are evaluated from the lowest number, and the first matching rule applies.
    After a rule for all protocols and addresses, other rules of this direction have no effect. Give the rule
    for all traffic the highest number, or remove it.
    """

    id = "E9634"
    source_url = "https://docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html"
    fault_class = "networks"

    def faults(self, validator: Validator, resources: Any) -> Faults:
        entries = list(of_type(resources, "AWS::EC2::NetworkAclEntry"))
        for first, resource, everything in entries:
            family = next((name for name, all_of in EVERYWHERE.items() if everything.get(name) == all_of), "")
            if not family or str(everything.get("Protocol")) != "-1" or "Condition" in resource:
                continue
            for logical_id, _, properties in entries:
                if _after(properties, everything) and _is_of(properties, family):
                    yield Fault(
                        (logical_id, "Properties", "RuleNumber"),
                        f"RuleNumber is {properties['RuleNumber']}, after {first} with "
                        f"{everything['RuleNumber']}, which matches every packet: the rule is never "
                        "reached. Give it a lower number.",
                    )


def _after(entry: Any, other: Any) -> bool:
    """Return whether an entry comes after another of the same ACL and direction."""
    acl = single_reference(entry.get("NetworkAclId"))[0]
    at, earlier = number(entry.get("RuleNumber")), number(other.get("RuleNumber"))
    if at is None or earlier is None or not acl:
        return False
    same_acl = acl == single_reference(other.get("NetworkAclId"))[0]
    return same_acl and is_true(entry.get("Egress")) == is_true(other.get("Egress")) and at > earlier


def _is_of(entry: Any, family: str) -> bool:
    """Return whether an entry is for some addresses of a family, not for all of them."""
    if family not in entry or str(entry.get("Protocol")) != "-1":
        return family in entry
    try:
        return ipaddress.ip_network(str(entry[family]), strict=False).prefixlen > 0
    except ValueError:
        return True
