"""What follows from changes that are neither risks nor harmless, in each direction."""

from typing import Any

import pytest

from cfn_analysis.reviewing.effects.properties import SETTINGS, choice, number, value
from cfn_analysis.reviewing.markdown import as_markdown
from cfn_analysis.reviewing.report import document
from cfn_analysis.reviewing.text import as_text

from .templates import compared, resources


def effects(type_name: str, before: dict[str, Any], after: dict[str, Any]) -> dict[str, str]:
    """Return path -> effect of each change of a resource."""
    review = compared(resources(It=(type_name, before)), resources(It=(type_name, after)))
    return {judgment.path: judgment.reason for judgment in review.effects}


def test_numbers_have_a_direction() -> None:
    """A default applies without a value; an equal or unknown value has no direction."""
    assert number(1, "2", more="More.", less="Less.") == "More."
    assert number(2, 1, more="More.", less="Less.") == "Less."
    assert number(None, 1, more="More.", less="Less.", default=3) == "Less."
    assert number(1, 2, less="Less.") == ""
    assert number(3, None, more="More.", default=3).startswith("It is the default")
    for before, after in ((1, "1.0"), (None, 1), (1, {"Ref": "A"}), ("a", "b")):
        assert number(before, after, more="More.", less="Less.") == ""


def test_one_of_some_values_is_judged_by_the_new_one() -> None:
    """Values are compared in any case, and an unknown value is not judged."""
    becomes = {"true": "On.", "false": "Off."}
    assert choice(True, "false", becomes=becomes) == "Off."
    assert choice("False", "TRUE", becomes=becomes) == "On."
    assert choice(True, None, becomes=becomes, default="false") == "Off."
    assert choice(None, False, becomes=becomes, default="false").startswith("It is the default")
    assert choice(None, {"Ref": "A"}, becomes=becomes, default="false") == ""


def test_a_value_is_added_removed_or_changed() -> None:
    """A changed value is a removed and an added one, unless it has a sentence."""
    assert value(None, "b", added="New {after}.") == "New b."
    assert value("a", None, added="New {after}.") == ""
    assert value("a", "b", added="New {after}.", removed="No {before}.") == "No a. New b."
    assert value("a", "b", added="New {after}.", changed="{before} to {after}.") == "a to b."
    assert value("a", "b", added="New {after}.") == ""
    assert value("{after}", "b", changed="{before} to {after}.") == "{after} to b."


def test_no_row_is_about_everything() -> None:
    """A row says what follows for a kind of value: a wildcard alone would judge what no one read."""
    for setting in SETTINGS:
        assert all(place.strip("*[].") for place in setting.places), setting


ALARM = {
    "MetricName": "Errors",
    "Namespace": "Own",
    "ComparisonOperator": "GreaterThanThreshold",
    "Threshold": 5,
    "EvaluationPeriods": 3,
    "DatapointsToAlarm": 2,
    "TreatMissingData": "missing",
    "AlarmActions": ["arn:aws:sns:eu-west-1:1:a"],
}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"Threshold": 4}, "notifies earlier and more often"),
        ({"ComparisonOperator": "GreaterThanOrEqualToThreshold"}, "equal to the threshold"),
        ({"DatapointsToAlarm": 1}, "1 of 3 periods must breach instead of 2 of 3: it notifies earlier"),
        ({"EvaluationPeriods": 4}, "2 of 4 periods must breach instead of 2 of 3: it also notifies"),
        ({"TreatMissingData": "breaching"}, "Periods without data count as breaching"),
        ({"OKActions": ["arn:aws:sns:eu-west-1:1:b"]}, "also notifies or calls arn:aws:sns:eu-west-1:1:b"),
    ],
)
def test_alarms_that_notify_earlier(change: dict[str, Any], words: str) -> None:
    """The opposite change of what notifies earlier is a risk."""
    after = {**ALARM, **change}
    found = effects("AWS::CloudWatch::Alarm", ALARM, after)

    assert words in " ".join(found.values())
    opposite = compared(
        resources(It=("AWS::CloudWatch::Alarm", after)), resources(It=("AWS::CloudWatch::Alarm", ALARM))
    )
    if "OKActions" not in change:
        assert [risk.kind for risk in opposite.risks] == ["guard"]


def test_an_alarm_that_no_longer_says_that_it_is_over() -> None:
    """Only the recipients of OK change."""
    topic = "arn:aws:sns:eu-west-1:1:b"
    assert effects("AWS::CloudWatch::Alarm", {**ALARM, "OKActions": [topic]}, ALARM) == {
        "OKActions": f"It no longer notifies or calls {topic} when it goes back to OK."
    }


TRUST = {
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "a.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ]
}
READ = {"Effect": "Allow", "Action": ["sns:Publish", "sqs:SendMessage"], "Resource": "*"}


def role(*statements: dict[str, Any]) -> dict[str, Any]:
    """Return the properties of a role with some statements."""
    policy = {"PolicyName": "own", "PolicyDocument": {"Version": "2012-10-17", "Statement": list(statements)}}
    return {"AssumeRolePolicyDocument": {"Version": "2012-10-17", **TRUST}, "Policies": [policy]}


@pytest.mark.parametrize(
    ("after", "words"),
    [
        ([{**READ, "Action": ["sns:Publish"]}], "It no longer allows in all cases: sqs:SendMessage on *."),
        ([{**READ, "Resource": "arn:aws:sns:eu-west-1:1:a"}], "It no longer allows in all cases: "),
        (
            [{**READ, "Condition": {"Bool": {"aws:SecureTransport": "true"}}}],
            "now limited by aws:SecureTransport",
        ),
        (
            [READ, {"Effect": "Deny", "Action": "sqs:DeleteQueue", "Resource": "*"}],
            "It newly denies: sqs:DeleteQueue on *.",
        ),
    ],
)
def test_policies_that_are_narrower(after: list[dict[str, Any]], words: str) -> None:
    """The effect names the lost access, and the other direction is a risk."""
    found = effects("AWS::IAM::Role", role(READ), role(*after))
    assert found
    assert all(
        words in effect and effect.endswith("Requests that need this access fail.")
        for effect in found.values()
    )
    wider = compared(
        resources(It=("AWS::IAM::Role", role(*after))), resources(It=("AWS::IAM::Role", role(READ)))
    )
    assert [risk.kind for risk in wider.risks] == ["opens"]


def test_the_version_of_a_policy_is_judged_alone() -> None:
    """A narrower statement does not say what another version does."""
    older = role({**READ, "Action": ["sns:Publish"]})
    older["Policies"][0]["PolicyDocument"]["Version"] = "2008-10-17"

    found = effects("AWS::IAM::Role", role(READ), older)
    assert found["Policies[own].PolicyDocument.Version"].startswith("Variables in the policy")
    assert "sqs:SendMessage" in found["Policies[own].PolicyDocument.Statement[0].Action[1]"]


def test_a_removed_policy() -> None:
    """Its role loses what it allowed, also by the name of the policy."""
    without = {**role(READ), "Policies": []}
    found = effects("AWS::IAM::Role", role(READ), without)
    assert list(found) == ["Policies[own]"]
    assert "It no longer allows in all cases: sns:Publish, sqs:SendMessage" in "".join(found.values())


def test_a_parameter_that_is_no_longer_hidden_is_a_risk() -> None:
    """Its value is in the description of the stack."""
    before, after = (
        {"Parameters": {"P": {"Type": "String", "Default": "1", "NoEcho": hidden}}, "Resources": {}}
        for hidden in (True, False)
    )
    assert [(risk.kind, risk.path) for risk in compared(before, after).risks] == [
        ("opens", "Parameters.P.NoEcho")
    ]


def test_a_rule_that_allows_less_traffic() -> None:
    """The ports that are no longer allowed are named; the other direction is a risk."""

    def group(last_port: int) -> dict[str, Any]:
        rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": last_port, "CidrIp": "10.0.0.0/24"}
        return {"GroupDescription": "a", "VpcId": "v", "SecurityGroupIngress": [rule]}

    found = effects("AWS::EC2::SecurityGroup", group(445), group(443))
    assert found == {
        "SecurityGroupIngress[0].ToPort": "It no longer allows tcp 444-445 from 10.0.0.0/24. "
        "Connections that need this fail."
    }
    assert effects("AWS::EC2::SecurityGroup", group(443), group(445)) == {}


def test_a_policy_that_the_service_refuses_has_no_effect() -> None:
    """It fails, which is the risk."""
    assert effects("AWS::IAM::Role", role(READ), role({**READ, "Effect": "Alow"})) == {}


@pytest.mark.parametrize(
    ("key", "before", "after", "words"),
    [
        ("MaxLength", 5, 3, "refuses longer values than 3"),
        ("MaxLength", 5, 9, "takes longer values than before, to 9"),
        ("MaxLength", None, 3, "refuses longer values than 3"),
        ("MaxLength", 5, None, "takes longer values than before, without a limit"),
        ("MinValue", 1, 2, "refuses smaller values than 2"),
        ("MinValue", 2, 1, "takes smaller values than before, to 1"),
        (
            "AllowedValues",
            ["a", "1"],
            ["1", "b"],
            "refuses a from now on. CloudFormation takes b in addition",
        ),
        ("AllowedPattern", ".*", "[0-9]", "do not match [0-9]"),
        ("NoEcho", None, True, "shows its value as asterisks"),
        ("Type", "String", "Number", "refuses values that are not numbers"),
    ],
)
def test_constraints_have_a_direction(key: str, before: Any, after: Any, words: str) -> None:
    """What CloudFormation takes or refuses from now on."""

    def declared(constraint: Any) -> dict[str, Any]:
        parameter = {"Type": "String", "Default": "1", key: constraint}
        if constraint is None:
            del parameter[key]
        return {"Parameters": {"P": parameter}, "Resources": {}}

    judgments = compared(declared(before), declared(after)).judgments
    assert [words in judgment.reason for judgment in judgments if judgment.path == f"Parameters.P.{key}"] == [
        True
    ]


def test_a_rule_says_its_own_words() -> None:
    """The description of an assertion is what CloudFormation shows when it refuses a deploy."""
    assertion = {"Assert": {"Fn::Equals": ["a", "a"]}, "AssertDescription": "A must be a."}
    with_rule = {"Rules": {"Own": {"Assertions": [assertion]}}, "Resources": {}}
    without: dict[str, Any] = {"Resources": {}}

    assert [judgment.reason for judgment in compared(with_rule, without).judgments] == [
        "A deploy is no longer refused if this does not hold: A must be a."
    ]
    assert [judgment.reason for judgment in compared(without, with_rule).judgments] == [
        "New deploys are refused unless: A must be a."
    ]


def test_the_order_of_resources() -> None:
    """A resource of DependsOn is created before, and deleted after."""
    topics = resources(A=("AWS::SNS::Topic", {}), B=("AWS::SNS::Topic", {}))
    ordered = {
        **topics,
        "Resources": {**topics["Resources"], "B": {"Type": "AWS::SNS::Topic", "DependsOn": "A"}},
    }

    (added,) = compared(topics, ordered).judgments
    (removed,) = compared(ordered, topics).judgments
    assert added.reason == "CloudFormation creates and updates it after A, and deletes it before."
    assert removed.reason.startswith("It no longer waits for A:")


def test_changes_of_one_kind_are_one_line() -> None:
    """Details are shown with verbose, and in JSON."""
    queues = {f"Q{number}": ("AWS::SQS::Queue", {"VisibilityTimeout": 10 + number}) for number in range(8)}
    longer = {f"Q{number}": ("AWS::SQS::Queue", {"VisibilityTimeout": 20 + number}) for number in range(8)}
    review = compared(resources(**queues), resources(**longer))
    effect = "A message whose processing fails is delivered again later."

    short, verbose = as_text(review), as_text(review, verbose=True)
    assert short.split("\n")[2] == "No risks. 8 changes have known effects."
    assert "8 changes: VisibilityTimeout" in short
    assert short.count(effect) == 1
    assert verbose.count(effect) == 8
    assert "VisibilityTimeout: 17 -> 27" in verbose.partition("8 updated")[0]
    assert as_markdown(review).count(effect) == 1
    assert as_markdown(review, verbose=True).count(effect) == 8
    assert [entry["effect"] for entry in document(review)["effects"]] == [effect] * 8


def test_an_effect_shows_no_secret() -> None:
    """The values in its sentence are those of the report."""

    def function(password: str) -> dict[str, Any]:
        return {
            "Role": "r",
            "Code": {"ZipFile": "a"},
            "Environment": {"Variables": {"DB_PASSWORD": password}},
        }

    review = compared(
        resources(It=("AWS::Lambda::Function", function("first-1"))),
        resources(It=("AWS::Lambda::Function", function("second-2"))),
    )
    assert review.effects
    assert "first-1" not in as_text(review)
    assert "second-2" not in as_text(review)
