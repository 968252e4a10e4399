"""docs/recovery.md: its commands bring back each stack, and no data is lost on the way."""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.docs.pages import CHOICES, CHOSEN_SNAPSHOT, LOAD, RECOVERY, TOOLS, Block, filled, read

from ..drill.account import Account
from .broken import arguments, main
from .conftest import AGAIN, DELETED, NEW_API, REST, of_section, session_of
from .model import QUIET, files
from .moto_account import PASSWORD, TOKYO, MotoAccount
from .replay import loaded, programs, run
from .world import VIRGINIA, Session, Terminal

PARTS = list(dict.fromkeys(map(session_of, read(RECOVERY).shell())))


@pytest.mark.parametrize("part", PARTS)
def test_part_runs(part: str, recovery_sessions: dict[str, Session]) -> None:
    """The commands of a part, run in order, succeed: the CLI accepts each one."""
    session = recovery_sessions[part]

    assert session.err == ""
    assert session.status == 0


@pytest.mark.parametrize(("section", "stack"), DELETED.items())
def test_commands_bring_back_the_stack(
    section: str,
    stack: str,
    terminal: Terminal,
    recovery_sessions: dict[str, Session],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The deploy after the import replaces, removes and generates nothing, and all data is there."""
    blocks = of_section(read(RECOVERY).shell(), section)
    deploying = re.compile(r"^(plan_deploy|run_changes|close_default_group).*\n", re.MULTILINE)
    imports = [replace(block, text=deploying.sub("", block.text)) for block in blocks]
    session = terminal.session(LOAD, imports, deleted=stack)
    assert (session.status, session.err) == (0, "")
    assert session.model is not None
    # Only in the model, because moto has the resources of a later session.
    monkeypatch.setattr(MotoAccount, "identify", Account.identify)
    imported = session.model.wrong()
    others = [one for one in session.model.gone if one != stack]
    changes = session.model.drill.deploy(stack)

    assert any(one.startswith(f"{stack}: other resources: ") for one in imported)
    assert (changes.replaced, changes.generated, changes.removed) == ({}, [], [])
    missing = [f"{one}: still missing" for one in reversed(others)]
    assert session.model.wrong() == missing
    deployed = recovery_sessions[section].model
    assert deployed is not None
    assert deployed.wrong() == missing


def typed(text: str) -> Block:
    """Return a block that is on no page."""
    return Block("", 0, "sh", f"{text}\n")


def test_new_value_of_a_secret_is_noticed(terminal: Terminal) -> None:
    """If a secret gets another value while it is imported, the import ends with an error that names it."""
    name = next(
        one["ResourceIdentifier"]["Id"]["Name"]
        for one in files().json("recovery/prod/api.json")["ResourcesToImport"]
        if one["ResourceType"] == "AWS::SecretsManager::Secret"
    )
    change = (
        f"aws secretsmanager put-secret-value --region ap-northeast-1 --secret-id {name} --secret-string {{}}"
    )
    session = terminal.session(
        LOAD, [typed("prepare_import api"), typed(change), typed("run_import api")], deleted="api"
    )

    assert session.status == 1
    assert re.search(f"secret:{name}-.*: the value was version .* and is now ", session.err)


def test_connection_in_the_secret_of_the_database_is_no_change(
    recovery_sessions: dict[str, Session],
) -> None:
    """The deploy after the import writes a new version of the secret, with the endpoint of the cluster."""
    out = recovery_sessions[NEW_API].out

    assert re.findall("^(?:the stack has no secrets|no secret has changed)$", out, re.MULTILINE) == [
        "the stack has no secrets",  # network: import and end
        "the stack has no secrets",
        "no secret has changed",  # database: both imports and end
        "no secret has changed",
        "no secret has changed",
        "no secret has changed",  # api: import and end
        "no secret has changed",
    ]


def test_new_password_after_the_deploy_is_noticed(terminal: Terminal) -> None:
    """The stack is protected and compared all the same, and no value of a secret is printed or saved."""
    secret = "csr-lambda-api-prod-db-credentials"
    version = (
        f"aws secretsmanager list-secret-version-ids --region ap-northeast-1 --secret-id {secret} "
        "--output text --query \"Versions[?contains(VersionStages, 'AWSCURRENT')].VersionId\""
    )
    change = (
        f"aws secretsmanager put-secret-value --region ap-northeast-1 --secret-id {secret} "
        """--secret-string '{"username": "csradmin", "password": "generated", "host": "h"}' > out.txt"""
    )
    after = typed("end_recovery database")
    saved = typed("cat secrets-database.txt")
    deployed = [typed(version), *of_section(read(RECOVERY).shell(), "Database"), typed(version)]
    session = terminal.session(LOAD, [*deployed, saved, typed(change), after], "database")
    client = terminal.world.client("secretsmanager", TOKYO)
    values = [
        json.loads(client.get_secret_value(SecretId=secret, VersionId=one)["SecretString"])
        for one in re.findall("^[0-9a-f-]{36}$", session.out, re.MULTILINE)
    ]

    assert [set(one) - {"username", "password"} for one in values] == [
        set(),
        {"dbClusterIdentifier", "engine", "host", "port"},
    ]
    assert session.status == 1
    assert re.search(f"secret:{secret}-.*: the value was version .* and is now ", session.err)
    assert "database: DETECTION_COMPLETE\n[]\n" in session.out
    assert "database: termination protection or stack policy is missing" not in session.unfinished
    assert not {PASSWORD, "generated"} & set(re.findall(r"[\w-]+", session.out + session.err))


def test_fields_that_are_compared_are_those_that_are_generated(
    resources: dict[str, Mapping[str, Any]],
) -> None:
    """The function compares what the templates generate, and no other field, such as an endpoint."""
    secrets = [
        resource["Properties"]["GenerateSecretString"]
        for stack in resources.values()
        for resource in stack.values()
        if resource["Type"] == "AWS::SecretsManager::Secret"
    ]
    generated = {one["GenerateStringKey"] for one in secrets}
    generated |= {field for one in secrets for field in json.loads(one["SecretStringTemplate"])}
    (compared,) = re.findall(r"map\(\{([\w, ]+)\}\) \|", TOOLS.read_text("utf-8"))

    assert set(compared.split(", ")) == generated


def test_import_of_anything_but_imports_is_refused(terminal: Terminal, tmp_path: Path) -> None:
    """The preparation counts what the change set imports, and fails if it would do anything else."""
    prepare = "prepare_import api\n"
    session = terminal.session(LOAD, [replace(typed(prepare), line=1)], "api")
    *answers, changes = session.printed["1"]
    scripts = programs(tmp_path / "replay")
    good = run(loaded() + prepare, [*answers, changes], scripts)
    one_adds = changes.replace('"Import"', '"Add"', 1)
    bad = run(loaded() + prepare, [*answers, one_adds], scripts)
    too_few = run(loaded() + prepare, [*answers, '[{"Action": "Import"}]'], scripts)

    assert (good.status, good.err) == (0, "")
    assert good.out.endswith("6 of 6 are Import\n")
    assert bad.status != 0
    assert "5 of 6 are Import, of 6 listed resources. Do not run it." in bad.err
    assert too_few.status != 0
    assert "1 of 1 are Import, of 6 listed resources. Do not run it." in too_few.err


def test_key_of_the_same_name_is_found_and_loses_its_tag(terminal: Terminal) -> None:
    """Two keys of one name stop the preparation; the page shows both, and which one the secret uses."""
    name = "csr-lambda-api-prod-database-key"
    twin = typed(
        "aws kms create-key --region ap-northeast-1 --tags "
        f"TagKey=Name,TagValue={name} TagKey=Project,TagValue=csr-lambda-api "
        "TagKey=Environment,TagValue=prod --query KeyMetadata.Arn --output text > twin"
    )
    refused = typed("set +e\nprepare_import database\necho $?\nset -e")
    look = typed(f"show_same_keys database {name}\nremove_key_name $(< twin)\nprepare_import database")
    session = terminal.session(LOAD, [twin, refused, look], "database")

    assert session.status == 0
    assert session.err.startswith(f"More than one has the tag Name {name}: ")
    keys = re.findall(r"^arn:aws:kms:ap-northeast-1:\d+:key/(\S+)\t.*\tEnabled$", session.out, re.MULTILINE)
    (used,) = re.findall(r"^(\S+)\tcsr-lambda-api-prod-db-credentials$", session.out, re.MULTILINE)
    (untagged,) = [one.parameters["KeyId"] for one in session.seen if one.name == "untag-resource"]
    assert sorted(keys) == sorted([used, untagged.rpartition("/")[2]])
    assert re.search(rf"^\S+\t{CHOSEN_SNAPSHOT}$", session.out, re.MULTILINE)
    assert session.out.endswith("5 of 5 are Import\n")


def test_deploy_before_the_restore_waits_for_the_import(tmp_path: Path) -> None:
    """It runs in the states that an import or itself leaves, and never once the stack has the cluster."""
    scripts = programs(tmp_path / "replay")
    refused = ("REVIEW_IN_PROGRESS", "CREATE_COMPLETE")
    ready = ("IMPORT_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE")
    ends = {
        (status, owned): run(f"{loaded()}deploy_before_restore\n", [owned, status, "123456789012"], scripts)
        for status in (*ready, *refused)
        for owned in ("0", "1")
    }
    ran = {key for key, end in ends.items() if any(call.is_changing for call in end.calls)}

    assert ran == {(status, "0") for status in ready}
    assert {end.status for key, end in ends.items() if key not in ran} == {1}
    assert ends["REVIEW_IN_PROGRESS", "0"].err == (
        "The stack database is REVIEW_IN_PROGRESS, not IMPORT_COMPLETE UPDATE_COMPLETE "
        "UPDATE_ROLLBACK_COMPLETE. Do not continue.\n"
    )
    assert ends["UPDATE_ROLLBACK_COMPLETE", "1"].err == (
        "The cluster belongs to the stack: skip this deploy.\n"
    )


def test_nothing_is_left_to_do(recovery_sessions: dict[str, Session], terminal: Terminal) -> None:
    """All steps of the pages, and nothing else, recover a network and the stacks that depend on it.

    If some are omitted, the drill reports them.
    """
    session = recovery_sessions[NEW_API]
    assert session.model is not None
    assert (session.model.wrong(), session.unfinished) == ([], [])

    forgotten = recovery_sessions["Database"].unfinished
    assert (
        "database: csr-lambda-api-prod-restored is an instance of DatabaseCluster, and does not belong to "
        "the stack"
    ) in forgotten

    blocks = of_section(read(RECOVERY).shell(), "API")
    left = "\n".join(terminal.session(LOAD, blocks, "api").unfinished)

    assert "api: termination protection or stack policy is missing" in left
    assert "api: ApiCriticalAlarmTopic has no subscription" in left
    assert "frontend: CloudFront does not lead to the API" in left
    assert f"api: ApiFunction has package {CHOICES['VERSION']}, not " in left


@pytest.mark.parametrize("stack", ["network", "database", "api"])
def test_drift_without_a_difference_is_an_empty_list(
    stack: str, recovery_sessions: dict[str, Session]
) -> None:
    """The page contains the output, also for instances without Performance Insights."""
    assert f"{stack}: DETECTION_COMPLETE\n[]\n" in recovery_sessions[NEW_API].out


KEY_IS_GONE = {"PropertyPath": "/PerformanceInsightsKMSKeyId", "DifferenceType": "REMOVE"}


@pytest.mark.parametrize(
    ("status", "differences"),
    [
        ("MODIFIED", [{**KEY_IS_GONE, "DifferenceType": "NOT_EQUAL"}]),
        ("MODIFIED", [{**KEY_IS_GONE, "PropertyPath": "/MonitoringRoleArn"}]),
        (
            "MODIFIED",
            [KEY_IS_GONE, {"PropertyPath": "/EnablePerformanceInsights", "DifferenceType": "NOT_EQUAL"}],
        ),
        ("MODIFIED", [{"PropertyPath": "/DBInstanceClass", "DifferenceType": "NOT_EQUAL"}, KEY_IS_GONE]),
        ("DELETED", None),
    ],
    ids=["another key", "another property", "Performance Insights disabled", "another class", "deleted"],
)
def test_other_drift_of_an_instance_is_reported(
    status: str,
    differences: list[dict[str, str]] | None,
    terminal: Terminal,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Only an instance that lacks nothing but the key of Performance Insights is left out."""
    found: dict[str, Any] = {"LogicalResourceId": "DatabaseInstance1", "StackResourceDriftStatus": status}
    if differences is not None:
        found["PropertyDifferences"] = differences
    left_out = {
        "LogicalResourceId": "DatabaseInstance2",
        "StackResourceDriftStatus": "MODIFIED",
        "PropertyDifferences": [KEY_IS_GONE],
    }
    monkeypatch.setitem(QUIET, "DescribeStackResourceDrifts", {"StackResourceDrifts": [found, left_out]})
    session = terminal.session(LOAD, [typed("drift database")])
    listed = json.loads(session.out.removeprefix("database: DETECTION_COMPLETE\n"))

    assert listed == [["DatabaseInstance1", status, differences]]


def test_other_template_is_named(terminal: Terminal) -> None:
    """The block reports an ``out/`` that was not deployed, and fails for a stack that was not deleted."""
    other = "cp -rL out o; echo '# new' >> o/api.yaml; source o/tools.sh prod > o/log"
    ask = typed("last_deploys api")
    session = terminal.session(LOAD, [ask, typed(other), ask], deleted="api")
    unknown = terminal.continued(LOAD, [typed("last_deploys database")])

    assert re.findall("^its template: (.*)$", session.out, re.MULTILINE) == [
        "api.yaml",
        "a different one",
    ]
    assert unknown.status != 0
    assert "no deleted stack found" in unknown.err


def test_instances_of_the_stack_take_over(recovery_sessions: dict[str, Session]) -> None:
    """The instance that was created to check the data is deleted only once another one is the writer."""
    session = recovery_sessions[NEW_API]
    changes = [
        (one.name, one.parameters)
        for one in session.seen
        if one.name in ("create-db-instance", "failover-db-cluster", "delete-db-instance")
    ]
    (_, created), (_, failover), (_, deleted) = changes

    assert [name for name, _ in changes] == [
        "create-db-instance",
        "failover-db-cluster",
        "delete-db-instance",
    ]
    assert "databaseinstance1" in failover["TargetDBInstanceIdentifier"]
    assert deleted["DBInstanceIdentifier"] == created["DBInstanceIdentifier"]
    assert created["DBInstanceIdentifier"].endswith("-restored")  # otherwise a wrong one is not deleted
    assert created["PromotionTier"] == 15
    assert len(session.instances) == 2


def test_writer_is_never_deleted(tmp_path: Path) -> None:
    """Before the failover is complete, the block waits. If it is complete already, nothing fails over."""
    scripts = programs(tmp_path / "replay")

    def changes(*answers: str) -> tuple[list[str], bool]:
        end = run(f"{loaded()}end_check\n", answers, scripts)
        return [call.title.split()[-1] for call in end.calls if call.is_changing], end.status == 0

    failover, deletion = "failover-db-cluster", "delete-db-instance"
    assert changes("new", "restored", "{}", "restored", "new", "{}") == ([failover, deletion], True)
    assert changes("new", "restored", "{}", "restored", "") == ([failover], False)
    assert changes("new", "new", "{}") == ([deletion], True)


def test_wrong_snapshot_is_deleted_and_leaves_none(recovery_sessions: dict[str, Session]) -> None:
    """The restored cluster is deleted, and another one is restored under its name."""
    session = recovery_sessions[AGAIN]
    (deleted,) = [one.parameters for one in session.seen if one.name == "delete-db-cluster"]
    points = [one.parameters for one in session.seen if one.name == "restore-db-cluster-to-point-in-time"]

    assert deleted["SkipFinalSnapshot"] is True
    assert {point["SourceDbClusterResourceId"] for point in points} == {CHOICES["BACKUP"]}
    original, beside = (point["DBClusterIdentifier"] for point in points)
    assert (original, beside) == (deleted["DBClusterIdentifier"], f"{original}-restored")
    assert set(session.clusters) == {original, beside}
    assert session.instances == []


def test_cluster_of_a_stack_is_not_deleted(terminal: Terminal) -> None:
    """The block for a wrong snapshot checks the stack first."""
    session = terminal.session(LOAD, [typed("delete_wrong_restore CLUSTER")], deleted="frontend")

    assert session.status != 0
    assert "The cluster belongs to the stack. Do not delete it." in session.err
    assert [one.title for one in session.seen] == ["cloudformation list-stack-resources"]


def test_cluster_that_was_not_restored_is_not_deleted(tmp_path: Path) -> None:
    """The block leaves alone a cluster with an instance that has another name, be it in no stack."""
    members = '["csr-lambda-api-prod-database-databaseinstance1-x"]'
    call = filled("delete_wrong_restore CLUSTER\n")
    end = run(loaded() + call, ["0\n", members], programs(tmp_path / "replay"))

    assert end.status != 0
    assert "another instance: " in end.err
    assert not any(call.is_changing for call in end.calls)


def test_waiting_again_creates_nothing_twice(recovery_sessions: dict[str, Session]) -> None:
    """The block after a restore can be pasted again, whatever of it was done."""
    created = [
        one.parameters["DBInstanceIdentifier"]
        for one in recovery_sessions[AGAIN].seen
        if one.name == "create-db-instance"
    ]

    assert created == ["csr-lambda-api-prod-restored"] * 2  # the second time after its deletion


def test_missing_copy_of_a_secret_is_made_again(terminal: Terminal) -> None:
    """A secret that us-east-1 lacks is replicated; one that it has is left alone."""
    secret = f"csr-lambda-api-prod-origin-api-key-{CHOICES['KEY']}"
    again = typed("replicate_origin_key KEY")
    remove = typed(
        "aws secretsmanager remove-regions-from-replication --region ap-northeast-1 "
        f"--secret-id {secret} --remove-replica-regions us-east-1"
    )
    session = terminal.session(LOAD, [again, remove, again], deleted="frontend")
    copy = terminal.world.client("secretsmanager", VIRGINIA).get_secret_value(SecretId=secret)

    assert (session.status, session.err) == (0, "")
    assert f"{secret} is replicated" in session.out
    assert [one.region for one in session.seen if one.name == "replicate-secret-to-regions"] == [
        "ap-northeast-1"
    ]
    assert "apiKey" in copy["SecretString"]


def test_key_that_is_to_be_deleted_is_listed(recovery_sessions: dict[str, Session]) -> None:
    """The list shows the key with its state."""
    assert len(re.findall("^PendingDeletion\t", recovery_sessions[REST].out, re.MULTILINE)) == 1


def test_drill_says_what_is_missing(capfd: pytest.CaptureFixture[str]) -> None:
    """The practice terminal reports unsupported commands, and in the end what is not done."""
    assert arguments().parse_args(["api", "frontend"]).stacks == ["api", "frontend"]
    status = main(["frontend"])
    out = capfd.readouterr().out

    assert status == 1
    assert "The model does not know:\n- permissions" in out
    assert "The change set of a deploy has an empty list of changes here" in out
    assert out.endswith(
        "Deleted: frontend. You are in a folder with out/. Leave with exit.\nfrontend: still missing\n"
    )


def test_restore_uses_the_chosen_snapshot(recovery_sessions: dict[str, Session]) -> None:
    """The snapshot that a person has chosen is restored, under the identifier that the cluster had."""
    (restored,) = [
        one.parameters
        for one in recovery_sessions["Database"].seen
        if one.name == "restore-db-cluster-from-snapshot"
    ]

    assert restored["SnapshotIdentifier"] == CHOSEN_SNAPSHOT
    assert restored["DBClusterIdentifier"] == "csr-lambda-api-prod-aurora-cluster"
