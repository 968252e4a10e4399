"""Rules that allow."""

GOOD = {
    "a path": """
Resources:
  Guard:
    Type: AWS::WAFv2::WebACL
    Properties:
      DefaultAction: {Allow: {}}
      Rules:
        - Name: site
          Priority: 1
          Action: {Allow: {}}
          Statement:
            ByteMatchStatement:
              FieldToMatch: {UriPath: {}}
              PositionalConstraint: EXACTLY
              SearchString: /health
        - Name: countries
          Priority: 9
          Action: {Block: {}}
          Statement:
            GeoMatchStatement: {CountryCodes: [KP]}
""",
    "at the end": """
Resources:
  Guard:
    Type: AWS::WAFv2::WebACL
    Properties:
      DefaultAction: {Allow: {}}
      Rules:
        - Name: site
          Priority: 20
          Action: {Allow: {}}
          Statement:
            ByteMatchStatement:
              FieldToMatch: {UriPath: {}}
              PositionalConstraint: STARTS_WITH
              SearchString: /
        - Name: countries
          Priority: 9
          Action: {Block: {}}
          Statement:
            GeoMatchStatement: {CountryCodes: [KP]}
""",
    "count": """
Resources:
  Guard:
    Type: AWS::WAFv2::WebACL
    Properties:
      DefaultAction: {Allow: {}}
      Rules:
        - Name: site
          Priority: 1
          Action: {Count: {}}
          Statement:
            ByteMatchStatement:
              FieldToMatch: {UriPath: {}}
              PositionalConstraint: STARTS_WITH
              SearchString: /
        - Name: countries
          Priority: 9
          Action: {Block: {}}
          Statement:
            GeoMatchStatement: {CountryCodes: [KP]}
""",
    "root only": """
Resources:
  Guard:
    Type: AWS::WAFv2::WebACL
    Properties:
      DefaultAction: {Allow: {}}
      Rules:
        - Name: site
          Priority: 1
          Action: {Allow: {}}
          Statement:
            ByteMatchStatement:
              FieldToMatch: {UriPath: {}}
              PositionalConstraint: EXACTLY
              SearchString: /
        - Name: root
          Priority: 2
          Action: {Allow: {}}
          Statement:
            RegexMatchStatement:
              FieldToMatch: {UriPath: {}}
              RegexString: ^/$
        - Name: countries
          Priority: 9
          Action: {Block: {}}
          Statement:
            GeoMatchStatement: {CountryCodes: [KP]}
""",
    "and a header": """
Resources:
  Guard:
    Type: AWS::WAFv2::WebACL
    Properties:
      DefaultAction: {Allow: {}}
      Rules:
        - Name: site
          Priority: 1
          Action: {Allow: {}}
          Statement:
            AndStatement:
              Statements:
                - RegexMatchStatement: {FieldToMatch: {UriPath: {}}, RegexString: ^/}
                - GeoMatchStatement: {CountryCodes: [JP]}
        - Name: countries
          Priority: 9
          Action: {Block: {}}
          Statement:
            GeoMatchStatement: {CountryCodes: [KP]}
""",
}

BAD = {
    "every path": (
        """
Resources:
  Guard:
    Type: AWS::WAFv2::WebACL
    Properties:
      DefaultAction: {Allow: {}}
      Rules:
        - Name: site
          Priority: 1
          Action: {Allow: {}}
          Statement:
            ByteMatchStatement:
              FieldToMatch: {UriPath: {}}
              PositionalConstraint: STARTS_WITH
              SearchString: /
        - Name: countries
          Priority: 9
          Action: {Block: {}}
          Statement:
            GeoMatchStatement: {CountryCodes: [KP]}
""",
        "Resources/Guard/Properties/Rules/0/Statement",
        'Rule "site" allows every request: the rule after it gets none. Restrict its statement, or remove '
        "it.",
    ),
    "pattern": (
        """
Resources:
  Guard:
    Type: AWS::WAFv2::WebACL
    Properties:
      DefaultAction: {Allow: {}}
      Rules:
        - Name: site
          Priority: 1
          Action: {Allow: {}}
          Statement:
            RegexMatchStatement:
              FieldToMatch: {UriPath: {}}
              RegexString: ^/.*
        - Name: countries
          Priority: 9
          Action: {Block: {}}
          Statement:
            GeoMatchStatement: {CountryCodes: [KP]}
        - Name: countries
          Priority: 10
          Action: {Block: {}}
          Statement:
            GeoMatchStatement: {CountryCodes: [KP]}
""",
        "Resources/Guard/Properties/Rules/0/Statement",
        'Rule "site" allows every request: the rules after it get none. Restrict its statement, or remove '
        "it.",
    ),
    "any of": (
        """
Resources:
  Guard:
    Type: AWS::WAFv2::WebACL
    Properties:
      DefaultAction: {Allow: {}}
      Rules:
        - Name: site
          Priority: 1
          Action: {Allow: {}}
          Statement:
            OrStatement:
              Statements:
                - GeoMatchStatement: {CountryCodes: [JP]}
                - RegexMatchStatement: {FieldToMatch: {UriPath: {}}, RegexString: .*}
        - Name: countries
          Priority: 9
          Action: {Block: {}}
          Statement:
            GeoMatchStatement: {CountryCodes: [KP]}
""",
        "Resources/Guard/Properties/Rules/0/Statement",
        'Rule "site" allows every request: the rule after it gets none. Restrict its statement, or remove '
        "it.",
    ),
}
