"""The policies of the commands that read an account: their calls, for the names and tags of the project."""

import json
import re
from collections.abc import Iterable, Mapping

import pytest

from cfn_analysis.model.built_stack import Document
from csr_templates import STACKS
from csr_templates.assembly.building import build_stack
from csr_templates.hand_over import on_call_policy, operator_policies
from csr_templates.hand_over.operator_policies import DEPLOYED, DETECT_DRIFT, PREFLIGHT, VERIFY
from csr_templates.hand_over.operator_statements import WIDE, Names
from csr_templates.hand_over.policy_documents import MAX_CHARACTERS, MAX_POLICIES
from tests.docs.pages import PERMISSIONS, PERMISSIONS_JA, in_each_language
from tests.system import ENVIRONMENTS, PROJECT

from .corpus import condition_keys
from .policy_evaluator import Decision, Request, Value, decide

ACCOUNT = "123456789012"
BUILT = [build_stack(stack) for stack in STACKS]
NAMES = Names(PROJECT, ENVIRONMENTS)
TAGS = {"aws:ResourceTag/Project": PROJECT, "aws:ResourceTag/Environment": "prod"}
FUNCTION = f"arn:aws:lambda:ap-northeast-1:{ACCOUNT}:function:{PROJECT}-prod-api"
STACK = f"arn:aws:cloudformation:ap-northeast-1:{ACCOUNT}:stack/{PROJECT}-prod-api"
SECRET = f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:{PROJECT}-prod-origin-api-key-a-AbCdEf"
TOPIC = f"arn:aws:sns:ap-northeast-1:{ACCOUNT}:{PROJECT}-prod-api-CriticalAlarmTopic-AbC123"
PACKAGE = f"arn:aws:s3:::{PROJECT}-prod-lambda-deployments-{ACCOUNT}/lambda-deployment-package.zip"
GET = "apigateway:GET"
Call = tuple[str, str, str, Mapping[str, Value]]

ALLOWED: list[Call] = [
    (PREFLIGHT, "lambda:GetFunctionConcurrency", FUNCTION, {}),
    (PREFLIGHT, "s3:ListBucket", f"arn:aws:s3:::{PROJECT}-prod-frontend-{ACCOUNT}", {}),
    (PREFLIGHT, "s3:GetBucketVersioning", f"arn:aws:s3:::{PROJECT}-prod-artifacts-{ACCOUNT}-us-east-1", {}),
    (PREFLIGHT, "s3:GetObject", PACKAGE, {}),
    (PREFLIGHT, "sns:ListSubscriptionsByTopic", TOPIC, {}),
    (PREFLIGHT, "secretsmanager:DescribeSecret", SECRET, {}),
    (PREFLIGHT, "cloudformation:DescribeStacks", f"{STACK}/*", {}),  # does not exist yet
    (DEPLOYED, "cloudformation:GetTemplate", f"{STACK}/1f0a", {}),
    (DEPLOYED, "cloudformation:GetStackPolicy", f"{STACK}/1f0a", {}),
    (VERIFY, "lambda:GetAlias", FUNCTION, {}),
    (VERIFY, "lambda:GetFunctionConfiguration", f"{FUNCTION}:prod", {}),  # judged with its qualifier
    (VERIFY, "lambda:GetProvisionedConcurrencyConfig", f"{FUNCTION}:prod", {}),
    (VERIFY, "cloudfront:GetDistribution", f"arn:aws:cloudfront::{ACCOUNT}:distribution/E1", TAGS),
    (VERIFY, GET, "arn:aws:apigateway:ap-northeast-1::/apikeys/a1", TAGS),
    (VERIFY, GET, "arn:aws:apigateway:ap-northeast-1::/usageplans/p1/keys", TAGS),
    (VERIFY, "sns:ListSubscriptionsByTopic", TOPIC, {}),
    (VERIFY, "secretsmanager:DescribeSecret", SECRET, {}),
    (
        VERIFY,
        "logs:DescribeLogStreams",
        f"arn:aws:logs:ap-northeast-1:{ACCOUNT}:log-group:/aws/vpc/flowlogs/{PROJECT}-prod:log-stream:",
        {},
    ),
    (
        VERIFY,
        "cloudwatch:GetAlarmMuteRule",
        f"arn:aws:cloudwatch:us-east-1:{ACCOUNT}:alarm-mute-rule:{PROJECT}-prod-night",
        {},
    ),
]
ALLOWED += [
    (DETECT_DRIFT, "cloudformation:DetectStackDrift", f"{STACK}/1f0a", {}),
    (DETECT_DRIFT, "cloudformation:DetectStackResourceDrift", f"{STACK}/1f0a", {}),
    (DETECT_DRIFT, "cloudformation:DescribeStackResourceDrifts", f"{STACK}/1f0a", {}),
    (DETECT_DRIFT, "lambda:GetPolicy", FUNCTION, {}),
    (DETECT_DRIFT, "secretsmanager:DescribeSecret", SECRET, {}),
    (DETECT_DRIFT, "sns:GetTopicAttributes", TOPIC, {}),
    (DETECT_DRIFT, "s3:GetBucketPolicy", f"arn:aws:s3:::{PROJECT}-prod-frontend-{ACCOUNT}", {}),
    (
        DETECT_DRIFT,
        "iam:GetRolePolicy",
        f"arn:aws:iam::{ACCOUNT}:role/{PROJECT}-prod-api-ExecutionRole-1",
        {},
    ),
    (DETECT_DRIFT, "kms:GetKeyPolicy", f"arn:aws:kms:us-east-1:{ACCOUNT}:key/1", TAGS),
    (DETECT_DRIFT, GET, "arn:aws:apigateway:ap-northeast-1::/restapis/a1/stages/v1", TAGS),
]
NOT_ALLOWED: list[Call] = [
    (DETECT_DRIFT, "secretsmanager:GetSecretValue", SECRET, {}),
    (DETECT_DRIFT, "kms:Decrypt", f"arn:aws:kms:us-east-1:{ACCOUNT}:key/1", TAGS),
    (DETECT_DRIFT, "s3:GetObject", PACKAGE, {}),
    (DETECT_DRIFT, "apigateway:PATCH", "arn:aws:apigateway:ap-northeast-1::/restapis/a1", TAGS),
    (VERIFY, "cloudformation:DetectStackDrift", f"{STACK}/1f0a", {}),
    (PREFLIGHT, GET, "arn:aws:apigateway:ap-northeast-1::/apikeys/a1", TAGS),
    (PREFLIGHT, "lambda:GetFunctionConfiguration", FUNCTION, {}),
    (PREFLIGHT, "s3:GetObject", f"arn:aws:s3:::{PROJECT}-prod-edge-logs-{ACCOUNT}/log", {}),
    (PREFLIGHT, "cloudformation:GetTemplate", f"{STACK}/1f0a", {}),
    (DEPLOYED, "cloudformation:DetectStackDrift", f"{STACK}/1f0a", {}),
    (DEPLOYED, "lambda:GetFunctionConfiguration", FUNCTION, {}),
    (VERIFY, "secretsmanager:GetSecretValue", SECRET, {}),
    (VERIFY, "lambda:UpdateAlias", FUNCTION, {}),
    (VERIFY, "apigateway:PATCH", "arn:aws:apigateway:ap-northeast-1::/apikeys/a1", TAGS),
]

BUILT = [build_stack(stack) for stack in STACKS]


def is_allowed(call: Call) -> bool:
    """Return the decision about a request of the role of a command."""
    name, action, resource, context = call
    account = {"aws:PrincipalAccount": ACCOUNT, "aws:ResourceAccount": ACCOUNT}
    request = Request(action, resource, {**account, **context})
    return decide(request, operator_policies.policies(name, NAMES, BUILT)) is Decision.ALLOW


def others(call: Call) -> list[Call]:
    """Return the same request for other projects, environments and accounts."""
    name, action, resource, context = call
    requests: list[Call] = []
    for prefix in (f"{PROJECT}-v2-prod", f"my-{PROJECT}-prod", f"{PROJECT}-qa"):
        renamed = resource.replace(f"{PROJECT}-prod", prefix)
        if renamed != resource:
            requests.append((name, action, renamed, context))
            requests.append((name, action, resource, {"aws:ResourceAccount": "444455556666"}))
    for tag, value in (("Project", f"{PROJECT}-v2"), ("Environment", "qa")):
        if context:
            requests.append((name, action, resource, {**context, f"aws:ResourceTag/{tag}": value}))
    return requests


@pytest.mark.parametrize("call", ALLOWED)
def test_resources_of_the_project_only(call: Call) -> None:
    """A project whose name continues ours, another environment and another account are not read."""
    _, action, resource, _ = call
    requests = others(call)

    assert condition_keys(action, resource.replace("/*", "/1")) is not None
    assert is_allowed(call)
    assert len(requests) >= 2
    assert [request for request in requests if is_allowed(request)] == []


@pytest.mark.parametrize("call", NOT_ALLOWED)
def test_reading_does_not_include_changes_and_keys(call: Call) -> None:
    """A policy has only the calls of its command. None reads a secret, or an object of another bucket."""
    assert not is_allowed(call)


@pytest.mark.parametrize("name", operator_policies.CALLS)
def test_nothing_is_changed(name: str) -> None:
    """Each action only reads, and no action is a pattern."""
    allowed = "[a-z0-9-]+:((Describe|Get|List)[A-Za-z]+|GET|CheckCapacity)"
    if name == DETECT_DRIFT:
        allowed = f"{allowed}|cloudformation:DetectStack(Resource)?Drift"
    for document in operator_policies.policies(name, NAMES, BUILT):
        for statement in document["Statement"]:
            for action in statement["Action"]:
                assert re.fullmatch(allowed, action)
                assert action not in ("secretsmanager:GetSecretValue", "kms:Decrypt")


def wide_actions() -> set[str]:
    """Return the actions of the policies for any resource, although IAM has ARNs for them."""
    documents = on_call_policy.policies(NAMES, BUILT)
    for name in operator_policies.CALLS:
        documents += operator_policies.policies(name, NAMES, BUILT)
    actions: set[str] = set()
    for document in documents:
        for statement in document["Statement"]:
            if statement["Sid"] == "Read":
                actions.update(
                    action for action in statement["Action"] if condition_keys(action, "*") is None
                )
    return actions


def test_what_cannot_be_narrowed_is_on_the_page() -> None:
    """The page for security reviewers names each action that is not limited to names or tags."""
    assert wide_actions() | {"cloudwatch:GetMetricData"} == WIDE
    for page in in_each_language(PERMISSIONS, PERMISSIONS_JA):
        text = page.read_text("utf-8")
        assert [action for action in sorted(WIDE) if f"`{action}`" not in text] == []


def test_without_environments() -> None:
    """Without parameter files, the names are not known, but their form is."""
    (document,) = operator_policies.policies(VERIFY, Names("*", ("*",)), BUILT)
    (named,) = [statement for statement in document["Statement"] if statement["Sid"] == "ReadNames"]

    assert "arn:aws:lambda:*:*:function:*-*-*" in named["Resource"]


def test_every_call_is_allowed_for_our_stacks() -> None:
    """No call of a command is left out because its service were not used."""
    for name, calls in operator_policies.CALLS.items():
        text = json.dumps(operator_policies.policies(name, NAMES, BUILT))
        for service, operations in calls.items():
            for operation in operations:
                for action in operator_policies.actions(service, operation):
                    assert f'"{action}"' in text, (name, action)


def test_calls_of_unused_services_are_not_allowed() -> None:
    """Without a distribution, neither it nor its certificate and web ACL is read."""
    (without,) = operator_policies.policies(PREFLIGHT, NAMES, BUILT[:3])
    services: set[str] = set()
    for statement in without["Statement"]:
        services.update(action.partition(":")[0] for action in statement["Action"])

    assert not services & {"acm", "cloudfront", "wafv2"}
    assert {"iam", "rds", "lambda", "servicequotas"} <= services


def test_an_operation_with_a_different_action() -> None:
    """The name of the action in IAM is used, so that a finding shows the action to allow."""
    assert operator_policies.actions("s3", "HeadBucket") == ("s3:ListBucket",)
    assert operator_policies.actions("service-quotas", "GetServiceQuota") == (
        "servicequotas:GetServiceQuota",
    )
    assert operator_policies.actions("rds", "DescribeDBClusters") == ("rds:DescribeDBClusters",)


@pytest.mark.parametrize("name", [*operator_policies.CALLS, "on-call"])
def test_many_environments_have_several_policies(name: str) -> None:
    """IAM accepts each document, and together they allow the same in each of twelve environments."""
    many = [f"environment-{number}" for number in range(12)]
    of_many = documents_of(name, Names(PROJECT, many))
    sids: list[str] = []
    for document in of_many:
        sids += [statement["Sid"] for statement in document["Statement"]]

    assert all(len("".join(json.dumps(document).split())) <= MAX_CHARACTERS for document in of_many)
    assert len(of_many) <= MAX_POLICIES
    assert len(set(sids)) == len(sids)
    for environment in many:
        assert permissions(of_many, environment) == permissions(documents_of(name, NAMES), "prod")


def documents_of(name: str, names: Names) -> list[Document]:
    """Return the policies of a command, or of the person on call."""
    if name == "on-call":
        return on_call_policy.policies(names, BUILT)
    return operator_policies.policies(name, names, BUILT)


def permissions(documents: Iterable[Document], environment: str) -> set[tuple[str, str]]:
    """Return action and ARN of what is allowed by the name of an environment, as if it were "x"."""
    prefix = f"{PROJECT}-{environment}"
    pairs: set[tuple[str, str]] = set()
    for document in documents:
        for statement in document["Statement"]:
            arns = (
                [statement["Resource"]] if isinstance(statement["Resource"], str) else statement["Resource"]
            )
            for arn in arns:
                if re.search(f"{prefix}(?![0-9])", arn):
                    pairs.update((action, arn.replace(prefix, "x")) for action in statement["Action"])
    return pairs
