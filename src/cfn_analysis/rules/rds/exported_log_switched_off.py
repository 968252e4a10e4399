from typing import Any

from cfn_analysis.rules.support.aurora import CLUSTER, UNKNOWN, aurora_mysql, members, setting
from cfn_analysis.rules.support.references import own_id
from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator, properties_of
from cfn_analysis.rules.support.scenarios import number, only_value, scenarios
from cfn_analysis.rules.support.values import items, show

NAME = "EnableCloudwatchLogsExports"
SWITCHES = {"audit": "server_audit_logging", "general": "general_log", "slowquery": "slow_query_log"}
OFF = {"0", "off", "false"}

MESSAGE = (
    'EnableCloudwatchLogsExports exports "{log}"{when}, but {state}: Aurora does not write this log, and its '
    "log group stays empty. Set {switch} to 1 in the parameter group of the {holder}, or do not export it."
)
TO_TABLE = (
    'EnableCloudwatchLogsExports exports "{log}"{when}, but {state}: the log goes to no file, and only files '
    "are exported. Set log_output to FILE."
)
TOO_SLOW = (
    'EnableCloudwatchLogsExports exports "{log}"{when}, but {state}: no statement takes so long, and its log '
    "group stays empty. Set long_query_time to a few seconds."
)
NEVER = 86_400  # seconds: a day


class ExportedLogSwitchedOff(Rule):
    """Exported database log that is not enabled.

    EnableCloudwatchLogsExports sends the logs of Aurora to CloudWatch Logs, but by default Aurora MySQL
    writes only the error log. The log group of an audit, general or slow query log that is not enabled stays
    empty. Set server_audit_logging (and server_audit_events) in the cluster's parameter group, slow_query_log
    or general_log in the instances'; log_output must not be TABLE, and long_query_time not so long that no
    statement is slow.
    """

    id = "E9685"
    source_url = (
        "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraMySQL.Integrating.CloudWatch.html"
    )
    finding_class = "protections"
    looks_at = properties_of(CLUSTER)

    def findings(self, validator: Validator, properties: Any) -> Findings:
        if NAME not in properties or not any(aurora_mysql(validator, properties)):
            return
        together = {"cluster": properties, "members": members(validator, own_id(validator))}
        for plain, case in scenarios(validator, together):
            for log in [str(only_value(case, export)) for export in items(plain["cluster"].get(NAME))]:
                silence = _silence(case, log, plain["cluster"], plain["members"].values())
                if silence:
                    message, state = silence
                    holder = "cluster" if log == "audit" else "instances"
                    text = message.format(
                        log=log, when="{when}", state=state, switch=SWITCHES[log], holder=holder
                    )
                    yield RuleFinding((NAME,), text, case)


def _silence(case: Validator, log: str, cluster: Any, instances: Any) -> tuple[str, str] | None:
    """Return the message and the setting if no instance writes a log; None if one may write it."""
    switch = SWITCHES.get(log)
    if not switch:
        return None
    # Auditing is set on the cluster only; the other logs for each instance.
    holders = [{}] if log == "audit" else list(instances)

    def texts(name: str) -> set[str]:
        return {_setting_text(case, setting(case, name, cluster, holder)) for holder in holders}

    switches = texts(switch)
    if switches and switches <= {*OFF, "unset"}:
        return MESSAGE, f"{switch} is {' and '.join(sorted(switches))}".replace("unset", "not set")
    if log == "slowquery":
        limits = texts("long_query_time")
        if limits and all((number(limit) or 0) >= NEVER for limit in limits):
            return TOO_SLOW, f"long_query_time is {' and '.join(sorted(limits))} seconds"
    outputs = texts("log_output")
    if log != "audit" and outputs and outputs <= {"table", "none"}:
        return TO_TABLE, f"log_output is {show(' and '.join(sorted(outputs)).upper())}"
    return None


def _setting_text(case: Validator, value: Any) -> str:
    """Return a parameter's value in small letters, ``unset``, or empty if it is not known."""
    if value is None:
        return "unset"
    if value is UNKNOWN:
        return ""
    only = only_value(case, value)
    if only is None:
        return ""
    return str(only).lower()
