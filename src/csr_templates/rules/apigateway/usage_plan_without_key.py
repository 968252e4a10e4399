"""W9075: a usage plan limits somebody."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

from cfnlint.helpers import is_function
from cfnlint.jsonschema import ValidationError
from cfnlint.rules.helpers import get_value_from_path
from cfnlint.rules.jsonschema import CfnLintKeyword

from csr_templates.rules.support.apis import methods
from csr_templates.rules.support.values import (
    assume,
    created,
    is_true,
    of_type,
    place,
    referred,
    show,
    values,
)

if TYPE_CHECKING:
    from cfnlint.jsonschema import ValidationResult, Validator

KEY = "AWS::ApiGateway::UsagePlanKey"


class UsagePlanWithoutKey(CfnLintKeyword):
    """A usage plan with a limit has a key, and its APIs have a method that requires one."""

    id = "W9075"
    shortdesc = "Usage plan that limits nobody"
    description = (
        "Throttle and Quota of a usage plan hold for each API key of the plan. Without a key, or where no "
        "method requires one, every request passes without being counted. Add an AWS::ApiGateway::ApiKey "
        "and an AWS::ApiGateway::UsagePlanKey, and set ApiKeyRequired to true on the methods. A plan that "
        "another resource or another stack refers to may get its keys there and is not judged."
    )
    source_url = (
        "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-usage-plans.html"
    )
    tags = ["resources", "apigateway"]  # noqa: RUF012 - the base class declares it like this

    def __init__(self) -> None:
        super().__init__(["Resources"])

    def validate(
        self, validator: Validator, _keywords: Any, resources: Any, _schema: Any
    ) -> ValidationResult:
        """Yield one warning per plan without key, and one per API of a plan without a keyed method."""
        if validator.cfn.graph is None:
            return
        for plan_id, plan, properties in of_type(resources, "AWS::ApiGateway::UsagePlan"):
            case = created(validator, plan)
            limits = [name for name in ("Quota", "Throttle") if name in properties]
            if case is None or not limits:
                continue
            lack = _lacks_key(case, resources, plan_id)
            if lack:
                yield ValidationError(
                    f"{' and '.join(limits)} of the usage plan limit{'s' if len(limits) == 1 else ''} "
                    f"nobody: {lack}. Add an AWS::ApiGateway::UsagePlanKey whose UsagePlanId is this plan.",
                    path=deque([plan_id, "Properties", limits[0]]),
                    rule=self,
                )
            for api, where in get_value_from_path(case, properties, deque(["ApiStages", "*", "ApiId"])):
                if _asks_for_no_key(where, resources, api):
                    yield ValidationError(
                        f"ApiId is {show(api)}, and no method of that API requires a key: the plan limits "
                        "nobody who calls it. Set ApiKeyRequired: true on its methods.",
                        path=deque([plan_id, "Properties", *place(where, case)]),
                        rule=self,
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
    return f"it has no key when {' and '.join(sorted(map(str, conditions)))} is false"


def _asks_for_no_key(case: Validator, resources: Any, api: Any) -> bool:
    """Return whether the API is one of the template, all its methods are, and none may require a key."""
    definition = resources.get(referred(api))
    properties = definition.get("Properties") if isinstance(definition, dict) else None
    if not isinstance(properties, dict) or "Body" in properties or "BodyS3Location" in properties:
        return False
    of_api = methods(resources, api)
    return bool(of_api) and not any(
        is_true(required) or is_function(required)[0]
        for method in of_api
        for required, _ in values(case, method.properties.get("ApiKeyRequired"))
    )
