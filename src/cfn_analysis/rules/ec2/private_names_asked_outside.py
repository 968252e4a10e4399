import ipaddress
from typing import Any

from cfn_analysis.rules.support.documents import each, entries
from cfn_analysis.rules.support.references import single_reference
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator
from cfn_analysis.rules.support.values import is_true, of_type


class PrivateNamesAskedOutside(Rule):
    """Private names in a VPC whose name servers are in the internet.

    The names of a private hosted zone, and of an interface endpoint with PrivateDnsEnabled, are only known to
    the Amazon DNS server of the VPC. Name servers of the internet in DomainNameServers of the DHCP options do
    not resolve them.
    """

    id = "E9630"
    source_url = (
        "https://docs.aws.amazon.com/vpc/latest/privatelink/interface-endpoints.html#enable-private-dns"
    )
    fault_class = "networks"

    def faults(self, validator: Validator, resources: Any) -> Faults:
        private = {
            single_reference(properties.get("VpcId"))[0]: logical_id
            for logical_id, _, properties in of_type(resources, "AWS::EC2::VPCEndpoint")
            if is_true(properties.get("PrivateDnsEnabled"))
        }
        for vpc, (zone, *_) in entries(resources, "AWS::Route53::HostedZone", "VPCs"):
            private[single_reference(vpc.get("VPCId"))[0]] = str(zone)
        options = {name: properties for name, _, properties in of_type(resources, "AWS::EC2::DHCPOptions")}
        for logical_id, _, properties in of_type(resources, "AWS::EC2::VPCDHCPOptionsAssociation"):
            network, own = (single_reference(properties.get(name))[0] for name in ("VpcId", "DhcpOptionsId"))
            servers = [server for server, _ in each(options.get(own, {}).get("DomainNameServers"))]
            if network in private and servers and all(_is_public(server) for server in servers):
                yield Fault(
                    (own, "Properties", "DomainNameServers"),
                    f"DomainNameServers are {' and '.join(servers)}, which do not resolve the private names "
                    f"of {private[network]} in {network} ({logical_id}). Write AmazonProvidedDNS.",
                )


def _is_public(server: Any) -> bool:
    try:
        return isinstance(server, str) and ipaddress.ip_address(server).is_global
    except ValueError:
        return False
