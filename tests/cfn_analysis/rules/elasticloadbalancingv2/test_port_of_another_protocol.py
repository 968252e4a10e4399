"""Ports of listeners and target groups."""

from ..harness import frame, row

web = frame("""<first=>
Resources:
  Web:
    Type: AWS::ElasticLoadBalancingV2::<kind=Listener>
    Properties: {Protocol: <protocol>, Port: <port>}
""")

case = row("<text>", "Resources/Web/Properties/Port", "Port is <message>")

GOOD = {
    "HTTPS": web("HTTPS", "443"),
    "own port": web("HTTPS", "8443", kind="TargetGroup"),
    "TCP": web("TCP", "443"),
    "by parameter": web("HTTP", "!Ref Port", first="Parameters: {Port: {Type: Number}}"),
}

BAD = {
    "HTTP on 443": case(
        web("HTTP", "443"),
        "443 and Protocol HTTP: clients use HTTPS on this port. Set it to 80, or the protocol to HTTPS.",
    ),
    "HTTPS on 80": case(
        web("HTTPS", "'80'", kind="TargetGroup"),
        "80 and Protocol HTTPS: clients use HTTP on this port. Set it to 443, or the protocol to HTTP.",
    ),
}
