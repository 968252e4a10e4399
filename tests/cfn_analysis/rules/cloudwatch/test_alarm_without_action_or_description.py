"""Good and broken alarms."""

from itertools import product

from ..harness import frame

HEAD = """
Parameters:
  Enabled: {Type: String, Default: "true", AllowedValues: ["true", "false"]}
  Text: {Type: String, Default: The writer is busy.}
  NoText: {Type: String, Default: ""}
  NoTopics: {Type: CommaDelimitedList, Default: ""}
  Topics: {Type: "List<String>"}
Conditions:
  Runs: !Equals [!Ref Enabled, "true"]
Mappings:
  Texts: {high: {text: Busy.}}
Resources:
  Topic: {Type: AWS::SNS::Topic}
"""

ACTIONS = (
    "AlarmActions {}: no one is notified when the alarm fires. Give it at least one action, for example "
    "AlarmActions: [!Ref AlarmTopic]."
)

DISABLED = (
    "ActionsEnabled {}: the alarm fires without running its actions. Set it to true or leave it out (the "
    "default is true)."
)

DESCRIPTION = (
    "AlarmDescription {}: the operator gets an alarm without an explanation. Give it a text that says what "
    "happened and what to look at first."
)

SWITCHED = "AlarmActions: [!Ref Topic], ActionsEnabled: !Ref Enabled, AlarmDescription: Busy."
NO_VALUE = '{"Ref": "AWS::NoValue"}'

alarm = frame(
    HEAD + "  High: {Type: AWS::CloudWatch::<kind=Alarm>, <attributes=> Properties: {<properties>}}\n"
)


def case(kind: str, properties: str, path: str, message: str) -> tuple[str, ...]:
    """An alarm that can stay silent is found in its property, with the value and the condition."""
    expected = "Resources/High/Properties" + (f"/{path}" if path else "")
    return alarm(properties, kind=kind), expected, message


ROWS = {
    "no actions": ("AlarmDescription: Busy.", "", ACTIONS.format("is missing")),
    "[]": ("AlarmActions: [], AlarmDescription: Busy.", "AlarmActions", ACTIONS.format("is []")),
    "only NoValue": (
        "AlarmActions: [!Ref AWS::NoValue], AlarmDescription: Busy.",
        "AlarmActions",
        ACTIONS.format(f"is [{NO_VALUE}], which can be empty"),
    ),
    "NoValue itself": (
        "AlarmActions: !Ref AWS::NoValue, AlarmDescription: Busy.",
        "AlarmActions",
        ACTIONS.format(f"is {NO_VALUE}, which can be empty"),
    ),
    "no list in one branch": (
        "AlarmActions: !If [Pages, [!Ref Topic], !Ref AWS::NoValue], AlarmDescription: Busy.",
        "AlarmActions",
        ACTIONS.format(
            f'is {{"Fn::If": ["Pages", [{{"Ref": "Topic"}}], {NO_VALUE}]}}, '
            "which is empty when Pages is false"
        ),
    ),
    "no item in one branch": (
        "AlarmActions: [!If [Pages, !Ref AWS::NoValue, !Ref Topic]], AlarmDescription: Busy.",
        "AlarmActions",
        ACTIONS.format(
            f'is [{{"Fn::If": ["Pages", {NO_VALUE}, {{"Ref": "Topic"}}]}}], which is empty when Pages is true'
        ),
    ),
    "item that is empty by default": (
        "AlarmActions: [!Ref NoText], AlarmDescription: Busy.",
        "AlarmActions",
        ACTIONS.format('is [{"Ref": "NoText"}], which can be empty'),
    ),
    "list that is empty by default": (
        "AlarmActions: !Ref NoTopics, AlarmDescription: Busy.",
        "AlarmActions",
        ACTIONS.format('is {"Ref": "NoTopics"}, which can be empty'),
    ),
    "switched off": (
        "AlarmActions: [!Ref Topic], ActionsEnabled: false, AlarmDescription: Busy.",
        "ActionsEnabled",
        DISABLED.format("is false"),
    ),
    "switched off by an allowed value": (
        "AlarmActions: [!Ref Topic], ActionsEnabled: !Ref Enabled, AlarmDescription: Busy.",
        "ActionsEnabled",
        DISABLED.format('is {"Ref": "Enabled"}, which can be false'),
    ),
    "switched off in one branch": (
        "AlarmActions: [!Ref Topic], ActionsEnabled: !If [Pages, true, 'false'], AlarmDescription: Busy.",
        "ActionsEnabled",
        DISABLED.format('is {"Fn::If": ["Pages", true, "false"]}, which is false when Pages is false'),
    ),
    "no description": ("AlarmActions: [!Ref Topic]", "", DESCRIPTION.format("is missing")),
    "blank description": (
        "AlarmActions: [!Ref Topic], AlarmDescription: ' '",
        "AlarmDescription",
        DESCRIPTION.format('is " "'),
    ),
    "description empty by default": (
        "AlarmActions: [!Ref Topic], AlarmDescription: !Ref NoText",
        "AlarmDescription",
        DESCRIPTION.format('is {"Ref": "NoText"}, which can be empty'),
    ),
    "Sub of an empty default": (
        "AlarmActions: [!Ref Topic], AlarmDescription: !Sub '${NoText}'",
        "AlarmDescription",
        DESCRIPTION.format('is {"Fn::Sub": "${NoText}"}, which can be empty'),
    ),
    "description in one branch": (
        "AlarmActions: [!Ref Topic], AlarmDescription: !If [Pages, Busy., !Ref AWS::NoValue]",
        "AlarmDescription",
        DESCRIPTION.format(
            f'is {{"Fn::If": ["Pages", "Busy.", {NO_VALUE}]}}, which is empty when Pages is false'
        ),
    ),
}

GOOD = {
    "reference": alarm("AlarmActions: [!Ref Topic], AlarmDescription: Busy."),
    "literal": alarm("AlarmActions: ['arn:aws:sns:x'], AlarmDescription: Busy."),
    "GetAtt": alarm("AlarmActions: [!GetAtt Topic.TopicArn], AlarmDescription: Busy."),
    "list parameter without default": alarm("AlarmActions: !Ref Topics, AlarmDescription: Busy."),
    "functions that only AWS can resolve": alarm(
        "AlarmActions: [!Sub '${Topic.TopicArn}'], AlarmDescription: !Join [' ', [!Ref Topic, '']]"
    ),
    "list that only AWS can resolve": alarm(
        "AlarmActions: !Split [',', !ImportValue topics], AlarmDescription: !GetAtt Topic.TopicName"
    ),
    "map without the key, which another rule finds": alarm(
        "AlarmActions: [!Ref Topic], AlarmDescription: !FindInMap [Texts, none, none]"
    ),
    "switched on": alarm("AlarmActions: [!Ref Topic], ActionsEnabled: true, AlarmDescription: Busy."),
    "both branches": alarm(
        "AlarmActions: !If [Pages, [!Ref Topic], [arn]], AlarmDescription: !If [Pages, A., B.]"
    ),
    "items that complement each other": alarm(
        "AlarmActions: [!If [Pages, !Ref Topic, !Ref AWS::NoValue], "
        "!If [Pages, !Ref AWS::NoValue, !Ref Topic]], AlarmDescription: Busy."
    ),
    "empty branch that the alarm's own condition excludes": alarm(
        "AlarmActions: [!If [Pages, !Ref Topic, !Ref AWS::NoValue]], AlarmDescription: Busy.",
        attributes="Condition: Pages,",
    ),
    "composite": alarm("AlarmActions: [!Ref Topic], AlarmDescription: Busy.", kind="CompositeAlarm"),
    "other resources are left alone": HEAD,
    "given value": (alarm(SWITCHED), {"parameters": {"Enabled": "true"}}),
}

BAD = {
    **{
        f"{name}, {kind}": case(kind, *row)
        for kind, (name, row) in product(("Alarm", "CompositeAlarm"), ROWS.items())
    },
    "bare alarm lacks both": (
        f"{HEAD}  High: {{Type: AWS::CloudWatch::Alarm}}\n",
        "Resources/High/Properties",
        ACTIONS.format("is missing"),
        "Resources/High/Properties",
        DESCRIPTION.format("is missing"),
    ),
    "message leaves out the condition of the alarm itself": (
        alarm(
            "AlarmActions: [!Ref Topic], "
            "AlarmDescription: !If [Runs, Busy., !If [Pages, !Ref AWS::NoValue, x]]",
            attributes="Condition: Pages,",
        ),
        "Resources/High/Properties/AlarmDescription",
        DESCRIPTION.format(
            f'is {{"Fn::If": ["Runs", "Busy.", {{"Fn::If": ["Pages", {NO_VALUE}, "x"]}}]}}, '
            "which is empty when Runs is false"
        ),
    ),
    "given value": (
        alarm(SWITCHED),
        "Resources/High/Properties/ActionsEnabled",
        DISABLED.format('is {"Ref": "Enabled"}, which can be false'),
        {"parameters": {"Enabled": "false"}},
    ),
}
