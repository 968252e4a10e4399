from collections.abc import Iterator
from typing import Any

from cfn_analysis.rules.support.documents import each
from cfn_analysis.rules.support.grants import missing
from cfn_analysis.rules.support.references import own_type, single_reference
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator, properties_of
from cfn_analysis.rules.support.words import words

MONITORING = ("logs:CreateLogGroup", "logs:PutRetentionPolicy", "logs:CreateLogStream", "logs:PutLogEvents")

# Type: the property with the role, and the actions without which the role is of no use.
ROLES = {
    # https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
    "AWS::ApiGateway::Account": (
        "CloudWatchRoleArn",
        words("""
            logs:CreateLogGroup logs:CreateLogStream logs:DescribeLogGroups logs:DescribeLogStreams
            logs:PutLogEvents logs:GetLogEvents logs:FilterLogEvents
        """),
    ),
    # https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-required-policy-for-cloudwatch-logs.html
    "AWS::CloudTrail::Trail": ("CloudWatchLogsRoleArn", ("logs:CreateLogStream", "logs:PutLogEvents")),
    # https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonRDSEnhancedMonitoringRole.html
    "AWS::RDS::DBCluster": ("MonitoringRoleArn", MONITORING),
    "AWS::RDS::DBInstance": ("MonitoringRoleArn", MONITORING),
    # https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/rds-proxy-iam-setup.html
    "AWS::RDS::DBProxy": ("RoleArn", ("secretsmanager:GetSecretValue",)),
}

# Type of a rule's target: what its role has to allow.
# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-identity-based.html
TARGETS = {
    "AWS::ECS::Cluster": ("ecs:RunTask",),
    "AWS::Kinesis::Stream": ("kinesis:PutRecord",),
    "AWS::StepFunctions::StateMachine": ("states:StartExecution",),
}


class ServiceRoleWithoutRights(Rule):
    """Role without the permissions that the service needs.

    API Gateway, CloudTrail and Enhanced Monitoring assume a role to write logs, EventBridge assumes one to
    start its targets, and a database proxy to read its secrets. If no policy of the role allows the actions,
    the service rejects the role, or nothing is written and nothing starts. Attach the managed policy
    (AmazonAPIGatewayPushToCloudWatchLogs, AmazonRDSEnhancedMonitoringRole), or allow the actions.
    """

    id = "E9657"
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-service.html"
    fault_class = "rights"
    looks_at = properties_of(*ROLES, "AWS::Events::Rule")

    def faults(self, validator: Validator, properties: Any) -> Faults:
        for role, actions, path in _asked(validator, properties):
            for name, absent, case in missing(validator, role, actions):
                yield Fault(
                    path,
                    f"{name} does not allow {' and '.join(absent)}{{when}}, which the service needs. Allow "
                    "it.",
                    case,
                )


def _asked(
    validator: Validator, properties: Any
) -> Iterator[tuple[Any, tuple[str, ...], tuple[str | int, ...]]]:
    """Yield each role with the actions that it is for, and where it is named."""
    kind = own_type(validator)
    if kind in ROLES:
        name, actions = ROLES[kind]
        if kind != "AWS::RDS::DBProxy" or "Auth" in properties:  # without secrets, it logs in by IAM
            yield properties.get(name), actions, (name,)
        return
    resources = validator.cfn.template.get("Resources", {})
    for goal, path in each(properties.get("Targets"), "Targets"):
        if isinstance(goal, dict) and "RoleArn" in goal:
            found = resources.get(single_reference(goal.get("Arn"))[0], {}).get("Type")
            if found in TARGETS:
                yield goal["RoleArn"], TARGETS[found], (*path, "RoleArn")
