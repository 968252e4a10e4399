"""Addresses of databases."""

GOOD = {
    "private": """
  Database:
    Type: AWS::RDS::DBInstance
    Properties:
      PubliclyAccessible: false
""",
    "by parameter": """
Parameters:
  Public: {Type: String, AllowedValues: ['true', 'false']}
Resources:
  Database:
    Type: AWS::RDS::DBInstance
    Properties:
      PubliclyAccessible: !Ref Public
""",
}

BAD = {
    "public": (
        """
  Database:
    Type: AWS::RDS::DBInstance
    Properties:
      PubliclyAccessible: true
""",
        "Resources/Database/Properties/PubliclyAccessible",
        "PubliclyAccessible is true: the database has a public address. Set it to false.",
    ),
}
