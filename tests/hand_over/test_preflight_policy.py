"""The policies of preflight allow only the calls that it makes, and no access to secrets."""

from __future__ import annotations

import json

from csr_templates.cloudformation.built_stack import BuiltStack
from csr_templates.hand_over import preflight_policy

API = BuiltStack("api", "api.yaml", "eu-west-1", {"Resources": {}})


def test_reading_does_not_include_changes_and_keys() -> None:
    """Objects can be read only from package buckets, and API keys with their values not at all."""
    document = preflight_policy.policies([API])["preflight-policies/read.json"]
    by_sid = {one["Sid"]: one for one in document["Statement"]}

    assert list(by_sid) == ["Calls", "ApiGateway", "Packages"]
    assert by_sid["ApiGateway"]["Resource"] == [
        "arn:aws:apigateway:*::/account",
        "arn:aws:apigateway:*::/restapis",
        "arn:aws:apigateway:*::/usageplans",
    ]
    assert by_sid["Packages"] == {
        "Sid": "Packages",
        "Effect": "Allow",
        "Action": ["s3:GetObject", "s3:GetObjectVersion"],
        "Resource": "arn:aws:s3:::*-lambda-deployments-*/*",
    }
    text = json.dumps(document)
    assert not any(
        action in text for action in ("GetSecretValue", "kms:Decrypt", "Put", "Create", "Delete", ':*"')
    )


def test_validation_is_limited_to_its_stacks_and_uploads() -> None:
    """Validation can delete stacks, so it is limited to the names of the stacks."""
    document = preflight_policy.policies([API])["preflight-policies/change-set.json"]
    by_sid = {one["Sid"]: one for one in document["Statement"]}

    assert by_sid["Calls"]["Resource"] == "arn:aws:cloudformation:eu-west-1:*:stack/*-api/*"
    assert "cloudformation:ExecuteChangeSet" not in by_sid["Calls"]["Action"]
    assert by_sid["Uploads"]["Resource"] == "arn:aws:s3:::*/preflight/*"


def test_an_operation_with_a_different_action() -> None:
    """The name of the action in IAM is used, so that a finding shows the action to allow."""
    assert preflight_policy.actions("s3", "HeadBucket") == ("s3:ListBucket",)
    assert preflight_policy.actions("service-quotas", "GetServiceQuota") == ("servicequotas:GetServiceQuota",)
    assert preflight_policy.actions("rds", "DescribeDBClusters") == ("rds:DescribeDBClusters",)
