"""E9044 on good and broken parameter groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from csr_templates.rules import ClusterParameterInInstanceGroup

if TYPE_CHECKING:
    from tests.rules.conftest import Judge

HEAD = """
Parameters:
  Zone: {Type: String, Default: UTC}
  Any: {Type: String}
Conditions:
  Prod: !Equals [!Ref Any, prod]
Resources:
"""

MESSAGE = (
    "{} for an instance: it holds for the whole cluster, and RDS does not find it in this group. Set it in "
    "the AWS::RDS::DBClusterParameterGroup."
)


def group(parameters: str, *, family: str = "aurora-mysql8.0", kind: str = "DBParameterGroup") -> str:
    """Return a template with one parameter group."""
    properties = f"{{Family: {family}, Parameters: {parameters}}}"
    return f"{HEAD}  Group: {{Type: AWS::RDS::{kind}, Properties: {properties}}}\n"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(group("{max_connections: '200', slow_query_log: '1'}"), id="parameters of an instance"),
        pytest.param(group("{innodb_print_all_deadlocks: '1'}"), id="parameter of both levels"),
        pytest.param(group("{time_zone: UTC}", kind="DBClusterParameterGroup"), id="group of a cluster"),
        pytest.param(
            group("{max_connections: '200'}", kind="DBClusterParameterGroup"),
            id="parameter of instances in a group of a cluster",
        ),
        pytest.param(group("{binlog_format: ROW}", family="mysql8.0"), id="another family"),
        pytest.param(group("{time_zone: !If [Prod, !Ref AWS::NoValue, !Ref AWS::NoValue]}"), id="no value"),
    ],
)
def test_accepts(judge: Judge, text: str) -> None:
    """A group of instances passes that sets nothing of the cluster."""
    assert judge(ClusterParameterInInstanceGroup, text) == []


@pytest.mark.parametrize(
    ("parameters", "path", "state"),
    [
        pytest.param("{binlog_format: ROW}", "binlog_format", 'binlog_format is set to "ROW"', id="literal"),
        pytest.param(
            "{time_zone: !Ref Zone}", "time_zone", 'time_zone is set to {"Ref": "Zone"}', id="parameter"
        ),
        pytest.param(
            "{time_zone: !Sub '${Zone}'}", "time_zone", 'time_zone is set to {"Fn::Sub": "${Zone}"}', id="Sub"
        ),
        pytest.param(
            "{server_audit_logging: !If [Prod, '1', !Ref AWS::NoValue]}",
            "server_audit_logging",
            'server_audit_logging is set to {"Fn::If": ["Prod", "1", {"Ref": "AWS::NoValue"}]}',
            id="one branch",
        ),
        pytest.param(
            "!If [Prod, {event_scheduler: 'ON'}, {}]",
            "Fn::If/1/event_scheduler",
            'event_scheduler is set to "ON"',
            id="one branch of all parameters",
        ),
    ],
)
def test_refuses(judge: Judge, parameters: str, path: str, state: str) -> None:
    """A parameter of the cluster is found in the group of an instance."""
    assert judge(ClusterParameterInInstanceGroup, group(parameters)) == [
        (f"Resources/Group/Properties/Parameters/{path}", MESSAGE.format(state))
    ]
