"""Changes by hand in an account with a model of drift detection: none passes in silence, none is made up."""

import random
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

import pytest

from csr_templates.account.reads import is_read
from csr_templates.operating.command_line import COMMANDS
from csr_templates.preflight.drift import detection, rows
from csr_templates.preflight.results import FAIL, PASS, UNKNOWN, WARN
from tests.csr_templates.preflight.drifting_account import DriftingAccount, changed
from tests.csr_templates.preflight.hand_changes import SILENT, HandChange, changes, results_of, verdict
from tests.csr_templates.preflight.services.conftest import CUSTOM, environment_of

ENVIRONMENT = environment_of("prod", CUSTOM)
SEED: Final = 20
OPERATED: Final[Mapping[str, list[tuple[Any, ...]]]] = {
    "apigateway:UpdateApiKey": [("api", "OriginApiKeyA", ("Enabled",), "false")],
    "ec2:ReplaceRoute": [("network", "PrivateDefaultRoute1", ("NatGatewayId",), "nat-0a1b2c3d")],
    "lambda:DeleteProvisionedConcurrencyConfig": [
        ("api", "ApiFunctionAlias", ("ProvisionedConcurrencyConfig",), None)
    ],
    "lambda:PutFunctionConcurrency": [("api", "ApiFunction", ("ReservedConcurrentExecutions",), 0)],
    "lambda:PutProvisionedConcurrencyConfig": [
        (
            "api",
            "ApiFunctionAlias",
            ("ProvisionedConcurrencyConfig", "ProvisionedConcurrentExecutions"),
            7,
        )
    ],
    "lambda:UpdateAlias": [("api", "ApiFunctionAlias", ("FunctionVersion",), "6")],
    "wafv2:UpdateIPSet": [
        ("frontend", "BlockedIPv4Set", ("Addresses",), ["192.0.2.1/32", "192.0.2.2/32"]),
        ("frontend", "BlockedIPv6Set", ("Addresses",), ["2001:db8::1/128"]),
    ],
    "wafv2:UpdateWebACL": [
        ("frontend", "WebACL", ("Rules", 1, "Action"), {"Count": {}}),
        ("frontend", "WebACL", ("Rules", 7, "OverrideAction"), {"Count": {}}),
    ],
}
"""What the commands of ``csr-operate`` change in resources of the stacks, by the action that changes it."""
WITHOUT_DRIFT: Final = {
    "no property of a resource of the stacks": (
        "apigateway:FlushStageCache apigateway:UpdateUsage cloudfront:CreateInvalidation "
        "cloudwatch:DeleteAlarmMuteRule cloudwatch:PutAlarmMuteRule cloudwatch:SetAlarmState "
        "ec2:RevokeSecurityGroupEgress ec2:RevokeSecurityGroupIngress lambda:DeleteFunction "
        "rds:CreateDBClusterSnapshot rds:FailoverDBCluster rds:RebootDBInstance rds:StartDBCluster "
        "rds:StopDBCluster s3:CopyObject s3:DeleteObjects s3:PutObject sns:ConfirmSubscription sns:Publish "
        "sns:Subscribe sqs:ReceiveMessage"
    ),
    "a deploy, or a state of a stack": (
        "cloudformation:CancelUpdateStack cloudformation:ContinueUpdateRollback "
        "cloudformation:CreateChangeSet cloudformation:DeleteChangeSet cloudformation:DeleteStack "
        "cloudformation:ExecuteChangeSet "
        "cloudformation:SetStackPolicy cloudformation:UpdateStack cloudformation:UpdateTerminationProtection"
    ),
    "a secret, or a password: not comparable": (
        "secretsmanager:PutSecretValue secretsmanager:ReplicateSecretToRegions "
        "secretsmanager:UpdateSecretVersionStage"
    ),
    "sets a key as the template has it": "kms:CancelKeyDeletion kms:EnableKey",
    "a cluster of a restore, or what a recovery deletes on purpose": (
        "kms:ScheduleKeyDeletion logs:DeleteLogGroup rds:CreateDBInstance rds:DeleteDBCluster "
        "rds:DeleteDBClusterAutomatedBackup rds:DeleteDBClusterSnapshot rds:DeleteDBInstance "
        "rds:ModifyDBCluster rds:ModifyDBInstance rds:RemoveTagsFromResource "
        "rds:RestoreDBClusterFromSnapshot rds:RestoreDBClusterToPointInTime s3:DeleteBucket s3:DeleteObject "
        "secretsmanager:DeleteSecret"
    ),
}
"""Why the other actions of the commands leave no drift."""


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The detections of the model are over at once."""
    monkeypatch.setattr(detection, "_SECONDS", 0.0)


def _sample() -> list[HandChange]:
    every_change = list(changes(ENVIRONMENT, SEED))
    assert len(every_change) > 4_000
    return random.Random(SEED).sample(every_change, 20)


def test_no_change_by_hand_is_silent() -> None:
    """A few random ones; ``benchmarks/drift.py`` takes all. No result is about an untouched resource."""
    for change in _sample():
        said = verdict(ENVIRONMENT, change)

        assert said.word != SILENT, change
        assert said.false_alarms == [], change


def test_a_silent_change_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the list of what is not comparable, changes of it are silent."""
    secret = HandChange("other value", "database", "DatabaseSecret", ("Description",), "another")
    assert verdict(ENVIRONMENT, secret).word == "not comparable"

    monkeypatch.setattr(rows._StackReport, "_not_comparable", _as_if_compared)
    assert verdict(ENVIRONMENT, secret).word == SILENT


def _as_if_compared(report: Any, *_: Any) -> Any:
    return report._row(rows.DRIFT, "-", PASS, "-")


@pytest.mark.parametrize("name", ["dev", "staging", "prod"])
def test_an_untouched_account_has_no_drift(name: str) -> None:
    """Also with what RDS does not return."""
    environment = environment_of(name)
    results = results_of(DriftingAccount(environment), environment)

    assert [result for result in results if result.status in (FAIL, WARN, UNKNOWN)] == []
    assert any("Performance Insights" in result.sentence for result in results)


@pytest.mark.parametrize("action", OPERATED)
def test_what_a_command_changes_is_no_alarm(action: str) -> None:
    """It passes with the command and the check that judges it, or with a warning."""
    account = DriftingAccount(ENVIRONMENT)
    for stack_name, logical_id, steps, value in OPERATED[action]:
        stack = ENVIRONMENT.stack(stack_name)
        assert stack is not None
        properties = account.actual.get((stack_name, logical_id)) or account.properties(stack, logical_id)
        account.actual[stack_name, logical_id] = changed(properties, steps, value)
    results = results_of(account, ENVIRONMENT)

    assert [result for result in results if result.status in (FAIL, WARN, UNKNOWN)] == []
    passed = {result.subject for result in results if "as expected" in result.sentence}
    assert {logical_id for _, logical_id, _, _ in OPERATED[action]} <= passed


def test_each_action_of_the_commands_is_known() -> None:
    """A new command that changes a resource needs its place in ``expected``, or a reason here."""
    actions: set[str] = set()
    for command in COMMANDS:
        for service, operation in re.findall(r"([a-z0-9-]+):([A-Z]\w+)", _calls(command.function)):
            if not is_read(service, operation):
                actions.add(f"{service}:{operation}")
    known = set(OPERATED) | {"lambda:DeleteFunctionConcurrency"}
    for listed in WITHOUT_DRIFT.values():
        known.update(listed.split())

    assert actions == known


def _calls(function: Callable[..., None]) -> str:
    return (function.__doc__ or "").partition("Calls:")[2].partition("Takes:")[0]
