from typing import Any

from cfn_analysis.rules.support.alarm_topics import TopicAccess, access, alarms_with_topics
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator
from cfn_analysis.rules.support.topics import TOPIC_RIGHTS, policies_of_topics
from cfn_analysis.rules.support.values import case_of, existing, show


class AlarmTopicPolicyWithoutCloudWatch(Rule):
    """Topic policy that does not allow CloudWatch.

    A topic without a policy accepts the alarms of its account. An AWS::SNS::TopicPolicy replaces that: if it
    does not allow cloudwatch.amazonaws.com sns:Publish, or its condition on aws:SourceArn does not match the
    alarm's name, the alarm fires and its message is lost. Add a statement for the service, with a pattern
    that covers the alarms' names.
    """

    id = "E9722"
    source_url = "https://repost.aws/knowledge-center/cloudwatch-receive-sns-for-alarm-trigger"
    fault_class = "rights"

    def faults(self, validator: Validator, resources: Any) -> Faults:
        policies = policies_of_topics(resources)
        for one in alarms_with_topics(validator, resources):
            own = policies.get(one.topic, [])
            if len(own) != 1:  # none: the default policy allows CloudWatch. Several: the last one applies
                continue
            policy, resource, document = own[0]
            exists = case_of(one.case, resource)
            verdicts = access(exists, document, TOPIC_RIGHTS, one.alarm_name, one.topic) if exists else ()
            for granted, case in verdicts:
                if TopicAccess.NONE in granted.values():
                    yield Fault(
                        (policy, "Properties", "PolicyDocument"),
                        "PolicyDocument does not allow cloudwatch.amazonaws.com sns:Publish on "
                        f"{one.topic}{{when}}: the messages of all alarms to the topic are lost. Add a "
                        "statement that allows it.",
                        case,
                    )
                if TopicAccess.OTHER_ALARMS in granted.values():
                    yield Fault(
                        existing(resources, (one.alarm, "Properties", "AlarmName")),
                        f"AlarmName is {show(one.alarm_name)}{{when}}, which no aws:SourceArn in the "
                        f"PolicyDocument of {policy} matches: CloudWatch cannot publish this alarm to "
                        f"{one.topic}. Change the name or the pattern.",
                        case,
                    )
