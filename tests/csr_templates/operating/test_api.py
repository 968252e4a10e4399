"""The API: its Lambda versions, keys and quota."""

import pytest

from .conftest import Operator
from .recorded import FAULTS
from .stacks import PREFIX, stack_event
from .world import PASSWORD


@pytest.fixture
def released(operator: Operator) -> Operator:
    """Production with three releases, of which the last one runs."""
    operator.world.create_function()
    return operator


def test_roll_back_points_the_alias_to_an_earlier_version(released: Operator) -> None:
    """It says which version it leaves, and the way back."""
    run = released.run("roll-back", "1")

    assert (run.status, run.err) == (0, [])
    assert released.world.alias() == "1"
    assert run.out[2:] == [
        "Points the alias prod from version 3 to version 1. Way back: csr-operate prod roll-back 3",
        f"==> aws lambda update-alias --region ap-northeast-1 --function-name {PREFIX}-api "
        """--name prod --function-version 1 --routing-config '{"AdditionalVersionWeights":{}}'""",
        "Now version 1 answers all requests.",
    ]


def test_the_way_back_works(released: Operator) -> None:
    """From the earlier version to that of the stack."""
    released.run("roll-back", "1")

    assert released.run("roll-back", "3").status == 0
    assert released.world.alias() == "3"


def test_a_version_that_runs_already_is_no_failure(released: Operator) -> None:
    """The command says what it sees."""
    run = released.run("roll-back", "3")

    assert (run.status, run.err, run.printed) == (0, [], [])
    assert run.out[1:] == [
        "The alias prod is at version 3 already: nothing is changed.",
        "Now version 3 answers all requests.",
    ]


def test_a_version_that_does_not_exist_is_refused(released: Operator) -> None:
    """Before anything is changed."""
    run = released.run("roll-back", "9")

    assert (run.status, run.err) == (
        1,
        ["There is no version 9. The versions are 1, 2, 3.", "Nothing was changed."],
    )
    assert run.printed == []
    assert released.world.alias() == "3"


def test_a_version_that_a_failed_deploy_left_is_refused(released: Operator) -> None:
    """It is newer than that of the stack."""
    stack = released.world.stacks.stacks["api"]
    stack.physical_ids["ApiFunctionVersion"] = stack.physical_ids["ApiFunctionVersion"][:-1] + "2"
    released.run("roll-back", "1")

    run = released.run("roll-back", "3")

    assert run.status == 1
    assert run.err[0] == (
        "Version 3 never completed a deploy: one that was rolled back left it. It is newer than version 2 of "
        "the stack. Choose another one."
    )


def test_a_deploy_in_progress_refuses_it(released: Operator) -> None:
    """CloudFormation would set the alias too."""
    released.world.stacks.stacks["api"].status = "UPDATE_IN_PROGRESS"

    run = released.run("roll-back", "1")

    assert run.err == [
        "The stack api is UPDATE_IN_PROGRESS. Wait until it is over: csr-operate prod wait api",
        "Nothing was changed.",
    ]


@pytest.mark.parametrize("fault", FAULTS)
def test_a_failing_roll_back_is_a_sentence(released: Operator, fault: str) -> None:
    """It says that nothing was changed, if that is known, and works when it is repeated."""
    released.world.recorder.failing["lambda:UpdateAlias"] = FAULTS[fault]()

    run = released.run("roll-back", "1")

    assert run.status == 1
    assert "lambda:UpdateAlias" in run.err[0]
    is_unknown = fault in ("time-out", "no connection")  # AWS may have received the call
    assert run.err[-1] == ("Continue with: the same command again" if is_unknown else "Nothing was changed.")
    assert released.run("roll-back", "1").status == 0
    assert released.world.alias() == "1"


def test_stop_api_disables_the_keys_and_start_api_enables_them(operator: Operator) -> None:
    """The cache is flushed before readers come back."""
    operator.world.create_api()

    stopped = operator.run("stop-api")

    assert (stopped.status, stopped.err) == (0, [])
    assert operator.world.keys_enabled() == [False]
    assert stopped.out[-1] == "Now every key is disabled. Way back: csr-operate prod start-api"
    started = operator.run("start-api")
    assert (started.status, started.err) == (0, [])
    assert operator.world.keys_enabled() == [True]
    changed = [name for name in started.called if name.startswith(("apigateway:F", "apigateway:U"))]
    assert changed == ["apigateway:FlushStageCache", "apigateway:UpdateApiKey"]


def test_an_api_that_stays_stopped_says_how_to_go_on(operator: Operator) -> None:
    """The cache is flushed, and a key cannot be enabled."""
    operator.world.create_api()
    operator.run("stop-api")
    operator.world.recorder.failing["apigateway:UpdateApiKey"] = FAULTS["denied"]()

    run = operator.run("start-api")

    assert run.status == 1
    assert run.err[0].startswith("The credentials do not allow apigateway:UpdateApiKey.")
    assert run.err[1:] == [
        "Done before it stopped: apigateway:FlushStageCache.",
        "Continue with: the same command again",
    ]


# ---- Versions that a rolled-back deploy has left ----


def publish(operator: Operator, number: int) -> None:
    """Publish further versions, without a deploy."""
    lambdas = operator.world.client("lambda")
    for version in range(number):
        lambdas.update_function_configuration(
            FunctionName=operator.world.function, Description=f"package {version + 10}"
        )
        lambdas.publish_version(FunctionName=operator.world.function)


def versions(operator: Operator) -> list[int]:
    """Return the published versions."""
    listed = operator.world.client("lambda").list_versions_by_function(FunctionName=operator.world.function)
    return [int(version["Version"]) for version in listed["Versions"] if version["Version"].isdigit()]


def deploy(operator: Operator, number: int) -> None:
    """Let the stack and the alias have a version."""
    ids = operator.world.stacks.stacks["api"].physical_ids
    ids["ApiFunctionVersion"] = f"{ids['ApiFunctionVersion'].rpartition(':')[0]}:{number}"
    operator.world.client("lambda").update_alias(
        FunctionName=operator.world.function, Name="prod", FunctionVersion=str(number)
    )


def events(operator: Operator, *versions: int) -> None:
    """Let the events of the stack begin with its create, and show that rolled-back deploys left versions."""
    arn = operator.world.stacks.stacks["api"].physical_ids["ApiFunctionVersion"].rpartition(":")[0]
    listed = [stack_event("", "CREATE_IN_PROGRESS")]
    for number in versions:
        listed += [
            stack_event("", "UPDATE_ROLLBACK_IN_PROGRESS"),
            stack_event("ApiFunctionVersion", "DELETE_SKIPPED", physical_id=f"{arn}:{number}"),
            stack_event("", "UPDATE_ROLLBACK_COMPLETE"),
        ]
    operator.world.stacks.stacks["api"].events = listed[::-1]


def test_an_older_version_that_a_failed_deploy_left_is_refused(released: Operator) -> None:
    """A later deploy was successful, so its number is lower than that of the stack."""
    events(released, 2)

    run = released.run("roll-back", "2")

    assert (run.status, run.err) == (
        1,
        [
            "Version 2 never completed a deploy: one that was rolled back left it. Choose another one.",
            "Nothing was changed.",
        ],
    )
    assert released.run("roll-back", "1").status == 0


def test_expired_events_are_said_and_do_not_stop_a_roll_back(released: Operator) -> None:
    """Nor does a policy that does not allow them."""
    expired = released.run("roll-back", "1")
    released.world.recorder.failing["cloudformation:DescribeStackEvents"] = FAULTS["denied"]()
    denied = released.run("roll-back", "2")

    assert expired.out[1] == (
        "It is not known whether version 1 completed a deploy: the events of the stack have expired."
    )
    assert (denied.status, denied.out[1]) == (0, "It is not known whether version 2 completed a deploy.")
    assert denied.err[0].startswith("The credentials do not allow cloudformation:DescribeStackEvents.")
    assert released.world.alias() == "2"


def test_old_versions_are_deleted_and_the_newest_ten_releases_stay(released: Operator) -> None:
    """A version of an alias stays too; what rolled-back deploys have left does not count, and goes."""
    publish(released, 13)  # 4 to 16
    deploy(released, 15)
    events(released, 8, 9)  # and 16
    lambdas = released.world.client("lambda")
    lambdas.create_alias(
        FunctionName=released.world.function,
        Name="trial",
        FunctionVersion="15",
        RoutingConfig={"AdditionalVersionWeights": {"2": 0.1}},
    )

    listed = released.run("delete-old-versions", "--dry-run")
    refused = released.run("delete-old-versions", "--confirm", "yes")
    run = released.run("delete-old-versions", "--confirm", released.world.function)

    assert [line.split()[0] for line in listed.out if "JST" in line] == ["16", "9", "8", "3", "1"]
    assert refused.err == [f"yes was given, not {PREFIX}-api.", "Nothing was changed."]
    assert (run.status, run.err) == (0, [])
    assert [line.partition("  # ")[2] for line in run.printed] == ["and 4 more calls like this one"]
    assert versions(released) == [2, 4, 5, 6, 7, 10, 11, 12, 13, 14, 15]
    assert released.run("delete-old-versions").out[-1] == (f"{PREFIX}-api has no version to delete.")


def test_versions_whose_events_have_expired_are_kept(released: Operator) -> None:
    """Any of them may be one of the newest ten releases."""
    publish(released, 10)
    deploy(released, 13)

    run = released.run("delete-old-versions")

    assert (run.status, run.printed) == (0, [])
    assert run.out[1] == (
        "Keeps 12 versions of which the events have expired: they may be among the newest 10 releases."
    )


def test_a_deploy_in_progress_keeps_all_versions(released: Operator) -> None:
    """It may have published one a second ago."""
    released.world.stacks.stacks["api"].status = "UPDATE_IN_PROGRESS"

    assert released.run("delete-old-versions").status == 1


# ---- A failed rollback ----


@pytest.fixture
def stuck(released: Operator) -> Operator:
    """The rollback of an update of api has failed at the alias."""
    released.world.provision()
    released.world.fail_rollback_at_alias()
    return released


def test_the_alias_is_repaired_and_the_rollback_goes_on_without_it(stuck: Operator) -> None:
    """Then the provisioned concurrency of the last deploy is set again."""
    stuck.world.stacks.stacks["api"].parameters["LambdaProvisionedConcurrency"] = "7"

    run = stuck.run("repair-alias", "2")

    assert (run.status, run.err) == (0, [])
    assert stuck.world.alias() == "2"
    assert run.out[1:3] == [
        "Points the alias prod to version 2.",
        "If the command stops after the alias is at version 2, run: csr-operate prod "
        "set-provisioned-concurrency 7",
    ]
    assert [line.split()[2] for line in run.printed] == [
        "delete-provisioned-concurrency-config",
        "update-alias",
        "continue-update-rollback",
        "put-provisioned-concurrency-config",
    ]
    assert run.printed[2].endswith("--resources-to-skip ApiFunctionAlias")
    assert run.printed[3].endswith("--provisioned-concurrent-executions 7")


def test_the_alias_is_repaired_without_provisioned_concurrency(stuck: Operator) -> None:
    """The last deploy had none, so there is none to set again."""
    stuck.world.stacks.stacks["api"].parameters["LambdaProvisionedConcurrency"] = "0"

    run = stuck.run("repair-alias", "2")

    assert (run.status, run.err) == (0, [])
    assert stuck.world.alias() == "2"
    assert not any("set-provisioned-concurrency" in line for line in run.out)
    assert "lambda:PutProvisionedConcurrencyConfig" not in run.called


def test_provisioned_concurrency_that_fails_is_the_way_on(stuck: Operator) -> None:
    """The stack is repaired by then, so the same command would be refused."""
    stuck.world.recorder.failing["lambda:PutProvisionedConcurrencyConfig"] = FAULTS["denied"]()

    run = stuck.run("repair-alias", "2")

    assert run.status == 1
    assert run.err[-1] == "Continue with: csr-operate prod set-provisioned-concurrency 10"


def test_a_rollback_that_fails_again_is_no_success(stuck: Operator) -> None:
    """Something else keeps it from ending."""
    stuck.world.stacks.stacks["api"].ends = "UPDATE_ROLLBACK_FAILED"

    run = stuck.run("repair-alias", "2")

    assert run.status == 1
    assert run.err[0] == (
        "The stack api is UPDATE_ROLLBACK_FAILED. The reason: csr-operate prod why-failed api"
    )
    assert "lambda:PutProvisionedConcurrencyConfig" not in run.called


def test_only_a_failed_alias_is_repaired(stuck: Operator) -> None:
    """Another cause, another status, and a version that does not exist are refused."""
    missing = stuck.run("repair-alias", "9")
    stuck.world.stacks.stacks["api"].resource_statuses["ApiFunctionAlias"] = "UPDATE_COMPLETE"
    cause = stuck.run("repair-alias", "2")
    stuck.world.stacks.stacks["api"].status = "UPDATE_COMPLETE"
    status = stuck.run("repair-alias", "2")

    assert missing.err[0] == "There is no version 9. The versions are 1, 2, 3."
    assert cause.err == [
        "The alias is UPDATE_COMPLETE, so it is not what has failed. Find the cause (csr-operate prod "
        "why-failed api), remove it, and then: csr-operate prod continue-rollback api",
        "Nothing was changed.",
    ]
    assert status.err[0] == (
        "The alias does not need a repair: version 3 answers all requests; 10 of 10 provisioned environments "
        "are ready. To run another version: csr-operate prod roll-back VERSION"
    )
    assert missing.printed == cause.printed == status.printed == []


# ---- Keys, quota and dead letters ----


@pytest.fixture
def called(operator: Operator) -> Operator:
    """An API that a server of this machine answers for."""
    operator.world.start_web()
    operator.world.create_origin_keys()
    return operator


def test_the_api_is_called_with_the_key_that_cloudfront_sends(called: Operator) -> None:
    """The key is not printed, even if the response repeats it; the cache is not asked."""
    web = called.world.start_web()
    web.status, web.body = 403, f'{{"key": "{PASSWORD}"}}'

    run = called.run("call-api", "/api/v1/health")

    assert (run.status, run.err) == (0, [])
    assert run.out[1] == "403 Forbidden"
    assert run.out[-1] == '{"key": "<hidden>"}'
    (request,) = web.requests
    assert request.path == "/v1/api/v1/health"
    assert request.headers["x-api-key"] == PASSWORD
    assert request.headers["x-cache-key"]


def test_the_api_is_called_with_another_key(called: Operator) -> None:
    """The deployed key is that of the stack, not that of the folder."""
    called.world.stacks.stacks["frontend"].parameters["OriginKey"] = "b"

    called.run("call-api", "/x")
    called.run("call-api", "/x", "--key", "a")

    secrets = [
        call.parameters["SecretId"]
        for call in called.world.recorder.made
        if call.operation == "GetSecretValue"
    ]
    assert secrets == [f"{PREFIX}-origin-api-key-b", f"{PREFIX}-origin-api-key-a"]


def test_the_quota_is_shown_by_key(operator: Operator) -> None:
    """With the name of the key."""
    operator.world.create_api()
    operator.world.count_usage()

    run = operator.run("show-quota")

    assert run.out[2].split()[1:] == ["origin-key-a", "120", "880"]


def test_a_message_of_the_dead_letter_queue_is_shown(operator: Operator) -> None:
    """Then SQS hides it, so the next call finds none."""
    operator.world.create_dead_letter()

    run = operator.run("receive-dead-letter")
    again = operator.run("receive-dead-letter")

    hidden = "Now the queue has about 0 visible messages, and 1 that are hidden for a while."
    assert (run.status, run.err, run.out[-2:]) == (0, [], ["a failed event", hidden])
    assert ["ErrorCode", "500"] in [line.split() for line in run.out]
    assert again.out[-2].startswith("There is no visible message.")
    assert again.out[-1] == hidden
