"""The restore of the database: what is refused, what is created, and that each step can be repeated."""

from typing import Any

import pytest

from csr_templates import STACKS
from csr_templates.account.reads import is_read
from csr_templates.operating import clusters, restoring, waiting, words
from tests.system import PROJECT

from . import databases, moto_rds
from .conftest import Operator, Run
from .recorded import FAULTS
from .stacks import PREFIX

CLUSTER = f"{PREFIX}-aurora-cluster"
REGION = "ap-northeast-1"
NOTHING = "Nothing was changed."


@pytest.fixture
def deployed(operator: Operator) -> Operator:
    """Production with its database."""
    databases.deploy(operator.world)
    return operator


@pytest.fixture
def restored(deployed: Operator) -> Operator:
    """Production with a restored cluster beside its database."""
    databases.restore(deployed.world)
    return deployed


def resources() -> dict[str, Any]:
    """Return the resources of the database."""
    (stack,) = [stack for stack in STACKS if stack.name == "database"]
    return dict(stack.build().to_dict()["Resources"])


def template() -> dict[str, Any]:
    """Return the properties of the resources of the database, by logical ID."""
    return {logical_id: resource.get("Properties", {}) for logical_id, resource in resources().items()}


# ---- restore-cluster ----


def test_an_existing_cluster_is_never_overwritten(restored: Operator) -> None:
    """It may be the restore that is wanted, or one of a rehearsal."""
    run = restored.run("restore-cluster", "restored", "--time", "latest")

    assert run.err == [
        f"{CLUSTER}-restored exists already, and is available. It was created at 2026-11-26 09:00:00 JST "
        f"(2026-11-26 00:00:00 UTC), {words.age(databases.LATER)}. If it is the restore that you want, "
        "continue with: csr-operate prod create-instances restored If not, delete it first: csr-operate prod "
        "delete-spare-cluster restored",
        NOTHING,
    ]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ("restored",),
            "Specify what to restore: --time TIME, --snapshot NAME, or --backup ID with --time TIME.",
        ),
        (
            ("restored", "--snapshot", "s", "--time", "latest"),
            "A snapshot has its own time: give --snapshot alone.",
        ),
        (
            ("original", "--time", "latest"),
            "The live cluster is restored beside itself: restored, not original. For the backups of a "
            "deleted cluster, add --backup ID.",
        ),
        (
            ("restored", "--time", "2026-11-25T10:30:00"),
            "The time is 2026-11-25T10:30:00. Give it as 2026-11-25T10:30:00+09:00 or 2026-11-25T01:30:00Z.",
        ),
        (
            ("restored", "--snapshot", "of-another-one"),
            f"of-another-one is not a snapshot of {CLUSTER}. To list them: csr-operate prod show-backups",
        ),
    ],
)
def test_a_source_that_does_not_fit_is_refused(
    deployed: Operator, arguments: tuple[str, ...], sentence: str
) -> None:
    """With what is allowed."""
    run = deployed.run("restore-cluster", *arguments)

    assert (run.status, run.err) == (2, [sentence, NOTHING])


def test_a_snapshot_of_another_environment_is_refused(deployed: Operator) -> None:
    """It exists in the same account."""
    world = deployed.world
    databases.create_cluster(world, f"{PROJECT}-dev-aurora-cluster")
    world.client("rds").create_db_cluster_snapshot(
        DBClusterIdentifier=f"{PROJECT}-dev-aurora-cluster", DBClusterSnapshotIdentifier="dev"
    )

    run = deployed.run("restore-cluster", "restored", "--snapshot", "dev")

    assert (run.status, run.printed) == (2, [])
    assert run.err[0].startswith(f"dev is not a snapshot of {CLUSTER}.")


def test_backups_of_a_deleted_cluster_are_restored_into_the_groups_of_the_stack(operator: Operator) -> None:
    """The stack is imported and has the groups, but not the parameters of the cluster."""
    databases.deploy(operator.world)
    databases.import_stack(operator.world)
    databases.leave_backup(operator.world)
    operator.world.client("rds")
    moto_rds.backend(REGION).clusters.clear()

    run = operator.run(
        "restore-cluster", "original", "--backup", "cluster-1", "--time", "latest", "--dry-run"
    )

    (line,) = run.would_call
    assert run.status == 0
    assert line.startswith(
        f"aws rds restore-db-cluster-to-point-in-time --region {REGION} --db-cluster-identifier {CLUSTER} "
        "--source-db-cluster-resource-id cluster-1 --use-latest-restorable-time "
    )
    for option in (
        "--db-subnet-group-name databasesubnetgroup",
        "--vpc-security-group-ids databasesecuritygroup",
        "--db-cluster-parameter-group-name databaseclusterparametergroup",
        "--deletion-protection",
    ):
        assert f" {option} " in line


def test_what_a_restored_cluster_gets_is_in_the_template(deployed: Operator) -> None:
    """The call of the restore and the completion together set each property, but for those of the data."""
    properties = template()["DatabaseCluster"]
    databases.take_snapshot(deployed.world)
    run = deployed.run("restore-cluster", "restored", "--snapshot", databases.SNAPSHOT)
    (call,) = [call for call in run.calls if call.operation == "RestoreDBClusterFromSnapshot"]

    completed = dict(clusters.COMPLETED)
    exports = completed.pop("CloudwatchLogsExportConfiguration")["EnableLogTypes"]
    assert exports == properties["EnableCloudwatchLogsExports"]
    assert completed == {name: properties[name] for name in completed}
    for name in ("Port", "EngineLifecycleSupport", "CopyTagsToSnapshot", "Engine"):
        assert call.parameters[name] == properties[name]
    assert call.parameters["EnableIAMDatabaseAuthentication"] is properties["EnableIAMDatabaseAuthentication"]
    from_the_data = {
        "DatabaseName", "MasterUsername", "MasterUserPassword", "StorageEncrypted", "KmsKeyId",
        "DeleteAutomatedBackups", "DatabaseInsightsMode",
    }  # fmt: skip
    set_by_a_call = {*call.parameters, *completed, "EnableCloudwatchLogsExports"}
    assert set(properties) - set_by_a_call == from_the_data


# ---- create-instances ----


def created_instances(run: Run) -> list[dict[str, Any]]:
    """Return the parameters of the calls that create an instance."""
    return [dict(call.parameters) for call in run.calls if call.operation == "CreateDBInstance"]


def test_instances_are_as_in_the_template(deployed: Operator) -> None:
    """Each in its zone, the first one as the writer."""
    databases.restore_cluster(deployed.world)

    created = created_instances(deployed.run("create-instances", "restored"))

    properties_of_template = template()
    assert [instance["DBInstanceIdentifier"] for instance in created] == [
        f"{PREFIX}-restored-1",
        f"{PREFIX}-restored-2",
    ]
    assert [instance["AvailabilityZone"][-1] for instance in created] == ["a", "c"]
    for number, instance in enumerate(created, 1):
        properties = properties_of_template[f"DatabaseInstance{number}"]
        for name, value in properties.items():
            if isinstance(value, (str, int)):
                assert instance[name] == value


def test_each_instance_of_the_template_is_created() -> None:
    """One that the commands do not know stays with its name in the old cluster, and is deleted with it."""
    instances = [
        logical_id
        for logical_id, resource in resources().items()
        if resource["Type"] == "AWS::RDS::DBInstance"
    ]

    assert instances == [f"DatabaseInstance{number}" for number in restoring.WINDOWS], (
        "The commands for a restore create the instances of WINDOWS in operating/restoring.py. Add number "
        "and window of a new instance there, its parameter to numbers, and its zone to _create_instance."
    )


@pytest.mark.parametrize(("instance_class", "is_enabled"), [("db.t3.medium", False), ("db.r6g.large", True)])
def test_an_instance_gets_performance_insights_of_its_class(
    deployed: Operator, instance_class: str, is_enabled: bool
) -> None:
    """With the key of the database; the deployed class counts, not that of the folder."""
    databases.restore_cluster(deployed.world)
    deployed.world.stacks.stacks["database"].parameters["DatabaseInstanceClass"] = instance_class

    created, _ = created_instances(deployed.run("create-instances", "restored"))

    assert created["DBInstanceClass"] == instance_class
    assert ("EnablePerformanceInsights" in created) is is_enabled
    assert ("PerformanceInsightsKMSKeyId" in created) is is_enabled


def test_only_missing_instances_are_created(deployed: Operator) -> None:
    """With the identifier that the stack has."""
    deployed.world.client("rds").delete_db_instance(DBInstanceIdentifier=f"{CLUSTER}-2")

    created = created_instances(deployed.run("create-instances", "original"))

    assert [instance["DBInstanceIdentifier"] for instance in created] == [f"{CLUSTER}-2"]


def test_an_environment_without_reader_gets_one_instance(deployed: Operator) -> None:
    """As its deployed parameters say."""
    databases.restore_cluster(deployed.world)
    parameters = deployed.world.stacks.stacks["database"].parameters
    parameters |= {"DatabaseMultiAZ": "false", "DatabaseReadReplica": "false"}

    assert len(created_instances(deployed.run("create-instances", "restored"))) == 1


def test_a_cluster_that_is_not_available_gets_no_instance(restored: Operator) -> None:
    """RDS would refuse it."""
    moto_rds.set_status(REGION, f"{CLUSTER}-restored", "creating-copy")

    run = restored.run("create-instances", "restored")

    assert run.err == [f"The cluster {CLUSTER}-restored is creating-copy, not available.", NOTHING]


# ---- use-restored-cluster ----

SWAPPED = {
    CLUSTER: [f"{CLUSTER}-1", f"{CLUSTER}-2"],
    f"{CLUSTER}-old": [f"{PREFIX}-old-1", f"{PREFIX}-old-2"],
}


def swap(operator: Operator) -> Run:
    """Run the command."""
    return operator.run("use-restored-cluster", "--confirm", CLUSTER)


def test_the_restored_cluster_takes_the_names_of_the_stack(restored: Operator) -> None:
    """The old one is stopped, and a repeat changes nothing more of them."""
    world = restored.world
    first = swap(restored)
    repeated = swap(restored)

    assert (first.status, repeated.status) == (0, 0)
    assert databases.clusters(world) == SWAPPED
    assert moto_rds.backend(REGION).clusters[f"{CLUSTER}-old"].status == "stopped"
    assert [line.split()[2] for line in repeated.printed] == ["modify-db-cluster"]


@pytest.mark.parametrize(
    ("broken", "status", "sentence"),
    [
        (
            f"{CLUSTER}-restored",
            "creating-copy",
            f"The cluster {CLUSTER}-restored is creating-copy, not available.",
        ),
        (CLUSTER, "upgrading", f"The cluster {CLUSTER} is upgrading, not available."),
        (f"{CLUSTER}-2", "failed", f"The instance {CLUSTER}-2 is failed, not available."),
        (
            f"{PREFIX}-restored-1",
            "creating-copy",
            f"The instance {PREFIX}-restored-1 is creating-copy, not available.",
        ),
    ],
)
def test_the_live_cluster_stays_unless_all_is_available(
    restored: Operator, broken: str, status: str, sentence: str
) -> None:
    """The site would be left without a database, or RDS would refuse the rename."""
    moto_rds.set_status(REGION, broken, status)

    run = swap(restored)

    assert (run.err, run.printed) == ([sentence, NOTHING], [])


def test_a_restored_cluster_without_its_instances_is_refused(deployed: Operator) -> None:
    """Also while the live cluster is gone."""
    databases.restore_cluster(deployed.world)

    run = swap(deployed)

    assert run.err == [
        f"{CLUSTER}-restored has no instance {PREFIX}-restored-1. Create it first: csr-operate prod "
        "create-instances restored",
        NOTHING,
    ]


def test_the_cluster_of_an_earlier_restore_is_deleted_first(restored: Operator) -> None:
    """Its name is in use."""
    databases.leave_old(restored.world)

    assert swap(restored).err == [
        f"{CLUSTER}-old exists from an earlier restore. Delete it first: csr-operate prod "
        "delete-spare-cluster old",
        NOTHING,
    ]


def test_without_a_restore_there_is_nothing_to_use(deployed: Operator) -> None:
    """Neither a restored nor an old cluster."""
    assert swap(deployed).err == [
        f"There is neither {CLUSTER}-restored nor {CLUSTER}-old. Restore first.",
        NOTHING,
    ]


def test_another_endpoint_is_no_success(restored: Operator) -> None:
    """The API would not reach the database."""
    restored.world.stacks.stacks["database"].outputs["DatabaseClusterEndpoint"] = "elsewhere"

    run = swap(restored)

    assert run.status == 1
    assert run.err[0].endswith(", and the output elsewhere. Do not start the API.")


class _Failing(dict[str, BaseException]):
    """Lets the call of a number fail that changes something, whatever it is."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.remaining = number

    def pop(self, name: str, default: Any = None) -> Any:
        service, operation = name.split(":")
        if is_read(service, operation):
            return default
        self.remaining -= 1
        return FAULTS["throttled"]() if self.remaining == 0 else default


@pytest.mark.acceptance
def test_the_same_command_goes_on_after_each_step(operator: Operator) -> None:
    """Whichever change fails, the repeat ends with the same clusters and instances."""
    number = 0
    while True:
        number += 1
        operator.world.reset()
        databases.deploy(operator.world)
        databases.restore(operator.world)
        operator.world.recorder.failing = _Failing(number)
        first = swap(operator)
        operator.world.recorder.failing = {}
        if first.status == 0:
            break
        assert swap(operator).status == 0
        assert databases.clusters(operator.world) == SWAPPED

    assert number == 9  # three renames of a cluster or its completion, four of instances, and the stop


# ---- delete-spare-cluster ----


@pytest.mark.parametrize("is_live", [True, False])
def test_the_restored_cluster_leaves_a_snapshot_while_the_other_is_missing(
    restored: Operator, is_live: bool
) -> None:
    """It may be the only copy of the data."""
    if not is_live:
        moto_rds.set_status(REGION, CLUSTER, "failed")

    run = restored.run("delete-spare-cluster", "restored", "--confirm", f"{CLUSTER}-restored")

    (deletion,) = [line for line in run.printed if " delete-db-cluster " in line]
    assert run.status == 0
    assert ("--skip-final-snapshot" in deletion) is is_live
    assert (f"--final-db-snapshot-identifier {CLUSTER}-restored-final-" in deletion) is not is_live
    assert list(databases.clusters(restored.world)) == [CLUSTER]


def test_a_deletion_that_has_begun_is_only_waited_for(
    restored: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a new session of the shell; then the log groups go."""
    spare = f"{CLUSTER}-restored"
    restored.world.client("logs").create_log_group(logGroupName=f"/aws/rds/cluster/{spare}/audit")
    moto_rds.set_status(REGION, spare, "deleting")
    monkeypatch.setattr(waiting, "sleep", lambda _: moto_rds.backend(REGION).clusters.pop(spare, None))

    run = restored.run("delete-spare-cluster", "restored", "--confirm", spare)

    assert (run.status, run.err) == (0, [])
    assert [line.split()[2] for line in run.printed] == ["delete-log-group"]


def test_a_cluster_that_is_being_stopped_is_started_again(
    restored: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a few minutes after use-restored-cluster; a stopped cluster does not become available by itself."""
    spare = f"{CLUSTER}-restored"
    moto_rds.set_status(REGION, spare, "stopping")

    def stop(_: float) -> None:
        if moto_rds.backend(REGION).clusters[spare].status == "stopping":
            moto_rds.set_status(REGION, spare, "stopped")
            monkeypatch.setattr(waiting, "sleep", lambda _: None)

    monkeypatch.setattr(waiting, "sleep", stop)

    run = restored.run("delete-spare-cluster", "restored", "--confirm", spare)

    assert (run.status, run.err) == (0, [])
    assert run.printed[0].split()[2] == "start-db-cluster"
    assert list(databases.clusters(restored.world)) == [CLUSTER]
