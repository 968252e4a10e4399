"""The policy of preflight allows only the calls that it makes, and no access to secrets."""

import json

from csr_templates.hand_over import preflight_policy


def test_reading_does_not_include_changes_and_keys() -> None:
    """Objects can be read only from package buckets, and API keys with their values not at all."""
    document = preflight_policy.policy()
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


def test_an_operation_with_a_different_action() -> None:
    """The name of the action in IAM is used, so that a finding shows the action to allow."""
    assert preflight_policy.actions("s3", "HeadBucket") == ("s3:ListBucket",)
    assert preflight_policy.actions("service-quotas", "GetServiceQuota") == ("servicequotas:GetServiceQuota",)
    assert preflight_policy.actions("rds", "DescribeDBClusters") == ("rds:DescribeDBClusters",)
