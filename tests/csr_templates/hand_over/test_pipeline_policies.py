"""The pipeline role calls CloudFormation and copies files. It does not change resources itself."""

import copy
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cfn_analysis.linting import runner as linting
from cfn_analysis.model.built_stack import BuiltStack, Document
from cfn_analysis.model.schemas import iam_action
from csr_templates import STACKS
from csr_templates.hand_over.pipeline_policies import pipeline_policies, role_name
from csr_templates.hand_over.policy_documents import MAX_CHARACTERS
from csr_templates.operating import deploys, failures, protection, state

ROOT = Path(__file__).resolve().parents[3]
OURS = "${aws:PrincipalTag/Project}-${aws:PrincipalTag/Environment}-"
each_stack = pytest.mark.parametrize("name", [stack.name for stack in STACKS])

# The commands of csr-operate that do what the blocks of the page do, or follow a deploy.
DEPLOYING = (
    deploys.plan_deploy,
    deploys.show_changes,
    deploys.run_changes,
    failures.why_failed,
    protection.protect,
    state.find_drift,
)
CLI_COMMANDS = {
    "deploy": {"DescribeStacks", "CreateChangeSet", "DescribeChangeSet", "ExecuteChangeSet"},
    "wait": {"DescribeStacks"},
}
"""Operations of AWS CLI commands that call more than one.
https://docs.aws.amazon.com/cli/latest/reference/cloudformation/deploy/"""


def policies_of(built: dict[str, BuiltStack], name: str) -> tuple[list[Document], list[Document]]:
    """Return the policies of the pipeline of a stack among all stacks."""
    return pipeline_policies(built[name], list(built.values()))


def statements(documents: list[Document]) -> dict[str, dict[str, Any]]:
    """Return the statements by their Sid."""
    by_sid = {}
    for document in documents:
        for statement in document["Statement"]:
            by_sid[statement["Sid"]] = statement
    return by_sid


def allowed(documents: list[Document]) -> set[str]:
    """Return the actions that documents allow."""
    actions: set[str] = set()
    for statement in statements(documents).values():
        if statement["Effect"] == "Allow":
            actions.update(statement["Action"])
    return actions


@each_stack
def test_changes_exactly_its_stack(built: dict[str, BuiltStack], name: str) -> None:
    """Actions that change a stack are limited to one stack. Deletion is a separate statement."""
    everyday, removing = (statements(documents) for documents in policies_of(built, name))
    arn = f"arn:aws:cloudformation:{built[name].region}:*:stack/{OURS}{name}/*"

    assert (everyday["Stack"]["Resource"], removing["Delete"]["Resource"]) == (arn, arn)
    assert removing["Delete"]["Action"] == ["cloudformation:DeleteStack"]
    assert "cloudformation:DeleteStack" not in allowed(policies_of(built, name)[0])
    for action in everyday["Stack"]["Action"]:
        iam = iam_action(action)
        assert iam is not None
        assert any(":stack/" in arn for arn in iam), action


@each_stack
def test_changes_no_resource_itself(built: dict[str, BuiltStack], name: str) -> None:
    """It also copies files, creates a snapshot, reads alarms, versions, quotas, passes one role; no more."""
    everyday, removing = policies_of(built, name)
    others = {
        action for action in allowed([*everyday, *removing]) if not action.startswith("cloudformation:")
    }
    pass_role = statements(everyday)["PassServiceRole"]

    assert others <= {
        "cloudwatch:DescribeAlarms",
        "cloudwatch:GetMetricData",
        "ec2:DescribeSecurityGroups",
        "iam:GetAccountSummary",
        "iam:PassRole",
        "lambda:ListVersionsByFunction",
        "rds:AddTagsToResource",
        "rds:CreateDBClusterSnapshot",
        "rds:DescribeDBClusterSnapshots",
        "s3:GetObject",
        "s3:GetObjectVersion",
        "s3:PutObject",
        "secretsmanager:ListSecretVersionIds",
    }
    assert pass_role["Resource"] == f"arn:aws:iam::*:role/deploy-{OURS}{name}-service"
    assert pass_role["Condition"]["StringEquals"] == {"iam:PassedToService": "cloudformation.amazonaws.com"}


@each_stack
def test_imports_nothing(built: dict[str, BuiltStack], name: str) -> None:
    """Imports are not allowed, because they could add other resources to the stack and its service role."""
    statement = statements(policies_of(built, name)[0])["NoImports"]

    assert (statement["Effect"], statement["Resource"]) == ("Deny", "*")
    assert statement["Condition"] == {"ForAnyValue:StringLike": {"cloudformation:ImportResourceTypes": "*"}}


@each_stack
def test_templates_have_a_folder_for_each_stack(built: dict[str, BuiltStack], name: str) -> None:
    """A pipeline cannot write or delete files of another pipeline."""
    statement = statements(policies_of(built, name)[0])["Artifacts"]
    bucket = f"arn:aws:s3:::{OURS}artifacts-${{aws:PrincipalAccount}}-{built[name].region}"

    assert (statement["Action"], statement["Resource"]) == (
        ["s3:GetObject", "s3:PutObject"],
        f"{bucket}/{name}/*",
    )


@each_stack
def test_allows_the_cloudformation_commands_of_the_pages(built: dict[str, BuiltStack], name: str) -> None:
    """The pipeline of a stack can call CloudFormation as its page does, and as csr-operate does to deploy."""
    text = (ROOT / "docs" / "hand-over.md").read_text("utf-8")
    commands = set(re.findall("aws cloudformation ([a-z-]+)", text))
    needed = set()
    for command in commands:
        operations = CLI_COMMANDS.get(command, {command.title().replace("-", "")})
        needed |= {f"cloudformation:{operation}" for operation in operations}
    for function in DEPLOYING:
        needed |= set(re.findall(r"cloudformation:[A-Z]\w+", function.__doc__ or ""))
    everyday, removing = policies_of(built, name)

    assert {"deploy", "wait"} <= commands
    assert "cloudformation:DetectStackDrift" in needed
    assert needed <= allowed([*everyday, *removing])


@each_stack
def test_describes_the_other_stacks(built: dict[str, BuiltStack], name: str) -> None:
    """For the outputs that it reads, the key that CloudFront sends, and the commands of csr-operate."""
    statement = statements(policies_of(built, name)[0])["StacksRead"]
    arns = set()
    for stack in built.values():
        region = "*" if stack.name in built[name].reads_from else stack.region
        if stack.name != name:
            arns.add(f"arn:aws:cloudformation:{region}:*:stack/{OURS}{stack.name}/*")

    assert statement["Action"] == ["cloudformation:DescribeStacks"]
    assert set(statement["Resource"]) == arns


def test_replica_of_the_origin_key_can_be_compared(built: dict[str, BuiltStack]) -> None:
    """The pipeline of frontend can read the versions of the secrets, in both regions."""
    site = statements(policies_of(built, "frontend")[0])["OriginKey"]
    regions = (built["api"].region, built["frontend"].region)

    assert site["Action"] == ["secretsmanager:ListSecretVersionIds"]
    secrets = []
    for region in regions:
        prefix = f"arn:aws:secretsmanager:{region}:*:secret:{OURS}origin-api-key"
        secrets += [f"{prefix}-a-??????", f"{prefix}-b-??????"]
    assert site["Resource"] == secrets


def test_stack_that_sends_no_key_compares_nothing(built: dict[str, BuiltStack]) -> None:
    """The other pipelines do not read which versions a secret has."""
    for name in ("network", "database", "api"):
        assert "OriginKey" not in statements(policies_of(built, name)[0])


def test_snapshots_the_cluster_of_the_template(built: dict[str, BuiltStack]) -> None:
    """The name of the cluster is that of the template."""
    template = copy.deepcopy(dict(built["database"].template))
    template["Resources"]["DatabaseCluster"]["Properties"]["DBClusterIdentifier"] = {
        "Fn::Sub": "${ProjectName}-${Environment}-main"
    }
    everyday, _ = pipeline_policies(replace(built["database"], template=template), [])
    statement = statements(everyday)["Snapshot"]
    region = built["database"].region

    assert statement["Action"] == ["rds:CreateDBClusterSnapshot", "rds:DescribeDBClusterSnapshots"]
    assert statement["Resource"] == [
        f"arn:aws:rds:{region}:*:cluster-snapshot:{OURS}before-deploy-*",
        f"arn:aws:rds:{region}:*:cluster:{OURS}main",
    ]


def test_tags_only_the_snapshots_before_a_deploy(built: dict[str, BuiltStack]) -> None:
    """The copied tags need a permission on the new snapshot; a condition on tags could deny it."""
    statement = statements(policies_of(built, "database")[0])["SnapshotTags"]

    assert statement["Action"] == ["rds:AddTagsToResource"]
    assert statement["Resource"] == (
        f"arn:aws:rds:{built['database'].region}:*:cluster-snapshot:{OURS}before-deploy-*"
    )
    assert set(statement["Condition"]) == {"StringEqualsIfExists"}


@each_stack
def test_fits_into_managed_policies(built: dict[str, BuiltStack], name: str) -> None:
    """Each document is short enough, and cfn-lint accepts it as a managed policy."""
    everyday, removing = policies_of(built, name)
    documents = [*everyday, *removing]
    managed = {
        f"Policy{number}": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": document}}
        for number, document in enumerate(documents)
    }

    assert all(len(re.sub(r"\s", "", json.dumps(document))) <= MAX_CHARACTERS for document in documents)
    findings = linting.lint(json.dumps({"Resources": managed}), "us-east-1")
    assert [str(finding) for finding in findings] == []


def test_no_service_role_reaches_a_deploy_role() -> None:
    """Names of resources start with the project. Names of these roles do not."""
    assert role_name("shop", "prod", "api", "service") == "deploy-shop-prod-api-service"
