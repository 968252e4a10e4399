"""Facts of the database stack."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import cfnlint
import pytest

from cfn_analysis.model.resolving import resolve

Template = dict[str, Any]

EXTENSIONS = Path(cfnlint.__file__).parent / "data" / "schemas" / "extensions"
CLUSTER = {"Ref": "DatabaseCluster"}
NORMAL = {"Ref": "DatabaseAlarmTopic"}
CRITICAL = {"Ref": "DatabaseCriticalAlarmTopic"}
WRITER = {"DBClusterIdentifier": CLUSTER, "Role": "WRITER"}
READER = {"DBClusterIdentifier": CLUSTER, "Role": "READER"}


@pytest.fixture(scope="module")
def resources(database: Template) -> Template:
    """Logical ID -> resource, with production's values, in account 123456789012."""
    found: Template = resolve(database)["Resources"]
    return found


def of_type(resources: Template, resource_type: str) -> Template:
    """Return logical ID -> properties of all resources of one type."""
    return {
        logical_id: resource["Properties"]
        for logical_id, resource in resources.items()
        if resource["Type"] == resource_type
    }


def with_values(template: Template, **parameters: str) -> Template:
    """Return the resources that exist with these parameter values."""
    found: Template = resolve(template, parameters)["Resources"]
    return found


def imported(name: str) -> dict[str, str]:
    """Return the import of a value of production's network stack."""
    return {"Fn::ImportValue": f"csr-lambda-api-prod-{name}"}


def att(logical_id: str, attribute: str) -> dict[str, list[str]]:
    """Return a reference to an attribute of a resource."""
    return {"Fn::GetAtt": [logical_id, attribute]}


# ---- Parameters ----


def classes_on_offer() -> set[str]:
    """Return the instance classes of Aurora MySQL in Tokyo, according to cfn-lint."""
    data = json.loads((EXTENSIONS / "aws_rds_dbinstance" / "dbinstanceclass_enum.json").read_text())
    (found,) = (
        rule["then"]["properties"]["DBInstanceClass"]["enum"]
        for rule in data["ap-northeast-1"]["allOf"]
        if rule["if"]["properties"].get("Engine") == {"const": "aurora-mysql"}
        and rule["if"]["properties"].get("LicenseModel") is False
    )
    return set(found)


def test_instance_classes(database: Template) -> None:
    """All available classes are allowed, except those that Aurora MySQL 3 does not support, and serverless.

    Only T classes have CPU credits, and all classes except db.t3 support Performance Insights. The threshold
    of the memory alarm is the same share of memory for each class: each size has the same memory in all R
    classes.
    """
    refused = re.compile(r"db[.](t2[.].*|t3[.]small|r3[.].*|r4[.].*|serverless)")
    expected = {one for one in classes_on_offer() if not refused.fullmatch(one)}

    assert set(database["Parameters"]["DatabaseInstanceClass"]["AllowedValues"]) == expected
    found = database["Mappings"]["InstanceClasses"]
    low = {name: facts["LowMemory"] for name, facts in found.items()}
    assert low["db.t3.medium"] == 256 * 2**20
    sizes = ["large", "xlarge", "2xlarge", "4xlarge", "8xlarge"]
    for family in ("r5", "r8a"):
        memory = [low[f"db.{family}.{size}"] for size in sizes]
        assert memory == [2**30 * 2**n for n in range(5)]  # a sixteenth of 16 GiB, then doubled for each size
    assert low["db.r8g.48xlarge"] == 12 * low["db.r8g.4xlarge"] == 96 * 2**30
    assert low["db.t4g.large"] == 2 * low["db.t4g.medium"]
    assert {name: {**facts, "LowMemory": 0} for name, facts in found.items()} == {
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


# ---- Secret ----


def test_password_generation_is_final(resources: Template) -> None:
    """Do not change these settings: Secrets Manager would generate a different password.

    The cluster would keep the old one, because the text of its reference to the secret does not change, and
    no one could log in.
    """
    assert resources["DatabaseSecret"]["Properties"]["KmsKeyId"] == att("DatabaseKey", "Arn")
    assert resources["DatabaseSecret"]["Properties"]["GenerateSecretString"] == {
        "SecretStringTemplate": '{"username": "csradmin"}',
        "GenerateStringKey": "password",
        "PasswordLength": 32,
        "ExcludePunctuation": True,
    }


def test_cluster_takes_its_password_from_the_secret(resources: Template) -> None:
    """Secret and cluster have the same password, and the attachment adds the address to the secret."""
    cluster = resources["DatabaseCluster"]["Properties"]
    reference = "{{resolve:secretsmanager:${DatabaseSecret}:SecretString:%s}}"

    assert cluster["MasterUsername"] == {"Fn::Sub": reference % "username"}
    assert cluster["MasterUserPassword"] == {"Fn::Sub": reference % "password"}
    assert resources["DatabaseSecretAttachment"]["Properties"] == {
        "SecretId": {"Ref": "DatabaseSecret"},
        "TargetId": CLUSTER,
        "TargetType": "AWS::RDS::DBCluster",
    }


# ---- Network ----


def test_security_groups(resources: Template) -> None:
    """The functions can connect to HTTPS and the database. The database has no outbound access.

    A changed description would replace a group, whose name is in use, so descriptions never change.
    """
    groups = of_type(resources, "AWS::EC2::SecurityGroup")
    functions, database = groups["LambdaSecurityGroup"], groups["DatabaseSecurityGroup"]

    assert functions["GroupDescription"] == "Lambda functions: outbound HTTPS, and MySQL to the database"
    assert "SecurityGroupIngress" not in functions
    assert [
        (rule["FromPort"], rule["ToPort"], rule["CidrIp"]) for rule in functions["SecurityGroupEgress"]
    ] == [(443, 443, "0.0.0.0/0")]
    assert database["GroupDescription"] == "Aurora: MySQL from the Lambda functions"
    assert [
        (rule["FromPort"], rule["ToPort"], rule["SourceSecurityGroupId"])
        for rule in database["SecurityGroupIngress"]
    ] == [(3306, 3306, att("LambdaSecurityGroup", "GroupId"))]
    assert [rule["CidrIp"] for rule in database["SecurityGroupEgress"]] == ["127.0.0.1/32"]


def test_functions_reach_the_database(resources: Template) -> None:
    """The rule from the functions to the database is a separate resource, to avoid a circular dependency."""
    (rule,) = of_type(resources, "AWS::EC2::SecurityGroupEgress").values()

    assert rule["GroupId"] == att("LambdaSecurityGroup", "GroupId")
    assert (rule["FromPort"], rule["ToPort"]) == (3306, 3306)
    assert rule["DestinationSecurityGroupId"] == att("DatabaseSecurityGroup", "GroupId")


# ---- Parameter groups and logs ----


def test_cluster_parameters(resources: Template) -> None:
    """Connections require TLS, and times are in UTC, as in Lambda and CloudWatch."""
    settings = resources["DatabaseClusterParameterGroup"]["Properties"]["Parameters"]

    assert settings["require_secure_transport"] == "ON"
    assert settings["time_zone"] == "UTC"


def test_log_groups_come_first(resources: Template) -> None:
    """Otherwise, Aurora would create the log groups without our key and without expiration."""
    groups = of_type(resources, "AWS::Logs::LogGroup")
    cluster = resources["DatabaseCluster"]["Properties"]

    assert {group["LogGroupName"] for group in groups.values()} == {
        f"/aws/rds/cluster/{cluster['DBClusterIdentifier']}/{log}"
        for log in cluster["EnableCloudwatchLogsExports"]
    }
    assert resources["DatabaseCluster"]["DependsOn"] == list(groups)
    for group in groups.values():
        assert group["KmsKeyId"] == imported("logs-key-arn")


def test_exported_logs_are_written(resources: Template) -> None:
    """Every exported log is enabled with its own parameter. The error log is always enabled."""
    cluster = resources["DatabaseClusterParameterGroup"]["Properties"]["Parameters"]
    instance = resources["DatabaseParameterGroup"]["Properties"]["Parameters"]

    assert resources["DatabaseCluster"]["Properties"]["EnableCloudwatchLogsExports"] == [
        "audit",
        "error",
        "slowquery",
    ]
    assert (cluster["server_audit_logging"], instance["slow_query_log"]) == ("1", "1")
    assert instance["log_output"] == "FILE"


# ---- Cluster ----


def test_cluster(resources: Template) -> None:
    """The cluster is in the private subnets, encrypted, backed up and protected, and keeps its version."""
    cluster = resources["DatabaseCluster"]["Properties"]

    assert cluster["DBSubnetGroupName"] == {"Ref": "DatabaseSubnetGroup"}
    assert resources["DatabaseSubnetGroup"]["Properties"]["SubnetIds"] == [
        imported("private-subnet-1-id"),
        imported("private-subnet-2-id"),
    ]
    assert cluster["VpcSecurityGroupIds"] == [att("DatabaseSecurityGroup", "GroupId")]
    assert (cluster["StorageEncrypted"], cluster["KmsKeyId"]) == (True, att("DatabaseKey", "Arn"))
    assert int(cluster["BackupRetentionPeriod"]) > 1  # 1 is the default of AWS
    assert cluster["CopyTagsToSnapshot"] is True
    assert cluster["AutoMinorVersionUpgrade"] is False
    assert cluster["EngineLifecycleSupport"] == "open-source-rds-extended-support-disabled"


def test_deletion_protection_can_be_lifted(database: Template) -> None:
    """Deletion protection can be disabled for a temporary environment."""
    cluster = with_values(database, DatabaseDeletionProtection="false")["DatabaseCluster"]

    assert cluster["Properties"]["DeletionProtection"] == "false"


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
    cluster = resources["DatabaseCluster"]["Properties"]
    windows = [minutes(cluster["PreferredBackupWindow"]), minutes(cluster["PreferredMaintenanceWindow"])]
    windows += [
        minutes(instance["PreferredMaintenanceWindow"])
        for instance in of_type(resources, "AWS::RDS::DBInstance").values()
    ]
    windows.sort()

    for start, end in windows:
        assert end - start >= 30
        assert 1 * 60 <= (start + 9 * 60) % 1440 < (end + 9 * 60) % 1440 <= 5 * 60  # 01:00-05:00 in Tokyo
    for (_, end), (start, _) in pairwise(windows):
        assert end <= start


# ---- Instances ----


@pytest.mark.parametrize(
    ("multi_az", "read_replica", "expected"),
    [
        pytest.param("true", "true", ["DatabaseInstance1", "DatabaseInstance2"], id="both"),
        pytest.param("true", "false", ["DatabaseInstance1", "DatabaseInstance2"], id="multi-az"),
        pytest.param("false", "true", ["DatabaseInstance1", "DatabaseInstance2"], id="replica"),
        pytest.param("false", "false", ["DatabaseInstance1"], id="neither"),
    ],
)
def test_second_instance(database: Template, multi_az: str, read_replica: str, expected: list[str]) -> None:
    """The second instance serves both failover and reads, so either parameter creates it."""
    resources = with_values(database, DatabaseMultiAZ=multi_az, DatabaseReadReplica=read_replica)

    assert list(of_type(resources, "AWS::RDS::DBInstance")) == expected


def test_instances_are_in_two_zones(resources: Template) -> None:
    """The first instance is created first, so it becomes the writer. Each has its own promotion tier."""
    first, second = resources["DatabaseInstance1"], resources["DatabaseInstance2"]

    assert first["Properties"]["AvailabilityZone"] == imported("private-subnet-1-availability-zone")
    assert first["Properties"]["PromotionTier"] == 0
    assert "DependsOn" not in first
    assert second["Properties"]["AvailabilityZone"] == imported("private-subnet-2-availability-zone")
    assert second["Properties"]["PromotionTier"] == 1
    assert second["DependsOn"] == "DatabaseInstance1"


def common(resources: Template) -> Template:
    """Return the properties of the instances without the individual ones, which must be the same."""
    apart = {"AvailabilityZone", "PromotionTier", "PreferredMaintenanceWindow", "Tags"}
    first, *others = (
        {name: value for name, value in instance.items() if name not in apart}
        for instance in of_type(resources, "AWS::RDS::DBInstance").values()
    )
    assert all(other == first for other in others)
    return first


def test_instances_are_alike(resources: Template) -> None:
    """Both instances have the same settings, as Database Insights requires.

    They are deleted with the stack.
    """
    found = common(resources)

    assert (found["AutoMinorVersionUpgrade"], found["PubliclyAccessible"]) == (False, False)
    assert found["DBParameterGroupName"] == {"Ref": "DatabaseParameterGroup"}
    assert found["EnablePerformanceInsights"] is False
    for logical_id in ("DatabaseInstance1", "DatabaseInstance2"):
        assert resources[logical_id]["DeletionPolicy"] == "Delete"
        assert resources[logical_id]["UpdateReplacePolicy"] == "Delete"


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


def test_monitoring_role(resources: Template) -> None:
    """Enhanced Monitoring can write only to its log groups, in this account and region."""
    role = resources["MonitoringRole"]["Properties"]
    groups = "arn:aws:logs:ap-northeast-1:123456789012:log-group:RDS*"

    assert [one["Resource"] for one in role["Policies"][0]["PolicyDocument"]["Statement"]] == [
        [groups],
        [f"{groups}:log-stream:*"],
    ]


# ---- Event subscriptions ----


@pytest.mark.parametrize("reader", ["true", "false"])
def test_event_subscriptions(database: Template, reader: str) -> None:
    """Events that stop or move the database notify the critical topic, changes notify the normal topic.

    Both apply to the cluster and each instance. RDS rejects a topic to which it cannot publish, so each
    subscription depends on the policy of the topics.
    """
    resources = with_values(database, DatabaseMultiAZ=reader, DatabaseReadReplica=reader)
    instances = [{"Ref": "DatabaseInstance1"}, {"Ref": "DatabaseInstance2"}][: 2 if reader == "true" else 1]
    changes = {"maintenance", "configuration change", "notification"}
    found = {
        (one["SourceType"], one["SnsTopicArn"]["Ref"]): (one["SourceIds"], set(one["EventCategories"]))
        for one in of_type(resources, "AWS::RDS::EventSubscription").values()
    }

    assert found == {
        ("db-cluster", "DatabaseCriticalAlarmTopic"): ([CLUSTER], {"failover", "failure", "deletion"}),
        ("db-cluster", "DatabaseAlarmTopic"): ([CLUSTER], changes),
        ("db-instance", "DatabaseCriticalAlarmTopic"): (
            instances,
            {"availability", "failure", "low storage", "recovery", "deletion"},
        ),
        ("db-instance", "DatabaseAlarmTopic"): (instances, changes | {"security patching"}),
    }
    for resource in resources.values():
        if resource["Type"] == "AWS::RDS::EventSubscription":
            assert resource["DependsOn"] == "DatabaseAlarmTopicsPolicy"


def test_a_stopped_cluster_without_deletion_protection_notifies_no_one(database: Template) -> None:
    """Without deletion protection, stops and starts do not notify the person on call, but failures do."""
    resources = with_values(database, DatabaseDeletionProtection="false")
    categories = resources["DatabaseInstanceFailures"]["Properties"]["EventCategories"]

    assert categories == ["failure", "low storage", "recovery", "deletion"]
    assert not {"DatabaseSilentAlarm", "DatabaseReaderSilentAlarm"} & resources.keys()


# ---- Alarms ----

ALARMS = {
    # name: metric, dimensions, topic
    "database-cpu-high": ("CPUUtilization", WRITER, CRITICAL),
    "database-connections-high": ("DatabaseConnections", WRITER, CRITICAL),
    "database-read-latency-high": ("ReadLatency", READER, NORMAL),
    "database-write-latency-high": ("WriteLatency", WRITER, CRITICAL),
    "database-surplus-credits-charged": (
        "CPUSurplusCreditsCharged",
        {"DBClusterIdentifier": CLUSTER},
        NORMAL,
    ),
    "database-silent": ("CPUUtilization", WRITER, CRITICAL),
    "database-reader-cpu-high": ("CPUUtilization", READER, NORMAL),
    "database-reader-connections-high": ("DatabaseConnections", READER, NORMAL),
    "database-replica-lag": ("AuroraReplicaLag", READER, NORMAL),
    "database-memory-low": ("FreeableMemory", WRITER, NORMAL),
    "database-storage-low": ("FreeLocalStorage", WRITER, NORMAL),
}


def alarms(resources: Template) -> Template:
    """Return name without project and environment -> properties of the alarm, its dimensions as a dict."""
    return {
        alarm["AlarmName"].removeprefix("csr-lambda-api-prod-"): {
            **alarm,
            "Dimensions": {one["Name"]: one["Value"] for one in alarm["Dimensions"]},
        }
        for alarm in of_type(resources, "AWS::CloudWatch::Alarm").values()
    }


@pytest.mark.parametrize("name", ALARMS)
def test_alarm(resources: Template, name: str) -> None:
    """Each alarm monitors its metric by role, and notifies its topic when it starts and when it ends."""
    found = alarms(resources)
    alarm = found[name]
    metric, dimensions, topic = ALARMS[name]

    assert (alarm["Namespace"], alarm["MetricName"], alarm["Dimensions"]) == ("AWS/RDS", metric, dimensions)
    assert (alarm["TreatMissingData"] == "breaching") is (name == "database-silent")
    assert (alarm["ComparisonOperator"] == "LessThanThreshold") is name.endswith(("-silent", "-low"))
    assert alarm["AlarmActions"] == alarm["OKActions"] == [topic]


def test_silent_database(database: Template, resources: Template) -> None:
    """The alarm depends on the monitored instance.

    It does not exist for a cluster that is stopped at night.
    """
    stoppable = with_values(database, DatabaseDeletionProtection="false")

    assert resources["DatabaseSilentAlarm"]["DependsOn"] == "DatabaseInstance1"
    assert alarms(resources)["database-silent"]["Statistic"] == "SampleCount"
    assert "database-silent" not in alarms(stoppable)


@pytest.mark.parametrize(("instance_class", "mebibytes"), [("db.t3.medium", 256), ("db.r6g.2xlarge", 4096)])
def test_memory_alarm_follows_the_class(database: Template, instance_class: str, mebibytes: int) -> None:
    """A larger class has more memory, so the threshold is higher."""
    resources = with_values(database, DatabaseInstanceClass=instance_class)

    assert alarms(resources)["database-memory-low"]["Threshold"] == mebibytes * 2**20


def test_read_latency_without_a_reader(database: Template) -> None:
    """With one instance, reads go to the writer, so the alarm monitors the writer."""
    resources = with_values(database, DatabaseMultiAZ="false", DatabaseReadReplica="false")

    assert alarms(resources)["database-read-latency-high"]["Dimensions"] == WRITER


@pytest.mark.parametrize(
    ("instance_class", "exists"),
    [("db.t3.medium", True), ("db.t4g.large", True), ("db.r6g.large", False), ("db.r8a.large", False)],
)
def test_surplus_credits_are_watched_on_t_classes(
    database: Template, instance_class: str, exists: bool
) -> None:
    """Only T classes have credits, and charge for surplus credits. The dashboard shows the same metric."""
    resources = with_values(database, DatabaseInstanceClass=instance_class)
    found = alarms(resources)

    assert ("database-surplus-credits-charged" in found) is exists
    assert ("CPUSurplusCreditsCharged" in repr(resources["DatabaseDashboard"])) is exists
