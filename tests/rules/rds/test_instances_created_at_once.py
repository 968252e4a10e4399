"""W9047 on good and broken Aurora clusters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from csr_templates.rules import InstancesCreatedAtOnce

if TYPE_CHECKING:
    from tests.rules.conftest import Judge

HEAD = """
Parameters:
  Any: {Type: String}
Conditions:
  Prod: !Equals [!Ref Any, prod]
  NotProd: !Not [!Condition Prod]
Resources:
  Cluster: {Type: AWS::RDS::DBCluster}
  Other: {Type: AWS::RDS::DBCluster}
"""


def instances(*attributes: str, cluster: str = "!Ref Cluster") -> str:
    """Return a template with a cluster and an instance for each text of attributes."""
    return HEAD + "".join(
        f"  Instance{number}: {{Type: AWS::RDS::DBInstance, {text} "
        f"Properties: {{DBClusterIdentifier: {cluster}}}}}\n"
        for number, text in enumerate(attributes, 1)
    )


def message(instance: str) -> str:
    """Return what is said about an instance."""
    return (
        f"{instance} does not wait for Instance1: both are created at once, and the one that is ready first "
        "becomes the writer of Cluster. Add DependsOn: Instance1."
    )


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(instances(""), id="one instance"),
        pytest.param(instances("", "DependsOn: Instance1,"), id="DependsOn"),
        pytest.param(instances("", "DependsOn: [Instance1],", "DependsOn: Instance2,"), id="in a row"),
        pytest.param(instances("DependsOn: Instance2,", ""), id="the other way round"),
        pytest.param(instances("", "Metadata: {After: !GetAtt Instance1.Endpoint.Address},"), id="reference"),
        pytest.param(instances("Condition: Prod,", "Condition: NotProd,"), id="never both"),
        pytest.param(instances("", "", cluster="!ImportValue cluster"), id="cluster of another template"),
        pytest.param(
            instances("")
            + "  Alone: {Type: AWS::RDS::DBInstance, Properties: {DBClusterIdentifier: !Ref Other}}\n",
            id="two clusters",
        ),
    ],
)
def test_accepts(judge: Judge, text: str) -> None:
    """Instances pass of which all but one wait for another."""
    assert judge(InstancesCreatedAtOnce, text) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param(instances("", ""), ["Instance2"], id="Ref"),
        pytest.param(instances("", "", cluster="!Sub '${Cluster}'"), ["Instance2"], id="Sub"),
        pytest.param(instances("", "Condition: Prod,"), ["Instance2"], id="condition"),
        pytest.param(instances("Condition: Prod,", "Condition: Prod,"), ["Instance2"], id="both or none"),
        pytest.param(
            instances("", "DependsOn: Other,", ""), ["Instance2", "Instance3"], id="waits for others"
        ),
    ],
)
def test_warns(judge: Judge, text: str, found: list[str]) -> None:
    """Each instance that does not wait for the first is found."""
    assert judge(InstancesCreatedAtOnce, text) == [(f"Resources/{name}", message(name)) for name in found]
