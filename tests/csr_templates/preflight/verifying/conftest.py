"""The environments of out/, each with a healthy account."""

from collections.abc import Mapping
from functools import cache, partial
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from csr_templates.hand_over import built_folder
from csr_templates.hand_over.operator_policies import VERIFY
from csr_templates.preflight.checked_account import collect
from csr_templates.preflight.facts import Facts
from csr_templates.preflight.needs import Needs, needs
from csr_templates.preflight.results import Result, judge, missing_calls
from csr_templates.preflight.verifying.listing import CHECKS
from tests.system import ROOT

from .account import ACCOUNT, RecordedAccount

DOMAIN: Final = "www.example.com"
CUSTOM: Final = {
    "CustomDomainName": DOMAIN,
    "CertificateArn": f"arn:aws:acm:us-east-1:{ACCOUNT}:certificate/1",
    "HostedZoneId": "Z1",
    "ApiProbePath": "/api/health",
    "WAFEnabled": "true",
}
"""Values of production with which every check has a subject."""


@cache
def built() -> built_folder.BuiltFolder:
    """Return the output folder."""
    folder: Path = ROOT / "out"
    return built_folder.read(lambda name: (folder / name).read_bytes(), "out")


def needs_of(
    environment: str, values: Mapping[str, str] | None = None, per_deploy: Mapping[str, str] | None = None
) -> Needs:
    """Return the needs of an environment, with different values in all stacks that have the parameters."""
    values = values or {}
    environments = {
        environment: {
            stack: {**given, **{name: value for name, value in values.items() if name in given}}
            for stack, given in built().environments[environment].items()
        }
    }
    folder = built()._replace(environments=environments)
    return needs(folder, environment, ACCOUNT, (), per_deploy)


class Outcome(NamedTuple):
    """An account, its facts, and the results of all checks."""

    account: RecordedAccount
    facts: Facts
    results: list[Result]


def verified(account: RecordedAccount, needed: Needs, facts: Facts | None = None) -> Outcome:
    """Return the outcome of all checks; only missing facts are asked."""
    facts = facts or account.start(needed.project, needed.environment, VERIFY)
    missing = partial(missing_calls, CHECKS)
    collect(account, needed, facts, missing)  # type: ignore[arg-type]  # it has the same method
    return Outcome(account, facts, judge(CHECKS, needed, facts))


@pytest.fixture(scope="package")
def healthy() -> Outcome:
    """Return the outcome of a healthy production with a custom domain."""
    needed = needs_of("prod", CUSTOM)
    return verified(RecordedAccount(needed), needed)
