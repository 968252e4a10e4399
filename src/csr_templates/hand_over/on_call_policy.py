"""The IAM policy of the person on call: what the commands of ``tools.sh`` for an incident call.

It allows no deletion and no restore of data, no change of roles, policies, keys and passwords, and no deploy
except through the service role of a stack. It does allow reading the password of the database and the origin
keys, because the commands use them.

The service role of a stack executes a change set of any template. So a user of the policy can change through
a template what the service role may change, roles included.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from csr_templates.hand_over.policy_documents import allow, deny, in_documents

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cfn_analysis.model.built_stack import Document

PATH: Final = "operator-policies/on-call.json"
"""Path of the policy, relative to the output folder."""

COMMANDS: Final = (
    *("show_state", "show_identity", "show_releases", "show_stacks", "wait_for_stack", "cancel_update"),
    *("why_failed", "why_change_set_failed", "plan_repair", "show_changes", "run_changes", "roll_back"),
    *("repair_alias", "continue_rollback", "upload_site", "download_site", "invalidate", "who_answers"),
    *("wait_for_distribution", "show_edge_logs", "show_callers", "show_rate_limited", "show_blocked"),
    *("count_rule", "block_rule", "block_address", "unblock_address", "show_blocked_addresses"),
    *("save_addresses", "write_addresses", "show_concurrency", "set_concurrency"),
    *("restore_concurrency", "set_provisioned"),
    *("show_database", "fail_over", "start_database", "restart_instance", "connect_database"),
    *("show_queries", "show_connections", "stop_query", "show_slow_queries"),
    *("tail_log", "search_log", "show_errors", "show_log_ages", "show_logging_roles", "show_dead_letters"),
    *("show_security_groups", "show_network", "reroute_zone", "restore_zone", "show_keys", "enable_key"),
    *("show_certificate", "show_origin_key", "show_key_users", "try_origin_key", "stop_writes"),
    *("resume_writes", "replicate_origin_key", "show_quota", "set_remaining", "flush_cache"),
    *("mute_alarms", "unmute_alarms"),
)
"""The commands that the policy allows."""

_READ: Final[Mapping[str, tuple[str, ...]]] = {
    "acm": ("DescribeCertificate",),
    "cloudformation": (
        *("DescribeChangeSet", "DescribeEvents", "DescribeStackEvents", "DescribeStackResource"),
        *("DescribeStacks", "ListChangeSets", "ListStacks"),
    ),
    "cloudfront": ("GetDistribution", "GetInvalidation"),
    "cloudwatch": ("DescribeAlarms", "GetMetricStatistics"),
    "ec2": (
        *("DescribeNatGateways", "DescribeRouteTables"),
        *("DescribeSecurityGroups", "DescribeSubnets"),
    ),
    "iam": ("ListRoles",),
    "kms": ("DescribeKey", "GetKeyRotationStatus", "ListResourceTags"),
    "lambda": ("GetAccountSettings", "GetAlias", "GetFunctionConcurrency", "ListVersionsByFunction"),
    "logs": ("DescribeLogStreams", "GetQueryResults"),
    "rds": ("DescribeDBClusters", "DescribeDBInstances", "DescribeEvents"),
    "secretsmanager": ("DescribeSecret", "ListSecretVersionIds"),
    "sts": ("GetCallerIdentity",),
    "wafv2": (
        *("DescribeManagedRuleGroup", "GetIPSet", "GetRateBasedStatementManagedKeys", "GetWebACL"),
        "ListIPSets",
    ),
}
CONSOLES: Final = (
    *("cloudwatch:GetDashboard", "cloudwatch:GetMetricData", "cloudwatch:ListDashboards"),
    *("logs:DescribeLogGroups", "logs:DescribeQueryDefinitions"),
)
"""What the consoles call for the dashboards and the saved queries."""

_CHANGES: Final[Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "Stacks": (
        (
            *("cloudformation:CancelUpdateStack", "cloudformation:ContinueUpdateRollback"),
            *("cloudformation:CreateChangeSet", "cloudformation:ExecuteChangeSet"),
            "cloudformation:TagResource",
        ),
        ("arn:aws:cloudformation:*:*:stack/{project}-*/*",),
    ),
    "Templates": (("s3:GetObject", "s3:PutObject"), ("arn:aws:s3:::{project}-*-artifacts-*/*",)),
    "Site": (
        ("s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"),
        ("arn:aws:s3:::{project}-*-frontend-*/*",),
    ),
    "EdgeLogs": (("s3:GetObject",), ("arn:aws:s3:::{project}-*-edge-logs-*/*",)),
    "Logs": (
        ("logs:FilterLogEvents", "logs:StartQuery"),
        # the log of the executions has the ID of the API in its name
        (
            "arn:aws:logs:*:*:log-group:*{project}-*",
            "arn:aws:logs:*:*:log-group:API-Gateway-Execution-Logs_*",
        ),
    ),
    "Buckets": (
        ("s3:ListBucket", "s3:ListBucketVersions"),
        ("arn:aws:s3:::{project}-*-frontend-*", "arn:aws:s3:::{project}-*-edge-logs-*"),
    ),
    "Pages": (("cloudfront:CreateInvalidation",), ("arn:aws:cloudfront::*:distribution/*",)),
    "Function": (
        tuple(
            f"lambda:{name}"
            for name in (
                *(
                    "DeleteFunctionConcurrency",
                    "DeleteProvisionedConcurrencyConfig",
                    "PutFunctionConcurrency",
                ),
                *("PutProvisionedConcurrencyConfig", "UpdateAlias"),
            )
        ),
        ("arn:aws:lambda:*:*:function:{project}-*",),
    ),
    "Database": (
        ("rds:FailoverDBCluster", "rds:RebootDBInstance", "rds:StartDBCluster"),
        ("arn:aws:rds:*:*:cluster:{project}-*", "arn:aws:rds:*:*:db:{project}-*"),
    ),
    "Secrets": (
        ("secretsmanager:GetSecretValue",),
        (
            "arn:aws:secretsmanager:*:*:secret:{project}-*-db-credentials-*",
            "arn:aws:secretsmanager:*:*:secret:{project}-*-origin-api-key-*",
        ),
    ),
    "Replicas": (
        ("secretsmanager:ReplicateSecretToRegions",),
        ("arn:aws:secretsmanager:*:*:secret:{project}-*-origin-api-key-*",),
    ),
    "WebACL": (
        ("wafv2:UpdateIPSet", "wafv2:UpdateWebACL"),
        (
            "arn:aws:wafv2:us-east-1:*:global/ipset/{project}-*/*",
            "arn:aws:wafv2:us-east-1:*:global/managedruleset/*/*",
            "arn:aws:wafv2:us-east-1:*:global/webacl/{project}-*/*",
        ),
    ),
    "Alarms": (
        ("cloudwatch:DeleteAlarmMuteRule", "cloudwatch:PutAlarmMuteRule"),
        ("arn:aws:cloudwatch:*:*:alarm-mute-rule:{project}-*", "arn:aws:cloudwatch:*:*:alarm:{project}-*"),
    ),
    "Letters": (("sqs:ReceiveMessage",), ("arn:aws:sqs:*:*:{project}-*",)),
    # Their IDs do not contain the project.
    "ReadApi": (
        ("apigateway:GET",),
        tuple(
            f"arn:aws:apigateway:*::/{name}"
            for name in ("account", "apikeys/*", "usageplans/*/keys", "usageplans/*/usage")
        ),
    ),
    "Keys": (
        ("apigateway:PATCH",),
        ("arn:aws:apigateway:*::/apikeys/*", "arn:aws:apigateway:*::/usageplans/*/keys/*/usage"),
    ),
    "Cache": (("apigateway:DELETE",), ("arn:aws:apigateway:*::/restapis/*/stages/*/cache/data",)),
}
"""Statement -> its actions, and the resources of a project."""

_TAGGED: Final[Mapping[str, tuple[str, ...]]] = {
    "TaggedKeys": ("kms:CancelKeyDeletion", "kms:EnableKey"),
    "Routes": ("ec2:ReplaceRoute",),
}
"""Statement -> actions on resources that only the tag ``Project`` connects with a project."""


def policy(project: str) -> Document:
    """Return the policy for all environments of a project.

    Args:
        project: the value of ``ProjectName``.
    """
    read = [*CONSOLES, *(f"{service}:{name}" for service, names in _READ.items() for name in names)]
    ours: dict[str, str | list[str]] = {"aws:ResourceTag/Project": project}
    statements = [
        *allow("Read", read, ["*"]),
        # An imported resource belongs to the stack, and the next change set could delete it.
        *deny(
            "NoImports",
            ["cloudformation:*"],
            ["*"],
            **{"ForAnyValue:StringLike": {"cloudformation:ImportResourceTypes": "*"}},
        ),
        *(
            statement
            for sid, (actions, arns) in _CHANGES.items()
            for statement in allow(sid, actions, [arn.format(project=project) for arn in arns])
        ),
        *(
            statement
            for sid, actions in _TAGGED.items()
            for statement in allow(sid, actions, ["*"], StringEquals=ours)
        ),
        *allow(
            "DecryptSecrets",
            ["kms:Decrypt"],
            ["*"],
            StringEquals=ours,
            StringLike={"kms:ViaService": "secretsmanager.*.amazonaws.com"},
        ),
        *allow(
            "ServiceRoles",
            ["iam:PassRole"],
            [f"arn:aws:iam::*:role/deploy-{project}-*-service"],
            StringEquals={"iam:PassedToService": "cloudformation.amazonaws.com"},
        ),
    ]
    (document,) = in_documents("on-call", statements)
    return document
