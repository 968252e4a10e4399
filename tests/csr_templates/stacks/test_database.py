"""Facts of the database stack."""

import json
import re
from itertools import pairwise
from pathlib import Path

import cfnlint
import pytest

from cfn_analysis.model.resolving import resolve
from tests.alarm_subjects import alarm_on, alarms_of, alarms_on
from tests.csr_templates.stacks.resources import Template, of_type

EXTENSIONS = Path(cfnlint.__file__).parent / "data" / "schemas" / "extensions"
CLUSTER = {"Ref": "DatabaseCluster"}
WRITER = {"DBClusterIdentifier": CLUSTER, "Role": "WRITER"}


@pytest.fixture(scope="module")
def resources(database: Template) -> Template:
    """Logical ID -> resource, with production's values, in account 123456789012."""
    resources: Template = resolve(database)["Resources"]
    return resources


def with_values(template: Template, **parameters: str) -> Template:
    """Return the resources that exist with these parameter values."""
    resources: Template = resolve(template, parameters)["Resources"]
    return resources


def att(logical_id: str, attribute: str) -> dict[str, list[str]]:
    """Return a reference to an attribute of a resource."""
    return {"Fn::GetAtt": [logical_id, attribute]}


# ---- Parameters ----


def classes_on_offer() -> set[str]:
    """Return the instance classes of Aurora MySQL in Tokyo, according to cfn-lint."""
    data = json.loads((EXTENSIONS / "aws_rds_dbinstance" / "dbinstanceclass_enum.json").read_text())
    (classes,) = (
        rule["then"]["properties"]["DBInstanceClass"]["enum"]
        for rule in data["ap-northeast-1"]["allOf"]
        if rule["if"]["properties"].get("Engine") == {"const": "aurora-mysql"}
        and rule["if"]["properties"].get("LicenseModel") is False
    )
    return set(classes)


def test_instance_classes(database: Template) -> None:
    """All available classes are allowed, except those that Aurora MySQL 3 does not support, and serverless.

    Only T classes have CPU credits, and all classes except db.t3 support Performance Insights. The threshold
    of the memory alarm is the same share of memory for each class.
    """
    refused = re.compile(r"db[.](t2[.].*|t3[.]small|r3[.].*|r4[.].*|serverless)")
    expected = {name for name in classes_on_offer() if not refused.fullmatch(name)}

    assert set(database["Parameters"]["DatabaseInstanceClass"]["AllowedValues"]) == expected
    mapping = database["Mappings"]["InstanceClasses"]
    low = {name: facts["LowMemory"] for name, facts in mapping.items()}
    assert low["db.r5.xlarge"] == low["db.r8a.xlarge"] == 2 * low["db.r5.large"]
    assert low["db.r8g.48xlarge"] == 12 * low["db.r8g.4xlarge"]
    assert low["db.t4g.large"] == 2 * low["db.t4g.medium"]
    assert {name: {**facts, "LowMemory": 0} for name, facts in mapping.items()} == {
        name: {
            "LowMemory": 0,
            "Burstable": "true" if name.startswith("db.t") else "false",
            "PerformanceInsights": "false" if name.startswith("db.t3.") else "true",
        }
        for name in expected
    }


def engine_versions(file: str) -> set[str]:
    """Return the versions of Aurora MySQL in one of cfn-lint's lists."""
    data = json.loads((EXTENSIONS / "aws_rds_dbcluster" / file).read_text())
    return set(re.findall(r"8[.]0[.]mysql_aurora[.]3[.][0-9.]+", json.dumps(data)))


def test_engine_version_is_the_newest_of_its_line(database: Template) -> None:
    """The default is the newest patch of its minor version that can still be created."""
    creatable = engine_versions("engine_version.json") - engine_versions("engine_version_deprecated.json")
    line, _, patch = database["Parameters"]["DatabaseEngineVersion"]["Default"].rpartition(".")

    patches = [int(version.rpartition(".")[2]) for version in creatable if version.startswith(f"{line}.")]
    assert int(patch) == max(patches)


# ---- Parameter groups and logs ----


def test_log_groups_come_first(resources: Template) -> None:
    """Otherwise, Aurora would create the log groups without our key and without expiration."""
    groups = of_type(resources, "AWS::Logs::LogGroup")
    cluster = resources["DatabaseCluster"]["Properties"]

    assert {group["LogGroupName"] for group in groups.values()} == {
        f"/aws/rds/cluster/{cluster['DBClusterIdentifier']}/{log}"
        for log in cluster["EnableCloudwatchLogsExports"]
    }
    assert resources["DatabaseCluster"]["DependsOn"] == list(groups)


# ---- Cluster ----


@pytest.mark.parametrize(("protected", "deleted"), [("true", False), ("false", True)])
def test_automated_backups_outlive_a_protected_cluster(
    database: Template, protected: str, deleted: bool
) -> None:
    """Automated backups are kept after a protected cluster is deleted, for a point-in-time restore."""
    cluster = with_values(database, DatabaseDeletionProtection=protected)["DatabaseCluster"]

    assert cluster["Properties"]["DeleteAutomatedBackups"] is deleted


def minutes(window: str) -> tuple[int, int]:
    """Return start and end of a window in UTC, in minutes of the week. Without a day, it is on Saturday."""
    days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    start, end = (
        days.index(day or "sat") * 1440 + int(hour) * 60 + int(minute)
        for day, hour, minute in re.findall(r"(?:([a-z]{3}):)?(\d\d):(\d\d)", window)
    )
    return start, end


def test_windows(resources: Template) -> None:
    """The windows for backup and maintenance are at night in Tokyo, and none of them overlap."""
    windows: list[tuple[int, int, str]] = []
    for logical_id in ("DatabaseCluster", *of_type(resources, "AWS::RDS::DBInstance")):
        for name in ("PreferredBackupWindow", "PreferredMaintenanceWindow"):
            window = resources[logical_id]["Properties"].get(name)
            if window:
                windows.append((*minutes(window), f"{name} of {logical_id} in stacks/database.py"))
    windows.sort()

    for start, end, where in windows:
        assert end - start >= 30, f"{where}: RDS requires 30 minutes."
        # 01:00-05:00 in Tokyo
        is_at_night = 1 * 60 <= (start + 9 * 60) % 1440 < (end + 9 * 60) % 1440 <= 5 * 60
        assert is_at_night, f"{where}: Choose a window from 16:00 to 20:00 UTC, the night in Tokyo."
    for (_, end, earlier), (start, _, where) in pairwise(windows):
        assert end <= start, f"{where}: It overlaps {earlier}. Choose another half hour."


# ---- Instances ----


@pytest.mark.parametrize(
    ("multi_az", "read_replica", "is_created"),
    [
        pytest.param("true", "true", True, id="both"),
        pytest.param("true", "false", True, id="multi-az"),
        pytest.param("false", "true", True, id="replica"),
        pytest.param("false", "false", False, id="neither"),
    ],
)
def test_second_instance(database: Template, multi_az: str, read_replica: str, is_created: bool) -> None:
    """The second instance serves both failover and reads, so either parameter creates it."""
    resources = with_values(database, DatabaseMultiAZ=multi_az, DatabaseReadReplica=read_replica)

    assert "DatabaseInstance1" in resources
    assert ("DatabaseInstance2" in resources) is is_created


def common(resources: Template) -> Template:
    """Return the properties of the instances without the individual ones, which must be the same."""
    first, *others = [
        without_own(instance) for instance in of_type(resources, "AWS::RDS::DBInstance").values()
    ]
    assert all(properties == first for properties in others)
    return first


def without_own(instance: Template) -> Template:
    """Return the properties of an instance without its individual ones."""
    individual = {"AvailabilityZone", "PromotionTier", "PreferredMaintenanceWindow", "Tags"}
    return {name: value for name, value in instance.items() if name not in individual}


@pytest.mark.parametrize("instance_class", ["db.t4g.medium", "db.r6g.large", "db.r8g.48xlarge"])
def test_performance_insights_where_supported(database: Template, instance_class: str) -> None:
    """Performance Insights is on for classes that support it."""
    instance = common(with_values(database, DatabaseInstanceClass=instance_class))

    assert instance["EnablePerformanceInsights"] is True


@pytest.mark.parametrize("instance_class", ["db.t3.medium", "db.r6g.large"])
def test_key_of_performance_insights_never_changes(database: Template, instance_class: str) -> None:
    """Every class uses the key of the database, because adding or removing the key later cannot be undone."""
    instance = common(with_values(database, DatabaseInstanceClass=instance_class))

    assert instance["PerformanceInsightsKMSKeyId"] == att("DatabaseKey", "Arn")


def test_a_stopped_cluster_without_deletion_protection_notifies_no_one(database: Template) -> None:
    """Without deletion protection, stops and starts do not notify the person on call, but failures do."""
    resources = with_values(database, DatabaseDeletionProtection="false")
    categories = resources["DatabaseInstanceFailures"]["Properties"]["EventCategories"]

    assert categories == ["failure", "low storage", "recovery", "deletion"]
    assert not [alarm for alarm in alarms_of(resources).values() if alarm["TreatMissingData"] == "breaching"]


# ---- Alarms ----


def test_silent_database(database: Template, resources: Template) -> None:
    """An alarm on missing data depends on the monitored instance, and counts samples."""
    instances = {"WRITER": "DatabaseInstance1", "READER": "DatabaseInstance2"}
    for logical_id, alarm in alarms_of(resources).items():
        if alarm["TreatMissingData"] == "breaching":
            roles = [dimension["Value"] for dimension in alarm["Dimensions"] if dimension["Name"] == "Role"]
            assert [resources[logical_id]["DependsOn"]] == [instances[role] for role in roles]
            assert alarm["Statistic"] == "SampleCount"


def test_memory_alarm_follows_the_class(database: Template) -> None:
    """A larger class has more memory, so the threshold is higher."""
    small, large = (
        alarm_on(with_values(database, DatabaseInstanceClass=name), "FreeableMemory")["Threshold"]
        for name in ("db.t3.medium", "db.r6g.2xlarge")
    )

    assert small < large


def test_read_latency_without_a_reader(database: Template) -> None:
    """With one instance, reads go to the writer, so the alarm monitors the writer."""
    resources = with_values(database, DatabaseMultiAZ="false", DatabaseReadReplica="false")

    dimensions = alarm_on(resources, "ReadLatency")["Dimensions"]

    assert {dimension["Name"]: dimension["Value"] for dimension in dimensions} == WRITER


@pytest.mark.parametrize(
    ("instance_class", "exists"),
    [("db.t3.medium", True), ("db.t4g.large", True), ("db.r6g.large", False), ("db.r8a.large", False)],
)
def test_surplus_credits_are_watched_on_t_classes(
    database: Template, instance_class: str, exists: bool
) -> None:
    """Only T classes have credits, and charge for surplus credits. The dashboard shows the same metric."""
    resources = with_values(database, DatabaseInstanceClass=instance_class)
    metric = "CPUSurplusCreditsCharged"
    alarm_on(with_values(database, DatabaseInstanceClass="db.t3.medium"), metric)

    assert bool(alarms_on(resources, metric)) is exists
    assert ("CPUSurplusCreditsCharged" in repr(resources["DatabaseDashboard"])) is exists


def test_the_secret_is_attached_to_the_cluster(database: Template) -> None:
    """The attachment writes host and port into the secret, which the functions read."""
    (attachment,) = of_type(database["Resources"], "AWS::SecretsManager::SecretTargetAttachment").values()

    assert attachment["TargetId"] == {"Ref": "DatabaseCluster"}
