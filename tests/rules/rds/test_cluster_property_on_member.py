"""W9042 on good and broken Aurora instances."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from csr_templates.rules import ClusterPropertyOnMember

if TYPE_CHECKING:
    from tests.rules.conftest import Judge

HEAD = """
Parameters:
  Multi: {Type: String, Default: "true"}
  Mode: {Type: String}
Conditions:
  Prod: !Equals [!Ref Mode, prod]
Resources:
"""

MULTI_AZ = (
    "MultiAZ {}: an Aurora cluster is spread over the Availability Zones by its instances, and this property "
    "does not apply to them. Remove it, and add a second instance in another AvailabilityZone."
)


def instance(properties: str, engine: str = "aurora-mysql") -> str:
    """Return a template with one instance of these properties."""
    return f"{HEAD}  One: {{Type: AWS::RDS::DBInstance, Properties: {{Engine: {engine}, {properties}}}}}\n"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            instance("PromotionTier: 1, AvailabilityZone: a, PubliclyAccessible: false"),
            id="its own properties",
        ),
        pytest.param(instance("MultiAZ: false"), id="not Multi-AZ"),
        pytest.param(instance("MultiAZ: !Ref Mode"), id="not known"),
        pytest.param(instance("MultiAZ: !If [Prod, false, !Ref AWS::NoValue]"), id="both branches"),
        pytest.param(instance("Port: !Ref AWS::NoValue"), id="no value"),
        pytest.param(instance("MultiAZ: true, Port: '3306'", "mysql"), id="another engine"),
    ],
)
def test_accepts(judge: Judge, text: str) -> None:
    """An instance without properties of the cluster passes."""
    assert judge(ClusterPropertyOnMember, text) == []


@pytest.mark.parametrize(
    ("text", "name", "message"),
    [
        pytest.param(instance("MultiAZ: true"), "MultiAZ", MULTI_AZ.format("is true"), id="literal"),
        pytest.param(
            instance("MultiAZ: !Ref Multi", "aurora-postgresql"),
            "MultiAZ",
            MULTI_AZ.format('is {"Ref": "Multi"}, which can be "true"'),
            id="parameter default",
        ),
        pytest.param(
            instance("MultiAZ: !Sub '${Multi}'"),
            "MultiAZ",
            MULTI_AZ.format('is {"Fn::Sub": "${Multi}"}, which can be "true"'),
            id="Sub",
        ),
        pytest.param(
            instance("MultiAZ: !If [Prod, true, false]"),
            "MultiAZ",
            MULTI_AZ.format('is {"Fn::If": ["Prod", true, false]}, which is true when Prod is true'),
            id="one branch",
        ),
        pytest.param(
            instance("VPCSecurityGroups: [sg-1]"),
            "VPCSecurityGroups",
            'VPCSecurityGroups is ["sg-1"] on an Aurora instance: it is the cluster\'s. Set '
            "VpcSecurityGroupIds there instead.",
            id="property with another name on the cluster",
        ),
        pytest.param(
            instance("Iops: !If [Prod, 3000, !Ref AWS::NoValue]"),
            "Iops",
            'Iops is {"Fn::If": ["Prod", 3000, {"Ref": "AWS::NoValue"}]}, which is 3000 when Prod is true on '
            "an Aurora instance: Aurora has no provisioned I/O. Remove it.",
            id="property that Aurora has nowhere",
        ),
    ],
)
def test_warns(judge: Judge, text: str, name: str, message: str) -> None:
    """A property of the cluster is found on the instance, with the place where it belongs."""
    assert judge(ClusterPropertyOnMember, text) == [(f"Resources/One/Properties/{name}", message)]
