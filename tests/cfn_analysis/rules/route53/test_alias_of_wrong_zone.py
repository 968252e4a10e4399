"""Alias records."""

from ..harness import frame, row

record = frame("""
Parameters:
  Any: {Type: String}
Resources:
  Zone: {Type: AWS::Route53::HostedZone}
  Site: {Type: AWS::CloudFront::Distribution}
  Balancer: {Type: AWS::ElasticLoadBalancingV2::LoadBalancer}
  Record:
    Type: AWS::Route53::RecordSet
    Properties: {AliasTarget: {DNSName: <name>, HostedZoneId: <zone>}}
""")

own_zone = frame("""
Parameters:
  Own: {Type: String}
Resources:
  Site: {Type: AWS::CloudFront::Distribution}
  Record:
    Type: AWS::Route53::RecordSet
    Properties:
      HostedZoneId: <zone>
      AliasTarget: {DNSName: !GetAtt Site.DomainName, HostedZoneId: !Ref Own}
""")

case = row(
    "<text>",
    "Resources/Record/Properties/AliasTarget/HostedZoneId",
    "HostedZoneId is <found>: Route 53 refuses the alias. Use the zone of the target, not of the record.",
)

GOOD = {
    "CloudFront": record("!GetAtt Site.DomainName", "Z2FDTNDATAQYW2"),
    "load balancer": record("!GetAtt Balancer.DNSName", "!GetAtt Balancer.CanonicalHostedZoneID"),
    "dualstack": record("!Sub 'dualstack.${Balancer.DNSName}'", "!GetAtt Balancer.CanonicalHostedZoneID"),
    "parameter": record("!GetAtt Balancer.DNSName", "!Ref Any"),
    "elsewhere": record("example.com", "!Ref Zone"),
    "parameter of the target": own_zone("Z1"),
}

BAD = {
    "own zone": case(
        record("!GetAtt Site.DomainName", "!Ref Zone"), "${Zone}, and Site is in Z2FDTNDATAQYW2"
    ),
    "load balancer": case(
        record("!GetAtt Balancer.DNSName", "Z2FDTNDATAQYW2"),
        "Z2FDTNDATAQYW2, and Balancer is in ${Balancer.CanonicalHostedZoneID}",
    ),
    "parameter of the record": case(own_zone("!Ref Own"), "${Own}, and Site is in Z2FDTNDATAQYW2"),
}
