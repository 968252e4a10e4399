"""Rules on forwarded addresses."""

GOOD = {
    "address of the request": """
Resources:
  Guard:
    Type: AWS::WAFv2::WebACL
    Properties:
      DefaultAction: {Allow: {}}
      Scope: CLOUDFRONT
      Rules:
        - Name: rate
          Priority: 1
          Action: {Block: {}}
          Statement:
            RateBasedStatement:
              Limit: 1000
              AggregateKeyType: IP
""",
    "behind a load balancer": """
Resources:
  Guard:
    Type: AWS::WAFv2::WebACL
    Properties:
      DefaultAction: {Allow: {}}
      Scope: REGIONAL
      Rules:
        - Name: rate
          Priority: 1
          Action: {Block: {}}
          Statement:
            RateBasedStatement:
              Limit: 1000
              AggregateKeyType: FORWARDED_IP
              ForwardedIPConfig: {HeaderName: X-Forwarded-For, FallbackBehavior: MATCH}
""",
}

BAD = {
    "rate": (
        """
Resources:
  Guard:
    Type: AWS::WAFv2::WebACL
    Properties:
      DefaultAction: {Allow: {}}
      Scope: CLOUDFRONT
      Rules:
        - Name: rate
          Priority: 1
          Action: {Block: {}}
          Statement:
            RateBasedStatement:
              Limit: 1000
              AggregateKeyType: FORWARDED_IP
              ForwardedIPConfig: {HeaderName: X-Forwarded-For, FallbackBehavior: MATCH}
""",
        "Resources/Guard/Properties/Rules/0/Statement/RateBasedStatement/ForwardedIPConfig",
        'Rule "rate" takes the address from the header "X-Forwarded-For", which '
        "clients of CloudFront choose. Use the address of the request.",
    ),
    "list": (
        """
Resources:
  Guard:
    Type: AWS::WAFv2::WebACL
    Properties:
      DefaultAction: {Allow: {}}
      Scope: CLOUDFRONT
      Rules:
        - Name: list
          Priority: 1
          Action: {Allow: {}}
          Statement:
            IPSetReferenceStatement:
              Arn: arn
              IPSetForwardedIPConfig: {HeaderName: X-Forwarded-For, FallbackBehavior: MATCH, Position: FIRST}
""",
        "Resources/Guard/Properties/Rules/0/Statement/IPSetReferenceStatement/IPSetForwardedIPConfig",
        'Rule "list" takes the address from the header "X-Forwarded-For", which '
        "clients of CloudFront choose. Use the address of the request.",
    ),
}
