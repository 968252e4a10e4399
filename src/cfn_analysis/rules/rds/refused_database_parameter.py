import json
from typing import Any

from cfn_analysis.rules.support.aurora import CLUSTER_GROUP, INSTANCE_GROUP, settings
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator, properties_of
from cfn_analysis.rules.support.words import did_you_mean, words

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
REMOVED = words("""
    aurora_binlog_read_buffer_size aurora_binlog_use_large_read_buffer aurora_disable_hash_join
    aurora_enable_repl_bin_log_filtering aurora_enable_replica_log_compression aurora_lab_mode
    innodb_checksums innodb_file_format innodb_large_prefix innodb_support_xa innodb_undo_logs
    innodb_undo_tablespaces internal_tmp_disk_storage_engine log_bin_use_v1_row_events log_warnings
    master-info-repository max_length_for_sort_data max_tmp_tables metadata_locks_cache_size old_passwords
    query_cache_limit query_cache_min_res_unit query_cache_size query_cache_type query_cache_wlock_invalidate
    relay_log_info_repository secure_auth slave-skip-errors sync_frm sync_relay_log temp-pool
""")
# Parameters of MySQL that do not exist in Aurora, which has its own storage.
INAPPLICABLE = words("""
    big_tables bind_address character_sets_dir innodb_adaptive_flushing innodb_adaptive_flushing_lwm
    innodb_buffer_pool_chunk_size innodb_buffer_pool_instances innodb_change_buffering
    innodb_checksum_algorithm innodb_data_file_path innodb_dedicated_server innodb_doublewrite
    innodb_flush_log_at_timeout innodb_flush_method innodb_flush_neighbors innodb_io_capacity
    innodb_io_capacity_max innodb_log_buffer_size innodb_log_file_size innodb_log_files_in_group
    innodb_log_spin_cpu_abs_lwm innodb_log_spin_cpu_pct_hwm innodb_log_writer_threads
    innodb_max_dirty_pages_pct innodb_numa_interleave innodb_redo_log_capacity innodb_redo_log_encrypt
    innodb_undo_log_encrypt innodb_undo_log_truncate innodb_use_native_aio innodb_write_io_threads
""")
FIXED = words("""
    allow-suspicious-udfs basedir core-file datadir default_authentication_plugin default_storage_engine
    default_time_zone flush ft_boolean_syntax general_log_file innodb_buffer_pool_dump_at_shutdown
    innodb_buffer_pool_dump_now innodb_buffer_pool_filename innodb_buffer_pool_load_abort
    innodb_buffer_pool_load_at_startup innodb_buffer_pool_load_now innodb_change_buffer_max_size
    innodb_data_home_dir innodb_flushing_avg_loops innodb_force_load_corrupted innodb_log_compressed_pages
    innodb_page_size innodb_read_io_threads innodb_read_only innodb_thread_concurrency innodb_undo_directory
    log-bin log_error log_replica_updates max_binlog_size partial_revokes pid_file plugin_dir port relay-log
    relay_log_recovery secure_file_priv server_audit_cw_upload server_id skip-slave-start
    skip_external_locking skip_name_resolve slow_query_log_file socket sync_binlog
    table_cache_element_entry_ttl thread_handling tmpdir validate-password validate_password_dictionary_file
    validate_password_length validate_password_mixed_case_count validate_password_number_count
    validate_password_policy validate_password_special_char_count
""")

# https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Concepts.RegionsAndAvailabilityZones.html and
# those that only RDS for MySQL has.
ZONES = words("""
    Africa/Cairo Africa/Casablanca Africa/Harare Africa/Monrovia Africa/Nairobi Africa/Tripoli Africa/Windhoek
    America/Araguaina America/Asuncion America/Bogota America/Buenos_Aires America/Caracas America/Chihuahua
    America/Cuiaba America/Denver America/Fortaleza America/Guatemala America/Halifax America/Manaus
    America/Matamoros America/Monterrey America/Montevideo America/Noronha America/Phoenix America/Santiago
    America/Tijuana Asia/Amman Asia/Ashgabat Asia/Baghdad Asia/Baku Asia/Bangkok Asia/Beirut Asia/Calcutta
    Asia/Damascus Asia/Dhaka Asia/Irkutsk Asia/Jerusalem Asia/Kabul Asia/Karachi Asia/Kathmandu
    Asia/Krasnoyarsk Asia/Magadan Asia/Muscat Asia/Novosibirsk Asia/Riyadh Asia/Seoul Asia/Shanghai
    Asia/Singapore Asia/Taipei Asia/Tehran Asia/Tokyo Asia/Ulaanbaatar Asia/Vladivostok Asia/Yakutsk
    Asia/Yerevan Atlantic/Azores Australia/Adelaide Australia/Brisbane Australia/Darwin Australia/Hobart
    Australia/Perth Australia/Sydney Brazil/DeNoronha Brazil/East Canada/Newfoundland Canada/Saskatchewan
    Europe/Amsterdam Europe/Athens Europe/Dublin Europe/Helsinki Europe/Istanbul Europe/Kaliningrad
    Europe/Moscow Europe/Paris Europe/Prague Europe/Sarajevo Pacific/Auckland Pacific/Fiji Pacific/Guam
    Pacific/Honolulu Pacific/Samoa US/Alaska US/Central US/Eastern US/East-Indiana US/Pacific UTC
""")
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
    """

    id = "E9683"
    source_url = "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraMySQL.Reference.ParameterGroups.html"
    fault_class = "values"
    looks_at = properties_of(CLUSTER_GROUP, INSTANCE_GROUP)

    def faults(self, validator: Validator, properties: Any) -> Faults:
        for name, value, path in settings(validator, properties):
            reason = _reason(name) or _value_reason(name, value)
            if reason:
                yield Fault(path, f"{name} is set to {value}: {reason}")


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
    known = {choice.lower() for choice in allowed}
    parts = [part.strip() for part in value.split(",")] if is_list else [value.strip()]
    wrong = [part for part in parts if part and part.lower() not in known]
    if not wrong:
        return ""
    if name == "time_zone" and (hint := did_you_mean(wrong[0], allowed)):
        return f"{wrong[0]} is not among its values.{hint}"
    few = allowed[:6] if name != "time_zone" else ("UTC", "Asia/Tokyo", "others by region and city")
    return f"{wrong[0]} is not among its values: {', '.join(few)}."
