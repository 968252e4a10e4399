import re
from typing import Any

from cfn_analysis.rules.support.references import own_type
from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator, properties_of
from cfn_analysis.rules.support.scenarios import only_value, property_scenarios

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY, WEEK = 1440, 10080  # minutes
WINDOW = re.compile(r"(?:(\w{3}):)?(\d\d):(\d\d)-(?:(\w{3}):)?(\d\d):(\d\d)")


# Type, the property with the daily window, and the shortest window in minutes.
# https://github.com/hashicorp/terraform/issues/17247
# https://github.com/hashicorp/terraform-provider-aws/pull/2153
WINDOWS = {
    "AWS::DocDB::DBCluster": ("PreferredBackupWindow", 30),
    "AWS::ElastiCache::CacheCluster": ("SnapshotWindow", 60),
    "AWS::ElastiCache::ReplicationGroup": ("SnapshotWindow", 60),
    "AWS::Neptune::DBCluster": ("PreferredBackupWindow", 30),
    "AWS::RDS::DBCluster": ("PreferredBackupWindow", 30),
    "AWS::RDS::DBInstance": ("PreferredBackupWindow", 30),
}
MAINTENANCE = "PreferredMaintenanceWindow"


class WindowsOverlap(Rule):
    """Backup window inside the maintenance window.

    RDS and ElastiCache refuse a daily backup window and a weekly maintenance window that overlap, and a
    window of less than 30 minutes, or 60 minutes in ElastiCache.
    """

    id = "E9691"
    source_url = "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBCluster.html"
    finding_class = "values"
    looks_at = properties_of(*WINDOWS)

    def findings(self, validator: Validator, properties: Any) -> Findings:
        daily, shortest = WINDOWS[own_type(validator)]
        for windows, case in property_scenarios(validator, properties, daily, MAINTENANCE):
            spans = {name: _span(only_value(case, value)) for name, value in windows.items()}
            for name, span in spans.items():
                if span and (span[1] - span[0]) % 1440 < shortest:
                    message = f"{name} is shorter than {shortest} minutes{{when}}: the service refuses it."
                    yield RuleFinding((name,), message, case)
            backup, weekly = spans.get(daily), spans.get(MAINTENANCE)
            if backup and weekly and weekly[0] >= 1440 and _overlap(backup, weekly):
                yield RuleFinding(
                    (MAINTENANCE,),
                    f"{MAINTENANCE} is {windows[MAINTENANCE]}{{when}}, which overlaps the daily backup "
                    "window: the service refuses it. Move one of them.",
                    case,
                )


def _span(window: Any) -> tuple[int, int] | None:
    """Return begin and end in minutes; with a day, from 1440 on."""
    if not isinstance(window, str):
        return None
    times = WINDOW.fullmatch(window.lower())
    if times is None:
        return None
    begin_day, begin_hour, begin_minute, end_day, end_hour, end_minute = times.groups()
    begin = _minutes(begin_day, begin_hour, begin_minute)
    end = _minutes(end_day, end_hour, end_minute)
    if begin is None or end is None:
        return None
    if end <= begin:
        end += WEEK if begin_day else DAY
    return begin, end


def _minutes(day: str | None, hour: str, minute: str) -> int | None:
    """Return a time in minutes; with a day, from 1440 on; None for another word than a day."""
    minutes = int(hour) * 60 + int(minute)
    if day is None:
        return minutes
    if day not in DAYS:
        return None
    return (DAYS.index(day) + 1) * DAY + minutes


def _overlap(backup: tuple[int, int], maintenance: tuple[int, int]) -> bool:
    return any(
        backup[0] + day * 1440 < maintenance[1] and maintenance[0] < backup[1] + day * 1440
        for day in range(10)
    )
