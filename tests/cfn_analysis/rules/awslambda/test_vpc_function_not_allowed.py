"""Functions in a VPC."""

from ..harness import frame

template = frame("""
  Role:
    Type: AWS::IAM::Role
    Properties:
      ManagedPolicyArns: <arns=[]>
      Policies:
        - PolicyDocument: {Statement: [{Effect: Allow, Action: <actions>, Resource: '*'}]}
  F: {Type: AWS::Lambda::Function,
      Properties: {Role: !GetAtt Role.Arn<more=, VpcConfig: {SubnetIds: [a], SecurityGroupIds: [b]}>}}
""")

VPC = "[arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole]"

GOOD = {
    "managed": template("logs:*", VPC),
    "own": template("['ec2:*NetworkInterface*']"),
    "no VPC": template("logs:*", more=""),
}

BAD = {
    "nothing": (
        template("logs:*"),
        "Resources/F/Properties/VpcConfig",
        "Role does not allow ec2:CreateNetworkInterface and ec2:DescribeNetworkInterfaces and "
        "ec2:DeleteNetworkInterface: Lambda refuses the function in a VPC. Allow it.",
    ),
    "one missing": (
        template("[ec2:CreateNetworkInterface, ec2:DescribeNetworkInterfaces]"),
        "Resources/F/Properties/VpcConfig",
        "Role does not allow ec2:DeleteNetworkInterface: Lambda refuses the function in a VPC. Allow it.",
    ),
}
