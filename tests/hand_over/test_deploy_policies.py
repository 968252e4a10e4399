"""Deploy policies: enough for each stack, and no more."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

from csr_templates import STACKS
from csr_templates.cloudformation.built_stack import BuiltStack, Document
from csr_templates.cloudformation.resolving import ResolveError, resolve
from csr_templates.cloudformation.schemas import IamAction, iam_action
from csr_templates.hand_over import deploy_scopes
from csr_templates.hand_over.deploy_policies import claimed_actions, iam_policies
from csr_templates.hand_over.policy_documents import MAX_CHARACTERS, PolicyError, in_documents
from csr_templates.linting import runner as linting

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENT = "${aws:PrincipalTag/Environment}"
OURS = f"csr-lambda-api-{ENVIRONMENT}-"
TAGS = {"aws:ResourceTag/Project": "csr-lambda-api", "aws:ResourceTag/Environment": ENVIRONMENT}
ACCOUNT = {"aws:ResourceAccount": "${aws:PrincipalAccount}"}


def words(text: str) -> set[str]:
    """Return the words of a text."""
    return set(text.split())


NAMES_WITHOUT_AN_ACTION = words(
    """
    autoloop:AllowVendedLogDeliveryForResource cloudfront:CreateDistributionWithTags
    iam:DescribeOrganization lambda:AssociateRuntimeAlias logs:AllowVendedLogDeliveryForResource
    payments:GetConnectedAccount s3:DeleteBucketAnalyticsConfiguration s3:DeleteBucketCors
    s3:DeleteBucketEncryption s3:DeleteBucketLifecycle s3:DeleteBucketMetricsConfiguration
    s3:DeleteBucketReplication s3:DeleteBucketTagging s3:PutBucketReplication s3:PutObjectLockConfiguration
    s3:REST.PUT.OBJECT vpc-lattice:DescribeServiceNetworkVpcEndpointAssociation
    """
)
"""Claimed by a schema, and unknown to IAM."""

OF_NO_USE = words(
    """
    autoscaling:DescribeTags cloudfront:GetConnectionGroup cloudfront:GetVpcOrigin
    codedeploy:CreateDeployment codedeploy:GetDeployment codedeploy:GetDeploymentConfig
    codedeploy:GetDeploymentGroup codedeploy:StopDeployment codewhisperer:AllowVendedLogDeliveryForResource
    docdb-elastic:GetCluster elasticfilesystem:DescribeMountTargets firehose:ListDeliveryStreams
    firehose:TagDeliveryStream iam:AttachRolePolicy iam:DetachRolePolicy
    iam:GetRole iam:PassRole lambda:GetCodeSigningConfig
    lambda:GetLayerVersion lambda:PassCapacityProvider redshift-serverless:GetNamespace
    redshift-serverless:ListWorkgroups redshift:DescribeClusters s3:DeleteObject s3:PutObjectAcl
    s3files:ListMountTargets s3tables:CreateNamespace s3tables:CreateTable s3tables:CreateTableBucket
    s3tables:GetTable s3tables:GetTableMetadataLocation s3tables:PutTableBucketPolicy
    s3tables:PutTableEncryption s3tables:PutTablePolicy s3tables:UpdateTableMetadataLocation
    vpc-lattice:CreateServiceNetworkVpcEndpointAssociation vpce:AllowMultiRegion
    workmail:AllowVendedLogDeliveryForResource
    """
)
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


Policies = tuple[list[Document], list[Document]]
NAMES = [stack.name for stack in STACKS]
each_stack = pytest.mark.parametrize("name", NAMES)


@pytest.fixture(scope="module")
def policies(built: dict[str, BuiltStack]) -> dict[str, Policies]:
    """The policies of each stack."""
    return {name: iam_policies(stack) for name, stack in built.items()}


def of(template: dict[str, Any], *projects: str) -> Policies:
    """Return the policies of a stack with this template."""
    return iam_policies(BuiltStack("site", "site.yaml", "us-east-1", template), projects)


def statements(documents: Policies, *, removing: bool | None = None) -> list[dict[str, Any]]:
    """Return the statements of all documents, or of those that are for removing or are not."""
    return [
        one
        for kind, some in zip((False, True), documents, strict=True)
        for document in some
        for one in document["Statement"]
        if removing in (None, kind)
    ]


def statement(documents: Policies, sid: str) -> dict[str, Any]:
    """Return the one statement of this Sid."""
    (found,) = [one for one in statements(documents, removing=False) if one["Sid"] == sid]
    return found


def allowed(documents: Policies, *, removing: bool | None = None) -> set[str]:
    """Return every action that the documents allow."""
    return {action for one in statements(documents, removing=removing) for action in one["Action"]}


def resources(one: Mapping[str, Any]) -> list[str]:
    """Return the ARNs of a statement."""
    return [one["Resource"]] if isinstance(one["Resource"], str) else list(one["Resource"])


def test_covers_what_every_handler_claims(
    built: dict[str, BuiltStack], policies: dict[str, Policies]
) -> None:
    """What a handler of a type claims is allowed, unknown to IAM, or known to be of no use."""
    missing = {
        action
        for name, stack in built.items()
        for action in set(claimed_actions(stack)) - allowed(policies[name])
    }

    assert missing == NAMES_WITHOUT_AN_ACTION | OF_NO_USE
    assert {action for action in missing if iam_action(action) is None} == NAMES_WITHOUT_AN_ACTION


@each_stack
def test_allows_nothing_that_no_type_needs(
    built: dict[str, BuiltStack], policies: dict[str, Policies], name: str
) -> None:
    """Beside what CloudFormation is asked for, each action is claimed or is one that the schemas forget."""
    actions = allowed(policies[name])
    unclaimed = {action for action in actions if not action.startswith("cloudformation:")}
    unclaimed -= set(claimed_actions(built[name]))

    assert unclaimed <= UNCLAIMED.get(name, set()) | {*deploy_scopes.TEMPLATE} <= actions
    assert all(iam_action(action) for action in actions)
    assert not any("*" in action for action in actions)
    assert not {"kms:ListKeys", "s3:ListAllMyBuckets", "sns:ListTopics"} & actions  # of handlers that list


@each_stack
def test_deleting_is_apart(built: dict[str, BuiltStack], policies: dict[str, Policies], name: str) -> None:
    """What only delete handlers claim is in the documents for removing; what is rolled back, in both."""
    everyday, removing = (allowed(policies[name], removing=removing) for removing in (False, True))
    claims = claimed_actions(built[name])
    rolled_back = {action for _, action, _ in deploy_scopes.ROLLED_BACK}

    assert everyday & removing <= rolled_back
    assert "cloudformation:DeleteStack" in removing
    for action in removing - {"cloudformation:DeleteStack"}:
        assert {claim.handler for claim in claims[action]} == {"delete"}, action
    for action in everyday & set(claims) - UNCLAIMED.get(name, set()) - rolled_back:
        assert {claim.handler for claim in claims[action]} - {"delete"}, action


@pytest.mark.parametrize(
    ("name", "lost"),
    [
        ("network", {"ec2:DeleteVpc", "s3:DeleteBucket"}),
        ("database", {"rds:DeleteDBCluster", "kms:ScheduleKeyDeletion"}),
        ("api", {"lambda:DeleteFunction"}),
        ("frontend", {"cloudfront:DeleteDistribution"}),
    ],
)
def test_everyday_deploys_cannot_lose_things(
    policies: dict[str, Policies], name: str, lost: set[str]
) -> None:
    """The documents for everyday do not allow what takes data or a running service away."""
    everyday = {
        action
        for one in statements(policies[name], removing=False)
        if not one["Sid"].startswith("RolledBack")
        for action in one["Action"]
    }

    assert not lost & everyday
    assert lost <= allowed(policies[name], removing=True)


def test_a_failed_deploy_takes_away_the_version_that_it_made(policies: dict[str, Policies]) -> None:
    """It may delete versions of the function, and not the function."""
    one = statement(policies["api"], "RolledBackLambdaVersion")
    pattern = one["Resource"].replace(ENVIRONMENT, "staging")
    function = "arn:aws:lambda:ap-northeast-1:123456789012:function:csr-lambda-api-staging-api"

    assert one["Action"] == ["lambda:DeleteFunction"]
    assert fnmatchcase(f"{function}:3", pattern)
    assert not fnmatchcase(function, pattern)


QUEUE = {"Type": "AWS::SQS::Queue", "Properties": {}}
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

    one = statement(of(template, "csr-lambda-api"), "AccessLogs")

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

    documents = of(template)

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
    one = statement(of(template), "AnyResourceInRegion")

    assert "ec2:DescribeAvailabilityZones" in one["Action"]


@pytest.mark.parametrize(
    "declared", ["AWS::SSM::Parameter::Value<String>", "AWS::SSM::Parameter::Value<List<String>>"]
)
def test_a_type_of_parameter_can_be_added(declared: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever does what the messages say gets a policy that allows the look-up, of that alone."""
    template = {"Parameters": {"Ami": {"Type": declared}}, "Resources": {"Queue": QUEUE}}
    pattern = "arn:aws:ssm:{region}:*:parameter/{name}/*"

    monkeypatch.setattr(deploy_scopes, "PARAMETERS", {declared: "ssm:GetParameters"})
    with pytest.raises(PolicyError) as caught:
        of(template)
    monkeypatch.setattr(deploy_scopes, "SCOPES", (*deploy_scopes.SCOPES, (pattern, "")))
    one = statement(of(template), "Ssm")

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

    with pytest.raises(ResolveError, match="'Queue' is a resource, but Conditions can only refer to"):
        of(template)


@pytest.mark.parametrize(("more", "count"), [(0, 1), (1, 2)], ids=["full", "too long by one"])
@pytest.mark.parametrize("sizes", [(3_000,), (3_000, 10), (3_000, 200, 1_000)], ids=len)
def test_documents_are_filled_to_the_last_character(sizes: tuple[int, ...], more: int, count: int) -> None:
    """Statements share a document of exactly as many characters as IAM accepts, and of not one more."""

    def of_length(length: int) -> Document:
        return {"Sid": "x" * (length - len('{"Sid":""}'))}

    first = [of_length(size) for size in sizes]
    commas = len(sizes)
    rest = MAX_CHARACTERS - len('{"Version":"2012-10-17","Statement":[]}') - sum(sizes) - commas
    documents = in_documents("site", [*first, of_length(rest + more)])
    lengths = [len(json.dumps(document, separators=(",", ":"))) for document in documents]

    assert len(documents) == count
    assert max(lengths) <= MAX_CHARACTERS
    assert count == 2 or lengths == [MAX_CHARACTERS]
    assert [one for document in documents for one in document["Statement"]][:-1] == first


@each_stack
def test_fits_into_managed_policies(policies: dict[str, Policies], name: str) -> None:
    """Each document is short enough, and cfn-lint accepts it as a managed policy: actions, ARNs, form."""
    documents = [document for some in policies[name] for document in some]
    managed = {
        f"Policy{number}": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": document}}
        for number, document in enumerate(documents)
    }

    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html (managed policies of a role)
    assert all(some for some in policies[name])
    assert len(documents) <= 10
    for document in documents:
        assert len(re.sub(r"\s", "", json.dumps(document))) <= MAX_CHARACTERS == 6_144
        assert document["Version"] == "2012-10-17"
        sids = [one["Sid"] for one in document["Statement"]]
        assert len(set(sids)) == len(sids)
        assert all(re.fullmatch("[0-9A-Za-z]+", sid) for sid in sids)
    assert list(map(str, linting.lint(json.dumps({"Resources": managed}), "us-east-1"))) == []


@each_stack
def test_reaches_every_name_of_the_stack(
    built: dict[str, BuiltStack], policies: dict[str, Policies], name: str
) -> None:
    """Each resource with a name, ours or CloudFormation's, is among the ARNs of its service."""
    stack = built[name]
    patterns = [
        arn.replace(ENVIRONMENT, "staging") for one in statements(policies[name]) for arn in resources(one)
    ]
    whole = f"csr-lambda-api-staging-{name}"
    given = {"Environment": "staging"}
    if "LambdaCodeS3ObjectVersion" in stack.parameters:
        given["LambdaCodeS3ObjectVersion"] = "1"
    for logical_id, resource in resolve(stack.template, given, region=stack.region)["Resources"].items():
        key, form = NAMED.get(resource["Type"], ("", MADE_UP.get(resource["Type"], "")))
        if not form:
            continue
        called = resource["Properties"].get(key, "")
        if isinstance(called, dict):
            called = re.sub(r"\$\{[^}]*\}", "a1b2c3", called["Fn::Sub"])
        lower = f"{whole}-{logical_id}".lower()
        arn = form.format(region=stack.region, name=called, stack=whole, id=logical_id, lower=lower)
        assert any(fnmatchcase(arn, pattern) for pattern in patterns if pattern != "*"), arn


@each_stack
def test_reaches_no_other_environment_account_or_region(
    built: dict[str, BuiltStack], policies: dict[str, Policies], name: str
) -> None:
    """An ARN names this environment; where IDs are random, the tags of another one are refused.

    ARNs with a star for the account, and those of S3, which hold none, have a condition that makes it the
    role's. A star alone is for actions that take no ARN and for look-ups, and means this region.
    """
    for one in statements(policies[name]):
        condition = one.get("Condition", {})
        tags = condition.get("StringEquals", {}) | condition.get("StringEqualsIfExists", {})
        for arn in resources(one):
            named = f"csr-lambda-api-{ENVIRONMENT}" in arn
            linked = arn.startswith("arn:aws:iam::*:role/aws-service-role/")
            assert named or linked or arn == "*" or tags.items() >= TAGS.items(), arn
        if one["Sid"] in ("Stack", "S3", "Sns", "Secretsmanager", "Lambda", "Iam"):
            assert condition["StringEqualsIfExists"] == ACCOUNT
        if one["Resource"] == "*":
            for action in set(one["Action"]) - deploy_scopes.OF_AWS:
                known = iam_action(action)
                assert known is not None
                assert not known.arns or deploy_scopes.LOOK_UPS.fullmatch(action), action
            services = {action.split(":")[0] for action in one["Action"]}
            here = {"StringEquals": {"aws:RequestedRegion": built[name].region}}
            assert condition == ({} if services <= deploy_scopes.GLOBAL else here)


@each_stack
def test_what_names_a_stack_takes_its_arn(policies: dict[str, Policies], name: str) -> None:
    """IAM would allow nothing for an action that takes no ARN in a statement that names some."""
    asked = {
        action
        for one in statements(policies[name])
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


@each_stack
def test_allows_what_the_pages_ask_of_cloudformation(policies: dict[str, Policies], name: str) -> None:
    """Each operation of CloudFormation in a command of docs/ is allowed to the role of every stack."""
    pages = "".join(page.read_text(encoding="utf-8") for page in sorted((ROOT / "docs").glob("*.md")))
    commands = set(re.findall("aws cloudformation ([a-z-]+)", pages))
    needed = set()
    for command in commands:
        needed |= CLI_COMMANDS.get(command, {command.title().replace("-", "")})

    assert {"deploy", "wait", "detect-stack-drift"} <= commands
    assert {f"cloudformation:{operation}" for operation in needed} <= allowed(policies[name])


def test_removes_only_what_has_our_tags(policies: dict[str, Policies]) -> None:
    """Where the ID is random and the tags are sure, deleting asks for them: what has none is not ours."""
    removing = statements(policies["network"], removing=True)
    tagged = {one["Sid"]: one for one in removing if "Tagged" in one["Sid"]}

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
    built: dict[str, BuiltStack], name: str, tagged: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only random IDs ask for tags, and only where IAM can tell the tags."""

    def sids() -> set[str]:
        found = statements(iam_policies(built[name]))
        return {one["Sid"] for one in found if one["Sid"].endswith("Tagged")}

    def untagged(action: str) -> IamAction | None:
        known = iam_action(action)
        return known and known._replace(tagged=False)

    assert sids() == tagged
    monkeypatch.setattr("csr_templates.hand_over.deploy_policies.iam_action", untagged)
    assert sids() == set()


def linked_role(service: str) -> dict[str, Any]:
    """Return the statement that lets a service make its own role."""
    return {
        "Action": ["iam:CreateServiceLinkedRole"],
        "Resource": f"arn:aws:iam::*:role/aws-service-role/{service}/*",
        "Condition": {"StringEquals": {"iam:AWSServiceName": [service]}},
    }


def passed_roles(*services: str) -> dict[str, Any]:
    """Return the statement that hands our roles to services."""
    return {
        "Action": ["iam:PassRole"],
        "Resource": f"arn:aws:iam::*:role/{OURS}*",
        "Condition": {"StringEquals": {"iam:PassedToService": list(services)}},
    }


GATEWAY_LOGS = "arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs"
STATEMENTS = [
    *[
        (
            stack.name,
            "Template",  # no other object, and nothing of the bucket itself
            {
                "Action": ["s3:GetObject", "s3:PutObject"],
                "Resource": f"arn:aws:s3:::{OURS}artifacts-${{aws:PrincipalAccount}}-{stack.region}"
                f"/{stack.name}/*",
                "Condition": {"StringEqualsIfExists": ACCOUNT},
            },
        )
        for stack in STACKS
    ],
    ("network", "PassRole", passed_roles("vpc-flow-logs.amazonaws.com")),
    ("database", "PassRole", passed_roles("monitoring.rds.amazonaws.com")),
    ("api", "PassRole", passed_roles("apigateway.amazonaws.com", "lambda.amazonaws.com")),
    ("network", "ServiceLinkedRoles", linked_role("delivery.logs.amazonaws.com")),
    ("database", "ServiceLinkedRoles", linked_role("rds.amazonaws.com")),
    ("api", "ServiceLinkedRoles", linked_role("ops.apigateway.amazonaws.com")),
    ("frontend", "ServiceLinkedRoles", linked_role("wafv2.amazonaws.com")),
    (
        "api",
        "AttachRolePolicy",  # not AdministratorAccess, for example
        {
            "Action": ["iam:AttachRolePolicy"],
            "Resource": f"arn:aws:iam::*:role/{OURS}*",
            "Condition": {"ArnLike": {"iam:PolicyARN": [GATEWAY_LOGS]}},
        },
    ),
    (
        "frontend",
        "OutputsOfOtherStacks",
        {
            "Action": ["cloudformation:DescribeStacks"],
            "Resource": f"arn:aws:cloudformation:ap-northeast-1:*:stack/{OURS}api/*",
            "Condition": {"StringEqualsIfExists": ACCOUNT},
        },
    ),
]


@pytest.mark.parametrize(
    ("name", "sid", "expected"), STATEMENTS, ids=[f"{name}-{sid}" for name, sid, _ in STATEMENTS]
)
def test_statement(policies: dict[str, Policies], name: str, sid: str, expected: dict[str, Any]) -> None:
    """What a stack needs of roles and of other stacks is allowed, of that alone."""
    assert statement(policies[name], sid) == {"Sid": sid, "Effect": "Allow", **expected}


def test_names_in_the_database_stack(policies: dict[str, Policies]) -> None:
    """RDS may touch what has our name, and the default option groups that it gives to everybody."""
    assert statement(policies["database"], "Rds")["Resource"] == [
        f"arn:aws:rds:ap-northeast-1:*:*:{OURS}*",
        "arn:aws:rds:ap-northeast-1:*:og:default*",
    ]


def test_keys_are_used_through_services_alone(policies: dict[str, Policies]) -> None:
    """Whoever deploys cannot decrypt with our keys, but lets Secrets Manager and RDS do so."""
    use = statement(policies["database"], "KeysOfServices")

    assert use["Action"] == ["kms:CreateGrant", "kms:Decrypt", "kms:GenerateDataKey"]
    assert use["Condition"]["StringEquals"] == {
        "kms:ViaService": ["rds.ap-northeast-1.amazonaws.com", "secretsmanager.ap-northeast-1.amazonaws.com"]
    }
    others = [one for one in statements(policies["database"]) if one["Sid"] != "KeysOfServices"]
    assert not any(action in deploy_scopes.KEY_USE for one in others for action in one["Action"])


def test_other_projects_get_their_own_names(built: dict[str, BuiltStack]) -> None:
    """The names follow ProjectName; several projects stand side by side."""
    documents = iam_policies(built["api"], ["shop", "blog", "shop"])

    assert statement(documents, "Sqs")["Resource"] == [
        f"arn:aws:sqs:ap-northeast-1:*:{project}-{ENVIRONMENT}-*" for project in ("blog", "shop")
    ]
    assert statement(documents, "Kms")["Condition"]["StringEqualsIfExists"]["aws:ResourceTag/Project"] == [
        "blog",
        "shop",
    ]
    assert "csr-lambda-api" not in json.dumps(documents)


@each_stack
def test_same_template_gives_the_same_documents(
    built: dict[str, BuiltStack], policies: dict[str, Policies], name: str
) -> None:
    """Nothing depends on the order of a set."""
    assert json.dumps(iam_policies(built[name])) == json.dumps(policies[name])
    assert all(one["Action"] == sorted(set(one["Action"])) for one in statements(policies[name]))


def test_a_template_without_parameters_has_no_project() -> None:
    """Then any project will do, as long as the environment is the role's."""
    documents = of({"Resources": {"Queue": QUEUE}})

    assert statement(documents, "Sqs")["Resource"] == f"arn:aws:sqs:us-east-1:*:*-{ENVIRONMENT}-*"


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
    documents = of(template)

    arn = statement(documents, "Logs")["Resource"]
    assert arn.removeprefix("arn:aws:logs:us-east-1:*:log-group:") == pattern


@pytest.mark.parametrize(
    ("template", "message"),
    [
        (
            {"Resources": {"Table": {"Type": "AWS::DynamoDB::Table"}}},
            "Nothing that AWS::DynamoDB::Table claims to need for its handler delete concerns an ARN of "
            "SCOPES in deploy_scopes.py. Add a line for the type.",
        ),
        (
            {"Parameters": {"Vpc": {"Type": "AWS::EC2::VPC::Id"}}, "Resources": {"Queue": QUEUE}},
            "The parameter Vpc has the type AWS::EC2::VPC::Id, and PARAMETERS in deploy_scopes.py does not "
            "say how CloudFormation looks its value up. Add a line for it.",
        ),
    ],
    ids=["type without ARNs", "parameter that nobody can look up"],
)
def test_what_is_unknown_is_named(template: dict[str, Any], message: str) -> None:
    """What nobody has decided would silently get no permissions, and end in AccessDenied."""
    with pytest.raises(PolicyError) as caught:
        of(template)

    assert str(caught.value) == message


def test_fails_on_a_statement_that_fits_nowhere() -> None:
    """A statement is not torn apart; the message says how long its document would be."""
    with pytest.raises(PolicyError) as caught:
        of({"Resources": {"Queue": QUEUE}}, *[f"project-number-{number:03}" for number in range(100)])

    assert re.fullmatch(
        r"The statement Stack of the deploy policy site makes a document of 1\d{4} characters, but IAM "
        r"accepts 6144\. Divide the template into two stacks\.",
        str(caught.value),
    )


def test_every_line_of_the_tables_has_a_use(built: dict[str, BuiltStack]) -> None:
    """No ARN, forgotten action or property stands there for a type that no stack has."""
    types = {resource["Type"] for stack in built.values() for resource in stack.resources.values()}
    claims = {action for stack in built.values() for action in claimed_actions(stack)}

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
        declared["Type"] for stack in built.values() for declared in stack.parameters.values()
    }
    assert {*deploy_scopes.ONLY_FOR, *deploy_scopes.OBJECTS, *deploy_scopes.KEY_USE} <= claims
    assert all(iam_action(f"cloudformation:{action}") for action in deploy_scopes.STACK)
