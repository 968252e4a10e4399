"""Facts that apply to every stack."""

import re
from typing import Any

import pytest

from cfn_analysis.model.references import as_list, entries, in_words
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
    assert not {name for name in types if name.startswith(("Custom::", "AWS::CloudFormation::"))}


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
    if name not in templates:
        pytest.skip(f"The listing has no stack {name}.")
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
        ("api", "RunbookUrl", "https://example.com/team/on-call.ja.md?plain=1", True),
        ("api", "RunbookUrl", "docs/on-call.ja.md", True),
        ("api", "RunbookUrl", "https://example.com/on-call.ja.md#an-alarm", False),
        ("api", "RunbookUrl", "https://example.com/on call.md", False),
        ("api", "RunbookUrl", 'https://example.com/"on-call".md', False),
        ("api", "RunbookUrl", "https://example.com/on-call\\.md", False),
        ("api", "RunbookUrl", "", False),
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
    if stack not in templates:
        pytest.skip(f"The listing has no stack {stack}.")
    pattern = templates[stack]["Parameters"][parameter]["AllowedPattern"]

    assert bool(re.fullmatch(pattern, value)) is accepted


# ---- Security ----


@each_stack
def test_alarm_descriptions(stack: Stack, templates: dict[str, Template]) -> None:
    """A description has lines for the effect on users, the first checks, the dashboard, and the page on call.

    It mentions only existing alarms and saved queries, does not repeat the threshold, and is not too long for
    CloudWatch with the longest address of the page on call.
    """
    alarms = {}
    for template in templates.values():
        for alarm in of_type(template, "AWS::CloudWatch::Alarm").values():
            if "AlarmActions" in alarm:
                alarms[in_words(alarm["AlarmName"]).removeprefix("${ProjectName}-${Environment}-")] = alarm
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
        longest = templates[stack.name]["Parameters"]["RunbookUrl"]["MaxLength"]

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
        removed = set(re.findall(r"\b[a-z0-9]+(?:-[a-z0-9]+)+\b", " ".join(related))) - alarms.keys()
        assert removed == set(), f"Related of {what} names alarms that do not exist. Correct the description."
        assert not re.search(rf"(?<![\w-]){re.escape(str(alarm['Threshold']))}(?![\w-])", text)
    assert alarms


@each_stack
def test_only_rollback_triggers_notify_no_one(stack: Stack, templates: dict[str, Template]) -> None:
    """An alarm without actions is a rollback trigger of its stack, and says so."""
    for logical_id, alarm in of_type(templates[stack.name], "AWS::CloudWatch::Alarm").items():
        if "AlarmActions" not in alarm:
            assert logical_id in stack.rollback_triggers
            assert alarm["AlarmDescription"].startswith("Made for deploys: ")


def writable_namespaces(template: Template) -> set[str]:
    """Return the namespaces of metrics that the roles of a template may write; ``*`` for any."""
    namespaces: set[str] = set()
    roles = of_type(template, "AWS::IAM::Role", "AWS::IAM::Policy", "AWS::IAM::ManagedPolicy")
    for _, statements in entries(roles, "Statement"):
        for statement in as_list(statements):
            if "cloudwatch:PutMetricData" not in as_list(statement["Action"]):
                continue
            condition = statement.get("Condition", {}).get("StringEquals", {})
            allowed = as_list(condition.get("cloudwatch:namespace", "*"))
            namespaces |= {in_words(namespace) for namespace in allowed}
    return namespaces


def test_no_role_can_write_a_metric_of_an_alarm(templates: dict[str, Template]) -> None:
    """Otherwise, the function could silence or raise an alarm that watches it or another environment."""
    writable: set[str] = set()
    for template in templates.values():
        writable |= writable_namespaces(template)
    watched: dict[str, set[str]] = {}
    for template in templates.values():
        for logical_id, alarm in of_type(template, "AWS::CloudWatch::Alarm").items():
            watched[logical_id] = {in_words(namespace) for _, namespace in entries(alarm, "Namespace")}

    of_environment = set[str]().union(*watched.values()) - writable

    assert writable == {"CSR-Lambda-API"}
    assert any(namespace.startswith("${ProjectName}-${Environment}-") for namespace in of_environment)
    assert {name for name, namespaces in watched.items() if namespaces & writable} == set()
