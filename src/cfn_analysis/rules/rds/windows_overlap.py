import re
from typing import Any

from cfn_analysis.rules.support.aurora import CLUSTER, INSTANCE
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator, properties_of
from cfn_analysis.rules.support.scenarios import only_value, property_scenarios

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class WindowsOverlap(Rule):
    """Backup window inside the maintenance window.

    RDS refuses a database whose daily backup window and weekly maintenance window overlap, and a window of
    less than 30 minutes.
    """

    id = "E9691"
    source_url = "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBCluster.html"
    fault_class = "values"
    looks_at = properties_of(CLUSTER, INSTANCE)

    def faults(self, validator: Validator, properties: Any) -> Faults:
        names = ("PreferredBackupWindow", "BackupWindow", "PreferredMaintenanceWindow")
        for found, case in property_scenarios(validator, properties, *names):
            spans = {}
            for name, value in found.items():
                span = _span(only_value(case, value))
                if span:
                    spans[name] = span
                    if (span[1] - span[0]) % 1440 < 30:
                        yield Fault(
                            (name,), f"{name} is shorter than 30 minutes{{when}}: RDS refuses it.", case
                        )
            backup = spans.get("PreferredBackupWindow") or spans.get("BackupWindow")
            other = spans.get("PreferredMaintenanceWindow")
            if backup and other and other[0] >= 1440 and _overlap(backup, other):
                yield Fault(
                    ("PreferredMaintenanceWindow",),
                    f"PreferredMaintenanceWindow is {found['PreferredMaintenanceWindow']}{{when}}, which "
                    "overlaps the daily backup window: RDS refuses the database. Move one of them.",
                    case,
                )


def _span(window: Any) -> tuple[int, int] | None:
    """Return begin and end in minutes; with a day, from 1440 on."""
    found = re.fullmatch(
        r"(?:(\w{3}):)?(\d\d):(\d\d)-(?:(\w{3}):)?(\d\d):(\d\d)",
        window.lower() if isinstance(window, str) else "",
    )
    if not found or any(day and day not in DAYS for day in (found[1], found[4])):
        return None
    begin, end = (
        (DAYS.index(day) + 1 if day else 0) * 1440 + int(hour) * 60 + int(minute)
        for day, hour, minute in (found.groups()[:3], found.groups()[3:])
    )
    return begin, end if end > begin else end + (10080 if found[1] else 1440)


def _overlap(backup: tuple[int, int], maintenance: tuple[int, int]) -> bool:
    return any(
        backup[0] + day * 1440 < maintenance[1] and maintenance[0] < backup[1] + day * 1440
        for day in range(10)
    )
