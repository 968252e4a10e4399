"""Private DNS."""

from ..harness import frame

servers = frame("""
  VPC: {Type: AWS::EC2::VPC, Properties: {EnableDnsHostnames: true}}
  Endpoint:
    Type: AWS::EC2::VPCEndpoint
    Properties: {VpcId: !Ref VPC, PrivateDnsEnabled: true}
  Options: {Type: AWS::EC2::DHCPOptions, Properties: {DomainNameServers: [<addresses>]}}
  Association:
    Type: AWS::EC2::VPCDHCPOptionsAssociation
    Properties: {VpcId: !Ref VPC, DhcpOptionsId: !Ref Options}
""")

GOOD = {
    "no private names": servers("8.8.8.8").replace("PrivateDnsEnabled: true", "PrivateDnsEnabled: false"),
    "own servers": servers("10.0.0.10, 10.0.0.11"),
    "Amazon's and others": servers("AmazonProvidedDNS, 8.8.8.8"),
}

BAD = {
    "zone": (
        servers("8.8.8.8").replace("PrivateDnsEnabled: true", "PrivateDnsEnabled: false")
        + "  Zone: {Type: AWS::Route53::HostedZone, Properties: {VPCs: [{VPCId: !Ref VPC, VPCRegion: a}]}}\n",
        "Resources/Options/Properties/DomainNameServers",
        "DomainNameServers are 8.8.8.8, which do not resolve the private names of Zone in VPC (Association). "
        "Write AmazonProvidedDNS.",
    ),
    "public servers": (
        servers("8.8.8.8, 8.8.4.4"),
        "Resources/Options/Properties/DomainNameServers",
        "DomainNameServers are 8.8.8.8 and 8.8.4.4, which do not resolve the private names of "
        "Endpoint in VPC (Association). Write AmazonProvidedDNS.",
    ),
}
