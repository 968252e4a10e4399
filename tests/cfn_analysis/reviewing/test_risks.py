"""Twelve changes of our own stacks, with the results that a reviewer needs for each."""

import json
from pathlib import Path

import pytest

from cfn_analysis.reviewing import report
from cfn_analysis.reviewing.report import Review
from csr_templates import database

from .own_changes import CHANGES, own_side

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "review.md").read_text("utf-8")
ALARMS_OF_THE_READER = [
    name
    for name, resource in database.build().to_dict()["Resources"].items()
    if resource["Type"] == "AWS::CloudWatch::Alarm" and "READER" in json.dumps(resource)
]
# Change -> (kind, resource) of every risk in production, and resource -> change without a risk.
EXPECTED: dict[str, tuple[set[tuple[str, str]], dict[str, str]]] = {
    "engine version": ({("interruption", "DatabaseCluster")}, {"DatabaseCluster": "update"}),
    "class": (
        {
            ("interruption", "DatabaseInstance1"),
            ("interruption", "DatabaseInstance2"),
            ("guard", "DatabaseSurplusCreditsAlarm"),
        },
        {
            "DatabaseInstance1": "update",
            "DatabaseInstance2": "update",
            "DatabaseSurplusCreditsAlarm": "remove",
        },
    ),
    "subnet CIDR": (
        {
            ("export", "PrivateSubnet1Id"),
            ("replace", "PrivateSubnet1"),
            ("replace", "PrivateSubnet1RouteTableAssociation"),
            ("replace", "PrivateSubnet1NetworkAclAssociation"),
            ("interruption", "PrivateSubnet1RouteTableAssociation"),
            ("interruption", "PrivateSubnet1NetworkAclAssociation"),
            ("interruption", "SecretsManagerEndpointSecurityGroup"),
            ("opens", "SecretsManagerEndpointSecurityGroup"),
        },
        {"DatabaseSubnetGroup": "update", "ApiFunction": "update"},
    ),
    "description of a group": (
        {
            ("will-fail", "DatabaseSecurityGroup"),
            ("replace", "DatabaseSecurityGroup"),
            ("replace", "LambdaToDatabase"),
        },
        {"DatabaseCluster": "update"},
    ),
    "added subnet group name": (
        {
            ("will-fail", "DatabaseCluster"),
            ("will-fail", "DatabaseInstance1"),
            ("will-fail", "DatabaseInstance2"),
            ("export", "DatabaseClusterEndpoint"),
            ("export", "DatabaseClusterReadEndpoint"),
            ("export", "DatabasePort"),
            ("replace", "DatabaseSubnetGroup"),
            ("replace", "DatabaseCluster"),
            ("replace", "DatabaseInstance1"),
            ("replace", "DatabaseInstance2"),
        },
        {"ApiFunction": "update", "DatabaseSecretAttachment": "update"},
    ),
    "memory": (
        set(),
        {"ApiFunction": "update", "ApiFunctionVersion": "replace", "ApiFunctionAlias": "update"},
    ),
    "threshold": ({("guard", "DatabaseCPUAlarm")}, {"DatabaseCPUAlarm": "update"}),
    "bucket renamed": (
        {
            ("will-fail", "LambdaDeploymentsBucket"),
            ("export", "LambdaDeploymentsBucketName"),
            ("replace", "LambdaDeploymentsBucket"),
            ("replace", "LambdaDeploymentsBucketPolicy"),
            ("orphan", "LambdaDeploymentsBucket"),
            ("orphan", "LambdaDeploymentsBucketPolicy"),
        },
        {"ApiFunction": "update"},
    ),
    "WAF off": (
        {
            ("opens", "Distribution"),
            ("guard", "WAFBlockedRequestsAlarm"),
            ("output", "WebACLArn"),
            ("will-fail", "BlockedIPv4Set"),  # the stack policy denies every update of the addresses
            ("will-fail", "BlockedIPv6Set"),
        },
        {"WebACL": "remove", "WebACLLogging": "remove", "Distribution": "update"},
    ),
    "export renamed": ({("export", "VPCId")}, {}),
    "condition flipped": (
        {
            ("interruption", "DatabaseInstance2"),
            *(("guard", alarm) for alarm in ALARMS_OF_THE_READER),
        },
        {"DatabaseInstance2": "remove"},
    ),
    "tags reordered": (set(), {}),
}


@pytest.fixture(scope="module")
def reviews() -> dict[str, Review]:
    """The review of each change, for production."""
    side = own_side()
    return {name: report.review(side, change(side), ["prod"]) for name, change in CHANGES.items()}


def test_risks_and_changes(reviews: dict[str, Review]) -> None:
    """Each change has exactly the expected risks and changed resources."""
    assert reviews.keys() == EXPECTED.keys()
    for name, (risks, changes) in EXPECTED.items():
        found = {(risk.kind, risk.name) for risk in reviews[name].risks}
        assert found == risks, name
        (environment,) = reviews[name].environments
        changed = {node.name: one.change.action for node, one in environment.resources.items()}
        assert {node: changed.get(node) for node in changes} == changes, name
        if not risks and not changes:
            assert changed == {}, name
