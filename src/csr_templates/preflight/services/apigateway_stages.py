"""Stages as the account has them: the deployment that they serve, and the role that writes their logs."""

from typing import Final

from cfn_analysis.model.resolving import pseudo_parameters
from csr_templates.preflight import deployed_resources, remedies
from csr_templates.preflight.deployed_resources import DeployedResource
from csr_templates.preflight.facts import Lookup
from csr_templates.preflight.resolved_environment import ResolvedEnvironment
from csr_templates.preflight.results import Result, SkippedError, failed, passed, warned
from csr_templates.preflight.services import apigateway_calls

STAGE: Final = "AWS::ApiGateway::Stage"
ACCOUNT: Final = "AWS::ApiGateway::Account"


def judge_stage(resource: DeployedResource, environment: ResolvedEnvironment, lookup: Lookup) -> Result:
    """Judge which deployment of the API a stage serves."""
    name = resource.physical_id
    api, deployment = (
        deployed_resources.in_account(resource.properties.get(key), resource.stack, environment, lookup)
        for key in ("RestApiId", "DeploymentId")
    )
    if not isinstance(api, str) or not isinstance(deployment, str):
        raise SkippedError  # of an API or a deployment that no stack has, which its own checks say
    stage = lookup(apigateway_calls.stage.query(resource.region, api, name))
    if stage is None:
        return failed(f"The stage {name} of {api} does not exist.", resource.drift)
    if stage["deploymentId"] != deployment:
        back = f"op=replace,path=/deploymentId,value={deployment}"
        return failed(
            f"The stage {name} of {api} serves the deployment {stage['deploymentId']} instead of "
            f"{deployment} of the stack.",
            f"Use the one of the stack: {_update(resource, api, back)}",
        )
    share = stage.get("canarySettings", {}).get("percentTraffic", 0)
    if share and "CanarySetting" not in resource.properties:
        return failed(
            f"The stage {name} of {api} sends {share:g} percent of the requests to another deployment.",
            f"End it: {_update(resource, api, 'op=remove,path=/canarySettings')}",
        )
    return passed(f"The stage {name} of {api} serves the deployment of the stack.")


def _update(stage: DeployedResource, api: str, change: str) -> str:
    return remedies.aws(
        "apigateway update-stage",
        stage.region,
        rest_api_id=api,
        stage_name=stage.physical_id,
        patch_operations=change,
    )


def judge_account(resource: DeployedResource, environment: ResolvedEnvironment, lookup: Lookup) -> Result:
    """Judge the role with which API Gateway writes the logs of a region."""
    expected = _role(resource, lookup)
    arn = (lookup(apigateway_calls.account.query(resource.region)) or {}).get("cloudwatchRoleArn", "")
    where = f"The CloudWatch log role of API Gateway in {resource.region}"
    remedy = resource.drift
    if expected is not None:
        remedy = f"Set the role of the stack: {_set_role(resource, expected, environment)}"
    if not arn:
        return failed(f"{where} is not set: no stage writes execution logs.", remedy)
    role = str(arn).rpartition("/")[2]
    if expected is not None and role != expected:
        return warned(
            f"{where} is {role} instead of {expected}: the logs end when the owner of that role deletes it.",
            remedy,
        )
    return passed(f"{where} is {role}.")


def _role(account: DeployedResource, lookup: Lookup) -> str | None:
    """Return the name of the role in the template; None if no stack has it."""
    match account.properties.get("CloudWatchRoleArn"):
        case {"Fn::GetAtt": [str(logical_id), "Arn"]}:
            role = deployed_resources.find(lookup, account.stack, logical_id)
            if role is not None:
                return role.physical_id
    return None


def _set_role(account: DeployedResource, role: str, environment: ResolvedEnvironment) -> str:
    partition = pseudo_parameters(account.region)["AWS::Partition"]
    arn = f"arn:{partition}:iam::{environment.account}:role/{role}"
    return remedies.aws(
        "apigateway update-account",
        account.region,
        patch_operations=f"op=replace,path=/cloudwatchRoleArn,value={arn}",
    )
