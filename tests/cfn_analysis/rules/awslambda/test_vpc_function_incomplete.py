"""Good and broken functions in a VPC."""

from ..harness import frame

function = frame("""
Parameters:
  Groups: {Type: "List<AWS::EC2::SecurityGroup::Id>"}
  Any: {Type: String}
Resources:
  Function: {Type: AWS::Lambda::Function, Properties: {VpcConfig: <config>}}
""")

message = frame("<name> <state>, and <other> is <value>: Lambda requires both. Specify at least one of each.")

PATH = "Resources/Function/Properties/VpcConfig"

GOOD = {
    "both": function("{SubnetIds: [subnet-1], SecurityGroupIds: [sg-1]}"),
    "neither: leaves the VPC": function("{SubnetIds: [], SecurityGroupIds: []}"),
    "parameter": function("{SubnetIds: [subnet-1], SecurityGroupIds: !Ref Groups}"),
    "Sub": function("{SubnetIds: [!Sub '${Any}'], SecurityGroupIds: [!ImportValue sg]}"),
    "both branches": function(
        "!If [Prod, {SubnetIds: [subnet-1], SecurityGroupIds: [sg-1]}, !Ref AWS::NoValue]"
    ),
}

BAD = {
    "no groups": (
        function("{SubnetIds: [subnet-1]}"),
        message("SecurityGroupIds", "is missing", "SubnetIds", '["subnet-1"]'),
    ),
    "empty groups": (
        function("{SubnetIds: [!Sub '${Any}'], SecurityGroupIds: []}"),
        message("SecurityGroupIds", "is []", "SubnetIds", '[{"Fn::Sub": "${Any}"}]'),
    ),
    "no subnets": (
        function("{SecurityGroupIds: !Ref Groups}"),
        message("SubnetIds", "is missing", "SecurityGroupIds", '{"Ref": "Groups"}'),
    ),
    "no groups in one branch": (
        function("{SubnetIds: [subnet-1], SecurityGroupIds: [!If [Prod, sg-1, !Ref AWS::NoValue]]}"),
        message("SecurityGroupIds", "is [] when Prod is false", "SubnetIds", '["subnet-1"]'),
    ),
}
