"""API Gateway: its role for writing logs, its quotas, its stages, and the API keys that it accepts.

Before a deploy, ``origin-key`` compares the values of the files; afterwards, it compares the keys themselves.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from cfn_analysis.model.api_keys import ApiKeys
from csr_templates.preflight import deployed, deployed_resources, quotas, remedies
from csr_templates.preflight.deployed_resources import DeployedResource
from csr_templates.preflight.facts import Lookup, Query
from csr_templates.preflight.quotas import Quota
from csr_templates.preflight.resolved_environment import EnvironmentStack, ResolvedEnvironment
from csr_templates.preflight.results import Check, Result, SkippedError, Subject, failed, passed, warned
from csr_templates.preflight.services import (
    apigateway_calls,
    apigateway_key_secrets,
    apigateway_stages,
    cloudformation_calls,
    cloudfront,
    iam_calls,
    secretsmanager,
    secretsmanager_calls,
)

_API: Final = "AWS::ApiGateway::RestApi"
_API_KEY: Final = "AWS::ApiGateway::ApiKey"
_USAGE_PLAN: Final = "AWS::ApiGateway::UsagePlan"
_HEADER: Final = "x-api-key"
_ROTATION: Final = "docs/changes.md, The origin key"


def _is_regional(api: Mapping[str, Any]) -> bool:
    return "REGIONAL" in api.get("endpointConfiguration", {}).get("types", ())


# The first quota cannot be raised, and Service Quotas does not list it.
# https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html
_QUOTAS: Final = (
    Quota(
        "regional-apis",
        _API,
        apigateway_calls.rest_apis,
        600,
        counts=_is_regional,
        noun="regional REST APIs",
    ),
    Quota("usage-plans", _USAGE_PLAN, apigateway_calls.usage_plans, 300, "apigateway L-E8693075"),
)


# ---- Before a deploy: the role for logs ----


def _logging_stages(environment: ResolvedEnvironment) -> Iterator[Subject]:
    for stack, logical_id, properties in environment.of_type(apigateway_stages.STAGE):
        levels = [setting.get("LoggingLevel", "OFF") for setting in properties.get("MethodSettings", [])]
        if any(level != "OFF" for level in levels):
            yield Subject(logical_id, stack)


def _judge_logging_role(subject: Subject, environment: ResolvedEnvironment, lookup: Lookup) -> Result:
    stack = subject.stack
    account_query = apigateway_calls.account.query(stack.region)
    arn = str(lookup(account_query).get("cloudwatchRoleArn", ""))
    sets_role = bool(stack.of_type(apigateway_stages.ACCOUNT))
    if not arn and sets_role:
        return passed(f"{stack.deployed_name} sets the CloudWatch log role of API Gateway.")
    if not arn:
        return failed(
            f"API Gateway does not have a CloudWatch log role in {stack.region}, and no stack sets one: the "
            "stage cannot be created.",
            "Set ManageApiGatewayAccount to true for the first environment of the account.",
        )
    role = arn.rpartition("/")[2]
    resources = lookup(cloudformation_calls.stack_of.query(stack.region, role)) or []
    owners = {resource["StackName"] for resource in resources}
    if sets_role and not owners and role.startswith(f"{stack.deployed_name}-"):
        return warned(
            f"The CloudWatch log role of API Gateway in {stack.region} is {role}, which remains from a "
            f"deleted stack {stack.deployed_name}: the deploy creates another role and sets it.",
            "Delete the old role after the deploy (docs/hand-over.md, When the first create fails).",
            account_query,
        )
    if sets_role and stack.deployed_name not in owners:
        return _role_of_another_stack(stack, role, owners, account_query)
    if lookup(iam_calls.role.query(role)) is None:
        return failed(
            f"The CloudWatch log role of API Gateway is {role}, but this role does not exist.",
            "Create the role, or set ManageApiGatewayAccount to true in one environment.",
        )
    return passed(f"The CloudWatch log role of API Gateway is {role}.", account_query)


def _role_of_another_stack(
    stack: EnvironmentStack, role: str, owners: set[str], account_query: Query
) -> Result:
    owner = "which does not belong to a stack"
    if owners:
        owner = f"which belongs to {', '.join(sorted(owners))}"
    return failed(
        f"The CloudWatch log role of API Gateway in {stack.region} is {role}, {owner}: {stack.deployed_name} "
        "would replace the setting.",
        "Set ManageApiGatewayAccount to false, except for one environment of the account.",
        account_query,
    )


# ---- Before a deploy: the keys of the files ----


def _key_parameters(environment: ResolvedEnvironment) -> Iterator[Subject]:
    """Yield the parameters that decide which keys the API accepts, and which one CloudFront sends."""
    for stack in environment.chosen:
        if not stack.of_type(_API_KEY) and not stack.of_type(cloudfront.DISTRIBUTION):
            continue
        for keys in (stack.accepted_keys, stack.sent_keys):
            if keys:
                yield Subject(keys.parameter, stack)


class _KeyStacks(NamedTuple):
    """The stack with the API, the stack that sends keys to it, and the keys that their templates declare."""

    api: EnvironmentStack
    accepted: ApiKeys
    sender: EnvironmentStack
    sent: ApiKeys

    def deployed_key(self, lookup: Lookup) -> str | None:
        """Return the value of the sender's parameter in the deployed stack."""
        return deployed.parameter(lookup, self.sender, self.sent.parameter)

    def sends_new_key(self, lookup: Lookup) -> bool:
        """Return whether the sender starts to send another key to a deployed API."""
        new_key = self.sender.values[self.sent.parameter]
        return self.deployed_key(lookup) != new_key and deployed.is_there(lookup, self.api)

    def secrets(self, environment: ResolvedEnvironment) -> list[str]:
        """Return the names of the secrets whose keys the sender will send."""
        secrets = self.sent.secrets.get(self.sender.values[self.sent.parameter], ())
        return [f"{environment.prefix}{secret}" for secret in secrets]


def _key_stacks(environment: ResolvedEnvironment) -> _KeyStacks | None:
    for api in environment.stacks:
        for sender in environment.stacks:
            if api.accepted_keys and sender.sent_keys:
                return _KeyStacks(api, api.accepted_keys, sender, sender.sent_keys)
    return None


def _judge_key_parameter(subject: Subject, environment: ResolvedEnvironment, lookup: Lookup) -> Result:
    stacks = _key_stacks(environment)
    if stacks is None:
        return warned(
            f"The stack that accepts or sends {subject.id} is not in the folder.",
            "Deploy from a complete output folder.",
        )
    if subject.stack is stacks.api:
        return _judge_accepted_keys(stacks, environment, lookup)
    return _judge_sent_key(stacks, environment, lookup)


def _judge_accepted_keys(stacks: _KeyStacks, environment: ResolvedEnvironment, lookup: Lookup) -> Result:
    """Judge the keys that the API will accept: the deployed CloudFront sends its key until its own deploy."""
    api, accepted, sender, sent = stacks
    keys = api.values[accepted.parameter]
    deployed_key = stacks.deployed_key(lookup)
    if deployed_key is None:
        return passed("CloudFront does not send a key yet.")
    includes = accepted.includes(keys, sent, deployed_key)
    return _compared(
        includes,
        keys,
        deployed_key,
        f"{api.deployed_name} would accept",
        f"{sender.deployed_name} sends",
        environment,
    )


def _judge_sent_key(stacks: _KeyStacks, environment: ResolvedEnvironment, lookup: Lookup) -> Result:
    """Judge the key that CloudFront will send: the API accepts it by then, and the secret is replicated."""
    api, accepted, sender, sent = stacks
    keys: str | None = api.values[accepted.parameter]
    if api not in environment.chosen:  # in deploy order, the API is first
        keys = deployed.parameter(lookup, api, accepted.parameter)
    if keys is None:
        return warned(
            f"{api.deployed_name} is not deployed, so the keys that it accepts are unknown.",
            f"Deploy it first: {remedies.deploy(api, environment)}",
        )
    key = sender.values[sent.parameter]
    includes = accepted.includes(keys, sent, key)
    result = _compared(
        includes, keys, key, f"{api.deployed_name} accepts", f"{sender.deployed_name} would send", environment
    )
    if not includes or not stacks.sends_new_key(lookup):
        return result
    for secret in stacks.secrets(environment):
        if not_replicated := _not_replicated(lookup, secret, sender.region, api, environment):
            return not_replicated
    return result


def _compared(
    includes: bool, keys: str, key: str, accepting: str, sending: str, environment: ResolvedEnvironment
) -> Result:
    if includes:
        return passed(f"{accepting} the key that {sending}: {key}.")
    return failed(
        f"{accepting} {keys or 'no key'}, and {sending} {key}: the API would refuse every request.",
        "Change the keys in the order of docs/changes.md (The origin key). This shows them: "
        f"{remedies.csr_operate(environment, 'show-origin-keys')}",
    )


def _not_replicated(
    lookup: Lookup, secret_name: str, region: str, api: EnvironmentStack, environment: ResolvedEnvironment
) -> Result | None:
    """Return the result for a secret without a replica where its key is sent from; None if it has one."""
    secret: Mapping[str, Any] = lookup(secretsmanager_calls.secret.query(api.region, secret_name)) or {}
    states = {replica["Region"]: replica["Status"] for replica in secret.get("ReplicationStatus", [])}
    replicate = secretsmanager.replicate(secret_name, api.region, region, environment)
    if region not in states:
        return failed(
            f"The secret {secret_name} does not have a replica in {region}, so the deploy cannot read the "
            "key.",
            replicate,
        )
    if states[region] != "InSync":
        return failed(
            f"The replica of {secret_name} in {region} is {states[region]}, so CloudFront could get a "
            "different value than the API.",
            f"Wait until it is InSync. {replicate}",
        )
    return None


# ---- After a deploy: the keys of the account ----


def _key(resource: DeployedResource, lookup: Lookup) -> Mapping[str, Any]:
    """Return the state of an API key, its value hidden; empty if it does not exist."""
    return lookup(apigateway_calls.api_key.query(resource.region, resource.physical_id)) or {}


def _origins_with_key(properties: Mapping[str, Any]) -> list[str]:
    """Return the IDs of the origins to which a distribution sends an API key."""
    origins = properties.get("DistributionConfig", {}).get("Origins", [])
    return [origin["Id"] for origin in origins if _sends_key(origin)]


def _sends_key(origin: Mapping[str, Any]) -> bool:
    headers = origin.get("OriginCustomHeaders", [])
    return any(header["HeaderName"].lower() == _HEADER for header in headers)


def _sent_values(resource: DeployedResource, lookup: Lookup) -> set[str]:
    """Return the hidden values of the keys that a distribution sends."""
    values = set()
    for origin in cloudfront.distribution(resource, lookup).get("Origins", []):
        if origin["Id"] in _origins_with_key(resource.properties) and _HEADER in origin["Headers"]:
            values.add(origin["Headers"][_HEADER])
    return values


def _keys_of_usage_plans(environment: ResolvedEnvironment, lookup: Lookup) -> set[str]:
    """Return the IDs of the API keys in the usage plans of the stacks."""
    key_ids = set()
    for plan in deployed_resources.all_of(environment, lookup, _USAGE_PLAN):
        for key in lookup(apigateway_calls.plan_keys.query(plan.region, plan.physical_id)) or []:
            key_ids.add(key["id"])
    return key_ids


def _judge_sent_value(resource: DeployedResource, environment: ResolvedEnvironment, lookup: Lookup) -> Result:
    cloudfront.existing_distribution(resource, lookup)
    sent = _sent_values(resource, lookup)
    if not sent:
        return failed(
            f"The distribution {resource.physical_id} does not send an API key: the API refuses its calls.",
            resource.drift,
        )
    planned = _keys_of_usage_plans(environment, lookup)
    keys = list(deployed_resources.all_of(environment, lookup, _API_KEY))
    for key in keys:
        state = _key(key, lookup)
        if state.get("value") in sent:
            return _judge_used_key(key, state, planned, environment, lookup)
    names = ", ".join(key.logical_id for key in keys) or "none"
    return failed(
        f"The key that CloudFront sends is not a key of the API (it has: {names}): the API refuses all "
        "requests.",
        f"Change the keys in the order of {_ROTATION}. This shows them: "
        f"{remedies.csr_operate(environment, 'show-origin-keys')}",
    )


def _judge_used_key(
    key: DeployedResource,
    state: Mapping[str, Any],
    planned: set[str],
    environment: ResolvedEnvironment,
    lookup: Lookup,
) -> Result:
    """Judge the key that CloudFront sends."""
    if not state["enabled"]:
        return failed(
            f"The API key {key.logical_id}, which CloudFront sends, is disabled: the API refuses all "
            "requests.",
            f"If the reason for stop-api is gone: {remedies.csr_operate(environment, 'start-api')}",
        )
    if key.physical_id not in planned:
        return failed(
            f"The API key {key.logical_id}, which CloudFront sends, is not in a usage plan: the API "
            "refuses it.",
            "Add the key to the usage plan, as the template defines it"
            f"{_add_to_plan(key, environment, lookup)}",
        )
    return passed(f"CloudFront sends the key {key.logical_id}, which the API accepts.")


def _add_to_plan(key: DeployedResource, environment: ResolvedEnvironment, lookup: Lookup) -> str:
    """Return the end of a remedy: the command that adds a key to its usage plan, or only a period."""
    plan = next(deployed_resources.all_of(environment, lookup, _USAGE_PLAN), None)
    if plan is None:
        return "."
    command = remedies.aws(
        "apigateway create-usage-plan-key",
        key.region,
        usage_plan_id=plan.physical_id,
        key_id=key.physical_id,
        key_type="API_KEY",
    )
    return f": {command}"


def _judge_other_keys(resource: DeployedResource, environment: ResolvedEnvironment, lookup: Lookup) -> Result:
    planned = _keys_of_usage_plans(environment, lookup)
    keys = {key.physical_id: key for key in deployed_resources.all_of(environment, lookup, _API_KEY)}
    foreign = sorted(planned - keys.keys())
    if foreign:
        return warned(
            f"The API also accepts the key {foreign[0]}, which does not belong to a stack.",
            "If no caller needs it, delete the key: "
            f"{remedies.aws('apigateway delete-api-key', resource.region, api_key=foreign[0])}",
        )
    sent: set[str] = set()
    for distribution in deployed_resources.all_of(environment, lookup, cloudfront.DISTRIBUTION):
        sent |= _sent_values(distribution, lookup)
    if not sent or not planned:
        raise SkippedError  # nothing to compare, as origin-key says
    used, unused = _divided([key for key in keys.values() if key.physical_id in planned], sent, lookup)
    if unused and used:
        return warned(
            f"The API also accepts {unused[0]}, which CloudFront does not send: a change of keys is not "
            "finished.",
            f"Continue with the next step of {_ROTATION}. This shows the keys: "
            f"{remedies.csr_operate(environment, 'show-origin-keys')}",
        )
    return passed("The API does not accept other keys.")


def _divided(keys: Sequence[DeployedResource], sent: set[str], lookup: Lookup) -> tuple[list[str], list[str]]:
    """Return the logical IDs of the keys that CloudFront sends, and of those that it does not send."""
    used, unused = [], []
    for key in keys:
        if _key(key, lookup)["value"] in sent:
            used.append(key.logical_id)
        else:
            unused.append(key.logical_id)
    return used, unused


BEFORE_DEPLOY: Final = (
    Check(
        "api-logging-role",
        "API Gateway has a CloudWatch log role, set by at most one stack",
        _logging_stages,
        _judge_logging_role,
    ),
    quotas.check("api-quotas", "The quotas of API Gateway are sufficient for the new resources", _QUOTAS),
    Check(
        "origin-key",
        "The API accepts the key that CloudFront sends, also during the deploy; a new key is replicated",
        _key_parameters,
        _judge_key_parameter,
    ),
)
AFTER_DEPLOY: Final = (
    deployed_resources.check(
        "origin-key",
        "The API accepts the key that CloudFront sends",
        cloudfront.DISTRIBUTION,
        _judge_sent_value,
        where=lambda properties: bool(_origins_with_key(properties)),
    ),
    deployed_resources.check(
        "other-keys",
        "The API does not accept a key that CloudFront does not send",
        _USAGE_PLAN,
        _judge_other_keys,
    ),
    deployed_resources.check(
        "key-secrets",
        "No secret has a newer value than the API key that was created from it",
        _API_KEY,
        apigateway_key_secrets.judge_secret,
    ),
    deployed_resources.check(
        "stages",
        "Each stage serves the deployment of its stack",
        apigateway_stages.STAGE,
        apigateway_stages.judge_stage,
    ),
    deployed_resources.check(
        "api-log-role",
        "API Gateway writes logs with the role of the stack that sets one",
        apigateway_stages.ACCOUNT,
        apigateway_stages.judge_account,
    ),
)
