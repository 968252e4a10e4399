"""The KMS keys: ``show-keys`` and ``enable-key``."""

import pytest

from tests.system import PROJECT

from . import creating
from .conftest import Operator
from .recorded import FAULTS
from .stacks import PREFIX

VIRGINIA = "us-east-1"


def key_state(operator: Operator, region: str) -> str:
    """Return the state of the key that was created last."""
    key = operator.world.client("kms", region).describe_key(KeyId=operator.world.key)
    return str(key["KeyMetadata"]["KeyState"])


def test_keys_are_shown_with_what_they_encrypt(operator: Operator) -> None:
    """Those of both regions, also when no stack exists any more."""
    creating.create_keys(operator.world)
    operator.world.stacks.stacks.clear()
    used = operator.world.key
    days = {"RotationPeriodInDays": 365}  # which moto leaves out
    operator.world.recorder.coming["kms:GetKeyRotationStatus"] = [days] * 3

    run = operator.run("show-keys")

    assert (run.status, run.err) == (0, [])
    keys = [line.split() for line in run.out if "arn:aws:kms" in line]
    assert [key[:2] for key in keys] == [
        [f"{PREFIX}-function-key", "Enabled"],
        [f"{PREFIX}-database-key", "Enabled"],
        [f"{PREFIX}-frontend-key", "Enabled"],
    ]
    assert [key[3:5] for key in keys].count(["365", "days"]) == 1
    assert [key[3] for key in keys].count("off") == 2
    encrypted = [line.split() for line in run.out]
    assert ["log", "group", f"/aws/lambda/{PREFIX}-api", used.rpartition("/")[2]] in encrypted
    assert "snapshot before-deploy" in "\n".join(run.out)
    assert f"secret {PREFIX}-db-credentials in ap-northeast-1" in "\n".join(run.out)


def test_a_pending_deletion_is_marked(operator: Operator) -> None:
    """Of a key, and of a secret."""
    creating.schedule_deletion(operator.world)
    operator.world.create_origin_keys()
    secret = operator.world.name("OriginApiKeySecretB")
    client = operator.world.client("secretsmanager")
    client.remove_regions_from_replication(SecretId=secret, RemoveReplicaRegions=[VIRGINIA])
    client.delete_secret(SecretId=secret)

    marked = [line.split() for line in operator.run("show-keys").out if line.strip().startswith("!")]

    assert marked[0][1:3] == [f"{PREFIX}-frontend-key", "PendingDeletion"]
    assert marked[1][1:3] == ["secret", secret]
    assert len(marked) == 2


def test_keys_of_the_same_name_are_shown_with_their_users(operator: Operator) -> None:
    """So that it is seen which one a failed attempt has left; keys of other names are not shown."""
    creating.create_keys(operator.world)
    creating.create_key(operator.world, "ap-northeast-1", "database")

    run = operator.run("show-keys", "--name", f"{PREFIX}-database-key")

    keys = [line.split()[-1].rpartition("/")[2] for line in run.out if "arn:aws:kms" in line]
    used = [line.split()[-1] for line in run.out if "log group /aws/lambda" in line]
    assert (run.status, len(keys)) == (0, 2)
    assert used == keys[:1]


def test_a_name_that_no_key_has_is_said(operator: Operator) -> None:
    """Perhaps it was mistyped."""
    run = operator.run("show-keys", "--name", "other")

    assert (run.status, run.out[1]) == (0, "No key has the tags Name=other.")


@pytest.mark.parametrize("call", ["resourcegroupstaggingapi:GetResources", "kms:DescribeKey"])
def test_a_key_that_cannot_be_read_is_marked(operator: Operator, call: str) -> None:
    """The others are shown."""
    creating.create_keys(operator.world)
    operator.world.recorder.failing[call] = FAULTS["denied"]()

    run = operator.run("show-keys")

    assert run.status == 1
    assert len([line for line in run.out if line.strip().startswith("!") and "unknown" in line]) == 1
    assert any("Enabled" in line for line in run.out)


@pytest.mark.parametrize("state", ["PendingDeletion", "Disabled"])
def test_a_key_is_enabled(operator: Operator, state: str) -> None:
    """Only a pending deletion is canceled, because KMS refuses that for a key in another state."""
    creating.schedule_deletion(operator.world)
    kms = operator.world.client("kms", VIRGINIA)
    key = operator.world.key.rpartition("/")[2]
    if state == "Disabled":
        kms.cancel_key_deletion(KeyId=key)
        kms.disable_key(KeyId=key)
    assert key_state(operator, VIRGINIA) == state

    run = operator.run("enable-key", operator.world.key)

    assert (run.status, run.err) == (0, [])
    assert [line.split()[2] for line in run.printed] == [
        *(["cancel-key-deletion"] if state == "PendingDeletion" else []),
        "enable-key",
    ]
    assert key_state(operator, VIRGINIA) == "Enabled"


def test_a_key_that_is_enabled_is_not_touched(operator: Operator) -> None:
    """The state is said."""
    key = creating.create_key(operator.world, VIRGINIA, "frontend")

    run = operator.run("enable-key", operator.world.key)

    assert (run.status, run.printed, run.out[-1]) == (
        0,
        [],
        f"Now the key {key} is Enabled. There is nothing to enable.",
    )


def test_a_key_of_another_environment_is_refused(operator: Operator) -> None:
    """Its tags say it."""
    key = creating.create_key(operator.world, VIRGINIA, "frontend", environment="dev")

    run = operator.run("enable-key", operator.world.key)

    assert (run.status, run.printed) == (2, [])
    assert run.err == [
        f"The key {key} does not belong to {PREFIX}: its tags are Project={PROJECT} and Environment=dev.",
        "Nothing was changed.",
    ]


@pytest.mark.parametrize("arn", ["alias/aws/s3", "arn:aws:kms:eu-west-1:123456789012:key/x"])
def test_what_is_not_a_key_of_the_regions_is_refused(operator: Operator, arn: str) -> None:
    """Before any call of KMS."""
    run = operator.run("enable-key", arn)

    assert run.status == 2
    assert run.err[0] == (f"{arn} is not the ARN of a KMS key of {PREFIX}. show-keys prints it.")
    assert not [call for call in run.called if call.startswith("kms:")]


def test_a_canceled_deletion_is_finished_by_the_same_command(operator: Operator) -> None:
    """The key is disabled then."""
    creating.schedule_deletion(operator.world)
    operator.world.recorder.failing["kms:EnableKey"] = FAULTS["denied"]()

    run = operator.run("enable-key", operator.world.key)

    assert run.status == 1
    assert run.err[1:] == [
        "Done before it stopped: kms:CancelKeyDeletion.",
        "Continue with: the same command again",
    ]
    assert operator.run("enable-key", operator.world.key).status == 0
    assert key_state(operator, VIRGINIA) == "Enabled"
