"""Facts of the database stack."""

from __future__ import annotations

import json
import re
from itertools import pairwise, product
from pathlib import Path
from typing import Any

import cfnlint
import pytest

from csr_templates import database, render
from csr_templates.cloudformation.rendering import load
from csr_templates.cloudformation.resolving import resolve
from csr_templates.linting.runner import lint
from csr_templates.stacks.parts.dashboards import DashboardError

Template = dict[str, Any]

EXTENSIONS = Path(cfnlint.__file__).parent / "data" / "schemas" / "extensions"
CLUSTER = {"Ref": "DatabaseCluster"}
NORMAL = {"Ref": "DatabaseAlarmTopic"}
CRITICAL = {"Ref": "DatabaseCriticalAlarmTopic"}
WRITER = {"DBClusterIdentifier": CLUSTER, "Role": "WRITER"}
READER = {"DBClusterIdentifier": CLUSTER, "Role": "READER"}


@pytest.fixture(scope="module")
def resolved(database: Template) -> Template:
    """The stack with production's values, in account 123456789012."""
    return resolve(database)


@pytest.fixture(scope="module")
def resources(resolved: Template) -> Template:
    """Logical ID -> resource."""
    found: Template = resolved["Resources"]
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


def test_parameters(database: Template) -> None:
    """The parameters are these, and their defaults are production's."""
    assert {name: parameter["Default"] for name, parameter in database["Parameters"].items()} == {
        "ProjectName": "csr-lambda-api",
        "Environment": "prod",
        "DatabaseInstanceClass": "db.t3.medium",
        "DatabaseMultiAZ": "true",
        "DatabaseReadReplica": "true",
        "DatabaseName": "csr_lambda_prod",
        "DatabaseEngineVersion": "8.0.mysql_aurora.3.10.6",
        "DatabaseDeletionProtection": "true",
    }


def test_password_is_no_parameter(database: Template) -> None:
    """There is one password, in the secret; nobody passes one in."""
    for name, parameter in database["Parameters"].items():
        assert "password" not in name.lower()
        assert "NoEcho" not in parameter


def classes_on_offer() -> set[str]:
    """Return the classes that AWS offers for Aurora MySQL in Tokyo, as cfn-lint lists them."""
    data = json.loads((EXTENSIONS / "aws_rds_dbinstance" / "dbinstanceclass_enum.json").read_text())
    (found,) = (
        rule["then"]["properties"]["DBInstanceClass"]["enum"]
        for rule in data["ap-northeast-1"]["allOf"]
        if rule["if"]["properties"].get("Engine") == {"const": "aurora-mysql"}
        and rule["if"]["properties"].get("LicenseModel") is False
    )
    return set(found)


def test_instance_classes(database: Template) -> None:
    """What is on offer may be chosen, but not what Aurora MySQL 3 refuses, nor serverless capacity."""
    refused = re.compile(r"db[.](t2[.].*|t3[.]small|r3[.].*|r4[.].*|serverless)")
    expected = {one for one in classes_on_offer() if not refused.fullmatch(one)}

    assert set(database["Parameters"]["DatabaseInstanceClass"]["AllowedValues"]) == expected
    assert set(database["Mappings"]["InstanceClasses"]) == expected


def test_performance_insights_by_class(database: Template) -> None:
    """Aurora MySQL has Performance Insights on every class of the list but db.t3."""
    without = {
        name
        for name, facts in database["Mappings"]["InstanceClasses"].items()
        if facts["PerformanceInsights"] == "false"
    }

    assert without == {"db.t3.medium", "db.t3.large"}


def test_burstable_classes(database: Template) -> None:
    """T classes are the ones that earn and spend CPU credits."""
    burstable = {
        name
        for name, facts in database["Mappings"]["InstanceClasses"].items()
        if facts["Burstable"] == "true"
    }

    assert burstable == {name for name in database["Mappings"]["InstanceClasses"] if name.startswith("db.t")}


def engine_versions(file: str) -> set[str]:
    """Return the versions of Aurora MySQL in one of cfn-lint's lists."""
    data = json.loads((EXTENSIONS / "aws_rds_dbcluster" / file).read_text())
    return set(re.findall(r"8[.]0[.]mysql_aurora[.]3[.][0-9.]+", json.dumps(data)))


def test_engine_version_is_the_newest_with_long_term_support(database: Template) -> None:
    """The default is the newest patch of the 3.10 line that can still be created."""
    creatable = engine_versions("engine_version.json") - engine_versions("engine_version_deprecated.json")
    patches = [int(version.rpartition(".")[2]) for version in creatable if ".3.10." in version]

    default = database["Parameters"]["DatabaseEngineVersion"]["Default"]
    assert default == f"8.0.mysql_aurora.3.10.{max(patches)}"


@pytest.mark.parametrize(
    ("parameter", "value", "accepted"),
    [
        ("DatabaseEngineVersion", "8.0.mysql_aurora.3.10.6", True),
        ("DatabaseEngineVersion", "8.0.mysql_aurora.3.04.4", True),
        ("DatabaseEngineVersion", "8.0.mysql_aurora.3.10.12", True),
        ("DatabaseEngineVersion", "5.7.mysql_aurora.2.12.6", False),
        ("DatabaseEngineVersion", "8.4.mysql_aurora.8.4.8", False),
        ("DatabaseEngineVersion", "8.0", False),
        ("DatabaseEngineVersion", "8.0.mysql_aurora.3.10.6 ", False),
        ("DatabaseName", "csr_lambda_prod", True),
        ("DatabaseName", "App2", True),
        ("DatabaseName", "2app", False),
        ("DatabaseName", "csr-lambda", False),
        ("DatabaseName", "_app", False),
        ("DatabaseName", "", False),
    ],
)
def test_patterns(database: Template, parameter: str, value: str, accepted: bool) -> None:
    """Engines other than Aurora MySQL 3, and names that MySQL refuses, stop before anything is made."""
    pattern = database["Parameters"][parameter]["AllowedPattern"]

    assert bool(re.fullmatch(pattern, value)) is accepted


# ---- Topics ----


def test_topics_are_encrypted_and_unnamed(resources: Template) -> None:
    """Both topics use the network's key for alarms: CloudWatch cannot publish through AWS's own key."""
    topics = of_type(resources, "AWS::SNS::Topic")

    assert set(topics) == {"DatabaseAlarmTopic", "DatabaseCriticalAlarmTopic"}
    for topic in topics.values():
        assert set(topic) == {"KmsMasterKeyId", "Tags"}
        assert topic["KmsMasterKeyId"] == imported("alarms-key-arn")


# ---- Secret ----


def test_secret(resources: Template) -> None:
    """The secret has the name that operators ask for, and lies under the database's own key."""
    secret = resources["DatabaseSecret"]["Properties"]

    assert secret["Name"] == "csr-lambda-api-prod-db-credentials"
    assert secret["KmsKeyId"] == att("DatabaseKey", "Arn")


def test_password_generation_is_final(resources: Template) -> None:
    """Do not change these settings: Secrets Manager would make another password.

    The cluster would keep the old one, since the text of its reference to the secret stays the same. Nobody
    could log in.
    """
    assert resources["DatabaseSecret"]["Properties"]["GenerateSecretString"] == {
        "SecretStringTemplate": '{"username": "admin"}',
        "GenerateStringKey": "password",
        "PasswordLength": 32,
        "ExcludePunctuation": True,
    }


def test_cluster_takes_its_password_from_the_secret(resources: Template) -> None:
    """Secret and cluster have one password, and the attachment adds the address to the secret."""
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
    """The functions reach HTTPS and the database; the database answers them and goes nowhere itself.

    Another name or description replaces a group, and the name would be taken: both are final.
    """
    groups = of_type(resources, "AWS::EC2::SecurityGroup")
    functions, database = groups["LambdaSecurityGroup"], groups["DatabaseSecurityGroup"]

    assert set(groups) == {"LambdaSecurityGroup", "DatabaseSecurityGroup"}
    assert functions["GroupName"] == "csr-lambda-api-prod-lambda-sg"
    assert functions["GroupDescription"] == "Lambda functions: HTTPS to anywhere, MySQL to the database"
    assert "SecurityGroupIngress" not in functions
    assert [
        (rule["IpProtocol"], rule["FromPort"], rule["ToPort"], rule["CidrIp"])
        for rule in functions["SecurityGroupEgress"]
    ] == [("tcp", 443, 443, "0.0.0.0/0")]

    assert database["GroupName"] == "csr-lambda-api-prod-database-sg"
    assert database["GroupDescription"] == "Aurora: MySQL from the Lambda functions"
    assert [
        (rule["IpProtocol"], rule["FromPort"], rule["ToPort"], rule["SourceSecurityGroupId"])
        for rule in database["SecurityGroupIngress"]
    ] == [("tcp", 3306, 3306, att("LambdaSecurityGroup", "GroupId"))]
    assert [(rule["IpProtocol"], rule["CidrIp"]) for rule in database["SecurityGroupEgress"]] == [
        ("-1", "127.0.0.1/32")
    ]


def test_functions_reach_the_database(resources: Template) -> None:
    """The rule from the functions to the database stands alone: two groups naming each other are a circle."""
    (rule,) = of_type(resources, "AWS::EC2::SecurityGroupEgress").values()

    assert rule == {
        "Description": "MySQL to the database",
        "GroupId": att("LambdaSecurityGroup", "GroupId"),
        "IpProtocol": "tcp",
        "FromPort": 3306,
        "ToPort": 3306,
        "DestinationSecurityGroupId": att("DatabaseSecurityGroup", "GroupId"),
    }


def test_rule_descriptions_are_accepted(resources: Template) -> None:
    """EC2 takes only some characters in the description of a rule."""
    for group in of_type(resources, "AWS::EC2::SecurityGroup").values():
        for rule in [*group.get("SecurityGroupIngress", []), *group["SecurityGroupEgress"]]:
            assert re.fullmatch(r"[a-zA-Z0-9 ._\-:/()#,@\[\]+=&;{}!$*]{1,255}", rule["Description"])


def test_subnet_group(resources: Template) -> None:
    """The database runs in the network's private subnets."""
    group = resources["DatabaseSubnetGroup"]["Properties"]

    assert group["SubnetIds"] == [imported("private-subnet-1-id"), imported("private-subnet-2-id")]


# ---- Parameter groups and logs ----


def test_cluster_parameters(resources: Template) -> None:
    """What MySQL takes for the whole cluster stands in the cluster's group, and there alone works."""
    group = resources["DatabaseClusterParameterGroup"]["Properties"]

    assert group["Family"] == "aurora-mysql8.0"
    assert group["Parameters"] == {
        "character_set_server": "utf8mb4",
        "collation_server": "utf8mb4_0900_ai_ci",
        "time_zone": "UTC",
        "require_secure_transport": "ON",
        "server_audit_logging": "1",
        "server_audit_events": "CONNECT,QUERY_DCL,QUERY_DDL",
        "innodb_print_all_deadlocks": "1",
    }


def test_instance_parameters(resources: Template) -> None:
    """What MySQL takes for each instance stands in the instances' group, and there alone works."""
    group = resources["DatabaseParameterGroup"]["Properties"]

    assert group["Family"] == "aurora-mysql8.0"
    assert group["Parameters"] == {
        "max_connections": "200",
        "slow_query_log": "1",
        "long_query_time": "1",
        "log_output": "FILE",
    }


def test_log_groups_come_first(resources: Template) -> None:
    """What Aurora does not find it makes: without our key, and for ever."""
    groups = of_type(resources, "AWS::Logs::LogGroup")
    prefix = "/aws/rds/cluster/csr-lambda-api-prod-aurora-cluster"

    assert {logical_id: group["LogGroupName"] for logical_id, group in groups.items()} == {
        "DatabaseErrorLogGroup": f"{prefix}/error",
        "DatabaseSlowQueryLogGroup": f"{prefix}/slowquery",
        "DatabaseAuditLogGroup": f"{prefix}/audit",
    }
    assert {json.dumps(group["KmsKeyId"]) for group in groups.values()} == {
        json.dumps(imported("logs-key-arn"))
    }
    assert resources["DatabaseCluster"]["DependsOn"] == list(groups)


def test_exported_logs_are_written(resources: Template) -> None:
    """Every log that is exported is also switched on, each on its level; errors are always written."""
    exported = resources["DatabaseCluster"]["Properties"]["EnableCloudwatchLogsExports"]
    cluster = resources["DatabaseClusterParameterGroup"]["Properties"]["Parameters"]
    instance = resources["DatabaseParameterGroup"]["Properties"]["Parameters"]

    assert exported == ["audit", "error", "slowquery"]
    assert cluster["server_audit_logging"] == "1"
    assert instance["slow_query_log"] == "1"


# ---- Cluster ----


def test_cluster(resources: Template) -> None:
    """The cluster is encrypted, backed up for 30 days, protected, and moves to no version by itself."""
    cluster = dict(resources["DatabaseCluster"]["Properties"])
    for elsewhere in ("MasterUsername", "MasterUserPassword", "Tags", "EnableCloudwatchLogsExports"):
        del cluster[elsewhere]

    assert cluster == {
        "DBClusterIdentifier": "csr-lambda-api-prod-aurora-cluster",
        "Engine": "aurora-mysql",
        "EngineVersion": "8.0.mysql_aurora.3.10.6",
        "EngineLifecycleSupport": "open-source-rds-extended-support-disabled",
        "AutoMinorVersionUpgrade": False,
        "DatabaseName": "csr_lambda_prod",
        "EnableIAMDatabaseAuthentication": True,
        "Port": 3306,
        "DBSubnetGroupName": {"Ref": "DatabaseSubnetGroup"},
        "VpcSecurityGroupIds": [att("DatabaseSecurityGroup", "GroupId")],
        "DBClusterParameterGroupName": {"Ref": "DatabaseClusterParameterGroup"},
        "StorageEncrypted": True,
        "KmsKeyId": att("DatabaseKey", "Arn"),
        "BackupRetentionPeriod": 30,
        "PreferredBackupWindow": "17:00-18:00",
        "PreferredMaintenanceWindow": "sat:18:30-sat:19:00",
        "CopyTagsToSnapshot": True,
        "DeletionProtection": "true",
        "DatabaseInsightsMode": "standard",
    }


def test_deletion_protection_can_be_lifted(database: Template) -> None:
    """An environment that comes and goes is not protected."""
    cluster = with_values(database, DatabaseDeletionProtection="false")["DatabaseCluster"]

    assert cluster["Properties"]["DeletionProtection"] == "false"


def minutes(window: str) -> tuple[int, int]:
    """Return start and end of a window, in minutes of the week in UTC; without a day, those of Saturday."""
    days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    start, end = (
        days.index(day or "sat") * 1440 + int(hour) * 60 + int(minute)
        for day, hour, minute in re.findall(r"(?:([a-z]{3}):)?(\d\d):(\d\d)", window)
    )
    return start, end


def test_windows(resources: Template) -> None:
    """Backup and maintenance are apart, in the night of Tokyo, and the two instances never wait together."""
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
    """One second instance is what is failed over to and what is read from, whichever of it is asked for."""
    resources = with_values(database, DatabaseMultiAZ=multi_az, DatabaseReadReplica=read_replica)

    assert list(of_type(resources, "AWS::RDS::DBInstance")) == expected


def test_instances_stand_in_two_zones(resources: Template) -> None:
    """The first instance is made first and so becomes the writer; both are next in line to themselves."""
    first, second = resources["DatabaseInstance1"], resources["DatabaseInstance2"]

    assert first["Properties"]["AvailabilityZone"] == imported("private-subnet-1-availability-zone")
    assert first["Properties"]["PromotionTier"] == 0
    assert "DependsOn" not in first
    assert second["Properties"]["AvailabilityZone"] == imported("private-subnet-2-availability-zone")
    assert second["Properties"]["PromotionTier"] == 1
    assert second["DependsOn"] == "DatabaseInstance1"


def test_instances_hold_no_data(resources: Template) -> None:
    """An instance goes with its stack; the data is the cluster's."""
    for logical_id in ("DatabaseInstance1", "DatabaseInstance2"):
        assert resources[logical_id]["DeletionPolicy"] == "Delete"
        assert resources[logical_id]["UpdateReplacePolicy"] == "Delete"


def common(resources: Template) -> Template:
    """Return the properties of the instances, once they agree in all but those that tell them apart."""
    apart = {"AvailabilityZone", "PromotionTier", "PreferredMaintenanceWindow", "Tags"}
    first, *others = (
        {name: value for name, value in instance.items() if name not in apart}
        for instance in of_type(resources, "AWS::RDS::DBInstance").values()
    )
    assert all(other == first for other in others)
    return first


def test_instances_are_alike(resources: Template) -> None:
    """Both instances have the same class and settings, as Database Insights needs; db.t3 is without it."""
    assert common(resources) == {
        "DBClusterIdentifier": CLUSTER,
        "DBInstanceClass": "db.t3.medium",
        "Engine": "aurora-mysql",
        "AutoMinorVersionUpgrade": False,
        "DBParameterGroupName": {"Ref": "DatabaseParameterGroup"},
        "PubliclyAccessible": False,
        "MonitoringInterval": 60,
        "MonitoringRoleArn": att("DatabaseMonitoringRole", "Arn"),
        "EnablePerformanceInsights": False,
    }


@pytest.mark.parametrize("instance_class", ["db.t4g.medium", "db.r6g.large", "db.r8g.48xlarge"])
def test_performance_insights_where_supported(database: Template, instance_class: str) -> None:
    """On classes that support it Performance Insights is on: seven days, under the database's own key."""
    instance = common(with_values(database, DatabaseInstanceClass=instance_class))

    assert instance["EnablePerformanceInsights"] is True
    assert instance["PerformanceInsightsRetentionPeriod"] == 7
    assert instance["PerformanceInsightsKMSKeyId"] == att("DatabaseKey", "Arn")


def test_monitoring_role(resources: Template) -> None:
    """Enhanced Monitoring writes to log groups of its own name in this account and region, nowhere else."""
    role = resources["DatabaseMonitoringRole"]["Properties"]
    (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
    statements = role["Policies"][0]["PolicyDocument"]["Statement"]
    groups = "arn:aws:logs:ap-northeast-1:123456789012:log-group:RDS*"

    assert trust["Principal"] == {"Service": "monitoring.rds.amazonaws.com"}
    assert trust["Condition"] == {
        "StringEquals": {"aws:SourceAccount": "123456789012"},
        "ArnLike": {"aws:SourceArn": "arn:aws:rds:ap-northeast-1:123456789012:db:*"},
    }
    assert [(statement["Action"], statement["Resource"]) for statement in statements] == [
        (["logs:CreateLogGroup", "logs:PutRetentionPolicy"], [groups]),
        (
            ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:GetLogEvents", "logs:PutLogEvents"],
            [f"{groups}:log-stream:*"],
        ),
    ]


# ---- Alarms ----

ALARMS = {
    "database-cpu-high": ("CPUUtilization", WRITER, "Average", 2, 70, CRITICAL),
    "database-connections-high": ("DatabaseConnections", WRITER, "Maximum", 2, 100, CRITICAL),
    "database-read-latency-high": ("ReadLatency", READER, "Average", 3, 0.2, NORMAL),
    "database-write-latency-high": ("WriteLatency", WRITER, "Average", 3, 0.2, CRITICAL),
    "database-surplus-credits-charged": (
        "CPUSurplusCreditsCharged",
        {"DBClusterIdentifier": CLUSTER},
        "Maximum",
        1,
        0,
        NORMAL,
    ),
}


def alarms(resources: Template) -> Template:
    """Return name without project and environment -> properties of the alarm."""
    return {
        alarm["AlarmName"].removeprefix("csr-lambda-api-prod-"): alarm
        for alarm in of_type(resources, "AWS::CloudWatch::Alarm").values()
    }


def dimensions(alarm: Template) -> Template:
    """Return name -> value of the dimensions of an alarm."""
    return {dimension["Name"]: dimension["Value"] for dimension in alarm["Dimensions"]}


def test_alarms_are_complete(resources: Template) -> None:
    """There are these alarms and no others, all under names that key and topics admit."""
    names = [alarm["AlarmName"] for alarm in of_type(resources, "AWS::CloudWatch::Alarm").values()]

    assert names == [f"csr-lambda-api-prod-{name}" for name in ALARMS]


@pytest.mark.parametrize("name", ALARMS)
def test_alarm(resources: Template, name: str) -> None:
    """Each alarm watches its metric by role, in periods of five minutes, and tells its topic twice."""
    alarm = alarms(resources)[name]
    metric, watched, statistic, periods, threshold, topic = ALARMS[name]

    assert alarm["Namespace"] == "AWS/RDS"
    assert alarm["MetricName"] == metric
    assert dimensions(alarm) == watched
    assert (alarm["Statistic"], alarm["Period"], alarm["EvaluationPeriods"]) == (statistic, 300, periods)
    assert "DatapointsToAlarm" not in alarm
    assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("GreaterThanThreshold", threshold)
    assert alarm["TreatMissingData"] == "notBreaching"
    assert alarm["AlarmActions"] == alarm["OKActions"] == [topic]


@pytest.mark.parametrize("name", ALARMS)
def test_alarm_says_what_to_look_at(resources: Template, name: str) -> None:
    """The description says what happened, and in a second sentence what to look at first; no number twice."""
    description = alarms(resources)[name]["AlarmDescription"]
    happened, look = description.split(". ", 1)

    assert happened
    assert look.startswith("Look ")
    assert "first" in look
    assert look.endswith(".")
    assert not re.search(r"\d", description)


def test_read_latency_without_a_reader(database: Template) -> None:
    """With one instance the writer is read from, and so it is the one that is watched."""
    resources = with_values(database, DatabaseMultiAZ="false", DatabaseReadReplica="false")

    assert dimensions(alarms(resources)["database-read-latency-high"]) == WRITER


@pytest.mark.parametrize(
    ("instance_class", "exists"),
    [("db.t3.medium", True), ("db.t4g.large", True), ("db.r6g.large", False), ("db.r8a.large", False)],
)
def test_surplus_credits_are_watched_on_t_classes(
    database: Template, instance_class: str, exists: bool
) -> None:
    """Only T classes have credits; they never crawl, they cost."""
    found = alarms(with_values(database, DatabaseInstanceClass=instance_class))

    assert ("database-surplus-credits-charged" in found) is exists


# ---- Dashboard ----


def widgets(resources: Template) -> Template:
    """Return title -> widget of the dashboard."""
    body = resources["DatabaseDashboard"]["Properties"]["DashboardBody"]["Fn::Sub"]
    return {widget["properties"]["title"]: widget for widget in json.loads(body)["widgets"]}


def lines(widget: Template) -> list[float]:
    """Return the values of the horizontal lines of a widget."""
    return [line["value"] for line in widget["properties"]["annotations"]["horizontal"]]


def test_dashboard(resources: Template) -> None:
    """The dashboard is found by its name and shows what an operator asks in the night, in this order."""
    assert resources["DatabaseDashboard"]["Properties"]["DashboardName"] == "csr-lambda-api-prod-database"
    assert list(widgets(resources)) == [
        "Alarms",
        "CPU",
        "Connections",
        "Read latency",
        "Write latency",
        "Replica lag",
        "Freeable memory",
        "Deadlocks",
        "Slow queries",
        "Surplus CPU credits charged (T classes)",
        "Newest slow queries",
    ]


def test_alarm_states_are_on_top(resources: Template) -> None:
    """The first widget shows the state of every alarm."""
    first = next(iter(widgets(resources).values()))

    assert (first["type"], first["y"], first["width"]) == ("alarm", 0, 24)
    assert first["properties"]["alarms"] == [
        f"${{{logical_id}.Arn}}" for logical_id in of_type(resources, "AWS::CloudWatch::Alarm")
    ]


def test_alarm_that_does_not_exist_is_not_shown(database: Template) -> None:
    """On other than T classes the dashboard does not refer to the alarm that is not there."""
    resources = with_values(database, DatabaseInstanceClass="db.r6g.large")

    assert widgets(resources)["Alarms"]["properties"]["alarms"] == [
        "${DatabaseCPUAlarm.Arn}",
        "${DatabaseConnectionsAlarm.Arn}",
        "${DatabaseReadLatencyAlarm.Arn}",
        "${DatabaseWriteLatencyAlarm.Arn}",
    ]


@pytest.mark.parametrize("title", ["CPU", "Connections", "Read latency", "Freeable memory"])
def test_writer_and_reader_side_by_side(resources: Template, title: str) -> None:
    """What both instances have is shown for both in one graph, by role: after a failover it still fits."""
    metrics = widgets(resources)[title]["properties"]["metrics"]
    own = ["DBClusterIdentifier", "${DatabaseCluster}", "Role"]

    assert [(metric[2:6], metric[6]["label"]) for metric in metrics] == [
        ([*own, "WRITER"], "Writer"),
        ([*own, "READER"], "Reader"),
    ]


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("CPU", [70]),
        ("Connections", [100, 200]),
        ("Read latency", [0.2]),
        ("Write latency", [0.2]),
        ("Surplus CPU credits charged (T classes)", [0]),
    ],
)
def test_lines(resources: Template, title: str, expected: list[float]) -> None:
    """Each graph shows where its alarm fires, that of connections also where clients are turned away."""
    assert lines(widgets(resources)[title]) == expected


def test_graphs_take_metrics_as_their_alarms_do(resources: Template) -> None:
    """What an alarm sees is what the graph draws: statistic and period are the alarm's."""
    drawn = {
        metric[1]: metric[-1]
        for widget in widgets(resources).values()
        for metric in widget["properties"].get("metrics", [])
    }
    for alarm in of_type(resources, "AWS::CloudWatch::Alarm").values():
        options = drawn[alarm["MetricName"]]
        assert (options["stat"], options["period"]) == (alarm["Statistic"], alarm["Period"])


def test_rows_fill_the_grid(resources: Template) -> None:
    """Widgets neither overlap nor leave a hole: each row is 24 columns wide."""
    rows: dict[int, list[Template]] = {}
    for widget in widgets(resources).values():
        rows.setdefault(widget["y"], []).append(widget)

    below = 0
    for y, row in rows.items():
        assert y == below
        assert [widget["x"] for widget in row] == [sum(w["width"] for w in row[:i]) for i in range(len(row))]
        assert sum(widget["width"] for widget in row) == 24
        below += row[0]["height"]


def test_dashboard_follows_a_changed_alarm() -> None:
    """After a change, derive makes the dashboard anew: once, with the new line."""
    t = database.build()
    before = list(t.resources)
    t.resources["DatabaseCPUAlarm"].Threshold = 85
    database.derive(t)
    resources = resolve(t.to_dict())["Resources"]

    assert lines(widgets(resources)["CPU"]) == [85]
    assert list(t.resources) == before
    assert t.to_dict() == load(render(t.to_dict(), sections=t.sections))


def test_deriving_twice_changes_nothing() -> None:
    """A second call of derive gives the same template."""
    t = database.build()
    before = render(t.to_dict(), sections=t.sections)
    database.derive(t)

    assert render(t.to_dict(), sections=t.sections) == before


def test_stale_dashboard_is_reported() -> None:
    """A change without derive is reported, naming the call, also from the template as it was rendered."""
    t = database.build()
    t.resources["DatabaseCPUAlarm"].Threshold = 85

    assert database.stale(load(render(t.to_dict()))) == [
        "Resources.DatabaseDashboard: The dashboard does not show what the template holds: something was "
        "changed after it was made. Call database.derive(t) after the last change."
    ]
    database.derive(t)
    assert database.stale(t.to_dict()) == []


def test_dashboard_of_a_removed_alarm() -> None:
    """A dashboard cannot show an alarm that was taken out: derive refuses, and the check reports it."""
    t = database.build()
    del t.resources["DatabaseCPUAlarm"]
    message = (
        "The dashboard shows DatabaseCPUAlarm, which the template does not hold. Take the dashboard out too, "
        "or make a body of your own with csr_templates.parts.dashboards."
    )

    assert database.stale(t.to_dict()) == [f"Resources.DatabaseDashboard: {message}"]
    with pytest.raises(DashboardError) as caught:
        database.derive(t)
    assert str(caught.value) == message


def test_template_without_dashboard_is_not_stale() -> None:
    """Whoever takes the dashboard out need not call derive."""
    t = database.build()
    del t.resources["DatabaseDashboard"]
    t.resources["DatabaseCPUAlarm"].Threshold = 85

    assert database.stale(t.to_dict()) == []


# ---- Outputs ----


def test_outputs(resolved: Template) -> None:
    """The outputs are these; what the api stack reads is exported, and nothing else."""
    exported = {
        "DatabaseClusterEndpoint": (att("DatabaseCluster", "Endpoint.Address"), "database-cluster-endpoint"),
        "DatabaseClusterReadEndpoint": (
            att("DatabaseCluster", "ReadEndpoint.Address"),
            "database-cluster-read-endpoint",
        ),
        "DatabasePort": (att("DatabaseCluster", "Endpoint.Port"), "database-port"),
        "DatabaseName": ("csr_lambda_prod", "database-name"),
        "DatabaseSecretArn": ({"Ref": "DatabaseSecret"}, "database-secret-arn"),
        "DatabaseKeyArn": (att("DatabaseKey", "Arn"), "database-key-arn"),
        "LambdaSecurityGroupId": (att("LambdaSecurityGroup", "GroupId"), "lambda-security-group-id"),
    }
    plain = {
        "DatabaseSecurityGroupId": att("DatabaseSecurityGroup", "GroupId"),
        "DatabaseSubnetGroupName": {"Ref": "DatabaseSubnetGroup"},
        "DatabaseClusterParameterGroupName": {"Ref": "DatabaseClusterParameterGroup"},
        "DatabaseParameterGroupName": {"Ref": "DatabaseParameterGroup"},
        "DatabaseClusterResourceId": att("DatabaseCluster", "DBClusterResourceId"),
        "DatabaseAlarmTopicArn": NORMAL,
        "DatabaseCriticalAlarmTopicArn": CRITICAL,
    }

    assert {
        key: (output["Value"], output["Export"]["Name"])
        for key, output in resolved["Outputs"].items()
        if "Export" in output
    } == {key: (value, f"csr-lambda-api-prod-{name}") for key, (value, name) in exported.items()}
    assert {
        key: output["Value"] for key, output in resolved["Outputs"].items() if "Export" not in output
    } == plain


# ---- Lint ----


@pytest.mark.parametrize(
    ("multi_az", "read_replica", "instance_class"),
    [
        *((multi_az, replica, "db.t3.medium") for multi_az, replica in product(("true", "false"), repeat=2)),
        ("true", "true", "db.t4g.medium"),
        ("false", "false", "db.r6g.large"),
    ],
)
def test_no_findings(multi_az: str, read_replica: str, instance_class: str) -> None:
    """The linter has nothing to say under any combination of what conditions depend on."""
    t = database.build()
    found = lint(
        render(t.to_dict(), sections=t.sections),
        "ap-northeast-1",
        parameters={
            "DatabaseMultiAZ": multi_az,
            "DatabaseReadReplica": read_replica,
            "DatabaseInstanceClass": instance_class,
        },
    )

    assert found == []
