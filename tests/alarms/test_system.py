"""The model of the system: what its services send, and that no alarm is given its own numbers."""

from __future__ import annotations

import json

import pytest

from .deployed import deployed
from .log_filters import matches
from .scenarios import DOMAIN
from .state import LOADS, State
from .streams import Metric, Points
from .system import Call, System

PROD = System(deployed("prod", DOMAIN))


def sent(state: State) -> dict[str, Points]:
    """Return the name of each metric and what is sent about it, for the API's stage and the writer."""
    streams = PROD.metrics({0: state, 1: state})
    return {
        metric.name: points[1]
        for metric, points in streams.items()
        if {name for name, _ in metric.dimensions} != {"ApiName"}
        and ("Role", "READER") not in metric.dimensions
    }


def total(points: Points) -> float:
    """Return the sum of the values."""
    return sum(value * count for value, count in points)


def test_every_alarm_watches_a_metric_that_is_sent() -> None:
    """Name, dimensions, region and namespace of each alarm are those that the services send."""
    busy = State(dead_letters=1, reader="up")
    known = PROD.metrics(dict.fromkeys(range(301), busy)).keys()
    for one in deployed("prod", DOMAIN).alarms:
        for query in one.alarm.queries:
            assert query.metric in known, f"{one.what}: no service sends {query.metric}"


@pytest.mark.parametrize(
    ("error_type", "counted"),
    [
        ("INVALID_API_KEY", True),
        ("QUOTA_EXCEEDED", True),
        ("THROTTLED", True),
        ("-", False),
        ("INTEGRATION_FAILURE", False),
    ],
)
def test_the_access_log_is_counted(error_type: str, counted: bool) -> None:
    """A line in the template's format is JSON; the template's filter counts what stops every caller."""
    line = PROD.access_log_line(Call(403, error_type, 0.01, 1))
    (filter_,) = (one for one in deployed("prod").log_metrics if one.log_group == PROD.access_log)

    assert json.loads(line)["status"] == "403"
    assert json.loads(line)["errorType"] == error_type
    assert matches(filter_.pattern, line) == counted


def test_a_dead_database_reaches_the_visitors() -> None:
    """Without database the function fails, API and CloudFront answer 5XX; cached calls go on."""
    fine, dead = sent(LOADS["day"]), sent(State(writer="down", reader="down"))

    assert total(fine["Errors"]) == total(fine["5XXError"]) == total(fine["5xxErrorRate"]) == 0
    assert total(dead["Errors"]) == total(dead["5XXError"]) == pytest.approx(0.7 * State().calls)
    assert total(dead["5xxErrorRate"]) == pytest.approx(100 * 280 / 822)
    assert "CPUUtilization" in fine
    assert "CPUUtilization" not in dead


def test_the_quota_is_the_days() -> None:
    """The 1,000,001st call of a day is refused, the first one of the next day is not."""
    state = State(calls=1000)
    minutes = dict.fromkeys(range(1441), state)
    refused = PROD.metrics(minutes)[
        Metric(PROD.tokyo, "CSR-Lambda-API", "csr-lambda-api-prod-refused-requests", frozenset())
    ]

    assert [total(refused[minute]) for minute in (999, 1000, 1439, 1440)] == [0, 1000, 1000, 0]


def test_without_requests_there_are_no_data() -> None:
    """API, function and log send nothing when no one calls, CloudFront only the requests of the probe."""
    names = sent(LOADS["idle"]).keys()

    assert names.isdisjoint(
        {"Count", "Latency", "Errors", "Duration", "csr-lambda-api-prod-refused-requests"}
    )
    assert "4xxErrorRate" in names
    assert PROD.metrics({0: LOADS["idle"]._replace(data="off")}) == {}
