"""The rules for the stacks of this project, each with its message."""

from typing import Any

import pytest

from cfn_analysis.model.built_stack import BuiltStack
from csr_templates.assembly import house_rules
from csr_templates.naming import PREFIX

TAGS = [
    {"Key": "Environment", "Value": {"Ref": "Environment"}},
    {"Key": "Name", "Value": {"Fn::Sub": f"{PREFIX}letters"}},
    {"Key": "Project", "Value": {"Ref": "ProjectName"}},
]
KEPT = {"DeletionPolicy": "RetainExceptOnCreate", "UpdateReplacePolicy": "Retain"}
SNAPSHOT = {"DeletionPolicy": "Snapshot", "UpdateReplacePolicy": "Snapshot"}
SIZE = {
    "Type": "Number",
    "Default": 0,
    "MinValue": 0,
    "Description": "How many.",
    "ConstraintDescription": "must be a number",
}


def said(**template: Any) -> list[str]:
    """Return the messages for a template, without the name of the stack."""
    sentences = house_rules.problems(BuiltStack("site", "site.yaml", "us-east-1", template))
    assert all(sentence.startswith("Stack site: ") for sentence in sentences)
    return [sentence.removeprefix("Stack site: ") for sentence in sentences]


def interface(*groups: list[str], labels: tuple[str, ...] = ("Size",)) -> dict[str, Any]:
    """Return the metadata of a template."""
    return {
        "AWS::CloudFormation::Interface": {
            "ParameterGroups": [{"Label": {"default": "Size"}, "Parameters": group} for group in groups],
            "ParameterLabels": {label: {"default": label} for label in labels},
        }
    }


def with_size(**changes: Any) -> list[str]:
    """Return the messages for a parameter with other attributes. None removes one."""
    declared = {key: value for key, value in {**SIZE, **changes}.items() if value is not None}
    return said(Parameters={"Size": declared}, Metadata=interface(["Size"]))


def secret(tags: Any, **properties: Any) -> dict[str, Any]:
    """Return a secret with tags."""
    return {"Type": "AWS::SecretsManager::Secret", **KEPT, "Properties": {"Tags": tags, **properties}}


# ---- Parameters ----


def test_a_complete_parameter_passes() -> None:
    """Zero and an empty string are valid defaults."""
    assert with_size() == []
    assert with_size(Type="String", Default="", MinValue=None, AllowedPattern="[a-z]*") == []
    assert with_size(Type="AWS::EC2::AvailabilityZone::Name", MinValue=None) == []


def test_missing_attributes_of_a_parameter() -> None:
    """All missing attributes are reported together."""
    assert said(Parameters={"Size": {"Type": "Number"}}) == [
        "Parameters.Size does not have Default (the value of production), Description (its effect), "
        "ConstraintDescription (the message for a rejected value, which starts with 'must'), a constraint "
        "(AllowedValues, AllowedPattern, MinValue, ...), a label (label= of add_parameter), a group (group= "
        "of add_parameter). Add what is missing."
    ]


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({"Default": None}, "Default (the value of production)"),
        ({"Description": ""}, "Description (its effect)"),
        (
            {"ConstraintDescription": None},
            "ConstraintDescription (the message for a rejected value, which starts with 'must')",
        ),
        ({"MinValue": None}, "a constraint (AllowedValues, AllowedPattern, MinValue, ...)"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_each_missing_attribute(changes: dict[str, Any], missing: str) -> None:
    """A single missing attribute is reported alone."""
    assert with_size(**changes) == [f"Parameters.Size does not have {missing}. Add what is missing."]


def test_groups() -> None:
    """A parameter is in one group, and a group contains only existing parameters."""
    parameters = {"Size": SIZE}

    assert said(Parameters=parameters, Metadata=interface(["Size"], ["Size"])) == [
        "Parameters.Size is 2 times in the parameter groups. List it once."
    ]
    assert said(Parameters=parameters, Metadata=interface(["Size", "Weight"], labels=("Size", "Height"))) == [
        "Metadata: A group or label names the parameter Weight, which the template does not have. Correct "
        "the name, or remove it.",
        "Metadata: A group or label names the parameter Height, which the template does not have. Correct "
        "the name, or remove it.",
    ]


def test_parameters_cannot_be_secrets() -> None:
    """A parameter with NoEcho is rejected."""
    assert with_size(NoEcho=True) == [
        "Parameters.Size is a secret (NoEcho), which parameter files and pipelines would contain in plain "
        "text. Generate it in Secrets Manager, and refer to it."
    ]


# ---- Resources ----


@pytest.mark.parametrize(
    ("tags", "lacks"),
    [
        (None, "tags Project, Environment, Name"),
        (TAGS[1:], "tag Environment"),
        ([*TAGS[:2], {"Key": "Project", "Value": "csr"}], "tag Project"),
        ([TAGS[0], TAGS[2]], "tag Name"),
        ([TAGS[0], {"Key": "Name", "Value": "letters"}, TAGS[2]], "tag Name"),
        ({"Ref": "Tags"}, "tags Project, Environment, Name"),
    ],
    ids=["none", "missing", "fixed text", "no name", "name without prefix", "no list"],
)
def test_tags(tags: Any, lacks: str) -> None:
    """Resources that support tags have those of the project, with values from the parameters."""
    assert said(Resources={"Letters": secret(tags)}) == [
        f"Letters does not have the required {lacks}, which deploy policies, cost reports and operators use "
        "to find it. Write Tags=names.tags(...), with a word for the resource."
    ]


def test_tags_that_pass() -> None:
    """A resource with a name needs no Name tag. Types without tags pass, and tags can be a map or a list."""
    nameless = [TAGS[0], TAGS[2]]
    named = secret(nameless, Name={"Fn::Sub": f"{PREFIX}letters"})
    policy = {"Type": "AWS::SQS::QueuePolicy", "Properties": {}}
    as_map = {"Type": "AWS::ApiGatewayV2::Api", "Properties": {"Tags": {t["Key"]: t["Value"] for t in TAGS}}}
    check = {"Type": "AWS::Route53::HealthCheck", "Properties": {"HealthCheckTags": TAGS}}
    unknown = {"Type": "My::Own::Type", "Properties": {}}

    assert said(Resources={"A": named, "B": policy, "C": as_map, "D": check, "E": secret(TAGS)}) == []
    assert said(Resources={"A": unknown}) == []


def test_the_same_name_tag_twice() -> None:
    """Two resources cannot have the same Name tag, because the console shows it."""
    assert said(Resources={"Letters": secret(TAGS), "Answers": secret(TAGS)}) == [
        f"Answers has the same tag Name as Letters, {PREFIX}letters, so the console does not distinguish "
        "them. Use another text in names.tags(...)."
    ]


ROOT = {
    "Effect": "Allow",
    "Principal": {"AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}},
    "Action": "kms:*",
    "Resource": "*",
}
OTHER_ROOT = {"AWS": "arn:aws:iam::444455556666:root"}
DENY_USE = {"Effect": "Deny", "Principal": "*", "Action": ["kms:Decrypt"], "Resource": "*"}


def with_key(policy: Any) -> list[str]:
    """Return the messages for a key with a policy."""
    properties = {"Tags": TAGS, "EnableKeyRotation": True, "KeyPolicy": policy}
    return said(Resources={"Key": {"Type": "AWS::KMS::Key", **KEPT, "Properties": properties}})


@pytest.mark.parametrize(
    "statements",
    [
        ROOT,
        [{**ROOT, "Sid": "Account", "Action": ["kms:*"], "Resource": ["*"]}],
        [DENY_USE, ROOT],
        [ROOT, {**DENY_USE, "Action": "kms:*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}],
    ],
    ids=["one statement", "lists", "deny use", "deny with a condition"],
)
def test_keys_that_the_account_manages(statements: Any) -> None:
    """The root of the account is allowed all actions, and no statement overrides this."""
    assert with_key({"Statement": statements}) == []


@pytest.mark.parametrize(
    "policy",
    [
        {"Statement": []},
        {"Statement": [{**ROOT, "Effect": "Deny", "Action": "kms:Decrypt"}]},
        {"Statement": [{**ROOT, "Principal": OTHER_ROOT}]},
        {"Statement": [{**ROOT, "Action": ["kms:Decrypt", "kms:PutKeyPolicy"]}]},
        {"Statement": [{**ROOT, "Resource": "arn:aws:kms:us-east-1:123456789012:key/1"}]},
        {"Statement": [{**ROOT, "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}]},
        {"Statement": [{"Fn::If": ["HasAdmin", ROOT, {"Ref": "AWS::NoValue"}]}]},
        {"Fn::If": ["HasAdmin", {"Statement": [ROOT]}, {"Statement": []}]},
        None,
    ],
    ids=[
        "none",
        "deny",
        "other account",
        "some actions",
        "other resource",
        "condition",
        "statement with If",
        "If",
        "no policy",
    ],
)
def test_keys_that_the_account_does_not_manage(policy: Any) -> None:
    """KMS does not reject these policies, because the keys bypass its check."""
    assert with_key(policy) == [
        "Key has no statement in KeyPolicy that allows the root of the account kms:* without a condition. "
        "With BypassPolicyLockoutSafetyCheck, KMS accepts a key policy that no one can change. Create the "
        'key with keys.key(...), or add {"Effect": "Allow", "Principal": {"AWS": {"Fn::Sub": '
        '"arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}}, "Action": "kms:*", "Resource": "*"}.'
    ]


@pytest.mark.parametrize(
    "actions",
    [{"Action": "kms:*"}, {"Action": ["kms:Decrypt", "kms:Put*"]}, {"NotAction": "kms:Decrypt"}],
    ids=["all", "pattern", "NotAction"],
)
def test_keys_that_deny_changes(actions: dict[str, Any]) -> None:
    """A denial overrides what the root of the account is allowed."""
    denying = {key: value for key, value in DENY_USE.items() if key != "Action"} | actions

    assert with_key({"Statement": [ROOT, denying]}) == [
        "Key denies kms:PutKeyPolicy in statement 2 of KeyPolicy, which overrides what the root of the "
        "account is allowed. No one could change the key policy. Deny other actions, or remove the statement."
    ]


def resource_said(resource_type: str, **properties: Any) -> list[str]:
    """Return the messages for one resource with the required tags."""
    return said(Resources={"It": {"Type": resource_type, **KEPT, "Properties": {"Tags": TAGS, **properties}}})


@pytest.mark.parametrize(
    ("setting", "count"), [({}, 1), ({"EnableKeyRotation": True}, 0), ({"KeySpec": "RSA_2048"}, 0)]
)
def test_keys_rotate(setting: dict[str, Any], count: int) -> None:
    """Only symmetric keys can rotate."""
    messages = resource_said("AWS::KMS::Key", KeyPolicy={"Statement": [ROOT]}, **setting)

    assert (
        messages
        == ["It does not rotate. Create the key with keys.key(...), or write EnableKeyRotation=True."][:count]
    )


def with_trust(service: Any, **condition: Any) -> list[str]:
    """Return the messages for a role that a service assumes."""
    trust = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return resource_said(
        "AWS::IAM::Role",
        AssumeRolePolicyDocument={"Statement": [trust | ({"Condition": condition} if condition else {})]},
        PermissionsBoundary={
            "Fn::If": ["HasBoundary", {"Ref": "PermissionsBoundaryArn"}, {"Ref": "AWS::NoValue"}]
        },
    )


ACCOUNT_ID = {"Ref": "AWS::AccountId"}
TRAIL = {"Fn::Sub": "arn:aws:cloudtrail:*:${AWS::AccountId}:trail/*"}


@pytest.mark.parametrize(
    ("service", "condition"),
    [
        ("lambda.amazonaws.com", {"StringEquals": {"aws:SourceAccount": ACCOUNT_ID}}),
        (["lambda.amazonaws.com"], {"ArnLike": {"aws:SourceArn": [TRAIL, TRAIL]}}),
        (
            {"Fn::Sub": "logs.${AWS::Region}.amazonaws.com"},
            {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": TRAIL}},
        ),
        ("apigateway.amazonaws.com", {}),
    ],
)
def test_services_with_a_source_in_the_account(service: Any, condition: dict[str, Any]) -> None:
    """Any condition that names the account is sufficient, and API Gateway does not always send a source."""
    assert with_trust(service, **condition) == []


@pytest.mark.parametrize(
    "condition",
    [
        {},
        {"StringEquals": {"aws:SourceAccount": "*"}},
        {"StringEquals": {"aws:SourceAccount": [ACCOUNT_ID, "111122223333"]}},
        {"StringNotEquals": {"aws:SourceAccount": ACCOUNT_ID}},
        {"StringEquals": {"aws:PrincipalAccount": ACCOUNT_ID}},
    ],
)
def test_services_without_a_source_in_the_account(condition: dict[str, Any]) -> None:
    """A condition that other accounts can meet does not count."""
    assert with_trust("lambda.amazonaws.com", **condition) == [
        "It allows lambda.amazonaws.com without a source in this account, so other accounts can make the "
        "service act on it. Add a condition on aws:SourceAccount with the value AWS::AccountId, as "
        "roles.service_role does."
    ]


@pytest.mark.parametrize("boundary", [{}, {"PermissionsBoundary": "arn:aws:iam::aws:policy/ReadOnlyAccess"}])
def test_roles_without_the_boundary(boundary: dict[str, Any]) -> None:
    """A boundary must come from the parameter."""
    assert resource_said("AWS::IAM::Role", **boundary) == [
        "It does not have the permissions boundary of the parameter PermissionsBoundaryArn, without which "
        "some organizations do not allow its creation. Declare the parameter with "
        "parameters.permissions_boundary(), and write PermissionsBoundary=If(...) as the other stacks do."
    ]


PRIVATE = {
    "PublicAccessBlockConfiguration": dict.fromkeys(
        ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"), True
    ),
    "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
    "VersioningConfiguration": {"Status": "Enabled"},
}
DENY_PLAIN = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "*",
    "Resource": "*",
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}


@pytest.mark.parametrize(
    ("resource_type", "policy_type", "target"),
    [
        ("AWS::S3::Bucket", "AWS::S3::BucketPolicy", {"Bucket": {"Ref": "It"}}),
        ("AWS::SQS::Queue", "AWS::SQS::QueuePolicy", {"Queues": [{"Ref": "It"}]}),
        ("AWS::SNS::Topic", "AWS::SNS::TopicPolicy", {"Topics": [{"Ref": "It"}]}),
    ],
)
@pytest.mark.parametrize(
    ("change", "encrypted"),
    [
        ({}, True),
        ({"Effect": "Allow"}, False),
        ({"Principal": {"AWS": "1"}}, False),
        ({"Condition": {}}, False),
    ],
)
def test_requests_without_tls(
    resource_type: str, policy_type: str, target: dict[str, Any], change: dict[str, Any], encrypted: bool
) -> None:
    """The resource needs a policy that denies all callers without TLS."""
    resource = {
        "Type": resource_type,
        **KEPT,
        "Properties": {"Tags": TAGS, **(PRIVATE if "S3" in resource_type else {})},
    }
    policy = {
        "Type": policy_type,
        "Properties": {**target, "PolicyDocument": {"Statement": [DENY_PLAIN | change]}},
    }
    message = (
        f"It has no {policy_type} that denies requests without TLS. Add policies.deny_without_tls(...) to "
        "its policy (buckets.bucket_policy includes it)."
    )

    assert said(Resources={"It": resource}) == [message]
    assert said(Resources={"It": resource, "Policy": policy}) == [message] * (not encrypted)


@pytest.mark.parametrize("key", PRIVATE)
def test_buckets_are_private(key: str) -> None:
    """A setting that is missing or weaker is in the message."""
    weaker = {name: value if name != key else {} for name, value in PRIVATE.items()}

    assert (
        f"It is not private and versioned: {key} must be as in buckets.private_bucket(...). Create the "
        "bucket with this function."
    ) in resource_said("AWS::S3::Bucket", **weaker)


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({"KmsKeyId": None}, "KmsKeyId (the ARN of a key)"),
        ({"RetentionInDays": 365}, "RetentionInDays (the parameter LogRetentionDays)"),
    ],
)
def test_log_groups(changes: dict[str, Any], missing: str) -> None:
    """A log group is encrypted, and keeps its events as long as the parameter says."""
    good = {"KmsKeyId": {"Fn::GetAtt": ["Key", "Arn"]}, "RetentionInDays": {"Ref": "LogRetentionDays"}}

    assert resource_said("AWS::Logs::LogGroup", **good) == []
    assert resource_said("AWS::Logs::LogGroup", **good | changes) == [
        f"It does not have the required {missing}. Create the log group with log_groups.log_group(...)."
    ]


@pytest.mark.parametrize(
    ("resource", "policies", "message"),
    [
        ("AWS::SQS::Queue", KEPT, None),
        ("AWS::RDS::DBCluster", SNAPSHOT, None),
        ("AWS::RDS::DBInstance", {}, None),  # of an Aurora cluster, which contains the data
        ("AWS::SNS::Topic", {}, None),
        (
            "AWS::SQS::Queue",
            {**KEPT, "DeletionPolicy": "Delete"},
            "DeletionPolicy is Delete: the data would be deleted. Write "
            'DeletionPolicy="RetainExceptOnCreate".',
        ),
        (
            "AWS::SQS::Queue",
            {"DeletionPolicy": "RetainExceptOnCreate"},
            'UpdateReplacePolicy is missing: the data would be deleted. Write UpdateReplacePolicy="Retain".',
        ),
        (
            "AWS::SQS::Queue",
            {**KEPT, "DeletionPolicy": "Retain"},
            "DeletionPolicy is Retain: more would be retained than needed. Write "
            'DeletionPolicy="RetainExceptOnCreate".',
        ),
        (
            "AWS::RDS::DBCluster",
            {**SNAPSHOT, "UpdateReplacePolicy": "Retain"},
            "UpdateReplacePolicy is Retain: more would be retained than needed. Write "
            'UpdateReplacePolicy="Snapshot".',
        ),
    ],
)
def test_resources_with_data(resource: str, policies: dict[str, str], message: str | None) -> None:
    """Resources with data are retained; a cluster is deleted after a snapshot."""
    messages = said(Resources={"A": {"Type": resource, "Properties": {"Tags": TAGS}, **policies}})
    found = [sentence for sentence in messages if "contains data" in sentence]

    assert found == ([f"A contains data, but its {message}"] if message else [])


@pytest.mark.parametrize(
    ("name", "found"),
    [({}, "no AlarmName"), ({"AlarmName": "cpu"}, "the AlarmName cpu")],
    ids=["none", "other"],
)
def test_alarms(name: dict[str, str], found: str) -> None:
    """An alarm is rejected if its name does not match the pattern in the policies of keys and topics."""
    alarm = {"Type": "AWS::CloudWatch::Alarm", "Properties": {"Tags": TAGS, **name}}

    assert said(Resources={"Alarm": alarm}) == [
        f"Alarm has {found}, but keys and topics allow only alarms whose names start with {PREFIX}. Its "
        "notifications would fail. Write AlarmName=names.name(...)."
    ]


def test_exports() -> None:
    """Export names are unique in an account, which can contain two environments."""
    outputs = {
        "Id": {"Value": "1", "Export": {"Name": "id"}},
        "Name": {"Value": "1", "Export": {"Name": {"Fn::Sub": f"{PREFIX}name"}}},
    }

    assert said(Outputs=outputs) == [
        "Outputs.Id exports id, which a second environment in the account would export too. Start the name "
        f"with {PREFIX}, as contract.output does."
    ]
