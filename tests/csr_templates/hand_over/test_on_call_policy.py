"""The policy of the person on call: what the commands for an incident call, and nothing that destroys."""

import json
import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from botocore import xform_name
from botocore.session import get_session

from csr_templates import STACKS
from csr_templates.assembly.building import build_stack
from csr_templates.hand_over import on_call_policy
from csr_templates.hand_over.operator_statements import Names
from csr_templates.hand_over.policy_documents import MAX_CHARACTERS
from tests.docs.pages import (
    JAPANESE,
    ON_CALL,
    OPERATIONS,
    OPERATIONS_JA,
    ROOT,
    TOOLS,
    commands,
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
# Commands of the AWS CLI that call something else than their name says, and calls with other IAM actions.
CALLS = {
    "logs tail": ("logs:FilterLogEvents",),
    "s3 cp": ("s3:GetObject", "s3:ListBucket", "s3:PutObject"),
    "s3 ls": ("s3:ListBucket",),
    "s3api get-object": ("s3:GetObject", "s3:GetObjectVersion"),
    "s3api list-object-versions": ("s3:ListBucketVersions",),
    "apigateway get-account": ("apigateway:GET",),
    "apigateway get-api-key": ("apigateway:GET",),
    "apigateway get-usage": ("apigateway:GET",),
    "apigateway get-usage-plan-keys": ("apigateway:GET",),
    "apigateway update-api-key": ("apigateway:PATCH",),
    "apigateway update-usage": ("apigateway:PATCH",),
    "apigateway flush-stage-cache": ("apigateway:DELETE",),
    # with a role, tags and a template in a bucket
    "cloudformation create-change-set": (
        "cloudformation:CreateChangeSet",
        "cloudformation:TagResource",
        "iam:PassRole",
        "s3:GetObject",
    ),
    # the secrets of the database have its key
    "secretsmanager get-secret-value": ("secretsmanager:GetSecretValue", "kms:Decrypt"),
}


def functions() -> dict[str, str]:
    """Return each function of tools.sh -> its code."""
    text = re.sub(r"\\\n\s*", "", TOOLS.read_text("utf-8"))
    return dict(re.findall(r"^([a-z_]+)\(\) [({](.*?)^[)}]", text, re.MULTILINE | re.DOTALL))


def code_of(names: set[str]) -> str:
    """Return the code of functions and of all that they call."""
    bodies, reached = functions(), set()
    waiting = set(names)
    while waiting:
        reached |= waiting
        words = set(re.findall(r"[a-z_]+", "".join(bodies[name] for name in waiting)))
        waiting = (words & bodies.keys()) - reached
    return "".join(bodies[name] for name in sorted(reached))


def needed(code: str) -> set[str]:
    """Return the IAM actions of the commands of AWS in some code."""
    session, found = get_session(), set()
    for service, wait, name in re.findall(
        r"(?<![-\w])(?:aws|tools_unless_gone) ([a-z0-9]+) (wait )?\"?([a-z0-9$-]+)", code
    ):
        model = "s3" if service.startswith("s3") else service
        if f"{service} {name}" in CALLS:
            found |= set(CALLS[f"{service} {name}"])
        elif wait:
            waiters = session.get_waiter_model(model)
            pattern = re.sub(r"\$\w+", "[a-z]+", name)
            names = [one for one in waiters.waiter_names if re.fullmatch(pattern, xform_name(one, "-"))]
            found |= {f"{service}:{waiters.get_waiter(one).operation}" for one in names}
        else:
            operations = session.get_service_model(model).operation_names
            (operation,) = [one for one in operations if xform_name(one, "-") == name]
            found.add(f"{'s3' if service == 's3api' else service}:{operation}")
    return found


@pytest.mark.acceptance  # reads the models of fifteen services
def test_policy_allows_what_the_commands_call() -> None:
    """The list of actions is equal to the commands of AWS in the functions."""
    allowed: set[str] = set()
    for policy in POLICIES:
        for statement in policy["Statement"]:
            if statement["Effect"] == "Allow":
                allowed.update(statement["Action"])

    assert set(on_call_policy.COMMANDS) <= commands().keys()
    assert needed(code_of(set(on_call_policy.COMMANDS))) == allowed - set(on_call_policy.CONSOLES)
    assert len(allowed) > 60


def test_commands_are_those_of_the_pages() -> None:
    """What the on-call page names, and what Troubleshooting calls, is allowed; drift reads every resource."""
    named = {span.split()[0] for span in spans("\n".join(read(ON_CALL).prose))} & commands().keys()
    blocks = [block for block in read(OPERATIONS).shell() if block.chapter == "Troubleshooting"]
    called = set(re.findall(r"^([a-z_]+)", "".join(block.text for block in blocks), re.MULTILINE))

    assert len(named) > 15
    assert (named | called) - set(on_call_policy.COMMANDS) == set()


@pytest.mark.parametrize(
    ("path", "chapter", "administrator"),
    [
        (OPERATIONS, "Troubleshooting", "administrator"),
        *([(OPERATIONS_JA, "トラブルシューティング", "管理者")] if JAPANESE else []),
    ],
    ids=["english", "japanese"][: 1 + JAPANESE],
)
def test_other_commands_are_for_an_administrator(path: Path, chapter: str, administrator: str) -> None:
    """A row or paragraph of Troubleshooting that names any other command says who can run it."""
    text = path.read_text("utf-8").partition(f"## {chapter}\n")[2]
    rest = commands().keys() - set(on_call_policy.COMMANDS)
    paragraphs = re.split(r"\n(?:\n|(?=[|-]|\d\. ))", text)
    named = [part for part in paragraphs if {span.split()[0] for span in spans(part) if span.strip()} & rest]

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

Asked = tuple[str, str, Mapping[str, Value]]
ALLOWED: list[Asked] = [
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
DENIED: list[Asked] = [
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
    ("s3:PutObject", f"arn:aws:s3:::{PROJECT}-prod-lambda-deployments-123456789012/x.zip", {}),
    ("ec2:ReplaceRoute", arn("ec2", "route-table/rtb-1"), {}),
    ("ec2:DeleteRoute", arn("ec2", "route-table/rtb-1"), OURS),
    ("wafv2:DeleteWebACL", arn("wafv2", f"global/webacl/{PROJECT}-prod-cloudfront-waf/1", VIRGINIA), {}),
    ("apigateway:DELETE", f"arn:aws:apigateway:{TOKYO}::/apikeys/a1", {}),
    ("apigateway:POST", f"arn:aws:apigateway:{TOKYO}::/apikeys", {}),
    ("sns:Unsubscribe", arn("sns", f"{PROJECT}-prod-database"), {}),
    ("cloudwatch:DeleteAlarms", arn("cloudwatch", f"alarm:{PROJECT}-prod-api-5xx"), {}),
]


def is_allowed(asked: Asked) -> bool:
    """Return the decision about a request of a person in the account."""
    action, resource, context = asked
    return decide(Request(action, resource, {**OWN, **context}), POLICIES) is Decision.ALLOW


@pytest.mark.parametrize(
    ("asked", "expected"), [*((one, True) for one in ALLOWED), *((one, False) for one in DENIED)]
)
def test_decision(asked: Asked, expected: bool) -> None:
    """Repairs of this project are allowed; other projects, deletion, restore, roles and passwords are not."""
    assert is_allowed(asked) == expected


def others(asked: Asked) -> list[Asked]:
    """Return the same request for the resources of other projects, environments and accounts."""
    action, resource, context = asked
    if resource == "*" or context == MANAGED:
        return []
    requests: list[Asked] = [(action, resource, {**context, "aws:ResourceAccount": "444455556666"})]
    for name in (f"{PROJECT}-v2-prod", f"my-{PROJECT}-prod", f"{PROJECT}-qa", f"{PROJECT}-production"):
        renamed = resource.replace(f"{PROJECT}-prod", name)
        if renamed != resource:
            requests.append((action, renamed, context))
    for tag, value in (("Project", f"{PROJECT}-v2"), ("Environment", "qa")):
        if f"aws:ResourceTag/{tag}" in context:
            requests.append((action, resource, {**context, f"aws:ResourceTag/{tag}": value}))
    return requests


@pytest.mark.parametrize("asked", ALLOWED)
def test_no_other_project_environment_or_account(asked: Asked) -> None:
    """A project whose name continues ours is another project."""
    assert [request for request in others(asked) if is_allowed(request)] == []
