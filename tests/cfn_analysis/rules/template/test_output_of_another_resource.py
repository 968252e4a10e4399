"""Outputs of resources."""

from ..harness import frame

output = frame("""
  Public: {Type: AWS::EC2::Subnet}
  Private: {Type: AWS::EC2::Subnet}
  PrivateTable: {Type: AWS::EC2::RouteTable}
Outputs:
  <key>: {Value: <value>}
""")

GOOD = {
    "own": output("PrivateId", "!Ref Private"),
    "another name": output("SubnetId", "!Ref Private"),
    "another type": output("PrivateTableId", "!Ref Private"),
    "text": output("PrivateId", "!Sub '${Public}-${Private}'"),
}

BAD = {
    "other": (
        output("PrivateId", "!Ref Public"),
        "Outputs/PrivateId/Value",
        "Outputs.PrivateId has the name of Private and has the value of Public, another "
        "AWS::EC2::Subnet. Correct one of them.",
    ),
    "attribute": (
        output("PublicZone", "!GetAtt Private.AvailabilityZone"),
        "Outputs/PublicZone/Value",
        "Outputs.PublicZone has the name of Public and has the value of Private, another "
        "AWS::EC2::Subnet. Correct one of them.",
    ),
}
