"""E9021: the policy of an alarm topic lets CloudWatch publish."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cfnlint.rules.jsonschema import CfnLintKeyword

from csr_templates.rules.support.alarm_topics import Access, access, told
from csr_templates.rules.support.findings import existing, findings
from csr_templates.rules.support.references import pointed
from csr_templates.rules.support.values import created, of_type, show

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cfnlint.jsonschema import ValidationResult, Validator

    from csr_templates.rules.support.findings import Fault

NEEDED = {"sns:Publish": ("sns:Publish",)}


class AlarmTopicPolicyWithoutCloudWatch(CfnLintKeyword):
    """A topic policy lets CloudWatch publish for every alarm that tells the topic."""

    id = "E9021"
    shortdesc = "Topic policy that shuts CloudWatch out"
    description = (
        "A topic without a policy takes the alarms of its account. An AWS::SNS::TopicPolicy replaces that: "
        "if it does not allow cloudwatch.amazonaws.com sns:Publish, or its condition on aws:SourceArn does "
        "not match the alarm's name, the alarm fires and its message is lost. Add a statement for the "
        "service, with a pattern that covers the alarms' names."
    )
    source_url = "https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html"
    tags = ["resources", "sns", "cloudwatch"]  # noqa: RUF012 - the base class declares it like this

    def __init__(self) -> None:
        super().__init__(["Resources"])

    def validate(
        self, validator: Validator, _keywords: Any, resources: Any, _schema: Any
    ) -> ValidationResult:
        """Yield one error per policy that shuts CloudWatch out, and per alarm that it does not cover."""
        if isinstance(resources, dict):
            yield from findings(self, validator, _faults(validator, resources))


def _faults(validator: Validator, resources: Any) -> Iterator[Fault]:
    policies = _policies(resources)
    for one in told(validator, resources):
        own = policies.get(one.topic, [])
        if len(own) != 1:  # none: SNS's own lets CloudWatch in. Several: the last one written holds
            continue
        policy, resource, document = own[0]
        exists = created(one.case, resource)
        verdicts = access(exists, document, NEEDED, one.alarm_name, one.topic) if exists else ()
        for granted, case in verdicts:
            if Access.NONE in granted.values():
                yield (
                    (policy, "Properties", "PolicyDocument"),
                    "PolicyDocument does not allow cloudwatch.amazonaws.com sns:Publish on "
                    f"{one.topic}{{when}}: every alarm that tells the topic is lost. Add a statement that "
                    "allows it.",
                    case,
                )
            if Access.OTHER_ALARMS in granted.values():
                yield (
                    existing(resources, (one.alarm, "Properties", "AlarmName")),
                    f"AlarmName is {show(one.alarm_name)}{{when}}, which no aws:SourceArn in the "
                    f"PolicyDocument of {policy} matches: CloudWatch may not publish this alarm to "
                    f"{one.topic}. Change the name or the pattern.",
                    case,
                )


def _policies(resources: Any) -> dict[str, list[tuple[str, Any, Any]]]:
    """Return the policies of each topic of the template: logical ID, resource and document."""
    found: dict[str, list[tuple[str, Any, Any]]] = {}
    for logical_id, resource, properties in of_type(
        resources, "AWS::SNS::TopicPolicy", "AWS::SNS::TopicInlinePolicy"
    ):
        topics = properties.get("Topics", [properties.get("TopicArn")])
        for topic in topics if isinstance(topics, list) else []:
            entry = (logical_id, resource, properties.get("PolicyDocument"))
            found.setdefault(pointed(topic)[0], []).append(entry)
    return found
