"""The policy evaluator, checked against the IAM user guide.

Each case is an example or a sentence of the page with its name, under
https://docs.aws.amazon.com/IAM/latest/UserGuide/.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import pytest

from .policy_evaluator import Decision, Document, Request, UnclearError, Value, decide

ALLOW, IMPLICIT, EXPLICIT = Decision.ALLOW, Decision.IMPLICIT_DENY, Decision.EXPLICIT_DENY
ACTIONS = "reference_policies_elements_action.html"
BOUNDARIES = "access_policies_boundaries.html"
EVALUATION = "reference_policies_evaluation-logic.html"
KEYS = "reference_policies_condition-keys.html"
LOGIC = "reference_policies_condition-logic-multiple-context-keys-or-values.html"
NOT_ACTION = "reference_policies_elements_notaction.html"
NOT_RESOURCE = "reference_policies_elements_notresource.html"
OPERATORS = "reference_policies_elements_condition_operators.html"
PASS_ROLE = "id_roles_use_passrole.html"
RESOURCES = "reference_policies_elements_resource.html"
SETS = "reference_policies_condition-single-vs-multi-valued-context-keys.html"
TAGS = "access_tags.html"
VARIABLES = "reference_policies_variables.html"

OBJECT = "arn:aws:s3:::amzn-s3-demo-bucket/David/plan.txt"
BUCKET = "arn:aws:s3:::amzn-s3-demo-bucket"
KEY = "arn:aws:kms:us-east-1:111122223333:key/my-example-key"
ROLE = "arn:aws:iam::111122223333:role/EC2-roles-for-XYZ-web"
INSTANCE = "arn:aws:ec2:us-east-1:111122223333:instance/i-1"


class Case(NamedTuple):
    """A request, the statements, and the page with the expected decision."""

    page: str
    what: str
    statements: list[Document]
    action: str
    resource: str
    context: Mapping[str, Value]
    expected: Decision


def statement(effect: str = "Allow", **elements: Any) -> Document:
    """Return a statement about everything, except for the given elements. ``None`` removes an element."""
    whole = {"Effect": effect, "Action": "*", "Resource": "*", **elements}
    return {key: value for key, value in whole.items() if value is not None}


def allowed_if(operator: str, key: str, *values: str) -> list[Document]:
    """Return a statement that allows everything on one condition."""
    return [statement(Condition={operator: {key: list(values)}})]


def denied_if(operator: str, key: str, *values: str) -> list[Document]:
    """Return statements that allow everything, except on one condition."""
    return [statement(), statement("Deny", Condition={operator: {key: list(values)}})]


HOME = [
    statement(Action=["s3:GetObject", "s3:PutObject"], Resource=f"{BUCKET}/${{aws:username}}/*"),
    statement(
        Action="s3:ListBucket", Resource=BUCKET, Condition={"StringLike": {"s3:prefix": "${aws:username}/*"}}
    ),
]
VIA_DYNAMODB = [
    statement(
        Action=["kms:Decrypt", "kms:ReEncrypt*"],
        Resource=KEY,
        Condition={"ForAnyValue:StringEquals": {"aws:CalledVia": ["dynamodb.amazonaws.com"]}},
    )
]
TWO_KEYS = [
    statement(
        Condition={
            "StringEquals": {
                "aws:PrincipalTag/department": ["finance", "hr"],
                "aws:PrincipalTag/role": "audit",
            },
            "ArnLike": {"aws:PrincipalArn": "arn:aws:iam::222222222222:role/a*"},
        }
    )
]
A_PRINCIPAL = {
    "aws:PrincipalTag/department": "hr",
    "aws:PrincipalTag/role": "audit",
    "aws:PrincipalArn": "arn:aws:iam::222222222222:role/ab",
}
ATTRIBUTES = ("PostDateTime", "Message", "Tags")
TEAM = "${aws:PrincipalTag/team}"
STAR_ARN = "arn:aws:someservice:*:111122223333:finance/*"
LONG_ARN = "arn:aws:someservice:us-east-2:999999999999:store/abc:111122223333:finance/document.txt"
PASS = [
    statement(
        Action="iam:PassRole",
        Resource="arn:aws:iam::111122223333:role/EC2-roles-for-XYZ-*",
        Condition={"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}},
    )
]
TAGGED_AT_CREATION = [
    statement(
        Action="ec2:CreateTags",
        Resource=INSTANCE,
        Condition={"StringEquals": {"ec2:CreateAction": "RunInstances"}},
    )
]

CASES = [
    # ---- Combined statements ----
    Case(EVALUATION, "nothing is allowed by default", [], "s3:GetObject", OBJECT, {}, IMPLICIT),
    Case(EVALUATION, "an allow overrides the default", [statement()], "s3:GetObject", OBJECT, {}, ALLOW),
    Case(
        EVALUATION,
        "a deny overrides any allow",
        [statement(), statement("Deny", Action="s3:*")],
        "s3:GetObject",
        OBJECT,
        {},
        EXPLICIT,
    ),
    Case(
        EVALUATION,
        "the order of statements does not count",
        [statement("Deny", Action="s3:*"), statement()],
        "s3:GetObject",
        OBJECT,
        {},
        EXPLICIT,
    ),
    Case(
        EVALUATION,
        "a deny of something else does not count",
        [statement(), statement("Deny", Action="ec2:*")],
        "s3:GetObject",
        OBJECT,
        {},
        ALLOW,
    ),
    # ---- Actions ----
    Case(
        ACTIONS,
        "case does not count",
        [statement(Action="IAM:listaccesskeys")],
        "iam:ListAccessKeys",
        "*",
        {},
        ALLOW,
    ),
    Case(
        ACTIONS,
        "a star within a name",
        [statement(Action="iam:*AccessKey*")],
        "iam:CreateAccessKey",
        "*",
        {},
        ALLOW,
    ),
    Case(
        ACTIONS,
        "a name is whole",
        [statement(Action="s3:GetObject")],
        "s3:GetObjectAcl",
        OBJECT,
        {},
        IMPLICIT,
    ),
    Case(
        ACTIONS, "a service is whole", [statement(Action="s3:*")], "s3express:CreateBucket", "*", {}, IMPLICIT
    ),
    Case(
        ACTIONS, "one character", [statement(Action="ec2:Describe?pcs")], "ec2:DescribeVpcs", "*", {}, ALLOW
    ),
    Case(
        NOT_ACTION,
        "everything in S3 but deleting the bucket",
        [statement(Action=None, NotAction="s3:DeleteBucket", Resource="arn:aws:s3:::*")],
        "s3:DeleteBucket",
        BUCKET,
        {},
        IMPLICIT,
    ),
    Case(
        NOT_ACTION,
        "which allows the rest",
        [statement(Action=None, NotAction="s3:DeleteBucket")],
        "s3:GetObject",
        OBJECT,
        {},
        ALLOW,
    ),
    Case(
        NOT_ACTION,
        "everything but IAM, without MFA",
        [
            statement(),
            statement(
                "Deny",
                Action=None,
                NotAction="iam:*",
                Condition={"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}},
            ),
        ],
        "s3:GetObject",
        OBJECT,
        {"aws:MultiFactorAuthPresent": "false"},
        EXPLICIT,
    ),
    # ---- Resources ----
    Case(
        RESOURCES,
        "the objects of a bucket",
        [statement(Resource=f"{BUCKET}/*")],
        "s3:GetObject",
        OBJECT,
        {},
        ALLOW,
    ),
    Case(
        RESOURCES,
        "are not the bucket",
        [statement(Resource=f"{BUCKET}/*")],
        "s3:ListBucket",
        BUCKET,
        {},
        IMPLICIT,
    ),
    Case(
        RESOURCES,
        "users of a path",
        [statement(Resource="arn:aws:iam::111122223333:user/accounting/*")],
        "iam:GetUser",
        "arn:aws:iam::111122223333:user/accounting/eu/Bob",
        {},
        ALLOW,
    ),
    Case(
        RESOURCES,
        "case counts",
        [statement(Resource="arn:aws:iam::111122223333:user/bob")],
        "iam:GetUser",
        "arn:aws:iam::111122223333:user/Bob",
        {},
        IMPLICIT,
    ),
    Case(
        RESOURCES,
        "a star within a segment stays there",
        [statement(Resource="arn:aws:sqs:us-*-1:1:queue")],
        "sqs:SendMessage",
        "arn:aws:sqs:us-east-2:2:us-1:1:queue",
        {},
        IMPLICIT,
    ),
    Case(
        RESOURCES,
        "a star that ends one may go on",
        [statement(Resource="arn:aws:lambda:us-east-1:1:function:a-*")],
        "lambda:DeleteFunction",
        "arn:aws:lambda:us-east-1:1:function:a-b:7",
        {},
        ALLOW,
    ),
    Case(
        RESOURCES,
        "an action on no resource needs a star",
        [statement(Resource="arn:aws:ec2:us-east-1:1:vpc/*")],
        "ec2:DescribeVpcs",
        "*",
        {},
        IMPLICIT,
    ),
    Case(
        NOT_RESOURCE,
        "all buckets but the payroll's",
        [statement(), statement("Deny", Resource=None, NotResource=[f"{BUCKET}", f"{BUCKET}/*"])],
        "s3:GetObject",
        "arn:aws:s3:::payroll/a",
        {},
        EXPLICIT,
    ),
    Case(
        NOT_RESOURCE,
        "which spares the payroll's",
        [statement(), statement("Deny", Resource=None, NotResource=[f"{BUCKET}", f"{BUCKET}/*"])],
        "s3:GetObject",
        OBJECT,
        {},
        ALLOW,
    ),
    # ---- Variables ----
    Case(VARIABLES, "a folder of one's own", HOME, "s3:GetObject", OBJECT, {"aws:username": "David"}, ALLOW),
    Case(VARIABLES, "is not another's", HOME, "s3:GetObject", OBJECT, {"aws:username": "Adele"}, IMPLICIT),
    Case(VARIABLES, "without a value matches nothing", HOME, "s3:GetObject", OBJECT, {}, IMPLICIT),
    Case(
        VARIABLES,
        "in a condition",
        HOME,
        "s3:ListBucket",
        BUCKET,
        {"aws:username": "David", "s3:prefix": "David/2026"},
        ALLOW,
    ),
    Case(
        VARIABLES,
        "key names ignore case",
        [statement(Resource=f"{BUCKET}/${{AWS:UserName}}/*")],
        "s3:GetObject",
        OBJECT,
        {"aws:username": "David"},
        ALLOW,
    ),
    Case(
        VARIABLES,
        "a default where there is no value",
        [statement(Resource=f"{BUCKET}/${{aws:userid, 'David'}}/*")],
        "s3:GetObject",
        OBJECT,
        {},
        ALLOW,
    ),
    Case(
        VARIABLES,
        "a default gives way to a value",
        [statement(Resource=f"{BUCKET}/${{aws:userid, 'David'}}/*")],
        "s3:GetObject",
        OBJECT,
        {"aws:userid": "AIDA"},
        IMPLICIT,
    ),
    Case(
        VARIABLES,
        "a star that is meant",
        [statement(Resource=f"{BUCKET}/${{*}}/*")],
        "s3:GetObject",
        OBJECT,
        {},
        IMPLICIT,
    ),
    Case(
        VARIABLES,
        "a star that is there",
        [statement(Resource=f"{BUCKET}/${{*}}/*")],
        "s3:GetObject",
        f"{BUCKET}/*/a",
        {},
        ALLOW,
    ),
    Case(
        VARIABLES,
        "no value equals no value: StringEquals of two absent tags",
        allowed_if("StringEquals", "s3:ExistingObjectTag/team", TEAM),
        "s3:GetObject",
        OBJECT,
        {},
        IMPLICIT,
    ),
    Case(
        VARIABLES,
        "StringNotEquals against a variable without a value is true",
        denied_if("StringNotEquals", "s3:ExistingObjectTag/team", TEAM),
        "s3:GetObject",
        OBJECT,
        {"s3:ExistingObjectTag/team": "a"},
        EXPLICIT,
    ),
    # ---- Operators ----
    Case(
        OPERATORS,
        "StringEquals",
        allowed_if("StringEquals", "aws:PrincipalTag/job-category", "iamuser-admin"),
        "iam:CreateAccessKey",
        "*",
        {"aws:PrincipalTag/job-category": "iamuser-admin"},
        ALLOW,
    ),
    Case(
        OPERATORS,
        "StringEquals is false for an absent key",
        allowed_if("StringEquals", "aws:PrincipalTag/job-category", "iamuser-admin"),
        "iam:CreateAccessKey",
        "*",
        {},
        IMPLICIT,
    ),
    Case(
        OPERATORS,
        "StringEquals minds case",
        allowed_if("StringEquals", "aws:PrincipalTag/a", "Prod"),
        "s3:GetObject",
        OBJECT,
        {"aws:PrincipalTag/a": "prod"},
        IMPLICIT,
    ),
    Case(
        OPERATORS,
        "StringEqualsIgnoreCase does not",
        allowed_if("StringEqualsIgnoreCase", "aws:PrincipalTag/a", "Prod"),
        "s3:GetObject",
        OBJECT,
        {"aws:PrincipalTag/a": "prod"},
        ALLOW,
    ),
    Case(
        OPERATORS,
        "a star in StringEquals is a star",
        allowed_if("StringEquals", "aws:PrincipalTag/a", "pr*"),
        "s3:GetObject",
        OBJECT,
        {"aws:PrincipalTag/a": "prod"},
        IMPLICIT,
    ),
    Case(
        OPERATORS,
        "StringLike",
        allowed_if("StringLike", "s3:prefix", "", "home/", "home/${aws:username}/"),
        "s3:ListBucket",
        BUCKET,
        {"s3:prefix": "home/David/", "aws:username": "David"},
        ALLOW,
    ),
    Case(
        OPERATORS,
        "StringLike needs stars for a part",
        allowed_if("StringLike", "s3:prefix", "home"),
        "s3:ListBucket",
        BUCKET,
        {"s3:prefix": "home/David/"},
        IMPLICIT,
    ),
    Case(
        OPERATORS,
        "a negated operator is true for an absent key",
        denied_if("StringNotEquals", "aws:PrincipalTag/a", "b"),
        "s3:GetObject",
        OBJECT,
        {},
        EXPLICIT,
    ),
    Case(
        OPERATORS,
        "StringNotLike and ArnNotLike too",
        allowed_if("ArnNotLike", "aws:SourceArn", "arn:aws:s3:::*"),
        "s3:GetObject",
        OBJECT,
        {},
        ALLOW,
    ),
    Case(
        OPERATORS,
        "a negated IfExists is true for an absent key: the deny holds",
        denied_if("StringNotEqualsIfExists", "aws:RequestTag/a", "b"),
        "s3:GetObject",
        OBJECT,
        {},
        EXPLICIT,
    ),
    Case(
        OPERATORS,
        "IfExists is true for an absent key",
        allowed_if("StringLikeIfExists", "ec2:InstanceType", "t1.*"),
        "ec2:RunInstances",
        "arn:aws:ec2:us-east-1:111122223333:subnet/subnet-1",
        {},
        ALLOW,
    ),
    Case(
        OPERATORS,
        "without IfExists no instance starts",
        allowed_if("StringLike", "ec2:InstanceType", "t1.*"),
        "ec2:RunInstances",
        "arn:aws:ec2:us-east-1:111122223333:subnet/subnet-1",
        {},
        IMPLICIT,
    ),
    Case(
        OPERATORS,
        "IfExists looks at a key that is there",
        allowed_if("StringLikeIfExists", "ec2:InstanceType", "t1.*"),
        "ec2:RunInstances",
        INSTANCE,
        {"ec2:InstanceType": "c5.large"},
        IMPLICIT,
    ),
    Case(
        OPERATORS,
        "Null true: the key must be absent",
        allowed_if("Null", "aws:TokenIssueTime", "true"),
        "ec2:RunInstances",
        INSTANCE,
        {},
        ALLOW,
    ),
    Case(
        OPERATORS,
        "and is not",
        allowed_if("Null", "aws:TokenIssueTime", "true"),
        "ec2:RunInstances",
        INSTANCE,
        {"aws:TokenIssueTime": "2026-01-01T00:00:00Z"},
        IMPLICIT,
    ),
    Case(
        OPERATORS,
        "Null false: the key must be there",
        allowed_if("Null", "aws:TokenIssueTime", "false"),
        "ec2:RunInstances",
        INSTANCE,
        {},
        IMPLICIT,
    ),
    Case(
        OPERATORS,
        "Bool",
        denied_if("Bool", "aws:SecureTransport", "false"),
        "s3:GetObject",
        OBJECT,
        {"aws:SecureTransport": "false"},
        EXPLICIT,
    ),
    Case(
        KEYS,
        "Bool is false for an absent key: access keys pass the deny",
        denied_if("Bool", "aws:MultiFactorAuthPresent", "false"),
        "s3:GetObject",
        OBJECT,
        {},
        ALLOW,
    ),
    Case(
        KEYS,
        "BoolIfExists closes that",
        denied_if("BoolIfExists", "aws:MultiFactorAuthPresent", "false"),
        "s3:GetObject",
        OBJECT,
        {},
        EXPLICIT,
    ),
    Case(
        OPERATORS,
        "numbers",
        allowed_if("NumericLessThanEquals", "s3:max-keys", "10"),
        "s3:ListBucket",
        BUCKET,
        {"s3:max-keys": "9"},
        ALLOW,
    ),
    Case(
        OPERATORS,
        "more than the number",
        allowed_if("NumericLessThanEquals", "s3:max-keys", "10"),
        "s3:ListBucket",
        BUCKET,
        {"s3:max-keys": "100"},
        IMPLICIT,
    ),
    Case(
        OPERATORS,
        "StringLike reaches over colons",
        allowed_if("StringLike", "aws:SourceArn", STAR_ARN),
        "sqs:SendMessage",
        "*",
        {"aws:SourceArn": LONG_ARN},
        ALLOW,
    ),
    Case(
        OPERATORS,
        "ArnLike does not",
        allowed_if("ArnLike", "aws:SourceArn", STAR_ARN),
        "sqs:SendMessage",
        "*",
        {"aws:SourceArn": LONG_ARN},
        IMPLICIT,
    ),
    Case(
        OPERATORS,
        "ArnEquals takes stars as ArnLike does",
        allowed_if("ArnEquals", "aws:SourceArn", "arn:aws:sns:*:1:a*"),
        "sqs:SendMessage",
        "*",
        {"aws:SourceArn": "arn:aws:sns:us-east-1:1:alarms"},
        ALLOW,
    ),
    # ---- Several keys and values ----
    Case(LOGIC, "all keys, any of their values", TWO_KEYS, "s3:GetObject", OBJECT, A_PRINCIPAL, ALLOW),
    Case(
        LOGIC,
        "one key does not match",
        TWO_KEYS,
        "s3:GetObject",
        OBJECT,
        {**A_PRINCIPAL, "aws:PrincipalTag/role": "dev"},
        IMPLICIT,
    ),
    Case(
        LOGIC,
        "one operator does not match",
        TWO_KEYS,
        "s3:GetObject",
        OBJECT,
        {**A_PRINCIPAL, "aws:PrincipalArn": "arn:aws:iam::1:role/ab"},
        IMPLICIT,
    ),
    Case(
        LOGIC,
        "a negated operator matches none of its values",
        denied_if("StringNotEquals", "aws:PrincipalTag/a", "b", "c"),
        "s3:GetObject",
        OBJECT,
        {"aws:PrincipalTag/a": "c"},
        ALLOW,
    ),
    Case(
        SETS,
        "ForAllValues: a subset",
        allowed_if("ForAllValues:StringLike", "dynamodb:Attributes", *ATTRIBUTES),
        "dynamodb:GetItem",
        "*",
        {"dynamodb:Attributes": ["PostDateTime", "Message"]},
        ALLOW,
    ),
    Case(
        SETS,
        "ForAllValues: one too many",
        allowed_if("ForAllValues:StringLike", "dynamodb:Attributes", *ATTRIBUTES),
        "dynamodb:GetItem",
        "*",
        {"dynamodb:Attributes": ["PostDateTime", "UserName"]},
        IMPLICIT,
    ),
    Case(
        SETS,
        "ForAllValues is true for an absent key",
        allowed_if("ForAllValues:StringEquals", "aws:TagKeys", "a"),
        "ec2:CreateTags",
        INSTANCE,
        {},
        ALLOW,
    ),
    Case(
        SETS,
        "ForAllValues is true for an empty set",
        allowed_if("ForAllValues:StringEquals", "aws:TagKeys", "a"),
        "ec2:CreateTags",
        INSTANCE,
        {"aws:TagKeys": []},
        ALLOW,
    ),
    Case(
        SETS,
        "with Null false it is not",
        [
            statement(
                Condition={
                    "ForAllValues:StringEquals": {"aws:TagKeys": "a"},
                    "Null": {"aws:TagKeys": "false"},
                }
            )
        ],
        "ec2:CreateTags",
        INSTANCE,
        {"aws:TagKeys": []},
        IMPLICIT,
    ),
    Case(
        SETS,
        "ForAnyValue: one is enough",
        denied_if("ForAnyValue:StringLike", "dynamodb:Attributes", "ID", "PostDateTime"),
        "dynamodb:PutItem",
        "*",
        {"dynamodb:Attributes": ["PostDateTime", "Message"]},
        EXPLICIT,
    ),
    Case(
        SETS,
        "ForAnyValue: none",
        denied_if("ForAnyValue:StringLike", "dynamodb:Attributes", "ID", "PostDateTime"),
        "dynamodb:PutItem",
        "*",
        {"dynamodb:Attributes": ["UserName"]},
        ALLOW,
    ),
    Case(
        SETS,
        "ForAnyValue is false for an absent key",
        allowed_if("ForAnyValue:StringEquals", "aws:TagKeys", "a"),
        "ec2:CreateTags",
        INSTANCE,
        {},
        IMPLICIT,
    ),
    # ---- Keys that services set ----
    Case(
        KEYS,
        "called by DynamoDB",
        VIA_DYNAMODB,
        "kms:Decrypt",
        KEY,
        {"aws:CalledVia": ["cloudformation.amazonaws.com", "dynamodb.amazonaws.com"]},
        ALLOW,
    ),
    Case(KEYS, "called directly", VIA_DYNAMODB, "kms:Decrypt", KEY, {}, IMPLICIT),
    Case(
        KEYS,
        "the first service of a chain",
        allowed_if("StringEquals", "aws:CalledViaFirst", "cloudformation.amazonaws.com"),
        "kms:Decrypt",
        KEY,
        {"aws:CalledViaFirst": "dynamodb.amazonaws.com"},
        IMPLICIT,
    ),
    Case(
        TAGS,
        "tag keys in condition keys ignore case",
        allowed_if("StringEquals", "aws:ResourceTag/Owner", "A"),
        "ec2:StartInstances",
        INSTANCE,
        {"aws:resourcetag/owner": "A"},
        ALLOW,
    ),
    Case(
        TAGS,
        "a resource without the tag",
        allowed_if("StringEquals", "aws:ResourceTag/Owner", "${aws:username}"),
        "ec2:StartInstances",
        INSTANCE,
        {"aws:username": "David"},
        IMPLICIT,
    ),
    Case(
        TAGS,
        "tags of the request are not those of the resource",
        allowed_if("StringEquals", "aws:ResourceTag/Owner", "A"),
        "ec2:CreateTags",
        INSTANCE,
        {"aws:RequestTag/Owner": "A"},
        IMPLICIT,
    ),
    Case(
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/supported-iam-actions-tagging.html",
        "tagging as part of creating",
        TAGGED_AT_CREATION,
        "ec2:CreateTags",
        INSTANCE,
        {"ec2:CreateAction": "RunInstances"},
        ALLOW,
    ),
    Case(
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/supported-iam-actions-tagging.html",
        "tagging what is there",
        TAGGED_AT_CREATION,
        "ec2:CreateTags",
        INSTANCE,
        {},
        IMPLICIT,
    ),
    Case(
        PASS_ROLE,
        "a role for EC2",
        PASS,
        "iam:PassRole",
        ROLE,
        {"iam:PassedToService": "ec2.amazonaws.com"},
        ALLOW,
    ),
    Case(
        PASS_ROLE,
        "not for another service",
        PASS,
        "iam:PassRole",
        ROLE,
        {"iam:PassedToService": "lambda.amazonaws.com"},
        IMPLICIT,
    ),
]


@pytest.mark.parametrize(
    "case", CASES, ids=[f"{case.page.split('.html')[0][-30:]}: {case.what}" for case in CASES]
)
def test_says_what_the_user_guide_says(case: Case) -> None:
    """The decision is the documented one for each documented example."""
    request = Request(case.action, case.resource, case.context)
    document = {"Version": "2012-10-17", "Statement": case.statements}

    assert decide(request, [document]) is case.expected


def test_each_statement_may_be_in_a_document_of_its_own() -> None:
    """Policies of one type are combined.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
    """
    documents = [
        {"Version": "2012-10-17", "Statement": one} for one in (statement(), statement("Deny", Action="s3:*"))
    ]

    assert decide(Request("s3:GetObject", OBJECT), documents) is EXPLICIT
    assert decide(Request("ec2:RunInstances", INSTANCE), documents) is ALLOW


def test_variables_came_with_the_current_version_of_the_language() -> None:
    """Without it, they are literal characters.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html
    """
    old = {"Statement": HOME}

    assert decide(Request("s3:GetObject", OBJECT, {"aws:username": "David"}), [old]) is IMPLICIT
    assert decide(Request("s3:GetObject", f"{BUCKET}/${{aws:username}}/a"), [old]) is ALLOW


BOUNDARY = {"Version": "2012-10-17", "Statement": statement(Action=["s3:*", "cloudwatch:*", "ec2:*"])}
EVERYTHING = {"Version": "2012-10-17", "Statement": statement()}


@pytest.mark.parametrize(
    ("action", "identity", "boundary", "expected"),
    [
        ("s3:GetObject", EVERYTHING, BOUNDARY, ALLOW),
        ("iam:CreateUser", EVERYTHING, BOUNDARY, IMPLICIT),
        ("s3:GetObject", {"Statement": []}, BOUNDARY, IMPLICIT),
        ("s3:GetObject", EVERYTHING, {"Statement": statement("Deny")}, EXPLICIT),
    ],
    ids=["both allow", "outside the boundary", "a boundary alone allows nothing", "a boundary may deny"],
)
def test_boundary_and_session_policy_limit(
    action: str, identity: Document, boundary: Document, expected: Decision
) -> None:
    """A request must be allowed by all types of policies.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
    """
    request = Request(action, "*")

    assert decide(request, [identity], boundary=boundary) is expected
    assert decide(request, [identity], session=boundary) is expected


@pytest.mark.parametrize(
    ("statements", "context", "message"),
    [
        (
            allowed_if("DateLessThan", "aws:CurrentTime", "2026"),
            {},
            "DateLessThan is not a condition operator",
        ),
        (
            allowed_if("StringEqual", "a:b", "c"),
            {},
            "StringEqual is not a condition operator, or not judged here.",
        ),
        (
            allowed_if("ForAnyValue:StringEqualsIfExists", "aws:TagKeys", "a"),
            {},
            "ForAnyValue:StringEqualsIfExists:",
        ),
        (
            allowed_if("StringEquals", "aws:CalledVia", "a"),
            {"aws:CalledVia": ["a"]},
            "StringEquals needs ForAllValues",
        ),
        (allowed_if("NullIfExists", "a:b", "true"), {}, "NullIfExists ['true'] is not judged here."),
        (allowed_if("Null", "a:b", "true"), {"a:b": ""}, "Null on an empty text"),
        ([statement(Principal="*")], {}, "A statement has Principal, which is not judged here."),
        ([statement("allow")], {}, "Effect is 'allow'."),
        ([statement(NotAction="s3:*")], {}, "A statement has to have Action or NotAction, one of them."),
        ([statement(Action="GetObject")], {}, "'GetObject' is not an action."),
        ([statement(Resource="bucket")], {}, "'bucket' is not an ARN."),
        (
            [statement(Resource="arn:aws:s3::${aws:PrincipalAccount}:a")],
            {},
            "has a variable before the fifth colon",
        ),
        ([statement(Resource="arn:aws:s3:::${a:b,}")], {}, "${a:b,} is not a policy variable."),
        ([statement(Resource="arn:aws:s3:::${a:b}")], {"a:b": ["c"]}, "${a:b} may have several values"),
        ([statement()], {"a:b": "c", "A:B": "d"}, "A condition key is in the request twice"),
    ],
)
def test_rejects_unsupported_elements(
    statements: list[Document], context: Mapping[str, Value], message: str
) -> None:
    """A guess could pass a policy that AWS evaluates differently."""
    with pytest.raises(UnclearError) as caught:
        decide(Request("s3:GetObject", OBJECT, context), [{"Version": "2012-10-17", "Statement": statements}])

    assert message in str(caught.value)
