"""E9040 on good and broken Aurora instances."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from csr_templates.rules import PerformanceInsightsOnSmallClass

if TYPE_CHECKING:
    from tests.rules.conftest import Judge

HEAD = """
Parameters:
  Class: {Type: String, Default: db.r6g.large, AllowedValues: [db.r6g.large, db.t3.medium, db.t4g.medium]}
  Small: {Type: String, Default: db.t3.medium}
  Any: {Type: String}
  Switch: {Type: String, Default: "true"}
Mappings:
  Classes:
    db.r6g.large: {Insights: "true"}
    db.t3.medium: {Insights: "false"}
    db.t4g.medium: {Insights: "true"}
Conditions:
  HasInsights: !Equals [!FindInMap [Classes, !Ref Class, Insights], "true"]
  LacksInsights: !Not [!Condition HasInsights]
  Either: !Or [!Condition Large, !Equals [!FindInMap [Classes, !Ref Class, Insights], "true"]]
  Both: !And [!Condition HasInsights, !Condition SomethingElse]
  Large: !Equals [!Ref Class, db.r6g.large]
  SomethingElse: !Equals [!Ref Any, "true"]
Resources:
  Plain: {Type: AWS::RDS::DBCluster, Properties: {Engine: aurora-mysql}}
  Watched: {Type: AWS::RDS::DBCluster, Properties: {Engine: aurora-mysql, PerformanceInsightsEnabled: true}}
"""

MESSAGE = (
    "{switch} and DBInstanceClass {instance_class}: Aurora MySQL has no Performance Insights on this class, "
    "and RDS refuses the instance. Switch it off, or take a class that has it, such as db.t4g.medium."
)
ON = "EnablePerformanceInsights is true"


def instance(properties: str, *, cluster: str = "Plain", engine: str = "aurora-mysql") -> str:
    """Return a template with one instance of these properties."""
    return (
        f"{HEAD}  One: {{Type: AWS::RDS::DBInstance, Properties: {{Engine: {engine}, "
        f"DBClusterIdentifier: !Ref {cluster}, {properties}}}}}\n"
    )


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(instance("DBInstanceClass: db.t3.medium"), id="not asked for"),
        pytest.param(
            instance("DBInstanceClass: db.t3.medium, EnablePerformanceInsights: false"), id="switched off"
        ),
        pytest.param(
            instance("DBInstanceClass: db.t4g.medium, EnablePerformanceInsights: true"),
            id="class that has it",
        ),
        pytest.param(instance("DBInstanceClass: !Ref Any, EnablePerformanceInsights: true"), id="any class"),
        pytest.param(
            instance(
                "DBInstanceClass: !Ref Class, EnablePerformanceInsights: !If [HasInsights, true, false]"
            ),
            id="condition that asks a map about the class",
        ),
        pytest.param(
            instance("DBInstanceClass: !Ref Class, EnablePerformanceInsights: !If [Large, true, false]"),
            id="condition about the class",
        ),
        pytest.param(
            instance(
                "DBInstanceClass: !Ref Class, EnablePerformanceInsights: !If [LacksInsights, false, true]"
            ),
            id="Not",
        ),
        pytest.param(
            instance("DBInstanceClass: !Ref Class, EnablePerformanceInsights: !If [Either, true, false]"),
            id="Or",
        ),
        pytest.param(
            instance("DBInstanceClass: !Ref Class, EnablePerformanceInsights: !If [Both, true, false]"),
            id="And",
        ),
        pytest.param(
            instance("DBInstanceClass: db.t3.medium, EnablePerformanceInsights: true", engine="mysql"),
            id="another engine",
        ),
        pytest.param(instance("DBInstanceClass: db.t4g.large", cluster="Watched"), id="cluster"),
    ],
)
def test_accepts(judge: Judge, text: str) -> None:
    """Performance Insights follows the class, or the class is not known."""
    assert judge(PerformanceInsightsOnSmallClass, text) == []


@pytest.mark.parametrize(
    ("properties", "switch", "instance_class"),
    [
        pytest.param(
            "DBInstanceClass: db.t3.medium, EnablePerformanceInsights: true", ON, 'is "db.t3.medium"', id="t3"
        ),
        pytest.param(
            "DBInstanceClass: db.t2.small, EnablePerformanceInsights: 'true'",
            'EnablePerformanceInsights is "true"',
            'is "db.t2.small"',
            id="t2, switched on by a text",
        ),
        pytest.param(
            "DBInstanceClass: db.t4g.small, EnablePerformanceInsights: true",
            ON,
            'is "db.t4g.small"',
            id="t4g",
        ),
        pytest.param(
            "DBInstanceClass: !Ref Small, EnablePerformanceInsights: !Ref Switch",
            'EnablePerformanceInsights is {"Ref": "Switch"}, which can be "true"',
            'is {"Ref": "Small"}, which can be "db.t3.medium"',
            id="parameter defaults",
        ),
        pytest.param(
            "DBInstanceClass: !Ref Class, EnablePerformanceInsights: true",
            ON,
            'is {"Ref": "Class"}, which can be "db.t3.medium"',
            id="allowed value",
        ),
        pytest.param(
            "DBInstanceClass: !Sub 'db.t3.medium', EnablePerformanceInsights: true",
            ON,
            'is {"Fn::Sub": "db.t3.medium"}, which can be "db.t3.medium"',
            id="Sub",
        ),
        pytest.param(
            "DBInstanceClass: !If [Large, db.t4g.large, db.t3.large], EnablePerformanceInsights: true",
            ON,
            'is {"Fn::If": ["Large", "db.t4g.large", "db.t3.large"]}, '
            'which is "db.t3.large" when Large is false',
            id="class in one branch",
        ),
        pytest.param(
            "DBInstanceClass: !Ref Class, EnablePerformanceInsights: !If [HasInsights, false, true]",
            'EnablePerformanceInsights is {"Fn::If": ["HasInsights", false, true]}, which is true when '
            "HasInsights is false",
            'is {"Ref": "Class"}, which can be "db.t3.medium"',
            id="condition the wrong way round",
        ),
        pytest.param(
            "DBInstanceClass: !Ref Class, EnablePerformanceInsights: !If [SomethingElse, true, false]",
            'EnablePerformanceInsights is {"Fn::If": ["SomethingElse", true, false]}, which is true when '
            "SomethingElse is true",
            'is {"Ref": "Class"}, which can be "db.t3.medium"',
            id="condition about something else",
        ),
    ],
)
def test_refuses(judge: Judge, properties: str, switch: str, instance_class: str) -> None:
    """Performance Insights on a class that lacks it is found on the instance that asks for it."""
    assert judge(PerformanceInsightsOnSmallClass, instance(properties)) == [
        (
            "Resources/One/Properties/EnablePerformanceInsights",
            MESSAGE.format(switch=switch, instance_class=instance_class),
        )
    ]


def test_the_cluster_can_ask_for_it(judge: Judge) -> None:
    """Performance Insights of the cluster holds for its instances."""
    text = instance("DBInstanceClass: db.t3.large", cluster="Watched")

    assert judge(PerformanceInsightsOnSmallClass, text) == [
        (
            "Resources/One/Properties/DBInstanceClass",
            MESSAGE.format(
                switch="The cluster's PerformanceInsightsEnabled is true", instance_class='is "db.t3.large"'
            ),
        )
    ]
