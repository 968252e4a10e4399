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

GOOD = {
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
