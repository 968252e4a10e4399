"""What the review knows about each change: a risk names it, it cannot harm, or it is not judged."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from cfn_analysis.model.references import Place
from cfn_analysis.model.wiring import Node
from cfn_analysis.reviewing import report
from cfn_analysis.reviewing.judging import EFFECT, HARMLESS, NOT_JUDGED, RISK, Judgment
from cfn_analysis.reviewing.sides import Side

from .labels import Labeled, after, labeled
from .own_changes import with_template
from .templates import compared, resources
from .walking import ENVIRONMENT, LISTED, Walked, harmless_properties, walk, whole_side


@pytest.fixture(scope="module")
def walked() -> list[Walked]:
    """Every property of every resource of the templates, changed to another value."""
    return list(walk(whole_side()))


def test_no_property_of_the_templates_is_silent(walked: list[Walked]) -> None:
    """Each changed property is a risk, harmless with a reason, or listed as not judged."""
    assert len(walked) > 2_000
    assert [step.edit for step in walked if not step.judgments] == []
    for step in walked:
        for judgment in step.judgments:
            assert bool(judgment.reason) is (judgment.verdict in (HARMLESS, EFFECT)), judgment


def test_the_list_of_harmless_properties_is_up_to_date(walked: list[Walked]) -> None:
    """Read what is new in it, after ``python -m tests.cfn_analysis.reviewing.walking``."""
    listed = LISTED.read_text("utf-8").splitlines()

    assert [line for line in harmless_properties(walked) if line not in listed] == []


# Type, place and new value of edits that no lint rule stops; None removes the value.
HARMFUL: Sequence[tuple[str, Place, Any]] = (
    ("AWS::WAFv2::WebACL", ("DataProtectionConfig",), None),
    ("AWS::Lambda::Function", ("MemorySize",), 128),
    ("AWS::Lambda::Function", ("Handler",), "absent.handler"),
    ("AWS::Route53::HealthCheck", ("HealthCheckConfig", "FailureThreshold"), 10),
    ("AWS::ApiGateway::UsagePlan", ("Throttle", "RateLimit"), 1),
    ("AWS::Logs::MetricFilter", ("FilterPattern",), "nothing"),
    (
        "AWS::CloudFront::Distribution",
        ("DistributionConfig", "Origins", 1, "CustomOriginConfig", "OriginReadTimeout"),
        1,
    ),
)


def test_harmful_edits_of_the_templates_are_never_without_a_line() -> None:
    """Whatever no detector knows is listed: the review does not say that there are no risks."""
    side = whole_side()
    edited = side
    for stack in side.stacks:
        edited = with_template(edited, stack.name, edit_of_types)
    review = report.review(side, edited, [ENVIRONMENT])

    for _, place, _ in HARMFUL:
        judged = [judgment for judgment in review.judgments if place[-1] in keys(judgment.path)]
        assert judged, place
        assert HARMLESS not in {judgment.verdict for judgment in judged}, place


def edit_of_types(template: dict[str, Any]) -> None:
    """Make the harmful edits of the resources of a template."""
    for type_name, place, value in HARMFUL:
        for resource in template["Resources"].values():
            if resource["Type"] != type_name:
                continue
            target = resource["Properties"]
            for step in place[:-1]:
                target = target[step]
            target[place[-1]] = value
            if value is None:
                del target[place[-1]]


def groups(edits: list[Labeled]) -> Iterator[list[Labeled]]:
    """Yield the edits in groups with one edit of a property in each; those of whole resources first."""
    yield [edit for edit in edits if edit.is_patch]
    by_number: dict[int, list[Labeled]] = {}
    numbers: Counter[object] = Counter()
    for edit in edits:
        if edit.is_patch:
            continue
        place = (edit.subject, edit.path.partition(".")[0])
        by_number.setdefault(numbers[place], []).append(edit)
        numbers[place] += 1
    yield from by_number.values()


def is_about(judgment: Judgment, edit: Labeled) -> bool:
    """Return whether a judgment is about a labeled edit."""
    if judgment.subject != edit.subject:
        return False
    if not edit.row.get("place") or not judgment.path:
        return judgment.path == edit.path
    judged, edited = keys(judgment.path), edit.path.split(".")
    shorter = min(len(judged), len(edited))
    return judged[:shorter] == edited[:shorter]


def keys(path: str) -> list[str]:
    """Return the keys of a path, without the identifiers of list items."""
    return [part.partition("[")[0] for part in path.split(".")]


def verdicts(side: Side, group: list[Labeled]) -> dict[tuple[Node, str], set[str]]:
    """Return the verdicts about each edit of a group that is deployed together."""
    judgments = report.review(side, after(side, group), [ENVIRONMENT]).judgments
    of_edits = {}
    for edit in group:
        verdicts_of_edit = {judgment.verdict for judgment in judgments if is_about(judgment, edit)}
        of_edits[edit.subject, edit.path] = verdicts_of_edit
    return of_edits


def test_no_edit_that_a_person_calls_harmful_is_harmless() -> None:
    """The person had not seen what the review calls harmless."""
    side = whole_side()
    judged: Counter[tuple[str, str]] = Counter()
    wrong = []
    for group in groups(list(labeled(side))):
        together = verdicts(side, group)
        for edit in group:
            of_edit = together[edit.subject, edit.path]
            if edit.label == "harmful" and HARMLESS in of_edit:  # perhaps because of another edit
                of_edit = verdicts(side, [edit])[edit.subject, edit.path]
                if HARMLESS in of_edit:
                    wrong.append(edit)
            judged.update((edit.label, verdict) for verdict in of_edit)

    assert wrong == []
    assert sum(judged.values()) >= 95  # some have no effect in this environment
    assert judged["harmless", HARMLESS] >= 20


def verdicts_of(before: dict[str, Any], after: dict[str, Any]) -> dict[str, str]:
    """Return path -> verdict of each change of two templates."""
    return {judgment.path: judgment.verdict for judgment in compared(before, after).judgments}


def test_how_a_value_is_changed_says_nothing_about_it() -> None:
    """An interruption, and the replacement of what is always replaced, do not judge the new value."""
    rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "10.0.0.0/24"}
    group = {"GroupDescription": "a", "VpcId": "v"}
    before = resources(It=("AWS::EC2::SecurityGroup", {**group, "SecurityGroupIngress": [rule]}))
    after = resources(It=("AWS::EC2::SecurityGroup", {**group, "SecurityGroupIngress": []}))
    review = compared(before, after)
    assert [risk.kind for risk in review.risks] == ["interruption"]
    assert {judgment.verdict for judgment in review.judgments} == {EFFECT}  # less traffic

    permission = {"Action": "lambda:InvokeFunction", "FunctionName": "f", "Principal": "events.amazonaws.com"}
    before = resources(It=("AWS::Lambda::Permission", {**permission, "SourceArn": "arn:a/*"}))
    after = resources(It=("AWS::Lambda::Permission", {**permission, "SourceArn": "arn:a/b"}))
    review = compared(before, after)
    assert [risk.kind for risk in review.risks] == ["replace"]
    assert verdicts_of(before, after) == {"SourceArn": EFFECT}  # narrower

    before = resources(It=("AWS::SQS::Queue", {"QueueName": "a"}))
    after = resources(It=("AWS::SQS::Queue", {"QueueName": "b"}))
    assert verdicts_of(before, after) == {"QueueName": RISK}


@pytest.mark.parametrize(
    ("action", "verdict"),
    [
        ({"Ref": "Topic"}, HARMLESS),
        ("arn:aws:sns:eu-west-1:123456789012:t", HARMLESS),
        ({"Fn::Sub": "arn:${AWS::Partition}:sns:${AWS::Region}:${AWS::AccountId}:t"}, HARMLESS),
        ({"Fn::Sub": "arn:${AWS::Partition}:automate:${AWS::Region}:ec2:terminate"}, NOT_JUDGED),
        ({"Fn::GetAtt": ["Function", "Arn"]}, NOT_JUDGED),
        ({"Ref": "Action"}, NOT_JUDGED),
    ],
)
@pytest.mark.parametrize("key", ["AlarmActions", "InsufficientDataActions", "OKActions"])
def test_a_new_alarm_is_harmless_if_it_only_notifies(key: str, action: Any, verdict: str) -> None:
    """Other actions terminate an instance, or call a function."""
    deployed = resources(Topic=("AWS::SNS::Topic", {}), Function=("AWS::Lambda::Function", {}))
    deployed["Parameters"] = {"Action": {"Type": "String"}}
    alarm = resources(It=("AWS::CloudWatch::Alarm", {"EvaluationPeriods": 1, key: [action]}))
    after = {**deployed, "Resources": {**deployed["Resources"], **alarm["Resources"]}}

    assert verdicts_of(deployed, after) == {"": verdict}


@pytest.mark.parametrize(
    ("value", "verdict"),
    [
        ({"Ref": "Key"}, HARMLESS),
        ({"Fn::GetAtt": ["Cluster", "MasterUserSecret.SecretArn"]}, HARMLESS),
        ({"Fn::GetAtt": ["Key", "SecretAccessKey"]}, NOT_JUDGED),
        ({"Ref": "Password"}, NOT_JUDGED),
        ({"Fn::Sub": "mysql://${Password}@host"}, NOT_JUDGED),
        ("{{resolve:secretsmanager:a:SecretString:password}}", NOT_JUDGED),
    ],
)
def test_a_new_output_is_harmless_if_it_shows_no_secret(value: Any, verdict: str) -> None:
    """Whoever describes the stack can read its outputs: NoEcho does not hide a value there."""
    deployed = resources(
        Key=("AWS::IAM::AccessKey", {"UserName": "u"}), Cluster=("AWS::RDS::DBCluster", {"Engine": "aurora"})
    )
    deployed["Parameters"] = {"Password": {"Type": "String", "NoEcho": True, "Default": "hush"}}

    assert verdicts_of(deployed, {**deployed, "Outputs": {"New": {"Value": value}}}) == {
        "Outputs.New": verdict
    }
