"""Good and broken parameter groups."""

from itertools import product

from ..harness import frame, row

GONE = "{}: Aurora MySQL 3 does not have this parameter, and RDS refuses the group. Remove it."
FIXED = "{}: Aurora MySQL 3 does not allow this parameter to be set, and RDS refuses the group. Remove it."

OF_CLUSTER = (
    "{} for an instance: it applies to the whole cluster, and RDS does not find it in this group. Set it in "
    "the AWS::RDS::DBClusterParameterGroup."
)

group = frame("""
Parameters:
  Family: {Type: String, Default: aurora-mysql8.0}
  Any: {Type: String}
Resources:
  Group: {Type: AWS::RDS::<kind=DBClusterParameterGroup>, Properties: {Family: <family=aurora-mysql8.0>,
      Parameters: <parameters>}}
""")

values = frame("""
  Parameters:
    Type: AWS::RDS::DBClusterParameterGroup
    Properties: {Family: aurora-mysql8.0, Parameters: <parameters>}
""")

of_instance = row(
    group("<parameters>", kind="DBParameterGroup"),
    "Resources/Group/Properties/Parameters/<path>",
    OF_CLUSTER.format("<state>"),
)

case = row(group("<parameters>", kind="<kind>"), "Resources/Group/Properties/Parameters/<path>", "<message>")

ROWS = {
    "removed": ("{query_cache_type: '1'}", "query_cache_type", GONE.format('query_cache_type is set to "1"')),
    "not of Aurora, set by a parameter": (
        "{innodb_log_file_size: !Ref Any}",
        "innodb_log_file_size",
        GONE.format('innodb_log_file_size is set to {"Ref": "Any"}'),
    ),
    "fixed, set by a Sub": (
        "{sync_binlog: !Sub '2'}",
        "sync_binlog",
        FIXED.format('sync_binlog is set to {"Fn::Sub": "2"}'),
    ),
    "renamed, in one branch": (
        "{tx_isolation: !If [Prod, REPEATABLE-READ, !Ref AWS::NoValue]}",
        "tx_isolation",
        'tx_isolation is set to {"Fn::If": ["Prod", "REPEATABLE-READ", {"Ref": "AWS::NoValue"}]}: Aurora '
        "MySQL 3 does not have this parameter. What it did is now transaction_isolation.",
    ),
    "one branch of all parameters": (
        "!If [Prod, {slow_query_log: '1'}, {secure_auth: '1'}]",
        "Fn::If/2/secure_auth",
        GONE.format('secure_auth is set to "1"'),
    ),
}

GOOD = {
    "parameters of an instance": group(
        "{max_connections: '200', slow_query_log: '1'}", kind="DBParameterGroup"
    ),
    "parameter of both levels": group("{innodb_print_all_deadlocks: '1'}", kind="DBParameterGroup"),
    "parameter of instances in a group of a cluster": group("{max_connections: '200'}"),
    "instance of another family": group("{binlog_format: ROW}", kind="DBParameterGroup", family="mysql8.0"),
    "parameters of version 3": group("{time_zone: UTC, slow_query_log: '1'}"),
    "version 2": group("{query_cache_type: '1'}", family="aurora-mysql5.7"),
    "family not known": group("{query_cache_type: '1'}", family="!Ref Any"),
    "no value": group("{query_cache_type: !Ref AWS::NoValue}"),
    "both branches": group("!If [Prod, {time_zone: UTC}, !Ref AWS::NoValue]"),
    "zone": values("{time_zone: Asia/Tokyo}"),
    "island": values("{time_zone: America/Noronha}"),
    "as recommended only": values(
        "{innodb_trx_commit_allow_data_loss: 1, innodb_flush_log_at_trx_commit: 2}"
    ),
    "threads": values("{thread_cache_size: 64}"),
    "events": values("{server_audit_events: 'CONNECT, QUERY_DDL'}"),
    "TLS": values("{tls_version: 'TLSv1.2,TLSv1.3'}"),
    "zone by Ref": values("{time_zone: !Ref AWS::Region}"),
}

BAD = {
    "parameter of the cluster": of_instance(
        "{binlog_format: ROW}", "binlog_format", 'binlog_format is set to "ROW"'
    ),
    "parameter of the cluster in one branch": of_instance(
        "!If [Prod, {event_scheduler: 'ON'}, {}]",
        "Fn::If/1/event_scheduler",
        'event_scheduler is set to "ON"',
    ),
    **{
        f"{name}, {kind}": case(kind, *row)
        for kind, (name, row) in product(("DBClusterParameterGroup", "DBParameterGroup"), ROWS.items())
    },
    "family of a parameter": (
        group("{temp-pool: '1'}", family="!Ref Family"),
        "Resources/Group/Properties/Parameters/temp-pool",
        GONE.format('temp-pool is set to "1"'),
    ),
    "zone": (
        values("{time_zone: JST}"),
        "Resources/Parameters/Properties/Parameters/time_zone",
        'time_zone is set to "JST": JST is not among its values: UTC, Asia/Tokyo, others by region and city.',
    ),
    "misspelt zone": (
        values("{time_zone: Asia/Tokio}"),
        "Resources/Parameters/Properties/Parameters/time_zone",
        'time_zone is set to "Asia/Tokio": Asia/Tokio is not among its values. Did you mean Asia/Tokyo?',
    ),
    "event": (
        values("{server_audit_events: 'CONNECT,QUERIES'}"),
        "Resources/Parameters/Properties/Parameters/server_audit_events",
        'server_audit_events is set to "CONNECT,QUERIES": QUERIES is not among its '
        "values: CONNECT, QUERY, QUERY_DCL, QUERY_DDL, QUERY_DML, TABLE.",
    ),
    "format": (
        values("{binlog_format: FULL}"),
        "Resources/Parameters/Properties/Parameters/binlog_format",
        'binlog_format is set to "FULL": FULL is not among its values: OFF, ROW, STATEMENT, MIXED, 0, 1.',
    ),
    "old TLS": (
        values("{tls_version: TLSv1.1}"),
        "Resources/Parameters/Properties/Parameters/tls_version",
        'tls_version is set to "TLSv1.1": TLSv1.1 is not among its values: TLSv1.2, TLSv1.3.',
    ),
}
