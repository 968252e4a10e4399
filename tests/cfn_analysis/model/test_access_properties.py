"""Properties that grant access, by their shape."""

from typing import Any

import pytest

from cfn_analysis.model.access_properties import (
    Grant,
    grants,
    is_policy,
    managed_policies,
    other_policies,
    policies,
    schema_path,
)

STATEMENT = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
POLICY = {"Statement": [STATEMENT]}
REGION = "us-east-1"
PLACE = ("ResourcePolicy", "PolicyDocument")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"Statement": []}, True),
        (POLICY, True),
        ({"Version": "2012-10-17", "Statement": STATEMENT}, True),
        ({"Fn::If": ["C", {"Ref": "AWS::NoValue"}, POLICY]}, True),
        ({"Statement": [{"Fn::If": ["C", STATEMENT, {"Ref": "AWS::NoValue"}]}]}, True),
        ('{"Statement": {"Effect": "Deny"}}', True),
        ({"Fn::Sub": '{"Statement": {"Effect": "Allow", "Resource": "${A}"}}'}, True),
        ("Statement and Effect", False),
        ({"Statement": {"GeoMatchStatement": {}}}, False),
        ({"Statement": {"Ref": "P"}}, False),
        ({"Ref": "P"}, False),
        ({"Fn::If": ["C", {"Ref": "P"}, {"Ref": "P"}]}, False),
        ([], False),
    ],
)
def test_the_shape_of_a_policy(value: Any, expected: bool) -> None:
    """A policy has no statements, or one with an Effect, in at least one branch."""
    assert is_policy(value) is expected


def test_policies_at_any_depth() -> None:
    """The place contains both branches of a condition. What is inside a policy is not a policy."""
    nested = {"A": [{"B": POLICY}], "C": {"Fn::If": ["X", {"D": POLICY}, {"E": "f"}]}, "G": {"Fn::Sub": "h"}}

    assert [place for place, _ in policies(nested)] == [("A", 0, "B"), ("C", "Fn::If", 1, "D")]
    assert [*policies(POLICY)] == [((), POLICY)]
    assert schema_path(("C", "Fn::If", 1, "D", 0, "E")) == ("C", "D", "*", "E")


def test_grants_and_managed_policies() -> None:
    """A grant is the mapping with the principal, outside of policies."""
    permission = {"Principal": "p", "Actions": ["a"]}
    properties = {
        "Permissions": [permission],
        "KerberosPrincipal": "k",
        "AllowExternalPrincipals": True,
        "Policy": {"Statement": {**STATEMENT, "Principal": "*"}},
        "Nested": {"ManagedPolicyArns": ["m"], "ManagedPolicyName": "n"},
    }

    assert [*grants("AWS::A::B", properties)] == [Grant(("Permissions", 0), "Principal", permission)]
    assert [*managed_policies(properties)] == [(("Nested", "ManagedPolicyArns"), ["m"])]


@pytest.mark.parametrize(
    ("kind", "properties", "places"),
    [
        ("AWS::SSM::ResourcePolicy", {"Policy": {"Ref": "P"}}, [("Policy",)]),
        ("AWS::SSM::ResourcePolicy", {"Policy": POLICY}, []),
        (
            "AWS::DynamoDB::Table",
            {"ResourcePolicy": {"PolicyDocument": "?"}},
            [("ResourcePolicy", "PolicyDocument")],
        ),
        ("AWS::S3::BucketPolicy", {"PolicyDocument": {"Fn::If": ["C", "a", "b"]}}, [("PolicyDocument",)]),
        ("AWS::SQS::Queue", {"RedrivePolicy": {"Ref": "P"}}, []),
        ("AWS::SSM::Parameter", {"Policies": "[]"}, []),
        ("AWS::SSO::PermissionSet", {"ManagedPolicies": ["a"]}, []),
        ("AWS::EFS::FileSystem", {"BackupPolicy": {"Status": "ENABLED"}}, []),
        ("AWS::S3::Bucket", {"PublicAccessBlockConfiguration": {"BlockPublicPolicy": True}}, []),
        ("AWS::S3::Bucket", {"PublicAccessBlockConfiguration": {"BlockPublicPolicy": {"Ref": "P"}}}, []),
        ("AWS::CloudFormation::Stack", {"Parameters": {"MyPolicy": "a"}}, []),
        ("Custom::Thing", {"Policy": "a"}, []),
    ],
)
def test_policies_in_another_language(kind: str, properties: dict[str, Any], places: list[Any]) -> None:
    """Included is what is named like a policy and free in its form, if it is not a policy of IAM."""
    assert [place for place, _ in other_policies(kind, REGION, properties)] == places
