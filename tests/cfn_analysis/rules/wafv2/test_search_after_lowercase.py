"""Search strings and transformations."""

from ..harness import frame

acl = frame("""
  ACL:
    Type: AWS::WAFv2::WebACL
    Properties:
      Rules:
        - Name: a
          Statement:
            NotStatement:
              Statement:
                ByteMatchStatement:
                  SearchString: <text>
                  TextTransformations: [{Priority: 0, Type: URL_DECODE}, {Priority: 1,
                      Type: <change=LOWERCASE>}]
""")

GOOD = {
    "lower case": acl("/api/"),
    "as it is": acl("/API/", "NONE"),
}

BAD = {
    "capitals": (
        acl("/API/"),
        "Resources/ACL/Properties/Rules/0/Statement/NotStatement/Statement/ByteMatchStatement/SearchString",
        'SearchString is "/API/", and LOWERCASE comes before: it is never found. Write "/api/".',
    ),
}
