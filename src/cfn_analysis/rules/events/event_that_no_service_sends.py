import re
from typing import Any

from cfnlint.helpers import is_function

from cfn_analysis.rules.support.documents import each
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator
from cfn_analysis.rules.support.values import show
from cfn_analysis.rules.support.words import nearest, phrases

# Source: its detail-types. Those of EC2 about reservations of capacity are omitted.
DETAIL_TYPES = {
    "aws.acm": phrases("""
        ACM Certificate Approaching Expiration, ACM Certificate Available, ACM Certificate Expired,
        ACM Certificate Renewal Action Required, ACM Certificate Revoked, ACM Certificate Rotated
    """),
    "aws.autoscaling": phrases("""
        EC2 Auto Scaling Instance Refresh Cancelled, EC2 Auto Scaling Instance Refresh Checkpoint Reached,
        EC2 Auto Scaling Instance Refresh Failed, EC2 Auto Scaling Instance Refresh Rollback Failed,
        EC2 Auto Scaling Instance Refresh Rollback Started,
        EC2 Auto Scaling Instance Refresh Rollback Succeeded, EC2 Auto Scaling Instance Refresh Started,
        EC2 Auto Scaling Instance Refresh Started Baking, EC2 Auto Scaling Instance Refresh Succeeded,
        EC2 Instance Detach Successful, EC2 Instance Detach Unsuccessful, EC2 Instance Launch Successful,
        EC2 Instance Launch Unsuccessful, EC2 Instance Terminate Successful,
        EC2 Instance Terminate Unsuccessful, EC2 Instance-launch Lifecycle Action,
        EC2 Instance-terminate Lifecycle Action
    """),
    "aws.cloudwatch": phrases("""
        CloudWatch Alarm Configuration Change, CloudWatch Alarm Contributor State Change,
        CloudWatch Alarm State Change
    """),
    "aws.codebuild": phrases("""
        CodeBuild Build Phase Change, CodeBuild Build State Change, CodeBuild Fleet State Change
    """),
    "aws.codepipeline": phrases("""
        CodePipeline Action Execution State Change, CodePipeline Pipeline Execution State Change,
        CodePipeline Stage Execution State Change
    """),
    "aws.ec2": phrases("""
        EBS Copy Snapshot Missed Completion Duration, EBS Fast Snapshot Restore State-change Notification,
        EBS Multi-Volume Snapshots Completion Status, EBS Snapshot Acceleration State-change Notification,
        EBS Snapshot Block Public Access Disabled, EBS Snapshot Block Public Access Enabled,
        EBS Snapshot Notification, EBS Volume Notification, EC2 AMI State Change,
        EC2 Fast Launch State-change Notification, EC2 Instance Rebalance Recommendation,
        EC2 Instance State-change Notification, EC2 Spot Instance Interruption Warning,
        EC2 Spot Instance Rebalance Recommended, EC2 Spot Instance Request Fulfillment,
        Launch Template Alias Change
    """),
    "aws.ecr": phrases("""
        ECR Artifact Action, ECR Image Action, ECR Image Scan, ECR Pull Through Cache Action,
        ECR Referrer Action, ECR Replication Action, ECR Scan Resource Change
    """),
    "aws.ecs": phrases("""
        ECS Container Instance State Change, ECS Deployment State Change, ECS Service Action,
        ECS Task State Change
    """),
    "aws.guardduty": phrases("""
        GuardDuty Finding, GuardDuty Malware Protection Object Scan Result,
        GuardDuty Malware Protection Post Scan Action Failed,
        GuardDuty Malware Protection Resource Status Active,
        GuardDuty Malware Protection Resource Status Error,
        GuardDuty Malware Protection Resource Status Warning, GuardDuty Runtime Protection Healthy,
        GuardDuty Runtime Protection Unhealthy
    """),
    "aws.health": phrases("AWS Health Abuse Event, AWS Health Event"),
    "aws.rds": phrases("""
        RDS Blue Green Deployment Event, RDS Custom Engine Version Event, RDS DB Cluster Event,
        RDS DB Cluster Snapshot Event, RDS DB Instance Event, RDS DB Parameter Group Event,
        RDS DB Proxy Event, RDS DB Security Group Event, RDS DB Shard Group Event, RDS DB Snapshot Event,
        RDS Zero ETL Event
    """),
    "aws.s3": phrases("""
        Async Copy Completion, Object ACL Updated, Object Access Tier Changed, Object Created, Object Deleted,
        Object Restore Completed, Object Restore Expired, Object Restore Initiated,
        Object Storage Class Changed, Object Tags Added, Object Tags Deleted
    """),
    "aws.securityhub": phrases("""
        Findings Imported V2, Security Hub Findings, Security Hub Findings - Custom Action,
        Security Hub Findings - Imported, Security Hub Insight Results, Security Hub Standard Results
    """),
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
    source_url = "https://docs.aws.amazon.com/eventbridge/latest/ref/events.html"
    fault_class = "conditions"
    looks_at = ("Resources/AWS::Events::Rule/Properties/EventPattern",)

    def faults(self, validator: Validator, pattern: Any) -> Faults:
        if is_function(pattern)[0]:
            return
        sources = [(source, path) for source, path in each(pattern.get("source"), "source")]
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
            close = nearest(kind, (*known, *TRAIL), 0.9)
            if close:
                yield Fault(
                    path,
                    f"detail-type is {show(kind)}, which {show(str(sources[0][0]))} does not send: the rule "
                    f"never matches. Did you mean {show(close)}?",
                )
