"""Rules on forwarded addresses."""

from ..harness import frame

FORWARDED = "HeaderName: X-Forwarded-For, FallbackBehavior: MATCH"

acl = frame("""
  Guard:
    Type: AWS::WAFv2::WebACL
    Properties:
      DefaultAction: {Allow: {}}
      Scope: <scope>
      Rules:
        - Name: <name=rate>
          Priority: 1
          Action: {<action=Block>: {}}
          Statement: {<statement>}
""")

rate = frame("RateBasedStatement: {Limit: 1000, AggregateKeyType: <key>}")


def case(text: str, name: str, config: str) -> tuple[str, ...]:
    """A header that clients choose is found."""
    return (
        text,
        f"Resources/Guard/Properties/Rules/0/Statement/{config}",
        f'Rule "{name}" takes the address from the header "X-Forwarded-For", which clients of CloudFront '
        "choose. Use the address of the request.",
    )


BY_HEADER = rate(f"FORWARDED_IP, ForwardedIPConfig: {{{FORWARDED}}}")
LIST = f"IPSetReferenceStatement: {{Arn: arn, IPSetForwardedIPConfig: {{{FORWARDED}, Position: FIRST}}}}"

GOOD = {
    "address of the request": acl("CLOUDFRONT", rate("IP")),
    "behind a load balancer": acl("REGIONAL", BY_HEADER),
}

BAD = {
    "rate": case(acl("CLOUDFRONT", BY_HEADER), "rate", "RateBasedStatement/ForwardedIPConfig"),
    "list": case(
        acl("CLOUDFRONT", LIST, "list", "Allow"), "list", "IPSetReferenceStatement/IPSetForwardedIPConfig"
    ),
}
