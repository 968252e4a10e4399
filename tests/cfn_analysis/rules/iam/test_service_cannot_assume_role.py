"""Roles and the services that take them."""

from ..harness import row

HEAD = """
  For:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {Statement: [{Effect: Allow, Action: sts:AssumeRole, Principal: PRINCIPAL}]}
"""


def flow_log(principal: str, role: str = "!GetAtt For.Arn") -> str:
    """Return a template with a flow log and the role that it takes."""
    return (
        HEAD.replace("PRINCIPAL", principal)
        + f"  Log: {{Type: AWS::EC2::FlowLog, Properties: {{DeliverLogsPermissionArn: {role}}}}}\n"
    )


def profile(principal: str) -> str:
    """Return a template with an instance profile of the role."""
    return (
        HEAD.replace("PRINCIPAL", principal)
        + "  Profile: {Type: AWS::IAM::InstanceProfile, Properties: {Roles: [!Ref For]}}\n"
    )


case = row(
    "<text>",
    "Resources/Log/Properties/DeliverLogsPermissionArn",
    "DeliverLogsPermissionArn is For, whose AssumeRolePolicyDocument does not allow "
    "vpc-flow-logs.amazonaws.com: the service cannot assume the role. Set vpc-flow-logs.amazonaws.com "
    "as its Principal.",
)

GOOD = {
    "right": flow_log("{Service: vpc-flow-logs.amazonaws.com}"),
    "one of two": flow_log("{Service: [ec2.amazonaws.com, vpc-flow-logs.amazonaws.com]}"),
    "suffix": flow_log("{Service: !Sub 'vpc-flow-logs.${AWS::URLSuffix}'}"),
    "parameter": flow_log("{Service: !ImportValue service}"),
    "role of another template": flow_log("{Service: ec2.amazonaws.com}", "!ImportValue role"),
    "profile": profile("{Service: ec2.amazonaws.com}"),
}

BAD = {
    "other service": case(flow_log("{Service: ec2.amazonaws.com}")),
    "account": case(flow_log("{AWS: !Ref AWS::AccountId}")),
    "one branch": (
        flow_log("{Service: flowlogs.amazonaws.com}", "!If [Odd, !GetAtt For.Arn, !ImportValue role]"),
        "Resources/Log/Properties/DeliverLogsPermissionArn/Fn::If/1",
        "DeliverLogsPermissionArn is For when Odd is true, whose AssumeRolePolicyDocument does "
        "not allow vpc-flow-logs.amazonaws.com: the service cannot assume the role. Set "
        "vpc-flow-logs.amazonaws.com as its Principal.",
    ),
    "instance profile": (
        profile("{Service: lambda.amazonaws.com}"),
        "Resources/Profile/Properties/Roles/0",
        "Roles is For, whose AssumeRolePolicyDocument does not allow ec2.amazonaws.com: the "
        "service cannot assume the role. Set ec2.amazonaws.com as its Principal.",
    ),
}
