"""Deploys: change sets, their execution, their failures, and the protection of the stacks."""

import hashlib
import json
from typing import Any, Final

import pytest

from csr_templates.operating import waiting
from csr_templates.operating.releases import OBJECT_VERSION
from tests.system import PROJECT, ROOT

from .conftest import Operator, Run
from .recorded import FAULTS, Call
from .scenarios import CHANGES, CHANGES_OF_FRONTEND
from .stacks import ACCOUNT, PREFIX, UPDATED, CloudFormation, stack_event

MANIFEST = json.loads((ROOT / "out" / "stacks.json").read_text("utf-8"))
LATER = "2026-11-26 11:30:00 JST"


def created(run: Run) -> Call:
    """Return the call that created the change set."""
    (call,) = [call for call in run.calls if call.operation == "CreateChangeSet"]
    return call


def values(call: Call) -> dict[str, str | None]:
    """Return the parameters of a change set; None for one that keeps its value."""
    return {
        parameter["ParameterKey"]: parameter.get("ParameterValue")
        for parameter in call.parameters["Parameters"]
    }


@pytest.fixture
def ready(operator: Operator) -> Operator:
    """Production with the buckets for templates and packages, and the function."""
    operator.world.create_artifacts()
    operator.world.create_function()
    operator.world.create_packages()
    return operator


UPLOADED: Final = "an uploaded version"
"""Stands for the object version of a package that the test uploads."""


def create_alarm(operator: Operator, stack: str, name: str, state: str) -> None:
    """Create an alarm in the region of a stack."""
    cloudwatch = operator.world.client("cloudwatch", operator.world.environment.stack(stack).region)
    cloudwatch.put_metric_alarm(
        AlarmName=name, Namespace="n", MetricName="m", Statistic="Sum", Period=60, EvaluationPeriods=1,
        Threshold=1, ComparisonOperator="GreaterThanThreshold",
    )  # fmt: skip
    cloudwatch.set_alarm_state(AlarmName=name, StateValue=state, StateReason="a test")


# ---- plan-deploy ----


@pytest.mark.parametrize(
    ("repair", "kept", "lines"),
    [
        (True, ["calm"], [
            "Without these rollback triggers, whose alarms do not exist: gone.",
            "Without these rollback triggers, which fire now: firing. If this update does harm that they "
            "would show, nothing undoes it.",
            "Rollback triggers that stay: calm.",
        ]),
        (False, ["firing", "calm"], [
            "Without these rollback triggers, whose alarms do not exist: gone.",
            "These rollback triggers fire now, so that CloudFormation will undo the update: firing. To "
            "repair: --repair",
        ]),
    ],
)  # fmt: skip
def test_only_triggers_that_would_undo_or_fail_the_update_are_left_out(
    ready: Operator, repair: bool, kept: list[str], lines: list[str]
) -> None:
    """An alarm that no longer exists would fail each update; one that fires would undo a repair."""
    ready.world.stacks.stacks["api"].triggers = ["firing", "gone", "calm"]
    create_alarm(ready, "api", "firing", "ALARM")
    create_alarm(ready, "api", "calm", "OK")

    run = ready.run("plan-deploy", "api", *(["--repair"] if repair else []))

    triggers = created(run).parameters["RollbackConfiguration"]["RollbackTriggers"]
    assert [trigger["Arn"].rpartition(":")[2] for trigger in triggers] == kept
    assert run.out[1 : 1 + len(lines)] == lines


def test_triggers_that_are_fine_stay_as_they_are(ready: Operator) -> None:
    """Without a configuration, CloudFormation keeps that of the last update."""
    ready.world.stacks.stacks["api"].triggers = ["calm"]
    create_alarm(ready, "api", "calm", "OK")

    request = created(ready.run("plan-deploy", "api", "--repair")).parameters

    assert "RollbackConfiguration" not in request


def test_a_lambda_version_is_no_object_version(ready: Operator) -> None:
    """CloudFormation would accept it, and the deploy would fail later."""
    run = ready.run("plan-deploy", "api", "--repair", "2")

    assert (run.status, run.printed) == (2, [])
    assert run.err[0].startswith("2 is not an object version of lambda-deployment-package.zip in ")
    assert run.err[0].endswith("To run the Lambda version 2: csr-operate prod roll-back 2")


@pytest.mark.parametrize(
    ("arguments", "package", "repair"),
    [
        (("frontend",), {}, True),
        (("api",), dict.fromkeys(("LambdaCodeS3Key", OBJECT_VERSION)), False),
        (("api", UPLOADED), {"LambdaCodeS3Key": None, OBJECT_VERSION: UPLOADED}, True),
    ],
    ids=["without a package", "the deployed package", "another package"],
)
def test_a_change_set_is_the_output_folder(
    ready: Operator, arguments: tuple[str, ...], package: dict[str, str | None], repair: bool
) -> None:
    """Template, parameters, tags, role and capabilities; a repair leaves out the triggers that fire."""
    version = ready.world.put_package(b"another one")
    given = [argument.replace(UPLOADED, version) for argument in arguments]
    package = {key: version if value == UPLOADED else value for key, value in package.items()}
    name = arguments[0]
    firing = f"{PREFIX}-firing"
    ready.world.stacks.stacks[name].triggers = [firing]
    create_alarm(ready, name, firing, "ALARM")
    run = ready.run("plan-deploy", *given, *(["--repair"] if repair else []))

    (stack,) = [stack for stack in MANIFEST["stacks"] if stack["name"] == name]
    file = json.loads((ROOT / "out" / stack["parameterFiles"]["prod"]).read_text("utf-8"))
    template = (ROOT / "out" / stack["template"]).read_bytes()
    bucket = f"{PREFIX}-artifacts-{ACCOUNT}-{stack['region']}"
    key = f"{name}/{hashlib.sha256(template).hexdigest()}.template"
    call = created(run)
    request = call.parameters
    assert (run.status, run.err) == (0, [])
    assert (call.region, request["StackName"], request["ChangeSetType"]) == (
        stack["region"], f"{PREFIX}-{name}", "UPDATE",
    )  # fmt: skip
    assert values(call) == file["Parameters"] | package
    assert {tag["Key"]: tag["Value"] for tag in request["Tags"]} == file["Tags"]
    assert request["RoleARN"] == f"arn:aws:iam::{ACCOUNT}:role/deploy-{PREFIX}-{name}-service"
    assert request["Capabilities"] == stack["capabilities"]
    assert request["TemplateURL"] == f"https://{bucket}.s3.{stack['region']}.amazonaws.com/{key}"
    uploaded = ready.world.client("s3", stack["region"]).get_object(Bucket=bucket, Key=key)
    assert uploaded["Body"].read() == template
    none = {"MonitoringTimeInMinutes": 0, "RollbackTriggers": []}
    assert request.get("RollbackConfiguration") == (none if repair else None)
    arn = run.out[-1].split()[-1]
    assert arn in ready.world.stacks.change_sets
    assert run.out[-1] == f"Review it, and then execute it: csr-operate prod run-changes {arn}"
    assert ["Modify", "ApiFunction", "AWS::Lambda::Function", "False"] in [line.split() for line in run.out]


def test_options_and_tags_may_stand_anywhere(ready: Operator) -> None:
    """A tag is a word with an equal sign."""
    version = ready.world.put_package(b"another one")
    run = ready.run("plan-deploy", "api", "--repair", "Trial=1=2", version)

    call = created(run)
    assert values(call)[OBJECT_VERSION] == version
    assert call.parameters["Tags"][-1] == {"Key": "Trial", "Value": "1=2"}


@pytest.mark.parametrize("status", ["", "REVIEW_IN_PROGRESS"])
def test_the_first_change_set_creates_the_stack(ready: Operator, status: str) -> None:
    """Also if the first change set was never executed."""
    if status:
        ready.world.stacks.stacks["frontend"].status = status
    else:
        del ready.world.stacks.stacks["frontend"]

    run = ready.run("plan-deploy", "frontend")

    assert run.status == 0
    assert created(run).parameters["ChangeSetType"] == "CREATE"
    refused = ready.run("plan-deploy", "frontend", "--repair")
    assert refused.err[0] == "The stack frontend is not deployed yet, so it has no rollback triggers."


def test_parameters_that_the_deployed_template_lacks_are_not_kept(ready: Operator) -> None:
    """As after an import, whose template has no function."""
    stack = ready.world.stacks.stacks["api"]
    stack.physical_ids.clear()
    del stack.parameters[OBJECT_VERSION]

    assert OBJECT_VERSION not in values(created(ready.run("plan-deploy", "api")))


@pytest.mark.parametrize(
    ("arguments", "status", "sentence"),
    [
        (("network", "7"), 2, "The stack network has no package, so it takes no version: 7."),
        (("api", "7", "8"), 2, "Give one object version, not 7 and 8."),
        (("apj",), 2, "There is no stack apj. Did you mean 'api'? The stacks of"),
    ],
)
def test_wrong_values_are_refused(
    ready: Operator, arguments: tuple[str, ...], status: int, sentence: str
) -> None:
    """Before anything is called that changes something."""
    run = ready.run("plan-deploy", *arguments)

    assert (run.status, run.printed) == (status, [])
    assert run.err[0].startswith(sentence)


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (
            "UPDATE_IN_PROGRESS",
            "The stack api is UPDATE_IN_PROGRESS. Wait until it is over: csr-operate prod wait api",
        ),
        (
            "ROLLBACK_COMPLETE",
            "The first create of api has failed. Delete the empty stack first: csr-operate prod "
            "delete-failed-create api",
        ),
        (
            "UPDATE_ROLLBACK_FAILED",
            "The stack api is UPDATE_ROLLBACK_FAILED. The reason: csr-operate prod why-failed api",
        ),
    ],
)
def test_a_stack_that_cannot_be_updated_is_refused(ready: Operator, status: str, sentence: str) -> None:
    """With the command that is the way on."""
    ready.world.stacks.stacks["api"].status = status

    run = ready.run("plan-deploy", "api")

    assert (run.status, run.err) == (1, [sentence, "Nothing was changed."])


def ended(operator: Operator, reason: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Plan a deploy of api whose change set fails."""
    failed = {"EventId": "1", "OperationId": "5", "Timestamp": UPDATED, "EventType": "VALIDATION_ERROR"}
    path = {
        "ValidationPath": "/Resources/A",
        "ValidationStatusReason": "No such property",
        "LogicalResourceId": "A",
    }

    def fail(_: float) -> None:
        (change_set,) = operator.world.stacks.change_sets.values()
        change_set.coming, change_set.status, change_set.reason = [], "FAILED", reason
        change_set.events = [{**failed, **path}]

    monkeypatch.setattr(waiting, "sleep", fail)
    return operator.run("plan-deploy", "api")


@pytest.mark.parametrize(
    "reason",
    [
        "The submitted information didn't contain changes. Submit different information to create it.",
        "No updates are to be performed.",
    ],
)
def test_nothing_to_deploy_is_no_failure(
    ready: Operator, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The two sentences by which the AWS CLI recognizes it."""
    run = ended(ready, reason, monkeypatch)

    assert (run.status, run.err, run.out[-1]) == (0, [], "No changes to deploy.")


def test_a_failed_change_set_shows_its_validations(ready: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reason and failed validations."""
    run = ended(ready, "The following hook(s)/validation failed", monkeypatch)

    assert run.status == 1
    assert run.err[0] == "The change set is FAILED: The following hook(s)/validation failed"
    assert run.out[-1].split()[0] == "!"
    assert run.out[-1].endswith("VALIDATION_ERROR  A         /Resources/A  No such property")


WARNING = {
    "EventId": "1",
    "Timestamp": UPDATED,
    "ValidationFailureMode": "WARN",
    "ValidationStatus": "SKIPPED",
    "LogicalResourceId": "ApiStage",
    "ValidationPath": "/Resources/ApiStage",
    "ValidationStatusReason": "no rights",
}


def test_warnings_of_validations_are_shown(operator: Operator) -> None:
    """Those that did not stop the change set, also of skipped validations; not those that stopped it."""
    operator.world.plan("api").events = [WARNING, {**WARNING, "ValidationFailureMode": "FAIL"}]

    run = operator.run("show-changes", CHANGES)

    assert (run.status, run.err) == (0, [])
    assert run.out[-1] == "Warning: ApiStage /Resources/ApiStage: SKIPPED, no rights"
    assert len([line for line in run.out if line.startswith("Warning")]) == 1


def test_unknown_warnings_do_not_stop_a_deploy(ready: Operator) -> None:
    """But the reason is printed."""
    ready.world.recorder.failing["cloudformation:DescribeEvents"] = FAULTS["denied"]()

    run = ready.run("plan-deploy", "api")

    assert run.status == 0
    assert "Warnings of the validations: unknown" in run.out
    assert run.err[0].startswith("The credentials do not allow cloudformation:DescribeEvents.")
    assert "run-changes" in run.out[-1]


@pytest.mark.parametrize("command", ["show-changes", "run-changes"])
@pytest.mark.parametrize("value", ["release-1", f"arn:aws:cloudformation:x:{ACCOUNT}:stack/a/1"])
def test_only_the_arn_of_a_change_set_is_accepted(operator: Operator, command: str, value: str) -> None:
    """Its region is part of it."""
    run = operator.run(command, value)

    assert run.status == 2
    assert run.err[0] == f"{value} is not the ARN of a change set, which plan-deploy prints."


# ---- After a deploy of api that was rolled back ----


@pytest.fixture
def rolled_back(ready: Operator) -> Operator:
    """Production after a rolled-back deploy, which has left a Lambda version of the deployed package."""
    version = ready.world.stacks.stacks["api"].parameters[OBJECT_VERSION]
    lambdas = ready.world.client("lambda")
    lambdas.update_function_configuration(FunctionName=ready.world.function, MemorySize=512)
    lambdas.publish_version(FunctionName=ready.world.function, Description=f"d1 prod key {version} 512 x")
    return ready


def test_the_package_is_copied_onto_itself(rolled_back: Operator) -> None:
    """Without a version, the deploy passes a new object version of the deployed package."""
    deployed = rolled_back.world.stacks.stacks["api"].parameters[OBJECT_VERSION]

    run = rolled_back.run("plan-deploy", "api")

    copied = values(created(run))[OBJECT_VERSION]
    assert (run.status, run.err) == (0, [])
    assert copied not in (None, deployed)
    assert rolled_back.world.packages()[str(copied)] == rolled_back.world.packages()[deployed] != ""
    assert f"?versionId={deployed}" in run.printed[0]
    arn = run.out[-1].split()[-1]
    executed = rolled_back.run("run-changes", arn)
    assert (executed.status, executed.err) == (0, [])


def test_a_stack_that_was_updated_since_needs_it_too(rolled_back: Operator) -> None:
    """Its status is that of the later update, of alarms only."""
    rolled_back.world.stacks.stacks["api"].status = "UPDATE_COMPLETE"

    assert "s3:CopyObject" in rolled_back.run("plan-deploy", "api").called


def test_an_object_version_that_lambda_has_is_refused(rolled_back: Operator) -> None:
    """In the plan, and in a change set from before; another one is accepted."""
    deployed = rolled_back.world.stacks.stacks["api"].parameters[OBJECT_VERSION]
    sentence = (
        "A deploy that was rolled back has left the Lambda version 4, so the next deploy needs another "
        f"object version than {deployed}. "
    )

    planned = rolled_back.run("plan-deploy", "api", deployed)
    rolled_back.world.plan("api", **{OBJECT_VERSION: deployed})
    executed = rolled_back.run("run-changes", CHANGES)

    assert planned.err[0] == (
        f"{sentence}Upload the package again: csr-operate prod upload-package lambda-deployment-package.zip"
    )
    assert executed.err[0] == f"{sentence}Create the change set again: csr-operate prod plan-deploy api"
    assert [planned.err[1], executed.err[1]] == ["Nothing was changed."] * 2
    another = rolled_back.world.put_package(b"another one")
    assert rolled_back.run("plan-deploy", "api", another).status == 0


def test_other_stacks_do_not_ask_lambda(rolled_back: Operator) -> None:
    """Only the stack of the function publishes."""
    assert "lambda:ListVersionsByFunction" not in rolled_back.run("plan-deploy", "frontend").called


# ---- run-changes ----


def test_a_change_set_is_executed_with_its_newest_events(operator: Operator) -> None:
    """The status is that of a success only."""
    operator.world.create_function()
    operator.world.plan("api")
    operator.world.stacks.stacks["api"].triggers = [
        f"{PREFIX}-api-deploy-failing", f"{PREFIX}-api-mostly-failing",
    ]  # fmt: skip
    operator.world.stacks.stacks["api"].events = [stack_event("ApiFunction", "UPDATE_IN_PROGRESS")]

    run = operator.run("run-changes", CHANGES)

    assert (run.status, run.err) == (0, [])
    assert run.printed == [
        f"aws cloudformation execute-change-set --region ap-northeast-1 --change-set-name {CHANGES}"
    ]
    assert any(line.endswith("UPDATE_IN_PROGRESS, ApiFunction UPDATE_IN_PROGRESS") for line in run.out)
    assert run.out[-1] == "The stack api is UPDATE_COMPLETE."


def test_an_update_that_has_not_begun_is_no_success(
    operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The old status of the stack is one of success too."""
    operator.world.create_function()
    operator.world.plan("api")
    operator.world.stacks.stacks["api"].status = "UPDATE_COMPLETE"
    monkeypatch.setattr(CloudFormation, "_begin", lambda *_: None)

    run = operator.run("run-changes", CHANGES)

    assert (run.status, run.err) == (
        1,
        [
            "The stack api is still UPDATE_COMPLETE: the update has not begun.",
            "Done before it stopped: cloudformation:ExecuteChangeSet.",
            "Continue with: csr-operate prod wait api",
        ],
    )


def test_missing_rollback_triggers_are_said(operator: Operator) -> None:
    """A repair removes them."""
    operator.world.create_function()
    operator.world.plan("api")

    run = operator.run("run-changes", CHANGES)

    assert run.out[-1].startswith(
        f"api does not have these rollback triggers: {PREFIX}-api-deploy-failing, "
        f"{PREFIX}-api-mostly-failing. After an incident, deploy through the pipeline"
    )


def test_the_reason_of_a_rollback_is_shown(operator: Operator) -> None:
    """An alarm leaves no failed event; what failed before the change set is not shown."""
    operator.world.create_function()
    operator.world.plan("api")
    stack = operator.world.stacks.stacks["api"]
    later = UPDATED.replace(day=26, hour=2)
    stack.ends = "UPDATE_ROLLBACK_COMPLETE"
    stack.events = [
        stack_event("", "UPDATE_ROLLBACK_IN_PROGRESS", "The alarm x is in ALARM.", time=later, operation="2"),
        stack_event("", "UPDATE_ROLLBACK_IN_PROGRESS", "an older one"),
    ]

    run = operator.run("run-changes", CHANGES)

    assert run.status == 1
    assert run.out[-1].startswith(f"  !  {LATER}  UPDATE_ROLLBACK_IN_PROGRESS")
    assert run.out[-1].endswith("  The alarm x is in ALARM.")
    assert "an older one" not in "\n".join(run.out)
    assert run.err == [
        "The stack api is UPDATE_ROLLBACK_COMPLETE. The reason: csr-operate prod why-failed api",
        "Done before it stopped: cloudformation:ExecuteChangeSet.",
        "Continue with: csr-operate prod why-failed api",
    ]


def test_ctrl_c_leaves_the_deploy_running(operator: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    """The way on is the wait, not the same command."""
    operator.world.create_function()
    operator.world.plan("api")

    def interrupt(_: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(waiting, "sleep", interrupt)
    run = operator.run("run-changes", CHANGES)

    assert run.status == 130
    assert run.err[0].endswith("Continue with: csr-operate prod wait api")
    monkeypatch.setattr(waiting, "sleep", operator.clock.sleep)
    again = operator.run("run-changes", CHANGES)
    assert (again.status, again.printed) == (0, [])
    assert again.out[1] == (
        "This change set is EXECUTE_COMPLETE: an earlier call has executed it. Nothing is changed."
    )
    assert "The stack api is UPDATE_COMPLETE." in again.out


def test_an_executed_change_set_that_was_rolled_back_is_no_success(operator: Operator) -> None:
    """Whoever repeats the command must not take it for one."""
    operator.world.plan("api").execution = "EXECUTE_COMPLETE"
    stack = operator.world.stacks.stacks["api"]
    stack.status, stack.change_set = "UPDATE_ROLLBACK_COMPLETE", CHANGES

    run = operator.run("run-changes", CHANGES)

    assert run.status == 1
    assert run.err[0] == (
        "The stack api is UPDATE_ROLLBACK_COMPLETE. The reason: csr-operate prod why-failed api"
    )


def test_the_end_of_a_later_update_is_not_that_of_this_change_set(operator: Operator) -> None:
    """The later one is named, and neither waited for nor taken for a failure of this one."""
    operator.world.plan("api").execution = "EXECUTE_COMPLETE"
    stack = operator.world.stacks.stacks["api"]
    stack.status, stack.change_set = "UPDATE_IN_PROGRESS", f"{CHANGES}-later"

    run = operator.run("run-changes", CHANGES)

    assert (run.status, run.err) == (0, [])
    assert run.out[2].startswith(
        f"Another change set was executed after it: {CHANGES}-later, which began at "
    )
    assert run.out[3] == (
        "The stack api is UPDATE_IN_PROGRESS since that one. Its changes: csr-operate prod show-changes "
        f"{CHANGES}-later"
    )


def test_an_end_of_which_the_change_set_is_not_known_is_said(operator: Operator) -> None:
    """CloudFormation need not name one, for example after an update without a change set."""
    operator.world.plan("api").execution = "EXECUTE_COMPLETE"

    run = operator.run("run-changes", CHANGES)

    assert (run.status, run.err) == (0, [])
    assert run.out[2] == "CloudFormation does not say of which change set the status of the stack is."
    assert run.out[-1] == "The stack api is UPDATE_COMPLETE."


@pytest.mark.parametrize(
    ("command", "status", "goes_on"),
    [
        ("cancel-update", "UPDATE_IN_PROGRESS", "UPDATE_ROLLBACK_IN_PROGRESS"),
        ("continue-rollback", "UPDATE_ROLLBACK_FAILED", "UPDATE_ROLLBACK_IN_PROGRESS"),
    ],
)
def test_a_rollback_in_progress_is_waited_for(
    operator: Operator, command: str, status: str, goes_on: str
) -> None:
    """With --no-wait, the first run ends at once, and the second one sees what goes on."""
    stack = operator.world.stacks.stacks["api"]
    stack.status = status
    first = operator.run(command, "api", "--no-wait")
    stack.coming, stack.status = [], goes_on
    second = operator.run(command, "api", "--no-wait")
    stack.coming = ["UPDATE_ROLLBACK_COMPLETE"]
    third = operator.run(command, "api")

    assert [first.status, second.status, third.status] == [0, 0, 0]
    assert first.out[-1] == (
        f"AWS has accepted it, and goes on with {PREFIX}-api. Look again with: csr-operate prod wait api"
    )
    assert second.printed == third.printed == []
    assert second.out[1] == f"The stack api is {goes_on} already: nothing is changed."
    assert third.out[-1] == "The stack api is UPDATE_ROLLBACK_COMPLETE."


def test_a_change_set_that_cannot_be_executed_is_refused(operator: Operator) -> None:
    """Such as one that is out of date."""
    operator.world.plan("api").execution = "OBSOLETE"

    run = operator.run("run-changes", CHANGES)

    assert run.err[0] == "The change set is OBSOLETE (CREATE_COMPLETE), not AVAILABLE."


def test_a_change_set_of_another_environment_is_refused(operator: Operator) -> None:
    """Its stack is not one of the output folder."""
    stack = operator.world.stacks.stacks["api"]
    operator.world.plan("api")
    stack.stack = stack.stack._replace(deployed=f"{PROJECT}-dev-api")

    run = operator.run("run-changes", CHANGES)

    assert run.status == 2
    assert run.err[0] == (f"The change set is for {PROJECT}-dev-api, which is not a stack of {PREFIX}.")


def test_the_first_change_set_creates(operator: Operator) -> None:
    """The stack does not exist before."""
    operator.world.create_origin_keys()
    operator.world.stacks.stacks["frontend"].status = "REVIEW_IN_PROGRESS"
    operator.world.plan("frontend")

    run = operator.run("run-changes", CHANGES_OF_FRONTEND)

    assert (run.status, run.err) == (0, [])
    assert f"Executes the create of {PREFIX}-frontend." in run.out
    assert "The stack frontend is CREATE_COMPLETE." in run.out


# ---- The origin key ----


@pytest.mark.parametrize(
    ("stack", "accepted", "sent", "is_allowed"),
    [
        ("api", "a", "a", True),
        ("api", "both", "b", True),
        ("api", "b", "a", False),
        ("api", "", "a", False),
        ("frontend", "both", "b", True),
        ("frontend", "a", "b", False),
        ("frontend", "both", "both", False),
    ],
)
def test_the_api_must_accept_the_key_that_cloudfront_sends(
    operator: Operator, stack: str, accepted: str, sent: str, is_allowed: bool
) -> None:
    """The value of the change set is compared with the deployed one of the other stack."""
    stacks = operator.world.stacks.stacks
    operator.world.create_origin_keys()
    operator.world.create_function()
    stacks["api"].parameters["OriginKeys"] = accepted
    stacks["frontend"].parameters["OriginKey"] = sent
    operator.world.plan(stack, **({"OriginKeys": accepted} if stack == "api" else {"OriginKey": sent}))

    run = operator.run("run-changes", CHANGES if stack == "api" else CHANGES_OF_FRONTEND)

    assert (run.status == 0) == is_allowed
    assert ("cloudformation:ExecuteChangeSet" in run.called) == is_allowed
    if not is_allowed and accepted and sent:
        assert run.err[0].endswith(": the API would reject every request.")


@pytest.mark.parametrize(
    ("status", "sent", "is_allowed"),
    [
        ("", "", True),
        ("ROLLBACK_COMPLETE", "a", True),
        ("IMPORT_COMPLETE", "", True),
        ("IMPORT_COMPLETE", "a", False),
        ("UPDATE_IN_PROGRESS", "b", False),
    ],
)
def test_where_cloudfront_sends_nothing_any_key_may_be_accepted(
    operator: Operator, status: str, sent: str, is_allowed: bool
) -> None:
    """Before the first deploy of frontend, and after its import; not while it is being changed."""
    stacks = operator.world.stacks.stacks
    operator.world.create_function()
    operator.world.plan("api", OriginKeys="b")
    if status:
        stacks["frontend"].status = status
        stacks["frontend"].parameters["OriginKey"] = sent
    else:
        del stacks["frontend"]

    assert (operator.run("run-changes", CHANGES).status == 0) == is_allowed


def test_the_replica_of_the_secret_is_waited_for(operator: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    """CloudFront's region may not have the newest version yet."""
    name = older_replica(operator)
    world = operator.world

    def replicate(_: float) -> None:
        monkeypatch.setattr(waiting, "sleep", lambda seconds: None)
        copy = world.client("secretsmanager", "us-east-1")
        copy.delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)
        world.client("secretsmanager").replicate_secret_to_regions(
            SecretId=name, AddReplicaRegions=[{"Region": "us-east-1"}]
        )

    monkeypatch.setattr(waiting, "sleep", replicate)
    run = operator.run("run-changes", CHANGES_OF_FRONTEND)

    assert (run.status, run.err) == (0, [])
    assert any(line.endswith("in us-east-1: an older version") for line in run.out)


def older_replica(operator: Operator) -> str:
    """Plan a deploy of frontend while its region has another version of the secret, and return its name."""
    name = operator.world.name("OriginApiKeySecretA")
    for region in ("ap-northeast-1", "us-east-1"):
        operator.world.client("secretsmanager", region).create_secret(Name=name, SecretString=region)
    operator.world.plan("frontend")
    return name


def test_a_replica_that_does_not_come_stops_it(operator: Operator) -> None:
    """After ten minutes, and before anything was changed."""
    name = older_replica(operator)

    run = operator.run("run-changes", CHANGES_OF_FRONTEND)

    assert run.status == 1
    assert run.err == [
        f"us-east-1 does not have the newest version of {name}. The state: csr-operate prod show-origin-keys",
        "Nothing was changed.",
    ]
    assert 80 < run.called.count("secretsmanager:ListSecretVersionIds") < 90


# ---- why-failed ----


def test_failures_are_shown_by_operation(operator: Operator) -> None:
    """The newest operation first; in each, the oldest failure is the cause, or a rollback without one."""
    stack = operator.world.stacks.stacks["api"]
    alarm, later = "An alarm is in ALARM.", UPDATED.replace(hour=3)
    after = UPDATED.replace(minute=50)
    stack.events = [
        stack_event("", "UPDATE_ROLLBACK_IN_PROGRESS", alarm, operation="2", time=later),
        stack_event("", "UPDATE_ROLLBACK_IN_PROGRESS", "The following failed: [A]", time=after),
        stack_event("", "UPDATE_IN_PROGRESS"),
        stack_event("A", "CREATE_FAILED"),
    ]
    stack.failures = [
        failure("B", "CREATE_FAILED", "Resource creation cancelled", minute=45),
        failure("A", "CREATE_FAILED", "A already exists", minute=44),
    ]

    run = operator.run("why-failed", "api")

    assert (run.status, run.err) == (0, [])
    assert [line for line in run.out[1:] if line.startswith("Operation")] == ["Operation 2:", "Operation 1:"]
    causes = [line for line in run.out if line.startswith("  !")]
    assert causes[0].endswith("  An alarm is in ALARM.")
    assert causes[1].endswith("  A already exists")
    assert len(causes) == 2
    assert run.out[-1].endswith("The following failed: [A]")


def failure(logical_id: str, status: str, reason: str, minute: int) -> dict[str, Any]:
    """Return an event of DescribeEvents."""
    return {
        "EventId": logical_id,
        "OperationId": "1",
        "Timestamp": UPDATED.replace(minute=minute),
        "LogicalResourceId": logical_id,
        "ResourceStatus": status,
        "ResourceStatusReason": reason,
    }


def test_a_failed_change_set_is_shown_too(operator: Operator) -> None:
    """With its reason, and the reason of a hook."""
    change_set = operator.world.plan("api", status="FAILED")
    change_set.reason = "A hook failed"
    change_set.events = [
        {
            "EventId": "1",
            "Timestamp": UPDATED,
            "EventType": "HOOK_INVOCATION_ERROR",
            "HookStatusReason": "not encrypted",
        }
    ]

    run = operator.run("why-failed", "api")

    assert run.out[1] == "Failed change set release-1 of 2026-11-26 10:30:00 JST: A hook failed"
    assert run.out[3].split()[-3:] == ["-", "not", "encrypted"]
    assert run.out[-1] == f"{PREFIX}-api has no failed operation."


def test_a_change_set_without_changes_is_not_a_failure(operator: Operator) -> None:
    """plan-deploy has said that there is nothing to deploy."""
    change_set = operator.world.plan("api", status="FAILED")
    change_set.reason = "The submitted information didn't contain changes."

    run = operator.run("why-failed", "api")

    assert run.out[1:] == [f"{PREFIX}-api has no failed operation."]


# ---- cancel-update, continue-rollback, protect ----


def test_an_update_of_the_database_is_not_canceled(operator: Operator) -> None:
    """Also while it is in progress."""
    operator.world.stacks.stacks["database"].status = "UPDATE_IN_PROGRESS"

    run = operator.run("cancel-update", "database")

    assert run.status == 1
    assert run.err == [
        "An update of database is not canceled: an engine version does not go back, and the rollback can "
        "fail while an instance is modified. Wait until it is over: csr-operate prod wait database",
        "Nothing was changed.",
    ]
    assert "cloudformation:CancelUpdateStack" not in run.called


@pytest.mark.parametrize(
    "status", ["UPDATE_COMPLETE", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "CREATE_IN_PROGRESS"]
)
def test_only_an_update_is_canceled(operator: Operator, status: str) -> None:
    """Nothing else can be."""
    operator.world.stacks.stacks["api"].status = status

    assert (
        operator.run("cancel-update", "api").err[0] == f"The stack api is {status}, not UPDATE_IN_PROGRESS."
    )


def test_an_update_that_ended_before_it_was_canceled_is_said(operator: Operator) -> None:
    """The command has not done what was asked."""
    stack = operator.world.stacks.stacks["api"]
    stack.status, stack.ends = "UPDATE_IN_PROGRESS", "UPDATE_COMPLETE"

    run = operator.run("cancel-update", "api")

    assert run.status == 1
    assert run.err[0].startswith("The stack api is UPDATE_COMPLETE.")


def test_a_rollback_goes_on_without_named_resources(operator: Operator) -> None:
    """Only with those that are named."""
    stack = operator.world.stacks.stacks["api"]
    stack.status = "UPDATE_ROLLBACK_FAILED"

    run = operator.run("continue-rollback", "api", "ApiFunctionAlias")

    assert (run.status, run.err) == (0, [])
    assert run.printed[0].endswith("--resources-to-skip ApiFunctionAlias")
    assert "skipping: ApiFunctionAlias." in run.out[1]
    stack.status = "UPDATE_ROLLBACK_FAILED"
    assert "--resources-to-skip" not in operator.run("continue-rollback", "api").printed[0]


def test_a_resource_with_data_is_never_skipped(operator: Operator) -> None:
    """CloudFormation would take it to be as before."""
    operator.world.stacks.stacks["database"].status = "UPDATE_ROLLBACK_FAILED"

    run = operator.run("continue-rollback", "database", "DatabaseCluster")

    assert run.status == 2
    assert run.err == [
        "DatabaseCluster stores data and must not be skipped. Find out why its rollback fails: csr-operate "
        "prod why-failed database",
        "Nothing was changed.",
    ]


def test_stacks_are_protected(operator: Operator) -> None:
    """Each with its policy; the default security group lets nothing in and out, and is then left alone."""
    operator.world.create_vpc()

    first = operator.run("protect")
    second = operator.run("protect", "network")

    for stack in operator.world.stacks.stacks.values():
        assert stack.is_protected
        assert stack.policy == (ROOT / "out" / "stack-policies" / f"{stack.stack.name}.json").read_text(
            "utf-8"
        )
    assert (first.status, first.err, second.status) == (0, [], 0)
    group = operator.world.default_group()
    assert (group["IpPermissions"], group["IpPermissionsEgress"]) == ([], [])
    assert len([line for line in first.printed if "revoke-security-group" in line]) == 2
    assert "revoke" not in "\n".join(second.printed)
    assert f"The default security group {group['GroupId']} has no rules." in second.out
    assert (
        second.out[-1]
        == f"Now {PREFIX}-network has termination protection and the stack policy of network.json."
    )


def test_no_stack_is_protected_if_one_is_missing(operator: Operator) -> None:
    """A stack that is not deployed yet is named."""
    del operator.world.stacks.stacks["frontend"]

    run = operator.run("protect")

    assert run.err == [f"The stack {PREFIX}-frontend does not exist.", "Nothing was changed."]
