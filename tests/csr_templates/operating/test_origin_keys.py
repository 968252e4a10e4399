"""The origin keys: what is shown, a new value, and the copy of a secret."""

import json
from typing import Any

import pytest

from . import creating
from .conftest import Operator
from .recorded import FAULTS
from .stacks import PREFIX

SECRET = f"{PREFIX}-origin-api-key-a"
TARGET = "us-east-1"


@pytest.fixture
def deployed(operator: Operator) -> Operator:
    """Production with the secrets of both keys and the usage plan."""
    operator.world.create_api()
    operator.world.create_origin_keys()
    return operator


def value(operator: Operator, region: str) -> str:
    """Return the key in the secret of the key a."""
    client = operator.world.client("secretsmanager", region)
    secret = client.get_secret_value(SecretId=SECRET, VersionStage="AWSCURRENT")
    return str(json.loads(secret["SecretString"])["apiKey"])


def replica(status: str, message: str = "") -> dict[str, Any]:
    """Return what DescribeSecret says about the copy."""
    return {"ReplicationStatus": [{"Region": TARGET, "Status": status, "StatusMessage": message}]}


def test_a_healthy_environment_has_no_mark(deployed: Operator) -> None:
    """The keys of both stacks, the copies, and the keys of the usage plan; no value of a secret."""
    run = deployed.run("show-origin-keys")

    assert (run.status, run.err) == (0, [])
    assert run.out[1] == "OriginKeys: a, OriginKey: a"
    assert run.out[2].split() == ["key", "secret", "replica", "in", TARGET]
    assert run.out[3].split() == ["a", SECRET, "InSync"]
    assert run.out[5].endswith(": 1")
    assert run.out[7].endswith("enabled")
    assert not [line for line in run.out if line.strip().startswith("!")]


def test_what_is_wrong_is_marked(deployed: Operator) -> None:
    """A key that the API does not accept, a disabled key, and a copy that failed."""
    deployed.world.stacks.stacks["frontend"].parameters["OriginKey"] = "b"
    deployed.run("stop-api")
    deployed.world.recorder.coming["secretsmanager:DescribeSecret"] = [replica("Failed", "no access")] * 2

    marked = [line.split() for line in deployed.run("show-origin-keys").out if line.strip().startswith("!")]

    assert marked[0] == ["!", "OriginKeys:", "a,", "OriginKey:", "b"]
    assert [line[1:] for line in marked[1:3]] == [
        [key, f"{PREFIX}-origin-api-key-{key}", "Failed:", "no", "access"] for key in "ab"
    ]
    assert marked[3][-1] == "disabled"


def test_the_keys_are_shown_although_the_stack_of_the_site_is_gone(deployed: Operator) -> None:
    """As in a recovery; nothing is sent, so nothing is wrong."""
    del deployed.world.stacks.stacks["frontend"]

    run = deployed.run("show-origin-keys")

    assert (run.status, run.out[1]) == (0, "OriginKeys: a, OriginKey: not deployed")


def test_a_key_that_is_not_in_use_gets_a_new_value(operator: Operator) -> None:
    """As long as the one that the template generates, and without punctuation."""
    creating.change_key(operator.world)
    before = value(operator, "ap-northeast-1")

    run = operator.run("new-origin-key", "a", "--confirm", SECRET)

    assert (run.status, run.err) == (0, [])
    after = value(operator, "ap-northeast-1")
    assert (after != before, len(after), after.isalnum()) == (True, 40, True)
    assert after not in "\n".join(run.out)


def test_a_new_value_is_made_as_in_the_template(operator: Operator) -> None:
    """The members of the call are those of GenerateSecretString in api.yaml."""
    creating.change_key(operator.world)
    (call,) = [
        call
        for call in operator.run("new-origin-key", "a", "--confirm", SECRET).calls
        if call.operation == "GetRandomPassword"
    ]
    template = operator.world.environment.stack("api").template.read_text("utf-8")
    generated = template.partition("  OriginApiKeySecretA:\n")[2].partition("  OriginApiKeySecretB:\n")[0]

    assert f"PasswordLength: {call.parameters['PasswordLength']}\n" in generated
    assert "ExcludePunctuation: true\n" in generated
    assert set(call.parameters) == {"PasswordLength", "ExcludePunctuation"}
    assert "GenerateStringKey: apiKey\n" in generated


@pytest.mark.parametrize(("accepted", "sent"), [("both", "b"), ("a", "a"), ("b", "a"), ("both", "a")])
def test_a_key_in_use_gets_no_new_value(deployed: Operator, accepted: str, sent: str) -> None:
    """Whether the API accepts it, or CloudFront sends it."""
    deployed.world.stacks.stacks["api"].parameters["OriginKeys"] = accepted
    deployed.world.stacks.stacks["frontend"].parameters["OriginKey"] = sent

    run = deployed.run("new-origin-key", "a", "--confirm", SECRET)

    assert (run.status, run.printed) == (1, [])
    assert run.err == [
        f"The key a gets no new value, because OriginKeys is {accepted} and OriginKey is {sent}. "
        "Both must be b.",
        "Nothing was changed.",
    ]


def test_a_deploy_in_progress_refuses_a_new_value(operator: Operator) -> None:
    """It is not known which key it will leave."""
    creating.change_key(operator.world)
    operator.world.stacks.stacks["api"].status = "UPDATE_IN_PROGRESS"

    run = operator.run("new-origin-key", "a", "--confirm", SECRET)

    assert (run.status, run.printed) == (1, [])
    assert run.err[0].startswith("The stack api is UPDATE_IN_PROGRESS, and its OriginKeys is b. Wait until")


def test_a_missing_copy_is_made_again_and_waited_for(operator: Operator) -> None:
    """Each status of the copy is shown."""
    creating.create_origin_key_without_replica(operator.world)
    coming = operator.world.recorder.coming
    coming["secretsmanager:DescribeSecret"] = [{}, replica("InProgress")]

    run = operator.run("replicate-origin-key", "a")

    assert (run.status, run.err) == (0, [])
    statuses = [line.rpartition(": ")[2] for line in run.out if " JST  " in line]
    assert statuses == ["InProgress", "InSync"]
    assert value(operator, TARGET) == value(operator, "ap-northeast-1")


def test_a_copy_that_is_in_sync_is_not_touched(deployed: Operator) -> None:
    """It is only said."""
    run = deployed.run("replicate-origin-key", "a")

    assert (run.status, run.printed) == (0, [])
    assert run.out[-1] == f"{SECRET} is InSync in {TARGET}."


def test_a_copy_in_progress_is_waited_for_and_not_made_twice(deployed: Operator) -> None:
    """As when the command is repeated after its wait was stopped."""
    deployed.world.recorder.coming["secretsmanager:DescribeSecret"] = [replica("InProgress")] * 2

    run = deployed.run("replicate-origin-key", "a")

    assert (run.status, run.printed) == (0, [])
    assert run.out[-1].endswith(f"{SECRET} in {TARGET}: InSync")


def test_a_copy_that_fails_says_why(operator: Operator) -> None:
    """The same command tries again."""
    creating.create_origin_key_without_replica(operator.world)
    failed = replica("Failed", "The key is disabled")
    operator.world.recorder.coming["secretsmanager:DescribeSecret"] = [{}, failed]

    run = operator.run("replicate-origin-key", "a")

    assert run.status == 1
    assert run.err == [
        f"{SECRET} in {TARGET} is Failed: The key is disabled",
        "Done before it stopped: secretsmanager:ReplicateSecretToRegions.",
        "Continue with: the same command again",
    ]


def test_a_wait_for_a_copy_survives_a_call_without_an_answer(
    deployed: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next answer counts."""
    recorder = deployed.world.recorder
    recorder.coming["secretsmanager:DescribeSecret"] = [replica("InProgress")] * 2

    def fail(_: float) -> None:
        recorder.failing["secretsmanager:DescribeSecret"] = FAULTS["time-out"]()
        monkeypatch.setattr("csr_templates.operating.waiting.sleep", lambda seconds: None)

    monkeypatch.setattr("csr_templates.operating.waiting.sleep", fail)
    run = deployed.run("replicate-origin-key", "a")

    assert run.status == 0
    assert any(line.endswith(": unknown") for line in run.out)
