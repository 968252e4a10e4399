"""The dashboard of the api stack."""

from collections.abc import Collection
from functools import partial

from csr_templates.stacks import contract
from csr_templates.stacks.parts import widgets


def overview(template: widgets.Template, stacks: Collection[str]) -> list[list[widgets.Widget]]:
    """Return the rows of the dashboard: the API on the left, the function on the right."""
    stage = {
        dimension["Name"]: dimension["Value"]
        for dimension in widgets.resource(template, "Api5xxAlarm")["Properties"]["Dimensions"]
    }
    function = {"FunctionName": {"Ref": "ApiFunction"}}
    alias = function | {"Resource": {"Fn::Sub": "${ApiFunction}:${Environment}"}}
    quota = int(widgets.resource(template, "UsagePlan")["Properties"]["Quota"]["Limit"])
    alarm = partial(widgets.alarm_metric, template)
    threshold = partial(widgets.threshold, template)
    logged = partial(_logged, template)
    return [
        [widgets.links(contract.linked_dashboards(stacks))],
        [widgets.alarm_states(template, "Alarms")],
        [
            widgets.graph(
                "Requests", "per 5 min", [widgets.metric("AWS/ApiGateway", "Count", "All", "Sum", 300, stage)]
            ),
            widgets.graph(
                "Failed or refused requests",
                "percent",
                widgets.alarm_expression(template, "ApiMostlyFailingAlarm", "of all requests"),
                [threshold("ApiMostlyFailingAlarm")],
            ),
            widgets.graph(
                "Concurrency",
                "at a time",
                [
                    alarm("LambdaConcurrencyAlarm", "In use"),
                    widgets.metric(
                        "AWS/Lambda",
                        "ProvisionedConcurrentExecutions",
                        "Provisioned, in use",
                        "Maximum",
                        300,
                        alias,
                    ),
                ],
                [
                    threshold("LambdaConcurrencyAlarm"),
                    widgets.limit("Database connections", contract.DATABASE_MAX_CONNECTIONS),
                    widgets.when(
                        "HasProvisionedConcurrency",
                        widgets.limit("Provisioned", {"Ref": "LambdaProvisionedConcurrency"}),
                    ),
                    widgets.when(
                        "HasReservedConcurrency",
                        widgets.limit("Reserved", {"Ref": "LambdaReservedConcurrency"}),
                    ),
                ],
            ),
        ],
        [
            widgets.graph(
                "Errors",
                "per 5 min",
                [alarm("Api4xxAlarm", "4XX"), alarm("Api5xxAlarm", "5XX")],
                [threshold("Api4xxAlarm"), threshold("Api5xxAlarm")],
            ),
            widgets.graph(
                "Function failures",
                "per 5 min",
                [
                    alarm("LambdaErrorsAlarm", "Invocations"),
                    logged("ApplicationErrorsFilter", "Errors in the log", "Sum"),
                    logged("TimeoutsFilter", "Timeouts", "Sum"),
                    logged("OutOfMemoryFilter", "Out of memory", "Sum"),
                ],
                [threshold("LambdaErrorsAlarm")],
            ),
        ],
        [
            widgets.graph(
                "Latency", "ms", _percentiles(template, "ApiLatencyAlarm"), [threshold("ApiLatencyAlarm")]
            ),
            widgets.graph(
                "Function duration",
                "ms",
                _percentiles(template, "LambdaDurationAlarm"),
                [threshold("LambdaDurationAlarm")],
            ),
        ],
        [
            widgets.graph(
                "Cache",
                "per 5 min",
                [
                    widgets.metric("AWS/ApiGateway", "CacheHitCount", "Hits", "Sum", 300, stage),
                    widgets.metric("AWS/ApiGateway", "CacheMissCount", "Misses", "Sum", 300, stage),
                ],
            ),
            widgets.graph(
                "Cold starts",
                "ms",
                [
                    logged("InitDurationFilter", "Longest", "Maximum"),
                    logged("InitDurationFilter", "Average", "Average"),
                ],
            ),
        ],
        [
            widgets.graph(
                "Dead-letter queue",
                "waiting",
                [alarm("DeadLettersAlarm", "Events")],
                [threshold("DeadLettersAlarm")],
            ),
            widgets.graph(
                "Throttles",
                "per 5 min",
                [alarm("LambdaThrottlesAlarm", "Throttled")],
                [threshold("LambdaThrottlesAlarm")],
            ),
            widgets.graph(
                "Daily quota",
                "per 24 h",
                [alarm("ApiQuotaAlarm", "Requests")],
                [threshold("ApiQuotaAlarm"), widgets.limit("Quota", quota)],
            ),
        ],
    ]


def _percentiles(template: widgets.Template, alarm: str) -> list[widgets.Metric]:
    """Return the metric of an alarm at its own percentile, and at a lower and a higher one."""
    *identity, options = widgets.alarm_metric(template, alarm, "")
    return [[*identity, {**options, "label": stat, "stat": stat}] for stat in ("p50", options["stat"], "p99")]


def _logged(template: widgets.Template, metric_filter: str, label: str, stat: str) -> widgets.Metric:
    """Return the metric of a metric filter."""
    (written,) = widgets.resource(template, metric_filter)["Properties"]["MetricTransformations"]
    return widgets.metric(written["MetricNamespace"], written["MetricName"], label, stat, 300, {})
