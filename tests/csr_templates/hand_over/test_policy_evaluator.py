"""The policy evaluator, checked against the IAM user guide.

Each case of ``policy_cases.yaml`` is an example or a sentence of a page of the guide.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from .policy_evaluator import Decision, Document, Request, UnclearError, Value, decide

ALLOW, IMPLICIT, EXPLICIT = Decision.ALLOW, Decision.IMPLICIT_DENY, Decision.EXPLICIT_DENY

OBJECT = "arn:aws:s3:::amzn-s3-demo-bucket/David/plan.txt"
BUCKET = "arn:aws:s3:::amzn-s3-demo-bucket"
INSTANCE = "arn:aws:ec2:us-east-1:111122223333:instance/i-1"


def statement(effect: str = "Allow", **elements: Any) -> Document:
    """Return a statement about everything, except for the given elements. ``None`` removes an element."""
    whole = {"Effect": effect, "Action": "*", "Resource": "*", **elements}
    return {key: value for key, value in whole.items() if value is not None}


def allowed_if(operator: str, key: str, *values: str) -> list[Document]:
    """Return a statement that allows everything on one condition."""
    return [statement(Condition={operator: {key: list(values)}})]


HOME = [
    statement(Action=["s3:GetObject", "s3:PutObject"], Resource=f"{BUCKET}/${{aws:username}}/*"),
    statement(
        Action="s3:ListBucket", Resource=BUCKET, Condition={"StringLike": {"s3:prefix": "${aws:username}/*"}}
    ),
]
CASES = yaml.safe_load(Path(__file__).with_name("policy_cases.yaml").read_text(encoding="utf-8"))


def examples() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each example of the user guide, with its page and what it shows."""
    for page, cases in CASES.items():
        for case in cases:
            yield f"{page[-35:-5]}: {case['what']}", case


EXAMPLES = list(examples())


@pytest.mark.parametrize("case", [case for _, case in EXAMPLES], ids=[name for name, _ in EXAMPLES])
def test_says_what_the_user_guide_says(case: dict[str, Any]) -> None:
    """The decision is the documented one for each documented example."""
    request = Request(case["action"], case.get("resource", "*"), case.get("context", {}))
    document = {"Version": "2012-10-17", "Statement": case["statements"]}

    assert decide(request, [document]) is Decision(case["expected"])


def test_each_statement_may_be_in_a_document_of_its_own() -> None:
    """Policies of one type are combined.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
    """
    statements = (statement(), statement("Deny", Action="s3:*"))
    documents = [{"Version": "2012-10-17", "Statement": alone} for alone in statements]

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
