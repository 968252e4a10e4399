"""The model of the system: the metrics that its services send, independent of the alarms."""

import inspect
import json
from collections.abc import Collection

import pytest

from tests.system import PROJECT

from .deployed import CRITICAL, NORMAL, DeployedAlarm, deployed, physical_name, updated
from .log_filters import matches
from .scenarios import COMPLETE, DOMAIN, sent_metrics
from .state import LOADS, State
from .streams import Metric, Points
from .system import Call, System, Update

PROD = System(deployed("prod", DOMAIN))


def sent(state: State) -> dict[str, Points]:
    """Return the data of each metric, for the stage of the API and the writer."""
    streams = PROD.metrics({0: state, 1: state})
    points_of = {}
    for metric, points in streams.items():
        names = {name for name, _ in metric.dimensions}
        if names != {"ApiName"} and ("Role", "READER") not in metric.dimensions:
            points_of[metric.name] = points[1]
    return points_of


def total(points: Points) -> float:
    """Return the sum of the values."""
    return sum(value * count for value, count in points)


def test_every_alarm_watches_a_metric_that_is_sent() -> None:
    """Name, dimensions, region and namespace of each alarm are those of a metric that a service sends.

    An alarm that notifies the normal topic can also watch another resource, or a metric that the model does
    not know. Lint rules check its name and dimensions.
    """
    for alarm in deployed("prod", COMPLETE).alarms:
        for query in alarm.alarm.queries:
            assert query.metric in sent_metrics() or may_watch(alarm, query.metric), (
                f"{alarm.what}: {advice(query.metric, sent_metrics())}"
            )


def may_watch(alarm: DeployedAlarm, metric: Metric) -> bool:
    """Return whether an alarm can watch a metric that the model does not send."""
    if alarm.topic != NORMAL:
        return False
    alike = [
        sent for sent in sent_metrics() if (sent.namespace, sent.name) == (metric.namespace, metric.name)
    ]
    return not alike or any(is_of_another_resource(alarm, metric, sent) for sent in alike)


def is_of_another_resource(alarm: DeployedAlarm, metric: Metric, sent: Metric) -> bool:
    """Return whether a metric differs from one that is sent only by the names of resources of the stack."""
    watched, of_sent = dict(metric.dimensions), dict(sent.dimensions)
    resources = deployed("prod", COMPLETE).resources[alarm.stack]
    names = {physical_name(logical_id, resource) for logical_id, resource in resources.items()}
    return (
        metric.region == sent.region
        and watched.keys() == of_sent.keys()
        and all(value in names or value == of_sent[name] for name, value in watched.items())
    )


def test_a_normal_alarm_may_watch_what_the_model_does_not_send() -> None:
    """Another resource, or another metric: but not with wrong dimensions or in another region."""
    alarm = next(alarm for alarm in deployed("prod", COMPLETE).alarms if alarm.stack == "api")
    normal, critical = alarm._replace(topic=NORMAL), alarm._replace(topic=CRITICAL)
    queue = Metric(PROD.tokyo, "AWS/SQS", "Age", frozenset({("QueueName", "DeadLetterQueue")}))
    role = Metric(PROD.tokyo, "AWS/Lambda", "Errors", frozenset({("FunctionName", "ExecutionRole")}))

    assert may_watch(normal, queue)
    assert may_watch(normal, role)
    assert not may_watch(critical, queue)
    assert not may_watch(normal, role._replace(region=PROD.virginia))
    assert not may_watch(normal, role._replace(dimensions=frozenset({("FunctionName", "unknown")})))
    assert not may_watch(normal, role._replace(dimensions=frozenset({("Function", "ExecutionRole")})))


def advice(metric: Metric, watchable: Collection[Metric]) -> str:
    """Return what to write for an alarm on a metric that the model does not send."""
    alike = [
        candidate
        for candidate in watchable
        if (candidate.namespace, candidate.name) == (metric.namespace, metric.name)
    ]
    if alike:
        places = {f"{candidate.region} {dict(sorted(candidate.dimensions))}" for candidate in alike}
        return (
            f"{metric.namespace} {metric.name} is sent to {' and '.join(sorted(places))}, but the alarm "
            f"watches {metric.region} {dict(sorted(metric.dimensions))}. Correct the dimensions of the alarm."
        )
    senders = [
        name
        for name, method in inspect.getmembers(System, inspect.isfunction)
        if f'"{metric.namespace}"' in inspect.getsource(method)
    ]
    return (
        f"the model does not send {metric.namespace} {metric.name}. In tests/alarms/system.py, add it to "
        f"{' or '.join(senders) or 'a new method of System'}, with the dimensions {dict(metric.dimensions)} "
        "and the page of AWS that lists them. If scenarios change its value, add the value to State in "
        "tests/alarms/state.py. An alarm that notifies the normal topic does not need it."
    )


@pytest.mark.parametrize(
    ("metric", "sentence"),
    [
        (
            Metric("r", "AWS/NATGateway", "ActiveConnectionCount", frozenset({("NatGatewayId", "N")})),
            "In tests/alarms/system.py, add it to _network, with the dimensions {'NatGatewayId': 'N'} ",
        ),
        (Metric("r", "AWS/EFS", "Size", frozenset()), "add it to a new method of System, with"),
        (
            Metric("r", "AWS/SQS", "Age", frozenset({("Queue", "Q")})),
            "AWS/SQS Age is sent to r {'QueueName': 'Q'}, but the alarm watches r {'Queue': 'Q'}. Correct",
        ),
    ],
)
def test_advice(metric: Metric, sentence: str) -> None:
    """The message about an unknown metric says where to write it, or which dimensions are right."""
    assert sentence in advice(metric, [Metric("r", "AWS/SQS", "Age", frozenset({("QueueName", "Q")}))])


@pytest.mark.parametrize(
    ("error_type", "counted"),
    [
        ("INVALID_API_KEY", "keyless-requests"),
        ("QUOTA_EXCEEDED", "accepted-requests limited-requests"),
        ("THROTTLED", "accepted-requests limited-requests"),
        ("-", "accepted-requests"),
        ("INTEGRATION_FAILURE", "accepted-requests"),
    ],
)
def test_the_access_log_is_counted(error_type: str, counted: str) -> None:
    """The log is JSON in the format of the template. The filters count who is accepted and who is refused."""
    line = PROD.access_log_line(Call(403, error_type, 0.01, 1))
    filters = [
        log_metric for log_metric in deployed("prod").log_metrics if log_metric.log_group == PROD.access_log
    ]

    assert json.loads(line)["errorType"] == error_type
    matching = [log_metric.name for log_metric in filters if matches(log_metric.pattern, line)]
    assert matching == counted.split()


def test_visitors_receive_errors_if_the_database_is_down() -> None:
    """If the database is down, the function fails and the API returns 5XX. Cached calls still succeed."""
    fine, dead = sent(LOADS["day"]), sent(State(writer="down", reader="down"))
    stuck = sent(State(writer="stuck", reader="stuck"))

    assert total(fine["Errors"]) == total(fine["5XXError"]) == total(fine["5xxErrorRate"]) == 0
    assert total(dead["Errors"]) == total(dead["5XXError"]) == pytest.approx(0.7 * State().calls)
    assert total(dead["5xxErrorRate"]) == pytest.approx(100 * 280 / 822)
    assert "CPUUtilization" in fine
    assert "CPUUtilization" not in dead
    assert total(stuck["Errors"]) == total(dead["Errors"])
    assert stuck.keys() - dead.keys() == {"CPUUtilization"}  # the hypervisor measures it


def test_the_quota_applies_to_a_day() -> None:
    """Calls over 1,000,000 in a day are rejected. The first call of the next day is not."""
    state = State(calls=1000)
    minutes = dict.fromkeys(range(1441), state)
    refused = PROD.metrics(minutes)[
        Metric(PROD.tokyo, f"{PROJECT}-prod-access-log", "limited-requests", frozenset())
    ]

    assert [total(refused[minute]) for minute in (999, 1000, 1439, 1440)] == [0, 1000, 1000, 0]


def test_without_requests_there_are_no_data() -> None:
    """Without calls, API, function and log do not send metrics.

    CloudFront sends only the requests of the probe.
    """
    names = sent(LOADS["idle"]).keys()

    assert names.isdisjoint({"Count", "Latency", "Errors", "Duration", "limited-requests"})
    assert "4xxErrorRate" in names
    assert PROD.metrics({0: LOADS["idle"]._replace(data="off")}) == {}


@pytest.mark.parametrize(
    ("complete", "unhealthy"),
    [({}, set()), ({"SiteProbe": 0}, {1, 2, 3, 4})],
    ids=["after the record", "before the record"],
)
def test_a_probe_that_requests_a_new_domain_too_early(complete: dict[str, int], unhealthy: set[int]) -> None:
    """A probe is unhealthy from its second request of a name whose record does not exist yet."""
    recreated = updated("prod", (), DOMAIN)
    update = Update(deployed("prod"), recreated | complete)
    status = Metric(
        PROD.virginia, "AWS/Route53", "HealthCheckStatus", frozenset({("HealthCheckId", "SiteProbe")})
    )

    points = PROD.metrics(dict.fromkeys(range(-5, 20), State()), update=update)[status]

    assert recreated["DomainRecordIPv4"] == recreated["SiteProbe"] == 5  # the distribution takes 5 minutes
    assert {minute for minute, (point,) in points.items() if point[0] == 0} == unhealthy
