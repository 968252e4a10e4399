"""How many requests the function serves at the same time: reserved and provisioned concurrency."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from csr_templates.operating import aliases, clusters, connections, words
from csr_templates.operating.aws import Aws, Unknown
from csr_templates.operating.problems import WrongInput

_UNRESERVED_MINIMUM: Final = 100
"""Executions that Lambda keeps for functions without a reservation.

https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
"""
_HOURS: Final = 3
_PERIOD_SECONDS: Final = 300
_ROWS: Final = 12
_STATISTICS: Final[Mapping[str, str]] = {
    "ConcurrentExecutions": "Maximum",
    "Throttles": "Sum",
    "ProvisionedConcurrencySpilloverInvocations": "Sum",
}
"""Metric -> statistic. Lambda sends 1 for each throttled request, so a maximum says nothing."""


def show_concurrency(aws: Aws) -> None:
    """Show the concurrency of the function, its connections, and the limits for set-concurrency.

    The lowest value is the provisioned concurrency. Lambda keeps 100 executions of the account unreserved.

    Calls: cloudformation:DescribeStackResource, lambda:GetFunctionConcurrency, lambda:GetAccountSettings,
        lambda:ListProvisionedConcurrencyConfigs, rds:DescribeDBParameters, cloudwatch:GetMetricData.
    Takes: seconds.
    """
    region = aws.environment.stack_of("ApiFunction").region
    client = aws.client("lambda", region)
    cloudwatch = aws.client("cloudwatch", region)
    clusters.client(aws)
    function = aws.attempt(partial(aws.physical_id, "ApiFunction"))
    if isinstance(function, Unknown):
        words.say(f"Concurrency: {function}")
        return
    reads: dict[str, Callable[[], Any]] = {
        "reserved": partial(_reserved, client, function),
        "unreserved": partial(_unreserved, client),
        "provisioned": partial(_provisioned, aws, client, function),
        "connections": partial(connections.limit_of_instance, aws),
        "metrics": partial(_metrics, aws, cloudwatch, function),
    }
    answers = aws.in_parallel(reads)
    _show_limits(answers["reserved"], answers["unreserved"], answers["provisioned"])
    executions = answers["reserved"]
    if executions is None:
        executions = answers["unreserved"]
    if not isinstance(executions, Unknown):
        connections.say(aws, executions, answers["connections"])
    _show_metrics(answers["metrics"])


def set_concurrency(aws: Aws, number: int, *, stop: bool = False) -> None:
    """Reserve concurrency for the function: less helps the database, more ends throttles.

    Each execution environment may hold connections of the database: it ends with how many that can be.

    Args:
        number: of requests at the same time, as show-concurrency limits it.
        stop: needed for 0, with which Lambda rejects every request.

    Example: set-concurrency 50
    Calls: cloudformation:DescribeStackResource, lambda:GetAccountSettings,
        lambda:ListProvisionedConcurrencyConfigs, lambda:PutFunctionConcurrency,
        lambda:GetFunctionConcurrency, rds:DescribeDBParameters.
    Takes: seconds.
    Way back: reset-concurrency.
    """
    if number == 0 and not stop:
        raise WrongInput(
            "With 0, Lambda rejects every request. To stop the API: "
            f"{aws.command('set-concurrency', '0', '--stop')}, or better {aws.command('stop-api')}"
        )
    if number and stop:
        raise WrongInput(f"--stop is for 0 only, and the number is {number}.")
    client, function = _function(aws)
    _require_possible(aws, client, function, number)
    words.say(f"Reserves {number} executions for {function}. Way back: {aws.command('reset-concurrency')}")
    client.put_function_concurrency(FunctionName=function, ReservedConcurrentExecutions=number)
    _say_reserved(aws, client, function)


def reset_concurrency(aws: Aws) -> None:
    """Reserve the concurrency of the last deploy again.

    Calls: cloudformation:DescribeStackResource, lambda:PutFunctionConcurrency,
        lambda:DeleteFunctionConcurrency, lambda:GetFunctionConcurrency, rds:DescribeDBParameters.
    Takes: seconds.
    Way back: set-concurrency.
    """
    client, function = _function(aws)
    number = int(aws.parameter("ApiFunction", "LambdaReservedConcurrency"))
    if number == 0:
        words.say(f"Reserves nothing for {function}, as its template says.")
        client.delete_function_concurrency(FunctionName=function)
    else:
        words.say(f"Reserves {number} executions for {function}, as its last deploy did.")
        client.put_function_concurrency(FunctionName=function, ReservedConcurrentExecutions=number)
    _say_reserved(aws, client, function)


def set_provisioned_concurrency(aws: Aws, number: int) -> None:
    """Keep a number of execution environments ready; all are billed.

    The next deploy that changes the alias sets the value of its parameter again.

    Args:
        number: at least 1, and at most the reserved concurrency.

    Example: set-provisioned-concurrency 10
    Calls: cloudformation:DescribeStackResource, lambda:GetFunctionConcurrency,
        lambda:PutProvisionedConcurrencyConfig, lambda:GetAlias, lambda:ListProvisionedConcurrencyConfigs.
    Takes: usually 2 to 4 minutes, until they are ready.
    Way back: the same command with the number before, which it prints.
    """
    if number == 0:
        raise WrongInput("The number is 0. Give a whole number of at least 1.")
    client, function = _function(aws)
    highest = _reserved(client, function)
    if highest is not None and number > highest:
        raise WrongInput(
            f"The number is {number}, and the function has reserved {highest}: Lambda cannot provision more."
        )
    alias = aliases.read(aws, client, function)
    if alias.shares:
        words.say("Lambda sets no provisioned concurrency while two versions answer.")
        aliases.wait(aws, client, function, is_needed=True)
    way_back = "none; the template sets none"
    if alias.requested:
        way_back = aws.command("set-provisioned-concurrency", str(alias.requested))
    if number == alias.requested and not alias.is_blocked:
        words.say(f"{number} environments are requested already: nothing is changed.")
        aliases.wait(aws, client, function)
        return
    words.say(
        f"Keeps {number} environments of {function} ready, instead of {alias.requested}. Way back: {way_back}"
    )
    aliases.provision(aws, client, function, number)
    aliases.wait(aws, client, function)


def _function(aws: Aws) -> tuple[Any, str]:
    """Return the client for the function, and its name."""
    client = aws.client("lambda", aws.environment.stack_of("ApiFunction").region)
    return client, aws.physical_id("ApiFunction")


def _require_possible(aws: Aws, client: Any, function: str, number: int) -> None:
    """Check that Lambda would reserve a number of executions.

    Raises:
        WrongInput: it is more than the account has, or less than what is provisioned.
    """
    provisioned = _provisioned(aws, client, function)
    if 0 < number < provisioned:
        raise WrongInput(
            f"The number is {number}, and {provisioned} environments are provisioned: Lambda reserves no "
            f"less. To go lower, first: {aws.command('set-provisioned-concurrency', str(number))}"
        )
    reserved = _reserved(client, function) or 0
    highest = max(0, reserved + _unreserved(client) - _UNRESERVED_MINIMUM)
    if number > highest:
        raise WrongInput(
            f"The number is {number}, and the account has {highest}: Lambda keeps {_UNRESERVED_MINIMUM} "
            "unreserved. To have more, request a higher quota of concurrent executions."
        )


def _say_reserved(aws: Aws, client: Any, function: str) -> None:
    """Print what is reserved now, and the connections that it can open."""
    aws.end_dry_run("show what is reserved")
    reserved = _reserved(client, function)
    if reserved is None:
        words.say(
            f"Now nothing is reserved for {function}: it uses what the account has left. Its connections: "
            f"{aws.command('show-concurrency')}"
        )
    elif reserved == 0:
        words.say("Now Lambda rejects every request.")
    else:
        words.say(f"Now at most {reserved} requests run at the same time; Lambda throttles the others.")
        connections.say(aws, reserved, aws.ask(partial(connections.limit_of_instance, aws)))


def _reserved(client: Any, function: str) -> int | None:
    """Return the reserved concurrency; None without any. With 0, Lambda rejects every request."""
    answer = client.get_function_concurrency(FunctionName=function)
    reserved: int | None = answer.get("ReservedConcurrentExecutions")
    return reserved


def _unreserved(client: Any) -> int:
    return int(client.get_account_settings()["AccountLimit"]["UnreservedConcurrentExecutions"])


def _provisioned(aws: Aws, client: Any, function: str) -> int:
    """Return the requested provisioned concurrency of all aliases and versions."""
    answer = aws.all_pages(client, "ListProvisionedConcurrencyConfigs", FunctionName=function)
    number = 0
    for config in answer["ProvisionedConcurrencyConfigs"]:
        number += config["RequestedProvisionedConcurrentExecutions"]
    return number


def _metrics(aws: Aws, client: Any, function: str) -> dict[datetime, dict[str, float]]:
    """Return time -> metric -> value."""
    end = words.now()
    queries = []
    for metric, statistic in _STATISTICS.items():
        dimensions = [{"Name": "FunctionName", "Value": function}]
        queries.append(
            {
                "Id": metric.lower(),
                "Label": metric,
                "MetricStat": {
                    "Metric": {"Namespace": "AWS/Lambda", "MetricName": metric, "Dimensions": dimensions},
                    "Period": _PERIOD_SECONDS,
                    "Stat": statistic,
                },
            }
        )
    answer = aws.all_pages(
        client,
        "GetMetricData",
        MetricDataQueries=queries,
        StartTime=end - timedelta(hours=_HOURS),
        EndTime=end,
    )
    values: dict[datetime, dict[str, float]] = {}
    for result in answer["MetricDataResults"]:
        for time, value in zip(result["Timestamps"], result["Values"], strict=True):
            values.setdefault(time, {})[result["Label"]] = value
    return values


def _show_limits(
    reserved: int | Unknown | None, unreserved: int | Unknown, provisioned: int | Unknown
) -> None:
    highest: int | Unknown
    if isinstance(reserved, Unknown):
        highest = reserved
    elif isinstance(unreserved, Unknown):
        highest = unreserved
    else:
        highest = (reserved or 0) + unreserved - _UNRESERVED_MINIMUM
    words.say(f"Reserved for the function: {_in_words(reserved)}. Unreserved in the account: {unreserved}.")
    if isinstance(highest, int) and highest < 0:  # the quota of a new account is 10
        words.say(f"For set-concurrency: no value, because Lambda keeps {_UNRESERVED_MINIMUM} unreserved.")
        return
    words.say(f"For set-concurrency: lowest value {provisioned} (provisioned), highest value {highest}.")


def _in_words(reserved: int | Unknown | None) -> str:
    if reserved is None:
        return "nothing"
    if reserved == 0:
        return "0, so Lambda rejects every request"
    return str(reserved)


def _show_metrics(answer: dict[datetime, dict[str, float]] | Unknown) -> None:
    if isinstance(answer, Unknown):
        words.say(f"Metrics: {answer}")
        return
    header = [f"{metric} ({statistic.lower()})" for metric, statistic in _STATISTICS.items()]
    rows = [(words.in_jst(time), *_cells(answer[time])) for time in sorted(answer)[-_ROWS:]]
    words.table(("5 minutes from", *header), rows)
    if not rows:
        words.say(f"There were no requests in the last {_HOURS} hours.")


def _cells(values: Mapping[str, float]) -> Sequence[str]:
    return [f"{values[metric]:.0f}" if metric in values else "" for metric in _STATISTICS]
