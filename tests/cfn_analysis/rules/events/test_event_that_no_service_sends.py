"""Event patterns."""

from ..harness import frame

rule = frame("""
  Rule:
    Type: AWS::Events::Rule
    Properties: {EventPattern: {source: [<source>], detail-type: [<kind>]}}
""")

GOOD = {
    "RDS": rule("aws.rds", "RDS DB Cluster Event"),
    "CloudTrail": rule("aws.s3", "AWS API Call via CloudTrail"),
    "one's own": rule("shop.orders", "Order Placed"),
    "similar to another": rule("aws.ec2", "EC2 Spot Instance Rebalance Recommended"),
    "not in the list": rule("aws.rds", "RDS Something Else"),
}

BAD = {
    "one letter": (
        rule("aws.acm", "ACM Certificate Available, ACM Certificate Revoke"),
        "Resources/Rule/Properties/EventPattern/detail-type/1",
        'detail-type is "ACM Certificate Revoke", which "aws.acm" does not send: the rule never matches. '
        'Did you mean "ACM Certificate Revoked"?',
    ),
    "principal": (
        rule("rds.amazonaws.com", "RDS DB Cluster Event"),
        "Resources/Rule/Properties/EventPattern/source/0",
        "source is rds.amazonaws.com, and is aws.rds in events: the rule never matches.",
    ),
    "plural": (
        rule("aws.rds", "RDS DB Cluster Events"),
        "Resources/Rule/Properties/EventPattern/detail-type/0",
        'detail-type is "RDS DB Cluster Events", which "aws.rds" does not send: the rule '
        'never matches. Did you mean "RDS DB Cluster Event"?',
    ),
    "capitals": (
        rule("aws.ec2", "EC2 Instance State-Change Notification"),
        "Resources/Rule/Properties/EventPattern/detail-type/0",
        'detail-type is "EC2 Instance State-Change Notification", which "aws.ec2" does not '
        'send: the rule never matches. Did you mean "EC2 Instance State-change Notification"?',
    ),
}
