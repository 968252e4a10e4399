from typing import Any

from cfn_analysis.rules.support.alarm_topics import AlarmWithTopic, TopicAccess, access, alarms_with_topics
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator
from cfn_analysis.rules.support.scenarios import scenarios
from cfn_analysis.rules.support.topics import KEY_RIGHTS, key_of_topic
from cfn_analysis.rules.support.values import case_of, existing, show


class AlarmTopicKeyWithoutCloudWatch(Rule):
    """Key of an alarm topic that does not allow CloudWatch.

    To publish to an encrypted topic, CloudWatch needs kms:Decrypt and kms:GenerateDataKey* on its key, in the
    key policy: permissions of the account do not apply to a service. Without them, or with a
    condition on aws:SourceArn that the alarm's name does not match, the alarm fires and its message is lost.
    Add a statement for cloudwatch.amazonaws.com, with a pattern that covers the alarms' names.
    """

    id = "E9721"
    source_url = (
        "https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services"
    )
    fault_class = "rights"

    def faults(self, validator: Validator, resources: Any) -> Faults:
        for one in alarms_with_topics(validator, resources):
            # In a list, so that the value is resolved like every other part of a template.
            for used, case in scenarios(one.case, [one.properties.get("KmsMasterKeyId")]):
                key, properties = key_of_topic(case, resources, used[0]) if used else ("", {})
                exists = case_of(case, resources[key]) if key else None
                if exists:
                    yield from _shut_out(exists, one, resources, key, properties)


def _shut_out(case: Validator, one: AlarmWithTopic, resources: Any, key: str, properties: Any) -> Faults:
    for granted, where in access(case, properties.get("KeyPolicy"), KEY_RIGHTS, one.alarm_name):
        lacking = [right for right, allowed in granted.items() if allowed is TopicAccess.NONE]
        if lacking:
            yield Fault(
                (key, "Properties", "KeyPolicy"),
                f"KeyPolicy does not allow cloudwatch.amazonaws.com {' and '.join(lacking)}{{when}}, and "
                "the key encrypts a topic that alarms notify: their messages are lost. Add a statement that "
                "allows the service kms:Decrypt and kms:GenerateDataKey*.",
                where,
            )
        elif TopicAccess.OTHER_ALARMS in granted.values():
            yield Fault(
                existing(resources, (one.alarm, "Properties", "AlarmName")),
                f"AlarmName is {show(one.alarm_name)}{{when}}, which no aws:SourceArn in the KeyPolicy of "
                f"{key} matches: CloudWatch cannot use the key for this alarm, so the topic {one.topic} "
                "never gets it. Change the name or the pattern.",
                where,
            )
