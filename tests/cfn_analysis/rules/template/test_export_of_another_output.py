"""Outputs and their exports."""

from ..harness import frame

outputs = frame("""
  Topic: {Type: AWS::SNS::Topic}
Outputs:
  PublicId: {Value: a, Export: {Name: <first>}}
  PrivateId: {Value: b, Export: {Name: <second>}}
""")

GOOD = {
    "own": outputs("!Sub '${AWS::StackName}-public-id'", "!Sub '${AWS::StackName}-PrivateId'"),
    "another name": outputs("vpc-public", "vpc-private"),
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
}
