"""Private DNS."""

from ..harness import frame

template = frame("""
Parameters:
  Any: {Type: String}
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {<vpc>}}
  User: <user>
""")

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

ENDPOINT = "{Type: AWS::EC2::VPCEndpoint, Properties: {VpcId: !Ref Vpc, PrivateDnsEnabled: true}}"
ZONE = "{Type: AWS::Route53::HostedZone, Properties: {VPCs: [{VPCId: !Ref Vpc, VPCRegion: a}]}}"
ON = "EnableDnsSupport: true, EnableDnsHostnames: true"

GOOD = {
    "endpoint": template(ON, ENDPOINT),
    "zone": template(ON, ZONE),
    "parameter": template("EnableDnsHostnames: !Ref Any", ENDPOINT),
    "no private DNS": template("", ENDPOINT.replace("true", "false")),
    "VPC of another template": template("", ENDPOINT.replace("!Ref Vpc", "!ImportValue vpc")),
    "own servers": servers("10.0.0.10, 10.0.0.11"),
    "Amazon's and others": servers("AmazonProvidedDNS, 8.8.8.8"),
}

BAD = {
    "host names by default": (
        template("", ENDPOINT),
        "Resources/User/Properties/PrivateDnsEnabled",
        "PrivateDnsEnabled needs DNS in Vpc, whose EnableDnsHostnames is false. Set it to true.",
    ),
    "support": (
        template("EnableDnsSupport: false, EnableDnsHostnames: true", ZONE),
        "Resources/User/Properties/VPCs",
        "VPCs needs DNS in Vpc, whose EnableDnsSupport is false. Set it to true.",
    ),
    "public servers": (
        servers("8.8.8.8, 8.8.4.4"),
        "Resources/Options/Properties/DomainNameServers",
        "DomainNameServers are 8.8.8.8 and 8.8.4.4, which do not resolve the private names of "
        "Endpoint in VPC (Association). Write AmazonProvidedDNS.",
    ),
}
