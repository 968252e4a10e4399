"""Added access and weakened guards: labeled pairs, our own stacks, and random policies."""

import itertools
from fnmatch import fnmatchcase
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cfn_analysis.reviewing import report
from cfn_analysis.reviewing.access.boxes import Box, box, without
from cfn_analysis.reviewing.access.statements import not_covered, statements
from cfn_analysis.reviewing.access.wildcards import covers, disjoint, pattern
from cfn_analysis.reviewing.report import Review

from .own_changes import own_side, with_template
from .own_openings import OPENINGS
from .templates import resources, risks
from .templates import reviewed as risky
from .test_corpus import scored

# Change -> kind, resource, and part of the message of its risk.
EXPECTED: dict[str, list[tuple[str, str, str]]] = {
    "role widened by a wildcard": [("opens", "ExecutionRole", "sqs:* (new: sqs:addpermission, ")],
    "condition of a bucket policy dropped": [
        ("opens", "SiteBucketPolicy", "no longer limited as before by aws:SourceArn")
    ],
    "group opened by a prefix list": [
        ("opens", "SecretsManagerEndpointSecurityGroup", "tcp 443 from the prefix list pl-58a04531")
    ],
    "WAF rule to count": [("opens", "WebACL", "rule rate-limit is set to Count instead of Block")],
    "key policy widened": [("opens", "FunctionKey", "kms:Decrypt on * by the account 210987654321")],
    "key requirement dropped": [("opens", "ProxyGetMethod", "ApiKeyRequired is false")],
    "log retention shortened": [
        ("guard", name, "RetentionInDays is 30 instead of 365")
        for stack in own_side().stacks
        for name, resource in stack.template["Resources"].items()
        if resource.get("Properties", {}).get("RetentionInDays") == {"Ref": "LogRetentionDays"}
    ],
    "alarm action removed": [
        (
            "guard",
            "LambdaErrorsAlarm",
            "AlarmActions no longer contains ${ApiCriticalAlarmTopic}, and is empty",
        )
    ],
}


@pytest.fixture(scope="module")
def reviews() -> dict[str, Review]:
    """The review of each change, for production."""
    side = own_side()
    return {name: report.review(side, change(side), ["prod"]) for name, change in OPENINGS.items()}


def test_openings_and_guards_are_right_on_every_labelled_pair() -> None:
    """All risks of the labeled pairs (at least 250) are found, and no others."""
    found = scored(kind="opens")

    assert len(found.faults) >= 250
    assert {name: faults for name, faults in found.faults.items() if faults} == {}, found.table()


def test_our_own_stacks(reviews: dict[str, Review]) -> None:
    """Each change has exactly the expected risks, and the messages contain the added access."""
    assert reviews.keys() == EXPECTED.keys()
    for name, expected in EXPECTED.items():
        risks = [risk for risk in reviews[name].risks if risk.kind in ("opens", "guard")]
        assert [(risk.kind, risk.name) for risk in risks] == [one[:2] for one in expected], name
        for risk, (_, _, part) in zip(risks, expected, strict=True):
            assert part in risk.message, name


def test_a_new_environment_has_no_added_access() -> None:
    """A new environment has no earlier state, so its policies are not reported as risks."""
    side = own_side()
    others = {name: values for name, values in side.environments.items() if name != "prod"}
    before = side._replace(environments=others)

    found = report.review(before, side, ["prod"])

    assert [risk for risk in found.risks if risk.kind in ("opens", "guard")] == []


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


def test_encryption_of_a_removed_volume_is_not_reported() -> None:
    """Removed encryption is reported only if the instance keeps the volume."""
    encrypted = {"DeviceName": "/dev/sdb", "Ebs": {"Encrypted": True, "KmsKeyId": "k"}}

    def template(*volumes: Any) -> dict[str, Any]:
        return resources(Server=("AWS::EC2::Instance", {"BlockDeviceMappings": list(volumes)}))

    other = {"DeviceName": "/dev/sdc", "Ebs": {"VolumeSize": 8}}
    plain = {"DeviceName": "/dev/sdb", "Ebs": {"VolumeSize": 8}}
    gone = risks(risky(template(encrypted, other), template(other)))
    stays = risks(risky(template(encrypted, other), template(plain, other)))

    assert ("opens", "Server") not in gone
    assert "Encrypted is left out: stored data is no longer encrypted" in stays["opens", "Server"]


def test_a_dependency_that_does_not_exist() -> None:
    """DependsOn of a resource that does not exist does not stop the review. The linter reports it."""
    group = {"GroupDescription": "a", "VpcId": "vpc-1"}
    before = resources(Group=("AWS::EC2::SecurityGroup", group))
    before["Resources"]["Group"]["DependsOn"] = ["Nothing"]
    rule = {"IpProtocol": "tcp", "FromPort": 1, "ToPort": 1, "CidrIp": "10.0.0.0/8"}
    after = {"Resources": {"Group": {**before["Resources"]["Group"]}}}
    after["Resources"]["Group"]["Properties"] = {**group, "SecurityGroupIngress": [rule]}

    assert ("opens", "Group") in risks(risky(before, after))


def test_a_statement_with_an_unknown_condition() -> None:
    """A conditional statement covers itself, but not the statement without or with the opposite condition."""
    allowed = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
    maybe = {"Fn::If": ["IsOpen", allowed, {"Ref": "AWS::NoValue"}, "what IsOpen is"]}
    other = {"Fn::If": ["IsOpen", {"Ref": "AWS::NoValue"}, allowed, "what IsOpen is"]}

    def opens(before: Any, after: Any) -> bool:
        old, new = (statements({"Statement": [one]}) for one in (before, after))
        return any(access for one in new for access in not_covered(one, old))

    assert not opens(maybe, maybe)
    assert not opens(allowed, maybe)
    assert opens(maybe, allowed)
    assert opens(maybe, other)


# Random policies with so few actions and resources that every request can be tested.

_ACTIONS = ("sqs:sendmessage", "sqs:receivemessage", "sqs:deletemessage", "sns:publish")
_QUEUES = ("arn:a", "arn:b", "arn:ab")
_ACTION = st.sampled_from(
    ("*", "sqs:*", "SQS:SendMessage", "sqs:*Message", "sqs:Re?eiveMessage", "sns:Publish")
)
_RESOURCE = st.sampled_from(("*", "arn:*", "arn:a", "arn:b", "arn:a*", "arn:?"))
_KEY = st.sampled_from(("Action", "NotAction"))
_PLACE = st.sampled_from(("Resource", "NotResource"))
_WHERE = st.sampled_from(
    (
        {},
        {"StringEquals": {"aws:SourceAccount": "1"}},
        {"StringEquals": {"aws:SourceAccount": ["1", "2"]}},
        {"StringNotEquals": {"aws:SourceAccount": ["1", "2"]}},
        {"StringNotEquals": {"aws:SourceAccount": "1"}},
        {"StringLike": {"aws:SourceAccount": "*"}},
    )
)


@st.composite
def _statements(draw: st.DrawFn) -> list[dict[str, Any]]:
    return [
        {
            "Effect": draw(st.sampled_from(("Allow", "Allow", "Deny"))),
            draw(_KEY): draw(st.lists(_ACTION, min_size=1, max_size=2)),
            draw(_PLACE): draw(st.lists(_RESOURCE, min_size=1, max_size=2)),
            "Condition": draw(_WHERE),
        }
        for _ in range(draw(st.integers(1, 3)))
    ]


def _matches(statement: dict[str, Any], action: str, resource: str, account: str) -> bool:
    for key, value in (("Action", action), ("Resource", resource)):
        listed = statement.get(key, statement.get(f"Not{key}"))
        fold = str.lower if key == "Action" else str
        if any(fnmatchcase(value, fold(one)) for one in listed or []) is (key not in statement):
            return False
    for operator, keys in statement["Condition"].items():
        values = keys["aws:SourceAccount"]
        hit = any(fnmatchcase(account, one) for one in ([values] if isinstance(values, str) else values))
        if hit is (operator == "StringNotEquals"):
            return False
    return True


def _allowed(policy: list[dict[str, Any]]) -> set[tuple[str, ...]]:
    """Return the requests that a policy allows, evaluated as IAM does."""
    return {
        request
        for request in itertools.product(_ACTIONS, _QUEUES, ("1", "2", "3"))
        if {one["Effect"] for one in policy if _matches(one, *request)} == {"Allow"}
    }


@settings(max_examples=80)
@given(_statements(), _statements())
def test_unreported_changes_of_a_policy_allow_nothing_new(
    before: list[dict[str, Any]], after: list[dict[str, Any]]
) -> None:
    """If the comparison of two random policies reports nothing, the second one does not allow more."""
    old, new = (statements({"Statement": one}) for one in (before, after))
    allows_more = any(access for one in new if not one.denies for access in not_covered(one, old))
    denies_less = any(access for one in old if one.denies for access in not_covered(one, new))

    if not allows_more and not denies_less:
        assert _allowed(after) <= _allowed(before)
    assert not any(access for one in new for access in not_covered(one, new))


_TEXT = st.text("ab*?", max_size=5)


@settings(max_examples=100)
@given(_TEXT, _TEXT)
def test_patterns_are_compared_as_sets(wide: str, narrow: str) -> None:
    """A pattern matches everything that it covers, and two disjoint patterns have no common text."""
    texts = ["".join(one) for size in range(4) for one in itertools.product("ab", repeat=size)]
    hits = [{text for text in texts if fnmatchcase(text, one)} for one in (wide, narrow)]

    if covers(pattern(wide), pattern(narrow)):
        assert hits[1] <= hits[0]
    if disjoint(pattern(wide), pattern(narrow)):
        assert not hits[0] & hits[1]
    assert covers(pattern(wide), pattern(wide))


@st.composite
def _boxes(draw: st.DrawFn) -> list[Box]:
    def span() -> tuple[int, int]:
        low = draw(st.integers(0, 3))
        return (low, draw(st.integers(low, 3)))

    return [Box("4", (span(), span(), span())) for _ in range(draw(st.integers(0, 3)))]


def _points(boxes: list[Box]) -> set[tuple[int, ...]]:
    return {
        point
        for one in boxes
        for point in itertools.product(*(range(low, high + 1) for low, high in one.sides))
    }


@settings(max_examples=80)
@given(_boxes(), _boxes())
def test_boxes_are_subtracted_as_sets(boxes: list[Box], others: list[Box]) -> None:
    """A subtraction leaves exactly the points that are not in the other boxes."""
    assert _points(without(boxes, others)) == _points(boxes) - _points(others)


def test_rules_as_boxes() -> None:
    """Protocol names and numbers are equal, ICMP types are ranges, and unknown values equal themselves."""
    assert box("10.0.0.0/8", "tcp", 443, 443) == box("10.1.0.0/8", 6, "443", "443")
    assert not without([box("0.0.0.0/0", "icmp", 3, 4)], [box("0.0.0.0/0", 1, 3, -1)])
    assert without([box("0.0.0.0/0", "icmp", 3, -1)], [box("0.0.0.0/0", 1, 3, 4)])
    assert without([box({"Ref": "A"}, "tcp", 1, 1)], [box("0.0.0.0/0", "-1", None, None)])
    assert not without([box("::/1", "tcp", {"Ref": "P"}, 1)], [box("::/1", "tcp", {"Ref": "P"}, 1)])


def test_values_of_secrets_are_not_in_the_messages() -> None:
    """If a principal is a NoEcho parameter, its value is not printed."""

    def template(action: str) -> dict[str, Any]:
        statement = {"Effect": "Allow", "Principal": {"AWS": {"Ref": "Partner"}}, "Action": action}
        document = {"Statement": [{**statement, "Resource": "*"}]}
        found = resources(Policy=("AWS::SQS::QueuePolicy", {"Queues": ["q"], "PolicyDocument": document}))
        return {**found, "Parameters": {"Partner": {"Type": "String", "NoEcho": True, "Default": "4711"}}}

    found = risks(risky(template("sqs:SendMessage"), template("sqs:*")))

    assert "by (hidden)" in found["opens", "Policy"]
    assert "4711" not in found["opens", "Policy"]
