"""An event pattern matches an event that a service sends."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import Any

from cfnlint.helpers import is_function

from csr_templates.rules.support.documents import each
from csr_templates.rules.support.rule import Fault, Faults, Rule, Validator
from csr_templates.rules.support.values import show

# Source: the detail-types that rules use most. The services have more.
DETAIL_TYPES = {
    "aws.acm": ("ACM Certificate Approaching Expiration", "ACM Certificate Expired"),
    "aws.autoscaling": (
        "EC2 Instance Launch Successful",
        "EC2 Instance Launch Unsuccessful",
        "EC2 Instance Terminate Successful",
        "EC2 Instance Terminate Unsuccessful",
        "EC2 Instance-launch Lifecycle Action",
        "EC2 Instance-terminate Lifecycle Action",
    ),
    "aws.cloudwatch": ("CloudWatch Alarm State Change", "CloudWatch Alarm Configuration Change"),
    "aws.codebuild": ("CodeBuild Build State Change", "CodeBuild Build Phase Change"),
    "aws.codepipeline": (
        "CodePipeline Action Execution State Change",
        "CodePipeline Pipeline Execution State Change",
        "CodePipeline Stage Execution State Change",
    ),
    "aws.ec2": (
        "EC2 Instance State-change Notification",
        "EC2 Spot Instance Interruption Warning",
        "EBS Snapshot Notification",
        "EBS Volume Notification",
    ),
    "aws.ecr": ("ECR Image Action", "ECR Image Scan"),
    "aws.ecs": (
        "ECS Container Instance State Change",
        "ECS Deployment State Change",
        "ECS Service Action",
        "ECS Task State Change",
    ),
    "aws.guardduty": ("GuardDuty Finding",),
    "aws.health": ("AWS Health Event",),
    # https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/rds-cloudwatch-events.sample.html
    "aws.rds": (
        "RDS DB Cluster Event",
        "RDS DB Cluster Parameter Group Event",
        "RDS DB Cluster Snapshot Event",
        "RDS DB Instance Event",
        "RDS DB Parameter Group Event",
        "RDS DB Proxy Event",
        "RDS DB Security Group Event",
        "RDS DB Snapshot Event",
    ),
    "aws.s3": ("Object Created", "Object Deleted", "Object Restore Completed"),
    "aws.securityhub": ("Security Hub Findings - Imported", "Security Hub Findings - Custom Action"),
    "aws.states": ("Step Functions Execution Status Change",),
}
TRAIL = ("AWS API Call via CloudTrail", "AWS Service Event via CloudTrail")


class EventThatNoServiceSends(Rule):
    """Event pattern for an event that no service sends.

    The source of an event is aws.SERVICE, not the service principal, and detail-type must match exactly. A
    rule with another spelling is deployed and never matches. The rule finds names that are similar to a name
    of the service but not equal to it.
    """

    id = "E9773"
    source_url = "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events.html"
    tags = ["resources", "events"]
    fault_class = "conditions"
    looks_at = ("Resources/AWS::Events::Rule/Properties/EventPattern",)

    def faults(self, validator: Validator, pattern: Any) -> Faults:
        if is_function(pattern)[0]:
            return
        sources = [(item, path) for item, path in each(pattern.get("source"), "source")]
        for source, path in sources:
            found = re.fullmatch(r"([a-z0-9-]+)\.amazonaws\.com", source) if isinstance(source, str) else None
            if found:
                yield Fault(
                    path, f"source is {source}, and is aws.{found[1]} in events: the rule never matches."
                )
        known = [name for source, _ in sources for name in DETAIL_TYPES.get(str(source), ())]
        for kind, path in each(pattern.get("detail-type"), "detail-type") if known else ():
            if not isinstance(kind, str) or kind in known or kind in TRAIL:
                continue
            close = get_close_matches(kind, (*known, *TRAIL), n=1, cutoff=0.9)
            if close:
                yield Fault(
                    path,
                    f"detail-type is {show(kind)}, which {show(str(sources[0][0]))} does not send: the rule "
                    f"never matches. Did you mean {show(close[0])}?",
                )
