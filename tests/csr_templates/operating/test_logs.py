"""The logs: queries of Logs Insights, and the ages of the newest events."""

import pytest

from csr_templates.operating import logs

from .conftest import Operator
from .recorded import FAULTS


@pytest.fixture
def logged(operator: Operator) -> Operator:
    """Production with its log groups, each with an event."""
    operator.world.create_logs()
    return operator


def test_a_log_is_searched(logged: Operator) -> None:
    """The results have a header; the pointer to an event, which only programs need, is left out."""
    run = logged.run("search-log", "waf", "30", "fields @message, @log | limit 5")

    assert (run.status, run.err) == (0, [])
    (call,) = [call for call in run.calls if call.operation == "StartQuery"]
    assert call.region == "us-east-1"
    assert call.parameters["endTime"] - call.parameters["startTime"] == 30 * 60
    assert run.out[1] == "Results of waf in 30 minutes: 1"
    assert run.out[2].split() == ["@message", "@log"]
    assert run.out[3].split() == ["a", "message", "of", "waf", logged.world.name("WAFLogGroup")]


def test_the_execution_log_is_that_of_the_stack(logged: Operator) -> None:
    """API Gateway chooses its name."""
    run = logged.run("search-log", "execution", "10", "fields @message")

    assert "a message of execution" in run.out[-1]


def test_a_log_line_cannot_control_the_terminal(logged: Operator) -> None:
    """Whoever requests a path writes it."""
    logged.world.write_log("access", "\x1b[2J")

    run = logged.run("search-log", "access", "10", "fields @message")

    assert r"\u001b[2J" in "\n".join(run.out)
    assert "\x1b" not in "\n".join(run.out)


def test_a_wrong_period_is_refused(logged: Operator) -> None:
    """Before a query is started."""
    run = logged.run("search-log", "access", "0", "limit 1")

    assert (run.status, run.err) == (2, ["MINUTES is 0. Give a whole number of at least 1."])
    assert "logs:StartQuery" not in run.called


def test_a_query_that_runs_is_asked_again(logged: Operator) -> None:
    """Until it is complete."""
    logged.world.recorder.coming["logs:GetQueryResults"] = [{"status": "Scheduled"}, {"status": "Running"}]

    run = logged.run("show-key-users")

    assert (run.status, run.called.count("logs:GetQueryResults")) == (0, 3)


@pytest.mark.parametrize("status", ["Failed", "Timeout", "Cancelled"])
def test_a_query_that_fails_has_no_results(logged: Operator, status: str) -> None:
    """It does not look like an empty answer."""
    logged.world.recorder.coming["logs:GetQueryResults"] = [{"status": status}]

    run = logged.run("show-slow-queries")

    assert (run.status, run.err) == (1, [f"The query of the log slowquery is {status}, not Complete."])


def test_other_errors_are_shown_without_those_of_the_api(logged: Operator) -> None:
    """A log that cannot be read leaves the others."""
    logged.world.recorder.failing["logs:StartQuery"] = FAULTS["denied"]()

    run = logged.run("show-errors")

    assert run.status == 1
    assert run.out[1] == "access: unknown"
    assert run.out[2] == "Results of execution in 60 minutes: 1"
    assert "Results of function in 60 minutes: 1" in run.out


def test_results_may_lack_fields() -> None:
    """The header has the fields of all results, in their order."""
    assert logs.header([{"a": "1"}, {"b": "2", "a": "3"}]) == ["a", "b"]


# ---- show-log-ages ----


def test_ages_of_all_logs(logged: Operator) -> None:
    """Each log with its newest event."""
    run = logged.run("show-log-ages")

    assert (run.status, run.err) == (0, [])
    assert [line.split()[0] for line in run.out[2:]] == list(logs.GROUPS)
    assert all(int(line.split()[-3]) < 10 for line in run.out[2:])  # ends with "0 minutes ago"


def test_a_missing_log_group_is_marked(logged: Operator) -> None:
    """Of a group that was deleted, of a stack that does not exist; a group without events is not missing."""
    world = logged.world
    world.client("logs").delete_log_group(logGroupName=world.name("FlowLogsLogGroup"))
    del world.stacks.stacks["api"]
    error = world.name("DatabaseErrorLogGroup")
    world.client("logs").delete_log_stream(logGroupName=error, logStreamName="stream")

    run = logged.run("show-log-ages")

    assert (run.status, run.err) == (1, ["These logs have no log group: execution, flow."])
    marked = [line for line in run.out if line.startswith("!")]
    assert [line.split()[1] for line in marked] == ["execution", "flow"]
    assert all(line.endswith("the log group is missing") for line in marked)
    assert "   error      no events" in run.out


def test_a_log_that_cannot_be_read_is_unknown(logged: Operator) -> None:
    """It is not missing."""
    logged.world.recorder.failing["logs:DescribeLogStreams"] = FAULTS["throttled"]()

    run = logged.run("show-log-ages")

    assert run.status == 1
    assert len([line for line in run.out if line.endswith("unknown")]) == 1
    assert run.err[0].startswith("AWS throttles logs:DescribeLogStreams")
