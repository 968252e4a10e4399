from collections.abc import Iterator
from typing import Any

from cfnlint.helpers import is_function

from cfn_analysis.rules.support.documents import each
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator, properties_of
from cfn_analysis.rules.support.scenarios import number
from cfn_analysis.rules.support.values import Path, values

LIMITS = ("ThrottlingRateLimit", "ThrottlingBurstLimit", "RateLimit", "BurstLimit")


class ThrottleOfZero(Rule):
    """Throttling limit of 0.

    The rate is the number of requests added to the bucket each second, and the burst is the size of the
    bucket. With either at 0, API Gateway returns 429 Too Many Requests for every request. Without the
    property, the limits of the account apply. Remove a method that must not be called.
    """

    id = "W9544"
    source_url = (
        "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html"
    )
    fault_class = "protections"
    looks_at = properties_of(
        "AWS::ApiGateway::Stage", "AWS::ApiGateway::UsagePlan", "AWS::ApiGatewayV2::Stage"
    )

    def faults(self, validator: Validator, properties: Any) -> Faults:
        for holder, path in _holders(properties):
            for name in LIMITS:
                if any(number(found) == 0 for found, _ in values(validator, holder.get(name))):
                    yield Fault(
                        (*path, name),
                        f"{name} is 0: every request gets 429. Increase it, or remove it.",
                    )


def _holders(properties: Any) -> Iterator[tuple[Any, Path]]:
    """Yield the parts of a stage or usage plan with limits, with their paths."""
    names = ("MethodSettings", "Throttle", "DefaultRouteSettings")
    found = [pair for name in names for pair in each(properties.get(name), name)]
    for stage, path in each(properties.get("ApiStages"), "ApiStages"):
        methods = stage.get("Throttle") if isinstance(stage, dict) else None
        if isinstance(methods, dict) and not is_function(methods)[0]:
            found += [(limits, (*path, "Throttle", method)) for method, limits in methods.items()]
    for holder, path in found:
        if isinstance(holder, dict) and not is_function(holder)[0]:
            yield holder, path
