from typing import Any

from cfnlint.helpers import is_function

from cfn_analysis.model.references import value_at
from cfn_analysis.rules.support.apis import Method, methods
from cfn_analysis.rules.support.references import own_id
from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator, properties_of
from cfn_analysis.rules.support.scenarios import property_scenarios
from cfn_analysis.rules.support.values import (
    assume,
    branches,
    case_of,
    existing,
    is_true,
    of_type,
    place,
    possible_values,
    ref_name,
    show,
)

KEY = "AWS::ApiGateway::UsagePlanKey"


class UsagePlanWithoutKey(Rule):
    """Usage plan that limits no one, or whose keys open no stage.

    Throttle and Quota of a usage plan apply to each API key of the plan. Without a key, or if no method
    requires one, every request passes without being counted. Add an AWS::ApiGateway::ApiKey and an
    AWS::ApiGateway::UsagePlanKey, and set ApiKeyRequired to true on the methods. A plan that another resource
    or another stack refers to may get its keys there and is not checked. The keys of a plan without ApiStages
    are refused by every API.
    """

    id = "W9525"
    source_url = (
        "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-usage-plans.html"
    )
    finding_class = "protections"
    looks_at = properties_of("AWS::ApiGateway::UsagePlan")

    def findings(self, validator: Validator, properties: Any) -> Findings:
        yield from _without_stage(validator, properties)
        limits = [name for name in ("Quota", "Throttle") if name in properties]
        if validator.cfn.graph is None or not limits:
            return
        resources = validator.cfn.template["Resources"]
        lack = _lacks_key(validator, resources, own_id(validator))
        if lack:
            yield RuleFinding(
                (limits[0],),
                f"{' and '.join(limits)} of the usage plan limit{'s' if len(limits) == 1 else ''} no one: "
                f"{lack}. Add an AWS::ApiGateway::UsagePlanKey whose UsagePlanId is this plan.",
            )
        for api, api_case in branches(validator, properties, "ApiStages", "*", "ApiId"):
            if _asks_for_no_key(api_case, resources, api):
                yield RuleFinding(
                    place(api_case, validator),
                    f"ApiId is {show(api)}, and no method of that API requires a key: the plan does not "
                    "limit its callers. Set ApiKeyRequired: true on its methods.",
                )


def _without_stage(validator: Validator, properties: Any) -> Findings:
    """Yield a finding if a plan with keys has no stage in a case."""
    resources, plan = validator.cfn.template["Resources"], own_id(validator)
    keys = [key for key, _, of_key in of_type(resources, KEY) if ref_name(of_key.get("UsagePlanId")) == plan]
    if not keys:
        return
    for parts, case in property_scenarios(validator, properties, "ApiStages"):
        if parts.get("ApiStages") in (None, []) and case_of(case, resources[keys[0]]):
            yield RuleFinding(
                existing(properties, ("ApiStages",)),
                f"ApiStages is {'empty' if 'ApiStages' in properties else 'missing'}{{when}}: {keys[0]} "
                "opens no stage, and every API refuses it. Add the API and its stage.",
                case,
            )


def _lacks_key(case: Validator, resources: Any, plan_id: str) -> str:
    """Return when the plan has no key; empty if it always has one, or may get one elsewhere."""
    built: Any = case.cfn.graph
    users = set(built.graph.predecessors(plan_id))
    outputs = case.cfn.template.get("Outputs", {})
    keys = [user for user in users if resources.get(user, {}).get("Type") == KEY]
    for user in users.difference(keys):
        output = outputs.get(user.removeprefix("Output-"))
        if user in resources or (isinstance(output, dict) and "Export" in output):
            return ""
    conditions = {resources[key].get("Condition") for key in keys}
    if not keys:
        return "it has no key"
    if None in conditions or assume(case, {str(name): False for name in conditions}) is None:
        return ""
    return f"it has no key when {' and '.join(sorted(str(name) for name in conditions))} is false"


def _asks_for_no_key(case: Validator, resources: Any, api: Any) -> bool:
    """Return whether the API is one of the template, all its methods are, and none may require a key."""
    properties = value_at(resources, (ref_name(api), "Properties"))
    if not isinstance(properties, dict) or "Body" in properties or "BodyS3Location" in properties:
        return False
    of_api = methods(resources, api)
    return bool(of_api) and not any(_may_require_key(case, method) for method in of_api)


def _may_require_key(case: Validator, method: Method) -> bool:
    possible = possible_values(case, method.properties.get("ApiKeyRequired"))
    return any(is_true(required) or is_function(required)[0] for required in possible)
