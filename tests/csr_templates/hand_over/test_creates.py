"""The service roles may create each resource of the templates, and only as the template describes it."""

import re
from collections.abc import Iterator

import pytest

from cfn_analysis.model.built_stack import BuiltStack
from cfn_analysis.model.schemas import iam_action, resource_schema
from csr_templates.hand_over import deploy_scopes
from csr_templates.hand_over.own_service import own_service

from .conftest import Attached
from .corpus import REGIONS, condition_keys
from .creates import TABLE, Creates
from .near_misses import near_misses
from .policy_evaluator import Decision, decide

FILE = "tests/csr_templates/hand_over/creates.yaml"
READ = re.compile("[a-z0-9-]+:(Describe|Get|List|GET$)")


def unknown_types(stack: BuiltStack) -> list[str]:
    """Return a sentence for each type of a stack without requests in the table, with the lines to write."""
    sentences = []
    for type_name in sorted({resource["Type"] for resource in stack.resources.values()} - TABLE.keys()):
        lines = "\n".join(creating_requests(type_name, stack.region))
        sentences.append(
            f"{type_name} of stack {stack.name} has no requests in {FILE}. Add those that create a resource, "
            f"such as the following, with the ARNs that IAM evaluates:\n{type_name}:\n  requests:\n{lines}"
        )
    return sentences


def creating_requests(type_name: str, region: str) -> Iterator[str]:
    """Yield the lines of the table for the actions of a type's service in its handler for creation."""
    service = own_service(type_name, region)
    for action in resource_schema(type_name, region).handlers.get("create", ()):
        formats = iam_action(action)
        if formats is None or not action.startswith(f"{service}:") or READ.match(action):
            continue
        arn = "*"
        if formats:
            resource = deploy_scopes.best_arn(type_name, formats).split(":", 5)[5]
            arn = f"{service} {resource.replace('*', '{name}')}"
        yield f'    - {{may: [{action}], arn: "{arn}", sends: tags}}'


@pytest.mark.parametrize("stack", REGIONS)
def test_each_type_has_requests(built: dict[str, BuiltStack], stack: str) -> None:
    """A type without requests would not be tested below."""
    sentences = unknown_types(built[stack])

    assert not sentences, "\n".join(sentences)  # pytest would shorten a comparison


def test_an_unknown_type_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message names the file, and contains the line to write."""
    monkeypatch.delitem(TABLE, "AWS::Lambda::EventSourceMapping", raising=False)
    resources = {"Jobs": {"Type": "AWS::Lambda::EventSourceMapping"}}
    stack = BuiltStack("api", "api.yaml", "ap-northeast-1", {"Resources": resources})

    assert unknown_types(stack) == [
        "AWS::Lambda::EventSourceMapping of stack api has no requests in "
        "tests/csr_templates/hand_over/creates.yaml. Add those that create a resource, such as the "
        "following, with the ARNs that IAM evaluates:\nAWS::Lambda::EventSourceMapping:\n  requests:\n"
        '    - {may: [lambda:CreateEventSourceMapping], arn: "*", sends: tags}\n'
        '    - {may: [lambda:TagResource], arn: "lambda event-source-mapping:{name}", sends: tags}'
    ]


@pytest.mark.parametrize("stack", REGIONS)
def test_each_resource_can_be_created(built: dict[str, BuiltStack], attached: Attached, stack: str) -> None:
    """No request of a first deploy is denied, in any form in which AWS evaluates it."""
    documents = attached(stack, "service", False)
    cases = list(Creates(built[stack]).requests())
    denied: list[str] = []
    for case in cases:
        denied += [
            f"{case}: {request.resource}"
            for request in case.variants()
            if decide(request, documents) is not Decision.ALLOW
        ]

    with_requests = [
        logical_id for logical_id, resource in built[stack].resources.items() if resource["Type"] in TABLE
    ]
    assert {case.why.split(",")[0] for case in cases} == {
        f"creating {logical_id}" for logical_id in with_requests
    }
    assert denied == []


@pytest.mark.parametrize("stack", REGIONS)
def test_no_similar_creation_is_allowed(built: dict[str, BuiltStack], attached: Attached, stack: str) -> None:
    """The same request with a different name, tag, region or account is denied."""
    documents = attached(stack, "service", False)
    allowed = []
    for case in Creates(built[stack]).requests():
        for what, miss in near_misses(case):
            if decide(miss, documents) is Decision.ALLOW:
                allowed.append(f"{case}: {what}: {miss.resource}")

    assert allowed == []


def test_the_requests_are_possible(built: dict[str, BuiltStack]) -> None:
    """Each action exists in IAM for the type of ARN."""
    requests = []
    for stack in REGIONS:
        requests += [case.request for case in Creates(built[stack]).requests()]
    impossible = {
        f"{request.action} on {request.resource}"
        for request in requests
        if condition_keys(request.action, request.resource) is None
    }

    assert len(requests) > 200
    assert impossible == set()
