from typing import Any

from cfnlint.helpers import is_function

from cfn_analysis.rules.support.callers import ALARM_ACTIONS
from cfn_analysis.rules.support.documents import each
from cfn_analysis.rules.support.references import single_reference
from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator
from cfn_analysis.rules.support.values import of_type
from cfn_analysis.rules.support.words import words

# The fields in the body of an alarm's message.
BODY = words("""
    AlarmActions AlarmArn AlarmConfigurationUpdatedTimestamp AlarmDescription AlarmName AlarmRule AWSAccountId
    InsufficientDataActions NewStateReason NewStateValue OKActions OldStateValue Region StateChangeTime
    Trigger TriggeringChildren
""")


class FilterOnAlarmTopic(Rule):
    """Filter policy on message attributes for alarms, which have none.

    A filter policy applies to message attributes unless FilterPolicyScope is MessageBody. CloudWatch sends
    alarms without message attributes: a filter on AlarmName or NewStateValue rejects all of them, and no one
    is notified. Set FilterPolicyScope: MessageBody.
    """

    id = "E9726"
    source_url = (
        "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html"
    )
    finding_class = "conditions"

    def findings(self, validator: Validator, resources: Any) -> Findings:
        topics = _notified(resources)
        for logical_id, _, properties in of_type(resources, "AWS::SNS::Subscription"):
            policy, topic = properties.get("FilterPolicy"), single_reference(properties.get("TopicArn"))[0]
            if not topic or topic not in topics or not isinstance(policy, dict) or is_function(policy)[0]:
                continue
            scope = properties.get("FilterPolicyScope", "MessageAttributes")
            if scope == "MessageAttributes" and not set(BODY).isdisjoint(policy):
                yield RuleFinding(
                    (logical_id, "Properties", "FilterPolicy"),
                    f"FilterPolicy filters on attributes, and the alarms that notify {topic} have none: no "
                    "message is delivered. Set FilterPolicyScope: MessageBody.",
                )


def _notified(resources: Any) -> set[str]:
    """Return the topics that alarms notify."""
    topics: set[str] = set()
    for _, _, properties in of_type(resources, "AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm"):
        for name in ALARM_ACTIONS:
            topics.update(single_reference(action)[0] for action, _ in each(properties.get(name)))
    return topics
