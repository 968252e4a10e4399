import json
from typing import Any

from cfn_analysis.rules.support.aurora import CLUSTER_GROUP, INSTANCE_GROUP, settings
from cfn_analysis.rules.support.references import own_type
from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator, properties_of
from cfn_analysis.rules.support.words import did_you_mean, named, words

RENAMED = {
    "aurora_load_from_s3_role": "aws_default_s3_role",
    "aurora_select_into_s3_role": "aws_default_s3_role",
    "log_slave_updates": "log_replica_updates, which cannot be set",
    "master_verify_checksum": "source_verify_checksum",
    "slave_checkpoint_group": "replica_checkpoint_group",
    "slave_checkpoint_period": "replica_checkpoint_period",
    "slave_parallel_workers": "replica_parallel_workers",
    "slave_pending_jobs_size_max": "replica_pending_jobs_size_max",
    "slave_sql_verify_checksum": "replica_sql_verify_checksum",
    "tx_isolation": "transaction_isolation",
}
REMOVED, INAPPLICABLE, FIXED, CLUSTER_ONLY, ZONES = [words(text) for text in named(__file__).values()]

# Parameter -> its values, and whether they are a list.
VALUES = {
    "binlog_format": (words("OFF ROW STATEMENT MIXED 0 1 2 3"), False),
    "server_audit_events": (words("CONNECT QUERY QUERY_DCL QUERY_DDL QUERY_DML TABLE"), True),
    "time_zone": (ZONES, False),
    "tls_version": (words("TLSv1.2 TLSv1.3"), True),
}


class RefusedDatabaseParameter(Rule):
    """Parameter or value that Aurora MySQL 3 does not have or does not allow to be set.

    RDS refuses a parameter group that sets a parameter which its family does not have or which cannot be
    modified, and the stack rolls back. Version 3 removed the query cache and several others; parameters for
    files, redo logs and flushing do not exist in Aurora. Remove the parameter, or use its name in version 3.
    It refuses values that are not in the list of the parameter, such as a time zone by its abbreviation, too.
    A parameter of the whole cluster is not in an instance's group: set it in the DBClusterParameterGroup.
    """

    id = "E9683"
    source_url = "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraMySQL.Reference.ParameterGroups.html"
    finding_class = "values"
    looks_at = properties_of(CLUSTER_GROUP, INSTANCE_GROUP)

    def findings(self, validator: Validator, properties: Any) -> Findings:
        of_instance = own_type(validator) == INSTANCE_GROUP
        for name, value, path in settings(validator, properties):
            if of_instance and name in CLUSTER_ONLY:
                yield RuleFinding(
                    path,
                    f"{name} is set to {value} for an instance: it applies to the whole cluster, and RDS "
                    "does not find it in this group. Set it in the AWS::RDS::DBClusterParameterGroup.",
                )
                continue
            reason = _reason(name) or _value_reason(name, value)
            if reason:
                yield RuleFinding(path, f"{name} is set to {value}: {reason}")


def _reason(name: str) -> str:
    if name in RENAMED:
        return f"Aurora MySQL 3 does not have this parameter. What it did is now {RENAMED[name]}."
    if name in REMOVED or name in INAPPLICABLE:
        return "Aurora MySQL 3 does not have this parameter, and RDS refuses the group. Remove it."
    if name in FIXED:
        return "Aurora MySQL 3 does not allow this parameter to be set, and RDS refuses the group. Remove it."
    return ""


def _value_reason(name: str, shown: str) -> str:
    """Return why a value is refused; empty if it is in the list or a function hides it."""
    allowed, is_list = VALUES.get(name, ((), False))
    value = json.loads(shown)
    if not allowed or not isinstance(value, str):
        return ""
    allowed_in_small_letters = {choice.lower() for choice in allowed}
    parts = [part.strip() for part in value.split(",")] if is_list else [value.strip()]
    wrong = [part for part in parts if part and part.lower() not in allowed_in_small_letters]
    if not wrong:
        return ""
    if name == "time_zone" and (hint := did_you_mean(wrong[0], allowed)):
        return f"{wrong[0]} is not among its values.{hint}"
    few = allowed[:6] if name != "time_zone" else ("UTC", "Asia/Tokyo", "others by region and city")
    return f"{wrong[0]} is not among its values: {', '.join(few)}."
