"""Advanced database insights."""

from ..harness import frame, row

database = frame("""
  Database: {Type: AWS::RDS::DBCluster, Properties: {DatabaseInsightsMode: <mode>}}
""")

case = row(
    "<text>",
    "Resources/Database/Properties/DatabaseInsightsMode",
    "DatabaseInsightsMode is advanced, and PerformanceInsightsRetentionPeriod is <found>: RDS refuses "
    "that. Set it to 465, and enable Performance Insights.",
)

GOOD = {
    "fifteen months": database(
        "advanced, PerformanceInsightsEnabled: true, PerformanceInsightsRetentionPeriod: 465"
    ),
    "standard": database("standard"),
}

BAD = {
    "a week": case(database("advanced"), "missing"),
    "a month": case(database("advanced, PerformanceInsightsRetentionPeriod: 31"), "31"),
}
