"""Single checks, with facts that were changed for the test, for cases without a fault of the account."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from cfn_analysis.model.schemas import SchemasError
from csr_templates.account.errors import DENIED
from csr_templates.preflight import calls, edge_calls
from csr_templates.preflight.checks import acm, awslambda
from csr_templates.preflight.checks.listing import CHECKS
from csr_templates.preflight.facts import Fact, Facts, FactsHeader, Lookup
from csr_templates.preflight.needs import Needs, StackNeeds
from csr_templates.preflight.results import Check, Result, Subject, Verdict, judge, missing_calls
from tests.system import PROJECT

from .conftest import Walk
from .faults import changed, failing

MISSING = "The saved facts do not contain the answer of"


def said(walk: Walk, state: str, check: str, change: Callable[[Facts], Facts]) -> list[tuple[str, str]]:
    """Return status and message of a check for changed facts."""
    results: list[Result] = judge(CHECKS, walk.world.needs, change(walk.states[state].facts))
    return [(one.status, one.sentence) for one in results if one.check == check]


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
    status, sentence = said(walk, "ready", check, changed(operation.split()[1], change))[0]

    needed = walk.world.needs
    ((_, _, cluster),) = needed.of_type("AWS::RDS::DBCluster")
    assert f"{status} {sentence}" == expected.format(
        zone=walk.world.zone, prefix=needed.prefix, version=cluster["EngineVersion"]
    )


@pytest.mark.parametrize(
    ("targets", "status", "remedy"),
    [
        (["wanted"], "WARN", "Follow docs/changes.md (A new engine version)."),
        (["newest", "other"], "FAIL", "Set DatabaseEngineVersion to old or newest or other."),
        (["other"], "FAIL", "Set DatabaseEngineVersion to old or other."),
        ([], "FAIL", "Set DatabaseEngineVersion to old."),
    ],
)
def test_an_upgrade_of_the_engine(walk: Walk, targets: list[str], status: str, remedy: str) -> None:
    """A version to which the deployed version can be upgraded is a warning, any other one a failure."""
    database = walk.world.needs.stack("database")
    assert database
    version = database.resources["DatabaseCluster"]["Properties"]["EngineVersion"]
    wanted = [one.replace("wanted", version) for one in targets]
    answers: Mapping[str, Any] = {
        "DescribeDBClusters": [{"EngineVersion": "old"}],
        "DescribeStacks": [{"StackStatus": "CREATE_COMPLETE"}],
        "ListStackResources": [{"LogicalResourceId": "DatabaseCluster", "PhysicalResourceId": "c"}],
    }
    offered = [{"Status": "available", "ValidUpgradeTarget": [{"EngineVersion": one} for one in wanted]}]

    class Answers(Lookup):
        def __call__(self, query: Any) -> Any:
            return answers.get(query.operation, offered)

    (check,) = [one for one in CHECKS if one.name == "engine-version"]
    (subject,) = check.subjects(walk.world.needs)

    verdict = check.judge(subject, walk.world.needs, Answers(walk.states["ready"].facts))

    assert (verdict.status, verdict.remedy) == (status, remedy)


@pytest.mark.parametrize(
    ("runtime", "day", "status"),
    [
        ("python3.13", "2029-06-29", "PASS"),
        ("python3.13", "2029-06-30", "WARN"),
        ("python3.13", "2029-07-31", "FAIL"),
        ("nodejs22.x", "2026-11-26", "PASS"),
        ("nodejs16.x", "2026-11-26", "WARN"),
        ("dotnet9", "2030-01-01", "WARN"),
        ("cobol85", "2026-11-26", "WARN"),
    ],
)
def test_the_end_of_a_runtime(runtime: str, day: str, status: str) -> None:
    """After its deprecation, a runtime is a warning. After creation is blocked, it is a failure."""
    assert _runtime_result(runtime, day).status == status


def test_the_end_of_a_runtime_that_cannot_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """A list of cfn-lint in another format is an unknown result that names the list."""

    def fail(runtime: str) -> None:
        raise SchemasError("LmbdRuntimeLifecycle.json is damaged.")

    monkeypatch.setattr(awslambda, "runtime_lifecycle", fail)
    result = _runtime_result("python3.13", "2026-11-26")

    assert result.status == "UNKNOWN"
    assert "LmbdRuntimeLifecycle.json is damaged." in result.sentence


def _runtime_result(runtime: str, day: str) -> Result:
    """Return the result for a function with a runtime, on a day."""
    function = {"Type": "AWS::Lambda::Function", "Properties": {"Runtime": runtime}}
    api = StackNeeds("api", "shop-prod-api", "eu-west-1", {}, {"F": function}, {})
    needed = Needs("prod", "shop", "123456789012", [api], ())
    facts = Facts(FactsHeader("shop", "prod", "123456789012", "arn", f"{day}T00:00:00Z"))
    (result,) = judge([_check("runtime")], needed, facts)
    return result


def test_low_concurrency_without_a_reservation_is_a_warning(walk: Walk) -> None:
    """Without reserved concurrency, the deploy works, but the functions share the low limit."""
    api = StackNeeds(
        "api",
        "shop-prod-api",
        "eu-west-1",
        {},
        {"F": {"Type": "AWS::Lambda::Function", "Properties": {"FunctionName": "f"}}},
        {},
    )
    needed = Needs("prod", "shop", "123456789012", [api], ())

    class Answers(Lookup):
        def __call__(self, query: Any) -> Any:
            small = {"ConcurrentExecutions": 10, "UnreservedConcurrentExecutions": 10}
            return small if query.operation == "GetAccountSettings" else None

    check = _check("lambda-concurrency")
    (subject,) = check.subjects(needed)
    verdict = check.judge(subject, needed, Answers(walk.states["new"].facts))

    assert (verdict.status, verdict.sentence) == (
        "WARN",
        "The account has only 10 concurrent executions in eu-west-1, which all functions share.",
    )


@pytest.mark.parametrize(
    ("name", "domain", "covered"),
    [
        ("www.example.com", "WWW.example.com", True),
        ("*.example.com", "www.example.com", True),
        ("*.example.com", "example.com", False),
        ("*.example.com", "a.b.example.com", False),
        ("example.com", "www.example.com", False),
    ],
)
def test_a_wildcard_matches_one_label(name: str, domain: str, *, covered: bool) -> None:
    """Wildcards match as in TLS."""
    assert acm._is_valid_for(name, domain) is covered


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (
            "InSync",
            f"PASS {PROJECT}-prod-api accepts the key that {PROJECT}-prod-frontend would send: b.",
        ),
        (
            "InProgress",
            f"FAIL The replica of {PROJECT}-prod-origin-api-key-b in us-east-1 is InProgress, so "
            "CloudFront could get a different value than the API.",
        ),
    ],
)
def test_a_new_key_needs_a_replica_in_sync(walk: Walk, state: str, expected: str) -> None:
    """The replication of a key that CloudFront starts to send must be finished."""
    needed = walk.world.needs_of(OriginKeys="both", OriginKey="b")
    query = calls.secret("ap-northeast-1", f"{needed.prefix}origin-api-key-b")
    ready = walk.states["ready"].facts
    facts = ready.with_facts(ready)
    facts.add([Fact(query, ready.time, {"ReplicationStatus": [{"Region": "us-east-1", "Status": state}]})])
    found = {one.subject: one for one in judge([_check("origin-key")], needed, facts)}

    assert f"{found['OriginKey'].status} {found['OriginKey'].sentence}" == expected


@pytest.mark.parametrize(
    ("alias", "ours", "expected"),
    [
        ("*.example.com", True, "PASS No distribution in any account has the alias shop.example.com."),
        (
            "*.example.com",
            False,
            "WARN *.example.com, which overlaps with shop.example.com, is an alias of the distribution "
            "*******SEWHERE in account ******999999. CloudFront uses the more specific alias for a request.",
        ),
        (
            "shop.example.com",
            False,
            "FAIL shop.example.com is already an alias of the distribution *******SEWHERE in account "
            "******999999, so the deploy would fail.",
        ),
    ],
)
def test_only_an_equal_alias_is_a_failure(walk: Walk, alias: str, *, ours: bool, expected: str) -> None:
    """AWS also returns overlapping aliases, and hides the first characters of the IDs."""
    tail = walk.world.distribution[-7:] if ours else "SEWHERE"
    found = {"Alias": alias, "DistributionId": f"*******{tail}", "AccountId": "******999999"}
    ready = walk.states["ready"].facts
    facts = ready.with_facts(ready)
    query = edge_calls.conflicting_aliases(walk.world.distribution, "shop.example.com")
    facts.add([Fact(query, ready.time, [found])])
    needed = walk.world.needs_of(CustomDomainName="shop.example.com")

    assert [f"{one.status} {one.sentence}" for one in judge([_check("domain-alias")], needed, facts)] == [
        expected
    ]


@pytest.mark.parametrize(("gateway", "used"), [({"SubnetId": "subnet-1"}, 1), ({}, 0)])
def test_a_regional_nat_gateway_does_not_count_in_a_zone(
    walk: Walk, gateway: dict[str, str], used: int
) -> None:
    """EC2 returns a subnet for zonal NAT gateways, and none for regional ones."""
    subnet = {"SubnetId": "subnet-1", "AvailabilityZone": "ap-northeast-1a"}

    def change(facts: Facts) -> Facts:
        facts = changed("DescribeSubnets", lambda _: [subnet])(facts)
        answer = [{"NatGatewayId": "nat-1", "State": "available", **gateway}]
        return changed("DescribeNatGateways", lambda _: answer)(facts)

    assert said(walk, "new", "nat-gateway-quota", change)[0] == (
        "PASS",
        f"NAT gateways in ap-northeast-1a: {used} used and 1 new, of 5 (Service Quotas).",
    )


def test_an_unexpected_answer_makes_only_its_checks_unknown(walk: Walk) -> None:
    """The report still has the results of all other checks."""
    cluster = {"DBClusterIdentifier": "c"}  # without its version and its status
    facts = changed("DescribeDBClusters", lambda _: [cluster])(walk.states["ready"].facts)
    results = judge(CHECKS, walk.world.needs, facts)
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

    def broken(subject: Subject, needs: Needs, lookup: Lookup) -> Verdict:
        raise AssertionError("broken")

    api = StackNeeds("api", "shop-prod-api", "eu-west-1", {}, {}, {})
    needed = Needs("prod", "shop", "123456789012", [api], ())
    facts = Facts(FactsHeader("shop", "prod", "123456789012", "arn", "2026-11-26T00:00:00Z"))
    check = Check("broken", "", lambda needs: [Subject("a", api)], broken)

    with pytest.raises(AssertionError, match=r"^broken$"):
        judge([check], needed, facts)


def test_a_quota_that_rds_does_not_return_is_a_warning(walk: Walk) -> None:
    """A missing quota does not count as available capacity."""
    for status, sentence in said(
        walk, "new", "database-quotas", changed("DescribeAccountAttributes", lambda _: [])
    ):
        assert status == "WARN"
        assert sentence.startswith("RDS does not return the quota DB") or "EventSubscriptions" in sentence


def test_the_subjects_of_a_check_have_unique_ids(walk: Walk) -> None:
    """``--ignore`` needs unique IDs: no check has two subjects with the same ID in a stack."""
    for check in CHECKS:
        subjects: list[Subject] = list(check.subjects(walk.world.needs))
        assert len({(one.id, one.stack.name) for one in subjects}) == len(subjects), check.name


@pytest.mark.parametrize(
    ("versions", "expected"),
    [
        ([("$LATEST", ""), ("1", "{release}")], "PASS Version 1 of {function} is the newest one, and"),
        (
            [("1", "old"), ("10", "other"), ("9", "{release}")],
            "PASS A rolled-back deploy has left version 10 of {function}, but this deploy has other code",
        ),
        (
            [("1", "old"), ("9", "other"), ("10", "{release}")],
            "FAIL A rolled-back deploy has left version 10 of {function}, with the code and the settings of",
        ),
    ],
)
def test_version_that_a_rolled_back_deploy_has_left(
    walk: Walk, versions: list[tuple[str, str]], expected: str
) -> None:
    """Only the newest version counts, by number, and only if it has the release of the deploy."""
    api = walk.world.needs.stack("api")
    assert api
    release = api.resources["ApiFunctionVersion"]["Properties"]["Description"]
    answer = [
        {"Version": number, "Description": description.replace("{release}", release)}
        for number, description in versions
    ]
    change = changed("ListVersionsByFunction", lambda _: answer)
    ((status, sentence),) = said(walk, "ready", "function-version", change)

    assert f"{status} {sentence}".startswith(expected.format(function=f"{PROJECT}-prod-api"))


def _check(name: str) -> Any:
    return next(check for check in CHECKS if check.name == name)


def test_no_call_is_made_that_no_check_reads(walk: Walk) -> None:
    """All calls of the checks were made, and no others but the one that finds the account."""
    needed = walk.world.needs
    for state in walk.states.values():
        lookup = Lookup(state.facts)
        for check in CHECKS:
            for subject in check.subjects(needed):
                check.judge(subject, needed, lookup)
        read = {calls.identity().key, *(query.key for query in lookup.asked)}

        assert not lookup.missing
        assert {fact.query.key for fact in state.facts} == read


def test_calls_that_do_not_depend_on_each_other_are_requested_together(walk: Walk) -> None:
    """Without facts, the description of every stack is missing, and no resources of a stack."""
    needed = walk.world.needs
    empty = walk.states["ready"].facts.with_facts(())
    keys = {query.key for query in missing_calls(CHECKS, needed, empty)}

    assert {calls.stack(stack.region, stack.deployed).key for stack in needed.chosen} <= keys
    assert not any("ListStackResources" in key for key in keys)


def test_a_stack_that_cannot_be_described_does_not_hide_the_others(walk: Walk) -> None:
    """The resources of the other stacks are still requested, so their checks are evaluated."""
    needed = walk.world.needs
    network, *others = needed.chosen
    facts = failing("DescribeStacks", DENIED, network.deployed)(walk.states["ready"].facts)
    check = _check("alarm-subscriptions")

    without = facts.with_facts(fact for fact in facts if fact.query.operation != "ListStackResources")

    assert [query.key for query in missing_calls([check], needed, without)] == [
        calls.stack_resources(stack.region, stack.deployed).key for stack in others
    ]
    assert {(result.stack, result.status) for result in judge([check], needed, facts)} == {
        (network.name, "UNKNOWN"),
        *((stack.name, "PASS") for stack in others),
    }
