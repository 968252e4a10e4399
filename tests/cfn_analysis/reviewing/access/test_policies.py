"""Policies of roles and resources: newly allowed access."""

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from cfn_analysis.reviewing import report
from tests.data import read_yaml

from ..own_changes import Template, own_side, with_template
from ..templates import resources, reviewed, risks

ROWS = read_yaml(Path(__file__).with_name("policies.yaml"))


def test_the_policy_of_a_new_resource_is_reported_if_public() -> None:
    """The policy of a new bucket is reported only if it allows everyone."""

    def policy(principal: Any) -> dict[str, Any]:
        statement = {"Effect": "Allow", "Principal": principal, "Action": "s3:GetObject", "Resource": "*"}
        properties = {"Bucket": {"Ref": "NewBucket"}, "PolicyDocument": {"Statement": [statement]}}
        return {"Type": "AWS::S3::BucketPolicy", "Properties": properties}

    side = own_side()
    for principal, opened in (({"Service": "logs.amazonaws.com"}, []), ("*", ["NewPolicy"])):
        added = {"NewBucket": {"Type": "AWS::S3::Bucket"}, "NewPolicy": policy(principal)}
        edit = functools.partial(_add, resources=added)
        after = with_template(side, "network", edit)
        names = [risk.name for risk in report.review(side, after, ["prod"]).risks if risk.kind == "opens"]
        assert names == opened


def _add(template: Template, resources: Mapping[str, Any]) -> None:
    template["Resources"].update(resources)


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
    after = with_template(side, "network", lambda template: template["Resources"].update({"NewRole": role}))

    messages = [risk.message for risk in report.review(side, after, ["prod"]).risks if risk.kind == "opens"]

    assert messages == ["NewRole allows more than before: s3:* on *."]


def test_values_of_secrets_are_not_in_the_messages() -> None:
    """If a principal is a NoEcho parameter, its value is not printed."""

    def template(action: str) -> dict[str, Any]:
        statement = {"Effect": "Allow", "Principal": {"AWS": {"Ref": "Partner"}}, "Action": action}
        document = {"Statement": [{**statement, "Resource": "*"}]}
        sections = resources(Policy=("AWS::SQS::QueuePolicy", {"Queues": ["q"], "PolicyDocument": document}))
        return {**sections, "Parameters": {"Partner": {"Type": "String", "NoEcho": True, "Default": "4711"}}}

    messages = risks(reviewed(template("sqs:SendMessage"), template("sqs:*")))

    assert "by (hidden)" in messages["opens", "Policy"]
    assert "4711" not in messages["opens", "Policy"]


PARTNER = "123456789012"


@pytest.mark.parametrize(("kind", "narrow", "wide", "what"), ROWS["test_access_in_any_property_of_any_type"])
def test_access_in_any_property_of_any_type(
    kind: str, narrow: dict[str, Any], wide: dict[str, Any], what: str
) -> None:
    """Policies and principals are compared wherever they are; less access is not reported."""
    old, new = (resources(It=(kind, properties)) for properties in (narrow, wide))

    assert risks(reviewed(old, new))["opens", "It"] == f"It allows more than before: {what}."
    assert ("opens", "It") not in risks(reviewed(new, old))


def test_a_new_grant_on_a_service_that_exists() -> None:
    """A permission that is a resource of its own is new access, unless what it is about is new too."""
    service = ("AWS::EC2::VPCEndpointService", {"AcceptanceRequired": False})
    queue = ("AWS::SQS::Queue", {"QueueName": "jobs"})
    grant = {"ServiceId": {"Ref": "Service"}, "AllowedPrincipals": [PARTNER]}
    after = resources(Queue=queue, Service=service, It=("AWS::EC2::VPCEndpointServicePermissions", grant))

    assert risks(reviewed(resources(Queue=queue, Service=service), after))["opens", "It"] == (
        f"It allows more than before: all access by the account {PARTNER}."
    )
    assert ("opens", "It") not in risks(reviewed(resources(Queue=queue), after))


def test_managed_policies_and_boundaries_of_a_permission_set() -> None:
    """They are compared as those of a role."""

    def permission_set(**properties: Any) -> dict[str, Any]:
        return resources(It=("AWS::SSO::PermissionSet", {"Name": "a", "InstanceArn": "i", **properties}))

    reading = permission_set(ManagedPolicies=["arn:aws:iam::aws:policy/ReadOnlyAccess"])
    everything = permission_set(ManagedPolicies=["arn:aws:iam::aws:policy/AdministratorAccess"])
    own = permission_set(CustomerManagedPolicyReferences=[{"Name": "own", "Path": "/team/"}])
    limited = permission_set(PermissionsBoundary={"ManagedPolicyArn": "limit"})

    gets = "It gets the managed policy {}, with all its permissions."
    for before, after, message in (
        (reading, everything, gets.format("arn:aws:iam::aws:policy/AdministratorAccess")),
        (reading, own, gets.format("own")),
        (limited, permission_set(), "It loses its permissions boundary limit, which limited its policies."),
    ):
        assert risks(reviewed(before, after))["opens", "It"] == message
    assert risks(reviewed(everything, permission_set())) == {}


def test_users_that_join_a_group() -> None:
    """A user gets all permissions of a group; leaving one takes permissions away."""

    def members(*users: str, group: str = "admins") -> dict[str, Any]:
        return resources(It=("AWS::IAM::UserToGroupAddition", {"GroupName": group, "Users": [*users]}))

    def user(*groups: str) -> dict[str, Any]:
        return resources(It=("AWS::IAM::User", {"UserName": "alice", "Groups": [*groups]}))

    for before, after, message in (
        (members("alice"), members("bob", "alice"), "It gives bob all permissions of the group admins."),
        (members("bob", group="users"), members("bob"), "It gives bob all permissions of the group admins."),
        (user("users"), user("users", "admins"), "It gives the user all permissions of the group admins."),
    ):
        assert risks(reviewed(before, after))["opens", "It"] == message
    assert ("opens", "It") not in risks(reviewed(members("bob", "alice"), members("alice")))
    assert risks(reviewed(user("users", "admins"), user("admins"))) == {}


def test_a_new_role_has_nothing_to_be_narrower_than() -> None:
    """What it is allowed may be known only after the deploy; that is not compared with an earlier role."""
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": {"Ref": "Where"}}
    policies = [{"PolicyName": "a", "PolicyDocument": {"Statement": [statement]}}]
    queue = {"Queue": ("AWS::SQS::Queue", {"QueueName": "jobs"})}
    role = {"Role": ("AWS::IAM::Role", {"Policies": policies})}
    where = {"Parameters": {"Where": {"Type": "String"}}}
    review = reviewed({**where, **resources(**queue)}, {**where, **resources(**queue, **role)})

    assert risks(review)["opens", "Role"] == "Role allows more than before: s3:GetObject on ${Where}."


def _queue_policy(**statement: Any) -> dict[str, Any]:
    written = {"Sid": "It", "Principal": "*", "Action": "sqs:*", "Resource": "q", **statement}
    return resources(
        It=("AWS::SQS::QueuePolicy", {"Queues": ["q"], "PolicyDocument": {"Statement": [written]}})
    )


def _only_where(is_secure: str) -> dict[str, Any]:
    return {"Bool": {"aws:SecureTransport": is_secure}}


def test_what_a_policy_that_opens_also_takes_away() -> None:
    """An inverted Deny locks out who was allowed, and another resource takes the place of the old one."""
    messages = risks(
        reviewed(
            _queue_policy(Effect="Deny", Condition=_only_where("false")),
            _queue_policy(Effect="Deny", Condition=_only_where("true")),
        )
    )
    assert messages["opens", "It"] == (
        "It no longer denies the following in all cases: sqs:* on q by everyone, now limited by "
        "aws:SecureTransport. It newly denies the following, which fails if it is in use: the same under "
        "other conditions."
    )
    messages = risks(reviewed(_queue_policy(Effect="Allow"), _queue_policy(Effect="Allow", Resource="other")))
    assert messages["opens", "It"] == (
        "It allows more than before: sqs:* on other by everyone. It no longer allows the following in all "
        "cases, which fails if it is in use: sqs:* on q by everyone."
    )
    messages = risks(
        reviewed(_queue_policy(Effect="Deny"), _queue_policy(Effect="Deny", Condition=_only_where("false")))
    )
    assert messages["opens", "It"].endswith("sqs:* on q by everyone, now limited by aws:SecureTransport.")


@pytest.mark.parametrize(
    ("policy", "is_denied"), [("Retain", True), ("RetainExceptOnCreate", True), ("Delete", False)]
)
def test_a_retained_policy_still_denies(policy: str, is_denied: bool) -> None:
    """A policy that its DeletionPolicy retains in the account still applies."""
    queue = resources(Queue=("AWS::SQS::Queue", {"QueueName": "q"}))["Resources"]
    statement = {"Effect": "Deny", "Principal": "*", "Action": "sqs:*", "Resource": "*"}
    properties = {"Queues": [{"Ref": "Queue"}], "PolicyDocument": {"Statement": [statement]}}
    deny = {"Type": "AWS::SQS::QueuePolicy", "DeletionPolicy": policy, "Properties": properties}
    review = reviewed({"Resources": {**queue, "It": deny}}, {"Resources": queue})

    assert (("opens", "It") not in risks(review)) is is_denied
