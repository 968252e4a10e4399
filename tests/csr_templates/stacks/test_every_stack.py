"""Facts that apply to every stack."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from cfn_analysis.model.references import in_words
from cfn_analysis.model.resolving import resolve
from csr_templates import STACKS, Stack, lint, render

Template = dict[str, Any]

DOMAIN = {
    "CustomDomainName": "www.example.com",
    "CertificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/01234567-89ab-cdef-0123-456789abcdef",
    "HostedZoneId": "Z0123456789ABCDEFGHIJ",
}
each_stack = pytest.mark.parametrize("stack", STACKS, ids=lambda stack: stack.name)


def of_type(template: Template, *types: str) -> Template:
    """Return logical ID -> properties of the resources of some types."""
    return {
        logical_id: resource["Properties"]
        for logical_id, resource in template["Resources"].items()
        if resource["Type"] in types
    }


def statements(node: Any) -> Iterator[dict[str, Any]]:
    """Yield the statements of every policy in a part of a template."""
    for value in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        if isinstance(value, dict) and "Effect" in value:
            yield value
        yield from statements(value)


# ---- The template ----


@each_stack
def test_template_fits_into_a_bucket(stack: Stack) -> None:
    """A template is much smaller than the limit of CloudFormation for templates in S3 (1 MB)."""
    t = stack.build()

    assert len(render(t.to_dict(), sections=t.sections).encode()) < 250_000


@each_stack
def test_template_is_plain(stack: Stack, templates: dict[str, Template]) -> None:
    """A deploy needs only CAPABILITY_NAMED_IAM.

    Templates have no transforms, macros, custom resources or nested stacks.
    """
    template = templates[stack.name]

    assert set(template) <= {
        "AWSTemplateFormatVersion",
        "Description",
        "Metadata",
        "Parameters",
        "Rules",
        "Mappings",
        "Conditions",
        "Resources",
        "Outputs",
    }
    types = {resource["Type"] for resource in template["Resources"].values()}
    assert not {one for one in types if one.startswith(("Custom::", "AWS::CloudFormation::"))}


@pytest.mark.acceptance
@pytest.mark.parametrize(
    ("name", "region", "values"),
    [
        ("network", "ap-northeast-1", {"NatGatewayPerZone": "false"}),
        (
            "network",
            "ap-northeast-1",
            {"PermissionsBoundaryArn": "arn:aws:iam::123456789012:policy/boundary"},
        ),
        ("database", "ap-northeast-1", {"DatabaseMultiAZ": "false", "DatabaseReadReplica": "true"}),
        ("database", "ap-northeast-1", {"DatabaseMultiAZ": "false", "DatabaseReadReplica": "false"}),
        ("database", "ap-northeast-1", {"DatabaseInstanceClass": "db.r6g.large"}),
        ("api", "ap-northeast-1", {"LambdaCodeS3ObjectVersion": "3sL4kqtJlcpXroDTDmJ.rmSpXd3dIbrH"}),
        (
            "api",
            "ap-northeast-1",
            {
                "Environment": "dev",
                "LambdaProvisionedConcurrency": "0",
                "LambdaReservedConcurrency": "0",
                "ApiCacheEnabled": "false",
                "ManageApiGatewayAccount": "false",
            },
        ),
        ("frontend", "us-east-1", {**DOMAIN, "SiteRouting": "spa"}),
        ("frontend", "us-east-1", {"WAFEnabled": "false"}),
        ("frontend", "us-east-1", {"CloudFrontEnabled": "false", **DOMAIN}),
        ("frontend", "ap-northeast-1", {"CloudFrontEnabled": "false", "WAFEnabled": "false"}),
    ],
    ids=lambda value: value if isinstance(value, str) else ",".join(value),
)
def test_no_findings(name: str, region: str, values: dict[str, str], templates: dict[str, Template]) -> None:
    """The linter has no findings for the values of each condition, in the regions that are allowed."""
    assert lint(render(templates[name]), region, parameters=values) == []


# ---- Parameters ----


@pytest.mark.parametrize(
    ("stack", "parameter", "value", "accepted"),
    [
        ("database", "DatabaseEngineVersion", "8.0.mysql_aurora.3.10.6", True),
        ("database", "DatabaseEngineVersion", "8.0.mysql_aurora.3.10.12", True),
        ("database", "DatabaseEngineVersion", "5.7.mysql_aurora.2.12.6", False),
        ("database", "DatabaseEngineVersion", "8.4.mysql_aurora.8.4.8", False),
        ("database", "DatabaseEngineVersion", "8.0", False),
        ("database", "DatabaseEngineVersion", "8.0.mysql_aurora.3.10.6 ", False),
        ("database", "DatabaseName", "App2", True),
        ("database", "DatabaseName", "2app", False),
        ("database", "DatabaseName", "csr-lambda", False),
        ("database", "DatabaseName", "_app", False),
        ("database", "DatabaseName", "", False),
        ("frontend", "CustomDomainName", "", True),
        ("frontend", "CustomDomainName", "a-b.example.co.jp", True),
        ("frontend", "CustomDomainName", "https://example.com", False),
        ("frontend", "CustomDomainName", "Example.com", False),
        ("frontend", "CustomDomainName", "localhost", False),
        ("frontend", "CustomDomainName", "-a.example.com", False),
        ("frontend", "CertificateArn", "", True),
        ("frontend", "CertificateArn", DOMAIN["CertificateArn"], True),
        (
            "frontend",
            "CertificateArn",
            DOMAIN["CertificateArn"].replace("us-east-1", "ap-northeast-1"),
            False,
        ),
        ("frontend", "HostedZoneId", "", True),
        ("frontend", "HostedZoneId", DOMAIN["HostedZoneId"], True),
        ("frontend", "HostedZoneId", "/hostedzone/Z0123456789ABCDEFGHIJ", False),
        ("frontend", "ApiRegion", "us-gov-west-1", True),
        ("frontend", "ApiRegion", "ap-northeast-1a", False),
        ("frontend", "ApiRegion", "", False),
        ("frontend", "ContentSecurityPolicy", "default-src 'none'", True),
        ("frontend", "ContentSecurityPolicy", "", False),
        ("frontend", "ContentSecurityPolicy", "default-src 'self'\n", False),
    ],
)
def test_patterns(
    stack: str, parameter: str, value: str, accepted: bool, templates: dict[str, Template]
) -> None:
    """Patterns reject values that AWS would reject during a deploy."""
    pattern = templates[stack]["Parameters"][parameter]["AllowedPattern"]

    assert bool(re.fullmatch(pattern, value)) is accepted


# ---- Security ----


# Services that may use these keys, besides the account: the Sid of each statement.
KEYS = {
    "LogsKey": ["CloudWatchLogs"],
    "AlarmsKey": ["CloudWatchAlarms", "DatabaseEvents"],
    "DatabaseKey": [],
    "FunctionKey": [],
    "FrontendKey": ["CloudWatchLogs", "CloudWatchAlarms"],
}
ACCOUNT = {
    "Sid": "Account",
    "Effect": "Allow",
    "Principal": {"AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}},
    "Resource": ["*"],
}
ALARMS = {
    "Sid": "CloudWatchAlarms",
    "Effect": "Allow",
    "Principal": {"Service": "cloudwatch.amazonaws.com"},
    "Resource": ["*"],
    "Condition": {
        "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}},
        "ArnLike": {
            "aws:SourceArn": {
                "Fn::Sub": "arn:${AWS::Partition}:cloudwatch:${AWS::Region}:${AWS::AccountId}:alarm:"
                "${ProjectName}-${Environment}-*"
            }
        },
    },
}

RDS_ARN = "arn:${AWS::Partition}:rds:${AWS::Region}:${AWS::AccountId}"
EVENTS: dict[str, Any] = {
    "Sid": "DatabaseEvents",
    "Effect": "Allow",
    "Principal": {"Service": "events.rds.amazonaws.com"},
    "Resource": ["*"],
    "Condition": {
        "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}},
        "ArnLike": {
            "aws:SourceArn": [
                # The instance names start with the name of the stack, in lowercase.
                {"Fn::Sub": RDS_ARN + ":db:${ProjectName}-${Environment}-*"},
                {"Fn::Sub": RDS_ARN + ":cluster:${ProjectName}-${Environment}-aurora-cluster"},
            ]
        },
    },
}


@each_stack
def test_topic_policies(stack: Stack, templates: dict[str, dict[str, Any]]) -> None:
    """Only our alarms and RDS can publish, and TLS is required.

    Only the account manages topics, and no action is ``*``.
    """
    resources = templates[stack.name]["Resources"]
    topics = [name for name, resource in resources.items() if resource["Type"] == "AWS::SNS::Topic"]
    policies = [one["Properties"] for one in resources.values() if one["Type"] == "AWS::SNS::TopicPolicy"]

    assert [topic["Ref"] for policy in policies for topic in policy["Topics"]] == topics
    for policy in policies:
        assert policy["PolicyDocument"]["Statement"] == [
            {
                **ACCOUNT,
                "Action": [
                    "sns:AddPermission",
                    "sns:DeleteTopic",
                    "sns:GetTopicAttributes",
                    "sns:ListSubscriptionsByTopic",
                    "sns:Publish",
                    "sns:RemovePermission",
                    "sns:SetTopicAttributes",
                    "sns:Subscribe",
                ],
            },
            {**ALARMS, "Action": ["sns:Publish"]},
            *([{**EVENTS, "Action": ["sns:Publish"]}] if stack.name == "database" else []),
            {
                "Sid": "DenyWithoutTLS",
                "Effect": "Deny",
                "Principal": "*",
                "Action": ["sns:Publish", "sns:Subscribe"],
                "Resource": ["*"],
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            },
        ]


@each_stack
def test_key_policies(stack: Stack, templates: dict[str, dict[str, Any]]) -> None:
    """A key policy limits services to our resources.

    It does not specify roles of the stack, because that would be a circular dependency.
    """
    keys = {
        name: resource["Properties"]["KeyPolicy"]["Statement"]
        for name, resource in templates[stack.name]["Resources"].items()
        if resource["Type"] == "AWS::KMS::Key"
    }
    log_groups = "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:"

    for name, (account, *others) in keys.items():
        assert [one["Sid"] for one in others] == KEYS.get(name, [one["Sid"] for one in others]), name
        assert account == {**ACCOUNT, "Action": ["kms:*"]}
        for statement in others:
            if statement["Sid"] in ("CloudWatchAlarms", "DatabaseEvents"):
                of_account = {"StringEquals": EVENTS["Condition"]["StringEquals"]}
                expected = {"CloudWatchAlarms": ALARMS, "DatabaseEvents": {**EVENTS, "Condition": of_account}}
                assert statement == {
                    **expected[statement["Sid"]],
                    "Action": ["kms:Decrypt", "kms:GenerateDataKey*"],
                }
            else:
                (condition,) = statement["Condition"].items()
                operator, patterns = condition
                assert statement["Principal"] == {"Service": {"Fn::Sub": "logs.${AWS::Region}.amazonaws.com"}}
                assert (operator, list(patterns)) == ("ArnLike", ["kms:EncryptionContext:aws:logs:arn"])
                for pattern in patterns["kms:EncryptionContext:aws:logs:arn"]:
                    assert re.fullmatch("[a-zA-Z/_-]{5,}.*", pattern["Fn::Sub"].removeprefix(log_groups))


# Sources for which these roles are assumed.
SOURCE_OF_ROLE = {
    "FlowLogsRole": "arn:aws:ec2:ap-northeast-1:123456789012:vpc-flow-log/*",
    "MonitoringRole": "arn:aws:rds:ap-northeast-1:123456789012:db:*",
}
# Statements that allow a service without a source -> reason.
WITHOUT_SOURCE = {"ApiGatewayLoggingRole": "API Gateway does not always send a source when it assumes a role"}
SOURCES = {
    ("StringEquals", "aws:SourceAccount"),
    ("StringEquals", "aws:SourceArn"),
    ("ArnLike", "aws:SourceArn"),
    ("ArnLike", "kms:EncryptionContext:aws:logs:arn"),
}


@each_stack
def test_services_act_for_our_account(stack: Stack, templates: dict[str, dict[str, Any]]) -> None:
    """Policies allow services only for sources in this account. Other accounts use the same services."""
    for logical_id, resource in templates[stack.name]["Resources"].items():
        for statement in statements(resource["Properties"]):
            if "Service" not in statement.get("Principal", {}) or logical_id in WITHOUT_SOURCE:
                continue
            required = [
                value if isinstance(value, list) else [value]
                for operator, values in statement.get("Condition", {}).items()
                for key, value in values.items()
                if (operator, key) in SOURCES
            ]

            assert list(statement["Principal"]) == ["Service"], logical_id
            assert any(
                all("AWS::AccountId" in json.dumps(value) for value in values) for values in required
            ), logical_id


@each_stack
def test_keys_rotate(stack: Stack, templates: dict[str, Template]) -> None:
    """Automatic key rotation is enabled."""
    for key in of_type(templates[stack.name], "AWS::KMS::Key").values():
        assert key["EnableKeyRotation"] is True


@each_stack
def test_roles_are_assumed_by_one_service_of_this_account(
    stack: Stack, templates: dict[str, Template]
) -> None:
    """A role trusts one service in this account, and has only its inline policy.

    The logging role of API Gateway is an exception, because API Gateway requires AWS's managed policy.
    """
    resolved = resolve(templates[stack.name], region=stack.region)
    for logical_id, role in of_type(resolved, "AWS::IAM::Role").items():
        if logical_id == "ApiGatewayLoggingRole":
            continue
        (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
        ((kind, service),) = trust["Principal"].items()
        sources = dict(trust["Condition"])

        assert kind == "Service"
        assert re.fullmatch(r"[a-z.-]+\.amazonaws\.com", service), logical_id
        assert sources.pop("StringEquals") == {"aws:SourceAccount": "123456789012"}
        if logical_id in SOURCE_OF_ROLE:
            assert sources == {"ArnLike": {"aws:SourceArn": SOURCE_OF_ROLE[logical_id]}}
        assert "ManagedPolicyArns" not in role


@each_stack
def test_roles_take_a_permissions_boundary(stack: Stack, templates: dict[str, Template]) -> None:
    """Every role has the permissions boundary of the parameter, or none if the parameter is empty."""
    boundary = "arn:aws:iam::123456789012:policy/boundary"
    for parameters, expected in ({}, None), ({"PermissionsBoundaryArn": boundary}, boundary):
        if of_type(templates[stack.name], "AWS::IAM::Role"):
            resolved = resolve(templates[stack.name], parameters, region=stack.region)
            for logical_id, role in of_type(resolved, "AWS::IAM::Role").items():
                assert role.get("PermissionsBoundary") == expected, logical_id


@each_stack
def test_resource_policies_refuse_requests_without_tls(stack: Stack, templates: dict[str, Template]) -> None:
    """Policies of buckets (with their objects), queues and topics deny all requests without TLS."""
    template = resolve(templates[stack.name], region=stack.region)
    covered = []
    for policy in of_type(
        template, "AWS::S3::BucketPolicy", "AWS::SQS::QueuePolicy", "AWS::SNS::TopicPolicy"
    ).values():
        names = [one["Ref"] for one in policy.get("Topics") or policy.get("Queues") or [policy.get("Bucket")]]
        covered += names
        deny = policy["PolicyDocument"]["Statement"][-1]
        arn = f"arn:aws:s3:::${{{names[0]}}}"

        assert (deny["Effect"], deny["Principal"]) == ("Deny", "*")
        assert deny["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
        assert (deny["Action"], deny["Resource"]) in [
            (["s3:*"], [{"Fn::Sub": arn}, {"Fn::Sub": f"{arn}/*"}]),
            (["sqs:*"], [{"Fn::GetAtt": [names[0], "Arn"]}]),
            (["sns:Publish", "sns:Subscribe"], ["*"]),  # in a topic policy, * is the topic
        ]

    assert set(covered) == set(of_type(template, "AWS::S3::Bucket", "AWS::SQS::Queue", "AWS::SNS::Topic"))


@each_stack
def test_buckets_are_private(stack: Stack, templates: dict[str, Template]) -> None:
    """Each bucket is private, without ACLs and website, encrypted with AES-256 and versioned."""
    for bucket in of_type(templates[stack.name], "AWS::S3::Bucket").values():
        (encryption,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]

        assert list(bucket["PublicAccessBlockConfiguration"].values()) == [True] * 4
        assert bucket["OwnershipControls"] == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
        assert encryption == {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
        assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
        assert "WebsiteConfiguration" not in bucket


@each_stack
def test_bucket_policies_are_retained_with_their_buckets(
    stack: Stack, templates: dict[str, Template]
) -> None:
    """A bucket that is retained after its stack is deleted still denies requests without TLS."""
    resources = templates[stack.name]["Resources"]
    for logical_id, policy in resources.items():
        if policy["Type"] == "AWS::S3::BucketPolicy":
            bucket = resources[policy["Properties"]["Bucket"]["Ref"]]
            for fate in ("DeletionPolicy", "UpdateReplacePolicy", "Condition"):
                assert policy.get(fate) == bucket.get(fate), logical_id


@each_stack
def test_topics_are_unnamed_and_use_our_keys(stack: Stack, templates: dict[str, Template]) -> None:
    """CloudWatch cannot publish with the AWS managed key.

    The display name contains the project and environment.
    """
    resolved = resolve(templates[stack.name], region=stack.region)
    ours = [{"Fn::ImportValue": "csr-lambda-api-prod-alarms-key-arn"}, {"Fn::GetAtt": ["FrontendKey", "Arn"]}]
    ours.append({"Fn::GetAtt": ["AlarmsKey", "Arn"]})
    for topic in of_type(resolved, "AWS::SNS::Topic").values():
        assert set(topic) == {"DisplayName", "KmsMasterKeyId", "Tags"}
        assert topic["KmsMasterKeyId"] in ours
    shown = [topic["DisplayName"] for topic in of_type(resolved, "AWS::SNS::Topic").values()]
    assert shown in ([], [f"csr-lambda-api-prod {stack.name}", f"CRITICAL csr-lambda-api-prod {stack.name}"])


@each_stack
def test_alarm_descriptions(stack: Stack, templates: dict[str, Template]) -> None:
    """A description has lines for the effect on users, the first checks, the dashboard, and the page on call.

    It mentions only existing alarms and saved queries, does not repeat the threshold, and is not too long for
    CloudWatch with the longest address of the page on call.
    """
    longest = templates[stack.name]["Parameters"]["RunbookUrl"]["MaxLength"]
    alarms = {
        in_words(alarm["AlarmName"]).removeprefix("${ProjectName}-${Environment}-"): alarm
        for template in templates.values()
        for alarm in of_type(template, "AWS::CloudWatch::Alarm").values()
        if "AlarmActions" in alarm
    }
    ours = [
        alarm
        for alarm in of_type(templates[stack.name], "AWS::CloudWatch::Alarm").values()
        if "AlarmActions" in alarm
    ]
    queries = of_type(templates[stack.name], "AWS::Logs::QueryDefinition").values()
    saved = {in_words(query["Name"]).partition("/")[2] for query in queries}
    for alarm in ours:
        text = in_words(alarm["AlarmDescription"])
        what = in_words(alarm["AlarmName"]).removeprefix("${ProjectName}-${Environment}-")
        names = [line.partition(":")[0] for line in text.split("\n")]
        related = re.findall(r"^Related: (.*)$", text, re.MULTILINE)

        assert [name for name in names if name != "Related"] == [
            "Users",
            "First",
            "Then",
            "Dashboard",
            "On call",
        ]
        assert text.endswith(f"\nOn call: ${{RunbookUrl}}#{what}")
        assert len(text.replace("${RunbookUrl}", "a" * longest)) <= 1024
        assert set(re.findall(r"saved query ([\w-]+)", text)) <= saved
        assert f"\nDashboard: {stack.name}\n" in text
        assert set(re.findall(r"\b[a-z0-9]+(?:-[a-z0-9]+)+\b", " ".join(related))) <= set(alarms)
        assert not re.search(rf"(?<![\w-]){re.escape(str(alarm['Threshold']))}(?![\w-])", text)
    assert alarms


@each_stack
def test_alarms_that_breach_without_data_warm_up(stack: Stack, templates: dict[str, Template]) -> None:
    """Only alarms that treat missing data as breaching have a warm-up.

    It prevents alarms at the first create.
    """
    for alarm in of_type(templates[stack.name], "AWS::CloudWatch::Alarm").values():
        assert (alarm["TreatMissingData"] == "breaching") is ("WarmUpConfiguration" in alarm)
        assert alarm.get("AlarmActions") == alarm.get("OKActions")


@each_stack
def test_only_rollback_triggers_notify_no_one(stack: Stack, templates: dict[str, Template]) -> None:
    """An alarm without actions is a rollback trigger of its stack, and says so."""
    for logical_id, alarm in of_type(templates[stack.name], "AWS::CloudWatch::Alarm").items():
        if "AlarmActions" not in alarm:
            assert logical_id in stack.rollback_triggers
            assert alarm["AlarmDescription"].startswith("Made for deploys: ")


@each_stack
def test_log_groups_are_encrypted_and_expire(stack: Stack, templates: dict[str, Template]) -> None:
    """Each log group has a key (by ARN), and the retention of the parameter."""
    for logical_id, group in of_type(templates[stack.name], "AWS::Logs::LogGroup").items():
        assert "Fn::ImportValue" in group["KmsKeyId"] or group["KmsKeyId"]["Fn::GetAtt"][1] == "Arn"
        assert group["RetentionInDays"] == {"Ref": "LogRetentionDays"}, logical_id


@each_stack
def test_security_groups_are_closed(stack: Stack, templates: dict[str, Template]) -> None:
    """Each group has inline egress rules. Without them, all outbound traffic is allowed.

    The default group of the VPC is not used: it allows its own members, and CloudFormation cannot change
    that.
    """
    for logical_id, group in of_type(templates[stack.name], "AWS::EC2::SecurityGroup").items():
        assert group["SecurityGroupEgress"], logical_id
    assert "DefaultSecurityGroup" not in repr(templates[stack.name])
