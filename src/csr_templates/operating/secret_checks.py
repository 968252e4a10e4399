"""Secrets with generated values: whether a recovery has changed one, and who has read the password."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final, NamedTuple

from csr_templates.account import cli_lines
from csr_templates.operating import words
from csr_templates.operating.aws import Aws, Unknown
from csr_templates.operating.environment import Stack
from csr_templates.operating.problems import Stop, WrongInput

COMPARED: Final = ("username", "password", "apiKey")
"""The fields that CloudFormation generates; others, such as the endpoint, are added by a deploy."""
COMPLETE: Final = "complete"
"""The last line of a list that has all events."""

_SECRET: Final = "AWS::SecretsManager::Secret"
_CURRENT: Final = "AWSCURRENT"
_PREVIOUS: Final = "AWSPREVIOUS"
# https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html
_KEPT: Final = timedelta(days=90)
_LATE: Final = timedelta(minutes=15)
"""Within which CloudTrail usually shows an event.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html
"""


class _Version(NamedTuple):
    """A version of a secret.

    Attributes:
        id: its ID.
        created: when it was created.
        stages: its staging labels.
        generated: the compared fields.
    """

    id: str
    created: datetime
    stages: Sequence[str]
    generated: Mapping[str, Any]


def check_secrets(aws: Aws, stack: str) -> None:
    """Check that the recovery of a stack has not given a secret a new password or key.

    User names count too. The current values are compared with those from before the stack was created again.

    Args:
        stack: name of the stack, such as api.

    Example: check-secrets database
    Calls: secretsmanager:GetSecretValue, secretsmanager:ListSecretVersionIds.
    Takes: seconds.
    """
    checked = aws.environment.stack(stack)
    created = aws.require_stack(checked)["CreationTime"]
    changed = []
    secrets = _secrets(aws, checked)
    for secret in secrets:
        answer = aws.attempt(partial(_sentence_about_change, aws, checked.region, secret, created))
        if isinstance(answer, Unknown):
            words.say(f"{words.WRONG} {secret}: {answer}")
        elif answer:
            changed.append(answer)
    if changed:
        raise Stop("\n".join(changed))
    if not aws.unknown:
        _say_unchanged(secrets)


def require_unchanged(aws: Aws, stack: Stack) -> None:
    """Check the same, at the end of another command. Makes the calls of ``check_secrets``.

    Raises:
        Stop: a secret has changed.
    """
    description = aws.describe(stack)  # it did not exist when the command began, or was not imported
    if description is None:
        raise Stop(f"The stack {stack.deployed} does not exist.")
    secrets = _secrets(aws, stack)
    for secret in secrets:
        change = _sentence_about_change(aws, stack.region, secret, description["CreationTime"])
        if change:
            raise Stop(change)
    _say_unchanged(secrets)


def show_secret_readers(aws: Aws, since: str, until: str) -> None:
    """Show who has read the password of the database in a period of the last 90 days.

    The list has all events only if its last line is "complete". CloudTrail shows an event some minutes late,
    so a period is never complete until 15 minutes after its end.

    Args:
        since: a time such as 2026-11-25T10:30:00+09:00.
        until: a time.

    Example: show-secret-readers 2026-11-25T10:30:00+09:00 2026-11-26T10:30:00+09:00
    Calls: cloudtrail:LookupEvents.
    Takes: half a second for 50 events of any secret.
    """
    start = words.moment(since)
    end = words.moment(until)
    if start >= end:
        raise WrongInput(f"{since} is not before {until}.")
    if start < words.now() - _KEPT:
        raise WrongInput(f"{since} is more than 90 days ago. CloudTrail finds no older events here.")
    client = aws.client("cloudtrail", aws.environment.stack_of("DatabaseSecret").region)
    answer = aws.attempt(
        partial(
            aws.all_pages,
            client,
            "LookupEvents",
            LookupAttributes=[{"AttributeKey": "EventName", "AttributeValue": "GetSecretValue"}],
            StartTime=start,
            EndTime=end,
        )
    )
    if isinstance(answer, Unknown):
        words.say(f"Readers: {answer}")
        return
    secret = aws.name("DatabaseSecret")
    events = [event for event in answer["Events"] if secret in event["CloudTrailEvent"]]
    words.table(("time", "user", "address", "error"), [_reader(event) for event in events])
    if not events:
        words.say(f"No event of {secret}.")
    if end > words.now() - _LATE:
        words.say(
            f"Not complete: CloudTrail shows an event some minutes late. Repeat it after "
            f"{words.in_jst(end + _LATE)}."
        )
        return
    words.say(COMPLETE)


def _secrets(aws: Aws, stack: Stack) -> list[str]:
    """Return the names of the secrets that are imported into a stack."""
    logical_ids: dict[str, None] = {}
    for step in stack.imports.values():
        for resource in step.resources:
            if resource["ResourceType"] == _SECRET:
                logical_ids[resource["LogicalResourceId"]] = None
    return [aws.name(logical_id) for logical_id in logical_ids]


def _say_unchanged(secrets: Sequence[str]) -> None:
    if secrets:
        words.say("No secret has changed.")
    else:
        words.say("The stack has no secrets.")


def _sentence_about_change(aws: Aws, region: str, secret: str, created: datetime) -> str:
    """Return a sentence if a secret has another value than before its stack was created; empty otherwise."""
    client = aws.client("secretsmanager", region)
    current = _secret_version(client, secret, {"VersionStage": _CURRENT})
    if current.created <= created:
        return ""
    # Versions without a label too: two changes take all labels from the version before the stack.
    all_versions = aws.all_pages(client, "ListSecretVersionIds", SecretId=secret, IncludeDeprecated=True)
    other_ids = [
        version["VersionId"] for version in all_versions["Versions"] if version["VersionId"] != current.id
    ]
    other_versions = [_secret_version(client, secret, {"VersionId": version}) for version in other_ids]
    before_stack = [version for version in other_versions if version.created <= created]
    if not before_stack:
        return f"{secret} has no version from before the stack, so it is not known whether its value changed."
    if any(version.generated == current.generated for version in before_stack):
        return ""
    version_to_restore = max(before_stack, key=lambda version: (_PREVIOUS in version.stages, version.created))
    restore_command = cli_lines.line(
        "secretsmanager",
        "UpdateSecretVersionStage",
        region,
        [
            ("SecretId", secret),
            ("VersionStage", _CURRENT),
            ("MoveToVersionId", version_to_restore.id),
            ("RemoveFromVersionId", current.id),
        ],
    )
    return (
        f"{secret}: the value was version {version_to_restore.id} and is now {current.id}. Restore it: "
        f"{restore_command}"
    )


def _secret_version(client: Any, secret: str, which: Mapping[str, str]) -> _Version:
    answer = client.get_secret_value(SecretId=secret, **which)
    content = json.loads(answer["SecretString"])
    generated = {field: content.get(field) for field in COMPARED}
    return _Version(answer["VersionId"], answer["CreatedDate"], answer["VersionStages"], generated)


def _reader(event: Mapping[str, Any]) -> tuple[str, ...]:
    record = json.loads(event["CloudTrailEvent"])
    return (
        words.in_jst(event["EventTime"]),
        event.get("Username", ""),
        record.get("sourceIPAddress", ""),
        record.get("errorCode", ""),
    )
