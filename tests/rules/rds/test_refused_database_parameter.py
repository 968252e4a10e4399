"""E9043 on good and broken parameter groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from csr_templates.rules import RefusedDatabaseParameter

if TYPE_CHECKING:
    from tests.rules.conftest import Judge

HEAD = """
Parameters:
  Family: {Type: String, Default: aurora-mysql8.0}
  Any: {Type: String}
Conditions:
  Prod: !Equals [!Ref Any, prod]
Resources:
"""

GONE = "{}: Aurora MySQL 3 does not have this parameter, and RDS refuses the group. Remove it."
FIXED = "{}: Aurora MySQL 3 does not let this parameter be set, and RDS refuses the group. Remove it."


def group(parameters: str, *, family: str = "aurora-mysql8.0", kind: str = "DBClusterParameterGroup") -> str:
    """Return a template with one parameter group."""
    properties = f"{{Family: {family}, Parameters: {parameters}}}"
    return f"{HEAD}  Group: {{Type: AWS::RDS::{kind}, Properties: {properties}}}\n"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(group("{time_zone: UTC, slow_query_log: '1'}"), id="parameters of version 3"),
        pytest.param(group("{query_cache_type: '1'}", family="aurora-mysql5.7"), id="version 2"),
        pytest.param(group("{query_cache_type: '1'}", family="!Ref Any"), id="family not known"),
        pytest.param(group("{query_cache_type: !Ref AWS::NoValue}"), id="no value"),
        pytest.param(group("!If [Prod, {time_zone: UTC}, !Ref AWS::NoValue]"), id="both branches"),
    ],
)
def test_accepts(judge: Judge, text: str) -> None:
    """A group passes that sets what its family has."""
    assert judge(RefusedDatabaseParameter, text) == []


@pytest.mark.parametrize("kind", ["DBClusterParameterGroup", "DBParameterGroup"])
@pytest.mark.parametrize(
    ("parameters", "path", "message"),
    [
        pytest.param(
            "{query_cache_type: '1'}",
            "query_cache_type",
            GONE.format('query_cache_type is set to "1"'),
            id="removed",
        ),
        pytest.param(
            "{innodb_log_file_size: !Ref Any}",
            "innodb_log_file_size",
            GONE.format('innodb_log_file_size is set to {"Ref": "Any"}'),
            id="not of Aurora, set by a parameter",
        ),
        pytest.param(
            "{innodb_flush_log_at_trx_commit: !Sub '2'}",
            "innodb_flush_log_at_trx_commit",
            FIXED.format('innodb_flush_log_at_trx_commit is set to {"Fn::Sub": "2"}'),
            id="fixed, set by a Sub",
        ),
        pytest.param(
            "{tx_isolation: !If [Prod, REPEATABLE-READ, !Ref AWS::NoValue]}",
            "tx_isolation",
            'tx_isolation is set to {"Fn::If": ["Prod", "REPEATABLE-READ", {"Ref": "AWS::NoValue"}]}: Aurora '
            "MySQL 3 does not have this parameter. What it did is now transaction_isolation.",
            id="renamed, in one branch",
        ),
        pytest.param(
            "!If [Prod, {time_zone: UTC}, {secure_auth: '1'}]",
            "Fn::If/2/secure_auth",
            GONE.format('secure_auth is set to "1"'),
            id="one branch of all parameters",
        ),
    ],
)
def test_refuses(judge: Judge, kind: str, parameters: str, path: str, message: str) -> None:
    """A parameter that version 3 refuses is found in groups of both levels."""
    assert judge(RefusedDatabaseParameter, group(parameters, kind=kind)) == [
        (f"Resources/Group/Properties/Parameters/{path}", message)
    ]


def test_family_of_a_parameter(judge: Judge) -> None:
    """The family may be a parameter's default."""
    assert judge(RefusedDatabaseParameter, group("{temp-pool: '1'}", family="!Ref Family")) == [
        ("Resources/Group/Properties/Parameters/temp-pool", GONE.format('temp-pool is set to "1"'))
    ]
