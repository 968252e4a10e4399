"""Before a deploy of api or frontend: the API must accept the key that CloudFront sends."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from csr_templates.operating import waiting
from csr_templates.operating.aws import Aws
from csr_templates.operating.environment import Stack
from csr_templates.operating.problems import Stop

ACCEPTED: Final = "OriginKeys"
"""Parameter of the stack of the API: ``a``, ``b`` or ``both``."""
SENT: Final = "OriginKey"
"""Parameter of the stack of the distribution: ``a`` or ``b``."""
SECRETS: Final[Mapping[str, str]] = {"a": "OriginApiKeySecretA", "b": "OriginApiKeySecretB"}
"""Key -> logical ID of its secret."""
_SETTLED: Final = waiting.DEPLOYED | {"UPDATE_ROLLBACK_COMPLETE"}
_COPIED: Final = "copied"
_OLDER: Final = "an older version"
_ATTEMPTS: Final = 40  # ten minutes


def require_accepted_key(aws: Aws, stack: Stack, change_set: Mapping[str, Any]) -> None:
    """Check the keys of a change set, and wait until the region of CloudFront has the newest secret.

    Args:
        aws: the account.
        stack: the stack of the change set.
        change_set: what DescribeChangeSet returns.

    Raises:
        Stop: the API would reject every request, the other stack is being changed, or the secret does not
            arrive within ten minutes.
    """
    if not (aws.environment.has("UsagePlan") and aws.environment.has("Distribution")):
        return
    api = aws.environment.stack_of("UsagePlan")
    frontend = aws.environment.stack_of("Distribution")
    if stack.name == api.name:
        accepted = _value(change_set, ACCEPTED)
        sent = deployed(aws, frontend, SENT)
        if sent:  # otherwise, CloudFront sends no key yet
            _require(accepted, sent, f"{ACCEPTED} would be {accepted}, and {SENT} of frontend is {sent}")
    if stack.name == frontend.name:
        accepted = deployed(aws, api, ACCEPTED)
        sent = _value(change_set, SENT)
        _require(accepted, sent, f"{SENT} would be {sent}, and {ACCEPTED} of api is {accepted or 'not set'}")
        _wait_for_replica(aws, aws.name(SECRETS[sent]), api.region, frontend.region)


def _value(change_set: Mapping[str, Any], name: str) -> str:
    for parameter in change_set.get("Parameters", []):
        if parameter["ParameterKey"] == name:
            return str(parameter.get("ParameterValue", ""))
    return ""


def deployed(aws: Aws, stack: Stack, name: str) -> str:
    """Return the deployed value of a parameter; empty if the stack, or after an import its part, is missing.

    Raises:
        Stop: the stack is being changed, or must be repaired.
    """
    description = aws.stacks[stack.name]
    if description is None or description["StackStatus"] in (waiting.REVIEW, "ROLLBACK_COMPLETE"):
        return ""
    status = description["StackStatus"]
    value = _value(description, name)
    if status == "IMPORT_COMPLETE" and not value:
        return ""
    if status not in _SETTLED or not value:
        raise Stop(
            f"The stack {stack.name} is {status}, and its {name} is {value or 'not set'}. Wait until its "
            "deploy is over, or repair it."
        )
    return value


def _require(accepted: str, sent: str, fact: str) -> None:
    if sent not in SECRETS or accepted not in (sent, "both"):
        raise Stop(f"{fact}: the API would reject every request.")


def _wait_for_replica(aws: Aws, secret: str, source: str, target: str) -> None:
    """Wait until a secret in the region of CloudFront is the newest one.

    Raises:
        Stop: it does not arrive.
    """
    for region in (source, target):
        aws.client("secretsmanager", region)
    attempts = 0

    def state() -> str:
        nonlocal attempts
        attempts += 1
        newest = _current_version(aws, source, secret)
        copy = aws.ask(partial(_current_version, aws, target, secret))  # it may not exist yet
        if newest and copy == newest:
            return _COPIED
        return _OLDER

    if state() == _COPIED:
        return
    end = waiting.until(
        aws,
        f"{secret} in {target}",
        state,
        lambda now: now == _COPIED or attempts > _ATTEMPTS,
        "a minute",
        "the same command again",
    )
    if end != _COPIED:
        raise Stop(
            f"{target} does not have the newest version of {secret}. The state: "
            f"{aws.command('show-origin-keys')}"
        )


def _current_version(aws: Aws, region: str, secret: str) -> str:
    """Return the ID of the current version of a secret; empty if it has none."""
    client = aws.client("secretsmanager", region)
    for version in aws.all_pages(client, "ListSecretVersionIds", SecretId=secret)["Versions"]:
        if "AWSCURRENT" in version.get("VersionStages", []):
            return str(version["VersionId"])
    return ""
