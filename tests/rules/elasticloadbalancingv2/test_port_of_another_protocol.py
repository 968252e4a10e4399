"""Ports of listeners and target groups."""

GOOD = {
    "HTTPS": """
Resources:
  Web:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties: {Protocol: HTTPS, Port: 443}
""",
    "own port": """
Resources:
  Web:
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    Properties: {Protocol: HTTPS, Port: 8443}
""",
    "TCP": """
Resources:
  Web:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties: {Protocol: TCP, Port: 443}
""",
    "by parameter": """
Parameters: {Port: {Type: Number}}
Resources:
  Web:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties: {Protocol: HTTP, Port: !Ref Port}
""",
}

BAD = {
    "HTTP on 443": (
        """
Resources:
  Web:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties: {Protocol: HTTP, Port: 443}
""",
        "Resources/Web/Properties/Port",
        "Port is 443 and Protocol HTTP: clients use HTTPS on this port. Set it to 80, or "
        "the protocol to HTTPS.",
    ),
    "HTTPS on 80": (
        """
Resources:
  Web:
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    Properties: {Protocol: HTTPS, Port: '80'}
""",
        "Resources/Web/Properties/Port",
        "Port is 80 and Protocol HTTPS: clients use HTTP on this port. Set it to 443, or "
        "the protocol to HTTP.",
    ),
}
