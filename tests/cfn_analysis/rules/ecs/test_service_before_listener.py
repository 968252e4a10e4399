"""Services behind load balancers."""

from ..harness import frame

service = frame("""
  Targets: {Type: AWS::ElasticLoadBalancingV2::TargetGroup}
  Listener:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties: {DefaultActions: [{Type: forward, TargetGroupArn: !Ref Targets}]}
  Service:
    Type: AWS::ECS::Service<depends>
    Properties: {LoadBalancers: [{TargetGroupArn: !Ref Targets}]}
""")

GOOD = {
    "waits": service("\n    DependsOn: Listener"),
}

BAD = {
    "at once": (
        service(""),
        "Resources/Service/Properties/LoadBalancers/0",
        "The service uses Targets and does not wait for Listener: ECS refuses it if it is created "
        "first. Add DependsOn: Listener.",
    ),
}
