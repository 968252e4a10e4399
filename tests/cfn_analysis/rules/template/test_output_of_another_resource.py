"""Outputs of resources."""

from ..harness import frame

output = frame("""
  Public: {Type: AWS::EC2::Subnet}
  Private: {Type: AWS::EC2::Subnet}
  PrivateTable: {Type: AWS::EC2::RouteTable}
Outputs:
  <key>: {Value: <value>}
""")

outputs = frame("""
  Topic: {Type: AWS::SNS::Topic}
Outputs:
  PublicId: {Value: a, Export: {Name: <first>}}
  PrivateId: {Value: b, Export: {Name: <second>}}
""")

GOOD = {
    "own export": outputs("!Sub '${AWS::StackName}-public-id'", "!Sub '${AWS::StackName}-PrivateId'"),
    "export of another name": outputs("vpc-public", "vpc-private"),
    "own": output("PrivateId", "!Ref Private"),
    "another name": output("SubnetId", "!Ref Private"),
    "another type": output("PrivateTableId", "!Ref Private"),
    "text": output("PrivateId", "!Sub '${Public}-${Private}'"),
}

BAD = {
    "exchanged": (
        outputs("!Sub '${AWS::StackName}-private-id'", "!Sub '${AWS::StackName}-public-id'"),
        "Outputs/PublicId/Export/Name",
        "Outputs.PublicId is exported as ${AWS::StackName}-private-id, which is the name of the "
        "output PrivateId. Correct one of them.",
        "Outputs/PrivateId/Export/Name",
        "Outputs.PrivateId is exported as ${AWS::StackName}-public-id, which is the name of the "
        "output PublicId. Correct one of them.",
    ),
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
