"""Remedies can be pasted: each command of one exists, with its arguments, region, names and values."""

import os
from typing import Any

import pytest

from csr_templates.preflight.facts import Query
from csr_templates.preflight.results import CheckResult
from tests.csr_templates.operating import real_cli
from tests.csr_templates.operating.test_real_cli import NEWER
from tests.csr_templates.preflight.conftest import Walk
from tests.system import ROOT

from .conftest import CUSTOM, environment_of, verified
from .recorded_account import AwsError, RecordedAccount
from .remedies import commands, misplaced, refused
from .test_after_deploy import FAULTS, results_with


def results_after_deploy() -> list[CheckResult]:
    """Return the results of all faults."""
    results: list[CheckResult] = []
    for fault in FAULTS:
        results += results_with(fault["name"])
    return results


def results_before_deploy(walk: Walk) -> list[CheckResult]:
    """Return the results of the empty account, and of all faults in both states."""
    results = list(walk.empty)
    for state in walk.states.values():
        for outcome in state.outcomes.values():
            results += outcome.results
    return results


def test_commands_after_a_deploy_are_accepted(capsys: pytest.CaptureFixture[str]) -> None:
    """By the table of csr-operate, the parser of csr-templates, and the service models of the AWS CLI."""
    results = results_after_deploy()
    lines = commands(results)

    assert refused(sorted(lines), capsys) == []
    assert misplaced(results) == []
    assert len({line.split()[0] for line in lines}) == 3
    assert len(lines) > 40


@pytest.mark.acceptance
def test_commands_before_a_deploy_are_accepted(walk: Walk, capsys: pytest.CaptureFixture[str]) -> None:
    """Those of all faults before a deploy."""
    results = results_before_deploy(walk)
    lines = commands(results)

    assert refused(sorted(lines), capsys) == []
    assert misplaced(results) == []
    assert len(lines) > 30


@pytest.mark.acceptance
@pytest.mark.skipif(
    "PROGRAMS_REQUIRED" not in os.environ and not real_cli.version(), reason="no AWS CLI 2 in /usr/bin"
)
def test_the_cli_parses_every_command(walk: Walk, monkeypatch: pytest.MonkeyPatch) -> None:
    """With all options and values, without a call."""
    monkeypatch.chdir(ROOT)  # paths of the output folder are relative
    lines = commands([*results_after_deploy(), *results_before_deploy(walk)])
    of_cli = [line for line in sorted(lines) if line.startswith("aws ")]
    older = [line for line in of_cli if not line.startswith(tuple(NEWER))]

    assert real_cli.problems(older) == {}
    assert len(older) > 20


@pytest.mark.parametrize(
    "line",
    [
        "csr-operate prod restart-everything",
        "csr-operate prod restart-instance",
        "csr-templates review --before-deploy deployed:prod",
        "aws rds restart-db-cluster --region eu-west-1",
        "aws rds start-db-cluster --region eu-west-1 --cluster c",
        "aws rds start-db-cluster --db-cluster-identifier c",
    ],
)
def test_a_wrong_command_is_refused(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A command, an option or an argument that does not exist; a missing argument or region."""
    assert refused([line], capsys) == [line]


def test_the_given_folder_is_in_the_commands() -> None:
    """Commands that read the output folder name the one that was given, quoted for a shell."""
    environment = environment_of("prod", CUSTOM, path="../my out")

    def change(query: Query, answer: Any) -> Any:
        if query.operation == "GetStackPolicy":
            return {"StackPolicyBody": "{}"}
        if query.operation == "DescribeDBClusters" and not isinstance(answer, AwsError):
            answer["DBClusters"][0]["Status"] = "stopped"
        return answer

    lines = commands(verified(RecordedAccount(environment, change), environment).results)

    assert {line for line in lines if "my out" in line} == lines
    assert "csr-operate prod start-database --out '../my out'" in lines
    assert len(lines) == 1 + len(environment.stacks)
    assert any(line.endswith(" 'file://../my out/stack-policies/network.json'") for line in lines)
