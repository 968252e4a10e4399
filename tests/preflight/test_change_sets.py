"""Validation by AWS: change sets, their results, and the cleanup."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from csr_templates.hand_over.preflight_policy import CHANGE_SET
from csr_templates.preflight import change_sets
from csr_templates.preflight.account import Account
from csr_templates.preflight.change_sets import ChangeSets
from csr_templates.preflight.facts import Facts
from csr_templates.preflight.needs import Needs
from csr_templates.preflight.results import Result

from . import mock_account
from .conftest import Walk
from .recorded import TOKYO, VIRGINIA, AwsError, Recorder

ROOT = Path(__file__).resolve().parents[2]
NETWORK = "csr-lambda-api-prod-network"


class Place(NamedTuple):
    """An account in which change sets are created, in addition to the facts of another one.

    Attributes:
        recorder: its CloudFormation.
        account: the account of the preflight.
        needs: the needs of production.
        facts: the facts that were collected before.
        world: the account with the buckets.
    """

    recorder: Recorder
    account: Account
    needs: Needs
    facts: Facts
    world: Any

    def validate(
        self, *chosen: str, sleep: Any = lambda seconds: None, bucket: str | None = None
    ) -> list[Result]:
        """Return the results of the validation by AWS."""
        needed = self.world.needs_of(*chosen)
        return list(ChangeSets(self.account, needed, self.facts, bucket, sleep).results())

    def left(self) -> list[str]:
        """Return the remaining change sets and uploads."""
        keys = []
        for region in (TOKYO, VIRGINIA):
            name = f"csr-lambda-api-prod-artifacts-123456789012-{region}"
            found = self.world.client("s3", region).list_objects_v2(Bucket=name).get("Contents", [])
            keys += [one["Key"] for one in found]
        return [*self.recorder.stacks.changes, *keys]


@pytest.fixture(scope="module")
def asking(walk: Walk) -> Iterator[tuple[Recorder, Account]]:
    """Yield clients, because creating them takes a while."""
    session = mock_account.session()
    recorder = Recorder(walk.world.needs)
    recorder.register(session)
    account = Account(session=session)
    yield recorder, account
    account.close()


@pytest.fixture
def new(walk: Walk, asking: tuple[Recorder, Account]) -> Place:
    """Return an account without stacks."""
    recorder, account = asking
    recorder.__init__(walk.world.needs)  # type: ignore[misc]
    facts = walk.states["new"].facts
    complete = Facts(facts.time, facts.account, facts.caller, facts, is_complete=True)
    return Place(recorder, account, walk.world.needs, complete, walk.world)


@pytest.fixture
def ready(walk: Walk, new: Place) -> Place:
    """Return an account with all stacks."""
    new.recorder.stacks.deploy()
    facts = walk.states["ready"].facts
    complete = Facts(facts.time, facts.account, facts.caller, facts, is_complete=True)
    return new._replace(facts=complete)


def said(results: list[Result]) -> list[tuple[str, str, str]]:
    """Return status, subject and sentence of each result."""
    return [(one.status, one.subject, one.sentence) for one in results]


def test_new_stacks_are_validated_as_far_as_it_is_possible(new: Place) -> None:
    """The first stack gets a change set of type CREATE. The empty stack is deleted with it."""
    results = new.validate()

    assert said(results)[0] == ("PASS", NETWORK, f"The validation by AWS found no problem in {NETWORK}.")
    assert [(one.status, one.stack) for one in results[1:]] == [
        ("WARN", "database"),
        ("WARN", "api"),
        ("WARN", "frontend"),
    ]
    (made,) = new.recorder.stacks.history
    assert (made["ChangeSetType"], made["Capabilities"]) == ("CREATE", ["CAPABILITY_NAMED_IAM"])
    assert made["TemplateBody"].startswith("# Generated from")
    assert new.recorder.stacks.status == {}
    assert new.left() == []


def test_stacks_are_validated_and_not_changed(ready: Place) -> None:
    """Large templates are uploaded to the artifact bucket of their region, and deleted afterwards."""
    before = dict(ready.recorder.stacks.status)
    results = ready.validate()

    assert {one.status for one in results} == {"PASS"}
    made = ready.recorder.stacks.history
    assert [one["ChangeSetType"] for one in made] == ["UPDATE"] * 4
    assert [one["TemplateURL"].split("/preflight/")[0] for one in made[1:]] == [
        *["https://csr-lambda-api-prod-artifacts-123456789012-ap-northeast-1.s3.ap-northeast-1.amazonaws.com"]
        * 2,
        "https://csr-lambda-api-prod-artifacts-123456789012-us-east-1.s3.us-east-1.amazonaws.com",
    ]
    given = {one["ParameterKey"]: one for one in made[2]["Parameters"]}
    assert given["LambdaCodeS3Key"] == {"ParameterKey": "LambdaCodeS3Key", "UsePreviousValue": True}
    assert given["LambdaCodeS3ObjectVersion"]["ParameterValue"] == ready.world.version
    passed = json.loads((ROOT / "out" / "parameters" / "prod" / "api.json").read_text())["Parameters"]
    assert given["LambdaMemorySize"]["ParameterValue"] == passed["LambdaMemorySize"]
    assert ready.recorder.stacks.status == before
    assert ready.left() == []


def test_the_policy_allows_exactly_the_calls(new: Place, ready: Place) -> None:
    """The listed calls are exactly those of a validation."""
    new.recorder.stacks.status.clear()
    new.validate("network")
    ready.recorder.stacks.deploy()
    ready.validate("api")

    made = {(call.service, call.operation) for call in new.recorder.made}
    assert made == {(service, name) for service, listed in CHANGE_SET.items() for name in listed}


def test_another_bucket_can_take_the_templates(ready: Place) -> None:
    """A different bucket can be specified, if there is no artifact bucket."""
    ready.world.make_bucket("another", TOKYO)
    ready.validate("api", bucket="another")

    assert ready.recorder.stacks.history[0]["TemplateURL"].startswith(
        "https://another.s3.amazonaws.com/preflight/"
    )
    assert "Contents" not in ready.world.client("s3").list_objects_v2(Bucket="another")


@pytest.mark.parametrize(
    ("event", "status"),
    [
        ({"ValidationFailureMode": "FAIL", "ValidationStatus": "FAILED"}, "FAIL"),
        ({"ValidationFailureMode": "WARN", "ValidationStatus": "FAILED"}, "WARN"),
        ({"ValidationFailureMode": "WARN", "ValidationStatus": "SKIPPED"}, "UNKNOWN"),
    ],
)
def test_findings_of_aws_are_reported(ready: Place, event: dict[str, str], status: str) -> None:
    """A finding has the resource, the position in the template and AWS's message.

    Skipped validations are unknown.
    """
    ready.recorder.stacks.events = [
        {"EventType": "STACK_EVENT", "LogicalResourceId": "VPC"},
        {
            "EventType": "VALIDATION_ERROR",
            "LogicalResourceId": "LambdaDeploymentsBucket",
            "ValidationName": "NAME_CONFLICT_VALIDATION",
            "ValidationPath": "/Resources/LambdaDeploymentsBucket/Properties/BucketName",
            "ValidationStatusReason": "The name\n is taken.",
            **event,
        },
    ]
    ready.recorder.stacks.reasons[NETWORK] = "Validation failed" if status == "FAIL" else ""

    assert said(ready.validate("network")) == [
        (
            status,
            "LambdaDeploymentsBucket",
            "NAME_CONFLICT_VALIDATION of LambdaDeploymentsBucket at "
            "/Resources/LambdaDeploymentsBucket/Properties/BucketName: The name is taken.",
        )
    ]
    assert ready.left() == []


def test_a_failing_hook_is_reported(ready: Place) -> None:
    """A finding of a hook in the account is a failure, because the deploy would fail too."""
    ready.recorder.stacks.events = [
        {
            "EventType": "HOOK_INVOCATION_ERROR",
            "HookType": "Corp::Tags::Hook",
            "HookFailureMode": "FAIL",
            "HookStatusReason": "No tag.",
        }
    ]
    ready.recorder.stacks.reasons[NETWORK] = "The hook failed"

    assert said(ready.validate("network")) == [
        ("FAIL", NETWORK, f"Corp::Tags::Hook of {NETWORK}: No tag."),
        ("FAIL", NETWORK, f"CloudFormation rejects the change set of {NETWORK}: The hook failed"),
    ]


@pytest.mark.parametrize(
    ("reason", "status"),
    [
        ("The submitted information didn't contain changes. Submit different information.", "PASS"),
        ("No updates are to be performed.", "PASS"),
        ("Template error: no export named x", "FAIL"),
    ],
)
def test_a_change_set_that_fails_without_a_finding(ready: Place, reason: str, status: str) -> None:
    """A deploy without changes passes. Any other reason is a failure."""
    ready.recorder.stacks.reasons[NETWORK] = reason

    assert [one.status for one in ready.validate("network")] == [status]
    assert ready.left() == []


def test_the_empty_stack_of_another_change_set_is_kept(new: Place) -> None:
    """An empty stack that existed before is not deleted."""
    new.recorder.stacks.status[NETWORK] = "REVIEW_IN_PROGRESS"
    description = {"StackName": NETWORK, "StackStatus": "REVIEW_IN_PROGRESS", "Parameters": [], "Outputs": []}
    kept = [
        fact._replace(answer=[description])
        if fact.query.operation == "DescribeStacks" and NETWORK in fact.query.key
        else fact
        for fact in new.facts
    ]
    facts = Facts(new.facts.time, new.facts.account, new.facts.caller, kept, is_complete=True)
    new._replace(facts=facts).validate("network")

    assert new.recorder.stacks.status == {NETWORK: "REVIEW_IN_PROGRESS"}
    assert new.left() == []


def test_an_empty_stack_with_a_new_change_set_is_kept(new: Place) -> None:
    """The empty stack is not deleted if another change set was created in it during the run."""

    def meanwhile(seconds: float) -> None:
        new.recorder.stacks.changes["theirs"] = {"StackName": NETWORK, "given": {"ChangeSetName": "theirs"}}

    new.recorder.stacks.slow = 1
    new.validate("network", sleep=meanwhile)

    assert new.recorder.stacks.status == {NETWORK: "REVIEW_IN_PROGRESS"}
    assert list(new.recorder.stacks.changes) == ["theirs"]


@pytest.mark.parametrize("stack", ["network", "api"])
def test_nothing_is_left_of_an_interrupted_run(ready: Place, stack: str) -> None:
    """After Ctrl-C during the creation of a change set, the change set and the upload are deleted."""

    def interrupted(seconds: float) -> None:
        raise KeyboardInterrupt

    ready.recorder.stacks.slow = 1
    before = dict(ready.recorder.stacks.status)
    with pytest.raises(KeyboardInterrupt):
        ready.validate(stack, sleep=interrupted)

    assert ready.recorder.stacks.status == before
    assert ready.left() == []


def test_a_failed_cleanup_is_reported(new: Place) -> None:
    """The result contains the commands that delete the remaining change set."""
    new.recorder.failing["cloudformation", "DeleteChangeSet"] = AwsError("AccessDenied", "", 403)
    results = new.validate("network")

    assert [one.status for one in results] == ["PASS", "FAIL"]
    command = (
        f"aws cloudformation delete-change-set --region {TOKYO} --stack-name {NETWORK} --change-set-name "
    )
    assert results[1].command.startswith(f"{command}preflight-")
    # The stack is not empty, so it is kept.
    assert new.recorder.stacks.status == {NETWORK: "REVIEW_IN_PROGRESS"}


def test_without_permission_it_is_unknown(new: Place) -> None:
    """If AWS could not validate, the result is unknown."""
    new.recorder.failing["cloudformation", "CreateChangeSet"] = AwsError(
        "AccessDenied", "not authorized", 403
    )
    (result,) = new.validate("network")

    assert (result.status, result.why) == ("UNKNOWN", "change set: AccessDenied")
    assert "preflight-policies/change-set.json" in result.remedy


def test_a_change_set_that_takes_too_long_is_unknown(ready: Place) -> None:
    """After ten minutes, the change set is deleted and the result is unknown."""
    waited: list[float] = []
    ready.recorder.stacks.slow = 10_000
    (result,) = ready.validate("network", sleep=waited.append)

    assert (result.status, result.why) == ("UNKNOWN", "change set: too slow")
    assert sum(waited) == change_sets.LONGEST
    assert ready.left() == []
