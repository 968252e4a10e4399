"""The results after a deploy of healthy environments, and with each single fault."""

import copy
import json
import math
from collections import Counter
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import pytest
from cfnlint.jsonschema import StandardValidator

from csr_templates.account.errors import DENIED
from csr_templates.account.session import WORKERS
from csr_templates.hand_over import operator_policies
from csr_templates.preflight import facts as saved
from csr_templates.preflight.facts import Lookup, Query
from csr_templates.preflight.results import CheckResult, judge, missing_calls
from csr_templates.preflight.services.listing import AFTER_DEPLOY
from tests.data import read_yaml
from tests.system import ENVIRONMENTS, PROJECT, ROOT

from .commands import of_another_service
from .conftest import CUSTOM, Outcome, environment_of, healthy_outcome, not_passed, verified
from .recorded_account import SECRETS, AwsError, RecordedAccount

PREFIX = f"{PROJECT}-prod-"
FAULTS: list[dict[str, Any]] = read_yaml(
    ROOT / "tests/csr_templates/preflight/services/faults_after_deploy.yaml"
)


@cache
def _subjects() -> dict[str, str]:
    """Return what the placeholders of the faults stand for in production."""
    return {"prefix": PREFIX, **_alarm("alarm", "notBreaching"), **_alarm("watching alarm", "breaching")}


def _alarm(placeholder: str, missing_data: str) -> dict[str, str]:
    """Return the placeholders of the first alarm with a treatment of missing data.

    Raises:
        AssertionError: no alarm has it.
    """
    for stack, logical_id, properties in environment_of("prod", CUSTOM).of_type("AWS::CloudWatch::Alarm"):
        if properties.get("TreatMissingData") == missing_data:
            return {
                placeholder: logical_id,
                f"name of {placeholder}": properties["AlarmName"],
                f"region of {placeholder}": stack.region,
            }
    raise AssertionError(
        f"No alarm of prod has TreatMissingData {missing_data}. Remove the faults of {{{placeholder}}} from "
        "faults.yaml."
    )


def _filled(value: Any) -> Any:
    """Return a value of a fault with the subjects instead of their placeholders."""
    match value:
        case str():
            for placeholder, subject in _subjects().items():
                value = value.replace(f"{{{placeholder}}}", subject)
            return value
        case dict():
            return {_filled(key): _filled(entry) for key, entry in value.items()}
    return value


def _put(answer: Any, path: str, value: Any) -> None:
    """Change a part of an answer in place; None removes it."""
    *parents, last = path.split(".")
    for part in parents:
        answer = answer[_key(answer, part)]
    if last == "new":
        answer.append(value)
        return
    key = _key(answer, last)
    if value is None:
        del answer[key]
    else:
        answer[key] = value


def _key(answer: Any, part: str) -> Any:
    if isinstance(answer, dict):
        return part
    if part.isdigit():
        return int(part)
    return next(index for index, element in enumerate(answer) if part in element.values())


def _concerns(fault: dict[str, Any], query: Query) -> bool:
    operation, *texts = fault["of"].split()
    return query.operation == operation and all(text in query.key for text in texts)


def _with_fault(healthy: Outcome, fault: dict[str, Any]) -> list[CheckResult]:
    """Return the results while the account has a fault."""
    changed = [fact.query for fact in healthy.facts if _concerns(fault, fact.query)]
    assert changed, "no call is changed"

    def change(query: Query, answer: Any) -> Any:
        if not _concerns(fault, query):
            return answer
        if "fails" in fault:
            raise AwsError(fault["fails"])
        answer = copy.deepcopy(answer)
        if "text" in fault:
            before, after = fault["text"]
            assert before in answer["TemplateBody"]
            return {"TemplateBody": answer["TemplateBody"].replace(before, after)}
        for path, value in fault["set"].items():
            _put(answer, path, value)
        return answer

    account = healthy.account
    kept = healthy.facts.with_facts(fact for fact in healthy.facts if fact.query not in changed)
    return verified(RecordedAccount(account.environment, change), account.environment, kept).results


@cache  # also the remedies are tested on them
def results_with(name: str) -> Sequence[CheckResult]:
    """Return the results while the account has the fault with a name."""
    (fault,) = [fault for fault in FAULTS if fault["name"] == name]
    return _with_fault(healthy_outcome(), _filled(fault))


def _changes(results: Sequence[CheckResult], healthy: Outcome) -> list[CheckResult]:
    """Return the results whose status is not that of the healthy account."""
    statuses = {(result.check, result.stack, result.subject): result.status for result in healthy.results}
    return [
        result
        for result in results
        if result.status != statuses.get((result.check, result.stack, result.subject))
    ]


def _states(results: list[CheckResult]) -> set[str]:
    return {f"{result.status} {result.check}:{result.subject}" for result in results}


def test_healthy_environments_pass() -> None:
    """Without a fault, nothing gives a warning: what an environment leaves out is not one."""
    for name in ENVIRONMENTS:
        environment = environment_of(name)
        results = verified(RecordedAccount(environment), environment).results

        assert {f"{result.check}:{result.subject}" for result in not_passed(results)} <= {
            "answers:site",
            "answers:api",  # skipped: the environments have no path for it
        }
        assert {result.status for result in results} <= {"PASS", "SKIP"}
        assert {"PASS stack-state", "PASS alarms"} <= {
            f"{result.status} {result.check}" for result in results
        }


def test_a_healthy_account_passes_every_check(healthy: Outcome) -> None:
    """With a custom domain and both health checks, every check has a subject that passes."""
    passing = {result.check for result in healthy.results if result.status == "PASS"}

    assert passing == {check.name for check in AFTER_DEPLOY}
    assert not_passed(healthy.results) == []


@pytest.mark.parametrize("fault", [pytest.param(_filled(fault), id=fault["name"]) for fault in FAULTS])
def test_each_fault_is_found_by_its_check(healthy: Outcome, fault: dict[str, Any]) -> None:
    """Exactly one result changes; it has a sentence, a remedy and a command that shows the fact."""
    results = results_with(fault["name"])
    (change,) = _changes(results, healthy)

    assert len(results) == len(healthy.results) - fault.get("unsaid", 0)
    assert f"{change.status} {change.check}:{change.subject}" == fault["found"]
    assert change.sentence.endswith(".")
    assert change.remedy
    assert change.command
    assert of_another_service(results) == []


def test_every_check_is_tested_with_a_fault() -> None:
    """There are at least 40 faults, and each check finds one."""
    assert len({fault["name"] for fault in FAULTS}) == len(FAULTS) >= 40
    assert {fault["found"].split()[1].partition(":")[0] for fault in FAULTS} == {
        check.name for check in AFTER_DEPLOY
    }


@pytest.mark.parametrize("name", ["network", "database", "api", "frontend"])
def test_a_missing_stack_fails_once(healthy: Outcome, name: str) -> None:
    """Its state is the only result about it; what other stacks need of it fails or is unknown too."""
    missing = {"of": f"DescribeStacks {PREFIX}{name}", "fails": "ValidationError"}
    results = _with_fault(healthy, missing)
    alone = {"certificate", "mute-rules"}  # do not depend on the stack
    of_stack = [result for result in results if result.stack == name and result.check not in alone]

    assert _states(of_stack) == {f"FAIL stack-state:{PREFIX}{name}"}
    assert {result.why for result in results} == {""}


def test_a_resource_that_is_not_deployed_fails(healthy: Outcome) -> None:
    """A resource of the template that the stack does not have is named."""
    first = healthy.account.environment.stacks[0].of_type("AWS::CloudWatch::Alarm")[0][0]
    place = f"StackResourceSummaries.{first}.LogicalResourceId"
    results = _with_fault(healthy, {"of": f"ListStackResources {PREFIX}network", "set": {place: "Another"}})
    changes = [change.sentence for change in _changes(results, healthy)]

    assert changes == [f"{PREFIX}network does not have the resource {first}."]


@pytest.mark.parametrize(
    "values",
    [CUSTOM, {**CUSTOM, "CustomDomainName": "", "CertificateArn": "", "HostedZoneId": ""}],
    ids=["with a domain", "without a domain"],
)
def test_a_deleted_distribution_fails_once(values: dict[str, str]) -> None:
    """What its origins are and what it sends has no result: the check of the distribution says why."""
    environment = environment_of("prod", values)

    def delete(query: Query, answer: Any) -> Any:
        if query.operation == "GetDistribution":
            raise AwsError("NoSuchDistribution")
        return answer

    results = verified(RecordedAccount(environment, delete), environment).results

    assert _states(not_passed(results)) == {"FAIL distribution:Distribution"}
    assert not {"origins", "origin-key"} & {result.check for result in results}


def test_every_denied_call_is_unknown(healthy: Outcome) -> None:
    """A result that needs a denied call is unknown, names the action, and never passes."""
    calls = {(fact.query.service, fact.query.operation) for fact in healthy.facts} - {("https", "GET")}
    for service, operation in calls:
        results = _with_fault(healthy, {"of": operation, "fails": DENIED})
        unknown = _changes(results, healthy)

        assert unknown, operation
        assert {result.status for result in unknown} == {"UNKNOWN"}
        actions = " and ".join(operator_policies.actions(service, operation))
        assert {result.why for result in unknown} == {f"permission missing: {actions}"}
        assert "operator-policies/verify.json" in unknown[0].remedy


def test_without_any_permission_nothing_passes(healthy: Outcome) -> None:
    """Only HTTPS requests do not need a permission, but their addresses come from AWS."""

    def deny(query: Query, answer: Any) -> Any:
        raise AwsError(DENIED)

    environment = healthy.account.environment
    results = verified(RecordedAccount(environment, deny), environment).results

    assert {result.status for result in results} == {"UNKNOWN"}
    assert len(results) == len(healthy.results)


_HEALTHY_WHEN_EMPTY = {"mute-rules ListAlarmMuteRules"}
"""A check and its operation, of which an empty list is the healthy answer: CloudWatch has no such rules."""


@pytest.mark.parametrize("empty", [None, [], {}], ids=["absent", "empty", "without keys"])
def test_a_check_without_an_answer_does_not_pass(healthy: Outcome, empty: Any) -> None:
    """All answers of each operation are empty, or lack the keys: no check that reads them passes."""
    passing: set[str] = set()
    for operation in {fact.query.operation for fact in healthy.facts}:
        passing |= _passing_without(healthy, operation, empty)

    assert passing - _HEALTHY_WHEN_EMPTY == set()


def _passing_without(healthy: Outcome, operation: str, empty: Any) -> set[str]:
    """Return the checks that read an operation, and pass although its answers are empty."""
    facts = healthy.facts.with_facts(
        fact._replace(answer=empty) if fact.query.operation == operation else fact for fact in healthy.facts
    )
    results = judge(AFTER_DEPLOY, healthy.account.environment, facts)
    reading = _subjects_reading(healthy, operation)
    return {
        f"{result.check} {operation}"
        for result in results
        if result.status == "PASS" and (result.check, result.stack, result.subject) in reading
    }


def _subjects_reading(healthy: Outcome, operation: str) -> set[tuple[str, str, str]]:
    """Return the subjects whose judgment reads an operation."""
    reading = set()
    for check in AFTER_DEPLOY:
        for subject in check.subjects(healthy.account.environment):
            lookup = Lookup(healthy.facts)
            check.judge(subject, healthy.account.environment, lookup)
            if operation in {query.operation for query in lookup.looked_up}:
                reading.add((check.name, subject.stack.name, subject.id))
    return reading


def test_a_change_of_keys_that_is_not_finished() -> None:
    """While the API accepts both keys, the one that CloudFront does not send is reported."""
    environment = environment_of("prod", {**CUSTOM, "OriginKeys": "both"})
    results = verified(RecordedAccount(environment), environment).results
    (keys,) = [result for result in results if result.check == "other-keys"]

    assert keys.status == "WARN"
    assert "OriginApiKeyB" in keys.sentence
    assert not_passed(results) == [keys]


def test_the_package_of_this_deploy(healthy: Outcome) -> None:
    """A version that was given must be the deployed one; without one, the deployed one is expected."""
    with_version = environment_of("prod", CUSTOM, {"LambdaCodeS3ObjectVersion": "v2"})
    deployed = RecordedAccount(environment_of("prod", CUSTOM, {"LambdaCodeS3ObjectVersion": "v1"}))

    states = _states(verified(deployed, with_version).results)
    assert {f"FAIL parameters:{PREFIX}api", "FAIL package:ApiFunctionAlias"} <= states
    assert _states(verified(deployed, environment_of("prod", CUSTOM)).results) == _states(healthy.results)


def test_origin_keys_never_become_facts(healthy: Outcome) -> None:
    """Facts and results contain neither the keys, nor the variables of the function, nor email addresses."""
    texts = [saved.as_json(healthy.facts), str(healthy.results)]
    of_keys = ("GetDistribution", "GetApiKey", "GetUsagePlanKeys")
    texts += [str(results_with(fault["name"])) for fault in FAULTS if fault["of"] in of_keys]

    for text in texts:
        assert not any(secret in text for secret in (*SECRETS, "operators@example.com", "--include-value"))


def test_saved_facts_give_the_same_results(healthy: Outcome) -> None:
    """Facts that are written have the schema, and are the same when they are read again."""
    schema = json.loads(files("csr_templates.preflight").joinpath("facts.schema.json").read_text("utf-8"))
    document = json.loads(saved.as_json(healthy.facts))
    back = saved.from_json(saved.as_json(healthy.facts), "facts.json", "verify")

    assert judge(AFTER_DEPLOY, healthy.account.environment, back) == healthy.results
    assert [error.message for error in StandardValidator(schema).iter_errors(document)] == []


def test_the_policy_allows_exactly_the_calls(healthy: Outcome) -> None:
    """With all faults, exactly the listed calls are made, besides the one for the caller."""
    listed: set[tuple[str, str]] = set()
    for service, operations in operator_policies.CALLS[operator_policies.VERIFY].items():
        listed.update((service, operation) for operation in operations)
    muted = _filled(next(fault for fault in FAULTS if fault["name"] == "mute rule without an end"))
    changed = RecordedAccount(
        healthy.account.environment,
        lambda query, answer: muted["set"] if query.operation == muted["of"].split()[0] else answer,
    )
    verified(changed, healthy.account.environment)
    calls = {(query.service, query.operation) for query in changed.asked}

    assert calls - {("https", "GET")} == listed - {("sts", "GetCallerIdentity")}


def test_one_environment_takes_less_than_two_seconds(healthy: Outcome) -> None:
    """If each call takes 100 milliseconds and all workers are used; at most three are HTTPS requests."""
    environment = healthy.account.environment
    facts = healthy.account.start(PROJECT, "prod", operator_policies.VERIFY)
    seconds = 0.1  # the call for the caller
    while missing := missing_calls(AFTER_DEPLOY, environment, facts):
        facts.add(healthy.account.ask(query) for query in missing)
        seconds += math.ceil(len(missing) / WORKERS) * 0.1

    services = Counter(fact.query.service for fact in facts)
    assert seconds < 2
    assert services["https"] == 3
