"""Good and broken security groups."""

from ..harness import frame, row

MESSAGE = (
    "SecurityGroupEgress {}: EC2 adds a rule that allows all outbound traffic. Write the rules the group "
    "needs; for none: IpProtocol -1 to CidrIp 127.0.0.1/32; for all: IpProtocol -1 to CidrIp 0.0.0.0/0."
)

NO_VALUE = '{"Ref": "AWS::NoValue"}'

group = frame("""
  Group: {Type: AWS::EC2::SecurityGroup, <attributes=> Properties: {GroupDescription: x, <properties>}}
""")

case = row("<text>", "Resources/Group/Properties<path>", MESSAGE.format("<state>"))

GOOD = {
    "rule": group("SecurityGroupEgress: [{CidrIp: 127.0.0.1/32}]"),
    "both branches": group("SecurityGroupEgress: !If [Prod, [{CidrIp: 10.0.0.0/8}], [{CidrIp: 0.0.0.0/0}]]"),
    "empty branch that the group's own condition excludes": group(
        "SecurityGroupEgress: [!If [Prod, {CidrIp: 10.0.0.0/8}, !Ref AWS::NoValue]]", "Condition: Prod,"
    ),
    "either rule": group("SecurityGroupEgress: [!If [Prod, {CidrIp: a}, {CidrIp: b}]]"),
}

BAD = {
    "missing": case(group("GroupName: a"), "", "is missing"),
    "empty": case(group("SecurityGroupEgress: []"), "/SecurityGroupEgress", "is []"),
    "no value": case(
        group("SecurityGroupEgress: !Ref AWS::NoValue"), "/SecurityGroupEgress", f"is {NO_VALUE}"
    ),
    "missing in one branch": case(
        group("SecurityGroupEgress: !If [Prod, [{CidrIp: a}], !Ref AWS::NoValue]"),
        "/SecurityGroupEgress",
        f'is {{"Fn::If": ["Prod", [{{"CidrIp": "a"}}], {NO_VALUE}]}} when Prod is false',
    ),
    "no rule in one branch": case(
        group("SecurityGroupEgress: [!If [Prod, !Ref AWS::NoValue, {CidrIp: a}]]"),
        "/SecurityGroupEgress",
        f'is [{{"Fn::If": ["Prod", {NO_VALUE}, {{"CidrIp": "a"}}]}}] when Prod is true',
    ),
}
