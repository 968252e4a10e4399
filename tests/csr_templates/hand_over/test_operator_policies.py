"""The policies of the commands that read an account allow only their calls, and no access to secrets."""

import json

from csr_templates import STACKS
from csr_templates.assembly.building import build_stack
from csr_templates.hand_over import operator_policies

BUILT = [build_stack(stack) for stack in STACKS]


def test_reading_does_not_include_changes_and_keys() -> None:
    """Objects can be read only from package buckets, and API keys with their values not at all."""
    document = operator_policies.policy(operator_policies.PREFLIGHT, BUILT)
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


def test_the_policy_of_the_deployed_state_reads_only_cloudformation() -> None:
    """It has no statement for other services, and no action that changes a stack or its drift."""
    document = operator_policies.policy(operator_policies.DEPLOYED, BUILT)

    (statement,) = document["Statement"]
    assert {action.partition(":")[0] for action in statement["Action"]} == {"cloudformation", "sts"}
    assert "cloudformation:DetectStackDrift" not in statement["Action"]


def test_every_call_is_allowed_for_our_stacks() -> None:
    """No call of a command is left out because its service were not used."""
    for name, calls in operator_policies.CALLS.items():
        text = json.dumps(operator_policies.policy(name, BUILT))
        for service, operations in calls.items():
            for operation in operations:
                for action in operator_policies.actions(service, operation):
                    assert f'"{action}"' in text, (name, action)


def test_calls_of_unused_services_are_not_allowed() -> None:
    """Without a distribution, neither it nor its certificate and web ACL is read."""
    without = operator_policies.policy(operator_policies.PREFLIGHT, BUILT[:3])
    (calls,) = [one for one in without["Statement"] if one["Sid"] == "Calls"]

    services = {action.partition(":")[0] for action in calls["Action"]}
    assert not services & {"acm", "cloudfront", "wafv2"}
    assert {"iam", "rds", "lambda", "servicequotas"} <= services


def test_an_operation_with_a_different_action() -> None:
    """The name of the action in IAM is used, so that a finding shows the action to allow."""
    assert operator_policies.actions("s3", "HeadBucket") == ("s3:ListBucket",)
    assert operator_policies.actions("service-quotas", "GetServiceQuota") == (
        "servicequotas:GetServiceQuota",
    )
    assert operator_policies.actions("rds", "DescribeDBClusters") == ("rds:DescribeDBClusters",)
