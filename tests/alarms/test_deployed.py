"""The parts of the built templates that the simulation uses."""

import pytest

from tests.alarm_subjects import alarms_on
from tests.system import PROJECT, REGIONS

from .deployed import CRITICAL, NO_ONE, NORMAL, deployed, read_alarms

ALARM = {
    "AlarmName": "p-prod-a",
    "Namespace": "N",
    "MetricName": "M",
    "Statistic": "Sum",
    "Period": 60,
    "EvaluationPeriods": 1,
    "Threshold": 1,
    "ComparisonOperator": "GreaterThanThreshold",
}


def test_resources_are_created_after_their_references() -> None:
    """The reader is created after the writer, a stack after the previous one, an alarm after its resource."""
    environment = deployed("prod")
    database, frontend = environment.created["database"], environment.created["frontend"]

    assert database["DatabaseCluster"] < database["DatabaseInstance1"] < database["DatabaseInstance2"]
    for name, resource in environment.resources["database"].items():
        if resource["Type"] == "AWS::CloudWatch::Alarm" and "DependsOn" in resource:
            assert database[name] == database[resource["DependsOn"]]
    assert max(environment.created["network"].values()) <= min(database.values())
    assert max(database.values()) <= min(environment.created["api"].values())
    assert frontend["SiteProbe"] == frontend["Distribution"]
    for name, alarm in alarms_on(environment.resources["frontend"], "HealthCheckStatus").items():
        (probe,) = alarm["Dimensions"]
        assert frontend[name] == frontend[probe["Value"]]


def test_names_are_those_of_deployed_resources() -> None:
    """A dimension that references a resource has its name, or its logical ID if it has no name."""
    watched = []
    for alarm in deployed("prod").alarms:
        watched += [dict(query.metric.dimensions) for query in alarm.alarm.queries]

    assert {"FunctionName": f"{PROJECT}-prod-api"} in watched
    assert {"ApiName": f"{PROJECT}-prod-api", "Stage": "v1"} in watched
    assert {"NatGatewayId": "NatGateway1"} in watched
    assert {"DBClusterIdentifier": f"{PROJECT}-prod-aurora-cluster", "Role": "WRITER"} in watched


def test_regions_are_those_of_the_stacks() -> None:
    """An alarm reads the metrics in the region of its stack."""
    regions = {(alarm.stack, alarm.alarm.queries[0].metric.region) for alarm in deployed("prod").alarms}

    assert len(regions) > 1
    assert regions <= set(REGIONS.items())


def test_topics() -> None:
    """An alarm must notify the same topic of its start and its end, one of two, or no one.

    Otherwise, it is rejected.
    """

    def topic(**actions: list[str]) -> str:
        resources = {"A": {"Type": "AWS::CloudWatch::Alarm", "Properties": ALARM | actions}}
        (alarm,) = read_alarms("s", resources, "us-east-1", {"A": 0}, "p-prod-")
        return alarm.topic

    assert topic(AlarmActions=["ACriticalAlarmTopic"], OKActions=["ACriticalAlarmTopic"]) == CRITICAL
    assert topic(AlarmActions=["AnAlarmTopic"], OKActions=["AnAlarmTopic"]) == NORMAL
    assert topic() == NO_ONE
    with pytest.raises(
        ValueError, match=r"^A: tells \('AnAlarmTopic',\) of the alarm and \(\) of its end\.$"
    ):
        topic(AlarmActions=["AnAlarmTopic"])


def test_composite_alarms_are_refused() -> None:
    """A composite alarm is rejected, because the simulation could not evaluate it."""
    resources = {"C": {"Type": "AWS::CloudWatch::CompositeAlarm", "Properties": {}}}

    with pytest.raises(ValueError, match=r"^C: the simulation does not know composite alarms\.$"):
        list(read_alarms("s", resources, "us-east-1", {"C": 0}, "p-prod-"))
