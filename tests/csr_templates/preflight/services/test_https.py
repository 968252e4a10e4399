"""Which requests are sent from the outside, and how their answers are judged."""

from collections.abc import Mapping
from typing import Any

import pytest

from csr_templates.preflight.resolved_environment import EnvironmentStack, ResolvedEnvironment
from csr_templates.preflight.results import CheckResult, judge
from csr_templates.preflight.services import https

from .conftest import CUSTOM, Outcome, environment_of, verified
from .recorded_account import RecordedAccount


def _answered(
    environment: ResolvedEnvironment, **answers: Mapping[str, Any]
) -> tuple[list[str], list[CheckResult]]:
    """Return the requested addresses, and the results with other answers: ``site``, ``api``, ``direct``."""
    addresses = {"site": "example.com/", "api": "/api/health", "direct": "execute-api"}

    def change(query: Any, answer: Any) -> Any:
        for name, other in answers.items():
            if query.service == "https" and dict(query.parameters)["Url"].endswith(addresses[name]):
                return other
        return answer

    account = RecordedAccount(environment, change)
    facts = verified(account, environment).facts
    urls = sorted(dict(query.parameters)["Url"] for query in account.asked if query.service == "https")
    return urls, judge(https.AFTER_DEPLOY, environment, facts)


def test_the_requests_follow_from_the_health_checks() -> None:
    """The domain is the custom one or that of the distribution; the API is called at its root."""
    with_domain, _ = _answered(environment_of("prod", CUSTOM))
    without, results = _answered(environment_of("prod", {"ApiProbePath": "/api/health"}))
    nothing, _ = _answered(environment_of("prod", {"ProbePath": ""}))
    dev, _ = _answered(environment_of("dev"))

    api = "https://abcdefghij.execute-api.ap-northeast-1.amazonaws.com/v1/"
    assert with_domain == [api, "https://www.example.com/", "https://www.example.com/api/health"]
    cloudfront = "https://d111111abcdef8.cloudfront.net"
    assert without == [api, f"{cloudfront}/", f"{cloudfront}/api/health"]
    states = {f"{result.check}:{result.subject}": result.status for result in results}
    assert {states[name] for name in ("answers:site", "answers:api", "refuses-without-key:ApiStage")} == {
        "PASS"
    }
    assert nothing == dev == [api]


def test_what_was_not_asked_is_skipped() -> None:
    """A path can be empty on purpose; nothing was requested then, which is not a pass."""
    _, results = _answered(environment_of("prod", {"ProbePath": ""}))
    states = {f"{result.check}:{result.subject}": result for result in results}

    for name in ("answers:site", "answers:api"):
        assert states[name].status == "SKIP"
        assert "was not requested" in states[name].sentence
        assert states[name].remedy


@pytest.mark.parametrize(
    ("answer", "status", "sentence"),
    [
        ({"status": 204, "location": ""}, "PASS", "answers 204."),
        ({"status": 302, "location": "/ja/"}, "PASS", "redirect to /ja/ of the same site."),
        (
            {"status": 301, "location": "https://www.example.com/en"},
            "PASS",
            "redirect to /en of the same site.",
        ),
        (
            {"status": 301, "location": "http://www.example.com/"},
            "FAIL",
            "redirect to http://www.example.com/.",
        ),
        ({"status": 302, "location": "https://evil.example.com/"}, "FAIL", "https://evil.example.com/."),
        ({"status": 302, "location": ""}, "FAIL", "redirect to nowhere."),
        ({"status": 403, "location": ""}, "FAIL", "answers 403."),
        ({"error": "no answer within 10 seconds"}, "FAIL", "does not answer: no answer within 10 seconds."),
    ],
)
def test_answers_of_the_site(answer: Mapping[str, Any], status: str, sentence: str) -> None:
    """A redirect is good within the site, because it is not followed."""
    _, results = _answered(environment_of("prod", CUSTOM), site=answer)
    (found,) = [result for result in results if result.subject == "site"]

    assert found.status == status
    assert found.sentence.endswith(sentence)


@pytest.mark.parametrize(
    ("answer", "error_type", "status"),
    [
        (403, "ForbiddenException", "PASS"),
        (403, "", "WARN"),
        (403, "AccessDeniedException", "WARN"),
        (429, "TooManyRequestsException", "WARN"),
        (401, "", "FAIL"),
        (400, "", "FAIL"),
        (200, "", "FAIL"),
        (502, "InternalServerErrorException", "FAIL"),
    ],
)
def test_answers_of_the_api_without_the_key(answer: int, error_type: str, status: str) -> None:
    """Only the refusal of API Gateway passes; the application can refuse a request, too."""

    def change(query: Any, before: Any) -> Any:
        is_direct = query.service == "https" and "execute-api" in dict(query.parameters)["Url"]
        return {**before, "status": answer, "errorType": error_type} if is_direct else before

    environment = environment_of("prod")
    results = verified(RecordedAccount(environment, change), environment).results

    assert [result.status for result in results if result.check == "refuses-without-key"] == [status]


def _with(healthy: Outcome, name: str, **resources: Any) -> ResolvedEnvironment:
    """Return production with other resources in one stack."""
    environment = healthy.account.environment
    stacks = [
        EnvironmentStack(
            stack.name,
            stack.deployed_name,
            stack.region,
            stack.values,
            {**stack.resources, **resources} if stack.name == name else stack.resources,
            stack.outputs,
            built=stack.built,
        )
        for stack in environment.stacks
    ]
    return ResolvedEnvironment(environment.name, environment.project, environment.account, stacks, ())


def test_at_most_three_requests(healthy: Outcome) -> None:
    """More origins and APIs are not requested; the report says so for the origins."""
    frontend = healthy.account.environment.stack("frontend")
    assert frontend
    distribution = frontend.resources["Distribution"]
    stage = next(
        stack.resources["ApiStage"] for stack in healthy.account.environment.stacks if stack.name == "api"
    )
    probe = frontend.resources["SiteProbe"]
    config = {**probe["Properties"]["HealthCheckConfig"]}
    config["FullyQualifiedDomainName"] = {"Fn::GetAtt": ["Second", "DomainName"]}
    second = {"Type": probe["Type"], "Properties": {"HealthCheckConfig": config}}
    more = _with(healthy, "frontend", Second=distribution, SecondProbe=second)
    origins = [(subject.id, subject.about.path) for subject in https.AFTER_DEPLOY[0].subjects(more)]
    stages = [subject.id for subject in https.AFTER_DEPLOY[1].subjects(_with(healthy, "api", Other=stage))]

    assert [origin for origin in origins if origin[1]] == [("site", "/"), ("api", "/api/health")]
    assert [origin for origin, _ in origins].count("site") == 2
    assert stages == ["ApiStage"]


@pytest.mark.parametrize(
    ("api", "method", "path"),
    [
        ({}, {}, "/"),
        ({}, {"ResourceId": {"Ref": "ProxyResource"}}, "/proxy"),
        ({}, {"ApiKeyRequired": False}, ""),
        ({}, {"HttpMethod": "POST"}, ""),
        ({"EndpointConfiguration": {"Types": ["PRIVATE"]}}, {}, ""),
        ({"DisableExecuteApiEndpoint": True}, {}, ""),
    ],
)
def test_the_path_that_needs_the_key(
    healthy: Outcome, api: dict[str, Any], method: dict[str, Any], path: str
) -> None:
    """A method that reads and needs a key; none if no address is public or no method needs a key."""
    stack = healthy.account.environment.stack("api")
    assert stack

    def changed(name: str, properties: dict[str, Any]) -> dict[str, Any]:
        resource = stack.resources[name]
        return {**resource, "Properties": {**resource["Properties"], **properties}}

    others = {name: changed(name, {"ApiKeyRequired": False}) for name in ("ProxyAnyMethod", "ProxyGetMethod")}
    environment = _with(
        healthy,
        "api",
        RestApi=changed("RestApi", api),
        RootAnyMethod=changed("RootAnyMethod", method),
        **others,
    )
    paths = [subject.about[1] for subject in https.AFTER_DEPLOY[1].subjects(environment)]

    assert paths == ([path] if path else [])
