"""The concurrency of the function."""

from datetime import UTC, datetime, timedelta

import pytest

from . import databases
from .conftest import Operator
from .recorded import FAULTS
from .stacks import PREFIX


@pytest.fixture
def running(operator: Operator) -> Operator:
    """Production with a database, and a function with provisioned concurrency of 10."""
    operator.world.create_function()
    operator.world.provision()
    databases.deploy(operator.world)
    return operator


def reserved(operator: Operator) -> object:
    """Return the reserved concurrency."""
    answer = operator.world.client("lambda").get_function_concurrency(FunctionName=operator.world.function)
    return answer.get("ReservedConcurrentExecutions")


def test_limits_and_the_last_hours_are_shown(running: Operator) -> None:
    """Throttled requests are added up; the highest value leaves 100 executions to the account."""
    running.run("set-concurrency", "50")
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    dimensions = [{"Name": "FunctionName", "Value": running.world.function}]
    for metric, values in (("Throttles", (1, 1, 1)), ("ConcurrentExecutions", (40, 50, 45))):
        data = [
            {
                "MetricName": metric,
                "Dimensions": dimensions,
                "Value": value,
                "Timestamp": now - timedelta(hours=1),
            }
            for value in values
        ]
        running.world.client("cloudwatch").put_metric_data(Namespace="AWS/Lambda", MetricData=data)

    run = running.run("show-concurrency")

    assert (run.status, run.err) == (0, [])
    assert run.out[1:3] == [
        "Reserved for the function: 50. Unreserved in the account: 500.",
        "For set-concurrency: lowest value 10 (provisioned), highest value 450.",
    ]
    assert run.out[4].split()[3:7] == ["ConcurrentExecutions", "(maximum)", "Throttles", "(sum)"]
    assert run.out[-1].split("JST")[1].split() == ["50", "3"]


def test_a_new_account_can_reserve_nothing(running: Operator) -> None:
    """Its quota is 10, and Lambda keeps 100 unreserved."""
    running.world.recorder.answers["lambda:GetAccountSettings"] = {
        "AccountLimit": {"UnreservedConcurrentExecutions": 10}
    }

    run = running.run("show-concurrency")

    assert run.out[2] == "For set-concurrency: no value, because Lambda keeps 100 unreserved."


def test_zero_needs_an_option(running: Operator) -> None:
    """Lambda then rejects every request."""
    run = running.run("set-concurrency", "0")

    assert run.status == 2
    assert run.err[0] == (
        "With 0, Lambda rejects every request. To stop the API: csr-operate prod set-concurrency 0 --stop, "
        "or better csr-operate prod stop-api"
    )
    assert running.run("set-concurrency", "50", "--stop").status == 2
    assert reserved(running) is None
    assert running.run("set-concurrency", "0", "--stop").status == 0
    assert reserved(running) == 0


def test_nothing_reserved_is_not_zero(running: Operator) -> None:
    """Without a reservation, the function uses that of the account; with 0, it has none."""
    nothing = running.run("show-concurrency")
    running.run("set-concurrency", "0", "--stop")
    zero = running.run("show-concurrency")

    assert nothing.out[1] == "Reserved for the function: nothing. Unreserved in the account: 500."
    assert zero.out[1] == (
        "Reserved for the function: 0, so Lambda rejects every request. Unreserved in the account: 500."
    )


def test_the_deployed_concurrency_is_reserved_again(running: Operator) -> None:
    """Not that of the folder, which may be newer than the deploy."""
    running.world.stacks.stacks["api"].parameters["LambdaReservedConcurrency"] = "300"
    running.run("set-concurrency", "50")

    run = running.run("reset-concurrency")

    assert (run.status, run.err) == (0, [])
    assert reserved(running) == 300


def test_without_a_reservation_none_is_set(running: Operator) -> None:
    """0 in the template means no reservation, and for Lambda no request."""
    running.world.stacks.stacks["api"].parameters["LambdaReservedConcurrency"] = "0"
    running.run("set-concurrency", "50")

    run = running.run("reset-concurrency")

    assert run.called[-2:] == ["lambda:DeleteFunctionConcurrency", "lambda:GetFunctionConcurrency"]
    assert run.out[-1].startswith("Now nothing is reserved for ")
    assert reserved(running) is None


def test_provisioned_concurrency_says_what_it_was(running: Operator) -> None:
    """The number before is the way back; 0 is refused."""
    run = running.run("set-provisioned-concurrency", "20")

    assert (run.status, run.err) == (0, [])
    assert run.out[1] == (
        f"Keeps 20 environments of {PREFIX}-api ready, instead of 10. Way back: csr-operate prod "
        "set-provisioned-concurrency 10"
    )
    assert running.run("set-provisioned-concurrency", "0").err == [
        "The number is 0. Give a whole number of at least 1.",
        "Nothing was changed.",
    ]


def test_the_connections_of_a_reservation_are_compared_with_those_of_an_instance(running: Operator) -> None:
    """From the settings that are deployed; one instance has the connections for both endpoints."""
    first = "Connections of an instance of the database: "
    fits = running.run("set-concurrency", "50")
    databases.set_max_connections(running.world, "60")
    too_many = running.run("show-concurrency")
    running.world.stacks.stacks["database"].parameters |= {
        "DatabaseMultiAZ": "false",
        "DatabaseReadReplica": "false",
    }
    single = running.run("show-concurrency")

    assert fits.out[-1] == (
        f"{first}50 executions x 1 + 20 (for operators and RDS) = 70; it accepts 200 (max_connections)."
    )
    assert too_many.out[3] == (
        f"{first}50 executions x 1 + 20 (for operators and RDS) = 70; it accepts 60 (max_connections). That "
        "is too many: from 40 executions down, you can still log in."
    )
    assert single.out[3].startswith(f"{first}50 executions x 2 + 20 (for operators and RDS) = 120;")
    assert single.out[3].endswith("from 20 executions down, you can still log in.")


def test_a_formula_of_rds_is_not_computed(running: Operator) -> None:
    """It depends on the memory of the instance."""
    databases.set_max_connections(running.world, "{DBInstanceClassMemory/12582880}")

    run = running.run("set-concurrency", "50")

    assert (run.status, run.out[-1]) == (
        0, "The parameter group of the database does not set max_connections.",
    )  # fmt: skip


def test_a_reservation_is_made_although_the_database_cannot_be_read(running: Operator) -> None:
    """Less concurrency is what helps it."""
    running.world.recorder.failing["rds:DescribeDBParameters"] = FAULTS["denied"]()

    run = running.run("set-concurrency", "50")

    assert (run.status, run.err, reserved(running)) == (0, [], 50)
    assert run.out[-1].startswith("What an instance of the database accepts (max_connections): ")
