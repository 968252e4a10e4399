"""Statements of the policies for people and for commands that read an account.

They are limited to the names of the project and its environments, or to its tags, where IAM supports this.
``WIDE`` lists the exceptions; docs/permissions.md says what they show.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from cfn_analysis.model.schemas import iam_action
from csr_templates.hand_over.policy_documents import allow
from csr_templates.hand_over.policy_patterns import ACCOUNT

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from cfn_analysis.model.built_stack import Document

OWN_ACCOUNT: Final = {"aws:ResourceAccount": ACCOUNT}

WIDE: Final = frozenset(
    {
        "acm:DescribeCertificate",  # the stacks do not create the certificate
        "cloudformation:DescribeStackResources",  # the stack of a resource is not known
        "cloudfront:ListConflictingAliases",
        # IAM evaluates lists of these services as access to all of them.
        "cloudwatch:DescribeAlarms",
        "cloudwatch:GetMetricData",
        "cloudwatch:ListAlarmMuteRules",
        "iam:GetRole",  # that of the account settings of API Gateway can have any name
        "logs:GetQueryResults",  # contains only the ID of a query
        "rds:DescribeDBClusterSnapshots",
        "rds:DescribeDBClusters",
        "rds:DescribeDBInstances",
        "route53:GetHealthCheck",  # has a random ID, and no condition on its tags
        "route53:GetHostedZone",  # the stacks do not create the zone
        "route53:ListResourceRecordSets",
        "servicequotas:GetServiceQuota",
    }
)
"""Actions on any resource, although IAM has ARNs for them."""

_TAGGED: Final = frozenset({"cloudfront", "kms"})
"""Services whose resources have a random ID, and tags."""

_ARNS: Final = {
    "cloudformation": ("arn:aws:cloudformation:*:*:stack/{prefix}*/*",),
    "cloudwatch": (
        "arn:aws:cloudwatch:*:*:alarm-mute-rule:{prefix}*",
        "arn:aws:cloudwatch::*:dashboard/{prefix}*",
    ),
    "lambda": ("arn:aws:lambda:*:*:function:{prefix}*",),  # with a colon, a version or an alias follows
    "rds": ("arn:aws:rds:*:*:es:{prefix}*",),  # event subscriptions; the other reads of RDS are wide
    "s3": ("arn:aws:s3:::{prefix}*",),
    "secretsmanager": ("arn:aws:secretsmanager:*:*:secret:{prefix}*",),
    "sns": ("arn:aws:sns:*:*:{prefix}*",),
    "wafv2": (
        "arn:aws:wafv2:us-east-1:*:global/ipset/{prefix}*/*",
        "arn:aws:wafv2:us-east-1:*:global/webacl/{prefix}*/*",
    ),
}
"""Service -> the ARNs of its resources."""

LOG_GROUPS: Final = (
    "arn:aws:logs:*:*:log-group:API-Gateway-Execution-Logs_*",  # the name does not contain the project
    "arn:aws:logs:*:*:log-group:*/{prefix}*",
    # Evaluated with and without the log stream.
    "arn:aws:logs:*:*:log-group:*/{name}",
    "arn:aws:logs:*:*:log-group:*/{name}:*",
)
"""The log groups of the function, the database, the API and the network."""
WEB_ACL_LOGS: Final = (
    "arn:aws:logs:*:*:log-group:aws-waf-logs-{name}",
    "arn:aws:logs:*:*:log-group:aws-waf-logs-{name}:*",
)
"""The log group of the web ACL."""

_FURTHER_ARNS: Final = {
    # The ARN of a change set does not contain its stack.
    "cloudformation:DescribeEvents": ("arn:aws:cloudformation:*:*:changeSet/*",),
    "logs:DescribeLogStreams": LOG_GROUPS,
    "rds:DescribeDBParameters": ("arn:aws:rds:*:*:pg:{prefix}*",),
}
"""ARNs of one action."""

_ARNS_WITH: Final = {("logs:DescribeLogStreams", "wafv2"): WEB_ACL_LOGS}
"""ARNs of one action, if the stacks use a service."""


class Names(NamedTuple):
    """The names and tags of a project.

    Attributes:
        project: its name.
        environments: its environments.
    """

    project: str
    environments: Sequence[str]

    def arns(self, patterns: Iterable[str]) -> list[str]:
        """Return ARNs with the names of each environment.

        Args:
            patterns: texts with ``{name}``, which is ``<project>-<environment>``, and ``{prefix}``, which is
                the same with a hyphen.
        """
        arns: dict[str, None] = {}
        for pattern in patterns:
            for environment in self.environments:
                name = f"{self.project}-{environment}"
                arns[pattern.format(name=name, prefix=f"{name}-")] = None
        return list(arns)

    @property
    def tags(self) -> dict[str, str | list[str]]:
        """The condition on the tags of a resource."""
        return {
            "aws:ResourceTag/Project": self.project,
            "aws:ResourceTag/Environment": sorted(self.environments),
        }


def allow_reading(actions: Iterable[str], names: Names, services: Collection[str]) -> Iterator[Document]:
    """Yield the statements that allow actions which only read.

    Args:
        actions: the actions.
        names: of the project.
        services: those that its stacks use.
    """
    wide, tagged, named = set(), set(), set()
    patterns: set[str] = set()
    for action in actions:
        service = action.partition(":")[0]
        if action in WIDE or not iam_action(action):
            wide.add(action)
        elif service in _TAGGED:
            tagged.add(action)
        else:
            named.add(action)
            patterns.update(_ARNS.get(service, ()))
            patterns.update(_FURTHER_ARNS.get(action, ()))
            for used in services:
                patterns.update(_ARNS_WITH.get((action, used), ()))
    yield from allow("Read", wide, ["*"])
    yield from allow("ReadNames", named, names.arns(patterns), StringEqualsIfExists=OWN_ACCOUNT)
    yield from allow("ReadTags", tagged, ["*"], StringLike=names.tags, StringEqualsIfExists=OWN_ACCOUNT)
