"""Logs that a database exports."""

from ..harness import frame, row

database = frame("""
  Database:
    Type: AWS::RDS::<kind=DBInstance>
    Properties: {Engine: <engine>, <more=>EnableCloudwatchLogsExports: [<logs>]}
""")

case = row(
    "<text>",
    "Resources/Database/Properties/EnableCloudwatchLogsExports",
    "EnableCloudwatchLogsExports has <message>: RDS refuses it.",
)

ADMIN = "MasterUsername: admin, "

GOOD = {
    "Aurora MySQL": database("aurora-mysql", "audit, error, slowquery", "DBCluster"),
    "PostgreSQL": database("postgres", "postgresql, upgrade", more=ADMIN),
    "MySQL with audit": database("mysql", "audit", more=ADMIN),
    "another engine": database("oracle-ee", "alert"),
}

BAD = {
    "log of PostgreSQL": case(
        database("aurora-mysql", "error, postgresql", "DBCluster"),
        "postgresql, and aurora-mysql has only audit, error, general, iam-db-auth-error, instance, slowquery",
    ),
    "log of MySQL": case(
        database("postgres", "slowquery", more=ADMIN),
        "slowquery, and postgres has only iam-db-auth-error, postgresql, upgrade",
    ),
}
