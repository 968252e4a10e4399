"""The service roles may create each resource of the templates, and only as the template describes it."""

import pytest

from cfn_analysis.model.built_stack import BuiltStack

from .conftest import Attached
from .corpus import REGIONS, condition_keys
from .creates import TABLE, Creates
from .near_misses import near_misses
from .policy_evaluator import Decision, decide


@pytest.mark.parametrize("stack", REGIONS)
def test_each_resource_can_be_created(built: dict[str, BuiltStack], attached: Attached, stack: str) -> None:
    """No request of a first deploy is denied, in any form in which AWS evaluates it."""
    documents = attached(stack, "service", False)
    created = list(Creates(built[stack]).requests())
    denied = [
        f"{asked}: {request.resource}"
        for asked in created
        for request in asked.variants()
        if decide(request, documents) is not Decision.ALLOW
    ]

    assert {asked.why.split(",")[0] for asked in created} == {
        f"creating {logical_id}"
        for logical_id, resource in built[stack].resources.items()
        if resource["Type"] in TABLE
    }
    assert denied == []


@pytest.mark.parametrize("stack", REGIONS)
def test_no_similar_creation_is_allowed(built: dict[str, BuiltStack], attached: Attached, stack: str) -> None:
    """The same request with a different name, tag, region or account is denied."""
    documents = attached(stack, "service", False)
    tried = [
        (asked, what, miss) for asked in Creates(built[stack]).requests() for what, miss in near_misses(asked)
    ]

    assert [
        f"{asked}: {what}: {miss.resource}"
        for asked, what, miss in tried
        if decide(miss, documents) is Decision.ALLOW
    ] == []


def test_the_requests_are_possible(built: dict[str, BuiltStack]) -> None:
    """Each action exists in IAM for the type of ARN."""
    created = [asked.request for stack in REGIONS for asked in Creates(built[stack]).requests()]

    assert len(created) > 200
    assert {
        f"{request.action} on {request.resource}"
        for request in created
        if condition_keys(request.action, request.resource) is None
    } == set()
