"""Records of a zone."""

from ..harness import frame

records = frame("""
  Zone: {Type: AWS::Route53::HostedZone}
  A: {Type: AWS::Route53::RecordSet, Properties: {HostedZoneId: !Ref Zone, <first>}}
  B: {Type: AWS::Route53::RecordSet, Properties: {HostedZoneId: !Ref Zone, <second>}}
""")

GOOD = {
    "two types": records("Name: a.b, Type: A", "Name: a.b, Type: AAAA"),
    "weighted": records(
        "Name: a.b, Type: A, SetIdentifier: x, Weight: 1", "Name: a.b, Type: A, SetIdentifier: y, Weight: 1"
    ),
}

BAD = {
    "twice": (
        records("Name: a.b, Type: A", "Name: A.b., Type: A"),
        "Resources/B/Properties/Name",
        "Name is A.b., which A has with the same Type A: Route 53 refuses the second. Remove "
        "one, or give both a SetIdentifier and a routing policy.",
    ),
}
