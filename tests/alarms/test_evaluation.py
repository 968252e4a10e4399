"""The evaluator, tested with the examples of the AWS documentation."""

from typing import Any

import pytest

from .deployed import deployed
from .evaluation import ALARM, INSUFFICIENT, OK, Alarm, Change, alarm_of, changes, outcome
from .streams import Metric, Points

KEEPS = None
TREATMENTS = ("missing", "ignore", "breaching", "notBreaching")
METRIC = Metric("us-east-1", "N", "M", frozenset())
PROPERTIES = {
    "AlarmName": "a",
    "Namespace": "N",
    "MetricName": "M",
    "Statistic": "Sum",
    "Period": 300,
    "EvaluationPeriods": 3,
    "Threshold": 3,
    "ComparisonOperator": "GreaterThanThreshold",
}


def an_alarm(**properties: Any) -> Alarm:
    """Return an alarm with these properties in addition to the ones above."""
    return alarm_of(PROPERTIES | properties, "us-east-1")


def minutes(values: str, scale: int = 1) -> dict[int, Points]:
    """Return a stream with one digit per minute; - is a minute without data."""
    return {
        minute * scale: ((float(value), 1.0),) for minute, value in enumerate(values.split()) if value != "-"
    }


def run(alarm: Alarm, stream: dict[int, Points], end: int, **options: Any) -> list[Change]:
    """Return the changes of an alarm from minute 0."""
    return list(changes(alarm, {METRIC: stream}, 0, end, **options))


@pytest.mark.parametrize(
    ("points", "datapoints", "states"),
    [
        # 3 out of 3:
        # https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
        ("0 - X - X", 3, (OK, OK, OK, OK)),
        ("0 - - - -", 3, (OK, OK, OK, OK)),
        ("- - - - -", 3, (INSUFFICIENT, KEEPS, ALARM, OK)),
        ("0 X X - X", 3, (ALARM, ALARM, ALARM, ALARM)),
        ("- - X - -", 3, (ALARM, KEEPS, ALARM, OK)),
        # 2 out of 3
        ("0 - X - X", 2, (ALARM, ALARM, ALARM, ALARM)),
        ("0 0 X 0 X", 2, (ALARM, ALARM, ALARM, ALARM)),
        ("0 - X - -", 2, (OK, OK, ALARM, OK)),
        ("- - - - 0", 2, (OK, OK, ALARM, OK)),
        ("- - - X -", 2, (ALARM, KEEPS, ALARM, OK)),
        # Below the tables: not in alarm yet, because the next data point may be within the threshold
        ("- - - - X", 3, (INSUFFICIENT, KEEPS, ALARM, OK)),
        ("- - - X -", 3, (INSUFFICIENT, KEEPS, ALARM, OK)),
        ("- - - X 0", 3, (OK, OK, OK, OK)),
        ("- - X - 0", 3, (OK, OK, OK, OK)),
    ],
)
def test_tables_of_missing_data(points: str, datapoints: int, states: tuple[str | None, ...]) -> None:
    """The results match the tables about missing data, for a range of 5 and 3 evaluation periods."""
    outcomes = tuple(outcome(points.replace(" ", ""), 3, datapoints, treatment) for treatment in TREATMENTS)

    assert outcomes == states


def test_missing_data_after_a_data_point() -> None:
    """Second row of the first table: with breaching, the next evaluation without data changes to ALARM."""
    alarm = an_alarm(Period=60, TreatMissingData="breaching")

    # The five minutes before minute 5 are "0 - - - -". One minute later, the 0 is not in the range.
    assert run(alarm, minutes("0"), 8, state=OK, created=5) == [Change(6, ALARM)]


def test_the_graph_of_the_page() -> None:
    """Three of three above three units: alarm in the fifth period, OK in the sixth.

    A later single breach is none.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
    """
    stream = minutes("2 3 4 5 5 3 3 2 4 2")

    assert run(an_alarm(Period=60), stream, 11) == [
        Change(1, OK),
        Change(5, ALARM),
        Change(6, OK),
    ]


def test_the_window_slides_every_minute() -> None:
    """After minute 5, an alarm uses minutes 1 to 5.

    After minute 6, it uses minutes 2 to 6, as on the page.
    """
    alarm = an_alarm(EvaluationPeriods=1, Threshold=5, TreatMissingData="notBreaching")

    assert run(alarm, minutes("1 1 1 1 1 2 0 0"), 9, state=OK) == [Change(6, ALARM), Change(7, OK)]


def test_alarms_of_more_than_a_day_are_evaluated_by_the_hour() -> None:
    """In the example of the page, a job fails at 10:02. The alarm does not change at 10:03 but at 11:03."""
    alarm = an_alarm(Period=86_400, DatapointsToAlarm=1, Threshold=0, TreatMissingData="notBreaching")
    failures: dict[int, Points] = {10 * 60 + 2: ((1.0, 1.0),)}

    assert run(alarm, failures, 10 * 60 + 4, state=OK) == []
    assert [change.state for change in run(alarm, failures, 11 * 60 + 4, state=OK)] == [ALARM]


def test_data_from_before_the_alarm_count() -> None:
    """A new alarm also uses data points from before its creation, according to the page."""
    assert run(an_alarm(Period=60), minutes("5 5 5 5"), 6, created=4) == [Change(4, ALARM)]


@pytest.mark.parametrize("datapoints", [1, 3])
def test_warm_up_ends_early(datapoints: int) -> None:
    """Example of the page: an alarm created at 10:00 has data from 10:04, and is evaluated from about 10:19.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-warm-up.html
    """
    alarm = an_alarm(
        TreatMissingData="breaching",
        DatapointsToAlarm=datapoints,  # does not affect when the warm-up ends
        Threshold=0,
        WarmUpConfiguration={"WarmUpPeriodDurationInMinutes": 60},
    )
    stream: dict[int, Points] = dict.fromkeys(range(4, 120), ((1.0, 1.0),))

    assert run(alarm, stream, 120, created=0) == [Change(19, ALARM)]


def test_warm_up_without_data_lasts_its_full_time() -> None:
    """With OnlyStartEvaluatingAfterWarmUpPeriodEnds, the warm-up with data also lasts its full time."""
    properties: dict[str, Any] = {
        "TreatMissingData": "breaching",
        "WarmUpConfiguration": {"WarmUpPeriodDurationInMinutes": 60},
    }
    assert run(an_alarm(**properties), {}, 120, created=10) == [Change(70, ALARM)]
    properties["WarmUpConfiguration"]["OnlyStartEvaluatingAfterWarmUpPeriodEnds"] = True
    stream: dict[int, Points] = dict.fromkeys(range(120), ((9.0, 1.0),))
    assert run(an_alarm(**properties), stream, 120, created=10) == [Change(70, ALARM)]


def test_percentiles_of_few_samples() -> None:
    """p99 of fewer than 1000 samples does not change the state if the alarm is configured to ignore it.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/percentiles-with-low-samples.html
    """
    properties = {"ExtendedStatistic": "p99", "Statistic": None, "Period": 60, "EvaluationPeriods": 1}
    careful = an_alarm(**properties, EvaluateLowSampleCountPercentile="ignore")
    for samples, expected in ((999.0, []), (1000.0, [Change(1, ALARM)])):
        assert run(careful, {0: ((9.0, samples),)}, 2) == [*expected]
    assert (
        run(an_alarm(**properties), {0: ((9.0, 1.0),)}, 2) == [Change(0, INSUFFICIENT), Change(1, ALARM)][1:]
    )


def test_delayed_data_delays_the_alarm() -> None:
    """If data arrives two minutes late, a change of the state happens two minutes later."""
    alarm = an_alarm(Period=60, EvaluationPeriods=1, Statistic="Maximum", TreatMissingData="notBreaching")
    stream = minutes("1 1 1 9 1 1 1")

    assert run(alarm, stream, 8, state=OK) == [Change(4, ALARM), Change(5, OK)]
    assert run(alarm, stream, 8, state=OK, delay=2) == [Change(6, ALARM), Change(7, OK)]


def test_math_is_evaluated_per_period() -> None:
    """An alarm with an expression reads its metrics. A dropped data point is treated as missing."""
    metric = {"Namespace": "N", "MetricName": "M"}
    alarm = alarm_of(
        {
            "AlarmName": "a",
            "Metrics": [
                {
                    "Id": "m",
                    "MetricStat": {"Metric": metric, "Stat": "Sum", "Period": 60},
                    "ReturnData": False,
                },
                {"Id": "e", "Expression": "12 / m"},
            ],
            "EvaluationPeriods": 1,
            "Threshold": 5,
            "ComparisonOperator": "GreaterThanThreshold",
            "TreatMissingData": "notBreaching",
        },
        "us-east-1",
    )

    assert run(alarm, minutes("3 2 0 0 0 3"), 8, state=OK) == [Change(2, ALARM), Change(5, OK)]


def test_actions() -> None:
    """Each state has its topics. If actions are disabled, there are none."""
    topics = {"AlarmActions": ["t"], "OKActions": ["t", "u"]}

    assert an_alarm(**topics).notifies == {OK: ("t", "u"), ALARM: ("t",), INSUFFICIENT: ()}
    assert set(an_alarm(**topics, ActionsEnabled="false").notifies.values()) == {()}


def test_unsupported_properties_are_refused() -> None:
    """A property that the simulation does not support raises an error."""
    with pytest.raises(ValueError, match=r"^a: the simulation does not know EvaluationWindow\.$"):
        an_alarm(EvaluationWindow={"SlidingWindow": {}})
    with pytest.raises(ValueError, match=r"^a: needs one expression over metrics of one period\.$"):
        alarm_of({"AlarmName": "a", "Metrics": []}, "us-east-1")


@pytest.mark.parametrize("weighted", [True, False], ids=["average of requests", "average of minutes"])
@pytest.mark.parametrize(
    ("minutes_with", "rolls_back"),
    [
        ([(1, 1), (0, 100), (0, 100), (0, 100), (0, 100)], False),
        ([(1, 1), (1, 1), (0, 900), (1, 1), (1, 1)], False),
        ([(4, 4)], False),
        ([(4, 100)] * 5, False),
        ([(1, 1)] * 5, True),
        ([(6, 100)] * 5, True),
    ],
)
def test_frontend_deploy_is_rolled_back_for_enough_failures(
    minutes_with: list[tuple[int, int]], rolls_back: bool, weighted: bool
) -> None:
    """At least 5 requests must fail, whether CloudFront's average is one of requests or of minutes.

    A minute has failed requests, and all of them.
    """
    alarm = next(alarm.alarm for alarm in deployed("prod").alarms if alarm.what == "frontend-deploy-failing")
    streams: dict[Metric, dict[int, Points]] = {}
    for query in alarm.queries:
        stream = streams.setdefault(query.metric, {})
        for minute, (failed, total) in enumerate(minutes_with):
            rate = ((100 * failed / total, float(total) if weighted else 1.0),)
            stream[minute] = rate if query.metric.name == "5xxErrorRate" else ((1.0, float(total)),)

    fired = [change for change in changes(alarm, streams, 0, 10) if change.state == ALARM]

    assert bool(fired) == rolls_back
    assert not rolls_back or sum(failed for failed, _ in minutes_with) >= 5
