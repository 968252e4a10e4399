"""Alarm topics."""

from typing import NamedTuple

import awacs.sns
from awacs import aws
from troposphere import Sub, sns

from csr_templates.stacks.parts import names, policies


class AlarmTopics(NamedTuple):
    """The alarm topics of a stack, and their policy."""

    normal: sns.Topic
    critical: sns.Topic
    policy: sns.TopicPolicy


def alarm_topics(
    normal: str,
    critical: str,
    policy: str,
    what: str,
    KmsMasterKeyId: names.Value,
    *statements: aws.Statement,
) -> AlarmTopics:
    """Return two encrypted topics and their policy. The topics have generated names, so they can be replaced.

    The policy replaces the default policy of SNS: it allows alarms of this environment to publish and the
    account to manage the topic, and denies requests without TLS. The resource ``*`` is the topic itself. The
    actions are listed because SNS does not accept ``sns:*``, which includes actions that do not apply to a
    topic. https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-language-api-permissions-reference.html

    Args:
        normal: logical ID of the topic for alarms that can wait until the morning.
        critical: logical ID of the topic for critical alarms.
        policy: logical ID of the policy.
        what: the ``Name`` tags end with ``<what>-alarms`` and ``<what>-critical-alarms``, the display names,
            which text messages begin with and e-mails come from, with ``<what>``.
        KmsMasterKeyId: ARN of a key whose policy allows CloudWatch (``keys.for_alarms``).
        statements: further statements, for other publishers.
    """
    topics = (
        sns.Topic(
            normal,
            DisplayName=Sub(f"{names.PREFIX} {what}"),
            KmsMasterKeyId=KmsMasterKeyId,
            Tags=names.tags(f"{what}-alarms"),
        ),
        sns.Topic(
            critical,
            DisplayName=Sub(f"CRITICAL {names.PREFIX} {what}"),  # the pages take the severity from it
            KmsMasterKeyId=KmsMasterKeyId,
            Tags=names.tags(f"{what}-critical-alarms"),
        ),
    )
    account = aws.Statement(
        Sid="Account",
        Effect=aws.Allow,
        Principal=policies.account_root(),
        Action=[
            awacs.sns.AddPermission,
            awacs.sns.DeleteTopic,
            awacs.sns.GetTopicAttributes,
            awacs.sns.ListSubscriptionsByTopic,
            awacs.sns.Publish,
            awacs.sns.RemovePermission,
            awacs.sns.SetTopicAttributes,
            awacs.sns.Subscribe,
        ],
        Resource=["*"],
    )
    return AlarmTopics(
        *topics,
        sns.TopicPolicy(
            policy,
            Topics=[topic.Ref() for topic in topics],
            PolicyDocument=policies.document(
                account,
                policies.allow_alarms(awacs.sns.Publish),
                *statements,
                policies.deny_without_tls("sns", ["*"], "Publish", "Subscribe"),
            ),
        ),
    )
