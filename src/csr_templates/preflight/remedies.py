"""Commands for remedies: lines that can be pasted, with region, names and values filled in.

A remedy that has a command ends with it, after a colon. What only the reader knows is a word in capitals, as
on the pages.
"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from csr_templates.preflight.resolved_environment import EnvironmentStack, ResolvedEnvironment

_DEFAULT_FOLDER: Final = "out"


def aws(command: str, region: str, *flags: str, **options: str) -> str:
    """Return a line of the AWS CLI, quoted for a shell.

    Args:
        command: service and command: ``rds start-db-cluster``.
        region: value of ``--region``.
        flags: options without a value.
        options: name of an option, with underscores -> value.
    """
    words = ["aws", *command.split(), "--region", region]
    for name, value in options.items():
        words += [f"--{name.replace('_', '-')}", value]
    return shlex.join([*words, *flags])


def csr_operate(environment: ResolvedEnvironment, *words: str) -> str:
    """Return a line of ``csr-operate`` for an environment and its output folder."""
    return _with_folder(environment, ["csr-operate", environment.name, *words])


def verify(environment: ResolvedEnvironment, *options: str) -> str:
    """Return a line of ``csr-templates verify`` for an environment and its output folder."""
    return _with_folder(environment, ["csr-templates", "verify", environment.name, *options])


def _with_folder(environment: ResolvedEnvironment, line: list[str]) -> str:
    if environment.folder != _DEFAULT_FOLDER:
        line += ["--out", environment.folder]
    return shlex.join(line)


def file_of(environment: ResolvedEnvironment, path: str) -> str:
    """Return the path of a file of the output folder."""
    return f"{environment.folder}/{path}"


def deploy(stack: EnvironmentStack, environment: ResolvedEnvironment) -> str:
    """Return the command with which a deploy of a stack begins; it prints the one that follows."""
    return csr_operate(environment, "plan-deploy", stack.name)


def deletion_in_cloudtrail(name: str, region: str) -> str:
    """Return the command that shows who deleted a resource."""
    attribute = f"AttributeKey=ResourceName,AttributeValue={name}"
    return aws("cloudtrail lookup-events", region, lookup_attributes=attribute)


def quota_increase(region: str, service: str, code: str, value: int) -> str:
    """Return the command that requests another value of a quota."""
    return aws(
        "service-quotas request-service-quota-increase",
        region,
        service_code=service,
        quota_code=code,
        desired_value=str(value),
    )
