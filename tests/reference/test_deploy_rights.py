"""The table of rights says all that the policies say."""

from __future__ import annotations

from csr_templates.cloudformation.built_stack import BuiltStack, Policies
from csr_templates.reference.deploy_rights import HEAD, rows

NAME = "${aws:PrincipalTag/Project}-${aws:PrincipalTag/Environment}-site-${aws:PrincipalAccount}"
READ = {
    "Sid": "Read",
    "Effect": "Allow",
    "Action": ["s3:GetObject"],
    "Resource": f"arn:aws:s3:::{NAME}/*",
    "Condition": {"StringEquals": {"aws:RequestedRegion": "us-east-1"}, "Null": {"aws:TagKeys": "true"}},
}
NEVER = {"Sid": "Never", "Effect": "Deny", "Action": ["s3:PutObject", "s3:DeleteObject"], "Resource": ["*"]}


def test_a_row_for_each_statement_of_each_role() -> None:
    """Roles in order, names as the pages write them, every condition, and what denies marked."""
    documents = [{"Version": "2012-10-17", "Statement": [READ]}]
    policies = Policies({}, documents, [], [], [{"Version": "2012-10-17", "Statement": [NEVER]}])
    stack = BuiltStack("site", "site.yaml", "us-east-1", {}, policies=policies)

    first, last = rows([stack])

    assert first == [
        "`site`",
        "`pipeline`",
        "`Read`",
        "`s3:GetObject`",
        "`arn:aws:s3:::<project>-<environment>-site-<account>/*`",
        "`StringEquals` `aws:RequestedRegion` `us-east-1`; `Null` `aws:TagKeys` `true`",
    ]
    assert last == [
        "`site`",
        "`service` `delete`",
        "`Never` `Deny`",
        "`s3:PutObject`, `s3:DeleteObject`",
        "`*`",
        "",
    ]
    assert len(first) == len(last) == len(HEAD)
