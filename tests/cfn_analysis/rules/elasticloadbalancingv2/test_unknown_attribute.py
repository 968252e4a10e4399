"""Attributes of load balancers."""

from ..harness import frame

balancer = frame("""
  One:
    Type: AWS::ElasticLoadBalancingV2::LoadBalancer
    Properties: {LoadBalancerAttributes: [{Key: <key>, Value: 'true'}]}
""")


def targets(key: str) -> str:
    """Return a template with a target group of one attribute."""
    return (
        balancer(key).replace("::LoadBalancer\n", "::TargetGroup\n").replace("LoadBalancerA", "TargetGroupA")
    )


GOOD = {
    "cookies of HTTP": """
  One:
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    Properties: {Protocol: HTTP, TargetGroupAttributes: [{Key: stickiness.type, Value: lb_cookie}]}
""",
    "known": balancer("deletion_protection.enabled"),
    "of targets": targets("stickiness.enabled"),
    "newer than the list": balancer("something.else"),
}

BAD = {
    "cookies of TCP": (
        """
  One:
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    Properties: {Protocol: TCP, TargetGroupAttributes: [{Key: stickiness.type, Value: lb_cookie}]}
""",
        "Resources/One/Properties/TargetGroupAttributes/0/Value",
        "Value of stickiness.type is lb_cookie, and Protocol is TCP, which has no cookies: it is refused. "
        "Write source_ip.",
    ),
    "misspelt": (
        balancer("access_log.s3.enabled"),
        "Resources/One/Properties/LoadBalancerAttributes/0/Key",
        "Key is access_log.s3.enabled, which LoadBalancerAttributes do not have. Did you mean "
        "access_logs.s3.enabled?",
    ),
    "of targets": (
        targets("deregistration_delay.timeout.seconds"),
        "Resources/One/Properties/TargetGroupAttributes/0/Key",
        "Key is deregistration_delay.timeout.seconds, which TargetGroupAttributes do not have. "
        "Did you mean deregistration_delay.timeout_seconds?",
    ),
}
