"""Rules of listeners."""

from ..harness import frame

rules = frame("""
  Listener: {Type: AWS::ElasticLoadBalancingV2::Listener}
  A: {Type: AWS::ElasticLoadBalancingV2::ListenerRule, Properties: {ListenerArn: !Ref Listener, <first>}}
  B: {Type: AWS::ElasticLoadBalancingV2::ListenerRule, Properties: {ListenerArn: !Ref Listener, <second>}}
""")

GOOD = {
    "two": rules("Priority: 1", "Priority: 2"),
}

BAD = {
    "same": (
        rules("Priority: 1", "Priority: '1'"),
        "Resources/B/Properties/Priority",
        "Priority is 1, which A has on the same listener: the second rule is refused. Use another priority.",
    ),
}
