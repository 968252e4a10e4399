"""Windows of databases."""

from ..harness import frame, row

cluster = frame("""
  One:
    Type: AWS::RDS::DBCluster
    Properties: {PreferredBackupWindow: '<backup>', PreferredMaintenanceWindow: '<maintenance>'}
""")

case = row(
    "<text>",
    "Resources/One/Properties/PreferredMaintenanceWindow",
    "PreferredMaintenanceWindow is <found>:00, which overlaps the daily backup window: the service refuses "
    "it. Move one of them.",
)

GOOD = {
    "apart": cluster("17:00-18:00", "sat:18:30-sat:19:30"),
    "next day": cluster("01:00-02:00", "sun:23:00-mon:00:00"),
}

CACHE = """
  One:
    Type: AWS::ElastiCache::ReplicationGroup
    Properties: {SnapshotWindow: '17:00-18:00', PreferredMaintenanceWindow: '<window>'}
"""

BAD = {
    "cache": case(CACHE.replace("<window>", "sat:17:30-sat:19:00"), "sat:17:30-sat:19"),
    "short for a cache": (
        CACHE.replace("<window>", "sat:18:30-sat:19:00"),
        "Resources/One/Properties/PreferredMaintenanceWindow",
        "PreferredMaintenanceWindow is shorter than 60 minutes: the service refuses it.",
    ),
    "inside": case(cluster("17:00-18:00", "sat:17:30-sat:18:00"), "sat:17:30-sat:18"),
    "over midnight": case(cluster("23:30-00:30", "sun:00:00-sun:01:00"), "sun:00:00-sun:01"),
    "short": (
        cluster("17:00-17:10", "sat:18:30-sat:19:30"),
        "Resources/One/Properties/PreferredBackupWindow",
        "PreferredBackupWindow is shorter than 30 minutes: the service refuses it.",
    ),
}
