"""Deploy policies: enough for each stack, and no more."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

from csr_templates import STACKS, Stack
from csr_templates.cloudformation.resolving import resolve
from csr_templates.cloudformation.schemas import IamAction, iam_action, iam_action_count
from csr_templates.hand_over import deploy_scopes
from csr_templates.hand_over.deploy_policies import (
    MAX_CHARACTERS,
    Document,
    _documents,
    claimed_actions,
    deploy_policies,
)
from csr_templates.linting import runner as linting

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENT = "${aws:PrincipalTag/Environment}"
OURS = f"csr-lambda-api-{ENVIRONMENT}-"
TAGS = {"aws:ResourceTag/Project": "csr-lambda-api", "aws:ResourceTag/Environment": ENVIRONMENT}
ACCOUNT = {"aws:ResourceAccount": "${aws:PrincipalAccount}"}

NAMES_WITHOUT_AN_ACTION = {
    "autoloop:AllowVendedLogDeliveryForResource",
    "cloudfront:CreateDistributionWithTags",
    "iam:DescribeOrganization",
    "lambda:AssociateRuntimeAlias",
    "logs:AllowVendedLogDeliveryForResource",
    "payments:GetConnectedAccount",
    "s3:DeleteBucketAnalyticsConfiguration",
    "s3:DeleteBucketCors",
    "s3:DeleteBucketEncryption",
    "s3:DeleteBucketLifecycle",
    "s3:DeleteBucketMetricsConfiguration",
    "s3:DeleteBucketReplication",
    "s3:DeleteBucketTagging",
    "s3:PutBucketReplication",
    "s3:PutObjectLockConfiguration",
    "s3:REST.PUT.OBJECT",
    "vpc-lattice:DescribeServiceNetworkVpcEndpointAssociation",
}
"""Claimed by a schema, and unknown to IAM."""

OF_NO_USE = {
    "autoscaling:DescribeTags",
    "cloudfront:GetConnectionGroup",
    "cloudfront:GetVpcOrigin",
    "codedeploy:CreateDeployment",
    "codedeploy:GetDeployment",
    "codedeploy:GetDeploymentConfig",
    "codedeploy:GetDeploymentGroup",
    "codedeploy:StopDeployment",
    "codewhisperer:AllowVendedLogDeliveryForResource",
    "docdb-elastic:GetCluster",
    "elasticfilesystem:DescribeMountTargets",
    "firehose:ListDeliveryStreams",
    "firehose:TagDeliveryStream",
    "iam:AttachRolePolicy",
    "iam:DetachRolePolicy",
    "iam:GetRole",
    "iam:PassRole",
    "lambda:GetCodeSigningConfig",
    "lambda:GetLayerVersion",
    "lambda:PassCapacityProvider",
    "redshift-serverless:GetNamespace",
    "redshift-serverless:ListWorkgroups",
    "redshift:DescribeClusters",
    "s3:DeleteObject",
    "s3:PutObjectAcl",
    "s3files:ListMountTargets",
    "s3tables:CreateNamespace",
    "s3tables:CreateTable",
    "s3tables:CreateTableBucket",
    "s3tables:GetTable",
    "s3tables:GetTableMetadataLocation",
    "s3tables:PutTableBucketPolicy",
    "s3tables:PutTableEncryption",
    "s3tables:PutTablePolicy",
    "s3tables:UpdateTableMetadataLocation",
    "vpc-lattice:CreateServiceNetworkVpcEndpointAssociation",
    "vpce:AllowMultiRegion",
    "workmail:AllowVendedLogDeliveryForResource",
}
"""Claimed for properties that our templates do not use. Some are of use in one stack, and not in another."""

UNCLAIMED = {
    "network": {
        "ec2:DescribeAvailabilityZones",
        "ec2:DescribeNetworkInterfaces",
        "route53:AssociateVPCWithHostedZone",
    },
    "database": {
        "ec2:DescribeNetworkInterfaces",
        "kms:CreateGrant",
        "kms:Decrypt",
        "kms:DescribeKey",
        "kms:GenerateDataKey",
        "secretsmanager:GetSecretValue",
    },
    "api": {"iam:CreateServiceLinkedRole", "secretsmanager:GetSecretValue"},
    "frontend": {
        "cloudfront:AllowVendedLogDeliveryForResource",
        "s3:PutObject",
        "secretsmanager:GetSecretValue",
    },
}
"""What the schemas forget, by stack; some of it is claimed by another type of the stack."""

FULL_ACCESS = [
    "apigateway",
    "cloudformation",
    "cloudfront",
    "cloudwatch",
    "ec2",
    "iam",
    "kms",
    "lambda",
    "rds",
    "s3",
    "secretsmanager",
    "sns",
    "sqs",
    "wafv2",
]
"""What a stack used to be deployed with: everything in these services."""

# Physical names as CloudFormation makes them for resources without a name, and where IAM looks for them.
MADE_UP = {
    "AWS::IAM::Role": "arn:aws:iam::123456789012:role/{stack}-{id}-0AbCdEfGhIjK",
    "AWS::RDS::DBInstance": "arn:aws:rds:{region}:123456789012:db:{lower}-0abcdefghijk",
    "AWS::RDS::DBSubnetGroup": "arn:aws:rds:{region}:123456789012:subgrp:{lower}-0abcdefghijk",
    "AWS::SNS::Topic": "arn:aws:sns:{region}:123456789012:{stack}-{id}-0AbCdEfGhIjK",
    "AWS::SQS::Queue": "arn:aws:sqs:{region}:123456789012:{stack}-{id}-0AbCdEfGhIjK",
}
NAMED = {
    "AWS::CloudFront::Function": ("Name", "arn:aws:cloudfront::123456789012:function/{name}"),
    "AWS::CloudWatch::Alarm": ("AlarmName", "arn:aws:cloudwatch:{region}:123456789012:alarm:{name}"),
    "AWS::CloudWatch::Dashboard": ("DashboardName", "arn:aws:cloudwatch::123456789012:dashboard/{name}"),
    "AWS::Lambda::Function": ("FunctionName", "arn:aws:lambda:{region}:123456789012:function:{name}"),
    "AWS::Logs::DeliveryDestination": (
        "Name",
        "arn:aws:logs:{region}:123456789012:delivery-destination:{name}",
    ),
    "AWS::Logs::DeliverySource": ("Name", "arn:aws:logs:{region}:123456789012:delivery-source:{name}"),
    "AWS::Logs::LogGroup": ("LogGroupName", "arn:aws:logs:{region}:123456789012:log-group:{name}:*"),
    "AWS::RDS::DBCluster": ("DBClusterIdentifier", "arn:aws:rds:{region}:123456789012:cluster:{name}"),
    "AWS::S3::Bucket": ("BucketName", "arn:aws:s3:::{name}"),
    "AWS::SecretsManager::Secret": (
        "Name",
        "arn:aws:secretsmanager:{region}:123456789012:secret:{name}-AbCdEf",
    ),
    "AWS::WAFv2::WebACL": ("Name", "arn:aws:wafv2:{region}:123456789012:global/webacl/{name}/0123-4567"),
}


@pytest.fixture(params=STACKS, ids=lambda stack: stack.name)
def stack(request: pytest.FixtureRequest) -> Stack:
    """Each stack in turn."""
    chosen: Stack = request.param
    return chosen


@pytest.fixture
def template(stack: Stack, templates: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The stack's template."""
    return templates[stack.name]


@pytest.fixture
def documents(stack: Stack, template: dict[str, Any]) -> dict[str, Document]:
    """The stack's policies."""
    return deploy_policies(template, stack.name, stack.region)


def statements(
    documents: Mapping[str, Document], *, removing: bool | None = None
) -> Iterator[dict[str, Any]]:
    """Yield the statements of all documents, or of those that are for removing or are not."""
    for name, document in documents.items():
        if removing is None or ("-delete" in name) == removing:
            yield from document["Statement"]


def statement(documents: Mapping[str, Document], sid: str) -> dict[str, Any]:
    """Return the one statement of this Sid."""
    (found,) = [one for one in statements(documents, removing=False) if one["Sid"] == sid]
    return found


def allowed(documents: Mapping[str, Document], *, removing: bool | None = None) -> set[str]:
    """Return every action that the documents allow."""
    return {action for one in statements(documents, removing=removing) for action in one["Action"]}


def resources(one: Mapping[str, Any]) -> list[str]:
    """Return the ARNs of a statement."""
    return [one["Resource"]] if isinstance(one["Resource"], str) else list(one["Resource"])


def test_covers_what_every_handler_claims(
    stack: Stack, template: dict[str, Any], documents: dict[str, Document]
) -> None:
    """What a handler of a type in the stack claims is allowed, or known to be of no use."""
    missing = set(claimed_actions(template, stack.region)) - allowed(documents)

    assert missing <= NAMES_WITHOUT_AN_ACTION | OF_NO_USE


def test_what_is_left_out_is_claimed(templates: dict[str, dict[str, Any]]) -> None:
    """The two lists of what is left out hold nothing else, and the first holds what IAM does not know."""
    missing = set()
    for one in STACKS:
        claimed = set(claimed_actions(templates[one.name], one.region))
        missing |= claimed - allowed(deploy_policies(templates[one.name], one.name, one.region))

    assert missing == NAMES_WITHOUT_AN_ACTION | OF_NO_USE
    assert {action for action in missing if iam_action(action) is None} == NAMES_WITHOUT_AN_ACTION


def test_allows_nothing_that_no_type_needs(
    stack: Stack, template: dict[str, Any], documents: dict[str, Document]
) -> None:
    """Beside what CloudFormation is asked for, each action is claimed or is one that the schemas forget."""
    unclaimed = {action for action in allowed(documents) if not action.startswith("cloudformation:")}
    unclaimed -= set(claimed_actions(template, stack.region))

    assert unclaimed <= UNCLAIMED[stack.name]
    assert UNCLAIMED[stack.name] <= allowed(documents)
    assert all(iam_action(action) for action in allowed(documents))
    assert not any("*" in action for action in allowed(documents))


def test_deleting_is_apart(stack: Stack, template: dict[str, Any], documents: dict[str, Document]) -> None:
    """What only delete handlers claim is in the documents for removing; what is rolled back, in both."""
    everyday, removing = (allowed(documents, removing=removing) for removing in (False, True))
    claims = claimed_actions(template, stack.region)
    rolled_back = {action for _, action, _ in deploy_scopes.ROLLED_BACK}

    assert everyday & removing <= rolled_back
    assert "cloudformation:DeleteStack" in removing
    for action in removing - {"cloudformation:DeleteStack"}:
        assert {claim.handler for claim in claims[action]} == {"delete"}, action
    for action in everyday & set(claims) - UNCLAIMED[stack.name] - rolled_back:
        assert {claim.handler for claim in claims[action]} - {"delete"}, action


@pytest.mark.parametrize(
    ("name", "lost"),
    [
        ("network", "ec2:DeleteVpc"),
        ("network", "s3:DeleteBucket"),
        ("database", "rds:DeleteDBCluster"),
        ("database", "kms:ScheduleKeyDeletion"),
        ("api", "lambda:DeleteFunction"),
        ("frontend", "cloudfront:DeleteDistribution"),
    ],
)
def test_everyday_deploys_cannot_lose_things(
    name: str, lost: str, templates: dict[str, dict[str, Any]]
) -> None:
    """The documents for everyday do not allow what takes data or a running service away."""
    (chosen,) = [one for one in STACKS if one.name == name]
    documents = deploy_policies(templates[name], name, chosen.region)
    everyday = [
        one for one in statements(documents, removing=False) if not one["Sid"].startswith("RolledBack")
    ]

    assert lost not in {action for one in everyday for action in one["Action"]}
    assert lost in allowed(documents, removing=True)


def test_a_failed_deploy_takes_away_the_version_that_it_made(templates: dict[str, dict[str, Any]]) -> None:
    """It may delete versions of the function, and not the function."""
    one = statement(deploy_policies(templates["api"], "api", "ap-northeast-1"), "RolledBackLambdaVersion")
    pattern = one["Resource"].replace(ENVIRONMENT, "staging")
    function = "arn:aws:lambda:ap-northeast-1:123456789012:function:csr-lambda-api-staging-api"

    assert one["Action"] == ["lambda:DeleteFunction"]
    assert fnmatchcase(f"{function}:3", pattern)
    assert not fnmatchcase(function, pattern)


NOTHING = {"Ref": "AWS::NoValue"}
LOGS = f"arn:aws:s3:::csr-lambda-api-{ENVIRONMENT}-logs/*"
SITE = f"arn:aws:s3:::csr-lambda-api-{ENVIRONMENT}-website/*"


@pytest.mark.parametrize(
    ("logging", "arns"),
    [
        ({"DestinationBucketName": {"Ref": "Logs"}}, LOGS),
        ({"DestinationBucketName": {"Fn::Sub": "${Logs}"}}, LOGS),
        ({"DestinationBucketName": "logs-of-all"}, "arn:aws:s3:::logs-of-all/*"),
        (
            {"DestinationBucketName": {"Ref": "Unnamed"}},
            f"arn:aws:s3:::csr-lambda-api-{ENVIRONMENT}-site-*/*",
        ),
        ({"DestinationBucketName": {"Ref": "LogBucketName"}}, "arn:aws:s3:::*/*"),
        ({"LogFilePrefix": "own/"}, SITE),
        ({"DestinationBucketName": {"Fn::If": ["IsProd", {"Ref": "Logs"}, NOTHING]}}, [LOGS, SITE]),
        (
            {"Fn::If": ["IsProd", {"DestinationBucketName": {"Ref": "Logs"}}, NOTHING]},
            LOGS,
        ),
        (
            {"DestinationBucketName": {"Fn::If": ["IsProd", {"Ref": "Sometimes"}, "logs-of-all"]}},
            [
                f"arn:aws:s3:::csr-lambda-api-{ENVIRONMENT}-site-*/*",
                "arn:aws:s3:::logs-of-all/*",
                "arn:aws:s3:::prod-logs/*",
            ],
        ),
    ],
    ids=[
        "ours",
        "ours by Sub",
        "literal",
        "ours without a name",
        "parameter",
        "itself",
        "one of two",
        "none in some environments",
        "a name in some environments",
    ],
)
def test_access_logs_are_written_to_their_bucket(logging: Any, arns: str | list[str]) -> None:
    """Having the access to a bucket logged takes permissions in the bucket with the logs, and in no other."""
    website, logs = ({"Fn::Sub": f"${{ProjectName}}-${{Environment}}-{name}"} for name in ("website", "logs"))
    sometimes = {"Fn::If": ["IsProd", "prod-logs", NOTHING]}
    template = {
        "Parameters": {
            "ProjectName": {"Type": "String"},
            "Environment": {"Type": "String"},
            "LogBucketName": {"Type": "String"},
        },
        "Conditions": {"IsProd": {"Fn::Equals": [{"Ref": "Environment"}, "prod"]}},
        "Resources": {
            "Logs": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": logs}},
            "Unnamed": {"Type": "AWS::S3::Bucket"},
            "Sometimes": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": sometimes}},
            "Site": {
                "Type": "AWS::S3::Bucket",
                "Properties": {"BucketName": website, "LoggingConfiguration": logging},
            },
        },
    }

    one = statement(deploy_policies(template, "site", "us-east-1", ["csr-lambda-api"]), "AccessLogs")

    assert (one["Action"], one["Resource"]) == (["s3:PutObject", "s3:PutObjectAcl"], arns)


def test_roles_count_whatever_the_conditions() -> None:
    """What one environment's role trusts or has attached is allowed, and what is left out is nothing."""
    trusted = {"Fn::If": ["IsProd", "lambda.amazonaws.com", ["ecs.amazonaws.com", NOTHING]]}
    attached = [
        {"Fn::If": ["IsProd", "arn:aws:iam::aws:policy/ReadOnlyAccess", NOTHING]},
        {"Fn::Sub": "arn:${AWS::Partition}:iam::aws:policy/ViewOnlyAccess"},
    ]
    template = {
        "Parameters": {"Environment": {"Type": "String"}},
        "Conditions": {"IsProd": {"Fn::Equals": [{"Ref": "Environment"}, "prod"]}},
        "Resources": {
            "Role": {
                "Type": "AWS::IAM::Role",
                "Properties": {
                    "AssumeRolePolicyDocument": {"Statement": [{"Principal": {"Service": trusted}}]},
                    "ManagedPolicyArns": attached,
                },
            },
            "Bare": {
                "Type": "AWS::IAM::Role",
                "Properties": {"AssumeRolePolicyDocument": None, "ManagedPolicyArns": NOTHING},
            },
        },
    }

    documents = deploy_policies(template, "site", "us-east-1")

    assert statement(documents, "PassRole")["Condition"] == {
        "StringEquals": {"iam:PassedToService": ["ecs.amazonaws.com", "lambda.amazonaws.com"]}
    }
    assert statement(documents, "AttachRolePolicy")["Condition"] == {
        "ArnLike": {
            "iam:PolicyARN": [
                "arn:aws:iam::aws:policy/ReadOnlyAccess",
                "arn:aws:iam::aws:policy/ViewOnlyAccess",
            ]
        }
    }


@pytest.mark.parametrize(
    "declared", ["AWS::EC2::AvailabilityZone::Name", "List<AWS::EC2::AvailabilityZone::Name>"]
)
def test_values_of_parameters_are_looked_up(declared: str) -> None:
    """CloudFormation judges some types of parameters with the rights of whoever deploys."""
    template = {"Parameters": {"Zone": {"Type": declared}}, "Resources": {"Queue": QUEUE}}
    one = statement(deploy_policies(template, "site", "us-east-1"), "AnyResourceInRegion")

    assert "ec2:DescribeAvailabilityZones" in one["Action"]


def test_fails_on_a_type_of_parameter_that_nobody_can_look_up() -> None:
    """Without the permission the first create would end in AccessDenied."""
    template = {"Parameters": {"Vpc": {"Type": "AWS::EC2::VPC::Id"}}, "Resources": {"Queue": QUEUE}}

    with pytest.raises(ValueError) as caught:
        deploy_policies(template, "site", "us-east-1")

    assert str(caught.value) == (
        "The parameter Vpc has the type AWS::EC2::VPC::Id, and PARAMETERS in deploy_scopes.py does not say "
        "how CloudFormation looks its value up. Add a line for it."
    )


@pytest.mark.parametrize(
    "declared", ["AWS::SSM::Parameter::Value<String>", "AWS::SSM::Parameter::Value<List<String>>"]
)
def test_a_type_of_parameter_can_be_added(declared: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever does what the messages say gets a policy that allows the look-up, of that alone."""
    template = {"Parameters": {"Ami": {"Type": declared}}, "Resources": {"Queue": QUEUE}}
    pattern = "arn:aws:ssm:{region}:*:parameter/{name}/*"

    monkeypatch.setattr(deploy_scopes, "PARAMETERS", {declared: "ssm:GetParameters"})
    with pytest.raises(ValueError) as caught:
        deploy_policies(template, "site", "us-east-1")
    monkeypatch.setattr(deploy_scopes, "SCOPES", (*deploy_scopes.SCOPES, (pattern, "")))
    one = statement(deploy_policies(template, "site", "us-east-1"), "Ssm")

    assert str(caught.value) == (
        "ssm:GetParameters is needed, and SCOPES in deploy_scopes.py has no ARN that it concerns. Add a "
        'line, with "" for the types.'
    )
    assert one["Action"] == ["ssm:GetParameters"]
    assert one["Resource"] == f"arn:aws:ssm:us-east-1:*:parameter/*-{ENVIRONMENT}/*"


def test_a_resource_in_a_condition_is_called_one() -> None:
    """The complaint about a condition is the one that resolving the template gives."""
    conditions = {"Never": {"Fn::Equals": [{"Ref": "Queue"}, "x"]}}
    group = {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "/aws/fixed"}}
    template = {"Conditions": conditions, "Resources": {"Queue": QUEUE, "Group": group}}

    with pytest.raises(ValueError, match="'Queue' is a resource, but Conditions can only refer to"):
        deploy_policies(template, "site", "us-east-1")


@pytest.mark.parametrize(("more", "count"), [(0, 1), (1, 2)], ids=["full", "too long by one"])
@pytest.mark.parametrize("sizes", [(3_000,), (3_000, 10), (3_000, 200, 1_000)], ids=len)
def test_documents_are_filled_to_the_last_character(sizes: tuple[int, ...], more: int, count: int) -> None:
    """Statements share a document of exactly as many characters as IAM accepts, and of not one more."""

    def of_length(length: int) -> Document:
        return {"Sid": "x" * (length - len('{"Sid":""}'))}

    first = [of_length(size) for size in sizes]
    commas = len(sizes)
    rest = MAX_CHARACTERS - len('{"Version":"2012-10-17","Statement":[]}') - sum(sizes) - commas
    documents = _documents("site", [*first, of_length(rest + more)])
    lengths = [len(json.dumps(document, separators=(",", ":"))) for document in documents.values()]

    assert len(documents) == count
    assert max(lengths) <= MAX_CHARACTERS
    assert count == 2 or lengths == [MAX_CHARACTERS]
    assert [one for document in documents.values() for one in document["Statement"]][:-1] == first


def test_fits_into_managed_policies(stack: Stack, documents: dict[str, Document]) -> None:
    """Each document is short enough, and numbered where there are several."""
    for document in documents.values():
        assert len(re.sub(r"\s", "", json.dumps(document))) <= MAX_CHARACTERS == 6_144
        assert document["Version"] == "2012-10-17"
        sids = [one["Sid"] for one in document["Statement"]]
        assert len(set(sids)) == len(sids)
        assert all(re.fullmatch("[0-9A-Za-z]+", sid) for sid in sids)
    assert list(documents) == [f"{stack.name}-1", f"{stack.name}-2", f"{stack.name}-delete"]


def test_cfn_lint_accepts_the_documents(documents: dict[str, Document]) -> None:
    """As managed policies of a template they are without findings: actions, ARNs and form are valid."""
    policies = {
        name.title().replace("-", ""): {
            "Type": "AWS::IAM::ManagedPolicy",
            "Properties": {"PolicyDocument": document},
        }
        for name, document in documents.items()
    }
    found = linting.lint(json.dumps({"Resources": policies}), "us-east-1")

    assert [str(finding) for finding in found] == []


def test_reaches_every_name_of_the_stack(
    stack: Stack, template: dict[str, Any], documents: dict[str, Document]
) -> None:
    """Each resource with a name, ours or CloudFormation's, is among the ARNs of its service."""
    patterns = [
        arn.replace(ENVIRONMENT, "staging") for one in statements(documents) for arn in resources(one)
    ]
    whole = f"csr-lambda-api-staging-{stack.name}"
    given = {"Environment": "staging"}
    if "LambdaCodeS3ObjectVersion" in template["Parameters"]:
        given["LambdaCodeS3ObjectVersion"] = "1"
    for logical_id, resource in resolve(template, given, region=stack.region)["Resources"].items():
        key, form = NAMED.get(resource["Type"], ("", MADE_UP.get(resource["Type"], "")))
        if not form:
            continue
        name = resource["Properties"].get(key, "")
        if isinstance(name, dict):
            name = re.sub(r"\$\{[^}]*\}", "a1b2c3", name["Fn::Sub"])
        lower = f"{whole}-{logical_id}".lower()
        arn = form.format(region=stack.region, name=name, stack=whole, id=logical_id, lower=lower)
        assert any(fnmatchcase(arn, pattern) for pattern in patterns if pattern != "*"), arn


def test_reaches_no_other_environment(documents: dict[str, Document]) -> None:
    """An ARN names this environment; where IDs are random, the tags of another one are refused."""
    for one in statements(documents):
        condition = one.get("Condition", {})
        tags = condition.get("StringEquals", {}) | condition.get("StringEqualsIfExists", {})
        for arn in resources(one):
            named = f"csr-lambda-api-{ENVIRONMENT}" in arn
            linked = arn.startswith("arn:aws:iam::*:role/aws-service-role/")
            assert named or linked or arn == "*" or tags.items() >= TAGS.items(), arn


def test_named_resources_are_in_the_account_of_the_role(documents: dict[str, Document]) -> None:
    """S3's ARNs hold no account, and the others hold a star: a condition makes it the account of the role."""
    for sid in ("Stack", "S3", "Sns", "Secretsmanager", "Lambda", "Iam"):
        for one in statements(documents):
            if one["Sid"] == sid:
                assert one["Condition"]["StringEqualsIfExists"] == ACCOUNT


def test_what_takes_no_arn_is_held_to_the_region(stack: Stack, documents: dict[str, Document]) -> None:
    """A star stands only for actions that take no ARN, for look-ups, and it means this region."""
    for one in statements(documents):
        if one["Resource"] == "*":
            for action in one["Action"]:
                known = iam_action(action)
                assert known is not None
                if action not in deploy_scopes.OF_AWS:
                    assert not known.arns or deploy_scopes.LOOK_UPS.fullmatch(action), action
            services = {action.split(":")[0] for action in one["Action"]}
            here = {"StringEquals": {"aws:RequestedRegion": stack.region}}
            assert one.get("Condition") == (None if services <= deploy_scopes.GLOBAL else here)


def test_what_names_a_stack_takes_its_arn(documents: dict[str, Document]) -> None:
    """IAM would allow nothing for an action that takes no ARN in a statement that names some."""
    asked = {
        action
        for one in statements(documents)
        if any(":stack/" in arn for arn in resources(one))
        for action in one["Action"]
    }

    assert {"cloudformation:CreateStack", "cloudformation:DeleteStack"} <= asked
    for action in asked:
        known = iam_action(action)
        assert known is not None
        assert any(":stack/" in arn for arn in known.arns), action


CLI_COMMANDS = {
    "deploy": {"DescribeStacks", "CreateChangeSet", "DescribeChangeSet", "ExecuteChangeSet"},
    "wait": {"DescribeStacks"},
}
"""What the AWS CLI asks for with the commands that are more than one operation.
https://docs.aws.amazon.com/cli/latest/reference/cloudformation/deploy/"""


def test_allows_what_the_pages_ask_of_cloudformation(documents: dict[str, Document]) -> None:
    """Each operation of CloudFormation in a command of docs/ is allowed to the role of every stack."""
    pages = "".join(page.read_text(encoding="utf-8") for page in sorted((ROOT / "docs").glob("*.md")))
    commands = set(re.findall("aws cloudformation ([a-z-]+)", pages))
    needed = set()
    for command in commands:
        needed |= CLI_COMMANDS.get(command, {command.title().replace("-", "")})

    assert {"deploy", "wait", "detect-stack-drift"} <= commands
    assert {f"cloudformation:{operation}" for operation in needed} <= allowed(documents)


def test_removes_only_what_has_our_tags(templates: dict[str, dict[str, Any]]) -> None:
    """Where the ID is random and the tags are sure, deleting asks for them: what has none is not ours."""
    documents = deploy_policies(templates["network"], "network", "ap-northeast-1")
    tagged = {one["Sid"]: one for one in statements(documents, removing=True) if "Tagged" in one["Sid"]}

    assert tagged["KmsTagged"]["Action"] == ["kms:ScheduleKeyDeletion"]
    assert {"ec2:DeleteVpc", "ec2:DeleteSubnet", "ec2:ReleaseAddress"} <= set(tagged["Ec2Tagged"]["Action"])
    assert all(one["Condition"] == {"StringEquals": TAGS} for one in tagged.values())
    # The handlers of these take the tags off first, or the type has no tags.
    assert not {"ec2:DeleteNetworkAcl", "ec2:DeleteRoute"} & set(tagged["Ec2Tagged"]["Action"])


@pytest.mark.parametrize(
    ("name", "tagged"),
    [
        ("network", {"Ec2Tagged", "KmsTagged"}),
        ("database", {"Ec2Tagged", "KmsTagged"}),
        ("api", {"KmsTagged"}),
        ("frontend", {"CloudfrontTagged", "KmsTagged"}),
    ],
)
def test_names_do_without_tags(
    name: str, tagged: set[str], templates: dict[str, dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only random IDs ask for tags, and only where IAM can tell the tags."""
    (chosen,) = [one for one in STACKS if one.name == name]

    def sids() -> set[str]:
        documents = deploy_policies(templates[name], name, chosen.region)
        return {one["Sid"] for one in statements(documents) if one["Sid"].endswith("Tagged")}

    def untagged(action: str) -> IamAction | None:
        known = iam_action(action)
        return known and known._replace(tagged=False)

    assert sids() == tagged
    monkeypatch.setattr("csr_templates.hand_over.deploy_policies.iam_action", untagged)
    assert sids() == set()


def test_names_in_the_database_stack(templates: dict[str, dict[str, Any]]) -> None:
    """RDS may touch what has our name, and the default option groups that it gives to everybody."""
    documents = deploy_policies(templates["database"], "database", "ap-northeast-1")

    assert statement(documents, "Rds")["Resource"] == [
        f"arn:aws:rds:ap-northeast-1:*:*:{OURS}*",
        "arn:aws:rds:ap-northeast-1:*:og:default*",
    ]


def test_nothing_lists_the_account(documents: dict[str, Document]) -> None:
    """No stack operation calls the handlers that list all resources of a type, so nothing allows that."""
    assert not {"kms:ListKeys", "s3:ListAllMyBuckets", "sns:ListTopics"} & allowed(documents)


@pytest.mark.parametrize(
    ("name", "services"),
    [
        ("network", ["vpc-flow-logs.amazonaws.com"]),
        ("database", ["monitoring.rds.amazonaws.com"]),
        ("api", ["apigateway.amazonaws.com", "lambda.amazonaws.com"]),
    ],
)
def test_roles_go_to_the_services_that_trust_them(
    name: str, services: list[str], templates: dict[str, dict[str, Any]]
) -> None:
    """PassRole is for our roles and the services in their trust policies."""
    assert statement(deploy_policies(templates[name], name, "ap-northeast-1"), "PassRole") == {
        "Sid": "PassRole",
        "Effect": "Allow",
        "Action": ["iam:PassRole"],
        "Resource": f"arn:aws:iam::*:role/{OURS}*",
        "Condition": {"StringEquals": {"iam:PassedToService": services}},
    }


def test_attaches_only_the_policies_of_the_template(templates: dict[str, dict[str, Any]]) -> None:
    """No role can be given a managed policy that the template does not name, such as AdministratorAccess."""
    documents = deploy_policies(templates["api"], "api", "ap-northeast-1")

    assert statement(documents, "AttachRolePolicy") == {
        "Sid": "AttachRolePolicy",
        "Effect": "Allow",
        "Action": ["iam:AttachRolePolicy"],
        "Resource": f"arn:aws:iam::*:role/{OURS}*",
        "Condition": {
            "ArnLike": {
                "iam:PolicyARN": ["arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs"]
            }
        },
    }


@pytest.mark.parametrize(
    ("name", "service"),
    [
        ("network", "delivery.logs.amazonaws.com"),
        ("database", "rds.amazonaws.com"),
        ("api", "ops.apigateway.amazonaws.com"),
        ("frontend", "wafv2.amazonaws.com"),
    ],
)
def test_services_may_make_their_own_roles(
    name: str, service: str, templates: dict[str, dict[str, Any]]
) -> None:
    """The first resource of a kind in an account brings a service-linked role with it."""
    (chosen,) = [one for one in STACKS if one.name == name]

    assert statement(deploy_policies(templates[name], name, chosen.region), "ServiceLinkedRoles") == {
        "Sid": "ServiceLinkedRoles",
        "Effect": "Allow",
        "Action": ["iam:CreateServiceLinkedRole"],
        "Resource": f"arn:aws:iam::*:role/aws-service-role/{service}/*",
        "Condition": {"StringEquals": {"iam:AWSServiceName": [service]}},
    }


def test_frontend_reads_the_outputs_of_the_api_stack(templates: dict[str, dict[str, Any]]) -> None:
    """Fn::GetStackOutput describes a stack in another region, with the rights of whoever deploys."""
    documents = deploy_policies(templates["frontend"], "frontend", "us-east-1")

    assert statement(documents, "OutputsOfOtherStacks") == {
        "Sid": "OutputsOfOtherStacks",
        "Effect": "Allow",
        "Action": ["cloudformation:DescribeStacks"],
        "Resource": f"arn:aws:cloudformation:ap-northeast-1:*:stack/{OURS}api/*",
        "Condition": {"StringEqualsIfExists": ACCOUNT},
    }


def test_keys_are_used_through_services_alone(templates: dict[str, dict[str, Any]]) -> None:
    """Whoever deploys cannot decrypt with our keys, but lets Secrets Manager and RDS do so."""
    documents = deploy_policies(templates["database"], "database", "ap-northeast-1")
    use = statement(documents, "KeysOfServices")

    assert use["Action"] == ["kms:CreateGrant", "kms:Decrypt", "kms:GenerateDataKey"]
    assert use["Condition"]["StringEquals"] == {
        "kms:ViaService": ["rds.ap-northeast-1.amazonaws.com", "secretsmanager.ap-northeast-1.amazonaws.com"]
    }
    others = [one for one in statements(documents) if one["Sid"] != "KeysOfServices"]
    assert not any(action in deploy_scopes.KEY_USE for one in others for action in one["Action"])


def test_allows_a_small_part_of_full_access(templates: dict[str, dict[str, Any]]) -> None:
    """All stacks together need less than a quarter of the actions of the services that they are made of."""
    together = set()
    for one in STACKS:
        together |= allowed(deploy_policies(templates[one.name], one.name, one.region))

    assert len(together) < sum(map(iam_action_count, FULL_ACCESS)) / 4


def test_other_projects_get_their_own_names(templates: dict[str, dict[str, Any]]) -> None:
    """The names follow ProjectName; several projects stand side by side."""
    documents = deploy_policies(templates["api"], "api", "ap-northeast-1", ["shop", "blog", "shop"])

    assert statement(documents, "Sqs")["Resource"] == [
        f"arn:aws:sqs:ap-northeast-1:*:{project}-{ENVIRONMENT}-*" for project in ("blog", "shop")
    ]
    assert statement(documents, "Kms")["Condition"]["StringEqualsIfExists"]["aws:ResourceTag/Project"] == [
        "blog",
        "shop",
    ]
    assert "csr-lambda-api" not in json.dumps(documents)


def test_same_template_gives_the_same_documents(
    stack: Stack, template: dict[str, Any], documents: dict[str, Document]
) -> None:
    """Nothing depends on the order of a set."""
    assert json.dumps(deploy_policies(template, stack.name, stack.region)) == json.dumps(documents)
    assert all(one["Action"] == sorted(set(one["Action"])) for one in statements(documents))


QUEUE = {"Type": "AWS::SQS::Queue", "Properties": {}}


def test_a_template_without_parameters_has_no_project() -> None:
    """Then any project will do, as long as the environment is the role's."""
    documents = deploy_policies({"Resources": {"Queue": QUEUE}}, "site", "us-east-1")

    assert statement(documents, "Sqs")["Resource"] == f"arn:aws:sqs:us-east-1:*:*-{ENVIRONMENT}-*"
    assert list(documents) == ["site", "site-delete"]


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        (None, f"*-{ENVIRONMENT}-*"),
        ("/aws/fixed", "/aws/fixed*"),
        ({"Fn::Sub": "/aws/${Environment}/app"}, f"/aws/{ENVIRONMENT}/*"),
        ({"Fn::Sub": "/aws/${Owner}/${Environment}"}, f"/aws/*/{ENVIRONMENT}*"),
        ({"Fn::Sub": "/aws/${AWS::AccountId}/${AWS::Region}"}, "/aws/*/us-east-1*"),
        ({"Fn::Sub": "/aws/lambda/${Queue.QueueName}"}, "/aws/lambda/*"),
        ({"Fn::Sub": ["/x/${A}", {"A": {"Fn::ImportValue": "name"}}]}, "/x/*"),
        ({"Fn::ImportValue": "name"}, "*"),
        ({"Ref": "AWS::NoValue"}, f"*-{ENVIRONMENT}-*"),
    ],
    ids=[
        "no name",
        "fixed",
        "environment",
        "no default",
        "account",
        "attribute",
        "variable",
        "import",
        "left out",
    ],
)
def test_finds_log_groups_by_how_their_names_begin(name: object, pattern: str) -> None:
    """The name up to the environment counts; what only the deployed stack knows is a star."""
    template = {
        "Parameters": {
            "Environment": {"Type": "String", "Default": "prod", "AllowedValues": ["prod"]},
            "Owner": {"Type": "String"},
        },
        "Resources": {
            "Queue": QUEUE,
            "Group": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": name} if name else {}},
        },
    }
    documents = deploy_policies(template, "site", "us-east-1")

    arn = statement(documents, "Logs")["Resource"]
    assert arn.removeprefix("arn:aws:logs:us-east-1:*:log-group:") == pattern


def test_fails_on_a_type_without_arns() -> None:
    """A type that nobody has given ARNs would silently get no permissions."""
    template = {"Resources": {"Table": {"Type": "AWS::DynamoDB::Table"}}}

    with pytest.raises(ValueError) as caught:
        deploy_policies(template, "site", "us-east-1")

    assert str(caught.value) == (
        "Nothing that AWS::DynamoDB::Table claims to need for its handler delete concerns an ARN of SCOPES "
        "in deploy_scopes.py. Add a line for the type."
    )


def test_fails_on_a_statement_that_fits_nowhere() -> None:
    """A statement is not torn apart; the message says how long its document would be."""
    projects = [f"project-number-{number:03}" for number in range(100)]

    with pytest.raises(ValueError) as caught:
        deploy_policies({"Resources": {"Queue": QUEUE}}, "site", "us-east-1", projects)

    assert re.fullmatch(
        r"The statement Stack of the deploy policy site makes a document of 1\d{4} characters, but IAM "
        r"accepts 6144\. Divide the template into two stacks\.",
        str(caught.value),
    )


def test_every_line_of_the_tables_has_a_use(templates: dict[str, dict[str, Any]]) -> None:
    """No ARN, forgotten action or property stands there for a type that no stack has."""
    types = {
        resource["Type"] for template in templates.values() for resource in template["Resources"].values()
    }
    claims = {action for one in STACKS for action in claimed_actions(templates[one.name], one.region)}

    for start in (
        *(types for _, types in deploy_scopes.SCOPES),
        *(type_name for type_name, _, _ in deploy_scopes.FORGOTTEN),
        *(type_name for type_name, _, _ in deploy_scopes.ROLLED_BACK),
        *(types for types, _ in deploy_scopes.SERVICE_LINKED),
        *deploy_scopes.KEY_USERS,
    ):
        assert any(type_name.startswith(start) for type_name in types), start
    assert {action for _, _, actions in deploy_scopes.FORGOTTEN for action in actions} >= deploy_scopes.OF_AWS
    assert set(deploy_scopes.PARAMETERS) <= {
        declared["Type"] for template in templates.values() for declared in template["Parameters"].values()
    }
    assert {*deploy_scopes.ONLY_FOR, *deploy_scopes.OBJECTS, *deploy_scopes.KEY_USE} <= claims
    assert all(iam_action(f"cloudformation:{action}") for action in deploy_scopes.STACK)
