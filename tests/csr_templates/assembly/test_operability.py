"""What a new function, queue or stack needs in operation, with the messages and their acceptance."""

from typing import Any

import pytest

from cfn_analysis import rules
from cfn_analysis.model.built_stack import BuiltStack
from csr_templates import STACKS
from csr_templates.assembly import operability
from csr_templates.stacks.parts import findings

FUNCTION = {"Type": "AWS::Lambda::Function", "Properties": {"Code": {"ZipFile": "x"}}}
QUEUE = {"Type": "AWS::SQS::Queue", "Properties": {}}
TABLE = {"Type": "AWS::DynamoDB::Table", "Properties": {}}
PACKAGE = {"Code": {"S3Bucket": "packages", "S3Key": "a.zip"}}


def alarm(name: str, value: Any) -> dict[str, Any]:
    """Return an alarm with one dimension."""
    return {"Type": "AWS::CloudWatch::Alarm", "Properties": {"Dimensions": [{"Name": name, "Value": value}]}}


def on_expression(value: Any) -> dict[str, Any]:
    """Return an alarm on an expression of one metric, with a dimension of a queue."""
    metric = {"MetricName": "m", "Dimensions": [{"Name": "QueueName", "Value": value}]}
    queries = [{"Id": "a", "MetricStat": {"Metric": metric}}, {"Id": "b", "Expression": "a * 2"}]
    return {"Type": "AWS::CloudWatch::Alarm", "Properties": {"Metrics": queries}}


def problems(**resources: Any) -> list[str]:
    """Return the sentences about the resources of a stack."""
    return operability.problems(BuiltStack("site", "site.yaml", "us-east-1", {"Resources": resources}))


ALARM_OF_FUNCTION = (
    "Stack site: F has no alarm, so no one learns that it fails (W9578). In add_alarms, add an alarm on "
    'Errors with dimensions={"FunctionName": ...} (alarms.alarm). If it is intended, write '
    'Metadata=findings.accepted(W9578="the reason") on F.'
)
ALARM_OF_QUEUE = (
    "Stack site: Q has no alarm, so no one learns that it fails (W9578). In add_alarms, add an alarm on "
    'ApproximateAgeOfOldestMessage with dimensions={"QueueName": ...} (alarms.alarm). If it is intended, '
    "write "
    'Metadata=findings.accepted(W9578="the reason") on Q.'
)
ALARM_OF_STACK = (
    "Stack site: The stack has T and no alarm, so no one learns that it fails (W9578). Add the alarm topics "
    "(topics.alarm_topics) and an alarm (alarms.alarm). If it is intended, write "
    'Metadata=findings.accepted(W9578="the reason") on T.'
)
VERSION = (
    "Stack site: Code of F has no S3ObjectVersion (W9579). A new package with the same key is never "
    "deployed, because the template and the parameters stay the same. Pass the version as a per-deploy "
    'parameter. If it is intended, write Metadata=findings.accepted(W9579="the reason") on F.'
)


@pytest.mark.parametrize(
    ("resources", "sentences"),
    [
        ({"F": FUNCTION}, [ALARM_OF_FUNCTION]),
        ({"Q": QUEUE}, [ALARM_OF_QUEUE]),
        ({"F": FUNCTION, "Q": QUEUE, "A": alarm("QueueName", {"Ref": "Q"})}, [ALARM_OF_FUNCTION]),
        ({"F": FUNCTION, "A": alarm("FunctionName", {"Ref": "F"})}, []),
        ({"Q": QUEUE, "A": alarm("QueueName", {"Fn::GetAtt": ["Q", "QueueName"]})}, []),
        ({"Q": QUEUE, "A": on_expression({"Fn::GetAtt": ["Q", "QueueName"]})}, []),
        (
            {
                "Q": {**QUEUE, "Properties": {"QueueName": {"Fn::Sub": "${ProjectName}-jobs"}}},
                "A": alarm("QueueName", {"Fn::Sub": "${ProjectName}-jobs"}),
            },
            [],
        ),
        ({"Q": QUEUE, "A": alarm("QueueName", "another")}, [ALARM_OF_QUEUE]),
        ({"T": TABLE}, [ALARM_OF_STACK]),
        ({"T": TABLE, "A": alarm("TableName", {"Ref": "T"})}, []),
        ({"B": {"Type": "AWS::S3::Bucket"}}, []),
        ({"F": {**FUNCTION, "Properties": PACKAGE}, "A": alarm("FunctionName", {"Ref": "F"})}, [VERSION]),
        (
            {
                "F": {
                    **FUNCTION,
                    "Properties": {"Code": {**PACKAGE["Code"], "S3ObjectVersion": {"Ref": "V"}}},
                },
                "A": alarm("FunctionName", {"Ref": "F"}),
            },
            [],
        ),
    ],
)
def test_messages(resources: dict[str, Any], sentences: list[str]) -> None:
    """A stack has exactly the messages of its resources."""
    assert problems(**resources) == sentences


def test_a_reason_accepts_a_finding() -> None:
    """The Metadata of the resource accepts one number, and no other."""
    reasons = {"W9578": "It is invoked by hand."}
    function = {**FUNCTION, "Properties": PACKAGE, "Metadata": findings.accepted(**reasons)}

    assert problems(F=function) == [VERSION]
    assert problems(T={**TABLE, "Metadata": findings.accepted(**reasons)}) == []
    assert problems(F={**function, "Metadata": findings.accepted(**reasons, W9579="Its key changes.")}) == []


def test_a_stack_with_a_named_function_has_only_its_message() -> None:
    """The message about the stack does not repeat those about functions and queues."""
    assert problems(F=FUNCTION, Q=QUEUE) == [ALARM_OF_FUNCTION, ALARM_OF_QUEUE]


def test_the_numbers_are_not_those_of_lint_rules() -> None:
    """A number that is ignored stands for one requirement."""
    numbers = {operability.WITHOUT_ALARM[1:], operability.WITHOUT_VERSION[1:]}

    assert not numbers & {rule.id[1:] for rule in rules.RULES}


def test_our_stacks_meet_the_requirements() -> None:
    """Removing the alarms of a stack with functions is reported for each of them."""
    stacks = {stack.name: stack.build().to_dict() for stack in STACKS}
    reported = 0
    for name, template in stacks.items():
        alarms = [
            key for key, value in template["Resources"].items() if value["Type"] == "AWS::CloudWatch::Alarm"
        ]
        without = {key: value for key, value in template["Resources"].items() if key not in alarms}
        built = BuiltStack(name, "", "us-east-1", {"Resources": template["Resources"]})
        assert operability.problems(built) == []
        if alarms:
            reported += 1
            assert operability.problems(BuiltStack(name, "", "us-east-1", {"Resources": without}))
    assert reported > 1
