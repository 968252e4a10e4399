"""E9041 on good and broken Aurora instances."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from csr_templates.rules import InstanceClassOfAuroraVersion2

if TYPE_CHECKING:
    from tests.rules.conftest import Judge

HEAD = """
Parameters:
  Class: {Type: String, Default: db.t3.medium, AllowedValues: [db.t3.medium, db.t3.small]}
  Old: {Type: String, Default: db.r4.large}
  Any: {Type: String}
  Version: {Type: String, Default: 8.0.mysql_aurora.3.10.6}
Conditions:
  Dev: !Equals [!Ref Any, dev]
Resources:
  Three: {Type: AWS::RDS::DBCluster, Properties: {EngineVersion: 8.0.mysql_aurora.3.10.6}}
  Two: {Type: AWS::RDS::DBCluster, Properties: {EngineVersion: 5.7.mysql_aurora.2.12.0}}
  Chosen: {Type: AWS::RDS::DBCluster, Properties: {EngineVersion: !Ref Version}}
  Unknown: {Type: AWS::RDS::DBCluster, Properties: {}}
"""

MESSAGE = (
    'DBInstanceClass {state}, and the engine version is "8.0.mysql_aurora.3.10.6": Aurora MySQL 3 does not '
    "run on this class. Take db.t3.medium, db.t4g.medium, db.r5 or later."
)


def instance(instance_class: str, cluster: str = "Three", engine: str = "aurora-mysql") -> str:
    """Return a template with one instance of this class."""
    return (
        f"{HEAD}  One: {{Type: AWS::RDS::DBInstance, Properties: {{Engine: {engine}, "
        f"DBClusterIdentifier: !Ref {cluster}, DBInstanceClass: {instance_class}}}}}\n"
    )


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(instance("db.t3.medium"), id="t3.medium"),
        pytest.param(instance("db.r5.large"), id="r5"),
        pytest.param(instance("db.r4.large", "Two"), id="version 2"),
        pytest.param(instance("db.r4.large", "Unknown"), id="version not known"),
        pytest.param(instance("db.r4.large", engine="aurora-postgresql"), id="another engine"),
        pytest.param(instance("!Ref Any"), id="class not known"),
        pytest.param(instance("!If [Dev, db.t3.medium, db.r6g.large]"), id="both branches"),
    ],
)
def test_accepts(judge: Judge, text: str) -> None:
    """A class that the version runs on passes, and so does what is not known."""
    assert judge(InstanceClassOfAuroraVersion2, text) == []


@pytest.mark.parametrize(
    ("text", "state"),
    [
        pytest.param(instance("db.t2.medium"), 'is "db.t2.medium"', id="t2"),
        pytest.param(instance("db.t3.small"), 'is "db.t3.small"', id="t3.small"),
        pytest.param(instance("db.r3.large"), 'is "db.r3.large"', id="r3"),
        pytest.param(
            instance("!Ref Old", "Chosen"), 'is {"Ref": "Old"}, which can be "db.r4.large"', id="defaults"
        ),
        pytest.param(
            instance("!Ref Class"), 'is {"Ref": "Class"}, which can be "db.t3.small"', id="allowed value"
        ),
        pytest.param(
            instance("!Sub '${Old}'"), 'is {"Fn::Sub": "${Old}"}, which can be "db.r4.large"', id="Sub"
        ),
        pytest.param(
            instance("!If [Dev, db.t2.small, db.r6g.large]"),
            'is {"Fn::If": ["Dev", "db.t2.small", "db.r6g.large"]}, which is "db.t2.small" when Dev is true',
            id="one branch",
        ),
    ],
)
def test_refuses(judge: Judge, text: str, state: str) -> None:
    """A class that only versions 1 and 2 run on is found."""
    assert judge(InstanceClassOfAuroraVersion2, text) == [
        ("Resources/One/Properties/DBInstanceClass", MESSAGE.format(state=state))
    ]
