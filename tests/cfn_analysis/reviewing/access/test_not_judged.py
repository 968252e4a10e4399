"""Access that is not compared; in all resource types, no access is neither compared nor reported."""

import re
from pathlib import Path
from typing import Any

import pytest

from cfn_analysis.model.access_properties import (
    GRANTS_NOTHING,
    grants,
    is_policy_name,
    is_principal,
    managed_policies,
    other_policies,
)
from cfn_analysis.reviewing.access.not_judged import NOT_JUDGED
from tests.data import read_yaml

from ..templates import resources, reviewed, risks
from .schema_properties import Property, access_properties, types

Properties = dict[str, Any]
QUEUE = ("AWS::SQS::Queue", {"QueueName": "jobs"})


@pytest.mark.parametrize(
    ("kind", "properties", "what"),
    [
        (
            "AWS::SSO::Assignment",
            {"PrincipalId": "u"},
            "which user or group gets a permission set in an account",
        ),
        ("AWS::RAM::ResourceShare", {"Name": "a"}, "which resources are shared, and with whom"),
        ("AWS::IAM::OIDCProvider", {"Url": "u"}, "whose users can assume roles"),
        ("AWS::IAM::AccessKey", {"UserName": "u"}, "who can act as a user"),
    ],
)
def test_a_new_resource_that_grants_access(kind: str, properties: Properties, what: str) -> None:
    """What a type grants in a way of its own is said when it is added, and not when it is removed."""
    before, after = resources(Queue=QUEUE), resources(Queue=QUEUE, It=(kind, properties))

    assert risks(reviewed(before, after))["not-judged", "It"] == (
        f"It is new. It determines {what}. That is not compared: read the change."
    )
    assert ("not-judged", "It") not in risks(reviewed(after, before))


def test_a_change_of_a_resource_that_grants_access() -> None:
    """A further role is reported. A tag is not."""

    def profile(**properties: Any) -> dict[str, Any]:
        return resources(It=("AWS::RolesAnywhere::Profile", {"Name": "a", **properties}))

    messages = risks(reviewed(profile(RoleArns=["a"]), profile(RoleArns=["a", "b"])))
    assert messages["not-judged", "It"] == (
        "It changes. It determines which roles workloads outside of AWS can assume. That is not compared: "
        "read the change."
    )
    tagged = risks(reviewed(profile(RoleArns=["a"]), profile(RoleArns=["a"], Tags=[{"Key": "b"}])))
    assert ("not-judged", "It") not in tagged


def test_a_removed_restriction() -> None:
    """The removal of what blocks public access may open it. A DeletionPolicy does not."""
    block = resources(Queue=QUEUE, It=("AWS::EC2::SnapshotBlockPublicAccess", {"State": "block-all-sharing"}))
    retained = {
        "Resources": {**block["Resources"], "It": {**block["Resources"]["It"], "DeletionPolicy": "Retain"}}
    }

    assert risks(reviewed(block, resources(Queue=QUEUE)))["not-judged", "It"] == (
        "It is removed from the template. It determines whether snapshots can be shared publicly. That is "
        "not compared: read the change."
    )
    assert ("not-judged", "It") not in risks(reviewed(block, retained))


@pytest.mark.parametrize(
    ("kind", "before", "after", "place"),
    [
        ("AWS::OpenSearchServerless::AccessPolicy", {"Policy": "[]"}, {"Policy": "[{}]"}, "Policy"),
        ("AWS::EC2::VerifiedAccessGroup", {}, {"PolicyDocument": "permit(principal);"}, "PolicyDocument"),
        ("AWS::SSM::ResourcePolicy", {"Policy": {"Statement": []}}, {"Policy": {"Ref": "P"}}, "Policy"),
        ("AWS::SQS::Queue", {}, {"RedrivePolicy": {"Ref": "P"}}, None),
        ("AWS::AppMesh::Route", {}, {"Spec": {"HttpRoute": {"RetryPolicy": {"MaxRetries": 2}}}}, None),
    ],
)
def test_a_policy_that_cannot_be_read(
    kind: str, before: Properties, after: Properties, place: str | None
) -> None:
    """A policy in another language, or not known, is reported. How messages are delivered is not."""
    parameters = {"Parameters": {"P": {"Type": "String"}}}
    old, new = ({**resources(It=(kind, side)), **parameters} for side in (before, after))

    assert risks(reviewed(old, new)).get(("not-judged", "It")) == (
        place
        and f"It changes, with the policy {place}. What is not an IAM policy, or known only after the "
        "deploy, is not compared: read the change."
    )


# All types of cfn-lint. What is new in its next version must be compared, or decided here or in the tables.

# Named like a principal or a managed policy, but part of a filter, a label or a limit.
OTHER_PRINCIPALS = re.compile(
    r"PrincipalTags|PrincipalType|PrincipalPassword|PrincipalOrgID|PrincipalName|PrincipalRole"
)
OTHER_MANAGED_POLICIES = re.compile(r"ManagedPolicyName|PermissionsBoundary")
_GRANTING = re.compile(
    r"(Permissions?|Grants?|Share|Assignment|AccessKey|A[Pp][Ii]Key|AccessEntry|AccessControlEntry|GroupAddition"
    r"|Membership|ToGroup\w+|(OIDC|SAML|Identity)Provider(Config)?|TrustAnchor|TrustProvider|TrustStore"
    r"|Entitlement|Authorizer|Authorization(Rule)?|Accessor|DelegatedAdmin|RoleAttachment|RoleAlias|User"
    r"|AccessGrant\w*|AccessToken|AccessSource|Member|Policy|Principal\w*)$"
)
NO_ACCESS = read_yaml(Path(__file__).with_name("no_access.yaml"))


def _is_decided(declared: Property) -> bool:
    """Return whether the type, or the property, is in a table."""
    names = {declared.name, f"{declared.type}.{declared.name}"}
    return declared.type in NOT_JUDGED or bool(names & GRANTS_NOTHING)


@pytest.mark.acceptance
def test_every_policy_of_every_type_is_looked_at() -> None:
    """An unknown value of each property that is named like a policy is reported, or it is in a table."""
    policies = [
        declared
        for declared in access_properties()
        if declared.is_free and re.search(r"Polic(y|ies)(Document|Text)?$", declared.name)
    ]
    missed = [
        declared[:3]
        for declared in policies
        if not _is_decided(declared)
        and not re.search("ManagedPolic", declared.name)
        and not [
            *other_policies(
                declared.type,
                declared.region,
                declared.properties({"Fn::NotGiven": "P"}),
            )
        ]
    ]

    assert len(policies) > 100
    assert missed == []


@pytest.mark.acceptance
def test_every_principal_and_managed_policy_of_every_type_is_looked_at() -> None:
    """Each property named like a principal is a grant, and each list of managed policies is compared."""
    principals = [declared for declared in access_properties() if "Principal" in declared.name]
    managed = [declared for declared in access_properties() if "ManagedPolic" in declared.name]
    missed = [
        declared[:3]
        for declared in principals
        if not _is_decided(declared)
        and not OTHER_PRINCIPALS.search(declared.name)
        and not [*grants(declared.type, declared.properties("*"))]
    ]
    missed += [
        declared[:3]
        for declared in managed
        if not _is_decided(declared)
        and not OTHER_MANAGED_POLICIES.search("/".join(declared.path))
        and not [*managed_policies(declared.properties(["a"]))]
    ]

    assert len(principals) > 80
    assert missed == []


@pytest.mark.acceptance
def test_every_type_that_sounds_like_access_is_decided() -> None:
    """It has a policy or a principal, or it is in a table. No table contains what does not exist."""
    compared = {
        declared.type
        for declared in access_properties()
        if is_principal(declared.type, declared.name)
        or (declared.is_free and is_policy_name(declared.type, declared.name))
    }
    no_access: list[str] = []
    for names_of_reason in NO_ACCESS.values():
        no_access += names_of_reason
    named = {name for name in types() if _GRANTING.search(name.rpartition("::")[2])}

    assert named - compared - {*NOT_JUDGED, *no_access} == set()
    assert {*NOT_JUDGED, *no_access} - set(types()) == set()
    names: set[str] = set()
    for declared in access_properties():
        names.update((declared.name, f"{declared.type}.{declared.name}"))
    assert GRANTS_NOTHING - names == set()
    assert {*NOT_JUDGED} & {*no_access} == set()
