"""Deploy policies: sufficient for each stack, but not broader."""

import json
import re
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any

import pytest

from cfn_analysis.model.built_stack import BuiltStack, Document
from cfn_analysis.model.resolving import ResolveError, resolve
from cfn_analysis.model.schemas import iam_action
from csr_templates import STACKS
from csr_templates.hand_over import deploy_policies, deploy_scopes
from csr_templates.hand_over.deploy_actions import required_actions
from csr_templates.hand_over.deploy_needs import RequiredPermissions
from csr_templates.hand_over.deploy_policies import iam_policies
from csr_templates.hand_over.policy_documents import MAX_CHARACTERS, PolicyError, in_documents
from csr_templates.hand_over.policy_patterns import Patterns

ENVIRONMENT = "${aws:PrincipalTag/Environment}"
PROJECT = "${aws:PrincipalTag/Project}"
OURS = f"{PROJECT}-{ENVIRONMENT}-"
TAGS = {"aws:ResourceTag/Project": PROJECT, "aws:ResourceTag/Environment": ENVIRONMENT}
KNOWN = {PROJECT: "csr-lambda-api", ENVIRONMENT: "prod", "${aws:PrincipalAccount}": "123456789012"}


# ARNs with the physical names that CloudFormation generates for resources without a name.
MADE_UP = {
    "AWS::IAM::Role": "arn:aws:iam::123456789012:role/{stack}-{id}-0AbCdEfGhIjK",
    "AWS::RDS::DBInstance": "arn:aws:rds:{region}:123456789012:db:{lower}-0abcdefghijk",
    "AWS::RDS::DBSubnetGroup": "arn:aws:rds:{region}:123456789012:subgrp:{lower}-0abcdefghijk",
    "AWS::RDS::EventSubscription": "arn:aws:rds:{region}:123456789012:es:{lower}-0abcdefghijk",
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


FACTS = deploy_scopes.FACTS
SCOPES_CHOICES = (
    " Write {Name} instead of the last * if Name is the property with its name, or add the word environment "
    "if its ID is random."
)

UNLISTED = {
    "iam:CreateServiceLinkedRole",
    "secretsmanager:GetSecretValue",
    "cloudformation:DescribeStacks",
    *deploy_scopes.LOG_WRITES,
    *deploy_scopes.PARAMETERS.values(),
}.union(*(actions for _, _, actions in deploy_scopes.FORGOTTEN))
"""What the schemas forget, and what templates need besides their resources."""

Policies = tuple[list[Document], list[Document]]
NAMES = [stack.name for stack in STACKS]
each_stack = pytest.mark.parametrize("name", NAMES)


@pytest.fixture(scope="module")
def policies(built: dict[str, BuiltStack]) -> dict[str, Policies]:
    """The deploy policies of each stack."""
    return {name: iam_policies(stack) for name, stack in built.items()}


def of(template: dict[str, Any]) -> Policies:
    """Return the deploy policies of a stack with this template."""
    return iam_policies(BuiltStack("site", "site.yaml", "us-east-1", template))


def deployed(pattern: str) -> str:
    """Return the pattern with the tags of the role for production."""
    for variable, value in KNOWN.items():
        pattern = pattern.replace(variable, value)
    return pattern


def statements(documents: Policies, *, removing: bool | None = None) -> list[dict[str, Any]]:
    """Return the statements of all documents, or only of those for removal, or of the others."""
    everyday, for_removal = documents
    chosen: list[Document] = []
    if removing is not True:
        chosen += everyday
    if removing is not False:
        chosen += for_removal
    return statements_in(chosen)


def statements_in(documents: Iterable[Document]) -> list[dict[str, Any]]:
    """Return the statements of documents, in their order."""
    joined: list[dict[str, Any]] = []
    for document in documents:
        joined += document["Statement"]
    return joined


def statement(documents: Policies, sid: str) -> dict[str, Any]:
    """Return the statement with this Sid."""
    (with_sid,) = [
        candidate for candidate in statements(documents, removing=False) if candidate["Sid"] == sid
    ]
    return with_sid


def allowed(documents: Policies, *, removing: bool | None = None) -> set[str]:
    """Return every action that the documents allow."""
    actions: set[str] = set()
    for allowing in statements(documents, removing=removing):
        if allowing["Effect"] == "Allow":
            actions.update(allowing["Action"])
    return actions


def resources(statement: Mapping[str, Any]) -> list[str]:
    """Return the ARNs of a statement."""
    if isinstance(statement["Resource"], str):
        return [statement["Resource"]]
    return list(statement["Resource"])


def test_a_property_brings_its_rights() -> None:
    """Actions that only a property requires are allowed if the template sets it, at any depth."""

    def actions(properties: dict[str, Any]) -> set[str]:
        return allowed(of({"Resources": {"Logs": {"Type": "AWS::S3::Bucket", "Properties": properties}}}))

    assert "s3:PutBucketWebsite" not in actions({})
    assert "s3:PutBucketWebsite" in actions({"WebsiteConfiguration": {"IndexDocument": "index.html"}})


@each_stack
def test_allows_nothing_that_no_type_needs(
    built: dict[str, BuiltStack], policies: dict[str, Policies], name: str
) -> None:
    """Each allowed action is used by CloudFormation, required by a handler, or missing in the schemas."""
    actions = allowed(policies[name])
    unlisted = (
        actions - set(required_actions(built[name])) - {"s3:GetObject", "s3:GetObjectVersion"}
    )  # templates

    assert unlisted <= UNLISTED
    assert all(iam_action(action) is not None for action in actions)
    assert not any("*" in action for action in actions)
    assert not {"kms:ListKeys", "s3:ListAllMyBuckets", "sns:ListTopics"} & actions  # of handlers that list


@each_stack
def test_deletion_is_in_separate_documents(
    built: dict[str, BuiltStack], policies: dict[str, Policies], name: str
) -> None:
    """Actions of only delete handlers are in the documents for removal.

    Actions that also remove parts of a resource are in both.
    """
    everyday, removing = (allowed(policies[name], removing=removing) for removing in (False, True))
    requirements = required_actions(built[name])
    in_both = set(deploy_scopes.REMOVES)

    assert everyday & removing <= in_both
    for action in removing - in_both:
        assert {requirement.handler for requirement in requirements[action]} == {"delete"}, action
    for action in everyday & set(requirements) - UNLISTED - in_both:
        reads = re.match("[a-z0-9]+:(Describe|Get|List)", action)
        assert reads or {requirement.handler for requirement in requirements[action]} - {"delete"}, action


QUEUE = {"Type": "AWS::SQS::Queue", "Properties": {}}
NOTHING = {"Ref": "AWS::NoValue"}
LOGS = f"arn:aws:s3:::{OURS}logs/*"
SITE = f"arn:aws:s3:::{OURS}website/*"


@pytest.mark.parametrize(
    ("logging", "arns"),
    [
        ({"DestinationBucketName": {"Ref": "Logs"}}, LOGS),
        ({"DestinationBucketName": {"Fn::Sub": "${Logs}"}}, LOGS),
        ({"DestinationBucketName": "logs-of-all"}, "arn:aws:s3:::logs-of-all/*"),
        (
            {"DestinationBucketName": {"Ref": "Unnamed"}},
            f"arn:aws:s3:::{OURS}site-Unnamed-*/*",
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
                f"arn:aws:s3:::{OURS}site-Sometimes-*/*",
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
    """Access logging of a bucket requires permissions only on the bucket with the logs."""
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

    access_logs = statement(of(template), "AccessLogs")

    assert (access_logs["Action"], access_logs["Resource"]) == (["s3:PutObject", "s3:PutObjectAcl"], arns)


def test_roles_count_whatever_the_conditions() -> None:
    """Services and policies of a role that exist in only one environment are allowed.

    Omitted ones are not.
    """
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

    assert statement(documents, "PassRole")["Condition"]["StringEquals"] == {
        "iam:PassedToService": ["ecs.amazonaws.com", "lambda.amazonaws.com"]
    }
    assert statement(documents, "AttachRolePolicy")["Condition"] == {
        "ArnEquals": {
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
    """CloudFormation validates some types of parameters with the permissions of the caller."""
    template = {"Parameters": {"Zone": {"Type": declared}}, "Resources": {"Queue": QUEUE}}
    any_resource = statement(of(template), "AnyResourceInRegion")

    assert "ec2:DescribeAvailabilityZones" in any_resource["Action"]


@pytest.mark.parametrize(
    "declared", ["AWS::SSM::Parameter::Value<String>", "AWS::SSM::Parameter::Value<List<String>>"]
)
def test_a_type_of_parameter_can_be_added(declared: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the line from the message, the policy allows only this look-up."""
    template = {"Parameters": {"Ami": {"Type": declared}}, "Resources": {"Queue": QUEUE}}
    scope = deploy_scopes.Scope("*", "arn:aws:ssm:{region}:*:parameter/{stack}/*")

    monkeypatch.setattr(deploy_scopes, "PARAMETERS", {declared: "ssm:GetParameters"})
    with pytest.raises(PolicyError) as caught:
        of(template)
    monkeypatch.setattr(deploy_scopes, "SCOPES", (*deploy_scopes.SCOPES, scope))
    look_up = statement(of(template), "Ssm")

    assert str(caught.value) == (
        f"ssm:GetParameters is required, but matches no ARN of {FACTS}.txt. Add a line to it, such as: "
        f'"* arn:aws:ssm:{{region}}:*:parameter/*".{SCOPES_CHOICES}'
    )
    assert look_up["Action"] == ["ssm:GetParameters"]
    assert look_up["Resource"] == f"arn:aws:ssm:us-east-1:*:parameter/{OURS}site/*"


def test_a_resource_in_a_condition_is_an_error() -> None:
    """The message is the same as when the template is resolved."""
    conditions = {"Never": {"Fn::Equals": [{"Ref": "Queue"}, "x"]}}
    group = {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "/aws/fixed"}}
    template = {"Conditions": conditions, "Resources": {"Queue": QUEUE, "Group": group}}

    with pytest.raises(ResolveError, match="'Queue' is a resource, but Conditions can only refer to"):
        of(template)


@pytest.mark.parametrize(("more", "count"), [(0, 1), (1, 2)], ids=["full", "too long by one"])
@pytest.mark.parametrize("sizes", [(3_000,), (3_000, 10), (3_000, 200, 1_000)], ids=len)
def test_documents_are_filled_to_the_last_character(sizes: tuple[int, ...], more: int, count: int) -> None:
    """A document has at most the number of characters that IAM accepts."""

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
    assert statements_in(documents)[:-1] == first


def test_each_part_starts_a_document() -> None:
    """A statement that outgrows its document leaves the documents of the other parts as they are."""

    def of_length(length: int) -> Document:
        return {"Sid": "x" * length}

    first, last = [of_length(4_000)], [of_length(10)]
    documents = in_documents("site", first, [], [of_length(20), of_length(30)], last)
    longer = in_documents("site", first, [], [of_length(20), of_length(6_080)], last)

    assert [len(document["Statement"]) for document in documents] == [1, 2, 1]
    assert [len(document["Statement"]) for document in longer] == [1, 1, 1, 1]
    assert (longer[0], longer[-1]) == (documents[0], documents[-1])
    assert in_documents("site", [of_length(20)], last) == [
        {**documents[0], "Statement": [of_length(20), *last]}
    ]


@each_stack
def test_longer_statements_move_no_others(built: dict[str, BuiltStack], name: str) -> None:
    """More topics change the document of their service, and the order of no statement."""

    def sids(document: Document) -> list[str]:
        return [with_sid["Sid"] for with_sid in document["Statement"]]

    def with_topics(count: int) -> Policies:
        old = built[name]
        resources = dict(old.resources)
        for number in range(count):
            topic_name = {"Fn::Sub": f"${{ProjectName}}-${{Environment}}-{name}-{number}"}
            resources[f"Topic{number}"] = {
                "Type": "AWS::SNS::Topic",
                "Properties": {"TopicName": topic_name},
            }
        template = {**old.template, "Resources": resources}
        return iam_policies(BuiltStack(name, old.file, old.region, template, name_pattern=old.name_pattern))

    for before, after in zip(with_topics(1), with_topics(8), strict=True):
        assert [sids(document) for document in before] == [sids(document) for document in after]
        (changed,) = [number for number, document in enumerate(after) if document != before[number]]
        assert "Sns" in sids(after[changed])


def test_more_policies_than_a_role_can_have(
    built: dict[str, BuiltStack], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The policies for deletions count too, because they are attached to the same role."""
    everyday, removing = iam_policies(built["api"])
    count = len(everyday) + len(removing)

    monkeypatch.setattr(deploy_policies, "MAX_POLICIES", count)
    iam_policies(built["api"])
    monkeypatch.setattr(deploy_policies, "MAX_POLICIES", count - 1)
    with pytest.raises(PolicyError) as caught:
        iam_policies(built["api"])

    assert str(caught.value) == (
        f"The service role of stack api needs {count} managed policies, but IAM attaches only {count - 1} to "
        "a role by default. Divide the template into two stacks."
    )


@each_stack
def test_fits_into_managed_policies(policies: dict[str, Policies], name: str) -> None:
    """Each document is short enough. A build lints the bootstrap templates, which contain the documents."""
    everyday, removing = policies[name]

    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html (managed policies of a role)
    assert everyday
    assert removing
    for document in (*everyday, *removing):
        assert len(re.sub(r"\s", "", json.dumps(document))) <= MAX_CHARACTERS == 6_144
        assert document["Version"] == "2012-10-17"
        sids = [with_sid["Sid"] for with_sid in document["Statement"]]
        assert len(set(sids)) == len(sids)
        assert all(re.fullmatch("[0-9A-Za-z]+", sid) for sid in sids)


@each_stack
def test_reaches_every_name_of_the_stack(
    built: dict[str, BuiltStack], policies: dict[str, Policies], name: str
) -> None:
    """The ARNs of each service include all resources with a name, including generated names."""
    stack = built[name]
    patterns: list[str] = []
    for of_service in statements(policies[name]):
        patterns += [deployed(arn) for arn in resources(of_service)]
    whole = f"csr-lambda-api-prod-{name}"
    values = {"Environment": "prod"}
    if "LambdaCodeS3ObjectVersion" in stack.parameters:
        values["LambdaCodeS3ObjectVersion"] = "1"
    for logical_id, resource in resolve(stack.template, values, region=stack.region)["Resources"].items():
        key, form = NAMED.get(resource["Type"], ("", MADE_UP.get(resource["Type"], "")))
        if not form:
            continue
        called = resource["Properties"].get(key, "")
        if isinstance(called, dict):
            called = re.sub(r"\$\{[^}]*\}", "a1b2c3", called["Fn::Sub"])
        lower = f"{whole}-{logical_id}".lower()
        arn = form.format(region=stack.region, name=called, stack=whole, id=logical_id, lower=lower)
        assert any(fnmatchcase(arn, pattern) for pattern in patterns if pattern != "*"), arn


UNTOLD = (
    "iam::*:role/aws-service-role/",
    "cloudfront::*:cache-policy/*",
    "cloudfront::*:origin-access-control/*",
    "cloudfront::*:response-headers-policy/*",
    "route53:::change/*",
    "route53:::healthcheck/*",
    "route53:::hostedzone/${aws:PrincipalTag/HostedZoneId}",
    "apigateway:ap-northeast-1::/account",
    "rds:ap-northeast-1:*:og:default",
    "wafv2:us-east-1:*:global/managedruleset/",
)
"""What has neither a name of ours nor tags: AWS's own, or kinds that AWS cannot tag."""


@each_stack
def test_is_limited_to_the_environment_account_and_region(
    built: dict[str, BuiltStack], policies: dict[str, Policies], name: str
) -> None:
    """An ARN contains this environment, or resources with random IDs must have its tags.

    A single star is only for actions without an ARN, and for creation and look-ups in this region.
    """
    for allowing in statements(policies[name]):
        if allowing["Effect"] == "Deny":
            continue
        condition = allowing.get("Condition", {})
        equal = {**condition.get("StringEquals", {}), **condition.get("StringEqualsIfExists", {})}
        tags = {key.rpartition("/")[2]: value for key, value in equal.items() if "Tag/" in key}
        has_our_tags = tags.items() >= {"Project": PROJECT, "Environment": ENVIRONMENT}.items()
        for arn in resources(allowing):
            has_our_name = OURS[:-1] in arn or arn == "*" or arn.removeprefix("arn:aws:").startswith(UNTOLD)
            assert has_our_name or has_our_tags, arn
        if allowing["Resource"] != "*":
            continue
        for action in set(allowing["Action"]) - deploy_scopes.OF_AWS - {"kms:TagResource"}:
            formats = iam_action(action)
            assert formats is not None
            assert not formats or deploy_scopes.LOOK_UPS.fullmatch(action), action
        services = {action.split(":")[0] for action in allowing["Action"]}
        region = condition.get("StringEquals", {}).get("aws:RequestedRegion")
        assert region == (None if services <= deploy_scopes.GLOBAL else built[name].region)


@each_stack
def test_existing_resources_need_the_tags(
    built: dict[str, BuiltStack], policies: dict[str, Policies], name: str
) -> None:
    """Exceptions are KMS immediately after creation, and resources that a service creates without tags."""
    loose: set[str] = set()
    for allowing in statements(policies[name]):
        if_exists = allowing.get("Condition", {}).get("StringEqualsIfExists", {})
        if any("ResourceTag" in key for key in if_exists):
            loose.update(allowing["Action"])

    assert loose <= {
        *deploy_scopes.FROM_CREATION,
        *deploy_scopes.KEY_USE,
        *deploy_scopes.BESIDE,
        *(action for action, _, _ in deploy_scopes.TAGS_ON_CREATION),
        *(action for action, _, _ in RequiredPermissions(built[name]).unlisted_tags()),
    }
    assert not {"kms:PutKeyPolicy", "kms:ScheduleKeyDeletion", "kms:DisableKey"} & loose


def test_reads_the_package_from_the_bucket_of_the_network(
    built: dict[str, BuiltStack], policies: dict[str, Policies]
) -> None:
    """The name of the bucket, which belongs to another stack, is in a table and matches that stack."""
    (name,) = Patterns(built["network"]).name("LambdaDeploymentsBucket", "BucketName")

    assert statement(policies["api"], "Packages")["Resource"] == f"arn:aws:s3:::{name}/*"


@pytest.mark.parametrize("name", ["network", "database", "api"])
def test_a_boundary_is_required_where_the_role_says_so(policies: dict[str, Policies], name: str) -> None:
    """With the tag PermissionsBoundary, roles can be created or changed only with this boundary."""
    tagged = {"aws:PrincipalTag/PermissionsBoundary": "false"}  # not null: the role has the tag
    creation = statement(policies[name], "WithBoundaryOnly")
    deletion = statement(policies[name], "BoundaryStays")

    assert {creation["Effect"], deletion["Effect"]} == {"Deny"}
    assert {"iam:CreateRole", "iam:PutRolePolicy", "iam:AttachRolePolicy"} <= set(creation["Action"])
    assert creation["Condition"] == {
        "Null": tagged,
        "StringNotEquals": {"iam:PermissionsBoundary": "${aws:PrincipalTag/PermissionsBoundary}"},
    }
    assert deletion["Action"] == ["iam:DeleteRolePermissionsBoundary"]
    assert deletion["Condition"] == {"Null": tagged}


def test_what_several_stacks_have_needs_a_name() -> None:
    """A key without a tag Name cannot be distinguished from another stack's."""
    with pytest.raises(PolicyError, match="Key needs a tag Name: other stacks have such resources, too"):
        of({"Resources": {"Key": {"Type": "AWS::KMS::Key", "Properties": {}}}})


@each_stack
def test_same_template_gives_the_same_documents(
    built: dict[str, BuiltStack], policies: dict[str, Policies], name: str
) -> None:
    """The documents do not depend on the order of a set."""
    assert json.dumps(iam_policies(built[name])) == json.dumps(policies[name])
    for of_service in statements(policies[name]):
        assert of_service["Action"] == sorted(set(of_service["Action"]))


def group(name: object) -> Policies:
    """Return the policies of a stack with one log group of this name."""
    return of(
        {
            "Parameters": {
                "Environment": {"Type": "String", "Default": "prod", "AllowedValues": ["prod"]},
                "ProjectName": {"Type": "String"},
            },
            "Resources": {
                "Queue": QUEUE,
                "Group": {
                    "Type": "AWS::Logs::LogGroup",
                    "Properties": {"LogGroupName": name} if name else {},
                },
            },
        }
    )


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        (None, f"{OURS}site-Group-*"),
        ("/aws/fixed", "/aws/fixed"),
        ({"Fn::Sub": "/aws/${ProjectName}-${Environment}/app"}, f"/aws/{OURS[:-1]}/app"),
        ({"Ref": "AWS::NoValue"}, f"{OURS}site-Group-*"),
    ],
    ids=["no name", "fixed", "ours", "left out"],
)
def test_names_are_literal(name: object, pattern: str) -> None:
    """A log group and its content match by name. A longer name with the same start does not match."""
    arn = f"arn:aws:logs:us-east-1:*:log-group:{pattern}"

    assert statement(group(name), "Logs")["Resource"] == sorted([arn, f"{arn}:*"])


@pytest.mark.parametrize(
    "name", [{"Fn::Sub": "/aws/${Queue.QueueName}"}, {"Fn::ImportValue": "name"}], ids=["attribute", "import"]
)
def test_a_name_with_a_random_part_needs_our_tags(name: object) -> None:
    """Values that are unknown before a deploy are stars. Tags of the request or the resource are required."""
    by_sid = {of_service["Sid"]: of_service for of_service in statements(group(name))}

    assert "Logs" not in by_sid
    assert by_sid["LogsEnvironment"]["Condition"]["StringEquals"] == TAGS
    assert "aws:RequestTag/Environment" in by_sid["CreateLogsLogGroup"]["Condition"]["StringEquals"]


def without_scopes(*types: str) -> tuple[deploy_scopes.Scope, ...]:
    """Return SCOPES as it is before a recipe adds the types."""
    return tuple(scope for scope in deploy_scopes.SCOPES if scope.type not in types)


@pytest.mark.parametrize(
    ("template", "messages"),
    [
        (
            {"Resources": {"Table": {"Type": "AWS::DynamoDB::Table"}, "Job": {"Type": "AWS::Glue::Job"}}},
            [
                f"{type_name} requires {actions} more, but no ARN of {FACTS}.txt matches. Add a line to it, "
                f'such as: "{type_name} arn:aws:{arn}".{SCOPES_CHOICES}'
                for type_name, actions, arn in (
                    (
                        "AWS::DynamoDB::Table",
                        "dynamodb:AssociateTableReplica, dynamodb:BatchWriteItem, dynamodb:CreateTable "
                        "and 28",
                        "dynamodb:{region}:*:table/*",
                    ),
                    (
                        "AWS::Glue::Job",
                        "glue:CreateJob, glue:DeleteJob, glue:GetJob and 4",
                        "glue:{region}:*:job/*",
                    ),
                )
            ],
        ),
        (
            {"Parameters": {"Vpc": {"Type": "AWS::EC2::VPC::Id"}}, "Resources": {"Queue": QUEUE}},
            [
                "The parameter Vpc has the type AWS::EC2::VPC::Id, and PARAMETERS does not contain the "
                f"action for looking up its value. Add a line to PARAMETERS in {FACTS}.py, such as: "
                '"AWS::EC2::AvailabilityZone::Name": "ec2:DescribeAvailabilityZones",'
            ],
        ),
    ],
    ids=["types without ARNs", "parameter that nobody can look up"],
)
def test_unknown_types_are_reported(
    template: dict[str, Any], messages: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without an entry, a type would have no permissions, and its deploy would fail with AccessDenied."""
    monkeypatch.setattr(deploy_scopes, "SCOPES", without_scopes("AWS::DynamoDB::Table", "AWS::Glue::Job"))
    with pytest.raises(PolicyError) as caught:
        of(template)

    assert str(caught.value).split("\n") == messages


def test_the_example_of_a_message_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the line that the message shows, the policies have the actions of the type."""
    template = {"Resources": {"Table": {"Type": "AWS::DynamoDB::Table"}}}
    unknown = without_scopes("AWS::DynamoDB::Table")
    monkeypatch.setattr(deploy_scopes, "SCOPES", unknown)
    with pytest.raises(PolicyError) as caught:
        of(template)
    (line,) = re.findall('such as: "(.+)"', str(caught.value))

    monkeypatch.setattr(deploy_scopes, "SCOPES", (*unknown, deploy_scopes.Scope(*line.split())))

    assert "dynamodb:CreateTable" in statement(of(template), "Dynamodb")["Action"]


def test_fails_on_a_statement_that_is_too_long() -> None:
    """A statement is not divided; the message contains the length of its document."""
    with pytest.raises(PolicyError) as caught:
        of({"Resources": {f"Queue{number:03}": QUEUE for number in range(100)}})

    assert re.fullmatch(
        r"The statement Sqs of the deploy policy site makes a document of 1\d{4} characters, but IAM "
        r"accepts 6144\. Divide the template into two stacks\.",
        str(caught.value),
    )
