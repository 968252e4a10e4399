"""For each command, what it finds in the account and its arguments, so that every call of it is made."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple

from . import creating, databases, edge
from .stacks import ACCOUNT, PREFIX
from .world import World

FOLDER: Final = "{folder}"
"""Stands for a folder of the test in the arguments."""
KEY: Final = "{key}"
"""Stands for the ARN of the KMS key that was created last."""
NOW: Final = "{now}"
"""Stands for the time after the preparation in the arguments."""
PACKAGE: Final = f"{FOLDER}/package.zip"
_ARN: Final = f"arn:aws:cloudformation:{{}}:{ACCOUNT}:changeSet/release-1/{{}}"
CHANGES: Final = _ARN.format("ap-northeast-1", "api")
CHANGES_OF_FRONTEND: Final = _ARN.format("us-east-1", "frontend")
SITE_BUCKET: Final = f"{PREFIX}-frontend-{ACCOUNT}"
ORIGIN_KEY: Final = f"{PREFIX}-origin-api-key-a"
CLUSTER: Final = f"{PREFIX}-aurora-cluster"
LOG_BUCKET: Final = f"{PREFIX}-edge-logs-{ACCOUNT}"


class Scenario(NamedTuple):
    """A call of a command that succeeds.

    Attributes:
        arguments: those of the command.
        prepare: each creates something in the account.
        further: other calls of the command, for calls that the first one does not make.
        survived: call, or call and fault -> why the command ends as if it had not failed, or with a result.
    """

    arguments: Sequence[str]
    prepare: Sequence[Callable[[World], object]]
    further: Sequence["Scenario"] = ()
    survived: Mapping[str, str] = {}


POLLED: Final = "asked again until AWS answers"
OPTIONAL: Final = "no reason to stop a deploy; the sentence is printed"
EVENTS: Final = "no reason not to delete it; the sentence is printed"
OTHERS: Final = "no reason to leave old files in the caches; the sentence is printed"
LIMITS: Final = "no reason not to subscribe; the sentence is printed"
EVENTS_OF_DATABASE: Final = "no reason to leave a faulty writer; the sentence is printed"
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


def _fire_trigger(world: World) -> None:
    world.create_alarm("firing")
    world.stacks.stacks["api"].triggers = ["firing"]


def _reserves_nothing(world: World) -> None:
    world.stacks.stacks["api"].parameters["LambdaReservedConcurrency"] = "0"


SCENARIOS: Final[Mapping[str, Scenario]] = {
    "show-state": Scenario(
        (), (World.create_function, World.create_site, World.create_distribution, databases.deploy)
    ),
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
    "download-site": Scenario((NOW, f"{FOLDER}/old"), (World.create_site,)),
    "who-answers": Scenario(("/",), (World.start_web,)),
    "show-quota": Scenario((), (World.create_api, World.count_usage)),
    "call-api": Scenario(("/api/v1/health",), (World.start_web, World.create_origin_keys)),
    "show-concurrency": Scenario((), (World.create_function, World.provision, databases.deploy)),
    "show-callers": Scenario((), (World.create_distribution, edge.create_access_logs)),
    "show-rate-limited": Scenario(("rate-limit",), (edge.create_web_acl,)),
    "show-blocked-requests": Scenario((), (World.create_logs,)),
    "show-blocked-addresses": Scenario((), (edge.create_address_sets,)),
    "save-addresses": Scenario((f"{FOLDER}/addresses.json",), (edge.create_address_sets,)),
    "upload-package": Scenario(
        (PACKAGE,), (World.create_function, World.create_packages), survived=NO_FUNCTION
    ),
    "plan-deploy": Scenario(
        ("api",),
        (
            World.create_function,
            World.create_packages,
            World.create_artifacts,
            World.leave_version,
            _fire_trigger,
        ),
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
    "roll-back": Scenario(
        ("1",),
        (World.create_function, World.provision),
        (Scenario(("1", "--at-once"), (World.create_function, World.provision)),),
        {"cloudformation:DescribeStackEvents": "a faulty version must not stay because of that"},
    ),
    "stop-api": Scenario((), (World.create_api,)),
    "start-api": Scenario((), (World.create_api,)),
    "repair-alias": Scenario(("1",), (World.create_function, World.provision, World.fail_rollback_at_alias)),
    "flush-api-cache": Scenario((), (World.create_api,)),
    "set-remaining-requests": Scenario(("100",), (World.create_api,)),
    "receive-dead-letter": Scenario((), (World.create_dead_letter,)),
    "set-concurrency": Scenario(
        ("50",),
        (World.create_function, databases.deploy),
        survived={"rds:DescribeDBParameters": "the database may be what hurts"},
    ),
    "reset-concurrency": Scenario(
        (),
        (World.create_function, databases.deploy),
        (Scenario((), (World.create_function, _reserves_nothing)),),
        survived={"rds:DescribeDBParameters": "the concurrency is reserved already"},
    ),
    "set-provisioned-concurrency": Scenario(("20",), (World.create_function, World.provision)),
    "upload-site": Scenario(
        (f"{FOLDER}/site",),
        (World.create_site, World.create_distribution, World.create_build),
        survived={"cloudfront:GetInvalidation": POLLED, "cloudfront:ListInvalidations": OTHERS},
    ),
    "invalidate": Scenario(
        ("/*",),
        (World.create_distribution,),
        survived={"cloudfront:GetInvalidation": POLLED, "cloudfront:ListInvalidations": OTHERS},
    ),
    "count-rule": Scenario(("common-rules", "NoUserAgent_HEADER"), (edge.create_web_acl,)),
    "block-rule": Scenario(("common-rules", "SizeRestrictions_BODY"), (edge.create_web_acl,)),
    "block-address": Scenario(("203.0.113.9",), (edge.create_address_sets,)),
    "unblock-address": Scenario(("203.0.113.7",), (edge.create_address_sets,)),
    "delete-old-files": Scenario(
        (f"{FOLDER}/site", "--confirm", SITE_BUCKET),
        (World.create_site, World.put_old_file, World.create_build),
    ),
    "delete-old-versions": Scenario(
        ("--confirm", f"{PREFIX}-api"), (World.create_function, World.leave_version)
    ),
    "replace-addresses": Scenario(
        (f"{FOLDER}/saved.json", "--confirm", f"{PREFIX}"), (edge.create_address_sets,)
    ),
    "repeat-password": Scenario((), (World.create_database, databases.stop_new_password)),
    "delete-failed-create": Scenario(
        ("database", "--confirm", CLUSTER),
        (databases.fail_create,),
        (
            Scenario(
                ("database", "--confirm", CLUSTER), (databases.fail_create, databases.delete_failed_stack)
            ),
            Scenario(("frontend", "--confirm", LOG_BUCKET), (databases.fail_create_of_site,)),
            Scenario(("api", "--confirm", f"{PREFIX}-api"), (_failed_create,)),
            Scenario(("api", "--confirm", f"{PREFIX}-api"), (databases.fail_create_at_key,)),
        ),
        {"logs:DeleteLogGroup not found": "an earlier call has deleted it"},
    ),
    "new-password": Scenario(("--confirm", CLUSTER), (World.create_database,)),
    "restore-password": Scenario(("--confirm", CLUSTER), (World.create_database, World.change_password)),
    "show-database": Scenario((), (databases.deploy,)),
    "show-backups": Scenario((), (databases.deploy, databases.take_snapshot, databases.leave_backup)),
    "fail-over": Scenario((), (databases.deploy,), survived={"rds:DescribeEvents": EVENTS_OF_DATABASE}),
    "start-database": Scenario((), (databases.deploy, databases.stop)),
    "restart-instance": Scenario((f"{CLUSTER}-2",), (databases.deploy,)),
    "take-snapshot": Scenario((), (databases.deploy,), survived={"rds:DescribeDBClusterSnapshots": POLLED}),
    "disable-deletion-protection": Scenario(
        ("--confirm", CLUSTER), (databases.deploy,), survived={"rds:DescribeDBClusters": POLLED}
    ),
    "restore-cluster": Scenario(
        ("restored", "--time", "2026-11-25T10:30:00+09:00"),
        (databases.deploy,),
        (
            Scenario(
                ("restored", "--snapshot", databases.SNAPSHOT), (databases.deploy, databases.take_snapshot)
            ),
            Scenario(
                ("restored", "--backup", "cluster-1", "--time", "latest"),
                (databases.deploy, databases.leave_backup),
            ),
        ),
    ),
    "create-instances": Scenario(
        ("restored",),
        (databases.deploy, databases.restore_cluster),
        survived={"rds:DescribeDBInstances": POLLED},
    ),
    "use-restored-cluster": Scenario(
        ("--confirm", CLUSTER), (databases.deploy, databases.restore, databases.tag_restored)
    ),
    "delete-spare-cluster": Scenario(
        ("old", "--confirm", f"{CLUSTER}-old"), (databases.deploy, databases.leave_old)
    ),
    "deploy-before-restore": Scenario((), (World.create_artifacts, databases.import_stack)),
    "add-check-instance": Scenario(
        (), (databases.restore_original,), survived={"rds:DescribeDBInstances": POLLED}
    ),
    "remove-check-instance": Scenario(
        ("--confirm", f"{PREFIX}-restored"),
        (databases.restore_original, databases.add_check_instance, databases.redeploy),
    ),
    "delete-wrong-restore": Scenario(
        ("--confirm", CLUSTER), (databases.restore_original, databases.add_check_instance)
    ),
    "end-recovery": Scenario(
        ("api",),
        (creating.recover_secrets,),
        (Scenario(("network",), (World.create_vpc,)),),
        {"cloudformation:DescribeStackDriftDetectionStatus": POLLED},
    ),
    "show-delete-policies": Scenario((), (databases.create_bootstrap_stacks,), survived=NO_STACK),
    "show-leftovers": Scenario((), (databases.create_leftover,)),
    "finish-deletion": Scenario(
        ("database", "--confirm", CLUSTER),
        (databases.deploy, databases.fail_deletion),
        survived={"rds:DescribeDBClusterSnapshots": POLLED},
    ),
    "show-network": Scenario((), (creating.create_network,)),
    "show-keys": Scenario((), (creating.create_keys,)),
    "show-origin-keys": Scenario((), (World.create_api, World.create_origin_keys)),
    "check-secrets": Scenario(("api",), (creating.recover_secrets,)),
    "show-secret-readers": Scenario((creating.SINCE, creating.UNTIL), (creating.read_password,)),
    "subscribe": Scenario(
        ("critical", "email", "a@example.com"),
        (creating.create_topics,),
        (
            Scenario(
                ("critical", "sms", "+819012345678"),
                (creating.create_topics,),
                survived=dict.fromkeys(("sns:GetSMSSandboxAccountStatus", "sns:GetSMSAttributes"), LIMITS),
            ),
        ),
    ),
    "confirm-subscription": Scenario((creating.LINK,), (creating.create_topics,)),
    "test-topics": Scenario((), (creating.create_topics,)),
    "test-alarm": Scenario(("site-unreachable",), (creating.create_alarms,)),
    "mute-alarms": Scenario(
        ("2", "api"), (creating.create_alarms,), survived={"cloudwatch:GetAlarmMuteRule": POLLED}
    ),
    "unmute-alarms": Scenario(("api",), (), survived={"cloudwatch:GetAlarmMuteRule": POLLED}),
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
    "new-origin-key": Scenario(
        ("a", "--confirm", ORIGIN_KEY),
        (creating.change_key,),
        survived={"secretsmanager:DescribeSecret": POLLED},
    ),
}
