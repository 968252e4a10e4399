"""All checks before a deploy, with facts that were changed for the test, and the calls that they make."""

from collections.abc import Callable
from typing import Any

import pytest

from csr_templates.account.errors import DENIED
from csr_templates.preflight.facts import Facts, FactsHeader, Lookup
from csr_templates.preflight.resolved_environment import EnvironmentStack, ResolvedEnvironment
from csr_templates.preflight.results import Check, Result, Subject, judge, missing_calls
from csr_templates.preflight.services import cloudformation_calls, sts_calls
from csr_templates.preflight.services.listing import BEFORE_DEPLOY
from tests.csr_templates.preflight.conftest import Walk
from tests.csr_templates.preflight.faults import changed, failing
from tests.system import PROJECT

from .before_deploy import check_of, sentences
from .empty_answers import passing_without

MISSING = "The saved facts do not contain the answer of"


def with_version(version: str) -> Callable[[Any], Any]:
    """Return the change of a cluster's engine version."""
    return lambda answer: [{**one, "EngineVersion": version} for one in answer]


def rolled_back(answer: Any) -> Any:
    """Return stacks, with a rolled back update in each."""
    return [{**one, "StackStatus": "UPDATE_ROLLBACK_COMPLETE"} for one in answer or []] or None


@pytest.mark.parametrize(
    ("check", "operation", "change", "expected"),
    [
        (
            "hosted-zone",
            "route53 GetHostedZone",
            lambda _: {"Name": "example.com.", "Config": {"PrivateZone": True}},
            "FAIL The hosted zone {zone} (example.com) is private.",
        ),
        (
            "hosted-zone",
            "route53 GetHostedZone",
            lambda _: {"Name": "ample.com."},
            "FAIL The hosted zone {zone} is for ample.com, which does not include www.example.com.",
        ),
        (
            "stack-state",
            "cloudformation DescribeStacks",
            rolled_back,
            f"PASS {PROJECT}-prod-network is in status UPDATE_ROLLBACK_COMPLETE. The deploy updates it.",
        ),
        (
            "artifact-buckets",
            "s3 GetBucketVersioning",
            lambda _: {},
            "WARN The bucket {prefix}artifacts-123456789012-ap-northeast-1 does not have versioning enabled.",
        ),
        (
            "alarm-subscriptions",
            "sns ListSubscriptionsByTopic",
            lambda _: [{"SubscriptionArn": "PendingConfirmation", "Protocol": "email"}],
            "WARN The subscription of the topic NetworkAlarmTopic is not confirmed: its alarms do not "
            "notify anyone.",
        ),
        (
            "newest-snapshot",
            "rds DescribeDBClusterSnapshots",
            lambda answer: [{**one, "Status": "creating"} for one in answer],
            f"WARN The cluster {PROJECT}-prod-aurora-cluster does not have a snapshot.",
        ),
        (
            "engine-version",
            "rds DescribeDBClusters",
            with_version("8.0.mysql_aurora.3.10.99"),
            "WARN The version of the cluster was changed to 8.0.mysql_aurora.3.10.99 outside of "
            "{prefix}database. The deploy does not change it, because DatabaseEngineVersion ({version}) is "
            "the same as in the last deploy.",
        ),
        (
            "api-logging-role",
            "apigateway GetAccount",
            lambda _: {"cloudwatchRoleArn": "arn:aws:iam::123456789012:role/else"},
            f"UNKNOWN {MISSING} cloudformation DescribeStackResources in ap-northeast-1.",
        ),
    ],
)
def test_messages_for_changed_responses(
    walk: Walk, check: str, operation: str, change: Callable[[Any], Any], expected: str
) -> None:
    """Each changed response has the expected first message of the check."""
    status, sentence = sentences(walk, "ready", check, changed(operation.split()[1], change))[0]

    environment = walk.world.environment
    ((_, _, cluster),) = environment.of_type("AWS::RDS::DBCluster")
    assert f"{status} {sentence}" == expected.format(
        zone=walk.world.zone, prefix=environment.prefix, version=cluster["EngineVersion"]
    )


def test_an_unexpected_answer_makes_only_its_checks_unknown(walk: Walk) -> None:
    """The report still has the results of all other checks."""
    cluster = {"DBClusterIdentifier": "c"}  # without its version and its status
    facts = changed("DescribeDBClusters", lambda _: [cluster])(walk.states["ready"].facts)
    results = judge(BEFORE_DEPLOY, walk.world.environment, facts)
    unknown = {one.check: one for one in results if one.status != "PASS"}

    assert len(results) == len(walk.states["ready"].results)
    assert {name: (one.status, one.sentence) for name, one in unknown.items()} == {
        "engine-version": (
            "UNKNOWN",
            "The check engine-version cannot read an answer of AWS: it has no EngineVersion.",
        ),
        "writer": ("UNKNOWN", "The check writer cannot read an answer of AWS: it has no Status."),
    }
    assert unknown["writer"].why == "unexpected answer"
    assert unknown["writer"].command.startswith("aws rds describe-db-clusters ")


def test_other_errors_of_a_check_are_raised() -> None:
    """An assertion that fails in a test is not a result."""

    def broken(subject: Subject, environment: ResolvedEnvironment, lookup: Lookup) -> Result:
        raise AssertionError("broken")

    api = EnvironmentStack("api", "shop-prod-api", "eu-west-1", {}, {}, {})
    environment = ResolvedEnvironment("prod", "shop", "123456789012", [api], ())
    facts = Facts(FactsHeader("shop", "prod", "123456789012", "arn", "2026-11-26T00:00:00Z"))
    check = Check("broken", "", lambda environment: [Subject("a", api)], broken)

    with pytest.raises(AssertionError, match=r"^broken$"):
        judge([check], environment, facts)


def test_the_subjects_of_a_check_have_unique_ids(walk: Walk) -> None:
    """``--ignore`` needs unique IDs: no check has two subjects with the same ID in a stack."""
    for check in BEFORE_DEPLOY:
        subjects: list[Subject] = list(check.subjects(walk.world.environment))
        assert len({(one.id, one.stack.name) for one in subjects}) == len(subjects), check.name


def test_no_call_is_made_that_no_check_reads(walk: Walk) -> None:
    """All calls of the checks were made, and no others but the one that finds the account."""
    environment = walk.world.environment
    for state in walk.states.values():
        lookup = Lookup(state.facts)
        for check in BEFORE_DEPLOY:
            for subject in check.subjects(environment):
                check.judge(subject, environment, lookup)
        read = {sts_calls.identity.query().key, *(query.key for query in lookup.looked_up)}

        assert not lookup.missing
        assert {fact.query.key for fact in state.facts} == read


def test_calls_that_do_not_depend_on_each_other_are_requested_together(walk: Walk) -> None:
    """Without facts, the description of every stack is missing, and no resources of a stack."""
    environment = walk.world.environment
    empty = walk.states["ready"].facts.with_facts(())
    keys = {query.key for query in missing_calls(BEFORE_DEPLOY, environment, empty)}

    assert {
        cloudformation_calls.stack.query(stack.region, stack.deployed_name).key
        for stack in environment.chosen
    } <= keys
    assert not any("ListStackResources" in key for key in keys)


def test_a_stack_that_cannot_be_described_does_not_hide_the_others(walk: Walk) -> None:
    """The resources of the other stacks are still requested, so their checks are evaluated."""
    environment = walk.world.environment
    network, *others = environment.chosen
    facts = failing("DescribeStacks", DENIED, network.deployed_name)(walk.states["ready"].facts)
    check = check_of("alarm-subscriptions")

    without = facts.with_facts(fact for fact in facts if fact.query.operation != "ListStackResources")

    assert [query.key for query in missing_calls([check], environment, without)] == [
        cloudformation_calls.stack_resources.query(stack.region, stack.deployed_name).key for stack in others
    ]
    assert {(result.stack, result.status) for result in judge([check], environment, facts)} == {
        (network.name, "UNKNOWN"),
        *((stack.name, "PASS") for stack in others),
    }


_EMPTY_IS_AN_ANSWER = {
    "DescribeDBClusters": "the cluster does not exist yet",
    "DescribeStacks": "the stack does not exist yet",
    "GetAccount": "no role is set, and the stack sets one",
    "GetFunctionConcurrency": "the function does not exist yet, or reserves nothing",
    "GetRole": "only whether the call finds the role is read",
    "HeadBucket": "only whether the call finds the bucket is read",
    "HeadObject": "only whether the call finds the package is read",
    "ListStackResources": "the stack has no resources yet",
    "ListVersionsByFunction": "no version is left",
}
"""Operations of which an empty answer lets a check pass, and what it says."""


def test_a_check_without_an_answer_does_not_pass(walk: Walk) -> None:
    """All answers of each operation are empty, or lack the keys: no check that reads them passes.

    Of the operations above, an empty answer says something, and of no other one.
    """
    facts, environment = walk.states["ready"].facts, walk.world.environment
    empties: list[Any] = [None, [], {}]
    passing: set[str] = set()
    for operation in {fact.query.operation for fact in facts}:
        for empty in empties:
            passing |= passing_without(BEFORE_DEPLOY, environment, facts, operation, empty)

    assert {name.split()[1] for name in passing} == set(_EMPTY_IS_AN_ANSWER)
