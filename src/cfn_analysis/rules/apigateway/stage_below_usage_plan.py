from collections.abc import Iterator
from typing import Any

from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator, properties_of
from cfn_analysis.rules.support.scenarios import number, only_value
from cfn_analysis.rules.support.values import mappings, of_type, ref_name

# Limit of the plan -> that of the stage.
LIMITS = {"RateLimit": "ThrottlingRateLimit", "BurstLimit": "ThrottlingBurstLimit"}


class StageBelowUsagePlan(Rule):
    """Stage that throttles all callers below what a usage plan gives to each key.

    The throttle of a stage is for all callers of a method together, and that of a usage plan for each key. If
    the stage's is lower, the plan promises what no caller gets. Raise the throttle of the stage, or lower
    that of the plan. Only the settings of all methods are compared: a single method may have less.
    """

    id = "W9545"
    source_url = (
        "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html"
    )
    finding_class = "values"
    looks_at = properties_of("AWS::ApiGateway::UsagePlan")

    def findings(self, validator: Validator, properties: Any) -> Findings:
        throttle = properties.get("Throttle")
        if not isinstance(throttle, dict):
            return
        stages = {ref_name(stage.get("Stage")) for stage in mappings(properties.get("ApiStages"))}
        for stage, setting in _settings(validator, stages):
            for name, of_stage in LIMITS.items():
                promised = number(only_value(validator, throttle.get(name)))
                allowed = number(only_value(validator, setting.get(of_stage)))
                if promised is None or allowed is None or allowed < 0 or promised <= allowed:
                    continue
                yield RuleFinding(
                    ("Throttle", name),
                    f"{name} is {promised:g} for each key, but {of_stage} of {stage} is {allowed:g} for all "
                    f"callers: no key can reach the limit. Raise {of_stage}, or lower {name}.",
                )


def _settings(validator: Validator, stages: set[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the settings of all methods of stages, with the logical IDs of the stages."""
    resources = validator.cfn.template["Resources"]
    for logical_id, _, stage in of_type(resources, "AWS::ApiGateway::Stage"):
        if logical_id not in stages:
            continue
        for setting in mappings(stage.get("MethodSettings")):
            if (setting.get("ResourcePath"), setting.get("HttpMethod")) == ("/*", "*"):
                yield logical_id, setting
