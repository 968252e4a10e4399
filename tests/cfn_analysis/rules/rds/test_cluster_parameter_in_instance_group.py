"""Good and broken parameter groups."""

from ..harness import frame, row

MESSAGE = (
    "{} for an instance: it applies to the whole cluster, and RDS does not find it in this group. Set it in "
    "the AWS::RDS::DBClusterParameterGroup."
)

group = frame("""
Parameters:
  Zone: {Type: String, Default: UTC}
Resources:
  Group: {Type: AWS::RDS::<kind=DBParameterGroup>, Properties: {Family: <family=aurora-mysql8.0>,
      Parameters: <parameters>}}
""")

case = row(group("<parameters>"), "Resources/Group/Properties/Parameters/<path>", MESSAGE.format("<state>"))

GOOD = {
    "parameters of an instance": group("{max_connections: '200', slow_query_log: '1'}"),
    "engine of both levels": group("{internal_tmp_mem_storage_engine: MEMORY}"),
    "parameter of both levels": group("{innodb_print_all_deadlocks: '1'}"),
    "group of a cluster": group("{time_zone: UTC}", kind="DBClusterParameterGroup"),
    "parameter of instances in a group of a cluster": group(
        "{max_connections: '200'}", kind="DBClusterParameterGroup"
    ),
    "another family": group("{binlog_format: ROW}", family="mysql8.0"),
    "no value": group("{time_zone: !If [Prod, !Ref AWS::NoValue, !Ref AWS::NoValue]}"),
}

BAD = {
    "literal": case("{binlog_format: ROW}", "binlog_format", 'binlog_format is set to "ROW"'),
    "upload of the audit log": case(
        "{server_audit_logs_upload: '1'}",
        "server_audit_logs_upload",
        'server_audit_logs_upload is set to "1"',
    ),
    "parameter": case("{time_zone: !Ref Zone}", "time_zone", 'time_zone is set to {"Ref": "Zone"}'),
    "Sub": case("{time_zone: !Sub '${Zone}'}", "time_zone", 'time_zone is set to {"Fn::Sub": "${Zone}"}'),
    "one branch": case(
        "{server_audit_logging: !If [Prod, '1', !Ref AWS::NoValue]}",
        "server_audit_logging",
        'server_audit_logging is set to {"Fn::If": ["Prod", "1", {"Ref": "AWS::NoValue"}]}',
    ),
    "one branch of all parameters": case(
        "!If [Prod, {event_scheduler: 'ON'}, {}]",
        "Fn::If/1/event_scheduler",
        'event_scheduler is set to "ON"',
    ),
}
