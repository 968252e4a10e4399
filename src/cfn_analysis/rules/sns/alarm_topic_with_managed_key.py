from typing import Any

from cfn_analysis.rules.support.alarm_topics import alarms_with_topics
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator
from cfn_analysis.rules.support.scenarios import state
from cfn_analysis.rules.support.topics import is_managed_key
from cfn_analysis.rules.support.values import values


class AlarmTopicWithManagedKey(Rule):
    """Alarm topic encrypted with alias/aws/sns.

    The policy of the AWS-managed key alias/aws/sns does not allow CloudWatch, and it cannot be changed. The
    alarm deploys and fires, but its message is lost, which only the alarm's history shows. Encrypt the topic
    with a customer managed key whose policy allows cloudwatch.amazonaws.com kms:Decrypt and
    kms:GenerateDataKey*.
    """

    id = "E9720"
    source_url = (
        "https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services"
    )
    fault_class = "rights"

    def faults(self, validator: Validator, resources: Any) -> Faults:
        for one in alarms_with_topics(validator, resources):
            written = one.properties.get("KmsMasterKeyId")
            for key, case in values(one.case, written):
                if is_managed_key(key):
                    yield Fault(
                        (one.topic, "Properties", "KmsMasterKeyId"),
                        f"KmsMasterKeyId {state(one.case, case, written, key)}: CloudWatch cannot use this "
                        "key, so the messages of all alarms to the topic are lost. Use a customer managed "
                        "key whose policy allows cloudwatch.amazonaws.com.",
                        case,
                    )
