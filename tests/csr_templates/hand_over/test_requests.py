"""The permissions of the deploy roles, evaluated for every request of the corpus."""

import json
import re
from collections import Counter
from typing import Any

import pytest

from .conftest import Attached
from .corpus import Asked, condition_keys, requests
from .near_misses import near_misses
from .policy_evaluator import Decision, Request, Value, decide

PRODUCTION, DEV = "csr-lambda-api-prod", "csr-lambda-api-dev"
CORPUS = requests()
GROUPS = list(dict.fromkeys((one.stack, one.role, one.deleting) for one in CORPUS))


def surprises(attached: Attached, asked: list[Asked]) -> list[str]:
    """Return the requests whose decision is not the expected one."""
    found = []
    for one in asked:
        documents = attached(one.stack, one.role, one.deleting)
        answers = {decide(request, documents) is Decision.ALLOW for request in one.variants()}
        if answers != {one.expected != "not"}:
            found.append(f"{'allowed' if True in answers else 'denied'}: {one}")
    return found


@pytest.mark.parametrize(
    "group", GROUPS, ids=[f"{stack}-{role}{'-deleting' * deleting}" for stack, role, deleting in GROUPS]
)
def test_every_decision_is_the_expected_one(attached: Attached, group: tuple[str, str, bool]) -> None:
    """Requests of a deploy are allowed. Access to other resources, and privilege escalation, are denied."""
    asked = [one for one in CORPUS if (one.stack, one.role, one.deleting) == group]

    assert surprises(attached, asked) == []


def test_no_similar_request_is_allowed(attached: Attached) -> None:
    """An allowed request with a different name, tag, region, account or service is denied."""
    tried = [(one, what, miss) for one in CORPUS if one.expected == "may" for what, miss in near_misses(one)]
    allowed = [
        f"{one}: {what}: {miss.resource}"
        for one, what, miss in tried
        if decide(miss, attached(one.stack, one.role, one.deleting)) is Decision.ALLOW
    ]

    assert len(tried) > 500
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
    found = {}
    for one in CORPUS:
        request, tags = one.request, tags_of(one.request)
        if one.role != "service" or one.expected != "may" or not (tags or PRODUCTION in request.resource):
            continue
        if (OWNER not in tags and one.stack == stack) or tags.get(OWNER) == f"{PRODUCTION}-{stack}":
            tags = {key: str(value).replace(PRODUCTION, DEV) for key, value in tags.items()}
            if "aws:ResourceTag/Environment" in tags:
                tags["aws:ResourceTag/Environment"] = "dev"
            request = request._replace(resource=request.resource.replace(PRODUCTION, DEV))
        others = {key: value for key, value in request.context.items() if "Tag" not in key}
        thing = request._replace(action="", context={**others, **tags})
        found[repr(thing)] = thing
    return found


@pytest.mark.parametrize("stack", dict.fromkeys(stack for stack, _, _ in GROUPS))
def test_no_permission_includes_resources_of_others(attached: Attached, stack: str) -> None:
    """A service role cannot change any resource of another stack or environment."""
    documents = attached(stack, "service", True)
    statements = [one for document in documents for one in document["Statement"]]
    actions = {action for one in statements if one["Effect"] == "Allow" for action in one["Action"]}
    asked = [one.request for one in CORPUS if (one.stack, one.role) == (stack, "service")]
    answered = {(one.action, one.resource, repr(tags_of(one))) for one in asked}
    role = {key: value for key, value in asked[0].context.items() if key.startswith("aws:Principal")}
    tried, allowed = 0, set()
    for thing in of_others(stack).values():
        for action in actions:
            if LOOK_UP.match(action) or condition_keys(action, thing.resource) is None:
                continue
            sent = OURS if TAGGING.fullmatch(action) else {}
            request = thing._replace(action=action, context={**thing.context, **role, **sent})
            tried += 1
            if (action, thing.resource, repr(tags_of(thing))) in answered:
                continue  # according to the corpus
            if decide(request, documents) is Decision.ALLOW:
                allowed.add(f"{action} on {thing.resource}")

    assert tried > 250
    assert sorted(allowed) == []


def of_production(one: Asked) -> bool:
    """Return whether a name or a tag, of the resource or in the request, is that of production."""
    context = one.request.context
    tags = {str(value) for key, value in context.items() if "Tag/" in key and "PrincipalTag/" not in key}
    return "csr-lambda-api-prod" in one.request.resource or {"csr-lambda-api", "prod"} <= tags


@pytest.mark.parametrize(("tag", "value"), [("Environment", "dev"), ("Project", "shop")])
def test_the_role_is_limited_by_its_tags(attached: Attached, tag: str, value: str) -> None:
    """With other tags of the role, the same policies do not allow access to resources of production."""
    key = f"aws:PrincipalTag/{tag}"
    asked = [one for one in CORPUS if one.expected == "may" and of_production(one)]
    allowed = [
        str(one)
        for one in asked
        for documents in [attached(one.stack, one.role, one.deleting)]
        for request in one.variants()
        if decide(request._replace(context={**request.context, key: value}), documents) is Decision.ALLOW
    ]

    assert len(asked) > 100
    assert allowed == []


def test_the_roles_have_the_tags_that_their_policies_read(
    bootstraps: dict[str, dict[str, Any]], attached: Attached
) -> None:
    """Sessions cannot override the tags, because no trust policy allows ``sts:TagSession``.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html
    """
    for stack, role, _ in GROUPS:
        made = bootstraps[stack]["Resources"][f"{role.title()}Role"]["Properties"]
        read = set(re.findall(r"aws:PrincipalTag/(\w+)", json.dumps(attached(stack, role, True))))
        trusted = set(re.findall(r"sts:\w+|\"\*\"", json.dumps(made["AssumeRolePolicyDocument"])))

        assert read <= set(re.findall(r'"Key": "(\w+)"', json.dumps(made["Tags"])))
        assert trusted <= {"sts:AssumeRole", "sts:AssumeRoleWithWebIdentity"}
        assert '"AWS": "*"' not in json.dumps(made)


def test_the_requests_of_the_corpus_are_possible() -> None:
    """Each action exists in IAM for the type of ARN, and supports tags if the request has tags."""
    wrong = []
    for one in CORPUS:
        keys = condition_keys(one.request.action, one.request.resource)
        tagged = any(key.startswith("aws:ResourceTag/") for key in one.request.context)
        if keys is None or (tagged and "aws:ResourceTag/${TagKey}" not in keys):
            wrong.append(str(one))

    assert wrong == []


def test_the_corpus_has_allowed_and_denied_requests() -> None:
    """For each role, requests are allowed and denied, and no request appears twice."""
    kinds = {((one.stack, one.role, one.deleting), one.expected) for one in CORPUS}
    asked = Counter((one.stack, one.role, one.deleting, repr(one.request)) for one in CORPUS)

    assert kinds >= {(group, expected) for group in GROUPS for expected in ("may", "not")}
    assert [request for request, times in asked.items() if times > 1] == []
    assert len(CORPUS) > 300


def test_an_unexpected_decision_is_found() -> None:
    """If policies allow everything, or nothing, all requests of the other kind are found."""
    everything = {
        "Version": "2012-10-17",
        "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"},
    }
    denied = [one for one in CORPUS if one.expected == "not"]

    assert len(surprises(lambda *_: [everything], CORPUS)) == len(denied)
    assert len(surprises(lambda *_: [], CORPUS)) == len(CORPUS) - len(denied)
