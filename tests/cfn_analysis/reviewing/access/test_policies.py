"""Policies of roles and resources: newly allowed access."""

from typing import Any

from cfn_analysis.reviewing import report

from ..own_changes import own_side, with_template
from ..templates import resources, reviewed, risks


def test_the_policy_of_a_new_resource_is_reported_if_public() -> None:
    """The policy of a new bucket is reported only if it allows everyone."""

    def policy(principal: Any) -> dict[str, Any]:
        statement = {"Effect": "Allow", "Principal": principal, "Action": "s3:GetObject", "Resource": "*"}
        properties = {"Bucket": {"Ref": "NewBucket"}, "PolicyDocument": {"Statement": [statement]}}
        return {"Type": "AWS::S3::BucketPolicy", "Properties": properties}

    side = own_side()
    for principal, opened in (({"Service": "logs.amazonaws.com"}, []), ("*", ["NewPolicy"])):
        added = {"NewBucket": {"Type": "AWS::S3::Bucket"}, "NewPolicy": policy(principal)}
        after = with_template(side, "network", lambda one, added=added: one["Resources"].update(added))  # type: ignore[misc]
        found = [risk.name for risk in report.review(side, after, ["prod"]).risks if risk.kind == "opens"]
        assert found == opened


def test_the_permissions_of_a_new_role_are_reported() -> None:
    """The permissions of a new role are reported, but not its trust of a service."""
    statement = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    role = {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "AssumeRolePolicyDocument": {"Statement": [trust]},
            "Policies": [{"PolicyName": "p", "PolicyDocument": {"Statement": [statement]}}],
        },
    }
    side = own_side()
    after = with_template(side, "network", lambda one: one["Resources"].update({"NewRole": role}))

    found = [risk.message for risk in report.review(side, after, ["prod"]).risks if risk.kind == "opens"]

    assert found == ["NewRole allows more than before: s3:* on *."]


def test_values_of_secrets_are_not_in_the_messages() -> None:
    """If a principal is a NoEcho parameter, its value is not printed."""

    def template(action: str) -> dict[str, Any]:
        statement = {"Effect": "Allow", "Principal": {"AWS": {"Ref": "Partner"}}, "Action": action}
        document = {"Statement": [{**statement, "Resource": "*"}]}
        found = resources(Policy=("AWS::SQS::QueuePolicy", {"Queues": ["q"], "PolicyDocument": document}))
        return {**found, "Parameters": {"Partner": {"Type": "String", "NoEcho": True, "Default": "4711"}}}

    found = risks(reviewed(template("sqs:SendMessage"), template("sqs:*")))

    assert "by (hidden)" in found["opens", "Policy"]
    assert "4711" not in found["opens", "Policy"]
