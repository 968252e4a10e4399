"""The policies of preflight: no more than what is called, and no way to a secret."""

from __future__ import annotations

import json

from csr_templates.cloudformation.built_stack import BuiltStack
from csr_templates.hand_over import preflight_policy

API = BuiltStack("api", "api.yaml", "eu-west-1", {"Resources": {}})


def test_reading_changes_nothing_and_sees_no_key() -> None:
    """Objects are read only from package buckets; API Gateway is not asked for keys and their values."""
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


def test_validating_reaches_only_stacks_of_these_names_and_its_own_uploads() -> None:
    """Deleting a stack is among it, so the stacks are named."""
    document = preflight_policy.policies([API])["preflight-policies/change-set.json"]
    by_sid = {one["Sid"]: one for one in document["Statement"]}

    assert by_sid["Calls"]["Resource"] == "arn:aws:cloudformation:eu-west-1:*:stack/*-api/*"
    assert "cloudformation:ExecuteChangeSet" not in by_sid["Calls"]["Action"]
    assert by_sid["Uploads"]["Resource"] == "arn:aws:s3:::*/preflight/*"


def test_an_operation_whose_action_is_called_otherwise() -> None:
    """As IAM calls it, so that a finding names what to allow."""
    assert preflight_policy.actions("s3", "HeadBucket") == ("s3:ListBucket",)
    assert preflight_policy.actions("service-quotas", "GetServiceQuota") == ("servicequotas:GetServiceQuota",)
    assert preflight_policy.actions("rds", "DescribeDBClusters") == ("rds:DescribeDBClusters",)
