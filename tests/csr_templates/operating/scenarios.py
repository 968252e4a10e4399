"""For each command, what it finds in the account and its arguments, so that every call of it is made."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple

from . import creating
from .stacks import ACCOUNT
from .world import World

FOLDER: Final = "{folder}"
"""Stands for a folder of the test in the arguments."""
KEY: Final = "{key}"
"""Stands for the ARN of the KMS key that was created last."""
PACKAGE: Final = f"{FOLDER}/package.zip"
_ARN: Final = f"arn:aws:cloudformation:{{}}:{ACCOUNT}:changeSet/release-1/{{}}"
CHANGES: Final = _ARN.format("ap-northeast-1", "api")
CHANGES_OF_FRONTEND: Final = _ARN.format("us-east-1", "frontend")
ORIGIN_KEY: Final = "csr-lambda-api-prod-origin-api-key-a"
CLUSTER: Final = "csr-lambda-api-prod-aurora-cluster"


class Scenario(NamedTuple):
    """A call of a command that succeeds.

    Attributes:
        arguments: those of the command.
        prepare: each creates something in the account.
        further: other calls of the command, for calls that the first one does not make.
        survived: call, or call and fault -> why the command ends as if it had not failed, or with a result.
    """

    arguments: Sequence[str]
    prepare: Sequence[Callable[[World], None]]
    further: Sequence["Scenario"] = ()
    survived: Mapping[str, str] = {}


POLLED: Final = "asked again until AWS answers"
OPTIONAL: Final = "no reason to stop a deploy; the sentence is printed"
EVENTS: Final = "no reason not to delete it; the sentence is printed"
NO_STACK: Final = {"cloudformation:DescribeStacks not found": "the stack does not exist"}
NO_FUNCTION: Final = {
    "cloudformation:DescribeStackResource not found": "the stack has no function, as after an import"
}


def _failed_create(world: World) -> None:
    world.stacks.stacks["api"].status = "ROLLBACK_COMPLETE"


def _updating(world: World) -> None:
    world.stacks.stacks["api"].status = "UPDATE_IN_PROGRESS"


def _failed_rollback(world: World) -> None:
    world.stacks.stacks["api"].status = "UPDATE_ROLLBACK_FAILED"


def _deleted(world: World) -> None:
    world.stacks.stacks["api"].status = "DELETE_COMPLETE"
    world.stacks.stacks["api"].template = world.environment.stack("api").template.read_text("utf-8")


def _planned_api(world: World) -> None:
    world.plan("api")


def _planned_frontend(world: World) -> None:
    world.plan("frontend")


def _failed_change_set(world: World) -> None:
    world.plan("api", status="FAILED")


SCENARIOS: Final[Mapping[str, Scenario]] = {
    "show-state": Scenario((), (World.create_function, World.create_site)),
    "show-stacks": Scenario((), ()),
    "show-releases": Scenario((), (World.create_function,)),
    "show-addresses": Scenario((), (), survived=NO_STACK),
    "show-deleted-stacks": Scenario(("api",), (_deleted,), survived=NO_STACK),
    "find-drift": Scenario(
        ("api",), (), survived={"cloudformation:DescribeStackDriftDetectionStatus": POLLED}
    ),
    "wait": Scenario(
        ("api", "api-settings", "distribution", "cluster"),
        (World.create_api, World.create_distribution, World.create_database),
        survived=dict.fromkeys(
            ("apigateway:GetRestApi", "cloudfront:GetDistribution", "rds:DescribeDBClusters"), POLLED
        ),
    ),
    "show-changes": Scenario((CHANGES,), (_planned_api,)),
    "why-failed": Scenario(("api",), (_failed_change_set,)),
    "search-log": Scenario(
        ("execution", "60", "filter status >= 500 | fields @timestamp"), (World.create_logs,)
    ),
    "show-errors": Scenario((), (World.create_logs,)),
    "show-rejected-traffic": Scenario((), (World.create_logs,)),
    "show-log-ages": Scenario(
        (),
        (World.create_logs,),
        survived={
            "cloudformation:DescribeStackResource not found": "the log group does not exist",
            "logs:DescribeLogStreams not found": "the log group does not exist",
        },
    ),
    "show-slow-queries": Scenario((), (World.create_logs,)),
    "show-key-users": Scenario((), (World.create_logs,)),
    "upload-package": Scenario(
        (PACKAGE,), (World.create_function, World.create_packages), survived=NO_FUNCTION
    ),
    "plan-deploy": Scenario(
        ("api",),
        (World.create_function, World.create_packages, World.create_artifacts, World.leave_version),
        survived={
            "cloudformation:DescribeChangeSet": POLLED,
            "cloudformation:DescribeEvents": OPTIONAL,
            **NO_FUNCTION,
        },
    ),
    "run-changes": Scenario(
        (CHANGES,),
        (World.create_function, _planned_api),
        (Scenario((CHANGES_OF_FRONTEND,), (World.create_origin_keys, _planned_frontend)),),
        {"cloudformation:DescribeStackEvents": "only the newest event would be shown", **NO_FUNCTION},
    ),
    "cancel-update": Scenario(("api",), (_updating,)),
    "continue-rollback": Scenario(("api",), (_failed_rollback,)),
    "protect": Scenario((), (World.create_vpc,)),
    "roll-back": Scenario(("1",), (World.create_function,)),
    "stop-api": Scenario((), (World.create_api,)),
    "start-api": Scenario((), (World.create_api,)),
    "repeat-password": Scenario((), (World.create_database,)),
    "delete-failed-create": Scenario(
        ("api", "--confirm", "csr-lambda-api-prod-api"),
        (_failed_create,),
    ),
    "new-password": Scenario(("--confirm", CLUSTER), (World.create_database,)),
    "restore-password": Scenario(("--confirm", CLUSTER), (World.create_database, World.change_password)),
    "show-network": Scenario((), (creating.create_network,)),
    "show-keys": Scenario((), (creating.create_keys,)),
    "show-origin-keys": Scenario((), (World.create_api, World.create_origin_keys)),
    "check-secrets": Scenario(("api",), (creating.recover_secrets,)),
    "show-secret-readers": Scenario((creating.SINCE, creating.UNTIL), (creating.read_password,)),
    "subscribe": Scenario(("critical", "email", "a@example.com"), (creating.create_topics,)),
    "confirm-subscription": Scenario((creating.LINK,), (creating.create_topics,)),
    "test-topics": Scenario((), (creating.create_topics,)),
    "test-alarm": Scenario(("site-unreachable",), (creating.create_alarms,)),
    "mute-alarms": Scenario(("2", "api"), (creating.create_alarms,)),
    "unmute-alarms": Scenario(("api",), ()),
    "reroute-zone": Scenario(("1",), (creating.create_network,)),
    "enable-key": Scenario((KEY,), (creating.schedule_deletion,)),
    "replicate-origin-key": Scenario(("a",), (creating.create_origin_key_without_replica,)),
    "plan-import": Scenario(
        ("api",), (creating.delete_api,), survived={"cloudformation:DescribeChangeSet": POLLED}
    ),
    "run-import": Scenario(("api",), (creating.recover_secrets, creating.plan_import)),
    "delete-import": Scenario(
        ("api",), (creating.plan_import,), survived={"cloudformation:DescribeEvents": EVENTS}
    ),
    "new-origin-key": Scenario(("a", "--confirm", ORIGIN_KEY), (creating.change_key,)),
}
