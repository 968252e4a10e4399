from typing import Any

from cfnlint.helpers import is_function

from cfn_analysis.rules.support.documents import documents, principals
from cfn_analysis.rules.support.policies import ROLE
from cfn_analysis.rules.support.references import own_type, target
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator, properties_of
from cfn_analysis.rules.support.values import branches, place

# Type -> path of its role, and the service that assumes the role.
ROLES: dict[str, tuple[tuple[tuple[str, ...], str], ...]] = {
    "AWS::ApiGateway::Account": ((("CloudWatchRoleArn",), "apigateway.amazonaws.com"),),
    "AWS::AppSync::DataSource": ((("ServiceRoleArn",), "appsync.amazonaws.com"),),
    "AWS::Backup::BackupSelection": ((("BackupSelection", "IamRoleArn"), "backup.amazonaws.com"),),
    "AWS::CloudTrail::Trail": ((("CloudWatchLogsRoleArn",), "cloudtrail.amazonaws.com"),),
    "AWS::CodeBuild::Project": ((("ServiceRole",), "codebuild.amazonaws.com"),),
    "AWS::CodeDeploy::DeploymentGroup": ((("ServiceRoleArn",), "codedeploy.amazonaws.com"),),
    "AWS::CodePipeline::Pipeline": ((("RoleArn",), "codepipeline.amazonaws.com"),),
    "AWS::Config::ConfigurationRecorder": ((("RoleARN",), "config.amazonaws.com"),),
    "AWS::EC2::FlowLog": ((("DeliverLogsPermissionArn",), "vpc-flow-logs.amazonaws.com"),),
    "AWS::ECS::TaskDefinition": (
        (("ExecutionRoleArn",), "ecs-tasks.amazonaws.com"),
        (("TaskRoleArn",), "ecs-tasks.amazonaws.com"),
    ),
    "AWS::EKS::Cluster": ((("RoleArn",), "eks.amazonaws.com"),),
    "AWS::EKS::Nodegroup": ((("NodeRole",), "ec2.amazonaws.com"),),
    "AWS::Events::Rule": ((("Targets", "*", "RoleArn"), "events.amazonaws.com"),),
    "AWS::Glue::Crawler": ((("Role",), "glue.amazonaws.com"),),
    "AWS::Glue::Job": ((("Role",), "glue.amazonaws.com"),),
    "AWS::IAM::InstanceProfile": ((("Roles", "*"), "ec2.amazonaws.com"),),
    "AWS::Lambda::Function": ((("Role",), "lambda.amazonaws.com"),),
    "AWS::Logs::SubscriptionFilter": ((("RoleArn",), "logs.amazonaws.com"),),
    "AWS::Pipes::Pipe": ((("RoleArn",), "pipes.amazonaws.com"),),
    "AWS::RDS::DBCluster": ((("MonitoringRoleArn",), "monitoring.rds.amazonaws.com"),),
    "AWS::RDS::DBInstance": ((("MonitoringRoleArn",), "monitoring.rds.amazonaws.com"),),
    "AWS::RDS::DBProxy": ((("RoleArn",), "rds.amazonaws.com"),),
    "AWS::S3::Bucket": ((("ReplicationConfiguration", "Role"), "s3.amazonaws.com"),),
    "AWS::Scheduler::Schedule": ((("Target", "RoleArn"), "scheduler.amazonaws.com"),),
    "AWS::StepFunctions::StateMachine": ((("RoleArn",), "states.amazonaws.com"),),
}


class ServiceCannotAssumeRole(Rule):
    """Role that does not trust the service which assumes it.

    A service assumes a role with sts:AssumeRole, which the role's AssumeRolePolicyDocument must allow for the
    service principal. Otherwise the resource cannot be created, or the feature does not work, such as flow
    logs or Enhanced Monitoring. Each service has its own principal: ECS tasks have ecs-tasks.amazonaws.com,
    flow logs vpc-flow-logs.amazonaws.com.
    """

    id = "E9642"
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-service.html"
    fault_class = "rights"
    looks_at = properties_of(*ROLES)

    def faults(self, validator: Validator, properties: Any) -> Faults:
        for path, service in ROLES[own_type(validator)]:
            for value, case in branches(validator, properties, *path):
                role, role_properties = target(case, value, ROLE)
                if role and not _trusts(role_properties.get("AssumeRolePolicyDocument"), service):
                    yield Fault(
                        place(case, validator),
                        f"{path[-1] if path[-1] != '*' else 'Roles'} is {role}{{when}}, whose "
                        f"AssumeRolePolicyDocument does not allow {service}: the service cannot assume "
                        f"the role. Set {service} as its Principal.",
                        case,
                    )


def _trusts(policy: Any, service: str) -> bool:
    if not isinstance(policy, dict) or is_function(policy)[0]:
        return True
    end = service.removesuffix("amazonaws.com")
    return any(
        name.startswith(end) or name == "*" or "${" in name.removesuffix("${AWS::URLSuffix}")
        for statement, _ in documents(policy)
        if statement.get("Effect") != "Deny"
        for name in principals(statement)
    )
