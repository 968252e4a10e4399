"""The aliases of functions: the versions behind them, their weights and provisioned concurrency."""

from typing import Final, NamedTuple

from csr_templates.preflight import deployed_resources, remedies
from csr_templates.preflight.deployed_resources import DeployedResource
from csr_templates.preflight.facts import Lookup
from csr_templates.preflight.resolved_environment import ResolvedEnvironment
from csr_templates.preflight.results import Result, failed, passed, warned
from csr_templates.preflight.services import awslambda_calls

ALIAS: Final = "AWS::Lambda::Alias"


class QualifiedName(NamedTuple):
    """The names in the ARN of an alias or a version."""

    function: str
    qualifier: str


def qualified_name(arn: str) -> QualifiedName:
    """Return the names in an ARN."""
    # arn:aws:lambda:REGION:ACCOUNT:function:NAME:QUALIFIER
    return QualifiedName(*arn.split(":")[6:8])


def version_of_stack(alias: DeployedResource, lookup: Lookup) -> DeployedResource | None:
    """Return the version to which the template points an alias."""
    match alias.properties.get("FunctionVersion"):
        case {"Fn::GetAtt": [str(logical_id), "Version"]}:
            return deployed_resources.find(lookup, alias.stack, logical_id)
    return None


def judge_alias(resource: DeployedResource, environment: ResolvedEnvironment, lookup: Lookup) -> Result:
    """Judge the version behind an alias, and its weights."""
    function, name = qualified_name(resource.physical_id)
    alias_query = awslambda_calls.alias.query(resource.region, function, name)
    alias = lookup(alias_query)
    configuration = lookup(awslambda_calls.function_version.query(resource.region, function, name))
    if alias is None or configuration is None:
        return failed(
            f"The function {function} does not have an alias {name}.",
            deployed_resources.deploy_remedy(resource.stack, environment),
            alias_query,
        )
    version = alias["FunctionVersion"]
    stack_version = version_of_stack(resource, lookup)
    if stack_version is not None:
        expected = qualified_name(stack_version.physical_id).qualifier
        if version != expected:
            return failed(
                f"The alias {name} of {function} points to version {version}, but the stack created "
                f"{expected}.",
                "If this is a rollback, deploy the old package as well (docs/operations.md). Otherwise, "
                "point the alias to the version of the stack: "
                f"{remedies.csr_operate(environment, 'roll-back', expected)}",
                alias_query,
            )
    weights = (alias.get("RoutingConfig") or {}).get("AdditionalVersionWeights")
    if weights:
        return failed(
            f"The alias {name} of {function} sends a part of the requests to version {', '.join(weights)}.",
            f"Remove the weights: {_remove_weights(function, name, resource.region)}",
            alias_query,
        )
    # https://docs.aws.amazon.com/lambda/latest/dg/functions-states.html
    state = configuration.get("State")
    if state == "Inactive":
        return warned(
            f"Version {version} of {function} was not invoked for a long time: the next invocation fails, "
            "and Lambda creates its resources again.",
            "Send a request, and repeat it after some minutes.",
        )
    if state != "Active":
        return failed(
            f"Version {version} of {function} is {state}.",
            f"Read the reason: {_show_version(function, version, resource.region)}",
        )
    return passed(f"The alias {name} of {function} points to version {version}, which is active.")


def _remove_weights(function: str, alias: str, region: str) -> str:
    return remedies.aws(
        "lambda update-alias",
        region,
        function_name=function,
        name=alias,
        routing_config="AdditionalVersionWeights={}",
    )


def _show_version(function: str, version: str, region: str) -> str:
    return remedies.aws(
        "lambda get-function-configuration", region, function_name=function, qualifier=version
    )


def judge_provisioned(resource: DeployedResource, environment: ResolvedEnvironment, lookup: Lookup) -> Result:
    """Judge the provisioned concurrency of an alias."""
    function, name = qualified_name(resource.physical_id)
    config = resource.properties.get("ProvisionedConcurrencyConfig", {})
    expected = int(config.get("ProvisionedConcurrentExecutions", 0))
    provisioned = lookup(awslambda_calls.provisioned_concurrency.query(resource.region, function, name)) or {}
    what = f"The provisioned concurrency of {name} of {function}"
    requested = provisioned.get("RequestedProvisionedConcurrentExecutions", 0)
    if requested != expected:
        return failed(f"{what} is {requested} instead of {expected}.", resource.drift)
    if not provisioned:
        return passed(f"{what} is 0, as in the template.")
    if provisioned["Status"] == "READY":
        return passed(f"{what} is ready: {expected}.")
    allocated = provisioned.get("AllocatedProvisionedConcurrentExecutions", 0)
    reason = ""
    if provisioned.get("StatusReason"):
        reason = f": {provisioned['StatusReason'].rstrip('.')}"
    return failed(
        f"{what} is {provisioned['Status']}, with {allocated} of {expected} allocated{reason}.",
        "If it is IN_PROGRESS, wait, then run verify again. Otherwise, fix the reason.",
    )
