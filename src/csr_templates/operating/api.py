"""The API: which Lambda version answers, and whether it answers at all."""

from __future__ import annotations

from typing import Any, Final

from csr_templates.operating import words
from csr_templates.operating.aws import Aws
from csr_templates.operating.problems import Stop

_STAGE: Final = "v1"


def roll_back(aws: Aws, lambda_version: int) -> None:
    """Run an earlier Lambda version, within seconds.

    The next deploy of api runs its own version again.

    Args:
        lambda_version: number of the version, as show-releases lists it.

    Calls: cloudformation:DescribeStackResource, lambda:GetAlias, lambda:ListVersionsByFunction,
        lambda:UpdateAlias.
    Takes: seconds.
    Way back: roll-back with the version that ran before; the command prints it.
    """
    stack = aws.environment.stack_of("ApiFunctionAlias")
    aws.require_idle(stack)
    client = aws.client("lambda", stack.region)
    function = aws.physical_id("ApiFunction")
    deployed = _version_number(aws.physical_id("ApiFunctionVersion"))
    before = client.get_alias(FunctionName=function, Name=aws.environment.name)["FunctionVersion"]
    versions = aws.all_pages(client, "ListVersionsByFunction", FunctionName=function)["Versions"]
    _require_release(lambda_version, before, deployed, [version["Version"] for version in versions])
    words.say(
        f"Points the alias {aws.environment.name} from version {before} to version {lambda_version}. "
        f"Way back: {aws.command('roll-back', before)}"
    )
    client.update_alias(
        FunctionName=function,
        Name=aws.environment.name,
        FunctionVersion=str(lambda_version),
        RoutingConfig={"AdditionalVersionWeights": {}},
    )


def stop_api(aws: Aws) -> None:
    """Stop the whole API: disable its keys, so that every request gets 403, reads too.

    Calls: apigateway:GetUsagePlanKeys, apigateway:UpdateApiKey, apigateway:GetApiKey.
    Takes: seconds; CloudFront may answer from its cache for a minute.
    Way back: start-api.
    """
    _switch_keys(aws, is_enabled=False)
    words.say(f"Every key is disabled. Way back: {aws.command('start-api')}")


def start_api(aws: Aws) -> None:
    """Start the API again after stop-api: enable its keys, and flush its cache.

    Not after a leaked key: it enables that one too.

    Calls: apigateway:GetUsagePlanKeys, apigateway:UpdateApiKey, apigateway:GetApiKey,
        apigateway:FlushStageCache.
    Takes: seconds.
    Way back: stop-api.
    """
    _switch_keys(aws, is_enabled=True)
    region = aws.environment.stack_of("RestApi").region
    api = aws.output("RestApi", "ApiGatewayId")
    aws.client("apigateway", region).flush_stage_cache(restApiId=api, stageName=_STAGE)
    words.say("Every key is enabled, and the cache is flushed.")


def _version_number(arn: str) -> int:
    """Return the number at the end of the ARN of a version."""
    return int(arn.rpartition(":")[2])


def _require_release(wanted: int, running: str, deployed: int, versions: list[str]) -> None:
    """Check that a version exists, is not the running one, and is not what a failed deploy left.

    Raises:
        Stop: one of these.
    """
    if str(wanted) == running:
        raise Stop(f"The alias is at version {running} already.")
    if str(wanted) not in versions:
        numbers = ", ".join(version for version in versions if version.isdigit())
        raise Stop(f"There is no version {wanted}. The versions are {numbers}.")
    if wanted > deployed:
        raise Stop(
            f"Version {wanted} is newer than version {deployed} of the stack: a deploy that was rolled back "
            "left it. Choose another one."
        )


def _switch_keys(aws: Aws, *, is_enabled: bool) -> None:
    """Enable or disable all keys of the usage plan, and check each.

    Raises:
        Stop: the plan has no keys, or a key was not switched.
    """
    client = aws.client("apigateway", aws.environment.stack_of("UsagePlan").region)
    plan = aws.output("UsagePlan", "ApiUsagePlanId")
    keys = aws.all_pages(client, "GetUsagePlanKeys", usagePlanId=plan)["items"]
    if not keys:
        raise Stop(f"The usage plan {plan} has no keys, so the API already rejects every request.")
    value = "true" if is_enabled else "false"
    for key in keys:
        client.update_api_key(
            apiKey=key["id"], patchOperations=[{"op": "replace", "path": "/enabled", "value": value}]
        )
        if not aws.is_dry_run:
            _require_switched(client, key["id"], is_enabled=is_enabled)


def _require_switched(client: Any, key: str, *, is_enabled: bool) -> None:
    state = client.get_api_key(apiKey=key)["enabled"]
    if state is not is_enabled:
        raise Stop(f"{key} is still {'enabled' if state else 'disabled'}. Repeat the command.")
