"""The dashboard of the frontend stack."""

from functools import partial

from csr_templates.stacks import contract
from csr_templates.stacks.parts import widgets


def overview(template: widgets.Template) -> list[list[widgets.Widget]]:
    """Return the rows of the dashboard: is something wrong, and is it origin, cache, WAF or a function?"""
    edge = partial(
        widgets.metric,
        "AWS/CloudFront",
        Period=300,
        dimensions={"DistributionId": {"Ref": "Distribution"}, "Region": "Global"},
    )
    alarm = partial(widgets.alarm_metric, template)
    threshold = partial(widgets.threshold, template)

    def conditional(logical_id: str, graph: widgets.Widget) -> widgets.Widget:
        condition = widgets.resource(template, logical_id).get("Condition")
        widget: widgets.Widget = widgets.when(condition, graph)
        return widget

    return [
        [
            widgets.links(
                {what: {"Ref": "ApiRegion"} for what in contract.STACK_NAMES}
                | {contract.FRONTEND: {"Ref": "AWS::Region"}}
            )
        ],
        [widgets.alarm_states(template, "Alarms", condition="CloudFront")],
        [
            widgets.graph("Requests", "per 5 min", [edge("Requests", "Requests", "Sum")]),
            widgets.graph(
                "Bytes",
                "per 5 min",
                [edge("BytesDownloaded", "To viewers", "Sum"), edge("BytesUploaded", "From viewers", "Sum")],
            ),
            widgets.graph("Cache hit rate", "percent", [edge("CacheHitRate", "Hits", "Average")]),
        ],
        [
            widgets.graph(
                "Errors",
                "percent",
                [alarm("CloudFront4xxAlarm", "4XX"), alarm("CloudFront5xxAlarm", "5XX")],
                [threshold("CloudFront4xxAlarm"), threshold("CloudFront5xxAlarm")],
            ),
            widgets.graph(
                "Origin latency",
                "ms",
                [edge("OriginLatency", "p50", "p50"), alarm("CloudFrontOriginLatencyAlarm", "p90")],
                [threshold("CloudFrontOriginLatencyAlarm")],
            ),
            widgets.when(
                "WAF",
                widgets.graph(
                    "WAF", "requests per 5 min", waf_metrics(template), [threshold("WAFBlockedRequestsAlarm")]
                ),
            ),
        ],
        [
            widgets.graph(
                "CloudFront Functions errors",
                "per 5 min",
                [
                    *function_metrics(template, "FunctionExecutionErrors", "execution", "Sum"),
                    *function_metrics(template, "FunctionValidationErrors", "validation", "Sum"),
                    *function_metrics(template, "FunctionThrottles", "throttled", "Sum"),
                ],
            ),
            widgets.graph(
                "CloudFront Functions compute utilization",
                "percent of the allowed time",
                function_metrics(template, "FunctionComputeUtilization", "used", "Average"),
            ),
        ],
        [
            conditional(
                "SiteUnreachableAlarm",
                widgets.graph(
                    "Health check of the site",
                    "1 is healthy",
                    [alarm("SiteUnreachableAlarm", "Status")],
                    [threshold("SiteUnreachableAlarm")],
                ),
            ),
            conditional(
                "ApiUnreachableAlarm",
                widgets.graph(
                    "Health check of the API",
                    "1 is healthy",
                    [alarm("ApiUnreachableAlarm", "Status")],
                    [threshold("ApiUnreachableAlarm")],
                ),
            ),
            conditional(
                "CertificateExpiringAlarm",
                widgets.graph(
                    "Certificate",
                    "days to expiry",
                    [alarm("CertificateExpiringAlarm", "Days")],
                    [threshold("CertificateExpiringAlarm"), threshold("CertificateExpiringSoonAlarm")],
                ),
            ),
        ],
    ]


def function_metrics(
    template: widgets.Template, MetricName: str, label: str, stat: str
) -> list[widgets.Metric]:
    """Return a metric of each CloudFront Function: if one fails, viewers get an error from CloudFront.

    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/programming-cloudwatch-metrics.html
    """
    return [
        widgets.metric(
            "AWS/CloudFront",
            MetricName,
            f"{logical_id}: {label}",
            stat,
            300,
            {"FunctionName": function["Properties"]["Name"], "Region": "Global"},
        )
        for logical_id, function in template["Resources"].items()
        if function["Type"] == "AWS::CloudFront::Function"
    ]


def waf_metrics(template: widgets.Template) -> list[widgets.Metric]:
    """Return the requests that WAF allowed, and those that each rule blocked or counted."""
    web_acl = widgets.resource(template, "WebACL")["Properties"]
    total = {"WebACL": web_acl["VisibilityConfig"]["MetricName"], "Rule": "ALL"}
    rules = {
        rule["VisibilityConfig"]["MetricName"]: "Count" in rule.get("Action", {}) for rule in web_acl["Rules"]
    }
    first, *others = [rule for rule, counts in rules.items() if not counts]
    return [
        widgets.metric("AWS/WAFV2", "AllowedRequests", "Allowed", "Sum", 300, total),
        widgets.alarm_metric(template, "WAFBlockedRequestsAlarm", f"Blocked: {first}", Rule=first),
        # "..." repeats the values of the metric before.
        *[["...", rule, {"label": f"Blocked: {rule}", "stat": "Sum", "period": 300}] for rule in others],
        *[
            widgets.metric(
                "AWS/WAFV2", "CountedRequests", f"Counted: {rule}", "Sum", 300, {**total, "Rule": rule}
            )
            for rule, counts in rules.items()
            if counts
        ],
    ]
