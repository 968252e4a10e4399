"""The policies of the person on call allow exactly the calls of their commands, and of the plain lines."""

import re
import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from csr_templates import STACKS
from csr_templates.assembly.building import build_stack
from csr_templates.hand_over import on_call_policy
from csr_templates.hand_over.operator_statements import WIDE, Names
from csr_templates.operating.command_line import COMMANDS, Command
from tests.csr_templates.hand_over.policy_evaluator import Decision, Request, Value, decide
from tests.docs.aws_cli import parse
from tests.docs.pages import OPERATIONS, TROUBLESHOOTING, Block, filled, read
from tests.system import ENVIRONMENTS, PROJECT

from .conftest import OUT, Operator
from .recorded import Call
from .test_every_command import COMMON, documented, prepared_for, scenarios_of

pytestmark = pytest.mark.acceptance  # runs each command on call again

ACCOUNT = "123456789012"
ON_CALL = [command for command in COMMANDS if command.is_on_call]
POLICIES = on_call_policy.policies(Names(PROJECT, ENVIRONMENTS), [build_stack(stack) for stack in STACKS])
OWN = {"aws:PrincipalAccount": ACCOUNT, "aws:ResourceAccount": ACCOUNT}
OURS = {"aws:ResourceTag/Project": PROJECT, "aws:ResourceTag/Environment": "prod"}
FOR_ADMINISTRATORS = "A key of AWS was leaked"  # a section of Troubleshooting
VARIABLES = {
    "$region": "ap-northeast-1",
    "$cluster": f"{PROJECT}-prod-aurora-cluster",
    "$certificate": "arn:aws:acm:us-east-1:123456789012:certificate/1",
}

Parameters = Mapping[str, Any]

# Operation of botocore -> the actions of IAM, where they differ from its name or are several.
# https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
ACTIONS = {
    "resourcegroupstaggingapi:GetResources": ["tag:GetResources"],
    "s3:CopyObject": ["s3:PutObject"],
    "s3:HeadObject": ["s3:GetObject"],
    "s3:ListObjectVersions": ["s3:ListBucketVersions"],
    "s3:ListObjectsV2": ["s3:ListBucket"],
    "cloudformation:CreateChangeSet": ["cloudformation:CreateChangeSet", "cloudformation:TagResource"],
}
# What IAM also decides in such a call: the passed role, the key of a secret, a version of an object.
ALSO_NEEDED = {"iam:GetAccountSummary", "iam:PassRole", "kms:Decrypt", "s3:GetObjectVersion"}
# The methods of API Gateway's operations.
METHODS = {"Get": "GET", "Update": "PATCH", "Flush": "DELETE"}
API_GATEWAY = {
    "FlushStageCache": "/restapis/{restApiId}/stages/{stageName}/cache/data",
    "GetAccount": "/account",
    "GetApiKey": "/apikeys/{apiKey}",
    "GetRestApi": "/restapis/{restApiId}",
    "GetUsage": "/usageplans/{usagePlanId}/usage",
    "GetUsagePlanKeys": "/usageplans/{usagePlanId}/keys",
    "UpdateApiKey": "/apikeys/{apiKey}",
    "UpdateUsage": "/usageplans/{usagePlanId}/keys/{keyId}/usage",
}


def arn(service: str, call: Call, resource: str) -> str:
    """Return an ARN in the region of a call."""
    return f"arn:aws:{service}:{call.region}:{ACCOUNT}:{resource}"


def of_cloudformation(call: Call) -> list[str]:
    """Return the stack, or for its events the change set."""
    stack = str(call.parameters.get("StackName", ""))
    change_set = str(call.parameters.get("ChangeSetName", ""))
    if change_set.startswith("arn:") and call.operation == "DescribeEvents":
        return [change_set]
    if stack.startswith("arn:"):
        return [stack]
    # The rights for a change set are those of its stack. Only in the mock, the ARN ends with its name.
    name = stack or f"{PROJECT}-prod-{change_set.rpartition('/')[2] or 'api'}"
    return ["*"] if call.operation == "ListStacks" else [arn("cloudformation", call, f"stack/{name}/1")]


def of_kms(call: Call) -> list[str]:
    """Return the key."""
    key = str(call.parameters["KeyId"])
    return [key if key.startswith("arn:") else arn("kms", call, f"key/{key}")]


def of_lambda(call: Call) -> list[str]:
    """Return the function, with its alias if the call names it."""
    parts = [call.parameters["FunctionName"], call.parameters.get("Qualifier", call.parameters.get("Name"))]
    return [arn("lambda", call, "function:" + ":".join(part for part in parts if part))]


def of_logs(call: Call) -> list[str]:
    """Return the log groups."""
    groups = [call.parameters["logGroupName"]] if "logGroupName" in call.parameters else []
    groups += call.parameters.get("logGroupNames", [])
    return [arn("logs", call, f"log-group:{group}:*") for group in groups] or ["*"]


def of_rds(call: Call) -> list[str]:
    """Return the cluster or the instance that is changed, or the parameter group."""
    if call.operation == "DescribeDBParameters":  # its name in the mock is not that of CloudFormation
        return [arn("rds", call, f"pg:{PROJECT}-prod-database-parameters")]
    named = (("cluster", "DBClusterIdentifier"), ("db", "DBInstanceIdentifier"))
    return [
        arn("rds", call, f"{kind}:{call.parameters[key]}") for kind, key in named if key in call.parameters
    ]


def of_s3(call: Call) -> list[str]:
    """Return the object, or the bucket if the call lists it."""
    place = call.parameters["Bucket"]
    return [
        f"arn:aws:s3:::{place}/{call.parameters['Key']}"
        if "Key" in call.parameters
        else f"arn:aws:s3:::{place}"
    ]


def of_wafv2(call: Call) -> list[str]:
    """Return the web ACL or the set of addresses."""
    kind = "ipset" if "IPSet" in call.operation else "webacl"
    name = call.parameters.get("WebACLName", call.parameters.get("Name"))
    return [arn("wafv2", call, f"global/{kind}/{name}/1")]


def of_cloudfront(call: Call) -> list[str]:
    """Return the distribution, which has no region."""
    distribution = call.parameters.get("DistributionId", call.parameters.get("Id"))
    return [f"arn:aws:cloudfront::{ACCOUNT}:distribution/{distribution}"]


def of_secretsmanager(call: Call) -> list[str]:
    """Return the secret."""
    return [arn("secretsmanager", call, f"secret:{call.parameters['SecretId']}-AbCdEf")]


def of_ec2(call: Call) -> list[str]:
    """Return the route table."""
    return [arn("ec2", call, f"route-table/{call.parameters['RouteTableId']}")]


def of_sqs(call: Call) -> list[str]:
    """Return the queue of the stack, which has another name in the mock."""
    return [arn("sqs", call, f"{PROJECT}-prod-api-DeadLetterQueue-AbC1")]


RESOURCES: Mapping[str, Callable[[Call], list[str]]] = {
    "cloudformation": of_cloudformation,
    "cloudfront": of_cloudfront,
    "ec2": of_ec2,
    "kms": of_kms,
    "lambda": of_lambda,
    "logs": of_logs,
    "rds": of_rds,
    "s3": of_s3,
    "secretsmanager": of_secretsmanager,
    "sqs": of_sqs,
    "wafv2": of_wafv2,
}
# Calls that IAM decides without a resource, or that this project must allow on any one.
ANY = {
    "acm:DescribeCertificate",
    "cloudwatch:DescribeAlarms",
    "cloudwatch:GetMetricData",
    "lambda:GetAccountSettings",
    "logs:DescribeLogGroups",
    "logs:GetQueryResults",
    "resourcegroupstaggingapi:GetResources",
    "secretsmanager:ListSecrets",
    "sts:GetCallerIdentity",
    "wafv2:DescribeManagedRuleGroup",
}


def actions(name: str) -> list[str]:
    """Return the actions of a call."""
    service, _, operation = name.partition(":")
    if service == "apigateway":
        return [f"apigateway:{method}" for begin, method in METHODS.items() if operation.startswith(begin)]
    return ACTIONS.get(name, [name])


def requests(call: Call) -> Iterator[Request]:
    """Yield what IAM decides about a call."""
    if call.service == "apigateway":
        path = API_GATEWAY[call.operation].format(**call.parameters)
        tags = {} if path == "/account" else OURS
        yield Request(actions(call.name)[0], f"arn:aws:apigateway:{call.region}::{path}", tags)
        return
    is_read = call.operation.startswith("Describe") and call.service in ("ec2", "rds")
    if call.name in ANY or (is_read and call.operation != "DescribeDBParameters"):
        yield Request(actions(call.name)[0], "*")
        return
    if call.name.endswith("AlarmMuteRule"):
        rule = call.parameters.get("Name", call.parameters.get("AlarmMuteRuleName"))
        yield Request(call.name, arn("cloudwatch", call, f"alarm-mute-rule:{rule}"))
        for alarm in call.parameters.get("MuteTargets", {}).get("AlarmNames", []):
            yield Request(call.name, arn("cloudwatch", call, f"alarm:{alarm}"))
        return
    if call.operation in ("GetObject", "HeadObject") and call.parameters.get("VersionId"):
        yield from further(call)  # only the permission for the version is needed
        return
    tags = OURS if call.service in ("cloudfront", "ec2", "kms") else {}
    for action in actions(call.name):
        for resource in RESOURCES[call.service](call):
            yield Request(action, resource, tags)
    yield from further(call)


def further(call: Call) -> Iterator[Request]:
    """Yield what a call also needs."""
    if call.operation == "CreateChangeSet":
        # The tags are those of the stack, and of the change set.
        yield Request("cloudformation:TagResource", arn("cloudformation", call, "changeSet/release-1/1f0a"))
        role = call.parameters["RoleARN"]
        yield Request("iam:PassRole", role, {"iam:PassedToService": "cloudformation.amazonaws.com"})
        bucket = f"{PROJECT}-prod-artifacts-{ACCOUNT}-{call.region}"
        yield Request("s3:GetObject", f"arn:aws:s3:::{bucket}/api/1.template")
        yield Request("iam:GetAccountSummary", "*")  # otherwise, the check of the quotas of IAM is skipped
    if call.operation == "CopyObject":
        source = call.parameters["CopySource"]
        place = source if isinstance(source, str) else f"{source['Bucket']}/{source['Key']}"
        path = place.partition("?")[0]
        yield Request("s3:GetObjectVersion", f"arn:aws:s3:::{path}")
    if call.service == "s3" and call.parameters.get("VersionId"):
        yield Request("s3:GetObjectVersion", of_s3(call)[0])
    if call.operation == "GetSecretValue":
        service = f"secretsmanager.{call.region}.amazonaws.com"
        yield Request("kms:Decrypt", arn("kms", call, "key/1"), {**OURS, "kms:ViaService": service})
    if call.operation == "UpdateWebACL":
        group = "arn:aws:wafv2:us-east-1:aws:global/managedruleset/AWS/AWSManagedRulesCommonRuleSet"
        yield Request(call.name, group, {"aws:ResourceAccount": "aws"})


def lines(block: Block) -> Iterator[str]:
    """Yield the commands of the AWS CLI in a block, also those whose output is a variable."""
    text = filled(block.code).replace("\\\n", "")
    for name, value in VARIABLES.items():
        text = text.replace(f'"{name}"', value).replace(name, value)
    yield from re.findall(r"""\baws ((?:'[^']*'|"[^"]*"|[^)'"\n])+)""", text)


def calls_of_lines(folder: Path) -> Iterator[Call]:
    """Yield the calls of the plain lines on the pages for the person on call."""
    connecting = [block for block in read(OPERATIONS).shell() if block.chapter == "Connecting"]
    for block in [*connecting, *read(TROUBLESHOOTING).shell()]:
        if block.section == FOR_ADMINISTRATORS:
            continue
        for line in lines(block):
            command = parse(shlex.split(line), folder)
            if command.title == "logs tail":
                group = {"logGroupName": command.arguments[0]}
                yield Call("logs", "FilterLogEvents", command.region, group)
            else:
                yield Call(command.service, command.operation, command.region, command.parameters)


def is_allowed(request: Request, context: Mapping[str, Value]) -> bool:
    """Return the decision about a request in the account."""
    return decide(Request(request.action, request.resource, {**OWN, **context}), POLICIES) is Decision.ALLOW


def renamed(request: Request) -> Iterator[Request]:
    """Yield the same request for another project."""
    resource = request.resource.replace(f"{PROJECT}-prod", f"{PROJECT}-v2-prod")
    if resource != request.resource:
        yield Request(request.action, resource, request.context)
    if "aws:ResourceTag/Project" in request.context:
        yield Request(request.action, request.resource, {**request.context, "aws:ResourceTag/Project": "v2"})


def requests_of(calls: Iterable[Call]) -> Iterator[Request]:
    """Yield the requests of all calls."""
    for call in calls:
        yield from requests(call)


def refused(calls: Iterable[Call]) -> list[tuple[str, str]]:
    """Return action and resource of what the policies do not allow."""
    return [request[:2] for request in requests_of(calls) if not is_allowed(request, request.context)]


def allowed_elsewhere(calls: Iterable[Call]) -> list[tuple[str, str]]:
    """Return action and resource of what the policies allow in another project."""
    elsewhere: list[Request] = []
    for request in requests_of(calls):
        if request.action not in WIDE:
            elsewhere += renamed(request)
    return [request[:2] for request in elsewhere if is_allowed(request, request.context)]


@pytest.mark.parametrize("command", ON_CALL, ids=lambda command: command.name)
def test_calls_of_a_command_are_allowed(operator: Operator, command: Command) -> None:
    """Every call is allowed on its resource, and not on the same resource of another project."""
    calls: list[Call] = []
    for scenario in scenarios_of(command):
        operator.world.reset()
        calls += operator.run(*prepared_for(operator, command, scenario), folder=OUT).calls

    assert calls != []
    assert refused(calls) == []
    assert allowed_elsewhere(calls) == []


def test_calls_of_the_plain_lines_are_allowed(tmp_path: Path) -> None:
    """So are those of the lines that begin with aws on the pages for the person on call."""
    calls = list(calls_of_lines(tmp_path))

    assert len(calls) > 8
    assert refused(calls) == []
    assert allowed_elsewhere(calls) == []


def test_nothing_else_is_allowed(tmp_path: Path) -> None:
    """Each allowed action is one of a call in the help of a command on call, or of a plain line."""
    called = set(COMMON) | {call.name for call in calls_of_lines(tmp_path)}
    for command in ON_CALL:
        called.update(documented(command))
    needed: set[str] = set()
    for name in called:
        needed.update(actions(name))
    allowed: set[str] = set()
    for policy in POLICIES:
        for statement in policy["Statement"]:
            if statement["Effect"] == "Allow":
                allowed.update(statement["Action"])

    assert allowed == needed | ALSO_NEEDED | set(on_call_policy.CONSOLES)
