"""Topics that alarms are sent to."""

from __future__ import annotations

from awacs import sns
from awacs.aws import Allow, ArnLike, Condition, Principal, Statement, StringEquals
from troposphere import Ref
from troposphere.sns import Topic, TopicPolicy

from csr_templates.stacks.parts.keys import alarm_arns
from csr_templates.stacks.parts.names import Value
from csr_templates.stacks.parts.policies import account_root, deny_without_tls, document
from csr_templates.stacks.parts.tags import tags


def topic(title: str, what: str, KmsMasterKeyId: Value) -> Topic:
    """Return an encrypted topic. It has no name, so that it can be replaced.

    Args:
        title: logical ID.
        what: last part of the ``Name`` tag.
        KmsMasterKeyId: ARN of a key whose policy admits CloudWatch (``keys.for_alarms``).
    """
    return Topic(title, KmsMasterKeyId=KmsMasterKeyId, Tags=tags(what))


def topic_policy(title: str, *Topics: Value) -> TopicPolicy:
    """Return the policy of each of the topics, which replaces the one that SNS gives it.

    This environment's alarms publish, the account manages, and nothing goes without TLS. In the policy of a
    topic the resource ``*`` is the topic itself. The actions are listed because SNS refuses ``sns:*`` there:
    it stands for more than what can be done to a topic.
    https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-language-api-permissions-reference.html

    Args:
        title: logical ID.
        Topics: ARNs of the topics.
    """
    managing = [
        sns.AddPermission,
        sns.DeleteTopic,
        sns.GetTopicAttributes,
        sns.ListSubscriptionsByTopic,
        sns.Publish,
        sns.RemovePermission,
        sns.SetTopicAttributes,
        sns.Subscribe,
    ]
    return TopicPolicy(
        title,
        Topics=list(Topics),
        PolicyDocument=document(
            Statement(Sid="Account", Effect=Allow, Principal=account_root(), Action=managing, Resource=["*"]),
            Statement(
                Sid="CloudWatchAlarms",
                Effect=Allow,
                Principal=Principal("Service", "cloudwatch.amazonaws.com"),
                Action=[sns.Publish],
                Resource=["*"],
                Condition=Condition(
                    [
                        StringEquals("aws:SourceAccount", Ref("AWS::AccountId")),
                        ArnLike("aws:SourceArn", alarm_arns()),
                    ]
                ),
            ),
            deny_without_tls("sns", ["*"], "Publish", "Subscribe"),
        ),
    )
