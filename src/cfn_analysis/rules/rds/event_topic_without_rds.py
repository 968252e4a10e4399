from typing import Any

from cfn_analysis.model.references import value_at
from cfn_analysis.rules.support.alarm_topics import TopicAccess, access
from cfn_analysis.rules.support.references import target_case
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator
from cfn_analysis.rules.support.scenarios import conditional_properties, scenarios, state
from cfn_analysis.rules.support.topics import (
    KEY_RIGHTS,
    TOPIC_RIGHTS,
    is_managed_key,
    key_of_topic,
    policies_of_topics,
)
from cfn_analysis.rules.support.values import case_of, of_type, values

RDS = "events.rds.amazonaws.com"


class EventTopicWithoutRds(Rule):
    """Event subscription whose topic or key does not allow RDS.

    A topic without a policy accepts events of the databases of its account. An AWS::SNS::TopicPolicy replaces
    that, and the key of an encrypted topic needs a separate statement: without events.rds.amazonaws.com in
    both, RDS refuses the subscription, or its events are lost. The policy of the AWS-managed key
    alias/aws/sns cannot be changed. Allow the service sns:Publish on the topic, and kms:Decrypt and
    kms:GenerateDataKey* on a customer managed key.
    """

    id = "E9687"
    source_url = (
        "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_Events.GrantingPermissions.html"
    )
    fault_class = "rights"

    def faults(self, validator: Validator, resources: Any) -> Faults:
        policies = policies_of_topics(resources)
        for subscription, resource, _ in of_type(resources, "AWS::RDS::EventSubscription"):
            for found, case in scenarios(validator, conditional_properties(resource)):
                written = value_at(found, ("SnsTopicArn",))
                topic, properties, exists = target_case(case, written, "AWS::SNS::Topic")
                if exists:
                    yield from _closed_topic(exists, subscription, topic, policies.get(topic, []))
                    yield from _closed_key(exists, resources, subscription, topic, properties)


def _closed_topic(
    case: Validator, subscription: str, topic: str, policies: list[tuple[str, Any, Any]]
) -> Faults:
    if len(policies) != 1:  # none: the default policy allows RDS. Several: the last one applies
        return
    policy, resource, document = policies[0]
    exists = case_of(case, resource)
    for granted, where in access(exists, document, TOPIC_RIGHTS, None, topic, RDS) if exists else ():
        if TopicAccess.NONE in granted.values():
            yield Fault(
                (policy, "Properties", "PolicyDocument"),
                f"PolicyDocument does not allow {RDS} sns:Publish on {topic}{{when}}, where {subscription} "
                "sends events: RDS refuses the subscription, or its events are lost. Add a statement that "
                "allows it.",
                where,
            )


def _closed_key(case: Validator, resources: Any, subscription: str, topic: str, properties: Any) -> Faults:
    written = properties.get("KmsMasterKeyId")
    for used, where in values(case, written):
        if is_managed_key(used):
            yield Fault(
                (topic, "Properties", "KmsMasterKeyId"),
                f"KmsMasterKeyId {state(case, where, written, used)}: RDS cannot use this key, so the "
                f"events of {subscription} are lost. Use a customer managed key whose policy allows {RDS}.",
                where,
            )
            continue
        key, of_key = key_of_topic(where, resources, used)
        exists = case_of(where, resources[key]) if key else None
        verdicts = access(exists, of_key.get("KeyPolicy"), KEY_RIGHTS, None, service=RDS) if exists else ()
        for granted, there in verdicts:
            lacking = [right for right, allowed in granted.items() if allowed is TopicAccess.NONE]
            if lacking:
                yield Fault(
                    (key, "Properties", "KeyPolicy"),
                    f"KeyPolicy does not allow {RDS} {' and '.join(lacking)}{{when}}, and the key encrypts a "
                    f"topic that {subscription} sends events to: they are lost. Add a statement that allows "
                    "the service kms:Decrypt and kms:GenerateDataKey*.",
                    there,
                )
