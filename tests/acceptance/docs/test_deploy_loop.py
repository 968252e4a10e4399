"""``docs/starters/deploy.sh``, run as GitLab's job runs it, in an account that its roles were made in.

``account`` plays the account; here it also looks at the tokens with which roles are assumed, and answers with
change sets that hold what a test plans.
"""

import json
import re
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

import pytest

from cfn_analysis.model.built_stack import BuiltStack
from csr_templates import STACKS
from tests.csr_templates.hand_over.policy_evaluator import Request
from tests.docs.aws_cli import Command, CommandError
from tests.docs.conftest import require_programs
from tests.docs.pages import HAND_OVER, ROOT, Block, read
from tests.docs.starters import DEPLOY, script, step

from .account import ACCOUNT, PROJECT, Account, DeniedError, DeployedStack
from .replay import ONLY_REPORTED, Run, programs, run
from .world import TOKYO, UNCHANGED, Session, Terminal, opened

NAMES: Final = [stack.name for stack in STACKS]
REGIONS: Final = {stack.name: stack.region for stack in STACKS}
PROVIDER: Final = f"arn:aws:iam::{ACCOUNT}:oidc-provider/gitlab.com"
SUBJECT: Final = "project_path:group/project:ref_type:branch:ref:main"
CHECKER: Final = f"arn:aws:iam::{ACCOUNT}:role/checks"
ROLES: Final = json.dumps({"prod": CHECKER})
TRUST: Final = {
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Federated": PROVIDER},
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {"StringEquals": {"gitlab.com:aud": "sts.amazonaws.com", "gitlab.com:sub": SUBJECT}},
        }
    ]
}
NEW: Final = "2026-11-25T01:30:00.500000+00:00"  # after the change set was created
OLD: Final = "2026-10-01T09:00:00.000000+00:00"
# Change sets of an earlier deploy, of which one failed.
SETS: Final = [
    {
        "ChangeSetId": "arn:aws:cloudformation:x:1:changeSet/earlier/1",
        "Status": "FAILED",
        "CreationTime": OLD,
    },
    {
        "ChangeSetId": "arn:aws:cloudformation:x:1:changeSet/latest/1",
        "Status": "CREATE_COMPLETE",
        "CreationTime": NEW,
    },
]
INVALID: Final = "The following hook(s)/validation failed: [AWS::EarlyValidation]. Use DescribeEvents."
EMPTY: Final = "The submitted information didn't contain changes. Submit different information."


def change(action: str, logical_id: str, kind: str, replacement: str | None = None) -> dict[str, Any]:
    """Return a change as a change set describes it."""
    resource_change = {"Action": action, "LogicalResourceId": logical_id, "ResourceType": kind}
    return {"ResourceChange": resource_change | ({"Replacement": replacement} if replacement else {})}


class Deployed(Account):
    """An account with the trust policies of its roles, and the content of change sets.

    Attributes:
        planned: stack -> what the change set of its update holds; without an entry there is nothing to do.
        done: what was done that matters here, in order.
        rollback: stack -> the rollback configuration of its change set.
        events: stack -> what DescribeEvents reports for it and for its change set.
        rollbacks: stack -> what DescribeStackEvents reports for it.
        broken: stack -> what fails: ``change set`` or ``update``.
    """

    planned: dict[str, list[dict[str, Any]]]
    done: list[str]
    rollback: dict[str, Any]
    events: dict[str, list[dict[str, Any]]]
    rollbacks: dict[str, list[dict[str, Any]]]
    broken: dict[str, str]

    def _result(self, command: Command, folder: Path) -> Any:
        if command.operation == "AssumeRoleWithWebIdentity":
            return self._assumed(command.parameters)
        answer = super()._result(command, folder)
        if command.operation in ("CreateDBClusterSnapshot", "ExecuteChangeSet"):
            stack = self._found(command) if command.service == "cloudformation" else None
            self.done.append(f"{command.title} {_short(stack) if stack else ''}".strip())
        return answer

    def _assumed(self, request: dict[str, Any]) -> Any:
        name, token = request["RoleArn"].rpartition("/")[2], json.loads(request["WebIdentityToken"])
        trust = self.client("iam", TOKYO).get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"]
        while isinstance(trust, str):
            trust = json.loads(trust)
        (statement,) = trust["Statement"]
        claims = {f"gitlab.com:{key}": value for key, value in token.items()}
        required = statement["Condition"]["StringEquals"]
        if statement["Principal"] != {"Federated": PROVIDER} or not required.items() <= claims.items():
            raise DeniedError(
                f"Not authorized to perform sts:AssumeRoleWithWebIdentity: {request['RoleArn']}"
            )
        self.caller = name
        return {"Credentials": {"AccessKeyId": name, "SecretAccessKey": "secret", "SessionToken": "session"}}

    def _requests(self, command: Command, folder: Path) -> Iterable[Request]:
        parameters = command.parameters
        if command.operation != "CreateChangeSet":
            yield from super()._requests(command, folder)
            return
        stack, role = self._found(command), parameters["RoleARN"]
        assert stack is not None
        sent = {f"aws:RequestTag/{tag['Key']}": tag["Value"] for tag in parameters["Tags"]}
        yield Request("cloudformation:CreateChangeSet", stack.arn, {"cloudformation:RoleArn": role, **sent})
        yield Request("cloudformation:TagResource", stack.arn, dict(sent))
        yield Request("iam:PassRole", role, {"iam:PassedToService": "cloudformation.amazonaws.com"})

    def _deploy(self, command: Command, folder: Path) -> str:
        (name,) = command.options["--stack-name"]
        there = self.stacks.get((command.region, name))
        out = super()._deploy(command, folder)
        if self.broken.get(name.removeprefix(f"{PROJECT}-")) == "change set":
            raise CommandError(
                f"Failed to create the changeset: Waiter failed Status: FAILED. Reason: {INVALID}"
            )
        return UNCHANGED if there and there.status.endswith("_COMPLETE") and not self._plan(there) else out

    def _plan(self, stack: DeployedStack) -> list[dict[str, Any]]:
        if stack.status == "REVIEW_IN_PROGRESS":
            return [
                change("Add", name, resource["Type"])
                for name, resource in stack.template["Resources"].items()
            ]
        return self.planned.get(_short(stack), [])

    def _stack(self, command: Command) -> Any:
        stack, parameters = self._found(command), command.parameters
        if stack is None:
            return super()._stack(command)
        match command.operation:
            case "CreateChangeSet":
                self.rollback[_short(stack)] = parameters["RollbackConfiguration"]
                return {"Id": stack.change_set}
            case "DescribeChangeSet":
                reason = INVALID if _short(stack) in self.broken else EMPTY
                return super()._stack(command) | {"Changes": self._plan(stack), "StatusReason": reason}
            case "DescribeEvents":
                return {"OperationEvents": self._events(stack, parameters)}
            case "DescribeStackEvents":
                return {"StackEvents": self.rollbacks.get(_short(stack), [])}
            case "ListChangeSets":
                return {
                    "Summaries": [SETS[0] | {"ChangeSetId": stack.change_set, "CreationTime": NEW}, *SETS]
                }
            case _ if command.name == "stack-update-complete" and self.broken.get(_short(stack)) == "update":
                raise CommandError(
                    "Waiter StackUpdateComplete failed: the status is UPDATE_ROLLBACK_COMPLETE"
                )
            case _ if command.name == "change-set-create-complete":
                if not self._plan(stack) or self.broken.get(_short(stack)) == "change set":
                    raise CommandError("Waiter ChangeSetCreateComplete failed: the status is FAILED")
                return {}
            case "ExecuteChangeSet":
                answer = super()._stack(command)
                self.planned.pop(_short(stack), None)
                return answer
        return super()._stack(command)

    def _events(self, stack: DeployedStack, parameters: dict[str, Any]) -> list[dict[str, Any]]:
        """Return the events of a change set, or of all operations on its stack, as filtered."""
        events = self.events.get(_short(stack), [])
        is_filtered = parameters.get("Filters", {}).get("FailedEvents") == "true"
        is_of_change_set = parameters.get("ChangeSetName") == stack.change_set
        return [
            event
            for event in events
            if (event["EventType"] == "VALIDATION_ERROR") == is_of_change_set
            and not (is_filtered and event.get("ValidationFailureMode") == "WARN")
        ]


def _short(stack: DeployedStack) -> str:
    return stack.name.removeprefix(f"{PROJECT}-")


class Pipeline:
    """The job that deploys, in an account whose administrator has created the roles."""

    def __init__(self, terminal: Terminal, built: dict[str, BuiltStack]) -> None:
        assert isinstance(terminal.world, Deployed)
        self.terminal, self.account = terminal, terminal.world
        self.checks = terminal.folder / "checks"
        failing = '"preflight $FAILING" | "$FAILING "'  # the check of a stack, or every review
        check = f'echo "$AWS_ACCESS_KEY_ID $*" >> {self.checks}; case "$1 $4" in {failing}) exit 1 ;; esac'
        for name, body in {"csr-templates": check, "apt-get": "true", "python": "true"}.items():
            program = terminal.folder / "bin" / name
            program.write_text(f"#!/bin/sh\n{body}\n", "utf-8")
            program.chmod(0o755)
        account = self.account
        account.empty(built)
        account.planned, account.done, account.rollback = {}, [], {}
        account.events, account.rollbacks, account.broken = {}, {}, {}
        account.client("iam", TOKYO).create_role(
            RoleName="checks", AssumeRolePolicyDocument=json.dumps(TRUST)
        )
        values = {"OidcProviderArn": PROVIDER, "OidcSubject": SUBJECT}
        parameters = [{"ParameterKey": key, "ParameterValue": value} for key, value in values.items()]
        blocks = read(HAND_OVER).shell()
        created = self._typed(
            blocks[0],
            Block("", 0, "sh", f"echo '{json.dumps(parameters)}' > bootstrap.json\n"),
            *(block for block in blocks if "aws cloudformation create-stack" in block.text),
        )
        assert (created.status, created.err) == (0, "")

    def _typed(self, *blocks: Block) -> Session:
        self.account.caller = ""
        return self.terminal.continued(blocks, environment="prod")

    def deploy(
        self, *, subject: str = SUBJECT, failing: str = "none", before: str = "", **variables: str
    ) -> Session:
        """Run the script of the job, after other commands that a test needs."""
        self.account.done.clear()
        self.account.printed.clear()
        self.checks.write_text("", "utf-8")
        token = json.dumps({"sub": subject, "aud": "sts.amazonaws.com", "ref_protected": "true"})
        environment = {
            "CI_PIPELINE_ID": "1",
            "ENVIRONMENT": "prod",
            "PREFLIGHT_ROLES": ROLES,
            "FAILING": failing,
        }
        exported = "".join(
            f"export {k}='{v}'\n" for k, v in {**environment, "AWS_ID_TOKEN": token, **variables}.items()
        )
        code = f"ln -s {ROOT / 'docs'} docs\n{before}{exported}{script('deploy-prod')}\n"
        return self._typed(Block("", 0, "sh", code))

    def checked(self) -> list[str]:
        """Return who asked for the check of which stack."""
        return self.checks.read_text("utf-8").splitlines()

    def stack(self, name: str) -> DeployedStack:
        """Return a stack of the account."""
        return self.account.stacks[REGIONS[name], f"{PROJECT}-{name}"]


@pytest.fixture(scope="module")
def terminal(
    production: dict[str, dict[str, Any]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Terminal]:
    """A shell whose ``aws`` talks to the account."""
    require_programs()
    with opened(production, tmp_path_factory.mktemp("account"), Deployed) as started:
        yield started


@pytest.fixture(scope="module")
def pipeline(terminal: Terminal, built: dict[str, BuiltStack]) -> Pipeline:
    """A pipeline that has deployed everything once."""
    started = Pipeline(terminal, built)
    done = started.deploy()
    assert (done.status, done.err) == (0, "")
    return started


def test_both_services_run_the_same_script() -> None:
    """What is tested here with GitLab's job is what GitHub's step runs."""
    command = 'bash docs/starters/deploy.sh "$ENVIRONMENT"'

    assert step("deploy.yml", "deploy", "Deploy")["run"] == command
    assert script("deploy-prod").splitlines()[-1] == command


def test_first_deploy(terminal: Terminal, built: dict[str, BuiltStack]) -> None:
    """All stacks in order, each by its own role after its check; no snapshot of what is not there yet."""
    pipeline = Pipeline(terminal, built)
    done = pipeline.deploy()

    assert (done.status, done.err) == (0, "")
    assert pipeline.account.done == [f"cloudformation execute-change-set {name}" for name in NAMES]
    version = pipeline.stack("api").parameters["LambdaCodeS3ObjectVersion"]
    values = {"api": f" --parameter LambdaCodeS3ObjectVersion={version}"}
    checks = []
    for name in NAMES:
        checks.append(f"checks preflight prod --stack {name}{values.get(name, '')}")
        checks.append("checks review --before deployed:prod")
    assert pipeline.checked() == [
        *checks,
        "checks verify prod",
    ]
    assert f"Version of the package: {version}" in done.out
    for name in NAMES:
        stack = pipeline.stack(name)
        assert stack.role == f"arn:aws:iam::{ACCOUNT}:role/deploy-{PROJECT}-{name}-service"
        assert (stack.status, stack.is_protected) == ("CREATE_COMPLETE", True)
        assert stack.policy == (ROOT / "out" / "stack-policies" / f"{name}.json").read_text("utf-8")
    assert set(pipeline.account.judged) >= {f"deploy-{PROJECT}-{name}-pipeline" for name in NAMES}
    assert pipeline.account.denied == []


def test_nothing_to_deploy(pipeline: Pipeline) -> None:
    """A second run checks, executes nothing, and sets protection and policy again."""
    pipeline.stack("network").is_protected = False
    pipeline.stack("api").policy = ""
    done = pipeline.deploy()

    assert (done.status, done.err.count("Waiter ChangeSetCreateComplete failed")) == (0, 2)
    assert done.out.count("Nothing to deploy.") == 4
    assert (len(pipeline.checked()), pipeline.account.done) == (9, [])
    assert pipeline.stack("network").is_protected
    assert "Deny" in pipeline.stack("api").policy


def test_a_system_that_does_not_work_fails_the_job(pipeline: Pipeline) -> None:
    """After the last stack, the role that checks the account verifies the deploy."""
    done = pipeline.deploy(failing="verify")

    assert done.status == 1
    assert pipeline.checked()[-1] == "checks verify prod"
    assert done.out.count("Nothing to deploy.") == 4


def test_updates(pipeline: Pipeline) -> None:
    """A snapshot before the database's update; alarms watch api and frontend; copies are replaced."""
    pipeline.account.planned.update(
        network=[change("Add", "AnotherAlarm", "AWS::CloudWatch::Alarm")],
        database=[change("Modify", "DatabaseCluster", "AWS::RDS::DBCluster", "False")],
        api=[
            change("Modify", "ApiFunctionVersion", "AWS::Lambda::Version", "True"),
            change("Add", "ApiDeploymentNew", "AWS::ApiGateway::Deployment"),
            change("Remove", "ApiDeploymentOld", "AWS::ApiGateway::Deployment"),
        ],
        frontend=[change("Modify", "Distribution", "AWS::CloudFront::Distribution", "False")],
    )
    done = pipeline.deploy()

    assert (done.status, done.err) == (0, "")
    assert "Modify  DatabaseCluster  AWS::RDS::DBCluster  False\n" in done.out
    executed = [f"cloudformation execute-change-set {name}" for name in NAMES]
    assert pipeline.account.done == [executed[0], "rds create-db-cluster-snapshot", *executed[1:]]
    assert {pipeline.stack(name).status for name in NAMES} == {"UPDATE_COMPLETE"}
    manifest = {
        stack["name"]: stack for stack in json.loads((ROOT / "out" / "stacks.json").read_text())["stacks"]
    }
    for name in ("api", "frontend"):
        watched = pipeline.account.rollback[name]
        prefix = f"arn:aws:cloudwatch:{REGIONS[name]}:{ACCOUNT}:alarm:"
        assert watched["MonitoringTimeInMinutes"] == 15
        assert [trigger["Arn"] for trigger in watched["RollbackTriggers"]] == [
            prefix + alarm for alarm in manifest[name]["rollbackTriggers"]["prod"]
        ]
    assert set(pipeline.account.rollback) == {"api", "frontend"}


def test_incident(pipeline: Pipeline) -> None:
    """In an incident no alarm stops the repair, and nothing is waited for."""
    pipeline.account.planned["api"] = [change("Modify", "ApiFunction", "AWS::Lambda::Function", "False")]
    done = pipeline.deploy(INCIDENT="yes")

    assert done.status == 0
    assert pipeline.account.done == ["cloudformation execute-change-set api"]
    assert pipeline.account.rollback["api"] == {"MonitoringTimeInMinutes": 0, "RollbackTriggers": []}


LOSSES: Final = [
    change("Modify", "DatabaseCluster", "AWS::RDS::DBCluster", "True"),
    change("Modify", "DatabaseInstance1", "AWS::RDS::DBInstance", "Conditional"),
    change("Remove", "DatabaseCPUAlarm", "AWS::CloudWatch::Alarm"),
    change("Modify", "DatabaseSecret", "AWS::SecretsManager::Secret", "False"),
]


@pytest.mark.parametrize(
    ("accepted", "refused"),
    [
        (
            "",
            "Modify database.DatabaseCluster, Modify database.DatabaseInstance1, "
            "Remove database.DatabaseCPUAlarm",
        ),
        (
            "database.DatabaseCluster api.DatabaseCPUAlarm database.DatabaseInstance",
            "Modify database.DatabaseInstance1, Remove database.DatabaseCPUAlarm",
        ),
    ],
)
def test_what_is_not_meant_is_refused(pipeline: Pipeline, accepted: str, refused: str) -> None:
    """A replacement or removal that no person has named stops the loop before anything of it is done."""
    pipeline.account.planned.update(database=LOSSES, api=[change("Add", "One", "AWS::SQS::Queue")])
    done = pipeline.deploy(ACCEPTED=accepted)

    assert done.status == 1
    assert (
        f"The change set removes or replaces resources that are not in ACCEPTED: {refused} (arn:aws:"
        in done.err
    )
    assert pipeline.account.done == []
    assert [line.split()[-1] for line in pipeline.checked()] == [
        "network",
        "deployed:prod",
        "database",
        "deployed:prod",
    ]


def test_a_risk_of_the_review_stops_the_deploy_unless_in_an_incident(pipeline: Pipeline) -> None:
    """Nothing is changed before the risk is accepted; an incident cannot wait for that."""
    pipeline.account.planned.clear()
    stopped = pipeline.deploy(failing="review")
    checks = pipeline.checked()
    repaired = pipeline.deploy(failing="review", INCIDENT="yes")

    assert (stopped.status, len(checks)) == (1, 2)
    assert (repaired.status, len(pipeline.checked())) == (0, 9)


def test_only_deployment_of_the_api_is_not_removed(pipeline: Pipeline) -> None:
    """The deployment of an API can be removed without being accepted only if another one is added."""
    pipeline.account.planned.clear()
    pipeline.account.planned["api"] = [change("Remove", "ApiDeploymentOld", "AWS::ApiGateway::Deployment")]
    done = pipeline.deploy()

    assert done.status == 1
    assert "not in ACCEPTED: Remove api.ApiDeploymentOld (arn:aws:" in done.err
    assert pipeline.account.done == []


def test_what_is_meant_is_deployed(pipeline: Pipeline) -> None:
    """Each resource that was named may go, or be replaced."""
    pipeline.account.planned.clear()
    pipeline.account.planned["database"] = LOSSES
    names = ("DatabaseCluster", "DatabaseInstance1", "DatabaseCPUAlarm")
    done = pipeline.deploy(ACCEPTED=" ".join(f"database.{name}" for name in names))

    assert done.status == 0
    assert pipeline.account.done == [
        "rds create-db-cluster-snapshot",
        "cloudformation execute-change-set database",
    ]


def invalid(mode: str, reason: str) -> dict[str, Any]:
    """Return a validation that CloudFormation reports for a change set."""
    return {
        "EventType": "VALIDATION_ERROR",
        "Timestamp": NEW,
        "LogicalResourceId": "LambdaErrorsAlarm",
        "ValidationPath": "/Resources/LambdaErrorsAlarm/Properties/AlarmName",
        "ValidationFailureMode": mode,
        "ValidationStatus": "FAILED",
        "ValidationStatusReason": reason,
    }


def progress(time: str, reason: str) -> dict[str, Any]:
    """Return an error of a resource during an update."""
    return {
        "EventType": "PROVISIONING_ERROR",
        "Timestamp": time,
        "LogicalResourceId": "ApiFunctionAlias",
        "ResourceStatus": "UPDATE_FAILED",
        "ResourceStatusReason": reason,
    }


@pytest.fixture
def failures(pipeline: Pipeline) -> Iterator[Deployed]:
    """The account, which is repaired after the test."""
    pipeline.account.planned.clear()
    yield pipeline.account
    pipeline.account.planned.clear()
    pipeline.account.events.clear()
    pipeline.account.rollbacks.clear()
    pipeline.account.broken.clear()


@pytest.mark.parametrize(("name", "caller"), [("database", "deploy"), ("api", "create-change-set")])
def test_change_set_that_fails_says_why(
    name: str, caller: str, pipeline: Pipeline, failures: Deployed
) -> None:
    """The loop prints the validations that failed, of this change set and no earlier one, and stops."""
    failures.planned[name] = [change("Add", "LambdaErrorsAlarm", "AWS::CloudWatch::Alarm")]
    failures.broken[name] = "change set"
    failures.events[name] = [invalid("FAIL", "The name is in use."), invalid("WARN", "Only a warning.")]
    failures.events[name].append(progress(NEW, "Of another operation."))
    done = pipeline.deploy()

    assert done.status == 1
    assert (
        f"{NEW}\tVALIDATION_ERROR\tLambdaErrorsAlarm\t/Resources/LambdaErrorsAlarm/Properties/AlarmName\t"
        in (done.err)
    )
    assert INVALID in done.err
    assert done.err.rstrip().endswith("The name is in use.")
    assert (failures.done, "Only a warning." in done.err) == ([], False)
    assert {command.name for command in done.seen if command.name in ("deploy", "create-change-set")} >= {
        caller
    }


def test_update_that_fails_says_why(pipeline: Pipeline, failures: Deployed) -> None:
    """The loop prints what failed since the change set was created, and stops."""
    failures.planned["api"] = [change("Modify", "ApiFunctionAlias", "AWS::Lambda::Alias", "False")]
    failures.planned["frontend"] = [change("Add", "One", "AWS::CloudWatch::Alarm")]
    failures.broken["api"] = "update"
    failures.events["api"] = [progress(OLD, "Of last month."), progress(NEW, "The function cannot start.")]
    done = pipeline.deploy()

    assert done.status == 1
    assert done.err.endswith(f"{NEW}\tUPDATE_FAILED\tApiFunctionAlias\t-\tThe function cannot start.\n")
    assert "Of last month." not in done.err
    assert failures.done == ["cloudformation execute-change-set api"]


def test_rollback_by_an_alarm_says_why(pipeline: Pipeline, failures: Deployed) -> None:
    """If no resource has failed, the loop prints why the stack was rolled back, as the renewed role."""

    def rollback(time: str, kind: str, status: str, reason: str) -> dict[str, Any]:
        return {
            "Timestamp": time,
            "ResourceType": kind,
            "ResourceStatus": status,
            "ResourceStatusReason": reason,
        }

    stack, started = "AWS::CloudFormation::Stack", "UPDATE_ROLLBACK_IN_PROGRESS"
    failures.planned["api"] = [change("Modify", "ApiFunctionAlias", "AWS::Lambda::Alias", "False")]
    failures.broken["api"] = "update"
    failures.rollbacks["api"] = [
        rollback(NEW, stack, "UPDATE_ROLLBACK_COMPLETE", "The end."),
        rollback(NEW, stack, started, "An alarm is in ALARM."),
        rollback(NEW, "AWS::Lambda::Alias", started, "Of a resource."),
        rollback(OLD, stack, started, "Of last month."),
    ]
    done = pipeline.deploy()
    calls = [command.name for command in done.seen]
    last_roles = len(calls) - 1 - calls[::-1].index("assume-role-with-web-identity")

    assert done.status == 1
    assert done.err.rstrip().endswith(f"{NEW}\t{started}\tAn alarm is in ALARM.")
    assert not re.search(r"The end\.|Of a resource\.|Of last month\.", done.err)
    assert calls[last_roles:] == ["assume-role-with-web-identity", "describe-stack-events", "describe-events"]


def test_warnings_are_printed_before_the_deploy(pipeline: Pipeline, failures: Deployed) -> None:
    """A validation that does not stop the deploy is in the output, and the deploy goes on."""
    failures.planned["api"] = [change("Add", "LambdaErrorsAlarm", "AWS::CloudWatch::Alarm")]
    skipped = invalid("WARN", "No permission.") | {"ValidationStatus": "SKIPPED"}
    failures.events["api"] = [invalid("WARN", "The quota is almost used."), skipped]
    done = pipeline.deploy()

    assert done.status == 0
    place = "LambdaErrorsAlarm\t/Resources/LambdaErrorsAlarm/Properties/AlarmName"
    warnings = (
        f"Warning\tFAILED\t{place}\tThe quota is almost used.\nWarning\tSKIPPED\t{place}\tNo permission.\n"
    )
    assert done.out.count("Warning\t") == 2
    assert warnings in done.out
    assert failures.done == ["cloudformation execute-change-set api"]


def test_check_that_fails_stops_the_loop(pipeline: Pipeline) -> None:
    """If the account refuses a stack, neither it nor a later one is deployed."""
    pipeline.account.planned.clear()
    pipeline.account.planned.update({name: [change("Add", "One", "AWS::SQS::Queue")] for name in NAMES})
    done = pipeline.deploy(failing="database")

    assert done.status == 1
    assert pipeline.account.done == ["cloudformation execute-change-set network"]


def test_key_that_the_api_would_refuse_is_not_deployed(pipeline: Pipeline) -> None:
    """The loop runs ``origin_key`` before it executes a change set of the API."""
    pipeline.account.planned.clear()
    pipeline.account.planned["api"] = [change("Modify", "ApiStage", "AWS::ApiGateway::Stage", "False")]
    api, before = pipeline.stack("api"), dict(pipeline.stack("api").parameters)
    api.parameters["OriginKeys"] = "b"
    done = pipeline.deploy()
    api.parameters = before

    assert done.status == 1
    assert "OriginKeys would be b, and OriginKey of csr-lambda-api-prod-frontend is a" in done.err
    assert pipeline.account.done == []


def test_token_of_another_branch_gets_no_role(pipeline: Pipeline) -> None:
    """The roles trust one subject."""
    done = pipeline.deploy(subject="project_path:group/project:ref_type:branch:ref:another")

    assert done.status != 0
    assert "Not authorized to perform sts:AssumeRoleWithWebIdentity" in done.err
    assert (pipeline.checked(), pipeline.account.done) == ([], [])


def test_every_failure_stops_the_loop(pipeline: Pipeline, tmp_path: Path) -> None:
    """If a command for database or API fails, the loop reports it, and changes nothing afterwards."""
    pipeline.account.planned.clear()
    pipeline.account.planned.update({name: [change("Add", "One", "AWS::SQS::Queue")] for name in NAMES})
    assert pipeline.deploy().status == 0
    answers, scripts = pipeline.account.printed["0"], programs(tmp_path / "bin")
    roles = "CI_PIPELINE_ID=1 AWS_ID_TOKEN=token PREFLIGHT_ROLES='" + ROLES + "'"

    def replayed(kind: str = "", at: int = 0) -> Run:
        return run(f"{roles} bash {DEPLOY} prod", answers, scripts, kind, at)

    def wrong(at: int) -> str:
        (title,) = [call.title for call in good.calls if call.number == at]
        end = replayed("fails", at)
        changed = [call.title for call in end.calls if call.number > at and call.is_changing]
        if title.startswith(ONLY_REPORTED):
            return "" if end.status == 0 and "Validations are not shown" in end.err else f"{at}: {end.err}"
        return "" if end.status and end.err and not changed else f"{at}: {end.status} {end.err} {changed}"

    good = replayed()
    checks = [call.number for call in good.calls if call.title.startswith("csr-templates preflight")]
    assert (good.status, good.err, len(checks)) == (0, "", 4)
    with ThreadPoolExecutor(2) as pool:
        assert [problem for problem in pool.map(wrong, range(checks[1] - 3, checks[3] - 3)) if problem] == []
