"""E9001 on good and broken alarms."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from csr_templates.rules import AlarmWithoutActionOrDescription

if TYPE_CHECKING:
    from tests.rules.conftest import Judge

HEAD = """
Parameters:
  Enabled: {Type: String, Default: "true", AllowedValues: ["true", "false"]}
  Paging: {Type: String, Default: "true", AllowedValues: ["true", "false"]}
  Text: {Type: String, Default: The writer is busy.}
  NoText: {Type: String, Default: ""}
  NoTopics: {Type: CommaDelimitedList, Default: ""}
  Topics: {Type: "List<String>"}
Conditions:
  Pages: !Equals [!Ref Paging, "true"]
  Runs: !Equals [!Ref Enabled, "true"]
Mappings:
  Texts: {high: {text: Busy.}}
Resources:
  Topic: {Type: AWS::SNS::Topic}
"""

ACTIONS = (
    "AlarmActions {}: nobody is told when the alarm fires. Give it at least one action, for example "
    "AlarmActions: [!Ref AlarmTopic]."
)
DISABLED = (
    "ActionsEnabled {}: the alarm fires without running its actions. Set it to true or leave it out (the "
    "default is true)."
)
DESCRIPTION = (
    "AlarmDescription {}: whoever is woken by the alarm reads nothing. Give it a text that says what "
    "happened and what to look at first."
)
NO_VALUE = '{"Ref": "AWS::NoValue"}'


def alarm(properties: str, *, attributes: str = "", kind: str = "Alarm") -> str:
    """Return a template with one alarm of these properties."""
    return f"{HEAD}  High: {{Type: AWS::CloudWatch::{kind}, {attributes} Properties: {{{properties}}}}}\n"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(alarm("AlarmActions: [!Ref Topic], AlarmDescription: Busy."), id="reference"),
        pytest.param(alarm("AlarmActions: ['arn:aws:sns:x'], AlarmDescription: Busy."), id="literal"),
        pytest.param(alarm("AlarmActions: [!GetAtt Topic.TopicArn], AlarmDescription: Busy."), id="GetAtt"),
        pytest.param(alarm("AlarmActions: [!ImportValue topic], AlarmDescription: Busy."), id="import"),
        pytest.param(
            alarm("AlarmActions: !Ref Topics, AlarmDescription: Busy."), id="list parameter without default"
        ),
        pytest.param(
            alarm("AlarmActions: [!Ref Topic], AlarmDescription: !Ref Text"), id="parameter default"
        ),
        pytest.param(alarm("AlarmActions: [!Ref Topic], AlarmDescription: !Sub '${Text} Go.'"), id="Sub"),
        pytest.param(
            alarm(
                "AlarmActions: [!Sub '${Topic.TopicArn}'], AlarmDescription: !Join [' ', [!Ref Topic, '']]"
            ),
            id="functions that only AWS can resolve",
        ),
        pytest.param(
            alarm(
                "AlarmActions: !Split [',', !ImportValue topics], AlarmDescription: !GetAtt Topic.TopicName"
            ),
            id="list that only AWS can resolve",
        ),
        pytest.param(
            alarm("AlarmActions: [!Ref Topic], AlarmDescription: !FindInMap [Texts, none, none]"),
            id="map without the key, which another rule finds",
        ),
        pytest.param(
            alarm("AlarmActions: [!Ref Topic], ActionsEnabled: true, AlarmDescription: Busy."),
            id="switched on",
        ),
        pytest.param(
            alarm("AlarmActions: !If [Pages, [!Ref Topic], [arn]], AlarmDescription: !If [Pages, A., B.]"),
            id="both branches",
        ),
        pytest.param(
            alarm(
                "AlarmActions: [!If [Pages, !Ref Topic, !Ref AWS::NoValue], "
                "!If [Pages, !Ref AWS::NoValue, !Ref Topic]], AlarmDescription: Busy."
            ),
            id="items that complement each other",
        ),
        pytest.param(
            alarm(
                "AlarmActions: [!If [Pages, !Ref Topic, !Ref AWS::NoValue]], AlarmDescription: Busy.",
                attributes="Condition: Pages,",
            ),
            id="empty branch that the alarm's own condition excludes",
        ),
        pytest.param(
            alarm("AlarmActions: [!Ref Topic], AlarmDescription: Busy.", kind="CompositeAlarm"),
            id="composite",
        ),
    ],
)
def test_accepts(judge: Judge, text: str) -> None:
    """An alarm that always has an action, switched on, and a description passes."""
    assert judge(AlarmWithoutActionOrDescription, text) == []


@pytest.mark.parametrize(
    ("properties", "path", "message"),
    [
        pytest.param("AlarmDescription: Busy.", "", ACTIONS.format("is missing"), id="no actions"),
        pytest.param(
            "AlarmActions: [], AlarmDescription: Busy.", "AlarmActions", ACTIONS.format("is []"), id="[]"
        ),
        pytest.param(
            "AlarmActions: [!Ref AWS::NoValue], AlarmDescription: Busy.",
            "AlarmActions",
            ACTIONS.format(f"is [{NO_VALUE}], which can be empty"),
            id="only NoValue",
        ),
        pytest.param(
            "AlarmActions: !Ref AWS::NoValue, AlarmDescription: Busy.",
            "AlarmActions",
            ACTIONS.format(f"is {NO_VALUE}, which can be empty"),
            id="NoValue itself",
        ),
        pytest.param(
            "AlarmActions: !If [Pages, [!Ref Topic], !Ref AWS::NoValue], AlarmDescription: Busy.",
            "AlarmActions",
            ACTIONS.format(
                f'is {{"Fn::If": ["Pages", [{{"Ref": "Topic"}}], {NO_VALUE}]}}, '
                "which is empty when Pages is false"
            ),
            id="no list in one branch",
        ),
        pytest.param(
            "AlarmActions: [!If [Pages, !Ref AWS::NoValue, !Ref Topic]], AlarmDescription: Busy.",
            "AlarmActions",
            ACTIONS.format(
                f'is [{{"Fn::If": ["Pages", {NO_VALUE}, {{"Ref": "Topic"}}]}}], '
                "which is empty when Pages is true"
            ),
            id="no item in one branch",
        ),
        pytest.param(
            "AlarmActions: [!Ref NoText], AlarmDescription: Busy.",
            "AlarmActions",
            ACTIONS.format('is [{"Ref": "NoText"}], which can be empty'),
            id="item that is empty by default",
        ),
        pytest.param(
            "AlarmActions: !Ref NoTopics, AlarmDescription: Busy.",
            "AlarmActions",
            ACTIONS.format('is {"Ref": "NoTopics"}, which can be empty'),
            id="list that is empty by default",
        ),
        pytest.param(
            "AlarmActions: [!Ref Topic], ActionsEnabled: false, AlarmDescription: Busy.",
            "ActionsEnabled",
            DISABLED.format("is false"),
            id="switched off",
        ),
        pytest.param(
            "AlarmActions: [!Ref Topic], ActionsEnabled: !Ref Enabled, AlarmDescription: Busy.",
            "ActionsEnabled",
            DISABLED.format('is {"Ref": "Enabled"}, which can be false'),
            id="switched off by an allowed value",
        ),
        pytest.param(
            "AlarmActions: [!Ref Topic], ActionsEnabled: !If [Pages, true, 'false'], AlarmDescription: Busy.",
            "ActionsEnabled",
            DISABLED.format('is {"Fn::If": ["Pages", true, "false"]}, which is false when Pages is false'),
            id="switched off in one branch",
        ),
        pytest.param("AlarmActions: [!Ref Topic]", "", DESCRIPTION.format("is missing"), id="no description"),
        pytest.param(
            "AlarmActions: [!Ref Topic], AlarmDescription: ' '",
            "AlarmDescription",
            DESCRIPTION.format('is " "'),
            id="blank description",
        ),
        pytest.param(
            "AlarmActions: [!Ref Topic], AlarmDescription: !Ref NoText",
            "AlarmDescription",
            DESCRIPTION.format('is {"Ref": "NoText"}, which can be empty'),
            id="description empty by default",
        ),
        pytest.param(
            "AlarmActions: [!Ref Topic], AlarmDescription: !Sub '${NoText}'",
            "AlarmDescription",
            DESCRIPTION.format('is {"Fn::Sub": "${NoText}"}, which can be empty'),
            id="Sub of an empty default",
        ),
        pytest.param(
            "AlarmActions: [!Ref Topic], AlarmDescription: !If [Pages, Busy., !Ref AWS::NoValue]",
            "AlarmDescription",
            DESCRIPTION.format(
                f'is {{"Fn::If": ["Pages", "Busy.", {NO_VALUE}]}}, which is empty when Pages is false'
            ),
            id="description in one branch",
        ),
    ],
)
@pytest.mark.parametrize("kind", ["Alarm", "CompositeAlarm"])
def test_refuses(judge: Judge, kind: str, properties: str, path: str, message: str) -> None:
    """An alarm that can stay silent is found in its property, with the value and the condition."""
    expected = "Resources/High/Properties" + (f"/{path}" if path else "")

    assert judge(AlarmWithoutActionOrDescription, alarm(properties, kind=kind)) == [(expected, message)]


def test_bare_alarm_lacks_both(judge: Judge) -> None:
    """An alarm without any property has two findings: no action, no description."""
    text = f"{HEAD}  High: {{Type: AWS::CloudWatch::Alarm}}\n"

    assert judge(AlarmWithoutActionOrDescription, text) == [
        ("Resources/High/Properties", ACTIONS.format("is missing")),
        ("Resources/High/Properties", DESCRIPTION.format("is missing")),
    ]


def test_message_leaves_out_the_condition_of_the_alarm_itself(judge: Judge) -> None:
    """Only the conditions beyond the alarm's own say when it is silent."""
    text = alarm(
        "AlarmActions: [!Ref Topic], AlarmDescription: !If [Runs, Busy., !If [Pages, !Ref AWS::NoValue, x]]",
        attributes="Condition: Pages,",
    )

    assert judge(AlarmWithoutActionOrDescription, text) == [
        (
            "Resources/High/Properties/AlarmDescription",
            DESCRIPTION.format(
                f'is {{"Fn::If": ["Runs", "Busy.", {{"Fn::If": ["Pages", {NO_VALUE}, "x"]}}]}}, '
                "which is empty when Runs is false"
            ),
        )
    ]


def test_given_parameter_values_replace_the_allowed_ones(judge: Judge) -> None:
    """With parameter values the alarm is judged by them alone."""
    text = alarm("AlarmActions: [!Ref Topic], ActionsEnabled: !Ref Enabled, AlarmDescription: Busy.")

    assert judge(AlarmWithoutActionOrDescription, text, {"Enabled": "true"}) == []
    assert judge(AlarmWithoutActionOrDescription, text, {"Enabled": "false"}) == [
        (
            "Resources/High/Properties/ActionsEnabled",
            DISABLED.format('is {"Ref": "Enabled"}, which can be false'),
        )
    ]


def test_other_resources_are_left_alone(judge: Judge) -> None:
    """Only alarms are judged."""
    assert judge(AlarmWithoutActionOrDescription, HEAD) == []
