"""The permissions of the deploy roles, evaluated for every request of the corpus."""

import json
import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest

from .conftest import Attached
from .corpus import PolicyCase, condition_keys, requests
from .near_misses import near_misses
from .policy_evaluator import Decision, Document, Request, Value, decide

PRODUCTION, DEV = "csr-lambda-api-prod", "csr-lambda-api-dev"
CORPUS = requests()
GROUPS = list(dict.fromkeys((case.stack, case.role, case.deleting) for case in CORPUS))


def surprises(attached: Attached, cases: list[PolicyCase]) -> list[str]:
    """Return the requests whose decision is not the expected one."""
    sentences = []
    for case in cases:
        documents = attached(case.stack, case.role, case.deleting)
        answers = {decide(request, documents) is Decision.ALLOW for request in case.variants()}
        if answers != {case.expected != "not"}:
            sentences.append(f"{'allowed' if True in answers else 'denied'}: {case}")
    return sentences


@pytest.mark.parametrize(
    "group", GROUPS, ids=[f"{stack}-{role}{'-deleting' * deleting}" for stack, role, deleting in GROUPS]
)
def test_every_decision_is_the_expected_one(attached: Attached, group: tuple[str, str, bool]) -> None:
    """Requests of a deploy are allowed. Access to other resources, and privilege escalation, are denied."""
    cases = [case for case in CORPUS if (case.stack, case.role, case.deleting) == group]

    assert surprises(attached, cases) == []


def test_no_similar_request_is_allowed(attached: Attached) -> None:
    """An allowed request with a different name, tag, region, account or service is denied."""
    count = 0
    allowed = []
    for case in CORPUS:
        if case.expected != "may":
            continue
        documents = attached(case.stack, case.role, case.deleting)
        for what, miss in near_misses(case):
            count += 1
            if decide(miss, documents) is Decision.ALLOW:
                allowed.append(f"{case}: {what}: {miss.resource}")

    assert count > 500
    assert allowed == []


LOOK_UP = re.compile("[a-z0-9-]+:(Describe|Get|List|GET)")
TAGGING = re.compile("[a-z0-9-]+:(.*Tag.*|PUT)")
OWNER = "aws:ResourceTag/aws:cloudformation:stack-name"
OURS = {"aws:RequestTag/Project": "csr-lambda-api", "aws:RequestTag/Environment": "prod"}


def tags_of(request: Request) -> dict[str, Value]:
    """Return the tags of the resource of a request."""
    return {key: value for key, value in request.context.items() if key.startswith("aws:ResourceTag/")}


def of_others(stack: str) -> dict[str, Request]:
    """Return the resources of other stacks and of other environments: each once, without an action."""
    resources = {}
    for case in CORPUS:
        request, tags = case.request, tags_of(case.request)
        if case.role != "service" or case.expected != "may" or not (tags or PRODUCTION in request.resource):
            continue
        if (OWNER not in tags and case.stack == stack) or tags.get(OWNER) == f"{PRODUCTION}-{stack}":
            tags = {key: str(value).replace(PRODUCTION, DEV) for key, value in tags.items()}
            if "aws:ResourceTag/Environment" in tags:
                tags["aws:ResourceTag/Environment"] = "dev"
            request = request._replace(resource=request.resource.replace(PRODUCTION, DEV))
        others = {key: value for key, value in request.context.items() if "Tag" not in key}
        resource = request._replace(action="", context={**others, **tags})
        resources[repr(resource)] = resource
    return resources


def allowed_actions(documents: Sequence[Document]) -> set[str]:
    """Return every action that policies allow."""
    actions: set[str] = set()
    for document in documents:
        for statement in document["Statement"]:
            if statement["Effect"] == "Allow":
                actions.update(statement["Action"])
    return actions


@pytest.mark.parametrize("stack", dict.fromkeys(stack for stack, _, _ in GROUPS))
def test_no_permission_includes_resources_of_others(attached: Attached, stack: str) -> None:
    """A service role cannot change any resource of another stack or environment."""
    documents = attached(stack, "service", True)
    actions = allowed_actions(documents)
    of_role = [case.request for case in CORPUS if (case.stack, case.role) == (stack, "service")]
    in_corpus = {(request.action, request.resource, repr(tags_of(request))) for request in of_role}
    role = {key: value for key, value in of_role[0].context.items() if key.startswith("aws:Principal")}
    count, allowed = 0, set()
    for resource in of_others(stack).values():
        for action in actions:
            if LOOK_UP.match(action) or condition_keys(action, resource.resource) is None:
                continue
            sent = OURS if TAGGING.fullmatch(action) else {}
            request = resource._replace(action=action, context={**resource.context, **role, **sent})
            count += 1
            if (action, resource.resource, repr(tags_of(resource))) in in_corpus:
                continue
            if decide(request, documents) is Decision.ALLOW:
                allowed.add(f"{action} on {resource.resource}")

    assert count > 250
    assert sorted(allowed) == []


def of_production(case: PolicyCase) -> bool:
    """Return whether a name or a tag, of the resource or in the request, is that of production."""
    context = case.request.context
    tags = {str(value) for key, value in context.items() if "Tag/" in key and "PrincipalTag/" not in key}
    return "csr-lambda-api-prod" in case.request.resource or {"csr-lambda-api", "prod"} <= tags


@pytest.mark.parametrize(("tag", "value"), [("Environment", "dev"), ("Project", "shop")])
def test_the_role_is_limited_by_its_tags(attached: Attached, tag: str, value: str) -> None:
    """With other tags of the role, the same policies do not allow access to resources of production."""
    key = f"aws:PrincipalTag/{tag}"
    cases = [case for case in CORPUS if case.expected == "may" and of_production(case)]
    allowed = []
    for case in cases:
        documents = attached(case.stack, case.role, case.deleting)
        for request in case.variants():
            with_tag = request._replace(context={**request.context, key: value})
            if decide(with_tag, documents) is Decision.ALLOW:
                allowed.append(str(case))

    assert len(cases) > 100
    assert allowed == []


def test_the_roles_have_the_tags_that_their_policies_read(
    bootstraps: dict[str, dict[str, Any]], attached: Attached
) -> None:
    """Sessions cannot override the tags, because no trust policy allows ``sts:TagSession``.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html
    """
    for stack, role, _ in GROUPS:
        properties = bootstraps[stack]["Resources"][f"{role.title()}Role"]["Properties"]
        read = set(re.findall(r"aws:PrincipalTag/(\w+)", json.dumps(attached(stack, role, True))))
        trusted = set(re.findall(r"sts:\w+|\"\*\"", json.dumps(properties["AssumeRolePolicyDocument"])))

        assert read <= set(re.findall(r'"Key": "(\w+)"', json.dumps(properties["Tags"])))
        assert trusted <= {"sts:AssumeRole", "sts:AssumeRoleWithWebIdentity"}
        assert '"AWS": "*"' not in json.dumps(properties)


def test_the_requests_of_the_corpus_are_possible() -> None:
    """Each action exists in IAM for the type of ARN, and supports tags if the request has tags."""
    wrong = []
    for case in CORPUS:
        keys = condition_keys(case.request.action, case.request.resource)
        tagged = any(key.startswith("aws:ResourceTag/") for key in case.request.context)
        if keys is None or (tagged and "aws:ResourceTag/${TagKey}" not in keys):
            wrong.append(str(case))

    assert wrong == []


def test_the_corpus_has_allowed_and_denied_requests() -> None:
    """For each role, requests are allowed and denied, and no request appears twice."""
    kinds = {((case.stack, case.role, case.deleting), case.expected) for case in CORPUS}
    counts = Counter((case.stack, case.role, case.deleting, repr(case.request)) for case in CORPUS)

    for group in GROUPS:
        assert (group, "may") in kinds
        assert (group, "not") in kinds
    assert [request for request, count in counts.items() if count > 1] == []
    assert len(CORPUS) > 300


def test_an_unexpected_decision_is_found() -> None:
    """If policies allow everything, or nothing, all requests of the other kind are found."""
    everything = {
        "Version": "2012-10-17",
        "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"},
    }
    denied = [case for case in CORPUS if case.expected == "not"]

    assert len(surprises(lambda *_: [everything], CORPUS)) == len(denied)
    assert len(surprises(lambda *_: [], CORPUS)) == len(CORPUS) - len(denied)
