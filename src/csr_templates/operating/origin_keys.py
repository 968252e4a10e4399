"""The origin keys: which ones the API accepts, which one CloudFront sends, and their secrets."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import partial
from typing import Any, Final, Literal

from csr_templates.operating import waiting, words
from csr_templates.operating.aws import Aws, Unknown
from csr_templates.operating.environment import Stack
from csr_templates.operating.origin_key_check import ACCEPTED, SECRETS, SENT, deployed
from csr_templates.operating.problems import Stop
from csr_templates.operating.waiting import Duration, Sight

_OTHER: Final = {"a": "b", "b": "a"}
_BOTH: Final = "both"
_LENGTH: Final = 40  # as in the template
_DURATION: Final = Duration("a minute", 900)
_IN_SYNC: Final = "InSync"
_IN_PROGRESS: Final = "InProgress"
_NONE: Final = "none"
_NOT_DEPLOYED: Final = "not deployed"


def show_origin_keys(aws: Aws) -> None:
    """Show which origin keys the API accepts, which one CloudFront sends, and the replicas.

    What is wrong is marked with !.

    Calls: secretsmanager:DescribeSecret, apigateway:GetUsagePlanKeys, apigateway:GetApiKey.
    Takes: seconds.
    """
    api = aws.environment.stack_of("UsagePlan")
    frontend = aws.environment.stack_of("Distribution")
    accepted = _shown(aws, api, ACCEPTED)
    sent = _shown(aws, frontend, SENT)
    is_fine = _NOT_DEPLOYED in (accepted, sent) or accepted in (sent, _BOTH)
    words.say(words.marked(f"{ACCEPTED}: {accepted}, {SENT}: {sent}", is_fine=is_fine))
    _show_replicas(aws, api.region, frontend.region)
    _show_plan(aws, api)


def new_origin_key(aws: Aws, key: Literal["a", "b"]) -> None:
    """Set a new value in the secret of an origin key that the API does not accept.

    Args:
        key: the key that is not in use.

    Example: new-origin-key b
    Calls: secretsmanager:GetRandomPassword, secretsmanager:PutSecretValue, secretsmanager:DescribeSecret.
    Takes: a minute.
    Way back: not needed; nothing uses the value before the next deploys of api and frontend.
    """
    api = aws.environment.stack_of("UsagePlan")
    accepted = deployed(aws, api, ACCEPTED)
    sent = deployed(aws, aws.environment.stack_of("Distribution"), SENT)
    if (accepted, sent) != (_OTHER[key], _OTHER[key]):
        raise Stop(
            f"The key {key} gets no new value, because {ACCEPTED} is {accepted or _NOT_DEPLOYED} and "
            f"{SENT} is {sent or _NOT_DEPLOYED}. Both must be {_OTHER[key]}."
        )
    secret = aws.name(SECRETS[key])
    client = aws.client("secretsmanager", api.region)
    aws.confirm(secret, f"This replaces the key in the secret {secret}.")
    random = client.get_random_password(PasswordLength=_LENGTH, ExcludePunctuation=True)
    value = json.dumps({"apiKey": random["RandomPassword"]})
    answer = client.put_secret_value(SecretId=secret, SecretString=value)
    aws.end_dry_run("wait for the replica")
    target = aws.environment.stack_of("Distribution").region
    look = partial(_replicated, client, secret, target, answer["VersionId"])
    waiting.for_effect(aws, f"{secret} in {target}", look, _DURATION, aws.command("show-origin-keys"))


def _replicated(client: Any, secret: str, target: str, version: str) -> Sight:
    """Look whether the secret has a new version, and its replica follows."""
    stages = client.describe_secret(SecretId=secret)["VersionIdsToStages"].get(version, [])
    replica = _replica_status(client, secret, target)
    if "AWSCURRENT" not in stages:
        return Sight(f"the secret {secret} still has the value before")
    sentence = f"the secret {secret} has the new value, and its replica in {target} is {replica}"
    if replica.startswith("Failed"):
        return Sight(sentence, failure="The replica does not follow")
    return Sight(sentence, is_there=replica in (_IN_SYNC, _NONE))


def replicate_origin_key(aws: Aws, key: Literal["a", "b"]) -> None:
    """Copy the secret of an origin key to the region of CloudFront again, and wait for the copy.

    It overwrites a secret of the same name there. A copy that is InSync is not touched.

    Args:
        key: the key.

    Example: replicate-origin-key b
    Calls: secretsmanager:DescribeSecret, secretsmanager:ReplicateSecretToRegions.
    Takes: a minute.
    Way back: not needed.
    """
    region = aws.environment.stack_of("UsagePlan").region
    target = aws.environment.stack_of("Distribution").region
    secret = aws.name(SECRETS[key])
    client = aws.client("secretsmanager", region)
    status = _replica_status(client, secret, target)
    if status == _IN_SYNC:
        words.say(f"{secret} is {_IN_SYNC} in {target}.")
        return
    if status != _IN_PROGRESS:
        words.say(f"Replicates {secret} to {target}, where it is: {status}")
        client.replicate_secret_to_regions(
            SecretId=secret, AddReplicaRegions=[{"Region": target}], ForceOverwriteReplicaSecret=True
        )
    end = waiting.until(
        aws,
        f"{secret} in {target}",
        partial(_replica_status, client, secret, target),
        lambda now: now not in (_IN_PROGRESS, _NONE),
        _DURATION.usual,
        aws.command("replicate-origin-key", key),
    )
    if end != _IN_SYNC:
        raise Stop(f"{secret} in {target} is {end}")


def _shown(aws: Aws, stack: Stack, name: str) -> str:
    """Return the deployed value of a parameter, also while the stack is being changed."""
    description = aws.stacks[stack.name] or {}
    for parameter in description.get("Parameters", []):
        if parameter["ParameterKey"] == name:
            return str(parameter["ParameterValue"])
    return _NOT_DEPLOYED


def _show_replicas(aws: Aws, region: str, target: str) -> None:
    client = aws.client("secretsmanager", region)
    secrets = {key: aws.name(logical_id) for key, logical_id in SECRETS.items()}
    reads = {key: partial(_replica_status, client, secret, target) for key, secret in secrets.items()}
    rows = []
    for key, status in aws.in_parallel(reads).items():
        mark = words.mark(is_fine=status == _IN_SYNC)
        rows.append((mark, key, secrets[key], str(status)))
    words.table(("", "key", "secret", f"replica in {target}"), rows)


def _show_plan(aws: Aws, api: Stack) -> None:
    """Show the API keys of the usage plan."""
    client = aws.client("apigateway", api.region)
    plan = aws.output("UsagePlan", "ApiUsagePlanId")
    answer = aws.attempt(partial(aws.all_pages, client, "GetUsagePlanKeys", usagePlanId=plan))
    if isinstance(answer, Unknown):
        words.say(f"{words.WRONG} Keys of the usage plan {plan}: {answer}")
        return
    reads = {key["id"]: partial(client.get_api_key, apiKey=key["id"]) for key in answer["items"]}
    words.say(f"Keys of the usage plan {plan}: {len(reads) or _NONE}")
    rows = [_key_row(key, description) for key, description in aws.in_parallel(reads).items()]
    words.table(("", "API key", "description", "state"), rows)


def _key_row(key: str, description: Mapping[str, Any] | Unknown) -> tuple[str, ...]:
    if isinstance(description, Unknown):
        return words.WRONG, key, "", str(description)
    text = description.get("description", "")
    if description["enabled"]:
        return "", key, text, "enabled"
    return words.WRONG, key, text, "disabled"


def _replica_status(client: Any, secret: str, region: str) -> str:
    """Return the status of the replica in a region, with the reason of a failure."""
    answer = client.describe_secret(SecretId=secret)
    replicas = {replica["Region"]: replica for replica in answer.get("ReplicationStatus", [])}
    if region not in replicas:
        return _NONE
    status = str(replicas[region]["Status"])
    message = replicas[region].get("StatusMessage", "")
    if status in (_IN_SYNC, _IN_PROGRESS) or not message:
        return status
    return f"{status}: {message}"
