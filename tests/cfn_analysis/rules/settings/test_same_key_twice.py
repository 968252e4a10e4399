"""Resources that cannot exist together."""

from ..harness import frame, row

TEMPLATE = """
Parameters: {Name: {Type: String}}
Conditions:
  One: !Equals [!Ref AWS::Region, eu-west-1]
  Other: !Not [!Condition One]
Resources:
  Parent: {Type: AWS::EC2::VPC}
  First: {Type: "AWS::<kind>", <first_condition=>Properties: {<first>}}
  Second: {Type: "AWS::<kind>", <second_condition=>Properties: {<second>}}
"""
template = frame(TEMPLATE)
twice = row(
    TEMPLATE.replace("<second>", "<first>"),
    "Resources/Second/Properties/<last>",
    "Second has the same <shared> as First: <effect=the service refuses the second. Remove one of them, or "
    "change it.>",
)
REPLACES = "the policy that is set last replaces the other. Write one policy."
ANY = "RouteTableId: !Ref Parent, DestinationCidrBlock: 0.0.0.0/0"

EXPORT_HEAD = """
Parameters:
  Environment: {Type: String, Default: prod, AllowedValues: [dev, prod]}
  Peer: {Type: String, Default: dev, AllowedValues: [dev, prod]}
Conditions:
  Never: !And [!Condition Switched, !Not [!Condition Switched]]
Resources:
  Topic: {Type: AWS::SNS::Topic}
Outputs:
"""


def outputs(*names: str, attributes: tuple[str, ...] = ("", "")) -> str:
    """Return a template with an output for each export name."""
    lines = (
        f"  Out{index}: {{Value: x, {attributes[index] if index < len(attributes) else ''} "
        f"Export: {{Name: {name}}}}}\n"
        for index, name in enumerate(names)
    )
    return EXPORT_HEAD + "".join(lines)


message = frame(
    "Export.Name is <name>, and Out0 is exported under the same name: the stack fails. Give each export "
    "a unique name."
)

SUB = '{"Fn::Sub": "${Environment}-a"}'
GIVEN = outputs("dev-a", "!Sub '${Environment}-a'")

exported_twice = row(
    "<text>",
    "Outputs/Out1/Export/Name",
    "Export.Name is <found>, and Out0 is exported under the same name: the stack fails. Give each "
    "export a unique name.",
)


GOOD = {
    "export, literal": outputs("a", "b"),
    "export, Sub": outputs("!Sub '${Environment}-a'", "!Sub '${Environment}-b'"),
    "export, never at the same time": outputs("!If [Switched, a, b]", "!If [Switched, b, a]"),
    "export, conditions that exclude each other": outputs(
        "a", "a", attributes=("Condition: Switched,", "Condition: NotSwitched,")
    ),
    "export, two parameters with other defaults": outputs("!Sub '${Environment}-a'", "!Sub '${Peer}-a'"),
    "export, names that only AWS knows": outputs("!Sub '${Topic}-a'", "!Sub '${Topic}-b'"),
    "export, output that never is": outputs("a", "a", attributes=("", "Condition: Never,")),
    "export, no exports": EXPORT_HEAD + "  A: {Value: x}\n  B: {Value: x}\n",
    "export, no outputs": "Resources: {}",
    "export, default, where no value is given": GIVEN,
    "two destinations": template("EC2::Route", ANY, ANY.replace("0.0.0.0/0", "10.0.0.0/8")),
    "two versions": template(
        "EC2::Route", ANY, "RouteTableId: !Ref Parent, DestinationIpv6CidrBlock: '::/0'"
    ),
    "one of two": template("EC2::Route", ANY, ANY, "Condition: One, ", "Condition: Other, "),
    "two ways": template(
        "EC2::NetworkAclEntry",
        "NetworkAclId: !Ref Parent, RuleNumber: 100",
        "NetworkAclId: !Ref Parent, RuleNumber: 100, Egress: true",
    ),
    "weighted records": template(
        "Route53::RecordSet",
        "HostedZoneId: z, Name: a.example.com, Type: A, SetIdentifier: blue",
        "HostedZoneId: z, Name: a.example.com, Type: A, SetIdentifier: green",
    ),
    "two names": template("SQS::Queue", "QueueName: !Sub '${Name}-a'", "QueueName: !Sub '${Name}-b'"),
    "names by CloudFormation": template("SQS::Queue", "DelaySeconds: 1", "DelaySeconds: 1"),
    "topics of a cluster": template(
        "Lambda::EventSourceMapping",
        "FunctionName: a, EventSourceArn: b, Topics: [c]",
        "FunctionName: a, EventSourceArn: b, Topics: [d]",
    ),
    "two topics": template("SNS::TopicPolicy", "Topics: [a]", "Topics: [b]"),
}

BAD = {
    "export, literal": exported_twice(outputs("a", "a"), '"a"'),
    "export, the same Sub": exported_twice(
        outputs("!Sub '${Environment}-a'", "!Sub '${Environment}-a'"), '{"Fn::Sub": "${Environment}-a"}'
    ),
    "export, Sub of a parameter default": exported_twice(
        outputs("prod-a", "!Sub '${Environment}-a'"), '{"Fn::Sub": "${Environment}-a"}'
    ),
    "export, the same function that only AWS can resolve": exported_twice(
        outputs("!Sub '${Topic}-a'", "!Sub '${Topic}-a'"), '{"Fn::Sub": "${Topic}-a"}'
    ),
    "export, first branch": exported_twice(
        outputs("a", "!If [Switched, a, b]"), '{"Fn::If": ["Switched", "a", "b"]}'
    ),
    "export, the same condition": exported_twice(
        outputs("a", "a", attributes=("Condition: Switched,", "Condition: Switched,")), '"a"'
    ),
    "export, one condition": exported_twice(
        outputs("a", "a", attributes=("Condition: Switched,", "")), '"a"'
    ),
    "export, three of a name are two findings": (
        outputs("a", "a", "a"),
        "Outputs/Out1/Export/Name",
        message('"a"'),
        "Outputs/Out2/Export/Name",
        message('"a"'),
    ),
    "export, given value": (
        GIVEN,
        "Outputs/Out1/Export/Name",
        message(SUB),
        {"parameters": {"Environment": "dev"}},
    ),
    "route": twice("EC2::Route", ANY, "DestinationCidrBlock", "RouteTableId and DestinationCidrBlock"),
    "rule of a network ACL": (
        template(
            "EC2::NetworkAclEntry",
            "NetworkAclId: !Ref Parent, RuleNumber: 100",
            "NetworkAclId: !Ref Parent, RuleNumber: '100', Egress: false",
        ),
        "Resources/Second/Properties/RuleNumber",
        "Second has the same NetworkAclId, Egress and RuleNumber as First: the service refuses the second. "
        "Remove one of them, or change it.",
    ),
    "record in another spelling": (
        template(
            "Route53::RecordSet",
            "HostedZoneId: z, Name: a.example.com, Type: A",
            "HostedZoneId: z, Name: A.example.com., Type: A",
        ),
        "Resources/Second/Properties/Type",
        "Second has the same HostedZoneId, Name, Type and SetIdentifier as First: the service refuses the "
        "second. Remove one of them, or change it.",
    ),
    "name by Sub": twice("SQS::Queue", "QueueName: !Sub '${Name}-a'", "QueueName", "QueueName"),
    "policy of a bucket": twice("S3::BucketPolicy", "Bucket: !Ref Parent", "Bucket", "Bucket"),
    "policy of a topic": twice(
        "SNS::TopicPolicy", "Topics: [!Ref Parent]", "Topics", "Topics", effect=REPLACES
    ),
    "mapping of a queue": twice(
        "Lambda::EventSourceMapping",
        "FunctionName: !Ref Parent, EventSourceArn: b",
        "EventSourceArn",
        "FunctionName, EventSourceArn, Topics and Queues",
    ),
    "one condition": twice(
        "EC2::Route",
        ANY,
        "DestinationCidrBlock",
        "RouteTableId and DestinationCidrBlock",
        first_condition="Condition: One, ",
    ),
}
