"""Logs that a database exports."""

GOOD = {
    "Aurora MySQL": """
Resources:
  Database:
    Type: AWS::RDS::DBCluster
    Properties:
      Engine: aurora-mysql
      EnableCloudwatchLogsExports: [audit, error, slowquery]
""",
    "PostgreSQL": """
Resources:
  Database:
    Type: AWS::RDS::DBInstance
    Properties:
      Engine: postgres
      MasterUsername: admin
      EnableCloudwatchLogsExports: [postgresql, upgrade]
""",
    "MySQL with audit": """
Resources:
  Database:
    Type: AWS::RDS::DBInstance
    Properties:
      Engine: mysql
      MasterUsername: admin
      EnableCloudwatchLogsExports: [audit]
""",
    "another engine": """
Resources:
  Database:
    Type: AWS::RDS::DBInstance
    Properties:
      Engine: oracle-ee
      EnableCloudwatchLogsExports: [alert]
""",
}

BAD = {
    "log of PostgreSQL": (
        """
Resources:
  Database:
    Type: AWS::RDS::DBCluster
    Properties:
      Engine: aurora-mysql
      EnableCloudwatchLogsExports: [error, postgresql]
""",
        "Resources/Database/Properties/EnableCloudwatchLogsExports",
        "EnableCloudwatchLogsExports has postgresql, and aurora-mysql has only audit, "
        "error, general, iam-db-auth-error, instance, slowquery: RDS refuses it.",
    ),
    "log of MySQL": (
        """
Resources:
  Database:
    Type: AWS::RDS::DBInstance
    Properties:
      Engine: postgres
      MasterUsername: admin
      EnableCloudwatchLogsExports: [slowquery]
""",
        "Resources/Database/Properties/EnableCloudwatchLogsExports",
        "EnableCloudwatchLogsExports has slowquery, and postgres has only "
        "iam-db-auth-error, postgresql, upgrade: RDS refuses it.",
    ),
}
