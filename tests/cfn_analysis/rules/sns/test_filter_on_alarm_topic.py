"""Filters of subscriptions."""

from ..harness import frame

template = frame("""
  Alarms: {Type: AWS::SNS::Topic}
  Orders: {Type: AWS::SNS::Topic}
  Alarm: {Type: AWS::CloudWatch::Alarm, Properties: {AlarmActions: [!Ref Alarms]}}
  Mail: {Type: AWS::SNS::Subscription, Properties: {TopicArn: !Ref <topic=Alarms>, <subscription>}}
""")

GOOD = {
    "body": template("FilterPolicyScope: MessageBody, FilterPolicy: {NewStateValue: [ALARM]}"),
    "no filter": template("Protocol: email"),
    "another topic": template("FilterPolicy: {Region: [eu]}", "Orders"),
    "another attribute": template("FilterPolicy: {kind: [order]}"),
}

BAD = {
    "composite alarm": (
        template("FilterPolicy: {AlarmRule: [{exists: true}]}").replace(
            "CloudWatch::Alarm", "CloudWatch::CompositeAlarm"
        ),
        "Resources/Mail/Properties/FilterPolicy",
        "FilterPolicy filters on attributes, and the alarms that notify Alarms have none: no "
        "message is delivered. Set FilterPolicyScope: MessageBody.",
    ),
    "attributes": (
        template("FilterPolicy: {NewStateValue: [ALARM]}"),
        "Resources/Mail/Properties/FilterPolicy",
        "FilterPolicy filters on attributes, and the alarms that notify Alarms have none: no "
        "message is delivered. Set FilterPolicyScope: MessageBody.",
    ),
}
