"""E9045 on good and broken Aurora clusters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from csr_templates.rules import ExportedLogSwitchedOff

if TYPE_CHECKING:
    from tests.rules.conftest import Judge

HEAD = """
Parameters:
  Audit: {Type: String, Default: "0"}
  Any: {Type: String}
Conditions:
  Prod: !Equals [!Ref Any, prod]
Resources:
  Audited: {Type: AWS::RDS::DBClusterParameterGroup, Properties: {Parameters: {server_audit_logging: "1"}}}
  Slow: {Type: AWS::RDS::DBParameterGroup, Properties: {Parameters: {slow_query_log: "1", log_output: FILE}}}
  SlowInCluster: {Type: AWS::RDS::DBClusterParameterGroup, Properties: {Parameters: {slow_query_log: "ON"}}}
  Fast: {Type: AWS::RDS::DBParameterGroup, Properties: {Parameters: {slow_query_log: "0"}}}
  Table: {Type: AWS::RDS::DBParameterGroup, Properties: {Parameters: {slow_query_log: 1, log_output: TABLE}}}
  Default:
    Type: AWS::RDS::DBClusterParameterGroup
    Properties: {Parameters: {server_audit_logging: !Ref Audit}}
  Sometimes:
    Type: AWS::RDS::DBClusterParameterGroup
    Properties: {Parameters: {server_audit_logging: !Sub "0"}}
"""

MESSAGE = (
    'EnableCloudwatchLogsExports exports "{log}"{when}, but {state}: Aurora does not write this log, and its '
    "log group stays empty. Set {switch} to 1 in the parameter group of the {holder}, or do not export it."
)


def audit(state: str, when: str = "") -> str:
    """Return the message about an audit log."""
    return MESSAGE.format(
        log="audit", when=when, state=state, switch="server_audit_logging", holder="cluster"
    )


def slow(state: str, when: str = "") -> str:
    """Return the message about a slow query log."""
    return MESSAGE.format(
        log="slowquery", when=when, state=state, switch="slow_query_log", holder="instances"
    )


def cluster(exports: str, group: str = "", *instances: str, engine: str = "aurora-mysql") -> str:
    """Return a template with a cluster, its parameter group, and an instance for each group."""
    named = f", DBClusterParameterGroupName: {group}" if group else ""
    text = (
        f"{HEAD}  Cluster: {{Type: AWS::RDS::DBCluster, Properties: {{Engine: {engine}, "
        f"EnableCloudwatchLogsExports: {exports}{named}}}}}\n"
    )
    for number, instance_group in enumerate(instances):
        text += (
            f"  Instance{number}: {{Type: AWS::RDS::DBInstance, "
            f"Properties: {{DBClusterIdentifier: !Ref Cluster, DBParameterGroupName: {instance_group}}}}}\n"
        )
    return text


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(cluster("[error]"), id="error log"),
        pytest.param(cluster("[audit]", "!Ref Audited"), id="audit"),
        pytest.param(cluster("[slowquery]", "", "!Ref Slow"), id="slow query log of the instance"),
        pytest.param(
            cluster("[slowquery]", "", "!Ref Fast", "!Ref Slow"), id="slow query log of one of two instances"
        ),
        pytest.param(cluster("[slowquery]", "!Ref SlowInCluster", "!Ref AWS::NoValue"), id="of the cluster"),
        pytest.param(cluster("[slowquery]"), id="instances in another template"),
        pytest.param(cluster("[audit]", "!ImportValue group"), id="group of another template"),
        pytest.param(cluster("[slowquery]", "", "!Ref Any"), id="group of a parameter"),
        pytest.param(cluster("!If [Prod, [audit], [error]]", "!Ref Audited"), id="both branches"),
        pytest.param(cluster("[audit]", engine="aurora-postgresql"), id="another engine"),
    ],
)
def test_accepts(judge: Judge, text: str) -> None:
    """A log passes that is switched on, or that another template may switch on."""
    assert judge(ExportedLogSwitchedOff, text) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param(cluster("[audit]"), audit("server_audit_logging is not set"), id="default group"),
        pytest.param(
            cluster("[audit]", "!Ref SlowInCluster"),
            audit("server_audit_logging is not set"),
            id="other settings",
        ),
        pytest.param(
            cluster("[audit]", "!Ref Default"), audit("server_audit_logging is 0"), id="parameter default"
        ),
        pytest.param(cluster("[audit]", "!Ref Sometimes"), audit("server_audit_logging is 0"), id="Sub"),
        pytest.param(
            cluster("!If [Prod, [audit], [error]]"),
            audit("server_audit_logging is not set", " when Prod is true"),
            id="exported in one branch",
        ),
        pytest.param(
            cluster("[audit]", "!If [Prod, !Ref Audited, !Ref AWS::NoValue]"),
            audit("server_audit_logging is not set", " when Prod is false"),
            id="switched on in one branch",
        ),
        pytest.param(cluster("[slowquery]", "", "!Ref Fast"), slow("slow_query_log is 0"), id="switched off"),
        pytest.param(
            cluster("[slowquery]", "!Ref SlowInCluster", "!Ref Fast"),
            slow("slow_query_log is 0"),
            id="the instance's group comes before the cluster's",
        ),
        pytest.param(
            cluster("[slowquery]", "", "!Ref Fast", "!Ref AWS::NoValue"),
            slow("slow_query_log is 0 and not set"),
            id="two instances",
        ),
        pytest.param(
            cluster("[slowquery]", "", "!Ref Table"),
            'EnableCloudwatchLogsExports exports "slowquery", but log_output is "TABLE": the log goes to no '
            "file, and only files are exported. Set log_output to FILE.",
            id="log in a table",
        ),
    ],
)
def test_refuses(judge: Judge, text: str, message: str) -> None:
    """A log that is exported and never written is found on the cluster."""
    assert judge(ExportedLogSwitchedOff, text) == [
        ("Resources/Cluster/Properties/EnableCloudwatchLogsExports", message)
    ]
