"""The services whose commands show the facts of each check."""

import shlex
from collections.abc import Iterable, Mapping
from types import ModuleType
from typing import Final

from csr_templates.preflight.results import CheckResult
from csr_templates.preflight.services import (
    account,
    acm,
    apigateway,
    awslambda,
    cloudformation,
    cloudfront,
    cloudwatch,
    ec2,
    https,
    iam,
    kms,
    logs,
    rds,
    route53,
    s3,
    secretsmanager,
    sns,
    wafv2,
)

MODULES: Final[Mapping[ModuleType, tuple[str, ...]]] = {
    account: ("cloudformation", "iam", "sts", "ec2"),  # it is about all stacks, roles and regions
    acm: ("acm",),
    apigateway: ("apigateway",),
    awslambda: ("lambda",),
    cloudformation: ("cloudformation",),
    cloudfront: ("cloudfront",),
    cloudwatch: ("cloudwatch",),
    ec2: ("ec2",),
    https: ("curl",),
    iam: ("iam",),
    kms: ("kms",),
    logs: ("logs",),
    rds: ("rds",),
    route53: ("route53",),
    s3: ("s3api",),
    secretsmanager: ("secretsmanager",),
    sns: ("sns",),
    wafv2: ("wafv2",),
}
"""Module with checks -> the services of their commands in the AWS CLI."""
FURTHER: Final[Mapping[str, tuple[str, ...]]] = {
    "answers": ("cloudformation",),  # an origin that nothing requests is only known from its stack
    "api-logging-role": ("iam",),
    "deploy-roles": ("cloudformation",),  # a role belongs to its bootstrap stack
    "key-secrets": ("secretsmanager",),
    "origin-key": ("cloudfront", "cloudformation", "secretsmanager"),  # the sender, its parameter, the secret
    "other-keys": ("cloudfront",),
    "package": ("s3api",),
    "records": ("cloudfront",),  # without the distribution, there is nothing to compare
}
"""Check -> services whose answers are its fact too."""


def _services() -> dict[str, tuple[str, ...]]:
    """Return the name of each check -> the services that its commands may belong to."""
    services: dict[str, tuple[str, ...]] = {}
    for module, of_module in MODULES.items():
        for check in (*getattr(module, "BEFORE_DEPLOY", ()), *getattr(module, "AFTER_DEPLOY", ())):
            services[check.name] = (*services.get(check.name, ()), *of_module, *FURTHER.get(check.name, ()))
    return services


def _service(result: CheckResult) -> str:
    """Return the service of a command in the AWS CLI, or ``curl``."""
    program, *words = shlex.split(result.command)
    if program == "aws":
        return words[0]
    return program


def of_another_service(results: Iterable[CheckResult]) -> list[str]:
    """Return the results whose command belongs to another service than the check."""
    services = _services()
    return [
        f"{result.check}: {result.sentence} $ {result.command}"
        for result in results
        if result.command and _service(result) not in services[result.check]
    ]
