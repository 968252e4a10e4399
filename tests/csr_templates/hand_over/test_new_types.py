"""A build of the api stack with types that it does not have: its service role may do everything with them."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from troposphere import GetAtt, awslambda, sqs

from cfn_analysis.model.rendering import load
from csr_templates import STACKS, Stack
from csr_templates.assembly.files import Assembly, assemble
from csr_templates.hand_over import deploy_scopes
from csr_templates.stacks import api
from csr_templates.stacks.parts import names
from csr_templates.stacks.parts.template import StackTemplate

from .corpus import PolicyCase, cases_of, tag_sets
from .near_misses import near_misses
from .policy_evaluator import Decision, Document, decide
from .test_deploy_completeness import own_actions

MAPPING, QUEUE = "AWS::Lambda::EventSourceMapping", "AWS::SQS::Queue"
QUEUES = ["sqs csr-lambda-api-prod-jobs", "sqs csr-lambda-api-prod-failed-jobs"]
OF_MAPPING = "lambda event-source-mapping:91eaeb7e-c976-4939-9709-000000000000"

EVERYDAY: list[dict[str, Any]] = [
    {"may": ["sqs:CreateQueue", "sqs:TagQueue"], "arn": QUEUES, "sends": ["ours"]},
    {
        "may": [
            "sqs:GetQueueAttributes",
            "sqs:GetQueueUrl",
            "sqs:ListQueueTags",
            "sqs:SetQueueAttributes",
            "sqs:UntagQueue",
        ],
        "arn": QUEUES,
    },
    {"may": ["lambda:CreateEventSourceMapping"], "arn": "*", "sends": ["ours"]},
    # A new mapping has no tags yet.
    {"may": ["lambda:TagResource"], "arn": OF_MAPPING, "sends": ["ours"]},
    {
        "may": [
            "lambda:GetEventSourceMapping",
            "lambda:ListTags",
            "lambda:TagResource",
            "lambda:UntagResource",
            "lambda:UpdateEventSourceMapping",
        ],
        "arn": OF_MAPPING,
        "is": ["ours"],
        "sends": ["ours"],
    },
]
DELETING: list[dict[str, Any]] = [
    {"may": ["sqs:DeleteQueue"], "arn": QUEUES},
    {"may": ["lambda:DeleteEventSourceMapping"], "arn": OF_MAPPING, "is": ["ours"]},
]


def with_queue() -> StackTemplate:
    """Return the api stack with a queue, its dead-letter queue, and the mapping to the function."""
    t = api.build()
    t.section("Jobs")
    failed = t.add_resource(
        sqs.Queue(
            "FailedJobsQueue",
            DeletionPolicy="RetainExceptOnCreate",
            UpdateReplacePolicy="Retain",
            QueueName=names.name("failed-jobs"),
            KmsMasterKeyId="alias/aws/sqs",
            Tags=names.tags(),
        )
    )
    jobs = t.add_resource(
        sqs.Queue(
            "JobsQueue",
            DeletionPolicy="RetainExceptOnCreate",
            UpdateReplacePolicy="Retain",
            QueueName=names.name("jobs"),
            KmsMasterKeyId="alias/aws/sqs",
            RedrivePolicy=sqs.RedrivePolicy(deadLetterTargetArn=failed.GetAtt("Arn"), maxReceiveCount=5),
            Tags=names.tags(),
        )
    )
    t.add_resource(
        awslambda.EventSourceMapping(
            "JobsMapping",
            EventSourceArn=jobs.GetAtt("Arn"),
            FunctionName=GetAtt("ApiFunction", "Arn"),
            Tags=names.tags(),
        )
    )
    return t


def built() -> Assembly:
    """Return a build of all stacks, with the additional resources."""
    stacks = [with_jobs(stack) if stack.name == "api" else stack for stack in STACKS]
    return assemble(stacks, lint=False)


def with_jobs(stack: Stack) -> Stack:
    """Return a stack whose template is that of ``with_queue``."""
    return stack._replace(build=with_queue)


@pytest.fixture(scope="module")
def policies() -> Iterator[dict[bool, list[Document]]]:
    """Whether the role may delete -> its policies, in a build with the line that the message asks for."""
    if any(scope.type == MAPPING for scope in deploy_scopes.SCOPES):
        pytest.skip(f"{MAPPING} is not new: deploy_scopes.txt has a line for it.")
    (problem,) = built().problems
    line = re.search(r'such as: "(.+?)"\.', problem)
    assert problem.startswith(f"Stack api: {MAPPING} requires lambda:DeleteEventSourceMapping, ")
    assert line
    type_name, arn = line[1].split()
    scope = deploy_scopes.Scope(type_name, arn, "environment")  # as the message says for a random ID
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(deploy_scopes, "SCOPES", (*deploy_scopes.SCOPES, scope))
        assembly = built()
    assert assembly.problems == ()
    template = load(assembly.files["bootstrap/api.yaml"].decode("ascii"))
    attached: dict[bool, list[Document]] = {False: [], True: []}
    for resource in template["Resources"].values():
        properties = resource.get("Properties", {})
        if properties.get("Roles") == [{"Ref": "ServiceRole"}]:
            attached[True].append(properties["PolicyDocument"])
            if "Condition" not in resource:
                attached[False].append(properties["PolicyDocument"])
    yield attached


def cases(deleting: bool) -> list[PolicyCase]:
    """Return the requests of a deploy, or those of deleting."""
    entries = DELETING if deleting else EVERYDAY
    requests: list[PolicyCase] = []
    for entry in entries:
        requests += cases_of(["api", "service"], {**entry, "why": "the jobs"}, tag_sets())
    return requests


def test_the_requests_contain_each_action_of_the_schemas() -> None:
    """No action that a handler lists is missing in the requests."""
    actions = {case.request.action for case in (*cases(deleting=False), *cases(deleting=True))}

    assert actions == {*own_actions(MAPPING, "ap-northeast-1"), *own_actions(QUEUE, "ap-northeast-1")}


@pytest.mark.parametrize("deleting", [False, True])
def test_new_types_can_be_managed(policies: dict[bool, list[Document]], deleting: bool) -> None:
    """The service role may create, read, update and tag the three resources, or delete them."""
    for case in cases(deleting):
        for request in case.variants():
            assert decide(request, policies[deleting]) is Decision.ALLOW, str(case)


@pytest.mark.parametrize("deleting", [False, True])
def test_no_similar_request_is_allowed(policies: dict[bool, list[Document]], deleting: bool) -> None:
    """The same requests for the resources of another environment or project are denied."""
    misses = []
    for case in cases(deleting):
        if case.request.resource != "*":  # IAM has no ARN for this action
            misses += [(f"{case}: {what}", miss) for what, miss in near_misses(case)]

    assert len(misses) > 5
    assert [what for what, miss in misses if decide(miss, policies[deleting]) is Decision.ALLOW] == []


def test_deleting_requires_its_policies(policies: dict[bool, list[Document]]) -> None:
    """An everyday deploy cannot delete the three resources."""
    for case in cases(deleting=True):
        assert decide(case.request, policies[False]) is not Decision.ALLOW, str(case)
