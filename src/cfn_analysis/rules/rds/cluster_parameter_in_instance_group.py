from typing import Any

from cfn_analysis.rules.support.aurora import INSTANCE_GROUP, settings
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator, properties_of
from cfn_analysis.rules.support.words import words

# Cluster-level parameters of version 3 that are not in instance parameter groups.
CLUSTER_ONLY = words("""
    aurora_binlog_replication_max_yield_seconds aurora_binlog_replication_sec_index_parallel_workers
    aurora_enable_staggered_replica_restart aurora_enable_zdr aurora_enhanced_binlog
    aurora_full_double_precision_in_json aurora_in_memory_relaylog aurora_jemalloc_background_thread
    aurora_jemalloc_dirty_decay_ms aurora_jemalloc_tcache_enabled aurora_mask_password_hashes_type
    authentication_kerberos_caseins_cmp auto_increment_increment auto_increment_offset aws_default_lambda_role
    aws_default_s3_role binlog-do-db binlog-ignore-db binlog_backup binlog_checksum binlog_format
    binlog_group_commit_sync_delay binlog_group_commit_sync_no_delay_count binlog_replication_globaldb
    binlog_row_image binlog_row_metadata binlog_row_value_options binlog_rows_query_log_events
    binlog_transaction_dependency_history_size binlog_transaction_dependency_tracking
    character-set-client-handshake character_set_client character_set_connection character_set_database
    character_set_filesystem character_set_results character_set_server collation_connection collation_server
    completion_type enforce_gtid_consistency event_scheduler gtid-mode information_schema_stats_expiry
    innodb_adaptive_hash_index innodb_aurora_instant_alter_column_allowed innodb_autoinc_lock_mode
    innodb_cmp_per_index_enabled innodb_commit_concurrency innodb_default_row_format innodb_file_per_table
    innodb_ft_max_token_size innodb_ft_min_token_size innodb_ft_num_word_optimize innodb_ft_sort_pll_degree
    innodb_online_alter_log_max_size innodb_optimize_fulltext_only innodb_purge_batch_size
    innodb_purge_threads innodb_rollback_on_timeout innodb_rollback_segments innodb_spin_wait_delay
    innodb_stats_include_delete_marked innodb_strict_mode innodb_sync_array_size innodb_sync_spin_loops
    innodb_table_locks innodb_trx_commit_allow_data_loss lc_time_names lower_case_table_names read_only
    relay-log-space-limit replica_parallel_type replica_preserve_commit_order replica_transaction_retries
    replica_type_conversions replicate-do-db replicate-do-table replicate-ignore-db replicate-ignore-table
    replicate-wild-do-table replicate-wild-ignore-table require_secure_transport rpl_read_size
    server_audit_events server_audit_excl_users server_audit_incl_users server_audit_logging
    server_audit_logs_upload skip-character-set-client-handshake source_verify_checksum time_zone tls_version
""")


class ClusterParameterInInstanceGroup(Rule):
    """Cluster parameter in an instance's parameter group.

    Some parameters of Aurora MySQL apply to the whole cluster. A DBParameterGroup, which belongs to an
    instance, does not have them: RDS does not find the parameter, and the stack rolls back. Set it in the
    DBClusterParameterGroup. The opposite is allowed: for a parameter that an instance's group does not set,
    the value of the cluster's group applies.
    """

    id = "E9684"
    source_url = "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraMySQL.Reference.ParameterGroups.html"
    fault_class = "values"
    looks_at = properties_of(INSTANCE_GROUP)

    def faults(self, validator: Validator, properties: Any) -> Faults:
        for name, value, path in settings(validator, properties):
            if name in CLUSTER_ONLY:
                yield Fault(
                    path,
                    f"{name} is set to {value} for an instance: it applies to the whole cluster, and RDS "
                    "does not find it in this group. Set it in the AWS::RDS::DBClusterParameterGroup.",
                )
