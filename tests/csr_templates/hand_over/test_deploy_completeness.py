"""The policies of a service role are complete for every resource type of the schemas."""

import json
import re
from functools import cache
from typing import Any

import pytest

from cfn_analysis.model.built_stack import BuiltStack
from cfn_analysis.model.schemas import data_folder, iam_action, resource_types
from csr_templates.hand_over import deploy_scopes
from csr_templates.hand_over.deploy_completeness import incomplete
from csr_templates.hand_over.deploy_needs import RequiredPermissions
from csr_templates.hand_over.own_service import own_service

REGIONS = ("us-east-1", "ap-northeast-1")
LINE = re.compile(r'such as: "(AWS::\S+ arn:\S+)"\. Write')
SEPARATE = {"iam:AttachRolePolicy", "iam:CreateServiceLinkedRole", "iam:PassRole"}
"""Actions with their own statements: ``test_deploy_policies.py``."""


def every_type() -> dict[str, str]:
    """Return each resource type of the schemas -> the first region that has it."""
    types: dict[str, str] = {}
    for region in REGIONS:
        for type_name in sorted(resource_types(region)):
            types.setdefault(type_name, region)
    return types


@cache
def handlers(type_name: str, region: str) -> dict[str, list[str]]:
    """Return the actions of each handler and of the tags, as AWS's schema lists them."""
    providers = json.loads((data_folder() / f"schemas/providers/{region}.json").read_bytes())
    schema = json.loads((data_folder() / f"schemas/resources/{providers[type_name]}.json").read_bytes())
    actions = {name: handler["permissions"] for name, handler in schema.get("handlers", {}).items()}
    actions["tags"] = schema.get("tagging", {}).get("permissions", [])
    return actions


@cache
def own_actions(type_name: str, region: str) -> dict[str, set[str]]:
    """Return action -> handlers that list it, for the type's own service, without optional actions."""
    optional: set[str] = set()
    for actions in deploy_scopes.OPTIONAL.get(type_name, {}).values():
        optional.update(actions)
    own: dict[str, set[str]] = {}
    for handler, permissions in handlers(type_name, region).items():
        for permission in permissions:
            service, colon, name = permission.partition(":")
            if not colon:
                continue
            action = f"{service.lower()}:{name}"
            exists = iam_action(action) is not None or name.endswith("*")
            if service.lower() == own_service(type_name, region) and exists and action not in optional:
                own.setdefault(action, set()).add(handler)
    return {action: names for action, names in own.items() if names != {"list"}}


def permissions_of(type_name: str, region: str) -> RequiredPermissions:
    """Return the permissions for a stack with one resource."""
    template = {"Resources": {"New": {"Type": type_name}}}
    return RequiredPermissions(BuiltStack("site", "site.yaml", region, template))


def test_every_type_is_complete_with_the_lines_of_the_messages(monkeypatch: pytest.MonkeyPatch) -> None:
    """The build stops for a new type and says what to write; then each action of its handlers is allowed.

    An action that only the handler for deletion lists is in the policies for deletions.
    """
    monkeypatch.setattr(deploy_scopes, "FORGOTTEN", ())  # of other services
    scopes = deploy_scopes.SCOPES
    types = every_type()
    wrong: list[str] = []
    complete = 0
    for type_name, region in types.items():
        own = own_actions(type_name, region)
        if not own or SEPARATE & own.keys():
            continue
        existing = tuple(scope for scope in scopes if scope.type != type_name)
        monkeypatch.setattr(deploy_scopes, "SCOPES", existing)
        lines = [LINE.search(sentence) for sentence in incomplete(permissions_of(type_name, region))]
        added = tuple(deploy_scopes.Scope(*line[1].split()) for line in lines if line)
        monkeypatch.setattr(deploy_scopes, "SCOPES", (*existing, *added))
        permissions = permissions_of(type_name, region)
        wrong += incomplete(permissions)
        wrong += [
            f"{type_name}: {action}" for action in own.keys() - permissions.everyday - permissions.removing
        ]
        for action in own.keys() & permissions.removing - permissions.everyday:
            if own[action] - {"delete", "list"} and action not in deploy_scopes.REMOVES:
                wrong.append(f"{type_name}: {action} is only allowed for deletions")
        complete += 1

    assert wrong == []
    assert complete > 1_500


def test_types_without_usable_actions_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without actions in the schema, or in IAM, no line of a table would help: the message says so."""
    monkeypatch.setattr(deploy_scopes, "SCOPES", ())
    silent = []
    for type_name, region in every_type().items():
        if own_actions(type_name, region):
            continue
        (sentence,) = incomplete(permissions_of(type_name, region))
        if any(handlers(type_name, region).values()):
            expected = f"None of the actions that {type_name} requires of "
        else:
            expected = f"AWS does not list the actions that {type_name} requires. "
        if not sentence.startswith(expected):
            silent.append(sentence)

    assert silent == []


@pytest.mark.parametrize(
    ("resources", "message"),
    [
        (
            {"Profile": "AWS::IAM::InstanceProfile"},
            "AWS::IAM::InstanceProfile requires iam:PassRole, which a service role has only for roles of its "
            "stack. Add the AWS::IAM::Role to the template.",
        ),
        (
            {"Linked": "AWS::IAM::ServiceLinkedRole"},
            "AWS::IAM::ServiceLinkedRole requires iam:CreateServiceLinkedRole. Add a line with its service "
            "to SERVICE_LINKED in src/csr_templates/hand_over/deploy_scopes.py, such as: "
            '("AWS::IAM::ServiceLinkedRole", "autoscaling.amazonaws.com"),',
        ),
        (
            {"Key": "AWS::IAM::AccessKey"},
            "AWS does not list the actions that AWS::IAM::AccessKey requires. Look them up, and add a line "
            "to FORGOTTEN in src/csr_templates/hand_over/deploy_scopes.py, such as: "
            '("AWS::IAM::AccessKey", "", ("iam:Create...", "iam:Delete...")),',
        ),
        (
            {"Signing": "AWS::Lambda::CodeSigningConfig", "Function": "AWS::Lambda::Function"},
            "AWS::Lambda::CodeSigningConfig requires lambda:DeleteCodeSigningConfig, "
            "lambda:GetCodeSigningConfig, lambda:ListTags and 3 more, but no ARN of "
            "src/csr_templates/hand_over/deploy_scopes.txt matches. Add a line to it, such as: "
            '"AWS::Lambda::CodeSigningConfig arn:aws:lambda:{region}:*:code-signing-config:*". Write '
            "{Name} instead of the last * if Name is the property with its name, or add the word environment "
            "if its ID is random.",
        ),
        # The verbs of API Gateway are the same for both types.
        (
            {"Api": "AWS::ApiGateway::RestApi", "Domain": "AWS::ApiGateway::DomainName"},
            "AWS::ApiGateway::DomainName requires apigateway:DELETE, apigateway:GET, apigateway:PATCH and 1 "
            "more, but no ARN of src/csr_templates/hand_over/deploy_scopes.txt matches. Add a line to it, "
            'such as: "AWS::ApiGateway::DomainName arn:aws:apigateway:{region}::/domainnames/*". Write '
            "{Name} instead of the last * if Name is the property with its name, or add the word environment "
            "if its ID is random.",
        ),
    ],
)
def test_messages(resources: dict[str, str], message: str) -> None:
    """A type is not complete because another type of its service has some of its actions."""
    template: dict[str, Any] = {"Resources": {name: {"Type": kind} for name, kind in resources.items()}}
    stack = BuiltStack("site", "site.yaml", "ap-northeast-1", template)

    assert message in list(incomplete(RequiredPermissions(stack)))


def test_managed_policies_of_roles_are_attached_by_the_roles() -> None:
    """The statement for attaching policies lists only those of roles."""
    attached = {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"Roles": ["Admin"]}}
    template = {"Resources": {"Policy": attached, "Role": {"Type": "AWS::IAM::Role"}}}
    sentences = list(incomplete(RequiredPermissions(BuiltStack("site", "site.yaml", "us-east-1", template))))

    assert any("requires iam:AttachRolePolicy, which a service role has only" in text for text in sentences)


def test_optional_actions_have_a_reason() -> None:
    """The reason is a property of the type, at any depth, or a sentence; a handler lists each action."""
    types = every_type()
    wrong = []
    for type_name, optional in deploy_scopes.OPTIONAL.items():
        region = types[type_name]
        providers = json.loads((data_folder() / f"schemas/providers/{region}.json").read_bytes())
        text = (data_folder() / f"schemas/resources/{providers[type_name]}.json").read_text("utf-8")
        listed = set().union(*handlers(type_name, region).values())
        for reason, actions in optional.items():
            if f'"{reason}":' not in text and not reason.endswith("."):
                wrong.append(f"{type_name}: {reason}")
            wrong += [f"{type_name}: {action}" for action in actions if action not in listed]

    assert wrong == []


@pytest.mark.parametrize(
    ("type_name", "service"),
    [
        ("AWS::SQS::Queue", "sqs"),
        ("AWS::AccessAnalyzer::Analyzer", "access-analyzer"),
        ("AWS::ElasticLoadBalancingV2::Listener", "elasticloadbalancing"),
        ("AWS::StepFunctions::Activity", "states"),
        ("AWS::MWAA::Environment", "airflow"),
        ("AWS::EMR::Studio", "elasticmapreduce"),
        ("AWS::Cognito::IdentityPool", "cognito-identity"),
        ("AWS::Batch::JobQueue", "batch"),
        ("AWS::S3ObjectLambda::AccessPoint", "s3"),
        ("AWS::Neptune::DBCluster", "rds"),
        ("AWS::IAM::AccessKey", ""),
    ],
)
def test_own_service(type_name: str, service: str) -> None:
    """The service has the name of the type's namespace, or most of its actions."""
    assert own_service(type_name, "us-east-1") == service
