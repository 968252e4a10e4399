"""The values that a metric can have, by the properties of the resource that sends it."""

from typing import Any, NamedTuple

from cfnlint.jsonschema import Validator

from cfn_analysis.rules.support.apis import methods
from cfn_analysis.rules.support.lambdas import FUNCTION
from cfn_analysis.rules.support.metrics import Metric
from cfn_analysis.rules.support.references import sub_text, target
from cfn_analysis.rules.support.scenarios import default_values, number, only_value
from cfn_analysis.rules.support.values import of_type

PATIENCE = 29_000  # milliseconds that an integration of a REST API waits by default
OVERHEAD = 1000  # milliseconds that what ends a call may add to its limit


class Maximum(NamedTuple):
    """The highest value of a metric, and what limits it."""

    most: float
    slack: float
    """What the metric can have beyond it."""
    reason: str


def maximum(metric: Metric) -> Maximum | None:
    """Return the maximum of a metric; None if the template does not determine it."""
    dimensions = metric.dimensions or {}
    if metric.statistic in ("Sum", "SampleCount"):
        return None
    if metric.namespace == "AWS/Lambda" and "FunctionName" in dimensions:
        return _of_function(metric, dimensions["FunctionName"])
    if metric.namespace == "AWS/ApiGateway" and metric.name in ("Latency", "IntegrationLatency"):
        return _of_api(metric.case, sub_text(dimensions.get("ApiName")))
    return None


def _of_function(metric: Metric, name: Any) -> Maximum | None:
    function, properties = target(metric.case, name, FUNCTION)
    if not function:
        return None
    if metric.name == "Duration":
        seconds = _highest(metric.case, properties.get("Timeout", 3))
        if seconds:
            return Maximum(seconds * 1000, OVERHEAD, f"Timeout of {function} is {seconds:g} seconds")
    if metric.name == "ConcurrentExecutions":
        reserved = _highest(metric.case, properties.get("ReservedConcurrentExecutions"))
        if reserved:
            return Maximum(reserved, 0, f"{function} has {reserved:g} ReservedConcurrentExecutions")
    return None


def _highest(case: Validator, value: Any) -> Any:
    """Return the highest of the values that are usual here, where there is one; None if one is not known."""
    limits: list[float] = []
    for written, _ in default_values(case, value):
        if written is None:
            continue
        limit = number(written)
        if limit is None:
            return None
        limits.append(limit)
    return max(limits, default=None)


def _of_api(case: Validator, name: str | None) -> Maximum | None:
    """Return how long a REST API of the template waits for what is behind its methods."""
    resources = case.cfn.template.get("Resources", {})
    if name is None or any(of_type(resources, "AWS::ApiGateway::Authorizer")):
        return None
    for api, _, properties in of_type(resources, "AWS::ApiGateway::RestApi"):
        if sub_text(properties.get("Name")) != name or {"Body", "BodyS3Location"} & set(properties):
            continue
        limits = []
        for method in methods(resources, {"Ref": api}):
            integration = method.properties.get("Integration")
            if not isinstance(integration, dict):
                return None
            limits.append(number(only_value(case, integration.get("TimeoutInMillis", PATIENCE))))
        if limits and None not in limits:
            most = max(limit for limit in limits if limit is not None)
            return Maximum(most, OVERHEAD, f"no integration of {api} waits longer")
    return None
