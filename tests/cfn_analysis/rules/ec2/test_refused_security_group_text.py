"""Good and broken descriptions of rules."""

from ..harness import frame, row

REFUSED = (
    "Description {}: EC2 refuses the characters {} in it. Use ASCII letters, digits, spaces and "
    "._-:/()#,@[]+=&;{{}}!$*."
)

group = frame("""
Parameters:
  Quoted: {Type: String, Default: "the 'app'"}
  Plain: {Type: String, Default: the app}
  Any: {Type: String}
Resources:
  Group: {Type: AWS::EC2::<kind=SecurityGroup>, Properties: {<properties>}}
""")

case = row("<text>", "Resources/Group/Properties/<path>", "<message>")

GOOD = {
    "literal": group("SecurityGroupIngress: [{Description: 'MySQL, from (10.0.0.0/16)!'}]"),
    "none": group("SecurityGroupEgress: [{CidrIp: 10.0.0.0/16}]"),
    "parameter default": group("SecurityGroupIngress: [{Description: !Ref Plain}]"),
    "not known": group("SecurityGroupIngress: [{Description: !Ref Any}]"),
    "Sub": group("SecurityGroupIngress: [{Description: !Sub 'from ${Plain}'}]"),
    "both branches": group("SecurityGroupIngress: !If [Prod, [{Description: a}], !Ref AWS::NoValue]"),
    "255 characters": group(f"Description: {'x' * 255}", "SecurityGroupEgress"),
    "the group's own text, which cfn-lint checks": group("GroupDescription: It's"),
}

BAD = {
    "ingress of a group": case(
        group(
            "SecurityGroupIngress: [{CidrIp: 10.0.0.0/8}, {CidrIp: 10.0.0.0/16, Description: It's <here>}]"
        ),
        "SecurityGroupIngress/1/Description",
        REFUSED.format('is "It\'s <here>"', "' < >"),
    ),
    "egress, parameter default": case(
        group("SecurityGroupEgress: [{Description: !Ref Quoted}]"),
        "SecurityGroupEgress/0/Description",
        REFUSED.format('is {"Ref": "Quoted"}, which can be "the \'app\'"', "'"),
    ),
    "Sub": case(
        group("SecurityGroupEgress: [{Description: !Sub 'to ${Quoted}'}]"),
        "SecurityGroupEgress/0/Description",
        REFUSED.format('is {"Fn::Sub": "to ${Quoted}"}, which can be "to the \'app\'"', "'"),
    ),
    "text in one branch": case(
        group("SecurityGroupEgress: [{Description: !If [Prod, ok, a%b]}]"),
        "SecurityGroupEgress/0/Description/Fn::If/2",
        REFUSED.format('is "a%b"', "%"),
    ),
    "rules in one branch": case(
        group("SecurityGroupIngress: !If [Prod, [{Description: a|b}], []]"),
        "SecurityGroupIngress/Fn::If/1/0/Description",
        REFUSED.format('is "a|b"', "|"),
    ),
    "ingress of its own": case(
        group("Description: a?", "SecurityGroupIngress"), "Description", REFUSED.format('is "a?"', "?")
    ),
    "Japanese": case(
        group("Description: 説明", "SecurityGroupEgress"), "Description", REFUSED.format('is "説明"', "明 説")
    ),
    "too long": case(
        group(f"Description: {'x' * 256}", "SecurityGroupEgress"),
        "Description",
        f'Description is "{"x" * 256}": EC2 accepts at most 255 characters, and it has 256.',
    ),
}
