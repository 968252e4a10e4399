import ipaddress
from typing import Any

from cfn_analysis.rules.support.references import single_reference
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator
from cfn_analysis.rules.support.scenarios import default_values
from cfn_analysis.rules.support.values import of_type

Network = ipaddress.IPv4Network


class SubnetOutOfRange(Rule):
    """Subnet whose range overlaps another, or is outside its VPC, by the defaults of parameters.

    EC2 refuses a subnet that is not within a range of its VPC, or that overlaps another subnet: 'The CIDR ...
    conflicts with another subnet'. cfn-lint compares literals (E3059, E3060); this rule compares the defaults
    of parameters.
    """

    id = "E9636"
    source_url = "https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html"
    fault_class = "networks"

    def faults(self, validator: Validator, resources: Any) -> Faults:
        vpcs = {name: properties for name, _, properties in of_type(resources, "AWS::EC2::VPC")}
        more = {
            single_reference(properties.get("VpcId"))[0]
            for _, _, properties in of_type(resources, "AWS::EC2::VPCCidrBlock")
        }
        seen: dict[str, list[tuple[str, Network, bool]]] = {}
        for logical_id, resource, properties in of_type(resources, "AWS::EC2::Subnet") if vpcs else ():
            vpc, written = single_reference(properties.get("VpcId"))[0], properties.get("CidrBlock")
            network = _network(validator, written)
            if vpc not in vpcs or network is None or "Condition" in resource:
                continue
            literal, path = isinstance(written, str), (logical_id, "Properties", "CidrBlock")
            whole = vpcs[vpc].get("CidrBlock")
            outer = _network(validator, whole)
            known = not (literal and isinstance(whole, str))
            if outer and known and vpc not in more and not network.subnet_of(outer):
                yield Fault(
                    path,
                    f"CidrBlock is {network}, which is outside of {outer}, the range of {vpc}: EC2 refuses "
                    "it.",
                )
            for neighbor, theirs, their_literal in seen.setdefault(vpc, []):
                if network.overlaps(theirs) and not (literal and their_literal):
                    yield Fault(
                        path,
                        f"CidrBlock is {network}, which overlaps {theirs} of {neighbor}: EC2 refuses the "
                        "second.",
                    )
            seen[vpc].append((logical_id, network, literal))


def _network(validator: Validator, value: Any) -> Network | None:
    """Return the range of a value with the defaults of parameters; None if it is not known."""
    found = [text for text, _ in default_values(validator, value)]
    try:
        return Network(found[0]) if len(found) == 1 and isinstance(found[0], str) else None
    except ValueError:
        return None
