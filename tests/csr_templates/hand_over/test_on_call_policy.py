"""The policy of the person on call: repairs of this project, and nothing that destroys.

``tests/csr_templates/operating/test_on_call_policy.py`` compares it with the calls of the commands.
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from csr_templates import STACKS
from csr_templates.assembly.building import build_stack
from csr_templates.hand_over import on_call_policy
from csr_templates.hand_over.operator_statements import Names
from csr_templates.hand_over.policy_documents import MAX_CHARACTERS
from csr_templates.operating.command_line import COMMANDS
from tests.docs.pages import (
    JAPANESE,
    ON_CALL,
    ROOT,
    TROUBLESHOOTING,
    TROUBLESHOOTING_JA,
    read,
    spans,
)
from tests.system import ENVIRONMENTS, PROJECT

from .policy_evaluator import Decision, Request, Value, decide

ACCOUNT = "123456789012"
BUILT = [build_stack(stack) for stack in STACKS]
NAMES = Names(PROJECT, ENVIRONMENTS)
POLICIES = on_call_policy.policies(NAMES, BUILT)
TOKYO, VIRGINIA = "ap-northeast-1", "us-east-1"
OURS = {"aws:ResourceTag/Project": PROJECT, "aws:ResourceTag/Environment": "prod"}
COMMANDS_ON_CALL = {command.name for command in COMMANDS if command.is_on_call}
OTHERS = {command.name for command in COMMANDS} - COMMANDS_ON_CALL


def commands_in(text: str) -> set[str]:
    """Return the commands in backticks; one without a hyphen, such as ``wait``, is also another word."""
    words = {span.split()[0] for span in spans(text) if span.strip()}
    return {word for word in words if "-" in word} & {command.name for command in COMMANDS}


def test_commands_are_those_of_the_pages() -> None:
    """What the on-call page names, and what Troubleshooting calls, is allowed; drift reads every resource."""
    named = commands_in("\n".join(read(ON_CALL).prose))
    blocks = "".join(block.text for block in read(TROUBLESHOOTING).shell())
    called = set(re.findall(r"^csr-operate prod ([a-z-]+)", blocks, re.MULTILINE))

    assert len(named) > 15
    assert len(called) > 15
    assert (named | called) - COMMANDS_ON_CALL == set()


@pytest.mark.parametrize(
    ("path", "administrator"),
    [(TROUBLESHOOTING, "administrator"), *([(TROUBLESHOOTING_JA, "管理者")] if JAPANESE else [])],
    ids=["english", "japanese"][: 1 + JAPANESE],
)
def test_other_commands_are_for_an_administrator(path: Path, administrator: str) -> None:
    """A row or paragraph of Troubleshooting that names any other command says who can run it."""
    paragraphs = re.split(r"\n(?:\n|(?=[|-]|\d\. ))", path.read_text("utf-8"))
    named = [part for part in paragraphs if commands_in(part) & OTHERS]

    assert len(named) > 3
    assert [part for part in named if administrator not in part] == []


def test_file_is_that_of_the_project() -> None:
    """The build writes the policies for the project of the parameter files, within the limit of IAM."""
    for number, policy in enumerate(POLICIES, 1):
        written = json.loads((ROOT / "out" / on_call_policy.path(number)).read_text("utf-8"))

        assert written == policy
        assert len(json.dumps(written, separators=(",", ":"))) <= MAX_CHARACTERS
    assert not (ROOT / "out" / on_call_policy.path(len(POLICIES) + 1)).exists()
    assert PROJECT not in json.dumps(on_call_policy.policies(Names("another", ["prod"]), BUILT))


def arn(service: str, resource: str, region: str = TOKYO) -> str:
    """Return an ARN of the account."""
    return f"arn:aws:{service}:{region}:{ACCOUNT}:{resource}"


CLUSTER = f"cluster:{PROJECT}-prod-aurora-cluster"
STACK = f"stack/{PROJECT}-prod-api/1f0a"
PASSED = {"iam:PassedToService": "cloudformation.amazonaws.com"}
SERVICE_ROLE = f"arn:aws:iam::123456789012:role/deploy-{PROJECT}-prod-api-service"
DECRYPT = {**OURS, "kms:ViaService": f"secretsmanager.{TOKYO}.amazonaws.com"}

MANAGED = {"aws:ResourceAccount": "aws"}
OWN = {"aws:PrincipalAccount": ACCOUNT, "aws:ResourceAccount": ACCOUNT}

Call = tuple[str, str, Mapping[str, Value]]
ALLOWED: list[Call] = [
    ("rds:FailoverDBCluster", arn("rds", CLUSTER), {}),
    ("rds:StartDBCluster", arn("rds", CLUSTER), {}),
    ("lambda:UpdateAlias", arn("lambda", f"function:{PROJECT}-prod-api"), {}),
    ("lambda:PutFunctionConcurrency", arn("lambda", f"function:{PROJECT}-prod-api"), {}),
    ("cloudformation:CancelUpdateStack", arn("cloudformation", STACK), {}),
    ("cloudformation:CreateChangeSet", arn("cloudformation", STACK), {}),
    ("iam:PassRole", SERVICE_ROLE, PASSED),
    ("wafv2:UpdateIPSet", arn("wafv2", f"global/ipset/{PROJECT}-prod-blocked-ipv4/1", VIRGINIA), {}),
    ("wafv2:UpdateWebACL", arn("wafv2", f"global/webacl/{PROJECT}-prod-cloudfront-waf/1", VIRGINIA), {}),
    ("kms:EnableKey", arn("kms", "key/1"), OURS),
    ("kms:Decrypt", arn("kms", "key/1"), DECRYPT),
    ("ec2:ReplaceRoute", arn("ec2", "route-table/rtb-1"), OURS),
    (
        "secretsmanager:GetSecretValue",
        arn("secretsmanager", f"secret:{PROJECT}-prod-db-credentials-AbCdEf"),
        {},
    ),
    ("s3:PutObject", f"arn:aws:s3:::{PROJECT}-prod-frontend-123456789012/index.html", {}),
    ("apigateway:DELETE", f"arn:aws:apigateway:{TOKYO}::/restapis/a1/stages/v1/cache/data", OURS),
    ("apigateway:PATCH", f"arn:aws:apigateway:{TOKYO}::/apikeys/a1", OURS),
    ("apigateway:GET", f"arn:aws:apigateway:{TOKYO}::/apikeys/a1", OURS),
    ("apigateway:GET", f"arn:aws:apigateway:{TOKYO}::/account", {}),
    ("cloudfront:CreateInvalidation", f"arn:aws:cloudfront::{ACCOUNT}:distribution/E1", OURS),
    ("cloudfront:GetDistribution", f"arn:aws:cloudfront::{ACCOUNT}:distribution/E1", OURS),
    ("lambda:ListVersionsByFunction", arn("lambda", f"function:{PROJECT}-prod-api"), {}),
    ("lambda:GetAlias", arn("lambda", f"function:{PROJECT}-prod-api:prod"), {}),
    ("cloudwatch:GetDashboard", f"arn:aws:cloudwatch::{ACCOUNT}:dashboard/{PROJECT}-prod-api", {}),
    ("cloudformation:DescribeEvents", arn("cloudformation", "changeSet/release-1/1f0a"), {}),
    ("cloudformation:DescribeStackEvents", arn("cloudformation", STACK), {}),
    ("secretsmanager:DescribeSecret", arn("secretsmanager", f"secret:{PROJECT}-prod-db-credentials-A1"), {}),
    ("wafv2:GetWebACL", arn("wafv2", f"global/webacl/{PROJECT}-prod-cloudfront-waf/1", VIRGINIA), {}),
    ("wafv2:UpdateWebACL", "arn:aws:wafv2:us-east-1:aws:global/managedruleset/AWS/1", MANAGED),
    ("logs:DescribeLogStreams", arn("logs", f"log-group:/aws/vpc/flowlogs/{PROJECT}-prod:log-stream:"), {}),
    ("kms:DescribeKey", arn("kms", "key/1"), OURS),
    ("sqs:ReceiveMessage", arn("sqs", f"{PROJECT}-prod-api-DeadLetterQueue-AbC1"), {}),
    ("rds:DescribeDBClusters", "*", {}),
    ("cloudwatch:GetMetricData", "*", {}),
    ("logs:StartQuery", arn("logs", f"log-group:/aws/lambda/{PROJECT}-prod-api"), {}),
    ("logs:StartQuery", arn("logs", f"log-group:aws-waf-logs-{PROJECT}-prod:*", VIRGINIA), {}),
    ("logs:FilterLogEvents", arn("logs", "log-group:API-Gateway-Execution-Logs_a1/v1:log-stream:s"), {}),
    ("s3:GetObject", f"arn:aws:s3:::{PROJECT}-prod-edge-logs-123456789012/log", {}),
]
DENIED: list[Call] = [
    ("rds:FailoverDBCluster", arn("rds", "cluster:another"), {}),
    ("rds:DeleteDBCluster", arn("rds", CLUSTER), {}),
    ("rds:ModifyDBCluster", arn("rds", CLUSTER), {}),  # would set passwords and end the deletion protection
    ("rds:DeleteDBInstance", arn("rds", f"db:{PROJECT}-prod-database-databaseinstance1-x"), {}),
    ("rds:RestoreDBClusterToPointInTime", arn("rds", CLUSTER), {}),
    ("rds:DeleteDBClusterSnapshot", arn("rds", f"cluster-snapshot:{PROJECT}-prod-manual"), {}),
    ("lambda:UpdateFunctionCode", arn("lambda", f"function:{PROJECT}-prod-api"), {}),
    ("lambda:DeleteFunction", arn("lambda", f"function:{PROJECT}-prod-api"), {}),
    ("lambda:UpdateAlias", arn("lambda", "function:another"), {}),
    ("cloudformation:DeleteStack", arn("cloudformation", STACK), {}),
    ("cloudformation:UpdateStack", arn("cloudformation", STACK), {}),
    ("cloudformation:SetStackPolicy", arn("cloudformation", STACK), {}),
    ("cloudformation:UpdateTerminationProtection", arn("cloudformation", STACK), {}),
    ("cloudformation:CreateChangeSet", arn("cloudformation", f"stack/deploy-{PROJECT}-prod-api/1"), {}),
    ("iam:PassRole", SERVICE_ROLE, {"iam:PassedToService": "lambda.amazonaws.com"}),
    ("iam:PassRole", "arn:aws:iam::123456789012:role/admin", PASSED),
    ("iam:PutRolePolicy", SERVICE_ROLE, {}),
    ("kms:EnableKey", arn("kms", "key/1"), {}),
    ("kms:DisableKey", arn("kms", "key/1"), OURS),
    ("kms:ScheduleKeyDeletion", arn("kms", "key/1"), OURS),
    ("kms:PutKeyPolicy", arn("kms", "key/1"), OURS),
    ("kms:Decrypt", arn("kms", "key/1"), OURS),
    (
        "secretsmanager:PutSecretValue",
        arn("secretsmanager", f"secret:{PROJECT}-prod-db-credentials-A"),
        {},
    ),
    ("secretsmanager:DeleteSecret", arn("secretsmanager", f"secret:{PROJECT}-prod-db-credentials-A"), {}),
    ("secretsmanager:GetSecretValue", arn("secretsmanager", "secret:another-AbCdEf"), {}),
    ("logs:StartQuery", arn("logs", "log-group:/aws/lambda/another"), {}),
    (
        "cloudformation:CreateChangeSet",
        arn("cloudformation", STACK),
        {"cloudformation:ImportResourceTypes": ["AWS::IAM::Role"]},
    ),
    ("s3:PutObject", f"arn:aws:s3:::{PROJECT}-prod-edge-logs-123456789012/log", {}),
    ("s3:DeleteObject", f"arn:aws:s3:::{PROJECT}-prod-frontend-123456789012/index.html", {}),
    ("s3:DeleteObject", f"arn:aws:s3:::{PROJECT}-prod-lambda-deployments-123456789012/x.zip", {}),
    ("ec2:ReplaceRoute", arn("ec2", "route-table/rtb-1"), {}),
    ("ec2:DeleteRoute", arn("ec2", "route-table/rtb-1"), OURS),
    ("wafv2:DeleteWebACL", arn("wafv2", f"global/webacl/{PROJECT}-prod-cloudfront-waf/1", VIRGINIA), {}),
    ("apigateway:DELETE", f"arn:aws:apigateway:{TOKYO}::/apikeys/a1", {}),
    ("apigateway:POST", f"arn:aws:apigateway:{TOKYO}::/apikeys", {}),
    ("sns:Unsubscribe", arn("sns", f"{PROJECT}-prod-database"), {}),
    ("cloudwatch:DeleteAlarms", arn("cloudwatch", f"alarm:{PROJECT}-prod-api-5xx"), {}),
]


def is_allowed(call: Call) -> bool:
    """Return the decision about a request of a person in the account."""
    action, resource, context = call
    return decide(Request(action, resource, {**OWN, **context}), POLICIES) is Decision.ALLOW


@pytest.mark.parametrize(
    ("call", "expected"), [*((call, True) for call in ALLOWED), *((call, False) for call in DENIED)]
)
def test_decision(call: Call, expected: bool) -> None:
    """Repairs of this project are allowed; other projects, deletion, restore, roles and passwords are not."""
    assert is_allowed(call) == expected


def others(call: Call) -> list[Call]:
    """Return the same request for the resources of other projects, environments and accounts."""
    action, resource, context = call
    if resource == "*" or context == MANAGED:
        return []
    requests: list[Call] = [(action, resource, {**context, "aws:ResourceAccount": "444455556666"})]
    for name in (f"{PROJECT}-v2-prod", f"my-{PROJECT}-prod", f"{PROJECT}-qa", f"{PROJECT}-production"):
        renamed = resource.replace(f"{PROJECT}-prod", name)
        if renamed != resource:
            requests.append((action, renamed, context))
    for tag, value in (("Project", f"{PROJECT}-v2"), ("Environment", "qa")):
        if f"aws:ResourceTag/{tag}" in context:
            requests.append((action, resource, {**context, f"aws:ResourceTag/{tag}": value}))
    return requests


@pytest.mark.parametrize("call", ALLOWED)
def test_no_other_project_environment_or_account(call: Call) -> None:
    """A project whose name continues ours is another project."""
    assert [request for request in others(call) if is_allowed(request)] == []
