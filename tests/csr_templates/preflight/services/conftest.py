"""The environments of out/, each with a healthy account."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest

from csr_templates.hand_over import built_folder
from csr_templates.hand_over.operator_policies import VERIFY
from csr_templates.preflight.checked_account import collect
from csr_templates.preflight.facts import Facts
from csr_templates.preflight.resolved_environment import ResolvedEnvironment, resolve_environment
from csr_templates.preflight.results import CheckResult, judge, missing_calls
from csr_templates.preflight.services.listing import AFTER_DEPLOY
from tests.system import ROOT

from .recorded_account import ACCOUNT, RecordedAccount

DOMAIN: Final = "www.example.com"
CUSTOM: Final = {
    "CustomDomainName": DOMAIN,
    "CertificateArn": f"arn:aws:acm:us-east-1:{ACCOUNT}:certificate/1",
    "HostedZoneId": "Z1",
    "ApiProbePath": "/api/health",
    "WAFEnabled": "true",
}
"""Values of production with which every check has a subject."""


PROBED: Final = ("api", "site")
"""The origins with a health check in the template; one that a team adds may have none: it is skipped."""


def not_passed(results: Sequence[CheckResult]) -> list[CheckResult]:
    """Return the results other than PASS, without the skipped request of an origin without health check."""
    return [
        result
        for result in results
        if result.status != "PASS"
        and (result.check, result.status, result.subject in PROBED) != ("answers", "SKIP", False)
    ]


@cache
def built() -> built_folder.BuiltFolder:
    """Return the output folder."""
    folder: Path = ROOT / "out"
    return built_folder.read(lambda name: (folder / name).read_bytes(), "out")


def environment_of(
    name: str,
    values: Mapping[str, str] | None = None,
    per_deploy: Mapping[str, str] | None = None,
    path: str = "out",
) -> ResolvedEnvironment:
    """Return an environment, with different values in all stacks that have the parameters."""
    stacks = {}
    for stack, values_of_files in built().environments[name].items():
        different = {key: value for key, value in (values or {}).items() if key in values_of_files}
        stacks[stack] = {**values_of_files, **different}
    folder = built()._replace(environments={name: stacks})
    return resolve_environment(folder, name, ACCOUNT, (), per_deploy, path)


class Outcome(NamedTuple):
    """An account, its facts, and the results of all checks."""

    account: RecordedAccount
    facts: Facts
    results: list[CheckResult]


def verified(
    account: RecordedAccount, environment: ResolvedEnvironment, facts: Facts | None = None
) -> Outcome:
    """Return the outcome of all checks; only missing facts are asked."""
    facts = facts or account.start(environment.project, environment.name, VERIFY)
    missing = partial(missing_calls, AFTER_DEPLOY)
    collect(account, environment, facts, missing)  # type: ignore[arg-type]  # it has the same method
    return Outcome(account, facts, judge(AFTER_DEPLOY, environment, facts))


def changed_result(
    check: str, subject: str, change: Callable[[Any, Any], Any], values: Mapping[str, str] = CUSTOM
) -> CheckResult:
    """Return the result about a subject in production, whose account gives changed answers."""
    environment = environment_of("prod", values)
    results = verified(RecordedAccount(environment, change), environment).results
    return next(result for result in results if (result.check, result.subject) == (check, subject))


@cache
def healthy_outcome() -> Outcome:
    """Return the outcome of a healthy production with a custom domain."""
    environment = environment_of("prod", CUSTOM)
    return verified(RecordedAccount(environment), environment)


@pytest.fixture(scope="package")
def healthy() -> Outcome:
    """The outcome of a healthy production with a custom domain."""
    return healthy_outcome()
