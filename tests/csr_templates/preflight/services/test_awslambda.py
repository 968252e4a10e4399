"""The function before a deploy: runtime, concurrency, and a version that a rolled-back deploy has left."""

from typing import Any

import pytest

from cfn_analysis.model.schemas import SchemasError
from csr_templates.preflight.facts import Facts, FactsHeader, Lookup
from csr_templates.preflight.resolved_environment import EnvironmentStack, ResolvedEnvironment
from csr_templates.preflight.results import CheckResult, judge
from csr_templates.preflight.services import awslambda
from tests.csr_templates.preflight.conftest import Walk
from tests.csr_templates.preflight.faults import changed
from tests.system import PROJECT

from .before_deploy import check_of, sentences


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


def _runtime_result(runtime: str, day: str) -> CheckResult:
    """Return the result for a function with a runtime, on a day."""
    function = {"Type": "AWS::Lambda::Function", "Properties": {"Runtime": runtime}}
    api = EnvironmentStack("api", "shop-prod-api", "eu-west-1", {}, {"F": function}, {})
    environment = ResolvedEnvironment("prod", "shop", "123456789012", [api], ())
    facts = Facts(FactsHeader("shop", "prod", "123456789012", "arn", f"{day}T00:00:00Z"))
    (result,) = judge([check_of("runtime")], environment, facts)
    return result


def test_low_concurrency_without_a_reservation_is_a_warning(walk: Walk) -> None:
    """Without reserved concurrency, the deploy works, but the functions share the low limit."""
    api = EnvironmentStack(
        "api",
        "shop-prod-api",
        "eu-west-1",
        {},
        {"F": {"Type": "AWS::Lambda::Function", "Properties": {"FunctionName": "f"}}},
        {},
    )
    environment = ResolvedEnvironment("prod", "shop", "123456789012", [api], ())

    class Answers(Lookup):
        def __call__(self, query: Any) -> Any:
            small = {"ConcurrentExecutions": 10, "UnreservedConcurrentExecutions": 10}
            return small if query.operation == "GetAccountSettings" else None

    check = check_of("lambda-concurrency")
    (subject,) = check.subjects(environment)
    result = check.judge(subject, environment, Answers(walk.states["new"].facts))

    assert (result.status, result.sentence) == (
        "WARN",
        "The account has only 10 concurrent executions in eu-west-1, which all functions share.",
    )


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
    api = walk.world.environment.stack("api")
    assert api
    release = api.resources["ApiFunctionVersion"]["Properties"]["Description"]
    answer = [
        {"Version": number, "Description": description.replace("{release}", release)}
        for number, description in versions
    ]
    change = changed("ListVersionsByFunction", lambda _: answer)
    ((status, sentence),) = sentences(walk, "ready", "function-version", change)

    assert f"{status} {sentence}".startswith(expected.format(function=f"{PROJECT}-prod-api"))
