"""What holds for every stack."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

from csr_templates import STACKS, Stack, render

# What holds data outlives the stack. Renaming the logical ID of one of these replaces or orphans it.
STATEFUL_TYPES = {
    "AWS::KMS::Key",
    "AWS::Logs::LogGroup",
    "AWS::RDS::DBCluster",
    "AWS::S3::Bucket",
    "AWS::SQS::Queue",
    "AWS::SecretsManager::Secret",
}
STATEFUL = {
    "network": {
        "LogsKey": "AWS::KMS::Key",
        "AlarmsKey": "AWS::KMS::Key",
        "FlowLogsLogGroup": "AWS::Logs::LogGroup",
        "LambdaDeploymentsBucket": "AWS::S3::Bucket",
    },
    "database": {
        "DatabaseKey": "AWS::KMS::Key",
        "DatabaseSecret": "AWS::SecretsManager::Secret",
        "DatabaseErrorLogGroup": "AWS::Logs::LogGroup",
        "DatabaseSlowQueryLogGroup": "AWS::Logs::LogGroup",
        "DatabaseAuditLogGroup": "AWS::Logs::LogGroup",
        "DatabaseCluster": "AWS::RDS::DBCluster",
    },
    "api": {
        "FunctionKey": "AWS::KMS::Key",
        "DeadLetterQueue": "AWS::SQS::Queue",
        "FunctionLogGroup": "AWS::Logs::LogGroup",
        "AccessLogGroup": "AWS::Logs::LogGroup",
        "ExecutionLogGroup": "AWS::Logs::LogGroup",
        "OriginApiKeySecret": "AWS::SecretsManager::Secret",
    },
    "frontend": {
        "FrontendKey": "AWS::KMS::Key",
        "EdgeLogBucket": "AWS::S3::Bucket",
        "SiteBucket": "AWS::S3::Bucket",
        "WAFLogGroup": "AWS::Logs::LogGroup",
    },
}
# A name forbids replacement, so only what an operator or another system addresses by name has one.
NAMED = {
    "network": {
        "SecretsManagerEndpointSecurityGroup": "GroupName",
        "FlowLogsLogGroup": "LogGroupName",
        "LambdaDeploymentsBucket": "BucketName",
    },
    "database": {
        "DatabaseSecret": "Name",
        "LambdaSecurityGroup": "GroupName",
        "DatabaseSecurityGroup": "GroupName",
        "DatabaseErrorLogGroup": "LogGroupName",
        "DatabaseSlowQueryLogGroup": "LogGroupName",
        "DatabaseAuditLogGroup": "LogGroupName",
        "DatabaseCluster": "DBClusterIdentifier",
        "DatabaseCPUAlarm": "AlarmName",
        "DatabaseConnectionsAlarm": "AlarmName",
        "DatabaseReadLatencyAlarm": "AlarmName",
        "DatabaseWriteLatencyAlarm": "AlarmName",
        "DatabaseSurplusCreditsAlarm": "AlarmName",
        "DatabaseDashboard": "DashboardName",
    },
    "api": {
        "FunctionLogGroup": "LogGroupName",
        "ApiFunction": "FunctionName",
        "ApiFunctionAlias": "Name",
        "AccessLogGroup": "LogGroupName",
        "ExecutionLogGroup": "LogGroupName",
        "ApiStage": "StageName",
        "OriginApiKeySecret": "Name",
        "LambdaErrorsAlarm": "AlarmName",
        "LambdaDurationAlarm": "AlarmName",
        "LambdaThrottlesAlarm": "AlarmName",
        "Api4xxAlarm": "AlarmName",
        "Api5xxAlarm": "AlarmName",
        "ApiLatencyAlarm": "AlarmName",
        "DeadLettersAlarm": "AlarmName",
        "ApiDashboard": "DashboardName",
    },
    "frontend": {
        "EdgeLogBucket": "BucketName",
        "SiteBucket": "BucketName",
        "PageRoutingFunction": "Name",
        "BrowserCachingFunction": "Name",
        "ApiCacheKeyFunction": "Name",
        "WebACL": "Name",
        "WAFLogGroup": "LogGroupName",
        "AccessLogSource": "Name",
        "AccessLogDestination": "Name",
        "CloudFront4xxAlarm": "AlarmName",
        "CloudFront5xxAlarm": "AlarmName",
        "CloudFrontOriginLatencyAlarm": "AlarmName",
        "WAFBlockedRequestsAlarm": "AlarmName",
        "FrontendDashboard": "DashboardName",
    },
}
each_stack = pytest.mark.parametrize("stack", STACKS, ids=lambda stack: stack.name)


def schema(stack: Stack, resource_type: str) -> dict[str, Any]:
    """Return the resource schema of AWS for this type, as it ships with cfn-lint."""
    found: dict[str, Any] = PROVIDER_SCHEMA_MANAGER.get_resource_schema(stack.region, resource_type).schema
    return found


def statements(node: Any) -> Iterator[dict[str, Any]]:
    """Yield the statements of every policy in a part of a template."""
    for value in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        if isinstance(value, dict) and "Effect" in value:
            yield value
        yield from statements(value)


def physical_name(resource_schema: dict[str, Any]) -> set[str]:
    """Return the properties that name a resource of this type, and replace it when they change."""
    create_only = {path.rsplit("/", 1)[-1] for path in resource_schema.get("createOnlyProperties", [])}
    read_only = {path.rsplit("/", 1)[-1] for path in resource_schema.get("readOnlyProperties", [])}
    kind = resource_schema["typeName"].rsplit("::", 1)[-1]
    candidates = {"Name", f"{kind}Name", f"{kind}Identifier", "GroupName"}
    return candidates & (create_only - read_only)


@each_stack
def test_template_fits_inline(stack: Stack) -> None:
    """A template stays small enough to be passed inline (51,200 bytes), with room for the next change."""
    t = stack.build()

    assert len(render(t.to_dict(), sections=t.sections).encode()) < 47_000


@each_stack
def test_template_is_plain(stack: Stack, templates: dict[str, dict[str, Any]]) -> None:
    """No transform, macro, custom resource or nested stack: CAPABILITY_NAMED_IAM is all a deploy needs."""
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


@each_stack
def test_stateful_resources_are_pinned(stack: Stack, templates: dict[str, dict[str, Any]]) -> None:
    """The logical IDs and types of what holds data are the ones that are deployed."""
    found = {
        logical_id: resource["Type"]
        for logical_id, resource in templates[stack.name]["Resources"].items()
        if resource["Type"] in STATEFUL_TYPES
    }

    assert found == STATEFUL[stack.name]


@each_stack
def test_stateful_resources_survive(stack: Stack, templates: dict[str, dict[str, Any]]) -> None:
    """What holds data outlives stack and replacement, but a failed first create leaves nothing behind."""
    resources = templates[stack.name]["Resources"]

    for logical_id, resource_type in STATEFUL[stack.name].items():
        policies = (resources[logical_id]["DeletionPolicy"], resources[logical_id]["UpdateReplacePolicy"])
        if resource_type == "AWS::RDS::DBCluster":
            assert policies == ("Snapshot", "Snapshot"), logical_id
        else:
            assert policies == ("RetainExceptOnCreate", "Retain"), logical_id


@each_stack
def test_only_listed_resources_are_named(stack: Stack, templates: dict[str, dict[str, Any]]) -> None:
    """What nobody addresses by name has none, so that it can be replaced."""
    found = {}
    for logical_id, resource in templates[stack.name]["Resources"].items():
        given = physical_name(schema(stack, resource["Type"])) & set(resource.get("Properties", {}))
        found.update(dict.fromkeys([logical_id] if given else [], "".join(given)))

    assert found == NAMED[stack.name]


@each_stack
def test_taggable_resources_are_tagged(stack: Stack, templates: dict[str, dict[str, Any]]) -> None:
    """Whatever can carry tags carries project, environment and a name that no other resource has."""
    names = []
    for logical_id, resource in templates[stack.name]["Resources"].items():
        if "Tags" not in schema(stack, resource["Type"])["properties"]:
            continue
        found = {tag["Key"]: tag["Value"] for tag in resource["Properties"]["Tags"]}
        name = found.pop("Name")["Fn::Sub"]
        names.append(f"{resource['Type']} {name}")

        assert found == {"Project": {"Ref": "ProjectName"}, "Environment": {"Ref": "Environment"}}, logical_id
        assert name.startswith("${ProjectName}-${Environment}-"), logical_id

    assert [name for name, count in Counter(names).items() if count > 1] == []


@each_stack
def test_parameters_are_described(stack: Stack, templates: dict[str, dict[str, Any]]) -> None:
    """Each parameter has a default, a description, a constraint, and the sentence that explains it."""
    constraints = {"AllowedPattern", "AllowedValues", "MinValue", "MaxValue", "MinLength", "MaxLength"}
    for name, parameter in templates[stack.name]["Parameters"].items():
        assert {"Type", "Default", "Description", "ConstraintDescription"} <= set(parameter), name
        assert constraints & set(parameter) or parameter["Type"].startswith("AWS::"), name


@each_stack
def test_parameters_are_grouped_and_labelled(stack: Stack, templates: dict[str, dict[str, Any]]) -> None:
    """The console shows each parameter once, in a group and under a label."""
    template = templates[stack.name]
    interface = template["Metadata"]["AWS::CloudFormation::Interface"]
    grouped = [name for group in interface["ParameterGroups"] for name in group["Parameters"]]

    assert sorted(grouped) == sorted(template["Parameters"])
    assert set(interface["ParameterLabels"]) == set(template["Parameters"])


@each_stack
def test_exports_carry_project_and_environment(stack: Stack, templates: dict[str, dict[str, Any]]) -> None:
    """Two environments in one account and region never export the same name."""
    exports = [
        output["Export"]["Name"] for output in templates[stack.name]["Outputs"].values() if "Export" in output
    ]

    assert all(list(name) == ["Fn::Sub"] for name in exports)
    assert all(name["Fn::Sub"].startswith("${ProjectName}-${Environment}-") for name in exports)
    assert len({name["Fn::Sub"] for name in exports}) == len(exports)


# Who else than the account may use a key: each statement, by its Sid.
KEYS = {
    "network": {"LogsKey": ["CloudWatchLogs"], "AlarmsKey": ["CloudWatchAlarms"]},
    "database": {"DatabaseKey": []},
    "api": {"FunctionKey": []},
    "frontend": {"FrontendKey": ["CloudWatchLogs", "CloudWatchAlarms"]},
}
TOPICS = {
    "network": [],
    "database": ["DatabaseAlarmTopic", "DatabaseCriticalAlarmTopic"],
    "api": ["ApiAlarmTopic", "ApiCriticalAlarmTopic"],
    "frontend": ["FrontendAlarmTopic", "FrontendCriticalAlarmTopic"],
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


@each_stack
def test_topic_policies(stack: Stack, templates: dict[str, dict[str, Any]]) -> None:
    """The account manages, this environment's alarms publish, nothing goes without TLS; no action is a *."""
    resources = templates[stack.name]["Resources"]
    topics = [name for name, resource in resources.items() if resource["Type"] == "AWS::SNS::Topic"]
    policies = [one["Properties"] for one in resources.values() if one["Type"] == "AWS::SNS::TopicPolicy"]

    assert topics == TOPICS[stack.name]
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
    """A key policy names no role of the stack (a circle), and services only for what is ours."""
    keys = {
        name: resource["Properties"]["KeyPolicy"]["Statement"]
        for name, resource in templates[stack.name]["Resources"].items()
        if resource["Type"] == "AWS::KMS::Key"
    }
    log_groups = "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:"

    assert {name: [one["Sid"] for one in others] for name, (_, *others) in keys.items()} == KEYS[stack.name]
    for account, *others in keys.values():
        assert account == {**ACCOUNT, "Action": ["kms:*"]}
        for statement in others:
            if statement["Sid"] == "CloudWatchAlarms":
                assert statement == {**ALARMS, "Action": ["kms:Decrypt", "kms:GenerateDataKey*"]}
            else:
                (condition,) = statement["Condition"].items()
                operator, patterns = condition
                assert statement["Principal"] == {"Service": {"Fn::Sub": "logs.${AWS::Region}.amazonaws.com"}}
                assert (operator, list(patterns)) == ("ArnLike", ["kms:EncryptionContext:aws:logs:arn"])
                for pattern in patterns["kms:EncryptionContext:aws:logs:arn"]:
                    assert re.fullmatch("[a-zA-Z/_-]{5,}.*", pattern["Fn::Sub"].removeprefix(log_groups))


# Statements that admit a service on behalf of anyone -> why.
WITHOUT_SOURCE = {"ApiGatewayLoggingRole": "API Gateway assumes the role that the account has set for it"}
SOURCES = {
    ("StringEquals", "aws:SourceAccount"),
    ("StringEquals", "aws:SourceArn"),
    ("ArnLike", "aws:SourceArn"),
    ("ArnLike", "kms:EncryptionContext:aws:logs:arn"),
}


@each_stack
def test_services_act_for_our_account(stack: Stack, templates: dict[str, dict[str, Any]]) -> None:
    """Any policy that admits a service does so for sources in this account: others use the service, too."""
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
def test_keys_rotate(stack: Stack, templates: dict[str, dict[str, Any]]) -> None:
    """Each key gets new material once a year."""
    for resource in templates[stack.name]["Resources"].values():
        if resource["Type"] == "AWS::KMS::Key":
            assert resource["Properties"]["EnableKeyRotation"] is True


@each_stack
def test_log_groups_are_encrypted_and_expire(stack: Stack, templates: dict[str, dict[str, Any]]) -> None:
    """Each log group names a key by ARN and keeps its events for 90 days."""
    for logical_id, resource in templates[stack.name]["Resources"].items():
        if resource["Type"] == "AWS::Logs::LogGroup":
            key = resource["Properties"]["KmsKeyId"]

            assert "Fn::ImportValue" in key or key["Fn::GetAtt"][1] == "Arn", logical_id
            assert resource["Properties"]["RetentionInDays"] == 90, logical_id


@each_stack
def test_security_groups_have_egress_rules_of_their_own(
    stack: Stack, templates: dict[str, dict[str, Any]]
) -> None:
    """A group without inline egress rules may send everywhere, whatever separate egress resources say."""
    for logical_id, resource in templates[stack.name]["Resources"].items():
        if resource["Type"] == "AWS::EC2::SecurityGroup":
            assert resource["Properties"]["SecurityGroupEgress"], logical_id


@each_stack
def test_nothing_uses_the_default_security_group(stack: Stack, templates: dict[str, dict[str, Any]]) -> None:
    """The VPC's default group admits its own members and cannot be closed by CloudFormation."""
    assert "DefaultSecurityGroup" not in repr(templates[stack.name])
