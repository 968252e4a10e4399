"""Which Lambda versions answer: the alias, the weights of other versions, and its provisioned concurrency.

After an update of an alias with provisioned concurrency, Lambda keeps the old version with a weight until the
new one is provisioned: https://github.com/hashicorp/terraform-provider-aws/pull/48116
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, Final, NamedTuple

from csr_templates.operating import waiting
from csr_templates.operating.aws import Aws
from csr_templates.operating.waiting import Duration, Sight

PROVISIONING: Final = Duration("2 to 4 minutes", 900)
"""Four minutes were enough for 10: https://github.com/hashicorp/terraform-provider-aws/issues/13329"""
AT_ONCE: Final = Duration("seconds", 300)
_FAILED: Final = "FAILED"
_READY: Final = "READY"
_NONE: Final = "NONE"


class Alias(NamedTuple):
    """The alias of the environment.

    Attributes:
        version: to which it points.
        shares: other version -> its share of the requests, between 0 and 1.
        requested: provisioned concurrency; 0 without any.
        ready: how many environments of it are ready.
        status: of its allocation.
        reason: why the allocation failed.
    """

    version: str
    shares: Mapping[str, float]
    requested: int
    ready: int
    status: str
    reason: str

    @property
    def is_blocked(self) -> bool:
        """Whether another version still answers, or provisioned concurrency could not be allocated."""
        return bool(self.shares) or self.status == _FAILED

    @property
    def who_answers(self) -> str:
        """Which version answers which share, in words."""
        if not self.shares:
            return f"version {self.version} answers all requests"
        rest = 1 - sum(self.shares.values())
        parts = [f"version {version} still answers {_share(share)}" for version, share in self.shares.items()]
        if rest > 0:
            parts.append(f"version {self.version} answers {_share(rest)}")
        return ", ".join(parts)

    @property
    def provisioned(self) -> str:
        """The provisioned concurrency in words; empty without any."""
        if not self.requested:
            return ""
        return f"{self.ready} of {self.requested} provisioned environments are ready"

    @property
    def state(self) -> str:
        """Everything in words, such as for a list."""
        parts = [self.who_answers]
        if self.shares and self.status != _FAILED:
            parts.append(f"version {self.version} is being prepared")
        if self.provisioned:
            parts.append(self.provisioned)
        if self.status == _FAILED:
            parts.append(f"Lambda could not prepare version {self.version}: {self.reason}")
        return "; ".join(parts)


def read(aws: Aws, client: Any, function: str) -> Alias:
    """Return the alias of the environment."""
    name = aws.environment.name
    description = client.get_alias(FunctionName=function, Name=name)
    shares = (description.get("RoutingConfig") or {}).get("AdditionalVersionWeights") or {}
    answer = aws.all_pages(client, "ListProvisionedConcurrencyConfigs", FunctionName=function)
    for config in answer["ProvisionedConcurrencyConfigs"]:
        if config["FunctionArn"].rpartition(":")[2] == name:
            return Alias(
                description["FunctionVersion"],
                shares,
                config["RequestedProvisionedConcurrentExecutions"],
                config.get("AvailableProvisionedConcurrentExecutions", 0),
                config["Status"],
                config.get("StatusReason", ""),
            )
    return Alias(description["FunctionVersion"], shares, 0, 0, _NONE, "")


def wait(aws: Aws, client: Any, function: str, *, is_needed: bool = False) -> None:
    """Wait until only the version of the alias answers, with all its provisioned environments.

    Args:
        aws: the account.
        client: boto3's client of Lambda.
        function: name of the function.
        is_needed: whether the next call needs it, so that ``--no-wait`` does not count.
    """
    aws.end_dry_run("wait for the alias")
    alias = read(aws, client, function)
    duration = AT_ONCE
    if alias.requested:
        duration = PROVISIONING
    waiting.for_effect(
        aws,
        f"the alias {aws.environment.name}",
        partial(_sight, aws, client, function),
        duration,
        aws.command("show-releases"),
        is_needed=is_needed,
    )


def _sight(aws: Aws, client: Any, function: str) -> Sight:
    alias = read(aws, client, function)
    if alias.status == _FAILED:
        return Sight(
            alias.who_answers, failure=f"Lambda could not prepare version {alias.version}: {alias.reason}"
        )
    is_ready = alias.status in (_READY, _NONE)
    return Sight(alias.state, is_there=is_ready and not alias.shares)


def point(aws: Aws, client: Any, function: str, version: int) -> None:
    """Let the alias run one version, without weights of others."""
    client.update_alias(
        FunctionName=function,
        Name=aws.environment.name,
        FunctionVersion=str(version),
        RoutingConfig={"AdditionalVersionWeights": {}},
    )


def take_provisioned_away(aws: Aws, client: Any, function: str) -> None:
    """Delete the provisioned concurrency of the alias, so that an update of the alias counts at once."""
    client.delete_provisioned_concurrency_config(FunctionName=function, Qualifier=aws.environment.name)


def provision(aws: Aws, client: Any, function: str, number: int) -> None:
    """Set the provisioned concurrency of the alias, at least 1."""
    client.put_provisioned_concurrency_config(
        FunctionName=function, Qualifier=aws.environment.name, ProvisionedConcurrentExecutions=number
    )


def _share(share: float) -> str:
    if share >= 1:
        return "all requests"
    return f"{share:.0%} of the requests"
