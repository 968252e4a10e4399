"""The API: which Lambda version answers, and whether it answers at all."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from typing import Any, Final, Literal

from csr_templates.operating import aliases, releases, waiting, web, words
from csr_templates.operating.aliases import Alias
from csr_templates.operating.aws import Aws, Unknown
from csr_templates.operating.environment import Stack
from csr_templates.operating.origin_key_check import SECRETS
from csr_templates.operating.problems import Stop
from csr_templates.operating.releases import History, Release

# The attributes of a queue that count its messages.
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueAttributes.html
_VISIBLE: Final = "ApproximateNumberOfMessages"
_HIDDEN: Final = "ApproximateNumberOfMessagesNotVisible"
_STAGE: Final = "v1"
_KEPT_RELEASES: Final = 10
_LEFT: Final = "left by a rolled-back deploy"


def roll_back(aws: Aws, lambda_version: int, *, at_once: bool = False) -> None:
    """Run an earlier Lambda version.

    With provisioned concurrency, the version that runs now answers until the other one is prepared. A
    rollback has cold starts: requests beyond the prepared environments wait until new ones have started. The
    next deploy of api that publishes a version runs that one. What a rolled-back deploy has left is refused.

    Args:
        lambda_version: number of the version, as show-releases lists it.
        at_once: if the version that runs now does harm: take the provisioned concurrency away first, and
            set it again afterwards. Until then, all requests have cold starts; it costs nothing more.

    Example: roll-back 17
    Calls: cloudformation:DescribeStackResource, lambda:GetAlias, lambda:ListProvisionedConcurrencyConfigs,
        lambda:ListVersionsByFunction, cloudformation:DescribeStackEvents,
        lambda:DeleteProvisionedConcurrencyConfig, lambda:UpdateAlias,
        lambda:PutProvisionedConcurrencyConfig.
    Takes: seconds; with provisioned concurrency, usually 2 to 4 minutes.
    Way back: roll-back with the version that ran before; the command prints it.
    """
    stack = aws.environment.stack_of("ApiFunctionAlias")
    aws.require_idle(stack)
    client = aws.client("lambda", stack.region)
    function = aws.physical_id("ApiFunction")
    deployed = releases.number_of(aws.physical_id("ApiFunctionVersion"))
    alias = aliases.read(aws, client, function)
    is_at_once = at_once and alias.requested > 0
    if str(lambda_version) == alias.version and not (is_at_once and alias.is_blocked):
        words.say(
            f"The alias {aws.environment.name} is at version {lambda_version} already: nothing is changed."
        )
        aliases.wait(aws, client, function)
        return
    release = _require_version(releases.of_function(client, function), lambda_version)
    _require_release(aws, release, deployed)
    words.say(
        f"Points the alias {aws.environment.name} from version {alias.version} to version {lambda_version}."
        f"{_way_back(aws, alias, lambda_version)}"
    )
    if is_at_once:
        _point_at_once(aws, client, function, lambda_version, alias.requested)
        return
    aliases.point(aws, client, function, lambda_version)
    aws.way_on = aws.command("roll-back", str(lambda_version))
    if alias.requested:
        aws.way_on = aws.command("roll-back", str(lambda_version), "--at-once")
        words.say(f"If version {alias.version} does harm meanwhile: {aws.way_on}")
    aliases.wait(aws, client, function)


def _way_back(aws: Aws, alias: Alias, version: int) -> str:
    """Return the command that runs the version again that answers now; none if it is the same one."""
    answering = alias.version
    for other, share in alias.shares.items():
        if share >= 1:
            answering = other
    if answering == str(version):
        return ""
    return f" Way back: {aws.command('roll-back', answering)}"


def _point_at_once(aws: Aws, client: Any, function: str, version: int, provisioned: int) -> None:
    """Point the alias to a version without provisioned concurrency, and then set this again."""
    provision = aws.command("set-provisioned-concurrency", str(provisioned))
    words.say(
        f"Takes the provisioned concurrency of {provisioned} away first. Until it is set again and ready "
        f"(usually {aliases.PROVISIONING.usual}), requests have cold starts."
    )
    words.say(f"If the command stops, run this once version {version} answers: {provision}")
    aliases.take_provisioned_away(aws, client, function)
    aws.way_on = aws.command("roll-back", str(version))
    aliases.point(aws, client, function, version)
    aws.way_on = provision
    aliases.wait(aws, client, function, is_needed=True)
    aliases.provision(aws, client, function, provisioned)
    aliases.wait(aws, client, function)


def repair_alias(aws: Aws, lambda_version: int) -> None:
    """Let a blocked alias run a working version, as after a faulty package.

    The alias is blocked if Lambda could not provision its version, or if the rollback of the stack failed
    at it. The command points it to a working version, continues such a rollback without the alias, and sets
    the provisioned concurrency of the last deploy again.

    Args:
        lambda_version: number of a version that works, as show-releases lists it.

    Example: repair-alias 17
    Calls: cloudformation:DescribeStackResource, lambda:GetAlias, lambda:ListVersionsByFunction,
        lambda:ListProvisionedConcurrencyConfigs, lambda:DeleteProvisionedConcurrencyConfig,
        lambda:UpdateAlias, cloudformation:ContinueUpdateRollback, lambda:PutProvisionedConcurrencyConfig.
    Takes: minutes.
    Way back: none; then deploy a working package.
    """
    stack = aws.environment.stack_of("ApiFunctionAlias")
    aws.require_idle(stack)
    client = aws.client("lambda", stack.region)
    function = aws.physical_id("ApiFunction")
    alias = aliases.read(aws, client, function)
    is_failed = aws.status(stack) == waiting.ROLLBACK_FAILED
    if not is_failed and not alias.is_blocked and alias.version == str(lambda_version):
        words.say(f"The alias {aws.environment.name} does not need a repair: nothing is changed.")
        aliases.wait(aws, client, function)
        return
    if is_failed:
        _require_failed_alias(aws, stack)
    else:
        _require_blocked(aws, alias)
    _require_version(releases.of_function(client, function), lambda_version)
    provisioned = int(aws.parameter("ApiFunctionAlias", "LambdaProvisionedConcurrency"))
    words.say(f"Points the alias {aws.environment.name} to version {lambda_version}.")
    provision = aws.command("set-provisioned-concurrency", str(provisioned))
    if provisioned:
        words.say(f"If the command stops after the alias is at version {lambda_version}, run: {provision}")
    if alias.requested:
        aliases.take_provisioned_away(aws, client, function)
    aws.way_on = aws.command("roll-back", str(lambda_version))
    if is_failed:
        aws.way_on = ""
    aliases.point(aws, client, function, lambda_version)
    if is_failed:
        _continue_without_alias(aws, stack)
    if provisioned:
        aws.way_on = provision
        aliases.wait(aws, client, function, is_needed=True)
        aliases.provision(aws, client, function, provisioned)
    aliases.wait(aws, client, function)
    words.say("Now deploy a working package.")


def _continue_without_alias(aws: Aws, stack: Stack) -> None:
    """Continue a failed rollback of a stack without its alias, and wait for its end."""
    words.say("The rollback continues without the alias.")
    aws.client("cloudformation", stack.region).continue_update_rollback(
        StackName=stack.deployed, ResourcesToSkip=["ApiFunctionAlias"]
    )
    aws.way_on = aws.command("wait", stack.name)
    status = waiting.for_stack(aws, stack, waiting.ROLLBACK_FAILED)
    waiting.require(status, waiting.ROLLED_BACK, stack, aws)


def _require_blocked(aws: Aws, alias: Alias) -> None:
    """Check that the alias needs a repair.

    Raises:
        Stop: it does not.
    """
    if alias.is_blocked:
        words.say(f"The alias is blocked: {alias.state}.")
        return
    raise Stop(
        f"The alias does not need a repair: {alias.state}. To run another version: "
        f"{aws.command('roll-back', 'VERSION')}"
    )


def delete_old_versions(aws: Aws) -> None:
    """Delete Lambda versions that are neither in use nor among the newest ten releases.

    Versions that a rolled-back deploy has left do not count among the ten, and are deleted too.

    Calls: cloudformation:DescribeStackResource, lambda:ListVersionsByFunction, lambda:ListAliases,
        cloudformation:DescribeStackEvents, lambda:DeleteFunction.
    Takes: seconds.
    Way back: none; deploy an older package again.
    """
    stack = aws.environment.stack_of("ApiFunctionVersion")
    aws.require_idle(stack)
    client = aws.client("lambda", stack.region)
    function = aws.physical_id("ApiFunction")
    deployed = releases.number_of(aws.physical_id("ApiFunctionVersion"))
    published = releases.of_function(client, function)
    used = {deployed} | _versions_of_aliases(aws, client, function)
    history = releases.history(aws, stack)
    old = _old_versions(published, history, deployed, used)
    _say_expired(published, history, used, [release for release, _ in old])
    if not old:
        words.say(f"{function} has no version to delete.")
        return
    rows = [(str(release.number), words.in_jst(release.time), why) for release, why in old]
    words.table(("version", "published", "reason"), rows)
    aws.confirm(function, f"This deletes {len(old)} of {len(published)} versions of {function}.")
    with aws.repeated(len(old)):
        for release, _ in old:
            client.delete_function(FunctionName=function, Qualifier=str(release.number))
    aws.end_dry_run("list the versions that are left")
    left = releases.of_function(client, function)
    words.say(
        f"Now {function} has {len(left)} versions: {', '.join(str(release.number) for release in left)}."
    )


def stop_api(aws: Aws) -> None:
    """Stop the whole API: disable its keys, so that every request gets 403, reads too.

    Calls: apigateway:GetUsagePlanKeys, apigateway:UpdateApiKey, apigateway:GetApiKey.
    Takes: seconds; CloudFront may answer from its cache for a minute.
    Way back: start-api.
    """
    _switch_keys(aws, is_enabled=False)
    aws.say_done(f"Now every key is disabled. Way back: {aws.command('start-api')}")


def start_api(aws: Aws) -> None:
    """Start the API again after stop-api: enable its keys, and flush its cache.

    Not after a leaked key: it enables that one too.

    Calls: apigateway:FlushStageCache, apigateway:GetUsagePlanKeys, apigateway:UpdateApiKey,
        apigateway:GetApiKey.
    Takes: seconds.
    Way back: stop-api.
    """
    _flush(aws)
    _switch_keys(aws, is_enabled=True)
    aws.say_done("Now every key is enabled, and the cache was flushed before.")


def flush_api_cache(aws: Aws) -> None:
    """Remove all responses from the cache of the API; invalidate is for that of CloudFront.

    Calls: apigateway:FlushStageCache.
    Takes: seconds.
    Way back: not needed; the database has more requests until the cache is full again.
    """
    _flush(aws)
    aws.say_done(
        "API Gateway has accepted it. The cache is usually empty within seconds; no operation shows it."
    )


def show_quota(aws: Aws) -> None:
    """Show the used and remaining requests of today (UTC), by key.

    Calls: apigateway:GetUsage, apigateway:GetUsagePlanKeys.
    Takes: seconds.
    """
    plan = aws.output("UsagePlan", "ApiUsagePlanId")
    client = aws.client("apigateway", aws.environment.stack_of("UsagePlan").region)
    today = words.now().date().isoformat()
    reads: dict[str, Callable[[], Any]] = {
        "usage": partial(aws.all_pages, client, "GetUsage", usagePlanId=plan, startDate=today, endDate=today),
        "keys": partial(_keys_of_plan, aws, client, plan),
    }
    answers = aws.in_parallel(reads)
    usage, keys = answers["usage"], answers["keys"]
    if isinstance(usage, Unknown):
        words.say(f"Requests of {today}: {usage}")
        return
    names: dict[str, str] = {}
    without_name = ""
    if isinstance(keys, Unknown):
        without_name = str(keys)
    else:
        names = {key["id"]: key["name"] for key in keys}
    rows = []
    for key, days in usage.get("items", {}).items():
        for used, remaining in days:
            rows.append((key, names.get(key, without_name), str(used), str(remaining)))
    words.table((f"key, on {today} UTC", "name", "used", "remaining"), rows)
    if not rows:
        words.say(f"The usage plan {plan} has counted no requests on {today} (UTC).")


def set_remaining_requests(aws: Aws, number: int) -> None:
    """Set the number of requests that each key may still make today.

    Args:
        number: of requests until midnight UTC (09:00 JST).

    Example: set-remaining-requests 50000
    Calls: apigateway:GetUsagePlanKeys, apigateway:UpdateUsage, apigateway:GetUsage.
    Takes: seconds.
    Way back: the same command with another number; at midnight UTC, the quota begins again.
    """
    plan = aws.output("UsagePlan", "ApiUsagePlanId")
    client = aws.client("apigateway", aws.environment.stack_of("UsagePlan").region)
    operations = [{"op": "replace", "path": "/remaining", "value": str(number)}]
    keys = _required_keys(aws, client, plan)
    quota = aws.command("show-quota")
    for key in keys:
        words.say(f"Lets the key {key['name']} make {number} more requests until 09:00 JST.")
        client.update_usage(usagePlanId=plan, keyId=key["id"], patchOperations=operations)
    aws.end_dry_run("show the remaining requests")
    today = words.now().date().isoformat()
    usage = aws.all_pages(client, "GetUsage", usagePlanId=plan, startDate=today, endDate=today)
    days = usage.get("items", {})
    for key in keys:
        if key["id"] in days:
            words.say(f"Now the key {key['name']} may make {days[key['id']][-1][1]} more requests.")
        else:
            words.say(f"API Gateway does not show the key {key['name']} yet. Look again with: {quota}")


def call_api(aws: Aws, path: str, *, key: Literal["a", "b", "deployed"] = "deployed") -> None:
    """Request a path of the API without CloudFront and WAF, and show the response.

    The response is not from the cache of the API. 403 means that the API does not accept the key.

    Args:
        path: begins with /, such as /api/v1/health.
        key: which origin key; by default, the one that CloudFront sends.

    Example: call-api /api/v1/health --key b
    Calls: secretsmanager:GetSecretValue.
    Takes: seconds, without an answer 30 seconds.
    """
    web.require_path(path)
    url = aws.output("RestApi", "ApiGatewayUrl")
    letter = str(key)
    if key == "deployed":
        letter = aws.parameter("Distribution", "OriginKey")
    value = aws.attempt(partial(_origin_key, aws, SECRETS[letter]))
    if isinstance(value, Unknown):
        words.say(f"The origin key {letter}: {value}")
        return
    headers = {"x-api-key": value, "X-Cache-Key": words.now().isoformat()}
    web.show(web.get(url, path, headers), secret=value)


def receive_dead_letter(aws: Aws) -> None:
    """Receive a message of the dead-letter queue, which SQS then hides for a while.

    Calls: cloudformation:DescribeStackResource, sqs:ReceiveMessage, sqs:GetQueueAttributes.
    Takes: seconds.
    Way back: not needed; the message is visible again after the visibility timeout of the queue.
    """
    client = aws.client("sqs", aws.environment.stack_of("DeadLetterQueue").region)
    queue = aws.physical_id("DeadLetterQueue")
    answer = client.receive_message(
        QueueUrl=queue, MessageAttributeNames=["All"], MessageSystemAttributeNames=["All"]
    )
    aws.end_dry_run("show the message")
    messages = answer.get("Messages", [])
    if not messages:
        words.say("There is no visible message. SQS may answer so although there is one: repeat the command.")
    for message in messages:
        values = [*message.get("Attributes", {}).items()]
        values += [
            (name, str(attribute.get("StringValue", "(binary)")))
            for name, attribute in message.get("MessageAttributes", {}).items()
        ]
        words.table(("attribute", "value"), values)
        words.say(message["Body"])
    _say_messages(client, queue)


def _say_messages(client: Any, queue: str) -> None:
    """Say how many messages a queue has, which SQS knows approximately."""
    answer = client.get_queue_attributes(QueueUrl=queue, AttributeNames=[_VISIBLE, _HIDDEN])
    attributes = answer["Attributes"]
    words.say(
        f"Now the queue has about {attributes[_VISIBLE]} visible messages, and {attributes[_HIDDEN]} that "
        "are hidden for a while."
    )


# ---- Versions ----


def _require_version(published: Sequence[Release], number: int) -> Release:
    """Return the version with a number.

    Raises:
        Stop: it does not exist.
    """
    for release in published:
        if release.number == number:
            return release
    numbers = ", ".join(str(release.number) for release in published)
    raise Stop(f"There is no version {number}. The versions are {numbers}.")


def _require_release(aws: Aws, release: Release, deployed: int) -> None:
    """Check that a version has completed a deploy, as far as the events of the stack tell.

    Raises:
        Stop: a rolled-back deploy has left it.
    """
    reason = f"Version {release.number} never completed a deploy: one that was rolled back left it. "
    if release.number > deployed:
        raise Stop(f"{reason}It is newer than version {deployed} of the stack. Choose another one.")
    history = aws.ask(partial(releases.history, aws, aws.environment.stack_of("ApiFunctionVersion")))
    if isinstance(history, Unknown):
        words.tell(history.why)
        words.say(f"It is not known whether version {release.number} completed a deploy.")
        return
    if release.number in history.rolled_back:
        raise Stop(f"{reason}Choose another one.")
    if not history.covers(release):
        words.say(
            f"It is not known whether version {release.number} completed a deploy: the events of the stack "
            "have expired."
        )


def _require_failed_alias(aws: Aws, stack: Stack) -> None:
    """Check that the rollback of a stack failed at the alias.

    Raises:
        Stop: something else has failed.
    """
    answer = aws.client("cloudformation", stack.region).describe_stack_resource(
        StackName=stack.deployed, LogicalResourceId="ApiFunctionAlias"
    )
    status = answer["StackResourceDetail"]["ResourceStatus"]
    if status != "UPDATE_FAILED":
        raise Stop(
            f"The alias is {status}, so it is not what has failed. Find the cause "
            f"({aws.command('why-failed', stack.name)}), remove it, and then: "
            f"{aws.command('continue-rollback', stack.name)}"
        )


def _versions_of_aliases(aws: Aws, client: Any, function: str) -> set[int]:
    """Return the numbers of the versions that an alias runs, also for a part of the requests."""
    numbers = set()
    for alias in aws.all_pages(client, "ListAliases", FunctionName=function)["Aliases"]:
        weights = alias.get("RoutingConfig", {}).get("AdditionalVersionWeights", {})
        numbers |= {int(version) for version in (alias["FunctionVersion"], *weights) if version.isdigit()}
    return numbers


def _old_versions(
    published: Sequence[Release], history: History, deployed: int, used: Collection[int]
) -> list[tuple[Release, str]]:
    """Return the versions to delete, each with the reason.

    While fewer than ten versions are known to have completed a deploy, none is deleted of which the events
    have expired: it may be one of the ten.
    """
    old = []
    completed = 0
    for release in reversed(published):
        is_left = release.number > deployed or release.number in history.rolled_back
        is_kept = completed < _KEPT_RELEASES and not is_left
        if is_kept and history.covers(release):
            completed += 1
        if is_kept or release.number in used:
            continue
        if is_left:
            old.append((release, _LEFT))
        else:
            old.append((release, f"older than the newest {_KEPT_RELEASES} releases"))
    return old


def _say_expired(
    published: Sequence[Release], history: History, used: Collection[int], old: Sequence[Release]
) -> None:
    """Say how many versions are kept because the events of their deploys have expired."""
    unknown = [release for release in published if not history.covers(release) and release not in old]
    kept = [release for release in unknown if release.number not in used]
    if kept:
        words.say(
            f"Keeps {len(kept)} versions of which the events have expired: they may be among the newest "
            f"{_KEPT_RELEASES} releases."
        )


# ---- Keys and the cache ----


def _flush(aws: Aws) -> None:
    region = aws.environment.stack_of("RestApi").region
    api = aws.output("RestApi", "ApiGatewayId")
    aws.client("apigateway", region).flush_stage_cache(restApiId=api, stageName=_STAGE)


def _origin_key(aws: Aws, logical_id: str) -> str:
    """Return the API key in a secret."""
    client = aws.client("secretsmanager", aws.environment.stack_of(logical_id).region)
    secret = aws.name(logical_id)
    content = json.loads(client.get_secret_value(SecretId=secret)["SecretString"])
    return str(content["apiKey"])


def _keys_of_plan(aws: Aws, client: Any, plan: str) -> list[Mapping[str, str]]:
    keys: list[Mapping[str, str]] = aws.all_pages(client, "GetUsagePlanKeys", usagePlanId=plan)["items"]
    return keys


def _required_keys(aws: Aws, client: Any, plan: str) -> list[Mapping[str, str]]:
    """Return the keys of the usage plan.

    Raises:
        Stop: it has none.
    """
    keys = _keys_of_plan(aws, client, plan)
    if not keys:
        raise Stop(f"The usage plan {plan} has no keys, so the API already rejects every request.")
    return keys


def _switch_keys(aws: Aws, *, is_enabled: bool) -> None:
    """Enable or disable all keys of the usage plan, and check each.

    Raises:
        Stop: the plan has no keys, or a key was not switched.
    """
    client = aws.client("apigateway", aws.environment.stack_of("UsagePlan").region)
    plan = aws.output("UsagePlan", "ApiUsagePlanId")
    keys = _required_keys(aws, client, plan)
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
        text = "enabled" if state else "disabled"
        raise Stop(f"{key} is still {text}. Repeat the command.")
