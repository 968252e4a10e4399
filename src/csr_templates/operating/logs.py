"""The logs: queries of CloudWatch Logs Insights, and how old the newest events are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Final, Literal, NamedTuple

from csr_templates.account import errors
from csr_templates.operating import waiting, words
from csr_templates.operating.aws import Aws, Unknown
from csr_templates.operating.problems import Stop, WrongInput

Log = Literal["function", "access", "execution", "error", "slowquery", "audit", "flow", "waf"]

GROUPS: Final[Mapping[Log, str]] = {
    "function": "FunctionLogGroup",
    "access": "AccessLogGroup",
    "execution": "ExecutionLogGroup",
    "error": "DatabaseErrorLogGroup",
    "slowquery": "DatabaseSlowQueryLogGroup",
    "audit": "DatabaseAuditLogGroup",
    "flow": "FlowLogsLogGroup",
    "waf": "WAFLogGroup",
}
"""Log -> logical ID of its log group."""


class LogQuery(NamedTuple):
    """A query.

    Attributes:
        log: which log.
        minutes: how far back.
        text: in the language of Logs Insights.
    """

    log: Log
    minutes: int
    text: str


FAILED_REQUESTS: Final = LogQuery(
    "access",
    60,
    "filter status >= 500 "
    "| fields @timestamp, status, method, errorType, integrationStatus, requestId, extendedRequestId "
    "| sort @timestamp desc | limit 50",
)
# The access log has no free text. Each message starts with the ID of the request.
FAILED_INTEGRATIONS: Final = LogQuery(
    "execution",
    60,
    "filter @message like /(?i)execution failed/ "
    "| fields @timestamp, @message | sort @timestamp desc | limit 50",
)
FUNCTION_ERRORS: Final = LogQuery(
    "function",
    60,
    'filter level in ["ERROR", "error", "CRITICAL", "critical", "FATAL", "fatal"] or log_level = "ERROR" '
    'or (type = "platform.report" and record.status != "success") '
    "| fields @timestamp, level, record.status, errorType, message, @message "
    "| sort @timestamp desc | limit 50",
)
REJECTED_TRAFFIC: Final = LogQuery(
    "flow",
    1440,
    'parse @message "* * * * * * * *" as log_version, account, interface, source_address, '
    "destination_address, source_port, port, rest "
    "| filter rest like / REJECT / | stats count(*) as records by port | sort records desc | limit 20",
)
SLOW_QUERIES: Final = LogQuery(
    "slowquery",
    60,
    "parse @message /Query_time: (?<seconds>[0-9.]+)/ "
    r"| parse @message /SET timestamp=\d+;\s+(?<statement>[^\n]{1,60})/ "
    "| stats count(*) as queries, sum(seconds) as total, max(seconds) as longest by statement "
    "| sort total desc | limit 20",
)
KEY_USERS: Final = LogQuery(
    "access",
    60,
    'filter ispresent(keyId) and keyId != "-" '
    "| stats count(*) as requests by keyId, peer | sort requests desc | limit 50",
)

_POLL_SECONDS: Final = 2.0
_RUNNING: Final = frozenset({"Scheduled", "Running"})
_POINTER: Final = "@ptr"  # identifies an event for another call


def search_log(aws: Aws, log: Log, minutes: int, query: str) -> None:
    """Search a log with CloudWatch Logs Insights.

    Times in the results are in UTC.

    Args:
        log: which log.
        minutes: how far back, at least 1.
        query: in the language of Logs Insights, such as 'filter status >= 500 | limit 20'.

    Example: search-log access 60 'filter status >= 500 | limit 20'
    Calls: cloudformation:DescribeStackResource, logs:StartQuery, logs:GetQueryResults.
    Takes: seconds, for much data a minute.
    """
    if minutes < 1:
        raise WrongInput(f"MINUTES is {minutes}. Give a whole number of at least 1.")
    show(aws, LogQuery(log, minutes, query))


def show_errors(aws: Aws) -> None:
    """Show the errors of the last hour, of the API, its integration and the function.

    Times in the results are in UTC.

    Calls: cloudformation:DescribeStackResource, logs:StartQuery, logs:GetQueryResults.
    Takes: seconds.
    """
    show(aws, FAILED_REQUESTS, FAILED_INTEGRATIONS, FUNCTION_ERRORS)


def show_rejected_traffic(aws: Aws) -> None:
    """Count the rejected traffic of the last day in the flow logs, by port.

    Calls: logs:StartQuery, logs:GetQueryResults.
    Takes: seconds, for much data a minute.
    """
    show(aws, REJECTED_TRAFFIC)


def show_slow_queries(aws: Aws) -> None:
    """Show the slow statements of the last hour, with their number, total and longest seconds.

    Calls: logs:StartQuery, logs:GetQueryResults.
    Takes: seconds.
    """
    show(aws, SLOW_QUERIES)


def show_key_users(aws: Aws) -> None:
    """Count the requests of the last hour by API key and address.

    Calls: logs:StartQuery, logs:GetQueryResults.
    Takes: seconds.
    """
    show(aws, KEY_USERS)


def show_log_ages(aws: Aws) -> None:
    """Show when each log got its newest event, up to an hour late.

    The status is 1 if a log group is missing.

    Calls: cloudformation:DescribeStackResource, logs:DescribeLogStreams.
    Takes: seconds.
    """
    logs = [log for log, logical_id in GROUPS.items() if aws.environment.has(logical_id)]
    for region in aws.environment.regions:
        aws.client("logs", region)
    ages = aws.in_parallel({log: partial(_age, aws, log) for log in logs})
    rows = []
    for log, age in ages.items():
        is_wrong = age is None or isinstance(age, Unknown)
        rows.append((words.mark(is_fine=not is_wrong), log, str(age or "the log group is missing")))
    words.table(("", "log", "newest event"), rows, indent="")
    missing = [log for log, age in ages.items() if age is None]
    if missing:
        raise Stop(f"These logs have no log group: {', '.join(missing)}.")


def show(aws: Aws, *queries: LogQuery) -> None:
    """Run queries, and print their results, each below the name of its log."""
    for query in queries:
        results = aws.attempt(partial(_results, aws, query))
        if isinstance(results, Unknown):
            words.say(f"{query.log}: {results}")
            continue
        words.say(f"Results of {query.log} in {query.minutes} minutes: {len(results) or 'none'}")
        fields = header(results)
        words.table(fields, [_row(result, fields) for result in results])


def _row(result: Mapping[str, str], fields: Iterable[str]) -> list[str]:
    """Return the cells of a result; a field that it lacks is empty."""
    return [result.get(field, "") for field in fields]


def group_of(aws: Aws, log: Log) -> tuple[str, str]:
    """Return the region and the name of the log group of a log.

    API Gateway chooses the name of the execution log; it contains the ID of the API.
    """
    logical_id = GROUPS[log]
    region = aws.environment.stack_of(logical_id).region
    if log == "execution":
        return region, aws.physical_id(logical_id)
    return region, aws.name(logical_id)


def _results(aws: Aws, query: LogQuery) -> list[dict[str, str]]:
    """Return the results of a query, each as field -> value.

    Raises:
        Stop: the query has failed.
    """
    region, group = group_of(aws, query.log)
    client = aws.client("logs", region)
    end = int(words.now().timestamp())
    query_id = client.start_query(
        logGroupName=group, startTime=end - query.minutes * 60, endTime=end, queryString=query.text
    )["queryId"]
    while True:
        answer = client.get_query_results(queryId=query_id)
        if answer["status"] not in _RUNNING:
            break
        waiting.sleep(_POLL_SECONDS)
    if answer["status"] != "Complete":
        raise Stop(f"The query of the log {query.log} is {answer['status']}, not Complete.")
    return [_fields(result) for result in answer["results"]]


def _fields(result: Sequence[Mapping[str, str]]) -> dict[str, str]:
    return {cell["field"]: cell.get("value", "") for cell in result if cell["field"] != _POINTER}


def header(results: Sequence[Mapping[str, str]]) -> list[str]:
    """Return the fields of all results, in the order in which they come; a result may lack one."""
    fields: dict[str, None] = {}
    for result in results:
        fields.update(dict.fromkeys(result))
    return list(fields)


def _age(aws: Aws, log: Log) -> str | None:
    """Return how old the newest event of a log is; None if the log group does not exist."""
    try:
        region, group = group_of(aws, log)
        streams = _newest_stream(aws.client("logs", region), group)
    except Stop:  # its stack is not deployed
        return None
    except errors.call_errors() as error:
        failure = errors.failure(error)
        if failure.code == "ResourceNotFoundException" or "does not exist" in failure.message:
            return None
        raise
    if not streams or "lastIngestionTime" not in streams[0]:
        return "no events"
    seconds = words.now().timestamp() - streams[0]["lastIngestionTime"] / 1000
    return f"{int(seconds // 60)} minutes ago"


def _newest_stream(client: Any, group: str) -> list[Mapping[str, Any]]:
    answer = client.describe_log_streams(
        logGroupName=group, orderBy="LastEventTime", descending=True, limit=1
    )
    streams: list[Mapping[str, Any]] = answer["logStreams"]
    return streams
