"""The KMS keys: their state, what they encrypt, and how one is enabled again."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Final, NamedTuple

from csr_templates.operating import clusters, waiting, words
from csr_templates.operating.aws import Aws, Unknown
from csr_templates.operating.problems import WrongInput
from csr_templates.operating.waiting import Duration, Sight

_ARN: Final = re.compile(r"arn:aws[a-z-]*:kms:(?P<region>[a-z0-9-]+):[0-9]{12}:key/(?P<id>.+)")
_DURATION: Final = Duration("seconds", 300)
_ENABLED: Final = "Enabled"
_NONE: Final = "-"


class _Key(NamedTuple):
    """A KMS key.

    Attributes:
        arn: its ARN.
        name: its tag ``Name``.
    """

    arn: str
    name: str


class _Encrypted(NamedTuple):
    """What a key encrypts.

    Attributes:
        title: kind and name.
        key: ID of the key; ``-`` for a key of AWS.
        deletion: when it is deleted; empty if it is not scheduled for deletion.
    """

    title: str
    key: str
    deletion: str = ""


def show_keys(aws: Aws, *, name: str = "") -> None:
    """Show the KMS keys of the environment, found by their tags, and what they encrypt.

    What is wrong is marked with !: a key that is not Enabled, and a secret that is scheduled for deletion.

    Args:
        name: only keys with this tag Name, such as two of which only one is in use.

    Example: show-keys --name csr-lambda-api-prod-function-key
    Calls: resourcegroupstaggingapi:GetResources, kms:DescribeKey, kms:GetKeyRotationStatus,
        logs:DescribeLogGroups, secretsmanager:ListSecrets, rds:DescribeDBClusterSnapshots.
    Takes: seconds.
    """
    tags = {"Project": aws.environment.project, "Environment": aws.environment.name}
    if name:
        tags = {"Name": name}
    lists = aws.in_parallel(
        {region: partial(tagged, aws, region, "kms:key", tags) for region in _with_clients(aws)}
    )
    rows: list[tuple[str, ...]] = []
    for region, keys in lists.items():
        if isinstance(keys, Unknown):
            rows.append((words.WRONG, region, str(keys), "", "", "", ""))
        else:
            rows += _key_rows(aws, region, keys)
    words.table(("", "key", "state", "deletion", "rotation", "created", "ARN"), rows)
    if not rows:
        words.say(f"No key has the tags {', '.join(f'{key}={value}' for key, value in tags.items())}.")
    _show_encrypted(aws)


def enable_key(aws: Aws, arn: str) -> None:
    """Enable a KMS key that is disabled, or whose deletion is pending.

    Args:
        arn: ARN of the key, as show-keys prints it.

    Example: enable-key arn:aws:kms:ap-northeast-1:123456789012:key/KEY_ID
    Calls: kms:ListResourceTags, kms:CancelKeyDeletion, kms:EnableKey, kms:DescribeKey.
    Takes: seconds; until everything sees it, a few minutes.
    Way back: disable the key, which only an administrator can do.
    """
    match = _ARN.fullmatch(arn)
    if not match or match["region"] not in aws.environment.regions:
        raise WrongInput(
            f"{arn} is not the ARN of a KMS key of {aws.environment.prefix}. show-keys prints it."
        )
    client = aws.client("kms", match["region"])
    key = match["id"]
    _require_own(aws, client, key)
    state = client.describe_key(KeyId=key)["KeyMetadata"]["KeyState"]
    if state == _ENABLED:
        words.say(f"Now the key {key} is {state}. There is nothing to enable.")
        return
    words.say(f"Enables the key {key}, which is {state}.")
    if state == "PendingDeletion":
        client.cancel_key_deletion(KeyId=key)  # the key is Disabled then
    client.enable_key(KeyId=key)
    waiting.for_effect(
        aws, f"the key {key}", partial(_key_sight, client, key), _DURATION, aws.command("show-keys")
    )
    words.say("Until every service sees it, a few minutes may pass.")


def _key_sight(client: Any, key: str) -> Sight:
    state = client.describe_key(KeyId=key)["KeyMetadata"]["KeyState"]
    return Sight(f"the key {key} is {state}", is_there=state == _ENABLED)


def tagged(aws: Aws, region: str, kind: str, tags: Mapping[str, str]) -> list[_Key]:
    """Return the resources of a kind, such as ``kms:key``, with these tags."""
    client = aws.client("resourcegroupstaggingapi", region)
    answer = aws.all_pages(
        client,
        "GetResources",
        ResourceTypeFilters=[kind],
        TagFilters=[{"Key": key, "Values": [value]} for key, value in tags.items()],
    )
    resources = []
    for resource in answer["ResourceTagMappingList"]:
        names = {tag["Key"]: tag["Value"] for tag in resource["Tags"]}
        resources.append(_Key(resource["ResourceARN"], names.get("Name", _NONE)))
    return resources


def _with_clients(aws: Aws) -> Sequence[str]:
    """Return the regions, and create the clients for the threads."""
    for region in aws.environment.regions:
        for service in ("kms", "logs", "resourcegroupstaggingapi", "secretsmanager"):
            aws.client(service, region)
    return aws.environment.regions


def _key_rows(aws: Aws, region: str, keys: Iterable[_Key]) -> list[tuple[str, ...]]:
    names = {key.arn: key.name for key in keys}
    details = aws.in_parallel({arn: partial(_details, aws, region, arn) for arn in names})
    rows: list[tuple[str, ...]] = []
    for arn, detail in details.items():
        if isinstance(detail, Unknown):
            rows.append((words.WRONG, names[arn], str(detail), "", "", "", arn))
        else:
            mark = words.mark(is_fine=detail[0] == _ENABLED)
            rows.append((mark, names[arn], *detail, arn))
    return rows


def _details(aws: Aws, region: str, arn: str) -> tuple[str, ...]:
    """Return state, date of the deletion, rotation and date of creation."""
    client = aws.client("kms", region)
    metadata = client.describe_key(KeyId=arn)["KeyMetadata"]
    rotation = client.get_key_rotation_status(KeyId=arn)
    return (
        metadata["KeyState"],
        words.in_jst(metadata.get("DeletionDate")) or _NONE,
        _rotation(rotation),
        words.in_jst(metadata["CreationDate"]),
    )


def _rotation(status: Mapping[str, Any]) -> str:
    if not status["KeyRotationEnabled"]:
        return "off"
    days = status.get("RotationPeriodInDays")
    if not days:
        return "on"
    return f"{days} days"


def _show_encrypted(aws: Aws) -> None:
    """Show which key each log group, secret and snapshot of the environment uses."""
    reads: dict[str, Callable[[], list[_Encrypted]]] = {}
    for region in aws.environment.regions:
        reads[f"log groups in {region}"] = partial(_log_groups, aws, region)
        reads[f"secrets in {region}"] = partial(_secrets, aws, region)
    if aws.environment.has("DatabaseCluster"):
        aws.client("rds", aws.environment.stack_of("DatabaseCluster").region)
        reads["snapshots"] = partial(_snapshots, aws)
    rows: list[tuple[str, ...]] = []
    for title, encrypted in aws.in_parallel(reads).items():
        if isinstance(encrypted, Unknown):
            rows.append((words.WRONG, title, str(encrypted), ""))
            continue
        rows += [(words.mark(is_fine=not resource.deletion), *resource) for resource in encrypted]
    words.table(("", "what is encrypted", "ID of its key", "deletion"), rows)


def _log_groups(aws: Aws, region: str) -> list[_Encrypted]:
    answer = aws.all_pages(aws.client("logs", region), "DescribeLogGroups")
    return [
        _Encrypted(f"log group {group['logGroupName']}", _id(group.get("kmsKeyId")))
        for group in answer["logGroups"]
        if aws.environment.prefix in group["logGroupName"]
    ]


def _secrets(aws: Aws, region: str) -> list[_Encrypted]:
    answer = aws.all_pages(
        aws.client("secretsmanager", region),
        "ListSecrets",
        IncludePlannedDeletion=True,
        Filters=[{"Key": "name", "Values": [f"{aws.environment.prefix}-"]}],
    )
    return [
        _Encrypted(
            f"secret {secret['Name']} in {region}",
            _id(secret.get("KmsKeyId")),
            words.in_jst(secret.get("DeletedDate")),
        )
        for secret in answer["SecretList"]
    ]


def _snapshots(aws: Aws) -> list[_Encrypted]:
    names = clusters.former_identifiers(aws.name(clusters.CLUSTER))
    return [
        _Encrypted(f"snapshot {snapshot['DBClusterSnapshotIdentifier']}", _id(snapshot.get("KmsKeyId")))
        for snapshot in clusters.snapshots(aws, *names)
    ]


def _id(key: str | None) -> str:
    """Return the ID of a key from its ARN."""
    if not key:
        return _NONE
    return key.rpartition("/")[2]


def _require_own(aws: Aws, client: Any, key: str) -> None:
    """Check that a key has the tags of the environment.

    Raises:
        WrongInput: it has other ones.
    """
    answer = aws.all_pages(client, "ListResourceTags", KeyId=key)
    tags = {tag["TagKey"]: tag["TagValue"] for tag in answer["Tags"]}
    project = tags.get("Project", "")
    environment = tags.get("Environment", "")
    if (project, environment) != (aws.environment.project, aws.environment.name):
        raise WrongInput(
            f"The key {key} does not belong to {aws.environment.prefix}: its tags are Project={project} and "
            f"Environment={environment}."
        )
