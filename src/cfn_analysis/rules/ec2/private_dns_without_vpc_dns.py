import ipaddress
from typing import Any

from cfn_analysis.rules.support.documents import each
from cfn_analysis.rules.support.references import single_reference, target
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator
from cfn_analysis.rules.support.values import is_false, is_true, of_type, values


class PrivateDnsWithoutVpcDns(Rule):
    """Private DNS in a VPC that does not use the Amazon DNS server.

    An interface endpoint with PrivateDnsEnabled, and a private hosted zone, need EnableDnsSupport and
    EnableDnsHostnames of their VPC; the second is disabled by default. EC2 refuses such an endpoint, and the
    names of such a zone do not resolve. Name servers of the internet in DomainNameServers of the DHCP options
    do not resolve these names either.
    """

    id = "E9630"
    source_url = (
        "https://docs.aws.amazon.com/vpc/latest/privatelink/interface-endpoints.html#enable-private-dns"
    )
    fault_class = "networks"

    def faults(self, validator: Validator, resources: Any) -> Faults:
        users = [
            (logical_id, "PrivateDnsEnabled", properties.get("VpcId"))
            for logical_id, _, properties in of_type(resources, "AWS::EC2::VPCEndpoint")
            if is_true(properties.get("PrivateDnsEnabled"))
        ]
        for logical_id, _, properties in of_type(resources, "AWS::Route53::HostedZone"):
            for vpc, _ in each(properties.get("VPCs")):
                users.append((logical_id, "VPCs", vpc.get("VPCId") if isinstance(vpc, dict) else None))
        for logical_id, name, value in users:
            vpc, properties = target(validator, value, "AWS::EC2::VPC")
            for switch, default in (("EnableDnsSupport", True), ("EnableDnsHostnames", False)):
                state_of = properties.get(switch, default)
                if vpc and all(is_false(enabled) for enabled, _ in values(validator, state_of)):
                    yield Fault(
                        (logical_id, "Properties", name),
                        f"{name} needs DNS in {vpc}, whose {switch} is {str(state_of).lower()}. Set it to "
                        "true.",
                    )
                    break
        yield from _foreign_servers(resources, users)


def _foreign_servers(resources: Any, users: list[tuple[str, str, Any]]) -> Faults:
    """Yield a fault if a VPC with private names uses only name servers of the internet."""
    private = {single_reference(value)[0]: logical_id for logical_id, _, value in users}
    for logical_id, _, properties in of_type(resources, "AWS::EC2::VPCDHCPOptionsAssociation"):
        vpc, options = (single_reference(properties.get(name))[0] for name in ("VpcId", "DhcpOptionsId"))
        options_of = {name: of_options for name, _, of_options in of_type(resources, "AWS::EC2::DHCPOptions")}
        servers = [server for server, _ in each(options_of.get(options, {}).get("DomainNameServers"))]
        if vpc in private and servers and all(_is_public(server) for server in servers):
            yield Fault(
                (options, "Properties", "DomainNameServers"),
                f"DomainNameServers are {' and '.join(servers)}, which do not resolve the private names of "
                f"{private[vpc]} in {vpc} ({logical_id}). Write AmazonProvidedDNS.",
            )


def _is_public(server: Any) -> bool:
    try:
        return isinstance(server, str) and ipaddress.ip_address(server).is_global
    except ValueError:
        return False
