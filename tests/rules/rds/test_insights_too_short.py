"""Advanced database insights."""

GOOD = {
    "fifteen months": """
Resources:
  Database:
    Type: AWS::RDS::DBCluster
    Properties:
      DatabaseInsightsMode: advanced
      PerformanceInsightsEnabled: true
      PerformanceInsightsRetentionPeriod: 465
""",
    "standard": """
Resources:
  Database:
    Type: AWS::RDS::DBCluster
    Properties:
      DatabaseInsightsMode: standard
""",
}

BAD = {
    "a week": (
        """
Resources:
  Database:
    Type: AWS::RDS::DBCluster
    Properties:
      DatabaseInsightsMode: advanced
""",
        "Resources/Database/Properties/DatabaseInsightsMode",
        "DatabaseInsightsMode is advanced, and PerformanceInsightsRetentionPeriod is "
        "missing: RDS refuses that. Set it to 465, and enable Performance Insights.",
    ),
    "a month": (
        """
Resources:
  Database:
    Type: AWS::RDS::DBCluster
    Properties:
      DatabaseInsightsMode: advanced
      PerformanceInsightsRetentionPeriod: 31
""",
        "Resources/Database/Properties/DatabaseInsightsMode",
        "DatabaseInsightsMode is advanced, and PerformanceInsightsRetentionPeriod is 31: "
        "RDS refuses that. Set it to 465, and enable Performance Insights.",
    ),
}
